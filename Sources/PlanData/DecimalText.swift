import PlanModel

/// Numbers and dates as tables write them.
enum DecimalText {
    /// No quantity, price or capacity is larger than this; what is, is a slip of the keyboard or a code in the wrong column.
    static let largest = 1e15

    enum Reading: Equatable {
        case blank
        case value(Double)
        case problem(Problem)
    }

    enum Problem: Equatable {
        case notANumber
        case thousandsSeparator
        case decimalComma
        case percent
        case notFinite
        case hexadecimal
        case fullWidthDigits
        case tooLarge

        var message: Bilingual {
            switch self {
            case .notANumber: Bilingual("is not a number", "不是数字")
            case .thousandsSeparator: Bilingual("has thousands separators", "带有千位分隔符")
            case .decimalComma: Bilingual("has a decimal comma", "用逗号作了小数点")
            case .percent: Bilingual("is a percentage", "是百分数")
            case .notFinite: Bilingual("is not a finite number", "不是有限的数字")
            case .hexadecimal: Bilingual("is a hexadecimal number", "是十六进制数")
            case .fullWidthDigits: Bilingual("has full-width digits", "含有全角数字")
            case .tooLarge: Bilingual("is larger than anything a plan can hold (10^15)", "超出计划所能容纳的范围（10^15）")
            }
        }

        var advice: Bilingual {
            switch self {
            case .notANumber: Bilingual("Write digits with a point for decimals, such as 1250 or 0.5.", "请写数字，小数用小数点，例如 1250 或 0.5。")
            case .thousandsSeparator: Bilingual("Write the number without them, such as 1234.5.", "请去掉千位分隔符，例如 1234.5。")
            case .decimalComma: Bilingual("Write a point for decimals, such as 3.5.", "小数请用小数点，例如 3.5。")
            case .percent: Bilingual("Write the share itself: 0.4 for 40 %.", "请直接写比例：40% 写 0.4。")
            case .notFinite: Bilingual("Correct the cell, or leave it blank for the default.", "请改正此单元格，或留空以采用默认值。")
            case .hexadecimal: Bilingual("Write the number in decimal digits.", "请写十进制数字。")
            case .fullWidthDigits: Bilingual("Write plain digits 0 to 9.", "请用半角数字 0 至 9。")
            case .tooLarge: Bilingual("Check whether a code or a date got into this column.", "请检查是否把编码或日期填进了此列。")
            }
        }
    }

