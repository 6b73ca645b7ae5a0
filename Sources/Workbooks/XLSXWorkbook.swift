import Foundation
import PlanData
import PlanModel

/// An Excel workbook (.xlsx, Office Open XML), opened for reading.
///
/// Understood are shared and inline texts, the results of formulas, dates by their format in both date systems, codes shown with leading zeros,
/// booleans and errors. Sheets are read as streams: memory holds the shared texts and one row.
public struct XLSXWorkbook: Workbook {
    public let fileName: String
    public let sheetNames: [String]
    public let fileHash: String
    let path: String
    private let parts: [String]
    private let texts: [String]
    private let formats: [CellFormat]
    private let dateSystem: DateSystem

    /// Excel's own limits.
    static let columnLimit = 16_384
    static let rowLimit = 1_048_576

    /// Opens a workbook.
    ///
    /// - Throws: ``WorkbookProblem`` where the file cannot be read, is no workbook, is encrypted or damaged.
    public init(path: String) throws(WorkbookProblem) {
        self.path = path
        fileName = URL(fileURLWithPath: path).lastPathComponent
        fileHash = try XLSXWorkbook.checkedHash(path)
        let archive = try ZipArchive(path: path)
        guard archive.names.contains(where: { $0.lowercased() == "[content_types].xml" }) else {
            if archive.names.contains("mimetype") {
                throw WorkbookProblem(
                    Bilingual("this is an OpenDocument file, not an Excel workbook", "这是 OpenDocument 文件，不是 Excel 工作簿"),
                    advice: Bilingual("Save it as .xlsx.", "请另存为 .xlsx。"))
            }
            throw WorkbookProblem(
                Bilingual("this is a zip archive, not an Excel workbook", "这是 zip 压缩包，不是 Excel 工作簿"),
                advice: Bilingual("Give an .xlsx file, or unpack the archive and give the folder.", "请指定 .xlsx 文件，或解压后指定文件夹。"))
        }
        let start = try XLSXWorkbook.relations(of: "_rels/.rels", base: "", in: archive).first { $0.type.hasSuffix("/officeDocument") }
        guard let start, start.target.lowercased().hasSuffix("workbook.xml") else {
            throw WorkbookProblem(
                start?.target.hasSuffix(".bin") ?? false
                    ? Bilingual("this is a binary workbook (.xlsb)", "这是二进制工作簿（.xlsb）")
                    : Bilingual("this is an office document, but no Excel workbook", "这是办公文档，但不是 Excel 工作簿"),
                advice: Bilingual("Save it as .xlsx.", "请另存为 .xlsx。"))
        }
        var sheets: [(name: String, id: String)] = []
        var is1904 = false
        let stream = XMLStream(
            start: { name, attributes in
                switch name {
                case "sheet": sheets.append((attributes["name"] ?? "", attributes["id"] ?? ""))
                case "workbookPr": is1904 = ["1", "true"].contains(attributes["date1904"] ?? "")
                default: break
                }
            }, end: { _ in })
        try archive.read(start.target) { piece, isLast throws(XMLProblem) in try stream.read(piece, isLast: isLast) }
        let folder = XLSXWorkbook.folder(of: start.target)
        let file = String(start.target.dropFirst(folder.count))
        let relations = try XLSXWorkbook.relations(of: "\(folder)_rels/\(file).rels", base: folder, in: archive)
        let partOfID = Dictionary(
            relations.filter { $0.type.hasSuffix("/worksheet") }.map { ($0.id, $0.target) }, uniquingKeysWith: { first, _ in first })
        // Sheets of charts and macros have no rows.
        let tables = sheets.compactMap { sheet in partOfID[sheet.id].map { (sheet.name, $0) } }
        sheetNames = tables.map(\.0)
        parts = tables.map(\.1)
        dateSystem = is1904 ? .from1904 : .from1900
        texts =
            try relations.first { $0.type.hasSuffix("/sharedStrings") }.map { part throws(WorkbookProblem) in
                try XLSXWorkbook.sharedTexts(part.target, in: archive)
            } ?? []
        formats =
            try relations.first { $0.type.hasSuffix("/styles") }.map { part throws(WorkbookProblem) in
                try XLSXWorkbook.cellFormats(part.target, in: archive)
            } ?? []
    }

