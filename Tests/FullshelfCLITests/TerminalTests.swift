import Fullshelf
import TestSupport
import Testing

@testable import FullshelfCLI

@Suite struct TerminalTests {
    @Test func coloursAreForTerminalsThatWantThem() throws {
        let folder = try TemporaryFolder()
        try folder.write("not a table", to: "package/accounts.csv")
        let package = folder.appending("package")
        let escape = "\u{1B}["
        #expect(CommandLineRun(["check", package], isTerminal: true).output.contains(escape))
        #expect(!CommandLineRun(["check", package], isTerminal: true, allowsColour: false).output.contains(escape))
        let piped = CommandLineRun(["check", package])
        #expect(!(piped.output + piped.errors).contains(escape))
    }

    /// Draws progress steps on a console and returns what stands on standard error.
    static func drawn(isTerminal: Bool, quiet: Bool, after: Duration, steps: [ProgressStep]) -> String {
        final class Collector { var errors = "" }
        let collector = Collector()
        let console = Console(writeOutput: { _ in }, writeError: { collector.errors += $0 }, errorIsTerminal: isTerminal)
        let line = ProgressLine(console: console, isQuiet: quiet, appearsAfter: after)
        for step in steps { line.handler?(step) }
        line.finish()
        return collector.errors
    }

    static let steps = [ProgressStep("Reading sales.csv", share: 0.257), ProgressStep("Forecasting")]

    @Test func progressIsDrawnOverOneLineAndTakenAway() {
        let clear = "\r\u{1B}[K"
        #expect(
            Self.drawn(isTerminal: true, quiet: false, after: .zero, steps: Self.steps)
                == clear + "Reading sales.csv 26 %" + clear + "Forecasting" + clear)
    }

    @Test(arguments: [(false, false, Duration.zero), (true, true, .zero), (true, false, .seconds(3600))])
    func noProgressWithoutATerminalOrWhenQuietOrInTheFirstSecond(_ isTerminal: Bool, _ quiet: Bool, _ after: Duration) {
        #expect(Self.drawn(isTerminal: isTerminal, quiet: quiet, after: after, steps: Self.steps).isEmpty)
    }

    @Test func aLongActivityIsCutToOneLine() {
        let long = Self.drawn(isTerminal: true, quiet: false, after: .zero, steps: [ProgressStep(String(repeating: "x", count: 300))])
        #expect(long.split(separator: "\r").allSatisfy { $0.count < 80 })
    }

    @Test(arguments: [
        ("my-season", "my-season"), ("my season", "'my season'"), ("it's", "'it'\\''s'"), ("", "''"), ("计划", "计划"), ("a$b", "'a$b'"),
    ])
    func pathsArePrintedAsAShellTakesThem(_ path: String, _ expected: String) {
        #expect(quoted(path) == expected)
    }
}
