import ArgumentParser
import Fullshelf

/// `fullshelf promises FOLDER`
struct PromisesCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "promises",
        abstract: "What each promise costs the others, which cannot be kept together, and what can be promised to a new order.",
        discussion: """
            Examples:
              fullshelf promises my-season
              fullshelf promises my-season --order --account A07 --product P02 --due 2027-06-14 --quantity 500

            Without --order: for every row of guarantees.csv the sales and the money that the plan without it would save (solved again), and the
            smallest set of promises that cannot be kept together, with file and line. With --order: how much of a new order can be promised
            for its week with nobody else served less, from when on all of it, and who pays if it takes its turn or is promised before all.
            The plan in FOLDER/out is taken where it is up to date; otherwise the package is planned first.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Flag(help: "Ask what can be promised to a new order.")
    var order = false

    @Option(help: "Account of the order.")
    var account: String?

    @Option(help: "Product of the order.")
    var product: String?

    @Option(help: "A day of the bucket it is due in (YYYY-MM-DD).")
    var due: String?

    @Option(help: "Units of the order.")
    var quantity: Double?

    @Option(
        help: "A plan of the package, which spares planning it again where it is up to date. Default: FOLDER/out.", completion: .directory)
    var base: String?

    @Option(help: "Processor cores to use. Default: all. The answer does not depend on it.")
    var threads: Int?

    @Option(help: "Language of the text: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
        let given = [account, product, due].compactMap { $0 }.count + (quantity == nil ? 0 : 1)
        if order, given < 4 { throw ValidationError("--order needs --account, --product, --due and --quantity.") }
        if !order, given > 0 { throw ValidationError("--account, --product, --due and --quantity belong to --order.") }
        if let quantity, !(quantity > 0 && quantity.isFinite) { throw ValidationError("--quantity must be above 0; it was \(quantity).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let planner = Planner.command(threads: threads, language: language)
        return try withProgress(on: console) { progress in
            let plan = try planner.basePlan(packageAt: folder, planAt: base, progress: progress)
            let package = plan.package
            if let account, let product, let due, let quantity {
                let promise = try planner.promise(
                    plan, account: try package.position(ofAccount: account), product: try package.position(ofProduct: product),
                    bucket: try package.bucket(ofDay: due), quantity: quantity, progress: progress)
                present(promise, text: orderPromiseText(promise, package: package, language: plan.language), notes: plan.notes, on: console)
            } else {
                let report = try planner.promises(plan, progress: progress)
                present(report, text: promiseText(report, package: package, language: plan.language), notes: plan.notes, on: console)
            }
            return .done
        }
    }
}
