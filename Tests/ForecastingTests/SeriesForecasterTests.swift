import Testing

@testable import Forecasting

struct OddSeries: Sendable, CustomTestStringConvertible {
    var name: String
    var history: [Double]
    var testDescription: String { name }

    static let all: [OddSeries] = [
        OddSeries(name: "empty", history: []),
        OddSeries(name: "all missing", history: [.nan, .nan, .nan]),
        OddSeries(name: "all zero", history: [Double](repeating: 0, count: 60)),
        OddSeries(name: "one point", history: [5]),
        OddSeries(name: "two points", history: [5, 9]),
        OddSeries(name: "three points", history: [5, 9, 2]),
        OddSeries(name: "constant", history: [Double](repeating: 42, count: 70)),
        OddSeries(name: "one spike in zeros", history: (0..<80).map { $0 == 40 ? 1000 : 0 }),
        OddSeries(name: "spike at the end", history: (0..<80).map { $0 == 79 ? 1000 : 1 }),
        OddSeries(name: "1e12", history: (0..<80).map { 1e12 + 1e11 * Double($0 % 7) }),
        OddSeries(name: "from 1e-12 to 1e12", history: (0..<60).map { forecastingPower(10, Double($0) * 0.4 - 12) }),
        OddSeries(name: "tiny", history: (0..<60).map { 1e-300 * Double(1 + $0 % 5) }),
        OddSeries(name: "near the end of the numbers", history: (0..<60).map { 1e307 * Double(1 + $0 % 5) }),
        OddSeries(name: "all missing but one", history: (0..<60).map { $0 == 30 ? 8 : .nan }),
        OddSeries(name: "every second missing", history: (0..<120).map { $0 % 2 == 0 ? Double($0) : .nan }),
        OddSeries(name: "negative returns", history: (0..<90).map { $0 % 9 == 0 ? -50 : 20 }),
        OddSeries(name: "all negative", history: (0..<90).map { -1 - Double($0 % 4) }),
        OddSeries(name: "infinite values", history: (0..<60).map { $0 % 10 == 3 ? .infinity : 5 + Double($0 % 3) }),
        OddSeries(name: "doubling", history: (0..<40).map { forecastingPower(2, Double($0)) }),
        OddSeries(name: "falling to zero", history: (0..<60).map { max(0, 100 - 2 * Double($0)) }),
        OddSeries(name: "intermittent", history: (0..<100).map { $0 % 11 == 0 ? 7 : 0 }),
        OddSeries(name: "missing at both ends", history: [.nan, .nan] + (0..<70).map { 10 + Double($0 % 12) } + [.nan, .nan, .nan]),
    ]
}

@Test("Odd series give finite forecasts, never below zero", arguments: OddSeries.all, [1, 4, 12, 52])
func oddSeriesStayFinite(odd: OddSeries, season: Int) {
    let forecast = forecastSeries(odd.history, season: season, horizon: 30, quantiles: [0.01, 0.1, 0.5, 0.9, 0.99])
    #expect(forecast.mean.count == 30 && forecast.quantiles.count == 30)
    let largest = odd.history.filter(\.isFinite).max() ?? 0
    for (mean, quantiles) in zip(forecast.mean, forecast.quantiles) {
        #expect(mean.isFinite && mean >= 0)
        #expect(mean <= 4 * max(largest, 0))
        #expect(quantiles.allSatisfy { $0.isFinite && $0 >= 0 })
        #expect(quantiles == quantiles.sorted())
    }
}

@Test func aConstantSeriesForecastsItself() {
    let forecast = forecastSeries([Double](repeating: 42, count: 70), season: 12, horizon: 3)
    #expect(forecast.mean == [42, 42, 42])
    #expect(forecast.quantiles == [[42, 42, 42], [42, 42, 42], [42, 42, 42]])
}

