import PlanModel

/// One field of the table being read: where it stands and what it may hold.
struct Column {
    let field: TableField
    /// Position in the record; -1 = not in the file.
    let position: Int
    /// Name for messages: the header in the file.
    let header: String

    var isPresent: Bool { position >= 0 }
}

/// Reads the records of one table: typed cells, a finding for each bad one.
///
///     while table.next() {
///         let id = table.id(account), weight = table.number(weight) ?? 1
///         guard table.isSound else { continue }
///         …
///     }
final class TableReader {
    let schema: TableSchema
    let collector: FindingCollector
    let file: String
    /// True while no cell of the current record was found bad.
    private(set) var isSound = true
    private(set) var rowCount = 0
    /// True when the file could not be split into records to its end.
    private(set) var isCutShort = false
    private let encoding: TextEncoding
    private let mapping: HeaderMapping
    private let byteCount: Int
    private let separator: UInt8
    /// One at this address for as long as the reader lives, as are the caches: a variable of a class would be checked for exclusive access at
    /// every cell, which took a sixth of the time of reading.
    private let scanner: UnsafeMutablePointer<CSVScanner>
    private let caches: UnsafeMutableBufferPointer<FieldCache>
    private var lastDate: (bytes: (UInt64, UInt16), date: CalendarDate)?
    private let progress: ProgressHandler?
    private let passed: ((Int) -> Void)?
    private var nextStop = InputFile.window

