import Forecasting
import PlanModel

/// The package as it was known at an earlier origin.
///
/// History, counts, deliveries, prices and changes of level end before the origin; orders, demand made elsewhere and overrides are left out. Events stay: their dates are
/// planned in advance, and what they do is learnt from the history that is left.
///
/// - Parameters:
///   - origin: First bucket to forecast on the package's scale, < 0.
///   - count: Buckets to forecast.
public func packageAsKnown(_ package: DataPackage, at origin: Int, count: Int) -> DataPackage {
    precondition(origin < 0 && count > 0, "an origin before the start, and buckets to forecast")
    var past = package
    let horizon = Horizon(unit: package.horizon.unit, start: package.horizon.firstDay(of: origin), count: count)
    past.settings.horizon = horizon
    func cut(_ table: HistoryTable) -> HistoryTable {
        let width = max(0, origin - table.firstBucket)
        guard width > 0 else { return HistoryTable() }
        return HistoryTable(
            pairs: table.pairs, firstBucket: -width, values: table.pairs.indices.flatMap { table.series($0).prefix(width) })
    }
    past.history = History(
        sales: cut(package.history.sales), salesValue: cut(package.history.salesValue), shipments: cut(package.history.shipments),
        closingStock: cut(package.history.closingStock),
        lastSale: package.history.lastSale.map { min($0, horizon.start.adding(days: -1)) })
    past.prices = package.prices.filter { $0.date < horizon.start }
    past.levelShifts = package.levelShifts.filter { $0.date < horizon.start }
    past.orders = []
    past.demand = []
    past.overrides = []
    // What follows from the start alone: rows of the plan proper say nothing about the past.
    past.bandRows = []
    past.stock = []
    past.inTransit = []
    return past
}

