import ArgumentParser
import Fullshelf

/// The command line: every command reads arguments, calls one function of the library, prints, and turns the outcome into an exit code.
@main
struct FullshelfCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fullshelf",
        abstract: "Plans a season: key accounts first, within what can be made and moved, with a proof.",
        discussion: """
            A first plan of your own:
              fullshelf init my-season          write a small, complete example package
              fullshelf check my-season         read it and name everything that is wrong
              fullshelf plan my-season          forecast, allocate, explain, report: my-season/out/report.html

            Exit codes: 0 done, 1 problems found by check or verify, 2 bad usage, 65 bad input, 70 our own fault, 130 interrupted.
            """,
        version: fullshelfVersion,
        subcommands: commands)

    static func main() {
        Interruption.exitOnInterrupt()
        let status = runFullshelf(Array(CommandLine.arguments.dropFirst()), console: .process)
        exitProcess(status)
    }
}
