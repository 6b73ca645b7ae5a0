import Fullshelf
import TestSupport
import Testing

/// Behaviour P6: the gap between plan and season, split by cause, adding up to the whole.
@Suite struct SeasonReviewTests {
    struct Week: Sendable {
        var sold: Double
        var shipped: Double
        var closing: Double
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Planned demand, served and delivered, by week.
        var demand: [Double]
        var served: [Double]
        var delivered: [Double]
        var weeks: [Week]
        var expected: SeasonReview.Gap
        var testDescription: String { name }
    }

    private static func gap(_ lost: Double, allocation: Double = 0, forecast: Double = 0, supply: Double = 0, execution: Double = 0)
        -> SeasonReview.Gap
    {
        var gap = SeasonReview.Gap()
        gap.lost = lost
        gap.allocation = allocation
        gap.forecast = forecast
        gap.supply = supply
        gap.execution = execution
        return gap
    }

    static let cases = [
        Case(
            name: "as planned: nothing to explain", demand: [100, 100], served: [100, 100], delivered: [100, 100],
            weeks: [Week(sold: 100, shipped: 100, closing: 5), Week(sold: 95, shipped: 95, closing: 5)], expected: gap(0)),
        Case(
            name: "the plan chose to lose 30", demand: [100, 100], served: [100, 70], delivered: [100, 70],
            weeks: [Week(sold: 100, shipped: 100, closing: 0), Week(sold: 70, shipped: 70, closing: 0)], expected: gap(30, allocation: 30)),
        Case(
            name: "40 came a week late: 40 lost of the first week for want of supply", demand: [100, 100], served: [100, 100],
            delivered: [100, 100],
            weeks: [Week(sold: 60, shipped: 60, closing: 0), Week(sold: 100, shipped: 140, closing: 40)], expected: gap(40, supply: 40)),
        Case(
            name: "goods were there and 20 were not sold", demand: [100, 100], served: [100, 100], delivered: [100, 100],
            weeks: [Week(sold: 80, shipped: 100, closing: 0), Week(sold: 100, shipped: 100, closing: 20)], expected: gap(20, execution: 20)),
    ]

    private static func review(_ item: Case) -> SeasonReview {
        let count = item.demand.count
        let small = PackageBuilder(buckets: count).dc("DC").account("A").lane("DC-A", from: "DC", to: "A").demand("A", item.demand).build()
        let plan = Plan(
            movements: item.delivered.enumerated().map {
                MovementRow(bucket: $0.offset, lane: 0, product: 0, quantity: $0.element, arrives: $0.offset)
            },
            accountPlan: item.demand.indices.map {
                AccountPlanRow(
                    bucket: $0, account: 0, product: 0, demand: item.demand[$0], served: item.served[$0],
                    lost: item.demand[$0] - item.served[$0],
                    backlog: 0, stock: 0, under: 0, over: 0)
            })
        var later = small.package
        later.settings.horizon = Horizon(unit: .week, start: small.package.horizon.firstDay(of: count), count: 4)
        let pairs = [Pair(account: 0, product: 0)]
        func table(_ values: [Double]) -> HistoryTable { HistoryTable(pairs: pairs, firstBucket: -count, values: values) }
        later.history = History(
            sales: table(item.weeks.map(\.sold)), shipments: table(item.weeks.map(\.shipped)),
            closingStock: table(item.weeks.map(\.closing)))
        return SeasonReview(PlanView(package: small.package, plan: plan, segmentation: small.segmentation), actual: later)
    }

    @Test(arguments: cases) func theCausesAreThoseOfTheHand(_ item: Case) {
        let total = Self.review(item).total
        #expect(abs(total.lost - item.expected.lost) <= 1e-9, "\(total)")
        #expect(abs(total.allocation - item.expected.allocation) <= 1e-9, "\(total)")
        #expect(abs(total.forecast - item.expected.forecast) <= 1e-9, "\(total)")
        #expect(abs(total.supply - item.expected.supply) <= 1e-9, "\(total)")
        #expect(abs(total.execution - item.expected.execution) <= 1e-9, "\(total)")
    }

    @Test(arguments: 0..<UInt64(200)) func thePartsAddUpToTheWhole(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = random.whole(1...6)
        let demand = (0..<count).map { _ in 200 * random.uniform() }
        let served = demand.map { $0 * random.uniform() }
        let weeks = (0..<count).map { _ in
            Week(sold: 200 * random.uniform(), shipped: 200 * random.uniform(), closing: random.chance(0.4) ? 0 : 50 * random.uniform())
        }
        let review = Self.review(
            Case(name: "", demand: demand, served: served, delivered: served, weeks: weeks, expected: SeasonReview.Gap()))
        let total = review.total
        #expect(abs(total.allocation + total.forecast + total.supply + total.execution - total.lost) <= 1e-9 * (1 + total.wanted))
        #expect(abs(total.wanted - total.sold - total.lost) <= 1e-9 * (1 + total.wanted) && total.lost >= -1e-9)
        let accounts = review.accounts.reduce(0) { $0 + $1.gap.lost }
        #expect(abs(accounts - total.lost) <= 1e-9 * (1 + total.wanted))
    }

    /// Shipments of the product were complete, but went to the other account: execution, not supply.
    @Test func whatWentToOthersIsExecution() throws {
        let small = PackageBuilder(buckets: 1).dc("DC").account("A").account("B", tier: 2).lane("DC-A", from: "DC", to: "A").lane(
            "DC-B", from: "DC", to: "B"
        )
        .demand("A", [100]).demand("B", [100]).build()
        let plan = Plan(
            movements: [
                MovementRow(bucket: 0, lane: 0, product: 0, quantity: 100, arrives: 0),
                MovementRow(bucket: 0, lane: 1, product: 0, quantity: 100, arrives: 0),
            ],
            accountPlan: [0, 1].map {
                AccountPlanRow(
                    bucket: 0, account: $0, product: 0, demand: 100, served: 100, lost: 0, backlog: 0, stock: 0, under: 0, over: 0)
            })
        var later = small.package
        later.settings.horizon = Horizon(unit: .week, start: small.package.horizon.firstDay(of: 1), count: 4)
        let pairs = [Pair(account: 0, product: 0), Pair(account: 1, product: 0)]
        func table(_ values: [Double]) -> HistoryTable { HistoryTable(pairs: pairs, firstBucket: -1, values: values) }
        later.history = History(sales: table([70, 120]), shipments: table([70, 130]), closingStock: table([0, 10]))
        let review = SeasonReview(PlanView(package: small.package, plan: plan, segmentation: small.segmentation), actual: later)
        let gap = try #require(review.accounts.first { $0.account == "A" }).gap
        #expect(abs(gap.lost - 30) <= 1e-9 && abs(gap.supply) <= 1e-9 && abs(gap.execution - 30) <= 1e-9, "\(gap)")
    }
}
