import Forecasting
import PlanModel
import Testing

@testable import DemandPlanning

/// 120 weeks at 100, from bucket −20 on at `factor` times as much, with noise.
private func shiftedPackage(factor: Double, noise: Double, accounts: Int = 1, seed: UInt64, weeksSince: Int = 20) -> HistoryPackage {
    var random = TestRandom(seed: seed)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<accounts {
        sales[Pair(account: account, product: 0)] = (-120..<0).map { t in
            100 * (t >= -weeksSince ? factor : 1) * (1 + noise * random.normal())
        }
    }
    return HistoryPackage(count: 8, accounts: accounts, sales: sales)
}

@Test("A change of level nobody told of is dated", arguments: [1.8, 0.5, 2.5], [UInt64(1), 2, 3])
func aChangeOfLevelIsDated(factor: Double, seed: UInt64) throws {
    let built = shiftedPackage(factor: factor, noise: 0.06, seed: seed)
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.notes(.levelShift).map(\.buckets) == [[-20]])
    for row in result.rows(of: firstPair) { #expect((row.quantity / (100 * factor) - 1).magnitude < 0.08) }
}

@Test("A series that wanders, grows, has one wild week or only noise has no dated change", arguments: [UInt64(1), 2, 3, 4, 5])
func noChangeOfLevelIsMadeUp(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var level = 100.0
    let wandering = (0..<120).map { _ in
        level *= 1 + 0.08 * random.normal()
        return level
    }
    let growing = (0..<120).map { 50 * exponential(0.015 * Double($0)) * (1 + 0.1 * random.normal()) }
    let noise = (0..<120).map { _ in 100 * (1 + 0.2 * random.normal()) }
    var wild = noise
    wild[80] *= 5
    let seasonal = (0..<160).map { 100 * ((10..<22).contains($0 % 52) ? 3.0 : 1) * (1 + 0.08 * random.normal()) }
    for series in [wandering, growing, noise, wild, seasonal] {
        let result = forecast(
            for: HistoryPackage(count: 4, sales: [firstPair: series.map { max($0, 0) }]).package, threads: 1, progress: nil)
        #expect(result.notes(.levelShift).isEmpty)
    }
}

@Test("A given change is used as it is, in the past and ahead", arguments: [1.5, 0.4])
func aGivenChangeIsUsed(factor: Double) throws {
    // Three weeks since: too few to be found by itself.
    var built = shiftedPackage(factor: factor, noise: 0, seed: 1, weeksSince: 3)
    let horizon = built.package.horizon
    built.package.levelShifts = [LevelShiftRow(date: horizon.firstDay(of: -3), account: 0, product: 0, factor: factor)]
    let known = forecast(for: built.package, threads: 1, progress: nil)
    for row in known.rows(of: firstPair) { #expect((row.quantity / (100 * factor) - 1).magnitude < 1e-9) }
    // A week of two levels: four of its seven days before the change.
    built.package.levelShifts.append(LevelShiftRow(date: horizon.firstDay(of: 2).adding(days: 4), factor: 2))
    let ahead = forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair)
    let expected = [1, 1, (4 + 3 * 2.0) / 7, 2, 2, 2, 2, 2]
    for (row, more) in zip(ahead, expected) {
        #expect((row.quantity / (100 * factor * more) - 1).magnitude < 1e-9)
        #expect((row.parts.sum - row.quantity).magnitude < 1e-9 * row.quantity)
    }
}

@Test func aDateWithoutSizeIsLearntFromAllItConcerns() throws {
    var built = shiftedPackage(factor: 1.3, noise: 0.1, accounts: 8, seed: 4, weeksSince: 8)
    let horizon = built.package.horizon
    built.package.levelShifts = [LevelShiftRow(date: horizon.firstDay(of: -8), product: 0)]
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.notes(.levelShift).count == 8)
    let mean = result.rows.reduce(0) { $0 + $1.quantity } / Double(result.rows.count)
    #expect((mean / 130 - 1).magnitude < 0.04)
    built.package.levelShifts = [LevelShiftRow(date: horizon.firstDay(of: -8), account: 3)]
    #expect(forecast(for: built.package, threads: 1, progress: nil).notes(.levelShift).map(\.account) == [3])
}

@Test func aBacktestDoesNotKnowChangesAfterItsOrigin() {
    var built = shiftedPackage(factor: 2, noise: 0.05, seed: 1)
    let horizon = built.package.horizon
    built.package.levelShifts = [-30, -10, 2].map { LevelShiftRow(date: horizon.firstDay(of: $0), factor: 2) }
    let known = packageAsKnown(built.package, at: -20, count: 5)
    #expect(known.levelShifts.map(\.date) == [horizon.firstDay(of: -30)])
}
