/// Forecasts of series that are forecast together.
public struct PanelForecast: Sendable {
    /// One for each series, in their order.
    public var series: [SeriesForecast]
    /// Weight of the model across series in the mean, 0…1; 0 where there was too little to learn from.
    public var crossSeriesWeight: Double
    /// Forecast less actual of the last buckets of each series, made from its earliest recent origin; shape [series][H], the newest bucket last, NaN = not
    /// known.
    public var errors: [[Double]]

    public init(series: [SeriesForecast], crossSeriesWeight: Double, errors: [[Double]] = []) {
        self.series = series
        self.crossSeriesWeight = crossSeriesWeight
        self.errors = errors
    }
}

/// Forecasts many series: each by itself (``forecastSeries(_:season:horizon:quantiles:)``), together with one model across all of them.
///
/// Steps: (1) the local forecasts, with what they would have said at earlier origins; (2) a model across series trained without the last buckets, set against
/// the local forecasts there: that fixes its weight, shrunk to 0.4; (3) the model again with all buckets; (4) weighted mean; (5) both sides of the
/// quantiles are stretched so that at the earlier origins of all series together they covered what they say.
///
/// With few or short series only (1) is left, with widths calibrated on what origins there are.
///
/// - Parameters:
///   - season: Buckets a season; ≤ 1 = none.
///   - horizon: Number of buckets H ≥ 0.
///   - quantiles: Probabilities in 0…1, shape [Q].
///   - threads: Workers; the result is the same for any number.
///   - progress: Told the share done, from the calling thread.
/// - Returns: Always finite and ≥ 0.
/// - Complexity: Linear in the number of series; training on at most 120,000 rows.
///
/// Sources: Stock & Watson (2004), J. Forecasting 23, 405-430 (shrinkage of weights); Romano, Patterson & Candès (2019), NeurIPS 32 (conformal quantiles);
/// here the scores of all series are pooled.
public func forecastPanel(
    _ panel: [PanelSeries], season: Int, horizon: Int, quantiles: [Double] = [0.1, 0.5, 0.9], weighting: PanelWeighting = .equal,
    threads: Int = 1, progress: ((Double) -> Void)? = nil
) -> PanelForecast {
    let seasons = lentSeasons(panel, season: season, horizon: horizon)
    let local = parallelMap(count: panel.count, threads: threads, progress: progress) {
        LocalForecast(panel[$0].values, season: season, horizon: horizon, groupSeason: seasons?[$0])
    }
    let blend = PanelBlend(panel, local: local, season: season, horizon: horizon, weighting: weighting, threads: threads)
    let series = parallelMap(count: panel.count, threads: threads) { blend.forecast(of: $0, quantiles: quantiles) }
    return PanelForecast(series: series, crossSeriesWeight: blend.weight, errors: blend.errors)
}

/// What the groups of each series say of its season, now and before the earlier origins; nil where seasons are long (weeks) or there are no groups.
private func lentSeasons(_ panel: [PanelSeries], season: Int, horizon: Int) -> [GroupSeason?]? {
    guard season > 1, season <= MethodBench.longestStateSeason, panel.contains(where: { !$0.groups.isEmpty }) else { return nil }
    let now = GroupSeasons(panel, season: season) { _ in 0 }
    let earlier = GroupSeasons(panel, season: season) { min(max(horizon, 4), panel[$0].values.count / 4) }
    return panel.indices.map { index in
        guard let indices = now.indices(of: index), let past = earlier.indices(of: index) else { return nil }
        return GroupSeason(indices: indices, earlier: past)
    }
}

/// Local forecasts and the model across series, put together.
private struct PanelBlend: Sendable {
    private enum Tuning {
        /// Weight of the model across series before its errors are known, for series of any kind and for those of one business.
        static let priorWeight = 0.4
        static let priorWeightOfOneBusiness = 0.5
        /// A weight this much worse than the best at the earlier origins is as good: errors differ by as much from one origin to the next, and the local
        /// forecasts look a little too good there, since their forms were chosen with the whole history in hand.
        static let tolerance = 0.03
        /// The local forecasts always keep some weight: they know their series longest.
        static let mostWeight = 0.7
        static let weightSteps = 14
        /// Fewer series do not make a model.
        static let leastSeries = 8
        /// Errors ahead over errors at the earlier origins, where the local forecasts' forms were chosen with the whole history in hand.
        static let optimism = 1.09
        /// Scores at the origins that the normal distribution counts for in a stretch.
        static let priorScores = 60.0
    }

    let local: [LocalForecast]
    let prepared: [PanelFeatures.Series?]
    let model: CrossSeriesModel?
    let weight: Double
    private(set) var errors: [[Double]]
    private let horizon: Int
    private var lowerStretch = 1.0
    private var upperStretch = 1.0
    private var commonCorrelation: Double
    private var neighbourCorrelation: Double

