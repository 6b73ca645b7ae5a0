import ArgumentParser
import Fullshelf
import Logging
import Workbooks

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

extension ColourChoice: ExpressibleByArgument {}

/// Options every command has.
struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "How the result is printed: text or json.")
    var format: OutputFormat = .text

    @Flag(name: [.customShort("q"), .long], help: "Print nothing but problems; no progress. (JSON output is still printed.)")
    var quiet = false

    @Option(name: .long, help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.")
    var color: ColourChoice = .auto

    @Flag(name: .long, help: "Say on standard error what each step does and how long it takes.")
    var verbose = false
}

extension OutputOptions {
    /// Diagnostics for those who look for a fault; on standard error, never mixed with results.
    var logger: Logger {
        var logger = Logger(label: "fullshelf", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = verbose ? .debug : .warning
        return logger
    }
}

extension Planner {
    /// A planner as the commands use it: packages may be Excel workbooks.
    static func command(threads: Int? = nil, language: ReportLanguage? = nil) -> Planner {
        Planner(threads: threads, language: language, workbooks: .excel)
    }
}

extension ConsoleCommand {
    /// Does `work` under a progress line and takes the line away again, also on an error.
    func withProgress<Result>(on console: Console, _ work: (ProgressHandler?) throws -> Result) rethrows -> Result {
        let line = ProgressLine(console: console, isQuiet: output.quiet)
        defer { line.finish() }
        return try work(line.handler)
    }

    /// Prints text unless `--quiet`.
    func say(_ text: String, on console: Console) {
        if !output.quiet { console.print(text) }
    }
}
