import Foundation
import Fullshelf
import TestSupport
import Testing

/// What-if: changes are read as written, put in where they belong, and planned again.
@Suite struct WhatIfTests {
    private static var package: DataPackage {
        PackageBuilder(buckets: 3).plant("PL").line("L1", at: "PL", hours: 100, overtime: 5).lineProduct("L1").account("A01").account(
            "B02", tier: 2, group: "North"
        )
        .lane("PL-A", from: "PL", to: "A01", leadTime: 1).lane("PL-B", from: "PL", to: "B02", capacity: 60).pool(
            "K", capacity: 90, lanes: ["PL-A"]
        )
        .guarantee("G1", account: "B02", quantity: 10).stock(at: "PL", "P", 40).demand("A01", [80, 80, 80]).demand("B02", [50, 50, 50])
        .build()
        .package
    }

    struct BadChange: Sendable, CustomTestStringConvertible {
        var text: String
        /// Column and words of the message that must stand in the one finding.
        var column: String
        var says: String
        var testDescription: String { text }
    }

    static let bad = [
        BadChange(text: "capacty line=L1 hours=+20", column: "kind", says: "did you mean \"capacity\"?"),
        BadChange(text: "capacity line=L2 hours=+20", column: "line", says: "no line is named \"L2\"; did you mean \"L1\"?"),
        BadChange(text: "capacity line=L1 hour=+20", column: "hour", says: "did you mean \"hours\"?"),
        BadChange(text: "capacity line=L1 hours=many", column: "hours", says: "is no amount"),
        BadChange(text: "capacity line=L1 hours=-200", column: "hours", says: "the capacity would be -100.0"),
        BadChange(text: "capacity hours=+20", column: "line", says: "a capacity belongs to one line"),
        BadChange(text: "capacity line=L1 bucket=2028-01-01 hours=+1", column: "bucket", says: "outside the horizon"),
        BadChange(text: "demand account=A02 quantity=+10%", column: "account", says: "did you mean \"A01\"?"),
        BadChange(text: "demand quantity", column: "", says: "is no field"),
        BadChange(text: "lead_time lane=PL-A buckets=-2", column: "buckets", says: "the lead time would be -1.0 buckets"),
        BadChange(text: "lead_time lane=PL-A buckets=x0.5", column: "buckets", says: "the lead time would be 0.5 buckets"),
        BadChange(text: "price product=P price=-100%", column: "price", says: "would not be above 0"),
        BadChange(text: "promise quantity=10", column: "account", says: "nobody is promised anything"),
        BadChange(text: "promise account=A01", column: "quantity", says: "nothing is promised"),
        BadChange(text: "promise account=A01 share=1.2", column: "share", says: "is no share"),
        BadChange(text: "promise guarantee=G2 withdraw=yes", column: "guarantee", says: "did you mean \"G1\"?"),
        BadChange(text: "tier account=A01 tier=first", column: "tier", says: "no whole number"),
        BadChange(text: "event event=X from=2027-03-08 to=2027-03-01 lift=1.2", column: "from", says: "no days"),
        BadChange(text: "stock site=PX product=P quantity=+1", column: "site", says: "did you mean \"PL\"?"),
        BadChange(text: "stock site=PL product=P quantity=-41", column: "quantity", says: "the stock would be -1.0"),
        BadChange(text: "material site=PL material=M bucket=2027-03-01 quantity=+1", column: "material", says: "no material is named"),
    ]

    @Test(arguments: bad) func aBadChangeIsNamedWithWhatToDo(_ item: BadChange) throws {
        let reading = readChanges(["demand quantity=+1", item.text], package: Self.package)
        #expect(reading.changes.isEmpty)
        let finding = try #require(reading.findings.first)
        #expect(reading.findings.count == 1)
        #expect(finding.file == "--set 2" && (finding.column ?? "") == item.column, "\(finding)")
        #expect(finding.message.contains(item.says), "\(finding.message)")
        #expect(!finding.advice.isEmpty)
        #expect(notChinese(finding.problem) == nil)
        #expect(notChinese(finding.remedy) == nil)
    }

