import ArgumentParser
import Fullshelf

/// `fullshelf compare OUT1 OUT2`
struct CompareCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "What differs between two plans, and who wins and loses.",
        discussion: """
            Examples:
              fullshelf compare plans/monday plans/thursday
              fullshelf compare plans/monday plans/thursday --near 2 --rows 30
              fullshelf compare plans/monday plans/thursday --format json | jq .accounts

            Plans are laid side by side by ids and dates; the packages they were made from need not be there any more. Gains and losses are
            units of lost sales (and their money where both plans tell it). Stability looks at the first buckets both have.
            """)

    @Argument(help: "The earlier plan folder.", completion: .directory)
    var before: String

    @Argument(help: "The later plan folder.", completion: .directory)
    var after: String

    @Option(help: "Number of near buckets whose stability is measured.")
    var near = 4

    @Option(help: "Most accounts, resources and moves to list.")
    var rows = 10

    @Option(help: "Language of the text: en or zh.")
    var language: ReportLanguage = .english

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if near < 1 { throw ValidationError("--near must be 1 or more; it was \(near).") }
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let (comparison, package) = try Planner.command().compare(planAt: before, with: after, nearBuckets: near)
        present(comparison, text: comparisonText(comparison, package: package, language: language, rows: rows), on: console)
        return .done
    }
}
