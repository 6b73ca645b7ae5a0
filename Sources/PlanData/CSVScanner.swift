import PlanModel

/// One field of a record: a range of bytes, quotes already off.
struct CSVField {
    var start: Int
    var end: Int
    /// True when doubled quotes inside have to be halved.
    var hasDoubledQuotes: Bool
}

/// Why a file cannot be split into records any further.
enum CSVProblem: Error, Equatable {
    /// A quote opened on `line` is never closed.
    case openQuote(line: Int)
    /// Text stands between a closing quote and the next separator.
    case textAfterQuote(line: Int, openedOnLine: Int)
    /// A carriage return without a line feed ends the line.
    case loneCarriageReturn(line: Int)
    case tooManyFields(line: Int, limit: Int)
    case recordTooLong(line: Int, byteCount: Int, limit: Int)
}

/// Splits bytes into records and fields as RFC 4180 says: fields in double quotes may hold separators, line ends and doubled quotes.
///
/// Beyond the RFC, the separator may be a semicolon or a tab, lines end with LF or CRLF, and a quote inside an unquoted field is text.
/// Works for every encoding in which those bytes stand for themselves only (UTF-8, GB18030). Nothing is copied.
struct CSVScanner: ~Copyable {
    static let fieldLimit = 4096
    /// No record of a table comes near this; a file without line ends does.
    static let recordLimit = 1 << 20

    private let bytes: UnsafeRawBufferPointer
    private let separator: UInt8
    private let fields: UnsafeMutablePointer<CSVField>
    private(set) var fieldCount = 0
    /// Where the current record starts, and the next one.
    private(set) var recordStart: Int
    private(set) var offset: Int
    private var nextLine = 1
    /// Line (from 1) on which the current record starts.
    private(set) var line = 1

    /// Scans `bytes` from `start`; they must outlive the scanner.
    init(_ bytes: UnsafeRawBufferPointer, from start: Int, separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
        offset = start
        recordStart = start
        fields = .allocate(capacity: CSVScanner.fieldLimit)
    }

    deinit { fields.deallocate() }

    /// Field of the current record.
    @inline(__always)
    subscript(index: Int) -> CSVField { fields[index] }

    /// Bytes of a field; doubled quotes are still doubled.
    @inline(__always)
    func bytes(of field: CSVField) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[field.start..<field.end]) }

    /// Moves to the next record that is not an empty line.
    ///
    /// - Returns: false at the end of the file.
    /// - Throws: ``CSVProblem``; the rest of the file cannot be trusted then.
    mutating func next() throws(CSVProblem) -> Bool {
        let count = bytes.count
        let quote = UInt8(ascii: "\"")
        while offset < count {
            recordStart = offset
            var i = offset
            var found = 0
            line = nextLine
            var isAtEndOfRecord = false
            while !isAtEndOfRecord {
                var field = CSVField(start: i, end: i, hasDoubledQuotes: false)
                if i < count, bytes[i] == quote {
                    let openedOnLine = nextLine
                    i += 1
                    field.start = i
                    while true {
                        guard i < count else { throw .openQuote(line: openedOnLine) }
                        let byte = bytes[i]
                        if byte == quote {
                            guard i + 1 < count, bytes[i + 1] == quote else { break }
                            field.hasDoubledQuotes = true
                            i += 2
                        } else {
                            if byte == 0x0A { nextLine += 1 }
                            i += 1
                        }
                    }
                    field.end = i
                    i += 1
                    while i < count, bytes[i] == 0x20, separator != 0x20 { i += 1 }
                    if i < count, bytes[i] != separator, bytes[i] != 0x0A, bytes[i] != 0x0D {
                        throw .textAfterQuote(line: nextLine, openedOnLine: openedOnLine)
                    }
                } else {
                    while i < count {
                        let byte = bytes[i]
                        if byte == separator || byte == 0x0A || byte == 0x0D { break }
                        i += 1
                    }
                    field.end = i
                }
                guard found < CSVScanner.fieldLimit else { throw .tooManyFields(line: line, limit: CSVScanner.fieldLimit) }
                fields[found] = field
                found += 1
                if i >= count {
                    isAtEndOfRecord = true
                } else if bytes[i] == separator {
                    i += 1
                } else if bytes[i] == 0x0A {
                    i += 1
                    nextLine += 1
                    isAtEndOfRecord = true
                } else {
                    guard i + 1 < count, bytes[i + 1] == 0x0A else {
                        // A last line may end with a bare CR without harm.
                        guard i + 1 == count else { throw .loneCarriageReturn(line: nextLine) }
                        i += 1
                        isAtEndOfRecord = true
                        continue
                    }
                    i += 2
                    nextLine += 1
                    isAtEndOfRecord = true
                }
            }
            offset = i
            guard i - recordStart <= CSVScanner.recordLimit else {
                throw .recordTooLong(line: line, byteCount: i - recordStart, limit: CSVScanner.recordLimit)
            }
            fieldCount = found
            if found > 1 || fields[0].start < fields[0].end { return true }
        }
        return false
    }
}

extension CSVProblem {
    var line: Int {
        switch self {
        case .openQuote(let line), .textAfterQuote(let line, _), .loneCarriageReturn(let line), .tooManyFields(let line, _),
            .recordTooLong(let line, _, _):
            line
        }
    }

    func report(file: String, to collector: FindingCollector) {
        switch self {
        case .openQuote:
            collector.error(
                file, line: line,
                Bilingual("a quote opens on this line and is never closed; the rest of the file was not read", "此行的引号只有开头没有结尾；文件其余部分未读取"),
                advice: Bilingual("Close the quote, or double it (\"\") where it belongs to the text.", "请补上结尾的引号；若引号属于文字本身，请写成两个（\"\"）。"))
        case .textAfterQuote(_, let openedOnLine):
            collector.error(
                file, line: line,
                Bilingual(
                    "text follows a closing quote (the field opens on line \(openedOnLine)); the rest of the file was not read",
                    "结尾引号之后还有文字（该字段自第 \(openedOnLine) 行开始）；文件其余部分未读取"),
                advice: Bilingual(
                    "Double the quotes (\"\") that belong to the text, and close the field before the next separator.",
                    "属于文字本身的引号请写成两个（\"\"），并在下一个分隔符之前结束该字段。"))
        case .loneCarriageReturn:
            collector.error(
                file, line: line,
                Bilingual(
                    "the line ends with a carriage return alone (old Mac line ends); the rest of the file was not read",
                    "此行只以回车符结尾（旧式 Mac 换行）；文件其余部分未读取"),
                advice: Bilingual("Save the file with LF or CRLF line ends.", "请以 LF 或 CRLF 换行重新保存文件。"))
        case .tooManyFields(_, let limit):
            collector.error(
                file, line: line,
                Bilingual("the line has more than \(limit) fields; the rest of the file was not read", "此行超过 \(limit) 个字段；文件其余部分未读取"),
                advice: Bilingual("Check the file: a line end may be missing, or this is not a table.", "请检查文件：可能缺少换行，或者它不是表格。"))
        case .recordTooLong(_, let byteCount, let limit):
            collector.error(
                file, line: line,
                Bilingual(
                    "the line is \(byteCount) bytes long, more than the \(limit) a record may have; the rest of the file was not read",
                    "此行长 \(byteCount) 个字节，超过上限 \(limit)；文件其余部分未读取"),
                advice: Bilingual("Check the file: line ends or a closing quote may be missing.", "请检查文件：可能缺少换行或结尾的引号。"))
        }
    }
}
