/// A series freed of what its working days do to it, where it follows them beyond doubt.
///
///     y = y with the usual days × exp(β x)
///
/// β is drawn towards 0 by its variance, and 0 where it is not two standard errors away from it.
public struct WorkingDayAdjustment: Sendable {
    /// 0 = the series does not follow its days.
    public let coefficient: Double

    /// Variance of β among monthly series: M3's follow their days between not at all (stocks, rates) and fully (production).
    private static let variance = 0.25
    private static let range = -2.0...2.0

    /// - Parameters:
    ///   - history: Shape [n]; NaN = not known.
    ///   - regressor: x of each bucket: log working days less its mean over the same month of other years; shape [n].
    ///   - season: Buckets a season, 2 or more.
    public init(_ history: [Double], regressor: [Double], season: Int) {
        guard let response = IrregularPart(history, regressor: regressor, season: season)?.response,
            response.coefficient * response.coefficient > 4 * response.variance
        else {
            coefficient = 0
            return
        }
        let drawn = response.coefficient * Self.variance / (Self.variance + response.variance)
        coefficient = min(max(drawn, Self.range.lowerBound), Self.range.upperBound)
    }

    /// What a bucket is multiplied by because of its days.
    public func factor(_ x: Double) -> Double { coefficient == 0 ? 1 : forecastingExp(coefficient * x) }
}

/// How demand follows a known regressor of the calendar, such as the working days of a month, and how sure that is.
public struct CalendarResponse: Hashable, Sendable {
    /// β: demand is multiplied by exp(β x).
    public var coefficient: Double
    /// Variance of the error of β.
    public var variance: Double
}

/// A series and a regressor with level, growth and season taken out alike, so that one can be set against the other.
public struct IrregularPart: Sendable {
    /// log of the series less its centred mean over one season and its mean by phase; shape [n], NaN = not known.
    public var series: [Double]
    /// The regressor after the same steps, over the same buckets.
    public var regressor: [Double]
    /// What is left to judge the error by: known buckets less the phases and the coefficient taken from them.
    private var freedom: Double

    /// - Parameters:
    ///   - history: Demand a bucket, shape [n]; NaN, infinite or ≤ 0 = not known.
    ///   - regressor: x of each bucket, shape [n], finite.
    ///   - season: Buckets a season m ≥ 2.
    /// - Returns: nil with fewer than three seasons, or where less than half of them is known.
    public init?(_ history: [Double], regressor: [Double], season m: Int) {
        precondition(history.count == regressor.count, "a figure of the regressor for each bucket")
        let n = history.count
        guard m >= 2, n >= 3 * m else { return nil }
        let logs = history.map { $0.isFinite && $0 > 0 ? forecastingLog($0) : .nan }
        var y = [Double](repeating: .nan, count: n)
        var x = y
        let half = m / 2
        for t in half..<n - half where !logs[t].isNaN {
            // Buckets t − m/2 … t + m/2; in even seasons both ends count half.
            var weights = 0.0
            var sumY = 0.0
            var sumX = 0.0
            for i in t - half...t + half where !logs[i].isNaN {
                let w = m % 2 == 0 && (i == t - half || i == t + half) ? 0.5 : 1
                weights += w
                sumY += w * logs[i]
                sumX += w * regressor[i]
            }
            guard 4 * weights >= 3 * Double(m) else { continue }
            y[t] = logs[t] - sumY / weights
            x[t] = regressor[t] - sumX / weights
        }
        var count = 0
        for phase in 0..<m {
            let own = stride(from: phase, to: n, by: m).filter { !y[$0].isNaN }
            guard !own.isEmpty else { continue }
            let meanY = own.reduce(0) { $0 + y[$1] } / Double(own.count)
            let meanX = own.reduce(0) { $0 + x[$1] } / Double(own.count)
            for t in own {
                y[t] -= meanY
                x[t] -= meanX
            }
            count += own.count
        }
        guard 2 * count >= 3 * m, count > m + 4 else { return nil }
        series = y
        self.regressor = x
        freedom = Double(count - m - 1)
    }

    /// β by least squares; nil where the regressor does not move.
    public var response: CalendarResponse? {
        var products = 0.0
        var squares = 0.0
        var total = 0.0
        for (y, x) in zip(series, regressor) where !y.isNaN {
            products += x * y
            squares += x * x
            total += y * y
        }
        guard squares > 1e-9 else { return nil }
        let residual = max(total - products * products / squares, 0)
        // Even a series without noise is not known better than to a hundredth.
        return CalendarResponse(coefficient: products / squares, variance: max(residual / max(freedom, 1) / squares, 1e-4))
    }
}
