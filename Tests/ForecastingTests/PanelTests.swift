import Testing

@testable import Forecasting

/// Repeatable numbers in 0…1.
private struct Noise {
    var random: SplitMix

    init(_ seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func uniform() -> Double { random.uniform() }

    /// About standard normal: twelve uniforms, less six.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + random.uniform() } }
}

/// A panel with one season for all, of which each series shows noise and two years.
private func seasonalPanel(seed: UInt64, count: Int, length: Int) -> [PanelSeries] {
    var noise = Noise(seed)
    let shape = (0..<12).map { 1 + ($0 == 5 || $0 == 6 ? 0.8 : -0.16) }
    return (0..<count).map { index in
        let size = 20 + 500 * noise.uniform()
        return PanelSeries(
            values: (0..<length).map { t in max(0, size * shape[t % 12] * (1 + 0.2 * noise.normal())) }, phase: 0, groups: [0, index % 4])
    }
}

@Test("Boosted trees find a step and a product of two features", arguments: [UInt64(1), 2, 3])
func treesFindWhatLinesCannot(seed: UInt64) {
    var noise = Noise(seed)
    var rows = TrainingRows(featureCount: 3)
    func truth(_ x: [Double]) -> Double { (x[0] > 0.4 ? 2 : 0) + (x[0] > 0.4 && x[1] > 0.5 ? 1 : 0) }
    for _ in 0..<1500 {
        let x = (0..<3).map { _ in noise.uniform() }
        rows.features += x
        rows.targets.append(truth(x) + 0.3 * noise.normal())
        rows.weights.append(1)
    }
    let trees = BoostedTrees(rows)
    var error = 0.0
    for _ in 0..<300 {
        let x = (0..<3).map { _ in noise.uniform() }
        error += (x.withUnsafeBufferPointer { trees.predict($0.baseAddress!) } - truth(x)).magnitude
    }
    // The best line is off by 0.4 on average, the mean by 1.1; noise alone would be 0.24.
    #expect(error / 300 < 0.15)
}

@Test func treesFollowTheMedianNotTheMean() {
    var rows = TrainingRows(featureCount: 1)
    for index in 0..<900 {
        rows.features.append(Double(index % 2))
        // A tenth of the rows is a hundred times as large: the median is 1 and 3, the mean about 11 and 13.
        rows.targets.append((index % 2 == 0 ? 1 : 3) + (index % 10 < 1 ? 100 : 0))
        rows.weights.append(1)
    }
    let trees = BoostedTrees(rows)
    #expect(([0.0].withUnsafeBufferPointer { trees.predict($0.baseAddress!) } - 1).magnitude < 0.05)
    #expect(([1.0].withUnsafeBufferPointer { trees.predict($0.baseAddress!) } - 3).magnitude < 0.05)
}

@Test func valuesThatAreNotKnownGoTheirOwnWay() {
    var rows = TrainingRows(featureCount: 1)
    for index in 0..<1200 {
        rows.features.append(index % 3 == 0 ? .nan : Double(index % 3))
        rows.targets.append(index % 3 == 0 ? 9 : Double(index % 3))
        rows.weights.append(1)
    }
    let trees = BoostedTrees(rows)
    for (x, y) in [(Double.nan, 9.0), (1, 1), (2, 2)] {
        #expect(([x].withUnsafeBufferPointer { trees.predict($0.baseAddress!) } - y).magnitude < 0.05)
    }
}

@Test("A season seen in many series helps each of them", arguments: [UInt64(1), 2, 3])
func theModelAcrossSeriesLowersTheError(seed: UInt64) {
    let full = seasonalPanel(seed: seed, count: 40, length: 42)
    let known = full.map { PanelSeries(values: Array($0.values.prefix(36)), phase: $0.phase, groups: $0.groups) }
    let together = forecastPanel(known, season: 12, horizon: 6, weighting: .size)
    #expect(together.crossSeriesWeight > 0)
    var error = 0.0
    var alone = 0.0
    for (index, series) in full.enumerated() {
        let single = forecastSeries(known[index].values, season: 12, horizon: 6)
        for h in 0..<6 {
            error += (together.series[index].mean[h] - series.values[36 + h]).magnitude
            alone += (single.mean[h] - series.values[36 + h]).magnitude
        }
    }
    #expect(error < 0.97 * alone)
}

@Test("One thread or two, the same panel", arguments: [UInt64(1), 2])
func threadsChangeNoPanel(seed: UInt64) {
    let panel = seasonalPanel(seed: seed, count: 12, length: 40)
    let one = forecastPanel(panel, season: 12, horizon: 6, weighting: .size, threads: 1)
    let two = forecastPanel(panel, season: 12, horizon: 6, weighting: .size, threads: 2)
    #expect(one.series == two.series)
    #expect(one.crossSeriesWeight == two.crossSeriesWeight)
}

/// Behaviour F4 on simulated demand whose distribution is known.
@Test("F4: the interval from P10 to P90 covers about 80 %", arguments: [UInt64(1), 2])
func intervalsCoverWhatTheySay(seed: UInt64) {
    let full = seasonalPanel(seed: seed, count: 60, length: 54)
    let known = full.map { PanelSeries(values: Array($0.values.prefix(48)), phase: 0, groups: $0.groups) }
    let made = forecastPanel(known, season: 12, horizon: 6, weighting: .size)
    var inside = 0.0
    var sums = 0.0
    for (index, series) in full.enumerated() {
        let actual = series.values[48...]
        for (h, y) in actual.enumerated() where made.series[index].quantiles[h][0] <= y && y <= made.series[index].quantiles[h][2] {
            inside += 1
        }
        let season = made.series[index].distribution.sumQuantiles(over: 0..<6, probabilities: [0.1, 0.9])
        let total = actual.reduce(0, +)
        if season[0] <= total && total <= season[1] { sums += 1 }
    }
    // 360 buckets with independent noise: two standard deviations are 4.2 %; of 60 sums 10 %.
    #expect((0.75...0.90).contains(inside / 360))
    #expect((0.68...0.97).contains(sums / 60))
}

@Test func quantilesOfASumLieBetweenIndependenceAndFullDependence() {
    var distribution = DemandDistribution(
        median: [Double](repeating: 100, count: 16), deviation: [Double](repeating: 20, count: 16), isPositive: false)
    distribution.commonCorrelation = 0
    distribution.neighbourCorrelation = 0
    // Independent normals: the sum's deviation is 20 · √16 = 80; with one common error 20 · 16 = 320.
    let independent = distribution.sumQuantiles(over: 0..<16, probabilities: [0.1, 0.5, 0.9])
    #expect((independent[2] - 1600 - 1.2816 * 80).magnitude < 15)
    #expect((independent[1] - 1600).magnitude < 12)
    distribution.commonCorrelation = 1
    let common = distribution.sumQuantiles(over: 0..<16, probabilities: [0.1, 0.5, 0.9])
    #expect((common[2] - 1600 - 1.2816 * 320).magnitude < 45)
    #expect((common[0] + common[2] - 3200).magnitude < 1e-6)
    #expect(distribution.sumQuantiles(over: 3..<3, probabilities: [0.1, 0.9]) == [0, 0])
}

@Test func syntetosBoylanByHand() {
    // Croston with α = 0.5 on 0 4 0 0 6: size 4, interval 2; then 4 + ½·2 = 5 and 2 + ½·(3 − 2) = 2.5; (1 − ¼) · 5 / 2.5 = 1.5.
    #expect(syntetosBoylanForecast(of: [0, 4, 0, 0, 6], alpha: 0.5) == 1.5)
    #expect(syntetosBoylanForecast(of: [0, 0, .nan], alpha: 0.5) == 0)
    #expect(syntetosBoylanForecast(of: [0, .nan, 4, 0, 0, 6], alpha: 0.5) == 1.5)
}

@Test func teunterSyntetosBabaiByHandFallsWhileNothingIsSold() {
    // Start: probability 1/2, size 4. 0: ½ − ½·½ = ¼; 4: ¼ + ½·¾ = 5/8; forecast 5/8 · 4 = 2.5.
    #expect(teunterSyntetosBabaiForecast(of: [0, 4], alpha: 0.5, beta: 0.5) == 2.5)
    let before = teunterSyntetosBabaiForecast(of: [3, 0, 3, 0], alpha: 0.1, beta: 0.1)
    let after = teunterSyntetosBabaiForecast(of: [3, 0, 3, 0, 0, 0, 0, 0], alpha: 0.1, beta: 0.1)
    #expect(after < before)
}

@Test("Zeros before the launch are left out, rare demand keeps its zeros")
func launchesAreTold() {
    #expect(launchIndex(of: [0, 0, 5, 6, 4, 5]) == 2)
    #expect(launchIndex(of: [.nan, 0, 0, 0, 0, 9]) == 1)
    #expect(launchIndex(of: [0, 0, 0, 9, 0, 0, 0, 9]) == 0)
    #expect(launchIndex(of: [0, 0]) == nil)
}

/// Selection against sorting, with ties, weights of 0 and all orders.
@Test("The weighted median is where half of the weight is reached", arguments: [UInt64(1), 2, 3, 4])
func weightedMedianIsThatOfTheSortedValues(seed: UInt64) {
    var random = SplitMix(seed: seed)
    for count in [1, 2, 3, 7, 50, 400] {
        for grid in [3.0, 1000] {
            var values = (0..<count).map { _ in
                (value: (random.uniform() * grid).rounded(), weight: random.uniform() < 0.1 ? 0 : (random.uniform() * 8).rounded())
            }
            if seed == 4 { values.sort { $0.value < $1.value } }
            let sorted = values.sorted { $0.value < $1.value }
            let half = sorted.reduce(0) { $0 + $1.weight } / 2
            var sum = 0.0
            let expected = sorted.first { entry in
                sum += entry.weight
                return sum >= half
            }
            #expect(BoostedTrees.weightedMedian(values) == expected?.value)
        }
    }
}
