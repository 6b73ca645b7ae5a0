"""The natural linear program of the allocation: one row for every balance, demand, band, capacity and promise.

Written to be read against the contract, not to be fast: no arc form, no elimination. Products that can expire (a shelf life,
or stock with a last day) are split into lot classes by the last bucket in which a unit may be served, and the flow of each class
is followed from where it is made to where it is served.

Ranks are rows of the program whose upper side is opened or held. The convex rank `sharing` is Σ weight · q, where each q is
bounded from below by tangents of x² / D; `ranked.py` adds tangents until they are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from inputs import Inputs
from package import INFINITY, Package

Rank = tuple[str, int | None]
"""(aim, tier); the tier is None for guarantees and cost."""

KEEPS = None
"""Lot class of units that can be served throughout the horizon."""

PER_TIER = ("lost-sales", "sharing", "lateness", "stock-under-minimum")


def rank_order(package: Package, tier_count: int) -> list[Rank]:
    """Groups in order; inside a group tier 1 runs all the group's aims as listed, then tier 2, …

    An aim without a tier stands where it is listed among tier 1's. `sharing` does not exist for a tier whose rule is weighted.
    """
    ranks: list[Rank] = []
    for group in package.settings.ranks:
        for tier in range(1, tier_count + 1):
            for aim in group:
                if aim in PER_TIER:
                    if aim != "sharing" or package.settings.sharing_of(tier) != "weighted":
                        ranks.append((aim, tier))
                elif tier == 1:
                    ranks.append((aim, None))
    return ranks


@dataclass
class Square:
    """q ≥ x² / demand, where column `q` stands for the square and `x` is the account's lost or served amount; it counts `weight` · q."""

    account: str
    q: int
    x: int
    demand: float
    weight: float

    def exact(self, x: float) -> float:
        return x * x / self.demand

    def tangent(self, x: float) -> tuple[list[int], list[float], float]:
        """Columns, coefficients and lower side of the row q − (2x/D)·X ≥ −x²/D."""
        return [self.q, self.x], [1.0, -2 * x / self.demand], -x * x / self.demand


