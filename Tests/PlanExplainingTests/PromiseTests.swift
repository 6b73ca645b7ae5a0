import Foundation
import Fullshelf
import TestSupport
import Testing

/// Behaviours A7, A9, P5: what promises cost, which cannot be kept together, what a new order can be promised.
@Suite struct PromiseTests {
    /// A7: 1,000 units, promises to accounts that want just that.
    private static func stock(_ units: Double, promises: [Double], tiers: [Int]) -> DataPackage {
        let builder = PackageBuilder(buckets: 1).dc("DC").stock(at: "DC", units)
        for (number, promise) in promises.enumerated() {
            builder.account("A\(number)", tier: tiers[number]).lane("L\(number)", from: "DC", to: "A\(number)").demand(
                "A\(number)", [promise]
            )
            .guarantee("G\(number)", account: "A\(number)", quantity: promise)
        }
        return builder.build().package
    }

    private static func report(_ package: DataPackage) throws -> (PromiseReport, PlanningRun) {
        let planner = Planner(threads: 1)
        let run = try planner.plan(package)
        return (try planner.promises(BasePlan(run)), run)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var units: Double
        var promises: [Double]
        var tiers: [Int]
        var shortfall: Double
        /// The smallest set that cannot be kept together, earlier promises kept out of it as long as may be.
        var conflict: [String]
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "A7: 300 short of 1,300; without any one of 100 and more all but 0 could be kept", units: 1000,
            promises: [400, 100, 200, 300, 300], tiers: [1, 2, 2, 3, 3], shortfall: 300, conflict: ["G0", "G2", "G3", "G4"]),
        Case(name: "two of 60 on 100", units: 100, promises: [60, 60], tiers: [1, 2], shortfall: 20, conflict: ["G0", "G1"]),
        Case(name: "enough for all", units: 500, promises: [100, 200], tiers: [1, 2], shortfall: 0, conflict: []),
        Case(name: "one alone is too much", units: 100, promises: [30, 150], tiers: [1, 2], shortfall: 50, conflict: ["G1"]),
    ]

    @Test(arguments: cases) func theSmallestSetThatCannotBeKept(_ item: Case) throws {
        let package = Self.stock(item.units, promises: item.promises, tiers: item.tiers)
        let (report, run) = try Self.report(package)
        #expect(abs(try conflictShortfall(package, report.conflict) - report.shortfall) <= 1e-3 * item.units)
        let all = run.result.allocation.certificate.ranks.first { $0.rank.aim == .guarantees }?.value ?? .nan
        #expect(abs(all - max(0, item.promises.reduce(0, +) - item.units)) <= 0.05)
        // Any smallest set will do: it cannot be kept, and without any one of its promises it can.
        #expect(report.conflict.isEmpty == item.conflict.isEmpty)
        if !report.conflict.isEmpty { #expect(try conflictShortfall(package, report.conflict) > 1e-3) }
        for one in report.conflict {
            #expect(try conflictShortfall(package, report.conflict.filter { $0 != one }) <= 1e-3 * item.units, "without \(one)")
        }
        let text = promiseText(report, package: package, language: .english)
        for one in report.conflict { #expect(text.contains("\(one) (guarantees.csv:")) }
    }

    /// Solved again with only these promises.
    private func conflictShortfall(_ package: DataPackage, _ ids: [String]) throws -> Double {
        var package = package
        package.guarantees.removeAll { !ids.contains($0.id) }
        let run = try Planner(threads: 1).plan(package)
        return run.result.allocation.certificate.ranks.first { $0.rank.aim == .guarantees }?.value ?? 0
    }

    @Test(arguments: 0..<UInt64(20)) func aConflictIsSmallest(seed: UInt64) throws {
        let season = RandomSeason(seed: 3000 + seed, hasPromises: true)
        let (report, _) = try Self.report(season.package)
        let demand = season.package.demand.reduce(0) { $0 + $1.quantity }
        if report.conflict.isEmpty {
            #expect(try conflictShortfall(season.package, season.package.guarantees.map(\.id)) <= 1e-4 * demand)
            return
        }
        #expect(abs(try conflictShortfall(season.package, report.conflict) - report.shortfall) <= 1e-4 * demand)
        for one in report.conflict {
            #expect(
                try conflictShortfall(season.package, report.conflict.filter { $0 != one }) <= 1e-4 * demand, "seed \(seed): without \(one)"
            )
        }
    }

    /// P5: 100 units, tier 1 wants 80, tier 3 has a promise.
    @Test(arguments: zip([40.0, 10, 60, 25], [20.0, 0, 40, 5])) func aPromiseCostsWhatThePlanWithoutItSaves(promise: Double, cost: Double)
        throws
    {
        let package = PackageBuilder(buckets: 1).product("P", price: 3).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L")
            .account("A").account("B", tier: 2).lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", [80])
            .demand("B", [60])
            .guarantee("G", account: "B", quantity: promise).build().package
        let (report, _) = try Self.report(package)
        let price = try #require(report.prices.first)
        #expect(abs(price.promised - promise) <= 1e-6 && price.served >= promise - 0.05)
        #expect(abs(price.lostByTier[0] - cost) <= 0.05, "\(price)")
        // What tier 1 loses tier 2 gains: 100 are made whatever is promised.
        #expect(abs(price.lostByTier[0] + price.lostByTier[1]) <= 0.1, "\(price)")
        #expect(abs(price.lostValue) <= 0.5, "the same price for both")
        #expect(price.losers.map(\.account) == (cost > 0.05 ? ["A"] : []))
    }

    struct Order: Sendable {
        var bucket: Int
        var quantity: Double
        var free: Double
        /// Bucket from which all of it is free; nil = none.
        var date: Int?
        /// What B (tier 2) loses when A's order is promised.
        var costsB: Double
    }

    /// 100 a bucket; A wants 40, B (tier 2) 50 in each of three buckets: 10 a bucket are free, and add up as they are kept.
    @Test(arguments: [
        Order(bucket: 0, quantity: 10, free: 10, date: 0, costsB: 0), Order(bucket: 0, quantity: 25, free: 10, date: 2, costsB: 15),
        Order(bucket: 1, quantity: 25, free: 20, date: 2, costsB: 5), Order(bucket: 2, quantity: 45, free: 30, date: nil, costsB: 15),
    ]) func capableToPromise(_ order: Order) throws {
        let package = PackageBuilder(buckets: 3).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L").account("A").account(
            "B", tier: 2
        )
        .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", [40, 40, 40]).demand("B", [50, 50, 50]).build()
        .package
        let planner = Planner(threads: 1)
        let run = try planner.plan(package)
        let promise = try planner.promise(BasePlan(run), account: 0, product: 0, bucket: order.bucket, quantity: order.quantity)
        #expect(abs(promise.free - order.free) <= 0.05, "\(promise)")
        #expect(promise.freeDate == order.date.map { package.horizon.firstDay(of: $0).description }, "\(promise)")
        #expect(
            abs(promise.promised.served - order.quantity) <= 0.05 && abs(promise.promised.lostByTier[1] - order.costsB) <= 0.05,
            "\(promise)")
        // Tier 1 comes first anyhow: in its turn the order is served as well.
        #expect(abs(promise.inItsTurn.served - order.quantity) <= 0.05, "\(promise)")
    }

    struct Frozen: Sendable, CustomTestStringConvertible {
        var name: String
        /// Frozen making on L (20 hours) and moving to A and B.
        var make: Double
        var moves: [Double]
        /// Lines of frozen.csv that contradict each other; a smallest set.
        var lines: [Int]
        var testDescription: String { name }
    }

    /// A9: the smallest set of frozen rows, with file and line.
    @Test(arguments: [
        Frozen(name: "more made than the line can", make: 30, moves: [5, 5], lines: [2]),
        Frozen(name: "more moved than is made", make: 10, moves: [8, 8], lines: [3, 4]),
        Frozen(name: "one movement is too much by itself", make: 10, moves: [5, 25], lines: [4]),
    ]) func contradictionsAreNamedWithFileAndLine(_ item: Frozen) throws {
        var package = PackageBuilder(buckets: 2, frozen: 1).plant("PL").line("L", at: "PL", hours: 20).lineProduct("L").account("A")
            .account("B", tier: 2)
            .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", [10, 10]).demand("B", [10, 10])
            .frozen(.make, "L", bucket: 0, item.make).frozen(.move, "PL-A", bucket: 0, item.moves[0]).frozen(
                .move, "PL-B", bucket: 0, item.moves[1]
            )
            .build().package
        for index in package.frozen.indices { package.frozen[index].source = SourcePosition(file: "frozen.csv", line: index + 2) }
        let error = #expect(throws: PlanningError.self) { _ = try Planner(threads: 1).plan(package) }
        guard case .contradictoryInput(let sentences)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let broken = sentences.map(\.english)
        #expect(sentences.allSatisfy { $0.chinese.contains { ("\u{4E00}"..."\u{9FFF}").contains($0) } }, "\(sentences)")
        let named = broken.filter { $0.hasPrefix("frozen.csv:") }
        // Releasing a row of making may make room for any movement: a smallest set holds what quarrels whatever the others do.
        #expect(!named.isEmpty)
        #expect(named.contains { text in item.lines.contains { text.hasPrefix("frozen.csv:\($0):") } }, "\(broken)")
        let kept = try contradictingDecisions(
            package, demand: try Planner(threads: 1).forecast(package).demand, bands: try Planner(threads: 1).forecast(package).bands,
            segmentation: try Planner(threads: 1).forecast(package).segmentation)
        #expect(kept.count == named.count)
    }
}