    @Test func aFileOfChangesNamesItsLines() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-changes-\(UUID().uuidString).toml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let good =
            "[[change]]\nkind = \"capacity\"\nline = \"L1\"\nhours = \"+20\"\n\n[[change]]\nkind = \"tier\"\naccount = \"B02\"\ntier = 1\n"
        try good.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(readChanges(fileAt: path, package: Self.package).changes.count == 2)
        try (good + "\n[[change]]\nkind = \"demand\"\nacount = \"A01\"\nquantity = 5\n").write(
            toFile: path, atomically: true, encoding: .utf8)
        let reading = readChanges(fileAt: path, package: Self.package)
        #expect(reading.changes.isEmpty && reading.findings.map(\.line) == [11] && reading.findings.map(\.column) == ["acount"])
        try "[[change]\nkind = 3".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(readChanges(fileAt: path, package: Self.package).findings.map(\.line) == [1])
        #expect(readChanges(fileAt: path + ".none", package: Self.package).findings.count == 1)
    }

    struct Effect: Sendable, CustomTestStringConvertible {
        var text: String
        /// Gains of tiers 1 and 2 in units, by hand.
        var gains: [Double]
        var testDescription: String { text }
    }

    /// 180 are on hand or made for the first two arrivals of A, which the pool lets 90 a bucket through; B may take what is left.
    static let effects = [
        // A's first bucket is out of reach by its lead time: 80 lost; with 0 buckets it is served from stock and line, at B's expense.
        Effect(text: "lead_time lane=PL-A buckets=0", gains: [80, -25]), Effect(text: "demand account=B02 quantity=x0.5", gains: [0, 0]),
        Effect(text: "demand account=A01 bucket=2027-03-08 quantity=+5", gains: [0, 0]),
        Effect(text: "capacity line=L1 hours=50", gains: [0, -25]),
    ]

    @Test(arguments: effects) func theGainIsThatOfPlanningTheChangedPackage(_ item: Effect) throws {
        let planner = Planner(threads: 1)
        let package = Self.package
        let stations = try planner.forecast(package)
        let base = try planner.plan(stations)
        let reading = readChanges([item.text], package: package)
        let run = try planner.whatIf(
            stations, changes: reading.changes, base: PlanView(base.result, package: package, keyFigures: base.keyFigures))
        // The same change made by hand in the package, planned from the start.
        var byHand = package
        switch item.text.split(separator: " ")[0] {
        case "lead_time": byHand.lanes[try #require(byHand.lanes.firstIndex { $0.id == "PL-A" })].leadTime = 0
        case "capacity": byHand.lines[0].hoursPerBucket = 50
        case "demand" where item.text.contains("x0.5"):
            for index in byHand.demand.indices where byHand.accounts[byHand.demand[index].account].id == "B02" {
                byHand.demand[index].quantity *= 0.5
            }
        default:
            for index in byHand.demand.indices
            where byHand.accounts[byHand.demand[index].account].id == "A01" && byHand.demand[index].bucket == 1 {
                byHand.demand[index].quantity += 5
            }
        }
        let expected = try planner.plan(byHand)
        #expect(run.changed.result.allocation.plan == expected.result.allocation.plan)
        for (index, tier) in run.comparison.tiers.enumerated() {
            let before = base.lost(upToTier: index + 1) - base.lost(upToTier: index)
            let after = expected.lost(upToTier: index + 1) - expected.lost(upToTier: index)
            #expect(abs(tier.gain - (before - after)) <= 1e-6, "\(tier)")
        }
    }

    /// Behaviour A12: more of a binding resource changes the rank's value by its shadow price, checked by solving again. A rank is convex in what it has:
    /// its fall lies between the price before and the price after.
    @Test(arguments: zip([100.0, 70, 80, 110], [50.0, 50, 45, 80])) func shadowPricesPredict(lineHours: Double, demandB: Double) throws {
        let more = 0.25
        func planned(_ extra: Double) throws -> PlanningRun {
            var package = PackageBuilder(buckets: 2).plant("PL").line("L", at: "PL", hours: lineHours).lineProduct("L", rate: 1.5).account(
                "A"
            )
            .account(
                "B", tier: 2
            )
            .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", [90, 130]).demand("B", [demandB, demandB])
            .build().package
            package.capacityOverrides = [CapacityOverride(kind: .hours, resource: 0, bucket: 0, capacity: lineHours + extra)]
            return try Planner(threads: 1).plan(package)
        }
        let before = try planned(0)
        let after = try planned(more)
        func hours(_ run: PlanningRun) -> ResourceRow? { run.result.allocation.resources.first { $0.kind == .hours && $0.bucket == 0 } }
        func value(_ run: PlanningRun, _ rank: Rank) -> Double {
            run.result.allocation.certificate.ranks.first { $0.rank == rank }?.value ?? .nan
        }
        // Once a rank has settled that no hour is left unused, later ones have none to price.
        let index = try #require(before.result.allocation.resources.firstIndex { $0.kind == .hours && $0.bucket == 0 })
        let priced = before.result.allocation.rankPrices.filter { $0.resourcePrices[index] > 1e-3 }
        #expect(priced.count <= 1, "\(priced.map(\.rank))")
        let row = try #require(hours(before))
        guard let rank = row.rank, row.shadowPrice > 1e-3 else {
            // More made than wanted: one hour more is worth nothing.
            #expect(before.lost() <= 1e-3)
            return
        }
        let fall = (value(before, rank) - value(after, rank)) / more
        let least = hours(after)?.rank == rank ? hours(after)?.shadowPrice ?? 0 : 0
        #expect(fall <= row.shadowPrice * 1.005 + 1e-3 && fall >= least * 0.995 - 1e-3, "\(rank): \(fall), \(row.shadowPrice), \(least)")
    }
}
