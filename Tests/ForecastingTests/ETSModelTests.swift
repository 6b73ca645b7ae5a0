import Testing

@testable import Forecasting

/// A model of statsforecast with the parameters and states it found, and what it computes from them.
struct ETSReference: Sendable, CustomTestStringConvertible {
    var form: ETSForm
    var parameters: ETSParameters
    var start: ETSState
    /// Log likelihood as statsforecast counts it: −½ (n log Σ … ).
    var logLikelihood: Double
    /// One-step forecasts of buckets 0, 1, 50, 143.
    var fitted: [Double]
    /// First forecasts past the end.
    var forecast: [Double]

    var testDescription: String { form.description }

    /// Origin: statsforecast 2.1.1, `ets.ets_f(AirPassengers.astype(float), m=12, model="ANA" | "MAM" | "AAN", damped=…)`, then
    /// `ets.forecast_ets(m, h=14)`. Its seasonal states are listed newest first, so bucket 0 uses the last one.
    static let all: [ETSReference] = [
        ETSReference(
            form: ETSForm(error: .additive, trend: .none, season: .additive),
            parameters: ETSParameters(alpha: 0.3959609214452477, gamma: 0.8661295658687246),
            start: ETSState(
                level: 123.77709021912197,
                season: [
                    -10.784757714088377, -29.002383795847113, -11.481311262927832, -5.9754801005350435, 8.879428627933773,
                    15.244050064287205,
                    1.7475814778097556, 28.456566264586883, 3.0804240036878534, 23.231283402718304, -5.918097509645916, -17.477303457979488,
                ].reversed()),
            logLikelihood: -735.8267662608931, fitted: [106.29978676114249, 120.11605439596848, 210.7662589387392, 434.9043927846594],
            forecast: [439.98168143905906, 413.96018268228744, 447.3217543224777, 493.26502521705913]),
        ETSReference(
            form: ETSForm(error: .multiplicative, trend: .damped, season: .multiplicative),
            parameters: ETSParameters(
                alpha: 0.041507169141225486, beta: 0.007863512527931958, gamma: 0.00403558087301893, phi: 0.9622681807506658),
            start: ETSState(
                level: 110.08035155714815, trend: 2.489296637427783,
                season: [
                    0.8892125739951326, 0.7841785579339565, 0.9155808134716971, 1.0585289382415333, 1.2198065202941393, 1.2294452255303376,
                    1.1115741649914157, 0.979267579745471, 0.9899391945299483, 1.0173760907977885, 0.8915894047342006, 0.9135009357343762,
                ].reversed()),
            logLikelihood: -770.6596806004993, fitted: [102.74667775461633, 102.78047165840177, 208.3854157473443, 421.3301340329639],
            forecast: [436.50542592210627, 429.2942732994479, 493.30725624712596, 483.19994812354696]),
        ETSReference(
            form: ETSForm(error: .additive, trend: .damped, season: .none),
            parameters: ETSParameters(alpha: 0.9999, beta: 0.0001, phi: 0.9799929700921262),
            start: ETSState(level: 107.26312754545816, trend: 4.265391903394824), logLikelihood: -863.7086212066985,
            fitted: [111.44318162547296, 116.09642249899123, 197.51927910762922, 390.24016050719723],
            forecast: [432.2282896446394, 432.460755273228, 432.68856995503296, 432.91182674168556]),
    ]
}

