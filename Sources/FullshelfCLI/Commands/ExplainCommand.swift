import ArgumentParser
import Fullshelf

/// `fullshelf explain OUT`
struct ExplainCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why is this account short, who got it instead, where do its goods come from, what would help.",
        discussion: """
            Examples:
              fullshelf explain my-season/out
              fullshelf explain my-season/out --account A07 --product P02 --bucket 2027-06-07
              fullshelf explain my-season/out --resource L1            whom the hours of line L1 serve, bucket by bucket
              fullshelf explain plans/spring --package my-season --language zh

            The causes of what is in scope add up to what is lost there. With an account, product or bucket the goods served are traced back
            to line, bucket and lanes; with a resource its use is traced forward to the accounts.
            """)

    @OptionGroup var location: PlanLocation

    @Option(help: "Only this account.")
    var account: String?

    @Option(help: "Only this product.")
    var product: String?

    @Option(help: "Only the bucket that holds this date (YYYY-MM-DD); of the resource, where one is named.")
    var bucket: String?

    @Option(help: "A line, lane, pool, site or material: what it did, for whom, and what was lost for want of it.")
    var resource: String?

    @Option(help: "Most causes and sources to list.")
    var rows = 10

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.packageFolder) }

    func validate() throws {
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let opened = try withProgress(on: console) {
            try Planner.command().openPlan(at: location.plan, packageAt: location.package, progress: $0)
        }
        let package = opened.package
        let scope = ExplanationScope(
            account: try account.map(package.position(ofAccount:)), product: try product.map(package.position(ofProduct:)),
            bucket: try bucket.map(package.bucket(ofDay:)), resource: resource)
        if let resource { try package.checkResource(resource) }
        let language = location.language ?? package.settings.language
        let explanation = Explanation(opened.view, scope: scope, language: language)
        present(
            explanation, text: explanationText(explanation, package: package, language: language, rows: rows), notes: opened.notes,
            on: console)
        return .done
    }
}
