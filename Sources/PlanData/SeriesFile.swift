import Foundation
import PlanModel

/// A point in time of a plain series, and the step to the next.
public enum SeriesLabel: Hashable, Comparable, Sendable, CustomStringConvertible {
    case date(CalendarDate)
    /// Months since year 0: year × 12 + month − 1.
    case month(Int)
    /// Quarters since year 0: year × 4 + quarter − 1.
    case quarter(Int)
    case number(Int)

    /// Reads `YYYY-MM-DD`, `YYYY-MM`, `YYYY-Qn` or an integer.
    public init?(_ text: String) {
        if let date = CalendarDate(text) {
            self = .date(date)
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].count == 4, let year = Int(parts[0]), year > 0 {
            if parts[1].count == 2, parts[1].first == "Q" || parts[1].first == "q", let quarter = Int(parts[1].dropFirst()),
                (1...4).contains(quarter)
            {
                self = .quarter(year * 4 + quarter - 1)
                return
            }
            if parts[1].count == 2, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let month = Int(parts[1]), (1...12).contains(month)
            {
                self = .month(year * 12 + month - 1)
                return
            }
            return nil
        }
        guard text.count <= 15, let number = Int(text), !text.hasPrefix("+") else { return nil }
        self = .number(number)
    }

    public static func < (a: SeriesLabel, b: SeriesLabel) -> Bool { (a.kindOrder, a.position) < (b.kindOrder, b.position) }

    /// Days, months, quarters or numbers on one scale.
    public var position: Int {
        switch self {
        case .date(let date): date.daysSinceEpoch
        case .month(let value), .quarter(let value), .number(let value): value
        }
    }

    fileprivate var kindOrder: Int {
        switch self {
        case .date: 0
        case .month: 1
        case .quarter: 2
        case .number: 3
        }
    }

    var kindName: Bilingual {
        switch self {
        case .date: Bilingual("a date", "日期")
        case .month: Bilingual("a month (YYYY-MM)", "月份（YYYY-MM）")
        case .quarter: Bilingual("a quarter (YYYY-Qn)", "季度（YYYY-Qn）")
        case .number: Bilingual("an integer", "整数")
        }
    }

    public var description: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        switch self {
        case .date(let date): return date.description
        case .month(let value): return "\(padded(value / 12, 4))-\(padded(value % 12 + 1, 2))"
        case .quarter(let value): return "\(padded(value / 4, 4))-Q\(value % 4 + 1)"
        case .number(let value): return String(value)
        }
    }
}

/// Distance from one label of a series to the next.
public enum SeriesStep: Hashable, Sendable {
    case days(Int)
    /// Calendar months on the same day (`dayOfMonth`, or the month's last day where it is shorter).
    case calendarMonths(Int, dayOfMonth: Int)
    /// Months, quarters or numbers.
    case units(Int)

    /// The label `count` steps after `label`.
    ///
    /// Dates stop at 9999-12-31, numbers at the largest integer.
    public func label(after label: SeriesLabel, count: Int) -> SeriesLabel {
        switch (self, label) {
        case (.calendarMonths(let months, let dayOfMonth), .date(let date)):
            let (year, month, _) = date.yearMonthDay
            let total = min(year * 12 + month - 1 + months * count, 9999 * 12 + 11)
            let day = min(dayOfMonth, CalendarDate.daysIn(month: total % 12 + 1, year: total / 12))
            return .date(CalendarDate(year: total / 12, month: total % 12 + 1, day: day) ?? date)
        case (.days(let days), .date(let date)), (.units(let days), .date(let date)): return .date(date.adding(days: days * count))
        case (.units(let units), .month(let value)), (.days(let units), .month(let value)),
            (.calendarMonths(let units, _), .month(let value)):
            return .month(value + units * count)
        case (.units(let units), .quarter(let value)), (.days(let units), .quarter(let value)),
            (.calendarMonths(let units, _), .quarter(let value)):
            return .quarter(value + units * count)
        case (.units(let units), .number(let value)), (.days(let units), .number(let value)),
            (.calendarMonths(let units, _), .number(let value)):
            return .number(value + units * count)
        }
    }
}

