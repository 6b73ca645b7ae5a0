"""Gives ONE problem to ONE solver and says what that took. Each run is a process of its own, so that memory is its own and a limit can be enforced.

    lp_solvers.py SOLVER PROBLEM.npz ANSWER.npz --limit 300 --tolerance 1e-4 --threads 2

Only the solver's own run is timed, not the loading. Prints a line of JSON; the answer (x, and the rows' prices y where the solver gives them) goes to
ANSWER.npz. Tolerances: gap (or, for first-order methods, all relative residuals) at --tolerance; feasibility of interior-point and simplex methods 1e-6.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np

from ranked import quiet_highs
from weighted import Problem

FEASIBILITY = 1e-6
HIGHS = {
    "highs-ipm": {"solver": "ipm", "run_crossover": "off"},
    "highs-ipm-crossover": {"solver": "ipm", "run_crossover": "on"},
    "highs-hipo": {"solver": "hipo", "run_crossover": "off"},
    "highs-simplex": {"solver": "simplex"},
    "highs-pdlp": {"solver": "pdlp"},
}
SOLVERS = [*HIGHS, "ortools-pdlp", "ortools-glop", "clp-barrier", "clp-dual"]
NAMES = {
    "highs-ipm": "HiGHS interior point (IPX), no crossover",
    "highs-ipm-crossover": "HiGHS interior point (IPX), crossover",
    "highs-hipo": "HiGHS interior point (HiPO), no crossover",
    "highs-simplex": "HiGHS simplex",
    "highs-pdlp": "HiGHS PDLP",
    "ortools-pdlp": "OR-Tools PDLP",
    "ortools-glop": "OR-Tools GLOP",
    "clp-barrier": "Clp barrier, no crossover",
    "clp-dual": "Clp dual simplex",
}
VERTEX = {"highs-simplex", "highs-ipm-crossover", "ortools-glop", "clp-dual"}
"""Solvers whose answer is a vertex."""


class Unavailable(Exception):
    """The solver is not on this machine, or this build of it lacks the method."""


class Meter:
    """Wall and processor seconds of a `with` block, children's included."""

    def __enter__(self) -> Meter:
        self.wall, self.cpu = time.perf_counter(), self._cpu()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self.wall, self._cpu() - self.cpu

    @staticmethod
    def _cpu() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(u.ru_utime + u.ru_stime for u in used)


def solve_with_highs(name: str, problem: Problem, options: argparse.Namespace):
    import highspy

    # An earlier solve of this process may have had another number of threads.
    highspy.Highs.resetGlobalScheduler(True)
    highs = quiet_highs()
    settings = {
        "output_flag": False, "threads": options.threads, "time_limit": options.limit, "ipm_optimality_tolerance": options.tolerance,
        "pdlp_optimality_tolerance": options.tolerance, "optimality_tolerance": options.tolerance, "primal_feasibility_tolerance": FEASIBILITY,
        "dual_feasibility_tolerance": FEASIBILITY, "primal_residual_tolerance": FEASIBILITY, "dual_residual_tolerance": FEASIBILITY, **HIGHS[name],
    }
    for option, value in settings.items():
        if highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
            raise Unavailable(f"HiGHS {highs.version()} does not take {option} = {value}")
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = problem.matrix.shape
    model.col_cost_, model.offset_ = problem.cost, problem.constant
    model.col_lower_, model.col_upper_ = problem.lower, problem.upper
    model.row_lower_, model.row_upper_ = problem.row_lower, problem.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = (part.astype(np.int32) for part in (problem.matrix.indptr, problem.matrix.indices))
    model.a_matrix_.value_ = problem.matrix.data
    if highs.passModel(model) == highspy.HighsStatus.kError:
        raise ValueError(f"HiGHS does not take the problem of {model.num_row_} rows and {model.num_col_} columns")
    with Meter() as meter:
        status = highs.run()
    info, solution = highs.getInfo(), highs.getSolution()
    said = highs.modelStatusToString(highs.getModelStatus())
    if status == highspy.HighsStatus.kError and not solution.value_valid and meter.wall < 0.9 * options.limit:
        raise Unavailable(f"HiGHS {highs.version()} {name}: {said}")
    iterations = max(info.ipm_iteration_count, info.simplex_iteration_count, info.pdlp_iteration_count)
    x = np.array(solution.col_value) if solution.value_valid else None
    y = np.array(solution.row_dual) if solution.dual_valid else None
    return said, meter, iterations, x, y


def solve_with_pdlp(_: str, problem: Problem, options: argparse.Namespace):
    try:
        from ortools.pdlp import solve_log_pb2, solvers_pb2
        from ortools.pdlp.python import pdlp
    except ImportError as error:
        raise Unavailable(f"OR-Tools: {error}") from error
    program = pdlp.QuadraticProgram()
    program.objective_vector, program.objective_offset = problem.cost, problem.constant
    program.variable_lower_bounds, program.variable_upper_bounds = problem.lower, problem.upper
    program.constraint_lower_bounds, program.constraint_upper_bounds = problem.row_lower, problem.row_upper
    program.constraint_matrix = problem.matrix.tocsc()
    parameters = solvers_pb2.PrimalDualHybridGradientParams()
    criteria = parameters.termination_criteria
    criteria.simple_optimality_criteria.eps_optimal_relative = options.tolerance
    criteria.simple_optimality_criteria.eps_optimal_absolute = FEASIBILITY
    criteria.time_sec_limit = options.limit
    parameters.num_threads = options.threads
    with Meter() as meter:
        result = pdlp.primal_dual_hybrid_gradient(program, parameters)
    reason = solve_log_pb2.TerminationReason.Name(result.solve_log.termination_reason)
    return reason, meter, result.solve_log.iteration_count, np.array(result.primal_solution), np.array(result.dual_solution)


