import Foundation
import PlanModel

/// A sheet as the text of a CSV file whose line n is the sheet's row n, so that the tables of a workbook are read and judged exactly like files.
struct SheetText {
    private(set) var bytes: [UInt8] = []
    /// Row of the header; 1 where the sheet is empty.
    private(set) var headerRow = 1
    /// Cells that hold an error or an uncomputed formula; the sheet cannot be used while there are any.
    private(set) var badCells: [(row: Int, header: String, message: Bilingual, advice: Bilingual)] = []

    private var lastRow = 0
    private var headers: [String] = []
    private var kinds: [FieldKind?] = []

    /// Bytes of text that a sheet may come to: more is no planner's table.
    private static let byteLimit = 1 << 31
    /// Rows that may stand above the header: a title, a date, a blank.
    private static let titleRows = 10
    static let badCellLimit = 100

    /// Turns a sheet of a table into text.
    ///
    /// The header is the row among the first ten that has most of the table's columns, the first of equals.
    init(
        of workbook: any Workbook, sheet: Int, schema: TableSchema, columnNames: [String: String]
    ) throws(WorkbookProblem) {
        var text = SheetText()
        var waiting: [(row: Int, cells: [SheetCell])] = []
        var isDecided = false
        var isTooLarge = false
        var disorder: Int?
        func decide() {
            isDecided = true
            guard !waiting.isEmpty else { return }
            let scores = waiting.map { entry in
                HeaderMapping.recognised(entry.cells.map(SheetText.plain), schema: schema, columnNames: columnNames)
            }
            let best = scores.max() ?? 0
            let position = scores.firstIndex(of: best) ?? 0
            text.setHeader(waiting[position].cells, row: waiting[position].row, schema: schema, columnNames: columnNames)
            for entry in waiting[(position + 1)...] { text.add(entry.cells, row: entry.row, of: workbook) }
            waiting = []
        }
        try workbook.readSheet(at: sheet) { row, cells in
            guard !isTooLarge, disorder == nil else { return }
            guard row > max(text.lastRow, waiting.last?.row ?? 0) else {
                disorder = row
                return
            }
            guard cells.contains(where: { !SheetText.isBlank($0) }) else { return }
            if isDecided {
                text.add(cells, row: row, of: workbook)
                isTooLarge = text.bytes.count > SheetText.byteLimit
            } else {
                waiting.append((row, cells))
                if waiting.count == SheetText.titleRows { decide() }
            }
        }
        if !isDecided { decide() }
        if let disorder {
            throw WorkbookProblem(
                sheet: workbook.sheetNames[sheet], row: disorder,
                Bilingual("the rows of the sheet are not in order: the file is damaged", "工作表的行次序混乱，文件已损坏"),
                advice: Bilingual("Open it in a spreadsheet program and save it again.", "请用电子表格软件打开并重新保存。"))
        }
        if isTooLarge {
            throw WorkbookProblem(
                sheet: workbook.sheetNames[sheet], Bilingual("the sheet holds more than 2 GB of text", "该工作表的文字超过 2 GB"),
                advice: Bilingual("Put this table into a CSV file of a package folder.", "请改用数据包文件夹中的 CSV 文件存放此表。"))
        }
        self = text
    }

    private init() {}

    private static func isBlank(_ cell: SheetCell) -> Bool {
        switch cell {
        case .blank: true
        case .text(let text): trimmed(text).isEmpty
        default: false
        }
    }

    /// Text of a cell in a header.
    private static func plain(_ cell: SheetCell) -> String {
        switch cell {
        case .blank, .uncomputed: ""
        case .text(let text): trimmed(text)
        case .number(let value), .code(let value, _): NumberText.shortest(value)
        case .date(let date): date.description
        case .boolean(let value): value ? "TRUE" : "FALSE"
        case .error(let code): code
        }
    }

    private mutating func setHeader(_ cells: [SheetCell], row: Int, schema: TableSchema, columnNames: [String: String]) {
        headers = cells.map(SheetText.plain)
        while headers.last?.isEmpty ?? false { headers.removeLast() }
        headerRow = row
        let mapping = HeaderMapping(headers: headers, schema: schema, columnNames: columnNames, collector: FindingCollector())
        kinds = headers.indices.map { position in mapping.positions.firstIndex(of: position).map { schema.fields[$0].kind } }
        startRow(row)
        for (position, header) in headers.enumerated() {
            if position > 0 { bytes.append(0x2C) }
            append(header)
        }
        bytes.append(0x0A)
    }

    private mutating func startRow(_ row: Int) {
        // The rows above a header are blank lines of the text, as are rows the sheet leaves out.
        bytes.append(contentsOf: repeatElement(0x0A, count: row - lastRow - 1))
        lastRow = row
    }

