import Testing

@testable import Forecasting

/// Repeatable numbers in −1…1.
private struct Noise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 52) - 1
    }
}

// MARK: Regressors of the calendar

/// y = level · season · exp(β x), exactly: the filter is the same for both, so β comes back.
@Test("The coefficient of a regressor comes back", arguments: [-1.0, 0.3, 1.0], [4, 12])
func coefficientComesBack(beta: Double, season: Int) throws {
    var noise = Noise(3)
    let x = (0..<8 * season).map { _ in 0.05 * noise.next() }
    let y = x.indices.map { t in 100 * forecastingExp(0.01 * Double(t) + 0.3 * (t % season == 0 ? 1 : 0) + beta * x[t]) }
    let response = try #require(IrregularPart(y, regressor: x, season: season)?.response)
    #expect((response.coefficient - beta).magnitude < 1e-9)
    // A gap unsettles the mean of its own season a little, no more.
    var gappy = y
    gappy[3 * season] = .nan
    let other = try #require(IrregularPart(gappy, regressor: x, season: season)?.response)
    #expect((other.coefficient - beta).magnitude < 0.1)
}

@Test("An adjustment is made only beyond doubt, and drawn towards none", arguments: [UInt64(1), 2, 3, 4, 5])
func adjustmentNeedsEvidence(seed: UInt64) {
    var noise = Noise(seed)
    let x = (0..<96).map { _ in 0.05 * noise.next() }
    let deaf = x.map { _ in 100 * (1 + 0.02 * noise.next()) }
    let follows = x.map { 100 * forecastingExp(0.9 * $0) * (1 + 0.01 * noise.next()) }
    #expect(WorkingDayAdjustment(deaf, regressor: x, season: 12).coefficient.magnitude < 0.5)
    let found = WorkingDayAdjustment(follows, regressor: x, season: 12)
    #expect(found.coefficient > 0.6 && found.coefficient < 1.1)
    #expect((found.factor(0.1) - forecastingExp(0.1 * found.coefficient)).magnitude < 1e-12)
    // Too short to tell, and nothing that moves.
    #expect(WorkingDayAdjustment(Array(follows[..<30]), regressor: Array(x[..<30]), season: 12).coefficient == 0)
    #expect(WorkingDayAdjustment(follows, regressor: x.map { _ in 0.1 }, season: 12).factor(0.1) == 1)
}

// MARK: Changes of level

