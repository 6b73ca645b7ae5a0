import Foundation
import PackageGenerator
import PlanData
import PlanModel
import Testing

@Suite struct FixtureTests {
    @Test(arguments: GeneratedFixture.allCases)
    func committedFilesAreWhatTheGeneratorMakes(fixture: GeneratedFixture) throws {
        let committed = try contents(of: repositoryFolder().appendingPathComponent("fixtures/\(fixture.rawValue)/input"))
        let generated = Dictionary(uniqueKeysWithValues: fixturePackage(fixture).map { ($0.name, $0.contents) })
        #expect(committed.keys.sorted() == generated.keys.sorted())
        for (name, bytes) in generated { #expect(committed[name] == bytes, "\(name): run scripts/make-fixtures") }
    }

    @Test func theChineseFirmIsTheSameFirm() throws {
        let folder = repositoryFolder().appendingPathComponent("fixtures")
        let english = readPackage(at: folder.appendingPathComponent("brewery/input").path, progress: nil)
        let chinese = readPackage(at: folder.appendingPathComponent("brewery-zh/input").path, progress: nil)
        #expect(english.findings.isEmpty)
        #expect(chinese.findings.isEmpty)
        let one = try #require(english.package)
        let other = try #require(chinese.package)
        // As bits: weeks without a count are NaN, which equals nothing.
        for table: KeyPath<History, HistoryTable> in [\.sales, \.salesValue, \.shipments, \.closingStock] {
            let isSame =
                one.history[keyPath: table].pairs == other.history[keyPath: table].pairs
                && one.history[keyPath: table].values.map(\.bitPattern) == other.history[keyPath: table].values.map(\.bitPattern)
            #expect(isSame)
        }
        #expect(one.lines == other.lines && one.lineProducts == other.lineProducts && one.sites == other.sites)
        #expect(one.stock == other.stock && one.inTransit == other.inTransit && one.orders == other.orders)
        #expect(
            one.bandRows == other.bandRows && one.materialReceipts == other.materialReceipts
                && one.capacityOverrides == other.capacityOverrides)
        #expect(one.lanes.map(\.capacity) == other.lanes.map(\.capacity) && one.lanes.map(\.products) == other.lanes.map(\.products))
        #expect(one.accounts.map(\.id) == other.accounts.map(\.id))
        #expect(other.accounts.first?.name.unicodeScalars.allSatisfy { $0.value > 0x4E00 } == true)
        #expect(other.settings.language == .chinese)
    }

    /// Origin: fixtures/brewery/README.md, which names them.
    @Test func theBreweryHasItsStockOutNewProductAndPromise() throws {
        let files = fixturePackage(.brewery)
        let sales = try #require(Table("sales", in: files))
        let counts = try #require(Table("account_stock", in: files))
        for week in ["2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29"] {
            #expect(!sales.rows.contains { $0[0] == week && $0[1] == "A019" && $0[2] == "P01" })
            let sunday = try #require(CalendarDate(week)).adding(days: 6).description
            #expect(counts.rows.contains { $0[0] == sunday && $0[1] == "A019" && $0[2] == "P01" && $0[3] == "0" })
        }
        let products = try #require(Table("products", in: files))
        #expect(products.rows.filter { $0[9] == "2027-01-18" && $0[10] == "P04" }.map { $0[0] } == ["P09"])
        #expect(Table("guarantees", in: files)?.rows.count == 1)
        #expect(try #require(files.first { $0.name == "sales.csv" }).contents.count < 1_500_000)
    }

    @Test func theExampleIsCompleteAndCommented() throws {
        let folder = freshFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeGeneratedFiles(examplePackage(), to: folder.path)
        let reading = readPackage(at: folder.path, progress: nil)
        #expect(reading.findings.isEmpty)
        let package = try #require(reading.package)
        #expect(package.accounts.count == 6 && package.products.count == 3 && package.horizon.count == 13)
        #expect(package.history.sales.bucketCount == 104)
        #expect(package.guarantees.count == 1)
        let settings = String(decoding: try #require(examplePackage().first { $0.name == "plan.toml" }).contents, as: UTF8.self)
        #expect(settings.split(separator: "\n").filter { $0.contains("#") }.count > 20)
    }

    @Test func everySmallCaseReadsWithoutErrorsAndItsExpectationsAddUp() throws {
        let cases = repositoryFolder().appendingPathComponent("fixtures/cases")
        var read = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: cases.path).sorted() where name != "README.md" {
            let reading = readPackage(at: cases.appendingPathComponent("\(name)/input").path, progress: nil)
            #expect(reading.errors.isEmpty, "\(name)")
            let package = try #require(reading.package)
            let expected = try String(contentsOf: cases.appendingPathComponent("\(name)/expected/totals.csv"), encoding: .utf8)
            for line in expected.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: ",")
                let numbers = fields.dropFirst(2).compactMap { Double($0) }
                let account = try #require(package.accounts.firstIndex { $0.id == fields[0] })
                let product = try #require(package.products.firstIndex { $0.id == fields[1] })
                let demand = package.demand.filter { $0.account == account && $0.product == product }.reduce(0) { $0 + $1.quantity }
                #expect(numbers.count == 3 && numbers[0] == demand && numbers[1] + numbers[2] == demand, "\(name): \(line)")
            }
            read += 1
        }
        #expect(read == 19)
    }
}
