import Foundation
import PlanModel

/// What a column of a table holds, for programs that type their cells.
public enum ColumnKind: Sendable, Hashable {
    case text
    case number
    /// A whole number.
    case whole
    case date
    /// One of these words.
    case choice([String])
}

/// A table of a package or a plan, its cells typed, for writing it in another form.
public struct TableExport: Sendable {
    public struct Column: Sendable, Hashable {
        /// Name of the field; nil for a column that is no field of the table.
        public var field: String?
        /// The header as it is to be written.
        public var header: String
        public var kind: ColumnKind
        public var isRequired: Bool
        /// What it holds, in the language asked for; "" where nothing is known.
        public var meaning: String
        /// Whether the column may be added up over all rows.
        public var isSum = false
    }

    /// `account_plan`
    public var name: String
    /// Name of its sheet in the language asked for.
    public var sheetName: String
    /// What it holds, in the language asked for.
    public var title: String
    public var columns: [Column]
    fileprivate let bytes: TableBytes
    fileprivate let delimiter: UInt8

    /// Hands out the rows from top to bottom, a cell for each column. A cell that is not of its column's kind is text.
    public func forEachRow(_ body: ([SheetCell]) -> Void) {
        guard !bytes.isEmpty else { return }
        bytes.withBytes { raw, start, encoding in
            var scanner = CSVScanner(raw, from: start, separator: delimiter)
            guard (try? scanner.next()) == true else { return }
            while (try? scanner.next()) == true {
                var row: [SheetCell] = []
                row.reserveCapacity(columns.count)
                for position in columns.indices {
                    guard position < scanner.fieldCount else {
                        row.append(.blank)
                        continue
                    }
                    let field = scanner[position]
                    row.append(TableExport.cell(field, scanner.bytes(of: field), encoding, columns[position].kind))
                }
                if row.contains(where: { $0 != .blank }) { body(row) }
            }
        }
    }

    private static func cell(_ field: CSVField, _ bytes: UnsafeRawBufferPointer, _ encoding: TextEncoding, _ kind: ColumnKind) -> SheetCell
    {
        if bytes.isEmpty { return .blank }
        switch kind {
        case .number, .whole: if case .value(let value) = DecimalText.read(bytes) { return .number(value) }
        case .date: if case .date(let date) = DateText.read(bytes) { return .date(date) }
        case .text, .choice: break
        }
        let text = trimmed(TableReader.text(of: field, bytes, encoding) ?? String(decoding: bytes, as: UTF8.self))
        return text.isEmpty ? .blank : .text(text)
    }
}

/// Bytes of a table: a file's, or made.
private final class TableBytes: Sendable {
    private let data: Data
    private let bodyStart: Int
    private let encoding: TextEncoding
    var isEmpty: Bool { data.isEmpty }

    init(_ data: Data, bodyStart: Int, encoding: TextEncoding) {
        self.data = data
        self.bodyStart = bodyStart
        self.encoding = encoding
    }

    func withBytes(_ body: (UnsafeRawBufferPointer, _ start: Int, TextEncoding) -> Void) {
        data.withUnsafeBytes { body($0, bodyStart, encoding) }
    }
}

/// The files of a package folder by name, mapped rather than read.
///
/// - Throws: ``WorkbookProblem`` where there is no such folder.
public func packageFiles(at folder: String) throws(WorkbookProblem) -> [String: Data] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
        throw WorkbookProblem(
            Bilingual("\(folder) is no folder that can be read", "无法读取文件夹 \(folder)"),
            advice: Bilingual("Give the folder that holds the tables.", "请指定存放各表的文件夹。"))
    }
    var files: [String: Data] = [:]
    for name in names where name == SettingsReader.fileName || TableSchema.all.contains(where: { $0.fileName == name }) {
        do {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name), options: .alwaysMapped)
        } catch {
            throw WorkbookProblem(
                Bilingual("\(folder)/\(name) cannot be read", "无法读取 \(folder)/\(name)"),
                advice: Bilingual("Check the file and your right to read it.", "请检查该文件及其读取权限。"))
        }
    }
    return files
}

