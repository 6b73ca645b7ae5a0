import CXLSXWriter
import Foundation
import PlanData
import PlanModel

/// What a plan's workbook says beside its tables.
public struct PlanWorkbookFacts: Sendable {
    public var title: String
    /// The first day of each bucket.
    public var buckets: [CalendarDate]
    /// Parts of the cost, in money over the horizon.
    public var costs: [(name: String, value: Double)]
    /// SHA-256 of the files the plan was made from.
    public var inputHashes: [String: String]
    public var version: String

    public init(
        title: String, buckets: [CalendarDate], costs: [(name: String, value: Double)], inputHashes: [String: String], version: String
    ) {
        self.title = title
        self.buckets = buckets
        self.costs = costs
        self.inputHashes = inputHashes
        self.version = version
    }
}

/// Writes a plan as one workbook: a summary and the season by bucket, both by formulas over the tables, two chart sheets, and a sheet for each
/// table of the plan folder, with typed columns, frozen headers, filters and, below the rows, totals of what is shown.
///
/// A table longer than a sheet goes on in the next one. The same plan gives the same bytes.
///
/// - Parameter tables: ``planTables(at:language:)``.
/// - Throws: ``WorkbookError``; a workbook that is there is replaced only when everything has gone well.
public func writePlanWorkbook(_ tables: [TableExport], facts: PlanWorkbookFacts, language: ReportLanguage, to path: String)
    throws(WorkbookError)
{
    var plan = PlanWorkbook(tables, facts: facts, isChinese: language == .chinese)
    try plan.write(to: path)
}

private struct PlanWorkbook {
    let tables: [TableExport]
    let facts: PlanWorkbookFacts
    let isChinese: Bool
    /// Sheets of each table: name and number of rows.
    private var sheets: [String: [(name: String, rows: Int)]] = [:]
    /// Sums of the columns that have one, by `table.column`, and by bucket.
    private var sums: [String: Double] = [:]
    private var bucketSums: [String: [Double]] = [:]

    /// Rows of a sheet, less header and total.
    static let rowsPerSheet = XLSXWorkbook.rowLimit - 2

    init(_ tables: [TableExport], facts: PlanWorkbookFacts, isChinese: Bool) {
        self.tables = tables
        self.facts = facts
        self.isChinese = isChinese
        for table in tables { count(table) }
    }

