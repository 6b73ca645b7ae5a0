import Forecasting
import PlanModel

/// What a change of price does to demand, learnt from past changes.
///
///     demand = demand at the usual price × (price / usual price)^β
///
/// β (elasticity) of a pair comes from its buckets whose price differs from that of the two buckets on either side, demand compared in the same way:
///
///     β = Σ x r / Σ x²,   x = log price − mean log price around,   r = log demand − mean log demand around
///
/// so that level, season and slow price rises cancel. Pairs are drawn towards the pooled β by their variance (random effects). Where the pooled β is not two
/// standard errors below zero nothing is believed, and prices change nothing; a β above 0 or below −6 is not believed either.
///
/// Usual is the median price of the year around a bucket in the history, and of the last year for the buckets ahead.
///
/// Source of the form: Tellis (1988), J. Marketing Research 25, 331-341 (elasticities from sales response models).
struct PriceEffects: Sendable {
    /// β of each series; 0 = none.
    let elasticities: [Double]
    /// log(price / usual) of each series, from its first bucket through the horizon; empty where the pair has no prices.
    private let relative: [[Double]]
    private let firstBuckets: [Int]

    static let none = PriceEffects(elasticities: [], relative: [], firstBuckets: [])

    private init(elasticities: [Double], relative: [[Double]], firstBuckets: [Int]) {
        self.elasticities = elasticities
        self.relative = relative
        self.firstBuckets = firstBuckets
    }

    /// - Parameters:
    ///   - series: Histories with the events' lifts taken out; NaN = not known.
    ///   - pairs: The pair of each.
    init(_ series: [DemandHistory], pairs: [Pair], package: DataPackage) {
        let horizon = package.horizon
        var byProduct: [Int: [PriceRow]] = [:]
        for row in package.prices where row.price > 0 { byProduct[row.product, default: []].append(row) }
        let year = max(package.settings.forecast.season, 2)
        var estimates: [(series: Int, mean: Double, variance: Double)] = []
        var relative = [[Double]](repeating: [], count: series.count)
        for (index, history) in series.enumerated() {
            guard let rows = byProduct[pairs[index].product], !history.values.isEmpty else { continue }
            let inScope = rows.filter { $0.account == nil || $0.account == pairs[index].account }
            guard inScope.count > 1 else { continue }
            let prices = Self.prices(inScope, horizon: horizon, buckets: history.firstBucket..<horizon.count)
            let logs = prices.map { logarithm($0) }
            let known = history.values.count
            relative[index] = logs.indices.map { t in
                let window = t < known ? max(0, t - year / 2)..<min(known, t + year / 2 + 1) : max(0, known - year)..<known
                let around = logs[window].filter { !$0.isNaN }.sorted()
                return around.isEmpty || logs[t].isNaN ? 0 : logs[t] - around[around.count / 2]
            }
            var products = 0.0
            var squares = 0.0
            var residuals = 0.0
            var count = 0.0
            for t in 2..<max(2, known - 2) {
                let near = [t - 2, t - 1, t + 1, t + 2]
                guard history.values[t] > 0, near.allSatisfy({ history.values[$0] > 0 && !logs[$0].isNaN }), !logs[t].isNaN else {
                    continue
                }
                let x = logs[t] - near.reduce(0) { $0 + logs[$1] } / 4
                let r = logarithm(history.values[t]) - near.reduce(0) { $0 + logarithm(history.values[$1]) } / 4
                products += x * r
                squares += x * x
                residuals += r * r
                count += 1
            }
            // Below this the price has not moved: 5 % once.
            guard count >= 6, squares > 0.0025 else { continue }
            let beta = products / squares
            let variance = max(residuals - beta * products, 0) / max(count - 1, 1) / squares
            estimates.append((index, beta, max(variance, 1e-4)))
        }
        var elasticities = [Double](repeating: 0, count: series.count)
        if !estimates.isEmpty {
            let (mean, between, error) = randomEffects(estimates.map { ($0.mean, $0.variance) })
            if mean < -2 * error {
                for index in series.indices where !relative[index].isEmpty { elasticities[index] = min(max(mean, -6), 0) }
                for estimate in estimates {
                    let trust = between / (between + estimate.variance)
                    elasticities[estimate.series] = min(max(mean + trust * (estimate.mean - mean), -6), 0)
                }
            }
        }
        self.elasticities = elasticities
        self.relative = relative
        firstBuckets = series.map(\.firstBucket)
    }

    /// What demand in a bucket is multiplied by because of its price; 1 = the usual one.
    func factor(series: Int, bucket: Int) -> Double {
        guard series < elasticities.count, elasticities[series] != 0 else { return 1 }
        let index = bucket - firstBuckets[series]
        guard relative[series].indices.contains(index) else { return 1 }
        // Nothing is learnt beyond a five-fold or a fifth.
        return min(max(exponential(elasticities[series] * relative[series][index]), 0.2), 5)
    }

    /// Mean price in force in each bucket, days alike; NaN before the first row. A row of the account wins over one for all.
    private static func prices(_ rows: [PriceRow], horizon: Horizon, buckets: Range<Int>) -> [Double] {
        let general = rows.filter { $0.account == nil }.sorted { $0.date < $1.date }
        let own = rows.filter { $0.account != nil }.sorted { $0.date < $1.date }
        func price(_ rows: [PriceRow], _ first: CalendarDate, _ days: Int) -> Double? {
            var sum = 0.0
            var covered = 0
            let end = first.daysSinceEpoch + days
            for (index, row) in rows.enumerated() {
                let from = max(row.date.daysSinceEpoch, first.daysSinceEpoch)
                let to = index + 1 < rows.count ? min(rows[index + 1].date.daysSinceEpoch, end) : end
                if to > from {
                    sum += row.price * Double(to - from)
                    covered += to - from
                }
            }
            return covered > 0 ? sum / Double(covered) : nil
        }
        return buckets.map { bucket in
            let first = horizon.firstDay(of: bucket)
            let days = horizon.days(in: bucket)
            return price(own, first, days) ?? price(general, first, days) ?? .nan
        }
    }
}

/// Mean, variance between groups and standard error of the mean of estimates with known variances, by the method of moments.
///
/// Source: DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188.
func randomEffects(_ estimates: [(mean: Double, variance: Double)]) -> (mean: Double, between: Double, error: Double) {
    var weights = 0.0
    var squares = 0.0
    var sum = 0.0
    for estimate in estimates {
        let w = 1 / estimate.variance
        weights += w
        squares += w * w
        sum += w * estimate.mean
    }
    let fixed = sum / weights
    var q = 0.0
    for estimate in estimates { q += (estimate.mean - fixed) * (estimate.mean - fixed) / estimate.variance }
    let denominator = weights - squares / weights
    let between = denominator > 1e-9 * weights ? max(0, (q - Double(estimates.count - 1)) / denominator) : 0
    var total = 0.0
    var mean = 0.0
    for estimate in estimates {
        let w = 1 / (estimate.variance + between)
        total += w
        mean += w * estimate.mean
    }
    return (mean / total, between, (1 / total).squareRoot())
}
