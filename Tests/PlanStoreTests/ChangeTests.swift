import Foundation
import Fullshelf
import GRDB
import Testing

@testable import PlanStore

@Suite struct ChangeTests {
    private static func cell(_ package: DataPackage, _ account: Int = 0, _ bucket: Int = 3) -> OverrideCell {
        OverrideCell(account: package.accounts[account].id, product: package.products[0].id, bucket: package.horizon.firstDay(of: bucket))
    }

    private static func package(_ folder: String) throws -> DataPackage { try #require(readPackage(at: folder).package) }

    @Test func anOverrideIsWrittenReadByTheReaderAndUndoneToTheByte() throws {
        let place = try PlannedPackage()
        let package = try Self.package(place.package)
        let before = try? place.text("overrides.csv")
        let store = try PlanStore(packageAt: place.package)
        let cell = Self.cell(package)
        let entry = OverrideEntry(quantity: 512.5, author: "Wang, \"Fang\"", reason: "新店开业, two shops")
        let seen = try store.overrides(horizon: package.horizon)[cell]
        let change = try #require(try store.setOverride(cell, to: entry, seen: seen, by: entry.author, package: package))

        let row = try #require(try Self.package(place.package).overrides.first { $0.account == 0 && $0.product == 0 && $0.bucket == 3 })
        #expect(row.quantity == 512.5 && row.author == entry.author && row.reason == entry.reason)
        #expect(try store.changes().map(\.id) == [change.id])

        let undo = try #require(try store.undo(change.id, by: "Li Wei", horizon: package.horizon))
        #expect(undo.undoes == change.id && undo.after == seen)
        if let before { #expect(try place.text("overrides.csv") == before) }
        #expect(try store.changes().map(\.undoneBy) == [nil, undo.id])
        #expect { try store.undo(change.id, by: "Li Wei", horizon: package.horizon) } throws: {
            if case .cannotUndo(_, reason: .undoneAlready)? = $0 as? StoreError { true } else { false }
        }
    }

    @Test(arguments: [
        ("bucket,account,product,quantity,author,reason\n", ",", "\n"),
        ("reason;author;quantity;product;account;bucket;extra\r\nwhy;who;7;P01;A002;2027-05-11;kept\r\n", ";", "\r\n"),
        ("期间\t客户\t产品\t数量\t修正人\t原因\n", "\t", "\n"),
        ("bucket,account,product,quantity,author,reason\n2027-05-10,A002,P01,7,who,why", ",", "\n"),
    ])
    func aFileKeepsItsFormAndItsOtherRows(text: String, separator: String, lineEnd: String) throws {
        let place = try PlannedPackage()
        try place.write(text, to: "overrides.csv")
        let package = try Self.package(place.package)
        let store = try PlanStore(packageAt: place.package)
        let cell = Self.cell(package)
        let entry = OverrideEntry(quantity: 12, author: "a", reason: "b")
        try store.setOverride(cell, to: entry, seen: nil, by: "a", package: package)
        let written = try place.text("overrides.csv")
        #expect(written.hasPrefix(text))
        #expect(written.hasSuffix(lineEnd) && written.contains("12\(separator)") || written.contains("\(separator)12\(separator)"))
        #expect(try store.overrides(horizon: package.horizon)[cell] == entry)
        #expect(try Self.package(place.package).overrides.count == package.overrides.count + 1)
        try store.setOverride(cell, to: nil, seen: entry, by: "a", package: package)
        #expect(try place.text("overrides.csv").hasPrefix(text))
        #expect(try Self.package(place.package).overrides.count == package.overrides.count)
    }

    @Test func gb18030StaysGB18030() throws {
        let place = try PlannedPackage()
        let encoding = String.Encoding(rawValue: 0x8000_0632)
        let text = "期间,客户,产品,数量,修正人,原因\n"
        try #require(text.data(using: encoding)).write(to: URL(fileURLWithPath: place.package + "/overrides.csv"))
        let package = try Self.package(place.package)
        let store = try PlanStore(packageAt: place.package)
        let entry = OverrideEntry(quantity: 12, author: "王芳", reason: "节日")
        try store.setOverride(Self.cell(package), to: entry, seen: nil, by: "王芳", package: package)
        let data = try #require(FileManager.default.contents(atPath: place.package + "/overrides.csv"))
        #expect(String(data: data, encoding: encoding)?.contains("王芳,节日") == true)
        #expect(try Self.package(place.package).overrides.first?.author == "王芳")
    }

    @Test func whatSomebodyElseChangedMeanwhileIsNotWrittenOver() throws {
        let place = try PlannedPackage()
        let package = try Self.package(place.package)
        let (one, other) = (try PlanStore(packageAt: place.package), try PlanStore(packageAt: place.package))
        let cell = Self.cell(package)
        let seen = try one.overrides(horizon: package.horizon)[cell]
        let first = OverrideEntry(quantity: 1, author: "first", reason: "r")
        try other.setOverride(cell, to: first, seen: seen, by: "first", package: package)
        #expect {
            try one.setOverride(cell, to: OverrideEntry(quantity: 2, author: "b", reason: "r"), seen: seen, by: "b", package: package)
        } throws: {
            if case .changedMeanwhile(_, current: first, by: "first")? = $0 as? StoreError { true } else { false }
        }
        #expect(try one.overrides(horizon: package.horizon)[cell] == first)
    }

