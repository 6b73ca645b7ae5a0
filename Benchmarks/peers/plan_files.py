"""A plan as its CSV files state it, and the rank values that follow from them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field

from inputs import Inputs
from package import Package, PackageError, date, number, read_table
from program import Rank, promise


@dataclass
class AccountCell:
    demand: float = 0.0
    served: float = 0.0
    lost: float = 0.0
    backlog: float = 0.0
    stock: float = 0.0
    under: float = 0.0
    over: float = 0.0


@dataclass
class PlanFiles:
    production: dict[tuple[int, str, str], tuple[float, float]]
    """(bucket, line, product) -> (quantity, hours)."""
    line_use: dict[tuple[int, str], tuple[float, float, float]]
    """(bucket, line) -> (hours, hours_used, overtime_used)."""
    movements: dict[tuple[int, str, str], tuple[float, int]]
    """(bucket, lane, product) -> (quantity, arrival bucket)."""
    site_stock: dict[tuple[int, str, str], float]
    cells: dict[tuple[int, str, str], AccountCell]
    expired: dict[tuple[int, str, str], float]
    certificate: dict[Rank, dict[str, float]]
    problems: list[str] = field(default_factory=list)
    """Repeated keys and other things no constraint names."""

    def cell(self, bucket: int, account: str, product: str) -> AccountCell:
        return self.cells.get((bucket, account, product)) or AccountCell()


def read_plan(package: Package, out: str) -> PlanFiles:
    """Reads production, lines, movements, site_stock, account_plan, expired and certificate.json of a plan folder.

    Raises PackageError for a missing file, an unknown id or a bucket off the horizon.
    """
    problems: list[str] = []

    def rows(name: str, columns: list[str], keys: dict[str, object], optional: bool = False):
        if not optional and not os.path.exists(os.path.join(out, name + ".csv")):
            raise PackageError(f"{name}.csv: not in the plan folder")
        seen = set()
        for row in read_table(out, name, ["bucket", *keys, *columns]):
            t = package.horizon.bucket(date(row["bucket"], f"{name}.csv"))
            if not 0 <= t < package.horizon.count:
                raise PackageError(f"{name}.csv: {row['bucket']} is off the horizon")
            for column, ids in keys.items():
                if row[column] not in ids:
                    raise PackageError(f"{name}.csv: {column} {row[column]!r} is unknown")
            key = (t, *(row[column] for column in keys))
            if key in seen:
                problems.append(f"{name}.csv: {key} is there twice")
            seen.add(key)
            yield key, row

    def quantity(row: dict[str, str], column: str, name: str) -> float:
        return number(row, column, 0.0, name)

    production = {
        key: (quantity(row, "quantity", "production"), quantity(row, "hours", "production"))
        for key, row in rows("production", ["quantity", "hours"], {"line": package.lines, "product": package.products})
    }
    line_use = {
        key: tuple(quantity(row, column, "lines") for column in ("hours", "hours_used", "overtime_used"))
        for key, row in rows("lines", ["hours", "hours_used", "overtime_used"], {"line": package.lines})
    }
    movements = {
        key: (quantity(row, "quantity", "movements"), package.horizon.bucket(date(row["arrives"], "movements.csv")))
        for key, row in rows("movements", ["quantity", "arrives"], {"lane": package.lanes, "product": package.products})
    }
    site_stock = {
        key: quantity(row, "quantity", "site_stock")
        for key, row in rows("site_stock", ["quantity"], {"site": package.sites, "product": package.products})
    }
    columns = ["demand", "served", "lost", "backlog", "stock", "under", "over"]
    cells = {
        key: AccountCell(*(quantity(row, column, "account_plan") for column in columns))
        for key, row in rows("account_plan", columns, {"account": package.accounts, "product": package.products})
    }
    expired = {
        key: quantity(row, "quantity", "expired")
        for key, row in rows(
            "expired", ["quantity"], {"location": {**package.sites, **package.accounts}, "product": package.products}, optional=True)
    }
    certificate: dict[Rank, dict[str, float]] = {}
    path = os.path.join(out, "certificate.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for row in json.load(file)["ranks"]:
                certificate[row["rank"], row.get("tier")] = {key: row[key] for key in ("value", "bound", "gap")}
    return PlanFiles(production, line_use, movements, site_stock, cells, expired, certificate, problems)


def rank_values(package: Package, inputs: Inputs, plan: PlanFiles, ranks: list[Rank]) -> dict[Rank, float]:
    """The value of each rank, from decisions and stocks; stated under, over and overtime are not trusted but worked out again."""
    T, measure = package.horizon.count, package.settings.measure
    values: dict[Rank, float] = {}
    for rank in ranks:
        aim, tier = rank
        pairs = [(a, p) for a, p in inputs.pairs if inputs.tier[a] == tier]
        weight = {(a, p): package.accounts[a].weight * package.products[p].unit(measure) for a, p in pairs}
        if aim == "guarantees":
            total = 0.0
            for guarantee in package.guarantees:
                promised, counted = promise(package, inputs, guarantee)
                served = sum(
                    plan.cell(t, a, p).served for a, p in counted for t in range(guarantee.first, guarantee.last + 1))
                total += max(0.0, promised - served)
        elif aim == "lost-sales":
            total = sum(
                weight[a, p] * (sum(plan.cell(t, a, p).lost for t in package.buckets) + plan.cell(T - 1, a, p).backlog) for a, p in pairs)
        elif aim == "lateness":
            total = sum(weight[a, p] * plan.cell(t, a, p).backlog for a, p in pairs for t in package.buckets)
        elif aim == "stock-under-minimum":
            total = sum(
                weight[a, p] * max(0.0, inputs.minimum[a, p][t] - plan.cell(t, a, p).stock) for a, p in pairs for t in package.buckets)
        elif aim == "sharing":
            total = sharing_value(package, inputs, plan, pairs, package.settings.sharing_of(tier))
        else:
            total = plan_cost(package, inputs, plan)
        values[rank] = float(total)
    return values


def sharing_value(package: Package, inputs: Inputs, plan: PlanFiles, pairs: list[tuple[str, str]], rule: str) -> float:
    demanded, lost, served = account_amounts(package, inputs, plan, pairs)
    with_demand = [a for a in demanded if demanded[a] > 0]
    if rule == "maxmin":
        return sum(served[a] ** 2 for a in with_demand)
    return sum(lost[a] ** 2 / demanded[a] for a in with_demand)


def shared_amounts(package: Package, inputs: Inputs, plan: PlanFiles, rank: Rank) -> dict[str, float]:
    """What a sharing rank counts of each account of its tier: served amounts under `maxmin`, lost ones else."""
    _, lost, served = account_amounts(package, inputs, plan, [(a, p) for a, p in inputs.pairs if inputs.tier[a] == rank[1]])
    return served if package.settings.sharing_of(rank[1]) == "maxmin" else lost


def account_amounts(
    package: Package, inputs: Inputs, plan: PlanFiles, pairs: list[tuple[str, str]]
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """What each account demands, loses and is served over the horizon, in the plan's measure."""
    T = package.horizon.count
    demanded: dict[str, float] = {}
    lost: dict[str, float] = {}
    served: dict[str, float] = {}
    for a, p in pairs:
        unit = package.products[p].unit(package.settings.measure)
        cells = [plan.cell(t, a, p) for t in package.buckets]
        demanded[a] = demanded.get(a, 0.0) + unit * float(inputs.demand[a, p].sum())
        lost[a] = lost.get(a, 0.0) + unit * (sum(cell.lost for cell in cells) + cells[T - 1].backlog)
        served[a] = served.get(a, 0.0) + unit * sum(cell.served for cell in cells)
    return demanded, lost, served


