"""The reference on small cases with known answers (behaviours A1-A8, A10, A16), each written as a data package."""

from __future__ import annotations

import datetime

import pytest

from package import read_package
from reference import solve
from test_support import write_package

PLAN = {"accounts": "account,tier\nA,1\n", "products": "product\nP\n", "sites": "site,kind\nF,plant\n"}


def packaged(tmp_path, toml: str = "", buckets: int = 1, **tables: str) -> str:
    covers = "[bands]\nmin_cover = 0\ntarget_cover = 1000\nmax_cover = 1000\n"
    head = f'[horizon]\nbucket = "week"\nstart = "2027-03-01"\nbuckets = {buckets}\n'
    return write_package(tmp_path, head + covers + toml, {**PLAN, **tables})


def optimum(folder: str, aim: str, tier: int | None = None) -> float:
    [found] = [v for v in solve(folder) if v.rank == (aim, tier)]
    assert found.lower == pytest.approx(found.optimum, rel=2e-6, abs=2e-6)
    return found.optimum


def weekly(account: str, product: str, quantities: list[float]) -> str:
    """Rows of demand.csv, weeks from the start of the horizon."""
    start = datetime.date(2027, 3, 1)
    return "".join(f"{start + datetime.timedelta(7 * t)},{account},{product},{q}\n" for t, q in enumerate(quantities))


DEMAND = "bucket,account,product,quantity\n"
PREBUILD = [50, 50, 50, 150, 150, 150]


def prebuild(tmp_path, life: int | None, hours: float = 100, demand: list[float] = PREBUILD, **tables: str) -> str:
    return packaged(
        tmp_path, buckets=len(demand), products=f"product,shelf_life\nP,{'' if life is None else life}\n",
        lines=f"line,site,hours\nL,F,{hours}\n", line_products="line,product,rate\nL,P,1\n", lanes="lane,from,to\nFA,F,A\n",
        demand=DEMAND + weekly("A", "P", demand), **tables,
    )


# A1 and A2 of behaviours.md; the other rows by hand (life n: bucket t can draw on capacity of t - n … t).
@pytest.mark.parametrize(
    "life, hours, demand, lost",
    [
        (None, 100, PREBUILD, 0),
        (2, 100, PREBUILD, 0),
        (1, 100, PREBUILD, 50),
        (0, 100, PREBUILD, 150),
        (None, 90, PREBUILD, 60),
        (3, 120, [0, 0, 0, 600], 120),
        (1, 120, [0, 0, 0, 600], 360),
    ],
)
def test_prebuild_and_shelf_life(tmp_path, life, hours, demand, lost):
    assert optimum(prebuild(tmp_path, life, hours, demand), "lost-sales", 1) == pytest.approx(lost, abs=1e-6)


# A16: capacity 120; making only from bucket k on costs 0, 0, 20, 90.
@pytest.mark.parametrize("start, lost", [(0, 0), (1, 0), (2, 20), (3, 90)])
def test_latest_safe_start(tmp_path, start, lost):
    """Without pre-build before `start`, making meets just what each bucket needs itself (50)."""
    closed = "".join(
        f"L,hours,{datetime.date(2027, 3, 1) + datetime.timedelta(7 * t)},50\n" for t in range(start))
    tables = {"capacity": "resource,kind,bucket,capacity\n" + closed} if closed else {}
    assert optimum(prebuild(tmp_path, None, 120, **tables), "lost-sales", 1) == pytest.approx(lost, abs=1e-6)


# A3: a lane of 40 a bucket to a peak of 100 in bucket t can bring 40 (t + 1 - lead).
@pytest.mark.parametrize("quiet, lead, lost", [(0, 0, 60), (1, 0, 20), (2, 0, 0), (2, 1, 20), (3, 1, 0)])
def test_transport_binds(tmp_path, quiet, lead, lost):
    folder = packaged(
        tmp_path, buckets=quiet + 1, lines="line,site,hours\nL,F,1000\n", line_products="line,product,rate\nL,P,1\n",
        lanes=f"lane,from,to,capacity,lead_time\nFA,F,A,40,{lead}\n", demand=DEMAND + weekly("A", "P", [0] * quiet + [100]),
    )
    assert optimum(folder, "lost-sales", 1) == pytest.approx(lost, abs=1e-6)


