import ArgumentParser
import Foundation
import Fullshelf

/// Where a plan folder and its package are.
struct PlanLocation: ParsableArguments {
    @Argument(help: "The plan folder.", completion: .directory)
    var plan: String

    @Option(help: "The data package of the plan. Default: the folder the plan folder lies in.", completion: .directory)
    var package: String?

    @Option(help: "Language of the text: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    /// As given, else the folder the plan folder lies in.
    var packageFolder: String {
        package ?? URL(fileURLWithPath: plan).standardizedFileURL.deletingLastPathComponent().path
    }
}

extension ConsoleCommand {
    /// Prints what a library function found: its text, or the value itself as JSON.
    func present(_ value: some Encodable, text: @autoclosure () -> String, notes: [Finding] = [], on console: Console) {
        if output.format == .json {
            console.printJSON(value)
        } else if !output.quiet {
            for note in notes { console.printError(note, style: console.errorStyle) }
            console.print(text())
        }
    }
}

extension DataPackage {
    /// Positions of ids given on the command line.
    ///
    /// - Throws: ``CommandFailure`` that names the nearest id there is.
    func position(ofAccount id: String) throws -> Int { try position(of: id, in: accounts.map(\.id), noun: "account") }

    func position(ofProduct id: String) throws -> Int { try position(of: id, in: products.map(\.id), noun: "product") }

    private func position(of id: String, in ids: [String], noun: String) throws -> Int {
        if let position = ids.firstIndex(of: id) { return position }
        let meant = nearestName(to: id, among: ids).map { "; did you mean \"\($0)\"?" } ?? "."
        throw CommandFailure(
            status: .badUsage, message: "There is no \(noun) \"\(id)\" in the package\(meant)",
            advice: ids.count <= 12
                ? "It has \(ids.joined(separator: ", "))." : "It has \(ids.count), from \(ids.first ?? "") to \(ids.last ?? "").")
    }

    /// The bucket that holds a date given on the command line.
    func bucket(ofDay day: String) throws -> Int {
        guard let date = CalendarDate(day) else {
            throw CommandFailure(status: .badUsage, message: "\"\(day)\" is no date.", advice: "Write dates as YYYY-MM-DD.")
        }
        let bucket = horizon.bucket(of: date)
        guard horizon.buckets.contains(bucket) else {
            throw CommandFailure(
                status: .badUsage, message: "\(day) lies outside the horizon of the plan.",
                advice: "It runs from \(horizon.start) to \(horizon.firstDay(of: horizon.count).adding(days: -1)).")
        }
        return bucket
    }

    /// Throws unless a line, lane, pool, site or material has this id.
    func checkResource(_ id: String) throws {
        let ids = lines.map(\.id) + lanes.map(\.id) + pools.map(\.id) + sites.map(\.id) + materials
        _ = try position(of: id, in: ids, noun: "line, lane, pool, site or material")
    }
}
