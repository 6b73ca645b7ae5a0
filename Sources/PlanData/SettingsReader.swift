import Foundation
import PlanModel
import TOMLKit

/// `plan.toml` as written, defaults filled in; the start of the horizon and the season may still be open.
struct SettingsDraft {
    var unit = BucketUnit.week
    var start: CalendarDate?
    var bucketCount = 26
    var frozen = 0
    var segments = SegmentSettings()
    var bands = BandSettings()
    /// Buckets a year; nil = 52 for weeks, 12 for months.
    var season: Int?
    var quantiles = [0.1, 0.5, 0.9]
    var consumeBackwardDays = 30
    var consumeForwardDays = 30
    var newProducts = NewProductRule.ask
    var plan = AllocationSettings()
    var language = ReportLanguage.english
    /// Header of a field by table and field.
    var columnNames: [String: [String: String]] = [:]

    func settings(start: CalendarDate) -> PlanSettings {
        PlanSettings(
            horizon: Horizon(unit: unit, start: start, count: bucketCount, frozen: frozen), segments: segments, bands: bands,
            forecast: ForecastSettings(
                season: season ?? (unit == .week ? 52 : 12), quantiles: quantiles, consumeBackwardDays: consumeBackwardDays,
                consumeForwardDays: consumeForwardDays, newProducts: newProducts),
            plan: plan, language: language)
    }
}

/// The language that plan.toml asks for, however unsound the rest of a package is; nil where there is no such file.
package func reportLanguage(ofPackageAt folder: String) -> ReportLanguage? {
    guard let file = try? InputFile(path: folder + "/" + SettingsReader.fileName, name: SettingsReader.fileName) else { return nil }
    return file.withBytes { SettingsReader.read($0, collector: FindingCollector()).language }
}

/// A TOML value, free of the parser's types.
indirect enum SettingValue {
    case table([String: SettingValue])
    case array([SettingValue])
    case string(String)
    case integer(Int)
    case double(Double)
    case boolean(Bool)
    case date(String)
    case other(Bilingual)

    init(_ value: any TOMLValueConvertible) {
        switch value.type {
        case .table:
            var entries: [String: SettingValue] = [:]
            if let table = value.table { for key in table.keys { if let entry = table[key] { entries[key] = SettingValue(entry) } } }
            self = .table(entries)
        case .array: self = .array(value.array.map { $0.map { SettingValue($0) } } ?? [])
        case .string: self = value.string.map { .string($0) } ?? .other(Bilingual("string", "文字"))
        case .int: self = value.int.map { .integer($0) } ?? .other(Bilingual("integer", "整数"))
        case .double: self = value.double.map { .double($0) } ?? .other(Bilingual("number", "数字"))
        case .bool: self = value.bool.map { .boolean($0) } ?? .other(Bilingual("boolean", "真假值"))
        case .date:
            if let date = value.date, let day = CalendarDate(year: date.year, month: date.month, day: date.day) {
                self = .date(day.description)
            } else {
                self = .other(Bilingual("date", "日期"))
            }
        case .time: self = .other(Bilingual("time", "时刻"))
        case .dateTime: self = .other(Bilingual("date with a time", "带时刻的日期"))
        }
    }

    /// What it is, in a reader's words.
    var kind: Bilingual {
        switch self {
        case .table: Bilingual("a table", "一个表")
        case .array: Bilingual("a list", "一个列表")
        case .string(let text): Bilingual("the text \"\(shortened(text))\"", "文字“\(shortened(text))”")
        case .integer(let value): Bilingual("the number \(value)", "数字 \(value)")
        case .double(let value): Bilingual("the number \(value)", "数字 \(value)")
        case .boolean(let value): Bilingual(verbatim: "\(value)")
        case .date(let text): Bilingual("the date \(text)", "日期 \(text)")
        case .other(let name): Bilingual("a \(name.english)", name.chinese)
        }
    }
}