@pytest.mark.parametrize("tier_a, tier_b", [(1, 2), (2, 1), (1, 1)])
def test_strict_is_not_greedy(tmp_path, tier_a, tier_b):
    """A4: A may use plant 1 or 2, B only plant 1: both get 100."""
    folder = packaged(
        tmp_path, accounts=f"account,tier\nA,{tier_a}\nB,{tier_b}\n", sites="site,kind\nF1,plant\nF2,plant\n",
        lines="line,site,hours\nL1,F1,100\nL2,F2,100\n", line_products="line,product,rate\nL1,P,1\nL2,P,1\n",
        lanes="lane,from,to\n1A,F1,A\n2A,F2,A\n1B,F1,B\n", demand=DEMAND + weekly("A", "P", [100]) + weekly("B", "P", [100]),
    )
    assert sum(v.optimum for v in solve(folder) if v.rank[0] == "lost-sales") == pytest.approx(0, abs=1e-6)


def shared(tmp_path, stock: float, demands: dict[str, float], tiers: dict[str, int] | None = None, toml: str = "", **tables: str) -> str:
    return packaged(
        tmp_path, toml, accounts="account,tier\n" + "".join(f"{a},{(tiers or {}).get(a, 1)}\n" for a in demands),
        stock=f"location,product,quantity\nF,P,{stock}\n", lanes="lane,from,to\n" + "".join(f"to{a},F,{a}\n" for a in demands),
        demand=DEMAND + "".join(weekly(a, "P", [q]) for a, q in demands.items()), **tables,
    )


@pytest.mark.parametrize(
    "stock, first, second, lost", [(100, 80, 80, (0, 60)), (60, 80, 80, (20, 80)), (200, 80, 80, (0, 0)), (100, 30, 100, (0, 30))]
)
def test_key_accounts_first(tmp_path, stock, first, second, lost):
    """A5."""
    folder = shared(tmp_path, stock, {"A": first, "B": second}, {"A": 1, "B": 2})
    values = {v.rank: v.optimum for v in solve(folder)}
    gap = 1e-4 * max(max(lost), 1)
    assert values["lost-sales", 1] == pytest.approx(lost[0], abs=gap)
    assert values["lost-sales", 2] == pytest.approx(lost[1], abs=gap)


# A6: what is lost is 6/36/60 (proportional), served 10/25/25 (maxmin); the last row by hand: 30 for 10/40/100.
@pytest.mark.parametrize(
    "rule, stock, value",
    [
        ("proportional", 60, 6**2 / 10 + 24**2 / 40 + 60**2 / 100),
        ("maxmin", 60, 10**2 + 25**2 + 25**2),
        ("proportional", 30, 8**2 / 10 + 32**2 / 40 + 80**2 / 100),
        ("maxmin", 30, 3 * 10**2),
        ("proportional", 150, 0),
    ],
)
def test_sharing(tmp_path, rule, stock, value):
    folder = shared(tmp_path, stock, {"A": 10, "B": 40, "C": 100}, toml=f'[plan]\nsharing = "{rule}"\ngap = 1e-9\n')
    assert optimum(folder, "sharing", 1) == pytest.approx(value, rel=2e-6, abs=1e-5)


@pytest.mark.parametrize("stock, shortfall, lost", [(1000, 300, 1500), (1300, 0, 1200), (0, 1300, 2500)])
def test_guarantees_first(tmp_path, stock, shortfall, lost):
    """A7: promises of 400 / 100 / 200 / 300 / 300 to accounts that demand 500 each."""
    promises = {"A": 400, "B": 100, "C": 200, "D": 300, "E": 300}
    folder = shared(
        tmp_path, stock, dict.fromkeys(promises, 500),
        guarantees="guarantee,account,quantity\n" + "".join(f"g{a},{a},{q}\n" for a, q in promises.items()),
    )
    assert optimum(folder, "guarantees") == pytest.approx(shortfall, abs=1e-6)
    assert optimum(folder, "lost-sales", 1) == pytest.approx(lost, abs=1e-6)


def test_share_of_demand_is_a_promise(tmp_path):
    """A7: share 0.4 of 500 is 200; a promise to tier 2 comes before tier 1's sales."""
    folder = shared(
        tmp_path, 300, {"A": 500, "B": 500}, {"A": 1, "B": 2}, guarantees="guarantee,account,share\ng,B,0.4\n")
    assert optimum(folder, "guarantees") == pytest.approx(0, abs=1e-6)
    # The rank may give up gap · 0.001 · 1000 of the promise.
    assert optimum(folder, "lost-sales", 1) == pytest.approx(400, abs=2e-4)


