import Fullshelf
import Testing

/// Months with sales in proportion to their working days are forecast with those of the months ahead.
@Test func monthlySeriesFollowTheirWorkingDays() throws {
    let start = 2019 * 12
    let labels = (0..<72).map { SeriesLabel.month(start + $0) }
    func value(_ month: Int) -> Double { 200 * exponential(workingDayDeviation(ofMonth: month)) }
    let series = PlainSeries(id: "s", labels: labels, values: (0..<72).map { value(start + $0) }, step: .units(1))
    let prepared = SeriesPreparation(series, season: 12, horizon: 12)
    #expect(prepared.values.allSatisfy { ($0 / 200 - 1).magnitude < 0.01 })
    let flat = SeriesForecast(
        mean: [Double](repeating: 200, count: 12), quantiles: [[Double]](repeating: [180, 220], count: 12), model: "flat")
    let restored = prepared.restored(flat)
    for h in 0..<12 {
        let expected = value(start + 72 + h)
        #expect((restored.mean[h] / expected - 1).magnitude < 0.01)
        #expect((restored.quantiles[h][0] / (0.9 * expected) - 1).magnitude < 0.01)
        #expect((restored.distribution.median[h] / expected - 1).magnitude < 0.01)
    }
    // The same numbers without a calendar are left alone.
    let plain = PlainSeries(id: "s", labels: (0..<72).map { .number($0) }, values: series.values, step: .units(1))
    #expect(SeriesPreparation(plain, season: 12, horizon: 12).values == series.values)
}

@Test func aPlainSeriesIsBroughtToItsNewestLevel() {
    let values = (0..<80).map { t in (t < 50 ? 100.0 : 250) + Double((t * 7) % 11) }
    let prepared = SeriesPreparation(
        PlainSeries(id: "s", labels: (0..<80).map { .number($0) }, values: values, step: .units(1)), season: 1, horizon: 4)
    #expect(prepared.levelShifts == [50])
    #expect(prepared.values.allSatisfy { (230...280).contains($0) })
}
