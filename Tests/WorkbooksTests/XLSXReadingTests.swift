import Foundation
import Fullshelf
import PlanModel
import TestSupport
import Testing

@testable import Workbooks

struct XLSXReadingTests {
    private func cells(_ cells: String, formats: [String] = [], texts: String = "", properties: String = "", prefix: String = "") throws
        -> [SheetCell]
    {
        let folder = try WorkFolder()
        let mark = prefix.isEmpty ? "" : prefix + ":"
        let book = RawWorkbook(
            sheets: [("S", "<\(mark)sheetData><\(mark)row r=\"1\">\(cells)</\(mark)row></\(mark)sheetData>")], texts: texts,
            formats: formats, properties: properties,
            prefix: prefix)
        try book.write(to: folder.appending("a.xlsx"))
        return try sheetRows(of: XLSXWorkbook(path: folder.appending("a.xlsx")))[1] ?? []
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var cell: String
        var expected: SheetCell
        var formats: [String] = []
        var texts = ""
        var properties = ""
        var testDescription: String { name }
    }

    /// The days are those of ECMA-376 part 1, 18.17.4.1, and of Excel itself: 2027-03-01 is 46447.
    static let cases = [
        Case(name: "number", cell: "<c r=\"A1\"><v>12.5</v></c>", expected: .number(12.5)),
        Case(name: "exponent", cell: "<c r=\"A1\"><v>6.901234567892E12</v></c>", expected: .number(6_901_234_567_892)),
        Case(
            name: "shared text", cell: "<c r=\"A1\" t=\"s\"><v>1</v></c>", expected: .text("B"), texts: "<si><t>A</t></si><si><t>B</t></si>"
        ),
        Case(
            name: "text in runs, its reading left out", cell: "<c r=\"A1\" t=\"s\"><v>0</v></c>", expected: .text("客户编号"),
            texts: "<si><r><t>客户</t></r><rPh sb=\"0\" eb=\"2\"><t>kehu</t></rPh><r><t>编号</t></r></si>"),
        Case(name: "inline text", cell: "<c r=\"A1\" t=\"inlineStr\"><is><t>a &lt; b</t></is></c>", expected: .text("a < b")),
        Case(name: "escaped line end", cell: "<c r=\"A1\" t=\"inlineStr\"><is><t>a_x000D_b_x</t></is></c>", expected: .text("a\rb_x")),
        Case(name: "result of a formula", cell: "<c r=\"A1\"><f>1+1</f><v>2</v></c>", expected: .number(2)),
        Case(name: "text of a formula", cell: "<c r=\"A1\" t=\"str\"><f>A2</f><v>x</v></c>", expected: .text("x")),
        Case(name: "formula that was never computed", cell: "<c r=\"A1\"><f>1+1</f></c>", expected: .uncomputed),
        Case(name: "the same with an empty result", cell: "<c r=\"A1\"><f>1+1</f><v></v></c>", expected: .uncomputed),
        Case(name: "boolean", cell: "<c r=\"A1\" t=\"b\"><v>1</v></c>", expected: .boolean(true)),
        Case(name: "error", cell: "<c r=\"A1\" t=\"e\"><v>#N/A</v></c>", expected: .error("#N/A")),
        Case(name: "date", cell: "<c r=\"A1\" s=\"1\"><v>46447</v></c>", expected: .date(day("2027-03-01")), formats: ["yyyy-mm-dd"]),
        Case(
            name: "Chinese date", cell: "<c r=\"A1\" s=\"1\"><v>46447</v></c>", expected: .date(day("2027-03-01")),
            formats: ["yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"]),
        Case(
            name: "date with a time", cell: "<c r=\"A1\" s=\"1\"><v>46447.75</v></c>", expected: .date(day("2027-03-01")),
            formats: ["m/d/yy h:mm"]),
        Case(name: "time of day is no date", cell: "<c r=\"A1\" s=\"1\"><v>0.75</v></c>", expected: .number(0.75), formats: ["h:mm:ss"]),
        Case(name: "month alone", cell: "<c r=\"A1\" s=\"1\"><v>46447</v></c>", expected: .date(day("2027-03-01")), formats: ["mmm"]),
        Case(
            name: "date of 1904", cell: "<c r=\"A1\" s=\"1\"><v>44985</v></c>", expected: .date(day("2027-03-01")), formats: ["yyyy-mm-dd"],
            properties: "date1904=\"1\""),
        Case(
            name: "before the day that never was", cell: "<c r=\"A1\" s=\"1\"><v>59</v></c>", expected: .date(day("1900-02-28")),
            formats: ["yyyy-mm-dd"]),
        Case(name: "ISO date", cell: "<c r=\"A1\" t=\"d\"><v>2027-03-01T00:00:00</v></c>", expected: .date(day("2027-03-01"))),
        Case(name: "percentage", cell: "<c r=\"A1\" s=\"1\"><v>0.95</v></c>", expected: .number(0.95), formats: ["0.0%"]),
        Case(name: "money", cell: "<c r=\"A1\" s=\"1\"><v>5</v></c>", expected: .number(5), formats: ["[$¥-804]#,##0.00;[Red]-#,##0.00"]),
        Case(name: "unit in the format", cell: "<c r=\"A1\" s=\"1\"><v>5</v></c>", expected: .number(5), formats: ["0 &quot;days&quot;"]),
        Case(name: "code", cell: "<c r=\"A1\" s=\"1\"><v>1001</v></c>", expected: .code(1001, digits: 6), formats: ["000000"]),
    ]

    @Test(arguments: cases)
    func cellIsUnderstood(_ test: Case) throws {
        #expect(try cells(test.cell, formats: test.formats, texts: test.texts, properties: test.properties) == [test.expected])
    }

