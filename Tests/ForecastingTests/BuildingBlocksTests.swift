import Testing

@testable import Forecasting

@Test func simplexSearchFindsMinimaInsideAndOnTheBox() {
    let search = NelderMead(evaluationLimit: 2000, valueTolerance: 1e-14)
    // Rosenbrock's valley: minimum 0 at (1, 1).
    let inside = search.minimize(start: [-1.2, 1], step: [0.5, 0.5], lower: [-5, -5], upper: [5, 5]) { x in
        100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0])
    }
    #expect((inside.point[0] - 1).magnitude < 1e-4 && (inside.point[1] - 1).magnitude < 1e-4)
    // Nearest point of the box to (2, −3): (1, 0).
    let onBounds = search.minimize(start: [0.5, 0.5], step: [0.2, 0.2], lower: [0, 0], upper: [1, 1]) { x in
        (x[0] - 2) * (x[0] - 2) + (x[1] + 3) * (x[1] + 3)
    }
    #expect(onBounds.point == [1, 0])
    #expect(search.minimize(start: [], step: [], lower: [], upper: []) { _ in 3 }.value == 3)
}

@Test(
    "Normal quantiles of the table",
    arguments: [(0.5, 0.0), (0.9, 1.2815515655446004), (0.1, -1.2815515655446004), (0.975, 1.959963984540054), (0.01, -2.3263478740408408)])
func normalQuantiles(probability: Double, expected: Double) {
    // Origin: scipy.stats.norm.ppf; the formula's own error is 1.2e-9.
    #expect((normalQuantile(probability) - expected).magnitude < 5e-9)
}

struct NaiveCase: Sendable {
    var name: String
    var history: [Double]
    var season: Int
    var expected: [Double]
}

@Test(
    "Seasonal naive forecasts, by hand",
    arguments: [
        NaiveCase(name: "last season again", history: [1, 2, 3, 4, 5, 6], season: 3, expected: [4, 5, 6, 4]),
        NaiveCase(name: "a missing value takes the season before", history: [1, 2, 3, 4, .nan, 6], season: 3, expected: [4, 2, 6, 4]),
        NaiveCase(name: "no season", history: [1, 2, 3], season: 1, expected: [3, 3, 3, 3]),
        NaiveCase(name: "shorter than a season", history: [1, 2], season: 4, expected: [2, 2, 2, 2]),
        NaiveCase(name: "nothing known", history: [.nan], season: 4, expected: [0, 0, 0, 0]),
    ])
func seasonalNaive(given: NaiveCase) {
    #expect(seasonalNaiveForecast(of: given.history, season: given.season, horizon: 4) == given.expected)
}

@Test func gapsAreFilledFromTheirNeighbours() {
    #expect(filledSeries([1, .nan, 3, .nan, .nan, 9], season: 1) == [1, 2, 3, 5, 7, 9])
    #expect(filledSeries([.nan, 4, .nan], season: 1) == [4, 4, 4])
    // A gap at the peak of a season is filled like the other peaks, not like its neighbours.
    var seasonal = (0..<24).map { $0 % 4 == 2 ? 50.0 : 10.0 }
    seasonal[14] = .nan
    let filled = filledSeries(seasonal, season: 4)
    #expect(filled[14] > 40 && filled[14] < 60)
}

@Test func classicalDecompositionFindsTheFactorsOfAProduct() {
    // Constant level times factors of mean 1: exact, whatever the length of the season.
    for factors in [[0.5, 1.5], [0.7, 1.0, 1.3], [0.6, 0.9, 1.2, 1.3]] {
        let m = factors.count
        let series = (0..<5 * m + 1).map { 20 * factors[$0 % m] }
        for (found, factor) in zip(classicalSeasonalIndices(series, season: m, multiplicative: true), factors) {
            #expect((found - factor).magnitude < 1e-12)
        }
        for (found, factor) in zip(classicalSeasonalIndices(series, season: m, multiplicative: false), factors) {
            #expect((found - 20 * (factor - 1)).magnitude < 1e-11)
        }
    }
}

@Test func theSeasonTestTellsSeasonsFromNoise() {
    #expect(isSeasonal(airPassengers, season: 12))
    var random = TestRandom(seed: 11)
    #expect(!isSeasonal((0..<120).map { _ in random.normal() }, season: 12))
    #expect(!isSeasonal([Double](repeating: 4, count: 60), season: 12))
    #expect(!isSeasonal([1, 2, 1, 2], season: 2))
}

@Test func yearShapeFindsGrowthAndFactors() {
    // 91 weeks of a growing level times a year shape with one sharp peak.
    let factors = (0..<52).map { (week: Int) -> Double in week == 46 ? 3.0 : 1 + 0.2 * Double(week % 13) / 13 }
    let series = (0..<91).map { (week: Int) -> Double in 100 * forecastingExp(0.001 * Double(week)) * factors[week % 52] }
    let shape = yearShape(series, filled: series, season: 52, multiplicative: true)
    let mean = factors.reduce(0, +) / 52
    for k in 0..<52 { #expect((shape.indices[k] / (factors[k] / mean) - 1).magnitude < 0.03) }
    #expect((seasonGrowth(series, season: 52, width: 26) / forecastingExp(0.052) - 1).magnitude < 0.02)
}

@Test func localLineIsExactOnALine() {
    let line = (0..<40).map { 3 + 0.5 * Double($0) }
    let fitted = localLine(line, weights: [Double](repeating: 1, count: 40), halfWidth: 9)
    for (found, expected) in zip(fitted, line) { #expect((found - expected).magnitude < 1e-10) }
}

@Test func errorMeasuresOfAHandCase() throws {
    let actual = [10.0, 20, .nan, 0]
    let forecast = [12.0, 15, 99, 1]
    // |e| = 2, 5, 1; Σy = 30; f − y = 2 − 5 + 1 = −2.
    #expect(ErrorMeasure.wape(actual: actual, forecast: forecast) == 8.0 / 30)
    #expect(ErrorMeasure.bias(actual: actual, forecast: forecast) == -2.0 / 30)
    // 200 (2/22 + 5/35 + 1/1) / 3
    let smape = try #require(ErrorMeasure.smape(actual: actual, forecast: forecast))
    #expect((smape - 200 * (2.0 / 22 + 5.0 / 35 + 1) / 3).magnitude < 1e-12)
    // History 1 3 2 5 with season 2: |2 − 1|, |5 − 3| → 1.5; MAE 8/3.
    let mase = try #require(ErrorMeasure.mase(actual: actual, forecast: forecast, history: [1, 3, 2, 5], season: 2))
    #expect((mase - 8.0 / 3 / 1.5).magnitude < 1e-12)
    // p = 0.9 of q = 12, 15, 1: y − q = −2 → 0.2; 5 → 4.5; −1 → 0.1.
    let pinball = try #require(ErrorMeasure.pinball(actual: actual, quantile: forecast, probability: 0.9))
    #expect((pinball - 4.8 / 3).magnitude < 1e-12)
    #expect(ErrorMeasure.coverage(actual: actual, low: [9, 21, 0, 0], high: [11, 22, 0, 0]) == 2.0 / 3)
    #expect(ErrorMeasure.wape(actual: [0, 0], forecast: [1, 1]) == nil)
    #expect(ErrorMeasure.mase(actual: [1], forecast: [1], history: [2, 2, 2], season: 1) == nil)
}
