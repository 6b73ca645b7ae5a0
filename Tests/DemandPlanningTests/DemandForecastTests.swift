import PlanModel
import Testing

@testable import DemandPlanning

@Test func givenDemandReplacesOursAndKeepsItsQuantiles() {
    var built = HistoryPackage(count: 4, sales: [firstPair: [Double](repeating: 50, count: 60)])
    built.package.settings.forecast.quantiles = [0.05, 0.1, 0.5, 0.9]
    built.package.demand = [
        DemandRow(bucket: 1, account: 0, product: 0, quantity: 80, p10: 60, p90: 120),
        DemandRow(bucket: 2, account: 0, product: 0, quantity: 80),
    ]
    let rows = forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair)
    #expect(rows.map(\.quantity) == [50, 80, 80, 50])
    #expect(rows.map(\.model) == ["constant", "given", "given", "constant"])
    #expect(Array(rows[1].quantiles[1...]) == [60, 80, 120])
    // By hand: z(0.05)/z(0.9) = −1.2835; 80 − 1.2835 · 20.
    #expect((rows[1].quantiles[0] - 54.33).magnitude < 0.01)
    #expect(rows[2].quantiles == [80, 80, 80, 80])
}

@Test func whatIsGivenInFullIsNotForecast() {
    let noisy = (0..<200).map { Double(($0 * 37) % 101) }
    var built = HistoryPackage(count: 3, sales: [firstPair: noisy])
    built.package.demand = (0..<3).map { DemandRow(bucket: $0, account: 0, product: 0, quantity: 5) }
    var activities: [String] = []
    let result = forecast(for: built.package, threads: 1) { activities.append($0.activity) }
    #expect(result.rows.map(\.quantity) == [5, 5, 5])
    #expect(activities.isEmpty)
}

@Test func overridesAreKeptBesideTheStatisticalFigure() {
    var built = HistoryPackage(count: 3, sales: [firstPair: [Double](repeating: 50, count: 60)])
    built.package.demand = [DemandRow(bucket: 2, account: 0, product: 0, quantity: 80, p10: 60, p90: 120)]
    built.package.overrides = [
        OverrideRow(bucket: 0, account: 0, product: 0, quantity: 75, author: "Li", reason: "listing"),
        OverrideRow(bucket: 2, account: 0, product: 0, quantity: 40, author: "Li", reason: "strike"),
        OverrideRow(bucket: 1, account: 1, product: 0, quantity: 9, author: "Wang", reason: "new account"),
    ]
    let result = forecast(for: built.package, threads: 1, progress: nil)
    let rows = result.rows(of: firstPair)
    #expect(rows.map(\.statistical) == [50, 50, 80])
    #expect(rows.map(\.quantity) == [75, 50, 40])
    #expect(rows.map(\.override) == [75, nil, 40])
    #expect(rows[2].quantiles == [30, 40, 60])
    let other = result.rows(of: Pair(account: 1, product: 0))
    #expect(other.map(\.quantity) == [0, 9, 0])
    #expect(other[1].quantiles == [9, 9, 9])
}

@Test func everyPairThatIsPlannedHasRows() {
    var built = HistoryPackage(count: 2, sales: [firstPair: [1, 2, 3]])
    built.package.sites = [Site(id: "S", kind: .dc)]
    built.package.demand = [DemandRow(bucket: 0, account: 2, product: 1, quantity: 3)]
    built.package.orders = [OrderRow(id: "1", account: 1, product: 1, due: built.package.horizon.start, quantity: 4)]
    built.package.bandRows = [BandRow(account: 1, product: 0, buckets: 0..<2, min: 3)]
    built.package.stock = [StockRow(place: .account(0), product: 2, quantity: 5), StockRow(place: .site(0), product: 1, quantity: 5)]
    built.package.inTransit = [InTransitRow(place: .account(2), product: 2, bucket: 1, quantity: 5)]
    built.package.overrides = [OverrideRow(bucket: 0, account: 0, product: 1, quantity: 1, author: "Li", reason: "test")]
    let result = forecast(for: built.package, threads: 1, progress: nil)
    let expected = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 1), (2, 2)].map { Pair(account: $0.0, product: $0.1) }
    let planned = plannedDemand(for: built.package, forecast: result)
    #expect(planned.pairs == expected)
    #expect(result.rows.map { Pair(account: $0.account, product: $0.product) } == expected.flatMap { [$0, $0] })
    #expect(result.rows.map(\.bucket) == expected.flatMap { _ in [0, 1] })
    #expect(planned.quantity[4, 0] == 4)
}

