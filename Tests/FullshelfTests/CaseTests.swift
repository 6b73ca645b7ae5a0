import Foundation
import Fullshelf
import TestSupport
import Testing

/// fixtures/cases: every small case of the behaviour list planned from its files, and compared with the figures worked out by hand in its
/// README.
@Suite struct CaseTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("fixtures/cases")

    static let cases = [
        "A1", "A2-life-0", "A2-life-1", "A2-life-2", "A3-early", "A3-short", "A4", "A5", "A6-maxmin", "A6-proportional", "A7", "A7-share",
        "A8-lost", "A8-waits", "A10-cheaper", "A10-needed", "A10-not-needed", "A15-case", "A15-lot",
    ]

    @Test func noCaseIsForgotten() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0 != "README.md" }
        #expect(found.sorted() == Self.cases.sorted())
    }

    private static func plan(_ name: String) throws -> PlanningRun {
        try Planner(threads: 2).plan(packageAt: folder.appendingPathComponent("\(name)/input").path)
    }

    /// An amount may be off by what the gap leaves: a rank is held to 1e-4 of its value, or of a thousandth of all demand. Of a sum of squares
    /// V that leaves Σ δ² / D ≤ 1e-4 · V (proportional) or Σ δ² ≤ 1e-4 · V (maxmin), so δ = √(1e-4 · V · D) or √(1e-4 · V) to one account.
    private static func tolerance(_ run: PlanningRun, account: Int, demand: Double) -> Double {
        let tier = run.result.segmentation.tierOfAccount[account]
        let sharing = Rank(aim: .sharing, tier: tier)
        let squares = run.result.allocation.certificate.ranks.first { $0.rank == sharing }?.value ?? 0
        let rule = run.package.settings.plan.sharingByTier[tier] ?? run.package.settings.plan.sharing
        let gap = run.package.settings.plan.gap
        return 1e-3 * max(1, demand) + (gap * max(0, squares) * (rule == .proportional ? demand : 1)).squareRoot()
    }

    @Test(arguments: cases) func everybodyIsServedWhatWasWorkedOutByHand(_ name: String) throws {
        let run = try Self.plan(name)
        let expected = try String(contentsOf: Self.folder.appendingPathComponent("\(name)/expected/totals.csv"), encoding: .utf8)
        let rows = expected.split(separator: "\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
        try #require(!rows.isEmpty)
        for row in rows {
            let own = run.result.allocation.plan.accountPlan.filter {
                run.package.accounts[$0.account].id == row[0] && run.package.products[$0.product].id == row[1]
            }
            let sums = [
                own.reduce(0) { $0 + $1.demand }, own.reduce(0) { $0 + $1.served }, own.reduce(0) { $0 + $1.lost },
            ]
            let account = try #require(run.package.accounts.firstIndex { $0.id == row[0] })
            for (found, text) in zip(sums, row.dropFirst(2)) {
                let wanted = try #require(Double(text))
                #expect(abs(found - wanted) <= Self.tolerance(run, account: account, demand: sums[0]), "\(name) \(row): \(sums)")
            }
        }
        for sums in productSums(of: run.result.allocation.plan, package: run.package, demand: run.result.demand) {
            #expect(abs(sums.sources - sums.uses) <= 1e-6 * (1 + sums.sources), "A13: \(name)")
        }
        let explained = run.result.shortages.reduce(0) { $0 + $1.lost }
        let lost = run.result.allocation.plan.accountPlan.reduce(0) { $0 + $1.lost }
        #expect(abs(explained - lost) <= 1e-6 * (1 + lost), "A11: causes add up")
    }

    /// The cause that each case's README names; crumbs below a hundredth of a unit say nothing.
    @Test(arguments: [
        ("A3-short", ShortageReason.lane, "PLANT-K1"), ("A8-lost", .material, "CAN"), ("A2-life-0", .hours, "L1"),
    ]) func theCauseIsTheOneThatBinds(_ name: String, _ reason: ShortageReason, _ resource: String) throws {
        let run = try Self.plan(name)
        let causes = run.result.shortages.filter { $0.lost > 0.01 }
        try #require(!causes.isEmpty)
        for cause in causes { #expect(cause.reason == reason && cause.resource == resource, "\(cause)") }
        if reason == .material {
            #expect(causes.allSatisfy { causeSentence($0, package: run.package, language: .english).contains("its next receipt is in") })
        }
    }
}

/// Behaviour A11: removing a named cause, that is giving more of that resource in that bucket, reduces the loss; checked by solving again.
@Suite struct WhyShortTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var small: SmallPackage
        /// What is lost, by hand.
        var lost: Double
        var testDescription: String { name }
    }

    private static func line(_ hours: Double, buckets: Int) -> PackageBuilder {
        PackageBuilder(buckets: buckets).plant("PL").line("L", at: "PL", hours: hours).lineProduct("L")
    }

    static let cases = [
        Case(
            name: "hours: 180 made, 210 wanted",
            small: line(60, buckets: 3).account("A").lane("PL-A", from: "PL", to: "A").demand("A", [30, 30, 150]).build(), lost: 30),
        Case(
            name: "lane: 120 carried, 150 wanted",
            small: line(1000, buckets: 3).account("A").lane("PL-A", from: "PL", to: "A", capacity: 40).demand("A", [0, 0, 150]).build(),
            lost: 30),
        Case(
            name: "pool: 50 a bucket for two lanes, 160 wanted in two",
            small: line(1000, buckets: 2).account("A").account("B", tier: 2).lane("PL-A", from: "PL", to: "A").lane(
                "PL-B", from: "PL", to: "B"
            )
            .pool("K", capacity: 50, lanes: ["PL-A", "PL-B"]).demand("A", [40, 40]).demand("B", [40, 40]).build(), lost: 60),
        Case(
            name: "material: 80 for 70 + 70",
            small: line(1000, buckets: 2).bom("P", "M").material("M", at: "PL", bucket: 0, 50).material("M", at: "PL", bucket: 1, 30)
                .account("A").account("B", tier: 2).lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B")
                .demand("A", [35, 35]).demand("B", [35, 35]).build(), lost: 60),
        Case(
            name: "storage: 20 kept for a peak of 150 with 60 a bucket",
            small: line(60, buckets: 2).account("A", stockCapacity: 0).lane("PL-A", from: "PL", to: "A").capacity(
                .storage, of: "PL", bucket: 0, 20
            )
            .demand("A", [0, 150]).build(), lost: 70),
        Case(
            name: "two tiers on one line: 100 for 80 + 80",
            small: line(100, buckets: 1).account("A").account("B", tier: 2).lane("PL-A", from: "PL", to: "A").lane(
                "PL-B", from: "PL", to: "B"
            )
            .demand("A", [80]).demand("B", [80]).build(), lost: 60),
    ]

    private static func solved(_ small: SmallPackage) throws -> (lost: Double, causes: [ShortageRow]) {
        let outcome = try allocate(
            small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation,
            options: AllocationOptions(threads: 1))
        let causes = shortageCauses(
            small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation, allocation: outcome)
        return (outcome.plan.accountPlan.reduce(0) { $0 + $1.lost }, causes)
    }

    /// The package with `more` of what the cause names.
    private static func eased(_ package: DataPackage, _ cause: ShortageRow, by more: Double) throws -> DataPackage {
        var package = package
        let bucket = try #require(cause.resourceBucket)
        func raise(_ kind: CapacityKind, _ ids: [String]) throws {
            let resource = try #require(ids.firstIndex(of: cause.resource))
            let own = package.capacities(kind, of: resource)[bucket]
            package.capacityOverrides.removeAll { $0.kind == kind && $0.resource == resource && $0.bucket == bucket }
            package.capacityOverrides.append(CapacityOverride(kind: kind, resource: resource, bucket: bucket, capacity: own + more))
        }
        switch cause.reason {
        case .hours: try raise(.hours, package.lines.map(\.id))
        case .lane: try raise(.lane, package.lanes.map(\.id))
        case .pool: try raise(.pool, package.pools.map(\.id))
        case .storage: try raise(.storage, package.sites.map(\.id))
        case .material:
            let material = try #require(package.materials.firstIndex(of: cause.resource))
            let index = try #require(package.materialReceipts.firstIndex { $0.material == material && $0.bucket == bucket })
            package.materialReceipts[index].quantity += more
        default: Issue.record("\(cause.reason.rawValue) cannot be eased")
        }
        return package
    }

    @Test(arguments: cases) func moreOfTheNamedCauseReducesTheLoss(_ item: Case) throws {
        let before = try Self.solved(item.small)
        #expect(abs(before.lost - item.lost) <= 1e-3 * item.lost)
        #expect(abs(before.causes.reduce(0) { $0 + $1.lost } - before.lost) <= 1e-6 * (1 + before.lost))
        let causes = before.causes.filter { $0.lost > 0.01 * item.lost }
        try #require(!causes.isEmpty)
        for cause in causes {
            var small = item.small
            small.package = try Self.eased(small.package, cause, by: 10)
            // All resources here count one a unit, so ten more of the right one serve ten more.
            #expect(try Self.solved(small).lost <= before.lost - 9.9, "\(cause)")
        }
    }
}