    init(_ panel: [PanelSeries], local: [LocalForecast], season: Int, horizon: Int, weighting: PanelWeighting, threads: Int) {
        self.local = local
        self.horizon = horizon
        let standard = DemandDistribution(median: [], deviation: [], isPositive: false)
        commonCorrelation = standard.commonCorrelation
        neighbourCorrelation = standard.neighbourCorrelation
        let prepared = panel.indices.map { local[$0].isTrivial ? nil : PanelFeatures.prepared(panel[$0]) }
        self.prepared = prepared
        let series = prepared.compactMap { $0 }

        // The test: what the local forecasts said from their earliest recent origin, one horizon or less before the end.
        struct Trial: Sendable {
            var index: Int
            var backtest: LocalForecast.Backtest
        }
        let trials = panel.indices.compactMap { index -> Trial? in
            guard let prepared = prepared[index] else { return nil }
            let end = prepared.first + prepared.values.count
            return local[index].backtests.first { end - $0.origin <= max(horizon, 4) }.map { Trial(index: index, backtest: $0) }
        }
        var model: CrossSeriesModel?
        var weight = 0.0
        var blended: [Int: [Double]] = [:]
        if horizon > 0, series.count >= Tuning.leastSeries, Self.isLongEnough(series, season: season, horizon: horizon) {
            let features = PanelFeatures(series, season: season)
            let omitted =
                trials.map { trial in (prepared[trial.index].map { $0.first + $0.values.count } ?? 0) - trial.backtest.origin }.max() ?? 0
            // The trial model and the final one do not need each other.
            let models = parallelMap(count: 2, threads: threads) { which -> CrossSeriesModel? in
                var settings = BoostedTrees.Settings()
                settings.rounds = which == 0 ? 50 : 150
                return CrossSeriesModel(
                    series, features: features, horizon: horizon, weighting: weighting, omitting: which == 0 ? omitted : 0,
                    settings: settings)
            }
            model = models[1]
            if model != nil {
                let prior = weighting == .size ? Tuning.priorWeightOfOneBusiness : Tuning.priorWeight
                weight = prior
                if let trialModel = models[0] {
                    let across = parallelMap(count: trials.count, threads: threads) { k -> [Double]? in
                        guard let series = prepared[trials[k].index] else { return nil }
                        let backtest = trials[k].backtest
                        return trialModel.forecast(series, origin: backtest.origin - series.first, horizon: backtest.forecast.count)
                    }
                    var errors = [Double](repeating: 0, count: Tuning.weightSteps + 1)
                    var counted = 0
                    for (k, trial) in trials.enumerated() where panel[trial.index].teaches {
                        guard let other = across[k], let series = prepared[trial.index] else { continue }
                        let origin = trial.backtest.origin - series.first
                        guard let scale = features.scale(series, origin: origin) else { continue }
                        let unit: Double
                        switch weighting {
                        case .size: unit = 1
                        case .equal: unit = max(features.naiveError(series, origin: origin, scale: scale) ?? 0.1, 0.02) * scale
                        }
                        counted += 1
                        for step in 0...Tuning.weightSteps {
                            let w = Tuning.mostWeight * Double(step) / Double(Tuning.weightSteps)
                            var sum = 0.0
                            for (h, y) in trial.backtest.actual.enumerated() where !y.isNaN {
                                sum += (y - (1 - w) * trial.backtest.forecast[h] - w * other[h]).magnitude
                            }
                            errors[step] += sum / unit
                        }
                    }
                    let least = errors.min() ?? 0
                    var nearest = Double.infinity
                    for step in errors.indices where counted > 0 && errors[step] <= least * (1 + Tuning.tolerance) {
                        let w = Tuning.mostWeight * Double(step) / Double(Tuning.weightSteps)
                        if (w - prior).magnitude < nearest {
                            nearest = (w - prior).magnitude
                            weight = w
                        }
                    }
                    for (k, trial) in trials.enumerated() {
                        guard let other = across[k] else { continue }
                        blended[trial.index] = trial.backtest.forecast.indices.map {
                            (1 - weight) * trial.backtest.forecast[$0] + weight * other[$0]
                        }
                    }
                }
            }
        }
        self.model = model
        self.weight = weight

        // Scores of all series together: how many standard deviations the errors were.
        var below: [Double] = []
        var above: [Double] = []
        var pairs = ScorePairs(lags: max(horizon, 1))
        errors = [[Double]](repeating: [Double](repeating: .nan, count: horizon), count: panel.count)
        for trial in trials {
            let forecast = blended[trial.index] ?? trial.backtest.forecast
            let isPositive = local[trial.index].isPositive
            var scores = [Double](repeating: .nan, count: forecast.count)
            for (h, y) in trial.backtest.actual.enumerated() where !y.isNaN {
                let back = panel[trial.index].values.count - trial.backtest.origin - h
                if back >= 1, back <= horizon { errors[trial.index][horizon - back] = forecast[h] - y }
                let spread = trial.backtest.spread[h]
                guard spread > 0, spread.isFinite else { continue }
                let score: Double
                if isPositive, forecast[h] > 0, y > 0 {
                    let variation = min(spread / forecast[h], 3)
                    score = forecastingLog(y / forecast[h]) / forecastingLog(1 + variation * variation).squareRoot()
                } else {
                    score = (y - forecast[h]) / spread
                }
                guard score.isFinite, panel[trial.index].teaches else { continue }
                scores[h] = score
                below.append(-score)
                above.append(score)
            }
            pairs.add(scores)
        }
        lowerStretch = Self.stretch(below)
        upperStretch = Self.stretch(above)
        if let found = pairs.correlations {
            commonCorrelation = found.common
            neighbourCorrelation = found.neighbour
        }
    }

