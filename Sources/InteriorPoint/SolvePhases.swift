/// Seconds of one solve by what they went into. Residuals, right-hand sides, step lengths and the bound are what is left of the whole.
///
/// `chains` and `blocks` are summed over the threads that work on them, the others are elapsed: with one thread they add up.
public struct SolvePhases: Hashable, Sendable {
    /// The entries of Â Θ Âᵀ.
    public var entries = 0.0
    /// Factorising chains and taking them out of the cores.
    public var chains = 0.0
    /// Factorising and inverting the blocks' cores, and their dense coupling rows.
    public var blocks = 0.0
    /// Putting the coupling rows' Schur complement together.
    public var coupling = 0.0
    /// Factorising it.
    public var couplingFactor = 0.0
    /// Solves with the factors.
    public var solves = 0.0

    public init() {}
}

/// Takes the times of a solve's phases. Blocks are worked on by several threads at once: each writes to a place of its own.
final class PhaseStopwatch: @unchecked Sendable {
    private(set) var phases = SolvePhases()
    private let byBlock: Buffer<Double>

    init(blockCount: Int) {
        byBlock = Buffer(count: 2 * blockCount, of: 0)
    }

    func add(_ seconds: Double, to phase: WritableKeyPath<SolvePhases, Double>) { phases[keyPath: phase] += seconds }

    func add(_ seconds: Double, to phase: WritableKeyPath<SolvePhases, Double>, block: Int) {
        byBlock[2 * block + (phase == \.chains ? 0 : 1)] += seconds
    }

    /// Adds what the blocks took to the phases; called when no thread works on blocks.
    func gatherBlocks() {
        for block in 0..<byBlock.count / 2 {
            phases.chains += byBlock[2 * block]
            phases.blocks += byBlock[2 * block + 1]
        }
        byBlock.pointer.update(repeating: 0, count: byBlock.count)
    }
}

extension PhaseStopwatch? {
    /// Runs the work, on the clock where there is one.
    @inline(__always)
    func time<Result>(_ phase: WritableKeyPath<SolvePhases, Double>, _ work: () -> Result) -> Result {
        guard let self else { return work() }
        let start = ContinuousClock.now
        defer { self.add(start.duration(to: .now) / .seconds(1), to: phase) }
        return work()
    }

    @inline(__always)
    func time<Result>(_ phase: WritableKeyPath<SolvePhases, Double>, block: Int, _ work: () -> Result) -> Result {
        guard let self else { return work() }
        let start = ContinuousClock.now
        defer { self.add(start.duration(to: .now) / .seconds(1), to: phase, block: block) }
        return work()
    }
}
