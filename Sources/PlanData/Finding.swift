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
    public var problem: Bilingual
    /// What to do, one or two sentences.
    public var remedy: Bilingual

    /// ``problem`` in English.
    public var message: String { problem.english }
    /// ``remedy`` in English.
    public var advice: String { remedy.english }

    public init(
        severity: FindingSeverity, file: String, sheet: String? = nil, line: Int? = nil, column: String? = nil, value: String? = nil,
        message: Bilingual, advice: Bilingual
    ) {
        self.severity = severity
        self.file = file
        self.sheet = sheet
        self.line = line
        self.column = column
        self.value = value
        problem = message
        remedy = advice
    }

    /// `lanes.csv:31, to: no site or account is named "DC-7"; did you mean "DC-07"?` and the advice on a line of its own; in a workbook
    /// `season.xlsx, sheet lanes, row 31, column to: …`.
    public var description: String { text(.english) }

    /// The whole finding: where, what is wrong, and on a line of its own what to do. In Chinese
    /// `lanes.csv，第 31 行，to 列：没有名为“DC-7”的地点或客户，是不是“DC-07”？`
    public func text(_ language: ReportLanguage) -> String {
        var text = file
        switch language {
        case .english:
            if let sheet {
                text += ", sheet \(sheet)"
                if let line { text += ", row \(line)" }
                if let column { text += ", column \(column)" }
            } else {
                if let line { text += ":\(line)" }
                if let column { text += ", \(column)" }
            }
            text += ": "
        case .chinese:
            if let sheet { text += "，工作表“\(sheet)”" }
            if let line { text += "，第 \(line) 行" }
            if let columnName = columnName(.chinese) { text += "，" + columnName }
            text += "："
        }
        text += sentence(language)
        let advice = remedy.text(language)
        if !advice.isEmpty { text += "\n" + advice }
        return text
    }

    /// What is wrong, with its full stop.
    public func sentence(_ language: ReportLanguage) -> String {
        let text = problem.text(language)
        guard let last = text.last, !".?!…。？！".contains(last) else { return text }
        return text + (language == .english ? "." : "。")
    }

    /// The column in words; a key path of the settings or a field of a change goes by its bare name.
    public func columnName(_ language: ReportLanguage) -> String? {
        guard let column else { return nil }
        switch language {
        case .english: return "column \(column)"
        case .chinese:
            guard sheet != nil || file.hasSuffix(".csv") else { return column }
            return column.last?.isASCII ?? true ? "\(column) 列" : "“\(column)”列"
        }
    }
}

extension Finding {
    private enum CodingKeys: String, CodingKey {
        case severity, file, sheet, line, column, value, message, advice
        case chineseMessage = "message_zh"
        case chineseAdvice = "advice_zh"
    }

    /// Texts of one language only, as earlier versions wrote them, stand for both.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let message = try values.decode(String.self, forKey: .message)
        let advice = try values.decode(String.self, forKey: .advice)
        self.init(
            severity: try values.decode(FindingSeverity.self, forKey: .severity), file: try values.decode(String.self, forKey: .file),
            sheet: try values.decodeIfPresent(String.self, forKey: .sheet), line: try values.decodeIfPresent(Int.self, forKey: .line),
            column: try values.decodeIfPresent(String.self, forKey: .column),
            value: try values.decodeIfPresent(String.self, forKey: .value),
            message: Bilingual(message, try values.decodeIfPresent(String.self, forKey: .chineseMessage) ?? message),
            advice: Bilingual(advice, try values.decodeIfPresent(String.self, forKey: .chineseAdvice) ?? advice))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(severity, forKey: .severity)
        try values.encode(file, forKey: .file)
        try values.encodeIfPresent(sheet, forKey: .sheet)
        try values.encodeIfPresent(line, forKey: .line)
        try values.encodeIfPresent(column, forKey: .column)
        try values.encodeIfPresent(value, forKey: .value)
        try values.encode(problem.english, forKey: .message)
        try values.encode(remedy.english, forKey: .advice)
        try values.encode(problem.chinese, forKey: .chineseMessage)
        try values.encode(remedy.chinese, forKey: .chineseAdvice)
    }
}

/// What reading a package gave: the package, or the reasons why there is none.
public struct PackageReading: Sendable {
    /// nil when any finding is an error.
    public var package: DataPackage?
    /// By file in the order of tables.md, then by line.
    public var findings: [Finding]
    /// As the package's settings say, however unsound the rest of it is; nil where nothing could be read.
    public var language: ReportLanguage?

    public init(package: DataPackage?, findings: [Finding], language: ReportLanguage? = nil) {
        self.package = package
        self.findings = findings
        self.language = language
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
        _ file: String, line: Int? = nil, column: String? = nil, value: String? = nil, _ message: Bilingual, advice: Bilingual,
        group: String? = nil
    ) {
        add(
            Finding(
                severity: .error, file: file, line: line, column: column, value: value.map(shortened), message: message, advice: advice),
            group: group)
    }

    func note(
        _ file: String, line: Int? = nil, column: String? = nil, value: String? = nil, _ message: Bilingual, advice: Bilingual,
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
                if entry.repeats > 0 {
                    finding.problem =
                        finding.problem
                        + Bilingual(
                            " (and on \(entry.repeats) more \(entry.repeats == 1 ? "line" : "lines"))", "（另有 \(entry.repeats) 行相同）")
                }
                result.append(finding)
            }
            let more = tally.moreErrors + tally.moreNotes
            if more > 0 {
                result.append(
                    Finding(
                        severity: tally.moreErrors > 0 ? .error : .note, file: file,
                        message: Bilingual("… and \(more) more \(more == 1 ? "finding" : "findings")", "……另有 \(more) 处问题"),
                        advice: Bilingual(
                            "Correct the ones above first; the rest often has the same cause.", "请先更正以上各处；其余往往出于同一原因。")))
            }
        }
        guard let places else { return result }
        return result.map(places.placed)
    }
}

/// `; did you mean "DC-07"?` after a name that is not there; nothing where no name is near.
func didYouMean(_ name: String?, isQuoted: Bool = true) -> Bilingual {
    guard let name else { return .none }
    return isQuoted ? Bilingual("; did you mean \"\(name)\"?", "，是不是“\(name)”？") : Bilingual("; did you mean \(name)?", "，是不是 \(name)？")
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

extension [Finding] {
    /// All of them, one after the other.
    public var wording: Bilingual {
        Bilingual(map { $0.text(.english) }.joined(separator: "\n"), map { $0.text(.chinese) }.joined(separator: "\n"))
    }
}
