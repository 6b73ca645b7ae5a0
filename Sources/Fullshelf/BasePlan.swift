import Allocation
import DemandPlanning
import Foundation
import PlanData
import PlanExplaining
import PlanModel
import StockBands
import Tiering

/// A package with its finished plan: what questions about a plan start from. Read from a plan folder it spares planning, and forecasting, again.
public struct BasePlan: Sendable {
    /// Forecast, demand, bands and tiers. Of a plan folder the forecast has no notes and no sums over the season.
    public var stations: ForecastRun
    public var view: PlanView
    /// Units served of each promise.
    public var guaranteeServed: [Double]
    /// What the plan's solves left, if it is known.
    public var basis: AllocationBasis?
    public var language: ReportLanguage

    public var package: DataPackage { stations.package }
    /// What looked odd in the package, and why a plan folder was not used.
    public var notes: [Finding] { stations.notes }

    /// A plan made just now.
    public init(_ run: PlanningRun) {
        stations = ForecastRun(
            package: run.package, segmentation: run.result.segmentation, forecast: run.result.forecast, demand: run.result.demand,
            bands: run.result.bands, notes: run.notes, timings: [])
        view = PlanView(run.result, package: run.package, keyFigures: run.keyFigures)
        guaranteeServed = run.result.allocation.guaranteeServed
        basis = run.basis
        language = run.language
    }

    /// A plan folder of the very package; nil where the folder does not hold its forecast.
    init?(_ files: PlanFiles, package: DataPackage, basis: AllocationBasis?, language: ReportLanguage) {
        guard let stations = ForecastRun(files, package: package) else { return nil }
        self.stations = stations
        view = PlanView(files, package: package)
        guaranteeServed = unitsServed(package, plan: files.plan, segmentation: stations.segmentation)
        self.basis = basis
        self.language = language
    }

    /// Each account's lost amount over the horizon in the plan's measure, what is still owed at the end included.
    var lostAmounts: [Double] {
        let unit = package.products.indices.map { package.unitMeasure(package.settings.plan.measure, of: $0) }
        var lost = [Double](repeating: 0, count: package.accounts.count)
        for row in view.plan.accountPlan {
            lost[row.account] += unit[row.product] * (row.lost + (row.bucket == package.horizon.count - 1 ? row.backlog : 0))
        }
        return lost
    }
}

extension ForecastRun {
    /// What a plan folder of the very package was planned from: its forecast without notes, models and the season's sums, and what follows from it; nil
    /// where the folder does not hold its forecast.
    init?(_ files: PlanFiles, package: DataPackage) {
        guard var rows = files.forecast else { return nil }
        rows.sort { ($0.account, $0.product, $0.bucket) < ($1.account, $1.product, $1.bucket) }
        let forecast = Forecast(rows: rows)
        let demand = plannedDemand(for: package, forecast: forecast)
        self.init(
            package: package, segmentation: Tiering.segmentation(of: package), forecast: forecast, demand: demand,
            bands: stockBands(for: package, demand: demand), notes: [], timings: [])
    }
}

extension Planner {
    /// A package's plan: the one in a plan folder where it was made from these very files, and otherwise a new one, with a note that says why.
    ///
    /// - Parameters:
    ///   - folder: The data package.
    ///   - plan: The plan folder; nil = where `plan` puts it by default.
    /// - Throws: ``PlanningError``.
    public func basePlan(packageAt folder: String, planAt plan: String? = nil, progress: ProgressHandler? = nil) throws(PlanningError)
        -> BasePlan
    {
        let (package, notes) = try usablePackage(at: folder, progress: progress)
        let place = plan ?? Planner.defaultOutput(forPackageAt: folder)
        progress?(ProgressStep("Reading the plan"))
        let (known, reason) = knownPlan(at: place, package: package)
        if let known,
            var base = BasePlan(
                known.files, package: package, basis: known.basis, language: language ?? package.settings.language)
        {
            base.stations.notes = notes
            return base
        }
        var planner = self
        planner.keepsBasis = true
        var stations = try forecast(package, progress: progress)
        stations.notes = notes + [reason]
        return BasePlan(try planner.plan(stations, progress: progress))
    }

    /// The plan in a folder and what its solves left, when it was made from these very files; else nil. Beside it why the folder is of no use.
    func knownPlan(at folder: String, package: DataPackage) -> (plan: (files: PlanFiles, basis: AllocationBasis?)?, reason: Finding) {
        let advice = Bilingual(
            "The package is planned first, which takes longer; `fullshelf plan` keeps the plan for the next question.",
            "须先制订计划，耗时较长；用 fullshelf plan 保存计划，下次即可直接使用。")
        func reason(_ message: Bilingual) -> Finding { Finding(severity: .note, file: folder, message: message, advice: advice) }
        guard FileManager.default.fileExists(atPath: folder + "/certificate.json") else {
            return (nil, reason(Bilingual("there is no plan of the package here", "此处没有该数据包的计划")))
        }
        guard let files = readPlan(at: folder, package: package).files else {
            return (nil, reason(Bilingual("the plan here cannot be read with the package", "此处的计划无法与该数据包一同读取")))
        }
        guard files.inputHashes == package.inputHashes else {
            return (nil, reason(Bilingual("the plan here was made from other files than the package's", "此处的计划不是由该数据包现有的文件制订的")))
        }
        let basis = FileManager.default.contents(atPath: folder + "/" + basisFileName).flatMap { AllocationBasis(bytes: Array($0)) }
        return ((files, basis), reason(Bilingual("the plan here has no forecast", "此处的计划没有预测")))
    }
}
