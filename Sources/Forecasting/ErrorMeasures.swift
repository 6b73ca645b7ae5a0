/// Forecast errors, defined as in Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., chapter 5.8-5.9. Buckets whose actual is
/// missing (NaN) are left out of all of them.
public enum ErrorMeasure {
    /// Σ|f − y| / Σ|y| over all given values; nil where Σ|y| = 0.
    public static func wape(actual: [Double], forecast: [Double]) -> Double? {
        var error = 0.0
        var total = 0.0
        for (y, f) in zip(actual, forecast) where !y.isNaN {
            error += (f - y).magnitude
            total += y.magnitude
        }
        return total > 0 ? error / total : nil
    }

    /// Σ(f − y) / Σ|y|; nil where Σ|y| = 0.
    public static func bias(actual: [Double], forecast: [Double]) -> Double? {
        var error = 0.0
        var total = 0.0
        for (y, f) in zip(actual, forecast) where !y.isNaN {
            error += f - y
            total += y.magnitude
        }
        return total > 0 ? error / total : nil
    }

    /// Mean of 200 · |f − y| / (|f| + |y|), 0 where both are 0 (the M3 competition's definition); nil without actuals.
    public static func smape(actual: [Double], forecast: [Double]) -> Double? {
        var sum = 0.0
        var count = 0
        for (y, f) in zip(actual, forecast) where !y.isNaN {
            let size = y.magnitude + f.magnitude
            sum += size > 0 ? 200 * (f - y).magnitude / size : 0
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }

    /// Mean absolute one-season step of the history, the scale of MASE; nil where no two known values are a season apart or it is 0.
    public static func seasonalNaiveScale(_ history: [Double], season: Int) -> Double? {
        var sum = 0.0
        var count = 0
        for t in stride(from: max(season, 1), to: history.count, by: 1) {
            let step = history[t] - history[t - max(season, 1)]
            if !step.isNaN {
                sum += step.magnitude
                count += 1
            }
        }
        return count > 0 && sum > 0 ? sum / Double(count) : nil
    }

    /// Mean absolute error over the seasonal naive scale of the history; nil where either does not exist.
    public static func mase(actual: [Double], forecast: [Double], history: [Double], season: Int) -> Double? {
        guard let scale = seasonalNaiveScale(history, season: season) else { return nil }
        var sum = 0.0
        var count = 0
        for (y, f) in zip(actual, forecast) where !y.isNaN {
            sum += (f - y).magnitude
            count += 1
        }
        return count > 0 ? sum / Double(count) / scale : nil
    }

    /// Mean pinball loss max(p (y − q), (p − 1)(y − q)) of a quantile forecast; nil without actuals.
    public static func pinball(actual: [Double], quantile: [Double], probability p: Double) -> Double? {
        var sum = 0.0
        var count = 0
        for (y, q) in zip(actual, quantile) where !y.isNaN {
            sum += max(p * (y - q), (p - 1) * (y - q))
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }

    /// Share of actuals in low…high; nil without actuals.
    public static func coverage(actual: [Double], low: [Double], high: [Double]) -> Double? {
        var inside = 0
        var count = 0
        for t in 0..<min(actual.count, low.count, high.count) where !actual[t].isNaN {
            count += 1
            if actual[t] >= low[t] && actual[t] <= high[t] { inside += 1 }
        }
        return count > 0 ? Double(inside) / Double(count) : nil
    }
}
