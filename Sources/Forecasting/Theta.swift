// The Theta method. Symbols: l level ℓ, alpha smoothing α, theta θ, a and b the least-squares line A + B t of what is known so far.

/// Forecasts a series without seasonality by the Theta method (θ = 2).
///
/// Exponential smoothing with half the trend as drift, for h = 1…H:
///
///     ŷ[n+h] = ℓ[n] + (b̂ / 2) · (h − 1 + (1 − (1 − α)ⁿ) / α)
///
/// ℓ is the smoothed level, started at the first bucket; b̂ the least-squares slope per bucket.
///
/// - Parameters:
///   - history: Shape [n], n ≥ 1, oldest first, all finite.
///   - alpha: Weight α of the newest bucket.
///   - horizon: Number of buckets H.
/// - Returns: Shape [H]; element h − 1 is bucket n + h. A falling series may go below zero: the caller decides what that means. A constant
///   series returns its constant.
/// - Precondition: 0 < α ≤ 1 and n ≥ 1; breaking it is a programming error and traps.
/// - Complexity: O(n + H).
///
/// Source: Assimakopoulos & Nikolopoulos (2000), IJF 16, 521-530; closed form by Hyndman & Billah (2003), IJF 19, 287-290.
public func thetaForecast(of history: [Double], smoothing alpha: Double, horizon: Int) -> [Double] {
    precondition(alpha > 0 && alpha <= 1 && !history.isEmpty, "a weight in 0…1 and a value to smooth")
    let n = history.count
    var level = history[0]
    for t in 1..<max(n, 1) { level = alpha * history[t] + (1 - alpha) * level }
    let middle = Double(n - 1) / 2
    var covariance = 0.0
    var spread = 0.0
    for t in 0..<n {
        covariance += (Double(t) - middle) * history[t]
        spread += (Double(t) - middle) * (Double(t) - middle)
    }
    let slope = spread > 0 ? covariance / spread : 0
    let start = (1 - forecastingPower(1 - alpha, Double(n))) / alpha
    return (0..<horizon).map { level + slope / 2 * (Double($0) + start) }
}

/// Level, weight and θ of a dynamic optimised Theta model.
public struct DynamicThetaParameters: Hashable, Sendable {
    /// Level before the first bucket.
    public var level: Double
    /// Smoothing weight α.
    public var alpha: Double
    /// θ ≥ 1; 2 is the standard method.
    public var theta: Double

    public init(level: Double, alpha: Double, theta: Double) {
        self.level = level
        self.alpha = alpha
        self.theta = theta
    }
}

/// Runs the dynamic optimised Theta model over a series.
///
///     μ[t] = ℓ[t−1] + (1 − 1/θ) · ((1 − α)^(t−1) A[t−1] + (1 − (1 − α)^t) / α · B[t−1])
///     ℓ[t] = α y[t] + (1 − α) ℓ[t−1]
///
/// with A + B t the least-squares line of y[1…t−1], kept up to date in O(1). A missing value, and every bucket past the end, takes μ[t] for y[t].
///
/// - Parameters:
///   - y: Shape [n]; NaN = missing.
///   - forecast: Receives H forecasts, where not nil.
/// - Returns: Σ (y − μ)² over the known buckets from the third on (the line needs two).
/// - Complexity: O(n + H), no allocation.
///
/// Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), IJF 32, 1151-1161, equations 14-19.
@inline(__always)
func dynamicThetaPass(
    _ y: UnsafePointer<Double>, n: Int, _ p: DynamicThetaParameters, horizon: Int = 0, forecast: UnsafeMutablePointer<Double>? = nil
) -> Double {
    var l = p.level
    let alpha = p.alpha
    let weight = 1 - 1 / p.theta
    let decay = 1 - alpha
    var power = 1.0  // (1 − α)^(t−1)
    var a = 0.0
    var b = 0.0
    var mean = 0.0
    var squares = 0.0
    for i in 0..<n + horizon {
        let t = Double(i + 1)
        let next = power * decay
        let mu = l + weight * (power * a + (1 - next) / alpha * b)
        var value = mu
        if i < n {
            let observed = y[i]
            if observed == observed {
                value = observed
                if i >= 2 { squares += (observed - mu) * (observed - mu) }
            }
        } else if let forecast {
            forecast[i - n] = mu
        }
        l = alpha * value + decay * l
        power = next
        if i > 0 { b = ((t - 2) * b + 6 * (value - mean) / t) / (t + 1) }
        mean += (value - mean) / t
        a = mean - b * (t + 1) / 2
    }
    return squares
}

/// Forecasts of the dynamic Theta model with given parameters.
///
/// - Parameters:
///   - history: Shape [n], n ≥ 1, seasonally adjusted; NaN = missing.
/// - Returns: Shape [H].
public func dynamicThetaForecast(of history: [Double], parameters: DynamicThetaParameters, horizon: Int) -> [Double] {
    var forecast = [Double](repeating: 0, count: horizon)
    history.withUnsafeBufferPointer { y in
        forecast.withUnsafeMutableBufferPointer { f in
            if let base = y.baseAddress { _ = dynamicThetaPass(base, n: y.count, parameters, horizon: horizon, forecast: f.baseAddress) }
        }
    }
    return forecast
}

/// Finds level, α and θ of least squared one-step error.
///
/// α is sought in 0.1…0.99 (as in the paper's program), 1 − 1/θ in 0…1, the level within the range of the series and one half of it beyond.
///
/// - Parameters:
///   - series: Shape [n], n ≥ 3, seasonally adjusted, scaled to about 1; NaN = missing.
///   - filled: The same without gaps.
func fittedDynamicTheta(
    _ series: [Double], filled: [Double], warmStart: DynamicThetaParameters? = nil, evaluationLimit: Int = 220
) -> DynamicThetaParameters {
    let n = series.count
    let low = filled.min() ?? 0
    let high = filled.max() ?? 0
    let range = max(high - low, 1e-9)
    let start = warmStart ?? DynamicThetaParameters(level: filled.first ?? 0, alpha: 0.5, theta: 2)
    func parameters(_ x: UnsafePointer<Double>) -> DynamicThetaParameters {
        DynamicThetaParameters(level: x[0], alpha: x[1], theta: 1 / max(1 - x[2], 1e-9))
    }
    return series.withUnsafeBufferPointer { buffer in
        guard let y = buffer.baseAddress else { return start }
        let search = NelderMead(evaluationLimit: evaluationLimit, valueTolerance: 1e-7 * range * range * Double(n))
        let best = search.minimize(
            start: [start.level, start.alpha, 1 - 1 / start.theta], step: [0.2 * range, -0.25, 0.3],
            lower: [low - range / 2, 0.1, 0], upper: [high + range / 2, 0.99, 1]
        ) { dynamicThetaPass(y, n: n, parameters($0)) }
        return best.point.withUnsafeBufferPointer { x in x.baseAddress.map(parameters) ?? start }
    }
}
