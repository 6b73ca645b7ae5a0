/// Trend and year shape of a weekly series, from little more than one year on.
///
/// State-space models need a state a week of the year and fail where the history is only one to three years long. Here the shape is what the
/// calendar weeks were relative to a smooth trend, averaged over the years there are; a week seen once keeps its one value, so last year's peak
/// stays where it was.
///
/// Steps: (1) first trend: constant growth, from the buckets known in two years, shrunk towards none where they are few; (2) index of each phase
/// = Σ y / Σ trend (factors) or mean of y − trend (offsets); (3) trend again = local line through the series without its shape; (2) and (3) twice.
///
/// - Parameters:
///   - series: Shape [n], n > m; NaN = missing.
///   - filled: The same without gaps.
///   - season: Buckets a year m > 1.
///   - multiplicative: Factors; needs a series whose trend stays above zero (no negative values).
/// - Complexity: O(n m).
///
/// Source: the loop of Cleveland, Cleveland, McRae & Terpenning (1990), STL, J. Official Statistics 6, 3-73, with a periodic season; the starting
/// trend is ours.
func yearShape(_ series: [Double], filled: [Double], season m: Int, multiplicative: Bool) -> SeasonalAdjustment {
    let n = series.count
    var trend = growthTrend(filled, season: m, multiplicative: multiplicative)
    var indices = [Double](repeating: multiplicative ? 1 : 0, count: m)
    var adjusted = filled
    for _ in 0..<2 {
        var top = [Double](repeating: 0, count: m)
        var bottom = [Double](repeating: 0, count: m)
        for t in 0..<n {
            // A hidden week speaks only where no year knows the phase.
            let weight = series[t].isNaN ? 1e-3 : 1
            top[t % m] += weight * (multiplicative ? filled[t] : filled[t] - trend[t])
            bottom[t % m] += weight * (multiplicative ? trend[t] : 1)
        }
        for k in 0..<m { indices[k] = bottom[k] > 0 ? top[k] / bottom[k] : (multiplicative ? 1 : 0) }
        let mean = indices.reduce(0, +) / Double(m)
        if multiplicative {
            // Weeks without any demand must not blow up what is divided by them.
            if mean > 0 { for k in 0..<m { indices[k] = max(indices[k] / mean, 1e-3) } }
        } else {
            for k in 0..<m { indices[k] -= mean }
        }
        for t in 0..<n { adjusted[t] = multiplicative ? filled[t] / indices[t % m] : filled[t] - indices[t % m] }
        // Weeks whose factor is tiny say nothing about the trend.
        let weights = (0..<n).map { t in series[t].isNaN ? 1e-3 : (multiplicative ? min(indices[t % m], 1) : 1) }
        trend = localLine(adjusted, weights: weights, halfWidth: max(8, 3 * m / 4))
    }
    return SeasonalAdjustment(
        indices: indices, isMultiplicative: multiplicative,
        adjusted: series.indices.map { t in
            series[t].isNaN || (multiplicative && indices[t % m] < 0.02) ? .nan : adjusted[t]
        })
}

/// Sum of the last k known buckets over the sum of the same buckets a season before, shrunk towards 1 where there are few.
///
/// - Parameters:
///   - filled: Shape [n], n > m.
///   - width: Most buckets k compared.
/// - Returns: Growth over one season, in ⅓…3.
func seasonGrowth(_ filled: [Double], season m: Int, width: Int) -> Double {
    let n = filled.count
    let k = min(width, n - m)
    guard k > 0 else { return 1 }
    var now = 0.0
    var before = 0.0
    for t in n - k..<n {
        now += filled[t]
        before += filled[t - m]
    }
    guard now > 0, before > 0 else { return 1 }
    let trust = Double(k) / (Double(k) + 4)
    return min(max(forecastingPower(now / before, trust), 1.0 / 3), 3)
}

private func growthTrend(_ filled: [Double], season m: Int, multiplicative: Bool) -> [Double] {
    let n = filled.count
    let mean = filled.reduce(0, +) / Double(n)
    if multiplicative {
        let rate = forecastingLog(seasonGrowth(filled, season: m, width: n)) / Double(m)
        return (0..<n).map { mean * forecastingExp(rate * (Double($0) - Double(n - 1) / 2)) }
    }
    var difference = 0.0
    for t in m..<max(n, m) { difference += filled[t] - filled[t - m] }
    let overlap = Double(max(n - m, 0))
    let slope = difference / max(overlap + 4, 1) / Double(m)
    return (0..<n).map { mean + slope * (Double($0) - Double(n - 1) / 2) }
}

/// Local weighted line with tricube weights through a series, at every bucket.
///
/// Source: Cleveland (1979), JASA 74, 829-836.
func localLine(_ series: [Double], weights: [Double], halfWidth: Int) -> [Double] {
    let n = series.count
    let kernel = (0...halfWidth).map { d -> Double in
        let u = Double(d) / Double(halfWidth + 1)
        let c = 1 - u * u * u
        return c * c * c
    }
    return (0..<n).map { t in
        var w = 0.0
        var wx = 0.0
        var wxx = 0.0
        var wy = 0.0
        var wxy = 0.0
        for i in max(0, t - halfWidth)...min(n - 1, t + halfWidth) {
            let d = i - t
            let weight = kernel[d.magnitude.asInt] * weights[i]
            let x = Double(d)
            w += weight
            wx += weight * x
            wxx += weight * x * x
            wy += weight * series[i]
            wxy += weight * x * series[i]
        }
        guard w > 0 else { return series[t] }
        let spread = wxx - wx * wx / w
        // The line at x = 0; a flat mean where the window has no width.
        let slope = spread > 1e-9 * wxx ? (wxy - wx * wy / w) / spread : 0
        return (wy - slope * wx) / w
    }
}

extension UInt {
    fileprivate var asInt: Int { Int(self) }
}
