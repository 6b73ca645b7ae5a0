import DemandPlanning
import Foundation
import PlanData
import PlanModel
import Reporting
import Tiering

/// A finished backtest; nothing has been written.
public struct BacktestRun: Sendable {
    public var package: DataPackage
    public var segmentation: Segmentation
    public var report: BacktestReport
    /// What looked odd in the package.
    public var notes: [Finding]
    public var language: ReportLanguage

    private var keyAccounts: [Int] { package.accounts.indices.filter { segmentation.tierOfAccount[$0] == 1 } }

    /// Tables for a terminal.
    public var summary: String { backtestSummary(report, package: package, keyAccounts: keyAccounts, language: language) }

    /// One self-contained page with plots.
    public var html: String { backtestHTML(report, package: package, keyAccounts: keyAccounts, language: language) }
}

extension Planner {
    /// Rolling-origin accuracy of a package folder: accounts, products and sales are enough.
    ///
    /// - Parameters: See ``backtest(of:tiers:origins:count:step:threads:progress:)``.
    /// - Returns: nil where the history is too short for a single origin.
    /// - Throws: ``PlanningError/unusableInput(_:)``.
    public func backtest(
        packageAt folder: String, origins: Int = 4, count: Int? = nil, step: Int? = nil, progress: ProgressHandler? = nil
    ) throws(PlanningError) -> BacktestRun? {
        let (package, notes) = try usablePackage(at: folder, purpose: .forecast, progress: progress)
        let segmentation = Tiering.segmentation(of: package)
        let report = DemandPlanning.backtest(
            of: package, tiers: segmentation.tierOfAccount, origins: origins, count: count, step: step, threads: threads, progress: progress
        )
        return report.map {
            BacktestRun(
                package: package, segmentation: segmentation, report: $0, notes: notes, language: language ?? package.settings.language)
        }
    }
}