    private mutating func add(_ cells: [SheetCell], row: Int, of workbook: any Workbook) {
        startRow(row)
        var count = cells.count
        while count > headers.count, SheetText.isBlank(cells[count - 1]) { count -= 1 }
        for position in 0..<max(count, headers.count) {
            if position > 0 { bytes.append(0x2C) }
            guard position < cells.count else { continue }
            append(cells[position], position: position, row: row, of: workbook)
        }
        bytes.append(0x0A)
    }

    private mutating func append(_ cell: SheetCell, position: Int, row: Int, of workbook: any Workbook) {
        let kind = kinds.indices.contains(position) ? kinds[position] : nil
        switch cell {
        case .blank: break
        case .text(let text): append(text)
        case .number(let value):
            // A day whose format was lost: a serial number of 1954 to 2119 in a column of dates.
            if kind == .date, value >= 20_000, value < 80_000, let date = workbook.date(ofSerial: value) {
                append(date.description)
            } else {
                NumberText.append(value, to: &bytes)
            }
        case .code(let value, let digits):
            if case .number? = kind {
                NumberText.append(value, to: &bytes)
            } else {
                let text = NumberText.shortest(value)
                append(String(repeating: "0", count: max(0, digits - text.utf8.count)) + text)
            }
        case .date(let date): append(date.description)
        case .boolean(let value): append(value ? "TRUE" : "FALSE")
        case .error(let code):
            bad(
                position, row, Bilingual("the cell holds the error \(code)", "单元格为错误值 \(code)"),
                advice: Bilingual("Correct the formula, or write the value itself.", "请改正公式，或直接填写数值。"))
        case .uncomputed:
            bad(
                position, row, Bilingual("the cell holds a formula whose result is not in the file", "单元格是公式，但文件中没有其计算结果"),
                advice: Bilingual("Open the workbook in a spreadsheet program, save it, and try again.", "请用电子表格软件打开工作簿，保存后重试。"))
        }
    }

    private mutating func bad(_ position: Int, _ row: Int, _ message: Bilingual, advice: Bilingual) {
        // A column that is not read may hold anything.
        guard kinds.indices.contains(position), kinds[position] != nil, badCells.count < SheetText.badCellLimit else { return }
        badCells.append((row, headers[position], message, advice))
    }

