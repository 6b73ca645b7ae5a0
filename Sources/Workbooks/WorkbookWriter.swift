import CXLSXWriter
import Foundation
import PlanModel

/// Why a workbook could not be written. What stood at its place before is untouched.
public enum WorkbookError: BilingualError, Hashable {
    case cannotWrite(path: String, reason: Bilingual)

    public var wording: Bilingual {
        switch self {
        case .cannotWrite(let path, let reason):
            Bilingual(
                "\(path) cannot be written: \(reason.english).\nCheck the folder, the permissions and the space on the disk.",
                "无法写入 \(path)：\(reason.chinese)。\n请检查文件夹、权限和磁盘空间。")
        }
    }
}

/// How a cell looks.
enum CellStyle: Int, CaseIterable {
    case text, number, whole, percent, date, header, requiredHeader, total, totalLabel, title, note
}

/// Writes an Excel workbook through libxlsxwriter, to a file beside the target that takes its place when everything has gone well.
///
/// The same calls give the same bytes: the time of creation is fixed.
final class WorkbookWriter {
    private let path: String
    private let fresh: String
    private let book: UnsafeMutablePointer<lxw_workbook>
    private var formats: [UnsafeMutablePointer<lxw_format>?] = []
    private var isClosed = false
    /// Rows written to each sheet, to be found again when the file is read back.
    private var rowCounts: [(name: String, rows: Int)] = []
    private var openSheets: [SheetWriter] = []

