"""docs/performance.md and its plot from the records of solvers.py. All figures come from the records; only the words stand here."""

from __future__ import annotations

import math
import os

from lp_solvers import NAMES

TARGETS = {
    # issue: times faster than the best peer on the natural form, on the compact form; share of one peer solve for all ranks
    "S": (4, 3, 1), "M": (15, 10, 0.3), "ML": (30, 15, 0.2), "L": (50, 25, 0.1),
}
MEMORY = {"L": 2 * 10**9, "XL": 12 * 10**9}
GROWTH = 1.4
# Planning again after one change: share of the cold time.
AGAIN = {"M": 0.4, "ML": 0.35, "L": 0.3}
THREADS = 1.6
CELLS = 0.05

INTRO = """# Performance

How long Fullshelf's solver takes, beside general solvers on the same packages, on the same machine and in the same run. Written by one command, words and
all, from the records in [Benchmarks/peers/records](../Benchmarks/peers/records); the commands that made them stand below, and this is the short form:

    Benchmarks/peers/solvers --size S --size M

**What is solved.** Packages of `fullshelf generate` (seed {seed}). Every solver gets *one weighted objective*: all linear aims in one sum, a unit of lost
sales 1000 / 100 / 10 by tier, lateness a tenth and stock under the minimum a hundredth of that, a missed promise 1000, cost 1/100. In two
forms: the **natural** linear program, with rows for bands and demand, written from the contract in another language
([program.py](../Benchmarks/peers/program.py)), and our own **compact** arc form, exported as MPS. Fullshelf also plans the package for real: *all
ranks* in order with sharing, certified, tidied, rounded and checked, from files to files.

**What is asked.** A relative gap of 1e-4 from everybody, first-order methods: all residuals 1e-4; feasibility 1e-6 from the others.
An answer counts when all rows and bounds hold to 1e-4 (relative to the terms of the row) and its objective is within 1e-4 of the bound that Fullshelf proves.

**How it is timed.** The solver's own run: not reading, not building the model. The least of several runs for both sides alike. Each run is a process of its own;
memory is that process's peak. Peers may use two threads; most of their methods use one.
"""


def seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def memory(value: int | None) -> str:
    return "–" if value is None else f"{value / 1e6:,.0f} MB"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def best_peer(record: dict, form: str, measure: str = "wall") -> tuple[str, dict] | None:
    """The fastest solver whose answer is good on one form."""
    solvers = record["peers"].get(form, {}).get("solvers", {})
    good = [(one[measure], name) for name, one in solvers.items() if one.get("isGood")]
    return (min(good)[1], solvers[min(good)[1]]) if good else None


def our_best(record: dict) -> dict:
    """Our fastest solve of the weighted objective, by wall time."""
    return min((record["ours"][key] for key in ("weighted1", "weighted2")), key=lambda one: one["best"]["wallSeconds"])


def our_processor_time(record: dict) -> float:
    """Of our solve on one thread."""
    return record["ours"]["weighted1"]["best"]["cpuSeconds"]


