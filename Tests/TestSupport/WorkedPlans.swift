import PlanModel

/// A package, a good plan for it worked out by hand, and what its ranks are worth.
public struct WorkedPlan: Sendable, CustomStringConvertible {
    public var name: String
    public var small: SmallPackage
    public var plan: Plan
    /// Ranks that are not 0.
    public var values: [Rank: Double]
    /// Where the numbers come from.
    public var origin: String

    public init(name: String, small: SmallPackage, plan: Plan, values: [Rank: Double], origin: String) {
        self.name = name
        self.small = small
        self.plan = plan
        self.values = values
        self.origin = origin
    }

    public var description: String { name }
}

/// Good plans by hand; every one is feasible, not every one is optimal.
public enum WorkedPlans {
    public static let all = [
        preBuild, shelfLifeOfOne, shelfLifeOfTwo, transportBinds, keyAccountsFirst, proportionalSharing, maxminSharing, strictNotGreedy,
        guarantees, materials, backorders, backlogAtTheEnd, expiringStock, network,
    ]

    /// Behaviour A1, stock at the plant at a holding cost of 0.1: 0.1 · (50 + 100 + 150 + 100 + 50) = 45.
    public static let preBuild = worked(
        "A1 pre-build", seasonalLine(holdingCost: 0.1), [Rank(aim: .cost, tier: nil): 45], origin: "behaviour A1, by hand"
    ) { $0.make("L", [100, 100, 100, 100, 100, 100]).move("PL-A", [50, 50, 50, 150, 150, 150]) }

    /// Behaviour A2: with a life of one bucket, bucket 1 makes 50 for bucket 2, which frees bucket 2 for bucket 3, and so on: 550 of 600.
    public static let shelfLifeOfOne = worked(
        "A2 shelf life 1", seasonalLine(shelfLife: 1),
        [Rank(aim: .lostSales, tier: 1): 50, Rank(aim: .sharing, tier: 1): 50 * 50 / 600], origin: "behaviour A2, by hand"
    ) { $0.make("L", [50, 100, 100, 100, 100, 100]).move("PL-A", [50, 50, 50, 150, 150, 100]) }

    public static let shelfLifeOfTwo = worked("A2 shelf life 2", seasonalLine(shelfLife: 2), [:], origin: "behaviour A2, by hand") {
        $0.make("L", [100, 100, 100, 100, 100, 100]).move("PL-A", [50, 50, 50, 150, 150, 150])
    }

    /// Behaviour A3: 40 a bucket to a peak of 100; shipping starts in the first bucket.
    public static let transportBinds = worked(
        "A3 transport binds",
        PackageBuilder(buckets: 3).dc("DC").stock(at: "DC", 200).account("A").lane("DC-A", from: "DC", to: "A", unitCost: 0.5, capacity: 40)
            .demand("A", [0, 20, 100]).build(),
        [Rank(aim: .cost, tier: nil): 60], origin: "behaviour A3, by hand; cost 0.5 · 120"
    ) { $0.move("DC-A", [40, 40, 40]) }

    /// Behaviour A5.
    public static let keyAccountsFirst = worked(
        "A5 key accounts first", oneSource(100, [("A", 1, 80), ("B", 2, 80)]),
        [Rank(aim: .lostSales, tier: 2): 60, Rank(aim: .sharing, tier: 2): 45], origin: "behaviour A5; sharing 60² / 80"
    ) { $0.move("DC-A", [80]).move("DC-B", [20]) }

    /// Behaviour A6: each loses 60 %.
    public static let proportionalSharing = worked(
        "A6 proportional", oneSource(60, [("A", 1, 10), ("B", 1, 40), ("C", 1, 100)]),
        [Rank(aim: .lostSales, tier: 1): 90, Rank(aim: .sharing, tier: 1): 54], origin: "behaviour A6; 54 = 36 / 10 + 576 / 40 + 3600 / 100"
    ) { $0.move("DC-A", [4]).move("DC-B", [16]).move("DC-C", [40]) }

    public static let maxminSharing = worked(
        "A6 maxmin", oneSource(60, [("A", 1, 10), ("B", 1, 40), ("C", 1, 100)], sharing: .maxmin),
        [Rank(aim: .lostSales, tier: 1): 90, Rank(aim: .sharing, tier: 1): 1350], origin: "behaviour A6; 1350 = 10² + 25² + 25²"
    ) { $0.move("DC-A", [10]).move("DC-B", [25]).move("DC-C", [25]) }

    /// Behaviour A4.
    public static let strictNotGreedy = worked(
        "A4 strict, not greedy",
        PackageBuilder(buckets: 1).plant("P1").plant("P2").line("L1", at: "P1", hours: 100).line("L2", at: "P2", hours: 100)
            .lineProduct("L1").lineProduct("L2").account("A", tier: 1).account("B", tier: 2)
            .lane("P1-A", from: "P1", to: "A").lane("P2-A", from: "P2", to: "A").lane("P1-B", from: "P1", to: "B")
            .demand("A", [100]).demand("B", [100]).build(), [:], origin: "behaviour A4"
    ) { $0.make("L1", [100]).make("L2", [100]).move("P2-A", [100]).move("P1-B", [100]) }