    /// Whether the file at a path is one to open as a workbook: by its first bytes, else by its name.
    public static func isWorkbook(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return path.lowercased().hasSuffix(".xlsx") }
        if isFolder.boolValue { return false }
        if [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"].contains(where: { path.lowercased().hasSuffix($0) }) { return true }
        let start = firstBytes(path, count: 4)
        return start == [0x50, 0x4B, 0x03, 0x04] || start == [0xD0, 0xCF, 0x11, 0xE0]
    }

    private static func firstBytes(_ path: String, count: Int) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: count)).map(Array.init) ?? []
    }

    private static func checkedHash(_ path: String) throws(WorkbookProblem) -> String {
        let hash = try hashOfFile(at: path)
        let start = firstBytes(path, count: 1 << 16)
        if start.isEmpty {
            throw WorkbookProblem(
                Bilingual("the file is empty", "该文件为空"),
                advice: Bilingual("Give an .xlsx workbook, or save it again.", "请指定 .xlsx 工作簿，或重新保存。"))
        }
        if start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            // The old container also holds encrypted new workbooks; its folder, with names in UTF-16, may stand anywhere.
            let mark = Array("EncryptedPackage".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let isEncrypted = (try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped))?.range(of: Data(mark)) != nil
            throw isEncrypted
                ? WorkbookProblem(
                    Bilingual("the workbook is encrypted with a password", "工作簿设有密码"),
                    advice: Bilingual("Save it without a password.", "请取消密码后保存。"))
                : WorkbookProblem(
                    Bilingual("this is an old workbook (.xls)", "这是旧版工作簿（.xls）"), advice: Bilingual("Save it as .xlsx.", "请另存为 .xlsx。"))
        }
        guard start.starts(with: [0x50, 0x4B]) else {
            throw WorkbookProblem(
                Bilingual("this is no Excel workbook", "这不是 Excel 工作簿"),
                advice: Bilingual("Give an .xlsx file, or the folder that holds the CSV tables.", "请指定 .xlsx 文件，或存放 CSV 表的文件夹。"))
        }
        return hash
    }

    // MARK: Parts

    private struct Relation {
        var id: String
        var type: String
        var target: String
    }

    private static func folder(of part: String) -> String { part.lastIndex(of: "/").map { String(part[...$0]) } ?? "" }

    private static func relations(of part: String, base: String, in archive: ZipArchive) throws(WorkbookProblem) -> [Relation] {
        var relations: [Relation] = []
        let stream = XMLStream(
            start: { name, attributes in
                guard case "Relationship" = name, let target = attributes["Target"] else { return }
                let path = target.hasPrefix("/") ? String(target.dropFirst()) : base + target
                // "../" steps out of a folder.
                var steps: [Substring] = []
                for step in path.split(separator: "/") {
                    if step == ".." { _ = steps.popLast() } else if step != "." { steps.append(step) }
                }
                relations.append(
                    Relation(id: attributes["Id"] ?? "", type: attributes["Type"] ?? "", target: steps.joined(separator: "/")))
            }, end: { _ in })
        try archive.read(part) { piece, isLast throws(XMLProblem) in try stream.read(piece, isLast: isLast) }
        return relations
    }

    private static func sharedTexts(_ part: String, in archive: ZipArchive) throws(WorkbookProblem) -> [String] {
        var texts: [String] = []
        var current: [UInt8] = []
        var isInText = false
        var isReading = false
        let stream = XMLStream(
            start: { name, _ in
                switch name {
                case "si":
                    current.removeAll(keepingCapacity: true)
                    isReading = true
                // Readings of East Asian characters are no part of the text.
                case "rPh": isReading = false
                case "t": isInText = isReading
                default: break
                }
            }, text: { if isInText { current.append(contentsOf: $0) } },
            end: { name in
                switch name {
                case "t": isInText = false
                case "rPh": isReading = true
                case "si":
                    texts.append(plainText(current))
                    isReading = false
                default: break
                }
            })
        try archive.read(part) { piece, isLast throws(XMLProblem) in try stream.read(piece, isLast: isLast) }
        return texts
    }

    private static func cellFormats(_ part: String, in archive: ZipArchive) throws(WorkbookProblem) -> [CellFormat] {
        var own: [Int: CellFormat] = [:]
        var formats: [CellFormat] = []
        var isInCellFormats = false
        let stream = XMLStream(
            start: { name, attributes in
                switch name {
                case "numFmt":
                    if let number = attributes["numFmtId"].flatMap({ Int($0) }) {
                        own[number] = CellFormat(code: attributes["formatCode"] ?? "")
                    }
                case "cellXfs": isInCellFormats = true
                case "xf" where isInCellFormats:
                    let number = attributes["numFmtId"].flatMap { Int($0) } ?? 0
                    formats.append(own[number] ?? CellFormat(builtIn: number))
                default: break
                }
            }, end: { if case "cellXfs" = $0 { isInCellFormats = false } })
        try archive.read(part) { piece, isLast throws(XMLProblem) in try stream.read(piece, isLast: isLast) }
        return formats
    }

    // MARK: Rows

    public func date(ofSerial serial: Double) -> CalendarDate? { dateSystem.date(ofSerial: serial) }

    public func readSheet(at index: Int, row: (_ number: Int, _ cells: [SheetCell]) -> Void) throws(WorkbookProblem) {
        do throws(WorkbookProblem) {
            try withoutActuallyEscaping(row) { row throws(WorkbookProblem) in
                let reader = SheetReader(texts: texts, formats: formats, dateSystem: dateSystem, row: row)
                let stream = XMLStream(start: reader.start, text: reader.text, end: reader.end)
                try ZipArchive(path: path).read(parts[index]) { piece, isLast throws(XMLProblem) in
                    try stream.read(piece, isLast: isLast)
                }
                if let problem = reader.problem { throw problem }
            }
        } catch {
            var error = error
            error.sheet = sheetNames[index]
            throw error
        }
    }
}

