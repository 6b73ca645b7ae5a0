import ArgumentParser
import Fullshelf

/// `fullshelf segment FOLDER`
struct SegmentCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Shows the tiers of the accounts and how concentrated the business is.",
        discussion: """
            Examples:
              fullshelf segment my-season
              fullshelf segment my-season --language zh
              fullshelf segment my-season --format json

            accounts.csv, products.csv and sales.csv are enough. A tier given in accounts.csv wins over the computed one.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Option(help: "Language of the text: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func perform(on console: Console) throws -> CommandStatus {
        let run = try withProgress(on: console) { try Planner.command().segment(packageAt: folder, progress: $0) }
        if output.format == .json {
            console.printJSON(SegmentOutput(run))
        } else {
            for note in run.notes where !output.quiet { console.printError(note, style: console.errorStyle) }
            console.print(segmentReport(run.package, segmentation: run.segmentation, language: language ?? run.package.settings.language))
        }
        return .done
    }
}

private struct SegmentOutput: Encodable {
    struct Row: Encodable {
        var account: String
        var value: Double
        var share: Double
        var cumulativeShare: Double
        var tier: Int
        var reason: String
    }

    var segments: [Row]
    var topFifthShare: Double
    var herfindahlIndex: Double
    var keyAccounts: Int
    var needsOwnDepartment: Bool
    var findings: [FindingOutput]

    init(_ run: SegmentRun) {
        segments = run.segmentation.segments.map {
            Row(
                account: run.package.accounts[$0.account].id, value: $0.value, share: $0.share, cumulativeShare: $0.cumulativeShare,
                tier: $0.tier,
                reason: $0.isGiven ? "given" : "computed")
        }
        topFifthShare = run.segmentation.topFifthShare
        herfindahlIndex = run.segmentation.herfindahlIndex
        keyAccounts = run.segmentation.keyAccountCount
        needsOwnDepartment = run.segmentation.needsOwnDepartment
        findings = run.notes.map(FindingOutput.init)
    }
}

extension ReportLanguage: ExpressibleByArgument {}
