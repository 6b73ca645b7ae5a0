import PlanModel
import TestSupport
import Testing

@testable import PlanCheck

@Suite struct ShelfLifeTests {
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var life: Int?
        var made: [Double]
        var moved: [Double]
        var isKept: Bool
    }

    /// Behaviour A2 on demand 50 50 50 150 150 150: the least loss for a life of 2, 1 and 0 buckets is 0, 50 and 150; plans that claim to
    /// lose less break the shelf life.
    @Test(arguments: [
        Case(
            description: "keeps, 0 short", life: nil, made: [100, 100, 100, 100, 100, 100], moved: [50, 50, 50, 150, 150, 150], isKept: true
        ),
        Case(
            description: "life 2, 0 short", life: 2, made: [100, 100, 100, 100, 100, 100], moved: [50, 50, 50, 150, 150, 150], isKept: true),
        Case(
            description: "life 1, 0 short", life: 1, made: [100, 100, 100, 100, 100, 100], moved: [50, 50, 50, 150, 150, 150], isKept: false
        ),
        Case(
            description: "life 1, 50 short", life: 1, made: [50, 100, 100, 100, 100, 100], moved: [50, 50, 50, 150, 150, 100], isKept: true),
        Case(
            description: "life 1, 49 short", life: 1, made: [51, 100, 100, 100, 100, 100], moved: [50, 50, 50, 150, 150, 101], isKept: false
        ),
        Case(
            description: "life 0, 50 short", life: 0, made: [50, 100, 100, 100, 100, 100], moved: [50, 50, 50, 150, 150, 100], isKept: false
        ),
        Case(
            description: "life 0, 150 short", life: 0, made: [50, 50, 50, 100, 100, 100], moved: [50, 50, 50, 100, 100, 100], isKept: true),
        Case(
            description: "kept at the account", life: 1, made: [50, 50, 50, 100, 100, 100], moved: [50, 50, 50, 100, 100, 100], isKept: true
        ),
        Case(
            description: "too long at the account", life: 1, made: [100, 100, 0, 100, 100, 100], moved: [100, 100, 0, 100, 100, 100],
            isKept: false),
    ])
    func unitsAreServedWithinTheirShelfLife(_ item: Case) {
        let small = WorkedPlans.seasonalLine(shelfLife: item.life)
        let report = check(PlanSketch(small).make("L", item.made).move("PL-A", item.moved).plan(), small)
        #expect(report.isClean == item.isKept, "\(report.complaints)")
        if !item.isKept { #expect(report.violations.allSatisfy { $0.constraint.contains("shelf life") }) }
    }

    /// A of the alphabet comes first but keeps its goods for a bucket; only B can use the lot that expires now. Taking the oldest lots lane
    /// by lane sends them to A; the flows find the other way round.
    @Test func lotsMayBeChosenOtherwiseThanFirstExpiredFirstOut() throws {
        let small = PackageBuilder(buckets: 2).dc("DC").account("A").account("B").lane("DC-A", from: "DC", to: "A").lane(
            "DC-B", from: "DC", to: "B"
        )
        .stock(at: "DC", 50, expires: "2027-03-02").stock(at: "DC", 50, expires: "2027-03-09").demand("A", [0, 50]).demand("B", [50, 0])
        .build()
        let plan = PlanSketch(small).move("DC-A", [50]).move("DC-B", [50]).plan()
        let network = try #require(networks(plan, small).first)
        #expect(network.firstExpiredFirstOut() != nil)
        #expect(check(plan, small).isClean)
    }

    /// The same with the lots named: B must get the one that expires now. Named the other way round it stands at A past its day, though other lots would do.
    @Test(arguments: [
        (lots: [("DC-A", Int?.none, 50.0), ("DC-B", 0, 50)], complaint: String?.none),
        ([("DC-A", 0, 50), ("DC-B", nil, 50)], "account A, product P, bucket 2027-03-01: with the lots of lots.csv"),
        ([("DC-A", nil, 50), ("DC-B", 0, 30)], "lane DC-B, product P, bucket 2027-03-01: its lots must add up to what is moved"),
        (
            [("DC-A", nil, 20), ("DC-A", 0, 30), ("DC-B", 0, 50)],
            "site DC, product P, bucket 2027-03-01: the lots that lots.csv takes must be there"
        ),
        ([("DC-A", nil, 50), ("DC-B", 0, 50), ("DC-C", 0, 5)], "lane DC-C, product P, bucket 2027-03-01: lots.csv speaks of a movement"),
        ([("DC-A", nil, 50), ("DC-B", 2, 50)], "lots.csv: a row refers to the bucket to serve by number 2"),
        ([("DC-A", nil, 25), ("DC-A", nil, 25), ("DC-B", 0, 50)], "lots.csv must have one row for each kind of lot, not two"),
    ])
    func namedLotsMustBeThereAndInTime(_ lots: [(lane: String, serveBy: Int?, quantity: Double)], complaint: String?) throws {
        let small = PackageBuilder(buckets: 2).dc("DC").account("A").account("B").account("C").lane("DC-A", from: "DC", to: "A")
            .lane("DC-B", from: "DC", to: "B").lane("DC-C", from: "DC", to: "C").stock(at: "DC", 50, expires: "2027-03-02")
            .stock(at: "DC", 50).demand("A", [0, 50]).demand("B", [50, 0]).build()
        var plan = PlanSketch(small).move("DC-A", [50]).move("DC-B", [50]).plan()
        plan.lots = try lots.map { lot in
            let lane = try #require(small.package.lanes.firstIndex { $0.id == lot.lane })
            return LotRow(bucket: 0, lane: lane, product: 0, serveBy: lot.serveBy, quantity: lot.quantity)
        }
        let report = check(plan, small)
        #expect(report.isClean == (complaint == nil), "\(report.complaints)")
        if let complaint { #expect(report.complaints.contains(complaint), "\(report.complaints)") }
    }

    /// 30 units that expire and 50 that keep go to A, where 50 are served at once: some of the 30 may be taken off later, if they were not served, but no more
    /// than there are.
    @Test(arguments: [(takenOff: 20.0, isClean: true), (30, true), (0, true), (40, false)])
    func whatIsTakenOffLaterWasNotServedBefore(takenOff: Double, isClean: Bool) {
        let small = PackageBuilder(buckets: 3).dc("DC").account("A").lane("DC-A", from: "DC", to: "A").stock(
            at: "DC", 30, expires: "2027-03-09"
        )
        .stock(at: "DC", 50).demand("A", [50, 0, 0]).build()
        var plan = PlanSketch(small).move("DC-A", [80]).expire(at: "A", [0, takenOff, 0]).plan()
        plan.lots = [(1, 30.0), (nil, 50)].map { LotRow(bucket: 0, lane: 0, product: 0, serveBy: $0, quantity: $1) }
        let report = check(plan, small)
        #expect(report.isClean == isClean, "\(report.complaints)")
        if !isClean { #expect(report.complaints.contains("with the lots of lots.csv, units must be served"), "\(report.complaints)") }
    }

    /// Goods that keep need no lots named; where they are they must add up all the same.
    @Test func lotsOfGoodsThatKeepAddUpToo() {
        let small = PackageBuilder(buckets: 1).dc("DC").account("A").lane("DC-A", from: "DC", to: "A").stock(at: "DC", 50)
            .demand("A", [50]).build()
        var plan = PlanSketch(small).move("DC-A", [50]).plan()
        #expect(check(plan, small).isClean)
        plan.lots = [LotRow(bucket: 0, lane: 0, product: 0, serveBy: nil, quantity: 30)]
        let complaints = check(plan, small).complaints
        #expect(complaints.contains("its lots must add up to what is moved [20.0"), "\(complaints)")
    }

    /// 50 units of life 0 made a bucket too early: the flows prove exactly 50 units late.
    @Test func theProofSaysHowManyUnitsAreLate() throws {
        let small = WorkedPlans.seasonalLine(shelfLife: 0)
        let plan = PlanSketch(small).make("L", [50, 50, 100, 100, 100, 100]).move("PL-A", [50, 50, 50, 150, 100, 100]).plan()
        let violation = try #require(check(plan, small).violations.first)
        #expect(violation.amount == 50)
        #expect(violation.constraint.hasPrefix("site PL, product P, bucket 2027-03-15"))
    }

    /// Goods on a lane longer than they live arrive only to be taken off.
    @Test func goodsThatExpireOnTheWayAreTakenOffOnArrival() {
        let small = PackageBuilder(buckets: 4).product("P", shelfLife: 1).plant("PL").line("L", at: "PL", hours: 10).lineProduct("L")
            .account("A")
            .lane("PL-A", from: "PL", to: "A", leadTime: 2).demand("A", [0, 0, 5, 5]).build()
        let sketch = PlanSketch(small).make("L", [5]).move("PL-A", [5]).serve("A", [])
        #expect(check(sketch.expire(at: "A", [0, 0, 5]).plan(), small).isClean)
        let served = PlanSketch(small).make("L", [5]).move("PL-A", [5]).plan()
        #expect(check(served, small).violations.map(\.constraint).contains { $0.contains("shelf life") })
    }

    /// Two roads: flows class by class, and the linear program over all classes at once.
    @Test(arguments: [0, 1, 2])
    func flowsAndTheLinearProgramAgree(_ shorter: Int) {
        var (kept, broken) = (0, 0)
        for seed in 2000..<2120 as Range<UInt64> {
            var worked = WorkedPlan.random(seed: seed)
            for product in worked.small.package.products.indices {
                worked.small.package.products[product].shelfLife = worked.small.package.products[product].shelfLife.map {
                    max(0, $0 - shorter)
                }
            }
            for network in networks(worked.plan, worked.small) {
                switch (network.verdict(), network.lotProgramVerdict()) {
                case (.kept, .kept): kept += 1
                case (.broken(let units, _), .broken(let least, _)):
                    broken += 1
                    #expect(units > 0 && least > 0, "seed \(seed)")
                case (let flows, let program): Issue.record("seed \(seed): \(flows) by flows, \(program) by the linear program")
                }
            }
        }
        #expect(shorter == 0 ? kept > 50 && broken == 0 : broken > 50)
    }

    @Test func aTableThatWouldBeTooLargeLeavesTheQuestionOpen() throws {
        let network = try #require(networks(WorkedPlans.shelfLifeOfTwo.plan, WorkedPlans.shelfLifeOfTwo.small).first)
        guard case .open = network.lotProgramVerdict(largestTable: 10) else {
            Issue.record("a table of ten entries cannot decide this")
            return
        }
        guard case .kept = network.lotProgramVerdict() else {
            Issue.record("the plan keeps its shelf lives")
            return
        }
    }

    /// Ford & Fulkerson's textbook network with the crossing arc: 2 + 1 units get through, 1 more needs the crossing undone.
    @Test func maximumFlowUndoesAWrongTurn() {
        var flow = MaxFlow(nodeCount: 4, tolerance: 1e-12)
        for (from, to, capacity) in [(0, 1, 2.0), (0, 2, 1.0), (1, 2, 1.0), (1, 3, 1.0), (2, 3, 2.0)] {
            _ = flow.add(from: from, to: to, forward: capacity)
        }
        #expect(flow.augment(from: 0, to: 3) == 3)
        #expect(flow.augment(from: 0, to: 3) == 0)
    }

    /// x + y = 4 with x − y = 2 has x = 3, y = 1. With x + y = 1 besides no row may be overshot: x = 1, y = 0 misses 3 + 1. −x = 2 misses
    /// 2.
    @Test(arguments: [
        ([[1.0, 1], [1, -1]], [4.0, 2], 0.0), ([[1.0, 1], [1, -1], [1, 1]], [4.0, 2, 1], 4.0), ([[-1.0, 0]], [2.0], 2.0),
        ([[1.0, 2]], [0.0], 0.0),
    ])
    func simplexFindsTheLeastInfeasibility(_ rows: [[Double]], _ right: [Double], _ expected: Double) throws {
        var program = FeasibilityProgram(rowCount: rows.count, columnCount: 2)
        for (index, row) in rows.enumerated() {
            for column in 0..<2 { program[index, column] = row[column] }
            program.setRightHandSide(index, right[index])
        }
        let missing = program.leastInfeasibility()
        #expect((try #require(missing) - expected).magnitude <= 1e-12)
    }

    private func networks(_ plan: Plan, _ small: SmallPackage) -> [LotNetwork] {
        var log = ViolationLog()
        let ledger = Ledger(plan: plan, package: small.package, demand: small.demand, bands: small.bands, log: &log)
        return ledger.lotRows().enumerated().compactMap { ledger.lotNetwork(ofProduct: $0.offset, rows: $0.element) }
    }
}
