import Foundation
import PlanModel
import Testing

@testable import PlanData

@Suite struct DecimalTextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let expected: DecimalText.Reading
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "", expected: .blank), Case(text: " \t", expected: .blank), Case(text: "0", expected: .value(0)),
        Case(text: "-0", expected: .value(0)),
        Case(text: "007", expected: .value(7)), Case(text: " 12.50 ", expected: .value(12.5)), Case(text: "+3", expected: .value(3)),
        Case(text: ".5", expected: .value(0.5)), Case(text: "5.", expected: .value(5)), Case(text: "-2.25", expected: .value(-2.25)),
        Case(text: "1e3", expected: .value(1000)), Case(text: "1.5E-3", expected: .value(0.0015)), Case(text: "0.1", expected: .value(0.1)),
        Case(text: "123456789012345", expected: .value(123_456_789_012_345)),
        Case(text: "0.12345678901234567", expected: .value(0.12345678901234567)),
        Case(text: "0.000000000000000000000001", expected: .value(1e-24)),
        Case(text: "999999999999999.9", expected: .value(999_999_999_999_999.9)),
        Case(text: "1000000000000001", expected: .problem(.tooLarge)), Case(text: "1e400", expected: .problem(.tooLarge)),
        Case(text: "1,234", expected: .problem(.thousandsSeparator)), Case(text: "1,234.5", expected: .problem(.thousandsSeparator)),
        Case(text: "1 234 567", expected: .problem(.thousandsSeparator)), Case(text: "1'234", expected: .problem(.thousandsSeparator)),
        Case(text: "1.234.567", expected: .problem(.thousandsSeparator)), Case(text: "3,5", expected: .problem(.decimalComma)),
        Case(text: "1.234,5", expected: .problem(.decimalComma)), Case(text: "12,3456", expected: .problem(.decimalComma)),
        Case(text: "40%", expected: .problem(.percent)), Case(text: "NaN", expected: .problem(.notFinite)),
        Case(text: "-inf", expected: .problem(.notFinite)),
        Case(text: "Infinity", expected: .problem(.notFinite)), Case(text: "0x1F", expected: .problem(.hexadecimal)),
        Case(text: "１２", expected: .problem(.fullWidthDigits)), Case(text: "-", expected: .problem(.notANumber)),
        Case(text: ".", expected: .problem(.notANumber)),
        Case(text: "1e", expected: .problem(.notANumber)), Case(text: "1.2.3", expected: .problem(.notANumber)),
        Case(text: "--1", expected: .problem(.notANumber)), Case(text: "¥12", expected: .problem(.notANumber)),
        Case(text: "12箱", expected: .problem(.notANumber)),
        Case(text: "#N/A", expected: .problem(.notANumber)), Case(text: "1_000", expected: .problem(.notANumber)),
        Case(text: "e5", expected: .problem(.notANumber)),
    ])
    func numbersAreReadStrictly(_ test: Case) { #expect(DecimalText.read(test.text) == test.expected) }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func everyWrittenNumberReadsBackTheSame(seed: UInt64) {
        var generator = SplitMix(state: seed)
        for _ in 0..<3000 {
            let digits = Double(generator.next() % 1_000_000_000_000_000)
            let value = digits / pow(10, Double(generator.next() % 18))
            let text = NumberText.shortest(value)
            #expect(DecimalText.read(text) == .value(value), "seed \(seed): \(text)")
            // A second road: the standard library's parser.
            #expect(Double(text) == value)
        }
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (5, "5"), (-5, "-5"), (0.1, "0.1"), (1250.75, "1250.75"), (1e-5, "0.00001"), (1.5e-7, "0.00000015"),
        (-2.5e-6, "-0.0000025"),
        (1e16, "10000000000000000"), (1.5e17, "150000000000000000"), (123_456_789_012_345_680, "123456789012345680"),
        (1e21, "1000000000000000000000"),
        (1e22, "1e+22"), (1e-10, "1e-10"), (0.30000000000000004, "0.30000000000000004"),
    ])
    func numbersAreWrittenShortestWithoutExponents(_ test: (value: Double, text: String)) {
        #expect(NumberText.shortest(test.value) == test.text)
        #expect(Double(test.text) == test.value)
    }
}

