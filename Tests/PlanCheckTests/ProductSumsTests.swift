import PlanCheck
import PlanModel
import TestSupport
import Testing

/// Behaviour A13: sums agree, to the unit.
@Suite struct ProductSumsTests {
    struct Case: Sendable, CustomStringConvertible {
        var worked: WorkedPlan
        var product = 0
        /// opening, in transit, made = served, closing, expired; by hand from the decisions of the worked plan.
        var sums: [Double]

        var description: String { "\(worked.name), product \(product)" }
    }

    @Test(arguments: [
        Case(worked: WorkedPlans.preBuild, sums: [0, 0, 600, 600, 0, 0]),
        Case(worked: WorkedPlans.shelfLifeOfOne, sums: [0, 0, 550, 550, 0, 0]),
        Case(worked: WorkedPlans.transportBinds, sums: [200, 0, 0, 120, 80, 0]),
        Case(worked: WorkedPlans.expiringStock, sums: [40, 0, 0, 30, 0, 10]),
        Case(worked: WorkedPlans.guarantees, sums: [1000, 0, 0, 1000, 0, 0]),
        Case(worked: WorkedPlans.network, sums: [30, 10, 100, 130, 10, 0]),
        Case(worked: WorkedPlans.network, product: 1, sums: [10, 0, 30, 6, 34, 0]),
    ])
    func everyUnitIsAccountedFor(_ item: Case) {
        let small = item.worked.small
        let sums = productSums(of: item.worked.plan, package: small.package, demand: small.demand)[item.product]
        #expect([sums.opening, sums.inTransit, sums.made, sums.served, sums.closing, sums.expired] == item.sums)
        #expect(sums.onTheWay == 0)
        #expect(sums.sources == sums.uses)
    }

    @Test func sumsOfRandomPlansAgree() {
        for seed in 1000..<1100 as Range<UInt64> {
            let worked = WorkedPlan.random(seed: seed)
            for sums in productSums(of: worked.plan, package: worked.small.package, demand: worked.small.demand) {
                #expect((sums.sources - sums.uses).magnitude <= 1e-9 * (1 + sums.sources), "seed \(seed)")
            }
        }
    }

    @Test(arguments: [WorkedPlans.preBuild, WorkedPlans.expiringStock, WorkedPlans.network])
    func aUnitThatVanishesIsMissedInTheSums(_ worked: WorkedPlan) throws {
        var plan = worked.plan
        let last = try #require(plan.accountPlan.lastIndex { $0.served > 0 })
        plan.accountPlan[last].served -= 1
        plan.accountPlan[last].lost += 1
        let complaints = check(plan, worked.small).violations.map(\.constraint)
        #expect(complaints.contains { $0.contains("must add up to served, closing, on the way and expired") })
    }

    /// Dispatched too late to arrive: no rule-keeping plan does it, but the sums still know where the goods are.
    @Test func goodsDueAfterTheHorizonAreOnTheWay() {
        let small = PackageBuilder(buckets: 2).dc("DC").account("A").lane("DC-A", from: "DC", to: "A", leadTime: 1).stock(at: "DC", 30)
            .demand("A", [0, 10]).build()
        let plan = PlanSketch(small).move("DC-A", [10, 7]).plan()
        let sums = productSums(of: plan, package: small.package, demand: small.demand)[0]
        #expect([sums.opening, sums.served, sums.closing, sums.onTheWay] == [30, 10, 13, 7])
        #expect(
            check(plan, small).violations.map(\.constraint) == [
                "lane DC-A, product P, bucket 2027-03-08: what is dispatched must arrive within the horizon"
            ])
    }
}
