import DemandPlanning
import PlanData
import PlanModel
import StockBands
import Tiering

/// Forecasts, planned demand and stock bands, without an allocation.
public struct ForecastRun: Sendable {
    public var package: DataPackage
    public var segmentation: Segmentation
    public var forecast: Forecast
    public var demand: PlannedDemand
    public var bands: StockBandTable
    public var notes: [Finding]
    public var timings: [StepTiming]
}

/// Tiers and concentration, and what looked odd on the way.
public struct SegmentRun: Sendable {
    public var package: DataPackage
    public var segmentation: Segmentation
    public var notes: [Finding]
}

extension Planner {
    /// Tiers of a package folder; accounts, products and sales are enough.
    ///
    /// - Throws: ``PlanningError/unusableInput(_:)``.
    public func segment(packageAt folder: String, progress: ProgressHandler? = nil) throws(PlanningError) -> SegmentRun {
        let (package, notes) = try usablePackage(at: folder, purpose: .forecast, progress: progress)
        return SegmentRun(package: package, segmentation: segmentation(of: package), notes: notes)
    }

    /// Forecasts and bands of a package folder; accounts, products and sales are enough.
    ///
    /// - Throws: ``PlanningError/unusableInput(_:)``.
    public func forecast(packageAt folder: String, progress: ProgressHandler? = nil) throws(PlanningError) -> ForecastRun {
        var clock = StepClock()
        let (package, notes) = try clock.measure(.read) { () throws(PlanningError) in
            try usablePackage(at: folder, purpose: .forecast, progress: progress)
        }
        var run = try forecast(package, clock: &clock, progress: progress)
        run.notes = notes
        return run
    }

    /// Forecasts and bands of a package folder that has all that a plan needs, to plan from with ``plan(_:progress:)``.
    ///
    /// - Throws: ``PlanningError/unusableInput(_:)``.
    public func forecastToPlan(packageAt folder: String, progress: ProgressHandler? = nil) throws(PlanningError) -> ForecastRun {
        let (package, notes) = try usablePackage(at: folder, progress: progress)
        var run = try forecast(package, progress: progress)
        run.notes = notes
        return run
    }

    /// Forecasts and bands of a package in memory.
    public func forecast(_ package: DataPackage, progress: ProgressHandler? = nil) throws(PlanningError) -> ForecastRun {
        var clock = StepClock()
        return try forecast(package, clock: &clock, progress: progress)
    }

    func forecast(_ package: DataPackage, clock: inout StepClock, progress: ProgressHandler?) throws(PlanningError) -> ForecastRun {
        progress?(ProgressStep("Ranking the accounts"))
        let segmentation = clock.measure(.segment) { Tiering.segmentation(of: package) }
        progress?(ProgressStep("Forecasting"))
        let forecast = clock.measure(.forecast) { DemandPlanning.forecast(for: package, threads: threads, progress: progress) }
        let demand = clock.measure(.demand) { plannedDemand(for: package, forecast: forecast) }
        let bands = clock.measure(.bands) { stockBands(for: package, demand: demand) }
        return ForecastRun(
            package: package, segmentation: segmentation, forecast: forecast, demand: demand, bands: bands, notes: [],
            timings: clock.timings)
    }
}

extension ForecastRun {
    /// Writes segments.csv, forecast.csv, demand.csv and bands.csv; the folder is replaced as a whole.
    ///
    /// - Throws: ``PlanningError/notWritten(folder:reason:)``; what stood at `folder` before is then untouched.
    public func write(to folder: String) throws(PlanningError) {
        do {
            try OutputGate.lock.withLock {
                try writeForecastFolder(
                    segmentation: segmentation, forecast: forecast, demand: demand, bands: bands, package: package, to: folder)
            }
        } catch {
            throw PlanningError.notWritten(folder: folder, reason: Bilingual(error))
        }
    }
}
