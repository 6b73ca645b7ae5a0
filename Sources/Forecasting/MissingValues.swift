/// Fills missing values (NaN) for the methods that need a whole series: seasonal indices and starting states. Model recursions skip them instead.
///
/// A gap takes the straight line between its neighbours of the series without season; where a season is known (at least two values a phase in
/// some phase), the gap gets the season of its phase back. Gaps at the ends take the nearest value.
///
/// - Parameters:
///   - series: Shape [n]; NaN = missing; at least one value is not.
///   - season: Buckets a season m; ≤ 1 = none.
/// - Returns: Shape [n], all finite where the known values are.
/// - Complexity: O(n).
func filledSeries(_ series: [Double], season m: Int) -> [Double] {
    guard series.contains(where: { $0.isNaN }) else { return series }
    let lines = filledByLines(series)
    guard m > 1, series.count > m else { return lines }
    // Additive season of the rough series: its mean distance from a moving mean, by phase. Enough for a gap.
    let level = movingMean(of: lines, width: m)
    var sum = [Double](repeating: 0, count: m)
    var count = [Int](repeating: 0, count: m)
    for t in series.indices where !series[t].isNaN {
        sum[t % m] += series[t] - level[t]
        count[t % m] += 1
    }
    let offset = (0..<m).map { count[$0] > 0 ? sum[$0] / Double(count[$0]) : 0 }
    let adjusted = series.indices.map { series[$0] - offset[$0 % m] }
    let smooth = filledByLines(adjusted)
    let least = series.reduce(Double.infinity) { $1 < $0 ? $1 : $0 }
    return series.indices.map { t in
        guard series[t].isNaN else { return series[t] }
        let value = smooth[t] + offset[t % m]
        // A gap never goes below everything seen: a low season must not turn a positive series negative.
        return max(value, least)
    }
}

private func filledByLines(_ series: [Double]) -> [Double] {
    var filled = series
    var last: Int?
    for t in filled.indices where !filled[t].isNaN {
        if let from = last {
            for gap in from + 1..<max(t, from + 1) {
                filled[gap] = filled[from] + (filled[t] - filled[from]) * Double(gap - from) / Double(t - from)
            }
        } else {
            for gap in 0..<t { filled[gap] = filled[t] }
        }
        last = t
    }
    if let from = last { for gap in from + 1..<max(filled.count, from + 1) { filled[gap] = filled[from] } }
    return filled
}

/// Centred moving mean of `width` buckets, the window cut at the ends. O(n).
func movingMean(of series: [Double], width: Int) -> [Double] {
    let n = series.count
    let before = width / 2
    let after = (width - 1) / 2
    return (0..<n).map { t in
        let low = max(0, t - before)
        let high = min(n - 1, t + after)
        var sum = 0.0
        for i in low...high { sum += series[i] }
        return sum / Double(high - low + 1)
    }
}
