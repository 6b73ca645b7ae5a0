import Testing

@testable import Forecasting

struct StrangeSeries: Sendable {
    var name: String
    var values: [Double]
    /// What a sensible forecast lies between, for each bucket.
    var range: ClosedRange<Double>
}

private func sixty(_ value: (Int) -> Double) -> [Double] { (0..<60).map(value) }

private func steady(_ count: Int, _ size: Double) -> [Double] {
    (0..<count).map { t -> Double in
        let noise = Double((t * 37) % 11 - 5) / 5
        return size * (1 + 0.05 * noise)
    }
}

private let odd: [StrangeSeries] = [
    StrangeSeries(name: "constant", values: [Double](repeating: 7, count: 60), range: 7...7),
    StrangeSeries(name: "all zero", values: [Double](repeating: 0, count: 60), range: 0...0),
    StrangeSeries(name: "empty", values: [], range: 0...0), StrangeSeries(name: "all missing", values: [.nan, .nan, .nan], range: 0...0),
    StrangeSeries(name: "one point", values: [5], range: 5...5), StrangeSeries(name: "two points", values: [4, 6], range: 4...6),
    StrangeSeries(name: "a trillion", values: steady(60, 1e12), range: 8e11...1.2e12),
    StrangeSeries(name: "a trillionth", values: steady(60, 1e-12), range: 8e-13...1.2e-12),
    StrangeSeries(name: "one spike in zeros", values: sixty { $0 == 30 ? 900 : 0 }, range: 0...100),
    StrangeSeries(name: "one spike at the end", values: sixty { $0 == 59 ? 900 : 0 }, range: 0...900),
    StrangeSeries(name: "all missing but one", values: sixty { $0 == 20 ? 8 : .nan }, range: 8...8),
    StrangeSeries(
        name: "negative returns", values: sixty { $0 % 9 == 4 ? -40 : 100 + Double($0 % 5) }, range: 40...130),
    StrangeSeries(name: "all negative", values: [Double](repeating: -3, count: 40), range: 0...0),
    StrangeSeries(name: "infinite", values: steady(40, 10) + [Double.infinity, -Double.infinity], range: 5...15),
    StrangeSeries(name: "near the largest number", values: steady(40, 1e307), range: 5e306...2e307),
    StrangeSeries(name: "a step of a million", values: steady(30, 1) + steady(30, 1e6), range: 1...4.3e6),
    StrangeSeries(name: "every second bucket", values: sixty { $0 % 2 == 0 ? 10 : 0 }, range: 0...15),
]

/// Each odd series by itself, and in a panel with twenty ordinary ones, which it must not disturb.
@Test(
    "No series, however odd, gives anything but a finite, sensible forecast that is never negative", arguments: [(12, 6), (52, 13), (1, 4)])
func oddSeriesStaySensible(season: Int, horizon: Int) {
    func check(_ forecast: SeriesForecast, _ given: StrangeSeries, _ place: String) {
        #expect(forecast.mean.count == horizon)
        for h in 0..<horizon {
            let value = forecast.mean[h]
            #expect(value.isFinite && value >= 0, "\(given.name), \(place)")
            #expect(
                given.range.lowerBound * 0.999_999 <= value && value <= given.range.upperBound * 1.000_001,
                "\(given.name), \(place): \(value)")
            #expect(forecast.quantiles[h] == forecast.quantiles[h].sorted() && forecast.quantiles[h].allSatisfy { $0.isFinite && $0 >= 0 })
        }
        let sums = forecast.distribution.sumQuantiles(over: 0..<horizon, probabilities: [0.1, 0.5, 0.9])
        #expect(sums == sums.sorted() && sums.allSatisfy { $0.isFinite && $0 >= 0 }, "\(given.name), \(place)")
    }
    for given in odd { check(forecastSeries(given.values, season: season, horizon: horizon), given, "alone") }
    let ordinary = (0..<20).map { index in
        PanelSeries(values: sixty { t in 50 + 15 * Double((t * (index + 3)) % 7) / 7 }, groups: [0])
    }
    let panel = odd.map { PanelSeries(values: $0.values, groups: [0]) } + ordinary
    let made = forecastPanel(panel, season: season, horizon: horizon)
    for (given, forecast) in zip(odd, made.series) { check(forecast, given, "in a panel") }
    for forecast in made.series.suffix(20) { for value in forecast.mean { #expect((30...80).contains(value)) } }
}
