import Dispatch
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
        var forecasts = [SeriesForecast?](repeating: nil, count: series.count)
        // In chunks, so that progress moves; each series by itself, so that threads change no digit.
        let chunk = 32 * threads
        for start in stride(from: 0, to: series.count, by: chunk) {
            let range = start..<min(start + chunk, series.count)
            forecasts.withUnsafeMutableBufferPointer { buffer in
                let slots = Slots(buffer: buffer)
                DispatchQueue.concurrentPerform(iterations: min(threads, range.count)) { worker in
                    for index in stride(from: range.lowerBound + worker, to: range.upperBound, by: threads) {
                        slots.buffer[index] = Forecasting.forecastSeries(
                            series[index].values, season: season ?? usualSeason(of: series[index].step, labels: series[index].labels),
                            horizon: horizon,
                            quantiles: quantiles)
                    }
                }
            }
            progress?(ProgressStep("Forecasting", share: Double(range.upperBound) / Double(series.count)))
        }
        let results = zip(series, forecasts).compactMap { series, forecast in
            forecast.map { SeriesRun.Forecast(id: series.id, labels: series.futureLabels(horizon), forecast: $0) }
        }
        return SeriesRun(forecasts: results, quantiles: quantiles, notes: reading.findings)
    }
}

/// Results written at different places by several threads.
private struct Slots: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<SeriesForecast?>
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
