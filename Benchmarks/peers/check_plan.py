"""Checks that the CSV files of a plan keep to the contract: balances, capacities, lead times, shelf life, frozen decisions, multiples.

    check_plan.py PACKAGE OUT [--tolerance 1e-6]

A row's violation is its excess divided by 1 + Σ|terms|. Exit: 0 all rows hold, 1 some do not, 65 input that cannot be read.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass

import numpy as np
import scipy.optimize
import scipy.sparse

from inputs import Inputs, input_differences, inputs_of
from package import INFINITY, Package, PackageError, read_package
from plan_files import AccountCell, PlanFiles, hours_used, read_plan


@dataclass
class Violation:
    row: str
    amount: float
    """Excess relative to 1 + Σ|terms|."""


class PlanCheck:
    """Collects the violation of every row; `violations` holds those over the tolerance, largest first."""

    def __init__(self, package: Package, inputs: Inputs, plan: PlanFiles, tolerance: float = 1e-6):
        self.package = package
        self.inputs = inputs
        self.plan = plan
        self.tolerance = tolerance
        self.rows = 0
        self.largest = Violation("none", 0.0)
        self.violations: list[Violation] = []
        self.pairs = sorted(set(inputs.demand) | {(a, p) for _, a, p in plan.cells} | {
            (package.lanes[e].target, p) for _, e, p in plan.movements if package.lanes[e].target in package.accounts})
        self._signs()
        self._production()
        self._transport()
        self._balances()
        self._materials()
        self._storage()
        self._demand()
        self._bands()
        self._frozen()
        self._lots()
        self.violations.sort(key=lambda violation: -violation.amount)

    # ------------------------------------------------------------------------------------------------------------ rows

    def at_most(self, row: str, terms: list[float], limit: float) -> None:
        if math.isinf(limit):
            return
        self._note(row, math.fsum(terms) - limit, [*terms, limit])

    def equal(self, row: str, terms: list[float], side: float) -> None:
        self._note(row, abs(math.fsum(terms) - side), [*terms, side])

    def must(self, row: str, holds: bool) -> None:
        self._note(row, 0.0 if holds else INFINITY, [])

    def _note(self, row: str, excess: float, terms: list[float]) -> None:
        self.rows += 1
        amount = excess / (1 + sum(map(abs, terms))) if excess > 0 else 0.0
        if amount > self.largest.amount:
            self.largest = Violation(row, amount)
        if amount > self.tolerance:
            self.violations.append(Violation(row, amount))

    def day(self, t: int) -> str:
        return self.package.horizon.first_day(t).isoformat()

    # --------------------------------------------------------------------------------------------------------- families

    def _signs(self) -> None:
        plan = self.plan
        for name, cells in (
            ("production", {key: q for key, (q, _) in plan.production.items()}),
            ("movements", {key: q for key, (q, _) in plan.movements.items()}),
            ("site_stock", plan.site_stock),
            ("expired", plan.expired),
        ):
            for key, quantity in cells.items():
                self.at_most(f"{name} {key} ≥ 0", [-quantity], 0.0)
        for key, cell in plan.cells.items():
            for column in ("served", "lost", "backlog", "stock", "under", "over"):
                self.at_most(f"account_plan {key} {column} ≥ 0", [-getattr(cell, column)], 0.0)

    def _production(self) -> None:
        package, plan = self.package, self.plan
        for (t, l, p), (quantity, hours) in plan.production.items():
            row = package.lines[l].products.get(p)
            where = f"{l}, {p} in {self.day(t)}"
            self.must(f"line {where}: can make the product", row is not None)
            if row is None:
                continue
            self.equal(f"hours of {where}", [quantity / row.rate, row.setup_hours or 0.0], hours)
            if t >= package.horizon.frozen:
                self._lot(f"making {where}", quantity, row.min_lot, [row.multiple])
        used = hours_used(package, plan)
        for t in package.buckets:
            for line in package.lines.values():
                hours = used.get((t, line.id), 0.0)
                where = f"line {line.id} in {self.day(t)}"
                self.at_most(f"hours of {where}", [hours], line.hours[t] + line.overtime[t])
                stated = plan.line_use.get((t, line.id), (line.hours[t], 0.0, 0.0))
                self.equal(f"lines.csv hours of {where}", [stated[0]], line.hours[t])
                self.equal(f"lines.csv hours_used of {where}", [stated[1]], hours)
                self.at_most(f"overtime of {where}", [stated[2]], line.overtime[t])
                self.equal(f"lines.csv overtime_used of {where}", [stated[2]], max(0.0, hours - line.hours[t]))

    def _lot(self, row: str, quantity: float, least: float | None, multiples: list[float | None]) -> None:
        if quantity <= 0:
            return
        if least:
            self._note(f"{row}: at least {least:g}", least - quantity, [quantity, least])
        for multiple in multiples:
            if multiple:
                self.equal(f"{row}: a multiple of {multiple:g}", [quantity], multiple * round(quantity / multiple))

    def _transport(self) -> None:
        package, plan = self.package, self.plan
        load: dict[tuple[str, str, int], float] = {}
        for (t, e, p), (quantity, arrives) in plan.movements.items():
            lane = package.lanes[e]
            where = f"lane {e}, {p} in {self.day(t)}"
            self.must(f"{where}: carries the product", lane.carries(p))
            self.must(f"{where}: arrives after its lead time", arrives == t + lane.lead_time and arrives < package.horizon.count)
            if t >= package.horizon.frozen:
                case = package.products[p].case_multiple if lane.target in package.accounts else None
                self._lot(where, quantity, lane.min_shipment, [lane.multiple, case])
            for measure in ("quantity", "volume", "weight"):
                key = (e, measure, t)
                load[key] = load.get(key, 0.0) + quantity * package.products[p].unit(measure)
        for t in package.buckets:
            for lane in package.lanes.values():
                self.at_most(f"capacity of lane {lane.id} in {self.day(t)}", [load.get((lane.id, lane.measure, t), 0.0)], lane.capacity[t])
            for pool in package.pools.values():
                loads = [load.get((e, pool.measure, t), 0.0) for e in pool.lanes]
                self.at_most(f"capacity of pool {pool.id} in {self.day(t)}", loads, pool.capacity[t])

    def _balances(self) -> None:
        package, plan = self.package, self.plan
        made: dict[tuple[str, str, int], list[float]] = {}
        for (t, l, p), (quantity, _) in plan.production.items():
            made.setdefault((package.lines[l].site, p, t), []).append(quantity)
        for (t, e, p), (quantity, _) in plan.movements.items():
            lane = package.lanes[e]
            made.setdefault((lane.origin, p, t), []).append(-quantity)
            made.setdefault((lane.target, p, t + lane.lead_time), []).append(quantity)
        for (t, place, p), quantity in plan.expired.items():
            made.setdefault((place, p, t), []).append(-quantity)
        for (place, p), arrivals in package.in_transit.items():
            for t in package.buckets:
                made.setdefault((place, p, t), []).append(float(arrivals[t]))
        opening = self._opening()
        for place, p in [(i, p) for i in package.sites for p in package.products] + self.pairs:
            before = opening.get((place, p), 0.0)
            for t in package.buckets:
                cell = plan.cell(t, place, p) if place in package.accounts else None
                after = cell.stock if cell else plan.site_stock.get((t, place, p), 0.0)
                terms = [before, *made.get((place, p, t), []), -cell.served if cell else 0.0]
                self.equal(f"balance of {place}, {p} in {self.day(t)}", terms, after)
                before = after

    def _opening(self) -> dict[tuple[str, str], float]:
        """Stock on hand. Stock past its last day before the start counts only where expired.csv takes it off in the first bucket."""
        opening: dict[tuple[str, str], float] = {}
        gone: dict[tuple[str, str], float] = {}
        for row in self.package.stock:
            into = gone if row.last_bucket is not None and row.last_bucket < 0 else opening
            into[row.location, row.product] = into.get((row.location, row.product), 0.0) + row.quantity
        for (place, p), quantity in gone.items():
            if quantity <= self.plan.expired.get((0, place, p), 0.0) * (1 + 1e-9):
                opening[place, p] = opening.get((place, p), 0.0) + quantity
        return opening

    def _materials(self) -> None:
        package, plan = self.package, self.plan
        use: dict[tuple[str, str], np.ndarray] = {}
        for (t, l, p), (quantity, _) in plan.production.items():
            for material, each in package.bom.get(p, []):
                if material in package.limited_materials:
                    key = (package.lines[l].site, material)
                    use.setdefault(key, np.zeros(package.horizon.count))[t] += each * quantity
        for (site, material), used in use.items():
            received = package.receipts.get((site, material), np.zeros(package.horizon.count))
            for t in package.buckets:
                self.at_most(f"material {material} at {site} in {self.day(t)}", list(used[: t + 1]), float(received[: t + 1].sum()))

    def _storage(self) -> None:
        package, plan = self.package, self.plan
        held: dict[tuple[str, int], list[float]] = {}
        for (t, i, p), quantity in plan.site_stock.items():
            held.setdefault((i, t), []).append(quantity * package.products[p].volume)
        for (t, a, p), cell in plan.cells.items():
            held.setdefault((a, t), []).append(cell.stock * package.products[p].volume)
        for t in package.buckets:
            for site in package.sites.values():
                self.at_most(f"storage of {site.id} in {self.day(t)}", held.get((site.id, t), []), site.storage[t])
            for account in package.accounts.values():
                self.at_most(f"stock capacity of {account.id} in {self.day(t)}", held.get((account.id, t), []), account.stock_capacity)

    def _demand(self) -> None:
        T = self.package.horizon.count
        for a, p in self.pairs:
            demand = self.inputs.demand.get((a, p), np.zeros(T))
            limit = self.package.accounts[a].backorder_buckets
            before = 0.0
            for t in self.package.buckets:
                cell = self.plan.cell(t, a, p)
                where = f"{a}, {p} in {self.day(t)}"
                self.equal(f"account_plan.csv demand of {where}", [cell.demand], float(demand[t]))
                self.equal(f"demand of {where}", [cell.served, cell.lost, cell.backlog, -before], float(demand[t]))
                self.at_most(f"backlog of {where}", [cell.backlog], float(demand[max(0, t - limit + 1) : t + 1].sum()) if limit else 0.0)
                before = cell.backlog

    def _bands(self) -> None:
        for a, p in self.pairs:
            if (a, p) not in self.inputs.demand:
                continue
            for t in self.package.buckets:
                cell = self.plan.cell(t, a, p)
                where = f"{a}, {p} in {self.day(t)}"
                self.equal(f"account_plan.csv under of {where}", [cell.under], max(0.0, self.inputs.minimum[a, p][t] - cell.stock))
                self.equal(f"account_plan.csv over of {where}", [cell.over], max(0.0, cell.stock - self.inputs.maximum[a, p][t]))

    def _frozen(self) -> None:
        package, plan = self.package, self.plan
        for t in range(min(package.horizon.frozen, package.horizon.count)):
            for line in package.lines.values():
                for p in line.products:
                    fixed = package.frozen.get(("make", line.id, p, t), 0.0)
                    self.equal(f"frozen making {line.id}, {p} in {self.day(t)}", [plan.production.get((t, line.id, p), (0.0, 0.0))[0]], fixed)
            for lane in package.lanes.values():
                for p in package.products:
                    fixed = package.frozen.get(("move", lane.id, p, t), 0.0)
                    self.equal(f"frozen move {lane.id}, {p} in {self.day(t)}", [plan.movements.get((t, lane.id, p), (0.0, 0))[0]], fixed)

    # -------------------------------------------------------------------------------------------------------------- lots

    def _lots(self) -> None:
        """Shelf life: is there a way to say of each flow which lots it consists of, none used after its last bucket?"""
        for p, product in self.package.products.items():
            dated = any(row.product == p and row.last_bucket is not None for row in self.package.stock)
            if product.shelf_life is not None or dated:
                amount, row = lot_violation(self.package, self.pairs, self.plan, p)
                self._note(f"shelf life of {p}: {row}", amount, [])
            elif any(q for (_, _, other), q in self.plan.expired.items() if other == p):
                self.must(f"{p} cannot expire", False)


def lot_violation(package: Package, pairs: list[tuple[str, str]], plan: PlanFiles, product: str) -> tuple[float, str]:
    """Splits a product's stated flows into lots so that the stated totals are missed by as little as possible in sum.

    Returns the largest miss of one total, relative to 1 + the total, and its name.
    """
    T = package.horizon.count
    life = package.products[product].shelf_life
    made: dict[tuple[str, int, int], float] = {}
    classes = {T}
    for (t, l, p), (quantity, _) in plan.production.items():
        if p == product:
            last = T if life is None else min(t + life, T)
            key = (package.lines[l].site, last, t)
            made[key] = made.get(key, 0.0) + quantity
            classes.add(last)
    given: dict[tuple[str, int, int], float] = dict(made)
    for row in package.stock:
        if row.product == product and (row.last_bucket is None or row.last_bucket >= 0):
            last = T if row.last_bucket is None else min(row.last_bucket, T)
            given[row.location, last, 0] = given.get((row.location, last, 0), 0.0) + row.quantity
            classes.add(last)
    for (place, p), arrivals in package.in_transit.items():
        if p == product:
            for t in package.buckets:
                given[place, T, t] = given.get((place, T, t), 0.0) + float(arrivals[t])
    gone: dict[str, float] = {}
    for row in package.stock:
        if row.product == product and row.last_bucket is not None and row.last_bucket < 0:
            gone[row.location] = gone.get(row.location, 0.0) + row.quantity

    names: list[str] = []
    columns = 0
    balance: dict[tuple[str, int, int], list[tuple[int, float]]] = {}
    totals: list[tuple[str, list[int], float]] = []

    def column() -> int:
        nonlocal columns
        columns += 1
        return columns - 1

    # Lots are named by the last bucket in which they may be served; T = any. A lot exists in buckets 0 … min(last, T - 1).
    for (t, e, p), (quantity, arrives) in plan.movements.items():
        if p == product:
            lane, parts = package.lanes[e], []
            for c in classes:
                if c >= arrives:
                    part = column()
                    parts.append(part)
                    balance.setdefault((lane.origin, c, t), []).append((part, -1.0))
                    balance.setdefault((lane.target, c, arrives), []).append((part, 1.0))
            totals.append((f"lane {e} in {package.horizon.first_day(t)}", parts, quantity))
    places = [*package.sites, *(a for a, p in pairs if p == product)]
    for place in places:
        before: dict[int, int] = {}
        for t in package.buckets:
            cell: AccountCell | None = plan.cell(t, place, product) if place in package.accounts else None
            served, kept = [], []
            for c in sorted(classes):
                if c < t:
                    continue
                terms = balance.setdefault((place, c, t), [])
                if c in before:
                    terms.append((before[c], 1.0))
                if cell:
                    served.append(column())
                    terms.append((served[-1], -1.0))
                left = column()
                terms.append((left, -1.0))
                if c > t:
                    kept.append(left)
                    before[c] = left
                else:
                    expired = plan.expired.get((t, place, product), 0.0)
                    if t == 0 and 0 < gone.get(place, 0.0) <= expired * (1 + 1e-9):
                        expired -= gone[place]
                    totals.append((f"expired at {place} in {package.horizon.first_day(t)}", [left], expired))
            stock = cell.stock if cell else plan.site_stock.get((t, place, product), 0.0)
            totals.append((f"stock at {place} in {package.horizon.first_day(t)}", kept, stock))
            if cell:
                totals.append((f"served to {place} in {package.horizon.first_day(t)}", served, cell.served))

    rows, cols, values, sides = [], [], [], []
    for key, terms in balance.items():
        for j, coefficient in terms:
            rows.append(len(sides))
            cols.append(j)
            values.append(coefficient)
        sides.append(-given.get(key, 0.0))
    first_miss = columns
    for name, parts, quantity in totals:
        for j, coefficient in [*((part, 1.0) for part in parts), (columns, 1.0), (columns + 1, -1.0)]:
            rows.append(len(sides))
            cols.append(j)
            values.append(coefficient)
        columns += 2
        names.append(name)
        sides.append(quantity)
    cost = np.zeros(columns)
    cost[first_miss:] = 1.0
    matrix = scipy.sparse.csr_matrix((values, (rows, cols)), shape=(len(sides), columns))
    result = scipy.optimize.linprog(cost, A_eq=matrix, b_eq=sides, bounds=(0, None), method="highs")
    if result.status != 0:
        return INFINITY, f"no lots fit ({result.message})"
    misses = result.x[first_miss::2] + result.x[first_miss + 1 :: 2]
    relative = [miss / (1 + 2 * abs(quantity)) for miss, (_, _, quantity) in zip(misses, totals)]
    worst = int(np.argmax(relative)) if relative else 0
    return (float(relative[worst]), names[worst]) if relative else (0.0, "")


def check(folder: str, out: str, tolerance: float = 1e-6) -> tuple[PlanCheck, list[str]]:
    """The check of a plan folder, and where its inputs differ from this side's reading of the package."""
    package = read_package(folder)
    inputs = inputs_of(package, out)
    plan = read_plan(package, out)
    return PlanCheck(package, inputs, plan, tolerance), input_differences(package, out, inputs) + plan.problems


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="check_plan.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("out")
    parser.add_argument("--tolerance", type=float, default=1e-6)
    options = parser.parse_args(arguments)
    try:
        result, differences = check(options.package, options.out, options.tolerance)
    except PackageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 65
    for violation in result.violations[:20]:
        print(f"violated by {violation.amount:.3g}: {violation.row}")
    for line in differences[:20]:
        print(f"differs: {line}")
    print(
        f"{result.rows} rows, {len(result.violations)} violated, {len(differences)} inputs differ; "
        f"largest violation {result.largest.amount:.2e} ({result.largest.row})")
    return 1 if result.violations or differences else 0


if __name__ == "__main__":
    sys.exit(main())
