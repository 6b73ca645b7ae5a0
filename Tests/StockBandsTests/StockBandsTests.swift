import PlanModel
import Testing

@testable import StockBands

struct CoverCase: Sendable, CustomTestStringConvertible {
    var name: String
    var buckets: Double
    var demand: [Double]
    var expected: [Double]
    var testDescription: String { name }
}

/// Origin of all: by hand from "cover of c buckets at t = demand of t+1 … t+c (fractions pro rata); past the horizon the last bucket's demand".
@Test(
    "Cover counts the demand ahead",
    arguments: [
        CoverCase(name: "one bucket", buckets: 1, demand: [50, 50, 50, 150, 150, 150], expected: [50, 50, 150, 150, 150, 150]),
        CoverCase(name: "two buckets", buckets: 2, demand: [10, 20, 30, 40], expected: [50, 70, 80, 80]),
        CoverCase(name: "one and a half", buckets: 1.5, demand: [10, 20, 30, 40], expected: [35, 50, 60, 60]),
        CoverCase(name: "a quarter", buckets: 0.25, demand: [10, 20, 30, 40], expected: [5, 7.5, 10, 10]),
        CoverCase(name: "longer than the horizon", buckets: 6, demand: [10, 20, 30, 40], expected: [210, 230, 240, 240]),
        CoverCase(name: "a very long cover", buckets: 1e9, demand: [1, 2], expected: [2e9, 2e9]),
        CoverCase(name: "none", buckets: 0, demand: [10, 20], expected: [0, 0]),
        CoverCase(name: "without limit", buckets: .infinity, demand: [10, 0], expected: [.infinity, .infinity]),
        CoverCase(name: "one bucket of horizon", buckets: 2, demand: [7], expected: [14]),
    ])
func coverCountsTheDemandAhead(given: CoverCase) {
    #expect(cover(of: given.buckets, in: given.demand[...]) == given.expected)
}

private func package(bands: BandSettings, rows: [BandRow] = []) throws -> DataPackage {
    let start = try #require(CalendarDate("2027-03-01"))
    let settings = PlanSettings(
        horizon: Horizon(unit: .week, start: start, count: 6), bands: bands, forecast: ForecastSettings(season: 52))
    return DataPackage(settings: settings, accounts: [Account(id: "A"), Account(id: "B")], products: [Product(id: "P")], bandRows: rows)
}

private func demand(_ rows: [[Double]]) -> PlannedDemand {
    var grid = PairGrid(pairCount: rows.count, bucketCount: 6)
    for (pair, row) in rows.enumerated() { for (t, value) in row.enumerated() { grid[pair, t] = value } }
    let empty = PairGrid(pairCount: rows.count, bucketCount: 6)
    return PlannedDemand(pairs: rows.indices.map { Pair(account: $0, product: 0) }, forecast: empty, ordered: empty, quantity: grid)
}

@Test func standingBandsAreCoverOfWhatIsPlannedFor() throws {
    // The demand of behaviour A1, and a second account without any.
    let table = stockBands(
        for: try package(bands: BandSettings(minCover: 1, targetCover: 2, maxCover: 4)),
        demand: demand([[50, 50, 50, 150, 150, 150], [0, 0, 0, 0, 0, 0]]))
    #expect(Array(table.min.row(0)) == [50, 50, 150, 150, 150, 150])
    #expect(Array(table.target.row(0)) == [100, 200, 300, 300, 300, 300])
    #expect(Array(table.max.row(0)) == [400, 500, 600, 600, 600, 600])
    #expect(table.min.row(1).allSatisfy { $0 == 0 } && table.max.row(1).allSatisfy { $0 == 0 })
    #expect(table.pairs == [Pair(account: 0, product: 0), Pair(account: 1, product: 0)])
}

@Test func anAgreedBandReplacesAllThreeFiguresOfItsBuckets() throws {
    let rows = [
        BandRow(account: 0, product: 0, buckets: 1..<3, min: 7, target: 9, max: 11),
        BandRow(account: 0, product: 0, buckets: 4..<5),
        BandRow(account: 1, product: 0, buckets: 0..<6, min: 0, target: nil, max: 5),
    ]
    let table = stockBands(
        for: try package(bands: BandSettings(), rows: rows), demand: demand([[10, 10, 10, 10, 10, 10], [20, 20, 20, 20, 20, 20]]))
    #expect(Array(table.min.row(0)) == [10, 7, 7, 10, 0, 10])
    #expect(Array(table.target.row(0)) == [20, 9, 9, 20, .infinity, 20])
    #expect(Array(table.max.row(0)) == [40, 11, 11, 40, .infinity, 40])
    #expect(table.min.row(1).allSatisfy { $0 == 0 })
    #expect(table.target.row(1).allSatisfy { $0 == .infinity })
    #expect(table.max.row(1).allSatisfy { $0 == 5 })
}

@Test func aBandRowOfAnUnplannedPairOrOffTheHorizonIsIgnored() throws {
    let rows = [BandRow(account: 1, product: 0, buckets: 0..<6, min: 3), BandRow(account: 0, product: 0, buckets: 6..<9, min: 3)]
    let table = stockBands(for: try package(bands: BandSettings(), rows: rows), demand: demand([[1, 1, 1, 1, 1, 1]]))
    #expect(table.min.row(0).allSatisfy { $0 == 1 })
}