    @Test(arguments: [
        ("quantity", OverrideEntry(quantity: -1, author: "a", reason: "r")),
        ("quantity", OverrideEntry(quantity: .nan, author: "a", reason: "r")),
        ("author", OverrideEntry(quantity: 1, author: " ", reason: "r")),
        ("reason", OverrideEntry(quantity: 1, author: "a", reason: "x\ny")),
    ])
    func aBadEntryChangesNothing(field: String, entry: OverrideEntry) throws {
        let place = try PlannedPackage()
        let package = try Self.package(place.package)
        let store = try PlanStore(packageAt: place.package)
        let cell = Self.cell(package)
        let seen = try store.overrides(horizon: package.horizon)[cell]
        let before = try? place.text("overrides.csv")
        #expect { try store.setOverride(cell, to: entry, seen: seen, by: "a", package: package) } throws: {
            if case .badEntry(let named)? = $0 as? StoreError { named == field } else { false }
        }
        var elsewhere = cell
        elsewhere.account = "nobody"
        #expect(throws: StoreError.self) {
            try store.setOverride(
                elsewhere, to: OverrideEntry(quantity: 1, author: "a", reason: "r"), seen: nil, by: "a", package: package)
        }
        #expect((try? place.text("overrides.csv")) == before)
        #expect(try store.changes().isEmpty)
    }

    /// Many at once: each takes what it sees and writes on; none is lost.
    @Test func changesFromManyThreadsAndStoresAllArrive() throws {
        let place = try PlannedPackage()
        let package = try Self.package(place.package)
        let folder = place.package
        let accounts = package.accounts.count
        let stores = try (0..<accounts).map { _ in try PlanStore(packageAt: folder) }
        DispatchQueue.concurrentPerform(iterations: accounts) { account in
            for bucket in 5..<10 {
                let cell = Self.cell(package, account, bucket)
                let seen = try? stores[account].overrides(horizon: package.horizon)[cell]
                _ = try? stores[account].setOverride(
                    cell, to: OverrideEntry(quantity: Double(bucket), author: "t\(account)", reason: "r"), seen: seen, by: "t\(account)",
                    package: package)
            }
        }
        let written = try stores[0].overrides(horizon: package.horizon)
        for account in 0..<accounts {
            for bucket in 5..<10 { #expect(written[Self.cell(package, account, bucket)]?.quantity == Double(bucket)) }
        }
        #expect(try stores[0].changes().count == accounts * 5)
        #expect(readPackage(at: folder).errors.isEmpty)
    }

    /// A process that was killed after the store and before, or after, the file: what the file says is what happened.
    @Test(arguments: [false, true])
    func aChangeCutOffHalfWayIsSettledByTheFile(fileWasWritten: Bool) throws {
        let place = try PlannedPackage()
        let package = try Self.package(place.package)
        let cell = Self.cell(package)
        do {
            let store = try PlanStore(packageAt: place.package)
            let before = try? place.text("overrides.csv")
            try store.setOverride(
                cell, to: OverrideEntry(quantity: 9, author: "a", reason: "r"), seen: try store.overrides(horizon: package.horizon)[cell],
                by: "a", package: package)
            try store.database.write { try $0.execute(sql: "UPDATE change SET is_done = 0") }
            if !fileWasWritten {
                if let before {
                    try place.write(before, to: "overrides.csv")
                } else {
                    try FileManager.default.removeItem(atPath: place.package + "/overrides.csv")
                }
            }
        }
        let store = try PlanStore(packageAt: place.package)
        #expect(try store.changes().count == (fileWasWritten ? 1 : 0))
        #expect(try store.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM change") } == (fileWasWritten ? 1 : 0))
    }
}