/// Reads `plan.toml` by key path: unknown keys, wrong types and values out of range are findings with the path and, where it can be found, the line.
final class SettingsReader {
    static let fileName = "plan.toml"
    /// A settings file is a page of text.
    static let byteLimit = 1 << 20

    private let collector: FindingCollector
    private let lines: [Substring]
    private var draft = SettingsDraft()

    /// The settings of a file's bytes; what could not be read keeps its default (and the collector has an error).
    static func read(_ bytes: UnsafeRawBufferPointer, collector: FindingCollector) -> SettingsDraft {
        if bytes.isEmpty { return SettingsDraft() }
        guard bytes.count <= byteLimit else {
            collector.error(
                fileName, Bilingual("the file is larger than 1 MB; it holds settings, not data", "该文件超过 1 MB；它只存放设置，不存放数据"),
                advice: Bilingual("Keep settings only in plan.toml; data goes into the CSV tables.", "plan.toml 中只写设置；数据放在各 CSV 表中。"))
            return SettingsDraft()
        }
        guard
            let (encoding, bodyStart) = TableReader.encoding(
                of: bytes, file: fileName, holds: Bilingual("settings", "设置"), collector: collector)
        else {
            return SettingsDraft()
        }
        guard let text = encoding.text(UnsafeRawBufferPointer(rebasing: bytes[bodyStart...])) else {
            collector.error(
                fileName, Bilingual("the text cannot be decoded", "文字无法解码"), advice: Bilingual("Save the file as UTF-8.", "请将文件存为 UTF-8。"))
            return SettingsDraft()
        }
        return SettingsReader(text: text, collector: collector).read(text)
    }

    /// Every setting of a file as key path and value, in the order of tables.md; lists and texts as a cell of a sheet has them.
    static func entries(_ data: Data) -> [(key: String, value: String)] {
        let text = String(decoding: data, as: UTF8.self)
        guard let table = try? TOMLTable(string: text), case .table(let sections) = SettingValue(table) else { return [] }
        var entries: [(String, String)] = []
        func add(_ path: [String], _ value: SettingValue) {
            if case .table(let members) = value {
                for key in members.keys.sorted() { if let member = members[key] { add(path + [key], member) } }
            } else {
                entries.append((path.joined(separator: "."), cellText(value, isInside: false)))
            }
        }
        add([], .table(sections))
        let order = [
            "horizon.bucket", "horizon.start", "horizon.buckets", "horizon.frozen", "segments.by", "segments.window", "segments.tiers",
            "bands.min_cover", "bands.target_cover", "bands.max_cover", "forecast.season", "forecast.quantiles", "forecast.consume",
            "forecast.new_products", "plan.ranks", "plan.sharing", "plan.measure", "plan.gap", "plan.over_stock_rate",
            "plan.over_target_rate",
            "report.language",
        ]
        return entries.map { (key: $0.0, value: $0.1) }.enumerated().sorted { a, b in
            let (first, second) = (order.firstIndex(of: a.element.key) ?? .max, order.firstIndex(of: b.element.key) ?? .max)
            return (first, a.offset) < (second, b.offset)
        }.map(\.element)
    }

    private static func cellText(_ value: SettingValue, isInside: Bool) -> String {
        switch value {
        case .table, .other: return ""
        case .array(let members): return "[" + members.map { cellText($0, isInside: true) }.joined(separator: ", ") + "]"
        case .string(let text), .date(let text):
            return isInside ? "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" : text
        case .integer(let number): return String(number)
        case .double(let number): return number.isFinite ? NumberText.shortest(number) : ""
        case .boolean(let flag): return flag ? "true" : "false"
        }
    }

