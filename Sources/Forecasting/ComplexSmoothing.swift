/// Forecasts a series without seasonality by complex exponential smoothing.
///
///     ŷ[t] = ℓ[t−1]
///     ℓ[t] = ℓ[t−1] − (1 − α₁) c[t−1] + (α₀ − α₁) e[t]
///     c[t] = ℓ[t−1] + (1 − α₀) c[t−1] + (α₀ + α₁) e[t]
///
/// The second state c carries what has not shown itself in the level yet; the pair behaves like a level, a damped or a growing trend as α₀ + i α₁ says,
/// so no form has to be chosen.
///
/// Source: Svetunkov, Kourentzes & Ord (2022), Naval Research Logistics 69, 1108-1123. Starting states by backcasting, as there.
struct ComplexSmoothing {
    /// α₀, α₁.
    var alpha: (Double, Double)

    /// Whether errors die out: the conditions of the paper's section 3.
    static func isStable(_ a0: Double, _ a1: Double) -> Bool {
        (a0 - 2.5) * (a0 - 2.5) + a1 * a1 > 1.25 && (a0 - 0.5) * (a0 - 0.5) + (a1 - 1) * (a1 - 1) > 0.25
            && (a0 - 1.5) * (a0 - 1.5) + (a1 - 0.5) * (a1 - 0.5) < 1.5
    }

    /// - Parameters:
    ///   - y: Shape [n], scaled to about 1; NaN = missing.
    ///   - forecast: Receives H forecasts, where not nil.
    /// - Returns: Σ e² over the known buckets.
    @inline(__always)
    func pass(
        _ y: UnsafePointer<Double>, n: Int, mean: Double, horizon: Int = 0, forecast: UnsafeMutablePointer<Double>? = nil
    ) -> Double {
        let a0 = alpha.0
        let a1 = alpha.1
        var l = mean
        // c at rest: c = ℓ + (1 − α₀) c.
        var c = mean / a0
        var squares = 0.0
        @inline(__always) func step(_ e: Double) {
            let nextLevel = l - (1 - a1) * c + (a0 - a1) * e
            let nextC = l + (1 - a0) * c + (a0 + a1) * e
            l = nextLevel
            c = nextC
        }
        // Backwards first: the state after the oldest bucket starts the forward pass.
        var t = n - 1
        while t >= 0 {
            let value = y[t]
            step(value == value ? value - l : 0)
            t -= 1
        }
        for i in 0..<n {
            let value = y[i]
            let e = value == value ? value - l : 0
            squares += e * e
            step(e)
        }
        if let forecast {
            for h in 0..<horizon {
                forecast[h] = l
                step(0)
            }
        }
        return squares
    }
}

/// Forecasts of complex exponential smoothing with α₀ and α₁ of least squared one-step error inside the stability region.
///
/// - Parameters:
///   - series: Shape [n], n ≥ 1, seasonally adjusted, scaled to about 1; NaN = missing.
///   - filled: The same without gaps.
///   - warmStart: Weights of an earlier fit to begin at; replaced by those found.
/// - Returns: Shape [H].
func complexSmoothingForecast(_ series: [Double], filled: [Double], horizon: Int, warmStart: inout [Double]?) -> [Double] {
    let n = series.count
    let mean = filled.reduce(0, +) / Double(max(n, 1))
    var forecast = [Double](repeating: mean, count: horizon)
    series.withUnsafeBufferPointer { buffer in
        guard let y = buffer.baseAddress else { return }
        let search = NelderMead(evaluationLimit: warmStart == nil ? 150 : 50, valueTolerance: 1e-6 * Double(n))
        // Left to itself the level grows by about (α₁ − 1) / α₀ of itself a bucket; over the horizon not by more than a half
        // (log 1.5): measured to cost nothing on the M3 series, and it keeps short histories from running away over half a year.
        let drift = 0.405 / Double(max(horizon, 1))
        // 1.3 + i: a level smoothed with weight 0.3.
        let best = search.minimize(start: warmStart ?? [1.3, 1], step: [0.2, 0.02], lower: [0.01, 0.5], upper: [2.4, 1.5]) { x in
            ComplexSmoothing.isStable(x[0], x[1]) && (x[1] - 1).magnitude <= drift * x[0]
                ? ComplexSmoothing(alpha: (x[0], x[1])).pass(y, n: n, mean: mean) : .infinity
        }
        if warmStart == nil { warmStart = best.point }
        let model = ComplexSmoothing(alpha: (best.point[0], best.point[1]))
        forecast.withUnsafeMutableBufferPointer { f in _ = model.pass(y, n: n, mean: mean, horizon: horizon, forecast: f.baseAddress) }
    }
    return forecast
}
