"""Fullshelf and general solvers on the same packages, one after another on the same machine, and docs/performance.md from what they took.

    Benchmarks/peers/solvers --size S --size M                    # measure, then write the page
    Benchmarks/peers/solvers --size ML --peers highs-ipm --limit 1800
    Benchmarks/peers/solvers --size L --ours-only
    Benchmarks/peers/solvers --size L --side-by-side --without-again --peers highs-ipm --limit 7200 --repeat 1
    Benchmarks/peers/solvers --size M --add --peers highs-ipm-crossover --form natural
    Benchmarks/peers/solvers --page-only                          # from the records of earlier runs

Every solver gets the weighted objective of weighted.py on the natural program and on Fullshelf's own compact one, asked for 1e-4, each run in a process of
its own with a time limit. Every answer is checked row by row and against the bound that Fullshelf proves; only good ones count. Records go to
Benchmarks/peers/records, one a size; runs of the same size and machine state should be made at once (they replace each other).
"""

from __future__ import annotations

import argparse
import concurrent.futures
import csv
import datetime
import filecmp
import functools
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np

import performance_page
from inputs import inputs_of
from lp_solvers import NAMES, SOLVERS, VERTEX
from package import read_package
from program import AllocationProgram
from ranked import RankedSolver, solve_in_order
from weighted import CRUMB, Problem, cells_used, compact_problem, judged, natural_problem

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RECORDS = os.path.join(HERE, "records")
SIZES = ("S", "M", "ML", "L", "XL")
TOLERANCE = 1e-4
LOADING = 120
"""Seconds a process may take to load the problem and stop, besides its limit, before it is killed."""


# ------------------------------------------------------------------------------------------------------------------ processes


