import Allocation
import DemandPlanning
import PlanData
import PlanExplaining
import PlanModel
import StockBands
import Tiering

/// A plan of a changed package beside the plan of the package as it is.
public struct WhatIfRun: Sendable {
    public var changes: [PlanChange]
    public var base: PlanView
    /// The plan of the changed package; ``PlanningRun/write(to:progress:)`` writes it.
    public var changed: PlanningRun
    public var comparison: PlanComparison
    /// What looked odd in the package.
    public var notes: [Finding]
}

extension Planner {
    /// Plans a package again with changes and says who wins, who loses, and what it costs.
    ///
    /// - Parameters:
    ///   - folder: The data package; it is not touched.
    ///   - changes: One change a text, such as `capacity line=L1 bucket=2027-06-07 hours=+20`.
    ///   - file: A TOML file of further changes; nil = none.
    ///   - basePlan: A plan folder of the unchanged package, which spares planning it again; it is used when it was made from the very same files.
    ///   - isWritten: Whether the changed plan is to be written or reported on: its forecast is then made again, for the models and notes that a plan folder
    ///     does not hold. False spares that where nothing changes the forecast itself; the plan is the same.
    /// - Throws: ``PlanningError/unusableChanges(_:)`` for a change that is wrong, with the nearest id there is; else as ``plan(packageAt:writingTo:progress:)``.
    public func whatIf(
        packageAt folder: String, changes: [String], changesAt file: String? = nil, basePlanAt basePlan: String? = nil,
        isWritten: Bool = true, progress: ProgressHandler? = nil
    ) throws(PlanningError) -> WhatIfRun {
        let (package, notes) = try usablePackage(at: folder, progress: progress)
        var readings = [readChanges(changes, package: package)]
        if let file { readings.append(readChanges(fileAt: file, package: package)) }
        let findings = readings.flatMap(\.findings)
        guard findings.isEmpty else { throw PlanningError.unusableChanges(findings) }
        let known = basePlan.map { knownPlan(at: $0, package: package) }
        let kept = isWritten ? nil : known?.plan.flatMap { ForecastRun($0.files, package: package) }
        let stations = if let kept { kept } else { try forecast(package, progress: progress) }
        let base: PlanView
        var basis: AllocationBasis?
        var reason: Finding?
        if let plan = known?.plan {
            base = PlanView(plan.files, package: package)
            basis = plan.basis
        } else {
            reason = known?.reason
            var planner = self
            planner.keepsBasis = true
            let run = try planner.plan(stations, progress: progress)
            base = view(of: run)
            basis = run.basis
        }
        var run = try whatIf(stations, changes: readings.flatMap(\.changes), base: base, from: basis, progress: progress)
        run.notes = notes + (reason.map { [$0] } ?? [])
        return run
    }

    /// The same for a package in memory, its forecast made, its plan, and what the solves of that plan left.
    public func whatIf(
        _ stations: ForecastRun, changes: [PlanChange], base: PlanView, from basis: AllocationBasis? = nil, progress: ProgressHandler? = nil
    ) throws(PlanningError) -> WhatIfRun {
        let changed = try plan(changedStations(stations, changes: changes, progress: progress), from: basis, progress: progress)
        return WhatIfRun(
            changes: changes, base: base, changed: changed, comparison: PlanComparison(base, view(of: changed)), notes: stations.notes)
    }

    /// Forecast, demand, bands and tiers with changes put in; the forecast is made again only where they ask for it.
    func changedStations(_ stations: ForecastRun, changes: [PlanChange], progress: ProgressHandler?) throws(PlanningError) -> ForecastRun {
        var changed = ChangedPackage(stations.package, changes: changes)
        var forecast = stations.forecast
        if changed.needsForecast {
            progress?(ProgressStep("Forecasting"))
            forecast = DemandPlanning.forecast(for: changed.package, threads: threads, progress: progress)
        }
        changed.changeDemand(&forecast)
        let demand = plannedDemand(for: changed.package, forecast: forecast)
        return ForecastRun(
            package: changed.package, segmentation: Tiering.segmentation(of: changed.package), forecast: forecast, demand: demand,
            bands: stockBands(for: changed.package, demand: demand), notes: stations.notes, timings: stations.timings)
    }

    func view(of run: PlanningRun) -> PlanView { PlanView(run.result, package: run.package, keyFigures: run.keyFigures) }
}
