import Foundation
import PlanData
import PlanModel
import Testing

@testable import PackageGenerator

@Suite struct GeneratedPackageTests {
    @Test(arguments: [(PackageSize.xs, UInt64(1)), (.s, 2), (.m, 7)])
    func sameSeedGivesTheSameBytes(size: PackageSize, seed: UInt64) {
        #expect(generatePackage(size: size, seed: seed) == generatePackage(size: size, seed: seed))
    }

    @Test func anotherSeedGivesAnotherFirm() throws {
        let one = try #require(Table("sales", in: generatePackage(size: .xs, seed: 1)))
        let two = try #require(Table("sales", in: generatePackage(size: .xs, seed: 2)))
        #expect(one.rows != two.rows)
    }

    @Test func aFolderReceivesTheSameBytesAsMemory() throws {
        let folder = freshFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeGeneratedPackage(size: .s, seed: 3, to: folder.path)
        let expected = Dictionary(uniqueKeysWithValues: generatePackage(size: .s, seed: 3).map { ($0.name, $0.contents) })
        #expect(try contents(of: folder) == expected)
    }

    @Test func aFolderWithFilesIsNotWrittenOver() throws {
        let folder = freshFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let note = folder.appendingPathComponent("note.txt")
        try Data("mine".utf8).write(to: note)
        #expect(throws: GeneratorError.folderNotEmpty(path: folder.path)) { try writeGeneratedPackage(size: .xs, seed: 1, to: folder.path) }
        #expect(throws: GeneratorError.notAFolder(path: note.path)) { try writeGeneratedFiles(examplePackage(), to: note.path) }
        #expect(try contents(of: folder) == ["note.txt": Array("mine".utf8)])
    }

