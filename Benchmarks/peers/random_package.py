"""Writes a seeded random data package: small and nasty (XS), or shaped like a real pre-season (S, M, L).

    random_package.py SEED FOLDER [--size XS|S|M|L] [--features LIST]

Demand is given in demand.csv, so that no forecast is involved. Doing nothing is always a plan: storage and stock capacities hold what is
there and what is on its way, and frozen decisions are taken from a simulation.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import os
import random
import sys
from datetime import date, timedelta

FEATURES = [
    "backorders", "materials", "guarantees", "overrides", "orders", "capacity", "shelf-life", "frozen", "pools", "storage", "expires",
    "intransit", "bands", "stockcap", "overtime", "tiers", "measure", "ranks", "sharing", "weights", "months",
]
"""What a package may have; without --features, XS draws each with even odds."""
ROUNDING = "multiples"
"""Only on request: a rounded plan's values are not within the gap of the linear optimum."""

RANK_ORDERS = [
    [["guarantees"], ["lost-sales", "sharing"], ["lateness"], ["stock-under-minimum"], ["cost"]],
    [["guarantees"], ["lost-sales", "sharing", "stock-under-minimum"], ["lateness"], ["cost"]],
    [["guarantees"], ["stock-under-minimum", "lost-sales"], ["cost"]],
    [["lost-sales"], ["guarantees"], ["lateness", "stock-under-minimum"], ["cost"]],
    [["guarantees"], ["sharing", "lost-sales"], ["cost"]],
    [["guarantees", "lost-sales", "sharing"], ["lateness"], ["cost"], ["stock-under-minimum"]],
    [["lost-sales", "lateness"], ["cost"]],
    [["guarantees"], ["lateness"], ["lost-sales"], ["sharing"], ["stock-under-minimum"], ["cost"]],
]

Tables = dict[str, list[dict[str, object]]]


# ----------------------------------------------------------------------------------------------------------------- writing


def text_of(value: object) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) and not value.is_integer() else str(int(value) if isinstance(value, float) else value)


