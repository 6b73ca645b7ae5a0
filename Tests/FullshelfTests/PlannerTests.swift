import Foundation
import Fullshelf
import TestSupport
import Testing

@Suite struct PlannerTests {
    /// One plant, one line, one account, one product; bands off.
    static func package(demand: [Double], hours: Double, holdingCost: Double = 0.01) throws -> DataPackage {
        let start = try #require(CalendarDate("2027-03-01"))
        return DataPackage(
            settings: PlanSettings(
                horizon: Horizon(unit: .week, start: start, count: demand.count),
                bands: BandSettings(minCover: 0, targetCover: 1000, maxCover: 1000), forecast: ForecastSettings(season: 52)),
            accounts: [Account(id: "A", tier: 1)], products: [Product(id: "P")],
            sites: [Site(id: "PL", kind: .plant, holdingCost: holdingCost)],
            lines: [ProductionLine(id: "L", site: 0, hoursPerBucket: hours)], lineProducts: [LineProduct(line: 0, product: 0, rate: 1)],
            lanes: [Lane(id: "PL-A", from: 0, to: .account(0))],
            demand: demand.indices.map { DemandRow(bucket: $0, account: 0, product: 0, quantity: demand[$0]) })
    }

    struct SeasonCase: Sendable {
        var name: String
        var demand: [Double]
        var hours: Double
        var lost: Double
        var origin: String
    }

    static let seasons = [
        SeasonCase(
            name: "pre-build covers the peak", demand: [50, 50, 50, 150, 150, 150], hours: 100, lost: 0,
            origin: "behaviour A1: 600 made, 600 wanted"),
        SeasonCase(name: "too little to make", demand: [50, 50, 50, 150, 150, 150], hours: 80, lost: 120, origin: "480 made, 600 wanted"),
        SeasonCase(
            name: "the peak comes at once", demand: [300, 0, 0, 0], hours: 100, lost: 200,
            origin: "100 made in the first week, the rest is late"),
        SeasonCase(name: "nothing is wanted", demand: [0, 0, 0], hours: 100, lost: 0, origin: "no demand"),
    ]

    @Test(arguments: seasons)
    func aPackageInMemoryBecomesACheckedPlan(_ season: SeasonCase) throws {
        let run = try Planner(threads: 1).plan(Self.package(demand: season.demand, hours: season.hours))
        #expect(run.check.isClean)
        let lost = run.result.allocation.plan.accountPlan.reduce(0) { $0 + $1.lost }
        // The first rank is proven to a gap of 1e-4 of the lost amount, at least of a thousandth of the demand.
        #expect(abs(lost - season.lost) <= 1e-4 * max(season.lost, 0.001 * season.demand.reduce(0, +)) + 1e-6, "\(season.origin)")
        let explained = run.result.shortages.reduce(0) { $0 + $1.lost }
        #expect(abs(explained - lost) <= 1e-6 * (1 + lost), "causes add up to the loss")
        #expect(run.timings.map(\.step) == [.segment, .forecast, .demand, .bands, .allocate, .check, .explain, .report])
    }

    @Test func threadsChangeNoDigit() throws {
        let package = try Self.package(demand: [50, 50, 50, 150, 150, 150], hours: 80)
        let one = try Planner(threads: 1).plan(package)
        let two = try Planner(threads: 2).plan(package)
        #expect(one.result == two.result)
        #expect(one.reportHTML == two.reportHTML)
    }

    @Test func aRunThatIsCancelledSaysSo() throws {
        var planner = Planner(threads: 1)
        planner.isCancelled = { true }
        let package = try Self.package(demand: [50, 50], hours: 80)
        #expect {
            try planner.plan(package)
        } throws: { error in
            if case PlanningError.cancelled = error { true } else { false }
        }
    }

    @Test func solvesAreCounted() throws {
        final class Counter: @unchecked Sendable { var solves: [SolveStatistics] = [] }
        let counter = Counter()
        var planner = Planner(threads: 1)
        planner.onSolveStatistics = { counter.solves.append($0) }
        _ = try planner.plan(Self.package(demand: [50, 50, 50, 150], hours: 60))
        #expect(!counter.solves.isEmpty)
        #expect(counter.solves.allSatisfy { $0.rows > 0 && $0.columns > 0 && $0.iterations > 0 })
    }

    @Test func timingsAreJSONWithASum() throws {
        let run = try Planner(threads: 1).plan(Self.package(demand: [10, 10], hours: 80))
        let figures = try JSONDecoder().decode([String: Double].self, from: Data(run.timingsJSON.utf8))
        #expect(Set(figures.keys) == Set(run.timings.map(\.step.rawValue) + ["total"]))
        let sum = run.timings.reduce(0) { $0 + $1.seconds }
        #expect(abs((figures["total"] ?? -1) - sum) < 0.0011, "rounded to milliseconds")
    }
}