@Test("Zeros before the first sale are before the launch", arguments: [10, 60, 130])
func zerosBeforeTheFirstSaleAreTrimmed(leading: Int) {
    let sales = [Double](repeating: 0, count: leading) + (0..<26).map { 40 + Double($0 % 3) }
    let with = forecast(for: HistoryPackage(sales: [firstPair: sales]).package, threads: 1, progress: nil)
    let without = forecast(for: HistoryPackage(sales: [firstPair: Array(sales[leading...])]).package, threads: 1, progress: nil)
    #expect(with == without)
}

@Test func bucketsAfterTheLastSaleAreUnknownNotZero() throws {
    let sales = (0..<80).map { 40 + Double($0 % 5) }
    var built = HistoryPackage(sales: [firstPair: sales + [0, 0, 0]])
    built.package.history.lastSale = built.package.horizon.firstDay(of: -4).adding(days: 2)
    for row in forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair) { #expect(row.quantity > 35) }
    // A count of stock says that somebody looked: then nothing was sold.
    built.package.history.closingStock = HistoryTable(
        pairs: [firstPair], firstBucket: -83, values: [Double](repeating: .nan, count: 82) + [500])
    #expect(forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair)[0].quantity < 35)
}

@Test func aSeriesOfZerosIsNotedAndForecastZero() {
    let result = forecast(for: HistoryPackage(sales: [firstPair: [0, 0, 0, 0]]).package, threads: 1, progress: nil)
    #expect(result.rows.allSatisfy { $0.quantity == 0 && $0.model == "zero" })
    #expect(result.notes.map(\.kind) == [.allZero])
}

struct NewProductCase: Sendable {
    var name: String
    /// Weeks the new product was sold, and its size against the analogue.
    var weeks: Int
    var size: Double
}

/// Behaviour F8. The analogue sells 100 with a peak of 300 in four weeks of the year; expected is the same shape, times the size seen.
@Test(
    "F8: a new product takes its analogue's shape",
    arguments: [
        NewProductCase(name: "three weeks at half", weeks: 3, size: 0.5), NewProductCase(name: "ten weeks at double", weeks: 10, size: 2),
        NewProductCase(name: "not sold yet", weeks: 0, size: 1),
    ])
func newProductTakesItsAnaloguesShape(given: NewProductCase) {
    let products = [Product(id: "NEW", analogue: 1), Product(id: "OLD")]
    let old = Pair(account: 0, product: 1)
    // 156 weeks: week 0 of the horizon is phase 0 again, the peak phases 10…13.
    let shape = (0..<156).map { (10...13).contains($0 % 52) ? 300.0 : 100 }
    var sales = [old: shape]
    if given.weeks > 0 { sales[firstPair] = shape.suffix(given.weeks).map { $0 * given.size } }
    let built = HistoryPackage(products: products, sales: sales)
    let result = forecast(for: built.package, threads: 1, progress: nil)
    let rows = result.rows(of: firstPair)
    #expect(rows.count == 26)
    for row in rows { #expect((row.quantity / given.size / ((10...13).contains(row.bucket) ? 300 : 100) - 1).magnitude < 0.05) }
    #expect(rows.allSatisfy { $0.model == "analogue" })
    #expect(result.notes(.fromAnalogue).count == 1)
}

@Test func nothingIsForecastBeforeTheLaunch() throws {
    let launch = try #require(CalendarDate("2027-03-18"))  // Thursday of the third week: four of its seven days are open
    let products = [Product(id: "NEW", launch: launch, analogue: 1), Product(id: "OLD")]
    let built = HistoryPackage(count: 5, products: products, sales: [Pair(account: 0, product: 1): [Double](repeating: 70, count: 80)])
    #expect(forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair).map(\.quantity) == [0, 0, 40, 70, 70])
}

@Test func anAnalogueNotSoldAtTheAccountIsTakenByTheAccountsShare() {
    let products = [Product(id: "NEW", analogue: 1), Product(id: "OLD"), Product(id: "OTHER")]
    // Account 0 sells a quarter of everything, none of it OLD.
    var built = HistoryPackage(
        count: 2, products: products,
        sales: [
            Pair(account: 1, product: 1): [Double](repeating: 60, count: 80),
            Pair(account: 0, product: 2): [Double](repeating: 20, count: 80),
        ])
    built.package.stock = [StockRow(place: .account(0), product: 0, quantity: 1)]
    #expect(forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair).map(\.quantity) == [15, 15])
}

@Test func aProductWithoutHistoryOrAnalogueIsZeroWithANote() {
    var built = HistoryPackage(count: 2, sales: [Pair(account: 0, product: 1): [1, 2, 3]])
    built.package.stock = [StockRow(place: .account(0), product: 0, quantity: 8)]
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.rows(of: firstPair).map(\.quantity) == [0, 0])
    #expect(result.notes(.newProductWithoutAnalogue) == [ForecastNote(account: 0, product: 0, kind: .newProductWithoutAnalogue)])
}