def solve_with_glop(_: str, problem: Problem, options: argparse.Namespace):
    try:
        from ortools.linear_solver.python import model_builder_helper
    except ImportError as error:
        raise Unavailable(f"OR-Tools: {error}") from error
    model = model_builder_helper.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        problem.lower, problem.upper, problem.cost, problem.row_lower, problem.row_upper, problem.matrix)
    solver = model_builder_helper.ModelSolverHelper("glop")
    solver.set_time_limit_in_seconds(options.limit)
    with Meter() as meter:
        solver.solve(model)
    has_answer = solver.has_solution()
    x = np.array(solver.variable_values()) if has_answer else None
    y = np.array(solver.dual_values()) if has_answer else None
    return solver.status().name, meter, None, x, y


def write_mps(problem: Problem, path: str) -> None:
    """Free-format MPS, columns c0, c1, … and rows r0, r1, …, every digit kept."""
    low, high = problem.row_lower, problem.row_upper
    kinds = np.where(low == high, "E", np.where(np.isneginf(low), np.where(np.isposinf(high), "N", "L"), "G"))
    columns = problem.matrix.tocsc()
    with open(path, "w", encoding="ascii") as file:
        file.write("NAME p FREE\nROWS\n N objective\n")
        file.writelines(f" {kind} r{i}\n" for i, kind in enumerate(kinds))
        file.write("COLUMNS\n")
        for j, cost in enumerate(problem.cost):
            file.write(f" c{j} objective {float(cost)!r}\n")
            file.writelines(
                f" c{j} r{columns.indices[k]} {float(columns.data[k])!r}\n" for k in range(columns.indptr[j], columns.indptr[j + 1]))
        file.write("RHS\n")
        for i, kind in enumerate(kinds):
            side = float(high[i] if kind == "L" else low[i])
            if kind != "N" and side != 0:
                file.write(f" rhs r{i} {side!r}\n")
        file.write("RANGES\n")
        for i, kind in enumerate(kinds):
            if kind == "G" and np.isfinite(high[i]):
                file.write(f" rng r{i} {float(high[i] - low[i])!r}\n")
        file.write("BOUNDS\n")
        for j, (lower, upper) in enumerate(zip(problem.lower, problem.upper)):
            if lower != 0:
                file.write(f" LO bnd c{j} {float(lower)!r}\n")
            if np.isfinite(upper):
                file.write(f" UP bnd c{j} {float(upper)!r}\n")
        file.write("ENDATA\n")


def read_clp_solution(path: str, columns: int) -> np.ndarray | None:
    """Column values of a solution file of Clp (`-printingOptions all -solution FILE`), None when it holds no columns.

    Rows come first, then columns: index, name, value, price; a `**` before an index marks one outside its bounds.
    """
    x = np.zeros(columns)
    found = False
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.replace("**", " ").split()
            if len(words) >= 3 and words[1].startswith("c") and words[1][1:].isdigit():
                x[int(words[1][1:])] = float(words[2])
                found = True
    return x if found else None


def solve_with_clp(name: str, problem: Problem, options: argparse.Namespace):
    clp = shutil.which("clp")
    if not clp:
        raise Unavailable("no clp on this machine (Debian: coinor-clp)")
    with tempfile.TemporaryDirectory() as folder:
        mps, answer = os.path.join(folder, "p.mps"), os.path.join(folder, "answer.txt")
        write_mps(problem, mps)
        # Clp reads a file where the others are handed arrays: what reading takes is measured by itself and taken off.
        with Meter() as reading:
            said = subprocess.run([clp, mps, "-quit"], capture_output=True, text=True, check=True).stdout
        if " errors " in said:
            raise ValueError(f"Clp does not read the problem: {said[-300:]}")
        method = ["-crossover", "off", "-barrier"] if name == "clp-barrier" else ["-dualSimplex"]
        command = [
            clp, mps, "-seconds", str(options.limit), "-primalTolerance", str(FEASIBILITY), "-dualTolerance", str(FEASIBILITY),
            *method, "-printingOptions", "all", "-solution", answer, "-quit",
        ]
        # Its barrier method looks at the clock only now and then.
        end = options.limit + reading.wall + 5
        with Meter() as meter:
            try:
                output = subprocess.run(command, capture_output=True, text=True, timeout=end).stdout
            except subprocess.TimeoutExpired:
                output = f"Stopped after {end:.0f} s"
        meter.wall, meter.cpu = max(0.0, meter.wall - reading.wall), max(0.0, meter.cpu - reading.cpu)
        x = read_clp_solution(answer, len(problem.cost)) if os.path.exists(answer) else None
    said = [line for line in output.splitlines() if "ptimal" in line or "topped" in line or "nfeasible" in line]
    return (said[-1].strip()[:80] if said else "no status"), meter, None, x, None


def solve_with(name: str):
    if name in HIGHS:
        return solve_with_highs
    return {"ortools-pdlp": solve_with_pdlp, "ortools-glop": solve_with_glop}.get(name, solve_with_clp)


def peak_memory() -> int:
    return 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="lp_solvers.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("solver", choices=SOLVERS)
    parser.add_argument("problem")
    parser.add_argument("answer")
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    problem = Problem.load(options.problem)
    try:
        status, meter, iterations, x, y = solve_with(options.solver)(options.solver, problem, options)
    except Unavailable as reason:
        print(json.dumps({"unavailable": str(reason)}))
        return 0
    if x is not None:
        np.savez(options.answer, x=x, y=np.zeros(0) if y is None else y)
    print(json.dumps({"status": status, "wall": meter.wall, "cpu": meter.cpu, "iterations": iterations, "memory": peak_memory()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
