import Foundation
import Fullshelf
import PlanModel
import Testing

@testable import Workbooks

/// The plan of the example package, in a folder.
private final class ExamplePlan: Sendable {
    let folder: WorkFolderPath

    init() throws {
        folder = try WorkFolderPath()
        try writeGeneratedFiles(examplePackage(), to: folder.path + "/package")
        _ = try Planner(threads: 1).plan(packageAt: folder.path + "/package", writingTo: folder.path + "/plan")
    }

    struct WorkFolderPath: Sendable {
        let path: String
        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }
}

struct PlanWorkbookTests {
    @Test(arguments: [ReportLanguage.english, .chinese])
    func everyTableStandsInItWithItsTotals(_ language: ReportLanguage) throws {
        let plan = try ExamplePlan()
        let folder = plan.folder.path
        let path = folder + "/plan.xlsx"
        #expect(try writePlanWorkbook(ofPlanAt: folder + "/plan", language: language, to: path) == [])
        let workbook = try XLSXWorkbook(path: path)
        for table in try planTables(at: folder + "/plan", language: language) {
            let sheet = try #require(workbook.sheetNames.firstIndex(of: table.sheetName), "\(table.name) has no sheet")
            let cells = try sheetRows(of: workbook, sheet: sheet)
            #expect(cells[1] == table.columns.map { .text($0.header) })
            var number = 1
            var sums = [Double](repeating: 0, count: table.columns.count)
            table.forEachRow { expected in
                number += 1
                var expected = expected
                while expected.last == .blank { expected.removeLast() }
                let found = cells[number] ?? []
                let isSame =
                    found.count == expected.count
                    && zip(found, expected).allSatisfy { a, b in
                        // Workbooks hold 16 digits.
                        if case .number(let x) = a, case .number(let y) = b { abs(x - y) <= 1e-15 * abs(y) } else { a == b }
                    }
                #expect(isSame, "\(table.name), row \(number): \(found) for \(expected)")
                for (position, cell) in expected.enumerated() { if case .number(let value) = cell { sums[position] += value } }
            }
            let total = cells[number + 1]
            #expect((total != nil) == (table.columns.contains(where: \.isSum) && number > 1), "\(table.name)")
            for (position, column) in table.columns.enumerated() where column.isSum && number > 1 {
                guard case .number(let value)? = total?[position] else {
                    Issue.record("\(table.name).\(column.header) has no total")
                    continue
                }
                #expect(abs(value - sums[position]) <= 1e-12 * (1 + abs(sums[position])), "\(table.name).\(column.header)")
            }
        }
        // Summary and season say what the tables add up to.
        let summary = try sheetRows(of: workbook, sheet: 0)
        let lost = summary.values.first { $0.first == .text(language == .english ? "Lost (units)" : "损失（件）") }
        let byCause = summary.values.first { $0.first == .text(language == .english ? "Lost, by causes (units)" : "按原因合计的损失（件）") }
        guard case .number(let units)? = lost?[1], case .number(let explained)? = byCause?[1] else {
            Issue.record("the summary has no losses")
            return
        }
        #expect(units > 0)
        #expect(abs(units - explained) < 1e-6 * units)
        let archive = try ZipArchive(path: path)
        #expect(archive.names.count { $0.hasPrefix("xl/chartsheets/sheet") } == 2)
    }

    @Test func theSamePlanGivesTheSameBytes() throws {
        let plan = try ExamplePlan()
        let folder = plan.folder.path
        for name in ["a.xlsx", "b.xlsx"] {
            _ = try writePlanWorkbook(ofPlanAt: folder + "/plan", language: .english, to: folder + "/" + name)
        }
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder + "/a.xlsx")) == Data(contentsOf: URL(fileURLWithPath: folder + "/b.xlsx")))
    }

    @Test func whatIsNoPlanIsNamed() throws {
        let folder = try WorkFolder()
        let findings = try writePlanWorkbook(ofPlanAt: folder.path, language: .english, to: folder.appending("a.xlsx"))
        #expect(findings.contains { $0.severity == .error })
        #expect(!FileManager.default.fileExists(atPath: folder.appending("a.xlsx")))
    }

    @Test func columnsAreNamedAsInSpreadsheets() {
        #expect([0, 25, 26, 51, 52, 701, 702, 16_383].map(columnName) == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"])
    }
}
