import ArgumentParser
import Fullshelf

/// `fullshelf risk OUT`
struct RiskCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "risk",
        abstract: "How likely each key account runs dry under this plan, and the stock that would make it safe.",
        discussion: """
            Examples:
              fullshelf risk my-season/out
              fullshelf risk my-season/out --level 0.02 --paths 5000
              fullshelf risk plans/a --package my-season --against plans/b

            Demand is drawn from the forecast's quantiles (weeks hang together as the season's sums say) and meets the deliveries of the plan as
            they stand. Two plans meet the same demand, so that their difference is theirs alone.
            """)

    @OptionGroup var location: PlanLocation

    @Option(help: "A second plan of the same package, under the same demand.", completion: .directory)
    var against: String?

    @Option(help: "Accounts up to this tier.")
    var tier = 1

    @Option(help: "Acceptable probability of a stock-out over the season, 0 to 1.")
    var level = 0.05

    @Option(help: "Number of demand paths.")
    var paths = 1000

    @Option(help: "Seed of the draws.")
    var seed: UInt64 = 1

    @Option(help: "Most accounts to list.")
    var rows = 10

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.packageFolder) }

    func validate() throws {
        if tier < 1 { throw ValidationError("--tier must be 1 or more; it was \(tier).") }
        if !(0...1).contains(level) { throw ValidationError("--level must be from 0 to 1; it was \(level).") }
        if !(1...100_000).contains(paths) { throw ValidationError("--paths must be 1 to 100000; it was \(paths).") }
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let planner = Planner.command()
        let (opened, report) = try withProgress(on: console) { progress in
            let opened = try planner.openPlan(at: location.plan, packageAt: location.package, progress: progress)
            let package = location.package ?? Planner.packageFolder(of: location.plan)
            let other = try against.map { try planner.openPlan(at: $0, packageAt: package, progress: progress) }
            return (
                opened,
                try planner.risk(opened, against: other, upToTier: tier, level: level, paths: paths, seed: seed, progress: progress)
            )
        }
        let language = location.language ?? opened.package.settings.language
        present(report, text: riskText(report, package: opened.package, language: language, rows: rows), notes: opened.notes, on: console)
        return .done
    }
}
