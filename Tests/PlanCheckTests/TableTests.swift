import PlanCheck
import PlanModel
import TestSupport
import Testing

@Suite struct TableTests {
    private func complaints(_ small: SmallPackage) -> [String] {
        checkTables(package: small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation).map(\.constraint)
    }

    /// Demand 10 20 30 40. Cover of 1: 20 30 40 40. Of 1.5: 20 + 15, 30 + 20, 40 + 20, 40 + 20. Of 4: 20 + 30 + 40 + 40, …, 4 · 40.
    @Test func bandsAreTheCoverOfFutureDemand() {
        var small = PackageBuilder(buckets: 4).account("A").demand("A", [10, 20, 30, 40]).cover(min: 1, target: 1.5, max: 4).build()
        small.bands.min.values = [20, 30, 40, 40]
        small.bands.target.values = [35, 50, 60, 60]
        small.bands.max.values = [130, 150, 160, 160]
        #expect(complaints(small) == [])
        small.bands.target.values[1] = 45
        #expect(complaints(small) == ["account A, product P, bucket 2027-03-08: the band's target must follow from demand and settings"])
    }

    @Test func agreedBandsReplaceAllThreeFigures() {
        var small = PackageBuilder(buckets: 3).account("A").demand("A", [10, 10, 10]).cover(min: 1, target: 2, max: 3)
            .band("A", buckets: 1..<2, min: 7).build()
        small.bands.min.values = [10, 7, 10]
        small.bands.target.values = [20, .infinity, 20]
        small.bands.max.values = [30, .infinity, 30]
        #expect(complaints(small) == [])
        small.bands.max.values[1] = 30
        #expect(complaints(small) == ["account A, product P, bucket 2027-03-08: the band's max must follow from demand and settings"])
    }

    /// The builder counts a cover bucket by bucket, the checker by sums up to a point in time.
    @Test func twoWaysOfCountingCoverAgreeAndAnyChangeIsFound() {
        for seed in 0..<200 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let count = random.whole(1...8)
            let builder = PackageBuilder(buckets: count).cover(
                min: random.uniform() * 3, target: random.uniform() * 6, max: random.uniform() * 12)
            for account in ["A", "B"] { builder.account(account).demand(account, (0..<count).map { _ in random.uniform() * 100 }) }
            var small = builder.build()
            #expect(complaints(small) == [], "seed \(seed)")
            let cell = random.whole(0...2 * count - 1)
            switch random.whole(0...2) {
            case 0: small.bands.min.values[cell] += 0.5
            case 1: small.bands.target.values[cell] += 0.5
            default: small.bands.max.values[cell] += 0.5
            }
            #expect(complaints(small).count == 1, "seed \(seed)")
        }
    }

    @Test func everyPairOfTheDemandHasABand() {
        var small = PackageBuilder(buckets: 1).account("A").account("B").demand("A", [1]).demand("B", [1]).build()
        small.bands.pairs.swapAt(0, 1)
        #expect(complaints(small) == ["bands.csv: there must be a band for each pair of the demand, and no other"])
    }

    @Test func demandIsWholeAndHoldsItsOrders() {
        var small = PackageBuilder(buckets: 2).account("A").demand("A", [5, 5]).build()
        small.demand.ordered.values[1] = 6
        #expect(complaints(small) == ["account A, product P, bucket 2027-03-08: orders must be part of the planned demand"])
        small.demand.quantity.values[1] = .nan
        #expect(complaints(small).contains("account A, product P, bucket 2027-03-08: the planned demand must be a finite number"))
    }

    // MARK: Tiers

    /// Behaviour B2: 400 250 150 60 40 30 25 20 15 10, cuts 0.8 and 0.95: three accounts reach 0.8 exactly, the next three 0.93, the
    /// seventh starts below 0.95.
    private static func segments() -> SmallPackage {
        let values: [Double] = [400, 250, 150, 60, 40, 30, 25, 20, 15, 10]
        let builder = PackageBuilder(buckets: 1)
        for (position, value) in values.enumerated() { builder.account("A\(position)", tier: nil).demand("A\(position)", [value]) }
        var small = builder.build()
        for (position, tier) in [1, 1, 1, 2, 2, 2, 2, 3, 3, 3].enumerated() {
            small.segmentation.segments[position].tier = tier
            small.segmentation.tierOfAccount[position] = tier
        }
        small.segmentation.keyAccountCount = 3
        return small
    }

    @Test func tiersByCumulativeShareAreClean() {
        let small = TableTests.segments()
        #expect((small.segmentation.herfindahlIndex - 0.25245).magnitude < 1e-12)
        #expect((small.segmentation.topFifthShare - 0.65).magnitude < 1e-12)
        #expect(complaints(small) == [])
    }

    struct Damage: Sendable, CustomStringConvertible {
        var description: String
        var complaint: String
        var change: @Sendable (inout SmallPackage) -> Void
    }

    @Test(arguments: [
        Damage(description: "a tier too high", complaint: "account A3: its tier must follow from the share before it") {
            $0.segmentation.segments[3].tier = 1
            $0.segmentation.tierOfAccount[3] = 1
        },
        Damage(description: "two tiers", complaint: "account A9: it must have one tier") { $0.segmentation.tierOfAccount[9] = 1 },
        Damage(description: "a given tier ignored", complaint: "account A8: its tier must be 1, as accounts.csv gives it") {
            $0.package.accounts[8].tier = 1
        },
        Damage(description: "a wrong share", complaint: "account A0: its share must be") { $0.segmentation.segments[0].share = 0.5 },
        Damage(description: "a wrong cumulative share", complaint: "account A1: its cumulative share") {
            $0.segmentation.segments[1].cumulativeShare = 0.7
        },
        Damage(description: "out of order", complaint: "account A0: segments must stand by falling value") {
            $0.segmentation.segments.swapAt(0, 1)
        },
        Damage(description: "an account twice", complaint: "one row for each account") { $0.segmentation.segments[4].account = 5 },
        Damage(description: "a wrong concentration", complaint: "the sum of squared shares") { $0.segmentation.herfindahlIndex = 0.3 },
        Damage(description: "a wrong top fifth", complaint: "top fifth") { $0.segmentation.topFifthShare = 0.8 },
        Damage(description: "key accounts miscounted", complaint: "key accounts must be") { $0.segmentation.keyAccountCount = 4 },
    ])
    func damagedSegmentationIsFound(_ damage: Damage) {
        var small = TableTests.segments()
        damage.change(&small)
        let found = complaints(small)
        #expect(found.contains { $0.contains(damage.complaint) }, "\(found)")
    }
}
