import ArgumentParser
import Fullshelf

/// `fullshelf deadline OUT`
struct DeadlineCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadline",
        abstract: "Latest safe starts: by when making and shipping must begin for each key account and product, and what delay costs.",
        discussion: """
            Examples:
              fullshelf deadline my-season/out
              fullshelf deadline my-season/out --account A07 --tier 2 --delays 5
              fullshelf deadline plans/spring --package my-season --format json | jq '.deadlines[0]'

            Everybody else's goods keep their way and their room. A start in a week means that what is served from then on is made (or sent to
            the account) in that week or later.
            """)

    @OptionGroup var location: PlanLocation

    @Option(help: "Accounts up to this tier.")
    var tier = 1

    @Option(help: "Only this account, whatever its tier.")
    var account: String?

    @Option(help: "Number of later starts whose loss is told.")
    var delays = 3

    @Option(help: "Most actions to list of each kind.")
    var rows = 15

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.packageFolder) }

    func validate() throws {
        if tier < 1 { throw ValidationError("--tier must be 1 or more; it was \(tier).") }
        if !(0...1000).contains(delays) { throw ValidationError("--delays must be 0 to 1000; it was \(delays).") }
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let planner = Planner.command()
        let (opened, report) = try withProgress(on: console) { progress in
            let opened = try planner.openPlan(at: location.plan, packageAt: location.package, progress: progress)
            let one = try account.map(opened.package.position(ofAccount:))
            return (opened, try planner.deadlines(opened.view, upToTier: tier, account: one, delays: delays, progress: progress))
        }
        let language = location.language ?? opened.package.settings.language
        present(
            report, text: deadlineText(report, package: opened.package, language: language, rows: rows), notes: opened.notes, on: console)
        return .done
    }
}