/// One plain series: values in order of their labels, one a step.
public struct PlainSeries: Hashable, Sendable {
    public var id: String
    public var labels: [SeriesLabel]
    public var values: [Double]
    public var step: SeriesStep

    public init(id: String, labels: [SeriesLabel], values: [Double], step: SeriesStep) {
        self.id = id
        self.labels = labels
        self.values = values
        self.step = step
    }

    /// The `count` labels after the last one.
    public func futureLabels(_ count: Int) -> [SeriesLabel] {
        guard let last = labels.last, count > 0 else { return [] }
        return (1...count).map { step.label(after: last, count: $0) }
    }
}

/// What reading a series file gave.
public struct SeriesReading: Sendable {
    /// In order of first appearance; empty when any finding is an error.
    public var series: [PlainSeries]
    public var findings: [Finding]

    public init(series: [PlainSeries], findings: [Finding]) {
        self.series = series
        self.findings = findings
    }
}

/// Reads series in long form, `unique_id, ds, y`: `ds` a date, `YYYY-MM`, `YYYY-Qn` or an integer, in any order of rows.
///
/// Gaps are told as notes and left as they are: the values then simply follow each other. A label that stands twice in a series, a blank
/// or bad `y`, and kinds of labels mixed within a file are errors.
public func readSeries(at file: String) -> SeriesReading {
    let collector = FindingCollector()
    let name = URL(fileURLWithPath: file).lastPathComponent
    let input: InputFile
    do throws(InputFile.OpenFailure) {
        input = try InputFile(path: file, name: name)
    } catch {
        error.report(file: name, to: collector)
        return SeriesReading(series: [], findings: collector.findings(fileOrder: []))
    }
    let schema = TableSchema(
        name: name.lowercased().hasSuffix(".csv") ? String(name.dropLast(4)) : name, title: Bilingual("series", "时间序列"),
        key: ["unique_id", "ds"],
        fields: [
            TableField("unique_id", .id(of: nil), required: true, "id of the series", ["序列编号", "序列"]),
            TableField("ds", .text, required: true, "date, YYYY-MM, YYYY-Qn or an integer", ["时间", "日期"]),
            TableField("y", .number(.any), required: true, "value", ["数值", "值"]),
        ])
    var ids: [String] = []
    var points: [[(label: SeriesLabel, value: Double, line: Int)]] = []
    input.withBytes { bytes in
        guard let table = TableReader(bytes: bytes, schema: schema, columnNames: [:], isOurs: true, collector: collector) else { return }
        let (id, ds, y) = (table.column("unique_id"), table.column("ds"), table.column("y"))
        var positions: [String: Int] = [:]
        var kind: SeriesLabel?
        while table.next() {
            let series = table.id(id)
            let text = table.text(ds)
            let value = table.number(y)
            guard table.isSound, let value else { continue }
            guard let label = SeriesLabel(text) else {
                table.reject(
                    ds, value: text, Bilingual("\"\(shortened(text))\" is no point in time", "“\(shortened(text))”不是时间"),
                    advice: Bilingual(
                        "Write a date (2027-03-01), a month (2027-03), a quarter (2027-Q1) or an integer.",
                        "请填写日期（2027-03-01）、月份（2027-03）、季度（2027-Q1）或整数。"))
                continue
            }
            if let kind, kind.kindOrder != label.kindOrder {
                table.reject(
                    ds, value: text,
                    Bilingual(
                        "\"\(shortened(text))\" is \(label.kindName.english), the rows before have \(kind.kindName.english)",
                        "“\(shortened(text))”是\(label.kindName.chinese)，而前面各行是\(kind.kindName.chinese)"),
                    advice: Bilingual("Write all of them in one way.", "请统一写法。"), group: "kinds")
                continue
            }
            kind = label
            if let position = positions[series] {
                points[position].append((label, value, table.line))
            } else {
                positions[series] = ids.count
                ids.append(series)
                points.append([(label, value, table.line)])
            }
        }
        if table.rowCount == 0, !table.isCutShort {
            collector.error(
                schema.fileName, Bilingual("the file has a header and no rows", "该文件只有表头，没有数据行"),
                advice: Bilingual("Add rows of unique_id, ds, y.", "请补上各行：unique_id、ds、y。"))
        }
    }
    var result: [PlainSeries] = []
    for (id, rows) in zip(ids, points) {
        let sorted = rows.sorted { ($0.label, $0.line) < ($1.label, $1.line) }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where earlier.label == later.label {
            collector.error(
                schema.fileName, line: later.line, column: "ds", value: later.label.description,
                Bilingual(
                    "series \"\(shortened(id))\" has \(later.label) on line \(earlier.line) already",
                    "序列“\(shortened(id))”的 \(later.label) 在第 \(earlier.line) 行已经出现"),
                advice: Bilingual("Delete one of the two lines.", "请删除两行之一。"))
        }
        let labels = sorted.map(\.label)
        let step = seriesStep(of: labels)
        for (earlier, later) in zip(sorted, sorted.dropFirst())
        where earlier.label != later.label && !isNext(later.label, after: earlier.label, step) {
            collector.note(
                schema.fileName, line: later.line, column: "ds", value: later.label.description,
                Bilingual(
                    "series \"\(shortened(id))\" has a gap between \(earlier.label) and \(later.label)",
                    "序列“\(shortened(id))”在 \(earlier.label) 与 \(later.label) 之间有缺失"),
                advice: Bilingual("Add the rows between them, with 0 where nothing happened.", "请补上其间各行，没有发生的填 0。"), group: "gap \(id)")
        }
        result.append(PlainSeries(id: id, labels: labels, values: sorted.map(\.value), step: step))
    }
    return SeriesReading(series: collector.hasErrors ? [] : result, findings: collector.findings(fileOrder: []))
}

