import Foundation
import PlanData
import PlanExplaining
import PlanModel
import Reporting

/// A plan folder that has been read back, with the package it belongs to.
public struct OpenedPlan: Sendable {
    public var view: PlanView
    public var files: PlanFiles
    /// What looked odd, and files that changed since the plan was made.
    public var notes: [Finding]

    public var package: DataPackage { view.package }
}

extension Planner {
    /// Reads a plan folder back with its package.
    ///
    /// - Parameters:
    ///   - folder: The plan folder.
    ///   - package: The data package; nil = the folder that the plan folder lies in, where `plan` puts it by default.
    /// - Throws: ``PlanningError/unusableInput(_:)`` when the package cannot be read, ``PlanningError/unusablePlan(_:)`` when the plan cannot.
    public func openPlan(at folder: String, packageAt package: String? = nil, progress: ProgressHandler? = nil) throws(PlanningError)
        -> OpenedPlan
    {
        progress?(ProgressStep("Reading the package"))
        let (data, notes) = try usablePackage(at: package ?? Planner.packageFolder(of: folder), progress: progress)
        progress?(ProgressStep("Reading the plan"))
        let reading = readPlan(at: folder, package: data)
        guard let files = reading.files else { throw PlanningError.unusablePlan(reading.findings) }
        return OpenedPlan(
            view: PlanView(files, package: data), files: files,
            notes: notes + reading.findings + changedFiles(files.inputHashes, package: data))
    }

    /// Compares two plan folders; their packages need not be there any more.
    ///
    /// - Parameter nearBuckets: Buckets whose stability is measured, ≥ 1.
    /// - Throws: ``PlanningError/unusablePlan(_:)``.
    public func compare(planAt before: String, with after: String, nearBuckets: Int = 4) throws(PlanningError) -> (
        comparison: PlanComparison, package: DataPackage
    ) {
        var views: [PlanView] = []
        for folder in [before, after] {
            let (package, reading) = readPlanAlone(at: folder)
            guard let files = reading.files else { throw PlanningError.unusablePlan(reading.findings) }
            views.append(PlanView(files, package: package))
        }
        return (PlanComparison(views[0], views[1], nearBuckets: nearBuckets), views[1].package)
    }

    /// `my-season` for `my-season/out`; `season.xlsx` for `season-out` where that file is there.
    public static func packageFolder(of planFolder: String) -> String {
        let trimmed = planFolder.hasSuffix("/") ? String(planFolder.dropLast()) : planFolder
        if trimmed.hasSuffix("-out"), FileManager.default.fileExists(atPath: trimmed.dropLast(4) + ".xlsx") {
            return trimmed.dropLast(4) + ".xlsx"
        }
        let parent = URL(fileURLWithPath: planFolder).standardizedFileURL.deletingLastPathComponent().path
        // Shown in messages: a path as the user writes them, where it can be.
        let here = FileManager.default.currentDirectoryPath
        return parent == here ? "." : parent.hasPrefix(here + "/") ? String(parent.dropFirst(here.count + 1)) : parent
    }
}

extension PlanView {
    /// What a plan folder's files say.
    package init(_ files: PlanFiles, package: DataPackage) {
        var values: [Double]?
        var costs: CostSplit?
        if let figures = files.keyFigures {
            values = package.accounts.map { figures["accounts.\($0.id).lost_value"] ?? 0 }
            var split = CostSplit()
            split.making = figures["cost.making"] ?? 0
            split.overtime = figures["cost.overtime"] ?? 0
            split.transport = figures["cost.transport"] ?? 0
            split.holding = figures["cost.holding"] ?? 0
            split.overStock = figures["cost.over_stock"] ?? 0
            split.overTarget = figures["cost.over_target"] ?? 0
            costs = split
        }
        self.init(
            package: package, plan: files.plan, segmentation: files.segmentation, resources: files.resources ?? [],
            shortages: files.shortages ?? [], inputHashes: files.inputHashes, lostValues: values, costs: costs)
    }
}