@Suite struct DateTextTests {
    @Test(arguments: ["2027-03-01", " 2028-02-29 ", "1970-01-01", "2199-12-31"])
    func existingDaysAreRead(_ text: String) throws {
        guard case .date(let date) = DateText.read(text) else {
            Issue.record("\(text) was not read")
            return
        }
        #expect(date.description == text.trimmingCharacters(in: .whitespaces))
    }

    @Test(arguments: [
        ("2027-02-29", "does not exist", "YYYY-MM-DD"), ("2027-13-01", "does not exist", "YYYY-MM-DD"),
        ("2027-04-31", "does not exist", "YYYY-MM-DD"),
        ("2027-00-10", "does not exist", "YYYY-MM-DD"), ("2027-3-1", "is not a date", "2027-03-01"),
        ("2027/03/01", "is not a date", "2027-03-01"),
        ("20270301", "is not a date", "2027-03-01"), ("2027年3月1日", "is not a date", "2027-03-01"),
        ("2027-03-01 00:00:00", "is not a date", "2027-03-01"),
        ("01.03.2027", "is not a date", "YYYY-MM-DD"), ("03/01/27", "is not a date", "YYYY-MM-DD"),
        ("2027-W09", "is not a date", "YYYY-MM-DD"),
        ("46082", "is not a date", "YYYY-MM-DD"), ("1899-12-30", "outside the years", "year"), ("9999-01-01", "outside the years", "year"),
        ("20x7-01-01", "is not a date", "YYYY-MM-DD"),
    ])
    func everythingElseIsToldWithTheRightForm(_ test: (text: String, message: String, advice: String)) {
        guard case .problem(let message, let advice) = DateText.read(test.text) else {
            Issue.record("\(test.text) was read")
            return
        }
        #expect(message.english.contains(test.message), "\(message)")
        #expect(advice.english.contains(test.advice), "\(advice)")
    }
}

@Suite struct CSVScannerTests {
    /// All records of a text, doubled quotes still doubled.
    private func records(_ text: String, separator: Character = ",") throws(CSVProblem) -> [[String]] {
        let bytes = Array(text.utf8)
        let separatorByte = separator.asciiValue ?? 0x2C
        let result: Result<[[String]], CSVProblem> = bytes.withUnsafeBytes { bytes in
            var scanner = CSVScanner(bytes, from: 0, separator: separatorByte)
            var rows: [[String]] = []
            do throws(CSVProblem) {
                while try scanner.next() {
                    rows.append((0..<scanner.fieldCount).map { String(decoding: scanner.bytes(of: scanner[$0]), as: UTF8.self) })
                }
            } catch {
                return .failure(error)
            }
            return .success(rows)
        }
        return try result.get()
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let expected: [[String]]
        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        Case(text: "", expected: []), Case(text: "a", expected: [["a"]]), Case(text: "a,b\n", expected: [["a", "b"]]),
        Case(text: "a,b\r\nc,d", expected: [["a", "b"], ["c", "d"]]), Case(text: "a,\n,b\n", expected: [["a", ""], ["", "b"]]),
        Case(text: "a,", expected: [["a", ""]]), Case(text: "\n\na\n\n", expected: [["a"]]),
        Case(text: "\"a,b\",c\n", expected: [["a,b", "c"]]),
        Case(text: "\"a\nb\",c\n", expected: [["a\nb", "c"]]), Case(text: "\"a\"\"b\",c\n", expected: [["a\"\"b", "c"]]),
        Case(text: "\"\",x\n", expected: [["", "x"]]), Case(text: "5\" pipe,x\n", expected: [["5\" pipe", "x"]]),
        Case(text: "\"a\" ,b\n", expected: [["a", "b"]]),
        Case(text: "a,b\r", expected: [["a", "b"]]),
    ])
    func recordsFollowTheRFC(_ test: Case) throws { #expect(try records(test.text) == test.expected) }

    @Test(arguments: [(";", "a;\"b;c\";d\n"), ("\t", "a\t\"b\tc\"\td\n"), (",", "a,\"b,c\",d\n")])
    func separatorsInQuotesAreText(_ test: (separator: String, text: String)) throws {
        let rows = try records(test.text, separator: Character(test.separator))
        #expect(rows == [["a", "b\(test.separator)c", "d"]])
    }

    @Test(arguments: [
        ("a\n\"b\nc", CSVProblem.openQuote(line: 2)), ("a\n\"b\nc\"d,e\n", .textAfterQuote(line: 3, openedOnLine: 2)),
        ("a\nb\rc\n", .loneCarriageReturn(line: 2)), ("\"", .openQuote(line: 1)), ("\"a\"\"", .openQuote(line: 1)),
    ])
    func whatCannotBeSplitIsToldWithItsLine(_ test: (text: String, problem: CSVProblem)) {
        #expect(throws: test.problem) { try records(test.text) }
    }
}