def run(command: list[str], limit: float | None = None) -> tuple[int | None, str, int]:
    """Exit code (None: killed at the limit), standard output, and peak memory in bytes of one process."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        # A session of its own, so that what it started ends with it.
        process = subprocess.Popen(command, stdout=output, stderr=errors, text=True, start_new_session=True)
        start, used, status = time.monotonic(), None, None
        while status is None:
            pid, code, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                status = os.waitstatus_to_exitcode(code)
            elif limit is not None and time.monotonic() - start > limit:
                os.killpg(process.pid, signal.SIGKILL)
                _, _, used = os.wait4(process.pid, 0)
                break
            else:
                time.sleep(0.05)
        # The process has been waited for already.
        process.returncode = -9 if status is None else status
        output.seek(0)
        errors.seek(0)
        if status not in (0, None):
            sys.stderr.write(errors.read()[-2000:])
        return status, output.read(), 1024 * used.ru_maxrss


def figures(command: list[str]) -> dict:
    """The JSON a program prints; ends the run when it fails."""
    status, output, _ = run(command)
    if status != 0:
        raise SystemExit(f"solvers: {' '.join(command)} ended with {status}")
    return json.loads(output)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ------------------------------------------------------------------------------------------------------------------- measures

Found = tuple[dict, str, dict]
"""A part of a record, and what belongs there under which key."""
Job = Callable[[], Found]
"""One process that uses one thread (peers: mostly), measured."""


def ours_on_two_threads(options: argparse.Namespace, package: str, folder: str) -> dict:
    """What Fullshelf takes with two threads: the weighted objective, and all ranks from files to files. Writes the problems for the peers."""
    say("  fullshelf, weighted objective, two threads")
    # Times and memory are taken before anything is written.
    export = [] if options.ours_only else ["--inputs", os.path.join(folder, "inputs"), "--mps", os.path.join(folder, "compact.mps")]
    record = {"weighted2": our_weighted(options, package, ["--threads", "2", *export])}
    if not options.without_ranks:
        record["ranks2"] = our_ranks(options, package, folder, 2)
    return record


def ours_on_one_thread(options: argparse.Namespace, package: str, folder: str, record: dict) -> list[Job]:
    """The same with one thread, for the record of `ours_on_two_threads`."""

    def weighted() -> Found:
        say("  fullshelf, weighted objective, one thread")
        return record, "weighted1", our_weighted(options, package, ["--threads", "1", "--phases"])

    def ranks() -> Found:
        return record, "ranks1", our_ranks(options, package, folder, 1)

    return [weighted] if options.without_ranks else [weighted, ranks]


def our_weighted(options: argparse.Namespace, package: str, arguments: list[str]) -> dict:
    found = figures([options.binary, "weighted", package, "--tolerance", str(TOLERANCE), "--repeat", str(options.repeat), *arguments])
    found.pop("package")
    return found


def our_ranks(options: argparse.Namespace, package: str, folder: str, threads: int) -> dict:
    say(f"  fullshelf, all ranks from files to files, {threads} thread(s)")
    # Planning again is told on one thread.
    again = ["--again"] if threads == 1 and not options.without_again else []
    command = [options.binary, "ranks", package, os.path.join(folder, f"out{threads}"), "--threads", str(threads), *again]
    best = min((figures(command) for _ in range(options.repeat)), key=lambda one: one["elapsed"]["wallSeconds"])
    best.pop("package")
    return best


def differing_files(one: str, other: str) -> list[str]:
    """Files of two plan folders that differ; timings.json says how long things took and may."""
    names = sorted((set(os.listdir(one)) | set(os.listdir(other))) - {"timings.json"})
    _, different, missing = filecmp.cmpfiles(one, other, names, shallow=False)
    return different + missing


def peer(options: argparse.Namespace, name: str, problem: Problem, path: str, bound: float) -> dict:
    """The best run of one solver on one form, judged; runs after the first only where that one was good."""
    best: dict | None = None
    for attempt in range(options.repeat):
        answer = os.path.splitext(path)[0] + f"-{name}.answer.npz"
        if os.path.exists(answer):
            os.remove(answer)
        command = [sys.executable, os.path.join(HERE, "lp_solvers.py"), name, path, answer, "--limit", str(options.limit)]
        status, output, memory = run([*command, "--tolerance", str(TOLERANCE), "--threads", "1" if options.side_by_side else "2"], options.limit + LOADING)
        if status == 0:
            found = json.loads(output)
        else:
            said = f"killed after {options.limit:.0f} s and {LOADING} more" if status is None else f"ended with {status}"
            found = {"status": said, "wall": options.limit, "cpu": None, "iterations": None, "memory": memory}
        if "unavailable" in found:
            return found
        found["isGood"] = False
        if os.path.exists(answer):
            with np.load(answer) as file:
                x = file["x"]
            verdict = judged(problem, x, bound, TOLERANCE)
            found |= {"objective": verdict.objective, "gap": verdict.gap, "violation": verdict.violation, "isGood": verdict.is_good}
            if name in VERTEX and (problem.make_cell >= 0).any():
                found["cells"] = cells_used(problem, x)
        say(f"    {found['status']}: {found['wall']:.1f} s, {'good' if found['isGood'] else 'not good'}")
        if best is None or (found["isGood"] and found["wall"] < best["wall"]):
            best = found
        if not found["isGood"]:
            break
    return best


def without_rounding(package: str, copy: str) -> None:
    """The same package without cases, lots, set-ups and least shipments: what a linear program can be compared with."""
    drop = {"products": ["case_multiple"], "line_products": ["min_lot", "multiple", "setup_hours"], "lanes": ["min_shipment", "multiple"]}
    os.makedirs(copy)
    for name in os.listdir(package):
        source, target = os.path.join(package, name), os.path.join(copy, name)
        columns = drop.get(name.removesuffix(".csv"))
        if not os.path.isfile(source):
            continue
        if columns is None:
            os.link(source, target)
            continue
        with open(source, encoding="utf-8", newline="") as read, open(target, "w", encoding="utf-8", newline="") as write:
            rows = csv.DictReader(read)
            writer = csv.DictWriter(write, [field for field in rows.fieldnames if field not in columns], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


def ranked_simplex_cells(package: str, out: str) -> list[int]:
    """Cells of the vertex HiGHS's simplex method ends at when it solves all ranks in order, sharing included: minutes at S, hours above."""
    program = AllocationProgram(read_package(package), inputs_of(read_package(package), out))
    results = solve_in_order(RankedSolver(program, "simplex"))
    last = results[program.ranks[-1]]
    if isinstance(last, Exception):
        raise last
    moved: dict[tuple, float] = {}
    for (lane, product, _, t), column in program.move.items():
        moved[lane, product, t] = moved.get((lane, product, t), 0.0) + last.x[column]
    return [sum(bool(last.x[column] > CRUMB) for column in program.make.values()), sum(bool(q > CRUMB) for q in moved.values())]