@Test func emptyPackagesGiveEmptyForecasts() {
    let built = HistoryPackage()
    #expect(forecast(for: built.package, threads: 2, progress: nil) == Forecast())
    #expect(plannedDemand(for: built.package, forecast: Forecast()).pairs.isEmpty)
}

@Test("One thread or two, the same forecast", arguments: [UInt64(1), 2, 3])
func threadsChangeNothing(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<25 {
        for product in 0..<3 where random.uniform() < 0.8 {
            sales[Pair(account: account, product: product)] = (0..<110).map {
                max(0, 50 + 20 * Double($0 % 52) / 52 + 10 * random.normal())
            }
        }
    }
    var built = HistoryPackage(accounts: 25, sales: sales)
    let past = built.package.horizon.firstDay(of: -40)
    let coming = built.package.horizon.firstDay(of: 12)
    built.package.events = [
        Event(name: "feast", start: past, end: past.adding(days: 9)), Event(name: "feast", start: coming, end: coming.adding(days: 9)),
    ]
    let single = forecast(for: built.package, threads: 1, progress: nil)
    var shares: [Double] = []
    let double = forecast(for: built.package, threads: 2) { shares.append($0.share ?? -1) }
    #expect(single == double)
    #expect(shares == shares.sorted() && shares.last == 1)
}

/// Behaviour F6: nothing dated after the start reaches the statistical forecast of another bucket or pair.
@Test("F6: what is known of the future teaches nothing about the past", arguments: [UInt64(1), 2, 3])
func laterRowsChangeNothing(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<3 { sales[Pair(account: account, product: 0)] = (0..<120).map { _ in max(0, 50 + 10 * random.normal()) } }
    var built = HistoryPackage(sales: sales)
    let horizon = built.package.horizon
    let past = horizon.firstDay(of: -30)
    built.package.events = [Event(name: "feast", start: past, end: past.adding(days: 6))]
    let before = forecast(for: built.package, threads: 1, progress: nil)
    var later = built.package
    later.orders = [OrderRow(id: "1", account: 0, product: 0, due: horizon.firstDay(of: 3), quantity: 900)]
    later.overrides = [OverrideRow(bucket: 5, account: 0, product: 0, quantity: 900, author: "Li", reason: "test")]
    later.demand = [DemandRow(bucket: 6, account: 0, product: 0, quantity: 900)]
    let coming = horizon.firstDay(of: 8)
    later.events.append(Event(name: "feast", start: coming, end: coming.adding(days: 6)))
    later.events.append(Event(name: "later", start: horizon.firstDay(of: 9), end: horizon.firstDay(of: 10).adding(days: -1), lift: 4))
    let after = forecast(for: later, threads: 1, progress: nil)
    for (old, new) in zip(before.rows, after.rows) {
        #expect((old.account, old.product, old.bucket) == (new.account, new.product, new.bucket))
        if old.account == 0 && old.bucket == 6 { continue }
        if old.bucket == 8 || old.bucket == 9 { continue }
        #expect(old.statistical == new.statistical)
    }
    // The same past with another end: the forecast made at the earlier origin is not changed by what came after it.
    let origin = -20
    var early = built.package
    early.settings.horizon = Horizon(unit: .week, start: horizon.firstDay(of: origin), count: 10)
    let width = built.package.history.sales.bucketCount
    func cut(_ table: HistoryTable) -> HistoryTable {
        HistoryTable(
            pairs: table.pairs, firstBucket: table.firstBucket - origin,
            values: table.pairs.indices.flatMap { table.values[$0 * width..<$0 * width + width + origin] })
    }
    var changed = built.package.history.sales
    for pair in changed.pairs.indices { for t in width + origin..<width { changed.values[pair * width + t] *= 7 } }
    early.history.sales = cut(built.package.history.sales)
    early.history.lastSale = early.horizon.start.adding(days: -1)
    let first = forecast(for: early, threads: 1, progress: nil)
    early.history.sales = cut(changed)
    #expect(forecast(for: early, threads: 1, progress: nil) == first)
}
