import Forecasting
import PlanModel

/// What the working days of a month do to its demand, learnt from months that had more or fewer than their like.
///
///     demand = demand with the usual days × exp(β x),   x = log working days − its mean over the same calendar month
///
/// Working days are Monday to Friday; feasts are events. β is 1 where all is sold on working days, 0 where the days of the week are alike, negative where
/// weekends sell more. The usual number of days of a calendar month is part of its season. Pairs are drawn towards the pooled β by their variance (random
/// effects); where the pooled β is not two standard errors from zero nothing is believed. Its error is never taken smaller than the sum of all pairs shows:
/// what all share in a month is no more certain for being seen in many of them.
///
/// Source of the regressor: Findley, Monsell, Bell, Otto & Chen (1998), J. Business & Economic Statistics 16, 127-152 (one-coefficient trading day).
struct TradingDayEffects: Sendable {
    /// β of each series; 0 = none.
    let coefficients: [Double]
    /// The pooled β, for series too short to tell; 0 = none.
    let pooled: Double
    /// x of each bucket from `firstBucket` on; empty for weeks, which all have the same days.
    private let regressor: [Double]
    private let firstBucket: Int

    /// β is believed inside this.
    private static let range = -2.0...2.0

    /// - Parameters:
    ///   - series: Histories with the effects of events and prices taken out; NaN = not known.
    ///   - season: Buckets a season.
    init(_ series: [DemandHistory], horizon: Horizon, season: Int) {
        let first = series.map(\.firstBucket).min() ?? 0
        firstBucket = first
        var regressor: [Double] = []
        if horizon.unit == .month {
            let (year, month, _) = horizon.firstDay(of: first).yearMonthDay
            regressor = (0..<horizon.count - first).map { workingDayDeviation(ofMonth: year * 12 + month - 1 + $0) }
        }
        self.regressor = regressor
        var estimates: [(series: Int, response: CalendarResponse)] = []
        var sums = [Double](repeating: 0, count: -first)
        var counts = sums
        if !regressor.isEmpty {
            for (index, history) in series.enumerated() {
                let start = history.firstBucket - first
                let own = Array(regressor[start..<start + history.values.count])
                guard let part = IrregularPart(history.values, regressor: own, season: season), let response = part.response else {
                    continue
                }
                estimates.append((index, response))
                for (t, y) in part.series.enumerated() where !y.isNaN {
                    sums[start + t] += y
                    counts[start + t] += 1
                }
            }
        }
        var coefficients = [Double](repeating: 0, count: series.count)
        var pooled = 0.0
        if !estimates.isEmpty {
            let (mean, between, error) = randomEffects(estimates.map { ($0.response.coefficient, $0.response.variance) })
            let common = sums.indices.map { counts[$0] > 0 ? exponential(sums[$0] / counts[$0]) : Double.nan }
            let shared = IrregularPart(common, regressor: Array(regressor[..<(-first)]), season: season)?.response?.variance ?? .infinity
            if mean * mean > 4 * max(error * error, shared) {
                func bounded(_ value: Double) -> Double { min(max(value, Self.range.lowerBound), Self.range.upperBound) }
                pooled = bounded(mean)
                coefficients = [Double](repeating: pooled, count: series.count)
                for estimate in estimates {
                    let trust = between / (between + estimate.response.variance)
                    coefficients[estimate.series] = bounded(mean + trust * (estimate.response.coefficient - mean))
                }
            }
        }
        self.coefficients = coefficients
        self.pooled = pooled
    }

    /// What the demand of a bucket is multiplied by because of its days; 1 = as many as usual.
    ///
    /// - Parameter series: nil = the pooled effect.
    func factor(series: Int?, bucket: Int) -> Double {
        let index = bucket - firstBucket
        guard regressor.indices.contains(index) else { return 1 }
        let beta = series.map { coefficients.indices.contains($0) ? coefficients[$0] : pooled } ?? pooled
        return beta == 0 ? 1 : exponential(beta * regressor[index])
    }
}

/// Mondays to Fridays of a month, given by its months since year 0 (year × 12 + month − 1).
func workingDays(inMonth month: Int) -> Int {
    func first(_ month: Int) -> Int { CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)?.daysSinceEpoch ?? 0 }
    return (first(month)..<max(first(month), first(month + 1))).reduce(0) { CalendarDate(daysSinceEpoch: $1).weekday < 5 ? $0 + 1 : $0 }
}

/// log of a month's working days less the mean of the same month over 28 years, after which the calendar repeats.
///
/// - Parameter month: Months since year 0: year × 12 + month − 1.
public func workingDayDeviation(ofMonth month: Int) -> Double {
    logarithm(Double(max(workingDays(inMonth: month), 1))) - usualWorkingDays[month % 12]
}

/// Mean log of the working days of each calendar month. The years around 2000 stand for all: their calendar is that of any 28 years without a century
/// that leaves its leap day out.
private let usualWorkingDays = (0..<12).map { month in
    (1986..<2014).reduce(0.0) { $0 + logarithm(Double(workingDays(inMonth: $1 * 12 + month))) } / 28
}