# -------------------------------------------------------------------------------------------------------------------- machine


def machine() -> dict:
    """What the figures were taken on. Nothing of it names a person or a path."""
    cpu, memory = platform.processor() or "unknown", None
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), cpu)
        with open("/proc/meminfo", encoding="utf-8") as file:
            memory = 1024 * int(file.readline().split()[1])
    return {"cpu": cpu, "cores": os.cpu_count(), "memory": memory, "system": platform.system()}


def versions() -> dict:
    import importlib.metadata

    found = {name: importlib.metadata.version(name) for name in ("highspy", "ortools")}
    try:
        # "Coin LP version 1.17.6, build …", whatever it thinks of the arguments.
        said = subprocess.run(["clp", "-quit"], capture_output=True, text=True).stdout
        found["clp"] = said.split("version", 1)[1].split(",")[0].strip()
    except (OSError, IndexError):
        found["clp"] = None
    return found


def measured(options: argparse.Namespace, size: str, folder: str, keep: Callable[[dict], None]) -> dict:
    """The record of one size; `keep` gets it after each solver, so that a run cut short leaves what it has."""
    package = os.path.join(folder, "package")
    say(f"{size}: generating")
    if run([options.binary, "generate", package, "--size", size, "--seed", str(options.seed)])[0] != 0:
        raise SystemExit("solvers: the package could not be generated")
    if options.add:
        with open(record_path(size), encoding="utf-8") as file:
            record = json.load(file)
        # The problems are made again, the same to the last byte; nothing of ours is timed.
        export = ["--inputs", os.path.join(folder, "inputs"), "--mps", os.path.join(folder, "compact.mps")]
        again = figures([options.binary, "weighted", package, "--threads", "2", *export])
        if again["digest"] != record["ours"]["weighted2"]["digest"]:
            raise SystemExit(f"solvers: the record of {size} is of another program or build; measure it anew, without --add")
        jobs: list[Job] = []
    else:
        record = {
            "size": size, "seed": options.seed, "date": datetime.date.today().isoformat(), "machine": machine(), "limit": options.limit,
            "repeat": options.repeat, "sideBySide": options.side_by_side, "loadBefore": os.getloadavg()[0], "versions": versions(),
            "ours": ours_on_two_threads(options, package, folder), "peers": {}, "commands": [],
        }
        jobs = ours_on_one_thread(options, package, folder, record["ours"])
    record["commands"].append(options.command)
    if not options.ours_only:
        # The peers before our ranks: what is cut short lacks the shorter part.
        jobs[1:1] = peer_jobs(options, package, folder, record)
    with concurrent.futures.ThreadPoolExecutor(2 if options.side_by_side else 1) as pool:
        for done in concurrent.futures.as_completed([pool.submit(job) for job in jobs]):
            part, key, found = done.result()
            part[key] = found
            if "weighted1" in record["ours"]:
                record["ours"]["sameBytes"] = record["ours"]["weighted1"]["digest"] == record["ours"]["weighted2"]["digest"]
                keep(record | {"loadAfter": os.getloadavg()[0]})
    if not options.add and not options.without_ranks:
        record["ours"]["samePlan"] = not differing_files(os.path.join(folder, "out1"), os.path.join(folder, "out2"))
    if not options.add and not options.without_ranks and any("cells" in one for form in record["peers"].values() for one in form["solvers"].values()):
        plain = os.path.join(folder, "plain")
        without_rounding(package, plain)
        say("  cells of the tidy plan, without cases and lots")
        tidy = figures([options.binary, "ranks", plain, os.path.join(folder, "plainOut"), "--threads", "2"])
        record["tidyCells"] = [tidy["makeCells"], tidy["moveCells"]]
        if size == "S":
            say("  cells of the same ranks, solved one after another by HiGHS simplex")
            record["rankedSimplexCells"] = ranked_simplex_cells(plain, os.path.join(folder, "plainOut"))
    if not options.add:
        record["loadAfter"] = os.getloadavg()[0]
    return record


