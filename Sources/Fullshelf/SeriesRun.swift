import Forecasting
import PlanData
import PlanModel

/// Forecasts of plain series, as `fullshelf forecast --series` writes them.
public struct SeriesRun: Sendable {
    public struct Forecast: Sendable {
        public var id: String
        /// The buckets ahead.
        public var labels: [SeriesLabel]
        /// Mean, quantiles and model, aligned with `labels`.
        public var forecast: SeriesForecast
    }

    /// In the order in which the file names the series first.
    public var forecasts: [Forecast]
    /// Probabilities, in the order asked for.
    public var quantiles: [Double]
    /// What looked odd in the file.
    public var notes: [Finding]

    /// `unique_id,ds,mean` and a column a quantile (`p10`, `p50`, `p90`), rows in the order of ``forecasts``.
    public var csv: String {
        var text = "unique_id,ds,mean" + quantiles.map { ",p" + NumberText.shortest(($0 * 1e11).rounded() / 1e9) }.joined() + "\n"
        for entry in forecasts {
            let id = csvField(entry.id)
            for (index, label) in entry.labels.enumerated() {
                text += id
                text += ","
                text += label.description
                text += ","
                text += NumberText.shortest(entry.forecast.mean[index])
                for value in entry.forecast.quantiles[index] {
                    text += ","
                    text += NumberText.shortest(value)
                }
                text += "\n"
            }
        }
        return text
    }

    /// RFC 4180: quoted where a separator, a quote or a line end stands in it.
    private func csvField(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

extension Planner {
    /// Forecasts each series of a file in long form (`unique_id, ds, y`).
    ///
    /// - Parameters:
    ///   - horizon: Buckets ahead, ≥ 1.
    ///   - season: Buckets a season; nil = 12 for months, 4 for quarters, 52 for weeks, 7 for days, 1 (none) for anything else.
    ///   - quantiles: Probabilities in 0…1.
    /// - Throws: ``PlanningError/unusableInput(_:)``.
    public func forecastSeries(
        inFileAt file: String, horizon: Int, season: Int? = nil, quantiles: [Double] = [0.1, 0.5, 0.9], progress: ProgressHandler? = nil
    ) throws(PlanningError) -> SeriesRun {
        progress?(ProgressStep("Reading \(file)"))
        let reading = readSeries(at: file)
        guard !reading.findings.contains(where: { $0.severity == .error }) else { throw PlanningError.unusableInput(reading.findings) }
        let series = reading.series
        // Series of one season are forecast together: what they have in common is learnt from all of them.
        let seasons = series.map { season ?? usualSeason(of: $0.step, labels: $0.labels) }
        let prepared = series.indices.map { SeriesPreparation(series[$0], season: seasons[$0], horizon: horizon) }
        var forecasts = [SeriesForecast?](repeating: nil, count: series.count)
        for own in Set(seasons).sorted() {
            let members = series.indices.filter { seasons[$0] == own }
            // Where all end at the same time their sum is a series that says where the market goes.
            let ends = Set(members.map { series[$0].labels.last })
            let panel = members.map { index in
                PanelSeries(
                    values: prepared[index].values, phase: phase(of: series[index].labels.first, season: own),
                    groups: ends.count == 1 && members.count > 1 ? [0] : [])
            }
            let made = forecastPanel(panel, season: own, horizon: horizon, quantiles: quantiles, weighting: .equal, threads: threads) {
                share in
                progress?(ProgressStep("Forecasting", share: share))
            }
            for (position, index) in members.enumerated() { forecasts[index] = prepared[index].restored(made.series[position]) }
        }
        let results = zip(series, forecasts).compactMap { series, forecast in
            forecast.map { SeriesRun.Forecast(id: series.id, labels: series.futureLabels(horizon), forecast: $0) }
        }
        return SeriesRun(forecasts: results, quantiles: quantiles, notes: reading.findings)
    }
}

/// Phase of the year of a label, so that the same phase of two series is the same month, quarter or week; 0 for plain numbers.
private func phase(of label: SeriesLabel?, season: Int) -> Int {
    switch label {
    case .date(let date):
        switch season {
        case 12: date.yearMonthDay.month - 1
        case 52:
            // Weeks are counted through, as every other series is: a year of 52 weeks drifts by a day or two, for all alike.
            ((date.daysSinceEpoch / 7 % 52) + 52) % 52
        default: season > 1 ? ((date.daysSinceEpoch % season) + season) % season : 0
        }
    case .month(let month): season > 1 ? month % season : 0
    case .quarter(let quarter): season > 1 ? quarter % season : 0
    case .number, nil: 0
    }
}

private func usualSeason(of step: SeriesStep, labels: [SeriesLabel]) -> Int {
    switch (step, labels.first) {
    case (.calendarMonths(1, _), _), (.units(1), .month): 12
    case (.calendarMonths(3, _), _), (.units(1), .quarter), (.units(3), .month): 4
    case (.days(7), .date): 52
    case (.days(1), .date): 7
    default: 1
    }
}