    /// Reads the header from `bytes`, which must outlive the reader.
    ///
    /// Returns nil, with the findings told, when the file cannot be read as this table. `isOurs`: a file written by ourselves, whose
    /// further columns are nobody's mistake. `passed` is called now and then with how many bytes have been read and may leave memory.
    init?(
        bytes: UnsafeRawBufferPointer, schema: TableSchema, columnNames: [String: String], isOurs: Bool = false,
        collector: FindingCollector,
        progress: ProgressHandler? = nil, passed: ((Int) -> Void)? = nil
    ) {
        let file = schema.fileName
        guard
            let (encoding, bodyStart) = TableReader.encoding(
                of: bytes, file: file, holds: schema.titles, collector: collector, passed: passed)
        else {
            return nil
        }
        var best: (headers: [String], separator: UInt8, score: Int)?
        var failure: CSVProblem?
        for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            var scanner = CSVScanner(bytes, from: bodyStart, separator: separator)
            do throws(CSVProblem) {
                guard try scanner.next() else { continue }
            } catch {
                failure = failure ?? error
                // The same whatever the separator, and costly to find out three times.
                if case .recordTooLong = error { break }
                continue
            }
            let headers = (0..<scanner.fieldCount).map { position in
                trimmed(TableReader.text(of: scanner[position], scanner.bytes(of: scanner[position]), encoding) ?? "")
            }
            // Known headers tell the separator best; with none known, the one that splits most.
            let score = HeaderMapping.recognised(headers, schema: schema, columnNames: columnNames) * 10_000 + headers.count
            if score > best?.score ?? 0 { best = (headers, separator, score) }
        }
        // A file that splits into known headers one way is that; one that does not, and fails another way, has failed.
        guard let best, failure == nil || best.score >= 10_000 else {
            if let failure {
                failure.report(file: file, to: collector)
            } else {
                TableReader.reportEmpty(file: file, holds: schema.titles, collector: collector)
            }
            return nil
        }
        mapping = HeaderMapping(headers: best.headers, schema: schema, columnNames: columnNames, isOurs: isOurs, collector: collector)
        scanner = .allocate(capacity: 1)
        scanner.initialize(to: CSVScanner(bytes, from: bodyStart, separator: best.separator))
        caches = .allocate(capacity: best.headers.count)
        caches.initialize(repeating: FieldCache())
        self.passed = passed
        self.schema = schema
        self.collector = collector
        self.file = file
        self.encoding = encoding
        self.progress = progress
        byteCount = bytes.count
        separator = best.separator
        guard (try? scanner.pointee.next()) == true else { return nil }
        // Without a required column every row would tell the same again.
        let missing = zip(schema.fields, mapping.positions).contains { field, position in field.isRequired && position < 0 }
        if missing { return nil }
    }

    deinit {
        scanner.deinitialize(count: 1)
        scanner.deallocate()
        caches.deinitialize()
        caches.deallocate()
    }

    /// Encoding of a file and where its text starts; nil, with a finding, where it has none we read.
    static func encoding(
        of bytes: UnsafeRawBufferPointer, file: String, holds title: Bilingual, collector: FindingCollector, passed: ((Int) -> Void)? = nil
    ) -> (TextEncoding, bodyStart: Int)? {
        switch EncodingDetection.detect(bytes, passed: passed) {
        case .text(let encoding, let bodyStart): return (encoding, bodyStart)
        case .empty: reportEmpty(file: file, holds: title, collector: collector)
        case .utf16:
            collector.error(
                file, Bilingual("the file is in UTF-16", "该文件是 UTF-16 编码"),
                advice: Bilingual("Save it as UTF-8 (in Excel: \"CSV UTF-8\") or GB18030.", "请另存为 UTF-8（Excel 中选“CSV UTF-8”）或 GB18030。"))
        case .spreadsheet:
            collector.error(
                file, Bilingual("the file is a spreadsheet, not CSV text", "该文件是电子表格，不是 CSV 文本"),
                advice: Bilingual("Open it and save the sheet as CSV (UTF-8).", "请打开后将工作表另存为 CSV（UTF-8）。"))
        case .compressed:
            collector.error(
                file, Bilingual("the file is compressed", "该文件是压缩文件"), advice: Bilingual("Unpack it first (gunzip).", "请先解压（gunzip）。"))
        case .nulByte(let offset):
            collector.error(
                file, line: lineNumber(of: offset, in: bytes),
                Bilingual(
                    "the file has a NUL byte (byte \(offset + 1)); it is damaged or no text", "该文件含有空字节（第 \(offset + 1) 个字节），已损坏或不是文本"),
                advice: Bilingual("Export it again; the rest of the file was not read.", "请重新导出；文件其余部分未读取。"))
        case .damaged(let encoding, let offset):
            let name = encoding == .utf8 ? Bilingual(verbatim: "UTF-8") : Bilingual("UTF-8 or GB18030", "UTF-8 或 GB18030")
            collector.error(
                file, line: lineNumber(of: offset, in: bytes),
                Bilingual("byte \(offset + 1) of the file is no \(name.english) text", "该文件第 \(offset + 1) 个字节不是 \(name.chinese) 文本"),
                advice: Bilingual(
                    "Save the file as UTF-8 or GB18030 and correct the characters on this line.", "请将文件存为 UTF-8 或 GB18030，并改正此行的字符。"))
        }
        return nil
    }

    static func reportEmpty(file: String, holds title: Bilingual, collector: FindingCollector) {
        collector.error(
            file, Bilingual("the file is empty; it needs at least a header line", "该文件为空，至少要有表头"),
            advice: Bilingual("Export it again (it holds \(title.english)), or delete it.", "请重新导出（其内容为：\(title.chinese)），或将其删除。"))
    }

    /// How the file is written.
    struct Dialect {
        let encodingName: String
        let separator: String
    }

    var dialect: Dialect {
        Dialect(encodingName: encoding == .utf8 ? "utf-8" : "gb18030", separator: String(decoding: [separator], as: UTF8.self))
    }

    /// The file's headers with the fields they stand for.
    var headers: [(header: String, field: TableField?)] {
        mapping.headers.enumerated().map { position, header in
            (header, mapping.positions.firstIndex(of: position).map { schema.fields[$0] })
        }
    }

    func column(_ name: String) -> Column {
        guard let number = schema.fields.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(schema.name) has no field \(name)")
        }
        let position = mapping.positions[number]
        let field = schema.fields[number]
        let header = position >= 0 ? mapping.headers[position] : field.name
        return Column(field: field, position: position, header: normalizedHeader(header) == field.name ? field.name : header)
    }

    /// Line on which the current record starts.
    var line: Int { scanner.pointee.line }

    /// Bytes of the current record, its line end included.
    var recordRange: Range<Int> { scanner.pointee.recordStart..<scanner.pointee.offset }

    /// How the file's texts are encoded.
    var textEncoding: TextEncoding { encoding }

    /// Moves to the next record with any text in it; false at the end.
    func next() -> Bool {
        while true {
            do throws(CSVProblem) {
                guard try scanner.pointee.next() else { return false }
            } catch {
                error.report(file: file, to: collector)
                isCutShort = true
                return false
            }
            if scanner.pointee.offset >= nextStop {
                progress?(ProgressStep("reading \(file)", share: Double(scanner.pointee.offset) / Double(byteCount)))
                // Cells of the current record are still looked at.
                passed?(scanner.pointee.recordStart)
                nextStop = scanner.pointee.offset + InputFile.window
            }
            isSound = true
            let expected = mapping.headers.count
            if scanner.pointee.fieldCount != expected {
                if isBlank(from: 0) { continue }
                if scanner.pointee.fieldCount < expected || !isBlank(from: expected) {
                    rowCount += 1
                    if collector.hasRoom(for: file) {
                        collector.error(
                            file, line: line,
                            Bilingual(
                                "the line has \(scanner.pointee.fieldCount) fields, the header \(expected)",
                                "此行有 \(scanner.pointee.fieldCount) 个字段，而表头有 \(expected) 个"),
                            advice: Bilingual(
                                "Check separators and quotes on this line; text with a separator in it needs quotes.",
                                "请检查此行的分隔符和引号；含分隔符的文字须加引号。"))
                    } else {
                        collector.error(file, line: line, Bilingual("wrong number of fields", "字段个数不对"), advice: .none)
                    }
                    continue
                }
            } else if scanner.pointee[0].start == scanner.pointee[0].end, isBlank(from: 0) {
                continue
            }
            rowCount += 1
            return true
        }
    }

    private func isBlank(from first: Int) -> Bool {
        var position = first
        while position < scanner.pointee.fieldCount {
            for byte in scanner.pointee.bytes(of: scanner.pointee[position]) where !DecimalText.isBlank(byte) { return false }
            position += 1
        }
        return true
    }

    // MARK: Cells

    /// Bytes of a cell, blanks at its ends taken off; empty where the file has no such column.
    @inline(__always)
    private func bytes(_ column: Column) -> UnsafeRawBufferPointer {
        guard column.position >= 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let all = scanner.pointee.bytes(of: scanner.pointee[column.position])
        var start = 0
        var end = all.count
        while start < end, DecimalText.isBlank(all[start]) { start += 1 }
        while end > start, DecimalText.isBlank(all[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: all[start..<end])
    }

    static func text(of field: CSVField, _ bytes: UnsafeRawBufferPointer, _ encoding: TextEncoding) -> String? {
        guard let raw = encoding.text(bytes) else { return nil }
        guard field.hasDoubledQuotes else { return raw }
        var result = ""
        var isSecond = false
        for scalar in raw.unicodeScalars {
            if scalar == "\"", !isSecond {
                isSecond = true
                result.unicodeScalars.append(scalar)
            } else {
                if scalar != "\"" { result.unicodeScalars.append(scalar) }
                isSecond = false
            }
        }
        return result
    }

    /// Text of a cell, trimmed; "" where blank.
    func text(_ column: Column) -> String {
        let cell = bytes(column)
        if cell.isEmpty {
            if column.field.isRequired { reportBlank(column) }
            return ""
        }
        guard let text = TableReader.text(of: scanner.pointee[column.position], cell, encoding) else {
            reject(
                column, value: nil, Bilingual("the text cannot be decoded", "文字无法解码"),
                advice: Bilingual("Save the file as UTF-8 or GB18030 and correct this cell.", "请将文件存为 UTF-8 或 GB18030，并改正此单元格。"))
            return ""
        }
        var result = trimmed(text)
        if column.field.kind == .text, result.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            // A line end inside a name or a reason would break the lines it is shown in.
            result = String(String.UnicodeScalarView(result.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
        }
        if result.isEmpty, column.field.isRequired { reportBlank(column) }
        return result
    }

    /// Longest id, in bytes of UTF-8.
    static let idLimit = 200

    /// An id; "" (and a finding, where required) for none.
    func id(_ column: Column) -> String {
        let id = text(column)
        if id.utf8.count > TableReader.idLimit {
            reject(
                column, value: id, Bilingual("the id is longer than \(TableReader.idLimit) bytes", "编号超过 \(TableReader.idLimit) 个字节"),
                advice: Bilingual("Check quotes and separators on this line, or shorten the id.", "请检查此行的引号和分隔符，或缩短编号。"))
            return ""
        }
        if id.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            reject(
                column, value: id, Bilingual("the id has a line end or another control character in it", "编号中有换行或其他控制字符"),
                advice: Bilingual("Check the quotes on this line, or take the character out.", "请检查此行的引号，或删去该字符。"))
        }
        return id
    }

    /// A finite number; nil where blank (or bad: then the record is not sound).
    func number(_ column: Column) -> Double? {
        let cell = bytes(column)
        switch DecimalText.read(cell) {
        case .value(let value):
            if case .number(let range) = column.field.kind {
                switch range {
                case .any: break
                case .notNegative where value < 0:
                    reject(
                        column, value: cellText(column), Bilingual("\"\(cellText(column))\" is negative", "“\(cellText(column))”是负数"),
                        advice: Bilingual("It has to be 0 or more.", "此处须不小于 0。"))
                    return nil
                case .positive where value <= 0:
                    reject(
                        column, value: cellText(column), Bilingual("\"\(cellText(column))\" is not above 0", "“\(cellText(column))”不大于 0"),
                        advice: Bilingual("It has to be more than 0.", "此处须大于 0。"))
                    return nil
                case .notNegative, .positive: break
                }
            }
            return value
        case .blank:
            if column.field.isRequired { reportBlank(column) }
            return nil
        case .problem(let problem):
            if collector.hasRoom(for: file) {
                reject(
                    column, value: cellText(column),
                    Bilingual("\"\(cellText(column))\" \(problem.message.english)", "“\(cellText(column))”\(problem.message.chinese)"),
                    advice: problem.advice)
            } else {
                reject(column, value: nil, problem.message, advice: problem.advice)
            }
            return nil
        }
    }

    /// A number that 0 leaves out, as blank does.
    func positiveOrNone(_ column: Column) -> Double? {
        guard let value = number(column) else { return nil }
        if value > 0 { return value }
        collector.note(
            file, line: line, column: column.header, value: "0", Bilingual("0 is read as none", "0 视为未填写"),
            advice: Bilingual("Leave the cell blank.", "请将单元格留空。"),
            group: "zero \(column.field.name)")
        return nil
    }

    /// A whole number; nil where blank (or bad).
    func integer(_ column: Column, most: Int = 100_000) -> Int? {
        guard case .integer(let least) = column.field.kind else { preconditionFailure("\(column.field.name) is no integer field") }
        guard let value = number(column) else { return nil }
        guard value == value.rounded(), value >= Double(least), value <= Double(most) else {
            let text = cellText(column)
            reject(
                column, value: text,
                Bilingual("\"\(text)\" is not a whole number from \(least) to \(most)", "“\(text)”不是 \(least) 至 \(most) 的整数"),
                advice: Bilingual("Write a whole number, or leave the cell blank.", "请填写整数，或留空。"))
            return nil
        }
        return Int(value)
    }

    /// A date; nil where blank (or bad).
    func date(_ column: Column) -> CalendarDate? {
        let cell = bytes(column)
        // Most rows have the date of the row before.
        var packed: (UInt64, UInt16)?
        if cell.count == 10 {
            let now = (cell.loadUnaligned(fromByteOffset: 0, as: UInt64.self), cell.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
            if let lastDate, lastDate.bytes == now { return lastDate.date }
            packed = now
        }
        switch DateText.read(cell) {
        case .date(let date):
            if let packed { lastDate = (packed, date) }
            return date
        case .blank:
            if column.field.isRequired { reportBlank(column) }
            return nil
        case .problem(let message, let advice):
            let text = cellText(column)
            reject(column, value: text, Bilingual("\"\(text)\" \(message.english)", "“\(text)”\(message.chinese)"), advice: advice)
            return nil
        }
    }

    /// One of the words the field allows; nil where blank (or bad).
    func choice<Value: RawRepresentable>(_ column: Column, as type: Value.Type) -> Value? where Value.RawValue == String {
        guard case .choice(let words) = column.field.kind else { preconditionFailure("\(column.field.name) is no choice field") }
        let text = text(column)
        if text.isEmpty { return nil }
        let word = text.lowercased()
        if words.contains(word), let value = Value(rawValue: word) { return value }
        let near = didYouMean(nearestName(to: text, among: words))
        reject(
            column, value: text,
            Bilingual(
                "\"\(shortened(text))\" is none of \(words.joined(separator: ", "))\(near.english)",
                "“\(shortened(text))”不是 \(words.joined(separator: "、")) 之一\(near.chinese)"),
            advice: column.field.isRequired
                ? Bilingual("Write one of these words.", "请写其中之一。")
                : Bilingual("Write one of these words, or leave the cell blank.", "请写其中之一，或留空。"))
        return nil
    }

    /// Index of the thing an id names; nil where blank, or (with a finding) where nothing has that id.
    func reference(_ column: Column, to index: IdIndex) -> Int? {
        let cell = bytes(column)
        if cell.isEmpty {
            if column.field.isRequired { reportBlank(column) }
            return nil
        }
        let mayCache = !scanner.pointee[column.position].hasDoubledQuotes
        if mayCache, let known = caches[column.position].value(of: cell) { return known }
        let id = text(column)
        guard !id.isEmpty else { return nil }
        if let found = index[id] {
            if mayCache { caches[column.position].insert(cell, value: found) }
            return found
        }
        isSound = false
        guard index.isComplete else { return nil }
        rejectUnknown(column, id: id, noun: index.noun, file: index.file, nearest: index.nearest)
        return nil
    }

    /// Tells that nothing of this kind has the id, once per id.
    func rejectUnknown(_ column: Column, id: String, noun: Bilingual, file target: Bilingual, nearest: (String) -> String?) {
        let hasRoom = collector.hasRoom(for: file)
        let near = hasRoom ? didYouMean(nearest(id)) : .none
        reject(
            column, value: id,
            Bilingual(
                "no \(noun.english) is named \"\(shortened(id))\"\(near.english)", "没有名为“\(shortened(id))”的\(noun.chinese)\(near.chinese)"),
            advice: Bilingual(
                "Correct the name, or add the \(noun.english) to \(target.english).", "请改正编号，或在 \(target.chinese) 中补上该\(noun.chinese)。"),
            group: "unknown \(column.field.name) \(id)")
    }

    /// Text of a cell for a message.
    func cellText(_ column: Column) -> String {
        let cell = bytes(column)
        let start = UnsafeRawBufferPointer(rebasing: cell.prefix(400))
        return shortened(encoding.text(start) ?? String(decoding: start, as: UTF8.self))
    }

    private func reportBlank(_ column: Column) {
        reject(
            column, value: "", Bilingual("the cell is blank", "单元格为空"),
            advice: Bilingual("Fill it in: \(column.field.meaning).", "请填写：\(column.field.meaning(in: .chinese, table: schema.name))。"))
    }

    /// Marks the record as bad and tells why.
    func reject(_ column: Column, value: String?, _ message: Bilingual, advice: Bilingual, group: String? = nil) {
        isSound = false
        collector.error(file, line: line, column: column.header, value: value, message, advice: advice, group: group)
    }

    func note(_ column: Column?, value: String? = nil, _ message: Bilingual, advice: Bilingual, group: String? = nil) {
        collector.note(file, line: line, column: column?.header, value: value, message, advice: advice, group: group)
    }
}
