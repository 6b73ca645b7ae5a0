import Foundation
import Testing

@testable import FullshelfCLI

struct WorkbookCommandTests {
    @Test func aWorkbookPlansLikeItsFolder() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let book = folder.appending("season.xlsx")
        #expect(CommandLineRun(["init", "--xlsx", book]).status == .done)
        #expect(CommandLineRun(["check", book]).status == .done)
        let planned = CommandLineRun(["plan", package, "--xlsx", folder.appending("a.xlsx")])
        try #require(planned.status == .done, "\(planned.errors)")
        #expect(planned.output.contains("Workbook: \(folder.appending("a.xlsx"))"))
        let fromBook = CommandLineRun(["plan", book])
        try #require(fromBook.status == .done, "\(fromBook.errors)")
        var (own, other) = (try contents(of: package + "/out"), try contents(of: folder.appending("season-out")))
        // The hashes of the inputs differ, as the inputs do.
        for name in own.keys where name.hasPrefix("report") || name == "certificate.json" || name == "timings.json" {
            own[name] = nil
            other[name] = nil
        }
        #expect(own == other)
        // What works on a plan finds the workbook beside it.
        #expect(CommandLineRun(["verify", book, folder.appending("season-out")]).status == .done)
        #expect(CommandLineRun(["explain", folder.appending("season-out"), "--rows", "1"]).status == .done)
        // Later and from the folder alone: the same workbook.
        let exported = CommandLineRun(["export", package + "/out", "--xlsx", folder.appending("b.xlsx"), "--format", "json"])
        #expect(exported.status == .done)
        #expect(try exported.json["file"] == .string(folder.appending("b.xlsx")))
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.appending("a.xlsx")))
                == Data(contentsOf: URL(fileURLWithPath: folder.appending("b.xlsx"))))
    }

    @Test func nothingIsOverwrittenOrGuessed() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "season.xlsx")
        let again = CommandLineRun(["init", "--xlsx", folder.appending("season.xlsx")])
        #expect(again.status == .badUsage)
        #expect(again.errors.contains("is there already"))
        #expect(try String(contentsOfFile: folder.appending("season.xlsx"), encoding: .utf8) == "mine")
        #expect(CommandLineRun(["init"]).status == .badUsage)
        #expect(CommandLineRun(["init", folder.appending("a"), "--xlsx", folder.appending("a.xlsx")]).status == .badUsage)
        #expect(CommandLineRun(["init", "--xlsx", folder.appending("a.xls")]).status == .badUsage)
        #expect(CommandLineRun(["export", folder.path]).status == .badUsage)
        #expect(CommandLineRun(["export", folder.path, "--xlsx", folder.appending("a.xlsx"), "--rank", "cost"]).status == .badUsage)
        #expect(CommandLineRun(["export", folder.path, "--xlsx", folder.appending("a.xlsx")]).status == .badInput)
        let damaged = CommandLineRun(["plan", folder.appending("season.xlsx")])
        #expect(damaged.status == .badInput)
        #expect(damaged.errors.contains("this is no Excel workbook"))
        #expect(CommandLineRun(["check", folder.appending("season.xlsx"), "--write-descriptor"]).status == .badUsage)
    }

    @Test func findingsAreJSONWithTheirSheet() throws {
        let folder = try TemporaryFolder()
        #expect(CommandLineRun(["init", "--xlsx", folder.appending("s.xlsx"), "--language", "zh"]).status == .done)
        let checked = CommandLineRun(["check", folder.appending("s.xlsx"), "--format", "json"])
        #expect(checked.status == .done)
        #expect(try checked.json["findings"] == .array([]))
    }
}