    /// Boosted trees that have not seen every phase of the season come round once cannot say what follows.
    private static func isLongEnough(_ series: [PanelFeatures.Series], season: Int, horizon: Int) -> Bool {
        let lengths = series.map(\.values.count).sorted()
        return lengths[lengths.count / 2] >= (season > 1 ? 2 * season + max(4, min(season / 4, horizon)) : 16)
    }

    /// By how much the normal quantile at 90 % must be stretched to hold 90 % of these scores, shrunk to 1.
    private static func stretch(_ scores: [Double]) -> Double {
        guard !scores.isEmpty else { return 1 }
        let sorted = scores.sorted()
        let z = sorted[min(sorted.count - 1, Int((0.9 * Double(sorted.count)).rounded(.up)))] / normalQuantile(0.9)
        let trust = Double(scores.count) / (Double(scores.count) + Tuning.priorScores)
        return min(max(Tuning.optimism * (trust * z + (1 - trust)), 0.3), 3)
    }

    func forecast(of index: Int, quantiles: [Double]) -> SeriesForecast {
        let own = local[index]
        guard !own.isTrivial else { return own.seriesForecast(quantiles: quantiles) }
        var mean = own.mean
        var name = own.model
        if weight > 0, let model, let series = prepared[index],
            let other = model.forecast(series, origin: series.values.count, horizon: horizon)
        {
            for h in mean.indices { mean[h] = (1 - weight) * mean[h] + weight * other[h] }
            name += "+Global"
        }
        // The spread goes with the level where it was relative to it.
        let spread = own.spread.indices.map {
            own.isPositive && own.mean[$0] > 0 ? own.spread[$0] * mean[$0] / own.mean[$0] : own.spread[$0]
        }
        var distribution = DemandDistribution(median: mean, deviation: spread, isPositive: own.isPositive)
        distribution.lowerStretch = lowerStretch
        distribution.upperStretch = upperStretch
        distribution.commonCorrelation = commonCorrelation
        distribution.neighbourCorrelation = neighbourCorrelation
        return SeriesForecast(mean: mean, distribution: distribution, probabilities: quantiles, model: name)
    }
}

/// Correlations of the scores of one series by the distance of their buckets, pooled over series.
private struct ScorePairs {
    private var products: [Double]
    private var counts: [Double]
    private var squares = 0.0
    private var number = 0.0

    init(lags: Int) {
        products = [Double](repeating: 0, count: lags)
        counts = products
    }

    mutating func add(_ scores: [Double]) {
        // A wild score would speak for all.
        let bounded = scores.map { $0.isNaN ? $0 : min(max($0, -4), 4) }
        for (h, a) in bounded.enumerated() where !a.isNaN {
            squares += a * a
            number += 1
            for (k, b) in bounded[(h + 1)...].enumerated() where !b.isNaN && k + 1 < products.count {
                products[k + 1] += a * b
                counts[k + 1] += 1
            }
        }
    }

    /// The part common to all distances (mean beyond half the horizon) and what neighbours share beyond it; nil with fewer than 200 pairs.
    var correlations: (common: Double, neighbour: Double)? {
        let total = counts.reduce(0, +)
        guard total >= 200, squares > 0 else { return nil }
        let variance = squares / number
        let far = max(2, products.count / 2)
        let farPairs = counts.dropFirst(far).reduce(0, +)
        let common = farPairs > 0 ? min(max(products.dropFirst(far).reduce(0, +) / farPairs / variance, 0), 0.9) : 0.2
        let near = counts.count > 1 && counts[1] > 0 ? products[1] / counts[1] / variance : common
        return (common, min(max((near - common) / (1 - common), 0), 0.95))
    }
}
