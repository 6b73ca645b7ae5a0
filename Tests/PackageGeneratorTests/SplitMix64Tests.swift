import Foundation
import Testing

@testable import PackageGenerator

@Suite struct SplitMix64Tests {
    /// Origin: libm's exp, which is within one unit in the last place; ours is allowed four.
    @Test(arguments: [-40.0, -3.5, -0.34, 0, 1e-9, 0.35, 1, 2.75, 20, 300])
    func portableExpAgreesWithTheLibrary(x: Double) {
        #expect(abs(portableExp(x) / exp(x) - 1) < 1e-15)
    }

    @Test(arguments: [UInt64(1), 42])
    func normalDrawsHaveMeanZeroAndDeviationOne(seed: UInt64) {
        var random = SplitMix64(seed: seed, stream: "test")
        let draws = (0..<20_000).map { _ in random.normal() }
        let mean = draws.reduce(0, +) / 20_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        // Four standard errors: 4/√20000 = 0.028, and √2 times that for the variance.
        #expect(abs(mean) < 0.028)
        #expect(abs(variance - 1) < 0.04)
    }

    @Test func streamsOfOneSeedDiffer() {
        var first = SplitMix64(seed: 1, stream: "history", index: 0)
        var second = SplitMix64(seed: 1, stream: "history", index: 1)
        var other = SplitMix64(seed: 1, stream: "lanes", index: 0)
        let draws = [first.next(), second.next(), other.next()]
        #expect(Set(draws).count == 3)
    }

    /// Origin: half of 0 ..< 3 cannot be drawn evenly by a power of two; 30,000 draws give each 10,000 within four deviations (4 · 81.6).
    @Test func wholeNumbersAreEven() {
        var random = SplitMix64(seed: 9, stream: "test")
        var counts = [0, 0, 0]
        for _ in 0..<30_000 { counts[random.below(3)] += 1 }
        for count in counts { #expect(abs(count - 10_000) < 327) }
    }
}
