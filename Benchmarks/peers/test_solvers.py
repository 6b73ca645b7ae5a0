"""The comparison with general solvers: its problems, its judgement of answers and its page, on cases small enough to do by hand."""

from __future__ import annotations

import argparse
import os
import sys
import time

import numpy as np
import pytest
import scipy.sparse

import performance_page
import solvers
from lp_solvers import SOLVERS, Unavailable, read_clp_solution, solve_with, solve_with_highs, write_mps
from test_reference import DEMAND, packaged, weekly
from weighted import Problem, cells_used, compact_problem, dual_bound, judged, natural_problem, objective, violation, weight

OPTIONS = argparse.Namespace(limit=20, tolerance=1e-6, threads=1)


def small_problem() -> Problem:
    """min 2a + b + 5 over a + b ≥ 4, a - b = 1, b ≤ 3: a = 2.5, b = 1.5, value 2 · 2.5 + 1.5 + 5 = 11.5; prices 1.5 and 0.5."""
    return Problem(
        cost=np.array([2.0, 1.0]), constant=5.0, lower=np.zeros(2), upper=np.array([np.inf, 3.0]), reach=np.array([10.0, 3.0]),
        row_lower=np.array([4.0, 1.0]), row_upper=np.array([np.inf, 1.0]), matrix=scipy.sparse.csr_matrix([[1.0, 1.0], [1.0, -1.0]]),
        make_cell=np.array([0, -1]), move_cell=np.array([-1, 0]),
    )


@pytest.mark.parametrize("rank, expected", [
    (("lost-sales", 1), 1000), (("lost-sales", 2), 100), (("lost-sales", 3), 10), (("lateness", 2), 10), (("stock-under-minimum", 1), 10),
    (("guarantees", None), 1000), (("cost", None), 0.01), (("sharing", 1), 0),
])
def test_weights(rank, expected):
    assert weight(rank) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("prices, bound", [
    ((1.5, 0.5), 11.5),
    # (c - Aᵀy) = (1, 0): 4 · 1 + 0 + 5.
    ((1.0, 0.0), 9.0),
    # A price below 0 of a row without an upper side proves nothing and is taken as 0.
    ((-7.0, 0.0), 5.0),
    # (2 - 3, 1 - 3) at the reach: 12 - 10 - 6 + 5.
    ((3.0, 0.0), 1.0),
])
def test_bound_from_prices(prices, bound):
    assert dual_bound(small_problem(), np.array(prices)) == pytest.approx(bound, abs=1e-12)


def test_bound_is_nothing_where_a_column_has_no_end():
    problem = small_problem()
    problem.reach = problem.upper
    assert dual_bound(problem, np.array([3.0, 0.0])) == -np.inf


@pytest.mark.parametrize("x, missed", [
    ((2.5, 1.5), 0),
    # Row 0 misses 1 of 1 + 2 + 1, row 1 nothing.
    ((2.0, 1.0), 1 / 4),
    # Row 1 has 2 instead of 1: 1 of 1 + 4 + 2.
    ((4.0, 2.0), 1 / 7),
    # b is 1 above its bound 3, of 1 + 3; row 1 is kept.
    ((5.0, 4.0), 1 / 4),
    ((0.5, -0.5), 4 / 2),
])
def test_violation(x, missed):
    assert violation(small_problem(), np.array(x)) == pytest.approx(missed, rel=1e-12)


@pytest.mark.parametrize("x, bound, good", [
    ((2.5, 1.5), 11.5, True), ((2.5, 1.5), 11.499, True), ((2.5, 1.5), 11.4, False), ((2.0, 1.0), 10.0, False), ((2.5, 1.5), 11.6, False),
    ((np.nan, 1.5), 11.5, False),
], ids=["optimal", "within", "too far", "infeasible", "too good", "not a number"])
def test_judgement(x, bound, good):
    assert judged(small_problem(), np.array(x), bound, 1e-4).is_good is good


def test_cells_count_columns_of_one_cell_once():
    problem = small_problem()
    problem.make_cell, problem.move_cell = np.array([0, 0]), np.array([-1, 4])
    assert cells_used(problem, np.array([1.0, 2.0])) == (1, 1)
    assert cells_used(problem, np.array([1.0, 1e-9])) == (1, 0)


def test_mps_of_ours_is_read(tmp_path):
    path = tmp_path / "p.mps"
    path.write_text(
        "* title\nNAME fullshelf\nROWS\n N objective\n E r0\n E r1\nCOLUMNS\n a_t0_0 objective 2\n a_t0_0 r0 1\n a_t0_0 r1 1.5\n b_t0_1 r1 -1\n"
        "RHS\n rhs objective -5\n rhs r0 4\nBOUNDS\n UP bnd b_t0_1 3\nENDATA\n")
    problem = compact_problem(str(path))
    assert problem.constant == 5
    assert problem.cost.tolist() == [2, 0] and problem.upper.tolist() == [np.inf, 3]
    assert problem.matrix.toarray().tolist() == [[1, 0], [1.5, -1]]
    assert problem.row_lower.tolist() == problem.row_upper.tolist() == [4, 0]