/// Makes the forecast again at earlier origins and compares it with what came.
///
/// At each origin the whole forecast runs on ``packageAsKnown(_:at:count:)``; beside it stands last season's value of the same bucket (naive), and after
/// it the overrides of those buckets, so that the value each step adds can be seen. Buckets whose demand was hidden by a stock-out have no known actual
/// and are left out. Pairs that had not been sold before an origin are not judged there.
///
/// - Parameters:
///   - tiers: Tier of each account index.
///   - origins: How many, ≥ 1; they stand `step` buckets apart and end one step before the start. Fewer where the history is shorter.
///   - count: Buckets ahead, ≥ 1; nil = the plan's horizon, at most a quarter of the history.
///   - step: Buckets between origins; nil = the buckets ahead divided by the origins.
/// - Returns: nil where the history is too short for a single origin (8 buckets before it, one after).
///
/// Sources: Tashman (2000), IJF 16, 437-450 (rolling origins); Gilliland (2010), The Business Forecasting Deal, chapter 4 (forecast value added).
public func backtest(
    of package: DataPackage, tiers: [Int], origins: Int = 4, count: Int? = nil, step: Int? = nil, threads: Int = 1,
    progress: ProgressHandler? = nil
) -> BacktestReport? {
    let settings = package.settings.forecast
    let first = min(package.history.sales.firstBucket, package.history.shipments.firstBucket)
    let last = lastKnownBucket(of: package)
    let length = last + 1 - first
    let ahead = max(1, min(count ?? package.horizon.count, max(1, length / 4)))
    let distance = max(1, step ?? ahead / max(origins, 1))
    // The newest origin has `distance` buckets to judge it by, the oldest all of `ahead`.
    let starts = (1...max(origins, 1)).map { last + 1 - $0 * distance }.filter { $0 - first >= 8 }.reversed()
    guard !starts.isEmpty else { return nil }

    let lastKnown = last
    var actuals: [Pair: DemandHistory] = [:]
    for pair in demandPairs(of: package) { actuals[pair] = demandHistory(of: pair, in: package, lastKnown: lastKnown) }
    let overrides = Dictionary(grouping: package.overrides.filter { $0.bucket < 0 }) { Pair(account: $0.account, product: $0.product) }
    let probabilities = settings.quantiles
    let outer = probabilities.isEmpty ? nil : (low: 0, high: probabilities.count - 1)

    var sums: [BacktestDimension: [String: StepErrors]] = [:]
    var authors: [String: StepErrors] = [:]
    var paths: [BacktestPath] = []
    for (number, origin) in starts.enumerated() {
        let buckets = min(ahead, last + 1 - origin)
        let known = packageAsKnown(package, at: origin, count: buckets)
        progress?(ProgressStep("Forecasting from \(known.horizon.start)", share: Double(number) / Double(starts.count)))
        let made = forecast(for: known, threads: threads, progress: nil)
        let lastKnownThere = lastKnownBucket(of: known)
        var path = BacktestPath(
            origin: origin, actual: [Double](repeating: 0, count: buckets), naive: [Double](repeating: 0, count: buckets),
            model: [Double](repeating: 0, count: buckets), final: [Double](repeating: 0, count: buckets))
        var at = made.rows.startIndex
        while at < made.rows.endIndex {
            let rows = made.rows[at..<at + buckets]
            at += buckets
            guard let row = rows.first else { continue }
            let pair = Pair(account: row.account, product: row.product)
            let history = demandHistory(of: pair, in: known, lastKnown: lastKnownThere)
            guard !history.values.isEmpty, let actual = actuals[pair] else { continue }
            let naive = seasonalNaiveForecast(of: history.values, season: settings.season, horizon: buckets)
            let scale = ErrorMeasure.seasonalNaiveScale(
                history.values, season: history.values.count > settings.season ? settings.season : 1)
            let own = Dictionary((overrides[pair] ?? []).map { ($0.bucket, $0) }, uniquingKeysWith: { first, _ in first })
            for (h, row) in rows.enumerated() {
                let y = actual[origin + h]
                guard !y.isNaN else { continue }
                let override = own[origin + h]
                let final = override?.quantity ?? row.quantity
                var cell = StepErrors()
                cell.naive.add(naive[h], y, scale: scale)
                cell.model.add(row.quantity, y, scale: scale)
                cell.final.add(final, y, scale: scale)
                if let outer {
                    cell.model.add(quantiles: row.quantiles, probabilities, y, outer)
                    let ratio = row.quantity > 0 ? final / row.quantity : 1
                    cell.final.add(quantiles: row.quantiles.map { $0 * ratio }, probabilities, y, outer)
                }
                path.actual[h] += y
                path.naive[h] += naive[h]
                path.model[h] += row.quantity
                path.final[h] += final
                let family = package.products[pair.product].family
                let keys: [(BacktestDimension, String)] = [
                    (.all, ""), (.tier, String(tiers[pair.account])), (.family, family), (.account, package.accounts[pair.account].id),
                    (.horizon, String(h + 1)), (.origin, known.horizon.start.description),
                ]
                for (dimension, name) in keys where dimension != .family || !name.isEmpty {
                    sums[dimension, default: [:]][name, default: StepErrors()].add(cell)
                }
                if let override { authors[override.author, default: StepErrors()].add(cell) }
            }
        }
        paths.append(path)
    }
    let groups = BacktestDimension.allCases.flatMap { dimension -> [BacktestGroup] in
        let found = sums[dimension] ?? [:]
        let names = found.keys.sorted { a, b in
            if let x = Int(a), let y = Int(b) { return x < y }
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return names.map { BacktestGroup(dimension: dimension, name: $0, errors: found[$0] ?? StepErrors()) }
    }
    return BacktestReport(
        origins: Array(starts), horizon: ahead, groups: groups,
        authors: authors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map {
            AuthorValue(author: $0, errors: authors[$0] ?? StepErrors())
        },
        paths: paths, lowest: probabilities.first ?? 0.1, highest: probabilities.last ?? 0.9)
}

extension StepErrors {
    mutating func add(_ other: StepErrors) {
        naive = naive + other.naive
        model = model + other.model
        final = final + other.final
    }
}

extension ErrorSums {
    mutating func add(_ forecast: Double, _ y: Double, scale: Double?) {
        count += 1
        actual += y
        absolute += (forecast - y).magnitude
        signed += forecast - y
        if let scale {
            scaled += (forecast - y).magnitude / scale
            scaledCount += 1
        }
    }

    mutating func add(quantiles: [Double], _ probabilities: [Double], _ y: Double, _ outer: (low: Int, high: Int)) {
        var loss = 0.0
        for (q, p) in zip(quantiles, probabilities) { loss += max(p * (y - q), (p - 1) * (y - q)) }
        pinball += loss / Double(probabilities.count)
        if quantiles[outer.low] <= y && y <= quantiles[outer.high] { inside += 1 }
        quantileCount += 1
    }
}
