import Allocation
import PlanModel
import TestSupport
import Testing

@Suite struct WeightedProgramTests {
    private static func program(_ small: SmallPackage) -> WeightedProgram {
        WeightedProgram(small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation)
    }

    @Test(
        arguments: [
            (Rank(aim: .lostSales, tier: 1), 1000.0), (Rank(aim: .lostSales, tier: 3), 10), (Rank(aim: .lateness, tier: 2), 10),
            (Rank(aim: .stockUnderMinimum, tier: 1), 10), (Rank(aim: .guarantees, tier: nil), 1000), (Rank(aim: .cost, tier: nil), 0.01),
            (Rank(aim: .sharing, tier: 1), 0),
        ] as [(Rank, Double)]) func weightsAreAsStated(_ rank: Rank, _ weight: Double)
    {
        #expect(isClose(WeightedProgram.weight(of: rank), weight, within: 1e-12))
    }

    /// (supply, demand of tier 1, of tier 2): what is lost of tier 1 weighs 1000, of tier 2 100; a unit made costs 3 at 1/100.
    @Test(arguments: [(100, 80, 80), (60, 80, 80), (100, 30, 100), (200, 80, 80)] as [(Double, Double, Double)])
    func valueIsTheWeightedSumAndIsProven(_ supply: Double, _ first: Double, _ second: Double) throws {
        let small = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: supply).lineProduct("L", unitCost: 3)
            .account("A").account("B", tier: 2).lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B")
            .demand("A", [first]).demand("B", [second]).build()
        let lostOfFirst = max(0, first - supply), lostOfSecond = max(0, second - max(0, supply - first))
        let made = min(supply, first + second)
        let expected = 1000 * lostOfFirst + 100 * lostOfSecond + 0.03 * made
        let solution = try Self.program(small).solve(tolerance: 1e-8)
        #expect(solution.isProven)
        #expect(isClose(solution.value, expected, within: 1e-6), "\(solution.value), \(expected)")
        #expect(solution.bound <= expected * (1 + 1e-9) && solution.gap <= 1e-8)
    }

    /// Strict ranks and weights far enough apart agree where one unit's cost is far below its weight.
    @Test func agreesWithTheRanksOnWhatIsLost() throws {
        let small = PackageBuilder(buckets: 6).plant("PL").line("L", at: "PL", hours: 60).lineProduct("L").account("A").account(
            "B", tier: 2
        )
        .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", [10, 10, 10, 90, 90, 90])
        .demand("B", [20, 20, 20, 40, 40, 40]).build()
        let outcome = try allocated(small)
        let solution = try Self.program(small).solve(tolerance: 1e-8)
        let ranks = 1000 * outcome.value(.lostSales, tier: 1) + 100 * outcome.value(.lostSales, tier: 2)
        #expect(ranks > 0)
        #expect(isClose(solution.value, ranks, within: 1e-4), "\(solution.value), \(ranks)")
    }

    @Test func sameBytesForAnyNumberOfThreads() throws {
        let small = WorkedPlan.random(seed: 11).small
        let program = Self.program(small)
        #expect(try program.solve(threads: 1).x == program.solve(threads: 2).x)
    }

    @Test func exportHoldsObjectiveRowsAndBounds() throws {
        let small = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 50).lineProduct("L", unitCost: 3)
            .account("A").lane("PL-A", from: "PL", to: "A").demand("A", [80]).build()
        let program = Self.program(small)
        let lines = program.mps().split(separator: "\n").map(String.init)
        #expect(lines.count { $0.hasPrefix(" E r") } == program.program.rowCount)
        // A lost unit of tier 1, at most the 80 asked for.
        let lost = try #require(lines.first { $0.hasPrefix(" lost_A_P") && $0.contains(" objective ") })
        #expect(lost.hasSuffix(" objective 1000.0"))
        #expect(lines.contains { $0.hasPrefix(" UP bnd lost_A_P") && $0.hasSuffix(" 80.0") })
        #expect(lines.contains { $0.hasPrefix(" make_L_P") && $0.hasSuffix(" objective 0.03") })
        #expect(lines.last == "ENDATA")
    }
}
