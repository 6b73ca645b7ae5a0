import ArgumentParser
import Foundation
import Fullshelf

/// `fullshelf export FOLDER`
struct ExportCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the linear program of one rank as an MPS file, for other solvers.",
        discussion: """
            Examples:
              fullshelf export my-season --rank lost-sales --tier 1 --mps tier1.mps
              fullshelf export my-season --rank cost --mps cost.mps

            Ranks: guarantees, lost-sales, sharing, lateness, stock-under-minimum, cost. All but guarantees and cost are ranks of one tier. The
            ranks before it are solved first and held at the value they reached, so the file's optimum is the rank's value.
            """)

    @Argument(help: "The data package.", completion: .directory)
    var folder: String

    @Option(help: "Which aim.")
    var rank: Aim

    @Option(help: "Of which tier.")
    var tier: Int?

    @Option(help: "The file to write.", completion: .file(extensions: ["mps"]))
    var mps: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if rank.isPerTier && tier == nil { throw ValidationError("--rank \(rank.rawValue) is a rank of one tier: add --tier 1 (or 2, …).") }
        if !rank.isPerTier && tier != nil { throw ValidationError("--rank \(rank.rawValue) is one rank for all tiers: leave --tier out.") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let program = try withProgress(on: console) { progress in
            try Planner().rankProgram(packageAt: folder, rank: Rank(aim: rank, tier: tier), progress: progress)
        }
        do {
            try Data(program.utf8).write(to: URL(fileURLWithPath: mps), options: .atomic)
        } catch {
            throw CommandFailure(
                status: .badUsage, message: "\(mps) could not be written: \(reason(of: error)).",
                advice: "Name a file in a folder that exists.")
        }
        if output.format == .json {
            console.printJSON(ExportOutput(file: mps, rank: rank.rawValue, tier: tier))
        } else {
            say("Wrote \(mps).", on: console)
        }
        return .done
    }
}

private struct ExportOutput: Encodable {
    var file: String
    var rank: String
    var tier: Int?
}

extension Aim: ExpressibleByArgument {}