@dataclass
class LinearProgram:
    """min cᵀx over row_lower ≤ Ax ≤ row_upper, lower ≤ x ≤ upper; rows are added one by one."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    reach: list[float] = field(default_factory=list)
    """No column needs to be above this in an optimal answer: a finite number, used in dual bounds where `upper` is infinite."""
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, upper: float = INFINITY, reach: float = INFINITY, lower: float = 0.0) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.reach.append(min(upper, reach))
        return len(self.lower) - 1

    def row(self, terms: list[tuple[int, float]], lower: float, upper: float) -> int:
        """Adds a row; terms on the same column add up."""
        merged: dict[int, float] = {}
        for column, coefficient in terms:
            merged[column] = merged.get(column, 0.0) + coefficient
        for column, coefficient in merged.items():
            if coefficient != 0:
                self.index.append(column)
                self.value.append(coefficient)
        self.start.append(len(self.index))
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.row_lower) - 1


class AllocationProgram:
    """Columns, rows and aims of one package."""

    def __init__(self, package: Package, inputs: Inputs):
        self.package = package
        self.inputs = inputs
        self.lp = LinearProgram()
        self.make: dict[tuple[str, str, int], int] = {}
        self.overtime: dict[tuple[str, int], int] = {}
        self.move: dict[tuple[str, str, int | None, int], int] = {}
        self.stock: dict[tuple[str, str, int | None, int], int] = {}
        self.serve: dict[tuple[str, str, int | None, int], int] = {}
        self.expired: dict[tuple[str, str, int], int] = {}
        self.lost: dict[tuple[str, str, int], int] = {}
        self.backlog: dict[tuple[str, str, int], int] = {}
        self.under: dict[tuple[str, str, int], int] = {}
        self.over: dict[tuple[str, str, int], int] = {}
        self.over_target: dict[tuple[str, str, int], int] = {}
        self.shortfall: dict[str, int] = {}
        self.squares: dict[Rank, list[Square]] = {}

        self.pairs = set(inputs.demand)
        self.classes = {p: self._classes_of(p) for p in package.products}
        self.supply = {p: self._supply_of(p) for p in package.products}
        self._make_columns()
        self._move_columns()
        self._balances()
        self._hours()
        self._materials()
        self._transport()
        self._storage()
        self._demand()
        self._bands()
        self._guarantees()
        self._frozen()
        self.ranks = rank_order(package, inputs.tier_count)
        self.aim_rows: dict[Rank, int] = {}
        self.aim_terms: dict[Rank, dict[int, float]] = {}
        for rank in self.ranks:
            self._aim(rank)

    # ------------------------------------------------------------------------------------------------------ lot classes

    def class_made(self, product: str, t: int) -> int | None:
        """Lot class of a unit made in t: the last bucket in which it may be served."""
        life = self.package.products[product].shelf_life
        if life is None or t + life >= self.package.horizon.count:
            return KEEPS
        return t + life

    def class_of_stock(self, last_bucket: int | None) -> int | None:
        return KEEPS if last_bucket is None or last_bucket >= self.package.horizon.count else last_bucket

    def _classes_of(self, product: str) -> list[int | None]:
        found = {self.class_of_stock(row.last_bucket) for row in self.package.stock if row.product == product}
        found |= {self.class_made(product, t) for t in self.package.buckets}
        return [KEEPS, *sorted(c for c in found if c is not None and c >= 0)]

    def _supply_of(self, product: str) -> float:
        """Everything of a product there can ever be; no flow needs to exceed it."""
        package = self.package
        total = sum(row.quantity for row in package.stock if row.product == product)
        total += sum(float(values.sum()) for (_, p), values in package.in_transit.items() if p == product)
        for line in package.lines.values():
            if product in line.products:
                total += line.products[product].rate * (sum(line.hours) + sum(line.overtime))
        return total

    # ---------------------------------------------------------------------------------------------------------- columns

    def _make_columns(self) -> None:
        for line in self.package.lines.values():
            for p in line.products:
                for t in self.package.buckets:
                    self.make[line.id, p, t] = self.lp.column(reach=self.supply[p])
            for t in self.package.buckets:
                self.overtime[line.id, t] = self.lp.column(upper=line.overtime[t])

    def _move_columns(self) -> None:
        """A dispatch exists where it arrives inside the horizon and before its units expire."""
        T = self.package.horizon.count
        for lane in self.package.lanes.values():
            for p in self.package.products:
                if not lane.carries(p) or (lane.target in self.package.accounts and (lane.target, p) not in self.pairs):
                    continue
                for c in self.classes[p]:
                    last = T - 1 if c is KEEPS else c
                    for t in range(last - lane.lead_time + 1):
                        self.move[lane.id, p, c, t] = self.lp.column(reach=self.supply[p])

    # ------------------------------------------------------------------------------------------------- stock of each lot

    def _balances(self) -> None:
        package, T = self.package, self.package.horizon.count
        opening: dict[tuple[str, str, int | None], float] = {}
        for row in package.stock:
            key = (row.location, row.product, self.class_of_stock(row.last_bucket))
            opening[key] = opening.get(key, 0.0) + row.quantity
        flows: dict[tuple[str, str, int | None, int], list[tuple[int, float]]] = {}

        def flow(place: str, p: str, c: int | None, t: int, column: int, sign: float) -> None:
            flows.setdefault((place, p, c, t), []).append((column, sign))

        for (l, p, t), column in self.make.items():
            flow(package.lines[l].site, p, self.class_made(p, t), t, column, 1.0)
        for (e, p, c, t), column in self.move.items():
            lane = package.lanes[e]
            flow(lane.origin, p, c, t, column, -1.0)
            flow(lane.target, p, c, t + lane.lead_time, column, 1.0)
        keys = [(i, p) for i in package.sites for p in package.products] + self.inputs.pairs
        for place, p in keys:
            is_account = place in package.accounts
            arrivals = package.in_transit.get((place, p), np.zeros(T))
            reach = self.supply[p]
            for c in self.classes[p]:
                last = T - 1 if c is KEEPS else c
                previous = None
                for t in range(last + 1):
                    terms = list(flows.get((place, p, c, t), []))
                    if is_account:
                        self.serve[place, p, c, t] = self.lp.column(reach=reach)
                        terms.append((self.serve[place, p, c, t], -1.0))
                    if previous is not None:
                        terms.append((previous, 1.0))
                    if c is not KEEPS and t == c:
                        # What is left of a lot after its last bucket is taken off at the end of that bucket.
                        previous = self.expired[place, p, t] = self.lp.column(reach=reach)
                    else:
                        previous = self.stock[place, p, c, t] = self.lp.column(reach=reach)
                    terms.append((previous, -1.0))
                    given = (opening.get((place, p, c), 0.0) if t == 0 else 0.0) + (arrivals[t] if c is KEEPS else 0.0)
                    self.lp.row(terms, -given, -given)

    def total_stock(self, place: str, product: str, t: int) -> list[tuple[int, float]]:
        return [
            (self.stock[place, product, c, t], 1.0) for c in self.classes[product] if (place, product, c, t) in self.stock
        ]

    def total_served(self, account: str, product: str, t: int) -> list[tuple[int, float]]:
        return [
            (self.serve[account, product, c, t], 1.0) for c in self.classes[product] if (account, product, c, t) in self.serve
        ]

    # ------------------------------------------------------------------------------------------------------- capacities

    def _hours(self) -> None:
        for line in self.package.lines.values():
            for t in self.package.buckets:
                terms = [(self.make[line.id, p, t], 1 / row.rate) for p, row in line.products.items()]
                if terms:
                    self.lp.row([*terms, (self.overtime[line.id, t], -1.0)], -INFINITY, line.hours[t])

    def _materials(self) -> None:
        """Used up to and including t ≤ received up to and including t, at each site and material."""
        package = self.package
        use: dict[tuple[str, str], list[list[tuple[int, float]]]] = {}
        for (l, p, t), column in self.make.items():
            for material, quantity in package.bom.get(p, []):
                if material in package.limited_materials:
                    rows = use.setdefault((package.lines[l].site, material), [[] for _ in package.buckets])
                    rows[t].append((column, quantity))
        for key, rows in use.items():
            received = np.cumsum(package.receipts.get(key, np.zeros(package.horizon.count)))
            terms: list[tuple[int, float]] = []
            for t in package.buckets:
                terms = terms + rows[t]
                self.lp.row(terms, -INFINITY, float(received[t]))

    def _transport(self) -> None:
        package = self.package
        dispatched: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for (e, p, _, t), column in self.move.items():
            dispatched.setdefault((e, t), []).append((column, p))
        resources = [(lane.capacity, lane.measure, [lane.id]) for lane in package.lanes.values()]
        resources += [(pool.capacity, pool.measure, pool.lanes) for pool in package.pools.values()]
        for capacity, measure, lanes in resources:
            for t in package.buckets:
                if capacity[t] < INFINITY:
                    terms = [
                        (column, package.products[p].unit(measure)) for e in lanes for column, p in dispatched.get((e, t), [])
                    ]
                    if terms:
                        self.lp.row(terms, -INFINITY, capacity[t])

    def _storage(self) -> None:
        package = self.package
        products_at: dict[str, list[str]] = {i: list(package.products) for i in package.sites}
        for a, p in self.inputs.pairs:
            products_at.setdefault(a, []).append(p)
        for place, products in products_at.items():
            site = package.sites.get(place)
            for t in package.buckets:
                limit = site.storage[t] if site else package.accounts[place].stock_capacity
                if limit < INFINITY:
                    terms = [
                        (column, package.products[p].volume) for p in products for column, _ in self.total_stock(place, p, t)
                    ]
                    self.lp.row(terms, -INFINITY, limit)

    # ---------------------------------------------------------------------------------------------- demand, bands, promises

    def _demand(self) -> None:
        for a, p in self.inputs.pairs:
            demand = self.inputs.demand[a, p]
            limit = self.package.accounts[a].backorder_buckets
            for t in self.package.buckets:
                served = self.total_served(a, p, t)
                reach = float(demand[: t + 1].sum())
                self.lost[a, p, t] = self.lp.column(reach=reach)
                terms = [*served, (self.lost[a, p, t], 1.0)]
                if limit > 0:
                    self.backlog[a, p, t] = self.lp.column(upper=float(demand[max(0, t - limit + 1) : t + 1].sum()))
                    terms.append((self.backlog[a, p, t], 1.0))
                    if t > 0:
                        terms.append((self.backlog[a, p, t - 1], -1.0))
                self.lp.row(terms, float(demand[t]), float(demand[t]))

    def _bands(self) -> None:
        for a, p in self.inputs.pairs:
            for t in self.package.buckets:
                stock = self.total_stock(a, p, t)
                low = float(self.inputs.minimum[a, p][t])
                if low > 0:
                    self.under[a, p, t] = self.lp.column(upper=low)
                    self.lp.row([*stock, (self.under[a, p, t], 1.0)], low, INFINITY)
                for columns, edge in ((self.over, self.inputs.maximum), (self.over_target, self.inputs.target)):
                    limit = float(edge[a, p][t])
                    if limit < INFINITY:
                        columns[a, p, t] = self.lp.column(reach=self.supply[p])
                        self.lp.row([*stock, (columns[a, p, t], -1.0)], -INFINITY, limit)

    def _guarantees(self) -> None:
        for guarantee in self.package.guarantees:
            promised, pairs = promise(self.package, self.inputs, guarantee)
            column = self.shortfall[guarantee.id] = self.lp.column(upper=promised)
            terms = [term for a, p in pairs for t in range(guarantee.first, guarantee.last + 1) for term in self.total_served(a, p, t)]
            self.lp.row([*terms, (column, 1.0)], promised, INFINITY)

    def _frozen(self) -> None:
        package = self.package
        for t in range(min(package.horizon.frozen, package.horizon.count)):
            for line in package.lines.values():
                for p in line.products:
                    fixed = package.frozen.get(("make", line.id, p, t), 0.0)
                    column = self.make[line.id, p, t]
                    self.lp.lower[column] = self.lp.upper[column] = fixed
            for lane in package.lanes.values():
                for p in package.products:
                    terms = [(self.move[key], 1.0) for c in self.classes[p] if (key := (lane.id, p, c, t)) in self.move]
                    fixed = package.frozen.get(("move", lane.id, p, t), 0.0)
                    if terms or fixed > 0:
                        self.lp.row(terms, fixed, fixed)

    # -------------------------------------------------------------------------------------------------------------- aims

    def _aim(self, rank: Rank) -> None:
        self.aim_terms[rank] = self._terms(rank)
        self.aim_rows[rank] = self.lp.row(list(self.aim_terms[rank].items()), -INFINITY, INFINITY)

    def _terms(self, rank: Rank) -> dict[int, float]:
        """What each column counts in a rank's aim; a sharing rank gets its squares' columns and tangents here."""
        terms: dict[int, float] = {}

        def add(column: int, coefficient: float) -> None:
            terms[column] = terms.get(column, 0.0) + coefficient

        aim, tier = rank
        package, T = self.package, self.package.horizon.count
        measure = package.settings.measure
        tier_pairs = [(a, p) for a, p in self.inputs.pairs if self.inputs.tier[a] == tier]
        weight = {(a, p): package.accounts[a].weight * package.products[p].unit(measure) for a, p in tier_pairs}
        if aim == "guarantees":
            for column in self.shortfall.values():
                add(column, 1.0)
        elif aim == "lost-sales":
            for a, p in tier_pairs:
                for t in package.buckets:
                    add(self.lost[a, p, t], weight[a, p])
                if (a, p, T - 1) in self.backlog:
                    add(self.backlog[a, p, T - 1], weight[a, p])
        elif aim == "lateness":
            for a, p in tier_pairs:
                for t in package.buckets:
                    if (a, p, t) in self.backlog:
                        add(self.backlog[a, p, t], weight[a, p])
        elif aim == "stock-under-minimum":
            for a, p in tier_pairs:
                for t in package.buckets:
                    if (a, p, t) in self.under:
                        add(self.under[a, p, t], weight[a, p])
        elif aim == "sharing":
            for square in self._squares(rank, tier_pairs):
                add(square.q, square.weight)
        elif aim == "cost":
            for (l, p, t), column in self.make.items():
                add(column, package.lines[l].products[p].unit_cost)
            for (l, t), column in self.overtime.items():
                add(column, package.lines[l].overtime_cost)
            for (e, p, _, t), column in self.move.items():
                add(column, package.lanes[e].unit_cost * package.products[p].volume)
            for (place, p, _, t), column in self.stock.items():
                if place in package.sites:
                    add(column, package.sites[place].holding_cost * package.products[p].volume)
            for (a, p, t), column in self.over.items():
                add(column, package.settings.over_stock_rate * package.products[p].price)
            for (a, p, t), column in self.over_target.items():
                add(column, package.settings.over_target_rate * package.products[p].price)
        else:
            raise ValueError(f"unknown aim {aim}")
        return {column: coefficient for column, coefficient in terms.items() if coefficient != 0}

    def _squares(self, rank: Rank, tier_pairs: list[tuple[str, str]]) -> list[Square]:
        """Columns and first tangents of a sharing rank; accounts without demand are left out."""
        package, T = self.package, self.package.horizon.count
        measure = package.settings.measure
        rule = package.settings.sharing_of(rank[1])
        squares = []
        for a in sorted({a for a, _ in tier_pairs}, key=str.encode):
            products = [p for b, p in tier_pairs if b == a]
            total = sum(package.products[p].unit(measure) * float(self.inputs.demand[a, p].sum()) for p in products)
            if total <= 0:
                continue
            terms = []
            for p in products:
                unit = package.products[p].unit(measure)
                for t in package.buckets:
                    if rule == "proportional":
                        terms.append((self.lost[a, p, t], unit))
                    else:
                        terms += [(column, unit) for column, _ in self.total_served(a, p, t)]
                if rule == "proportional" and (a, p, T - 1) in self.backlog:
                    terms.append((self.backlog[a, p, T - 1], unit))
            x = self.lp.column(upper=total)
            q = self.lp.column(reach=total)
            self.lp.row([*terms, (x, -1.0)], 0.0, 0.0)
            # Σ L²/D counts q as it is; Σ S² counts D · q with q = S²/D, which keeps the coefficients of the tangents near 1.
            square = Square(a, q, x, total, 1.0 if rule == "proportional" else total)
            for step in range(1, 9):
                columns, coefficients, side = square.tangent(total * step / 8)
                self.lp.row(list(zip(columns, coefficients)), side, INFINITY)
            squares.append(square)
        self.squares[rank] = squares
        return squares

    def value(self, rank: Rank, x: np.ndarray) -> float:
        """The rank's true value at a point, squares taken exactly."""
        if rank in self.squares:
            return sum(square.weight * square.exact(x[square.x]) for square in self.squares[rank])
        return math.fsum(coefficient * x[column] for column, coefficient in self.aim_terms[rank].items())

    def scale(self, rank: Rank, value: float) -> float:
        """What a rank's gap is relative to."""
        if rank[0] == "cost":
            return abs(value)
        return max(abs(value), 1e-3 * self.inputs.total_demand(self.package))


def promise(package: Package, inputs: Inputs, guarantee) -> tuple[float, list[tuple[str, str]]]:
    """Units promised by a guarantee (the larger of `quantity` and `share` of demand) and the pairs whose service counts."""
    pairs = [
        (a, p)
        for a, p in inputs.pairs
        if guarantee.account in (None, a)
        and guarantee.group in (None, package.accounts[a].group)
        and guarantee.tier in (None, inputs.tier[a])
        and guarantee.product in (None, p)
    ]
    demand = sum(float(inputs.demand[pair][guarantee.first : guarantee.last + 1].sum()) for pair in pairs)
    return max(guarantee.quantity or 0.0, (guarantee.share or 0.0) * demand), pairs
