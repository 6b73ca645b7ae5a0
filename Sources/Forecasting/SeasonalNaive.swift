/// Forecasts each bucket by the last known value of its phase of the season.
///
/// - Parameters:
///   - history: Shape [n], oldest first; NaN = missing, skipped in favour of the season before; at least one value is known.
///   - season: Buckets a season m; ≤ 1 or ≥ n = the last known value.
///   - horizon: Number of buckets H ≥ 0.
/// - Returns: Shape [H]. A phase never seen takes the last known value of any phase.
/// - Complexity: O(n + H).
public func seasonalNaiveForecast(of history: [Double], season: Int, horizon: Int) -> [Double] {
    let n = history.count
    let last = history.last { !$0.isNaN } ?? 0
    guard season > 1, season < n else { return [Double](repeating: last, count: horizon) }
    var phase = [Double](repeating: last, count: season)
    for t in 0..<n where !history[t].isNaN { phase[t % season] = history[t] }
    return (0..<horizon).map { phase[(n + $0) % season] }
}
