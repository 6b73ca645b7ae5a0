import ArgumentParser
import Fullshelf

/// `fullshelf plan FOLDER`
struct PlanCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Everything: forecast, bands, allocation, causes of shortages, report.",
        discussion: """
            Examples:
              fullshelf plan my-season
              fullshelf plan my-season --out plans/spring --language zh
              fullshelf plan my-season --format json | jq .certificate
              fullshelf plan my-season --keep plans/last-week --keep-buckets 2

            The plan folder is replaced as a whole when everything has gone well, and left as it was otherwise. A plan with shortages is done:
            exit code 0. report.html in it is one self-contained page. With --keep the first weeks keep what an earlier plan decided, and the
            price of that, against planning freely, is told.
            """)

    @Argument(help: "The data package.", completion: .directory)
    var folder: String

    @Option(help: "The plan folder. Default: FOLDER/out.", completion: .directory)
    var out: String?

    @Option(help: "Processor cores to use. Default: all. The plan does not depend on it.")
    var threads: Int?

    @Option(help: "Language of report and summary: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @Option(help: "Keep what this earlier plan decided for the near buckets.", completion: .directory)
    var keep: String?

    @Option(help: "Number of near buckets to keep.")
    var keepBuckets = 2

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if keepBuckets < 1 { throw ValidationError("--keep-buckets must be 1 or more; it was \(keepBuckets).") }
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let destination = out ?? folder + "/out"
        var planner = Planner(language: language)
        if let threads { planner.threads = threads }
        let logger = output.logger
        let (run, kept) = try withProgress(on: console) { progress -> (PlanningRun, KeptPlan?) in
            guard let keep else { return (try planner.plan(packageAt: folder, writingTo: destination, progress: progress), nil) }
            return try planner.plan(packageAt: folder, keeping: keep, buckets: keepBuckets, writingTo: destination, progress: progress)
        }
        for timing in run.timings { logger.debug("\(timing.step.rawValue): \(timing.seconds) s") }
        if output.format == .json {
            console.printJSON(try PlanOutput(run, kept: kept, folder: destination))
        } else if !output.quiet {
            for note in run.notes { console.printError(note, style: console.errorStyle) }
            console.print(run.summary)
            if let kept { console.print(keptPlanText(kept, package: run.package, language: run.language)) }
            console.print("\(run.language == .chinese ? "报告" : "Report"): \(destination)/report.html")
        }
        return .done
    }
}

private struct PlanOutput: Encodable {
    struct RankOutput: Encodable {
        var rank: String
        var tier: Int?
        var value: Double
        var bound: Double
        var gap: Double
    }

    struct CertificateOutput: Encodable {
        var ranks: [RankOutput]
        var maxViolation: Double
    }

    var folder: String
    var certificate: CertificateOutput
    /// kpis.json.
    var keyFigures: JSONValue
    var shortages: Int
    var seconds: [String: Double]
    var findings: [FindingOutput]
    /// nil without --keep.
    var kept: KeptPlan?

    init(_ run: PlanningRun, kept: KeptPlan?, folder: String) throws {
        self.folder = folder
        let proof = run.result.allocation.certificate
        certificate = CertificateOutput(
            ranks: proof.ranks.map {
                RankOutput(rank: $0.rank.aim.rawValue, tier: $0.rank.tier, value: $0.value, bound: $0.bound, gap: $0.gap)
            },
            maxViolation: proof.feasibility.maxViolation)
        keyFigures = try JSONValue(text: run.keyFigures.json)
        shortages = run.result.shortages.count
        seconds = Dictionary(run.timings.map { ($0.step.rawValue, $0.seconds) }, uniquingKeysWith: +)
        findings = run.notes.map(FindingOutput.init)
        self.kept = kept
    }
}
