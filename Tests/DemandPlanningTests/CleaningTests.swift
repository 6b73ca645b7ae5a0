import PlanModel
import Testing

@testable import DemandPlanning

struct OutlierCase: Sendable {
    var name: String
    /// Bucket and factor of what is put in.
    var changes: [(Int, Double)]
    var expected: [Int]
}

/// 60 months around 100 with a little noise.
private func quietSeries() -> [Double] {
    (0..<60).map { t -> Double in
        let noise = Double((t * 37) % 11 - 5) / 5
        return 100 + 6 * noise
    }
}

@Test(
    "Outliers are single buckets nothing explains",
    arguments: [
        OutlierCase(name: "a spike", changes: [(30, 8)], expected: [30]), OutlierCase(name: "a hole", changes: [(30, 0)], expected: [30]),
        OutlierCase(name: "every year", changes: [(6, 5), (18, 5), (30, 5), (42, 5), (54, 5)], expected: []),
        OutlierCase(name: "one month later the next year", changes: [(18, 5), (31, 5)], expected: []),
        OutlierCase(name: "the newest", changes: [(59, 8)], expected: []), OutlierCase(name: "small", changes: [(30, 1.6)], expected: []),
        OutlierCase(name: "a new level", changes: (30..<60).map { ($0, 3) }, expected: []),
    ])
func outliersAreFound(given: OutlierCase) {
    var series = quietSeries()
    for (t, factor) in given.changes { series[t] *= factor }
    #expect(outlierBuckets(series, season: 12) == given.expected)
}

@Test func aSpikeIsNotedAndDoesNotLiftTheForecast() {
    var series = quietSeries()
    series[50] *= 10
    let built = HistoryPackage(unit: .month, start: "2027-01-01", count: 6, sales: [firstPair: series])
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.notes(.outlierCorrected).map(\.buckets) == [[-10]])
    for row in result.rows(of: firstPair) { #expect((85...115).contains(row.quantity)) }
}

@Test func returnsAreNoted() {
    var series = quietSeries()
    series[57] = -30
    let built = HistoryPackage(unit: .month, start: "2027-01-01", count: 3, sales: [firstPair: series])
    #expect(forecast(for: built.package, threads: 1, progress: nil).notes(.returnsCleared).map(\.buckets) == [[-3]])
}

/// Three years of a product sold in summer only.
private func summerSales() -> [Double] { (0..<36).map { t -> Double in (4...8).contains(t % 12) ? 9 : 0 } }

struct ListingCase: Sendable {
    var name: String
    var values: [Double]
    var end: Int?
}

@Test(
    "A listing ends with a long pause, not with a winter",
    arguments: [
        ListingCase(name: "sold on", values: [Double](repeating: 5, count: 30), end: nil),
        ListingCase(name: "six months of nothing", values: [Double](repeating: 5, count: 24) + [0, 0, 0, 0, 0, 0], end: 24),
        ListingCase(name: "five months", values: [Double](repeating: 5, count: 24) + [0, 0, 0, 0, 0], end: nil),
        ListingCase(name: "a summer product", values: summerSales() + [0, 0, 0, 0], end: nil),
        ListingCase(name: "never sold", values: [0, 0, 0, 0, 0, 0, 0], end: nil),
        ListingCase(name: "too short to know", values: [5, 5, 5, 0, 0, 0, 0, 0, 0], end: nil),
    ])
func listingsEnd(given: ListingCase) { #expect(endOfListing(given.values, season: 12) == given.end) }

@Test func anEndedListingIsForecastZeroWithANote() {
    let series = quietSeries() + [Double](repeating: 0, count: 8)
    var built = HistoryPackage(
        unit: .month, start: "2027-01-01", count: 3, sales: [firstPair: series, Pair(account: 1, product: 0): quietSeries()])
    built.package.history.closingStock = HistoryTable()
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.rows(of: firstPair).allSatisfy { $0.quantity == 0 && $0.model == "ended" })
    #expect(result.notes(.listingEnded).map(\.buckets) == [[-8]])
}

