"""What a plan is made for: planned demand, stock bands and tiers, either computed here or taken from a plan folder."""

from __future__ import annotations

import datetime
import math
import os
from dataclasses import dataclass

import numpy as np

from package import INFINITY, Package, PackageError, byte_order, date, number, read_table

Pair = tuple[str, str]


@dataclass
class Inputs:
    """Values by (account, product), each of shape [T]; `maximum` and `target` may be infinite."""

    demand: dict[Pair, np.ndarray]
    minimum: dict[Pair, np.ndarray]
    target: dict[Pair, np.ndarray]
    maximum: dict[Pair, np.ndarray]
    tier: dict[str, int]

    @property
    def pairs(self) -> list[Pair]:
        return sorted(self.demand, key=lambda pair: (pair[0].encode(), pair[1].encode()))

    @property
    def tier_count(self) -> int:
        return max(self.tier.values(), default=1)

    def total_demand(self, package: Package) -> float:
        """All planned demand, in `measure`."""
        measure = package.settings.measure
        return sum(package.products[p].unit(measure) * float(self.demand[a, p].sum()) for a, p in self.pairs)


# -------------------------------------------------------------------------------------------------------- computed here


def own_demand(package: Package) -> dict[Pair, dict[str, np.ndarray]]:
    """Forecast (demand.csv with overrides put in), orders, and the quantity planned for, by pair. No forecasting: sales are not used."""
    T = package.horizon.count
    pairs: dict[Pair, dict[str, np.ndarray]] = {}

    def at(a: str, p: str) -> dict[str, np.ndarray]:
        return pairs.setdefault((a, p), {key: np.zeros(T) for key in ("forecast", "ordered", "quantity")})

    for t, a, p, quantity in package.demand_rows:
        at(a, p)["forecast"][t] = quantity
    for t, a, p, quantity in package.overrides:
        at(a, p)["forecast"][t] = quantity
    for a, p, *_ in package.band_rows:
        at(a, p)
    for row in package.stock:
        if row.location in package.accounts:
            at(row.location, row.product)
    for location, p in package.in_transit:
        if location in package.accounts:
            at(location, p)

    for values in pairs.values():
        values["quantity"][:] = values["forecast"]
    back, forward = package.settings.consume
    for due, order, a, p, quantity in sorted(package.orders, key=lambda row: (row[0], row[1].encode(), row[2].encode(), row[3].encode())):
        own = package.horizon.bucket(due)
        if own >= T:
            continue
        values = at(a, p)
        day = max(due, package.horizon.start)
        own = max(own, 0)
        values["ordered"][own] += quantity
        first = max(package.horizon.bucket(day - datetime.timedelta(days=back)), 0)
        last = min(package.horizon.bucket(day + datetime.timedelta(days=forward)), T - 1)
        left = quantity
        # `quantity` holds the forecast not yet consumed until the orders are added below.
        for t in [own, *range(own - 1, first - 1, -1), *range(own + 1, last + 1)]:
            taken = min(left, values["quantity"][t])
            values["quantity"][t] -= taken
            left -= taken
    for values in pairs.values():
        values["quantity"] += values["ordered"]
    return pairs


def cover(demand: np.ndarray, buckets: float) -> np.ndarray:
    """Demand of the next `buckets` buckets after each t, fractions pro rata; past the horizon the last bucket's demand goes on."""
    T = len(demand)
    whole = int(math.floor(buckets))
    fraction = buckets - whole
    longer = np.concatenate([demand, np.full(whole + 2, demand[-1])])
    result = np.zeros(T)
    for t in range(T):
        result[t] = longer[t + 1 : t + 1 + whole].sum() + fraction * longer[t + 1 + whole]
    return result


def own_bands(package: Package, demand: dict[Pair, np.ndarray]) -> tuple[dict, dict, dict]:
    covers = package.settings.covers
    bands = tuple({pair: cover(values, c) for pair, values in demand.items()} for c in covers)
    for a, p, first, last, low, target, high in package.band_rows:
        for band, value in zip(bands, (low, target, high)):
            if (a, p) in band:
                band[a, p][first : last + 1] = value
    return bands


