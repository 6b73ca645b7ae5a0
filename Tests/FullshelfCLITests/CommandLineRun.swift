import Foundation
import Testing

@testable import FullshelfCLI

/// What a command line printed and how it ended, run in process.
struct CommandLineRun {
    var status: CommandStatus
    var output: String
    var errors: String

    /// Runs `fullshelf` with these arguments, its streams being collected.
    init(_ arguments: [String], isTerminal: Bool = false, allowsColour: Bool = true, width: Int = 80) {
        final class Collector { var output = "", errors = "" }
        let collector = Collector()
        let console = Console(
            writeOutput: { collector.output += $0 }, writeError: { collector.errors += $0 }, outputIsTerminal: isTerminal,
            errorIsTerminal: isTerminal, allowsColour: allowsColour, width: width)
        status = runFullshelf(arguments, console: console)
        output = collector.output
        errors = collector.errors
    }

    var json: JSONValue {
        get throws { try JSONValue(text: output) }
    }
}

/// A folder that is gone when the test ends.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func appending(_ name: String) -> String { path + "/" + name }

    /// Writes a file, folders on the way included.
    func write(_ text: String, to name: String) throws {
        let url = URL(fileURLWithPath: appending(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// The example package of `fullshelf init` under this name.
    func examplePackage(_ name: String = "package") throws -> String {
        let run = CommandLineRun(["init", appending(name)])
        try #require(run.status == .done, "\(run.errors)")
        return appending(name)
    }
}

/// Every file of a folder, by name; the history beside a package is no part of it.
func contents(of folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name != ".fullshelf" {
        files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    }
    return files
}

/// The root of the checkout, where fixtures/ stands.
let repositoryRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path
