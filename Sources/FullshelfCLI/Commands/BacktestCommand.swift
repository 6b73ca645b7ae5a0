import ArgumentParser
import Foundation
import Fullshelf

/// `fullshelf backtest FOLDER`
struct BacktestCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "How far to trust the forecast: made again at earlier origins, and what each step added.",
        discussion: """
            Examples:
              fullshelf backtest my-season
              fullshelf backtest my-season --origins 6 --horizon 13 --out trust.html
              fullshelf backtest my-season --format json | jq .authors

            At each origin the forecast is made from nothing but what was known there, and compared with what was sold: WAPE, bias, MASE,
            pinball loss and coverage, by tier, key account, family and buckets ahead. overrides.csv rows of past buckets are judged by author:
            last year's figure → forecast → override. accounts.csv, products.csv and sales.csv are enough.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Option(help: "How many origins.")
    var origins = 4

    @Option(help: "How many buckets ahead. Default: the plan's horizon, at most a quarter of the history.")
    var horizon: Int?

    @Option(help: "Buckets between origins. Default: the horizon divided by the origins.")
    var step: Int?

    @Option(help: "Also write a page with plots to this file.", completion: .file(extensions: ["html"]))
    var out: String?

    @Option(help: "Processor cores to use. Default: all. The result does not depend on it.")
    var threads: Int?

    @Option(help: "Language of text and page: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
        // More would take hours and tell nothing new.
        guard (1...60).contains(origins) else { throw ValidationError("--origins must be from 1 to 60; it was \(origins).") }
        if let horizon, !(1...520).contains(horizon) { throw ValidationError("--horizon must be from 1 to 520; it was \(horizon).") }
        if let step, step < 1 { throw ValidationError("--step must be 1 or more; it was \(step).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        var planner = Planner.command(language: language)
        if let threads { planner.threads = threads }
        let found = try withProgress(on: console) {
            try planner.backtest(packageAt: folder, origins: origins, count: horizon, step: step, progress: $0)
        }
        guard let run = found else {
            throw CommandFailure(
                status: .badInput, message: "\(folder) has too little history to look back: 8 buckets before an origin are the least.",
                advice: "Add older rows to sales.csv, or ask for fewer buckets with --horizon and --step.")
        }
        if let out {
            do {
                try Data(run.html.utf8).write(to: URL(fileURLWithPath: out), options: .atomic)
            } catch {
                throw CommandFailure(
                    status: .badUsage, message: "\(out) could not be written: \(reason(of: error)).",
                    advice: "Name a file in a folder that exists.")
            }
        }
        if output.format == .json {
            console.printJSON(BacktestOutput(run, page: out))
            return .done
        }
        if !output.quiet {
            for note in run.notes { console.printError(note, style: console.errorStyle) }
        }
        console.print(run.summary)
        if let out { say("Page: \(out)", on: console) }
        return .done
    }
}

private struct BacktestOutput: Encodable {
    struct Errors: Encodable {
        var cells: Double
        var sold: Double
        var wape: Double?
        var bias: Double?
        var mase: Double?
        var pinball: Double?
        var coverage: Double?

        init(_ sums: ErrorSums) {
            cells = sums.count
            sold = sums.actual
            wape = sums.wape
            bias = sums.bias
            mase = sums.mase
            pinball = sums.relativePinball
            coverage = sums.coverage
        }
    }

    struct Group: Encodable {
        var by: String
        var name: String
        var naive: Errors
        var model: Errors
        var final: Errors

        init(by: String, name: String, _ errors: StepErrors) {
            self.by = by
            self.name = name
            naive = Errors(errors.naive)
            model = Errors(errors.model)
            final = Errors(errors.final)
        }
    }

    struct Author: Encodable {
        var author: String
        var overrides: Double
        var naiveWape: Double?
        var modelWape: Double?
        var finalWape: Double?
        /// Points of WAPE gained; below 0 = the overrides hurt.
        var gain: Double?
        var helps: Bool
    }

    var origins: [String]
    var horizon: Int
    var groups: [Group]
    var authors: [Author]
    var page: String?
    var findings: [FindingOutput]

    init(_ run: BacktestRun, page: String?) {
        origins = run.report.origins.map { run.package.horizon.firstDay(of: $0).description }
        horizon = run.report.horizon
        groups = run.report.groups.map { Group(by: $0.dimension.rawValue, name: $0.name, $0.errors) }
        authors = run.report.authors.map {
            Author(
                author: $0.author, overrides: $0.errors.final.count, naiveWape: $0.errors.naive.wape, modelWape: $0.errors.model.wape,
                finalWape: $0.errors.final.wape, gain: $0.gain, helps: ($0.gain ?? 0) > 0)
        }
        self.page = page
        findings = run.notes.map(FindingOutput.init)
    }
}
