import ArgumentParser
import Foundation
import Fullshelf
import Workbooks

/// `fullshelf export FOLDER`
struct ExportCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a package or a plan as an Excel workbook, or the linear program of one rank for other solvers.",
        discussion: """
            Examples:
              fullshelf export my-season --xlsx season.xlsx             the package: plan season.xlsx plans the same
              fullshelf export my-season/out --xlsx season-plan.xlsx    the plan: sums, charts, a sheet a table
              fullshelf export my-season --rank lost-sales --tier 1 --mps tier1.mps
              fullshelf export my-season --rank cost --mps cost.mps

            Ranks: guarantees, lost-sales, sharing, lateness, stock-under-minimum, cost. All but guarantees and cost are ranks of one tier. The
            ranks before it are solved first and held at the value they reached, so the file's optimum is the rank's value.
            """)

    @Argument(help: "The data package, or with --xlsx also a plan folder.", completion: .file())
    var folder: String

    @Option(help: "The Excel workbook to write.", completion: .file(extensions: ["xlsx"]))
    var xlsx: String?

    @Option(help: "Language of the workbook's sheets and notes: en or zh. Default: as plan.toml says, for a plan folder en.")
    var language: ReportLanguage?

    @Option(help: "Which aim, for --mps.")
    var rank: Aim?

    @Option(help: "Of which tier, for --mps.")
    var tier: Int?

    @Option(help: "The MPS file to write.", completion: .file(extensions: ["mps"]))
    var mps: String?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        guard (mps == nil) != (xlsx == nil) else { throw ValidationError("Say what to write: --xlsx FILE, or --rank NAME --mps FILE.") }
        guard mps != nil else {
            if rank != nil || tier != nil { throw ValidationError("--rank and --tier go with --mps.") }
            return
        }
        guard let rank else {
            throw ValidationError("--mps needs --rank: guarantees, lost-sales, sharing, lateness, stock-under-minimum or cost.")
        }
        if language != nil { throw ValidationError("--language goes with --xlsx.") }
        if rank.isPerTier && tier == nil { throw ValidationError("--rank \(rank.rawValue) is a rank of one tier: add --tier 1 (or 2, …).") }
        if !rank.isPerTier && tier != nil { throw ValidationError("--rank \(rank.rawValue) is one rank for all tiers: leave --tier out.") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        if let xlsx {
            try writeWorkbook(xlsx, on: console)
        } else if let mps, let rank {
            try writeProgram(mps, Rank(aim: rank, tier: tier), on: console)
        }
        let file = xlsx ?? mps ?? ""
        if output.format == .json {
            console.printJSON(ExportOutput(file: file, rank: rank?.rawValue, tier: tier))
        } else {
            say("Wrote \(file).", on: console)
        }
        return .done
    }

    private func writeWorkbook(_ path: String, on console: Console) throws {
        try withProgress(on: console) { progress in
            progress?(ProgressStep("Writing \(path)"))
            if FileManager.default.fileExists(atPath: folder + "/certificate.json") {
                try FullshelfCLI.writeWorkbook { () throws(WorkbookError) in
                    try writePlanWorkbook(ofPlanAt: folder, language: language ?? .english, to: path)
                }
                return
            }
            let files: [String: Data]
            do throws(WorkbookProblem) {
                files = try packageFiles(at: folder)
            } catch {
                throw CommandFailure(
                    status: .badInput, Bilingual("\(error.problem.english).", "\(error.problem.chinese)。"), remedy: error.remedy)
            }
            guard !files.isEmpty else {
                throw CommandFailure(
                    status: .badInput, message: "\(folder) holds neither tables of a package nor a plan.",
                    advice: "Give a folder of CSV tables, or one that \"fullshelf plan\" wrote.")
            }
            let own = Planner.command().readPackage(at: folder, purpose: .forecast).package?.settings.language
            try FullshelfCLI.writeWorkbook { () throws(WorkbookError) in
                try writePackageWorkbook(files, language: language ?? own ?? .english, to: path)
            }
        }
    }

    private func writeProgram(_ path: String, _ rank: Rank, on console: Console) throws {
        let program = try withProgress(on: console) { progress in
            try Planner.command().rankProgram(packageAt: folder, rank: rank, progress: progress)
        }
        do {
            try Data(program.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                status: .badUsage, message: "\(path) could not be written: \(reason(of: error)).",
                advice: "Name a file in a folder that exists.")
        }
    }
}

private struct ExportOutput: Encodable {
    var file: String
    /// nil for a workbook.
    var rank: String?
    var tier: Int?
}

extension Aim: ExpressibleByArgument {}
