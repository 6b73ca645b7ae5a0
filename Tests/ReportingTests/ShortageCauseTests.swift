import PlanModel
import Reporting
import TestSupport
import Testing

/// A plan written by hand, and what its losses must be put down to.
struct CauseCase: Sendable, CustomTestStringConvertible {
    /// Account, bucket, reason, resource, resource bucket, units.
    struct Expected: Sendable, Equatable {
        var account: String
        var bucket: Int
        var reason: ShortageReason
        var resource: String
        var resourceBucket: Int?
        var lost: Double
    }

    var name: String
    var small: SmallPackage
    var plan: Plan
    var prices: [RankPrices] = []
    var resources: [ResourceRow] = []
    var expected: [Expected]
    var origin: String
    var testDescription: String { name }

    var allocation: AllocationOutcome {
        AllocationOutcome(
            plan: plan, certificate: Certificate(ranks: [], feasibility: FeasibilityReport(maxViolation: 0, constraint: "")),
            resources: resources,
            rankPrices: prices, guaranteeServed: [])
    }

    var rows: [ShortageRow] {
        shortageCauses(small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation, allocation: allocation)
    }
}

private func causeCases() -> [CauseCase] {
    var cases: [CauseCase] = []

    // A3: lane 40 a bucket; shipping from the start brings 120 to a peak of 200.
    let lane = PackageBuilder(buckets: 3).plant("PL").line("L", at: "PL", hours: 1000).lineProduct("L").account("A")
        .lane("PL-A", from: "PL", to: "A", capacity: 40).demand("A", "P", [0, 0, 200]).build()
    cases.append(
        CauseCase(
            name: "A3: a full lane is named with its bucket, not the idle line", small: lane,
            plan: PlanSketch(lane).make("L", "P", [40, 40, 40]).move("PL-A", "P", [40, 40, 40]).plan(),
            expected: [.init(account: "A", bucket: 2, reason: .lane, resource: "PL-A", resourceBucket: 2, lost: 80)],
            origin: "by hand: 200 - 3 x 40"))

    // The same with a lead time of one: what leaves in bucket 1 arrives in 2.
    let slow = PackageBuilder(buckets: 3).plant("PL").line("L", at: "PL", hours: 1000).lineProduct("L").account("A")
        .lane("PL-A", from: "PL", to: "A", leadTime: 1, capacity: 40).demand("A", "P", [0, 0, 200]).build()
    cases.append(
        CauseCase(
            name: "A3 with a lead time: the last dispatch that arrives in time", small: slow,
            plan: PlanSketch(slow).make("L", "P", [40, 40, 0]).move("PL-A", "P", [40, 40, 0]).plan(),
            expected: [.init(account: "A", bucket: 2, reason: .lane, resource: "PL-A", resourceBucket: 1, lost: 120)],
            origin: "by hand: 200 - 2 x 40"))

    // A5: 100 hours, tier 1 takes 80 of them.
    let hours = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L").account("A", tier: 1).account(
        "B", tier: 2
    )
    .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", "P", [80]).demand("B", "P", [80]).build()
    cases.append(
        CauseCase(
            name: "A5: the line's hours", small: hours,
            plan: PlanSketch(hours).make("L", "P", [100]).move("PL-A", "P", [80]).move("PL-B", "P", [20]).plan(),
            expected: [.init(account: "B", bucket: 0, reason: .hours, resource: "L", resourceBucket: 0, lost: 60)],
            origin: "by hand: 80 + 80 - 100"))

    // Pre-build was possible and is used up as well: the nearest bucket is named.
    let early = PackageBuilder(buckets: 3).plant("PL").line("L", at: "PL", hours: 50).lineProduct("L").account("A").lane(
        "PL-A", from: "PL", to: "A"
    )
    .demand("A", "P", [0, 0, 200]).build()
    cases.append(
        CauseCase(
            name: "of several full buckets the nearest to the loss", small: early,
            plan: PlanSketch(early).make("L", "P", [50, 50, 50]).move("PL-A", "P", [0, 0, 150]).plan(),
            expected: [.init(account: "A", bucket: 2, reason: .hours, resource: "L", resourceBucket: 2, lost: 50)],
            origin: "by hand: 200 - 3 x 50"))

    // The nearest bucket is full, an earlier one is not, but the plant cannot keep the goods: storage.
    let store = PackageBuilder(buckets: 2).plant("PL", storage: 10).line("L", at: "PL", hours: 50).lineProduct("L").account(
        "A", stockCapacity: 0
    )
    .lane("PL-A", from: "PL", to: "A").demand("A", "P", [0, 100]).build()
    cases.append(
        CauseCase(
            name: "a full store or full hours, whichever lies on the way with the fewest obstacles and nearest", small: store,
            plan: PlanSketch(store).make("L", "P", [10, 50]).move("PL-A", "P", [0, 60]).plan(),
            expected: [.init(account: "A", bucket: 1, reason: .hours, resource: "L", resourceBucket: 1, lost: 40)],
            origin: "by hand: 100 - 10 - 50"))

    // A8: two products on one material; the lower tier's waits.
    let material = PackageBuilder(buckets: 3).product("P").product("Q").plant("PL").line("L", at: "PL", hours: 1000).lineProduct("L", "P")
        .lineProduct("L", "Q").bom("P", "glass", 1).bom("Q", "glass", 2).material("glass", at: "PL", bucket: 0, 100)
        .material("glass", at: "PL", bucket: 2, 50).account("A", tier: 1).account("B", tier: 2).lane("PL-A", from: "PL", to: "A")
        .lane("PL-B", from: "PL", to: "B").demand("A", "P", [80]).demand("B", "Q", [30, 0, 20]).build()
    cases.append(
        CauseCase(
            name: "A8: the material that ran out", small: material,
            plan: PlanSketch(material).make("L", "P", [80]).make("L", "Q", [10, 0, 20]).move("PL-A", "P", [80]).move(
                "PL-B", "Q", [10, 0, 20]
            ).plan(),
            expected: [.init(account: "B", bucket: 0, reason: .material, resource: "glass", resourceBucket: 0, lost: 20)],
            origin: "by hand: (100 - 80) / 2 = 10 of 30"))

    // A pool over two lanes.
    let pool = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 1000).lineProduct("L").account("A", tier: 1).account(
        "B", tier: 2
    )
    .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").pool("DOCK", capacity: 100, lanes: ["PL-A", "PL-B"]).demand(
        "A", "P", [70]
    )
    .demand("B", "P", [60]).build()
    cases.append(
        CauseCase(
            name: "a pool shared by lanes", small: pool,
            plan: PlanSketch(pool).make("L", "P", [100]).move("PL-A", "P", [70]).move("PL-B", "P", [30]).plan(),
            expected: [.init(account: "B", bucket: 0, reason: .pool, resource: "DOCK", resourceBucket: 0, lost: 30)],
            origin: "by hand: 70 + 60 - 100"))

    // Line and lane both full: neither alone would help, so both are named, half each.
    let both = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 30).lineProduct("L").account("A")
        .lane("PL-A", from: "PL", to: "A", capacity: 30).demand("A", "P", [50]).build()
    cases.append(
        CauseCase(
            name: "two obstacles in a row share the loss", small: both,
            plan: PlanSketch(both).make("L", "P", [30]).move("PL-A", "P", [30]).plan(),
            expected: [
                .init(account: "A", bucket: 0, reason: .hours, resource: "L", resourceBucket: 0, lost: 10),
                .init(account: "A", bucket: 0, reason: .lane, resource: "PL-A", resourceBucket: 0, lost: 10),
            ], origin: "by hand: 50 - 30, halved"))

    // Only stock, all of it gone.
    let stock = PackageBuilder(buckets: 1).plant("PL").stock(at: "PL", "P", 60).account("A", tier: 1).account("B", tier: 2).lane(
        "PL-A", from: "PL", to: "A"
    )
    .lane("PL-B", from: "PL", to: "B").demand("A", "P", [50]).demand("B", "P", [50]).build()
    cases.append(
        CauseCase(
            name: "stock that ran out", small: stock, plan: PlanSketch(stock).move("PL-A", "P", [50]).move("PL-B", "P", [10]).plan(),
            expected: [.init(account: "B", bucket: 0, reason: .stock, resource: "PL", resourceBucket: 0, lost: 40)],
            origin: "by hand: 100 - 60"))

    // Two lanes in a row, 1 and 3 buckets: nothing can be there before bucket 4.
    let far = PackageBuilder(buckets: 5).plant("PL").dc("DC").line("L", at: "PL", hours: 100).lineProduct("L").account("A")
        .lane("PL-DC", from: "PL", to: "DC", leadTime: 1).lane("DC-A", from: "DC", to: "A", leadTime: 3).demand("A", "P", [0, 0, 7, 0, 9])
        .build()
    cases.append(
        CauseCase(
            name: "the longest lane of a way that is too long, with its first dispatch", small: far,
            plan: PlanSketch(far).make("L", "P", [9]).move("PL-DC", "P", [9]).move("DC-A", "P", [0, 9]).plan(),
            expected: [.init(account: "A", bucket: 2, reason: .leadTime, resource: "DC-A", resourceBucket: 1, lost: 7)],
            origin: "by hand: 1 + 3 > 2"))

    // Made in bucket 0 it would arrive in 2, a bucket too old; making later is too late.
    let perishable = PackageBuilder(buckets: 3).product("P", shelfLife: 1).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L")
        .account("A")
        .lane("PL-A", from: "PL", to: "A", leadTime: 2).demand("A", "P", [0, 0, 5]).build()
    cases.append(
        CauseCase(
            name: "goods that do not keep as long as the way", small: perishable, plan: PlanSketch(perishable).plan(),
            expected: [.init(account: "A", bucket: 2, reason: .shelfLife, resource: "L", resourceBucket: 0, lost: 5)],
            origin: "by hand: 2 > 1"))

    // Everything is free: an earlier rank holds the goods back.
    let held = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L").account("A").lane(
        "PL-A", from: "PL", to: "A"
    )
    .demand("A", "P", [50]).build()
    cases.append(
        CauseCase(
            name: "no scarce resource: an earlier rank", small: held,
            plan: PlanSketch(held).make("L", "P", [20]).move("PL-A", "P", [20]).plan(),
            expected: [.init(account: "A", bucket: 0, reason: .rank, resource: "A", resourceBucket: nil, lost: 30)],
            origin: "by hand: 50 - 20"))

    // Backorders of 1: the loss of bucket 0 could still be served in bucket 1, where the line is full too.
    let late = PackageBuilder(buckets: 2).plant("PL").line("L", at: "PL", hours: 10).lineProduct("L").account("A", backorder: 1).lane(
        "PL-A", from: "PL", to: "A"
    )
    .demand("A", "P", [30, 0]).build()
    cases.append(
        CauseCase(
            name: "with backorders the whole time it may be served in counts", small: late,
            plan: PlanSketch(late).make("L", "P", [10, 10]).move("PL-A", "P", [10, 10]).plan(),
            expected: [.init(account: "A", bucket: 1, reason: .hours, resource: "L", resourceBucket: 1, lost: 10)],
            origin: "by hand: 30 - 2 x 10"))
    return cases
}

