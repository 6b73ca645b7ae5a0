import ArgumentParser
import Foundation
import Fullshelf
import Workbooks

/// `fullshelf check FOLDER`
struct CheckCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads and validates all tables of a package.",
        discussion: """
            Examples:
              fullshelf check my-season
              fullshelf check my-season --write-descriptor
              fullshelf check my-season --format json

            Every finding names file, line, column, what is wrong and what to do. Exit code 1 when there is an error; what only looks odd is a
            note and does not keep a package from being planned.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Flag(help: "Also write datapackage.json (Frictionless Data), which describes the tables, into the folder.")
    var writeDescriptor = false

    @OptionGroup var output: OutputOptions

    func perform(on console: Console) throws -> CommandStatus {
        if writeDescriptor, XLSXWorkbook.isWorkbook(folder) {
            throw CommandFailure(
                status: .badUsage, message: "datapackage.json describes a folder of CSV tables, not a workbook.",
                advice: "Leave --write-descriptor out.")
        }
        let reading = withProgress(on: console) { Planner.command().readPackage(at: folder, progress: $0) }
        let errors = reading.findings.count { $0.severity == .error }
        let notes = reading.findings.count - errors
        if writeDescriptor && errors == 0 {
            try writeDescriptorFile()
        }
        if output.format == .json {
            console.printJSON(
                CheckOutput(
                    folder: folder, errors: errors, notes: notes, findings: reading.findings.map(FindingOutput.init),
                    contents: reading.package.map(PackageContents.init)))
        } else {
            for finding in reading.findings where !output.quiet || finding.severity == .error { console.print(finding) }
            if let package = reading.package {
                say(
                    "\(console.outputStyle.green("ok:")) \(PackageContents(package).sentence)\(notes > 0 ? " \(counted(notes, "note"))." : "")",
                    on: console)
            } else {
                say(
                    "\(counted(errors, "error")), \(counted(notes, "note")). Nothing can be planned until the errors are corrected.",
                    on: console)
            }
        }
        return errors == 0 ? .done : .problemsFound
    }

    private func writeDescriptorFile() throws {
        let path = folder + "/datapackage.json"
        do {
            try Data(descriptor(forPackageAt: folder).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                status: .badUsage, message: "\(path) could not be written: \(reason(of: error)).",
                advice: "Give permission to write there, or make room.")
        }
    }
}

private struct CheckOutput: Encodable {
    var folder: String
    var errors: Int
    var notes: Int
    var findings: [FindingOutput]
    /// nil when the package has errors.
    var contents: PackageContents?
}

/// How much a package holds.
private struct PackageContents: Encodable {
    var accounts: Int
    var products: Int
    var sites: Int
    var lines: Int
    var lanes: Int
    var buckets: Int
    var bucket: String
    var start: String
    var historyBuckets: Int

    init(_ package: DataPackage) {
        accounts = package.accounts.count
        products = package.products.count
        sites = package.sites.count
        lines = package.lines.count
        lanes = package.lanes.count
        buckets = package.horizon.count
        bucket = package.horizon.unit.rawValue
        start = package.horizon.start.description
        historyBuckets = package.history.sales.bucketCount
    }

    var sentence: String {
        """
        \(counted(accounts, "account")), \(counted(products, "product")), \(counted(sites, "site")), \(counted(lines, "line")), \
        \(counted(lanes, "lane")); \(counted(buckets, bucket)) from \(start), history of \(counted(historyBuckets, bucket)).
        """
    }
}