@Test("A thousand-fold series has a thousand-fold forecast", arguments: [UInt64(3), 4, 5])
func scaleDoesNotMatter(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let history = (0..<90).map { 100 + 30 * Double($0 % 12) + 10 * random.normal() }
    let small = forecastSeries(history, season: 12, horizon: 12)
    // A power of two is exact; a thousand moves the last digits, and with them the search a little.
    let exact = forecastSeries(history.map { $0 * 1024 }, season: 12, horizon: 12)
    #expect(exact.mean == small.mean.map { $0 * 1024 })
    let large = forecastSeries(history.map { $0 * 1000 }, season: 12, horizon: 12)
    for (a, b) in zip(large.mean, small.mean) { #expect((a / b / 1000 - 1).magnitude < 0.01) }
}

/// Behaviour F2: weekly history shorter than the usual seasonal models need.
@Test("F2: the peak stays in the calendar weeks of last year's peak", arguments: [60, 70, 78, 91, 104, 120, 130, 156], [UInt64(1), 2])
func peakStaysInItsWeeks(weeks: Int, seed: UInt64) {
    var random = TestRandom(seed: seed)
    // The peak, three weeks high, is centred on phase 30 of a year that ends with the history's last week.
    let history = (0..<weeks).map { week -> Double in
        let phase = (week - weeks + 520) % 52
        let distance = Double((phase - 30).magnitude)
        return (100 + 160 * forecastingExp(-distance * distance / 4)) * (1 + 0.06 * random.normal())
    }
    let forecast = forecastSeries(history, season: 52, horizon: 52)
    let top = forecast.mean.indices.max { forecast.mean[$0] < forecast.mean[$1] } ?? 0
    #expect((top - 30).magnitude <= 1)
    #expect(forecast.mean[30] > 1.8 * forecast.mean[10])
    #expect(forecast.mean.allSatisfy { $0.isFinite && $0 >= 0 })
}

/// Behaviour F1 for plain series: hidden weeks are not low weeks.
@Test("Missing weeks do not lower the forecast", arguments: [[40, 41, 42, 43], [56, 57, 58, 59], [10, 25, 50, 59], [0, 1, 2, 3]])
func missingWeeksDoNotLowerTheForecast(hidden: [Int]) {
    var random = TestRandom(seed: 8)
    var history = (0..<60).map { _ in 100 + 2 * random.normal() }
    for week in hidden { history[week] = .nan }
    let forecast = forecastSeries(history, season: 52, horizon: 8)
    for value in forecast.mean { #expect(value > 92 && value < 108) }
}

@Test func unknownBucketsAtTheEndAreForecastOver() {
    let season = (0..<12).map { 100 + 40 * Double($0 % 12) }
    let history = (0..<72).map { season[$0 % 12] + Double(($0 * 7) % 5) }
    let cut = forecastSeries(history + [.nan, .nan], season: 12, horizon: 4)
    let whole = forecastSeries(history, season: 12, horizon: 6)
    #expect(cut.mean == Array(whole.mean[2...]))
    #expect(cut.quantiles == Array(whole.quantiles[2...]))
}

@Test func theCombinationBeatsSeasonalNaiveOnATrendingSeasonalSeries() throws {
    var ours = 0.0
    var naive = 0.0
    for origin in stride(from: 84, through: 132, by: 12) {
        let past = Array(airPassengers[..<origin])
        let actual = Array(airPassengers[origin..<origin + 12])
        ours += try #require(ErrorMeasure.wape(actual: actual, forecast: forecastSeries(past, season: 12, horizon: 12).mean))
        naive += try #require(ErrorMeasure.wape(actual: actual, forecast: seasonalNaiveForecast(of: past, season: 12, horizon: 12)))
    }
    #expect(ours < 0.6 * naive)
}

@Test func quantilesWidenWithTheHorizonAndHoldTheMean() {
    let forecast = forecastSeries(airPassengers, season: 12, horizon: 24)
    for (mean, quantiles) in zip(forecast.mean, forecast.quantiles) { #expect(quantiles[0] <= mean && mean <= quantiles[2]) }
    // Same calendar month, a year later.
    for h in 0..<12 {
        #expect(forecast.quantiles[h + 12][2] - forecast.quantiles[h + 12][0] > forecast.quantiles[h][2] - forecast.quantiles[h][0])
    }
}