    /// - Parameter keepsRows: False writes each row out as soon as the next begins, which needs rows in rising order and little memory.
    init(path: String, title: String, keepsRows: Bool = false) throws(WorkbookError) {
        self.path = path
        let target = URL(fileURLWithPath: path).standardizedFileURL
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder), isFolder.boolValue {
            throw .cannotWrite(path: path, reason: Bilingual("it is a folder", "它是文件夹"))
        }
        guard FileManager.default.isWritableFile(atPath: target.deletingLastPathComponent().path) else {
            throw .cannotWrite(path: path, reason: Bilingual("its folder is not there or may not be written to", "其所在文件夹不存在或不可写入"))
        }
        fresh =
            target.deletingLastPathComponent().appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString.prefix(8)).new")
            .path
        var options = lxw_workbook_options()
        options.constant_memory = keepsRows ? 0 : 1
        guard let book = workbook_new_opt(fresh, &options) else {
            throw .cannotWrite(path: path, reason: Bilingual("out of memory", "内存不足"))
        }
        self.book = book
        title.withMutableCString { title in
            "Fullshelf".withMutableCString { maker in
                var properties = lxw_doc_properties()
                properties.title = title
                properties.author = maker
                // 1 January 2000: any fixed time, so that the same plan gives the same bytes.
                properties.created = 946_684_800
                workbook_set_properties(book, &properties)
            }
        }
        formats = CellStyle.allCases.map { style in
            guard let format = workbook_add_format(book) else { return nil }
            switch style {
            case .text, .note: break
            case .number: format_set_num_format(format, "#,##0.###")
            case .whole: format_set_num_format(format, "0")
            case .percent: format_set_num_format(format, "0.0%")
            case .date: format_set_num_format(format, "yyyy-mm-dd")
            case .header, .requiredHeader:
                format_set_bold(format)
                format_set_bg_color(format, style == .header ? 0xE6E6E6 : 0xCFCFCF)
                format_set_border(format, UInt8(LXW_BORDER_THIN.rawValue))
            case .total:
                format_set_bold(format)
                format_set_num_format(format, "#,##0.###")
                format_set_top(format, UInt8(LXW_BORDER_THIN.rawValue))
            case .totalLabel:
                format_set_bold(format)
                format_set_top(format, UInt8(LXW_BORDER_THIN.rawValue))
            case .title:
                format_set_bold(format)
                format_set_font_size(format, 14)
            }
            if style == .note { format_set_text_wrap(format) }
            return format
        }
    }

    deinit {
        if !isClosed {
            // Writes the file after all, as the library has no other way to let go; it is taken away again.
            workbook_close(book)
            unlink(fresh)
        }
    }

    func format(_ style: CellStyle) -> UnsafeMutablePointer<lxw_format>? { formats[style.rawValue] }

    /// - Precondition: The name is new and one that Excel takes (31 characters, none of `[]:*?/\`).
    func addSheet(_ name: String) -> SheetWriter {
        guard let sheet = workbook_add_worksheet(book, name) else { preconditionFailure("a sheet cannot be named \"\(name)\"") }
        let writer = SheetWriter(sheet, name: name, workbook: self)
        openSheets.append(writer)
        return writer
    }

    /// A sheet that is one chart: columns of several series side by side or on top of each other.
    func addChart(
        _ name: String, title: String, isStacked: Bool, axes: (x: String, y: String), categories: String,
        series: [(name: String, values: String, pattern: lxw_chart_pattern_type?, grey: UInt32)]
    ) {
        let kind = isStacked ? LXW_CHART_COLUMN_STACKED : LXW_CHART_COLUMN
        guard let sheet = workbook_add_chartsheet(book, name), let chart = workbook_add_chart(book, UInt8(kind.rawValue)) else {
            preconditionFailure("a sheet cannot be named \"\(name)\"")
        }
        for entry in series {
            guard let added = chart_add_series(chart, categories, entry.values) else { continue }
            chart_series_set_name(added, entry.name)
            if let pattern = entry.pattern {
                var hatch = lxw_chart_pattern()
                hatch.fg_color = entry.grey
                hatch.bg_color = 0xFFFFFF
                hatch.type = UInt8(pattern.rawValue)
                chart_series_set_pattern(added, &hatch)
            } else {
                var fill = lxw_chart_fill()
                fill.color = entry.grey
                chart_series_set_fill(added, &fill)
            }
        }
        chart_title_set_name(chart, title)
        chart_axis_set_name(chart.pointee.x_axis, axes.x)
        chart_axis_set_name(chart.pointee.y_axis, axes.y)
        chart_legend_set_position(chart, UInt8(LXW_CHART_LEGEND_BOTTOM.rawValue))
        chartsheet_set_chart(sheet, chart)
        chartsheet_set_landscape(sheet)
        chartsheet_set_paper(sheet, 9)
    }

    /// Writes the file, reads it back, and puts it in the place of the target.
    func finish() throws(WorkbookError) {
        isClosed = true
        rowCounts = openSheets.map { ($0.name, $0.rowCount) }
        let code = workbook_close(book)
        guard code == LXW_NO_ERROR else {
            let reason =
                errno != 0 && code != LXW_ERROR_MEMORY_MALLOC_FAILED
                ? String(cString: strerror(errno)) : String(cString: lxw_strerror(code))
            unlink(fresh)
            throw .cannotWrite(path: path, reason: Bilingual(verbatim: reason))
        }
        // The library does not notice a disk that fills up while it writes its temporary files: what it wrote is read back.
        do {
            let written = try XLSXWorkbook(path: fresh)
            for (name, rows) in rowCounts {
                guard let index = written.sheetNames.firstIndex(of: name) else {
                    throw WorkbookError.cannotWrite(path: path, reason: Bilingual("sheet \(name) is not whole", "工作表 \(name) 不完整"))
                }
                var found = 0
                try written.readSheet(at: index) { _, cells in if !cells.isEmpty { found += 1 } }
                guard found == rows else {
                    throw WorkbookError.cannotWrite(
                        path: path, reason: Bilingual("sheet \(name) is not whole (is a disk full?)", "工作表 \(name) 不完整（磁盘是否已满？）"))
                }
            }
        } catch {
            unlink(fresh)
            throw .cannotWrite(
                path: path,
                reason: (error as? WorkbookError)?.wording
                    ?? Bilingual("what was written is not whole (is a disk full?)", "写出的内容不完整（磁盘是否已满？）"))
        }
        guard rename(fresh, URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(fresh)
            throw .cannotWrite(path: path, reason: Bilingual(verbatim: reason))
        }
    }
}

/// One sheet; rows and columns count from 0 here.
final class SheetWriter {
    let name: String
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private let workbook: WorkbookWriter
    private var lastRow = -1
    /// Rows with any cell that is not blank.
    private(set) var rowCount = 0

    /// Longest text a cell may hold, in characters.
    static let textLimit = 32_767

