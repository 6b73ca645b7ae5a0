import Fullshelf

/// What if the first line had ten hours more a week?
func whatIf(_ planner: Planner, _ stations: ForecastRun, _ run: PlanningRun) throws {
    guard let line = run.package.lines.first else { return }
    let reading = readChanges(["capacity line=\(line.id) hours=+10"], package: run.package)
    for finding in reading.findings { print(finding) }
    let base = PlanView(run.result, package: run.package, keyFigures: run.keyFigures)
    let changed = try planner.whatIf(stations, changes: reading.changes, base: base)
    for tier in changed.comparison.tiers { print("tier", tier.tier, "wins", tier.gain, "units") }
}