@Suite struct EncodingTests {
    private func detect(_ bytes: [UInt8]) -> EncodingDetection { bytes.withUnsafeBytes { EncodingDetection.detect($0) } }

    @Test func encodingsAreTold() throws {
        #expect(detect(Array("账户,数量\n".utf8)) == .text(.utf8, bodyStart: 0))
        #expect(detect([0xEF, 0xBB, 0xBF] + Array("a\n".utf8)) == .text(.utf8, bodyStart: 3))
        #expect(detect(try gb18030("客户编号,数量\n北京,5\n")) == .text(.gb18030, bodyStart: 0))
        // A four-byte character of GB18030: U+20BB7.
        #expect(detect(try gb18030("名\n𠮷野家\n")) == .text(.gb18030, bodyStart: 0))
        #expect(detect(Array("plain ascii\n".utf8)) == .text(.utf8, bodyStart: 0))
    }

    @Test func theOnlyForeignCharacterMayComeLate() throws {
        let plain = String(repeating: "A01,5\n", count: 100_000)
        #expect(detect(try gb18030(plain + "北京,5\n")) == .text(.gb18030, bodyStart: 0))
        #expect(detect(Array((plain + "北京,5\n").utf8)) == .text(.utf8, bodyStart: 0))
    }

    @Test func fieldsOfGB18030AreDecoded() throws {
        let bytes = try gb18030("青岛啤酒𠮷€é")
        #expect(bytes.withUnsafeBytes { TextEncoding.gb18030.text($0) } == "青岛啤酒𠮷€é")
    }
}

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("DC-7", ["DC-07", "DC-01", "PL-7"], "DC-07"), ("A1", ["A01", "B01"], "A01"),
        ("lost-sale", ["lost-sales", "sharing"], "lost-sales"),
        ("wieght", ["weight", "height"], "weight"), ("p1", ["P1", "P2"], "P1"), ("北京店", ["北京一店", "上海店"], "北京一店"),
    ])
    func nearestNameIsFound(_ test: (name: String, candidates: [String], expected: String)) {
        #expect(nearestName(to: test.name, among: test.candidates) == test.expected)
        #expect(nearestName(to: test.name, among: test.candidates.reversed()) == test.expected)
    }

    @Test func nothingNearIsNothing() {
        #expect(nearestName(to: "Kunde", among: ["account", "product"]) == nil)
        #expect(nearestName(to: "x", among: []) == nil)
    }

    @Test(arguments: [("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("flaw", "lawn", 2), ("same", "same", 0)])
    func distancesAreTheKnownOnes(_ test: (a: String, b: String, distance: Int)) {
        #expect(editDistance(Array(test.a.unicodeScalars), Array(test.b.unicodeScalars)) == test.distance)
    }
}

/// A small seeded generator (Vigna's SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
