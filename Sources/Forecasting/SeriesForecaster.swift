/// The forecast of one series.
public struct SeriesForecast: Hashable, Sendable {
    /// Expected demand, shape [H], finite, ≥ 0.
    public var mean: [Double]
    /// Quantiles of each bucket, shape [H][Q] in the order asked for; rising with the probability, ≥ 0.
    public var quantiles: [[Double]]
    /// The methods that carried it, largest weight first: `ETS(MAdM)+Theta`.
    public var model: String

    public init(mean: [Double], quantiles: [[Double]], model: String) {
        self.mean = mean
        self.quantiles = quantiles
        self.model = model
    }
}

/// Forecasts one series of demand: several methods, weighted by their errors at rolling origins, with quantiles from the same errors.
///
/// - Parameters:
///   - history: Demand a bucket, oldest first, shape [n]; NaN (or infinite) = not known, e.g. hidden by a stock-out. Any length, also 0.
///   - season: Buckets a season; ≤ 1 = none.
///   - horizon: Number of buckets H ≥ 0.
///   - quantiles: Probabilities in 0…1, shape [Q].
/// - Returns: Always finite and ≥ 0. Without a known value, or with zeros only, 0.
/// - Complexity: O(n) a likelihood; see docs/forecasting.md for measured times.
///
/// Method: docs/forecasting.md.
public func forecastSeries(_ history: [Double], season: Int, horizon: Int, quantiles: [Double] = [0.1, 0.5, 0.9]) -> SeriesForecast {
    precondition(horizon >= 0, "a horizon has 0 buckets or more")
    let cleaned = history.map { $0.isFinite ? $0 : .nan }
    func constant(_ value: Double, model: String) -> SeriesForecast {
        SeriesForecast(
            mean: [Double](repeating: value, count: horizon),
            quantiles: [[Double]](repeating: [Double](repeating: value, count: quantiles.count), count: horizon), model: model)
    }
    guard let first = cleaned.firstIndex(where: { !$0.isNaN }), let last = cleaned.lastIndex(where: { !$0.isNaN }) else {
        return constant(0, model: "none")
    }
    guard let scale = seriesScale(cleaned) else { return constant(0, model: "zero") }
    // Unknown buckets at the end are forecast like the ones ahead, and dropped again.
    let gap = cleaned.count - 1 - last
    let series = cleaned[first...last].map { $0 / scale }
    let known = series.filter { !$0.isNaN }
    if let value = known.first, known.allSatisfy({ $0 == value }) { return constant(max(value * scale, 0), model: "constant") }
    let combination = Combination(series, season: season, horizon: horizon + gap)
    // Near the largest number a forecast or quantile stops there.
    func restored(_ value: Double) -> Double { min(value * scale, .greatestFiniteMagnitude) }
    let ascending = quantiles.sorted()
    let values = zip(combination.mean, combination.spread).dropFirst(gap).map { mean, spread -> [Double] in
        let distribution = DemandDistribution(mean: mean, standardDeviation: spread, isPositive: combination.isPositive)
        // Asked in any order, computed in rising order, so that rounding can never make them cross.
        var floor = 0.0
        let rising = ascending.map { p -> Double in
            floor = max(floor, restored(distribution.quantile(p)))
            return floor
        }
        return quantiles.map { p in rising[ascending.firstIndex(of: p) ?? 0] }
    }
    return SeriesForecast(mean: combination.mean.dropFirst(gap).map(restored), quantiles: values, model: combination.model)
}
