import ArgumentParser
import Fullshelf
import PlanStore
import Workbooks

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
              fullshelf plan my-season --time-limit 60
              fullshelf plan season.xlsx --xlsx season-plan.xlsx

            The plan folder is replaced as a whole when everything has gone well, and left as it was otherwise. A plan with shortages is done:
            exit code 0. report.html in it is one self-contained page. With --keep the first weeks keep what an earlier plan decided, and the
            price of that, against planning freely, is told. With --xlsx the plan is also written as one Excel workbook, a sheet a table.
            --time-limit counts from when forecasts and bands are done. The first plan that keeps every limit is awaited even so; ranks not
            reached by then have the gap the certificate states, and which of equal plans is taken then depends on the machine.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Option(help: "The plan folder. Default: FOLDER/out, or season-out for the workbook season.xlsx.", completion: .directory)
    var out: String?

    @Option(help: "Processor cores to use. Default: all. The plan does not depend on it.")
    var threads: Int?

    @Option(help: "Language of report and summary: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @Option(help: "Keep what this earlier plan decided for the near buckets.", completion: .directory)
    var keep: String?

    @Option(help: "Number of near buckets to keep.")
    var keepBuckets = 2

    @Option(
        help: ArgumentHelp(
            "Seconds for seeking the best allocation; then the best plan known is taken, with the gap proven by then. Default: no limit.",
            valueName: "seconds"))
    var timeLimit: Double?

    @OptionGroup var history: HistoryOptions

    @Option(help: "Also write the plan as this Excel workbook.", completion: .file(extensions: ["xlsx"]))
    var xlsx: String?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        if keepBuckets < 1 { throw ValidationError("--keep-buckets must be 1 or more; it was \(keepBuckets).") }
        if let timeLimit, !(timeLimit >= 0 && timeLimit.isFinite) {
            throw ValidationError("--time-limit must be a number of seconds, 0 or more; it was \(timeLimit).")
        }
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let destination = out ?? Planner.defaultOutput(forPackageAt: folder)
        var planner = Planner.command(language: language)
        if let threads { planner.threads = threads }
        planner.keepsBasis = true
        planner.timeLimit = timeLimit.map { .seconds($0) }
        let logger = output.logger
        // Read before planning: the plan may be written in the earlier one's place.
        let origin = keep.map { PlanOrigin.keeping(files: folderFiles(at: $0), buckets: keepBuckets) } ?? .plan
        let (run, kept) = try withProgress(on: console) { progress -> (PlanningRun, KeptPlan?) in
            guard let keep else { return (try planner.plan(packageAt: folder, writingTo: destination, progress: progress), nil) }
            return try planner.plan(packageAt: folder, keeping: keep, buckets: keepBuckets, writingTo: destination, progress: progress)
        }
        let number = keepInHistory(run, packageAt: folder, planAt: destination, origin: origin, options: history, on: console)
        if let xlsx {
            try withProgress(on: console) { progress in
                progress?(ProgressStep("Writing \(xlsx)"))
                do {
                    try writeWorkbook { () throws(WorkbookError) in
                        try writePlanWorkbook(ofPlanAt: destination, language: run.language, to: xlsx)
                    }
                } catch var failure as CommandFailure {
                    failure.remedy = failure.remedy + Bilingual(" The plan itself is in \(destination).", "计划本身已写入 \(destination)。")
                    throw failure
                }
            }
        }
        for timing in run.timings { logger.debug("\(timing.step.rawValue): \(timing.seconds) s") }
        if output.format == .json {
            console.printJSON(try PlanOutput(run, kept: kept, folder: destination, number: number))
        } else if !output.quiet {
            for note in run.notes { console.printError(note, style: console.errorStyle) }
            let isColoured = console.outputStyle.isColoured
            // A pipe gets plain text, unless colours are asked for.
            let look = console.width != nil || isColoured ? TerminalLook(width: console.width ?? 80, isColoured: isColoured) : nil
            console.print(look.map(run.summary(on:)) ?? run.summary)
            if let kept { console.print(keptPlanText(kept, package: run.package, language: run.language)) }
            console.print("\(run.language == .chinese ? "报告" : "Report"): \(destination)/report.html")
            if let xlsx { console.print("\(run.language == .chinese ? "工作簿" : "Workbook"): \(xlsx)") }
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
    /// Number in the history; nil where the plan was not kept there.
    var number: Int64?

    init(_ run: PlanningRun, kept: KeptPlan?, folder: String, number: Int64?) throws {
        self.folder = folder
        self.number = number
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
