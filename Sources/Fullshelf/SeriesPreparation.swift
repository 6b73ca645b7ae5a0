import DemandPlanning
import Forecasting
import PlanData

/// A plain series as it is forecast: brought to its newest level, and months freed of what their working days did.
public struct SeriesPreparation: Sendable {
    /// Shape of the series' values; NaN = not known.
    public let values: [Double]
    /// Positions in the series at which its level changed for good.
    public let levelShifts: [Int]
    /// What each bucket ahead is multiplied by because of its working days; shape [H].
    private let factors: [Double]

    /// - Parameters:
    ///   - season: Buckets a season.
    ///   - horizon: Number of buckets H ahead.
    public init(_ series: PlainSeries, season: Int, horizon: Int) {
        let shifts = Forecasting.levelShifts(of: series.values, season: season)
        var values = broughtToNewestLevel(series.values, shifts)
        levelShifts = shifts.map(\.position)
        var factors = [Double](repeating: 1, count: horizon)
        let months = series.labels.map { Self.month(of: $0, step: series.step) }
        let ahead = series.futureLabels(horizon).map { Self.month(of: $0, step: series.step) }
        if season == 12, months.allSatisfy({ $0 != nil }), ahead.allSatisfy({ $0 != nil }) {
            let regressor = months.map { $0.map(workingDayDeviation(ofMonth:)) ?? 0 }
            let days = WorkingDayAdjustment(values, regressor: regressor, season: season)
            for t in values.indices { values[t] /= days.factor(regressor[t]) }
            factors = ahead.map { $0.map { days.factor(workingDayDeviation(ofMonth: $0)) } ?? 1 }
        }
        self.values = values
        self.factors = factors
    }

    /// The forecast of the series itself.
    public func restored(_ forecast: SeriesForecast) -> SeriesForecast {
        guard factors.contains(where: { $0 != 1 }) else { return forecast }
        var result = forecast
        for h in result.mean.indices {
            result.mean[h] *= factors[h]
            for q in result.quantiles[h].indices { result.quantiles[h][q] *= factors[h] }
        }
        result.distribution = forecast.distribution.scaled(by: factors)
        return result
    }

    /// Months since year 0 where the series has one value a month.
    private static func month(of label: SeriesLabel, step: SeriesStep) -> Int? {
        switch (label, step) {
        case (.month(let month), .units(1)): month
        case (.date(let date), .calendarMonths(1, _)): date.yearMonthDay.year * 12 + date.yearMonthDay.month - 1
        default: nil
        }
    }
}