/// The tables of a package, its settings first as a table of keys and values.
///
/// - Parameters:
///   - files: Contents by file name.
///   - language: Of sheet names, titles and meanings.
///   - isTemplate: True gives every table there is, with all its columns, headers in `language`; false gives those of the package as they are.
/// - Returns: The tables, and why there are none where a file cannot be read as its table.
public func packageTables(_ files: [String: Data], language: ReportLanguage, isTemplate: Bool = false) -> (
    tables: [TableExport], findings: [Finding]
) {
    let collector = FindingCollector()
    var draft = SettingsDraft()
    var tables: [TableExport] = []
    let settings = files[SettingsReader.fileName] ?? Data()
    draft = settings.withUnsafeBytes { SettingsReader.read($0, collector: collector) }
    if !collector.hasErrors, let table = settingsTable(settings, language: language) { tables.append(table) }
    for schema in TableSchema.all {
        guard let data = files[schema.fileName] else {
            if isTemplate { tables.append(emptyTable(schema, language)) }
            continue
        }
        let table = data.withUnsafeBytes { bytes -> TableExport? in
            guard
                let (encoding, start) = TableReader.encoding(of: bytes, file: schema.fileName, holds: schema.titles, collector: collector),
                let reader = TableReader(
                    bytes: bytes, schema: schema, columnNames: draft.columnNames[schema.name] ?? [:], collector: collector)
            else { return nil }
            var columns = reader.headers.map { header, field in
                column(field, header: isTemplate && field != nil ? headerName(field, language) : header, schema, language)
            }
            if isTemplate {
                let present = Set(columns.compactMap(\.field))
                columns += schema.fields.filter { !present.contains($0.name) }.map {
                    column($0, header: headerName($0, language), schema, language)
                }
            }
            return TableExport(
                name: schema.name, sheetName: sheetName(schema.name, language), title: schema.title(in: language), columns: columns,
                bytes: TableBytes(data, bodyStart: start, encoding: encoding), delimiter: reader.dialect.separator.utf8.first ?? 0x2C)
        }
        if let table { tables.append(table) }
    }
    let findings = collector.findings(fileOrder: [SettingsReader.fileName] + TableSchema.all.map(\.fileName))
    return (findings.contains { $0.severity == .error } ? [] : tables, findings)
}

private func sheetName(_ table: String, _ language: ReportLanguage) -> String {
    language == .chinese ? SheetNames.chinese(table) : table
}

private func headerName(_ field: TableField?, _ language: ReportLanguage) -> String {
    guard let field else { return "" }
    return language == .chinese ? field.chineseNames.first ?? field.name : field.name
}

private func column(_ field: TableField?, header: String, _ schema: TableSchema, _ language: ReportLanguage) -> TableExport.Column {
    guard let field else { return TableExport.Column(field: nil, header: header, kind: .text, isRequired: false, meaning: "") }
    let kind: ColumnKind =
        switch field.kind {
        case .id, .text: .text
        case .number: .number
        case .integer: .whole
        case .date: .date
        case .choice(let words): .choice(words)
        }
    return TableExport.Column(
        field: field.name, header: header, kind: kind, isRequired: field.isRequired,
        meaning: field.meaning(in: language, table: schema.name))
}

private func emptyTable(_ schema: TableSchema, _ language: ReportLanguage) -> TableExport {
    TableExport(
        name: schema.name, sheetName: sheetName(schema.name, language), title: schema.title(in: language),
        columns: schema.fields.map { column($0, header: headerName($0, language), schema, language) },
        bytes: TableBytes(Data(), bodyStart: 0, encoding: .utf8), delimiter: 0x2C)
}

