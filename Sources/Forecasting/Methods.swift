/// A forecasting method the combination may use.
enum Method: String, Sendable, CaseIterable {
    /// Last known value of the phase.
    case seasonalNaive = "SeasonalNaive"
    /// Last year times half of last year's growth.
    case lastYear = "LastYear"
    /// Exponential smoothing, forms weighted by AICc.
    case ets = "ETS"
    /// Complex exponential smoothing, season taken out by classical decomposition.
    case complexSmoothing = "CES"
    /// Dynamic optimised Theta, season taken out by classical decomposition.
    case theta = "Theta"
    /// Year shape as factors, exponential smoothing of the rest.
    case yearFactors = "YearFactors"
    /// Year shape as offsets, exponential smoothing of the rest.
    case yearOffsets = "YearOffsets"
    /// Croston's method as corrected by Syntetos and Boylan, for intermittent demand.
    case syntetosBoylan = "SBA"
    /// Size times probability, for intermittent demand that may die out.
    case teunterSyntetosBabai = "TSB"
}

/// What a fit leaves for fits to shorter parts of the same series: forms to use again and where to begin the search.
struct MethodMemory {
    /// The forms that carry weight, heaviest first.
    var ets: [(form: ETSForm, parameters: ETSParameters, weight: Double)] = []
    var complexSmoothing: [Double]?
    var theta: DynamicThetaParameters?
    var shape: [Method: (form: ETSForm, parameters: ETSParameters)] = [:]
    /// One-step error of the best form (of the series itself for short seasons, without its year shape for long ones).
    var deviation: Double?
    /// The error is relative to the forecast.
    var deviationIsRelative = false
}

/// The methods on one series, or on its first buckets: a rolling origin sees nothing later.
struct MethodBench {
    /// Shape [n]; NaN = missing; scaled to about 1.
    let series: [Double]
    let filled: [Double]
    let season: Int
    /// Seasonal factors drawn towards those of the series' groups, by bucket modulo season; nil = only its own are known.
    private let groupIndices: [Double]?

    init(_ series: [Double], season: Int, groupIndices: [Double]? = nil) {
        self.series = series
        self.season = season
        self.groupIndices = groupIndices
        filled = filledSeries(series, season: season)
    }

    /// Seasons of more buckets than this have no state a phase: ``yearShape(_:filled:season:multiplicative:)`` takes their place.
    static let longestStateSeason = 24

