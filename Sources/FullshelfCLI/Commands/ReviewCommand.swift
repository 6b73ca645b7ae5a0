import ArgumentParser
import Fullshelf

/// `fullshelf review OUT LATER`
struct ReviewCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Last season's plan against what happened: the gap split by cause, adding up to the whole.",
        discussion: """
            Examples:
              fullshelf review my-season/out my-season-autumn
              fullshelf review plans/spring my-season-autumn --package my-season --rows 30

            The later package's sales, shipments and account_stock tell what happened. The units lost are split into what the plan chose to lose,
            forecast error, late or missing supply, and execution.
            """)

    @OptionGroup var location: PlanLocation

    @Argument(help: "A later data package whose history covers the season.", completion: .directory)
    var later: String

    @Option(help: "Most accounts to list.")
    var rows = 10

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.packageFolder) }

    func validate() throws {
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let (review, plan) = try withProgress(on: console) {
            try Planner.command().review(planAt: location.plan, packageAt: location.package, actualAt: later, progress: $0)
        }
        let language = location.language ?? plan.package.settings.language
        present(review, text: reviewText(review, package: plan.package, language: language, rows: rows), notes: plan.notes, on: console)
        return .done
    }
}