    private func words(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

    /// The columns that the season sheet adds up by bucket.
    private static let seasonColumns: [(table: String, column: String)] = [
        ("account_plan", "demand"), ("account_plan", "served"), ("account_plan", "lost"), ("account_plan", "backlog"),
        ("account_plan", "stock"),
        ("production", "quantity"), ("movements", "quantity"), ("lines", "hours"), ("lines", "hours_used"), ("lines", "overtime_used"),
    ]

    private mutating func count(_ table: TableExport) {
        let numberOfBucket = Dictionary(facts.buckets.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let wanted = table.columns.enumerated().filter { _, column in
            column.isSum || PlanWorkbook.seasonColumns.contains { $0.table == table.name && $0.column == column.field }
        }.map { (position: $0.offset, key: "\(table.name).\($0.element.field ?? "")") }
        var totals = [Double](repeating: 0, count: wanted.count)
        var perBucket = [[Double]](repeating: [Double](repeating: 0, count: facts.buckets.count), count: wanted.count)
        var rows = 0
        let bucketColumn = table.columns.firstIndex { $0.field == "bucket" }
        table.forEachRow { cells in
            rows += 1
            var bucket: Int?
            if let bucketColumn, case .date(let date) = cells[bucketColumn] { bucket = numberOfBucket[date] }
            for (index, entry) in wanted.enumerated() {
                guard case .number(let value) = cells[entry.position] else { continue }
                totals[index] += value
                if let bucket { perBucket[index][bucket] += value }
            }
        }
        for (index, entry) in wanted.enumerated() {
            sums[entry.key] = totals[index]
            bucketSums[entry.key] = perBucket[index]
        }
        var parts: [(String, Int)] = []
        var left = rows
        repeat {
            parts.append(
                (parts.isEmpty ? table.sheetName : "\(table.sheetName) (\(parts.count + 1))", min(left, PlanWorkbook.rowsPerSheet)))
            left -= PlanWorkbook.rowsPerSheet
        } while left > 0
        sheets[table.name] = parts
    }

    /// The cells of a column on each of its sheets, such as `'account_plan'!$D$2:$D$5000`; none where the table is empty.
    private func ranges(_ table: String, _ column: String) -> [String] {
        guard let export = tables.first(where: { $0.name == table }),
            let position = export.columns.firstIndex(where: { $0.field == column })
        else { return [] }
        let letter = columnName(position)
        return (sheets[table] ?? []).filter { $0.rows > 0 }.map { "'\($0.name)'!$\(letter)$2:$\(letter)$\($0.rows + 1)" }
    }

    private func sumFormula(_ table: String, _ column: String) -> String {
        let ranges = ranges(table, column)
        return ranges.isEmpty ? "0" : ranges.map { "SUM(\($0))" }.joined(separator: "+")
    }

    private func sumFormula(_ table: String, _ column: String, bucketCell: String) -> String {
        let pairs = zip(ranges(table, column), ranges(table, "bucket"))
        let terms = pairs.map { "SUMIFS(\($0),\($1),\(bucketCell))" }
        return terms.isEmpty ? "0" : terms.joined(separator: "+")
    }

    mutating func write(to path: String) throws(WorkbookError) {
        let book = try WorkbookWriter(path: path, title: facts.title)
        let summary = words("summary", "概要")
        let season = words("season", "旺季")
        writeSummary(book.addSheet(summary), season: season)
        writeSeason(book.addSheet(season))
        addCharts(book, season: season)
        for table in tables { write(table, to: book) }
        try book.finish()
    }

    // MARK: Summary

    private func writeSummary(_ sheet: SheetWriter, season: String) {
        sheet.setWidth(44, column: 0)
        sheet.setWidth(22, column: 1)
        sheet.setWidth(60, column: 2)
        sheet.setPrinting(titleRows: 0, footer: "&L&F&R&P / &N")
        var row = 0
        sheet.write(facts.title, row, 0, .title)
        row += 2
        sheet.write(words("Figure", "指标"), row, 0, .header)
        sheet.write(words("Value", "数值"), row, 1, .header)
        sheet.write(words("From", "来源"), row, 2, .header)
        let demandRow = row + 2
        func figure(_ name: String, _ formula: String, _ value: Double, _ source: String, _ style: CellStyle = .number) {
            row += 1
            sheet.write(name, row, 0)
            sheet.write(formula: formula, value: value, row, 1, style)
            sheet.write(source, row, 2)
        }
        func total(_ name: String, _ table: String, _ column: String) {
            figure(name, sumFormula(table, column), sums["\(table).\(column)"] ?? 0, "\(sheets[table]?.first?.name ?? table)")
        }
        total(words("Demand (units)", "需求（件）"), "account_plan", "demand")
        total(words("Served (units)", "满足（件）"), "account_plan", "served")
        total(words("Lost (units)", "损失（件）"), "account_plan", "lost")
        let lastBucket = facts.buckets.count - 1
        figure(
            words("Owed at the end (units)", "期末欠交（件）"),
            sumFormula("account_plan", "backlog", bucketCell: "'\(season)'!$A$\(facts.buckets.count + 1)"),
            lastBucket >= 0 ? bucketSums["account_plan.backlog"]?[lastBucket] ?? 0 : 0, sheets["account_plan"]?.first?.name ?? "")
        let (demand, served) = (sums["account_plan.demand"] ?? 0, sums["account_plan.served"] ?? 0)
        figure(
            words("Fill rate", "满足率"), "IF(B\(demandRow)=0,1,B\(demandRow + 1)/B\(demandRow))", demand > 0 ? served / demand : 1,
            words("served / demand", "满足 / 需求"), .percent)
        total(words("Lost, by causes (units)", "按原因合计的损失（件）"), "shortages", "lost")
        total(words("Made (units)", "生产（件）"), "production", "quantity")
        total(words("Moved (units)", "发运（件）"), "movements", "quantity")
        total(words("Hours used", "已用工时"), "lines", "hours_used")
        total(words("Overtime hours", "加班工时"), "lines", "overtime_used")
        if !facts.costs.isEmpty {
            row += 2
            sheet.write(words("Cost", "成本"), row, 0, .header)
            sheet.write(words("Money", "金额"), row, 1, .header)
            let first = row + 2
            for cost in facts.costs {
                row += 1
                sheet.write(cost.name, row, 0)
                sheet.write(cost.value, row, 1)
            }
            row += 1
            sheet.write(words("Total", "合计"), row, 0, .totalLabel)
            sheet.write(formula: "SUM(B\(first):B\(row))", value: facts.costs.reduce(0) { $0 + $1.value }, row, 1)
        }
        row += 2
        sheet.write(words("Made from", "所用输入"), row, 0, .header)
        sheet.write("SHA-256", row, 1, .header)
        for (file, hash) in facts.inputHashes.sorted(by: { $0.key < $1.key }) {
            row += 1
            sheet.write(file, row, 0)
            sheet.write(hash, row, 1)
        }
        row += 2
        sheet.write("Fullshelf \(facts.version)", row, 0)
    }

    // MARK: Season

    private func writeSeason(_ sheet: SheetWriter) {
        let headers = [
            words("bucket", "期间"), words("demand", "需求"), words("served", "满足"), words("lost", "损失"), words("owed", "欠交"),
            words("stock at accounts", "客户库存"), words("made", "生产"), words("moved", "发运"), words("hours", "正常工时"),
            words("hours used", "已用工时"),
            words("overtime", "加班工时"),
        ]
        for position in headers.indices { sheet.setWidth(position == 0 ? 12 : 16, column: position) }
        sheet.setPrinting(titleRows: 1, footer: "&L&F  &A&R&P / &N")
        sheet.freezeAndFilter(rows: 1, columns: headers.count, lastRow: facts.buckets.count)
        for (position, header) in headers.enumerated() { sheet.write(header, 0, position, .header) }
        for (bucket, date) in facts.buckets.enumerated() {
            let row = bucket + 1
            sheet.write(date, row, 0)
            for (position, source) in PlanWorkbook.seasonColumns.enumerated() {
                sheet.write(
                    formula: sumFormula(source.table, source.column, bucketCell: "$A\(row + 1)"),
                    value: bucketSums["\(source.table).\(source.column)"]?[bucket] ?? 0, row, position + 1, .number)
            }
        }
        let last = facts.buckets.count + 1
        guard last > 1 else { return }
        sheet.write(words("Total", "合计"), last, 0, .totalLabel)
        for (position, source) in PlanWorkbook.seasonColumns.enumerated() where !["backlog", "stock"].contains(source.column) {
            let letter = columnName(position + 1)
            sheet.write(
                formula: "SUBTOTAL(109,\(letter)2:\(letter)\(last))",
                value: (bucketSums["\(source.table).\(source.column)"] ?? []).reduce(0, +), last,
                position + 1)
        }
    }

    private func addCharts(_ book: WorkbookWriter, season: String) {
        guard !facts.buckets.isEmpty else { return }
        let last = facts.buckets.count + 1
        func range(_ letter: String) -> String { "='\(season)'!$\(letter)$2:$\(letter)$\(last)" }
        func name(_ letter: String) -> String { "='\(season)'!$\(letter)$1" }
        book.addChart(
            words("season chart", "旺季图"), title: words("What is served and what is lost", "满足与损失"), isStacked: true,
            axes: (words("bucket", "期间"), words("units", "件")), categories: range("A"),
            series: [
                (name("C"), range("C"), nil, 0x5F7F9F), (name("D"), range("D"), LXW_CHART_PATTERN_WIDE_UPWARD_DIAGONAL, 0x9C3D10),
            ])
        book.addChart(
            words("capacity chart", "产能图"), title: words("Hours of the lines", "生产线工时"), isStacked: false,
            axes: (words("bucket", "期间"), words("hours", "工时")), categories: range("A"),
            series: [
                (name("I"), range("I"), nil, 0xC9CDD2), (name("J"), range("J"), nil, 0x2F4F6F),
                (name("K"), range("K"), LXW_CHART_PATTERN_WIDE_UPWARD_DIAGONAL, 0x9C3D10),
            ])
    }

    // MARK: Tables

    private func write(_ table: TableExport, to book: WorkbookWriter) {
        let parts = sheets[table.name] ?? []
        var current: SheetWriter?
        var part = -1
        var row = 0
        var sums = [Double](repeating: 0, count: table.columns.count)
        func begin() {
            part += 1
            row = 0
            let sheet = book.addSheet(parts[part].name)
            for (position, column) in table.columns.enumerated() { sheet.setWidth(width(of: column), column: position) }
            sheet.freezeAndFilter(rows: 1, columns: table.columns.count, lastRow: parts[part].rows)
            sheet.setPrinting(titleRows: 1, footer: "&L&F  &A&R&P / &N")
            for (position, column) in table.columns.enumerated() { sheet.write(column.header, 0, position, .header) }
            sums = [Double](repeating: 0, count: table.columns.count)
            current = sheet
        }
        func end() {
            guard let sheet = current, table.columns.contains(where: \.isSum), row > 0 else { return }
            let total = row + 1
            if let label = table.columns.firstIndex(where: { !$0.isSum }) { sheet.write(words("Total", "合计"), total, label, .totalLabel) }
            for (position, column) in table.columns.enumerated() where column.isSum {
                let letter = columnName(position)
                // 109: adds up the rows that a filter leaves in sight.
                sheet.write(formula: "SUBTOTAL(109,\(letter)2:\(letter)\(total))", value: sums[position], total, position)
            }
        }
        begin()
        table.forEachRow { cells in
            if row == PlanWorkbook.rowsPerSheet {
                end()
                begin()
            }
            row += 1
            guard let sheet = current else { return }
            for (position, cell) in cells.enumerated() {
                Workbooks.write(cell, row, position, column: table.columns[position], to: sheet)
                if table.columns[position].isSum, case .number(let value) = cell { sums[position] += value }
            }
        }
        end()
    }
}

/// Writes a plan folder as one workbook, ``writePlanWorkbook(_:facts:language:to:)``. The package of the plan need not be there.
///
/// - Returns: Findings where the plan cannot be read (an error among them: nothing was written).
/// - Throws: ``WorkbookError``.
public func writePlanWorkbook(ofPlanAt folder: String, language: ReportLanguage, to path: String) throws(WorkbookError) -> [Finding] {
    let (package, reading) = readPlanAlone(at: folder)
    guard let files = reading.files else { return reading.findings }
    let tables: [TableExport]
    do {
        tables = try planTables(at: folder, language: language)
    } catch {
        return [Finding(severity: .error, file: folder, message: error.problem, advice: error.remedy)]
    }
    let horizon = package.horizon
    let isChinese = language == .chinese
    let unit = horizon.unit == .week ? (isChinese ? "周" : "week") : (isChinese ? "个月" : "month")
    let title =
        isChinese
        ? "旺季计划：\(horizon.start)起\(horizon.count)\(unit)"
        : "Season plan, \(horizon.count) \(unit)\(horizon.count == 1 ? "" : "s") from \(horizon.start)"
    let parts = [
        ("making", "making", "生产"), ("overtime", "overtime", "加班"), ("transport", "transport", "运输"), ("holding", "holding stock", "仓储"),
        ("over_stock", "stock over the maximum", "超过上限的库存"), ("over_target", "stock over the target", "超过目标的库存"),
    ]
    let costs = parts.compactMap { key, english, chinese in
        files.keyFigures?["cost.\(key)"].map { (name: isChinese ? chinese : english, value: $0) }
    }
    let facts = PlanWorkbookFacts(
        title: title, buckets: horizon.buckets.map { horizon.firstDay(of: $0) }, costs: costs, inputHashes: files.inputHashes,
        version: fullshelfVersion)
    try writePlanWorkbook(tables, facts: facts, language: language, to: path)
    return []
}
