/// Numbers as our files write them: the shortest digits that read back as the same Double, without an exponent where that stays readable.
public enum NumberText {
    /// `5`, `0.1`, `1250.75`, `0.00001`, `12000000000000000000`; −0 is `0`. Exponents only beyond 10²¹ or below 10⁻⁹.
    ///
    /// - Precondition: `value` is finite.
    public static func shortest(_ value: Double) -> String {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func append(_ value: Double, to bytes: inout [UInt8]) {
        precondition(value.isFinite, "a number that is not finite has no text")
        if value == value.rounded(), abs(value) < 9e15 {
            appendInteger(Int64(value), to: &bytes)
            return
        }
        var text = value.description
        text.withUTF8 { digits in
            guard let mark = digits.firstIndex(of: UInt8(ascii: "e")) else {
                // "5.0" of a whole number above 9e15.
                let hasZeroFraction = digits.count > 2 && digits[digits.count - 1] == 0x30 && digits[digits.count - 2] == 0x2E
                bytes.append(contentsOf: hasZeroFraction ? digits.dropLast(2) : digits[...])
                return
            }
            let exponent = Int(String(decoding: digits[(mark + 1)...], as: UTF8.self)) ?? 0
            guard exponent >= -9, exponent <= 21 else {
                bytes.append(contentsOf: digits)
                return
            }
            var mantissa = Array(digits[..<mark])
            if mantissa.first == 0x2D {
                bytes.append(0x2D)
                mantissa.removeFirst()
            }
            // d.ddd × 10^exponent: the point moves right over the digits or left over zeros.
            mantissa.removeAll { $0 == 0x2E }
            if mantissa.count > 1, mantissa.last == 0x30 { mantissa.removeLast() }
            if exponent < 0 {
                bytes.append(contentsOf: [0x30, 0x2E])
                bytes.append(contentsOf: repeatElement(0x30, count: -exponent - 1))
                bytes.append(contentsOf: mantissa)
            } else {
                bytes.append(contentsOf: mantissa)
                bytes.append(contentsOf: repeatElement(0x30, count: max(0, exponent + 1 - mantissa.count)))
            }
        }
    }

    static func appendInteger(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(0x2D) }
        var magnitude = value.magnitude
        if magnitude < 10 {
            bytes.append(0x30 + UInt8(magnitude))
            return
        }
        let start = bytes.count
        while magnitude > 0 {
            bytes.append(0x30 + UInt8(magnitude % 10))
            magnitude /= 10
        }
        bytes[start...].reverse()
    }
}

/// Text of a CSV file as our files are written: comma, LF, quotes only where needed.
struct CSVText {
    private(set) var bytes: [UInt8] = []
    private var isAtStart = true

    init(header: [String]) {
        for name in header { add(name) }
        endRow()
    }

    mutating func add(_ text: String) {
        separate()
        let needsQuotes = text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    mutating func add(_ number: Double) {
        separate()
        NumberText.append(number, to: &bytes)
    }

    /// Blank for nil and for infinity ("none", "no limit").
    mutating func addOrBlank(_ number: Double?) {
        if let number, number.isFinite { add(number) } else { separate() }
    }

    mutating func add(_ number: Int) {
        separate()
        NumberText.appendInteger(Int64(number), to: &bytes)
    }

    mutating func addBlank() { separate() }

    mutating func endRow() {
        bytes.append(0x0A)
        isAtStart = true
    }

    private mutating func separate() {
        if isAtStart { isAtStart = false } else { bytes.append(0x2C) }
    }
}