def own_tiers(package: Package) -> dict[str, int]:
    """Tier of each account: the given one, else by cumulative share of sales (else demand)."""
    value = {a: 0.0 for a in package.accounts}
    by_value = package.settings.tiers_by == "value"
    if package.sales:
        window = range(-package.settings.tier_window, 0)
        for row in package.sales:
            if package.horizon.bucket(date(row["date"], "sales.csv")) in window:
                p = row["product"]
                price = number(row, "price", None, "sales")
                weight = (package.products[p].price if price is None else price) if by_value else 1.0
                value[row["account"]] += weight * number(row, "quantity", None, "sales")
    else:
        for _, a, p, quantity in package.demand_rows:
            value[a] += (package.products[p].price if by_value else 1.0) * quantity
    total = sum(value.values())
    tiers, before = {}, 0.0
    for a in sorted(package.accounts, key=lambda a: (-value[a], a.encode())):
        share = before / total if total > 0 else 0.0
        computed = 1 + sum(share >= cut - 1e-12 for cut in package.settings.tier_cuts)
        tiers[a] = package.accounts[a].tier or computed
        before += value[a]
    return tiers


def own_inputs(package: Package) -> Inputs:
    demand = {pair: values["quantity"] for pair, values in own_demand(package).items()}
    low, target, high = own_bands(package, demand)
    return Inputs(demand, low, target, high, own_tiers(package))


# --------------------------------------------------------------------------------------------------- from a plan folder


def inputs_of(package: Package, out: str) -> Inputs:
    """Demand, bands and tiers as a plan folder states them. Pairs are those of its bands.csv and demand.csv."""
    for name in ("bands", "demand", "segments"):
        if not os.path.exists(os.path.join(out, name + ".csv")):
            raise PackageError(f"{out}: no plan folder, or one without {name}.csv")
    T = package.horizon.count
    demand: dict[Pair, np.ndarray] = {}
    bands: tuple[dict, dict, dict] = ({}, {}, {})

    def bucket(row: dict[str, str], where: str) -> int:
        t = package.horizon.bucket(date(row["bucket"], where))
        if not 0 <= t < T:
            raise PackageError(f"{where}: {row['bucket']} is off the horizon")
        return t

    for row in read_table(out, "bands", ["bucket", "account", "product"]):
        pair = (row["account"], row["product"])
        t = bucket(row, "bands.csv")
        demand.setdefault(pair, np.zeros(T))
        for band, column, blank in zip(bands, ("min", "target", "max"), (0.0, INFINITY, INFINITY)):
            band.setdefault(pair, np.full(T, blank))[t] = number(row, column, blank, "bands")
    for row in read_table(out, "demand", ["bucket", "account", "product", "quantity"]):
        pair = (row["account"], row["product"])
        if pair not in demand:
            raise PackageError(f"demand.csv: {pair} has demand, but no row in bands.csv")
        demand[pair][bucket(row, "demand.csv")] = number(row, "quantity", None, "demand")
    for a, p in demand:
        if a not in package.accounts or p not in package.products:
            raise PackageError(f"bands.csv: {a}, {p}: unknown account or product")
    tier = {row["account"]: int(row["tier"]) for row in read_table(out, "segments", ["account", "tier"])}
    missing = [a for a in package.accounts if a not in tier]
    if missing:
        raise PackageError(f"segments.csv: no row for account {missing[0]}")
    return Inputs(demand, *bands, {a: tier[a] for a in byte_order(tier)})


def input_differences(package: Package, out: str, given: Inputs) -> list[str]:
    """Where the demand, bands or tiers of a plan folder differ from what this side computes from the package.

    Demand is compared only where no forecast was needed (a package without sales); bands always, from the stated demand.
    """
    found = []

    def compare(name: str, mine: np.ndarray, theirs: np.ndarray, pair: Pair) -> None:
        for t in package.buckets:
            a, b = mine[t], theirs[t]
            if a != b and not abs(a - b) <= 1e-9 * (1 + abs(a)):
                found.append(f"{name} of {pair[0]}, {pair[1]} in {package.horizon.first_day(t)}: mine {a:g}, theirs {b:g}")

    zero = np.zeros(package.horizon.count)
    if not package.sales:
        own = own_demand(package)
        for pair in sorted(set(own) | set(given.demand)):
            compare("demand", own[pair]["quantity"] if pair in own else zero, given.demand.get(pair, zero), pair)
    for name, mine, theirs in zip(("min", "target", "max"), own_bands(package, given.demand), (given.minimum, given.target, given.maximum)):
        for pair in given.pairs:
            compare(name, mine[pair], theirs[pair], pair)
    for a, tier in own_tiers(package).items():
        if given.tier[a] != tier:
            found.append(f"tier of {a}: mine {tier}, theirs {given.tier[a]}")
    return found
