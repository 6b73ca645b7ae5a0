/// The forecast of one series.
public struct SeriesForecast: Hashable, Sendable {
    /// Expected demand, shape [H], finite, ≥ 0.
    public var mean: [Double]
    /// Quantiles of each bucket, shape [H][Q] in the order asked for; rising with the probability, ≥ 0.
    public var quantiles: [[Double]]
    /// The methods that carried it, largest weight first: `ETS(MAdM)+Theta`.
    public var model: String
    /// What the quantiles are read from; also gives those of sums over several buckets.
    public var distribution: DemandDistribution

    public init(mean: [Double], quantiles: [[Double]], model: String, distribution: DemandDistribution? = nil) {
        self.mean = mean
        self.quantiles = quantiles
        self.model = model
        self.distribution =
            distribution ?? DemandDistribution(median: mean, deviation: [Double](repeating: 0, count: mean.count), isPositive: false)
    }

    /// Quantiles read from a distribution.
    init(mean: [Double], distribution: DemandDistribution, probabilities: [Double], model: String) {
        let ascending = probabilities.sorted()
        let values = mean.indices.map { h -> [Double] in
            // Asked in any order, computed in rising order, so that rounding can never make them cross.
            var floor = 0.0
            let rising = ascending.map { p -> Double in
                floor = max(floor, distribution.quantile(h, p))
                return floor
            }
            return probabilities.map { p in rising[ascending.firstIndex(of: p) ?? 0] }
        }
        self.init(mean: mean, quantiles: values, model: model, distribution: distribution)
    }
}

/// Forecasts one series of demand: several methods, weighted by their errors at rolling origins, with quantiles from the same errors.
///
/// - Parameters:
///   - history: Demand a bucket, oldest first, shape [n]; NaN (or infinite) = not known, e.g. hidden by a stock-out. Any length, also 0. Zeros before
///     the first other value are taken as before the launch.
///   - season: Buckets a season; ≤ 1 = none.
///   - horizon: Number of buckets H ≥ 0.
///   - quantiles: Probabilities in 0…1, shape [Q].
/// - Returns: Always finite and ≥ 0. Without a known value, or with zeros only, 0.
/// - Complexity: O(n) a likelihood; see docs/forecasting.md for measured times.
///
/// Method: docs/forecasting.md.
public func forecastSeries(_ history: [Double], season: Int, horizon: Int, quantiles: [Double] = [0.1, 0.5, 0.9]) -> SeriesForecast {
    LocalForecast(history, season: season, horizon: horizon).seriesForecast(quantiles: quantiles)
}

/// What one series by itself gives, in its own units.
struct LocalForecast: Sendable {
    /// A forecast from an earlier origin, in the units of the series.
    struct Backtest: Sendable {
        /// Buckets of the series, counted from its first one given, that were known.
        var origin: Int
        var forecast: [Double]
        var spread: [Double]
        /// NaN = missing.
        var actual: [Double]
    }

    var mean: [Double]
    var spread: [Double]
    var isPositive: Bool
    var model: String
    /// Oldest first; empty where the series is constant or too short.
    var backtests: [Backtest]
    /// Nothing to add: the series is constant, zero or unknown.
    var isTrivial: Bool

    /// - Parameter groupSeason: Seasonal factors by bucket of `history` that the series' groups lend it; nil = its own only.
    init(_ history: [Double], season: Int, horizon: Int, groupSeason: GroupSeason? = nil) {
        precondition(horizon >= 0, "a horizon has 0 buckets or more")
        let cleaned = history.map { $0.isFinite ? $0 : .nan }
        func trivial(_ value: Double, model: String) -> LocalForecast {
            LocalForecast(constant: value, horizon: horizon, model: model)
        }
        guard cleaned.contains(where: { !$0.isNaN }) else {
            self = trivial(0, model: "none")
            return
        }
        guard let scale = seriesScale(cleaned), let first = launchIndex(of: cleaned),
            let last = cleaned.lastIndex(where: { !$0.isNaN })
        else {
            self = trivial(0, model: "zero")
            return
        }
        // Unknown buckets at the end are forecast like the ones ahead, and dropped again.
        let gap = cleaned.count - 1 - last
        let series = cleaned[first...last].map { $0 / scale }
        let known = series.filter { !$0.isNaN }
        if let value = known.first, known.allSatisfy({ $0 == value }) {
            self = trivial(max(value * scale, 0), model: "constant")
            return
        }
        let combination = Combination(series, season: season, horizon: horizon + gap, groupSeason: groupSeason?.starting(at: first))
        // Near the largest number a forecast or quantile stops there.
        func restored(_ value: Double) -> Double { min(value * scale, .greatestFiniteMagnitude) }
        mean = combination.mean.dropFirst(gap).map(restored)
        spread = combination.spread.dropFirst(gap).map(restored)
        isPositive = combination.isPositive
        model = combination.model
        backtests = combination.backtests.map { past in
            Backtest(
                origin: first + past.origin, forecast: past.forecast.map(restored), spread: past.spread.map(restored),
                actual: past.actual.map { $0 * scale })
        }
        isTrivial = false
    }

    private init(constant value: Double, horizon: Int, model: String) {
        mean = [Double](repeating: value, count: horizon)
        spread = [Double](repeating: 0, count: horizon)
        isPositive = value > 0
        self.model = model
        backtests = []
        isTrivial = true
    }

    func seriesForecast(quantiles: [Double]) -> SeriesForecast {
        SeriesForecast(
            mean: mean, distribution: DemandDistribution(median: mean, deviation: spread, isPositive: isPositive), probabilities: quantiles,
            model: model)
    }
}

/// Position of the first bucket that counts: zeros before the first sale are before the launch, if what follows is a running sale. A few late
/// values after long zeros are demand of a rare kind, and their zeros stay.
///
/// - Returns: nil where no value is known or all are 0.
func launchIndex(of series: [Double]) -> Int? {
    guard let sale = series.firstIndex(where: { $0.isFinite && $0 != 0 }) else { return nil }
    var known = 0
    var sold = 0
    for value in series[sale...] where value.isFinite {
        known += 1
        if value != 0 { sold += 1 }
    }
    return known >= 4 && 2 * sold >= known ? sale : series.firstIndex { $0.isFinite }
}