/// `plan.toml` as keys, values and what they mean.
private func settingsTable(_ data: Data, language: ReportLanguage) -> TableExport? {
    let entries = SettingsReader.entries(data)
    let isChinese = language == .chinese
    var text = CSVText(header: ["key", "value", "meaning"])
    for entry in entries {
        text.add(entry.key)
        text.add(entry.value)
        text.add(settingMeaning(entry.key, language))
        text.endRow()
    }
    let headers = isChinese ? ["参数", "值", "说明"] : ["key", "value", "meaning"]
    let meanings =
        isChinese
        ? ["设置的名称", "取值；空白表示默认值", "供人阅读，程序不读取"] : ["name of the setting", "its value; blank = the default", "for people; not read"]
    return TableExport(
        name: SheetNames.settings, sheetName: sheetName(SheetNames.settings, language), title: isChinese ? "计划参数" : "settings of the plan",
        columns: zip(headers, meanings).enumerated().map { position, names in
            TableExport.Column(
                field: ["key", "value", "meaning"][position], header: names.0, kind: position == 1 ? .number : .text,
                isRequired: position == 0,
                meaning: names.1)
        },
        bytes: TableBytes(Data(text.bytes), bodyStart: 0, encoding: .utf8), delimiter: 0x2C)
}

// MARK: Plans

/// The tables of a plan folder that `fullshelf plan` wrote.
///
/// - Throws: ``WorkbookProblem`` where a table is missing or cannot be read.
public func planTables(at folder: String, language: ReportLanguage) throws(WorkbookProblem) -> [TableExport] {
    var tables: [TableExport] = []
    for table in PlanTableNames.all {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(table.name).csv"), options: .alwaysMapped)
        } catch {
            throw WorkbookProblem(
                Bilingual("\(folder)/\(table.name).csv is missing or cannot be read", "\(folder)/\(table.name).csv 不存在或无法读取"),
                advice: Bilingual("Give the folder that \"fullshelf plan\" wrote.", "请指定 fullshelf plan 写出的文件夹。"))
        }
        var headers: [String] = []
        data.withUnsafeBytes { bytes in
            var scanner = CSVScanner(bytes, from: 0, separator: 0x2C)
            guard (try? scanner.next()) == true else { return }
            headers = (0..<scanner.fieldCount).map { String(decoding: scanner.bytes(of: scanner[$0]), as: UTF8.self) }
        }
        guard headers.first == table.firstColumn else {
            throw WorkbookProblem(
                Bilingual("\(folder)/\(table.name).csv has not the header of a plan's table", "\(folder)/\(table.name).csv 的表头不是计划表的表头"),
                advice: Bilingual("Give the folder that \"fullshelf plan\" wrote.", "请指定 fullshelf plan 写出的文件夹。")
            )
        }
        let isChinese = language == .chinese
        tables.append(
            TableExport(
                name: table.name, sheetName: isChinese ? table.chinese : table.name, title: isChinese ? table.chineseTitle : table.title,
                columns: headers.map { header in
                    TableExport.Column(
                        field: header, header: isChinese ? PlanTableNames.chineseHeader(header, table: table.name) : header,
                        kind: PlanTableNames.kind(header), isRequired: false, meaning: "", isSum: table.sums.contains(header))
                },
                bytes: TableBytes(data, bodyStart: 0, encoding: .utf8), delimiter: 0x2C))
    }
    return tables
}

/// Names of a plan's tables and columns for people.
enum PlanTableNames {
    struct Entry {
        let name: String
        let firstColumn: String
        let title: String
        let chinese: String
        let chineseTitle: String
        /// Columns whose sum over all rows means something.
        let sums: [String]
    }

