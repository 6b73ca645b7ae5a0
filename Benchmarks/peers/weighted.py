"""All linear aims of a package in one objective, as a plain linear program that any solver can be given, and what an answer to it is worth.

Two forms of the same problem: the natural one (rows for bands and demand, written in program.py from the contract) and the compact arc form
that Fullshelf solves itself, read from the MPS file it exports.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse

from inputs import inputs_of
from package import read_package
from program import AllocationProgram, Rank


CRUMB = 1e-6
"""Quantity up to which a cell counts as empty."""


def weight(rank: Rank) -> float:
    """What a unit of a rank's aim weighs. Sharing is quadratic and has no part in it."""
    aim, tier = rank
    of_tier = 1000.0 / 10 ** ((tier or 1) - 1)
    return {
        "guarantees": 1000.0, "lost-sales": of_tier, "lateness": 0.1 * of_tier, "stock-under-minimum": 0.01 * of_tier, "cost": 0.01, "sharing": 0.0,
    }[aim]


class LinearAims(AllocationProgram):
    """The program without rows for its aims and without anything for sharing: only what the weighted objective needs."""

    def _aim(self, rank: Rank) -> None:
        if rank[0] != "sharing":
            self.aim_terms[rank] = self._terms(rank)


@dataclass
class Problem:
    """min costᵀx + constant over row_lower ≤ matrix · x ≤ row_upper, lower ≤ x ≤ upper."""

    cost: np.ndarray
    constant: float
    lower: np.ndarray
    upper: np.ndarray
    reach: np.ndarray
    """No column needs to be above this in an optimal answer; infinite where nothing is known."""
    row_lower: np.ndarray
    row_upper: np.ndarray
    matrix: scipy.sparse.csr_matrix
    make_cell: np.ndarray
    """Which make cell (line, product, bucket) a column belongs to, -1 for none; move_cell likewise (lane, product, bucket)."""
    move_cell: np.ndarray

    def save(self, path: str) -> None:
        np.savez(
            path, cost=self.cost, constant=self.constant, lower=self.lower, upper=self.upper, reach=self.reach, row_lower=self.row_lower,
            row_upper=self.row_upper, data=self.matrix.data, indices=self.matrix.indices, indptr=self.matrix.indptr,
            shape=self.matrix.shape, make_cell=self.make_cell, move_cell=self.move_cell,
        )

    @staticmethod
    def load(path: str) -> Problem:
        with np.load(path) as f:
            matrix = scipy.sparse.csr_matrix((f["data"], f["indices"], f["indptr"]), shape=tuple(f["shape"]))
            return Problem(
                f["cost"], float(f["constant"]), f["lower"], f["upper"], f["reach"], f["row_lower"], f["row_upper"], matrix, f["make_cell"],
                f["move_cell"],
            )


def natural_problem(package_folder: str, inputs_folder: str) -> Problem:
    """The natural program of a package, demand, bands and tiers as a folder written by Fullshelf states them."""
    package = read_package(package_folder)
    program = LinearAims(package, inputs_of(package, inputs_folder))
    lp = program.lp
    cost = np.zeros(len(lp.lower))
    for rank, terms in program.aim_terms.items():
        for column, coefficient in terms.items():
            cost[column] += weight(rank) * coefficient
    make, move = np.full(len(cost), -1), np.full(len(cost), -1)
    for cell, column in enumerate(program.make.values()):
        make[column] = cell
    cells: dict[tuple, int] = {}
    for (lane, product, _, t), column in program.move.items():
        move[column] = cells.setdefault((lane, product, t), len(cells))
    matrix = scipy.sparse.csr_matrix((lp.value, lp.index, lp.start), shape=(len(lp.row_lower), len(cost)))
    return Problem(
        cost, 0.0, np.array(lp.lower), np.array(lp.upper), np.minimum(lp.reach, lp.upper), np.array(lp.row_lower), np.array(lp.row_upper),
        matrix, make, move,
    )


