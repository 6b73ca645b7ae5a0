import Fullshelf
import PlanStore

/// The long work of the desk. Each plan goes into the history as one transaction before anything else is touched.
extension Desk {
    /// Plans the package as it is, keeps the plan, and puts it in FOLDER/out.
    ///
    /// - Returns: Its number.
    func makePlan(author: String, note: String, language: ReportLanguage, job: Job) throws -> Int64 {
        var planner = workspace.planner
        planner.language = language
        planner.isCancelled = { job.isCancelled }
        planner.keepsBasis = true
        var run = try planner.plan(packageAt: folder, progress: job.progress)
        let id = try keep(&run, origin: .plan, author: author, note: note, job: job)
        shelf.keep(run.basis, ofPlan: id)
        try store.restorePlan(id, to: Planner.defaultOutput(forPackageAt: folder))
        return id
    }

    /// Plans the package with changes and keeps that plan beside one of the package as it is, which is made first where there is none.
    ///
    /// - Returns: The numbers of both.
    func makeWhatIf(changes: [String], author: String, note: String, language: ReportLanguage, job: Job) throws -> (
        before: Int64, after: Int64
    ) {
        guard let package = workspace.read().package else { throw PlanningError.unusableInput(workspace.read().findings) }
        let base =
            try shelf.upToDate(package.inputHashes)?.id ?? makePlan(author: author, note: "", language: language, job: job)
        if job.isCancelled { throw PlanningError.cancelled }
        var planner = workspace.planner
        planner.language = language
        planner.isCancelled = { job.isCancelled }
        let view = try shelf.plan(base, current: package).view
        let stations = try planner.forecastToPlan(packageAt: folder, progress: job.progress)
        let reading = readChanges(changes, package: stations.package)
        guard reading.findings.isEmpty else { throw PlanningError.unusableChanges(reading.findings) }
        var changed = try planner.whatIf(
            stations, changes: reading.changes, base: view, from: shelf.basis(ofPlan: base), progress: job.progress
        ).changed
        return (base, try keep(&changed, origin: .whatIf(changes), author: author, note: note, job: job))
    }

    private func keep(_ run: inout PlanningRun, origin: PlanOrigin, author: String, note: String, job: Job) throws -> Int64 {
        if job.isCancelled { throw PlanningError.cancelled }
        return try withTemporaryFolder { work in
            try run.write(to: work + "/plan", progress: job.progress)
            return try store.record(run, planAt: work + "/plan", origin: origin, author: author, note: note)
        }
    }
}
