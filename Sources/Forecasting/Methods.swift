/// A forecasting method the combination may use.
enum Method: String, Sendable, CaseIterable {
    /// Last known value of the phase.
    case seasonalNaive = "SeasonalNaive"
    /// Last year times half of last year's growth.
    case lastYear = "LastYear"
    /// Exponential smoothing, form by AICc.
    case ets = "ETS"
    /// Dynamic optimised Theta, season taken out by classical decomposition.
    case theta = "Theta"
    /// Year shape as factors, exponential smoothing of the rest.
    case yearFactors = "YearFactors+ETS"
    /// Year shape as offsets, exponential smoothing of the rest.
    case yearOffsets = "YearOffsets+ETS"
}

/// What a fit leaves for fits to shorter parts of the same series: forms to use again and where to begin the search.
struct MethodMemory {
    var ets: [(form: ETSForm, parameters: ETSParameters)] = []
    var theta: DynamicThetaParameters?
    var shape: [Method: (form: ETSForm, parameters: ETSParameters)] = [:]
}

/// The methods on one series, or on its first buckets: a rolling origin sees nothing later.
struct MethodBench {
    /// Shape [n]; NaN = missing; scaled to about 1.
    let series: [Double]
    let filled: [Double]
    let season: Int

    init(_ series: [Double], season: Int) {
        self.series = series
        self.season = season
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
            let fitter = ETSFitter(series, filled: filled, season: season <= Self.longestStateSeason ? season : 1)
            if memory.ets.isEmpty {
                guard let best = fitter.rankedFits().first else { return nil }
                memory.ets = [(best.form, best.parameters)]
                return best.forecast(horizon: horizon)
            }
            let kept = memory.ets[0]
            guard fitter.allows(kept.form) else { return nil }
            return fitter.fit(kept.form, warmStart: kept.parameters, evaluationLimit: 60).forecast(horizon: horizon)
        case .theta:
            guard n >= 3 else { return nil }
            let adjustment =
                season <= Self.longestStateSeason ? seasonallyAdjusted(series, filled: filled, season: season) : .none(series)
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
            }
            return adjustment.restored(fit.forecast(horizon: horizon), from: n)
        }
    }

    /// Forms for a series without its season: no undamped trend, which would run away over a year.
    private static let remainderForms = [
        ETSForm(error: .additive, trend: .none, season: .none), ETSForm(error: .additive, trend: .damped, season: .none),
    ]
}
