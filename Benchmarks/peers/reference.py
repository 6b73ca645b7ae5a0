"""Solves a package's ranks with HiGHS and judges a plan's certificate by them.

    reference.py --solve PACKAGE            the optimum of every rank
    reference.py PACKAGE OUT                the same, and a verdict on the plan in OUT (its demand, bands and tiers are used)

Exit: 0 all verdicts good, 1 a verdict failed, 2 bad usage, 65 input that cannot be read, 70 the solver failed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from inputs import input_differences, inputs_of, own_inputs
from package import PackageError, read_package
from plan_files import rank_values, read_plan, shared_amounts
from program import AllocationProgram, Rank
from ranked import Infeasible, Optimum, RankedSolver, SolveFailure, solve_in_order

FIGURE_ERRORS = (1e-9, 1e-8, 1e-7, 1e-6)
"""How far a plan's rank values may be off for the rows it keeps to, relative to a rank's scale: the first that leaves a plan is used."""


def label(rank: Rank) -> str:
    return rank[0] if rank[1] is None else f"{rank[0]} {rank[1]}"


@dataclass
class Verdict:
    rank: Rank
    optimum: float
    lower: float
    plan: float | None = None
    certificate_value: float | None = None
    bound: float | None = None
    certificate_gap: float | None = None
    loose: float | None = None
    """Optimum with earlier ranks held at the plan's values + slack."""
    tight: float | None = None
    """Optimum with earlier ranks held at the plan's values."""
    failures: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """What passes only with earlier ranks held as tightly as the plan keeps them."""


def solve(folder: str, method: str = "auto", first: int | None = None, progress=None) -> list[Verdict]:
    """The optimum of each rank of a package, from its own demand.csv; earlier ranks held at value + gap · scale."""
    package = read_package(folder)
    program = AllocationProgram(package, own_inputs(package))
    results = solve_in_order(RankedSolver(program, method), ranks=program.ranks[:first], progress=progress)
    verdicts = []
    for rank, result in results.items():
        if isinstance(result, Exception):
            raise result
        verdicts.append(Verdict(rank, result.value, result.lower))
    return verdicts


def judge(
    folder: str, out: str, tolerance: float = 1e-6, method: str = "auto", first: int | None = None, readings: bool = True, progress=None
) -> tuple[list[Verdict], list[str]]:
    """Verdicts on the plan in `out`, and where its demand, bands and tiers differ from this side's.

    A later rank's optimum depends on how tightly the earlier ones were held, and a plan does not say that. Three readings bracket it:

    - *mine*: earlier ranks at my optimum + gap · scale;
    - *as plan*: at the plan's own values, and after a sharing rank at the plan's own amount of each account, which that rank makes unique. Whatever
      the planner held, the plan keeps to it, so this set lies inside the planner's: a value that fails here is wrong under every reading;
    - *plan + slack*: at the plan's values + gap · scale (a plan may already have used its slack, so this can count slack twice).

    A plan fails when its value is over optimum + gap · scale, or its bound over the optimum, under both *mine* and *as plan* (under
    *as plan* alone it passes with a remark); when its value is under what *plan + slack* proves possible; when its value and bound are
    further apart than the gap; or when its certificate states another value than its CSV files.
    """
    package = read_package(folder)
    inputs = inputs_of(package, out)
    plan = read_plan(package, out)
    program = AllocationProgram(package, inputs)
    ranks = program.ranks[:first]
    values = rank_values(package, inputs, plan, program.ranks)
    gap = package.settings.gap
    solver = RankedSolver(program, method)
    mine = solve_in_order(solver, ranks=ranks, progress=progress)
    for result in mine.values():
        if isinstance(result, Exception):
            raise result

    def read(hold, own_amounts: bool) -> dict[Rank, Optimum | Exception]:
        results: dict[Rank, Optimum | Exception] = {}
        for error in FIGURE_ERRORS:
            def hold_amounts(rank: Rank) -> None:
                solver.hold_amounts(rank, shared_amounts(package, inputs, plan, rank), error)

            results = solve_in_order(
                solver, lambda rank: hold(rank) + error * program.scale(rank, values[rank]), ranks, progress, hold_amounts if own_amounts else None)
            if not any(isinstance(result, Infeasible) for result in results.values()):
                break
        return results

    tight = read(lambda rank: values[rank], own_amounts=True) if readings else {}
    loose = read(lambda rank: values[rank] + gap * program.scale(rank, values[rank]), own_amounts=False) if readings else {}
    differences = input_differences(package, out, inputs) + plan.problems
    if list(plan.certificate) != program.ranks:
        differences.append(
            f"certificate.json lists the ranks {', '.join(map(label, plan.certificate))}; expected {', '.join(map(label, program.ranks))}")

    verdicts = []
    for rank in ranks:
        stated = plan.certificate.get(rank, {})
        value, optimum = values[rank], mine[rank]
        bound = stated.get("bound")
        scale = max(program.scale(rank, value), 1e-12)
        failures = []
        remarks = []
        highest = optimum.value
        for results in (tight, loose):
            result = results.get(rank)
            if isinstance(result, Infeasible):
                failures.append("an earlier rank's value is less than is possible")
            elif isinstance(result, Exception):
                raise result
        if tight and not isinstance(tight[rank], Exception):
            highest = max(highest, tight[rank].value)
        if value > highest + (gap + tolerance) * scale and not package.has_rounding:
            failures.append(f"value is {(value - highest) / scale:.2e} of scale over the optimum, more than the gap {gap:g}")
        elif value > optimum.value + (gap + tolerance) * scale and not package.has_rounding:
            remarks.append(f"value {(value - optimum.value) / scale:.2e} of scale over mine")
        floor = loose[rank].lower if loose and not isinstance(loose[rank], Exception) else None
        if floor is not None and value < floor - 1e-5 * scale:
            failures.append(f"value is {(floor - value) / scale:.2e} of scale under what is possible")
        if not stated:
            failures.append("no certificate")
        else:
            if bound > highest + tolerance * scale:
                failures.append(f"bound is {(bound - highest) / scale:.2e} of scale over the optimum")
            elif bound > optimum.value + tolerance * scale:
                remarks.append(f"bound {(bound - optimum.value) / scale:.2e} of scale over mine")
            if abs(stated["value"] - value) > tolerance * scale:
                failures.append(f"certificate says {stated['value']:.9g}, the CSV files {value:.9g}")
            if not package.has_rounding and value - bound > (gap + tolerance) * scale:
                failures.append(f"bound is {(value - bound) / scale:.2e} of scale under the value, more than the gap")
            if abs(stated["gap"] - (stated["value"] - bound) / max(program.scale(rank, stated["value"]), 1e-300)) > 1e-6 and stated["value"] != bound:
                failures.append("gap is not (value - bound) / scale")
        verdicts.append(Verdict(
            rank, optimum.value, optimum.lower, value, stated.get("value"), bound, stated.get("gap"),
            _value(loose.get(rank)), _value(tight.get(rank)), tuple(failures), tuple(remarks),
        ))
    return verdicts, differences


