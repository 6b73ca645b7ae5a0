import PlanModel

/// A package made of sales series, for the tests of this folder.
struct HistoryPackage {
    var package: DataPackage

    /// - Parameters:
    ///   - sales: One series a pair, oldest first, all ending with the bucket before the start.
    ///   - closing: Counted stock of a pair; NaN = no count.
    init(
        unit: BucketUnit = .week, start: String = "2027-03-01", count: Int = 26, accounts: Int = 3, products: [Product]? = nil,
        sales: [Pair: [Double]] = [:], closing: [Pair: [Double]] = [:], forecast: ForecastSettings? = nil
    ) {
        let season = unit == .week ? 52 : 12
        // A date that cannot be read would make every expectation of the test fail at once.
        let first = CalendarDate(start) ?? CalendarDate(daysSinceEpoch: 0)
        let horizon = Horizon(unit: unit, start: first, count: count)
        package = DataPackage(
            settings: PlanSettings(horizon: horizon, forecast: forecast ?? ForecastSettings(season: season)),
            accounts: (0..<accounts).map { Account(id: "A\($0)") }, products: products ?? (0..<3).map { Product(id: "P\($0)") })
        package.history = History(
            sales: Self.table(sales, filler: 0), closingStock: Self.table(closing, filler: .nan),
            lastSale: sales.isEmpty ? nil : horizon.start.adding(days: -1))
    }

    private static func table(_ series: [Pair: [Double]], filler: Double) -> HistoryTable {
        let width = series.values.map(\.count).max() ?? 0
        let pairs = series.keys.sorted()
        return HistoryTable(
            pairs: pairs, firstBucket: -width,
            values: pairs.flatMap { pair -> [Double] in
                let values = series[pair] ?? []
                return [Double](repeating: filler, count: width - values.count) + values
            })
    }
}

/// Repeatable numbers in 0…1: the multiplier and increment of Knuth's MMIX generator.
struct TestRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
    }

    /// About standard normal: twelve uniforms, less six.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }
}

extension Forecast {
    /// Rows of a pair, by bucket.
    func rows(of pair: Pair) -> [ForecastRow] { rows.filter { $0.account == pair.account && $0.product == pair.product } }

    func notes(_ kind: ForecastNoteKind) -> [ForecastNote] { notes.filter { $0.kind == kind } }
}

let firstPair = Pair(account: 0, product: 0)