/// Puts the cells of a sheet's XML together.
private final class SheetReader {
    private let texts: [String]
    private let formats: [CellFormat]
    private let dateSystem: DateSystem
    private let row: (Int, [SheetCell]) -> Void
    private(set) var problem: WorkbookProblem?

    private var number = 0
    private var cells: [SheetCell] = []
    private var column = -1
    private var type: [UInt8] = []
    private var format = CellFormat.general
    private var value: [UInt8] = []
    private var hasValue = false
    private var hasFormula = false
    private var isInValue = false
    private var isReading = true

    init(texts: [String], formats: [CellFormat], dateSystem: DateSystem, row: @escaping (Int, [SheetCell]) -> Void) {
        self.texts = texts
        self.formats = formats
        self.dateSystem = dateSystem
        self.row = row
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard problem == nil else { return }
        switch name {
        case "c": startCell(attributes)
        case "v":
            isInValue = true
            hasValue = true
        case "t":
            isInValue = isReading
            hasValue = true
        case "rPh": isReading = false
        case "f": hasFormula = true
        case "row":
            number = attributes.value("r").map { Int(atoi($0)) } ?? number + 1
            cells.removeAll(keepingCapacity: true)
            column = -1
            if number < 1 || number > XLSXWorkbook.rowLimit { fail(Bilingual("a row has the number \(number)", "有一行的行号为 \(number)")) }
        default: break
        }
    }