@pytest.mark.parametrize("receipts, lost", [([100, 0], (0, 100)), ([40, 60], (10, 90)), ([0, 300], (50, 50)), ([200, 0], (0, 0))])
def test_materials(tmp_path, receipts, lost):
    """A8: one material for two products (one each), A wants P 50 50, B wants Q 50 50; A is tier 1."""
    folder = packaged(
        tmp_path, buckets=2, accounts="account,tier\nA,1\nB,2\n", products="product\nP\nQ\n", lines="line,site,hours\nL,F,1000\n",
        line_products="line,product,rate\nL,P,1\nL,Q,1\n", bom="product,material,quantity\nP,M,1\nQ,M,1\n",
        material_supply="site,material,bucket,quantity\n" + f"F,M,2027-03-01,{receipts[0]}\nF,M,2027-03-08,{receipts[1]}\n",
        lanes="lane,from,to\nFA,F,A\nFB,F,B\n", demand=DEMAND + weekly("A", "P", [50, 50]) + weekly("B", "Q", [50, 50]),
    )
    values = {v.rank: v.optimum for v in solve(folder)}
    assert values["lost-sales", 1] == pytest.approx(lost[0], abs=1e-6)
    assert values["lost-sales", 2] == pytest.approx(lost[1], abs=2e-3)


@pytest.mark.parametrize(
    "demand, holding, cost",
    [([50, 150], 0, 0), ([50, 150], 1, 50), ([50, 150], 5, 50 * 3), ([150, 50], 1, 50 * 3), ([100, 100], 1, 0)],
)
def test_overtime_only_where_it_helps(tmp_path, demand, holding, cost):
    """A10: overtime at 3 an hour against pre-building 50 for a bucket at `holding`; rank cost may give way for nothing."""
    folder = packaged(
        tmp_path, "[plan]\nover_target_rate = 0\nover_stock_rate = 0\ngap = 1e-9\n", buckets=2,
        sites=f"site,kind,holding_cost\nF,plant,{holding}\n", lines="line,site,hours,overtime_hours,overtime_cost\nL,F,100,100,3\n",
        line_products="line,product,rate\nL,P,1\n", lanes="lane,from,to\nFA,F,A\n", demand=DEMAND + weekly("A", "P", demand),
        accounts="account,tier,stock_capacity\nA,1,0\n",
    )
    assert optimum(folder, "cost") == pytest.approx(cost, abs=1e-4)


def test_backorder_waits_no_longer_than_agreed(tmp_path):
    """Stock 0, 60 a bucket from bucket 2 on; demand 50 50 50 50, one bucket of waiting: only bucket 1's demand can wait for bucket 2."""
    folder = packaged(
        tmp_path, buckets=4, accounts="account,tier,backorder_buckets\nA,1,1\n",
        in_transit="location,product,bucket,quantity\nA,P,2027-03-15,60\nA,P,2027-03-22,60\n",
        lanes="lane,from,to\nFA,F,A\n", demand=DEMAND + weekly("A", "P", [50, 50, 50, 50]),
    )
    # All 120 units can be served, so 80 are lost.
    assert optimum(folder, "lost-sales", 1) == pytest.approx(80, abs=1e-6)
    # Serving 60 in bucket 3 takes a backlog of 10 after 2, and so (60 served there too) one of 20 after 1: 30 in all.
    assert optimum(folder, "lateness", 1) == pytest.approx(30, abs=2e-2)


@pytest.mark.parametrize("expires, lost", [("2027-02-28", 100), ("2027-03-07", 50), ("2027-03-08", 0), ("", 0)])
def test_stock_is_served_up_to_its_last_day(tmp_path, expires, lost):
    folder = packaged(
        tmp_path, buckets=2, stock=f"location,product,quantity,expires\nA,P,100,{expires}\n", lanes="lane,from,to\nFA,F,A\n",
        demand=DEMAND + weekly("A", "P", [50, 50]),
    )
    assert optimum(folder, "lost-sales", 1) == pytest.approx(lost, abs=1e-6)


def test_consumption_by_orders(tmp_path):
    """F9: forecast 350 x 4 months, orders mid-month 300 / 500 / 280 / 0, consume [31, 62]: left 0 / 0 / 0 / 320."""
    from inputs import own_demand

    months = ["2027-01", "2027-02", "2027-03", "2027-04"]
    folder = write_package(
        tmp_path, '[horizon]\nbucket = "month"\nstart = "2027-01-01"\nbuckets = 4\n[forecast]\nconsume = [31, 62]\n',
        {**PLAN, "lanes": "lane,from,to\nFA,F,A\n", "demand": DEMAND + "".join(f"{m}-01,A,P,350\n" for m in months),
         "orders": "order,account,product,due,quantity\n" + "".join(
             f"o{k},A,P,{m}-15,{q}\n" for k, (m, q) in enumerate(zip(months, [300, 500, 280])))},
    )
    values = own_demand(read_package(folder))["A", "P"]
    assert (values["quantity"] - values["ordered"]).tolist() == [0, 0, 0, 320]
    assert values["quantity"].tolist() == [300, 500, 280, 320]
