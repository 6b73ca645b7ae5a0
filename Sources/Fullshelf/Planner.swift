import Allocation
import DemandPlanning
import Foundation
import PlanCheck
import PlanData
import PlanModel
import Reporting
import StockBands
import Tiering

/// From a data package to a certified plan in one call.
///
///     let run = try Planner().plan(packageAt: "my-season", writingTo: "my-season/out")
///     print(run.summary)
///
/// The steps are: read, segment, forecast, demand, bands, allocate, check, explain, report, write. Every plan goes through the independent
/// checker (``checkPlan(_:package:demand:bands:segmentation:)``) before anything is written; a plan that fails there is never written.
public struct Planner: Sendable {
    /// Workers that forecasting and allocation may use, ≥ 1. The plan does not depend on it.
    public var threads: Int
    /// Language of report and summary; nil = as plan.toml says.
    public var language: ReportLanguage?
    /// Where a package may also be one workbook; nil = folders only. `FullshelfWorkbooks` has Excel's, `WorkbookFormat.excel`.
    public var workbooks: WorkbookFormat?
    /// Asked now and then while the plan is made; true ends the run with ``PlanningError/cancelled``.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Time for seeking the best allocation, from its start; then the best plan known is taken, with the bounds proven by then
    /// (``Certificate/isCutShort``). A plan that keeps every limit is sought however long it takes. nil = no limit.
    public var timeLimit: Duration?
    /// Whether runs keep what their solves left (``PlanningRun/basis``), from where changed packages are planned again in less time. Takes some 90 bytes a
    /// column of the program (size M: 16 MB).
    public var keepsBasis = false
    /// Called after each solve with its size and effort, which do not depend on the machine (for benchmarks).
    public var onSolveStatistics: (@Sendable (SolveStatistics) -> Void)?

    /// - Parameter threads: nil = as many as there are processor cores.
    public init(threads: Int? = nil, language: ReportLanguage? = nil, workbooks: WorkbookFormat? = nil) {
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
        self.language = language
        self.workbooks = workbooks
    }

    /// Reads and checks a data package: a folder of CSV tables or, where ``workbooks`` says so, one workbook.
    public func readPackage(at path: String, purpose: PackagePurpose = .plan, progress: ProgressHandler? = nil) -> PackageReading {
        guard let workbooks, workbooks.isWorkbook(path) else { return PlanData.readPackage(at: path, purpose: purpose, progress: progress) }
        do throws(WorkbookProblem) {
            progress?(ProgressStep("opening \(path)"))
            return PlanData.readPackage(from: try workbooks.open(path), purpose: purpose, progress: progress)
        } catch {
            return PackageReading(
                package: nil,
                findings: [
                    Finding(severity: .error, file: path, sheet: error.sheet, line: error.row, message: error.problem, advice: error.remedy)
                ])
        }
    }

    /// Where the plan of a package goes by default: `my-season/out` for the folder `my-season`, `season-out` for the workbook `season.xlsx`.
    public static func defaultOutput(forPackageAt path: String) -> String {
        path.lowercased().hasSuffix(".xlsx") ? String(path.dropLast(5)) + "-out" : path + "/out"
    }

    /// Plans a package folder and, where `output` names one, writes the plan folder.
    ///
    /// - Parameters:
    ///   - folder: The data package.
    ///   - output: The plan folder, replaced as a whole when everything has gone well and left as it was otherwise; nil = write nothing.
    ///   - progress: Called from the calling thread while work goes on.
    /// - Throws: ``PlanningError``.
    public func plan(packageAt folder: String, writingTo output: String? = nil, progress: ProgressHandler? = nil) throws(PlanningError)
        -> PlanningRun
    {
        var clock = StepClock()
        let (package, notes) = try clock.measure(.read) { () throws(PlanningError) in try usablePackage(at: folder, progress: progress) }
        var run = try plan(package, notes: notes, clock: clock, progress: progress)
        if let output { try run.write(to: output, progress: progress) }
        return run
    }