    /// Behaviour A7: 1,300 promised, 1,000 there.
    public static let guarantees = worked(
        "A7 guarantees first", promises(),
        [
            Rank(aim: .guarantees, tier: nil): 300, Rank(aim: .lostSales, tier: 1): 4000,
            Rank(aim: .sharing, tier: 1): 600 * 600 / 1000 + 900 * 900 / 1000 + 800 * 800 / 1000 + 700 * 700 / 1000 + 1000,
        ], origin: "behaviour A7; everyone asks for 1,000"
    ) { $0.move("DC-A", [400]).move("DC-B", [100]).move("DC-C", [200]).move("DC-D", [300]) }

    /// Behaviour A8: 100 of the material, then 50; P takes 1, Q takes 2. Q, of the lower tier, waits for the receipt of bucket 2.
    public static let materials = worked(
        "A8 materials",
        PackageBuilder(buckets: 3).product("P").product("Q").plant("PL").line("L", at: "PL", hours: 1000).lineProduct("L", "P").lineProduct(
            "L", "Q"
        )
        .bom("P", "M", 1).bom("Q", "M", 2).material("M", at: "PL", bucket: 0, 100).material("M", at: "PL", bucket: 2, 50)
        .account("A", tier: 1).account("B", tier: 2).lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B")
        .demand("A", "P", [60, 40, 10]).demand("B", "Q", [0, 20, 20]).build(),
        [Rank(aim: .lostSales, tier: 2): 20, Rank(aim: .sharing, tier: 2): 10], origin: "by hand; sharing 20² / 40"
    ) {
        $0.make("L", "P", [60, 40, 10]).make("L", "Q", [0, 0, 20]).move("PL-A", "P", [60, 40, 10]).move("PL-B", "Q", [0, 0, 20])
    }

    /// 60 a bucket against 50, 100, 0 and one bucket of patience: 30 wait for the third bucket.
    public static let backorders = worked(
        "backorders", patient(demand: [50, 100, 0]), [Rank(aim: .lateness, tier: 1): 30 * 3], origin: "by hand; weight 3"
    ) { $0.make("L", [60, 60, 30]).move("PL-A", [60, 60, 30]) }

    /// 60 a bucket against 50, 100, 100: 70 are owed at the end, within the 200 of the last two buckets.
    public static let backlogAtTheEnd = worked(
        "backlog at the end", patient(demand: [50, 100, 100], buckets: 2),
        [
            Rank(aim: .lateness, tier: 1): (30 + 70) * 3, Rank(aim: .lostSales, tier: 1): 70 * 3,
            Rank(aim: .sharing, tier: 1): 70 * 70 / 250,
        ], origin: "by hand; weight 3, sharing 70² / 250"
    ) { $0.make("L", [60, 60, 60]).move("PL-A", [60, 60, 60]) }

    /// 30 units good until a day of bucket 1 against 10 a bucket: 10 go to waste at its end, fresh stock comes in bucket 2.
    public static let expiringStock = worked(
        "expiring stock",
        PackageBuilder(buckets: 3).account("A").dc("DC").lane("DC-A", from: "DC", to: "A").stock(at: "A", 30, expires: "2027-03-10")
            .stock(at: "DC", 10).demand("A", [10, 10, 10]).build(), [:], origin: "by hand"
    ) { $0.move("DC-A", [0, 0, 10]).expire(at: "A", [0, 10]) }

    /// Most kinds of constraint at once, many of them without any room; the sums are beside `networkPackage`.
    public static let network = worked(
        "network", networkPackage().build(),
        [
            Rank(aim: .guarantees, tier: nil): 5, Rank(aim: .lostSales, tier: 2): 20, Rank(aim: .sharing, tier: 2): 2,
            Rank(aim: .lateness, tier: 2): 60, Rank(aim: .stockUnderMinimum, tier: 2): 40, Rank(aim: .cost, tier: nil): 585.46,
        ],
        origin: "by hand; 585.46 = 200 + 90 making + 10 overtime + 9 + 22 + 9 transport + 115 + 130 holding + 0.4 over + 0.06 over target"
    ) {
        $0.make("L", "P", [50, 50]).make("L", "Q", [0, 30])
            .move("PL-DC", "P", [40, 30]).move("PL-DC", "Q", [0, 10]).move("PL-B", "P", [0, 10, 20])
            .move("DC-A", "P", [0, 20, 40, 30]).move("DC-A", "Q", [0, 0, 5, 5])
    }