/// What a plan's own prices tell of its promises is what plans from nothing tell.
@Suite struct PromisesFromAPlanTests {
    private static let planner: Planner = {
        var planner = Planner(threads: 1)
        planner.keepsBasis = true
        return planner
    }()

    /// Whether two burdens agree to what the gap of two plans each allows.
    private static func agree(_ one: [Double], _ other: [Double], demand: Double) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) <= 5e-4 * demand }
    }

    @Test(arguments: 1...UInt64(12)) func pricesAndOrdersAreThoseOfPlansFromNothing(_ seed: UInt64) throws {
        let planner = Self.planner
        let package = RandomSeason(seed: seed, hasPromises: true).package
        let run = try planner.plan(package)
        let warm = BasePlan(run)
        var cold = warm
        cold.basis = nil
        #expect(warm.basis != nil)
        let demand = run.result.demand.quantity.values.reduce(0, +)
        let cost = run.keyFigures.cost.total
        for (one, other) in zip(try planner.promises(warm).prices, try planner.promises(cold).prices) {
            #expect(Self.agree(one.lostByTier, other.lostByTier, demand: demand), "\(one) \(other)")
            #expect(abs(one.cost - other.cost) <= 5e-4 * cost, "\(one) \(other)")
        }
        let pair = run.result.demand.pairs[0]
        let quantity = 0.4 * (run.result.demand.quantity.row(0).max() ?? 0)
        let answers = try [warm, cold].map {
            try planner.promise($0, account: pair.account, product: pair.product, bucket: 0, quantity: quantity)
        }
        #expect(abs(answers[0].free - answers[1].free) <= 1e-3 * quantity)
        #expect(answers[0].freeDate == answers[1].freeDate)
        for (one, other) in [(answers[0].inItsTurn, answers[1].inItsTurn), (answers[0].promised, answers[1].promised)] {
            #expect(Self.agree(one.lostByTier, other.lostByTier, demand: demand), "\(one) \(other)")
            #expect(abs(one.served - other.served) <= 1e-3 * demand, "\(one) \(other)")
        }
        // The same bytes for two threads.
        var two = planner
        two.threads = 2
        let again = try two.promise(warm, account: pair.account, product: pair.product, bucket: 0, quantity: quantity)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(again) == encoder.encode(answers[0]))
        #expect(try encoder.encode(two.promises(warm)) == encoder.encode(planner.promises(warm)))
    }
}
