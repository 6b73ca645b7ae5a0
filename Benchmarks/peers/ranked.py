"""Solves the ranks of an allocation program one after another with HiGHS, each to a proven bound."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse

from program import AllocationProgram, Rank

SHARING_TOLERANCE = 1e-6
"""Relative gap to which tangents are refined."""
FEASIBILITY = 1e-9
LARGE = 60_000
"""Columns above which the interior point takes over from the simplex method."""
MAX_ROUNDS = 200


class SolveFailure(Exception):
    pass


class Infeasible(SolveFailure):
    pass


@dataclass
class Optimum:
    rank: Rank
    value: float
    """Value of the best point found (an upper bound of the optimum)."""
    lower: float
    """Bound proven from the duals (a lower bound of the optimum)."""
    x: np.ndarray


def quiet_highs() -> highspy.Highs:
    """A HiGHS instance without its banner, which the constructor writes to standard output past every option."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highs = highspy.Highs()
        highs.silent()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    return highs


class RankedSolver:
    """One HiGHS model; ranks are minimised and held on it in turn."""

    def __init__(self, program: AllocationProgram, method: str = "auto"):
        self.program = program
        lp = program.lp
        self.columns = len(lp.lower)
        self.interior = method == "ipm" or (method == "auto" and self.columns > LARGE)
        self.lower = np.array(lp.lower)
        self.upper = np.array(lp.upper)
        self.reach = np.minimum(lp.reach, lp.upper)
        self.row_lower = list(lp.row_lower)
        self.row_upper = list(lp.row_upper)
        self.matrix_start = list(lp.start)
        self.matrix_index = list(lp.index)
        self.matrix_value = list(lp.value)
        self.held: dict[Rank, float] = {}
        self.last: np.ndarray | None = None
        self.highs = quiet_highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "primal_feasibility_tolerance": FEASIBILITY,
            "dual_feasibility_tolerance": FEASIBILITY,
            "ipm_optimality_tolerance": 1e-9,
            "solver": "ipm" if self.interior else "simplex",
            "run_crossover": "off" if self.interior else "on",
        }.items():
            self.highs.setOptionValue(option, value)
        model = highspy.HighsLp()
        model.num_col_ = self.columns
        model.num_row_ = len(self.row_lower)
        model.col_cost_ = np.zeros(self.columns)
        model.col_lower_ = self.lower
        model.col_upper_ = self.upper
        model.row_lower_ = np.array(self.row_lower)
        model.row_upper_ = np.array(self.row_upper)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(self.matrix_start, dtype=np.int32)
        model.a_matrix_.index_ = np.array(self.matrix_index, dtype=np.int32)
        model.a_matrix_.value_ = np.array(self.matrix_value)
        self.highs.passModel(model)

    # ------------------------------------------------------------------------------------------------------------ holds

    def hold_amounts(self, rank: Rank, amounts: dict[str, float], error: float) -> None:
        """Holds a sharing rank by each account's amount, ± error · its demand."""
        for square in self.program.squares[rank]:
            amount, width = amounts[square.account], error * square.demand
            self._box(square.x, max(0.0, amount - width), min(square.demand, amount + width))
        self.last = None

    def _box(self, column: int, lower: float, upper: float) -> None:
        self.lower[column], self.upper[column] = lower, upper
        self.highs.changeColBounds(column, lower, upper)

    def hold(self, rank: Rank, value: float) -> None:
        self.held[rank] = value
        self._bound(rank, value)
        if self.last is not None and self.program.value(rank, self.last) > value:
            self.last = None

    def release_all(self) -> None:
        for rank in self.held:
            self._bound(rank, np.inf)
        for squares in self.program.squares.values():
            for square in squares:
                self._box(square.x, 0.0, square.demand)
        self.held = {}
        self.last = None

    def _bound(self, rank: Rank, upper: float) -> None:
        row = self.program.aim_rows[rank]
        self.row_upper[row] = upper
        self.highs.changeRowBounds(row, -highspy.kHighsInf, upper)

    # --------------------------------------------------------------------------------------------------------- solving

    def minimise(self, rank: Rank) -> Optimum:
        """The rank's optimum under the ranks now held.

        Raises:
            Infeasible: no plan keeps the holds.
            SolveFailure: HiGHS gave up, or the tangents did not become exact.
        """
        program = self.program
        if self.last is not None and program.value(rank, self.last) <= 1e-9 * program.scale(rank, 0.0):
            # Every rank is a sum of terms ≥ 0, and the point at hand keeps all holds.
            return Optimum(rank, program.value(rank, self.last), 0.0, self.last)
        terms = program.aim_terms[rank]
        size = max((abs(c) for c in terms.values()), default=1.0)
        cost = np.zeros(self.columns)
        for column, coefficient in terms.items():
            cost[column] = coefficient / size
        self.highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), cost)
        best = np.inf
        # The last point keeps all holds but does not minimise the new aim: primal simplex goes on from there, dual simplex after cuts.
        self.highs.setOptionValue("simplex_strategy", 4)
        for _ in range(MAX_ROUNDS):
            x, lower = self._run(cost)
            lower *= size
            value = program.value(rank, x)
            cuts = self._missing_tangents(rank, x, value, lower)
            if not any(exceeded for _, exceeded in cuts):
                best = min(best, value)
                if value - lower <= SHARING_TOLERANCE * max(program.scale(rank, value), 1e-12) or not cuts:
                    self.last = x
                    return Optimum(rank, value, min(lower, value), x)
            for (columns, coefficients, side), _ in cuts:
                self._add_row(columns, coefficients, side)
            self.highs.setOptionValue("simplex_strategy", 1)
        raise SolveFailure(f"{rank}: tangents are not exact after {MAX_ROUNDS} rounds (best {best}, bound {lower})")

    def _missing_tangents(self, rank: Rank, x: np.ndarray, value: float, lower: float):
        """Tangents at x that are not yet there: for the rank minimised, and for sharing ranks held (flagged) that x really exceeds."""
        program = self.program
        found = []
        for other, squares in program.squares.items():
            # The simplex method keeps each tangent only to its own tolerance; asking for more would never end.
            floor = 4 * FEASIBILITY * sum(square.weight for square in squares)
            if other == rank:
                tolerance = max(0.1 * SHARING_TOLERANCE * program.scale(rank, value), floor)
                exceeded = False
            elif other in self.held:
                tolerance = max(0.1 * SHARING_TOLERANCE * program.scale(other, self.held[other]), floor)
                exceeded = program.value(other, x) > self.held[other] + tolerance
                if not exceeded:
                    continue
            else:
                continue
            for square in squares:
                error = square.weight * (square.exact(x[square.x]) - x[square.q])
                if error > tolerance / max(1, len(squares)):
                    found.append((square.tangent(float(x[square.x])), exceeded))
        return found

    def _add_row(self, columns: list[int], coefficients: list[float], lower: float) -> None:
        self.row_lower.append(lower)
        self.row_upper.append(np.inf)
        self.matrix_index += columns
        self.matrix_value += coefficients
        self.matrix_start.append(len(self.matrix_index))
        self.highs.addRow(lower, highspy.kHighsInf, len(columns), np.array(columns, dtype=np.int32), np.array(coefficients))

    def _run(self, cost: np.ndarray) -> tuple[np.ndarray, float]:
        """Solves the model as it stands: the point, and the bound its duals prove (in units of `cost`)."""
        status = None
        for attempt in range(3):
            if attempt == 1:
                self.highs.clearSolver()
                self.highs.setOptionValue("solver", "simplex")
                self.highs.setOptionValue("simplex_strategy", 1)
            if attempt == 2:
                self.highs.clearSolver()
                self.highs.setOptionValue("solver", "ipm")
                self.highs.setOptionValue("run_crossover", "on")
            self.highs.run()
            status = self.highs.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                break
        self.highs.setOptionValue("solver", "ipm" if self.interior else "simplex")
        self.highs.setOptionValue("run_crossover", "off" if self.interior else "on")
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            raise Infeasible("no plan keeps all constraints and held ranks")
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolveFailure(f"HiGHS: {self.highs.modelStatusToString(status)}")
        solution = self.highs.getSolution()
        x = np.clip(np.array(solution.col_value), self.lower, self.upper)
        return x, self._dual_bound(cost, np.array(solution.row_dual))

    def _dual_bound(self, cost: np.ndarray, y: np.ndarray) -> float:
        """Σ y·side + Σ min over each column's box of (c − Aᵀy)·x: a valid bound for any y, whatever HiGHS thought of it."""
        low, high = np.array(self.row_lower), np.array(self.row_upper)
        y = np.where((y > 0) & np.isneginf(low), 0.0, y)
        y = np.where((y < 0) & np.isposinf(high), 0.0, y)
        sides = np.where(y > 0, np.where(np.isneginf(low), 0.0, low), np.where(np.isposinf(high), 0.0, high))
        matrix = scipy.sparse.csr_matrix(
            (self.matrix_value, self.matrix_index, self.matrix_start), shape=(len(self.row_lower), self.columns)
        )
        reduced = cost - matrix.T @ y
        boxes = np.where(reduced > 0, self.lower, self.reach)
        return float(y @ sides + np.where(reduced == 0, 0.0, reduced * np.where(np.isinf(boxes), 0.0, boxes)).sum())


def solve_in_order(
    solver: RankedSolver, holds=None, ranks: list[Rank] | None = None, progress=None, hold_amounts=None
) -> dict[Rank, Optimum | Exception]:
    """Minimises every rank in order, earlier ranks held.

    `holds(rank)` gives the value a rank is held at from then on; left out, it is the value reached + gap · scale. `hold_amounts(rank)` holds
    a sharing rank itself, by `RankedSolver.hold_amounts`.
    A rank that cannot be solved carries its exception; the order stops there, or goes on with what `holds` gives.
    """
    program = solver.program
    gap = program.package.settings.gap
    solver.release_all()
    results: dict[Rank, Optimum | Exception] = {}
    for rank in ranks or program.ranks:
        try:
            optimum: Optimum | Exception = solver.minimise(rank)
        except SolveFailure as failure:
            optimum = failure
        results[rank] = optimum
        if progress:
            progress(rank, optimum)
        if hold_amounts and rank in program.squares:
            hold_amounts(rank)
        elif holds:
            solver.hold(rank, holds(rank))
        elif isinstance(optimum, Exception):
            break
        else:
            solver.hold(rank, optimum.value + gap * program.scale(rank, optimum.value))
    return results