/// The commonest distance between neighbouring labels, the smaller one of equals; dates 28 to 31 days apart step by calendar months.
private func seriesStep(of labels: [SeriesLabel]) -> SeriesStep {
    var counts: [Int: Int] = [:]
    for (earlier, later) in zip(labels, labels.dropFirst()) where later.position > earlier.position {
        counts[later.position - earlier.position, default: 0] += 1
    }
    let commonest = counts.max { a, b in a.value != b.value ? a.value < b.value : a.key > b.key }?.key
    guard case .date? = labels.first else { return .units(commonest ?? 1) }
    guard let days = commonest else { return .days(1) }
    let isWholeMonths: (Int, ClosedRange<Int>) -> Int? = { months, range in range.contains(days) ? months : nil }
    let months = isWholeMonths(1, 28...31) ?? isWholeMonths(3, 89...92) ?? isWholeMonths(12, 365...366)
    let dayOfMonth = labels.map { label -> Int in if case .date(let date) = label { date.yearMonthDay.day } else { 1 } }.max() ?? 1
    // Every 28 days is four weeks, not a month, unless the days of the month agree.
    if let months, labels.allSatisfy({ hasDay(dayOfMonth, $0) }) { return .calendarMonths(months, dayOfMonth: dayOfMonth) }
    return .days(days)
}

/// Whether a date lies on this day of its month, or on the month's last day where it has no such day.
private func hasDay(_ day: Int, _ label: SeriesLabel) -> Bool {
    guard case .date(let date) = label else { return false }
    let (year, month, own) = date.yearMonthDay
    return own == min(day, CalendarDate.daysIn(month: month, year: year))
}

private func isNext(_ label: SeriesLabel, after earlier: SeriesLabel, _ step: SeriesStep) -> Bool {
    step.label(after: earlier, count: 1) == label
}