@Suite struct ShortageCauseTests {
    @Test(arguments: causeCases())
    func causesAreThoseOfTheCase(_ example: CauseCase) {
        let rows = example.rows.map {
            CauseCase.Expected(
                account: example.small.package.accounts[$0.account].id, bucket: $0.bucket, reason: $0.reason, resource: $0.resource,
                resourceBucket: $0.resourceBucket, lost: $0.lost)
        }
        #expect(rows == example.expected, "\(example.origin)")
    }

    @Test(arguments: causeCases())
    func causesAddUpToTheLossAndTheSameRunGivesTheSameRows(_ example: CauseCase) {
        let rows = example.rows
        let lost = example.plan.accountPlan.reduce(0) { $0 + $1.lost }
        #expect(abs(rows.reduce(0) { $0 + $1.lost } - lost) <= 1e-9 * (1 + lost))
        #expect(rows == example.rows)
    }

    @Test func theKeyAccountThatTookTheHoursIsNamedWithItsTier() throws {
        let example = try #require(causeCases().first { $0.name.hasPrefix("A5") })
        let row = try #require(example.rows.first)
        #expect(
            row.takenBy == [
                Taker(account: 0, rank: Rank(aim: .lostSales, tier: 1), quantity: 80),
                Taker(account: 1, rank: Rank(aim: .lostSales, tier: 2), quantity: 20),
            ])
    }

    @Test func materialGoesToTheTakersInItsOwnMeasureAndTheSentenceNamesTheNextReceipt() throws {
        let example = try #require(causeCases().first { $0.name.hasPrefix("A8") })
        let row = try #require(example.rows.first)
        // 80 of P take 80, 10 of Q take 20.
        #expect(row.takenBy.map(\.quantity) == [80, 20])
        let sentence = causeSentence(row, package: example.small.package, language: .english)
        #expect(
            sentence
                == "20 lost: material glass has run out in the week of 1 Mar 2027; its next receipt is in the week of 15 Mar 2027. It went to A (tier 1, 80), B (tier 2, 20)."
        )
    }

    /// Two lanes of equal standing, but the rank's prices say that only B's own lane is scarce for it: prices decide over the count of obstacles.
    @Test func pricesDecideWhereThereAreSome() throws {
        let small = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 30).lineProduct("L").account("A")
            .lane("PL-A", from: "PL", to: "A", capacity: 30).demand("A", "P", [50]).build()
        let resources = [
            ResourceRow(bucket: 0, kind: .hours, resource: 0, capacity: 30, used: 30),
            ResourceRow(bucket: 0, kind: .lane, resource: 0, capacity: 30, used: 30),
        ]
        for (hours, lane, expected) in [(0.0, 1.0, [20.0]), (1.0, 0.0, [20.0]), (0.25, 0.75, [15.0, 5.0])] {
            let example = CauseCase(
                name: "", small: small, plan: PlanSketch(small).make("L", "P", [30]).move("PL-A", "P", [30]).plan(),
                prices: [RankPrices(rank: Rank(aim: .lostSales, tier: 1), resourcePrices: [hours, lane], guaranteePrices: [])],
                resources: resources, expected: [],
                origin: "")
            let rows = example.rows
            #expect(rows.map(\.lost) == expected)
            #expect(rows.first?.reason == (hours > lane ? .hours : .lane))
        }
    }

    /// A price on a lane that the plan leaves half empty is not believed.
    @Test func aPriceOnAnUnusedCapacityNamesNothing() {
        let small = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 30).lineProduct("L").account("A")
            .lane("PL-A", from: "PL", to: "A", capacity: 60).demand("A", "P", [50]).build()
        let resources = [
            ResourceRow(bucket: 0, kind: .hours, resource: 0, capacity: 30, used: 30),
            ResourceRow(bucket: 0, kind: .lane, resource: 0, capacity: 60, used: 30),
        ]
        let example = CauseCase(
            name: "", small: small, plan: PlanSketch(small).make("L", "P", [30]).move("PL-A", "P", [30]).plan(),
            prices: [RankPrices(rank: Rank(aim: .lostSales, tier: 1), resourcePrices: [0, 1], guaranteePrices: [])], resources: resources,
            expected: [],
            origin: "")
        #expect(example.rows.map(\.reason) == [.hours])
    }

    /// Tier 2 holds a promise of 40; without it tier 1 would get all 100.
    @Test func aPromiseToALaterTierAnswersForItsPart() {
        let small = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L").account("A", tier: 1).account(
            "B", tier: 2
        )
        .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").guarantee("G", account: "B", quantity: 40).demand(
            "A", "P", [110]
        )
        .demand("B", "P", [60]).build()
        var allocation = CauseCase(
            name: "", small: small, plan: PlanSketch(small).make("L", "P", [100]).move("PL-A", "P", [60]).move("PL-B", "P", [40]).plan(),
            expected: [], origin: ""
        ).allocation
        allocation.guaranteeServed = [40]
        let rows = shortageCauses(
            small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation, allocation: allocation)
        let ofA = rows.filter { $0.account == 0 }
        #expect(ofA.map(\.reason) == [.promise, .hours])
        #expect(ofA.map(\.lost) == [40, 10])
        #expect(ofA.first?.resource == "G")
        #expect(ofA.first?.takenBy == [Taker(account: 1, rank: Rank(aim: .guarantees, tier: nil), quantity: 40)])
    }

    /// Cases of 10 on a lane of 35: 5 units of capacity are left, but no case fits.
    @Test func aCapacityThatHoldsNoFurtherCaseIsUsedUp() {
        let small = PackageBuilder(buckets: 1).product("P", caseMultiple: 10).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L")
            .account("A")
            .lane("PL-A", from: "PL", to: "A", capacity: 35).demand("A", "P", [50]).build()
        let example = CauseCase(
            name: "", small: small, plan: PlanSketch(small).make("L", "P", [30]).move("PL-A", "P", [30]).plan(), expected: [], origin: "")
        #expect(example.rows.map(\.reason) == [.lane])
    }

    /// Made-up seasons of many losses: parts add up in every cell, nothing unsaturated is named, takers fall and are at most five.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func everyCellOfASeasonIsExplained(seed: UInt64) {
        let season = SyntheticSeason(capacityShare: 0.8, seed: seed)
        let plan = season.result.allocation.plan
        let rows = shortageCauses(
            season.package, demand: season.result.demand, bands: season.result.bands, segmentation: season.result.segmentation,
            allocation: season.result.allocation)
        struct Cell: Hashable { var bucket, account, product: Int }
        var sums: [Cell: Double] = [:]
        for row in rows {
            sums[Cell(bucket: row.bucket, account: row.account, product: row.product), default: 0] += row.lost
            #expect(row.lost > 0)
            #expect(row.takenBy.count <= 5)
            #expect(zip(row.takenBy, row.takenBy.dropFirst()).allSatisfy { $0.quantity >= $1.quantity })
        }
        let lost = plan.accountPlan.filter { $0.lost > 1e-9 * max(1, $0.demand) }
        #expect(lost.count > 50)
        #expect(sums.count == lost.count)
        for row in lost {
            let sum = sums[Cell(bucket: row.bucket, account: row.account, product: row.product)] ?? 0
            #expect(abs(sum - row.lost) <= 1e-9 * (1 + row.lost))
        }
        for row in rows where row.reason == .hours {
            guard let line = season.package.lines.firstIndex(where: { $0.id == row.resource }), let bucket = row.resourceBucket else {
                Issue.record("\(row.resource) is no line")
                continue
            }
            let used = plan.production.filter { $0.line == line && $0.bucket == bucket }.reduce(0) { $0 + $1.hours }
            let capacity = season.package.lines[line].hoursPerBucket + season.package.lines[line].overtimeHoursPerBucket
            #expect(used >= capacity * (1 - 2e-6))
        }
        #expect(rows.contains { $0.reason == .hours })
    }
}