def exponent(points: list[tuple[float, float]]) -> float | None:
    """Slope of log time against log size, by least squares."""
    if len(points) < 2:
        return None
    logs = [(math.log(size), math.log(time)) for size, time in points]
    mean_x, mean_y = (sum(column) / len(logs) for column in zip(*logs))
    spread = sum((x - mean_x) ** 2 for x, _ in logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread if spread > 0 else None


def verdict(reached: float, target: float, more_is_better: bool = True) -> str:
    return "reached" if (reached >= target if more_is_better else reached <= target) else "**missed**"


# ---------------------------------------------------------------------------------------------------------------------- tables


def peers_table(record: dict) -> str:
    rows = []
    for threads in (1, 2):
        one = record["ours"][f"weighted{threads}"]
        rows.append([
            f"**Fullshelf**, {threads} thread{'s' if threads > 1 else ''}", "compact", seconds(one["best"]["wallSeconds"]),
            seconds(one["best"]["cpuSeconds"]), str(one["iterations"]), memory(one["peakMemoryBytes"]), f"{one['gap']:.1e}",
            f"{one['residual']:.0e}", "proven" if one["isProven"] else "**not proven**",
        ])
    for form, name in [(form, name) for form in ("natural", "compact") for name in NAMES]:
        one = record["peers"].get(form, {}).get("solvers", {}).get(name)
        if one is None:
            continue
        if "unavailable" in one:
            rows.append([NAMES[name], form, "–", "–", "–", "–", "–", "–", "not available: " + one["unavailable"]])
            continue
        limit = one.get("addedWithLimit", record["limit"])
        if one["isGood"]:
            said = "good"
        elif one["wall"] >= 0.9 * limit:
            said = f"no good answer in {limit:.0f} s"
        else:
            said = f"not good ({one['status']})"
        if "addedWithLimit" in one:
            said += ", run after the others"
        has = "gap" in one
        rows.append([
            NAMES[name], form, seconds(one["wall"]), seconds(one["cpu"]), str(one["iterations"] or "–"), memory(one["memory"]),
            f"{one['gap']:.1e}" if has else "–", f"{one['violation']:.0e}" if has else "–", said,
        ])
    return table(["solver", "form", "wall", "processor", "iterations", "memory", "gap to the bound", "violation", "answer"], rows)


def targets_table(records: list[dict]) -> str:
    rows = []
    for record in records:
        size = record["size"]
        if size not in TARGETS or not record["peers"]:
            continue
        wall, cpu = our_best(record)["best"]["wallSeconds"], our_processor_time(record)
        for form, target in zip(("natural", "compact"), TARGETS[size]):
            fastest, cheapest = best_peer(record, form), best_peer(record, form, "cpu")
            if fastest is None or cheapest is None:
                rows.append([size, f"times faster than the best peer, {form} form", f"≥ {target}", "no peer gave a good answer", ""])
                continue
            times = cheapest[1]["cpu"] / cpu
            rows.append([
                size, f"times faster than the best peer, {form} form", f"≥ {target}",
                f"{times:.1f} against {NAMES[cheapest[0]]} (wall {fastest[1]['wall'] / wall:.1f})", verdict(times, target)])
        cheapest, fastest = best_peer(record, "natural", "cpu"), best_peer(record, "natural")
        if cheapest and fastest and "ranks1" in record["ours"]:
            share = record["ours"]["ranks1"]["elapsed"]["cpuSeconds"] / cheapest[1]["cpu"]
            by_wall = record["ours"]["ranks2"]["elapsed"]["wallSeconds"] / fastest[1]["wall"]
            target = TARGETS[size][2]
            rows.append([
                size, "all ranks, files to files: share of one peer solve (natural form)", f"≤ {target}",
                f"{share:.2f} (wall {by_wall:.2f})", verdict(share, target, more_is_better=False)])
    for record in records:
        for one in record["ours"].get("ranks1", {}).get("again", []):
            share, target = one["seconds"] / one["coldSeconds"], AGAIN.get(record["size"])
            rows.append([
                record["size"], f"planning again after `{one['change']}`: share of the cold time", f"≤ {target}" if target else "–",
                f"{share:.2f}: {one['iterations']} iterations, not {one['coldIterations']}",
                verdict(share, target, more_is_better=False) if target else ""])
    for record in records:
        one, two = record["ours"]["weighted1"], record["ours"]["weighted2"]
        if record["size"] in ("S", "XL"):
            continue
        times = one["best"]["wallSeconds"] / two["best"]["wallSeconds"]
        same = "same bytes" if record["ours"]["sameBytes"] else "**other bytes**"
        if "samePlan" in record["ours"]:
            same += ", same plan files" if record["ours"]["samePlan"] else ", **other plan files**"
        rows.append([record["size"], "two threads against one, weighted objective", f"≥ {THREADS}", f"{times:.2f}; {same}", verdict(times, THREADS)])
    for record in records:
        if record["size"] in MEMORY:
            used = max(one["peakMemoryBytes"] for one in record["ours"].values() if isinstance(one, dict))
            rows.append([
                record["size"], "peak memory, the largest of our runs", f"≤ {memory(MEMORY[record['size']])}", memory(used),
                verdict(used, MEMORY[record["size"]], more_is_better=False)])
    for record in records:
        if "tidyCells" not in record:
            continue
        mine = sum(record["tidyCells"])
        said = "{} make and {} move cells".format(*record["tidyCells"])
        natural = record["peers"].get("natural", {}).get("solvers", {})
        against = {f"{NAMES[name]}, weighted objective": natural[name]["cells"]
                   for name in NAMES if natural.get(name, {}).get("isGood") and "cells" in natural[name]}
        if "rankedSimplexCells" in record:
            against["HiGHS simplex, all ranks in order"] = record["rankedSimplexCells"]
        for name, cells in against.items():
            more = mine / sum(cells) - 1
            rows.append([
                record["size"], f"cells of the tidy plan against {name}", f"≤ +{100 * CELLS:.0f} %",
                f"{more:+.1%}: {said}; theirs {cells[0]} and {cells[1]}", verdict(more, CELLS, more_is_better=False)])
    larger = [record for record in records if record["size"] != "S"]
    for what, time in (
        ("weighted objective", lambda record: our_processor_time(record)),
        ("all ranks", lambda record: record["ours"]["ranks1"]["elapsed"]["cpuSeconds"] if "ranks1" in record["ours"] else None),
    ):
        points = [(record["ours"]["weighted1"]["pairsTimesBuckets"], time(record)) for record in larger]
        points = [(size, value) for size, value in points if value]
        slope = exponent(points)
        if slope is not None:
            names = " to ".join((larger[0]["size"], larger[len(points) - 1]["size"]))
            rows.append([names, f"growth of processor time with pairs × buckets, {what}: exponent", f"≤ {GROWTH}", f"{slope:.2f}", verdict(slope, GROWTH, False)])
    return table(["size", "figure", "target", "reached", ""], rows)


def sizes_table(records: list[dict]) -> str:
    rows = []
    for record in records:
        one = record["ours"]["weighted1"]
        natural = record["peers"].get("natural")
        rows.append([
            record["size"], f"{one['pairsTimesBuckets']:,}", f"{one['rows']:,}", f"{one['couplingRows']:,}", f"{one['columns']:,}", f"{one['entries']:,}",
            f"{natural['rows']:,} × {natural['columns']:,}" if natural else "–", str(one["iterations"]), f"{1e3 * one['sweepSeconds']:.2f} ms",
            f"{one['sweeps']:,.0f}",
        ])
    return table(
        ["size", "pairs × buckets", "rows", "coupling rows", "columns", "entries", "natural form", "iterations", "one sweep", "sweeps a solve"], rows)


def phases_table(records: list[dict]) -> str:
    keys = ("entries", "chains", "blocks", "coupling", "couplingFactor", "solves", "other")
    rows = []
    for record in records:
        phases = record["ours"]["weighted1"].get("phases")
        if phases:
            total = sum(phases[key] for key in keys)
            rows.append([record["size"], seconds(total), *(f"{phases[key] / total:.0%}" for key in keys)])
    return table(
        ["size", "in all", "entries of ÂΘÂᵀ", "chains", "product blocks", "gathering the coupling", "factorising it", "solves", "the rest"], rows)


def ranks_table(records: list[dict]) -> str:
    rows = []
    for record in records:
        for threads in (1, 2):
            one = record["ours"].get(f"ranks{threads}")
            if one:
                rows.append([
                    record["size"], str(threads), seconds(one["elapsed"]["wallSeconds"]), seconds(one["elapsed"]["cpuSeconds"]),
                    seconds(one["stepSeconds"]["allocate"]), seconds(one["stepSeconds"]["forecast"]), str(one["solves"]), str(one["iterations"]),
                    f"{one['largestGap']:.0e}", memory(one["peakMemoryBytes"]),
                ])
    return table(["size", "threads", "wall", "processor", "of it allocating", "forecasting", "solves", "iterations", "largest gap", "memory"], rows)


def machine_text(records: list[dict]) -> str:
    lines = []
    for record in records:
        machine, versions = record["machine"], record["versions"]
        peers = f"HiGHS {versions['highspy']}, OR-Tools {versions['ortools']}" + (f", Clp {versions['clp']}" if versions["clp"] else ", no Clp")
        lines.append(
            f"- **{record['size']}**: {record['date']}, {machine['cpu']}, {machine['cores']} cores, {machine['memory'] / 2**30:.0f} GiB, {machine['system']}; "
            f"BLAS {record['ours']['weighted1']['blas'] or 'unknown'}; {peers}; limit {record['limit']:.0f} s, best of {record['repeat']}; "
            + ("one thread a peer, two runs of one thread at a time; " if record.get("sideBySide") else "") +
            f"load {record['loadBefore']:.1f} before and {record['loadAfter']:.1f} after; " + ", then ".join(f"`{command}`" for command in record["commands"]))
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------------------------------------ page


def left_out(records: list[dict]) -> str:
    """What was not run, so that nothing missing is taken for reached."""
    said = ""
    unmeasured = [size for size in ("S", "M", "ML", "L", "XL") if size not in {record["size"] for record in records}]
    if unmeasured:
        said += f" Not measured at all: {', '.join(unmeasured)}."
    without_ranks = [record["size"] for record in records if "ranks1" not in record["ours"]]
    if without_ranks:
        said += f" All ranks were not run at {', '.join(without_ranks)}."
    return said


def peers_left_out(record: dict) -> str:
    missing = [
        f"{NAMES[name]} ({form})" for form in ("natural", "compact") for name in NAMES
        if name not in record["peers"].get(form, {}).get("solvers", {})
    ]
    return f"\nNot run here: {', '.join(missing)}.\n" if missing else ""


def page(records: list[dict]) -> str:
    busy = max(max(record["loadBefore"], record["loadAfter"]) for record in records) > records[0]["machine"]["cores"]
    parts = [INTRO.format(seed=records[0]["seed"]), "\n## Targets and what was reached\n\n", targets_table(records)]
    parts.append(
        "\nTimes and shares are of processor time, ours on one thread, against the peer that gave a good answer for the least; in brackets wall time, ours on two threads. "
        "Planning again is set against planning the changed package from nothing in the same process: allocating, checking and explaining, wall time on one thread.")
    without = [record["size"] for record in records if not record["peers"]]
    if without:
        parts.append(f" No peer was run at {', '.join(without)}, so nothing is claimed there.")
    parts.append(left_out(records))
    parts.append("\n\n![Processor time against size, both axes logarithmic](performance.svg)\n\n## Machine and date\n\n" + machine_text(records))
    if busy:
        parts.append(
            "\nThe machine was shared and busy: more work than cores. Wall times are too long on both sides, two threads gain less than they would on idle cores, and "
            "processor time is the steadier figure.\n")
    parts.append("\n## Sizes and sweeps\n\n" + sizes_table(records))
    parts.append(
        "\nA sweep is one A·x and one Aᵀ·y over the stored compact program on one thread: what a first-order method pays for one iteration. *Sweeps a solve* is the processor time of our "
        "solve on one thread in that unit.\n\n### Where the time goes\n\nOne solve of the weighted objective on one thread.\n\n" + phases_table(records))
    parts.append(
        "\n## All ranks, from files to files\n\nReading, forecasting, all ranks with sharing, tidying, rounding, the independent check, causes, report, writing. The largest gap is before "
        "rounding to cases and lots.\n\n" + ranks_table(records))
    for record in records:
        if record["peers"]:
            parts.append(f"\n## {record['size']}: every solver\n\n" + peers_table(record) + peers_left_out(record))
    return "".join(parts)


def plot(records: list[dict], path: str) -> None:
    import matplotlib

    matplotlib.use("svg")
    # The same figures give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "fullshelf"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5.2))
    size = {record["size"]: record["ours"]["weighted1"]["pairsTimesBuckets"] for record in records}

    def line(label: str, points: list[tuple[float, float]], **style) -> None:
        if points:
            axes.plot(*zip(*points), label=label, **style)

    line("Fullshelf, one objective, one thread", [(size[r["size"]], our_processor_time(r)) for r in records], color="black", marker="o")
    line("Fullshelf, all ranks, files to files", [
        (size[r["size"]], r["ours"]["ranks1"]["elapsed"]["cpuSeconds"]) for r in records if "ranks1" in r["ours"]
    ], color="dimgray", marker="s", linestyle=":")
    markers = dict(zip(NAMES, "v^<>DPX*h"))
    for form, style in (("natural", "-"), ("compact", "--")):
        for name in NAMES:
            points = [
                (size[r["size"]], r["peers"][form]["solvers"][name]["cpu"])
                for r in records if form in r["peers"] and r["peers"][form]["solvers"].get(name, {}).get("isGood")
            ]
            line(f"{NAMES[name]}, {form}", points, marker=markers[name], linestyle=style, linewidth=0.9, alpha=0.8)
    axes.set(xscale="log", yscale="log", xlabel="pairs × buckets", ylabel="seconds of processor time")
    axes.set_title("Good answers within the limit", fontsize=10)
    axes.set_xticks(list(size.values()), [f"{name}\n{count:,}" for name, count in size.items()], fontsize=8)
    axes.tick_params(axis="x", which="minor", labelbottom=False)
    for record in records:
        axes.axvline(size[record["size"]], color="lightgray", linewidth=0.6, zorder=0)
    axes.grid(True, which="major", linewidth=0.3)
    axes.legend(fontsize=6.5, loc="center left", bbox_to_anchor=(1.01, 0.5))
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    pyplot.close(figure)


def write(records: list[dict], folder: str) -> None:
    if not records:
        raise SystemExit("solvers: there are no records to write a page from")
    plot(records, os.path.join(folder, "performance.svg"))
    with open(os.path.join(folder, "performance.md"), "w", encoding="utf-8") as file:
        file.write(page(records))