    private func startCell(_ attributes: XMLAttributes) {
        column += 1
        if var position = attributes.value("r") {
            var named = 0
            while case let letter = UInt8(bitPattern: position.pointee), letter >= 0x41, letter <= 0x5A, named < XLSXWorkbook.columnLimit {
                named = named * 26 + Int(letter - 0x40)
                position += 1
            }
            if named > 0 {
                // A cell that stands twice or backwards would overwrite another.
                if named - 1 < cells.count {
                    return fail(Bilingual("row \(number) has cells that are not in order", "第 \(number) 行的单元格次序混乱"))
                }
                column = named - 1
            }
        }
        if column >= XLSXWorkbook.columnLimit {
            return fail(Bilingual("row \(number) has more columns than a sheet can have", "第 \(number) 行的列数超出工作表的上限"))
        }
        type.removeAll(keepingCapacity: true)
        if var text = attributes.value("t") {
            while text.pointee != 0 {
                type.append(UInt8(bitPattern: text.pointee))
                text += 1
            }
        }
        let style = attributes.value("s").map { Int(atoi($0)) } ?? 0
        format = formats.indices.contains(style) ? formats[style] : .general
        value.removeAll(keepingCapacity: true)
        hasValue = false
        hasFormula = false
        isReading = true
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) { if isInValue { value.append(contentsOf: bytes) } }

    func end(_ name: XMLName) {
        guard problem == nil else { return }
        switch name {
        case "v", "t": isInValue = false
        case "rPh": isReading = true
        case "c":
            let cell = cell
            guard cell != .blank else { return }
            while cells.count < column { cells.append(.blank) }
            cells.append(cell)
        case "row": row(number, cells)
        default: break
        }
    }

    private var cell: SheetCell {
        guard hasValue else { return hasFormula ? .uncomputed : .blank }
        switch String(decoding: type, as: UTF8.self) {
        case "s":
            guard let position = Int(String(decoding: value, as: UTF8.self)), texts.indices.contains(position) else {
                fail(Bilingual("a cell of row \(number) names a text that is not there", "第 \(number) 行有单元格引用了不存在的文字"))
                return .blank
            }
            return texts[position].isEmpty ? .blank : .text(texts[position])
        case "str", "inlineStr":
            let text = plainText(value)
            return text.isEmpty ? .blank : .text(text)
        case "b": return .boolean(value.first == 0x31 || value.first == 0x74)
        case "e": return .error(String(decoding: value, as: UTF8.self))
        case "d":
            let text = String(decoding: value, as: UTF8.self)
            return CalendarDate(String(text.prefix(10))).map { .date($0) } ?? .text(text)
        default:
            if value.isEmpty { return hasFormula ? .uncomputed : .blank }
            let text = String(decoding: value, as: UTF8.self)
            guard let number = Double(text.trimmingCharacters(in: .whitespaces)), number.isFinite else { return .text(text) }
            switch format {
            case .general: return .number(number)
            case .code(let digits): return number == number.rounded() && number >= 0 ? .code(number, digits: digits) : .number(number)
            case .date: return dateSystem.date(ofSerial: number).map { .date($0) } ?? .number(number)
            }
        }
    }

    private func fail(_ reason: Bilingual) {
        problem = WorkbookProblem(
            row: (1...XLSXWorkbook.rowLimit).contains(number) ? number : nil,
            Bilingual("the workbook is damaged: \(reason.english)", "工作簿已损坏：\(reason.chinese)"),
            advice: Bilingual("Open it in a spreadsheet program and save it again, or take an earlier copy.", "请用电子表格软件打开并重新保存，或改用较早的副本。"))
    }
}

/// Text of a part, `_x000D_` and the like decoded (ECMA-376 part 1, 22.9.2.19).
private func plainText(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("_x") else { return text }
    var result = ""
    var rest = Substring(text)
    while let mark = rest.firstRange(of: "_x") {
        result += rest[..<mark.lowerBound]
        let code = rest[mark.upperBound...].prefix(4)
        let end = rest[mark.upperBound...].dropFirst(4)
        if code.count == 4, end.first == "_", let value = UInt32(code, radix: 16), let scalar = Unicode.Scalar(value) {
            result.unicodeScalars.append(scalar)
            rest = end.dropFirst()
        } else {
            result += "_x"
            rest = rest[mark.upperBound...]
        }
    }
    return result + rest
}

extension WorkbookFormat {
    /// Excel workbooks (.xlsx).
    public static let excel = WorkbookFormat(
        isWorkbook: { XLSXWorkbook.isWorkbook($0) }, open: { (path) throws(WorkbookProblem) in try XLSXWorkbook(path: path) })
}
