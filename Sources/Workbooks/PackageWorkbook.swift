import Foundation
import PlanData
import PlanModel

/// Writes a package as one workbook, a sheet a table: the form that ``readPackage(from:purpose:progress:)`` takes.
///
/// Dates are dates and numbers numbers (to 16 digits, as workbooks hold them); headers are frozen, have filters and, for the columns that are
/// read, a note of what they hold. The settings are the first sheet; comments of `plan.toml` are left out.
///
/// - Parameters:
///   - files: The package's files by name, ``packageFiles(at:)``.
///   - isTemplate: True gives every table with all its columns, headers and sheet names in `language`.
///   - path: The workbook; one that is there is replaced when everything has gone well.
/// - Returns: Findings where a file cannot be read as its table (an error among them: nothing was written).
/// - Throws: ``WorkbookError``.
public func writePackageWorkbook(
    _ files: [String: Data], language: ReportLanguage, isTemplate: Bool = false, to path: String
) throws(WorkbookError) -> [Finding] {
    let (tables, findings) = packageTables(files, language: language, isTemplate: isTemplate)
    guard !tables.isEmpty else { return findings }
    var tooLong: [Finding] = []
    for table in tables {
        var count = 0
        table.forEachRow { _ in count += 1 }
        if count >= XLSXWorkbook.rowLimit {
            tooLong.append(
                Finding(
                    severity: .error, file: table.name + ".csv",
                    message: Bilingual(
                        "the table has \(count) rows, more than a sheet can hold (1,048,575)", "该表有 \(count) 行，超过工作表的上限（1,048,575）"),
                    advice: Bilingual("Keep this package in CSV files.", "此数据包请用 CSV 文件存放。")))
        }
    }
    guard tooLong.isEmpty else { return findings + tooLong }
    let isChinese = language == .chinese
    // Notes and lists of words need rows to be kept; a package's own large tables do not.
    let book = try WorkbookWriter(path: path, title: isChinese ? "Fullshelf 数据包" : "Fullshelf data package", keepsRows: isTemplate)
    for table in tables {
        let sheet = book.addSheet(table.sheetName)
        var lastRow = 0
        table.forEachRow { _ in lastRow += 1 }
        for (position, column) in table.columns.enumerated() {
            sheet.setWidth(width(of: column), column: position)
        }
        // A filter on the sheet's last rows would leave out what is added below it.
        sheet.freezeAndFilter(rows: 1, columns: table.columns.count, lastRow: lastRow)
        for (position, column) in table.columns.enumerated() {
            sheet.write(column.header, 0, position, column.isRequired ? .requiredHeader : .header)
            if !column.meaning.isEmpty { sheet.comment(note(on: column, isChinese: isChinese), 0, position) }
            if case .choice(let words) = column.kind { sheet.offer(words, column: position, rows: 1...max(lastRow, 1000)) }
        }
        var row = 0
        table.forEachRow { cells in
            row += 1
            for (position, cell) in cells.enumerated() { write(cell, row, position, column: table.columns[position], to: sheet) }
        }
    }
    try book.finish()
    return findings
}

/// A cell in the style of its column.
func write(_ cell: SheetCell, _ row: Int, _ position: Int, column: TableExport.Column, to sheet: SheetWriter) {
    switch cell {
    case .blank, .uncomputed: break
    case .text(let text), .error(let text): sheet.write(text, row, position)
    case .number(let value), .code(let value, _): sheet.write(value, row, position, column.kind == .whole ? .whole : .number)
    case .date(let date): sheet.write(date, row, position)
    case .boolean(let flag): sheet.write(flag ? "TRUE" : "FALSE", row, position)
    }
}

private func note(on column: TableExport.Column, isChinese: Bool) -> String {
    var lines = [column.meaning]
    if let field = column.field, field != column.header { lines.append(isChinese ? "字段：\(field)" : "Field: \(field)") }
    switch column.kind {
    case .date: lines.append(isChinese ? "日期" : "A date")
    case .whole: lines.append(isChinese ? "整数" : "A whole number")
    case .number: lines.append(isChinese ? "数字" : "A number")
    case .choice(let words): lines.append((isChinese ? "取值：" : "One of: ") + words.joined(separator: ", "))
    case .text: lines.append(isChinese ? "文本" : "Text")
    }
    lines.append(column.isRequired ? (isChinese ? "必填" : "Required") : (isChinese ? "可空白" : "May be blank"))
    return lines.joined(separator: "\n")
}

func width(of column: TableExport.Column) -> Double {
    // East Asian characters take two places.
    let header = column.header.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
    let least =
        switch column.kind {
        case .date: 11
        case .number, .whole: 10
        case .text, .choice: 14
        }
    return Double(min(40, max(least, header + 3)))
}