    /// Powers of ten that a Double holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Reads a decimal number: sign, digits, a point for decimals, an exponent; blanks around it are allowed.
    ///
    /// With at most 15 digits and 22 places one exact division gives the nearest Double (Clinger 1990, "How to read floating point numbers
    /// accurately"); the rest goes through the standard library.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var start = 0
        var end = bytes.count
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        if start == end { return .blank }
        var position = start
        var isNegative = false
        if bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var places = 0
        var sawPoint = false
        while position < end {
            let byte = bytes[position]
            if byte >= 0x30, byte <= 0x39 {
                mantissa = mantissa &* 10 &+ UInt64(byte - 0x30)
                digits += mantissa == 0 ? 0 : 1
                if sawPoint { places += 1 }
            } else if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else {
                break
            }
            position += 1
        }
        let hasDigits = position - start - (sawPoint ? 1 : 0) - (bytes[start] == 0x2D || bytes[start] == 0x2B ? 1 : 0) > 0
        guard hasDigits else { return .problem(problem(of: bytes, start, end)) }
        if position == end, digits <= 15, places <= 22 {
            let magnitude = Double(mantissa) / powers[places]
            return magnitude <= largest ? .value(isNegative && magnitude != 0 ? -magnitude : magnitude) : .problem(.tooLarge)
        }
        if position < end {
            // Only an exponent may follow.
            guard bytes[position] | 0x20 == UInt8(ascii: "e"), isExponent(bytes, position + 1, end) else {
                return .problem(problem(of: bytes, start, end))
            }
        }
        guard end - start <= 400 else { return .problem(.tooLarge) }
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        guard let value = Double(text) else { return .problem(.notANumber) }
        guard value.isFinite, abs(value) <= largest else { return .problem(.tooLarge) }
        return .value(value == 0 ? 0 : value)
    }

    static func read(_ text: String) -> Reading {
        var copy = text
        return copy.withUTF8 { read(UnsafeRawBufferPointer($0)) }
    }

    private static func isExponent(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        var position = start
        if position < end, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
        guard position < end, end - position <= 4 else { return false }
        return bytes[position..<end].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// Why a text is no number, as precisely as can be said.
    private static func problem(of bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Problem {
        guard end - start <= 60 else { return .notANumber }
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        var body = text.lowercased()
        if body.hasPrefix("-") || body.hasPrefix("+") { body.removeFirst() }
        if ["nan", "inf", "infinity", "∞", "1.#inf", "1.#qnan"].contains(body) { return .notFinite }
        if body.hasPrefix("0x") { return .hexadecimal }
        if body.hasSuffix("%") || body.hasSuffix("％") { return .percent }
        if body.unicodeScalars.contains(where: { (0xFF10...0xFF19).contains($0.value) }) { return .fullWidthDigits }
        let isDigit: (Character) -> Bool = { $0.isASCII && $0.isNumber }
        let separators = body.filter { !isDigit($0) }
        guard body.first.map(isDigit) == true, !separators.isEmpty, separators.allSatisfy({ ",. '\u{A0}\u{202F}".contains($0) }) else {
            return .notANumber
        }
        let groups = body.split(whereSeparator: { ", '\u{A0}\u{202F}".contains($0) }).map { $0.prefix { $0 != "." } }
        if separators.contains(where: { $0 != "." }), groups.count > 1, groups.dropFirst().allSatisfy({ $0.count == 3 }),
            groups[0].count <= 3
        {
            return .thousandsSeparator
        }
        if separators == "," { return .decimalComma }
        if separators.filter({ $0 == "," }).count == 1, separators.last == "," { return .decimalComma }
        let dotted: [Substring] = body.split(separator: ".", omittingEmptySubsequences: false)
        let areThousands = dotted.dropFirst().allSatisfy { $0.count == 3 }
        return separators.count > 1 && (areThousands || separators.contains { $0 != "." }) ? .thousandsSeparator : .notANumber
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// Dates as tables write them: exactly `YYYY-MM-DD`.
enum DateText {
    /// Years a planning table can mean; outside them a digit slipped (0205, 20225, 1026).
    static let years = 1970...2199

    enum Reading: Equatable {
        case blank
        case date(CalendarDate)
        case problem(message: Bilingual, advice: Bilingual)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var start = 0
        var end = bytes.count
        while start < end, DecimalText.isBlank(bytes[start]) { start += 1 }
        while end > start, DecimalText.isBlank(bytes[end - 1]) { end -= 1 }
        if start == end { return .blank }
        if end - start == 10, bytes[start + 4] == 0x2D, bytes[start + 7] == 0x2D {
            var number = (year: 0, month: 0, day: 0)
            var isNumeric = true
            for (offset, byte) in bytes[start..<end].enumerated() where offset != 4 && offset != 7 {
                let digit = Int(byte) - 0x30
                if digit < 0 || digit > 9 { isNumeric = false }
                switch offset {
                case 0..<4: number.year = number.year * 10 + digit
                case 5..<7: number.month = number.month * 10 + digit
                default: number.day = number.day * 10 + digit
                }
            }
            if isNumeric {
                guard let date = CalendarDate(year: number.year, month: number.month, day: number.day) else {
                    return .problem(
                        message: Bilingual("is a day that does not exist", "这一天不存在"),
                        advice: Bilingual("Correct the date; it is written year-month-day, YYYY-MM-DD.", "请改正日期，按年-月-日写作 YYYY-MM-DD。"))
                }
                guard years.contains(number.year) else {
                    return .problem(
                        message: Bilingual(
                            "lies outside the years \(years.lowerBound) to \(years.upperBound)",
                            "不在 \(years.lowerBound) 至 \(years.upperBound) 年之间"), advice: Bilingual("Check the year of this date.", "请检查年份。")
                    )
                }
                return .date(date)
            }
        }
        return .problem(
            message: Bilingual("is not a date", "不是日期"), advice: advice(for: UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
    }

    static func read(_ text: String) -> Reading {
        var copy = text
        return copy.withUTF8 { read(UnsafeRawBufferPointer($0)) }
    }

    /// Shows the right form of a date that is written year first in another way.
    private static func advice(for bytes: UnsafeRawBufferPointer) -> Bilingual {
        let general = Bilingual("Write it as YYYY-MM-DD, such as 2027-03-01.", "请写作 YYYY-MM-DD，例如 2027-03-01。")
        guard bytes.count <= 30 else { return general }
        let text = String(decoding: bytes, as: UTF8.self)
        var parts = text.split(whereSeparator: { !($0.isASCII && $0.isNumber) }).map(String.init)
        if parts.count == 1, parts[0].count == 8 {
            let digits = Array(parts[0])
            parts = [String(digits[0..<4]), String(digits[4..<6]), String(digits[6..<8])]
        }
        guard parts.count >= 3, parts[0].count == 4, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            years.contains(year), let date = CalendarDate(year: year, month: month, day: day)
        else { return general }
        return Bilingual("Write it as \(date).", "请写作 \(date)。")
    }
}