/// Sell-out by hand: stock 50 + deliveries 30 + 20 − stock 40 = 60 over two buckets, 30 each; then 40 + 0 − 15 = 25.
@Test func sellInLessStockChangeStandsForSellOut() throws {
    var built = HistoryPackage(count: 2)
    built.package.history.shipments = HistoryTable(pairs: [firstPair], firstBucket: -4, values: [50, 30, 20, 0])
    built.package.history.closingStock = HistoryTable(pairs: [firstPair], firstBucket: -4, values: [50, .nan, 40, 15])
    let found = try #require(sellOutFromSellIn(of: firstPair, in: built.package))
    #expect(found.firstBucket == -4)
    // Before the first count deliveries are all that is known.
    #expect(found.values == [50, 30, 30, 25])
    built.package.history.lastSale = built.package.horizon.start.adding(days: -1)
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.notes(.fromSellIn).count == 1)
    #expect(result.rows(of: firstPair).allSatisfy { $0.quantity > 15 })
    // Where sell-out is reported it is used.
    built.package.history.sales = HistoryTable(pairs: [firstPair], firstBucket: -4, values: [10, 10, 10, 10])
    let sold = forecast(for: built.package, threads: 1, progress: nil)
    #expect(sold.notes(.fromSellIn).isEmpty)
    #expect(sold.rows(of: firstPair).map(\.quantity) == [10, 10])
}

