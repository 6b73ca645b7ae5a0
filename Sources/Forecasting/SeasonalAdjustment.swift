/// The season of a series as one index a phase, and the series without it.
struct SeasonalAdjustment {
    /// One index a phase; factors with mean 1, or offsets with mean 0.
    var indices: [Double]
    var isMultiplicative: Bool
    /// Shape [n]; missing values stay NaN.
    var adjusted: [Double]

    /// A series taken as it is.
    static func none(_ series: [Double]) -> SeasonalAdjustment {
        SeasonalAdjustment(indices: [0], isMultiplicative: false, adjusted: series)
    }

    /// Puts the season back into forecasts that start at bucket n of the series.
    func restored(_ forecast: [Double], from n: Int) -> [Double] {
        let m = indices.count
        return forecast.indices.map { h in
            let index = indices[(n + h) % m]
            return isMultiplicative ? forecast[h] * index : forecast[h] + index
        }
    }
}

/// Tells whether the autocorrelation at the season's lag is significant.
///
///     |r[m]| > z · √((1 + 2 Σ_{i<m} r[i]²) / n)
///
/// - Parameters:
///   - series: Shape [n], all finite.
///   - season: Buckets a season m > 1.
///   - critical: z; 1.645 is the 90 % test of the M3 Theta entry.
///
/// Source: Assimakopoulos & Nikolopoulos (2000), IJF 16, 521-530; formula as in Fiorucci et al. (2016), IJF 32, 1151-1161.
func isSeasonal(_ series: [Double], season m: Int, critical: Double = 1.645) -> Bool {
    let n = series.count
    guard m > 1, n >= 2 * m + 1 else { return false }
    let mean = series.reduce(0, +) / Double(n)
    var variance = 0.0
    for x in series { variance += (x - mean) * (x - mean) }
    guard variance > 0 else { return false }
    var squares = 0.0
    var last = 0.0
    for lag in 1...m {
        var sum = 0.0
        for t in lag..<n { sum += (series[t] - mean) * (series[t - lag] - mean) }
        last = sum / variance
        if lag < m { squares += last * last }
    }
    return last.magnitude > critical * ((1 + 2 * squares) / Double(n)).squareRoot()
}

/// Seasonal indices by classical decomposition: the mean by phase of the series against its centred 2 × m moving mean.
///
/// - Parameters:
///   - series: Shape [n], n ≥ 2 m, all finite; > 0 where `multiplicative`.
///   - season: Buckets a season m > 1.
/// - Returns: m indices with mean 1 (factors) or 0 (offsets).
///
/// Source: Makridakis, Wheelwright & Hyndman (1998), Forecasting, 3rd ed., section 3/4.
func classicalSeasonalIndices(_ series: [Double], season m: Int, multiplicative: Bool) -> [Double] {
    let n = series.count
    let half = m / 2
    var sum = [Double](repeating: 0, count: m)
    var count = [Int](repeating: 0, count: m)
    // Window sum of m buckets, moved along.
    var window = 0.0
    for i in 0..<min(n, m) { window += series[i] }
    if n > 2 * half {
        for t in half..<n - half {
            let trend: Double
            if m % 2 == 0 {
                // Buckets t − m/2 … t + m/2, both ends counted half.
                var total = 0.0
                for i in t - half..<t + half { total += series[i] }
                trend = (total + 0.5 * (series[t + half] - series[t - half])) / Double(m)
            } else {
                if t > half { window += series[t + half] - series[t - half - 1] }
                trend = window / Double(m)
            }
            sum[t % m] += multiplicative ? series[t] / trend : series[t] - trend
            count[t % m] += 1
        }
    }
    let neutral = multiplicative ? 1.0 : 0.0
    var indices = (0..<m).map { count[$0] > 0 ? sum[$0] / Double(count[$0]) : neutral }
    let mean = indices.reduce(0, +) / Double(m)
    for i in indices.indices { indices[i] = multiplicative ? indices[i] / mean : indices[i] - mean }
    return indices
}

/// The season taken out where the autocorrelation test finds one: factors for positive series, offsets otherwise.
///
/// - Parameters:
///   - series: Shape [n]; NaN = missing.
///   - filled: The same without gaps.
func seasonallyAdjusted(_ series: [Double], filled: [Double], season m: Int) -> SeasonalAdjustment {
    guard isSeasonal(filled, season: m) else { return .none(series) }
    let least = filled.min() ?? 0
    let multiplicative = least > 0
    let indices = classicalSeasonalIndices(filled, season: m, multiplicative: multiplicative)
    // A factor near zero would blow noise up: such series take offsets.
    if multiplicative, (indices.min() ?? 0) < 0.02 {
        let offsets = classicalSeasonalIndices(filled, season: m, multiplicative: false)
        return SeasonalAdjustment(indices: offsets, isMultiplicative: false, adjusted: series.indices.map { series[$0] - offsets[$0 % m] })
    }
    return SeasonalAdjustment(
        indices: indices, isMultiplicative: multiplicative,
        adjusted: series.indices.map { multiplicative ? series[$0] / indices[$0 % m] : series[$0] - indices[$0 % m] })
}
