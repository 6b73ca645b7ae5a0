import Fullshelf
import TestSupport
import Testing

/// Behaviour A16: latest safe start of pre-building and of shipping, and what delay costs.
@Suite struct DeadlineTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var hours: Double
        var laneCapacity: Double
        var demand: [Double]
        var step: String
        /// Bucket of the latest safe start, and what starting one and two buckets later loses.
        var latest: Int
        var delays: [Double]
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "A16: capacity 120; the third bucket costs 20, the fourth 90", hours: 120, laneCapacity: .infinity,
            demand: [50, 50, 50, 150, 150, 150], step: "making", latest: 1, delays: [20, 90]),
        Case(
            name: "capacity 100: every week is needed", hours: 100, laneCapacity: .infinity, demand: [50, 50, 50, 150, 150, 150],
            step: "making",
            latest: 0, delays: [50, 100]),
        Case(
            name: "capacity 150: nothing to build before", hours: 150, laneCapacity: .infinity, demand: [50, 50, 50, 150, 150, 150],
            step: "making", latest: 5, delays: []),
        Case(
            name: "a lane of 40 to a peak of 100", hours: 1000, laneCapacity: 40, demand: [0, 0, 0, 100], step: "shipping", latest: 1,
            delays: [20, 60]),
    ]

    private static func package(_ item: Case) -> DataPackage {
        PackageBuilder(buckets: item.demand.count).plant("PL").line("L", at: "PL", hours: item.hours).lineProduct("L").account("A")
            .lane("PL-A", from: "PL", to: "A", capacity: item.laneCapacity).demand("A", item.demand).build().package
    }

    /// What the solver cannot prove is said beside the rest, not instead of it.
    @Test func aStartThatIsNotProvenIsToldAsSuch() {
        let report = DeadlineReport(deadlines: [
            DeadlineReport.Deadline(
                account: "A", tier: 1, product: "P", step: "making", planned: "2027-03-01", latest: "2027-03-08", delays: [],
                isProven: false,
                by: ["L"], units: 40, slackBuckets: 1),
            DeadlineReport.Deadline(
                account: "A", tier: 1, product: "Q", step: "making", planned: "2027-03-01", latest: "2027-03-15",
                delays: [.init(start: "2027-03-22", lost: 7, lostValue: 7)], by: ["L"], units: 40, slackBuckets: 2),
        ])
        let package = Self.package(Self.cases[0])
        let english = deadlineText(report, package: package, language: .english)
        #expect(english.contains("what later starts lose is not proven") && english.contains("later loses 7"), "\(english)")
        #expect(deadlineText(report, package: package, language: .chinese).contains("更晚开始的损失未能证明"))
    }

    @Test(arguments: cases) func latestStartAndCostOfDelay(_ item: Case) throws {
        let package = Self.package(item)
        let run = try Planner(threads: 1).plan(package)
        let report = try Planner(threads: 1).deadlines(PlanView(run.result, package: package, keyFigures: run.keyFigures))
        let deadline = try #require(report.deadlines.first { $0.step == item.step })
        #expect(deadline.latest == package.horizon.firstDay(of: item.latest).description, "\(deadline)")
        let delays = deadline.delays.prefix(item.delays.count).map(\.lost)
        try #require(delays.count == item.delays.count)
        for (found, wanted) in zip(delays, item.delays) { #expect(abs(found - wanted) <= 0.01, "\(deadline)") }
        #expect(deadline.delays.map(\.lost) == deadline.delays.map(\.lost).sorted(), "a later start loses no less")
    }

    /// Solved again as a package of its own: with the line closed before the latest start what is wanted from then on can be made, one bucket later it cannot.
    @Test(arguments: cases) func solvingAgainAgrees(_ item: Case) throws {
        guard item.step == "making" else { return }
        for (start, lost) in [(item.latest, 0.0)] + item.delays.enumerated().map({ (item.latest + 1 + $0.offset, $0.element) }) {
            let demand = item.demand.enumerated().map { $0.offset < start ? 0 : $0.element }
            let builder = PackageBuilder(buckets: demand.count).plant("PL").line("L", at: "PL", hours: item.hours).lineProduct("L").account(
                "A"
            )
            .lane("PL-A", from: "PL", to: "A").demand("A", demand)
            for bucket in 0..<start { builder.capacity(.hours, of: "L", bucket: bucket, 0) }
            #expect(abs(try Planner(threads: 1).plan(builder.build().package).lost() - lost) <= 0.02)
        }
    }

    /// Another account's goods keep their room: what is left is less, and the start earlier.
    @Test func othersKeepTheirRoom() throws {
        let builder = { (other: Double) in
            PackageBuilder(buckets: 4).product("P").product("Q").plant("PL", holdingCost: 1).line("L", at: "PL", hours: 100).lineProduct(
                "L"
            ).lineProduct(
                "L", "Q"
            )
            .account("A", stockCapacity: 0).account("B", tier: 2, stockCapacity: 0).lane("PL-A", from: "PL", to: "A").lane(
                "PL-B", from: "PL", to: "B"
            )
            .demand("A", [0, 0, 0, 150]).demand("B", "Q", [other, other, other, 0]).build().package
        }
        for (other, latest) in [(0.0, 2), (70.0, 1)] {
            let package = builder(other)
            let run = try Planner(threads: 1).plan(package)
            let report = try Planner(threads: 1).deadlines(PlanView(run.result, package: package, keyFigures: run.keyFigures))
            let deadline = try #require(report.deadlines.first { $0.step == "making" && $0.account == "A" })
            // 150 wanted in the last bucket, which makes 100; beside B's 70 a bucket leaves 30 for A: two buckets before.
            #expect(deadline.latest == package.horizon.firstDay(of: latest).description, "\(deadline)")
            #expect(deadline.delays.first.map { $0.lost > 1 } ?? true)
        }
    }
}
