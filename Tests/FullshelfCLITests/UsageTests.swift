import Fullshelf
import TestSupport
import Testing

@testable import FullshelfCLI

@Suite struct UsageTests {
    struct UsageCase: Sendable {
        var name: String
        var arguments: [String]
        /// Stands in what is printed on standard error.
        var says: String
    }

    static let wrongUses = [
        UsageCase(name: "unknown command", arguments: ["plann", "x"], says: "plann"),
        UsageCase(name: "no folder", arguments: ["plan"], says: "folder"),
        UsageCase(name: "two folders", arguments: ["check", "a", "b"], says: "b"),
        UsageCase(name: "unknown option", arguments: ["check", "a", "--fast"], says: "--fast"),
        UsageCase(name: "unknown format", arguments: ["check", "a", "--format", "xml"], says: "xml"),
        UsageCase(name: "time limit below 0", arguments: ["plan", "a", "--time-limit=-1"], says: "0 or more"),
        UsageCase(name: "no threads", arguments: ["plan", "a", "--threads", "0"], says: "1 or more"),
        UsageCase(name: "threads in words", arguments: ["plan", "a", "--threads", "two"], says: "two"),
        UsageCase(name: "unknown language", arguments: ["plan", "a", "--language", "de"], says: "de"),
        UsageCase(name: "rank of no tier", arguments: ["export", "a", "--rank", "lost-sales", "--mps", "m"], says: "--tier"),
        UsageCase(
            name: "tier of a rank for all", arguments: ["export", "a", "--rank", "cost", "--tier", "1", "--mps", "m"], says: "--tier"),
        UsageCase(name: "unknown rank", arguments: ["export", "a", "--rank", "profit", "--mps", "m"], says: "profit"),
        UsageCase(name: "no file to export to", arguments: ["export", "a", "--rank", "cost"], says: "--mps"),
        UsageCase(name: "unknown size", arguments: ["generate", "a", "--size", "XXL"], says: "XXL"),
        UsageCase(name: "negative seed", arguments: ["generate", "a", "--seed=-1"], says: "-1"),
        UsageCase(name: "folder and series", arguments: ["forecast", "a", "--series", "b", "--horizon", "3"], says: "--series"),
        UsageCase(name: "neither folder nor series", arguments: ["forecast"], says: "--series"),
        UsageCase(name: "series without horizon", arguments: ["forecast", "--series", "b"], says: "--horizon"),
        UsageCase(name: "horizon for a package", arguments: ["forecast", "a", "--horizon", "3"], says: "--horizon"),
        UsageCase(name: "horizon of nothing", arguments: ["forecast", "--series", "b", "--horizon", "0"], says: "1"),
        UsageCase(
            name: "quantile above one", arguments: ["forecast", "--series", "b", "--horizon", "3", "--quantiles", "0.1,1.5"], says: "1.5"),
        UsageCase(name: "verify without a plan", arguments: ["verify", "a"], says: "plan"),
    ]

    @Test(arguments: wrongUses)
    func wrongUseEndsWithTwoAndSaysWhatIsWrong(_ use: UsageCase) {
        let run = CommandLineRun(use.arguments)
        #expect(run.status == .badUsage)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(use.says), "\(run.errors)")
        #expect(run.errors.contains("Usage:"), "how it is used stands below")
    }

    private static let commands = [
        "init", "check", "segment", "forecast", "backtest", "plan", "verify", "explain", "compare", "what-if", "relief", "deadline",
        "promises",
        "risk", "review", "history", "serve", "generate", "export",
    ]

    @Test(arguments: commands)
    func everyCommandHasHelpWithExamplesAndTheCommonOptions(_ command: String) {
        let run = CommandLineRun([command, "--help"])
        #expect(run.status == .done)
        #expect(run.errors.isEmpty)
        for expected in ["Examples:", "fullshelf \(command)", "--format", "--quiet"] {
            #expect(run.output.contains(expected), "\(command) --help lacks \(expected)")
        }
    }

    @Test func theListOfCommandsIsTheOneOfTheReadme() {
        let names = FullshelfCommand.configuration.subcommands.map { $0.configuration.commandName }
        #expect(names == Self.commands)
        let help = CommandLineRun(["--help"])
        for name in names.compactMap({ $0 }) { #expect(help.output.contains("  \(name) "), "\(name)") }
    }

    @Test func versionIsPrinted() {
        #expect(CommandLineRun(["--version"]).output == fullshelfVersion + "\n")
    }
}
