import PlanModel
import Testing

@testable import DemandPlanning

private func seasonalPackage(seed: UInt64, accounts: Int = 6) -> HistoryPackage {
    var random = TestRandom(seed: seed)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<accounts {
        for product in 0..<2 {
            let size = 50 + 200 * random.uniform()
            sales[Pair(account: account, product: product)] = (0..<48).map { t in
                max(0, size * (1 + (t % 12 == 6 ? 0.8 : 0)) * (1 + 0.15 * random.normal()))
            }
        }
    }
    var built = HistoryPackage(
        unit: .month, start: "2027-01-01", count: 6, accounts: accounts,
        products: [Product(id: "P0", family: "F"), Product(id: "P1", family: "F"), Product(id: "P2", family: "G")], sales: sales)
    built.package.settings.forecast.quantiles = [0.1, 0.5, 0.9]
    return built
}

/// Behaviour F6: whatever is dated after an origin changes nothing of the forecast made there.
@Test("F6: the package as known at an origin holds nothing later", arguments: [(UInt64(1), -6), (2, -3), (3, -11)])
func laterRowsDoNotReachAnOrigin(seed: UInt64, origin: Int) throws {
    let built = seasonalPackage(seed: seed)
    var package = built.package
    let horizon = package.horizon
    package.history.closingStock = HistoryTable(
        pairs: [firstPair], firstBucket: -48, values: (0..<48).map { $0 % 5 == 0 ? 100 : .nan })
    package.prices = [
        PriceRow(date: horizon.firstDay(of: -40), account: nil, product: 0, price: 10),
        PriceRow(date: horizon.firstDay(of: -20), account: nil, product: 0, price: 8),
    ]
    let first = forecast(for: packageAsKnown(package, at: origin, count: -origin), threads: 1, progress: nil)
    // Everything from the origin on is changed: sales, counts, deliveries, prices, orders, overrides, demand.
    var later = package
    let width = 48
    for row in later.history.sales.pairs.indices { for t in width + origin..<width { later.history.sales.values[row * width + t] *= 9 } }
    for t in width + origin..<width { later.history.closingStock.values[t] = 0 }
    later.history.shipments = HistoryTable(
        pairs: [Pair(account: 0, product: 2)], firstBucket: origin, values: [Double](repeating: 40, count: -origin))
    later.prices.append(PriceRow(date: horizon.firstDay(of: origin), account: nil, product: 0, price: 2))
    later.orders = [OrderRow(id: "1", account: 0, product: 0, due: horizon.start, quantity: 900)]
    later.overrides = [OverrideRow(bucket: origin, account: 0, product: 0, quantity: 900, author: "Li", reason: "test")]
    later.demand = [DemandRow(bucket: 0, account: 0, product: 0, quantity: 900)]
    let second = forecast(for: packageAsKnown(later, at: origin, count: -origin), threads: 1, progress: nil)
    #expect(first == second)
    // And the test can fail: a change before the origin is seen.
    later.history.sales.values[width + origin - 1] *= 3
    #expect(forecast(for: packageAsKnown(later, at: origin, count: -origin), threads: 1, progress: nil) != first)
}

/// Behaviour F7. Overrides that meet what was sold gain all of the model's error, those of three times it lose; both are shown by author.
@Test("F7: the value each step and each author adds", arguments: [UInt64(1), 2, 3])
func eachStepIsJudged(seed: UInt64) throws {
    var package = seasonalPackage(seed: seed).package
    let sales = package.history.sales
    for (row, pair) in sales.pairs.enumerated() where pair.account < 3 {
        let actual = sales.values[row * 48 + 46]
        package.overrides.append(
            OverrideRow(bucket: -2, account: pair.account, product: pair.product, quantity: actual, author: "Chen", reason: "knows"))
        package.overrides.append(
            OverrideRow(
                bucket: -1, account: pair.account, product: pair.product, quantity: 3 * sales.values[row * 48 + 47], author: "Wu",
                reason: "hopes"))
    }
    let report = try #require(backtest(of: package, tiers: [1, 1, 2, 2, 3, 3], origins: 3, count: 6, step: 2))
    #expect(report.origins == [-6, -4, -2])
    #expect(report.authors.map(\.author) == ["Chen", "Wu"])
    let chen = report.authors[0]
    let wu = report.authors[1]
    #expect(chen.errors.final.wape == 0)
    #expect(chen.gain == chen.errors.model.wape)
    // |3y − y| / y = 2 on every cell.
    #expect(try (#require(wu.errors.final.wape) - 2).magnitude < 1e-12)
    #expect(try #require(wu.gain) < 0)
    // Each overridden bucket was forecast from three origins (six cells an author a bucket).
    #expect(chen.errors.final.count == 18)

    // Sums agree: every dimension adds up to the whole, the steps to each other.
    let all = report.overall
    for dimension in [BacktestDimension.tier, .account, .horizon, .origin, .family] {
        let sum = report.groups(by: dimension).reduce(ErrorSums()) { $0 + $1.errors.model }
        #expect((sum.absolute - all.model.absolute).magnitude < 1e-6 * all.model.absolute)
        #expect(sum.count == all.model.count)
    }
    #expect(report.groups(by: .tier).map(\.name) == ["1", "2", "3"])
    // 12 pairs, horizons 6, 4 and 2.
    #expect(all.model.count == 144)
    #expect(try #require(all.model.wape) < #require(all.naive.wape))
    // By hand for the naive step of the last origin.
    let last = try #require(report.groups(by: .origin).last)
    var error = 0.0
    var total = 0.0
    for row in sales.pairs.indices {
        for t in 46..<48 {
            error += (sales.values[row * 48 + t - 12] - sales.values[row * 48 + t]).magnitude
            total += sales.values[row * 48 + t]
        }
    }
    #expect(try (#require(last.errors.naive.wape) - error / total).magnitude < 1e-12)
}

@Test func hiddenDemandIsNotJudged() throws {
    var package = seasonalPackage(seed: 5).package
    let row = try #require(package.history.sales.row(of: firstPair))
    for t in 44..<48 { package.history.sales.values[row * 48 + t] = 0 }
    package.history.closingStock = HistoryTable(
        pairs: [firstPair], firstBucket: -48, values: (0..<48).map { $0 >= 43 ? 0 : 100 })
    let report = try #require(backtest(of: package, tiers: [1, 1, 1, 1, 1, 1], origins: 1, count: 4, step: 4))
    #expect(report.overall.model.count == 44)
}

@Test func tooLittleHistoryIsNoBacktest() {
    let built = HistoryPackage(unit: .month, start: "2027-01-01", count: 6, sales: [firstPair: [5, 6, 7, 8, 7]])
    #expect(backtest(of: built.package, tiers: [1, 1, 1]) == nil)
    #expect(backtest(of: HistoryPackage().package, tiers: [1, 1, 1]) == nil)
}
