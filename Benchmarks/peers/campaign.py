"""Plans many random packages with a fullshelf binary and judges every plan.

    campaign.py N --binary PATH [--first SEED] [--size XS|S|M] [--features LIST] [--keep FOLDER]

For each seed: random_package.py, `PATH plan PACKAGE --out OUT`, check_plan.py, reference.py. Prints the failures and a summary;
packages and plans that failed stay in the folder given by --keep. Exit: 0 all good, 1 some failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter

from check_plan import check
from package import PackageError
from random_package import SIZES, make_package
from ranked import SolveFailure
from reference import judge, label


def run_one(seed: int, folder: str, options: argparse.Namespace) -> tuple[list[str], set[str], dict[str, float]]:
    """What is wrong with the plan of one seed, the package's features, and seconds spent planning and judging."""
    package, out = os.path.join(folder, "package"), os.path.join(folder, "out")
    features = make_package(seed, package, options.size, None if options.features is None else set(filter(None, options.features.split(","))))
    start = time.monotonic()
    try:
        run = subprocess.run(
            [options.binary, "plan", package, "--out", out, "--quiet"], capture_output=True, text=True, timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return [f"plan: not done in {options.timeout} s"], features, {"plan": options.timeout}
    seconds = {"plan": time.monotonic() - start}
    if run.returncode != 0:
        said = (run.stderr.strip() or run.stdout.strip()).splitlines()
        return [f"plan: exit {run.returncode}: {' / '.join(said[-3:])}"], features, seconds
    start = time.monotonic()
    problems: list[str] = []
    try:
        checked, differences = check(package, out)
        problems += [f"input: {line}" for line in differences[:5]]
        problems += [f"row violated by {v.amount:.3g}: {v.row}" for v in checked.violations[:5]]
        verdicts, _ = judge(package, out, method=options.method)
        problems += [f"{label(v.rank)}: {failure}" for v in verdicts for failure in v.failures]
        if options.strict:
            problems += [f"{label(v.rank)}: {remark}" for v in verdicts for remark in v.remarks]
        if options.verify:
            verified = subprocess.run([options.binary, "verify", package, out], capture_output=True, text=True, timeout=options.timeout)
            if (verified.returncode == 0) != (not checked.violations):
                problems.append(f"verify: exit {verified.returncode}, but {len(checked.violations)} rows are violated here")
    except PackageError as error:
        problems.append(f"files: {error}")
    except SolveFailure as error:
        problems.append(f"reference: {error}")
    except subprocess.TimeoutExpired:
        problems.append(f"verify: not done in {options.timeout} s")
    seconds["judge"] = time.monotonic() - start
    return problems, features, seconds


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="campaign.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--first", type=int, default=1, metavar="SEED")
    parser.add_argument("--size", choices=["XS", *SIZES], default="XS")
    parser.add_argument("--features", help="as for random_package.py")
    parser.add_argument("--keep", metavar="FOLDER", help="where failed packages and plans stay, one folder a seed")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS")
    parser.add_argument("--method", choices=["auto", "simplex", "ipm"], default="auto")
    parser.add_argument("--strict", action="store_true", help="a plan that passes only as tightly as it is held itself fails too")
    parser.add_argument("--verify", action="store_true", help="also run `verify` and compare its exit code with this side's check")
    options = parser.parse_args(arguments)
    failed: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    bad, slowest, total = 0, 0.0, 0.0
    for seed in range(options.first, options.first + options.count):
        with tempfile.TemporaryDirectory() as folder:
            problems, features, seconds = run_one(seed, folder, options)
            drawn.update(features)
            slowest, total = max(slowest, seconds["plan"]), total + seconds["plan"]
            if problems:
                bad += 1
                failed.update(features)
                print(f"seed {seed} ({', '.join(sorted(features)) or 'plain'})")
                for problem in problems:
                    print(f"    {problem}")
                sys.stdout.flush()
                if options.keep:
                    shutil.copytree(folder, os.path.join(options.keep, str(seed)), dirs_exist_ok=True)
    print(f"{options.count} packages of size {options.size}, {bad} failed; planning {total:.1f} s in all, at most {slowest:.2f} s")
    if bad:
        print("failed of drawn: " + ", ".join(f"{name} {failed[name]}/{drawn[name]}" for name in sorted(failed)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
