import Testing

@testable import Forecasting

struct ThetaCase: Sendable, CustomTestStringConvertible {
    var name: String
    var history: [Double]
    var alpha: Double
    var expected: [Double]
    var origin: String
    var testDescription: String { name }
}

@Test(
    "Theta's closed form",
    arguments: [
        ThetaCase(
            name: "rising by two", history: [10, 12, 14, 16], alpha: 0.5, expected: [16.125, 17.125, 18.125],
            origin: "by hand: ℓ = 10, 11, 12.5, 14.25; b̂ = 2; ŷ = 14.25 + h − 1 + 1.875"),
        ThetaCase(name: "constant", history: [7, 7, 7], alpha: 0.3, expected: [7, 7, 7], origin: "by hand: no slope, level 7"),
        ThetaCase(
            name: "falling", history: [4, 2, 0], alpha: 1, expected: [-1, -2, -3], origin: "by hand: ℓ = 0, b̂ = −2, ŷ = 0 − (h − 1) − 1"),
    ])
func closedFormOfTheta(given: ThetaCase) {
    let forecast = thetaForecast(of: given.history, smoothing: given.alpha, horizon: 3)
    for (ours, expected) in zip(forecast, given.expected) { #expect((ours - expected).magnitude < 1e-12) }
}

@Test("Theta's closed form is the mean of its two lines", arguments: [UInt64(1), 2, 3])
func closedFormIsTheMeanOfTwoLines(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let y = (0..<30).map { 50 + 0.7 * Double($0) + 5 * random.normal() }
    let n = y.count
    // θ = 0: the least-squares line. θ = 2: twice the series less that line, smoothed from its first value.
    let middle = Double(n - 1) / 2
    var top = 0.0
    var bottom = 0.0
    for t in 0..<n {
        top += (Double(t) - middle) * y[t]
        bottom += (Double(t) - middle) * (Double(t) - middle)
    }
    let slope = top / bottom
    let intercept = y.reduce(0, +) / Double(n) - slope * middle
    let alpha = 0.4
    var level = 2 * y[0] - intercept
    for t in 1..<n { level = alpha * (2 * y[t] - intercept - slope * Double(t)) + (1 - alpha) * level }
    let ours = thetaForecast(of: y, smoothing: alpha, horizon: 5)
    for h in 0..<5 { #expect((ours[h] - (level + intercept + slope * Double(n + h)) / 2).magnitude < 1e-10) }
}

struct DynamicThetaCase: Sendable {
    var parameters: DynamicThetaParameters
    var expected: [Double]
    /// Σ of squared one-step errors from the third bucket on.
    var squares: Double
}

@Test(
    "The dynamic model equals a second implementation",
    // Origin: statsforecast 2.1.1, `theta.thetamodel(y=AirPassengers[:40], m=1, modeltype="DOTM", initial_smoothed=…, alpha=…, theta=…, nmse=3)`,
    // then `theta.forecast_theta(t, h=6)` and its residuals.
    arguments: [
        DynamicThetaCase(
            parameters: DynamicThetaParameters(level: 100, alpha: 0.3, theta: 2),
            expected: [
                181.88528923362543, 182.73227120067122, 183.57205827824188, 184.4043725134538, 185.22900701147486, 186.04581420608068,
            ],
            squares: 12491.690396967848),
        DynamicThetaCase(
            parameters: DynamicThetaParameters(level: 110, alpha: 0.5, theta: 5),
            expected: [184.8992261967254, 186.2805459246514, 187.6610517301911, 189.04002008345404, 190.41685156227948, 191.7910502686899],
            squares: 11596.382559162646),
    ])
func dynamicModelEqualsSecondImplementation(given: DynamicThetaCase) {
    let history = Array(airPassengers[..<40])
    let forecast = dynamicThetaForecast(of: history, parameters: given.parameters, horizon: 6)
    for (ours, theirs) in zip(forecast, given.expected) { #expect((ours / theirs - 1).magnitude < 1e-11) }
    let squares = history.withUnsafeBufferPointer { y in y.baseAddress.map { dynamicThetaPass($0, n: 40, given.parameters) } ?? 0 }
    #expect((squares / given.squares - 1).magnitude < 1e-11)
}

@Test func fittedDynamicModelIsNoWorseThanTheSecondImplementations() {
    // Origin: as above with all three parameters free: Σ e² from the third bucket = 8231.36 (α = 0.99, θ = 1).
    let history = Array(airPassengers[..<40])
    let fitted = fittedDynamicTheta(history, filled: history)
    let squares = history.withUnsafeBufferPointer { y in y.baseAddress.map { dynamicThetaPass($0, n: 40, fitted) } ?? .infinity }
    #expect(squares < 8231.36 * 1.001)
}

@Test func missingValuesTakeTheModelsOwnForecast() {
    let parameters = DynamicThetaParameters(level: 10, alpha: 0.4, theta: 2)
    var known: [Double] = [10, 12, 11, 13]
    let next = dynamicThetaForecast(of: known, parameters: parameters, horizon: 1)[0]
    var hidden = known
    hidden.append(.nan)
    known.append(next)
    #expect(
        dynamicThetaForecast(of: hidden, parameters: parameters, horizon: 3)
            == dynamicThetaForecast(of: known, parameters: parameters, horizon: 3))
}
