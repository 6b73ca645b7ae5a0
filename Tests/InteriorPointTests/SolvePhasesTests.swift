import InteriorPoint
import Testing

/// Collects what a solve reports; closures of a solve must be Sendable.
private final class PhaseBox: @unchecked Sendable {
    var all: [SolvePhases] = []
}

@Suite struct SolvePhasesTests {
    @Test(arguments: [1, 2]) func stopwatchChangesNoByteAndAddsUp(_ threads: Int) throws {
        let program = StructuredProgram(products: 6, accounts: 12, buckets: 10, seed: 5).make()
        let solver = try InteriorPointSolver(program)
        var settings = InteriorPointSettings(tolerance: 1e-6, threads: threads)
        let plain = solver.solve(settings)
        let box = PhaseBox()
        settings.onPhases = { box.all.append($0) }
        let start = ContinuousClock.now
        let timed = solver.solve(settings)
        let elapsed = start.duration(to: .now) / .seconds(1)
        #expect(timed.x == plain.x && timed.y == plain.y)
        let phases = try #require(box.all.first)
        #expect(box.all.count == 1)
        let parts = [phases.entries, phases.chains, phases.blocks, phases.coupling, phases.couplingFactor, phases.solves]
        #expect(parts.allSatisfy { $0 > 0 }, "\(phases)")
        // Chains and blocks are summed over the threads.
        #expect(parts.reduce(0, +) <= Double(threads) * elapsed)
    }

    /// A = (1 2 0; 0 3 4), by hand.
    @Test func productsOfTheStoredProgram() {
        var sketch = ProgramSketch()
        sketch.addColumn(cost: 0, [(0, 1)])
        sketch.addColumn(cost: 0, [(0, 2), (1, 3)])
        sketch.addColumn(cost: 0, [(1, 4)])
        let program = sketch.program(rightHandSide: [0, 0], coupling: 0..<2)
        var image = [9.0, 9], back = [9.0, 9, 9]
        program.multiply([1, 10, 100], into: &image)
        program.multiplyTransposed([1, 10], into: &back)
        #expect(image == [21, 430])
        #expect(back == [1, 32, 40])
    }

    @Test func aSweepTakesLongerOnALargerProgram() {
        let small = StructuredProgram(products: 2, accounts: 6, buckets: 6, seed: 1).make()
        let large = StructuredProgram(products: 12, accounts: 60, buckets: 26, seed: 1).make()
        #expect(large.values.count > 50 * small.values.count)
        let short = small.sweepSeconds(), long = large.sweepSeconds()
        #expect(short > 0 && short < long)
    }
}
