import PlanModel
import Testing

@testable import DemandPlanning

struct StockOutCase: Sendable, CustomTestStringConvertible {
    var name: String
    var level: Double
    var length: Int
    /// Weeks of the history that sold nothing.
    var empty: Range<Int>
    var testDescription: String { name }

    static let all = [
        StockOutCase(name: "four weeks in the middle", level: 100, length: 80, empty: 50..<54),
        StockOutCase(name: "the last four weeks", level: 100, length: 80, empty: 76..<80),
        StockOutCase(name: "six weeks of a big account", level: 2500, length: 130, empty: 110..<116),
        StockOutCase(name: "two weeks of a short history", level: 12, length: 30, empty: 26..<28),
    ]
}

/// Behaviour F1. Expected by hand: the level itself, ± what three per cent of noise leaves.
@Test("F1: an empty shelf is not low demand", arguments: StockOutCase.all)
func emptyShelfIsNotLowDemand(given: StockOutCase) {
    var random = TestRandom(seed: 5)
    let sales = (0..<given.length).map { given.empty.contains($0) ? 0 : given.level * (1 + 0.03 * random.normal()) }
    let empty = (0..<given.length).map { given.empty.contains($0) ? 0 : 3 * given.level }
    let corrected = forecast(for: HistoryPackage(sales: [firstPair: sales], closing: [firstPair: empty]).package, threads: 1, progress: nil)
    for row in corrected.rows(of: firstPair) { #expect((row.quantity / given.level - 1).magnitude < 0.08) }
    #expect(corrected.notes(.stockOutCorrected).map(\.buckets) == [given.empty.map { $0 - given.length }])

    // The same zeros with stock on the shelf, and without any count, are real.
    let full = [Double](repeating: 3 * given.level, count: given.length)
    for closing in [[firstPair: full], [:]] {
        let real = forecast(for: HistoryPackage(sales: [firstPair: sales], closing: closing).package, threads: 1, progress: nil)
        #expect(real.notes(.stockOutCorrected).isEmpty)
        #expect(real != corrected)
    }
}

@Test func realZerosAtTheEndLowerTheForecast() {
    let sales = [Double](repeating: 100, count: 76) + [0, 0, 0, 0]
    let full = [Double](repeating: 300, count: 80)
    let real = forecast(for: HistoryPackage(sales: [firstPair: sales], closing: [firstPair: full]).package, threads: 1, progress: nil)
    #expect(real.rows(of: firstPair)[0].quantity < 80)
}

struct HiddenCase: Sendable, CustomTestStringConvertible {
    var name: String
    var sales: [Double]
    var closing: [Double]
    var expected: [Int]
    var testDescription: String { name }
}

/// By hand from the rule: closed at 0 and sold nothing, or less than expected (half of it where the bucket began with stock).
@Test(
    "Hidden buckets",
    arguments: [
        HiddenCase(name: "no counts", sales: [9, 0, 9, 9], closing: [.nan, .nan, .nan, .nan], expected: []),
        HiddenCase(name: "nothing sold, closed empty", sales: [9, 9, 0, 0, 9], closing: [20, 20, 0, 0, 20], expected: [2, 3]),
        HiddenCase(name: "sold out at the end of a good bucket", sales: [9, 9, 8, 9, 9], closing: [20, 8, 0, 20, 20], expected: []),
        HiddenCase(name: "sold out early", sales: [9, 9, 2, 9, 9], closing: [20, 2, 0, 20, 20], expected: [2]),
        HiddenCase(name: "a delivery sold at once", sales: [9, 9, 0, 7, 9], closing: [20, 9, 0, 0, 20], expected: [2, 3]),
        HiddenCase(name: "a large delivery sold at once", sales: [9, 9, 0, 30, 9], closing: [20, 9, 0, 0, 20], expected: [2]),
        HiddenCase(name: "zero with stock", sales: [9, 0, 9], closing: [5, 5, 5], expected: []),
        HiddenCase(name: "unknown sales stay unknown", sales: [9, .nan, 9], closing: [5, 0, 5], expected: []),
    ])
func hiddenBuckets(given: HiddenCase) {
    #expect(stockOutBuckets(sales: given.sales, closing: given.closing, opening: .nan, season: 52) == given.expected)
}

@Test func anEmptyShelfForMoreThanHalfAYearIsTheEndOfAListing() {
    let sales = [Double](repeating: 10, count: 60) + [Double](repeating: 0, count: 40)
    let closing = [Double](repeating: 10, count: 60) + [Double](repeating: 0, count: 40)
    #expect(stockOutBuckets(sales: sales, closing: closing, opening: .nan, season: 52).isEmpty)
    let result = forecast(for: HistoryPackage(sales: [firstPair: sales], closing: [firstPair: closing]).package, threads: 1, progress: nil)
    #expect(result.rows(of: firstPair).allSatisfy { $0.quantity < 5 })
}

@Test func anEmptyShelfOutOfSeasonIsNoStockOut() {
    // Sold in the same twenty weeks of three years, shelf bare in between.
    let sales = (0..<156).map { $0 % 52 < 20 ? 50.0 : 0 }
    let closing = sales.map { $0 > 0 ? 80.0 : 0 }
    #expect(stockOutBuckets(sales: sales, closing: closing, opening: .nan, season: 52).isEmpty)
}