    /// Origin: model.md, "Sizes"; history pairs are the pairs sold.
    @Test(arguments: [
        (size: PackageSize.s, accounts: 20, products: 10, buckets: 12, pairs: 120, plants: 2, lines: 4, centres: 3),
        (size: .m, accounts: 60, products: 25, buckets: 26, pairs: 900, plants: 3, lines: 6, centres: 6),
        // Ours, between M and L.
        (size: .ml, accounts: 120, products: 50, buckets: 26, pairs: 3000, plants: 4, lines: 8, centres: 8),
    ])
    func sizesAreTheStatedOnes(
        size: PackageSize, accounts: Int, products: Int, buckets: Int, pairs: Int, plants: Int, lines: Int, centres: Int
    ) throws {
        let files = generatePackage(size: size, seed: 11)
        #expect(Table("accounts", in: files)?.rows.count == accounts)
        #expect(Table("products", in: files)?.rows.count == products)
        #expect(Table("lines", in: files)?.rows.count == lines)
        let kinds = try #require(Table("sites", in: files)).column("kind")
        #expect(kinds.filter { $0 == "plant" }.count == plants)
        #expect(kinds.filter { $0 == "dc" }.count == centres)
        let sales = try #require(Table("sales", in: files))
        #expect(Set(zip(sales.column("account"), sales.column("product")).map { "\($0) \($1)" }).count == pairs)
        let settings = String(decoding: try #require(files.first { $0.name == "plan.toml" }).contents, as: UTF8.self)
        #expect(settings.contains("buckets = \(buckets)\n"))
    }

    @Test(arguments: PackageSize.allCases)
    func statedSharesOfPairsAndLinesHold(size: PackageSize) {
        // Origin: model.md, "Sizes": accounts × products × share; two lines a plant.
        let shares: [PackageSize: Double] = [.s: 0.6, .m: 0.6, .ml: 0.5, .l: 0.4, .xl: 0.3]
        guard let share = shares[size] else { return }
        #expect(Double(size.pairs) == share * Double(size.accounts * size.products))
        #expect(size.lines == 2 * size.plants)
    }

    @Test(arguments: [(PackageSize.s, UInt64(1)), (.s, 2), (.s, 3), (.s, 7), (.s, 8), (.m, 1), (.m, 7)])
    func topFifthHoldsThreeFifthsToFourFifthsOfTheVolume(size: PackageSize, seed: UInt64) throws {
        let sales = try #require(Table("sales", in: generatePackage(size: size, seed: seed)))
        let volumes = sales.quantities(by: "account").values.sorted(by: >)
        let share = volumes.prefix(size.accounts / 5).reduce(0, +) / volumes.reduce(0, +)
        #expect(share >= 0.6 && share <= 0.8)
    }

    @Test(arguments: [UInt64(1), 7])
    func everyAccountHasTwoCentresAndEveryProductTwoPlants(seed: UInt64) throws {
        let files = generatePackage(size: .m, seed: seed)
        let lanes = try #require(Table("lanes", in: files))
        for account in try #require(Table("accounts", in: files)).column("account") {
            let sources = zip(lanes.column("from"), lanes.column("to")).filter { $0.1 == account }.map(\.0)
            #expect(Set(sources).count == 2 && sources.allSatisfy { $0.hasPrefix("DC") })
        }
        let lines = try #require(Table("lines", in: files))
        let plantOfLine = Dictionary(uniqueKeysWithValues: zip(lines.column("line"), lines.column("site")))
        let made = try #require(Table("line_products", in: files))
        for product in try #require(Table("products", in: files)).column("product") {
            let plants = zip(made.column("line"), made.column("product")).filter { $0.1 == product }.compactMap { plantOfLine[$0.0] }
            #expect(Set(plants).count == 2)
        }
        // A tenth of the accounts has lanes of its own that are limited.
        let limited = zip(lanes.column("to"), lanes.column("capacity")).filter { $0.0.hasPrefix("A") && !$0.1.isEmpty }.map(\.0)
        #expect(Set(limited).count == 6)
    }

    /// Origin: the dates of New Year's Day of the lunar calendar, of the Dragon Boat (5th of the 5th month) and Mid-Autumn Festival (15th
    /// of the 8th) as the Hong Kong Observatory's conversion tables give them.
    @Test(arguments: [
        (event: "Spring Festival", days: ["2025-01-29", "2026-02-17", "2027-02-06"]),
        (event: "Dragon Boat Festival", days: ["2024-06-10", "2025-05-31", "2026-06-19", "2027-06-09"]),
        (event: "Mid-Autumn Festival", days: ["2024-09-17", "2025-10-06", "2026-09-25"]),
        (event: "National Day", days: ["2024-10-01", "2025-10-01", "2026-10-01"]),
        (event: "Labour Day", days: ["2024-05-01", "2025-05-01", "2026-05-01", "2027-05-01"]),
    ])
    func feastsStandOnTheirTrueDates(event: String, days: [String]) throws {
        let events = try #require(Table("events", in: generatePackage(size: .m, seed: 7)))
        let spans = zip(events.column("event"), zip(events.column("start"), events.column("end"))).filter { $0.0 == event }.map(\.1)
        #expect(spans.count == days.count)
        for (span, day) in zip(spans, days) { #expect(span.0 <= day && day <= span.1) }
    }

    @Test func salesRiseToTheStatedPeakAndBeforeTheSpringFestival() throws {
        let sales = try #require(Table("sales", in: generatePackage(size: .m, seed: 7))).quantities(by: "date")
        // Base: the four weeks of April 2026. The peak week and its neighbours are 2.6 × that; trend and noise of 900 pairs stay below 8 %.
        let april = ["2026-04-06", "2026-04-13", "2026-04-20"].compactMap { sales[Substring($0)] }.reduce(0, +) / 3
        let peak = ["2026-06-29", "2026-07-06", "2026-07-13"].compactMap { sales[Substring($0)] }.reduce(0, +) / 3
        #expect(abs(peak / april / 2.5 - 1) < 0.08)
        // Two full weeks of lift 1.6 in each year, on different weeks of the year.
        for festive in ["2026-02-09", "2027-01-25"] {
            #expect(abs((sales[Substring(festive)] ?? 0) / april / 1.6 - 1) < 0.08)
        }
        #expect(abs((sales["2026-01-26"] ?? 0) / april - 1) < 0.12)
    }

    @Test func sellOutIsOpeningPlusReceivedMinusClosing() throws {
        let files = generatePackage(size: .xs, seed: 5)
        let sales = try totals("sales", in: files)
        let shipments = try totals("shipments", in: files)
        let counts = try #require(Table("account_stock", in: files))
        var lastCount: [String: (date: CalendarDate, quantity: Double)] = [:]
        var checked = 0
        for (row, quantity) in zip(counts.rows, counts.numbers("quantity")) {
            let date = try #require(CalendarDate(row[0]))
            let pair = "\(row[1]) \(row[2])"
            defer { lastCount[pair] = (date, quantity) }
            guard let before = lastCount[pair] else { continue }
            var balance = before.quantity
            for day in before.date.daysSinceEpoch + 1...date.daysSinceEpoch {
                let key = "\(CalendarDate(daysSinceEpoch: day)) \(pair)"
                balance += shipments[key, default: 0] - sales[key, default: 0]
            }
            #expect(balance == quantity, "\(pair) at \(date)")
            checked += 1
        }
        #expect(checked > 1000)
    }

    private func totals(_ name: String, in files: [GeneratedFile]) throws -> [String: Double] {
        let table = try #require(Table(name, in: files))
        var sums: [String: Double] = [:]
        for (row, quantity) in zip(table.rows, table.numbers("quantity")) { sums["\(row[0]) \(row[1]) \(row[2])", default: 0] += quantity }
        return sums
    }

    @Test(arguments: [PackageSize.s, .m, .l], [UInt64(1), 7])
    func regularHoursMake85PercentOfMeanDemand(size: PackageSize, seed: UInt64) {
        let firm = Firm.complete(size: size, seed: seed, language: .english)
        let demand = HorizonDemand(of: firm)
        // A line that makes its products as they are demanded; rates are rounded to a tenth at worst, of some tens an hour.
        var capacity = 0.0
        for line in firm.package.lines.indices {
            let rows = firm.package.lineProducts.filter { $0.line == line }
            let units = rows.reduce(0) { $0 + demand.meanOfProduct[$1.product] }
            let hours = rows.reduce(0) { $0 + demand.meanOfProduct[$1.product] / $1.rate }
            capacity += firm.package.lines[line].hoursPerBucket * units / hours
        }
        #expect(abs(capacity / demand.mean / 0.85 - 1) < 0.01)
    }

    /// Origin: docs/decisions/0005-generator.md. Overtime is in whole hours a line and week: that is the room upwards.
    @Test(arguments: [PackageSize.s, .m, .ml, .l], [UInt64(1), 7, 8])
    func supplyFallsShortOfTheSeason(size: PackageSize, seed: UInt64) {
        let firm = Firm.complete(size: size, seed: seed, language: .english)
        let demand = HorizonDemand(of: firm)
        let weeks = Double(firm.package.horizon.count)
        var made = 0.0
        for line in firm.package.lines.indices {
            let rows = firm.package.lineProducts.filter { $0.line == line }
            let units = rows.reduce(0) { $0 + demand.meanOfProduct[$1.product] }
            let hours = rows.reduce(0) { $0 + demand.meanOfProduct[$1.product] / $1.rate }
            made += (firm.package.lines[line].hoursPerBucket + firm.package.lines[line].overtimeHoursPerBucket) * weeks * units / hours
        }
        let onHand =
            firm.package.stock.reduce(0) { $0 + $1.quantity } + firm.package.inTransit.reduce(0) { $0 + $1.quantity }
            + zip(firm.pairs, demand.openingOfPair).reduce(0) { $0 + $1.0.cover * $1.1 }
        let share = (made + onHand) / (demand.mean * weeks)
        let stated = size == .s ? 0.95 : 0.97
        #expect(share > stated - 0.01 && share < stated + 0.012, "\(share)")
    }

    /// The new product is one among the smaller: what it will sell is uncertain.
    @Test(arguments: [PackageSize.s, .m], [UInt64(1), 2, 7, 8])
    func theNewProductIsASmallOne(size: PackageSize, seed: UInt64) {
        let firm = Firm.complete(size: size, seed: seed, language: .english)
        let demand = HorizonDemand(of: firm)
        let share = firm.pairs.first { $0.launchBucket != nil }.map { demand.meanOfProduct[$0.product] / demand.mean } ?? 0
        #expect(share > 0 && share < 0.8 / Double(size.products), "\(share)")
    }

    @Test(arguments: [UInt64(1), 7])
    func theSeasonContinuesTheHistory(seed: UInt64) throws {
        // The same weeks of last year, without the new product. Growth is between -7 and 12 % a year for a pair, near 2 % on the whole;
        // stock-outs took some of last year's sales, at most a few hundredths of them.
        let firm = Firm.complete(size: .s, seed: seed, language: .english)
        let sales = try #require(Table("sales", in: generatePackage(size: .s, seed: seed)))
        let horizon = firm.package.horizon
        let weeks = Set((0..<horizon.count).map { horizon.firstDay(of: $0 - 52).description })
        let sold = zip(sales.column("date"), sales.numbers("quantity")).filter { weeks.contains(String($0.0)) }.reduce(0) { $0 + $1.1 }
        let planned = firm.pairs.filter { $0.launchBucket == nil }
            .reduce(0) { $0 + firm.expectedDemand(of: $1, in: 0..<horizon.count).reduce(0, +) }
        #expect(planned / sold > 0.98 && planned / sold < 1.12)
    }

    @Test(arguments: [PackageSize.xs, .s, .m])
    func aGeneratedPackageReadsWithoutErrors(size: PackageSize) throws {
        let folder = freshFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeGeneratedPackage(size: size, seed: 9, to: folder.path)
        let reading = readPackage(at: folder.path, progress: nil)
        #expect(reading.errors.isEmpty)
        let package = try #require(reading.package)
        #expect(package.history.sales.pairs.count == size.pairs)
        #expect(package.history.sales.bucketCount == 156)
        #expect(package.products.contains { $0.launch != nil && $0.analogue != nil })
        #expect(!package.guarantees.isEmpty && !package.orders.isEmpty && !package.overrides.isEmpty && !package.bandRows.isEmpty)
        #expect(package.products.contains { $0.shelfLife == 8 } == (size != .xs))
        #expect(package.products.contains { $0.caseMultiple != nil } == (size == .s))
        #expect(package.horizon.frozen == 0)
    }
}
