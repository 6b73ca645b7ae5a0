import Fullshelf
import TestSupport
import Testing

@testable import PlanDesk

@Suite struct SeasonBoardTests {
    struct Cover: Sendable, CustomTestStringConvertible {
        var name: String
        var stock: Double
        var bucket: Int
        var demand: [Double]
        var expected: Double?
        var testDescription: String { name }
    }

    // By hand, as tables.md counts cover: demand of the buckets after this one, fractions pro rata, the last bucket's demand for ever after.
    static let covers = [
        Cover(name: "half of the next", stock: 5, bucket: 0, demand: [99, 10, 20], expected: 0.5),
        Cover(name: "the next and a quarter", stock: 15, bucket: 0, demand: [99, 10, 20], expected: 1.25),
        Cover(name: "past the horizon at the last demand", stock: 50, bucket: 1, demand: [99, 10, 20], expected: 2.5),
        Cover(name: "at the end", stock: 50, bucket: 2, demand: [99, 10, 20], expected: 2.5),
        Cover(name: "nothing", stock: 0, bucket: 0, demand: [99, 10, 20], expected: 0),
        Cover(name: "over a bucket without demand", stock: 5, bucket: 0, demand: [1, 0, 10], expected: 1.5),
        Cover(name: "no demand ahead", stock: 5, bucket: 1, demand: [9, 9, 0], expected: nil),
        Cover(name: "the season ends", stock: 15, bucket: 0, demand: [9, 10, 0], expected: 2),
    ]

    @Test(arguments: covers) func coverIsTheBucketsAhead(_ example: Cover) {
        let found = SeasonBoard.cover(of: example.stock, after: example.bucket, demand: example.demand)
        if let expected = example.expected, let found { #expect(abs(found - expected) < 1e-12) } else { #expect(found == example.expected) }
    }

    @Test func signsTellLossFirstAndThenTheBand() throws {
        var package = DataPackage(settings: PackageBuilder(buckets: 6).settings)
        package.accounts = [Account(id: "A1")]
        package.products = [Product(id: "P1", price: 2)]
        let pairs = [Pair(account: 0, product: 0)]
        var demand = PairGrid(pairCount: 1, bucketCount: 6, repeating: 10)
        demand[0, 5] = 0
        let grid = { (value: Double) in PairGrid(pairCount: 1, bucketCount: 6, repeating: value) }
        func row(_ bucket: Int, lost: Double = 0, stock: Double, under: Double = 0, over: Double = 0) -> AccountPlanRow {
            AccountPlanRow(
                bucket: bucket, account: 0, product: 0, demand: 10, served: 10 - lost, lost: lost, backlog: 0, stock: stock, under: under,
                over: over)
        }
        let plan = Plan(accountPlan: [
            row(0, lost: 1, stock: 0, under: 10), row(1, stock: 5, under: 5), row(2, stock: 12), row(3, stock: 22),
            row(4, stock: 60, over: 20),
            row(5, stock: 9.8, under: 0.2),
        ])
        let files = PlanFiles(
            plan: plan, demand: PlannedDemand(pairs: pairs, forecast: demand, ordered: grid(0), quantity: demand),
            bands: StockBandTable(pairs: pairs, min: grid(10), target: grid(20), max: grid(40)),
            segmentation: Segmentation(segments: [], topFifthShare: 0, herfindahlIndex: 0, keyAccountCount: 1, tierOfAccount: [1]),
            certificate: nil)
        let cells = try #require(SeasonBoard(files, package: package, product: nil).rows.first)
        // The last is two per cent under its minimum: no news.
        #expect(cells.map(\.sign) == [.lost, .low, .fair, .full, .over, .fair])
        #expect(cells[0].lost == 1)
        #expect(cells[2].cover == 1.2)
        // Told apart without colour, too.
        #expect(Set([SeasonBoard.Sign.lost, .low, .fair, .full, .over].map(\.mark)).count == 5)
        #expect(SeasonBoard(files, package: package, product: 0).rows == SeasonBoard(files, package: package, product: nil).rows)
    }
}
