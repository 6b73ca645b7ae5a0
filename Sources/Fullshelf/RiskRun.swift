import DemandPlanning
import PlanData
import PlanExplaining
import PlanModel

extension Planner {
    /// How likely key accounts run dry under a plan, from demand paths of the forecast; and the stock that would bring them under a level.
    ///
    /// - Parameters:
    ///   - opened: The plan with its package. Its forecast is the plan folder's where that was made from these very files and holds the season's sums,
    ///     and is made again otherwise, with the same result.
    ///   - other: A plan of the same package to compare with, under the same paths.
    ///   - tier: Accounts up to this tier.
    ///   - level: Acceptable probability of a stock-out over the season, 0…1.
    ///   - paths: Number of paths, ≥ 1.
    ///   - seed: Of the draws; the same seed draws the same demand for every plan.
    /// - Throws: ``PlanningError``.
    public func risk(
        _ opened: OpenedPlan, against other: OpenedPlan? = nil, upToTier tier: Int = 1, level: Double = 0.05, paths: Int = 1000,
        seed: UInt64 = 1, progress: ProgressHandler? = nil
    ) throws(PlanningError) -> RiskReport {
        let stations = if let kept = keptForecast(opened) { kept } else { try forecast(opened.package, progress: progress) }
        progress?(ProgressStep("Running the plan against demand paths"))
        let drawn = DemandPaths(opened.package, forecast: stations.forecast, demand: stations.demand, count: max(1, paths), seed: seed)
        return RiskReport(opened.view, against: other?.view, paths: drawn, bands: stations.bands, upToTier: tier, level: level)
    }

    /// Forecast, demand and bands of a plan folder of the very package; nil where it does not hold all of them.
    private func keptForecast(_ opened: OpenedPlan) -> ForecastRun? {
        guard let totals = opened.files.forecastTotals, opened.files.inputHashes == opened.package.inputHashes,
            var stations = ForecastRun(opened.files, package: opened.package)
        else { return nil }
        stations.forecast.totals = totals
        return stations
    }

    /// Last season's plan against what happened since.
    ///
    /// - Parameters:
    ///   - folder: The plan folder of last season.
    ///   - package: The package it was made from; nil = the folder it lies in.
    ///   - actual: A later package whose sales, shipments and counted stock cover the season.
    /// - Throws: ``PlanningError``.
    public func review(planAt folder: String, packageAt package: String? = nil, actualAt actual: String, progress: ProgressHandler? = nil)
        throws(PlanningError) -> (review: SeasonReview, plan: OpenedPlan)
    {
        let opened = try openPlan(at: folder, packageAt: package, progress: progress)
        progress?(ProgressStep("Reading what happened"))
        let (later, _) = try usablePackage(at: actual, purpose: .forecast, progress: progress)
        return (SeasonReview(opened.view, actual: later), opened)
    }
}
