"""Walmart: 30 stores, weekly sales from 2010-02-05; the Christmas peak after the week that ended on 2011-10-28 is planned.

The source's weeks run from Saturday to Friday. Each is dated to the Monday-starting week that holds most of its days: the
five from Monday to Friday, so the week that ended on Friday 2011-10-28 is the one that starts on Monday 2011-10-24, and the
plan starts on 2011-10-31. Sales are the source's, in thousands of dollars of one product, "store sales"; later weeks than
2011-10-28 are left out. Everything about supply is invented.
"""
import csv
import datetime
import os

from . import tables

LAST_KNOWN = datetime.date(2011, 10, 28)
START = datetime.date(2011, 10, 31)
WEEKS = 13
PRODUCT = "STORE-SALES"

SETTINGS = f"""# Walmart: the Christmas peak of 2011. Network and capacities are invented (scripts/real-data).

[horizon]
bucket = "week"
start = "{START}"
buckets = {WEEKS}

[bands]                  # weeks of future demand
min_cover = 0.5
target_cover = 1.0
max_cover = 2.0
"""

# Days on which people shop for the feast, with its date: Super Bowl 2010-02-07, 2011-02-06; Labor Day 2010-09-06, 2011-09-05;
# Easter 2010-04-04, 2011-04-24; Thanksgiving 2010-11-25, 2011-11-24; Christmas.
EVENTS = [
    ("Super Bowl", "2010-02-01", "2010-02-07"), ("Super Bowl", "2011-01-31", "2011-02-06"),
    ("Easter", "2010-03-29", "2010-04-04"), ("Easter", "2011-04-18", "2011-04-24"),
    ("Labor Day", "2010-09-04", "2010-09-06"), ("Labor Day", "2011-09-03", "2011-09-05"),
    ("Thanksgiving", "2010-11-24", "2010-11-28"), ("Thanksgiving", "2011-11-23", "2011-11-27"),
    ("Christmas", "2010-12-11", "2010-12-24"), ("Christmas", "2011-12-11", "2011-12-24"),
]


def monday(week_ending):
    """Monday of the week that holds most days of a week ending on a Friday."""
    return datetime.date.fromisoformat(week_ending) - datetime.timedelta(days=4)


def build(data, folder):
    rows = tables.read(data, "walmart-weekly.csv")
    sales = {
        (row["store"], monday(row["week_ending"])): float(row["sales"]) / 1000
        for row in rows if datetime.date.fromisoformat(row["week_ending"]) <= LAST_KNOWN}
    stores = sorted({store for store, _ in sales})
    year = datetime.timedelta(weeks=52)
    weeks = [START + datetime.timedelta(weeks=week) for week in range(WEEKS)]
    recent = [START - datetime.timedelta(weeks=week) for week in range(1, 27)]
    growth = sum(sales[s, w] for s in stores for w in recent) / sum(sales[s, w - year] for s in stores for w in recent)
    expected = {store: {PRODUCT: growth * sum(sales[store, week - year] for week in weeks) / WEEKS} for store in stores}
    # Christmas week is 1.6 x the mean: lines at the mean itself, docks for 1.25 of it, and storage for two weeks carry most of the peak.
    network = tables.Network(
        expected, plants=2, centres=4, hours=120.0, line_share=0.99, overtime_share=0.05, dock_share=1.25, inbound_share=1.5,
        storage_buckets=2.0, unit_cost=0.7)
    tables.write_package(folder, SETTINGS, {
        "accounts": (
            ("account", "region", "stock_capacity"),
            [(store, network.sources[store][0].replace("DC", "Region "), round(1.5 * expected[store][PRODUCT], 1))
             for store in stores]),
        "products": (("product", "name", "unit", "price"), [(PRODUCT, "Store sales", "thousand dollars", 1.0)]),
        "sales": (
            ("date", "account", "product", "quantity"),
            [(week.isoformat(), store, PRODUCT, round(quantity, 5)) for (store, week), quantity in sorted(sales.items())]),
        "events": (("event", "start", "end"), EVENTS),
        "stock": network.opening_stock(centre_cover=0.6, account_cover=0.6),
        **network.tables(),
    })


def forecast_error(data, out):
    """WAPE of the plan's forecast against the weeks the source has after the start, or None without a forecast."""
    path = os.path.join(out, "forecast.csv")
    if not os.path.exists(path):
        return None
    actual = {
        (row["store"], monday(row["week_ending"]).isoformat()): float(row["sales"]) / 1000
        for row in tables.read(data, "walmart-weekly.csv")}
    with open(path, encoding="utf-8", newline="") as file:
        forecast = {(row["account"], row["bucket"]): float(row["quantity"]) for row in csv.DictReader(file)}
    known = [key for key in sorted(forecast) if key in actual]
    return sum(abs(forecast[key] - actual[key]) for key in known) / sum(actual[key] for key in known)