@Test("Two changes are both dated", arguments: [UInt64(1), 2, 3])
func twoChangesAreDated(seed: UInt64) {
    var noise = Noise(seed)
    let y = (0..<90).map { t in (t < 30 ? 100.0 : t < 60 ? 220 : 80) * (1 + 0.08 * noise.next()) }
    let found = levelShifts(of: y, season: 1)
    #expect(found.map(\.position) == [30, 60])
    for (shift, factor) in zip(found, [2.2, 80.0 / 220]) { #expect((shift.factor / factor - 1).magnitude < 0.12) }
    let level = broughtToNewestLevel(y, found)
    #expect(level.allSatisfy { (60...100).contains($0) })
}

/// The season is taken out with the change in it; its size must come back all the same.
@Test("A change under a season keeps its size", arguments: [1.7, 0.5])
func changeUnderASeasonKeepsItsSize(factor: Double) throws {
    var noise = Noise(8)
    let y = (0..<200).map { t in
        (t < 170 ? 100 : 100 * factor) * ((10..<20).contains(t % 52) ? 1.6 : 0.9) * (1 + 0.04 * noise.next())
    }
    let change = try #require(LevelChange(of: y, at: 170, season: 52))
    #expect((forecastingExp(change.logFactor) / factor - 1).magnitude < 0.15)
    #expect(change.variance > 0 && change.variance < 0.1)
    #expect(LevelChange(of: y, at: 199, season: 52) == nil)
    #expect(LevelChange(of: y, at: 0, season: 52) == nil)
}

@Test("Odd series have no change and do not trap", arguments: [[], [1], [0, 0, 0, 0], [.nan, .nan], [Double](repeating: 5, count: 40)])
func oddSeriesHaveNoChange(series: [Double]) {
    for season in [1, 12, 52] { #expect(levelShifts(of: series, season: season).isEmpty) }
}

// MARK: Seasons of groups

/// Ten products of one shape; one of them is too noisy to show it.
@Test func aRoughSeriesTakesTheSeasonOfItsGroup() throws {
    var noise = Noise(4)
    let shape = (0..<12).map { 1 + 0.4 * ($0 < 3 ? 1.0 : -1.0 / 3) }
    func series(_ size: Double, _ roughness: Double) -> PanelSeries {
        PanelSeries(
            values: (0..<36).map { max(0, size * shape[($0 + 5) % 12] * (1 + roughness * noise.next())) }, phase: 5, groups: [0, 0])
    }
    let panel = (0..<9).map { series(100 + Double($0), 0.03) } + [series(100, 1)]
    let seasons = GroupSeasons(panel, season: 12) { _ in 0 }
    let rough = try #require(seasons.indices(of: 9))
    // Bucket 0 is phase 5 of the year.
    for t in 0..<12 { #expect((rough[t] - shape[(t + 5) % 12]).magnitude < 0.25, "bucket \(t)") }
    let own = classicalSeasonalIndices(panel[9].values, season: 12, multiplicative: true)
    func distance(_ found: [Double]) -> Double { (0..<12).reduce(0) { $0 + (found[$1] - shape[($1 + 5) % 12]).magnitude } }
    #expect(distance(rough) < 0.5 * distance(own))
    #expect((rough.reduce(0, +) / 12 - 1).magnitude < 1e-9)
}

@Test func whatIsLeftOutSaysNothing() throws {
    let flat = (0..<24).map { _ in 100.0 }
    let wild = (0..<12).map { $0 < 6 ? 400.0 : 10 }
    let panel = (0..<4).map { _ in PanelSeries(values: flat + wild, groups: [0]) }
    let earlier = try #require(GroupSeasons(panel, season: 12) { _ in 12 }.indices(of: 0))
    #expect(earlier.allSatisfy { ($0 - 1).magnitude < 1e-9 })
    #expect(try #require(GroupSeasons(panel, season: 12) { _ in 0 }.indices(of: 0)).contains { ($0 - 1).magnitude > 0.2 })
    // Without groups nothing is lent, and two series are no group.
    #expect(GroupSeasons([PanelSeries(values: flat)], season: 12) { _ in 0 }.indices(of: 0) == nil)
    #expect(GroupSeasons(Array(panel[..<2]), season: 12) { _ in 0 }.indices(of: 0) == nil)
}

/// A product of fourteen months cannot show a season; among others of its kind it is forecast with theirs.
@Test func aShortSeriesIsForecastWithTheSeasonOfItsGroup() {
    let shape = (0..<12).map { $0 < 3 ? 2.0 : 2.0 / 3 }
    var noise = Noise(6)
    func series(_ n: Int) -> PanelSeries {
        PanelSeries(
            values: (48 - n..<48).map { 100 * shape[$0 % 12] * (1 + 0.05 * noise.next()) }, phase: (48 - n) % 12, groups: [0])
    }
    // Too few and too short for the model across series: what helps is the season lent.
    let panel = (0..<6).map { _ in series(48) } + [series(14)]
    let together = forecastPanel(panel, season: 12, horizon: 12).series[6].mean
    let alone = forecastPanel([panel[6]], season: 12, horizon: 12).series[0].mean
    func error(_ forecast: [Double]) -> Double { (0..<12).reduce(0) { $0 + (forecast[$1] - 100 * shape[$1]).magnitude } }
    #expect(error(together) < 0.7 * error(alone))
}