    /// Plans a package that is already in memory.
    ///
    /// - Precondition: Entities and rows are sorted and refer to each other as ``DataPackage`` says; ``readPackage(at:purpose:progress:)`` makes
    ///   such packages, a program that builds its own must keep to it.
    /// - Throws: ``PlanningError``.
    public func plan(_ package: DataPackage, progress: ProgressHandler? = nil) throws(PlanningError) -> PlanningRun {
        try plan(package, notes: [], clock: StepClock(), progress: progress)
    }

    /// Plans what has been forecast already.
    ///
    /// - Parameter basis: What a plan of the same package left before a few figures changed; where rows or columns have changed too (a lead time, a tier)
    ///   the plan is made as if there were none. The plan is as good either way; among equally good ones it may be another.
    /// - Throws: ``PlanningError``.
    public func plan(_ stations: ForecastRun, from basis: AllocationBasis? = nil, progress: ProgressHandler? = nil) throws(PlanningError)
        -> PlanningRun
    {
        try plan(stations, clock: StepClock(stations.timings), basis: basis, progress: progress)
    }

    /// What a plan from a basis serves, loses and costs, to be compared with another: checked like every plan, but why it loses is left out.
    func figures(_ stations: ForecastRun, from basis: AllocationBasis?, progress: ProgressHandler? = nil) throws(PlanningError)
        -> PlanningRun
    {
        try plan(stations, clock: StepClock(), basis: basis, tellsWhy: false, progress: progress)
    }

    private func plan(_ package: DataPackage, notes: [Finding], clock start: StepClock, progress: ProgressHandler?) throws(PlanningError)
        -> PlanningRun
    {
        var clock = start
        var stations = try forecast(package, clock: &clock, progress: progress)
        stations.notes = notes
        return try plan(stations, clock: clock, progress: progress)
    }

    private func plan(
        _ stations: ForecastRun, clock start: StepClock, basis: AllocationBasis? = nil, tellsWhy: Bool = true, progress: ProgressHandler?
    ) throws(PlanningError) -> PlanningRun {
        var clock = start
        var left: AllocationBasis?
        let package = stations.package
        if isCancelled?() == true { throw PlanningError.cancelled }
        var options = AllocationOptions(threads: threads, progress: progress)
        options.isCancelled = isCancelled
        options.onSolveStatistics = onSolveStatistics
        options.basis = basis
        if let timeLimit {
            let end = ContinuousClock.now + timeLimit
            options.isOutOfTime = { ContinuousClock.now >= end }
        }
        options.findsLossPrices = tellsWhy
        if keepsBasis { options.onBasis = { left = $0 } }
        var allocation = try clock.measure(.allocate) { () throws(PlanningError) in
            do {
                return try allocate(
                    package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation, options: options)
            } catch AllocationError.noPlanExists(let broken) {
                throw PlanningError.contradictoryInput(contradictingRows(stations) + broken)
            } catch {
                throw PlanningError(error)
            }
        }
        progress?(ProgressStep("Checking the plan"))
        let check = clock.measure(.check) {
            checkPlan(
                allocation.plan, package: package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation)
        }
        guard check.isClean else { throw PlanningError.planFailsCheck(check.violations) }
        allocation.certificate.feasibility = check.feasibility

        var (shortages, pegging): ([ShortageRow], [PeggingRow]) = ([], [])
        if tellsWhy {
            progress?(ProgressStep("Finding the causes of shortages"))
            (shortages, pegging) = clock.measure(.explain) {
                (
                    shortageCauses(
                        package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation, allocation: allocation
                    ),
                    Reporting.pegging(package, plan: allocation.plan)
                )
            }
        }
        let result = PlanResult(
            segmentation: stations.segmentation, forecast: stations.forecast, demand: stations.demand, bands: stations.bands,
            allocation: allocation, shortages: shortages, pegging: pegging)
        let figures = clock.measure(.report) { keyFigures(package, result: result) }
        var run = PlanningRun(
            package: package, result: result, check: check, keyFigures: figures, notes: stations.notes,
            language: language ?? package.settings.language,
            timings: clock.timings)
        run.basis = left
        return run
    }
}

