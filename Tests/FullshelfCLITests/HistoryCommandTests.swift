import Foundation
import Fullshelf
import PlanStore
import Testing

@testable import FullshelfCLI

@Suite struct HistoryCommandTests {
    @Test func plansAreKeptListedShownRestoredComparedAndReproduced() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        #expect(CommandLineRun(["history", package]).errors.contains("has no history yet"))
        let planned = CommandLineRun(["plan", package, "--author", "Li Wei", "--note", "before the meeting", "--format", "json"])
        #expect(planned.status == .done)
        #expect(try planned.json["number"] == .number(1))
        var first = try contents(of: package + "/out")
        // What later plans start from is not kept: it follows from the inputs.
        #expect(first.removeValue(forKey: "basis.bin") != nil)
        let lines = try String(contentsOfFile: package + "/lines.csv", encoding: .utf8)
        try lines.replacingOccurrences(of: ",73,", with: ",60,").write(toFile: package + "/lines.csv", atomically: true, encoding: .utf8)
        #expect(CommandLineRun(["plan", package, "--quiet", "--language", "zh"]).status == .done)

        let list = CommandLineRun(["history", package, "--language", "en"])
        #expect(list.status == .done)
        #expect(list.output.contains("Li Wei") && list.output.contains("before the meeting"))
        // The language of the newest plan.
        #expect(CommandLineRun(["history", package]).output.contains("满足率"))

        let show = CommandLineRun(["history", "show", package, "2", "--language", "en"])
        #expect(show.output.contains("lines.csv  (not as in plan 1)") && !show.output.contains("sales.csv  (not"))
        let restored = folder.appending("restored")
        #expect(CommandLineRun(["history", "restore", package, "1", "--out", restored]).status == .done)
        #expect(try contents(of: restored) == first)
        let inputs = folder.appending("inputs")
        #expect(CommandLineRun(["history", "restore", package, "1", "--inputs", "--out", inputs]).status == .done)
        #expect(try String(contentsOfFile: inputs + "/lines.csv", encoding: .utf8) == lines)
        // Never over a package.
        #expect(CommandLineRun(["history", "restore", package, "1", "--inputs", "--out", package]).status == .badUsage)
        #expect(CommandLineRun(["history", "restore", package, "1", "--out", package]).status == .badUsage)

        #expect(CommandLineRun(["history", "compare", package, "1", "2", "--language", "en"]).output.contains("lines.csv (changed)"))
        let again = CommandLineRun(["history", "reproduce", package, "1", "--language", "en"])
        #expect(again.status == .done && again.output.contains("agree byte for byte"), "\(again.output)\(again.errors)")
        #expect(CommandLineRun(["history", "show", package, "9"]).status == .badUsage)
        #expect(CommandLineRun(["history", "forget", package, "1"]).status == .done)
        #expect(try CommandLineRun(["history", package, "--format", "json"]).json[0]?["id"] == .number(2))
    }

    @Test func aPlanIsMadeWhereNoHistoryCanBeKept() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        // A file where the history's folder would be, as on a disk that takes no folder.
        try folder.write("in the way", to: "package/.fullshelf")
        let run = CommandLineRun(["plan", package])
        #expect(run.status == .done)
        #expect(run.errors.contains("was not kept in the history"))
        #expect(FileManager.default.fileExists(atPath: package + "/out/certificate.json"))
        #expect(CommandLineRun(["plan", package, "--no-history"]).errors.contains("history") == false)
    }

    @Test func changesAreListedAndUndone() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let data = try #require(readPackage(at: package).package)
        let store = try PlanStore(packageAt: package)
        let cell = OverrideCell(account: "A002", product: "P01", bucket: data.horizon.firstDay(of: 4))
        let seen = try store.overrides(horizon: data.horizon)[cell]
        try store.setOverride(
            cell, to: OverrideEntry(quantity: 777, author: "Li Wei", reason: "fair"), seen: seen, by: "Li Wei", package: data)
        let list = CommandLineRun(["history", "changes", package])
        #expect(list.output.contains("777") && list.output.contains("fair"))
        #expect(CommandLineRun(["history", "undo", package, "1", "--author", "Wang Fang"]).status == .done)
        #expect(try store.overrides(horizon: data.horizon)[cell] == seen)
        #expect(CommandLineRun(["history", "undo", package, "1"]).status == .badUsage)
    }

    /// Killed at any moment, a plan leaves a history that can be read and goes on.
    @Test func aKilledPlanLeavesAUsableHistory() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let start = ContinuousClock.now
        let whole = try InterruptionTests.start(["plan", package, "--quiet"])
        whole.waitUntilExit()
        try #require(whole.terminationStatus == 0)
        let duration = start.duration(to: .now) / .seconds(1)
        for part in [0.5, 0.8, 0.9, 0.95, 1.0] {
            let process = try InterruptionTests.start(["plan", package, "--quiet"])
            Thread.sleep(forTimeInterval: duration * part)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let list = CommandLineRun(["history", package, "--format", "json"])
            #expect(list.status == .done, "\(list.errors)")
        }
        #expect(CommandLineRun(["history", "reproduce", package, "1"]).status == .done)
        #expect(CommandLineRun(["plan", package, "--quiet"]).errors.isEmpty)
    }
}