/// Demand = size × (price / usual)^−2, promotions at random; the planned promotion lifts its week by what was learnt.
@Test("A planned price moves the forecast by the elasticity seen before", arguments: [UInt64(1), 2, 3])
func pricesMoveDemand(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var sales: [Pair: [Double]] = [:]
    var prices: [PriceRow] = []
    var cheap = [Bool](repeating: false, count: 100)
    for t in stride(from: 4, to: 98, by: 9) { cheap[t + Int(random.uniform() * 3)] = true }
    for account in 0..<5 {
        sales[Pair(account: account, product: 0)] = (0..<100).map { t in
            100 * (cheap[t] ? 1 / (0.8 * 0.8) : 1) * (1 + 0.05 * random.normal())
        }
    }
    var built = HistoryPackage(count: 8, accounts: 5, sales: sales)
    let horizon = built.package.horizon
    for t in 0..<100 where cheap[t] || t == 0 || cheap[t - 1] {
        prices.append(PriceRow(date: horizon.firstDay(of: t - 100), account: nil, product: 0, price: cheap[t] ? 8 : 10))
    }
    built.package.prices = prices
    let plain = forecast(for: built.package, threads: 1, progress: nil)
    built.package.prices += [
        PriceRow(date: horizon.firstDay(of: 3), account: nil, product: 0, price: 8),
        PriceRow(date: horizon.firstDay(of: 4), account: nil, product: 0, price: 10),
    ]
    let planned = forecast(for: built.package, threads: 1, progress: nil)
    for account in 0..<5 {
        let pair = Pair(account: account, product: 0)
        let without = plain.rows(of: pair)
        let with = planned.rows(of: pair)
        // 0.8^−2 = 1.5625.
        #expect((with[3].quantity / without[3].quantity - 1.5625).magnitude < 0.15)
        #expect((with[3].parts.price - (with[3].quantity - without[3].quantity)).magnitude < 1e-6 * with[3].quantity)
        for bucket in [0, 1, 2, 4, 5, 6, 7] { #expect((with[bucket].quantity - without[bucket].quantity).magnitude < 1e-9) }
        // The promotions of the past lift no week by themselves.
        for row in without { #expect((88...112).contains(row.quantity)) }
    }
}

@Test func pricesThatMoveNothingAreNotBelieved() {
    var random = TestRandom(seed: 9)
    let series = (0..<80).map { _ in 100 * (1 + 0.1 * random.normal()) }
    var built = HistoryPackage(count: 4, sales: [firstPair: series])
    let horizon = built.package.horizon
    built.package.prices = (0..<80).map { t in
        PriceRow(date: horizon.firstDay(of: t - 80), account: nil, product: 0, price: t % 7 == 3 ? 8 : 10)
    }
    built.package.prices.append(PriceRow(date: horizon.firstDay(of: 2), account: nil, product: 0, price: 5))
    #expect(forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair).allSatisfy { $0.parts.price == 0 })
}

/// Why this number: parts add up to every figure, whatever made it.
@Test("The parts of every forecast add up to it", arguments: [UInt64(1), 2, 3])
func partsAddUp(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<3 {
        for product in 1..<3 {
            sales[Pair(account: account, product: product)] = (0..<120).map { t in
                max(0, (t % 52 < 8 ? 200 : 80) * (1 + 0.2 * random.normal()))
            }
        }
    }
    let products = [Product(id: "P0", analogue: 1), Product(id: "P1"), Product(id: "P2")]
    var built = HistoryPackage(count: 44, products: products, sales: sales)
    let horizon = built.package.horizon
    for bucket in [-70, -20, 5] {
        built.package.events.append(
            Event(
                name: "feast", start: horizon.firstDay(of: bucket), end: horizon.firstDay(of: bucket).adding(days: 6),
                lift: bucket > 0 ? 1.5 : nil))
    }
    built.package.events.sort { $0.start < $1.start }
    built.package.overrides = [OverrideRow(bucket: 7, account: 0, product: 1, quantity: 500, author: "Li", reason: "test")]
    built.package.demand = [DemandRow(bucket: 9, account: 1, product: 2, quantity: 77)]
    let result = forecast(for: built.package, threads: 1, progress: nil)
    for row in result.rows { #expect((row.parts.sum - row.quantity).magnitude <= 1e-9 * max(1, row.quantity)) }
    let rows = result.rows(of: Pair(account: 0, product: 1))
    #expect((rows[5].parts.events - rows[5].quantity / 3).magnitude < 1e-6)
    #expect(rows[7].parts.override == rows[7].quantity - rows[7].statistical)
    // The high weeks are the season's doing, not the level's.
    let level = rows.map(\.parts.level)
    #expect((level.max() ?? 0) < 1.5 * (level.min() ?? 0))
    #expect(rows.contains { $0.parts.season > 50 })
    // Totals are those of the rows, their quantiles in order around them.
    for total in result.totals {
        let sum = result.rows(of: Pair(account: total.account, product: total.product)).reduce(0) { $0 + $1.quantity }
        #expect((total.quantity - sum).magnitude < 1e-6)
        #expect(total.quantiles == total.quantiles.sorted())
        #expect(total.quantiles[0] <= sum * (1 + 1e-9) && sum <= total.quantiles[2] * (1 + 1e-9))
    }
}

/// A product of eleven weeks takes the season of its family, scaled to what it sold.
@Test func aYoungProductTakesItsFamilysSeason() {
    let products = [Product(id: "NEW", family: "F"), Product(id: "OLD", family: "F"), Product(id: "OTHER", family: "G")]
    let shape = (0..<156).map { (10...13).contains($0 % 52) ? 300.0 : 100 }
    var built = HistoryPackage(
        products: products,
        sales: [
            firstPair: [Double](repeating: 50, count: 11), Pair(account: 0, product: 1): shape,
            Pair(account: 0, product: 2): shape.reversed(),
        ])
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.notes(.fromFamily).count == 1)
    for row in result.rows(of: firstPair) { #expect((row.quantity / ((10...13).contains(row.bucket) ? 150 : 50) - 1).magnitude < 0.05) }
    built.package.products[0].family = ""
    #expect(forecast(for: built.package, threads: 1, progress: nil).notes(.fromFamily).isEmpty)
}
