import ArgumentParser
import Fullshelf

/// `fullshelf relief FOLDER`
struct ReliefCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "relief",
        abstract: "The least extra hours, transport, material or stock that makes an account, a tier or everybody whole.",
        discussion: """
            Examples:
              fullshelf relief my-season --all
              fullshelf relief my-season --account A07 --only hours --only lane
              fullshelf relief my-season --tier 1 --by cost --price hours=480 --price material=0.3

            Takes the plan in FOLDER/out where it is up to date, or plans the package first, then solves for the least addition with which the
            target loses nothing and nobody else is served less than in the plan: proven least, with the day by which each part must be arranged, for half, 80 % and all of the shortage. By amount, an hour
            counts the units the line makes in it and transport the units that fit; by cost, hours count the line's overtime cost, lanes their
            cost, storage its holding cost, stock the product's price; other kinds need a --price.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Option(help: "Make this account whole.")
    var account: String?

    @Option(help: "Make this tier whole.")
    var tier: Int?

    @Flag(help: "Make everybody whole.")
    var all = false

    @Option(help: "What relief is counted in: amount or cost.")
    var by: ReliefBasis = .amount

    @Option(help: "Price of one hour or unit of a kind, such as hours=480; give the option once for each.")
    var price: [String] = []

    @Option(help: "Only this kind (hours, lane, pool, storage, material, stock); give the option once for each. Default: all.")
    var only: [ReliefKind] = []

    @Option(
        help: "A plan of the package, which spares planning it again where it is up to date. Default: FOLDER/out.", completion: .directory)
    var base: String?

    @Option(help: "Most items to list of each step.")
    var rows = 10

    @Option(help: "Processor cores to use. Default: all. The answer does not depend on it.")
    var threads: Int?

    @Option(help: "Language of the text: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        guard [account != nil, tier != nil, all].filter({ $0 }).count == 1 else {
            throw ValidationError("Say who is to be made whole: --account ID, --tier N or --all.")
        }
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
        _ = try prices()
    }

    private func prices() throws -> [ReliefKind: Double] {
        var prices: [ReliefKind: Double] = [:]
        for text in price {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let kind = ReliefKind(rawValue: String(parts[0])), let value = Double(parts[1]), value > 0,
                value.isFinite
            else {
                let kinds = ReliefKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--price \(text): write a kind (\(kinds)) and a price above 0, such as hours=480.")
            }
            prices[kind] = value
        }
        return prices
    }

    func perform(on console: Console) throws -> CommandStatus {
        let planner = Planner.command(threads: threads, language: language)
        let prices = try prices()
        let (plan, report) = try withProgress(on: console) { progress in
            let plan = try planner.basePlan(packageAt: folder, planAt: base, progress: progress)
            let target: ReliefTarget
            if let account {
                target = .account(try plan.package.position(ofAccount: account))
            } else if let tier {
                let tiers = plan.stations.segmentation.tierCount
                guard (1...tiers).contains(tier) else {
                    throw CommandFailure(
                        status: .badUsage, message: "There is no tier \(tier).", advice: "The package has tiers 1 to \(tiers).")
                }
                target = .tier(tier)
            } else {
                target = .everyone
            }
            progress?(ProgressStep("Seeking the least relief"))
            let kinds = only.isEmpty ? Set(ReliefKind.allCases) : Set(only)
            return (plan, try planner.reliefReport(plan, target: target, basis: by, prices: prices, kinds: kinds))
        }
        present(
            report, text: reliefText(report, package: plan.package, language: plan.language, rows: rows), notes: plan.notes, on: console)
        return .done
    }
}

extension ReliefBasis: ExpressibleByArgument {}
extension ReliefKind: ExpressibleByArgument {}
