import PlanModel
import Testing

@testable import Reporting

/// Two key accounts and one other: B sold most, was off by a fifth where last year's figure was off by two fifths, and lay in its range three times of four;
/// A was off by a tenth and lay in its range half the time.
private func judged() -> (BacktestReport, DataPackage) {
    func group(_ name: String, sold: Double, error: Double, naive: Double, inside: Double) -> BacktestGroup {
        var errors = StepErrors()
        errors.model.count = 4
        errors.model.actual = sold
        errors.model.absolute = sold * error
        errors.model.inside = inside
        errors.model.quantileCount = 4
        errors.naive.actual = sold
        errors.naive.absolute = sold * naive
        return BacktestGroup(dimension: .account, name: name, errors: errors)
    }
    let horizon = Horizon(unit: .week, start: CalendarDate(daysSinceEpoch: 20_000), count: 4)
    let package = DataPackage(
        settings: PlanSettings(horizon: horizon, forecast: ForecastSettings(season: 52)),
        accounts: [Account(id: "A", name: "North & Sons"), Account(id: "B"), Account(id: "C")])
    let report = BacktestReport(
        origins: [-4], horizon: 4,
        groups: [
            group("A", sold: 100, error: 0.1, naive: 0.3, inside: 2), group("B", sold: 900, error: 0.2, naive: 0.4, inside: 3),
            group("C", sold: 5000, error: 0.9, naive: 0.9, inside: 0),
        ], authors: [], paths: [], lowest: 0.1, highest: 0.9)
    return (report, package)
}

@Test func trustIsDrawnForEachKeyAccountTheLargestFirst() throws {
    let (report, package) = judged()
    let html = backtestHTML(report, package: package, keyAccounts: [0, 1], language: .english)
    let figure = try #require(html.figure(titled: "How far to trust each key account"))
    let first = try #require(figure.firstRange(of: ">B<"))
    let second = try #require(figure.firstRange(of: "North &amp; Sons"))
    #expect(first.lowerBound < second.lowerBound)
    #expect(!figure.contains(">C<"))
    // The widest is last year's figure of B, 0.4 = 330; B's bar 0.2 is half of that, A's 0.1 a quarter.
    #expect(figure.contains("width=\"165.0\"") && figure.contains("width=\"82.5\""))
    // The range promises 80 %: 75 % is as good, 50 % is too narrow and says so.
    #expect(figure.contains("cx=\"707.5\"") && figure.contains("cx=\"665.0\""))
    #expect(figure.ranges(of: "var(--warm)").count == 1)
    #expect(figure.contains("50.0\u{A0}% !") && !figure.contains("75.0\u{A0}% !"))
}

@Test func noTrustIsDrawnWhereNobodyWasJudged() {
    let (report, package) = judged()
    var empty = report
    empty.groups = []
    #expect(!backtestHTML(empty, package: package, keyAccounts: [0, 1], language: .english).contains("How far to trust each key account"))
    #expect(backtestHTML(report, package: package, keyAccounts: [0], language: .chinese).contains("各大客户预测的可信度"))
}

extension String {
    /// The text from the first occurrence of a title to the end of its figure.
    fileprivate func figure(titled title: String) -> String? {
        guard let start = firstRange(of: title), let end = self[start.lowerBound...].firstRange(of: "</figure>") else { return nil }
        return String(self[start.lowerBound..<end.lowerBound])
    }
}