    /// Forecasts of one method.
    ///
    /// - Parameters:
    ///   - memory: Fits of the whole series; filled by the first fit, read by later ones on parts of the series.
    /// - Returns: Shape [H]; nil where the series is too short for the method.
    func forecast(_ method: Method, horizon: Int, memory: inout MethodMemory) -> [Double]? {
        let n = series.count
        switch method {
        case .seasonalNaive:
            return seasonalNaiveForecast(of: series, season: season, horizon: horizon)
        case .lastYear:
            guard n > season, season > 1 else { return nil }
            let growth = seasonGrowth(filled, season: season, width: season / 2).squareRoot()
            return (0..<horizon).map { filled[n - season + $0 % season] * growth }
        case .ets:
            return etsForecast(horizon: horizon, memory: &memory)
        case .complexSmoothing:
            let adjustment = shortSeasonAdjustment()
            let adjustedFilled = filledSeries(adjustment.adjusted, season: 1)
            return adjustment.restored(
                complexSmoothingForecast(
                    adjustment.adjusted, filled: adjustedFilled, horizon: horizon, warmStart: &memory.complexSmoothing),
                from: n)
        case .theta:
            guard n >= 3 else { return nil }
            let adjustment = shortSeasonAdjustment()
            let adjustedFilled = filledSeries(adjustment.adjusted, season: 1)
            let parameters = fittedDynamicTheta(
                adjustment.adjusted, filled: adjustedFilled, warmStart: memory.theta, evaluationLimit: memory.theta == nil ? 220 : 80)
            if memory.theta == nil { memory.theta = parameters }
            return adjustment.restored(dynamicThetaForecast(of: adjustment.adjusted, parameters: parameters, horizon: horizon), from: n)
        case .yearFactors, .yearOffsets:
            let multiplicative = method == .yearFactors
            guard n > season + 4, season > 1, !multiplicative || !filled.contains(where: { $0 < 0 }) else { return nil }
            let adjustment = yearShape(series, filled: filled, season: season, multiplicative: multiplicative)
            let fitter = ETSFitter(adjustment.adjusted, filled: filledSeries(adjustment.adjusted, season: 1), season: 1)
            let fit: ETSFit
            if let kept = memory.shape[method], fitter.allows(kept.form) {
                fit = fitter.fit(kept.form, warmStart: kept.parameters, evaluationLimit: 60)
            } else {
                guard let best = fitter.rankedFits(Self.remainderForms).first else { return nil }
                fit = best
                if memory.shape[method] == nil { memory.shape[method] = (best.form, best.parameters) }
                if season > Self.longestStateSeason, memory.deviation == nil { memory.deviation = best.deviation }
            }
            return adjustment.restored(fit.forecast(horizon: horizon), from: n)
        case .syntetosBoylan:
            let value = syntetosBoylanForecast(of: series, alpha: fittedSyntetosBoylanWeight(series))
            return [Double](repeating: value, count: horizon)
        case .teunterSyntetosBabai:
            // The weights the paper's authors recommend for obsolescence: sizes slowly, the probability slower still.
            let value = teunterSyntetosBabaiForecast(of: series, alpha: 0.1, beta: 0.05)
            return [Double](repeating: value, count: horizon)
        }
    }

    private func shortSeasonAdjustment() -> SeasonalAdjustment {
        if let indices = groupIndices {
            return SeasonalAdjustment(
                indices: indices, isMultiplicative: true, adjusted: series.indices.map { series[$0] / indices[$0 % season] })
        }
        return season <= Self.longestStateSeason ? seasonallyAdjusted(series, filled: filled, season: season) : .none(series)
    }

    /// Mean of the forms' forecasts, weighted by exp(−½ ΔAICc); forms below a hundredth of the best are left out.
    ///
    /// Source of the weights: Burnham & Anderson (2002), Model Selection and Multimodel Inference, section 2.9.
    private func etsForecast(horizon: Int, memory: inout MethodMemory) -> [Double]? {
        let fitter = ETSFitter(series, filled: filled, season: season <= Self.longestStateSeason ? season : 1)
        var fits: [(fit: ETSFit, weight: Double)] = []
        if memory.ets.isEmpty {
            let ranked = fitter.rankedFits()
            guard let best = ranked.first else { return nil }
            fits = ranked.map { ($0, forecastingExp((best.aicc - $0.aicc) / 2)) }.filter { $0.weight > 0.01 }
            if memory.deviation == nil {
                memory.deviation = best.deviation
                memory.deviationIsRelative = best.form.error == .multiplicative
            }
            memory.ets = fits.map { ($0.fit.form, $0.fit.parameters, $0.weight) }
        } else {
            // On parts of the series the two heaviest forms stand for all.
            for kept in memory.ets.prefix(2) where fitter.allows(kept.form) {
                fits.append((fitter.fit(kept.form, warmStart: kept.parameters, evaluationLimit: 50), kept.weight))
            }
            if fits.isEmpty { return nil }
        }
        var mean = [Double](repeating: 0, count: horizon)
        let total = fits.reduce(0) { $0 + $1.weight }
        for (fit, weight) in fits {
            for (h, value) in fit.forecast(horizon: horizon).enumerated() { mean[h] += weight / total * value }
        }
        return mean
    }

    /// Forms for a series without its season: no undamped trend, which would run away over a year.
    private static let remainderForms = [
        ETSForm(error: .additive, trend: .none, season: .none), ETSForm(error: .additive, trend: .damped, season: .none),
    ]
}
