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

    /// `--color` wins over what the streams are and over NO_COLOR.
    @Test func colourOnRequest() throws {
        let folder = try TemporaryFolder()
        try folder.write("not a table", to: "package/accounts.csv")
        let package = folder.appending("package")
        let escape = "\u{1B}["
        #expect(CommandLineRun(["check", package, "--color", "always"], allowsColour: false).output.contains(escape))
        let never = CommandLineRun(["check", package, "--color", "never"], isTerminal: true)
        #expect(!(never.output + never.errors).contains(escape))
        // A failure before anything is printed keeps to it too.
        let missing = CommandLineRun(["segment", folder.appending("nowhere"), "--color", "never"], isTerminal: true)
        #expect(missing.status == .badInput && !missing.errors.contains(escape))
        #expect(CommandLineRun(["segment", folder.appending("nowhere")], isTerminal: true).errors.contains(escape))
        #expect(CommandLineRun(["check", package, "--color", "pink"]).status == .badUsage)
    }

    /// Planned once: the summary on terminals of several widths, in both languages, against the plain one.
    @Test func theSummaryFitsItsTerminal() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let run = try Planner().plan(packageAt: package)
        for width in [40, 60, 80, 200] {
            let text = TextTable.$terminalWidth.withValue(width) { run.summary(on: TerminalLook(width: width, isColoured: false)) }
            // Sentences wrap where the terminal wants; rows of tables and sparklines (indented) must not.
            for line in text.split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("    ") {
                #expect(String(line).displayWidth <= width, "\(width): \(line)")
            }
            #expect(text.contains("Season from"))
            #expect(text.contains("█"))
            #expect(!text.contains("\u{1B}["))
        }
        let wide = run.summary(on: TerminalLook(width: 200, isColoured: true))
        #expect(wide.contains("\u{1B}[1m"), "heads are bold")
        // Without the colours and the season it is the plain summary.
        let plain = wide.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(plain.firstIndex { $0.hasPrefix("Season from") })
        let end = try #require(plain[start...].firstIndex { $0.isEmpty })
        #expect((plain[..<start] + plain[(end + 1)...]).joined(separator: "\n") == run.summary)
        #expect(!run.summary.contains("█"))
    }

    /// By hand: scaled to 8 blocks, 0 a space, a little above 0 the lowest block, means of neighbours where there are too many.
    @Test(
        arguments: [
            ([0, 1, 2, 4, 8], 10, " ▁▂▄█"), ([0, 0, 0], 10, "   "), ([0.001, 100], 10, "▁█"), ([5], 10, "█"), ([1, 3, 6, 2], 2, "▄█"),
            ([], 10, ""),
        ] as [([Double], Int, String)])
    func sparklinesShowTheShape(_ values: [Double], _ width: Int, _ expected: String) {
        #expect(sparkline(values, width: width) == expected)
    }

    /// By hand: 2 + 20 + 2 + 5 + 2 + 12 = 43 columns; to fit 33 the name is cut by 10, to fit 20 the last column goes as well.
    @Test func tablesAreCutInWordsAndNeverInNumbers() {
        var table = TextTable(alignments: [.left, .right, .left])
        table.rows = [["Suzhou Trading House", "12345", "from 3 May 2"]]
        func lines(_ width: Int?) -> [String] { TextTable.$terminalWidth.withValue(width) { table.lines() } }
        #expect(lines(nil) == ["  Suzhou Trading House  12345  from 3 May 2"])
        #expect(lines(43) == lines(nil))
        #expect(lines(33) == ["  Suzhou Tr…  12345  from 3 May 2"])
        #expect(lines(20) == ["  Suzhou …  12345"])
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