@pytest.mark.parametrize("old, new", [(" E r1", " L r1"), (" UP bnd", " LO bnd"), ("RHS", "RANGES")])
def test_mps_that_is_not_ours_is_refused(tmp_path, old, new):
    text = "NAME f\nROWS\n N objective\n E r0\n E r1\nCOLUMNS\n a objective 2\n a r0 1\nRHS\n rhs r0 4\nBOUNDS\n UP bnd a 3\nENDATA\n"
    path = tmp_path / "p.mps"
    path.write_text(text.replace(old, new))
    with pytest.raises(ValueError, match="not expected"):
        compact_problem(str(path))


def test_mps_for_clp_is_the_same_problem(tmp_path):
    """Read back by HiGHS: same optimum, the constant apart."""
    import highspy

    from ranked import quiet_highs

    write_mps(small_problem(), str(tmp_path / "p.mps"))
    highs = quiet_highs()
    highs.readModel(str(tmp_path / "p.mps"))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert highs.getInfo().objective_function_value == pytest.approx(6.5)


def test_solution_of_clp_is_read(tmp_path):
    path = tmp_path / "answer.txt"
    path.write_text("optimal\nObjective value 6.5\n      0 r0   4   1.5\n**    1 r1   1   0.5\n      0 c0   2.5   0\n**    1 c1   1.5   -2e-3\n")
    assert read_clp_solution(str(path), 2).tolist() == [2.5, 1.5]
    path.write_text("infeasible\n")
    assert read_clp_solution(str(path), 2) is None


@pytest.mark.parametrize("name", SOLVERS)
def test_every_solver_finds_the_optimum(name):
    problem = small_problem()
    try:
        _, meter, _, x, y = solve_with(name)(name, problem, OPTIONS)
    except Unavailable as reason:
        pytest.skip(str(reason))
    # What Clp takes to read the file is taken off, and is more than this.
    assert meter.wall > 0 or name.startswith("clp")
    assert judged(problem, x, 11.5, 1e-4).is_good
    assert y is None or dual_bound(problem, y) == pytest.approx(11.5, abs=1e-2)


@pytest.mark.parametrize("name", ["highs-ipm", "highs-simplex"])
def test_natural_problem_serves_the_first_tier(tmp_path, name):
    """100 in stock; 80 asked for by tier 1 and by tier 2: 60 of tier 2 lost, at 100 a unit. Moving costs 2 a unit and volume, at 1/100."""
    folder = packaged(
        tmp_path / "package", accounts="account,tier\nA,1\nB,2\n", stock="location,product,quantity\nF,P,100\n",
        lanes="lane,from,to,unit_cost\nFA,F,A,2\nFB,F,B,2\n", demand=DEMAND + weekly("A", "P", [80]) + weekly("B", "P", [80]))
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    (inputs / "bands.csv").write_text("bucket,account,product,min,target,max\n2027-03-01,A,P,0,,\n2027-03-01,B,P,0,,\n")
    (inputs / "demand.csv").write_text("bucket,account,product,quantity\n2027-03-01,A,P,80\n2027-03-01,B,P,80\n")
    (inputs / "segments.csv").write_text("account,tier\nA,1\nB,2\n")
    problem = natural_problem(folder, str(inputs))
    _, _, _, x, y = solve_with_highs(name, problem, OPTIONS)
    assert objective(problem, x) == pytest.approx(60 * 100 + 0.01 * 2 * 100, rel=1e-5)
    assert dual_bound(problem, y) == pytest.approx(6002, rel=1e-5)
    assert violation(problem, x) < 1e-6
    assert cells_used(problem, x)[1] == 2


def test_a_process_is_stopped_at_its_limit():
    status, output, memory = solvers.run([sys.executable, "-c", "print('begun', flush=True); import time; time.sleep(60)"], limit=1.5)
    assert status is None and output == "begun\n" and memory > 1_000_000