    fileprivate init(_ sheet: UnsafeMutablePointer<lxw_worksheet>, name: String, workbook: WorkbookWriter) {
        self.sheet = sheet
        self.name = name
        self.workbook = workbook
    }

    private func touch(_ row: Int) {
        if row != lastRow { rowCount += 1 }
        lastRow = row
    }

    func write(_ text: String, _ row: Int, _ column: Int, _ style: CellStyle = .text) {
        guard !text.isEmpty else { return }
        touch(row)
        let fitting = text.unicodeScalars.count <= SheetWriter.textLimit / 2 ? text : String(text.prefix(SheetWriter.textLimit / 2)) + "…"
        worksheet_write_string(sheet, UInt32(row), UInt16(column), fitting, workbook.format(style))
    }

    func write(_ number: Double, _ row: Int, _ column: Int, _ style: CellStyle = .number) {
        touch(row)
        worksheet_write_number(sheet, UInt32(row), UInt16(column), number, workbook.format(style))
    }

    func write(_ date: CalendarDate, _ row: Int, _ column: Int, _ style: CellStyle = .date) {
        touch(row)
        worksheet_write_number(sheet, UInt32(row), UInt16(column), DateSystem.serial(of: date), workbook.format(style))
    }

    /// A formula with the result it has now, for programs that do not compute.
    func write(formula: String, value: Double, _ row: Int, _ column: Int, _ style: CellStyle = .total) {
        touch(row)
        worksheet_write_formula_num(sheet, UInt32(row), UInt16(column), "=" + formula, workbook.format(style), value)
    }

    /// A note that opens over a cell. Needs a workbook that keeps its rows.
    func comment(_ text: String, _ row: Int, _ column: Int) {
        "Fullshelf".withMutableCString { author in
            var options = lxw_comment_options()
            options.author = author
            options.x_scale = 1.6
            worksheet_write_comment_opt(sheet, UInt32(row), UInt16(column), text, &options)
        }
    }

    func setWidth(_ width: Double, column: Int, _ style: CellStyle? = nil) {
        worksheet_set_column(sheet, UInt16(column), UInt16(column), width, style.flatMap { workbook.format($0) })
    }

    /// Keeps the first rows in sight and offers a filter over the columns, down to `lastRow`.
    func freezeAndFilter(rows: Int, columns: Int, lastRow: Int) {
        worksheet_freeze_panes(sheet, UInt32(rows), 0)
        worksheet_autofilter(sheet, UInt32(rows - 1), 0, UInt32(max(lastRow, rows - 1)), UInt16(max(0, columns - 1)))
    }

    func freeze(rows: Int) { worksheet_freeze_panes(sheet, UInt32(rows), 0) }

    /// Offers a list of words in the cells of a column.
    func offer(_ words: [String], column: Int, rows: ClosedRange<Int>) {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        pointers.withUnsafeMutableBufferPointer { list in
            guard let base = list.baseAddress else { return }
            setValidation(base, column: column, rows: rows)
        }
    }

    private func setValidation(_ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, column: Int, rows: ClosedRange<Int>) {
        var validation = lxw_data_validation()
        validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
        validation.value_list = words
        worksheet_data_validation_range(
            sheet, UInt32(rows.lowerBound), UInt16(column), UInt32(rows.upperBound), UInt16(column), &validation)
    }

    func setPrinting(titleRows: Int, footer: String) {
        worksheet_set_landscape(sheet)
        worksheet_set_paper(sheet, 9)
        worksheet_fit_to_pages(sheet, 1, 0)
        if titleRows > 0 { worksheet_repeat_rows(sheet, 0, UInt32(titleRows - 1)) }
        worksheet_set_footer(sheet, footer)
    }
}

extension String {
    /// The text as C takes it where it wants to be allowed to change it.
    fileprivate func withMutableCString<Result>(_ body: (UnsafeMutablePointer<CChar>) -> Result) -> Result {
        withCString { body(UnsafeMutablePointer(mutating: $0)) }
    }
}

/// `A`, `B`, …, `AA` for a column from 0.
func columnName(_ column: Int) -> String {
    var rest = column + 1
    var name = ""
    while rest > 0 {
        name = String(UnicodeScalar(UInt8(0x41 + (rest - 1) % 26))) + name
        rest = (rest - 1) / 26
    }
    return name
}
