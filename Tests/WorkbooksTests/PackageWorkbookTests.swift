import Foundation
import Fullshelf
import PlanModel
import TestSupport
import Testing

@testable import Workbooks

/// The template workbook of each language, written once.
struct Template {
    let bytes: [UInt8]

    static let english: Template = { make(.english) }()
    static let chinese: Template = { make(.chinese) }()

    private static func make(_ language: ReportLanguage) -> Template {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString).xlsx").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let files = Dictionary(examplePackage().map { ($0.name, Data($0.contents)) }, uniquingKeysWith: { first, _ in first })
        let findings = (try? writePackageWorkbook(files, language: language, isTemplate: true, to: path)) ?? []
        precondition(findings.allSatisfy { $0.severity == .note })
        return Template(bytes: (try? Array(Data(contentsOf: URL(fileURLWithPath: path)))) ?? [])
    }
}

let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures").path

/// A package without what says where it came from.
func withoutOrigin(_ package: DataPackage?) throws -> DataPackage {
    var package = try #require(package)
    package.inputHashes = [:]
    for index in package.frozen.indices { package.frozen[index].source = nil }
    for index in package.guarantees.indices { package.guarantees[index].source = nil }
    return package
}

struct PackageWorkbookTests {
    @Test(arguments: ["brewery", "brewery-zh"])
    func aPackageComesBackTheSame(_ fixture: String) throws {
        let folder = try WorkFolder()
        let input = "\(fixtures)/\(fixture)/input"
        let path = folder.appending("season.xlsx")
        _ = try writePackageWorkbook(packageFiles(at: input), language: .english, to: path)
        let read = Planner(workbooks: .excel).readPackage(at: path)
        // By their descriptions: buckets of a history without rows hold NaN, which equals nothing.
        #expect(try "\(withoutOrigin(read.package))" == "\(withoutOrigin(readPackage(at: input).package))")
        #expect(read.package?.inputHashes.keys.sorted() == ["season.xlsx"])
        // The same calls give the same bytes.
        let again = folder.appending("again.xlsx")
        _ = try writePackageWorkbook(packageFiles(at: input), language: .english, to: again)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: URL(fileURLWithPath: again)))
    }

    @Test(arguments: [ReportLanguage.english, .chinese])
    func theTemplateIsTheExamplePackage(_ language: ReportLanguage) throws {
        let folder = try WorkFolder()
        let path = folder.appending("season.xlsx")
        try Data((language == .english ? Template.english : .chinese).bytes).write(to: URL(fileURLWithPath: path))
        let example = folder.appending("example")
        try writeGeneratedFiles(examplePackage(), to: example)
        let reading = Planner(workbooks: .excel).readPackage(at: path)
        #expect(reading.findings == [])
        #expect(try withoutOrigin(reading.package) == withoutOrigin(readPackage(at: example).package))
        let workbook = try XLSXWorkbook(path: path)
        #expect(workbook.sheetNames.count == 27)
        #expect(workbook.sheetNames.prefix(2) == (language == .english ? ["settings", "accounts"] : ["设置", "客户"]))
        // A note on every column of every sheet.
        let archive = try ZipArchive(path: path)
        var columns = 0
        for sheet in workbook.sheetNames.indices { columns += try sheetRows(of: workbook, sheet: sheet)[1]?.count ?? 0 }
        var notes = 0
        for part in archive.names where part.hasPrefix("xl/comments") {
            let stream = XMLStream(start: { name, _ in if case "comment" = name { notes += 1 } }, end: { _ in })
            try archive.read(part) { piece, isLast throws(XMLProblem) in try stream.read(piece, isLast: isLast) }
        }
        #expect(columns > 130)
        #expect(notes == columns)
    }

    /// Text cells of inline strings in rows, given as lists of cells.
    private func rows(_ lines: [[String]], from first: Int = 1) -> String {
        "<sheetData>"
            + lines.enumerated().map { number, cells in
                "<row r=\"\(first + number)\">"
                    + cells.enumerated().map { position, cell in
                        let place = "\(columnName(position))\(first + number)"
                        if cell.isEmpty { return "" }
                        if cell.hasPrefix("<") { return cell.replacingOccurrences(of: "<c", with: "<c r=\"\(place)\"", options: .anchored) }
                        if Double(cell) != nil, !cell.hasPrefix("00") { return "<c r=\"\(place)\"><v>\(cell)</v></c>" }
                        return "<c r=\"\(place)\" t=\"inlineStr\"><is><t>\(cell)</t></is></c>"
                    }.joined() + "</row>"
            }.joined() + "</sheetData>"
    }

    private var season: [(name: String, rows: String)] {
        [
            (
                "计划参数",
                rows([
                    ["旺季计划"], [], ["参数", "值", "说明"], ["horizon.start", "2027-03-01"], ["horizon.buckets", "4"],
                    ["segments.tiers", "[0.7, 0.9]"],
                ])
            ),
            ("客户 (2027)", rows([["客户编号", "客户名称"], ["001001", "甲"], ["<c s=\"2\"><v>1002</v></c>", "乙"]])),
            ("产品", rows([["产品编号", "单价"], ["P1", "10"]])), ("地点", rows([["地点编号", "类型"], ["PL", "plant"]])),
            ("线路", rows([["线路编号", "起点", "终点"], ["L1", "PL", "001001"], ["L2", "PL", "001002"]])),
            (
                "销售",
                rows([
                    ["2026 年销售明细", ""], ["导出日期", "2027-02-28"], ["销售日期", "客户编号", "产品编号", "数量", "备注"],
                    // A date by its format, one whose format is lost, one as text; a remark that nobody reads may hold anything.
                    ["<c s=\"1\"><v>46440</v></c>", "001001", "P1", "12.5", "<c t=\"e\"><v>#REF!</v></c>"], ["46433", "001002", "P1", "3"],
                    [], ["2027-02-15", "001001", "P1", "7"],
                ])
            ),
        ]
    }

    private func reading(_ sheets: [(name: String, rows: String)]) throws -> PackageReading {
        let folder = try WorkFolder()
        let path = folder.appending("旺季.xlsx")
        try RawWorkbook(sheets: sheets, formats: ["yyyy-mm-dd", "000000"]).write(to: path)
        return Planner(workbooks: .excel).readPackage(at: path)
    }

    @Test func aPlannersOwnWorkbookIsUnderstood() throws {
        let reading = try reading(season)
        let package = try #require(reading.package, "\(reading.findings.map(\.description).joined(separator: "\n"))")
        #expect(package.accounts.map(\.id) == ["001001", "001002"])
        #expect(package.accounts.map(\.name) == ["甲", "乙"])
        #expect(package.horizon.start == day("2027-03-01"))
        #expect(package.horizon.count == 4)
        #expect(package.settings.segments.tiers == [0.7, 0.9])
        // 2027-02-22 (week of the 22nd) 12.5, 2027-02-15: 3 and 7.
        #expect(package.history.lastSale == day("2027-02-22"))
        #expect(
            reading.notes.filter { $0.sheet == "销售" }.map(\.description) == [
                "旺季.xlsx, sheet 销售, row 3, column 备注: this column is not used.\nTo use it, rename it or name it under [columns.sales] in the sheet \"计划参数\"."
            ])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sheet: Int
        var old: String
        var new: String
        var finding: String
    }

    static let damages = [
        Damage(
            testDescription: "unknown account", sheet: 5, old: "<t>001001</t></is></c><c r=\"C7\"",
            new: "<t>001003</t></is></c><c r=\"C7\"",
            finding:
                "旺季.xlsx, sheet 销售, row 7, column 客户编号: no account is named \"001003\"; did you mean \"001001\"?\nCorrect the name, or add the account to the sheet \"客户 (2027)\"."
        ),
        Damage(
            testDescription: "text in a number", sheet: 5, old: "<v>12.5</v>", new: "<v>x</v>",
            finding:
                "旺季.xlsx, sheet 销售, row 4, column 数量: \"x\" is not a number.\nWrite digits with a point for decimals, such as 1250 or 0.5."),
        Damage(
            testDescription: "error in a cell", sheet: 5, old: "<c r=\"D4\"><v>12.5</v>", new: "<c r=\"D4\" t=\"e\"><v>#DIV/0!</v>",
            finding:
                "旺季.xlsx, sheet 销售, row 4, column 数量: the cell holds the error #DIV/0!\nCorrect the formula, or write the value itself."),
        Damage(
            testDescription: "formula without a result", sheet: 5, old: "<v>12.5</v>", new: "<f>1+1</f>",
            finding:
                "旺季.xlsx, sheet 销售, row 4, column 数量: the cell holds a formula whose result is not in the file.\nOpen the workbook in a spreadsheet program, save it, and try again."
        ),
        Damage(
            testDescription: "setting of the wrong type", sheet: 0, old: "<v>4</v>", new: "<v>4.5</v>",
            finding: "旺季.xlsx, sheet 计划参数, row 5, column horizon.buckets"),
        Damage(
            testDescription: "unknown setting", sheet: 0, old: "horizon.buckets", new: "horizon.bukets",
            finding: "旺季.xlsx, sheet 计划参数, row 5, column horizon.bukets"),
        Damage(
            testDescription: "repeated key", sheet: 1, old: "<c r=\"A3\" s=\"2\"><v>1002</v>", new: "<c r=\"A3\" s=\"2\"><v>1001</v>",
            finding: "旺季.xlsx, sheet 客户 (2027), row 3, column account: account 001001 stands in row 2 already"),
        Damage(
            testDescription: "missing column", sheet: 3, old: "类型", new: "备注",
            finding: "旺季.xlsx, sheet 地点, row 1, column kind: the column kind is missing"),
    ]

    @Test(arguments: damages)
    func findingsNameSheetRowAndColumn(_ damage: Damage) throws {
        var sheets = season
        let changed = sheets[damage.sheet].rows.replacing(damage.old, with: damage.new)
        try #require(changed != sheets[damage.sheet].rows)
        sheets[damage.sheet].rows = changed
        let reading = try reading(sheets)
        #expect(reading.package == nil)
        #expect(
            reading.errors.contains { $0.description.hasPrefix(damage.finding) },
            "\(reading.errors.map(\.description).joined(separator: "\n"))")
        for finding in reading.findings {
            #expect([notChinese(finding.problem), notChinese(finding.remedy)].compactMap { $0 } == [], "\(finding)")
            // A workbook has sheets, not files.
            #expect(!finding.text(.chinese).contains(".csv"), "\(finding.text(.chinese))")
        }
    }

    @Test func sheetsThatAreMissingOrDoubledAreNamed() throws {
        var sheets = season
        sheets[2].name = "产品们"
        let missing = try reading(sheets)
        #expect(
            missing.errors.first?.description
                == "旺季.xlsx, sheet products: the sheet is missing; it holds products.\nAdd it, with at least the columns product.")
        #expect(missing.errors.first?.text(.chinese) == "旺季.xlsx，工作表“products”：缺少该工作表，其内容为：产品。\n请补上，至少要有以下各列：product。")
        #expect(missing.notes.contains { $0.sheet == "产品们" })
        sheets = season
        sheets.append(("客户", sheets[1].rows))
        #expect(try reading(sheets).errors.map(\.message) == ["the sheets \"客户 (2027)\" and \"客户\" both hold the table accounts"])
    }

    @Test func aWorkbookThatCannotBeWrittenLeavesTheOldOne() throws {
        let folder = try WorkFolder()
        let files = try packageFiles(at: "\(fixtures)/brewery/input")
        #expect(throws: WorkbookError.self) { try writePackageWorkbook(files, language: .english, to: folder.appending("no/where.xlsx")) }
        #expect(throws: WorkbookError.self) { try writePackageWorkbook(files, language: .english, to: folder.path) }
        let path = folder.appending("a.xlsx")
        try Data("earlier".utf8).write(to: URL(fileURLWithPath: path))
        let damaged = files.merging(["accounts.csv": Data("nothing\n1\n".utf8)], uniquingKeysWith: { $1 })
        let findings = try writePackageWorkbook(damaged, language: .english, to: path)
        #expect(findings.contains { $0.severity == .error && $0.file == "accounts.csv" })
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("earlier".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.xlsx"])
    }
}