    static let all = [
        Entry(
            name: "account_plan", firstColumn: "bucket", title: "service and stock of the accounts", chinese: "客户计划",
            chineseTitle: "各客户的满足与库存", sums: ["demand", "served", "lost"]),
        Entry(
            name: "shortages", firstColumn: "bucket", title: "what is lost, and why", chinese: "缺货原因", chineseTitle: "缺货及其原因",
            sums: ["lost"]),
        Entry(
            name: "production", firstColumn: "bucket", title: "what is made", chinese: "生产计划", chineseTitle: "生产什么",
            sums: ["quantity", "hours"]),
        Entry(
            name: "lines", firstColumn: "bucket", title: "hours of the lines", chinese: "产线工时", chineseTitle: "生产线的工时",
            sums: ["hours", "hours_used", "overtime_used"]),
        Entry(name: "movements", firstColumn: "bucket", title: "what is moved", chinese: "运输计划", chineseTitle: "运输什么", sums: ["quantity"]),
        Entry(name: "site_stock", firstColumn: "bucket", title: "stock at the sites", chinese: "地点库存", chineseTitle: "各地点的期末库存", sums: []),
        Entry(name: "expired", firstColumn: "bucket", title: "stock taken off", chinese: "过期", chineseTitle: "过期报废的库存", sums: ["quantity"]),
        Entry(
            name: "lots", firstColumn: "bucket", title: "which lots are moved", chinese: "批次", chineseTitle: "运输哪些批次", sums: ["quantity"]),
        Entry(
            name: "segments", firstColumn: "account", title: "tiers of the accounts", chinese: "客户分级", chineseTitle: "客户级别",
            sums: ["value", "share"]),
        Entry(
            name: "forecast", firstColumn: "bucket", title: "forecast after overrides", chinese: "预测", chineseTitle: "修正后的预测",
            sums: ["quantity"]),
        Entry(
            name: "demand", firstColumn: "bucket", title: "the demand planned for", chinese: "需求", chineseTitle: "计划所依据的需求",
            sums: ["forecast", "ordered", "quantity"]),
        Entry(name: "bands", firstColumn: "bucket", title: "stock bands in units", chinese: "库存区间", chineseTitle: "合理库存区间（件）", sums: []),
        Entry(
            name: "resources", firstColumn: "bucket", title: "capacities, their use and what one unit more is worth", chinese: "资源",
            chineseTitle: "能力、用量及多一单位的价值", sums: []),
        Entry(
            name: "pegging", firstColumn: "account", title: "where each unit served came from", chinese: "来源追溯", chineseTitle: "每件货从哪里来",
            sums: ["quantity"]),
    ]

    static func kind(_ column: String) -> ColumnKind {
        switch column {
        case "bucket", "arrives", "serve_by", "resource_bucket", "made": .date
        case "tier": .whole
        case "account", "product", "line", "lane", "site", "location", "reason", "resource", "kind", "model", "rank", "taken_by",
            "lane_path":
            .text
        default: .number
        }
    }

    static func chineseHeader(_ column: String, table: String) -> String { byTable["\(table).\(column)"] ?? common[column] ?? column }

    private static let byTable = [
        "segments.reason": "依据", "segments.share": "占比", "production.quantity": "产量", "production.hours": "工时", "lines.hours": "正常工时",
        "movements.quantity": "发运量", "lots.quantity": "发运量", "site_stock.quantity": "期末库存", "expired.quantity": "过期量",
        "demand.quantity": "计划需求",
        "demand.forecast": "预测净额", "forecast.quantity": "预测量", "pegging.quantity": "满足量", "pegging.bucket": "满足期间",
    ]

    private static let common = [
        "bucket": "期间", "account": "客户编号", "product": "产品编号", "line": "生产线编号", "lane": "线路编号", "site": "地点编号", "location": "地点编号",
        "quantity": "数量", "hours": "工时", "hours_used": "已用工时", "overtime_used": "加班工时", "arrives": "到达期间", "serve_by": "最晚供货期间",
        "demand": "需求", "served": "满足",
        "lost": "损失", "backlog": "欠交", "stock": "期末库存", "under": "低于下限", "over": "高于上限", "reason": "原因", "resource": "资源编号",
        "resource_bucket": "资源期间", "taken_by": "由谁占用", "kind": "类型", "capacity": "能力", "used": "已用", "shadow_price": "影子价格", "rank": "目标",
        "tier": "客户级别", "made": "生产期间", "lane_path": "线路路径", "value": "金额", "share": "占比", "cumulative_share": "累计占比", "model": "模型",
        "override": "人工修正", "forecast": "预测", "ordered": "订单", "min": "下限", "target": "目标", "max": "上限",
    ]
}
