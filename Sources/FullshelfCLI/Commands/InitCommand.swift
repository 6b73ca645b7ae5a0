import ArgumentParser
import Fullshelf

/// `fullshelf init FOLDER`
struct InitCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a small, complete example package to start from.",
        discussion: """
            Examples:
              fullshelf init my-season
              fullshelf init my-season && fullshelf plan my-season

            Every table is a CSV file that a spreadsheet opens; plan.toml explains its settings. Replace the rows by your own.
            """)

    @Argument(help: "The folder to make; it must not exist yet, or be empty.", completion: .directory)
    var folder: String

    @OptionGroup var output: OutputOptions

    func perform(on console: Console) throws -> CommandStatus {
        let files = examplePackage()
        try writingNewFolder { try writeGeneratedFiles(files, to: folder) }
        if output.format == .json {
            console.printJSON(FolderOutput(folder: folder, files: files.map(\.name)))
        } else {
            say(
                """
                Wrote \(counted(files.count, "file")) to \(folder).
                Next:
                  fullshelf check \(quoted(folder))
                  fullshelf plan \(quoted(folder))
                """, on: console)
        }
        return .done
    }
}

/// A folder that was written, as JSON.
struct FolderOutput: Encodable {
    var folder: String
    var files: [String]
}
