import Fullshelf
import TestSupport
import Testing

/// What two plans have in common and what not, with figures worked out by hand.
@Suite struct PlanComparisonTests {
    /// One line of `hours` units a bucket; A before B.
    static func season(hours: Double, demandA: [Double], demandB: [Double], start: String = "2027-03-01") -> DataPackage {
        let small = PackageBuilder(buckets: demandA.count, start: start).plant("PL").line("L", at: "PL", hours: hours).lineProduct(
            "L", unitCost: 2
        )
        .account("A").account("B", tier: 2).lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B")
        .demand("A", demandA).demand("B", demandB).build()
        return small.package
    }

    static func view(_ package: DataPackage) throws -> PlanView {
        let run = try Planner(threads: 1).plan(package)
        return PlanView(run.result, package: run.package, keyFigures: run.keyFigures)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var hours: (Double, Double)
        var demandA: ([Double], [Double])
        /// Gain of tier 1 and of tier 2, units.
        var gains: [Double]
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "20 h more: B wins 60 of its 90", hours: (100, 120), demandA: ([80, 80, 80], [80, 80, 80]), gains: [0, 60]),
        Case(
            name: "30 h less: B loses the 60 it had and A 30", hours: (100, 70), demandA: ([80, 80, 80], [80, 80, 80]), gains: [-30, -60]),
        Case(
            name: "A wants 20 more in a bucket: B loses them", hours: (100, 100), demandA: ([80, 80, 80], [80, 80, 100]), gains: [0, -20]),
    ]

    @Test(arguments: cases) func gainsAreThoseOfSolvingBoth(_ item: Case) throws {
        let demandB = [50.0, 50, 50]
        let before = try Self.view(Self.season(hours: item.hours.0, demandA: item.demandA.0, demandB: demandB))
        let after = try Self.view(Self.season(hours: item.hours.1, demandA: item.demandA.1, demandB: demandB))
        let comparison = PlanComparison(before, after)
        #expect(comparison.tiers.map(\.tier) == [1, 2])
        for (tier, gain) in zip(comparison.tiers, item.gains) { #expect(abs(tier.gain - gain) <= 0.05, "\(tier)") }
        for (tier, gain) in zip(comparison.tiers, item.gains) { #expect(abs((tier.gainValue ?? .nan) - gain) <= 0.05, "price 1") }
        let made = (comparison.costs.first { $0.part == "making" }).map { $0.after - $0.before } ?? .nan
        let total: (PlanView) -> Double = { $0.plan.production.reduce(0) { $0 + $1.quantity } }
        #expect(abs(made - 2 * (total(after) - total(before))) <= 1e-6 * (1 + abs(made)))
        let back = PlanComparison(after, before)
        for (there, here) in zip(comparison.tiers, back.tiers) { #expect(abs(there.gain + here.gain) <= 1e-9) }
        #expect(comparison.moves.count == back.moves.count)
    }

    @Test func aPlanAgainstItselfIsTheSame() throws {
        let view = try Self.view(Self.season(hours: 100, demandA: [80, 80], demandB: [50, 50]))
        let comparison = PlanComparison(view, view)
        #expect(comparison.isSame && comparison.accounts.isEmpty && comparison.freed.isEmpty && comparison.newlyBinding.isEmpty)
        #expect(comparison.stability.stability == 1)
        #expect(comparisonText(comparison, package: view.package, language: .english).contains("decide the same"))
    }

    @Test func aLineThatHasRoomIsFreed() throws {
        let before = try Self.view(Self.season(hours: 100, demandA: [80, 80], demandB: [50, 50]))
        let after = try Self.view(Self.season(hours: 200, demandA: [80, 80], demandB: [50, 50]))
        let comparison = PlanComparison(before, after)
        #expect(comparison.freed.map(\.kind) == ["hours"] && comparison.freed.map(\.resource) == ["L"])
        #expect(comparison.freed.first?.buckets == ["2027-03-01", "2027-03-08"])
        #expect(comparison.newlyBinding.isEmpty)
        #expect(PlanComparison(after, before).newlyBinding == comparison.freed)
    }

    /// Behaviour A17: a week later, with the stock as planned, near quantities move no more than the demand that changed.
    @Test(arguments: [0.0, 10, 25, -15]) func aWeekLaterMovesNoMoreThanTheChangeInDemand(change: Double) throws {
        let demand = [50.0, 50, 50, 150, 150, 150, 60, 60]
        let builder = { (buckets: Int, start: String) in
            PackageBuilder(buckets: buckets, start: start).plant("PL", holdingCost: 0.1).line("L", at: "PL", hours: 105).lineProduct("L")
                .account("A").lane("PL-A", from: "PL", to: "A")
        }
        let before = try Self.view(builder(8, "2027-03-01").demand("A", demand).build().package)
        var later = Array(demand.dropFirst())
        later[3] += change
        let stock = before.plan.siteStock.filter { $0.bucket == 0 }.reduce(0) { $0 + $1.quantity }
        let held = before.plan.accountPlan.filter { $0.bucket == 0 }.reduce(0) { $0 + $1.stock }
        let after = try Self.view(
            builder(7, "2027-03-08").stock(at: "PL", "P", stock).stock(at: "A", "P", held).demand("A", later).build().package)
        let figure = PlanComparison(before, after, nearBuckets: 3).stability
        #expect(abs(figure.demandChange - abs(change)) <= 1e-6)
        #expect(figure.madeChange <= abs(change) + 0.05, "\(figure)")
        #expect(figure.movedChange <= abs(change) + 0.05, "\(figure)")
        #expect(figure.from == "2027-03-08" && figure.to == "2027-03-22")
    }

    struct Kept: Sendable {
        var demandBefore: [Double]
        var demandAfter: [Double]
        /// Units tier 1 loses by keeping the first bucket, by hand.
        var lost: Double
    }

    /// Near buckets kept as the earlier plan had them, and what that costs.
    @Test(arguments: [
        // 100 a bucket: the first plan makes 50 at first and had no need of more; the peak then grows by 70, of which 10 fit in the second bucket, 10 are lost anyhow.
        Kept(demandBefore: [50, 90, 100], demandAfter: [50, 90, 170], lost: 50),
        Kept(demandBefore: [50, 90, 100], demandAfter: [50, 90, 105], lost: 0),
        Kept(demandBefore: [50, 90, 170], demandAfter: [50, 90, 170], lost: 0),
    ]) func keepingTheNearBucketsHasItsPrice(_ item: Kept) throws {
        func package(_ demand: [Double]) -> DataPackage {
            PackageBuilder(buckets: 3).plant("PL", holdingCost: 1).line("L", at: "PL", hours: 100).lineProduct("L").account(
                "A", stockCapacity: 0
            )
            .lane("PL-A", from: "PL", to: "A").demand("A", demand).build().package
        }
        let planner = Planner(threads: 1)
        let earlier = try Self.view(package(item.demandBefore))
        let stations = try planner.forecast(package(item.demandAfter))
        let (run, kept) = try planner.plan(stations, keeping: earlier, buckets: 1)
        #expect(kept.stability > 0.999 && kept.stability >= kept.stabilityFree - 1e-9)
        #expect(abs(kept.lostByTier[0] - item.lost) <= 0.05, "\(kept)")
        #expect(abs(run.lost() - (try planner.plan(stations)).lost() - item.lost) <= 0.05)
        let made = { (plan: Plan) in plan.production.filter { $0.bucket == 0 }.reduce(0) { $0 + $1.quantity } }
        #expect(abs(made(run.result.allocation.plan) - made(earlier.plan)) <= 1e-6)
    }
}