@Test("One-step forecasts, forecasts and likelihood equal a second implementation's", arguments: ETSReference.all)
func recursionEqualsSecondImplementation(reference: ETSReference) {
    let run = reference.form.run(over: airPassengers, parameters: reference.parameters, start: reference.start)
    // Digits of the reference are printed in full; what is left is the order of a few additions, 144 times.
    for (bucket, expected) in zip([0, 1, 50, 143], reference.fitted) { #expect((run.fitted[bucket] / expected - 1).magnitude < 1e-10) }
    let forecast = reference.form.forecast(from: run.state, after: 144, phi: reference.parameters.phi, horizon: 4)
    // With damping statsforecast adds φ, φ, φ², … where the model says φ, φ², φ³, …: only its first step is the model's.
    let comparable = reference.form.trend == .damped ? 1 : 4
    for (ours, theirs) in Array(zip(forecast, reference.forecast))[..<comparable] { #expect((ours / theirs - 1).magnitude < 1e-10) }
    #expect((run.minusTwoLogLikelihood / (-2 * reference.logLikelihood) - 1).magnitude < 1e-10)
}

@Test("The fit is at least as likely as a second implementation's", arguments: ETSReference.all)
func fitIsAtLeastAsLikely(reference: ETSReference) {
    let fitter = ETSFitter(airPassengers.map { $0 / 256 }, filled: airPassengers.map { $0 / 256 }, season: 12)
    let fit = fitter.fit(reference.form)
    // −2 log likelihood of a series divided by c is less by 2 n log c (additive: n log c²; multiplicative: 2 n log c).
    let onOwnScale = fit.minusTwoLogLikelihood + 2 * 144 * forecastingLog(256)
    // Theirs searches the starting states too. Backcasting may lose what chance alone gives a free state: 1 each.
    let freeStates = Double(reference.start.season.count) + (reference.form.hasTrend ? 1 : 0)
    #expect(onOwnScale < -2 * reference.logLikelihood + freeStates)
}

@Test func airPassengersTakeAMultiplicativeSeasonWithBetterCriterionThanTheSecondImplementation() throws {
    // Origin: statsforecast 2.1.1, `ets.ets_f(AirPassengers.astype(float), m=12)`: ETS(M,N,M), AICc 1458.10.
    let (fit, scale) = try #require(fittedETS(of: airPassengers, season: 12))
    #expect(fit.form.season == .multiplicative)
    #expect(fit.form.hasTrend)
    #expect(fit.aicc + 2 * 144 * forecastingLog(scale) < 1458.10)
}

@Test func thereAreFifteenAdmissibleForms() {
    #expect(ETSForm.admissible.count == 15)
    #expect(Set(ETSForm.admissible).count == 15)
    #expect(!ETSForm.admissible.contains { $0.error == .additive && $0.season == .multiplicative })
}

@Test func errorGrowthIsThatOfTheTable() {
    // By hand, ETS(A,N,N): 1 + (h − 1) α²; ETS(A,A,A) with m = 2: c = α + β j + γ on even j.
    let plain = ETSForm(error: .additive, trend: .none, season: .none).errorGrowth(ETSParameters(alpha: 0.5), season: 1, horizon: 3)
    #expect(plain == [1, 1.25.squareRoot(), 1.5.squareRoot()])
    let full = ETSForm(error: .additive, trend: .additive, season: .additive)
        .errorGrowth(ETSParameters(alpha: 0.5, beta: 0.1, gamma: 0.2), season: 2, horizon: 3)
    let second = 1 + 0.6 * 0.6
    let third = second + 0.9 * 0.9  // 0.5 + 0.1 · 2 + 0.2
    #expect((full[1] - second.squareRoot()).magnitude < 1e-12)
    #expect((full[2] - third.squareRoot()).magnitude < 1e-12)
}

@Test func missingValuesLeaveTheStatesToThemselves() {
    // ETS(A,N,N), α = 0.5, ℓ = 10: 12 → 11; missing → 11; 13 → 12.
    let run = ETSForm(error: .additive, trend: .none, season: .none)
        .run(over: [12, .nan, 13], parameters: ETSParameters(alpha: 0.5), start: ETSState(level: 10))
    #expect(run.fitted == [10, 11, 11])
    #expect(run.state.level == 12)
    #expect((run.minusTwoLogLikelihood - 2 * forecastingLog(8)).magnitude < 1e-12)  // e = 2, 2
}
