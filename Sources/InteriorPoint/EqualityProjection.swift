import DenseLinearAlgebra

extension InteriorPointSolver {
    /// Moves the free columns of x as little as is needed to keep every row, A x = b.
    ///
    /// Each step is the least change of the free columns, weighted by the room they have to their bounds, Δx = Θ Aᵀ (A Θ Aᵀ)⁻¹ (b − A x) with
    /// Θ = min(x, u − x) (0 for the columns held); what then leaves its bounds is put back on them, and the step is repeated.
    ///
    /// - Parameters:
    ///   - x: Shape [n]; what lies outside 0…u is put on its bound first, held or free.
    ///   - free: The columns that may move, shape [n]. All others stay exactly where they are.
    ///   - tolerance: Row residual to reach, relative to 1 + the sum of the row's absolute terms.
    ///   - threads: Threads to use; the result has the same bytes for any number.
    /// - Returns: The best x found, and its largest row residual relative to 1 + the sum of the row's absolute terms. It stays large when the
    ///   free columns cannot make good what the others miss.
    /// - Complexity: At most 8 factorisations.
    public func projectedOntoEqualities(
        x: [Double], free: [Bool], tolerance: Double = 1e-12, threads: Int = 1
    ) -> (x: [Double], maxResidual: Double) {
        precondition(x.count == program.columnCount && free.count == program.columnCount, "one value and one flag for each column")
        guard leftOut.limits.isEmpty else {
            return leavingOut([]).projectedOntoEqualities(x: x, free: free, tolerance: tolerance, threads: threads)
        }
        useSerialBLAS()
        let system = NewtonSystem(working, NormalPattern(working, threads: threads), threads: threads)
        let projection = RowProjection(self, system)
        var best = zip(x, program.upper).map { $0.isFinite ? min(max($0, 0), $1) : 0 }
        var bestResidual = program.rowResidual(at: best)
        var sinceBest = 0

        for _ in 0..<8 where bestResidual > tolerance && sinceBest < 2 {
            var reachable = [Bool](repeating: false, count: working.m)
            for j in 0..<working.n {
                guard j < working.originalColumn.count, free[working.originalColumn[j]] else {
                    system.weights[j] = 0
                    continue
                }
                let original = working.originalColumn[j], scale = working.columnScale[j]
                let room = min(best[original], program.upper[original] - best[original]) / scale
                system.weights[j] = room
                guard room > 0 else { continue }
                for k in Int(working.columnStarts[j])..<Int(working.columnStarts[j + 1]) { reachable[Int(working.rows[k])] = true }
            }
            guard system.factorize() else { break }
            sinceBest += 1

            // One factorisation serves as long as it halves what is missing.
            var current = best, reached = bestResidual
            for _ in 0..<12 where reached > tolerance {
                projection.step(&current, reachable: reachable)
                let next = program.rowResidual(at: current)
                guard next < 0.7 * reached else { break }
                reached = next
            }
            if reached < bestResidual {
                if reached < 0.5 * bestResidual { sinceBest = 0 }
                bestResidual = reached
                best = current
            }
        }
        return (best, bestResidual)
    }
}

/// Steps onto the rows of a program by a factorisation at hand.
struct RowProjection {
    private let solver: InteriorPointSolver
    private let system: NewtonSystem
    private let residual: Buffer<Double>
    private let price: Buffer<Double>
    private let change: Buffer<Double>

    /// - Parameter system: With weights Θ set and factorised before each step.
    init(_ solver: InteriorPointSolver, _ system: NewtonSystem) {
        self.solver = solver
        self.system = system
        residual = Buffer(count: system.height, of: 0)
        price = Buffer(count: system.height, of: 0)
        change = Buffer(count: solver.working.n, of: 0)
    }

    /// x ← x + Θ Aᵀ (A Θ Aᵀ)⁻¹ (b − A x), then put back on the bounds it left.
    ///
    /// - Parameters:
    ///   - x: Shape [n], in the program's own units.
    ///   - reachable: Rows to meet, in working order; nil: all.
    func step(_ x: inout [Double], reachable: [Bool]? = nil) {
        let working = solver.working, program = solver.program
        // Residuals in the program's own terms, so that scaling hides nothing.
        let missing = program.rowDifferences(at: x)
        for i in 0..<working.m { residual[i] = reachable?[i] ?? true ? missing[working.originalRow[i]] * working.residualScale[i] : 0 }
        system.solveRefined(residual.pointer, into: price.pointer, steps: 1, accuracy: 0)
        system.multiplyTransposed(price.pointer, into: change.pointer)
        for (j, original) in working.originalColumn.enumerated() where system.weights[j] > 0 {
            let moved = x[original] + system.weights[j] * change[j] * working.columnScale[j]
            if moved.isFinite { x[original] = min(max(moved, 0), program.upper[original]) }
        }
        solver.leftOut.complete(&x, program)
    }
}

/// `InteriorPointSolver.projectedOntoEqualities` for a program that is used once.
///
/// - Throws: `SolveError` for a malformed program.
public func projectedOntoEqualities(
    _ program: BlockProgram, x: [Double], free: [Bool], tolerance: Double = 1e-12, threads: Int = 1
) throws(SolveError) -> (x: [Double], maxResidual: Double) {
    try InteriorPointSolver(program).projectedOntoEqualities(x: x, free: free, tolerance: tolerance, threads: threads)
}

extension BlockProgram {
    /// b − A x, compensated.
    func rowDifferences(at x: [Double]) -> [Double] {
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: rowCount)
        for i in 0..<rowCount { sums[i].add(rightHandSide[i]) }
        for j in 0..<columnCount where x[j] != 0 {
            for k in columnStarts[j]..<columnStarts[j + 1] { sums[Int(rowIndices[k])].add(-values[k] * x[j]) }
        }
        return sums.map(\.value)
    }

    /// Largest |b − A x| of a row relative to 1 + the sum of its absolute terms.
    public func rowResidual(at x: [Double]) -> Double {
        var size = rightHandSide.map { 1 + abs($0) }
        for j in 0..<columnCount where x[j] != 0 {
            for k in columnStarts[j]..<columnStarts[j + 1] { size[Int(rowIndices[k])] += abs(values[k] * x[j]) }
        }
        return zip(rowDifferences(at: x), size).reduce(0) { max($0, abs($1.0) / $1.1) }
    }
}
