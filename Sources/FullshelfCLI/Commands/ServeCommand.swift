import ArgumentParser
import Foundation
import Fullshelf
import PlanDesk
import PlanStore

/// `fullshelf serve FOLDER`
struct ServeCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "The planner's desk: a page in your browser for findings, forecast, plan, what-if, comparison and history.",
        discussion: """
            Examples:
              fullshelf serve my-season                    prints an address; open it in a browser on this machine
              fullshelf serve my-season --port 8765 --language zh --author 'Li Wei'

            The page is for this machine only (127.0.0.1) and for who has the address, which holds a token made anew at each start. It fetches nothing
            from any network. Several windows, and several of these commands on one folder, may work at once. Ctrl-C ends it; nothing is lost then.
            """)

    @Argument(help: "The data package: a folder of CSV tables.", completion: .directory)
    var folder: String

    @Option(help: "Port of this machine. Default: one that is free.")
    var port: UInt16 = 0

    @Option(help: "Language to begin with: en or zh; the page can change it. Default: as plan.toml says.")
    var language: ReportLanguage?

    @Option(help: "Whose name stands in the page's forms to begin with. Default: your login name.")
    var author: String?

    @Option(help: "Processor cores to use. Default: all. The plan does not depend on it.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
    }

    private struct Output: Encodable {
        var url: String
        var port: Int
    }

    func perform(on console: Console) throws -> CommandStatus {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandFailure(
                status: .badUsage, message: "\(folder) is no folder.",
                advice: "Name the folder of a data package; `fullshelf init FOLDER` writes one to start from.")
        }
        let desk = try Desk(packageAt: folder, options: DeskOptions(language: language, author: author ?? loginName(), threads: threads))
        let (port, format) = (port, output.format)
        // Printed from the task that serves, which is the only one that prints then.
        let printing = Printing(console)
        let ended = DispatchSemaphore(value: 0)
        let outcome = Outcome()
        Task {
            do {
                try await desk.serve(port: port) { address in
                    if format == .json {
                        printing.console.printJSON(Output(url: address.url, port: Int(address.port)))
                    } else {
                        printing.console.print("Open \(address.url)\nCtrl-C ends it.")
                    }
                }
            } catch {
                outcome.set("\(error)")
            }
            ended.signal()
        }
        ended.wait()
        if let problem = outcome.problem { throw CommandFailure(status: .badUsage, message: problem, advice: "Name another --port.") }
        return .done
    }
}

private struct Printing: @unchecked Sendable {
    let console: Console
    init(_ console: Console) { self.console = console }
}

private final class Outcome: @unchecked Sendable {
    private let lock = NSLock()
    private var text: String?

    var problem: String? { lock.withLock { text } }

    func set(_ problem: String) { lock.withLock { text = problem } }
}
