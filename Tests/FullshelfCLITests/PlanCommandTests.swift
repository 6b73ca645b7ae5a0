import Foundation
import Fullshelf
import TestSupport
import Testing

@testable import FullshelfCLI

@Suite struct PlanCommandTests {
    @Test func planAndVerifyAgreeOnTheExample() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let planned = CommandLineRun(["plan", package])
        #expect(planned.status == .done, "\(planned.errors)")
        #expect(planned.output.contains(package + "/out/report.html"))
        let verified = CommandLineRun(["verify", package, package + "/out"])
        #expect(verified.status == .done, "\(verified.output)")
        #expect(verified.output.contains("ok:"))
        let json = CommandLineRun(["verify", package, package + "/out", "--format", "json"])
        #expect(try json.json["clean"] == .bool(true))
    }

    @Test func planPrintsJSONWithTheCertificate() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let run = CommandLineRun(["plan", package, "--out", folder.appending("plan"), "--format", "json"])
        #expect(run.status == .done)
        guard case .array(let ranks)? = try run.json["certificate"]?["ranks"] else {
            Issue.record("\(run.output)")
            return
        }
        #expect(ranks.last?["rank"] == .string("cost"))
        for rank in ranks {
            guard case .number(let gap)? = rank["gap"] else {
                Issue.record("every rank has a gap")
                continue
            }
            // Later ranks may use the gap of 1e-4 up; the bound lies below the value held by what the solver itself left open.
            #expect(gap <= 1.1e-4)
        }
        #expect(!FileManager.default.fileExists(atPath: package + "/out"), "the plan goes where --out says")
    }

    @Test func theLanguageOfTheSummaryIsTheOneAskedFor() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let english = CommandLineRun(["plan", package, "--language", "en"])
        let chinese = CommandLineRun(["plan", package, "--language", "zh"])
        func hasChinese(_ text: String) -> Bool { text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }
        #expect(!hasChinese(english.output))
        #expect(hasChinese(chinese.output))
        #expect(try String(contentsOfFile: package + "/out/report.html", encoding: .utf8).contains("lang=\"zh"))
    }

    @Test func aPlanThatBreaksARuleEndsVerifyWithOne() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        #expect(CommandLineRun(["plan", package, "--quiet"]).status == .done)
        let path = package + "/out/movements.csv"
        var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let removed = String(lines.remove(at: 1))
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
        let run = CommandLineRun(["verify", package, package + "/out", "--quiet"])
        #expect(run.status == .problemsFound)
        #expect(run.output.contains("plan:"), "without \(removed): \(run.output)")
    }

    @Test func aPlanFolderThatCannotBeReadIsBadInput() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        try folder.write("bucket,line\n", to: "plan/production.csv")
        #expect(CommandLineRun(["verify", package, folder.appending("plan")]).status == .badInput)
    }

    @Test func exportWritesTheProgramOfARank() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let file = folder.appending("tier1.mps")
        #expect(CommandLineRun(["export", package, "--rank", "lost-sales", "--tier", "1", "--mps", file]).status == .done)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for section in ["NAME", "ROWS", "COLUMNS", "RHS", "ENDATA"] { #expect(text.contains("\n\(section)") || text.hasPrefix(section)) }
        let missing = CommandLineRun(["export", package, "--rank", "lost-sales", "--tier", "99", "--mps", file])
        #expect(missing.status == .badUsage)
        #expect(missing.errors.contains("99"))
    }

    @Test func folderThatHoldsSomethingElseIsNotReplaced() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        try folder.write("precious", to: "plan/letter.txt")
        let run = CommandLineRun(["plan", package, "--out", folder.appending("plan")])
        #expect(run.status == .badUsage)
        #expect(try contents(of: folder.appending("plan")) == ["letter.txt": Data("precious".utf8)])
    }
}
