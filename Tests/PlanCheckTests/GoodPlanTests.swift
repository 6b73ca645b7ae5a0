import PlanCheck
import PlanModel
import TestSupport
import Testing

@Suite struct GoodPlanTests {
    @Test(arguments: WorkedPlans.all)
    func goodPlanIsCleanAndItsRanksAreWorthWhatTheHandSays(_ worked: WorkedPlan) {
        let report = check(worked.plan, worked.small)
        #expect(report.isClean, "\(report.complaints)")
        #expect(report.feasibility.maxViolation <= 1e-12)
        #expect(!report.rankValues.isEmpty)
        for (rank, value) in report.rankValues {
            let expected = worked.values[rank] ?? 0
            #expect((value - expected).magnitude <= 1e-9 * (1 + expected), "\(rank): \(value), by hand \(expected) (\(worked.origin))")
        }
        #expect(Set(worked.values.keys).isSubset(of: report.rankValues.map(\.rank)))
    }

    /// Groups in order, inside a group tier by tier; an aim without tiers stands once in tier 1's turn.
    @Test func ranksStandInTheOrderOfTheSettings() {
        let small = PackageBuilder(buckets: 1).dc("DC").account("A", tier: 1).account("B", tier: 3).demand("A", [1]).demand("B", [1])
            .ranks([[.lostSales, .guarantees, .sharing], [.stockUnderMinimum], [.cost, .lateness]])
            .sharing(.proportional, byTier: [2: .weighted]).build()
        let ranks = check(PlanSketch(small).plan(), small).rankValues.map {
            "\($0.rank.aim.rawValue)\($0.rank.tier.map(String.init) ?? "")"
        }
        #expect(
            ranks == [
                "lost-sales1", "guarantees", "sharing1", "lost-sales2", "lost-sales3", "sharing3", "stock-under-minimum1",
                "stock-under-minimum2",
                "stock-under-minimum3", "cost", "lateness1", "lateness2", "lateness3",
            ])
    }

    /// 60 of 150 units lost, at prices 4 (given), 7 (last general row) and 3 (last row of any account), or by volume.
    /// Value 10 · 4 + 20 · 7 + 30 · 3, volume 10 · 2 + 20 · 1 + 30 · 0.5.
    @Test(arguments: [(Measure.quantity, 60.0), (Measure.value, 270.0), (Measure.volume, 55.0)])
    func lostSalesAreCountedInTheMeasureAskedFor(_ measure: Measure, _ expected: Double) throws {
        var small = PackageBuilder(buckets: 1).measure(measure).product("P", volume: 2, price: 4).product("Q").product("R", volume: 0.5)
            .dc("DC").account("A").demand("A", "P", [10]).demand("A", "Q", [20]).demand("A", "R", [30]).build()
        let day = try #require(CalendarDate("2027-01-01"))
        small.package.prices = [
            PriceRow(date: day, product: 1, price: 5), PriceRow(date: day.adding(days: 9), product: 1, price: 7),
            PriceRow(date: day.adding(days: 30), account: 0, product: 1, price: 9), PriceRow(date: day, account: 0, product: 2, price: 3),
        ]
        let report = check(PlanSketch(small).plan(), small)
        #expect(report.isClean, "\(report.complaints)")
        #expect(report.value(.lostSales, tier: 1) == expected)
    }

    /// Promises to a group, to a tier and over some buckets count what was served to them, at the larger of units and share.
    @Test func guaranteesCountWhatWasServedToThem() {
        let small = PackageBuilder(buckets: 3).dc("DC").stock(at: "DC", 100)
            .account("A", tier: 1, group: "north").account("B", tier: 2, group: "north").account("C", tier: 2, group: "south")
            .lane("DC-A", from: "DC", to: "A").lane("DC-B", from: "DC", to: "B").lane("DC-C", from: "DC", to: "C")
            .demand("A", [10, 10, 10]).demand("B", [20, 20, 20]).demand("C", [30, 30, 30])
            .guarantee("G1", group: "north", quantity: 50)  // 10 + 20 served: 20 short
            .guarantee("G2", tier: 2, buckets: 1..<3, share: 0.5)  // half of 100, 20 served: 30 short
            .guarantee("G3", account: "A", buckets: 0..<1, quantity: 3, share: 0.2)  // 3 and 2, 10 served
            .build()
        let report = check(PlanSketch(small).move("DC-A", [10]).move("DC-B", [0, 20]).plan(), small)
        #expect(report.isClean, "\(report.complaints)")
        #expect(report.value(.guarantees) == 50)
    }

    @Test func stockWhoseLastDayIsBeforeTheStartIsGone() {
        let small = PackageBuilder(buckets: 2).account("A").stock(at: "A", 10, expires: "2027-02-28").stock(at: "A", 5).demand("A", [3, 3])
            .build()
        let report = check(PlanSketch(small).plan(), small)
        #expect(report.isClean, "\(report.complaints)")
        #expect(report.value(.lostSales, tier: 1) == 1)
    }

    /// Its last day is the first day of bucket 1: it may be served in all of bucket 1.
    @Test func stockMayBeServedInTheBucketOfItsLastDay() {
        let small = PackageBuilder(buckets: 3).account("A").stock(at: "A", 10, expires: "2027-03-08").demand("A", [0, 6, 0]).build()
        let report = check(PlanSketch(small).expire(at: "A", [0, 4]).plan(), small)
        #expect(report.isClean, "\(report.complaints)")
    }

    @Test func rowsOfZerosAndTheirOrderDoNotMatter() {
        let worked = WorkedPlans.network
        var plan = worked.plan
        plan.movements.append(MovementRow(bucket: 1, lane: 0, product: 1, quantity: 0, arrives: 1))
        plan.siteStock.append(SiteStockRow(bucket: 3, site: 1, product: 0, quantity: 0))
        plan.production.reverse()
        plan.accountPlan.reverse()
        let report = check(plan, worked.small)
        #expect(report.isClean, "\(report.complaints)")
        #expect(report.value(.cost) == check(worked.plan, worked.small).value(.cost))
    }
}
