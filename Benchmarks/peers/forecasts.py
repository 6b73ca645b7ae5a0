"""Our forecaster and statsforecast on the same series in one run: accuracy and time.

    Benchmarks/peers/forecasts [--data DIR] [--set NAME ...] [--series N] [--fullshelf BINARY]

Sets: m3-monthly, m3-quarterly, m4-weekly; a file that is absent is skipped by name. statsforecast runs with one job, each method by itself; ours with one
thread, reading and writing included. sMAPE as in M3; MASE by the seasonal naive error (M4 weekly: the naive one of the whole history).
"""
import argparse
import csv
import gzip
import itertools
import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SETS = {
    "m3-monthly": ("m3-monthly-odd.csv", "period", 12, 18, 12, None),
    "m3-quarterly": ("m3-quarterly-odd.csv", "period", 4, 8, 4, None),
    "m4-weekly": ("m4-weekly-odd.csv.gz", "week", 52, 13, 1, 520),
}


def read(path, label, most):
    opener = gzip.open if path.endswith(".gz") else open
    train, test, full = {}, {}, {}
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["part"] == "train":
                train.setdefault(row["series"], []).append((row[label], float(row["value"])))
            else:
                test.setdefault(row["series"], []).append(float(row["value"]))
    for name, rows in train.items():
        full[name] = np.array([value for _, value in rows])
        train[name] = rows[-most:] if most else rows
    return train, {name: np.array(values) for name, values in test.items()}, full


def score(forecasts, test, full, lag):
    smape, mase = [], []
    for name, actual in test.items():
        forecast = np.maximum(np.asarray(forecasts[name], dtype=float), 0)
        smape.append(np.mean(200 * np.abs(actual - forecast) / (np.abs(actual) + np.abs(forecast))))
        mase.append(np.mean(np.abs(actual - forecast)) / np.mean(np.abs(full[name][lag:] - full[name][:-lag])))
    return np.mean(smape), np.mean(mase)


def ours(binary, train, season, horizon):
    with tempfile.TemporaryDirectory() as folder:
        source, result = os.path.join(folder, "in.csv"), os.path.join(folder, "out.csv")
        with open(source, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("unique_id", "ds", "y"))
            writer.writerows((name, label, value) for name, rows in train.items() for label, value in rows)
        started = time.perf_counter()
        subprocess.run(
            [binary, "forecast", "--series", source, "--season", str(season), "--horizon", str(horizon), "--threads", "1", "--out", result, "--quiet"],
            check=True)
        seconds = time.perf_counter() - started
        forecasts = {}
        with open(result, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                forecasts.setdefault(row["unique_id"], []).append(float(row["mean"]))
    return forecasts, seconds


def theirs(train, season, horizon):
    from statsforecast import StatsForecast
    from statsforecast.models import AutoCES, AutoETS, DynamicOptimizedTheta, SeasonalNaive

    # A step of time is all the methods use of the dates.
    frame = pd.DataFrame(
        [(name, step, value) for name, rows in train.items() for step, (_, value) in enumerate(rows)], columns=["unique_id", "ds", "y"])
    state = season if season <= 24 else 1
    for model in (
        SeasonalNaive(season_length=season), AutoETS(season_length=state), DynamicOptimizedTheta(season_length=season), AutoCES(season_length=state),
    ):
        engine = StatsForecast(models=[model], freq=1, n_jobs=1)
        # Compiled on a few series first, so that compiling is not counted.
        engine.forecast(df=frame[frame.unique_id.isin(list(train)[:2])], h=horizon)
        started = time.perf_counter()
        table = engine.forecast(df=frame, h=horizon)
        seconds = time.perf_counter() - started
        column = [name for name in table.columns if name not in ("unique_id", "ds")][0]
        yield column, {name: group[column].to_numpy() for name, group in table.groupby("unique_id")}, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.path.join(os.path.dirname(ROOT), "shared", "data"))
    parser.add_argument("--set", nargs="+", choices=sorted(SETS), default=sorted(SETS))
    parser.add_argument("--series", type=int, help="only the first N series of each set")
    parser.add_argument("--fullshelf", default=os.path.join(ROOT, ".build", "release", "fullshelf"))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    for name in arguments.set:
        file, label, season, horizon, lag, most = SETS[name]
        path = os.path.join(arguments.data, file)
        if not os.path.exists(path):
            print(f"{name}: skipped, {file} is not in the data folder\n")
            continue
        train, test, full = read(path, label, most)
        if arguments.series:
            train = dict(list(train.items())[:arguments.series])
            test = {key: test[key] for key in train}
        print(f"### {name}, {len(train)} series, h = {horizon}\n\n| method | sMAPE | MASE | ms a series |\n|---|---|---|---|", flush=True)
        own = ("Fullshelf", *ours(arguments.fullshelf, train, season, horizon))
        for method, forecasts, seconds in itertools.chain([own], theirs(train, season, horizon)):
            smape, mase = score(forecasts, test, full, lag)
            print(f"| {method} | {smape:.2f} | {mase:.3f} | {1000 * seconds / len(train):.1f} |", flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