/// The file of a plan folder that holds ``PlanningRun/basis``.
public let basisFileName = "basis.bin"

extension PlanningRun {
    /// Writes the plan folder: into a temporary folder beside it first, which then takes its place as a whole.
    ///
    /// - Throws: ``PlanningError/notWritten(folder:reason:)``; what stood at `folder` before is then untouched.
    public mutating func write(to folder: String, progress: ProgressHandler? = nil) throws(PlanningError) {
        progress?(ProgressStep("Writing the report"))
        var clock = StepClock()
        let (page, departments) = clock.measure(.report) { (reportHTML, departmentReports) }
        let reporting = clock.timings[0].seconds
        if let index = timings.firstIndex(where: { $0.step == .report }) {
            timings[index].seconds += reporting
        } else {
            timings.append(StepTiming(step: .report, seconds: reporting))
        }
        progress?(ProgressStep("Writing \(folder)"))
        // timings.json is written with the others, so it cannot hold the time of writing itself.
        let files =
            [
                (name: "kpis.json", contents: keyFigures.json), (name: "report.html", contents: page),
                (name: "timings.json", contents: timingsJSON),
            ] + departments
        try clock.measure(.write) { () throws(PlanningError) in
            do {
                let basisFile = basis.map { [(name: basisFileName, contents: $0.bytes)] } ?? []
                try OutputGate.lock.withLock {
                    try writePlanFolder(result, package: package, extraFiles: files, binaryFiles: basisFile, to: folder)
                }
            } catch {
                throw PlanningError.notWritten(folder: folder, reason: Bilingual(error))
            }
        }
        timings.append(clock.timings[1])
    }
}

extension Planner {
    /// The smallest set of frozen rows that contradict each other, or what else is fixed, each with its file and line.
    private func contradictingRows(_ stations: ForecastRun) -> [Bilingual] {
        let package = stations.package
        // What cannot be told apart leaves the broken limits, which are named anyway.
        let rows =
            (try? contradictingDecisions(
                package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation,
                options: AllocationOptions(threads: threads))) ?? []
        return rows.map { row in
            let place = row.source.map { "\($0.file):\($0.line): " } ?? ""
            let product = package.products[row.product].id
            let day = package.horizon.firstDay(of: row.bucket)
            let doing =
                row.kind == .make
                ? Bilingual(
                    "making \(row.quantity) of \(product) on line \(package.lines[row.resource].id)",
                    "产线 \(package.lines[row.resource].id) 生产 \(row.quantity) 件 \(product)")
                : Bilingual(
                    "moving \(row.quantity) of \(product) on lane \(package.lanes[row.resource].id)",
                    "线路 \(package.lanes[row.resource].id) 运输 \(row.quantity) 件 \(product)")
            return Bilingual(
                "\(place)\(doing.english) in the bucket of \(day) cannot hold\(rows.count > 1 ? " together with the other rows named" : "")",
                "\(place)\(doing.chinese)（\(day) 起的一期）\(rows.count > 1 ? "与所列其他各行不能同时成立" : "无法成立")")
        }
    }

    /// Reads a package; throws its findings when any of them is an error, and otherwise hands on what is only odd.
    func usablePackage(at folder: String, purpose: PackagePurpose = .plan, progress: ProgressHandler?) throws(PlanningError) -> (
        DataPackage, [Finding]
    ) {
        let reading = readPackage(at: folder, purpose: purpose, progress: progress)
        guard let package = reading.package else { throw PlanningError.unusableInput(reading.findings) }
        return (package, reading.findings)
    }
}
