"""Helpers of the tests: packages from texts, and plan folders from a solution of our own."""

from __future__ import annotations

import csv
import json
import os

import numpy as np

from inputs import own_demand, own_inputs
from package import INFINITY, read_package
from plan_files import rank_values, read_plan
from program import AllocationProgram, Rank
from ranked import Optimum, RankedSolver, solve_in_order


def write_package(folder, toml: str, tables: dict[str, str]) -> str:
    """Writes plan.toml and the given CSV texts into `folder`; returns its path."""
    os.makedirs(folder, exist_ok=True)
    for name, text in {"plan.toml": toml, **{f"{table}.csv": text for table, text in tables.items()}}.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return str(folder)


def plan_with_highs(folder: str, out: str) -> dict[Rank, Optimum]:
    """Solves a package with the reference and writes the last rank's point as a plan folder with its certificate."""
    package = read_package(folder)
    program = AllocationProgram(package, own_inputs(package))
    results = solve_in_order(RankedSolver(program))
    failures = [result for result in results.values() if isinstance(result, Exception)]
    if failures:
        raise failures[0]
    write_plan(program, results, out)
    return results


def write_plan(program: AllocationProgram, results: dict[Rank, Optimum], out: str) -> None:
    package, inputs = program.package, program.inputs
    x = list(results.values())[-1].x
    T = package.horizon.count
    day = [package.horizon.first_day(t).isoformat() for t in range(T)]
    os.makedirs(out, exist_ok=True)

    def write(name: str, columns: str, rows: list[list[object]]) -> None:
        with open(os.path.join(out, name + ".csv"), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns.split(","))
            writer.writerows([["" if v == INFINITY else (repr(float(v)) if isinstance(v, (float, np.floating)) else v) for v in row] for row in rows])

    def total(columns: dict, *prefix: object, t: int) -> float:
        return sum(x[columns[key]] for c in program.classes[prefix[-1]] if (key := (*prefix, c, t)) in columns)

    made = [[day[t], l, p, x[j], x[j] / package.lines[l].products[p].rate] for (l, p, t), j in program.make.items() if x[j] > 0]
    write("production", "bucket,line,product,quantity,hours", made)
    hours: dict[tuple[str, str], float] = {}
    for d, l, _, _, h in made:
        hours[d, l] = hours.get((d, l), 0.0) + h
    write("lines", "bucket,line,hours,hours_used,overtime_used", [
        [day[t], line.id, line.hours[t], hours.get((day[t], line.id), 0.0), max(0.0, hours.get((day[t], line.id), 0.0) - line.hours[t])]
        for t in range(T) for line in package.lines.values()
    ])
    moved: dict[tuple[str, str, int], float] = {}
    for (e, p, _, t), j in program.move.items():
        moved[e, p, t] = moved.get((e, p, t), 0.0) + x[j]
    write("movements", "bucket,lane,product,quantity,arrives", [
        [day[t], e, p, q, day[t + package.lanes[e].lead_time]] for (e, p, t), q in moved.items() if q > 0])
    write("site_stock", "bucket,site,product,quantity", [
        [day[t], i, p, q] for i in package.sites for p in package.products for t in range(T) if (q := total(program.stock, i, p, t=t)) > 0])
    cells = []
    for a, p in inputs.pairs:
        for t in range(T):
            stock = total(program.stock, a, p, t=t)
            backlog = x[program.backlog[a, p, t]] if (a, p, t) in program.backlog else 0.0
            cells.append([
                day[t], a, p, inputs.demand[a, p][t], total(program.serve, a, p, t=t), x[program.lost[a, p, t]], backlog, stock,
                max(0.0, inputs.minimum[a, p][t] - stock), max(0.0, stock - inputs.maximum[a, p][t]),
            ])
    write("account_plan", "bucket,account,product,demand,served,lost,backlog,stock,under,over", cells)
    write("expired", "bucket,location,product,quantity", [[day[t], i, p, x[j]] for (i, p, t), j in program.expired.items() if x[j] > 0])
    write("demand", "bucket,account,product,forecast,ordered,quantity", [
        [day[t], a, p, v["forecast"][t], v["ordered"][t], v["quantity"][t]] for (a, p), v in own_demand(package).items() for t in range(T)])
    write("bands", "bucket,account,product,min,target,max", [
        [day[t], a, p, inputs.minimum[a, p][t], inputs.target[a, p][t], inputs.maximum[a, p][t]] for a, p in inputs.pairs for t in range(T)])
    write("segments", "account,value,share,cumulative_share,tier,reason", [[a, 0, 0, 0, tier, "given"] for a, tier in inputs.tier.items()])
    ranks = []
    values = rank_values(package, inputs, read_plan(package, out), program.ranks)
    for rank, result in results.items():
        value = values[rank]
        scale = program.scale(rank, value)
        ranks.append({"rank": rank[0], "tier": rank[1], "value": value, "bound": min(result.lower, value), "gap": (value - min(result.lower, value)) / scale if scale else 0.0})
    with open(os.path.join(out, "certificate.json"), "w", encoding="utf-8") as file:
        json.dump({"ranks": ranks, "feasibility": {"max_violation": 0, "constraint": ""}, "inputs": {}, "version": "reference"}, file)