    private init(text: String, collector: FindingCollector) {
        self.collector = collector
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    private func read(_ text: String) -> SettingsDraft {
        let root: SettingValue
        do {
            root = SettingValue(try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            let place = error.source.begin
            collector.error(
                SettingsReader.fileName, line: place.line,
                Bilingual(
                    "the line is no TOML (column \(place.column)): \(shortenedMessage(error.description))",
                    "此行不符合 TOML 格式（第 \(place.column) 个字符）：\(shortenedMessage(error.description))"),
                advice: Bilingual("Texts need quotes, keys stand once, and sections are written [name].", "文字须加引号，每个设置只写一次，小节写作 [名称]。"))
            return draft
        } catch {
            collector.error(
                SettingsReader.fileName,
                Bilingual("the file is no TOML: \(shortenedMessage("\(error)"))", "该文件不符合 TOML 格式：\(shortenedMessage("\(error)"))"),
                advice: Bilingual("Correct the file.", "请改正该文件。"))
            return draft
        }
        guard case .table(let sections) = root else { return draft }
        let known = ["horizon", "segments", "bands", "forecast", "plan", "report", "columns"]
        for name in sections.keys.sorted() {
            guard known.contains(name) else {
                unknownKey(name, path: name, known: known)
                continue
            }
            guard case .table(let entries)? = sections[name] else {
                wrongType(name, sections[name], wanted: Bilingual("a section, [\(name)]", "一个小节 [\(name)]"))
                continue
            }
            switch name {
            case "horizon": readHorizon(entries)
            case "segments": readSegments(entries)
            case "bands": readBands(entries)
            case "forecast": readForecast(entries)
            case "plan": readPlan(entries)
            case "report": readReport(entries)
            default: readColumns(entries)
            }
        }
        return draft
    }

    // MARK: Sections

    private func readHorizon(_ entries: [String: SettingValue]) {
        check(entries, in: "horizon", known: ["bucket", "start", "buckets", "frozen"])
        if let unit: BucketUnit = word(entries, "horizon", "bucket") { draft.unit = unit }
        if let value = entries["start"] {
            switch value {
            case .string(let text), .date(let text):
                switch DateText.read(text) {
                case .date(let date): draft.start = date
                case .blank:
                    error(
                        "horizon.start", Bilingual("is blank", "未填写"),
                        advice: Bilingual(
                            "Write the first day of the plan, such as start = \"2027-03-01\".", "请写明计划的第一天，例如 start = \"2027-03-01\"。"))
                case .problem(let message, let advice):
                    error(
                        "horizon.start", Bilingual("\"\(shortened(text))\" \(message.english)", "“\(shortened(text))”\(message.chinese)"),
                        value: text, advice: advice)
                }
            default:
                wrongType("horizon.start", value, wanted: Bilingual("a date in quotes, such as \"2027-03-01\"", "加引号的日期，例如 \"2027-03-01\""))
            }
        }
        if let count = integer(entries, "horizon", "buckets", 1...1040) { draft.bucketCount = count }
        if let frozen = integer(entries, "horizon", "frozen", 0...1040) { draft.frozen = frozen }
        if draft.frozen > draft.bucketCount {
            error(
                "horizon.frozen",
                Bilingual(
                    "\(draft.frozen) buckets are frozen, but the horizon has \(draft.bucketCount)",
                    "冻结了 \(draft.frozen) 期，而计划期只有 \(draft.bucketCount) 期"),
                advice: Bilingual("Freeze no more buckets than there are.", "冻结的期数不能超过计划期。"))
            draft.frozen = draft.bucketCount
        }
    }

    private func readSegments(_ entries: [String: SettingValue]) {
        check(entries, in: "segments", known: ["by", "window", "tiers"])
        if let by: Measure = word(entries, "segments", "by", allowed: [.value, .quantity]) { draft.segments.by = by }
        if let window = integer(entries, "segments", "window", 1...10_000) { draft.segments.window = window }
        if let tiers = numbers(entries, "segments", "tiers") {
            let isRising = zip(tiers, tiers.dropFirst()).allSatisfy { $0 < $1 }
            if tiers.isEmpty || !isRising || tiers.contains(where: { $0 <= 0 || $0 > 1 }) || tiers.count > 20 {
                error(
                    "segments.tiers", Bilingual("the cuts are not rising shares between 0 and 1", "分级界限不是 0 与 1 之间由小到大的比例"),
                    advice: Bilingual("Write them like tiers = [0.8, 0.95].", "请写成 tiers = [0.8, 0.95] 的形式。"))
            } else {
                draft.segments.tiers = tiers
            }
        }
    }

    private func readBands(_ entries: [String: SettingValue]) {
        check(entries, in: "bands", known: ["min_cover", "target_cover", "max_cover"])
        if let cover = number(entries, "bands", "min_cover", 0...1000) { draft.bands.minCover = cover }
        if let cover = number(entries, "bands", "target_cover", 0...1000) { draft.bands.targetCover = cover }
        if let cover = number(entries, "bands", "max_cover", 0...1000) { draft.bands.maxCover = cover }
        let bands = draft.bands
        if bands.minCover > bands.targetCover || bands.targetCover > bands.maxCover {
            error(
                "bands",
                Bilingual(
                    "min_cover \(bands.minCover), target_cover \(bands.targetCover) and max_cover \(bands.maxCover) are not in rising order",
                    "min_cover \(bands.minCover)、target_cover \(bands.targetCover)、max_cover \(bands.maxCover) 没有由小到大"),
                advice: Bilingual(
                    "Minimum, target and maximum have to rise (blank keys count as 1, 2 and 4).", "下限、目标、上限须由小到大（未填写的分别按 1、2、4 计）。"))
        }
    }

    private func readForecast(_ entries: [String: SettingValue]) {
        check(entries, in: "forecast", known: ["season", "quantiles", "consume", "new_products"])
        if let season = integer(entries, "forecast", "season", 1...366) { draft.season = season }
        if let rule: NewProductRule = word(entries, "forecast", "new_products") { draft.newProducts = rule }
        if let quantiles = numbers(entries, "forecast", "quantiles") {
            let isRising = zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 < $1 }
            if quantiles.isEmpty || !isRising || quantiles.contains(where: { $0 <= 0 || $0 >= 1 }) || quantiles.count > 99 {
                error(
                    "forecast.quantiles", Bilingual("the quantiles are not rising numbers between 0 and 1", "分位数不是 0 与 1 之间由小到大的数字"),
                    advice: Bilingual("Write them like quantiles = [0.1, 0.5, 0.9].", "请写成 quantiles = [0.1, 0.5, 0.9] 的形式。"))
            } else {
                draft.quantiles = quantiles
            }
        }
        if let days = numbers(entries, "forecast", "consume") {
            if days.count == 2, days.allSatisfy({ $0 >= 0 && $0 <= 3660 && $0 == $0.rounded() }) {
                draft.consumeBackwardDays = Int(days[0])
                draft.consumeForwardDays = Int(days[1])
            } else {
                error(
                    "forecast.consume", Bilingual("two whole numbers of days are wanted", "此处应为两个整数（天数）"),
                    advice: Bilingual("Write days backward and forward, like consume = [30, 30].", "请写明向前和向后的天数，例如 consume = [30, 30]。"))
            }
        }
    }

    private func readPlan(_ entries: [String: SettingValue]) {
        check(entries, in: "plan", known: ["ranks", "sharing", "measure", "gap", "over_stock_rate", "over_target_rate"])
        if let value = entries["ranks"] { readRanks(value) }
        if let value = entries["sharing"] { readSharing(value) }
        if let measure: Measure = word(entries, "plan", "measure", allowed: [.quantity, .value, .volume]) { draft.plan.measure = measure }
        if let gap = number(entries, "plan", "gap", 0...1) {
            if gap > 0 {
                draft.plan.gap = gap
            } else {
                error(
                    "plan.gap", Bilingual("a gap of 0 can never be proven with floating-point numbers", "差距为 0 在浮点数下无法证明"),
                    advice: Bilingual("Write a small share, such as gap = 1e-4.", "请写一个很小的比例，例如 gap = 1e-4。"))
            }
        }
        if let rate = number(entries, "plan", "over_stock_rate", 0...1000) { draft.plan.overStockRate = rate }
        if let rate = number(entries, "plan", "over_target_rate", 0...1000) { draft.plan.overTargetRate = rate }
    }

    private func readRanks(_ value: SettingValue) {
        let advice =
            Bilingual(
                "Write groups of aims in order: ranks = [[\"guarantees\"], [\"lost-sales\", \"sharing\"], [\"lateness\"], [\"stock-under-minimum\"], [\"cost\"]].",
                "请按先后写出各组目标：ranks = [[\"guarantees\"], [\"lost-sales\", \"sharing\"], [\"lateness\"], [\"stock-under-minimum\"], [\"cost\"]]。"
            )
        guard case .array(let groups) = value, !groups.isEmpty else {
            error(
                "plan.ranks",
                Bilingual("a list of groups of aims is wanted, found \(value.kind.english)", "此处应为各组目标的列表，实为\(value.kind.chinese)"),
                advice: advice)
            return
        }
        var ranks: [[Aim]] = []
        var seen: Set<Aim> = []
        for (number, group) in groups.enumerated() {
            guard case .array(let aims) = group, !aims.isEmpty else {
                error(
                    "plan.ranks",
                    Bilingual(
                        "group \(number + 1) is \(group.kind.english), not a list of aims",
                        "第 \(number + 1) 组是\(group.kind.chinese)，不是目标的列表"), advice: advice)
                return
            }
            var read: [Aim] = []
            for aim in aims {
                guard case .string(let text) = aim else {
                    error(
                        "plan.ranks",
                        Bilingual(
                            "group \(number + 1) holds \(aim.kind.english), not an aim", "第 \(number + 1) 组中有\(aim.kind.chinese)，不是目标"),
                        advice: advice)
                    return
                }
                guard let known = Aim(rawValue: text) else {
                    let words = Aim.allCases.map(\.rawValue)
                    let near = didYouMean(nearestName(to: text, among: words))
                    error(
                        "plan.ranks",
                        Bilingual("\"\(shortened(text))\" is no aim\(near.english)", "“\(shortened(text))”不是目标\(near.chinese)"),
                        value: text,
                        advice: Bilingual("The aims are \(words.joined(separator: ", ")).", "目标有：\(words.joined(separator: "、"))。"))
                    return
                }
                guard seen.insert(known).inserted else {
                    error(
                        "plan.ranks", Bilingual("the aim \(text) stands twice", "目标 \(text) 写了两次"),
                        advice: Bilingual("Name each aim once.", "每个目标只写一次。"))
                    return
                }
                read.append(known)
            }
            ranks.append(read)
        }
        draft.plan.ranks = ranks
        let left = Aim.allCases.filter { !seen.contains($0) && $0 != .sharing }
        if !left.isEmpty {
            collector.note(
                SettingsReader.fileName, line: line(of: "plan.ranks"), column: "plan.ranks",
                Bilingual(
                    "\(left.map(\.rawValue).joined(separator: ", ")) is no aim of this plan",
                    "本计划不考虑目标 \(left.map(\.rawValue).joined(separator: "、"))"),
                advice: Bilingual("Add it to ranks if the plan should care about it.", "如需考虑，请将其写入 ranks。"))
        }
    }

    private func readSharing(_ value: SettingValue) {
        func rule(_ value: SettingValue?, _ path: String) -> SharingRule? {
            guard case .string(let text)? = value else {
                wrongType(path, value, wanted: Bilingual("one of proportional, maxmin, weighted", "proportional、maxmin、weighted 之一"))
                return nil
            }
            if let rule = SharingRule(rawValue: text) { return rule }
            noSuchWord(path, text, SharingRule.allCases.map(\.rawValue))
            return nil
        }
        guard case .table(let rules) = value else {
            if let rule = rule(value, "plan.sharing") { draft.plan.sharing = rule }
            return
        }
        for key in rules.keys.sorted() {
            guard let tier = Int(key), (1...TableLimits.mostTiers).contains(tier) else {
                error(
                    "plan.sharing.\(key)", Bilingual("\"\(shortened(key))\" is no tier", "“\(shortened(key))”不是级别"), value: key,
                    advice: Bilingual(
                        "Write tiers by number: sharing = { 1 = \"proportional\", 3 = \"weighted\" }.",
                        "级别请写数字：sharing = { 1 = \"proportional\", 3 = \"weighted\" }。"))
                continue
            }
            if let rule = rule(rules[key], "plan.sharing.\(key)") { draft.plan.sharingByTier[tier] = rule }
        }
    }

    private func readReport(_ entries: [String: SettingValue]) {
        check(entries, in: "report", known: ["language"])
        if let language: ReportLanguage = word(entries, "report", "language") { draft.language = language }
    }

    private func readColumns(_ tables: [String: SettingValue]) {
        for name in tables.keys.sorted() {
            guard let schema = TableSchema.named(name) else {
                unknownKey(name, path: "columns.\(name)", known: TableSchema.all.map(\.name))
                continue
            }
            guard case .table(let fields)? = tables[name] else {
                wrongType("columns.\(name)", tables[name], wanted: Bilingual("a section, [columns.\(name)]", "一个小节 [columns.\(name)]"))
                continue
            }
            for field in fields.keys.sorted() {
                let path = "columns.\(name).\(field)"
                guard schema.field(field) != nil else {
                    unknownKey(field, path: path, known: schema.fields.map(\.name))
                    continue
                }
                guard case .string(let header)? = fields[field], !trimmed(header).isEmpty else {
                    wrongType(path, fields[field], wanted: Bilingual("the header of the column in quotes", "加引号的列名"))
                    continue
                }
                draft.columnNames[name, default: [:]][field] = header
            }
        }
    }

    // MARK: Values

    private func check(_ entries: [String: SettingValue], in section: String, known: [String]) {
        for key in entries.keys.sorted() where !known.contains(key) { unknownKey(key, path: "\(section).\(key)", known: known) }
    }

    private func integer(_ entries: [String: SettingValue], _ section: String, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = entries[key] else { return nil }
        let path = "\(section).\(key)"
        var read: Int?
        if case .integer(let whole) = value { read = whole }
        if case .double(let real) = value, real == real.rounded(), abs(real) < 1e9 { read = Int(real) }
        guard let read else {
            wrongType(path, value, wanted: Bilingual("a whole number", "整数"))
            return nil
        }
        guard range.contains(read) else {
            error(
                path,
                Bilingual(
                    "\(read) is not between \(range.lowerBound) and \(range.upperBound)",
                    "\(read) 不在 \(range.lowerBound) 至 \(range.upperBound) 之间"), value: "\(read)",
                advice: Bilingual("Correct the number.", "请改正该数字。"))
            return nil
        }
        return read
    }

    private func real(_ value: SettingValue) -> Double? {
        switch value {
        case .integer(let whole): Double(whole)
        case .double(let real) where real.isFinite: real
        default: nil
        }
    }

    private func number(_ entries: [String: SettingValue], _ section: String, _ key: String, _ range: ClosedRange<Double>) -> Double? {
        guard let value = entries[key] else { return nil }
        let path = "\(section).\(key)"
        guard let read = real(value) else {
            wrongType(path, value, wanted: Bilingual("a number", "数字"))
            return nil
        }
        guard range.contains(read) else {
            error(
                path,
                Bilingual(
                    "\(read) is not between \(range.lowerBound) and \(range.upperBound)",
                    "\(read) 不在 \(range.lowerBound) 至 \(range.upperBound) 之间"), value: "\(read)",
                advice: Bilingual("Correct the number.", "请改正该数字。"))
            return nil
        }
        return read
    }

    private func numbers(_ entries: [String: SettingValue], _ section: String, _ key: String) -> [Double]? {
        guard let value = entries[key] else { return nil }
        guard case .array(let items) = value else {
            wrongType("\(section).\(key)", value, wanted: Bilingual("a list of numbers", "数字的列表"))
            return nil
        }
        var result: [Double] = []
        for item in items {
            guard let read = real(item) else {
                wrongType("\(section).\(key)", item, wanted: Bilingual("numbers only in this list", "列表中只有数字"))
                return nil
            }
            result.append(read)
        }
        return result
    }

    private func word<Value: RawRepresentable & CaseIterable & Equatable>(
        _ entries: [String: SettingValue], _ section: String, _ key: String, allowed: [Value] = Array(Value.allCases)
    ) -> Value? where Value.RawValue == String {
        guard let value = entries[key] else { return nil }
        let path = "\(section).\(key)"
        let words = allowed.map(\.rawValue)
        guard case .string(let text) = value else {
            wrongType(path, value, wanted: Bilingual("one of \(words.joined(separator: ", "))", "\(words.joined(separator: "、")) 之一"))
            return nil
        }
        if words.contains(text) { return Value(rawValue: text) }
        noSuchWord(path, text, words)
        return nil
    }

    // MARK: Findings

    private func error(_ path: String, _ message: Bilingual, value: String? = nil, advice: Bilingual) {
        collector.error(SettingsReader.fileName, line: line(of: path), column: path, value: value, message, advice: advice)
    }

    private func wrongType(_ path: String, _ value: SettingValue?, wanted: Bilingual) {
        let found = value?.kind ?? Bilingual("nothing", "空值")
        error(
            path, Bilingual("found \(found.english), wanted \(wanted.english)", "此处应为\(wanted.chinese)，实为\(found.chinese)"),
            advice: Bilingual("Correct the value.", "请改正该值。"))
    }

    private func noSuchWord(_ path: String, _ text: String, _ words: [String]) {
        let near = didYouMean(nearestName(to: text, among: words))
        error(
            path,
            Bilingual(
                "\"\(shortened(text))\" is none of \(words.joined(separator: ", "))\(near.english)",
                "“\(shortened(text))”不是 \(words.joined(separator: "、")) 之一\(near.chinese)"), value: text,
            advice: Bilingual("Write one of these words.", "请写其中之一。"))
    }

    private func unknownKey(_ key: String, path: String, known: [String]) {
        let near = didYouMean(nearestName(to: key, among: known))
        error(
            path, Bilingual("there is no setting \"\(shortened(key))\"\(near.english)", "没有“\(shortened(key))”这项设置\(near.chinese)"),
            value: key, advice: Bilingual("Here stand: \(known.joined(separator: ", ")).", "此处可写：\(known.joined(separator: "、"))。"))
    }

    /// Line of a key path: of its section, or of the key inside it, in the usual ways of writing TOML; nil where it is written otherwise.
    private func line(of path: String) -> Int? {
        let parts = path.split(separator: ".").map(String.init)
        var section: [String] = []
        var best: (depth: Int, line: Int)?
        for (number, raw) in lines.enumerated() {
            let text = trimmed(raw)
            if text.hasPrefix("[") {
                let name = text.drop { $0 == "[" }.prefix { $0 != "]" }
                section = name.split(separator: ".").map { trimmed($0).trimmingCharacters(in: CharacterSet(charactersIn: "\"'")) }
                if parts.starts(with: section), section.count > best?.depth ?? 0 { best = (section.count, number + 1) }
            } else if let equals = text.firstIndex(of: "=") {
                let key = text[..<equals].split(separator: ".").map {
                    trimmed($0).trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
                }
                let full = section + key
                if parts.starts(with: full), full.count > best?.depth ?? 0 { best = (full.count, number + 1) }
            }
        }
        return best?.line
    }

    private func shortenedMessage(_ text: String) -> String {
        let line = text.split(separator: "\n").first.map(String.init) ?? text
        return line.count > 160 ? line.prefix(160) + "…" : line
    }
}

/// Bounds that keep a slip of the keyboard from becoming a day of computing.
enum TableLimits {
    /// Every tier costs a few solves, also an empty one.
    static let mostTiers = 50
}
