import Foundation
import Fullshelf

/// What planning a stored plan again gave.
public struct Reproduction: Sendable, Encodable {
    public var plan: Int64
    /// Version of Fullshelf that made it, and this one.
    public var versionThen: String
    public var versionNow: String
    /// Files of the plan folder that were compared; timings.json, which differs between any two runs, is not.
    public var compared: Int
    /// Files whose bytes differ, and those only one of them has.
    public var differing: [String]

    public var agrees: Bool { differing.isEmpty }
}

extension PlanStore {
    /// Plans again from the stored inputs and compares the plan folders byte for byte.
    ///
    /// - Parameter planner: Its language is set to that of the plan.
    /// - Throws: ``StoreError``; ``StoreError/planning(_:)`` where planning fails now.
    public func reproduce(_ id: Int64, with planner: Planner, progress: ProgressHandler? = nil) throws(StoreError) -> Reproduction {
        let stored = try plan(id)
        let work = PlanStore.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: work) }
        try restoreInputs(ofPlan: id, to: work + "/package")
        var planner = planner
        planner.language = ReportLanguage(rawValue: stored.language)
        do throws(PlanningError) {
            let (package, output) = (work + "/package", work + "/plan")
            switch stored.kind {
            case "keeping":
                let earlier = work + "/earlier"
                do throws(StoreError) { try restoreKept(ofPlan: id, to: earlier) } catch {
                    throw PlanningError.internalFailure(step: .read, reason: error.wording)
                }
                _ = try planner.plan(
                    packageAt: package, keeping: earlier, buckets: stored.keptBuckets ?? 1, writingTo: output, progress: progress)
            case "what-if":
                var run = try planner.whatIf(packageAt: package, changes: stored.changes, progress: progress)
                try run.changed.write(to: output, progress: progress)
            default:
                _ = try planner.plan(packageAt: package, writingTo: output, progress: progress)
            }
        } catch {
            throw .planning(error)
        }
        let now = folderFiles(at: work + "/plan")
        let then = Dictionary(try files(.plan, ofPlan: id).map { ($0.name, Data($0.contents)) }, uniquingKeysWith: { first, _ in first })
        let names = Set(now.keys).union(then.keys).subtracting(["timings.json"])
        return Reproduction(
            plan: id, versionThen: stored.version, versionNow: fullshelfVersion, compared: names.count,
            differing: names.filter { now[$0] != then[$0] }.sorted())
    }

    private func restoreKept(ofPlan id: Int64, to folder: String) throws(StoreError) {
        do { try replaceFolder(folder, with: try files(.kept, ofPlan: id)) } catch let error as PlanFolderError {
            throw StoreError(error)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .packageFile(reason: Bilingual(error))
        }
    }

    /// Compares two stored plans.
    ///
    /// - Throws: ``StoreError``.
    public func compare(_ before: Int64, with after: Int64, nearBuckets: Int = 4) throws(StoreError) -> (
        comparison: PlanComparison, package: DataPackage
    ) {
        let work = PlanStore.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: work) }
        try restorePlan(before, to: work + "/before")
        try restorePlan(after, to: work + "/after")
        do throws(PlanningError) {
            return try Planner().compare(planAt: work + "/before", with: work + "/after", nearBuckets: nearBuckets)
        } catch {
            throw .planning(error)
        }
    }
}