def csv_text(rows: list[dict[str, object]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([text_of(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def write(folder: str, toml: str, tables: Tables) -> None:
    os.makedirs(folder, exist_ok=True)
    files = {"plan.toml": toml, **{f"{name}.csv": csv_text(rows) for name, rows in tables.items() if rows}}
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
            file.write(text)


def toml_value(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_value(v)}" for key, v in value.items()) + " }"
    return repr(value)


def toml_text(sections: dict[str, dict[str, object]]) -> str:
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {toml_value(value)}\n" for key, value in values.items()) for name, values in sections.items())


# --------------------------------------------------------------------------------------------------------------- nasty: XS


class NastyPackage:
    """Builds one XS package; every draw comes from one generator, in a fixed order."""

    def __init__(self, seed: int, features: set[str] | None):
        self.random = random.Random(seed)
        drawn = {name for name in FEATURES if self.random.random() < 0.5}
        self.features = drawn if features is None else features
        self.tables: Tables = {}
        self.sections: dict[str, dict[str, object]] = {}
        self._horizon()
        self._entities()
        self._demand()
        self._supply()
        self._lanes()
        self._stock()
        self._pools_and_capacity()
        self._frozen_decisions()
        self._storage()
        self._promises()
        self._settings()

    def has(self, feature: str) -> bool:
        return feature in self.features

    def quantity(self, size: float) -> float:
        """Zero, round or crooked; ties are common."""
        r = self.random
        return r.choice([0.0, float(round(size)), float(round(size, -1)), round(r.uniform(0, 2 * size), 2), round(r.uniform(0, 2 * size), 2)])

    def positive(self, size: float) -> float:
        return self.quantity(size) or float(max(1, round(size)))

    def cost(self) -> float:
        r = self.random
        return r.choice([0.0, 0.0, 1.0, 1.0, 2.0, round(r.uniform(0, 3), 3)])

    def some(self, items: list, chance: float) -> list:
        """Each item with the given chance, at least one."""
        return [item for item in items if self.random.random() < chance] or [self.random.choice(items)]

    def day(self, t: int) -> str:
        """Any day of bucket t."""
        if self.period == "week":
            return str(self.start + timedelta(days=7 * t + self.random.choice([0, 0, 3, 6])))
        months = self.start.year * 12 + self.start.month - 1 + t
        return str(date(months // 12, months % 12 + 1, self.random.choice([1, 1, 15, 28])))

    def row(self, table: str, **cells: object) -> dict[str, object]:
        self.tables.setdefault(table, []).append(cells)
        return cells

    # ---------------------------------------------------------------------------------------------------------------- parts

    def _horizon(self) -> None:
        r = self.random
        self.T = r.randint(3, 8)
        self.period = "month" if self.has("months") else "week"
        self.start = date(2027, r.randint(1, 12), 1) if self.period == "month" else date(2027, 3, 1) + timedelta(days=7 * r.randint(0, 40))
        self.F = r.randint(1, min(2, self.T - 1)) if self.has("frozen") else 0
        self.sections["horizon"] = {"bucket": self.period, "start": str(self.start), "buckets": self.T, "frozen": self.F}

    def _entities(self) -> None:
        r = self.random
        odd = r.random() < 0.2
        self.accounts = [("客户" if odd else "A") + str(k) for k in range(1, r.randint(2, 6) + 1)]
        self.products = [("Q" if k % 2 else "p") + str(k) for k in range(1, r.randint(1, 4) + 1)]
        self.account_rows = {}
        for a in self.accounts:
            self.account_rows[a] = self.row(
                "accounts", account=a, name=f"Account {a}", group=r.choice(["north", "south"]),
                tier=r.choice([1, 2, 2, 3, None]) if self.has("tiers") else None,
                weight=r.choice([1.0, 1.0, 2.0, 0.5, round(r.uniform(0.1, 3), 2)]) if self.has("weights") else None,
                backorder_buckets=r.choice([0, 1, 2, self.T + 2]) if self.has("backorders") else None,
            )
        self.product_rows = {}
        for p in self.products:
            self.product_rows[p] = self.row(
                "products", product=p, name=f"Product {p}", volume=r.choice([1.0, 1.0, 2.0, 0.5, round(r.uniform(0.2, 4), 2)]),
                weight=r.choice([1.0, 1.0, 3.0, round(r.uniform(0.2, 4), 2)]), price=r.choice([1.0, 5.0, 10.0, round(r.uniform(1, 20), 2), None]),
                shelf_life=r.choice([None, 0, 1, 2, self.T]) if self.has("shelf-life") else None,
                case_multiple=r.choice([None, 1, 6, 12]) if self.has(ROUNDING) else None,
            )
        plants = [f"F{k}" for k in range(1, r.randint(1, 2) + 1)]
        dcs = [f"D{k}" for k in range(1, r.randint(0, 2) + 1)]
        self.plants, self.dcs, self.sites = plants, dcs, plants + dcs
        self.site_rows = {
            i: self.row("sites", site=i, kind="plant" if i in plants else "dc", holding_cost=self.cost() / 10) for i in self.sites
        }

    def _demand(self) -> None:
        r = self.random
        self.demand: dict[tuple[str, str], list[float]] = {}
        peak = r.randrange(self.T)
        for a in self.accounts:
            size = r.choice([10, 40, 100])
            for p in self.products:
                if r.random() < 0.8 or (a == self.accounts[0] and p == self.products[0]):
                    values = [self.quantity(size * (2.6 if t == peak else 1)) for t in range(self.T)]
                    self.demand[a, p] = values
                    for t, value in enumerate(values):
                        if value > 0 or r.random() < 0.3:
                            self.row("demand", bucket=self.day(t), account=a, product=p, quantity=value)
        if "demand" not in self.tables:
            (a, p), values = next(iter(self.demand.items()))
            values[-1] = 50.0
            self.row("demand", bucket=self.day(self.T - 1), account=a, product=p, quantity=50.0)
        if self.has("overrides"):
            for (a, p), values in self.demand.items():
                if r.random() < 0.4:
                    t = r.randrange(self.T)
                    values[t] = self.quantity(60)
                    self.row("overrides", bucket=self.day(t), account=a, product=p, quantity=values[t], author="ann", reason="a fair")
        if self.has("orders"):
            for k in range(r.randint(1, 4)):
                a, p = r.choice(self.accounts), r.choice(self.products)
                self.row("orders", order=f"o{k}", account=a, product=p, due=self.day(r.randrange(self.T)), quantity=self.positive(60))
        # Capacities are drawn against this, so that about half of the packages are short.
        self.mean = max(sum(map(sum, self.demand.values())) / self.T, 1.0)

    def _supply(self) -> None:
        r = self.random
        tightness = r.choice([0.4, 0.7, 0.85, 1.0, 1.4])
        names = [f"L{k}" for k in range(1, r.randint(1, 3) + 1)]
        self.lines: dict[str, dict] = {}
        for l in names:
            rate = r.choice([1.0, 1.0, 10.0, round(r.uniform(0.5, 20), 2)])
            row = self.row(
                "lines", line=l, site=r.choice(self.plants), hours=round(tightness * self.mean / len(names) / rate, 3),
                overtime_hours=round(r.choice([0, 0.1, 0.3]) * self.mean / rate, 3) if self.has("overtime") else None,
                overtime_cost=self.cost() if self.has("overtime") else None,
            )
            makes = {}
            for p in self.some(self.products, 0.7):
                makes[p] = r.choice([rate, rate, round(rate * r.uniform(0.5, 2), 3)])
                self.row(
                    "line_products", line=l, product=p, rate=makes[p], unit_cost=self.cost(),
                    min_lot=r.choice([None, 5, 20]) if self.has(ROUNDING) else None,
                    multiple=r.choice([None, 1, 6]) if self.has(ROUNDING) else None,
                )
            self.lines[l] = {**row, "makes": makes}
        self.material_left: dict[tuple[str, str], list[float]] = {}
        self.bom: dict[str, dict[str, float]] = {}
        if self.has("materials"):
            for m in ["malt", "can"][: r.randint(1, 2)]:
                for p in self.some(self.products, 0.6):
                    self.bom.setdefault(p, {})[m] = r.choice([1.0, 1.0, 0.5, round(r.uniform(0.1, 3), 2)])
                    self.row("bom", product=p, material=m, quantity=self.bom[p][m])
                if r.random() < 0.8:
                    for i in self.some(self.plants, 0.7):
                        for t in self.some(list(range(self.T)), 0.4):
                            quantity = self.quantity(self.mean * r.choice([0.5, 1.5]))
                            day = self.day(t) if r.random() < 0.8 or t > 0 else str(self.start - timedelta(days=3))
                            self.row("material_supply", site=i, material=m, bucket=day, quantity=quantity)
                            self.material_left.setdefault((i, m), [0.0] * self.T)[t] += quantity

    def _lanes(self) -> None:
        r = self.random
        links = [(i, j) for i in self.plants for j in self.dcs if r.random() < 0.8]
        links += [(i, j) for i in self.sites for j in self.sites if i != j and (i, j) not in links and r.random() < 0.15]
        for a in self.accounts:
            links += [(i, a) for i in self.some(self.sites, 0.5)]
        if r.random() < 0.3:
            links.append(r.choice(links))
        self.lanes: dict[str, dict] = {}
        for k, (i, j) in enumerate(links, start=1):
            tight = r.random() < 0.5
            e = f"e{k}"
            row = self.row(
                "lanes", lane=e, **{"from": i, "to": j}, lead_time=r.choice([0, 0, 0, 1, 1, 2, r.randint(0, self.T)]), unit_cost=self.cost(),
                capacity=self.positive(self.mean * r.choice([0.2, 0.5, 1.0])) if tight else None,
                measure=r.choice(["volume", "weight", "quantity", None]) if tight else None,
                min_shipment=r.choice([None, 3]) if self.has(ROUNDING) else None,
            )
            carries = self.products
            if r.random() < 0.2:
                carries = self.some(self.products, 0.6)
                for p in carries:
                    self.row("lane_products", lane=e, product=p)
            self.lanes[e] = {**row, "carries": carries}

    def _stock(self) -> None:
        r = self.random
        self.on_hand: dict[tuple[str, str], float] = {}
        self.arriving: dict[tuple[str, str], list[float]] = {}
        self.dated: set[str] = {p for p, row in self.product_rows.items() if row["shelf_life"] is not None}
        places = self.sites + self.accounts
        for place in places:
            for p in self.products:
                if r.random() < 0.4:
                    quantity = self.quantity(self.mean / len(self.products) * r.choice([0.2, 1.0]))
                    self.on_hand[place, p] = quantity
                    expires = None
                    if self.has("expires") and r.random() < 0.5:
                        expires = self.day(r.randrange(self.T + 1)) if r.random() < 0.9 else str(self.start - timedelta(days=2))
                        self.dated.add(p)
                    split = r.random() < 0.2
                    for part in [quantity * 0.25, quantity * 0.75] if split else [quantity]:
                        self.row("stock", location=place, product=p, quantity=part, expires=expires)
                if self.has("intransit") and r.random() < 0.3:
                    t = r.randrange(self.T)
                    quantity = self.quantity(self.mean / len(self.products) * 0.5)
                    self.arriving.setdefault((place, p), [0.0] * self.T)[t] += quantity
                    self.row("in_transit", location=place, product=p, bucket=self.day(t), quantity=quantity)

    def _pools_and_capacity(self) -> None:
        r = self.random
        self.pools: list[dict] = []
        if self.has("pools"):
            for k in range(1, r.randint(1, 2) + 1):
                lanes = self.some(list(self.lanes), 0.4)
                row = self.row("pools", pool=f"dock{k}", capacity=self.positive(self.mean * r.choice([0.3, 0.8])),
                               measure=r.choice(["volume", "weight", "quantity", None]))
                for e in lanes:
                    self.row("pool_lanes", pool=row["pool"], lane=e)
                self.pools.append({**row, "lanes": lanes})
        self.replaced: dict[tuple[str, str, int], float] = {}
        if self.has("capacity"):
            targets = [("hours", l, self.mean / 3) for l in self.lines] + [("overtime", l, self.mean / 10) for l in self.lines]
            targets += [("lane", e, self.mean / 2) for e in self.lanes] + [("pool", pool["pool"], self.mean) for pool in self.pools]
            for kind, resource, size in self.some(targets, 0.3):
                for t in self.some(list(range(self.T)), 0.3):
                    value = r.choice([0.0, self.quantity(size)])
                    self.replaced[kind, resource, t] = value
                    self.row("capacity", resource=resource, kind=kind, bucket=self.day(t), capacity=value)

    # ------------------------------------------------------------------------------------ frozen decisions, by simulation

    def standing(self, kind: str, resource: str, value: object, t: int) -> float:
        return self.replaced.get((kind, resource, t), math.inf if value is None else float(value))

    def unit(self, p: str, measure: object) -> float:
        row = self.product_rows[p]
        return {"quantity": 1.0, "weight": float(row["weight"]), "volume": float(row["volume"])}[str(measure or "volume")]

    def _frozen_decisions(self) -> None:
        """Fixes decisions that stock, hours, materials and capacities allow; products that can expire are left alone."""
        r = self.random
        self.level: dict[tuple[str, str], list[float]] = {}
        flow: dict[tuple[str, str, int], float] = {}
        stock = dict(self.on_hand)
        used: dict[tuple[str, str], float] = {}
        for t in range(self.T):
            for (place, p), values in self.arriving.items():
                stock[place, p] = stock.get((place, p), 0.0) + values[t]
            for (place, p, s), quantity in flow.items():
                if s == t:
                    stock[place, p] = stock.get((place, p), 0.0) + quantity
            load: dict[tuple[str, str], float] = {}
            if t < self.F:
                for l, line in self.lines.items():
                    hours = self.standing("hours", l, line["hours"], t)
                    for p, rate in line["makes"].items():
                        if p in self.dated or r.random() < 0.5:
                            continue
                        quantity = math.floor(r.choice([0.2, 0.4]) * hours * rate)
                        for m, each in self.bom.get(p, {}).items():
                            if any(material == m for _, material in self.material_left):
                                received = sum(self.material_left.get((line["site"], m), [0.0] * self.T)[: t + 1])
                                quantity = min(quantity, math.floor((received - used.get((line["site"], m), 0.0)) / each))
                        if quantity <= 0:
                            continue
                        hours -= quantity / rate
                        for m, each in self.bom.get(p, {}).items():
                            used[line["site"], m] = used.get((line["site"], m), 0.0) + each * quantity
                        stock[line["site"], p] = stock.get((line["site"], p), 0.0) + quantity
                        self.row("frozen", kind="make", resource=l, product=p, bucket=self.day(t), quantity=quantity)
                for e, lane in self.lanes.items():
                    for p in lane["carries"]:
                        arrival = t + int(lane["lead_time"])
                        to_pair = lane["to"] in self.sites or (lane["to"], p) in self.demand
                        if p in self.dated or arrival >= self.T or not to_pair or r.random() < 0.5:
                            continue
                        room = 0.6 * stock.get((lane["from"], p), 0.0)
                        limits = [("lane", e, lane["capacity"], lane["measure"])]
                        limits += [("pool", pool["pool"], pool["capacity"], pool["measure"]) for pool in self.pools if e in pool["lanes"]]
                        for kind, resource, capacity, measure in limits:
                            free = self.standing(kind, resource, capacity, t) - load.get((kind, resource), 0.0)
                            room = min(room, free / self.unit(p, measure))
                        quantity = math.floor(room)
                        if quantity <= 0:
                            continue
                        for kind, resource, _, measure in limits:
                            load[kind, resource] = load.get((kind, resource), 0.0) + quantity * self.unit(p, measure)
                        stock[lane["from"], p] -= quantity
                        if arrival == t:
                            stock[lane["to"], p] = stock.get((lane["to"], p), 0.0) + quantity
                        else:
                            flow[lane["to"], p, arrival] = flow.get((lane["to"], p, arrival), 0.0) + quantity
                        self.row("frozen", kind="move", resource=e, product=p, bucket=self.day(t), quantity=quantity)
            for key, quantity in stock.items():
                self.level.setdefault(key, [0.0] * self.T)[t] = quantity

    def _storage(self) -> None:
        """Storage and stock capacity are never under what is there when nothing else is done."""
        r = self.random
        volume = {p: float(row["volume"]) for p, row in self.product_rows.items()}
        for place in self.sites + self.accounts:
            needed = [sum(volume[p] * values[t] for (q, p), values in self.level.items() if q == place) for t in range(self.T)]
            room = math.ceil(max(needed) * 1.000001) + r.choice([0, 0, round(self.mean * r.uniform(0, 1.5))])
            if place in self.site_rows and self.has("storage") and r.random() < 0.7:
                self.site_rows[place]["storage"] = room
                if self.has("capacity") and r.random() < 0.5:
                    t = r.randrange(self.T)
                    self.row("capacity", resource=place, kind="storage", bucket=self.day(t), capacity=math.ceil(needed[t] * 1.000001))
            if place in self.account_rows and self.has("stockcap") and r.random() < 0.7:
                self.account_rows[place]["stock_capacity"] = room

    def _promises(self) -> None:
        r = self.random
        if self.has("guarantees"):
            for k in range(r.randint(1, 4)):
                who = r.choice([{"account": r.choice(self.accounts)}] * 3 + [{"group": "north"}, {"tier": r.randint(1, 2)}])
                first = r.randrange(self.T)
                last = r.randrange(first, self.T)
                share = r.random() < 0.5
                if who.get("group") not in {row["group"] for row in self.account_rows.values()}:
                    who = {key: "south" for key in who if key == "group"} or who
                product = r.choice([None, r.choice(self.products)])
                start = self.day(first) if r.random() < 0.7 else None
                end = self.day(last) if r.random() < 0.7 else None
                if start and end:
                    start, end = sorted([start, end])
                self.row(
                    "guarantees", guarantee=f"g{k}", account=who.get("account"), group=who.get("group"), tier=who.get("tier"),
                    product=product, start=start, end=end,
                    quantity=None if share else self.positive(80), share=r.choice([0.2, 0.5, 0.8, 1.0]) if share else None,
                )
        if self.has("bands"):
            for a, p in self.demand:
                if r.random() < 0.4:
                    low, target, high = sorted(self.quantity(60) for _ in range(3))
                    first = r.randrange(self.T)
                    start, end = (None, None) if r.random() < 0.5 else sorted([self.day(first), self.day(r.randrange(first, self.T))])
                    self.row(
                        "bands", account=a, product=p, start=start, end=end, min=r.choice([low, low, None]),
                        target=r.choice([target, None]), max=r.choice([high, None]),
                    )

    def _settings(self) -> None:
        r = self.random
        covers = r.choice([(0.0, 0.0, 4.0), (1.0, 2.0, 4.0), (0.5, 1.5, 2.25), (1.0, 1.0, 1.0), (2.0, 3.0, 10.0)])
        self.sections["bands"] = dict(zip(("min_cover", "target_cover", "max_cover"), covers))
        plan: dict[str, object] = {}
        if self.has("ranks"):
            plan["ranks"] = r.choice(RANK_ORDERS)
        if self.has("sharing"):
            rules = ["proportional", "maxmin", "weighted"]
            flat = [aim for group in plan.get("ranks", RANK_ORDERS[0]) for aim in group]
            if "sharing" in flat and flat.index("sharing") < flat.index("lost-sales"):
                rules.remove("maxmin")  # the least Σ S² before lost sales are decided is to serve nobody
            plan["sharing"] = r.choice([r.choice(rules), {"1": r.choice(rules), "2": r.choice(rules)}])
        if self.has("measure"):
            plan["measure"] = r.choice(["value", "volume", "quantity"])
        plan["gap"] = r.choice([1e-4, 1e-4, 1e-3, 1e-4])
        plan["over_stock_rate"] = r.choice([0.02, 0.0, 0.1])
        plan["over_target_rate"] = r.choice([0.002, 0.0, 0.02])
        self.sections["plan"] = plan
        if self.has("tiers"):
            self.sections["segments"] = {"tiers": r.choice([[0.8, 0.95], [0.5], [0.3, 0.6, 0.9]]), "by": r.choice(["value", "quantity"])}
        if self.has("orders"):
            self.sections["forecast"] = {"consume": r.choice([[30, 30], [0, 0], [7, 60]])}


# --------------------------------------------------------------------------------------------------- pre-season: S, M, L

SIZES = {
    # accounts, products, buckets, share of pairs sold, plants, lines, DCs
    "S": (20, 10, 12, 0.6, 2, 4, 3),
    "M": (60, 25, 26, 0.6, 3, 6, 6),
    "L": (250, 100, 26, 0.4, 5, 10, 10),
}


def season_package(seed: int, size: str, features: set[str]) -> tuple[str, Tables]:
    """A pre-season: one peak of 2.6 × the base at 70 % of the horizon, line capacity 0.85 × mean demand, log-normal accounts,
    capacitated inbound lanes, docks and DC storage, two source DCs an account, two plants a product."""
    r = random.Random(seed)
    accounts, products, T, sold, plants, lines, dcs = SIZES[size]
    start = date(2027, 3, 1)
    day = [str(start + timedelta(days=7 * t)) for t in range(T)]
    tables: Tables = {}

    def row(table: str, **cells: object) -> None:
        tables.setdefault(table, []).append(cells)

    volume = {f"P{p:03}": round(r.uniform(0.5, 2), 2) for p in range(products)}
    for p in volume:
        life = r.choice([None, None, 4, 8]) if "shelf-life" in features else None
        row("products", product=p, volume=volume[p], weight=round(r.uniform(0.5, 2), 2), price=round(r.uniform(5, 40), 2), shelf_life=life)
    sizes = {f"A{a:04}": r.lognormvariate(0, 1.3) for a in range(accounts)}
    demand: dict[tuple[str, str], list[float]] = {}
    for a, scale in sizes.items():
        for p in volume:
            if r.random() < sold:
                base = 30 * scale * r.lognormvariate(0, 0.5)
                demand[a, p] = [
                    round(base * (1 + 1.6 * math.exp(-(((t - 0.7 * T) / (0.12 * T)) ** 2))) * r.uniform(0.85, 1.15), 1) for t in range(T)
                ]
    for (a, p), values in demand.items():
        for t in range(T):
            row("demand", bucket=day[t], account=a, product=p, quantity=values[t])
    for a in sizes:
        own = sum(sum(v) / T for (b, _), v in demand.items() if b == a)
        row(
            "accounts", account=a, backorder_buckets=r.choice([0, 0, 1, 2]) if "backorders" in features else 0,
            weight=r.choice([1, 1, 2]) if "weights" in features else 1,
            stock_capacity=round(own * 8) if "stockcap" in features else None,
        )
    total = {p: sum(sum(v) for (_, q), v in demand.items() if q == p) / T for p in volume}
    mean_volume = sum(volume[p] * total[p] for p in volume)
    for i in range(plants):
        row("sites", site=f"F{i}", kind="plant", storage=round(mean_volume * 2), holding_cost=0.01)
    for i in range(dcs):
        row("sites", site=f"D{i}", kind="dc", storage=round(mean_volume * 3 / dcs), holding_cost=0.02)
    made_on: dict[int, list[str]] = {l: [] for l in range(lines)}
    for k, p in enumerate(volume):
        for plant in {k % plants, (k + 1 + k // plants) % plants}:
            made_on[r.choice([l for l in range(lines) if l % plants == plant])].append(p)
    loads = {l: sum(total[p] / sum(p in ps for ps in made_on.values()) for p in made_on[l]) for l in made_on}
    share = {l: load / max(sum(loads.values()), 1e-9) for l, load in loads.items()}
    for l in range(lines):
        row(
            "lines", line=f"L{l}", site=f"F{l % plants}", hours=round(0.85 * share[l] * sum(total.values()) / 10, 2),
            overtime_hours=round(0.1 * share[l] * sum(total.values()) / 10, 2) if "overtime" in features else 0, overtime_cost=40,
        )
        for p in made_on[l]:
            row("line_products", line=f"L{l}", product=p, rate=round(10 * r.uniform(0.9, 1.1), 2), unit_cost=round(r.uniform(1, 3), 2))
    if "materials" in features:
        for p in volume:
            row("bom", product=p, material=f"M{r.randrange(3)}", quantity=1)
        for i in range(plants):
            for m in range(3):
                for t in range(T):
                    row("material_supply", site=f"F{i}", material=f"M{m}", bucket=day[t], quantity=round(sum(total.values()) / plants / 3 * r.uniform(0.7, 1.5)))
    for i in range(plants):
        for j in range(dcs):
            row("lanes", lane=f"F{i}-D{j}", **{"from": f"F{i}", "to": f"D{j}"}, lead_time=r.randint(0, 1), unit_cost=round(r.uniform(0.1, 0.5), 2),
                capacity=round(1.6 * mean_volume / plants / dcs))
    for a in sizes:
        own = sum(volume[p] * max(v) for (b, p), v in demand.items() if b == a)
        for j in r.sample(range(dcs), min(2, dcs)):
            row("lanes", lane=f"D{j}-{a}", **{"from": f"D{j}", "to": a}, lead_time=r.choice([0, 0, 1]), unit_cost=round(r.uniform(0.2, 1), 2),
                capacity=round(0.6 * own, 1) if r.random() < 0.1 else None)
    for j in range(dcs):
        row("pools", pool=f"dock-D{j}", capacity=round(1.8 * mean_volume / dcs))
        for lane in tables["lanes"]:
            if lane["from"] == f"D{j}":
                row("pool_lanes", pool=f"dock-D{j}", lane=lane["lane"])
    for (a, p), values in demand.items():
        row("stock", location=a, product=p, quantity=round(sum(values) / T * r.uniform(0.5, 1), 1))
    for p in volume:
        for j in range(dcs):
            row("stock", location=f"D{j}", product=p, quantity=round(total[p] / dcs * r.uniform(0.5, 1), 1))
    if "guarantees" in features:
        for k, a in enumerate(r.sample(list(sizes), 3)):
            row("guarantees", guarantee=f"g{k}", account=a, share=r.choice([0.5, 0.9, 1.0]))
    if "overrides" in features:
        for a, p in r.sample(list(demand), 5):
            row("overrides", bucket=day[r.randrange(T)], account=a, product=p, quantity=round(sum(demand[a, p]) / T * 3), author="ann", reason="a fair")
    sections = {"horizon": {"bucket": "week", "start": str(start), "buckets": T}}
    if "measure" in features:
        sections["plan"] = {"measure": "value"}
    return toml_text(sections), tables


def make_package(seed: int, folder: str, size: str = "XS", features: set[str] | None = None) -> set[str]:
    """Writes a package and returns the features it has."""
    if size == "XS":
        made = NastyPackage(seed, features)
        write(folder, toml_text(made.sections), made.tables)
        return made.features
    if features is None:
        draw = random.Random(seed + 1)
        choice = ["backorders", "materials", "guarantees", "overrides", "shelf-life", "overtime", "weights", "measure", "stockcap"]
        features = {name for name in choice if draw.random() < 0.4}
    write(folder, *season_package(seed, size, features))
    return features


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="random_package.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("folder")
    parser.add_argument("--size", choices=["XS", *SIZES], default="XS")
    parser.add_argument("--features", help=f"comma-separated, of {', '.join(FEATURES)}, {ROUNDING}; none = a plain package; left out = drawn")
    options = parser.parse_args(arguments)
    features = None
    if options.features is not None:
        features = {name for name in options.features.split(",") if name and name != "none"}
        unknown = features - {*FEATURES, ROUNDING}
        if unknown:
            parser.error(f"unknown feature {', '.join(sorted(unknown))}")
    print(", ".join(sorted(make_package(options.seed, options.folder, options.size, features))) or "plain")
    return 0


if __name__ == "__main__":
    sys.exit(main())
