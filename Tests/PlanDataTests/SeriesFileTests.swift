import Foundation
import PlanModel
import Testing

@testable import PlanData

@Suite struct SeriesFileTests {
    private func read(_ text: String) throws -> SeriesReading {
        let package = try TemporaryPackage()
        try package.write("series.csv", Array(text.utf8))
        return readSeries(at: package.path("series.csv"))
    }

    @Test func idsKeepTheirOrderAndValuesAreSortedByTime() throws {
        let reading = try read("unique_id,ds,y\nB,2020-02,2\nA,2020-01,-5\nB,2020-01,1\nB,2020-03,3.5\n")
        #expect(reading.findings.isEmpty)
        #expect(reading.series.map(\.id) == ["B", "A"])
        #expect(reading.series[0].values == [1, 2, 3.5])
        #expect(reading.series[0].futureLabels(3).map(\.description) == ["2020-04", "2020-05", "2020-06"])
        #expect(reading.series[1].values == [-5])
    }

    struct LabelCase: Sendable, CustomTestStringConvertible {
        let labels: [String]
        let next: [String]
        var testDescription: String { labels.joined(separator: " ") }
    }

    @Test(arguments: [
        LabelCase(labels: ["2019-11", "2019-12"], next: ["2020-01", "2020-02"]),
        LabelCase(labels: ["2019-Q3", "2019-Q4"], next: ["2020-Q1", "2020-Q2"]),
        LabelCase(labels: ["7", "8", "9"], next: ["10", "11"]), LabelCase(labels: ["-10", "-8"], next: ["-6", "-4"]),
        LabelCase(labels: ["2027-02-15", "2027-02-22"], next: ["2027-03-01", "2027-03-08"]),
        LabelCase(labels: ["2028-02-28", "2028-02-29"], next: ["2028-03-01", "2028-03-02"]),
        LabelCase(labels: ["2027-01-01", "2027-02-01", "2027-03-01"], next: ["2027-04-01", "2027-05-01"]),
        LabelCase(labels: ["2026-11-30", "2026-12-31", "2027-01-31"], next: ["2027-02-28", "2027-03-31"]),
        LabelCase(labels: ["2026-07-01", "2026-10-01", "2027-01-01"], next: ["2027-04-01", "2027-07-01"]),
        LabelCase(labels: ["2023-03-01", "2024-03-01", "2025-03-01"], next: ["2026-03-01", "2027-03-01"]),
        // Every four weeks is no month.
        LabelCase(labels: ["2027-01-04", "2027-02-01", "2027-03-01"], next: ["2027-03-29", "2027-04-26"]),
        LabelCase(labels: ["2027-01-04"], next: ["2027-01-05", "2027-01-06"]),
    ])
    func futureLabelsGoOnAsThePastDid(_ test: LabelCase) throws {
        let reading = try read("unique_id,ds,y\n" + test.labels.map { "S,\($0),1\n" }.joined())
        #expect(reading.findings.isEmpty)
        #expect(reading.series.first?.labels.map(\.description) == test.labels)
        #expect(reading.series.first?.futureLabels(2).map(\.description) == test.next)
    }

    @Test func gapsAreNotes() throws {
        let reading = try read("unique_id,ds,y\nA,2020-01,1\nA,2020-02,1\nA,2020-05,1\nA,2020-06,2\n")
        #expect(reading.series.first?.values == [1, 1, 1, 2])
        #expect(reading.findings.map(\.severity) == [.note])
        #expect(reading.findings.first?.message == "series \"A\" has a gap between 2020-02 and 2020-05")
        #expect(reading.findings.first?.line == 4)
    }

    @Test(
        arguments: [
            ("unique_id,ds,y\nA,2020-01,1\nA,2020-01,2\n", 3, "on line 2 already"),
            ("unique_id,ds,y\nA,2020-13,1\n", 2, "no point in time"),
            ("unique_id,ds,y\nA,2020-Q5,1\n", 2, "no point in time"), ("unique_id,ds,y\nA,2020-02-30,1\n", 2, "no point in time"),
            ("unique_id,ds,y\nA,1,x\n", 2, "not a number"), ("unique_id,ds,y\nA,1,\n", 2, "blank"),
            ("unique_id,ds,y\nA,1,1\nB,2020-01,1\n", 3, "the rows before have an integer"),
            ("unique_id,ds\nA,1\n", 1, "the column y is missing"), ("unique_id,ds,y\n", nil, "no rows"), ("", nil, "empty"),
        ] as [(String, Int?, String)])
    func badRowsAreErrors(_ test: (text: String, line: Int?, says: String)) throws {
        let reading = try read(test.text)
        #expect(reading.series.isEmpty)
        expectChinese(reading.findings)
        #expect(
            reading.findings.contains { $0.severity == .error && $0.line == test.line && $0.message.contains(test.says) },
            "\(reading.findings)")
    }

    @Test func aMissingFileIsAFinding() {
        #expect(readSeries(at: "/nowhere/at/all.csv").findings.first?.message == "the file does not exist")
    }
}
