import ArgumentParser
import Foundation
import Fullshelf

/// `fullshelf what-if FOLDER --set '…'`
struct WhatIfCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if",
        abstract: "Plans again with changes: who wins, who loses, what it costs, what becomes free or scarce.",
        discussion: """
            Examples:
              fullshelf what-if my-season --set 'capacity line=L1 bucket=2027-06-07 hours=+20'
              fullshelf what-if my-season --set 'demand account=A07 quantity=+10%' --set 'lead_time lane=PL-A07 buckets=2'
              fullshelf what-if my-season --set 'promise account=A09 share=0.95 from=2027-06-07 to=2027-07-04'
              fullshelf what-if my-season --changes summer.toml --out plans/what-if

            Kinds of change and their fields (buckets: bucket=DATE, or from=DATE to=DATE, or none for all):
              demand      [account=] [product=] [buckets] quantity=
              capacity    line= hours= | line= overtime= | lane= capacity= | pool= capacity= | site= storage=, [buckets]
              lead_time   lane= buckets=
              price       product= [account=] [from=] price=
              promise     [guarantee=] account= | group= | tier=, [product=] [from= to=] quantity= | share=; or guarantee= withdraw=yes
              tier        account= tier=
              event       event= from= to= lift= [account=] [product=]
              stock       site= | account=, product= quantity=
              material    site= material= bucket= quantity=
            An amount is +20 or -20 (added), +10% or x1.5 (multiplied), or 300 (put in its place).

            A TOML file holds [[change]] tables with kind = "capacity" and the same fields. The package itself is never touched.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Option(name: .customLong("set"), help: "A change; give the option once for each.")
    var changes: [String] = []

    @Option(name: .customLong("changes"), help: "A TOML file of changes.", completion: .file())
    var changesFile: String?

    @Option(
        help: "A plan of the unchanged package, which spares planning it again where it is up to date. Default: FOLDER/out.",
        completion: .directory)
    var base: String?

    @Option(help: "Writes the plan of the changed package there.", completion: .directory)
    var out: String?

    @Option(help: "Most accounts, resources and moves to list.")
    var rows = 10

    @Option(help: "Processor cores to use. Default: all. The plan does not depend on it.")
    var threads: Int?

    @Option(help: "Language of the text: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        if changes.isEmpty && changesFile == nil {
            throw ValidationError("Say what changes: --set 'capacity line=L1 hours=+20' or --changes FILE.")
        }
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let planner = Planner.command(threads: threads, language: language)
        var run = try withProgress(on: console) {
            try planner.whatIf(
                packageAt: folder, changes: changes, changesAt: changesFile,
                basePlanAt: base ?? Planner.defaultOutput(forPackageAt: folder), isWritten: out != nil, progress: $0)
        }
        if let out { try run.changed.write(to: out) }
        let language = run.changed.language
        present(
            WhatIfOutput(changes: run.changes.map(\.text), comparison: run.comparison),
            text: run.changes.map { "\(language == .chinese ? "如果" : "What if"): \($0.text)\n" }.joined()
                + comparisonText(run.comparison, package: run.changed.package, language: language, rows: rows, tellsInputs: false),
            notes: run.notes,
            on: console)
        return .done
    }
}

private struct WhatIfOutput: Encodable {
    var changes: [String]
    var comparison: PlanComparison
}
