"""Random packages solved here, written as plan folders and judged: good plans pass, damaged ones are named."""

from __future__ import annotations

import csv
import json
import os

import pytest

from check_plan import check
from inputs import own_inputs
from package import read_package
from program import AllocationProgram
from random_package import FEATURES, make_package
from ranked import RankedSolver, solve_in_order
from reference import judge, solve
from test_support import plan_with_highs


def planned(tmp_path, seed: int, features: set[str] | None = None) -> tuple[str, str]:
    package, out = str(tmp_path / "package"), str(tmp_path / "out")
    make_package(seed, package, features=features)
    plan_with_highs(package, out)
    return package, out


@pytest.mark.parametrize("seed", range(1, 26))
def test_optimal_plans_of_random_packages_pass(tmp_path, seed):
    package, out = planned(tmp_path, seed)
    result, differences = check(package, out)
    assert result.violations == [] and differences == []
    verdicts, differences = judge(package, out)
    assert [v for v in verdicts if v.failures] == [] and differences == []


@pytest.mark.parametrize("feature", FEATURES)
def test_each_feature_alone_can_be_planned(tmp_path, feature):
    for seed in (101, 102, 103):
        package, out = planned(tmp_path / str(seed), seed, {feature})
        assert check(package, out)[0].violations == []


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        make_package(5, str(tmp_path / folder))
    for name in os.listdir(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def damage(out: str, name: str, change) -> None:
    """Rewrites a CSV of a plan; `change(rows)` alters the list of row dictionaries in place."""
    path = os.path.join(out, name + ".csv")
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def add(rows: list[dict[str, str]], column: str, amount: float) -> None:
    """Adds to the largest figure of a column."""
    row = max(rows, key=lambda row: float(row[column]))
    row[column] = repr(float(row[column]) + amount)


SEASON = {"materials", "shelf-life", "frozen", "storage", "overtime", "backorders"}


@pytest.mark.parametrize(
    "name, column, amount, constraint",
    [
        ("production", "quantity", 1.0, "balance of"),
        ("production", "hours", 1.0, "hours of"),
        ("movements", "quantity", -1.0, "balance of"),
        ("site_stock", "quantity", 1.0, "balance of"),
        ("account_plan", "served", 1.0, "demand of"),
        ("account_plan", "lost", -1.0, "demand of"),
        ("account_plan", "stock", 1.0, "balance of"),
        ("account_plan", "under", -1.0, "under of"),
        ("lines", "hours_used", 1.0, "lines.csv hours_used"),
        ("lines", "overtime_used", 1.0, "lines.csv overtime_used"),
    ],
)
def test_a_damaged_plan_is_named(tmp_path, name, column, amount, constraint):
    package, out = planned(tmp_path, 17, SEASON)
    damage(out, name, lambda rows: add(rows, column, amount))
    assert any(constraint in violation.row for violation in check(package, out)[0].violations)


def test_an_arrival_a_bucket_early_is_named(tmp_path):
    package, out = planned(tmp_path, 17, SEASON)

    def early(rows):
        first = next(row for row in rows if row["arrives"] != row["bucket"])
        first["arrives"] = first["bucket"]

    damage(out, "movements", early)
    assert any("lead time" in violation.row for violation in check(package, out)[0].violations)


@pytest.mark.parametrize(
    "life, violated", [(None, False), (1, False), (0, True)]
)
def test_stock_past_its_shelf_life_is_named(tmp_path, life, violated):
    """A plan made for a product that keeps a bucket, judged as if it had another shelf life."""
    from test_reference import prebuild

    out = str(tmp_path / "out")
    plan_with_highs(prebuild(tmp_path / "package", 1, 100, [50, 150]), out)
    package = prebuild(tmp_path / "package", life, 100, [50, 150])
    found = [violation.row for violation in check(package, out)[0].violations]
    assert any(row.startswith("shelf life of P") for row in found) == violated
    assert violated or found == []


@pytest.mark.parametrize(
    "change, said",
    [
        ({"bound": +5.0}, "bound is"),
        ({"value": -5.0}, "certificate says"),
    ],
)
def test_a_false_certificate_is_named(tmp_path, change, said):
    package, out = planned(tmp_path, 17, SEASON)
    path = os.path.join(out, "certificate.json")
    with open(path, encoding="utf-8") as file:
        certificate = json.load(file)
    row = max((row for row in certificate["ranks"] if row["rank"] == "lost-sales"), key=lambda row: row["value"])
    for key, amount in change.items():
        row[key] += amount
    with open(path, "w", encoding="utf-8") as file:
        json.dump(certificate, file)
    verdicts, _ = judge(package, out)
    assert any(said in failure for v in verdicts for failure in v.failures if v.rank == (row["rank"], row["tier"]))


def test_a_plan_that_serves_less_than_it_could_is_named(tmp_path):
    """Greedy damage that stays feasible: a served unit kept as stock and lost instead."""
    from test_reference import shared

    package, out = shared(tmp_path / "package", 60, {"A": 10, "B": 40, "C": 100}), str(tmp_path / "out")
    plan_with_highs(package, out)

    def lose(rows):
        row = max(rows, key=lambda row: float(row["served"]))
        for column, sign in (("served", -1), ("lost", 1), ("stock", 1)):
            row[column] = repr(float(row[column]) + sign * 5)

    damage(out, "account_plan", lose)
    assert check(package, out)[0].violations == []
    failures = {v.rank: v.failures for v in judge(package, out)[0]}
    assert any("over the optimum" in failure for failure in failures["lost-sales", 1])


@pytest.mark.parametrize("seed", range(30, 42))
def test_every_optimum_is_proven_by_its_duals(tmp_path, seed):
    """The bound is worked out from the row duals alone, so it holds whatever method found the point; tangents included."""
    package = str(tmp_path)
    make_package(seed, package)
    program = AllocationProgram(read_package(package), own_inputs(read_package(package)))
    for rank, optimum in solve_in_order(RankedSolver(program)).items():
        assert -1e-9 <= (optimum.value - optimum.lower) / max(program.scale(rank, optimum.value), 1e-9) <= 2e-6, rank


@pytest.mark.parametrize("seed", [2, 6, 12])
def test_simplex_and_interior_point_agree(tmp_path, seed):
    package = str(tmp_path)
    make_package(seed, package, features={"overtime", "storage", "guarantees", "bands"})
    for one, other in zip(solve(package, "simplex"), solve(package, "ipm")):
        assert one.optimum == pytest.approx(other.optimum, rel=1e-4, abs=1e-3), one.rank
