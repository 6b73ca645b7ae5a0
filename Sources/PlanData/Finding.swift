import PlanModel

/// How much a ``Finding`` matters: an error stops planning, a note only looks odd.
public enum FindingSeverity: String, Sendable, Hashable, Codable, CaseIterable { case error, note }

/// Something wrong or odd in a data package, with the place where it stands and what to do about it.
public struct Finding: Hashable, Sendable, Codable, CustomStringConvertible {
    public var severity: FindingSeverity
    /// File name inside the package, or the path of the folder when the finding is about the folder itself.
    public var file: String
    /// The sheet, where the file is a workbook.
    public var sheet: String?
    /// Line of a file or row of a sheet, from 1 (a file's header is line 1); nil = the whole of it.
    public var line: Int?
    /// The column as the file's header calls it, or the key path in `plan.toml`.
    public var column: String?
    /// The offending text, shortened where it is long.
    public var value: String?
    /// What is wrong, as one sentence without its full stop.
    public var message: String
    /// What to do, one or two sentences.
    public var advice: String

    public init(
        severity: FindingSeverity, file: String, sheet: String? = nil, line: Int? = nil, column: String? = nil, value: String? = nil,
        message: String, advice: String
    ) {
        self.severity = severity
        self.file = file
        self.sheet = sheet
        self.line = line
        self.column = column
        self.value = value
        self.message = message
        self.advice = advice
    }

    /// `lanes.csv:31, to: no site or account is named "DC-7"; did you mean "DC-07"?` and the advice on a line of its own; in a workbook
    /// `season.xlsx, sheet lanes, row 31, column to: …`.
    public var description: String {
        var text = file
        if let sheet {
            text += ", sheet \(sheet)"
            if let line { text += ", row \(line)" }
            if let column { text += ", column \(column)" }
        } else {
            if let line { text += ":\(line)" }
            if let column { text += ", \(column)" }
        }
        text += ": \(message)"
        if let last = text.last, !".?!…".contains(last) { text += "." }
        if !advice.isEmpty { text += "\n" + advice }
        return text
    }
}

/// What reading a package gave: the package, or the reasons why there is none.
public struct PackageReading: Sendable {
    /// nil when any finding is an error.
    public var package: DataPackage?
    /// By file in the order of tables.md, then by line.
    public var findings: [Finding]

    public init(package: DataPackage?, findings: [Finding]) {
        self.package = package
        self.findings = findings
    }

    public var errors: [Finding] { findings.filter { $0.severity == .error } }
    public var notes: [Finding] { findings.filter { $0.severity == .note } }
}

/// Gathers findings, at most ``keptPerFile`` of a file, so that a file full of errors ends in a page and not in a flood.
final class FindingCollector {
    static let keptPerFile = 100

    private struct Entry {
        var finding: Finding
        var repeats = 0
    }

    private struct FileTally {
        var kept: [Entry] = []
        var moreErrors = 0
        var moreNotes = 0
    }

    /// Set where the tables are sheets of a workbook.
    var places: SheetPlaces?
    private var tallies: [String: FileTally] = [:]
    private var positionOfGroup: [String: Int] = [:]
    /// Errors added so far.
    private(set) var errorCount = 0
    var hasErrors: Bool { errorCount > 0 }

    /// Keeps a finding. Findings of one `group` in a file are told once, with the number of lines they stand on.
    func add(_ finding: Finding, group: String? = nil) {
        if finding.severity == .error { errorCount += 1 }
        var tally = tallies.removeValue(forKey: finding.file) ?? FileTally()
        defer { tallies[finding.file] = tally }
        let key = group.map { "\(finding.file)\u{0}\($0)" }
        if let key, let position = positionOfGroup[key] {
            tally.kept[position].repeats += 1
            return
        }
        // Errors matter more than notes: a note gives way to them.
        if tally.kept.count >= FindingCollector.keptPerFile {
            if finding.severity == .error { tally.moreErrors += 1 } else { tally.moreNotes += 1 }
            return
        }
        if let key { positionOfGroup[key] = tally.kept.count }
        tally.kept.append(Entry(finding: finding))
    }

    func error(
        _ file: String, line: Int? = nil, column: String? = nil, value: String? = nil, _ message: String, advice: String,
        group: String? = nil
    ) {
        add(
            Finding(
                severity: .error, file: file, line: line, column: column, value: value.map(shortened), message: message, advice: advice),
            group: group)
    }

    func note(
        _ file: String, line: Int? = nil, column: String? = nil, value: String? = nil, _ message: String, advice: String,
        group: String? = nil
    ) {
        add(
            Finding(severity: .note, file: file, line: line, column: column, value: value.map(shortened), message: message, advice: advice),
            group: group)
    }

    /// Whether a finding about this file can still be kept; beyond that only counting is worth the time.
    func hasRoom(for file: String) -> Bool { (tallies[file]?.kept.count ?? 0) < FindingCollector.keptPerFile }

    func hasErrors(in file: String) -> Bool {
        guard let tally = tallies[file] else { return false }
        return tally.moreErrors > 0 || tally.kept.contains { $0.finding.severity == .error }
    }

    /// All findings, files in the order given (others after them, by name), then by line.
    func findings(fileOrder: [String]) -> [Finding] {
        let place = Dictionary(fileOrder.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let files = tallies.keys.sorted { a, b in
            let (placeOfA, placeOfB) = (place[a] ?? Int.max, place[b] ?? Int.max)
            return placeOfA != placeOfB ? placeOfA < placeOfB : a < b
        }
        var result: [Finding] = []
        for file in files {
            guard let tally = tallies[file] else { continue }
            let sorted = tally.kept.enumerated().sorted { a, b in
                let (lineOfA, lineOfB) = (a.element.finding.line ?? 0, b.element.finding.line ?? 0)
                return lineOfA != lineOfB ? lineOfA < lineOfB : a.offset < b.offset
            }
            for (_, entry) in sorted {
                var finding = entry.finding
                if entry.repeats > 0 { finding.message += " (and on \(entry.repeats) more \(entry.repeats == 1 ? "line" : "lines"))" }
                result.append(finding)
            }
            let more = tally.moreErrors + tally.moreNotes
            if more > 0 {
                result.append(
                    Finding(
                        severity: tally.moreErrors > 0 ? .error : .note, file: file,
                        message: "… and \(more) more \(more == 1 ? "finding" : "findings")",
                        advice: "Correct the ones above first; the rest often has the same cause."))
            }
        }
        guard let places else { return result }
        return result.map(places.placed)
    }
}

/// At most 60 characters of a text, control characters made visible.
func shortened(_ text: String) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == 60 { return result + "…" }
        if scalar.value < 0x20 || scalar.value == 0x7F {
            result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
        count += 1
    }
    return result
}
