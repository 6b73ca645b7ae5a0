"""Reads a data package (the public contract of the CSV tables and plan.toml) into plain Python values.

This is a second reading of the contract, written apart from the Swift side and sharing no code with it. It reads what a tidy
package holds; it does not try to be a friendly reader: the first thing it does not understand raises PackageError.
"""

from __future__ import annotations

import csv
import datetime
import io
import math
import os
import tomllib
from dataclasses import dataclass, field

import numpy as np

INFINITY = math.inf


class PackageError(Exception):
    """The package (or plan folder) cannot be read; the text says where."""


# ---------------------------------------------------------------------------------------------------------------- tables


def read_table(folder: str, name: str, required: list[str], mapping: dict[str, str] | None = None) -> list[dict[str, str]]:
    """Rows of `folder`/`name`.csv as dictionaries of stripped text; [] when the file does not exist.

    `mapping` maps a field to the header the file uses for it (`[columns.<table>]` of plan.toml).
    """
    path = os.path.join(folder, name + ".csv")
    if not os.path.exists(path):
        return []
    with open(path, "rb") as file:
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(cell.strip() for cell in row)]
    if not rows:
        raise PackageError(f"{name}.csv: empty")
    header = [cell.strip() for cell in rows[0]]
    for ours, theirs in (mapping or {}).items():
        if theirs in header:
            header[header.index(theirs)] = ours
    for column in required:
        if column not in header:
            raise PackageError(f"{name}.csv: no column {column}")
    table = []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) > len(header):
            raise PackageError(f"{name}.csv: row {number} has {len(row)} cells, the header {len(header)}")
        cells = {key: "" for key in header}
        cells.update({key: cell.strip() for key, cell in zip(header, row)})
        for column in required:
            if cells[column] == "":
                raise PackageError(f"{name}.csv: row {number}: {column} is blank")
        table.append(cells)
    return table


def number(row: dict[str, str], column: str, default: float | None = None, table: str = "") -> float | None:
    """The cell as a finite number, `default` where it is blank or the column is missing."""
    text = row.get(column, "")
    if text == "":
        return default
    try:
        value = float(text)
    except ValueError:
        raise PackageError(f"{table}.csv, {column}: {text!r} is not a number") from None
    if not math.isfinite(value):
        raise PackageError(f"{table}.csv, {column}: {text!r} is not finite")
    return value