    /// A text as a field: quoted where needed. A line end inside becomes a carriage return alone, so that rows stay lines.
    private mutating func append(_ text: String) {
        let needsQuotes = text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D || $0 == 0x3B || $0 == 0x09 }
        guard needsQuotes else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte == 0x0A ? 0x0D : byte)
        }
        bytes.append(0x22)
    }

    /// Turns the sheet `settings` (columns `key` and `value`) into the text of a `plan.toml` whose line n is the sheet's row n.
    static func settings(of workbook: any Workbook, sheet: Int) throws(WorkbookProblem) -> SheetText {
        var text = SheetText()
        var columns: (key: Int, value: Int)?
        var isOrdered = true
        try workbook.readSheet(at: sheet) { row, cells in
            guard row > text.lastRow else {
                isOrdered = false
                return
            }
            guard let (key, value) = columns else {
                let names = cells.map { normalizedHeader(plain($0)) }
                if let key = names.firstIndex(where: { ["key", "setting", "参数", "设置", "设置项", "键"].contains($0) }),
                    let value = names.firstIndex(where: { ["value", "值", "取值", "参数值", "设置值"].contains($0) })
                {
                    columns = (key, value)
                    text.headerRow = row
                    text.startRow(row)
                    text.bytes.append(0x0A)
                }
                return
            }
            let name = key < cells.count ? plain(cells[key]) : ""
            let cell = value < cells.count ? cells[value] : .blank
            guard !name.isEmpty, !isBlank(cell) else { return }
            text.startRow(row)
            text.appendSetting(name, cell, row: row)
            text.bytes.append(0x0A)
        }
        let place = workbook.sheetNames[sheet]
        if !isOrdered {
            throw WorkbookProblem(
                sheet: place, Bilingual("the rows of the sheet are not in order: the file is damaged", "工作表的行次序混乱，文件已损坏"),
                advice: Bilingual("Open it in a spreadsheet program and save it again.", "请用电子表格软件打开并重新保存。"))
        }
        if columns == nil {
            throw WorkbookProblem(
                sheet: place, Bilingual("the sheet has no columns \"key\" and \"value\"", "该工作表没有“参数”和“值”两列"),
                advice: Bilingual(
                    "Write a header row with key and value (参数, 值), then a setting a row, such as horizon.start and 2027-03-01.",
                    "请写一行表头：参数、值（或 key、value），其下每行一项设置，例如 horizon.start 和 2027-03-01。"))
        }
        return text
    }

    private mutating func appendSetting(_ name: String, _ cell: SheetCell, row: Int) {
        let isColumnName = name.hasPrefix("columns.")
        let parts = name.split(separator: ".", maxSplits: isColumnName ? 2 : Int.max, omittingEmptySubsequences: false)
        let value: String
        switch cell {
        case .number(let number), .code(let number, _):
            value = isColumnName ? tomlText(NumberText.shortest(number)) : NumberText.shortest(number)
        case .boolean(let flag): value = flag ? "true" : "false"
        case .date(let date): value = tomlText(date.description)
        case .text(let raw):
            let plain = trimmed(raw)
            let isNumber = Array(plain.utf8).withUnsafeBytes { if case .value = DecimalText.read($0) { true } else { false } }
            if !isColumnName, isNumber {
                value = plain
            } else if !isColumnName, let first = plain.first, "[{".contains(first) {
                value = plain.split(whereSeparator: \.isNewline).joined(separator: " ")
            } else {
                value = tomlText(plain)
            }
        case .error(let code):
            badCells.append(
                (
                    row, name, Bilingual("the cell holds the error \(code)", "单元格为错误值 \(code)"),
                    Bilingual("Correct the formula, or write the value itself.", "请改正公式，或直接填写数值。")
                ))
            return
        case .uncomputed:
            badCells.append(
                (
                    row, name, Bilingual("the cell holds a formula whose result is not in the file", "单元格是公式，但文件中没有其计算结果"),
                    Bilingual("Open the workbook in a spreadsheet program, save it, and try again.", "请用电子表格软件打开工作簿，保存后重试。")
                ))
            return
        case .blank: return
        }
        bytes.append(contentsOf: "\(parts.map { tomlKey(String($0)) }.joined(separator: ".")) = \(value)".utf8)
    }

    private func tomlKey(_ part: String) -> String {
        let isBare =
            !part.isEmpty
            && part.utf8.allSatisfy {
                $0 == 0x2D || $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            }
        return isBare ? part : tomlText(part)
    }

    private func tomlText(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Where the tables of a workbook stand, to put findings about them into a spreadsheet's words.
struct SheetPlaces {
    let workbook: String
    /// By file name of the table: the sheet, and the row of its header.
    var sheets: [String: (name: String, headerRow: Int)] = [:]

    private static let words = [
        ("the file is missing", "the sheet is missing"), ("the file has ", "the sheet has "), ("the file is ", "the sheet is "),
        (" on this line", " in this row"), (" on line ", " in row "), ("the line has ", "the row has "), ("the line is ", "the row is "),
        ("of the two lines", "of the two rows"), (" more lines)", " more rows)"), (" more line)", " more row)"),
        ("The file has: ", "The sheet has: "),
        ("Add the file", "Add the sheet"), ("the rest of the file", "the rest of the sheet"),
    ]

    func placed(_ finding: Finding) -> Finding {
        var finding = finding
        let table =
            TableSchema.all.first { $0.fileName == finding.file }?.name
            ?? (finding.file == SettingsReader.fileName ? SheetNames.settings : nil)
        if let table {
            let place = sheets[finding.file]
            finding.sheet = place?.name ?? table
            if finding.line == 1, let place { finding.line = place.headerRow }
            finding.file = workbook
        }
        finding.problem = worded(finding.problem)
        finding.remedy = worded(finding.remedy)
        return finding
    }

    private static let chineseWords = [
        ("缺少该文件", "缺少该工作表"), ("该文件", "该工作表"), ("文件其余部分", "工作表其余部分"), ("在同一文件", "在同一工作表"),
    ]

    private func worded(_ text: Bilingual) -> Bilingual {
        Bilingual(
            worded(text.english, sheet: { "the sheet \"\($0)\"" }, SheetPlaces.words),
            worded(text.chinese, sheet: { "工作表“\($0)”" }, SheetPlaces.chineseWords)
                .replacing(" 工作表“", with: "工作表“").replacing(#/(工作表“[^”]*”) (?=[\u{4E00}-\u{9FFF}])/#) { $0.output.1 })
    }

    private func worded(_ text: String, sheet: (String) -> String, _ words: [(String, String)]) -> String {
        var text = text
        for schema in TableSchema.all where text.contains(schema.fileName) {
            // "stock.csv" also ends "account_stock.csv".
            let parts = text.components(separatedBy: schema.fileName)
            var result = parts[0]
            for part in parts.dropFirst() {
                let isWhole = result.last.map { !($0.isASCII && $0.isLetter) && $0 != "_" } ?? true
                result += (isWhole ? sheet(sheets[schema.fileName]?.name ?? schema.name) : schema.fileName) + part
            }
            text = result
        }
        text = text.replacing(
            SettingsReader.fileName, with: sheet(sheets[SettingsReader.fileName]?.name ?? SheetNames.settings))
        for (old, new) in words { text = text.replacing(old, with: new) }
        return text
    }
}