    @Test func cellsKeepTheirColumns() throws {
        #expect(
            try cells("<c r=\"B1\"><v>1</v></c><c r=\"AA1\"><v>2</v></c>").enumerated().filter { $1 != .blank }.map(\.offset) == [1, 26])
        // Without references a cell follows the one before.
        #expect(try cells("<c><v>1</v></c><c/><c><v>2</v></c>") == [.number(1), .blank, .number(2)])
        #expect(try cells("<x:c r=\"A1\"><x:v>1</x:v></x:c>", prefix: "x") == [.number(1)])
    }

    @Test func damageIsNamed() throws {
        let folder = try WorkFolder()
        let path = folder.appending("a.xlsx")
        func problem(_ rows: String, texts: String = "") throws -> String {
            try RawWorkbook(sheets: [("库存", rows)], texts: texts).write(to: path)
            do {
                try XLSXWorkbook(path: path).readSheet(at: 0) { _, _ in }
                return "none"
            } catch { return "\(error.sheet ?? "") \(error.row.map(String.init) ?? "") \(error.message)" }
        }
        #expect(
            try problem("<sheetData><row r=\"7\"><c t=\"s\"><v>3</v></c></row></sheetData>")
                == "库存 7 the workbook is damaged: a cell of row 7 names a text that is not there")
        #expect(
            try problem("<sheetData><row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>1</v></c></row></sheetData>").contains(
                "cells that are not in order"))
        #expect(
            try problem("<sheetData><row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row></sheetData>").contains(
                "more columns than a sheet can have"))
        #expect(try problem("<sheetData><row r=\"1048577\"/></sheetData>").contains("a row has the number 1048577"))
        #expect(try problem("<sheetData><row>").contains("xl/worksheets/sheet0.xml: line 1"))
    }

    @Test func entitiesCannotSwell() throws {
        let folder = try WorkFolder()
        let path = folder.appending("a.xlsx")
        let bomb = "<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>"
        try RawWorkbook.zip(
            [
                ("[Content_Types].xml", "<Types/>"),
                ("_rels/.rels", "<R><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/></R>"),
                ("xl/workbook.xml", bomb),
            ], to: path)
        #expect(throws: WorkbookProblem.self) { try XLSXWorkbook(path: path) }
        do { _ = try XLSXWorkbook(path: path) } catch { #expect(error.message.contains("document type")) }
    }

    struct WrongFile: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var message: String
    }

    static let wrongFiles = [
        WrongFile(testDescription: "empty", bytes: [], message: "the file is empty"),
        WrongFile(testDescription: "text", bytes: Array("account,name\n".utf8), message: "this is no Excel workbook"),
        WrongFile(
            testDescription: "old workbook", bytes: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            message: "this is an old workbook (.xls)"),
        WrongFile(
            testDescription: "encrypted", bytes: [0xD0, 0xCF, 0x11, 0xE0] + Array("EncryptedPackage".utf16).flatMap { [UInt8($0), 0] },
            message: "the workbook is encrypted with a password"),
        WrongFile(
            testDescription: "cut off", bytes: [0x50, 0x4B, 0x03, 0x04, 0, 0], message: "the workbook is damaged (Not a zip archive)"),
    ]

    @Test(arguments: wrongFiles)
    func whatIsNoWorkbookIsNamed(_ file: WrongFile) throws {
        let folder = try WorkFolder()
        let path = folder.appending("season.xlsx")
        try Data(file.bytes).write(to: URL(fileURLWithPath: path))
        let reading = Planner(workbooks: .excel).readPackage(at: path)
        #expect(reading.package == nil)
        #expect(reading.findings.map(\.message) == [file.message])
        #expect(reading.findings.allSatisfy { ($0.problem.chinese + $0.remedy.chinese).contains(#/[\u{4E00}-\u{9FFF}]/#) })
    }

    @Test func otherArchivesAreNamed() throws {
        let folder = try WorkFolder()
        let path = folder.appending("a.xlsx")
        for (parts, message) in [
            ([("a.txt", "x")], "this is a zip archive, not an Excel workbook"),
            ([("mimetype", "x")], "this is an OpenDocument file, not an Excel workbook"),
            (
                [
                    ("[Content_Types].xml", "<T/>"),
                    ("_rels/.rels", "<R><Relationship Type=\"a/officeDocument\" Target=\"word/document.xml\"/></R>"),
                ],
                "this is an office document, but no Excel workbook"
            ),
            (
                [
                    ("[Content_Types].xml", "<T/>"),
                    ("_rels/.rels", "<R><Relationship Type=\"a/officeDocument\" Target=\"xl/workbook.bin\"/></R>"),
                ],
                "this is a binary workbook (.xlsb)"
            ),
        ] {
            try RawWorkbook.zip(parts, to: path)
            do {
                _ = try XLSXWorkbook(path: path)
                Issue.record("\(message): was read")
            } catch { #expect(error.message == message) }
        }
    }

    /// Whatever a file holds, reading it ends in a package or in findings.
    @Test(arguments: 0..<150)
    func randomDamageIsSurvived(_ seed: Int) throws {
        let folder = try WorkFolder()
        var random = SplitMix64(seed: UInt64(seed))
        let path = folder.appending("a.xlsx")
        var bytes = Template.english.bytes
        if seed % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
        for _ in 0..<(1 + Int(random.next() % 20)) where !bytes.isEmpty {
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let reading = Planner(workbooks: .excel).readPackage(at: path)
        #expect(reading.package != nil || reading.findings.contains { $0.severity == .error && !$0.message.isEmpty })
    }
}

func day(_ text: String) -> CalendarDate { CalendarDate(text) ?? CalendarDate(daysSinceEpoch: 0) }
