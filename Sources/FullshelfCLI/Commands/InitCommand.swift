import ArgumentParser
import Foundation
import Fullshelf
import Workbooks

/// `fullshelf init FOLDER`
struct InitCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a small, complete example package to start from: a folder of CSV tables, or one Excel workbook.",
        discussion: """
            Examples:
              fullshelf init my-season
              fullshelf init my-season && fullshelf plan my-season
              fullshelf init --xlsx season.xlsx && fullshelf plan season.xlsx
              fullshelf init --xlsx season.xlsx --language zh

            Every table is a CSV file that a spreadsheet opens; plan.toml explains its settings. Replace the rows by your own. The workbook has a
            sheet for every table there is, and on each column a note of what it holds; sheets that you do not need may stay empty.
            """)

    @Argument(help: "The folder to make; it must not exist yet, or be empty.", completion: .directory)
    var folder: String?

    @Option(help: "Instead of a folder: the Excel workbook to make; it must not exist yet.", completion: .file(extensions: ["xlsx"]))
    var xlsx: String?

    @Option(help: "Language of the workbook's sheets, headers and notes: en or zh.")
    var language: ReportLanguage?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if (folder == nil) == (xlsx == nil) { throw ValidationError("Name a folder to make, or a workbook with --xlsx FILE.") }
        if folder != nil, language != nil { throw ValidationError("--language goes with --xlsx.") }
        if let xlsx, !xlsx.lowercased().hasSuffix(".xlsx") {
            throw ValidationError("The workbook's name must end in .xlsx; it was \(xlsx).")
        }
    }

    func perform(on console: Console) throws -> CommandStatus {
        let files = examplePackage()
        let target = folder ?? xlsx ?? ""
        if let folder {
            try writingNewFolder { try writeGeneratedFiles(files, to: folder) }
        } else {
            try writeTemplate(files, to: target)
        }
        if output.format == .json {
            console.printJSON(FolderOutput(folder: target, files: folder == nil ? [target] : files.map(\.name)))
        } else {
            say(
                """
                Wrote \(folder == nil ? target : "\(counted(files.count, "file")) to \(target)").
                Next:
                  fullshelf check \(quoted(target))
                  fullshelf plan \(quoted(target))
                """, on: console)
        }
        return .done
    }

    private func writeTemplate(_ files: [GeneratedFile], to path: String) throws {
        if FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(status: .badUsage, message: "\(path) is there already.", advice: "Name a new file, or move that one away.")
        }
        let language = language ?? .english
        var contents = Dictionary(files.map { ($0.name, Data($0.contents)) }, uniquingKeysWith: { first, _ in first })
        if language == .chinese, let settings = contents["plan.toml"] {
            let text = String(decoding: settings, as: UTF8.self).replacing("language = \"en\"", with: "language = \"zh\"")
            contents["plan.toml"] = Data(text.utf8)
        }
        try writeWorkbook { () throws(WorkbookError) in try writePackageWorkbook(contents, language: language, isTemplate: true, to: path) }
    }
}

/// A folder (or a workbook) that was written, as JSON.
struct FolderOutput: Encodable {
    var folder: String
    var files: [String]
}
