/// Forecast of a scaled series as the weighted mean of several methods.
///
/// Each method forecasts from a few earlier origins, from what was known there. Weights are inverse errors, shrunk towards equal ones; a method much
/// worse than the best is left out. The same errors, those of the weighted mean, set the width of the quantiles.
///
/// Source: rolling origins as in Tashman (2000), IJF 16, 437-450; shrinkage to equal weights after Stock & Watson (2004), J. Forecasting 23, 405-430.
struct Combination {
    /// Shape [H], ≥ 0.
    let mean: [Double]
    /// Standard deviation of the forecast error, shape [H].
    let spread: [Double]
    let model: String
    /// Every known value is above zero.
    let isPositive: Bool
    /// What the weighted mean forecast from earlier origins, oldest first.
    let backtests: [Backtest]

    /// A forecast from an earlier origin beside what came.
    struct Backtest {
        /// Buckets known.
        var origin: Int
        /// Shape [h], h ≤ H.
        var forecast: [Double]
        /// Standard deviation of the error, as for the forecast proper.
        var spread: [Double]
        /// NaN = missing.
        var actual: ArraySlice<Double>
    }

    /// Constants set on the developer data (docs/decisions/0004-forecasting.md has the tables they were read from).
    private enum Tuning {
        /// Power of the inverse error in a weight: 1 hardly leaves equal weights.
        static let sharpness = 1.0
        /// The same where the methods differ in kind: a weekly series has a year shape or it has none.
        static let sharpnessOfLongSeasons = 3.0
        /// Errors at origins that the prior weights count for.
        static let priorErrors = 12.0
        /// A method with more than five times the best error is left out: it went wild.
        static let leastRatio = 0.2
        /// Errors below this (the series is scaled to about 1) are equal: a method that was right by chance does not take all.
        static let leastError = 0.01
        /// Prior weight of methods without season against those with one, where the season is long.
        static let priorOfSeasonless = 0.1
        /// Prior weights where the season is short, against 1 of the smoothing methods.
        static let priorOfLastYear = 0.25
        static let priorOfYearShape = 0.5
        /// Errors past the end over one-step errors of the fit, as far as the growth by horizon does not say it.
        static let inflation = 1.2
        static let inflationOfLongSeasons = 1.5
        /// Origin errors the fit's own error counts for; those of one origin hang together, so many.
        static let priorScores = 30.0
        /// Growth of the error variance a bucket where no state-space form stands for the series.
        static let varianceGrowthOfLongSeasons = 0.1
        /// Methods below this weight are not named.
        static let leastNamedWeight = 0.05
        /// Relative error taken for a method that could not forecast from the origins.
        static let ratioOfUntried = 0.7
    }

    private struct Origin {
        /// Forecasts of each method, nil where it had none.
        var forecasts: [[Double]?]
        /// What came, NaN = missing.
        var actual: ArraySlice<Double>
    }