def compact_problem(mps: str) -> Problem:
    """The program of a free-format MPS file as Fullshelf writes it: equality rows, bounds UP, a constant in the objective's right-hand side."""
    cost: dict[int, float] = {}
    columns: dict[str, int] = {}
    rows: dict[str, int] = {}
    entries: tuple[list[int], list[int], list[float]] = ([], [], [])
    sides: dict[int, float] = {}
    uppers: dict[int, float] = {}
    constant, section = 0.0, ""
    with open(mps, encoding="utf-8") as file:
        for line in file:
            if line.startswith("*") or not line.strip():
                continue
            words = line.split()
            if not line.startswith(" "):
                section = words[0]
                continue
            if section == "ROWS":
                if words[0] == "E":
                    rows[words[1]] = len(rows)
                elif words != ["N", "objective"]:
                    raise ValueError(f"{mps}: a row of kind {words[0]} is not expected here: {line.strip()}")
            elif section == "COLUMNS":
                column, value = columns.setdefault(words[0], len(columns)), float(words[2])
                if words[1] == "objective":
                    cost[column] = value
                else:
                    for part, item in zip(entries, (rows[words[1]], column, value)):
                        part.append(item)
            elif section == "RHS":
                if words[1] == "objective":
                    constant = -float(words[2])
                else:
                    sides[rows[words[1]]] = float(words[2])
            elif section == "BOUNDS":
                if words[0] != "UP":
                    raise ValueError(f"{mps}: a bound of kind {words[0]} is not expected here: {line.strip()}")
                uppers[columns[words[2]]] = float(words[3])
            else:
                raise ValueError(f"{mps}: section {section} is not expected here")

    def filled(values: dict[int, float], count: int, blank: float) -> np.ndarray:
        result = np.full(count, blank)
        result[list(values)] = list(values.values())
        return result

    n, m = len(columns), len(rows)
    side, upper = filled(sides, m, 0.0), filled(uppers, n, np.inf)
    matrix = scipy.sparse.csr_matrix((entries[2], (entries[0], entries[1])), shape=(m, n))
    none = np.full(n, -1)
    return Problem(filled(cost, n, 0.0), constant, np.zeros(n), upper, upper.copy(), side, side.copy(), matrix, none, none.copy())


# ---------------------------------------------------------------------------------------------------- what an answer is worth


def objective(problem: Problem, x: np.ndarray) -> float:
    return float(problem.cost @ x) + problem.constant


def violation(problem: Problem, x: np.ndarray) -> float:
    """Largest violation of a row relative to 1 + the sum of the absolute terms in it, and of a bound relative to 1 + |bound|."""
    activity = problem.matrix @ x
    size = 1 + abs(problem.matrix) @ abs(x)
    rows = np.maximum(problem.row_lower - activity, activity - problem.row_upper) / size
    below = (problem.lower - x) / (1 + abs(problem.lower))
    above = np.where(np.isinf(problem.upper), 0.0, x - problem.upper) / (1 + np.where(np.isinf(problem.upper), 0.0, abs(problem.upper)))
    return float(max(0.0, *(part.max(initial=0.0) for part in (rows, below, above))))


def dual_bound(problem: Problem, y: np.ndarray) -> float:
    """Σ y · side + Σ min over each column's box of (c - Aᵀy) · x + constant: below every solution's objective, whatever y is; -inf proves nothing."""
    low, high = problem.row_lower, problem.row_upper
    y = np.where(((y > 0) & np.isneginf(low)) | ((y < 0) & np.isposinf(high)), 0.0, y)
    sides = np.where(y > 0, low, np.where(y < 0, high, 0.0))
    reduced = problem.cost - problem.matrix.T @ y
    boxes = np.where(reduced > 0, problem.lower, problem.reach)
    with np.errstate(invalid="ignore"):
        terms = np.where(reduced == 0, 0.0, reduced * boxes)
    return float(y @ sides + terms.sum()) + problem.constant


def cells_used(problem: Problem, x: np.ndarray, crumb: float = CRUMB) -> tuple[int, int]:
    """Non-zero make cells and move cells."""

    def used(cell: np.ndarray) -> int:
        belongs = cell >= 0
        return int((np.bincount(cell[belongs], weights=x[belongs]) > crumb).sum()) if belongs.any() else 0

    return used(problem.make_cell), used(problem.move_cell)


@dataclass
class Verdict:
    """What an answer is worth, judged against a proven bound."""

    objective: float
    gap: float
    """(objective - bound) / |objective|: below -tolerance the answer is too good to be feasible."""
    violation: float
    is_good: bool


def judged(problem: Problem, x: np.ndarray, bound: float, tolerance: float) -> Verdict:
    """Good: every row and bound kept to `tolerance`, and the objective within `tolerance` of the bound, from either side.

    A first-order method asked for 1e-4 keeps rows to about that; the interior-point and simplex methods keep them a hundred times better.
    """
    value, missed = objective(problem, x), violation(problem, x)
    gap = (value - bound) / max(abs(value), 1e-9)
    return Verdict(value, gap, missed, bool(np.isfinite(x).all() and missed <= tolerance and abs(gap) <= tolerance))
