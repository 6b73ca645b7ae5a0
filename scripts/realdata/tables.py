"""Writing a data package, and the arithmetic both packages share."""
import csv
import datetime
import os


def number(value):
    """A number as tables.md writes it: shortest form, whole numbers without a point; None is blank."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(round(value, 6))


def write_package(folder, settings, tables):
    """Writes plan.toml and one CSV a table; tables maps a name to (columns, rows)."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "plan.toml"), "w", encoding="utf-8", newline="\n") as file:
        file.write(settings)
    for name, (columns, rows) in tables.items():
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            for row in rows:
                writer.writerow([value if isinstance(value, str) else number(value) for value in row])


def read(data, name):
    with open(os.path.join(data, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first_of_month(month):
    """2017-06 or (2017, 6) as a date."""
    year, number_of_month = (int(part) for part in month.split("-")) if isinstance(month, str) else month
    return datetime.date(year, number_of_month, 1)


def months_from(month, count):
    """`count` months as YYYY-MM from `month`."""
    start = first_of_month(month)
    numbers = range(start.year * 12 + start.month - 1, start.year * 12 + start.month - 1 + count)
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in numbers]


class Network:
    """Plants with two lines each, centres with docks and storage, two centres an account: capacities as shares of the expected mean demand.

    `expected[account][product]` is the expected mean demand of a bucket, in units; one unit has volume 1.
    """

    def __init__(self, expected, plants, centres, hours, line_share, overtime_share, dock_share, inbound_share, storage_buckets, unit_cost):
        self.accounts = sorted(expected)
        self.products = sorted({product for row in expected.values() for product in row})
        self.expected = expected
        self.centres = [f"DC{i + 1}" for i in range(centres)]
        self.plants = [f"PLANT{i + 1}" for i in range(plants)]
        self.sources = {}
        load = dict.fromkeys(self.centres, 0.0)
        mean = {account: sum(expected[account].values()) for account in self.accounts}
        # The largest account first, to the centre with the least to do; the second source is the next one.
        for account in sorted(self.accounts, key=lambda a: (-mean[a], a)):
            primary = min(self.centres, key=lambda centre: (load[centre], centre))
            secondary = self.centres[(self.centres.index(primary) + 1) % centres]
            load[primary] += 0.7 * mean[account]
            load[secondary] += 0.3 * mean[account]
            self.sources[account] = (primary, secondary)
        self.load = load
        total = sum(mean.values())
        demand = {product: sum(row.get(product, 0.0) for row in expected.values()) for product in self.products}

        lines = [(f"L{i + 1}", self.plants[i // 2]) for i in range(2 * plants)]
        made = {line: [] for line, _ in lines}
        weight = dict.fromkeys((line for line, _ in lines), 0.0)
        for product in sorted(self.products, key=lambda p: (-demand[p], p)):
            chosen = []
            for line, plant in sorted(lines, key=lambda entry: (weight[entry[0]], entry[0])):
                if len(chosen) < 2 and plant not in [p for _, p in chosen]:
                    chosen.append((line, plant))
            for line, _ in chosen:
                weight[line] += demand[product] / len(chosen)
                made[line].append(product)
        self.lines = []
        self.line_products = []
        for line, plant in lines:
            if not made[line]:
                continue
            rate = line_share * total * weight[line] / sum(weight.values()) / hours
            self.lines.append((line, plant, hours, round(overtime_share * hours, 1), round(rate * unit_cost * 0.4, 2)))
            self.line_products += [(line, product, round(rate, 4), unit_cost) for product in sorted(made[line])]

        self.sites = [(centre, "dc", round(storage_buckets * load[centre], 1), 0.02 * unit_cost) for centre in self.centres]
        self.sites += [(plant, "plant", round(storage_buckets / 2 * total / plants, 1), 0.015 * unit_cost) for plant in self.plants]
        self.lanes = [
            (f"{centre}-{account}", centre, account, 0, round(unit_cost * (0.04 if i == 0 else 0.07), 4), None)
            for account in self.accounts for i, centre in enumerate(self.sources[account])]
        self.lanes += [
            (f"{plant}-{centre}", plant, centre, 0, round(unit_cost * (0.02 if i == j % plants else 0.05), 4),
             round(inbound_share * load[centre] / plants, 1))
            for i, plant in enumerate(self.plants) for j, centre in enumerate(self.centres)]
        self.pools = [(f"DOCK-{centre}", round(dock_share * load[centre], 1)) for centre in self.centres]
        self.pool_lanes = [(f"DOCK-{lane[1]}", lane[0]) for lane in self.lanes if lane[1] in self.load]

    def tables(self):
        return {
            "sites": (("site", "kind", "storage", "holding_cost"), self.sites),
            "lines": (("line", "site", "hours", "overtime_hours", "overtime_cost"), self.lines),
            "line_products": (("line", "product", "rate", "unit_cost"), self.line_products),
            "lanes": (("lane", "from", "to", "lead_time", "unit_cost", "capacity"), self.lanes),
            "pools": (("pool", "capacity"), self.pools),
            "pool_lanes": (("pool", "lane"), self.pool_lanes),
        }

    def opening_stock(self, centre_cover, account_cover):
        """Stock rows: so many buckets of the expected mean at the centres and at the accounts."""
        rows = []
        for centre in self.centres:
            for product in self.products:
                load = sum(
                    (0.7 if self.sources[account][0] == centre else 0.3) * self.expected[account].get(product, 0.0)
                    for account in self.accounts if centre in self.sources[account])
                if load * centre_cover >= 1:
                    rows.append((centre, product, float(round(load * centre_cover))))
        for account in self.accounts:
            for product in sorted(self.expected[account]):
                quantity = round(self.expected[account][product] * account_cover)
                if quantity >= 1:
                    rows.append((account, product, float(quantity)))
        return ("location", "product", "quantity"), rows