def date(text: str, where: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise PackageError(f"{where}: {text!r} is not a date YYYY-MM-DD") from None


def byte_order(ids) -> list[str]:
    return sorted(ids, key=lambda text: text.encode("utf-8"))


# --------------------------------------------------------------------------------------------------------------- horizon


@dataclass
class Horizon:
    unit: str
    start: datetime.date
    count: int
    frozen: int

    def bucket(self, day: datetime.date) -> int:
        """Number of the bucket that holds `day`; negative before the start, >= count after the horizon."""
        if self.unit == "week":
            return (day - self.start).days // 7
        return (day.year - self.start.year) * 12 + day.month - self.start.month

    def first_day(self, bucket: int) -> datetime.date:
        if self.unit == "week":
            return self.start + datetime.timedelta(days=7 * bucket)
        months = self.start.year * 12 + self.start.month - 1 + bucket
        return datetime.date(months // 12, months % 12 + 1, 1)


# ---------------------------------------------------------------------------------------------------------------- values


@dataclass
class Account:
    id: str
    group: str
    tier: int | None
    weight: float
    backorder_buckets: int
    stock_capacity: float


@dataclass
class Product:
    id: str
    volume: float
    weight: float
    price: float
    case_multiple: float | None
    shelf_life: int | None

    def unit(self, measure: str) -> float:
        """What one unit counts in `measure`."""
        return {"quantity": 1.0, "value": self.price, "volume": self.volume, "weight": self.weight}[measure]


@dataclass
class Site:
    id: str
    storage: list[float]
    holding_cost: float


@dataclass
class LineProduct:
    rate: float
    unit_cost: float
    min_lot: float | None
    multiple: float | None
    setup_hours: float | None


@dataclass
class Line:
    id: str
    site: str
    hours: list[float]
    overtime: list[float]
    overtime_cost: float
    products: dict[str, LineProduct] = field(default_factory=dict)


@dataclass
class Lane:
    id: str
    origin: str
    target: str
    lead_time: int
    unit_cost: float
    capacity: list[float]
    measure: str
    min_shipment: float | None
    multiple: float | None
    products: set[str] | None

    def carries(self, product: str) -> bool:
        return self.products is None or product in self.products


@dataclass
class Pool:
    id: str
    capacity: list[float]
    measure: str
    lanes: list[str]


@dataclass
class Stock:
    location: str
    product: str
    quantity: float
    last_bucket: int | None
    """Bucket that holds its last day: < 0 = gone before the start, None = keeps."""


@dataclass
class Guarantee:
    id: str
    account: str | None
    group: str | None
    tier: int | None
    product: str | None
    first: int
    last: int
    quantity: float | None
    share: float | None


@dataclass
class Settings:
    ranks: list[list[str]]
    sharing: dict[int, str]
    default_sharing: str
    measure: str
    gap: float
    over_stock_rate: float
    over_target_rate: float
    covers: tuple[float, float, float]
    tier_cuts: list[float]
    tiers_by: str
    tier_window: int
    consume: tuple[int, int]

    def sharing_of(self, tier: int) -> str:
        return self.sharing.get(tier, self.default_sharing)


@dataclass
class Package:
    horizon: Horizon
    settings: Settings
    accounts: dict[str, Account]
    products: dict[str, Product]
    sites: dict[str, Site]
    lines: dict[str, Line]
    bom: dict[str, list[tuple[str, float]]]
    receipts: dict[tuple[str, str], np.ndarray]
    """(site, material) -> receipts by bucket, shape [T]."""
    limited_materials: set[str]
    lanes: dict[str, Lane]
    pools: dict[str, Pool]
    stock: list[Stock]
    in_transit: dict[tuple[str, str], np.ndarray]
    """(location, product) -> arrivals by bucket, shape [T]."""
    guarantees: list[Guarantee]
    band_rows: list[tuple[str, str, int, int, float, float, float]]
    """(account, product, first, last, min, target, max)."""
    frozen: dict[tuple[str, str, str, int], float]
    demand_rows: list[tuple[int, str, str, float]]
    overrides: list[tuple[int, str, str, float]]
    orders: list[tuple[datetime.date, str, str, str, float]]
    """(due, order, account, product, quantity)."""
    sales: list[dict[str, str]]

    @property
    def buckets(self) -> range:
        return range(self.horizon.count)

    @property
    def has_rounding(self) -> bool:
        """True when a plan has to keep to multiples, lots, least shipments or set-ups, which the linear program leaves out."""
        return (
            any(p.case_multiple for p in self.products.values())
            or any(e.min_shipment or e.multiple for e in self.lanes.values())
            or any(x.min_lot or x.multiple or x.setup_hours for line in self.lines.values() for x in line.products.values())
        )


# --------------------------------------------------------------------------------------------------------------- reading

DEFAULT_RANKS = [["guarantees"], ["lost-sales", "sharing"], ["lateness"], ["stock-under-minimum"], ["cost"]]


def read_settings(folder: str) -> tuple[dict, Settings]:
    path = os.path.join(folder, "plan.toml")
    toml: dict = {}
    if os.path.exists(path):
        with open(path, "rb") as file:
            toml = tomllib.load(file)
    plan = toml.get("plan", {})
    bands = toml.get("bands", {})
    segments = toml.get("segments", {})
    sharing = plan.get("sharing", "proportional")
    by_tier = {int(k): v for k, v in sharing.items()} if isinstance(sharing, dict) else {}
    settings = Settings(
        ranks=plan.get("ranks", DEFAULT_RANKS),
        sharing=by_tier,
        default_sharing="proportional" if isinstance(sharing, dict) else sharing,
        measure=plan.get("measure", "quantity"),
        gap=float(plan.get("gap", 1e-4)),
        over_stock_rate=float(plan.get("over_stock_rate", 0.02)),
        over_target_rate=float(plan.get("over_target_rate", 0.002)),
        covers=(float(bands.get("min_cover", 1)), float(bands.get("target_cover", 2)), float(bands.get("max_cover", 4))),
        tier_cuts=[float(x) for x in segments.get("tiers", [0.8, 0.95])],
        tiers_by=segments.get("by", "value"),
        tier_window=int(segments.get("window", 52)),
        consume=tuple(toml.get("forecast", {}).get("consume", [30, 30])),
    )
    return toml, settings


def read_package(folder: str) -> Package:
    if not os.path.isdir(folder):
        raise PackageError(f"{folder}: no such folder")
    toml, settings = read_settings(folder)
    columns = toml.get("columns", {})

    def table(name: str, *required: str) -> list[dict[str, str]]:
        return read_table(folder, name, list(required), columns.get(name))

    sales = table("sales", "date", "account", "product", "quantity")
    horizon = read_horizon(toml.get("horizon", {}), sales)
    T = horizon.count

    def known(value: str, ids, what: str) -> str:
        if value not in ids:
            raise PackageError(f"{what}: unknown id {value!r}")
        return value

    def bucket_in(text: str, where: str, *, clip_early: bool = False) -> int | None:
        """Bucket of a date; None outside the horizon (early dates count in bucket 0 when `clip_early`)."""
        t = horizon.bucket(date(text, where))
        if t < 0:
            return 0 if clip_early else None
        return t if t < T else None

    account_rows = {row["account"]: row for row in table("accounts", "account")}
    accounts = {}
    for a in byte_order(account_rows):
        row = account_rows[a]
        tier = number(row, "tier", None, "accounts")
        accounts[a] = Account(
            id=a, group=row.get("group", ""), tier=None if tier is None else int(tier), weight=number(row, "weight", 1.0, "accounts"),
            backorder_buckets=int(number(row, "backorder_buckets", 0, "accounts")),
            stock_capacity=number(row, "stock_capacity", INFINITY, "accounts"),
        )

    price_rows = table("prices", "date", "product", "price")
    product_rows = {row["product"]: row for row in table("products", "product")}
    products = {}
    for p in byte_order(product_rows):
        row = product_rows[p]
        life = number(row, "shelf_life", None, "products")
        price = number(row, "price", None, "products")
        if price is None:
            mine = [r for r in price_rows if r["product"] == p]
            mine = [r for r in mine if r.get("account", "") == ""] or mine
            price = number(max(mine, key=lambda r: date(r["date"], "prices.csv")), "price", None, "prices") if mine else 1.0
        products[p] = Product(
            id=p, volume=number(row, "volume", 1.0, "products"), weight=number(row, "weight", 1.0, "products"), price=price,
            case_multiple=number(row, "case_multiple", None, "products") or None, shelf_life=None if life is None else int(life),
        )

    overrides_of: dict[tuple[str, str], dict[int, float]] = {}
    for row in table("capacity", "resource", "kind", "bucket", "capacity"):
        t = bucket_in(row["bucket"], "capacity.csv")
        if t is not None:
            overrides_of.setdefault((row["kind"], row["resource"]), {})[t] = number(row, "capacity", None, "capacity")

    def capacity(kind: str, resource: str, standing: float) -> list[float]:
        values = [standing] * T
        for t, value in overrides_of.get((kind, resource), {}).items():
            values[t] = value
        return values

    sites = {}
    site_rows = {row["site"]: row for row in table("sites", "site", "kind")}
    for i in byte_order(site_rows):
        row = site_rows[i]
        sites[i] = Site(i, capacity("storage", i, number(row, "storage", INFINITY, "sites")), number(row, "holding_cost", 0.0, "sites"))

    lines: dict[str, Line] = {}
    line_rows = {row["line"]: row for row in table("lines", "line", "site", "hours")}
    for l in byte_order(line_rows):
        row = line_rows[l]
        lines[l] = Line(
            l, known(row["site"], sites, "lines.csv"), capacity("hours", l, number(row, "hours", None, "lines")),
            capacity("overtime", l, number(row, "overtime_hours", 0.0, "lines")), number(row, "overtime_cost", 0.0, "lines"),
        )
    for row in table("line_products", "line", "product", "rate"):
        line = lines[known(row["line"], lines, "line_products.csv")]
        p = known(row["product"], products, "line_products.csv")
        line.products[p] = LineProduct(
            number(row, "rate", None, "line_products"), number(row, "unit_cost", 0.0, "line_products"),
            number(row, "min_lot", None, "line_products") or None, number(row, "multiple", None, "line_products") or None,
            number(row, "setup_hours", None, "line_products") or None,
        )
        if line.products[p].rate <= 0:
            raise PackageError(f"line_products.csv: rate of {row['line']}, {p} is not above 0")

    bom: dict[str, list[tuple[str, float]]] = {}
    for row in table("bom", "product", "material", "quantity"):
        bom.setdefault(known(row["product"], products, "bom.csv"), []).append((row["material"], number(row, "quantity", None, "bom")))
    receipts: dict[tuple[str, str], np.ndarray] = {}
    limited = set()
    for row in table("material_supply", "site", "material", "bucket", "quantity"):
        limited.add(row["material"])
        t = bucket_in(row["bucket"], "material_supply.csv", clip_early=True)
        if t is not None:
            receipts.setdefault((known(row["site"], sites, "material_supply.csv"), row["material"]), np.zeros(T))[t] += number(
                row, "quantity", None, "material_supply")

    carried: dict[str, set[str]] = {}
    for row in table("lane_products", "lane", "product"):
        carried.setdefault(row["lane"], set()).add(known(row["product"], products, "lane_products.csv"))
    lanes = {}
    lane_rows = {row["lane"]: row for row in table("lanes", "lane", "from", "to")}
    for e in byte_order(lane_rows):
        row = lane_rows[e]
        lanes[e] = Lane(
            e, known(row["from"], sites, "lanes.csv"), known(row["to"], {**sites, **accounts}, "lanes.csv"),
            int(number(row, "lead_time", 0, "lanes")), number(row, "unit_cost", 0.0, "lanes"),
            capacity("lane", e, number(row, "capacity", INFINITY, "lanes")), row.get("measure", "") or "volume",
            number(row, "min_shipment", None, "lanes") or None, number(row, "multiple", None, "lanes") or None, carried.get(e),
        )
    pools = {}
    for row in table("pools", "pool", "capacity"):
        m = row["pool"]
        pools[m] = Pool(m, capacity("pool", m, number(row, "capacity", None, "pools")), row.get("measure", "") or "volume", [])
    for row in table("pool_lanes", "pool", "lane"):
        pools[known(row["pool"], pools, "pool_lanes.csv")].lanes.append(known(row["lane"], lanes, "pool_lanes.csv"))

    places = {**sites, **accounts}
    if len(places) != len(sites) + len(accounts):
        raise PackageError("a site and an account share an id")
    stock = []
    for row in table("stock", "location", "product", "quantity"):
        expires = row.get("expires", "")
        stock.append(Stock(
            known(row["location"], places, "stock.csv"), known(row["product"], products, "stock.csv"),
            number(row, "quantity", None, "stock"), horizon.bucket(date(expires, "stock.csv")) if expires else None,
        ))
    in_transit: dict[tuple[str, str], np.ndarray] = {}
    for row in table("in_transit", "location", "product", "bucket", "quantity"):
        t = bucket_in(row["bucket"], "in_transit.csv", clip_early=True)
        key = (known(row["location"], places, "in_transit.csv"), known(row["product"], products, "in_transit.csv"))
        if t is not None:
            in_transit.setdefault(key, np.zeros(T))[t] += number(row, "quantity", None, "in_transit")

    def span(row: dict[str, str], where: str) -> tuple[int, int]:
        """First and last bucket of a start .. end pair of dates, clipped to the horizon (last < first = outside)."""
        first = horizon.bucket(date(row["start"], where)) if row.get("start") else 0
        last = horizon.bucket(date(row["end"], where)) if row.get("end") else T - 1
        return max(first, 0), min(last, T - 1)

    guarantees = []
    guarantee_rows = {row["guarantee"]: row for row in table("guarantees", "guarantee")}
    for g in byte_order(guarantee_rows):
        row = guarantee_rows[g]
        first, last = span(row, "guarantees.csv")
        tier = number(row, "tier", None, "guarantees")
        guarantees.append(Guarantee(
            g, row.get("account") or None, row.get("group") or None, None if tier is None else int(tier), row.get("product") or None,
            first, last, number(row, "quantity", None, "guarantees"), number(row, "share", None, "guarantees"),
        ))

    band_rows = []
    for row in table("bands", "account", "product"):
        first, last = span(row, "bands.csv")
        band_rows.append((
            known(row["account"], accounts, "bands.csv"), known(row["product"], products, "bands.csv"), first, last,
            number(row, "min", 0.0, "bands"), number(row, "target", INFINITY, "bands"), number(row, "max", INFINITY, "bands"),
        ))

    frozen: dict[tuple[str, str, str, int], float] = {}
    for row in table("frozen", "kind", "resource", "product", "bucket", "quantity"):
        t = bucket_in(row["bucket"], "frozen.csv")
        if t is not None and t < horizon.frozen:
            frozen[(row["kind"], row["resource"], row["product"], t)] = number(row, "quantity", None, "frozen")

    def cells(name: str) -> list[tuple[int, str, str, float]]:
        found = {}
        for row in table(name, "bucket", "account", "product", "quantity"):
            t = bucket_in(row["bucket"], f"{name}.csv")
            key = (t, known(row["account"], accounts, f"{name}.csv"), known(row["product"], products, f"{name}.csv"))
            if t is None:
                continue
            if key in found:
                raise PackageError(f"{name}.csv: the key {key} is there twice")
            found[key] = number(row, "quantity", None, name)
        return [(t, a, p, q) for (t, a, p), q in found.items()]

    orders = [
        (date(row["due"], "orders.csv"), row["order"], known(row["account"], accounts, "orders.csv"),
         known(row["product"], products, "orders.csv"), number(row, "quantity", None, "orders"))
        for row in table("orders", "order", "account", "product", "due", "quantity")
    ]

    return Package(
        horizon, settings, accounts, products, sites, lines, bom, receipts, limited, lanes, pools, stock, in_transit, guarantees,
        band_rows, frozen, cells("demand"), cells("overrides"), orders, sales,
    )


def read_horizon(toml: dict, sales: list[dict[str, str]]) -> Horizon:
    unit = toml.get("bucket", "week")
    start = toml.get("start")
    if start is None:
        if not sales:
            raise PackageError("plan.toml: no start, and no sales to take it from")
        last = max(date(row["date"], "sales.csv") for row in sales)
        start = last + datetime.timedelta(days=7) if unit == "week" else (last.replace(day=1) + datetime.timedelta(days=31))
    elif isinstance(start, str):
        start = date(start, "plan.toml, start")
    start = start - datetime.timedelta(days=start.weekday()) if unit == "week" else start.replace(day=1)
    return Horizon(unit, start, int(toml.get("buckets", 26)), int(toml.get("frozen", 0)))