    /// - Parameters:
    ///   - series: Shape [n], n ≥ 1, first and last known, not constant, scaled to about 1.
    ///   - groupSeason: Seasonal factors by bucket of the series that its groups lend it.
    init(_ series: [Double], season: Int, horizon: Int, groupSeason: GroupSeason? = nil) {
        let bench = MethodBench(series, season: season, groupIndices: groupSeason?.indices)
        let n = series.count
        let known = series.reduce(0) { $1.isNaN ? $0 : $0 + 1 }
        let least = series.reduce(Double.infinity) { $1 < $0 ? $1 : $0 }
        let largest = series.reduce(0.0) { $1 > $0 ? $1 : $0 }
        isPositive = least > 0
        // No method is believed beyond this: a trend that runs away, a factor that explodes.
        let ceiling = 4 * largest
        func bounded(_ forecast: [Double]) -> [Double] { forecast.map { $0.isFinite ? min(max($0, 0), ceiling) : largest } }

        var memory = MethodMemory()
        var methods: [Method] = []
        var forecasts: [[Double]] = []
        let zeros = series.reduce(0) { $1 == 0 ? $0 + 1 : $0 }
        let isIntermittent = Double(zeros) > intermittentShare * Double(known)
        for method in Self.candidates(bucketCount: n, known: known, season: season, isIntermittent: isIntermittent) {
            guard let forecast = bench.forecast(method, horizon: horizon, memory: &memory) else { continue }
            methods.append(method)
            forecasts.append(bounded(forecast))
        }
        if methods.isEmpty {
            // Two or three values: their mean.
            let level = max(0, series.reduce(0) { $1.isNaN ? $0 : $0 + $1 } / Double(max(known, 1)))
            mean = [Double](repeating: level, count: horizon)
            let deviation = (series.reduce(0) { $1.isNaN ? $0 : $0 + ($1 - level) * ($1 - level) } / Double(max(known - 1, 1))).squareRoot()
            spread = (0..<horizon).map { deviation * (1 + 0.25 * Double($0)).squareRoot() }
            model = "Mean"
            backtests = []
            return
        }

        let starts = Self.origins(bucketCount: n, season: season, horizon: horizon)
        let origins = starts.map { origin -> Origin in
            let past = MethodBench(Array(series[..<origin]), season: season, groupIndices: groupSeason?.earlier)
            let end = min(n, origin + max(horizon, 1))
            let isUsable = past.series.reduce(0) { $1.isNaN ? $0 : $0 + 1 } >= 3
            return Origin(
                forecasts: methods.map { method in
                    isUsable ? past.forecast(method, horizon: end - origin, memory: &memory).map(bounded) : nil
                },
                actual: series[origin..<end])
        }
        let weights = Self.weights(methods, origins: origins, season: season)

        var combined = [Double](repeating: 0, count: horizon)
        for (weight, forecast) in zip(weights, forecasts) where weight > 0 { for h in 0..<horizon { combined[h] += weight * forecast[h] } }
        mean = combined
        let past = zip(starts, origins).compactMap { start, origin -> Backtest? in
            guard origin.forecasts.indices.allSatisfy({ weights[$0] == 0 || origin.forecasts[$0] != nil }) else { return nil }
            let forecast = origin.actual.indices.map { t -> Double in
                methods.indices.reduce(0) { weights[$1] > 0 ? $0 + weights[$1] * (origin.forecasts[$1]?[t - start] ?? 0) : $0 }
            }
            return Backtest(origin: start, forecast: forecast, spread: [], actual: origin.actual)
        }
        let spreads = Self.spreads(bench: bench, mean: combined, backtests: past, memory: memory)
        spread = spreads.ahead
        backtests = zip(past, spreads.past).map { backtest, spread in
            var backtest = backtest
            backtest.spread = spread
            return backtest
        }
        model = methods.indices.filter { weights[$0] > Tuning.leastNamedWeight }.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
            .map { index -> String in
                methods[index] == .ets ? (memory.ets.first?.form.description ?? Method.ets.rawValue) : methods[index].rawValue
            }.joined(separator: "+")
    }

    /// The methods tried on a series of this length and season.
    private static func candidates(bucketCount n: Int, known: Int, season: Int, isIntermittent: Bool) -> [Method] {
        if known < 4 { return [] }
        let sparse: [Method] = isIntermittent ? [.syntetosBoylan, .teunterSyntetosBabai] : []
        guard season > 1, n > season + 4 else { return [.ets, .theta, .complexSmoothing] + sparse }
        if season > MethodBench.longestStateSeason { return [.lastYear, .yearFactors, .yearOffsets, .ets, .theta] + sparse }
        return [.ets, .theta, .complexSmoothing, .yearFactors, .lastYear] + sparse
    }

    /// Earlier origins, newest last: up to four, spread over the last horizon (or the last quarter of the history where that is shorter).
    private static func origins(bucketCount n: Int, season: Int, horizon: Int) -> [Int] {
        let least = season > MethodBench.longestStateSeason && n > season + 12 ? season + 6 : max(8, season > 1 ? 2 * season + 2 : 0)
        let span = min(max(horizon, 4), max(n - least, 0), n / 4)
        guard span >= 1 else { return [] }
        let count = min(4, span)
        var result: [Int] = []
        // One season before the end the horizon's own weeks came: where a peak is ahead, only this origin has seen one.
        let twin = n - season
        if season > MethodBench.longestStateSeason, twin >= season + 6, twin < n - span { result.append(twin) }
        for k in 0..<count {
            let origin = n - span + (span * k) / count
            if result.last != origin { result.append(origin) }
        }
        return result
    }