def test_what_a_process_started_ends_with_it(tmp_path):
    mark = tmp_path / "late"
    child = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
    status, _, _ = solvers.run([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"], limit=1)
    time.sleep(3.5)
    assert status is None and not mark.exists()


def test_plan_folders_may_differ_in_times_only(tmp_path):
    for name, text in (("one", "a"), ("two", "a"), ("other", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.csv").write_text(text)
        (tmp_path / name / "timings.json").write_text(name)
    assert solvers.differing_files(str(tmp_path / "one"), str(tmp_path / "two")) == []
    assert solvers.differing_files(str(tmp_path / "one"), str(tmp_path / "other")) == ["plan.csv"]
    os.remove(tmp_path / "two" / "plan.csv")
    assert solvers.differing_files(str(tmp_path / "one"), str(tmp_path / "two")) == ["plan.csv"]


def test_command_is_told_without_a_machines_paths():
    words = ["--size", "M", "--binary", "/somewhere/SolverTimes", "--limit", "240"]
    assert solvers.as_typed(words) == "Benchmarks/peers/solvers --size M --limit 240"


def test_rounding_is_taken_out_of_a_package(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "products.csv").write_text("product,case_multiple,price\nP,6,2.5\n")
    (folder / "sites.csv").write_text("site\nF\n")
    solvers.without_rounding(str(folder), str(tmp_path / "plain"))
    assert (tmp_path / "plain" / "products.csv").read_text().splitlines() == ["product,price", "P,2.5"]
    assert (tmp_path / "plain" / "sites.csv").read_text() == "site\nF\n"


# ------------------------------------------------------------------------------------------------------------------------ page


def solve_figures(wall: float, cpu: float, size: int = 1000) -> dict:
    return {
        "best": {"wallSeconds": wall, "cpuSeconds": cpu}, "iterations": 20, "peakMemoryBytes": 10**8, "gap": 5e-5, "residual": 1e-9, "isProven": True,
        "pairsTimesBuckets": size, "rows": 10, "couplingRows": 3, "columns": 20, "entries": 40, "sweepSeconds": 1e-3, "sweeps": 1000.0, "blas": "b",
    }


def record(size: str = "M", wall: float = 2.0, places: int = 1000, **peers: dict) -> dict:
    good = {"status": "Optimal", "iterations": 9, "memory": 10**8, "gap": 1e-5, "violation": 1e-9, "isGood": True}
    return {
        "size": size, "seed": 7, "date": "2026-11-27", "machine": {"cpu": "c", "cores": 2, "memory": 2**34, "system": "Linux"}, "limit": 300, "repeat": 3,
        "loadBefore": 0.5, "loadAfter": 0.5, "commands": ["Benchmarks/peers/solvers --size X"], "versions": {"highspy": "1", "ortools": "2", "clp": None},
        "ours": {"weighted1": solve_figures(wall * 1.5, wall * 1.5, places), "weighted2": solve_figures(wall, wall * 1.6, places), "sameBytes": True},
        "peers": {"natural": {"rows": 1, "columns": 1, "entries": 1, "solvers": {name: good | one for name, one in peers.items()}}} if peers else {},
    }


def test_fastest_good_answer_is_the_peer():
    one = record(**{"highs-ipm": {"wall": 50.0, "cpu": 40.0}, "ortools-glop": {"wall": 60.0, "cpu": 30.0},
                    "highs-pdlp": {"wall": 5.0, "cpu": 5.0, "isGood": False}, "highs-hipo": {"unavailable": "not built in", "isGood": False}})
    assert performance_page.best_peer(one, "natural")[0] == "highs-ipm"
    assert performance_page.best_peer(one, "natural", "cpu")[0] == "ortools-glop"
    assert performance_page.best_peer(one, "compact") is None


@pytest.mark.parametrize("peer_seconds, said, verdict", [(48.0, "16.0 against HiGHS", "reached"), (30.0, "10.0 against HiGHS", "**missed**")])
def test_targets_are_told_as_they_are(peer_seconds, said, verdict):
    lines = performance_page.targets_table([record(**{"highs-ipm": {"wall": peer_seconds, "cpu": peer_seconds}})]).splitlines()
    [line] = [line for line in lines if "natural form" in line]
    assert said in line and line.endswith(f"| {verdict} |")
    [compact] = [line for line in lines if "compact form" in line]
    assert "no peer gave a good answer" in compact


def test_growth_is_the_slope_of_the_logarithms():
    assert performance_page.exponent([(10, 2 * 10**1.3), (100, 2 * 100**1.3), (1000, 2 * 1000**1.3)]) == pytest.approx(1.3)
    assert performance_page.exponent([(10, 1.0)]) is None
    table = performance_page.targets_table([record("M", 1.0, 1000), record("L", 100.0, 10_000)])
    [line] = [line for line in table.splitlines() if "growth" in line]
    assert "| 2.00 | **missed** |" in line


@pytest.mark.parametrize("size, used, verdict", [("L", 10**9, "reached"), ("L", 3 * 10**9, "**missed**"), ("XL", 3 * 10**9, "reached"), ("M", 10**9, None)])
def test_memory_is_held_against_its_target(size, used, verdict):
    one = record(size)
    one["ours"]["weighted2"]["peakMemoryBytes"] = used
    lines = [line for line in performance_page.targets_table([one]).splitlines() if "peak memory" in line]
    assert [line.endswith(f"| {verdict} |") for line in lines] == ([True] if verdict else [])


def test_page_and_plot_are_written(tmp_path):
    pytest.importorskip("matplotlib")
    records = [record("S", 0.1, 100, **{"highs-ipm": {"wall": 1.0, "cpu": 1.0}}), record("L", 60.0, 10_000)]
    performance_page.write(records, str(tmp_path))
    text = (tmp_path / "performance.md").read_text()
    assert "No peer was run at L" in text and "Not measured at all: M, ML, XL." in text and "All ranks were not run at S, L." in text
    assert "Not run here: HiGHS interior point (IPX), crossover (natural)" in text
    assert "<svg" in (tmp_path / "performance.svg").read_text()
