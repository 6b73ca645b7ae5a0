import PlanModel

/// What a cell's number format makes of its number.
enum CellFormat: Hashable {
    case general
    case date
    /// Shown with at least so many digits.
    case code(digits: Int)

    /// Format numbers that every program knows without a code (ECMA-376 part 1, 18.8.30), those of East Asian locales included.
    init(builtIn number: Int) {
        switch number {
        case 14...17, 22, 27...31, 34...36, 50...54, 57, 58: self = .date
        default: self = .general
        }
    }

    /// A format code such as `yyyy-mm-dd`, `000000` or `#,##0.00`; what shows a time of day alone is no date.
    init(code: String) {
        var letters = ""
        var isQuoted = false
        var isEscaped = false
        var isBracketed = false
        // The first section is that of positive numbers.
        scan: for character in code.lowercased() {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isQuoted = character != "\""
            } else if isBracketed {
                isBracketed = character != "]"
            } else {
                switch character {
                case "\"": isQuoted = true
                case "\\", "_", "*": isEscaped = true
                case "[": isBracketed = true
                case ";": break scan
                default: letters.append(character)
                }
            }
        }
        let hasDigits = letters.contains { "#?".contains($0) } || (letters.contains("0") && !letters.contains("s"))
        let isClock = letters.contains { "hs".contains($0) }
        if !letters.isEmpty, letters.allSatisfy({ $0 == "0" }), letters.count > 1 {
            self = .code(digits: letters.count)
        } else if !hasDigits, letters != "general", letters.contains(where: { "yd".contains($0) }) || (letters.contains("m") && !isClock) {
            self = .date
        } else {
            self = .general
        }
    }
}

/// The two ways in which workbooks count days.
enum DateSystem: Sendable {
    /// Day 1 is 1 January 1900; a 29 February 1900 that never was is counted.
    case from1900
    /// Day 0 is 1 January 1904.
    case from1904

    /// The day of a serial number, its time of day left out; nil outside the years 1900 to 9999.
    func date(ofSerial serial: Double) -> CalendarDate? {
        guard serial >= 0, serial < 2_958_466 else { return nil }
        let day = Int(serial.rounded(.down))
        switch self {
        case .from1904: return CalendarDate(daysSinceEpoch: day - 24_107)
        // 25,569 days lie between 30 December 1899 and 1 January 1970.
        case .from1900: return CalendarDate(daysSinceEpoch: day < 60 ? day - 25_568 : day - 25_569)
        }
    }

    /// Serial number of a day in the 1900 system, which is the one written.
    static func serial(of date: CalendarDate) -> Double {
        let day = date.daysSinceEpoch + 25_569
        return Double(day <= 60 ? day - 1 : day)
    }
}
