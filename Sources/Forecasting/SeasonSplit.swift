/// Splits a forecast into its level and what the season adds to it, from the season its history shows.
///
///     factors:  forecast[h] = level[h] · index[h],   season part = forecast[h] − level[h]
///
/// The level is a straight line through the forecast with the season taken out (classical decomposition from two seasons of history on, the year shape
/// for weekly series from little more than one), weighted by the season's factors; it is never negative. Where there is no season to speak of the
/// level is the forecast itself.
///
/// - Parameters:
///   - forecast: Shape [H].
///   - history: Shape [n], oldest first, the bucket before the forecast last; NaN = not known.
///   - season: Buckets a season; ≤ 1 = none.
/// - Returns: The level, shape [H].
public func levelOfForecast(_ forecast: [Double], history: [Double], season m: Int) -> [Double] {
    let flat = forecast.map { max($0, 0) }
    guard m > 1, history.count > m + 4, forecast.count > 1, let scale = seriesScale(history) else { return flat }
    let series = history.map { $0.isFinite ? $0 / scale : .nan }
    let filled = filledSeries(series, season: m)
    guard filled.allSatisfy(\.isFinite) else { return flat }
    let adjustment: SeasonalAdjustment
    if m <= MethodBench.longestStateSeason {
        guard history.count >= 2 * m + 1 else { return flat }
        let multiplicative = (filled.min() ?? 0) > 0
        adjustment = SeasonalAdjustment(
            indices: classicalSeasonalIndices(filled, season: m, multiplicative: multiplicative), isMultiplicative: multiplicative,
            adjusted: [])
    } else {
        adjustment = yearShape(series, filled: filled, season: m, multiplicative: !filled.contains { $0 < 0 })
    }
    let n = history.count
    var weight = 0.0
    var wx = 0.0
    var wxx = 0.0
    var wy = 0.0
    var wxy = 0.0
    for h in forecast.indices {
        let index = adjustment.indices[(n + h) % m]
        // Buckets whose factor is tiny say nothing about the level.
        let w = adjustment.isMultiplicative ? max(index, 0) : 1
        let raw = adjustment.isMultiplicative ? (index > 0.02 ? forecast[h] / index : 0) : forecast[h] - index * scale
        guard w > 0.02 else { continue }
        let x = Double(h)
        weight += w
        wx += w * x
        wxx += w * x * x
        wy += w * raw
        wxy += w * x * raw
    }
    guard weight > 0 else { return flat }
    let spread = wxx - wx * wx / weight
    let slope = spread > 1e-9 * max(wxx, 1) ? (wxy - wx * wy / weight) / spread : 0
    let start = (wy - slope * wx) / weight
    return forecast.indices.map { max(0, start + slope * Double($0)) }
}