def hours_used(package: Package, plan: PlanFiles) -> dict[tuple[int, str], float]:
    """Hours of each bucket and line that makes anything: made / rate, and the set-up of each product made."""
    used: dict[tuple[int, str], float] = {}
    for (t, l, p), (quantity, _) in plan.production.items():
        row = package.lines[l].products.get(p)
        if row and quantity != 0:
            used[t, l] = used.get((t, l), 0.0) + quantity / row.rate + (row.setup_hours or 0.0)
    return used


def plan_cost(package: Package, inputs: Inputs, plan: PlanFiles) -> float:
    making = sum(
        quantity * package.lines[l].products[p].unit_cost
        for (_, l, p), (quantity, _) in plan.production.items()
        if p in package.lines[l].products
    )
    overtime = sum(
        max(0.0, used - package.lines[l].hours[t]) * package.lines[l].overtime_cost for (t, l), used in hours_used(package, plan).items())
    transport = sum(
        quantity * package.lanes[e].unit_cost * package.products[p].volume for (_, e, p), (quantity, _) in plan.movements.items())
    holding = sum(
        quantity * package.sites[i].holding_cost * package.products[p].volume for (_, i, p), quantity in plan.site_stock.items())
    over = 0.0
    for (t, a, p), cell in plan.cells.items():
        if (a, p) in inputs.demand:
            price = package.products[p].price
            over += price * package.settings.over_stock_rate * max(0.0, cell.stock - inputs.maximum[a, p][t])
            over += price * package.settings.over_target_rate * max(0.0, cell.stock - inputs.target[a, p][t])
    return making + overtime + transport + holding + over
