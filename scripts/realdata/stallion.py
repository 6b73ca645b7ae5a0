"""Stallion: 41 agencies of a brewer, 24 SKUs, monthly volumes from 2013-01 to 2017-06; the half-year after is planned.

Sales, prices and the months of events are the source's. Everything about supply is invented, scaled to what was sold a year before.
"""
import datetime

from . import tables

START = "2017-07"
MONTHS = 6

SETTINGS = """# Stallion: the half-year after the data ends. Network and capacities are invented (scripts/real-data).

[horizon]
bucket = "month"
start = "2017-07-01"
buckets = 6

[segments]
by = "value"
window = 12

[bands]                  # months of future demand
min_cover = 0.25
target_cover = 0.5
max_cover = 1.0

[forecast]
season = 12
"""

# Easter Sundays; the flags of easter_day and good_friday agree with them.
EASTER = ("2013-03-31", "2014-04-20", "2015-04-05", "2016-03-27", "2017-04-16")
# Events whose month moves or that come only in some years. Those of fixed date (Christmas, Independence Day, ...) are part of
# the yearly season.
MOVING = {"regional_games": "Regional Games", "beer_capital": "Beer Capital", "music_fest": "Music Fest"}


def events(data):
    rows = []
    for day in EASTER:
        easter = datetime.date.fromisoformat(day)
        rows.append(("Easter", (easter - datetime.timedelta(days=7)).isoformat(), day))
    for row in tables.read(data, "stallion-events.csv"):
        start = tables.first_of_month(row["month"])
        end = tables.first_of_month(tables.months_from(row["month"], 2)[1]) - datetime.timedelta(days=1)
        rows += [(name, start.isoformat(), end.isoformat()) for column, name in MOVING.items() if row[column] == "1"]
    return ("event", "start", "end"), rows


def build(data, folder):
    sales = tables.read(data, "stallion-sales.csv")
    volume = {(row["agency"], row["sku"], row["month"]): float(row["volume"]) for row in sales}
    # A price of 0 is a missing one: no row, so the last real price stays in force.
    price = {
        (row["agency"], row["sku"], row["month"]): float(row["price_actual"])
        for row in tables.read(data, "stallion-prices.csv") if float(row["price_actual"]) > 0}
    pairs = sorted({key[:2] for key in volume})
    last_year = tables.months_from("2016-07", 12)
    year_before = tables.months_from("2015-07", 12)
    season = tables.months_from("2016-07", MONTHS)
    total = lambda months: sum(volume.get((a, p, m), 0.0) for a, p in pairs for m in months)
    growth = total(last_year) / total(year_before)
    expected = {}
    for agency, sku in pairs:
        mean = growth * sum(volume.get((agency, sku, month), 0.0) for month in season) / MONTHS
        if mean == 0:
            # Not sold a year ago: what the last half-year sold.
            mean = sum(volume.get((agency, sku, month), 0.0) for month in tables.months_from("2017-01", 6)) / 6
        expected.setdefault(agency, {})[sku] = mean
    # December is a tenth above the half-year's mean: with 0.955 of it in regular hours, docks for 1.06 and
    # little overtime, stock is built from the first month on and all but used up in December.
    network = tables.Network(
        expected, plants=3, centres=5, hours=600.0, line_share=0.955, overtime_share=0.02, dock_share=1.06, inbound_share=1.3,
        storage_buckets=0.6, unit_cost=400.0)

    value = {}
    for (agency, sku, month), quantity in volume.items():
        if month in last_year and (agency, sku, month) in price:
            money, units = value.get(sku, (0.0, 0.0))
            value[sku] = (money + quantity * price[agency, sku, month], units + quantity)
    agencies = {row["agency"]: row for row in tables.read(data, "stallion-agencies.csv")}
    middle = sorted(expected, key=lambda a: (-sum(expected[a].values()), a))[len(expected) * 4 // 5]
    price_rows = []
    last = {}
    for agency, sku, month in sorted(price):
        if last.get((agency, sku)) != price[agency, sku, month]:
            last[agency, sku] = price[agency, sku, month]
            price_rows.append((tables.first_of_month(month).isoformat(), agency, sku, price[agency, sku, month]))
    tables.write_package(folder, SETTINGS, {
        "accounts": (
            ("account", "region"),
            [(agency, network.sources[agency][0].replace("DC", "Region ")) for agency in sorted(agencies)]),
        "products": (
            ("product", "family", "unit", "price"),
            [(sku, "beer", "hl", round(value[sku][0] / value[sku][1], 2) if value.get(sku, (0, 0))[1] > 0 else None)
             for sku in network.products]),
        "sales": (
            ("date", "account", "product", "quantity", "price"),
            [(tables.first_of_month(month).isoformat(), agency, sku, quantity, price.get((agency, sku, month)))
             for (agency, sku, month), quantity in sorted(volume.items())]),
        "prices": (("date", "account", "product", "price"), price_rows),
        "events": events(data),
        "stock": network.opening_stock(centre_cover=0.1, account_cover=0.2),
        "guarantees": (("guarantee", "account", "start", "end", "share"), [("NEW-CONTRACT", middle, "2017-11-01", "2017-12-31", 0.95)]),
        **network.tables(),
    })
