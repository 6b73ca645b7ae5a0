import Foundation
import Fullshelf
import TestSupport
import Testing

@testable import FullshelfCLI

@Suite struct PackageCommandTests {
    @Test func initWritesAPackageThatChecksClean() throws {
        let folder = try TemporaryFolder()
        let package = folder.appending("season")
        let made = CommandLineRun(["init", package])
        #expect(made.status == .done)
        #expect(made.output.contains("fullshelf plan"), "the next step is told")
        let checked = CommandLineRun(["check", package])
        #expect(checked.status == .done, "\(checked.output)")
        #expect(checked.output.contains("ok:"))
    }

    @Test(arguments: [["init"], ["generate", "--size", "XS"], ["generate", "--fixture", "brewery"]])
    func aFolderSomebodyWorksInIsNeverWrittenInto(_ command: [String]) throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "season/accounts.csv")
        let run = CommandLineRun(command + [folder.appending("season")])
        #expect(run.status == .badUsage)
        #expect(run.errors.contains("empty"))
        #expect(try contents(of: folder.appending("season")) == ["accounts.csv": Data("mine".utf8)])
        try folder.write("a file", to: "file")
        #expect(CommandLineRun(command + [folder.appending("file")]).status == .badUsage)
    }

    @Test func theSameSeedMakesTheSameBytes() throws {
        let folder = try TemporaryFolder()
        for (name, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
            #expect(CommandLineRun(["generate", folder.appending(name), "--size", "xs", "--seed", seed, "--quiet"]).output.isEmpty)
        }
        let a = try contents(of: folder.appending("a"))
        #expect(try a == contents(of: folder.appending("b")))
        #expect(try a != contents(of: folder.appending("c")))
    }

    struct BrokenCase: Sendable {
        var name: String
        var file: String
        /// Text put at the end of the file.
        var appended: String
        /// Stands in the finding.
        var says: String
    }

    static let broken = [
        BrokenCase(name: "lane to nowhere", file: "lanes.csv", appended: "LX,NOWHERE,A001,,,,,\n", says: "NOWHERE"),
        BrokenCase(name: "sale to nobody", file: "sales.csv", appended: "2026-01-05,NOBODY,P01,5\n", says: "NOBODY"),
        BrokenCase(name: "impossible date", file: "sales.csv", appended: "2026-02-30,A001,P01,5\n", says: "2026-02-30"),
        BrokenCase(name: "unknown setting", file: "plan.toml", appended: "\n[horizn]\nbuckets = 3\n", says: "horizn"),
    ]

    @Test(arguments: broken)
    func everyCommandRefusesABrokenPackageAndNamesThePlace(_ example: BrokenCase) throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let path = package + "/" + example.file
        try Data((String(contentsOfFile: path, encoding: .utf8) + example.appended).utf8).write(to: URL(fileURLWithPath: path))

        let checked = CommandLineRun(["check", package])
        #expect(checked.status == .problemsFound)
        #expect(checked.output.contains("error: \(example.file)"), "\(checked.output)")
        #expect(checked.output.contains(example.says), "\(checked.output)")

        let planned = CommandLineRun(["plan", package, "--quiet"])
        #expect(planned.status == .badInput)
        #expect(planned.output.isEmpty)
        #expect(planned.errors.contains(example.says))
        #expect(!FileManager.default.fileExists(atPath: package + "/out"), "nothing is written")

        let json = CommandLineRun(["plan", package, "--format", "json"])
        #expect(json.status == .badInput)
        guard case .array(let findings)? = try json.json["findings"] else {
            Issue.record("findings are an array: \(json.output)")
            return
        }
        #expect(findings.contains { $0["severity"] == .string("error") && $0["file"] == .string(example.file) })
    }

    @Test func aPackageThatIsNotThereIsBadInputForAllButCheck() throws {
        let folder = try TemporaryFolder()
        let nothing = folder.appending("nothing")
        #expect(CommandLineRun(["check", nothing]).status == .problemsFound)
        for command in [["segment", nothing], ["forecast", nothing], ["plan", nothing], ["verify", nothing, nothing]] {
            let run = CommandLineRun(command)
            #expect(run.status == .badInput)
            #expect(run.errors.contains("nothing"))
        }
        let export = CommandLineRun(["export", nothing, "--rank", "cost", "--mps", folder.appending("cost.mps")])
        #expect(export.status == .badInput)
        #expect(!FileManager.default.fileExists(atPath: folder.appending("cost.mps")))
    }

    @Test func checkPrintsJSONThatParses() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let run = CommandLineRun(["check", package, "--format", "json"])
        #expect(run.status == .done)
        #expect(try run.json["errors"] == .number(0))
        guard case .number(let accounts)? = try run.json["contents"]?["accounts"] else {
            Issue.record("\(run.output)")
            return
        }
        #expect(accounts > 0)
    }

    @Test func checkWritesADescriptorThatIsJSON() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        #expect(CommandLineRun(["check", package, "--write-descriptor"]).status == .done)
        let descriptor = try JSONValue(text: String(contentsOfFile: package + "/datapackage.json", encoding: .utf8))
        guard case .array(let resources)? = descriptor["resources"] else {
            Issue.record("a descriptor lists its resources")
            return
        }
        #expect(resources.contains { $0["path"] == .string("accounts.csv") })
        #expect(CommandLineRun(["check", package]).status == .done, "the descriptor is part of the package from now on")
    }

    @Test func segmentShowsTiersAsTextAndJSON() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let text = CommandLineRun(["segment", package])
        #expect(text.status == .done)
        let json = CommandLineRun(["segment", package, "--format", "json"])
        guard case .array(let segments)? = try json.json["segments"] else {
            Issue.record("\(json.output)")
            return
        }
        #expect(!segments.isEmpty)
        for segment in segments {
            guard case .string(let account)? = segment["account"] else { continue }
            #expect(text.output.contains(account))
        }
        let chinese = CommandLineRun(["segment", package, "--language", "zh"])
        #expect(chinese.output != text.output)
    }
}