def peer_jobs(options: argparse.Namespace, package: str, folder: str, record: dict) -> list[Job]:
    """One for each peer and form that was asked for."""
    jobs = []
    for form in options.form or ("natural", "compact"):
        problem = natural_problem(package, os.path.join(folder, "inputs")) if form == "natural" else compact_problem(os.path.join(folder, "compact.mps"))
        path = os.path.join(folder, form + ".npz")
        problem.save(path)
        rows, columns = problem.matrix.shape
        entry = record["peers"].setdefault(form, {"rows": rows, "columns": columns, "entries": int(problem.matrix.nnz), "solvers": {}})

        def job(name: str, form: str = form, problem: Problem = problem, path: str = path, entry: dict = entry) -> Found:
            say(f"  {NAMES[name]}, {form} form ({entry['rows']} rows)")
            found = peer(options, name, problem, path, record["ours"]["weighted2"]["bound"])
            return entry["solvers"], name, found | ({"addedWithLimit": options.limit} if options.add else {})

        names = options.compact_peers if form == "compact" and options.compact_peers else options.peers
        jobs += [functools.partial(job, name) for name in names]
    return jobs


# ------------------------------------------------------------------------------------------------------------------- command


def built(name: str, folder: str) -> str:
    """The program, built where no path to one was given."""
    subprocess.run(["swift", "build", "-c", "release", "--product", name], cwd=folder, check=True, stdout=sys.stderr)
    place = subprocess.run(["swift", "build", "-c", "release", "--show-bin-path"], cwd=folder, check=True, capture_output=True, text=True)
    return os.path.join(place.stdout.strip(), name)


def record_path(size: str) -> str:
    return os.path.join(RECORDS, size + ".json")


def as_typed(arguments: list[str]) -> str:
    """The command that made a record, without the path of a program built before."""
    kept = [word for before, word in zip(["", *arguments], arguments) if "--binary" not in (before, word)]
    return " ".join(["Benchmarks/peers/solvers", *kept])


def names(text: str) -> list[str]:
    return text.split(",")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="solvers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, action="append", default=[], help="may be given several times")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS", help="for each peer and form")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, the fastest counts, for both sides alike")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=SOLVERS, metavar="NAMES", help=f"of {', '.join(SOLVERS)}")
    parser.add_argument("--compact-peers", type=names, metavar="NAMES", help="on the compact form; default: as --peers")
    parser.add_argument("--form", action="append", choices=("natural", "compact"), help="default: both")
    parser.add_argument("--ours-only", action="store_true", help="no peers: where they would take hours")
    parser.add_argument("--without-ranks", action="store_true", help="the weighted objective only")
    parser.add_argument("--without-again", action="store_true", help="all ranks without planning again after a change, which takes six further plannings")
    parser.add_argument("--side-by-side", action="store_true", help="what uses one thread two at a time, ours and peers' alike: where it takes hours")
    parser.add_argument("--binary", help="SolverTimes; default: build it")
    parser.add_argument("--page-only", action="store_true", help="write the page from the records")
    parser.add_argument("--add", action="store_true", help="add peers to the record there is; nothing of ours is timed again")
    options = parser.parse_args(arguments)
    options.command = as_typed(sys.argv[1:] if arguments is None else arguments)
    if unknown := {*options.peers, *(options.compact_peers or [])} - set(SOLVERS):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    if not options.page_only:
        if not options.size:
            parser.error("say which --size to measure, or --page-only")
        options.binary = options.binary or built("SolverTimes", os.path.join(ROOT, "Benchmarks"))
        os.makedirs(RECORDS, exist_ok=True)
        for size in options.size:

            def keep(record: dict, path: str = record_path(size)) -> None:
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(record, file, indent=1, sort_keys=True)
                    file.write("\n")

            with tempfile.TemporaryDirectory() as folder:
                keep(measured(options, size, folder, keep))
    records = []
    for size in SIZES:
        path = record_path(size)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                records.append(json.load(file))
    performance_page.write(records, os.path.join(ROOT, "docs"))
    print(f"wrote docs/performance.md from {len(records)} record(s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