    /// A plant with a line and materials, a DC, two accounts, frozen first bucket.
    ///
    /// - B's 10 of opening stock serve bucket 0; 20 wait in bucket 1; in bucket 2 it gets 10, may owe 10 and loses 10; then it gets 20.
    /// - P at the DC: 20, 50, 40, 10; Q there: 0, 0, 5, 0; volume 20, 50, 50, 10. At the plant P 10, 20, 0, 0 and Q 10, 30, 30, 30: volume
    ///   30, 80, 60, 60. A keeps 4 of Q at the end, 2 over the maximum and 3 over the target.
    /// - Line: 50 / 10 + 1 = 6 hours, then 6 + 30 / 5 = 12 with 2 of overtime. Material: 100 of 100 used.
    /// - Lane PL-DC carries 40, then 30 + 2 · 10 = 50. The pool holds 40, 50, 20 units.
    public static func networkPackage() -> PackageBuilder {
        PackageBuilder(buckets: 4, frozen: 1)
            .product("P", price: 4, caseMultiple: 5, shelfLife: 2).product("Q", volume: 2, price: 10)
            .plant("PL", storage: 80, holdingCost: 0.5).dc("DC", storage: 50, holdingCost: 1)
            .line("L", at: "PL", hours: 10, overtime: 4, overtimeCost: 5)
            .capacity(.overtime, of: "L", bucket: 1, 2).capacity(.hours, of: "L", bucket: 3, 0)
            .lineProduct("L", "P", rate: 10, unitCost: 2, minLot: 20, multiple: 10, setupHours: 1).lineProduct(
                "L", "Q", rate: 5, unitCost: 3
            )
            .bom("P", "M", 1).material("M", at: "PL", bucket: 0, 100).material("M", at: "PL", bucket: 2, 60)
            .account("A", tier: 1, stockCapacity: 8).account("B", tier: 2, weight: 2, backorder: 1)
            .lane("PL-DC", from: "PL", to: "DC", leadTime: 1, unitCost: 0.1, capacity: 50, minShipment: 10, multiple: 10)
            .lane("DC-A", from: "DC", to: "A", unitCost: 0.2, capacity: 50)
            .lane("PL-B", from: "PL", to: "B", leadTime: 1, unitCost: 0.3, products: ["P"])
            .pool("K", capacity: 50, measure: .quantity, lanes: ["PL-DC", "PL-B"])
            .stock(at: "DC", "P", 20).stock(at: "PL", "Q", 10).stock(at: "B", "P", 10).inTransit(to: "DC", "P", bucket: 1, 10)
            .demand("A", "P", [0, 20, 40, 30]).demand("A", "Q", [0, 0, 5, 1]).demand("B", "P", [10, 20, 10, 10])
            .band("B", "P", min: 5).band("A", "Q", target: 1, max: 2)
            .guarantee("G", account: "B", product: "P", share: 0.9)
            .frozen(.make, "L", "P", bucket: 0, 50).frozen(.move, "PL-DC", "P", bucket: 0, 40)
    }

    // MARK: Parts

    /// Behaviour A1's package: 100 a bucket against 50 50 50 150 150 150.
    public static func seasonalLine(holdingCost: Double = 0, shelfLife: Int? = nil) -> SmallPackage {
        PackageBuilder(buckets: 6).product("P", shelfLife: shelfLife).plant("PL", holdingCost: holdingCost).line("L", at: "PL", hours: 100)
            .lineProduct("L").account("A").lane("PL-A", from: "PL", to: "A").demand("A", [50, 50, 50, 150, 150, 150]).build()
    }

    /// Units at one DC for accounts given by id, tier and demand, in one bucket.
    public static func oneSource(_ units: Double, _ accounts: [(String, Int, Double)], sharing: SharingRule = .proportional) -> SmallPackage
    {
        let builder = PackageBuilder(buckets: 1).dc("DC").stock(at: "DC", units).sharing(sharing)
        for (id, tier, demand) in accounts { builder.account(id, tier: tier).lane("DC-\(id)", from: "DC", to: id).demand(id, [demand]) }
        return builder.build()
    }

    private static func promises() -> SmallPackage {
        let builder = PackageBuilder(buckets: 1).dc("DC").stock(at: "DC", 1000)
        for (id, units) in [("A", 400.0), ("B", 100), ("C", 200), ("D", 300), ("E", 300)] {
            builder.account(id).lane("DC-\(id)", from: "DC", to: id).demand(id, [1000]).guarantee("G\(id)", account: id, quantity: units)
        }
        return builder.build()
    }

    private static func patient(demand: [Double], buckets: Int = 1) -> SmallPackage {
        PackageBuilder(buckets: 3).plant("PL").line("L", at: "PL", hours: 60).lineProduct("L").account("A", weight: 3, backorder: buckets)
            .lane("PL-A", from: "PL", to: "A").demand("A", demand).build()
    }

    private static func worked(
        _ name: String, _ small: SmallPackage, _ values: [Rank: Double], origin: String, _ decide: (PlanSketch) -> PlanSketch
    ) -> WorkedPlan {
        WorkedPlan(name: name, small: small, plan: decide(PlanSketch(small)).plan(), values: values, origin: origin)
    }
}
