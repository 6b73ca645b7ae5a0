import PlanCheck
import PlanData
import PlanModel
import Reporting

/// The steps of a planning run, in order.
public enum PlanningStep: String, Sendable, CaseIterable {
    case read, segment, forecast, demand, bands, allocate, check, explain, report, write
}

/// Seconds a step took.
public struct StepTiming: Hashable, Sendable {
    public var step: PlanningStep
    public var seconds: Double

    public init(step: PlanningStep, seconds: Double) {
        self.step = step
        self.seconds = seconds
    }
}

/// A finished plan with everything that belongs to it; nothing has been written yet.
public struct PlanningRun: Sendable {
    public var package: DataPackage
    public var result: PlanResult
    /// What the independent checker found; it found nothing, or there would be no run.
    public var check: CheckReport
    public var keyFigures: KeyFigures
    /// What looked odd in the package.
    public var notes: [Finding]
    /// The language of report and summary.
    public var language: ReportLanguage
    /// In the order of the steps; steps that did not run are missing.
    public var timings: [StepTiming]
    /// What the solves left, for planning the package again with a few changes; only where ``Planner/keepsBasis`` asks for it.
    public internal(set) var basis: AllocationBasis?

    /// One self-contained page.
    public var reportHTML: String { Reporting.reportHTML(package, result: result, keyFigures: keyFigures, language: language) }

    /// The rows of the four department reports.
    public var departmentFigures: DepartmentFigures { Reporting.departmentFigures(package, result: result) }

    /// The four department reports, a table and a page each, by file name.
    var departmentReports: [(name: String, contents: String)] {
        let figures = departmentFigures
        let inputs = inputsDigest(package.inputHashes)
        let pages = Department.allCases.map { department in
            (
                name: "\(department.fileStem).html",
                contents: departmentPage(
                    department, package: package, result: result, keyFigures: keyFigures, figures: figures, inputs: inputs,
                    language: language)
            )
        }
        return departmentFiles(figures, package: package) + pages
    }

    /// Some twenty lines for a terminal.
    public var summary: String { planSummary(package, result: result, keyFigures: keyFigures, language: language) }

    /// The same for a terminal: with colours and the season as sparklines.
    public func summary(on look: TerminalLook) -> String {
        planSummary(package, result: result, keyFigures: keyFigures, language: language, look: look)
    }

    /// timings.json: the seconds of each step and their sum.
    public var timingsJSON: String { Fullshelf.timingsJSON(timings) }
}

func timingsJSON(_ timings: [StepTiming]) -> String {
    // Milliseconds are the finest a reader of timings can use.
    func rounded(_ seconds: Double) -> String { "\((seconds * 1000).rounded() / 1000)" }
    var lines = timings.map { "  \"\($0.step.rawValue)\": \(rounded($0.seconds))" }
    lines.append("  \"total\": \(rounded(timings.reduce(0) { $0 + $1.seconds }))")
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
}

/// Measures steps as they run.
struct StepClock {
    private(set) var timings: [StepTiming]

    init(_ timings: [StepTiming] = []) { self.timings = timings }

    mutating func measure<Result, Failure: Error>(_ step: PlanningStep, _ work: () throws(Failure) -> Result) throws(Failure) -> Result {
        let start = ContinuousClock.now
        let result = try work()
        timings.append(StepTiming(step: step, seconds: start.duration(to: .now) / .seconds(1)))
        return result
    }
}
