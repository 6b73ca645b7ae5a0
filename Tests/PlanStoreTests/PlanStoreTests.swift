import Foundation
import Fullshelf
import GRDB
import Testing

@testable import PlanStore

/// A package with its plan in a folder that is gone when the test ends.
struct PlannedPackage: ~Copyable {
    let root: String
    var package: String { root + "/package" }
    var out: String { package + "/out" }

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try writeGeneratedFiles(examplePackage(), to: package)
    }

    deinit {
        chmod(package, 0o755)
        try? FileManager.default.removeItem(atPath: root)
    }

    func plan() throws -> PlanningRun { try Planner(threads: 1).plan(packageAt: package, writingTo: out) }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: package + "/" + name)), as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: package + "/" + name)) }
}

@Suite struct PlanStoreTests {
    @Test func aPlanComesBackByteForByteWithItsInputs() throws {
        let place = try PlannedPackage()
        let run = try place.plan()
        let store = try PlanStore(packageAt: place.package)
        let id = try store.record(run, planAt: place.out, author: "Li Wei", note: "first")
        let plan = folderFiles(at: place.out)
        let inputs = run.package.inputHashes.keys.map { ($0, FileManager.default.contents(atPath: place.package + "/" + $0)) }

        // Nothing of it need be there any more.
        try FileManager.default.removeItem(atPath: place.out)
        try place.write("account\nA1\n", to: "accounts.csv")
        try store.restorePlan(id, to: place.root + "/again")
        try store.restoreInputs(ofPlan: id, to: place.root + "/inputs")
        #expect(folderFiles(at: place.root + "/again") == plan)
        #expect(folderFiles(at: place.root + "/inputs") == Dictionary(uniqueKeysWithValues: inputs.map { ($0.0, $0.1 ?? Data()) }))

        let stored = try store.plan(id)
        #expect(stored.author == "Li Wei" && stored.note == "first" && stored.kind == "plan")
        #expect(stored.inputs == run.package.inputHashes)
        #expect(abs(stored.figures.lost - run.keyFigures.total.lost) < 1e-9)
        #expect(stored.figures.lostByTier.count == run.result.segmentation.tierCount)
    }

    @Test func equalFilesAreKeptOnceAndForgottenWithTheLastPlanThatNeedsThem() throws {
        let place = try PlannedPackage()
        let run = try place.plan()
        let store = try PlanStore(packageAt: place.package)
        let first = try store.record(run, planAt: place.out, author: "a")
        func count() throws -> Int { try store.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM content") ?? 0 } }
        let once = try count()
        let second = try store.record(run, planAt: place.out, author: "a")
        #expect(try count() == once)
        try store.forget([first])
        #expect(try count() == once)
        try store.restorePlan(second, to: place.root + "/second")
        try store.forget([second])
        #expect(try count() == 0)
        #expect(throws: StoreError.self) { try store.plan(second) }
        // A number is never given twice.
        #expect(try store.record(run, planAt: place.out, author: "a") > second)
    }

    @Test(arguments: ["plan", "keeping", "what-if"])
    func aStoredPlanIsReproduced(kind: String) throws {
        let place = try PlannedPackage()
        let store = try PlanStore(packageAt: place.package)
        let planner = Planner(threads: 1)
        let id: Int64
        switch kind {
        case "keeping":
            _ = try place.plan()
            let earlier = folderFiles(at: place.out)
            let (run, _) = try planner.plan(packageAt: place.package, keeping: place.out, buckets: 2, writingTo: place.out)
            id = try store.record(run, planAt: place.out, origin: .keeping(files: earlier, buckets: 2), author: "a")
        case "what-if":
            let changes = ["capacity line=L1 hours=+20"]
            var run = try planner.whatIf(packageAt: place.package, changes: changes)
            try run.changed.write(to: place.out)
            id = try store.record(run.changed, planAt: place.out, origin: .whatIf(changes), author: "a")
        default: id = try store.record(try place.plan(), planAt: place.out, author: "a")
        }
        // The package has gone on; the stored plan has not.
        try place.write(try place.text("stock.csv") + "DC1,P01,5,\n", to: "stock.csv")
        let result = try store.reproduce(id, with: planner)
        #expect(result.agrees, "\(result.differing)")
        #expect(result.compared > 15)
    }

    @Test func aPlanThatCannotBeReproducedSaysWhichFilesDiffer() throws {
        let place = try PlannedPackage()
        let run = try place.plan()
        let store = try PlanStore(packageAt: place.package)
        try Data("x".utf8).write(to: URL(fileURLWithPath: place.out + "/segments.csv"))
        let id = try store.record(run, planAt: place.out, author: "a")
        #expect(try store.reproduce(id, with: Planner(threads: 1)).differing == ["segments.csv"])
    }

    @Test func aPlanIsNotRecordedWithInputsThatAreNotItsOwn() throws {
        let place = try PlannedPackage()
        let run = try place.plan()
        let store = try PlanStore(packageAt: place.package)
        try place.write(try place.text("sales.csv") + "\n", to: "sales.csv")
        #expect { try store.record(run, planAt: place.out, author: "a") } throws: {
            if case .inputsChanged(file: "sales.csv")? = $0 as? StoreError { true } else { false }
        }
        #expect(try store.plans().isEmpty)
    }

    @Test func aFullStoreLosesNothing() throws {
        let place = try PlannedPackage()
        let run = try place.plan()
        let store = try PlanStore(packageAt: place.package)
        let first = try store.record(run, planAt: place.out, author: "a")
        // SQLite's own limit ends a transaction as a full disk does.
        try store.database.write { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        try place.write(try place.text("stock.csv") + "DC1,P01,5,\n", to: "stock.csv")
        let second = try place.plan()
        #expect { try store.record(second, planAt: place.out, author: "a") } throws: {
            if case .diskFull? = $0 as? StoreError { true } else { false }
        }
        #expect(try store.plans().map(\.id) == [first])
        #expect(try store.database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        try store.restorePlan(first, to: place.root + "/again")
    }

    @Test func aStoreInAReadOnlyFolderIsReadAndNotBegun() throws {
        let place = try PlannedPackage()
        let run = try place.plan()
        #expect(throws: StoreError.self) { try PlanStore(existingAt: place.package) }
        do {
            let store = try PlanStore(packageAt: place.package)
            try store.record(run, planAt: place.out, author: "a")
        }
        let folder = place.package + "/.fullshelf"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) { chmod(folder + "/" + name, 0o444) }
        chmod(folder, 0o555)
        defer { chmod(folder, 0o755) }
        #expect(try PlanStore(existingAt: place.package).plans().count == 1)
    }

    @Test func aDamagedStoreIsNamedAsSuch() throws {
        let place = try PlannedPackage()
        try FileManager.default.createDirectory(atPath: place.package + "/.fullshelf", withIntermediateDirectories: true)
        try Data(repeating: 7, count: 9000).write(to: URL(fileURLWithPath: PlanStore.path(ofPackageAt: place.package)))
        #expect { try PlanStore(packageAt: place.package) } throws: {
            if case .damaged? = $0 as? StoreError { true } else { false }
        }
    }
}