def _value(result: Optimum | Exception | None) -> float | None:
    return result.value if isinstance(result, Optimum) else None


def table(verdicts: list[Verdict], judged: bool) -> str:
    """The verdicts as lines of fixed width."""

    def cell(value: float | None) -> str:
        return "-" if value is None else f"{value:.8g}"

    header = ["rank", "optimum", "lower bound"]
    if judged:
        header += ["plan", "certificate", "bound", "gap", "as plan", "plan + slack", "verdict"]
    rows = [header]
    for v in verdicts:
        row = [label(v.rank), cell(v.optimum), cell(v.lower)]
        if judged:
            row += [cell(x) for x in (v.plan, v.certificate_value, v.bound, v.certificate_gap, v.tight, v.loose)]
            row.append("; ".join(v.failures) or "; ".join(["good", *v.remarks]))
        rows.append(row)
    widths = [max(len(row[k]) for row in rows) for k in range(len(header))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="reference.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("out", nargs="?", help="plan folder to judge")
    parser.add_argument("--solve", action="store_true", help="solve the package alone, from its own demand.csv")
    parser.add_argument("--ranks", type=int, metavar="N", help="only the first N ranks")
    parser.add_argument("--tolerance", type=float, default=1e-6, help="of a rank's scale, for values and bounds (default 1e-6)")
    parser.add_argument("--method", choices=["auto", "simplex", "ipm"], default="auto")
    parser.add_argument("--one-reading", action="store_true", help="hold earlier ranks at my own values only (a third of the time)")
    parser.add_argument("--verbose", action="store_true", help="name each rank as it is solved")
    options = parser.parse_args(arguments)
    if options.solve == (options.out is not None):
        parser.error("give either OUT or --solve")

    def progress(rank: Rank, result: Optimum | Exception) -> None:
        if options.verbose:
            print(f"  {label(rank)}: {result.value if isinstance(result, Optimum) else result}", file=sys.stderr, flush=True)

    try:
        if options.solve:
            print(table(solve(options.package, options.method, options.ranks, progress), judged=False))
            return 0
        verdicts, differences = judge(
            options.package, options.out, options.tolerance, options.method, options.ranks, not options.one_reading, progress)
    except PackageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 65
    except Infeasible as error:
        print(f"infeasible: {error}", file=sys.stderr)
        return 1
    except SolveFailure as error:
        print(f"solver: {error}", file=sys.stderr)
        return 70
    print(table(verdicts, judged=True))
    for line in differences[:20]:
        print(f"differs: {line}")
    if len(differences) > 20:
        print(f"... and {len(differences) - 20} more differences")
    return 1 if differences or any(v.failures for v in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
