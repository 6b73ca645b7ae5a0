import Foundation

/// How the text of a table is encoded.
enum TextEncoding: Hashable {
    case utf8
    case gb18030

    /// CFStringEncodings.GB_18030_2000 (0x0632) as Foundation numbers it.
    static let foundationGB18030 = String.Encoding(rawValue: 0x8000_0632)

    /// Text of some bytes; nil where they are no text in this encoding.
    ///
    /// The separators and quotes of CSV (`,` `;` tab `"` CR LF) never occur inside a GB18030 character (its later bytes are 30-39 and
    /// 40-FE), so files are split as bytes and only the fields wanted as text are decoded: the file is never transcoded as a whole.
    func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        switch self {
        case .utf8: return String(decoding: bytes, as: UTF8.self)
        case .gb18030:
            if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
            return String(data: Data(bytes), encoding: TextEncoding.foundationGB18030)
        }
    }
}

extension TextEncoding {
    /// Bytes of a text; both encodings can hold every character.
    func bytes(_ text: String) -> [UInt8] {
        switch self {
        case .utf8: return Array(text.utf8)
        case .gb18030: return text.data(using: TextEncoding.foundationGB18030).map { Array($0) } ?? Array(text.utf8)
        }
    }
}

/// What looking through all bytes of a file once told about its encoding.
enum EncodingDetection: Equatable {
    /// `bodyStart` skips a byte-order mark.
    case text(TextEncoding, bodyStart: Int)
    case empty
    case utf16
    case spreadsheet
    case compressed
    case nulByte(offset: Int)
    /// Neither UTF-8 nor GB18030; `offset` of the first byte that does not fit the likelier one.
    case damaged(TextEncoding, offset: Int)

    /// - Parameter passed: Called now and then with how many bytes will not be looked at again.
    static func detect(_ bytes: UnsafeRawBufferPointer, passed: ((Int) -> Void)? = nil) -> EncodingDetection {
        if bytes.isEmpty { return .empty }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { return .spreadsheet }
        if bytes.starts(with: [0x1F, 0x8B]) { return .compressed }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || looksLikeUTF16(bytes) { return .utf16 }
        let bodyStart = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if bytes.count == bodyStart { return .empty }
        let utf8 = UTF8Census(bytes, from: bodyStart, passed: passed)
        if let offset = utf8.firstNUL { return .nulByte(offset: offset) }
        guard let offset = utf8.firstInvalid else { return .text(.utf8, bodyStart: bodyStart) }
        // A mark says UTF-8; so does text whose multi-byte characters are mostly well-formed. GB18030 read as UTF-8 fails at most of them.
        if bodyStart > 0 || utf8.validMultibyte > utf8.invalid { return .damaged(.utf8, offset: offset) }
        if let offset = firstInvalidGB18030(bytes, passed: passed) { return .damaged(.gb18030, offset: offset) }
        return .text(.gb18030, bodyStart: bodyStart)
    }

    /// Every other byte NUL in the first thousand: UTF-16 without a mark, as no text of ours has NUL bytes.
    private static func looksLikeUTF16(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let sample = bytes.prefix(1000)
        guard sample.count >= 4 else { return false }
        var zeros = (even: 0, odd: 0)
        for (offset, byte) in sample.enumerated() where byte == 0 { if offset % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 } }
        let half = sample.count / 2
        return (zeros.odd * 10 > half * 4 && zeros.even * 10 < half) || (zeros.even * 10 > half * 4 && zeros.odd * 10 < half)
    }

    /// Offset of the first byte that breaks GB18030's structure (GB 18030-2022, table 1), or nil.
    private static func firstInvalidGB18030(_ bytes: UnsafeRawBufferPointer, passed: ((Int) -> Void)?) -> Int? {
        var i = 0
        let count = bytes.count
        var nextCall = InputFile.window
        while i < count {
            if i >= nextCall {
                passed?(i)
                nextCall += InputFile.window
            }
            let first = bytes[i]
            if first < 0x80 {
                i += 1
                continue
            }
            guard first >= 0x81, first <= 0xFE, i + 1 < count else { return i }
            let second = bytes[i + 1]
            if (0x40...0x7E).contains(second) || (0x80...0xFE).contains(second) {
                i += 2
            } else if (0x30...0x39).contains(second) {
                guard i + 3 < count, (0x81...0xFE).contains(bytes[i + 2]), (0x30...0x39).contains(bytes[i + 3]) else { return i }
                i += 4
            } else {
                return i
            }
        }
        return nil
    }
}

/// Counts of well-formed and broken UTF-8 sequences (Unicode 15, table 3-7) and the first NUL byte.
struct UTF8Census {
    private(set) var validMultibyte = 0
    private(set) var invalid = 0
    private(set) var firstInvalid: Int?
    private(set) var firstNUL: Int?

    init(_ bytes: UnsafeRawBufferPointer, from start: Int, passed: ((Int) -> Void)? = nil) {
        let count = bytes.count
        var i = start
        var nextCall = InputFile.window
        while i < count {
            if i >= nextCall {
                passed?(i)
                nextCall += InputFile.window
            }
            // Eight ASCII bytes at a time: no high bit, no zero byte (x − 0x01… & ~x & 0x80…, Mycroft's test).
            let end = min(count, nextCall)
            while i + 8 <= end {
                let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
                if (word & 0x8080_8080_8080_8080) | zeros != 0 { break }
                i += 8
            }
            guard i < count else { break }
            let first = bytes[i]
            if first < 0x80 {
                if first == 0 {
                    firstNUL = i
                    return
                }
                i += 1
                continue
            }
            let length = UTF8Census.sequenceLength(bytes, i)
            if length > 0 {
                validMultibyte += 1
                i += length
            } else {
                if firstInvalid == nil { firstInvalid = i }
                invalid += 1
                i += 1
            }
        }
    }

    /// Length of the well-formed sequence at `i`, or 0.
    private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, _ i: Int) -> Int {
        let first = bytes[i]
        let left = bytes.count - i
        func continues(_ offset: Int) -> Bool { bytes[i + offset] & 0xC0 == 0x80 }
        switch first {
        case 0xC2...0xDF: return left >= 2 && continues(1) ? 2 : 0
        case 0xE0...0xEF:
            guard left >= 3, continues(1), continues(2) else { return 0 }
            if first == 0xE0, bytes[i + 1] < 0xA0 { return 0 }
            if first == 0xED, bytes[i + 1] > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard left >= 4, continues(1), continues(2), continues(3) else { return 0 }
            if first == 0xF0, bytes[i + 1] < 0x90 { return 0 }
            if first == 0xF4, bytes[i + 1] > 0x8F { return 0 }
            return 4
        default: return 0
        }
    }
}

/// Line (from 1) that holds the byte at `offset`.
func lineNumber(of offset: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    var line = 1
    for byte in bytes[0..<min(offset, bytes.count)] where byte == 0x0A { line += 1 }
    return line
}