    /// Weights of the methods, summing to 1.
    private static func weights(_ methods: [Method], origins: [Origin], season: Int) -> [Double] {
        let prior = methods.map { method -> Double in
            switch method {
            // Without evidence a long season is carried by its shape.
            case .ets, .theta, .complexSmoothing, .syntetosBoylan, .teunterSyntetosBabai:
                season > MethodBench.longestStateSeason && methods.contains(.yearFactors) ? Tuning.priorOfSeasonless : 1
            // Single values of one or two years are rough beside smoothed ones; the model across series knows last year too.
            case .lastYear: season > MethodBench.longestStateSeason ? 1 : Tuning.priorOfLastYear
            case .yearFactors: season > MethodBench.longestStateSeason ? 1 : Tuning.priorOfYearShape
            default: 1
            }
        }
        var errors = [Double](repeating: 0, count: methods.count)
        var counts = [Int](repeating: 0, count: methods.count)
        for origin in origins {
            for (index, forecast) in origin.forecasts.enumerated() {
                guard let forecast else { continue }
                for (f, y) in zip(forecast, origin.actual) where !y.isNaN {
                    errors[index] += (f - y).magnitude
                    counts[index] += 1
                }
            }
        }
        let most = counts.max() ?? 0
        guard most > 0 else { return normalized(prior) }
        let means = methods.indices.map { counts[$0] == most ? errors[$0] / Double(most) : .infinity }
        let best = means.min() ?? .infinity
        guard best.isFinite else { return normalized(prior) }
        let trust = Double(most) / (Double(most) + Tuning.priorErrors)
        let sharpness = season > MethodBench.longestStateSeason ? Tuning.sharpnessOfLongSeasons : Tuning.sharpness
        let scored = methods.indices.map { index -> Double in
            // A method that could not forecast from the origins gets what the middling one gets.
            let ratio = means[index].isFinite ? (best + Tuning.leastError) / (means[index] + Tuning.leastError) : Tuning.ratioOfUntried
            if ratio < Tuning.leastRatio { return 0 }
            let before = season > MethodBench.longestStateSeason ? forecastingPower(prior[index], 1 - trust) : prior[index]
            return before * forecastingPower(ratio, sharpness * trust)
        }
        return normalized(scored)
    }

    private static func normalized(_ weights: [Double]) -> [Double] {
        let sum = weights.reduce(0, +)
        return sum > 0 ? weights.map { $0 / sum } : weights.map { _ in 1 / Double(weights.count) }
    }

    /// Standard deviation of the error by horizon: a growth shape scaled to the errors the weighted mean made at the origins.
    private static func spreads(bench: MethodBench, mean: [Double], backtests: [Backtest], memory: MethodMemory) -> (
        ahead: [Double], past: [[Double]]
    ) {
        let horizon = mean.count
        let growth: [Double]
        if bench.season <= MethodBench.longestStateSeason, let kept = memory.ets.first {
            growth = kept.form.errorGrowth(kept.parameters, season: bench.season, horizon: max(horizon, bench.series.count))
        } else {
            growth = (0..<max(horizon, bench.series.count)).map { (1 + Tuning.varianceGrowthOfLongSeasons * Double($0)).squareRoot() }
        }
        let deviation = max(memory.deviation ?? roughness(bench), 1e-3 * roughness(bench))
        /// Expected size of the error of a forecast, before the errors at the origins have been heard.
        func base(_ forecast: Double, _ h: Int) -> Double {
            deviation * growth[h] * (memory.deviationIsRelative ? max(forecast, 1e-3) : 1)
        }
        var squares = 0.0
        var count = 0.0
        for backtest in backtests {
            for (h, y) in backtest.actual.enumerated() where !y.isNaN {
                let score = (y - backtest.forecast[h]) / base(backtest.forecast[h], h)
                squares += score * score
                count += 1
            }
        }
        let inflation = bench.season > MethodBench.longestStateSeason ? Tuning.inflationOfLongSeasons : Tuning.inflation
        let prior = Tuning.priorScores
        let factor = ((squares + prior * inflation * inflation) / (count + prior)).squareRoot()
        return (
            mean.indices.map { factor * base(mean[$0], $0) },
            backtests.map { past in past.forecast.indices.map { factor * base(past.forecast[$0], $0) } }
        )
    }

    /// Standard deviation of a bucket by steps of one season (of one bucket without a season): half the mean squared step.
    private static func roughness(_ bench: MethodBench) -> Double {
        let n = bench.filled.count
        let lag = bench.season > 1 && n > bench.season ? bench.season : 1
        var sum = 0.0
        var count = 0.0
        for t in stride(from: lag, to: n, by: 1) {
            let step = bench.filled[t] - bench.filled[t - lag]
            sum += step * step / 2
            count += 1
        }
        return count > 0 ? (sum / count).squareRoot() : 0
    }
}
