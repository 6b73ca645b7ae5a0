import DenseLinearAlgebra

/// Â, its products, and the normal equations M = Â Θ Âᵀ.
final class NewtonSystem {
    let working: WorkingProgram
    let chunks: ColumnChunks
    let threads: Int
    /// Rows m.
    let height: Int
    /// Θ: what the factorisation weighs columns by.
    let weights: Buffer<Double>
    private let pattern: NormalPattern
    private let rows: (starts: Buffer<Int32>, columns: Buffer<Int32>, values: Buffer<Double>)
    private let factor: NormalFactor
    /// δ, the shift of the diagonal: a proximal term on the row prices, not an error to be refined away. An iteration then solves
    /// Â x + δ (y − yₖ) = b for yₖ the prices before it, so rows that depend on each other and miss a crumb (settled columns leave such) move
    /// their prices by crumb / δ instead of without end, and what δ costs vanishes with the steps.
    ///
    /// Source: Friedlander & Orban (2012), A primal-dual regularized interior-point method for convex quadratic programs, Math. Program. Comput. 4, 71-107.
    private(set) var shift = NewtonSystem.smallestShift
    private let scratch: Buffer<Double>
    /// Holds something only while `solveRefined` runs; shape [n].
    let columnScratch: Buffer<Double>
    private let rowScratch: [Buffer<Double>]

    private static let smallestShift = 1e-13
    private static let largestShift = 1e-3

    init(_ working: WorkingProgram, _ pattern: NormalPattern, threads: Int, stopwatch: PhaseStopwatch? = nil) {
        self.working = working
        self.pattern = pattern
        rows = working.byRows()
        self.threads = threads
        chunks = ColumnChunks(n: working.n, threads: threads)
        height = working.m
        weights = Buffer(count: working.n, of: 0)
        factor = NormalFactor(pattern, rowCount: working.m, threads: threads, stopwatch: stopwatch)
        scratch = Buffer(count: height, of: 0)
        columnScratch = Buffer(count: working.n, of: 0)
        let height = height
        rowScratch = (0..<3).map { _ in Buffer(count: height, of: 0) }
    }

    // MARK: Products

    /// result ← Â u.
    func multiply(_ u: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
        let starts = UnsafePointer(rows.starts.pointer), columns = UnsafePointer(rows.columns.pointer)
        let values = UnsafePointer(rows.values.pointer)
        let m = working.m, size = 4096
        parallelFor((m + size - 1) / size, threads: threads) { part in
            var k = Int(starts[part * size])
            for i in (part * size)..<min(m, (part + 1) * size) {
                let end = Int(starts[i &+ 1])
                var sum = 0.0
                while k < end {
                    sum += values[k] * u[Int(columns[k])]
                    k &+= 1
                }
                result[i] = sum
            }
        }
    }

    /// result ← Âᵀ d.
    func multiplyTransposed(_ d: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
        let starts = UnsafePointer(working.columnStarts.pointer), rows = UnsafePointer(working.rows.pointer)
        let values = UnsafePointer(working.values.pointer)
        chunks.forEach { columns in
            var k = Int(starts[columns.lowerBound])
            for j in columns {
                let end = Int(starts[j &+ 1])
                var sum = 0.0
                while k < end {
                    sum += values[k] * d[Int(rows[k])]
                    k &+= 1
                }
                result[j] = sum
            }
        }
    }

    // MARK: Factorisation and solves

    /// Factorises M for the weights set; where rounding loses a pivot, with a larger shift.
    ///
    /// - Returns: false when even the largest shift does not help (the weights are not finite).
    func factorize() -> Bool {
        shift = Self.smallestShift
        while shift <= Self.largestShift {
            if factor.factorize(weights: weights.pointer, shift: shift) { return true }
            shift *= 100
        }
        return false
    }

    /// Solves M d = r by the factorisation, as it is.
    func solve(_ r: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>) {
        scratch.pointer.update(from: r, count: height)
        factor.solve(scratch.pointer, into: d)
    }

    /// Solves M d = r more exactly than the factorisation alone does.
    ///
    /// By iterative refinement; with quadratic terms by conjugate gradients, preconditioned by the factorisation, which reach further there. (On linear
    /// programs they lose many digits once Θ spreads over twenty orders of magnitude.)
    ///
    /// - Parameters:
    ///   - steps: Steps at most after the first solve.
    ///   - accuracy: Stops when each row's residual is below it.
    func solveRefined(_ r: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, steps: Int, accuracy: Double) {
        if working.hasQuadratics && steps > 0 {
            conjugateGradients(r, into: d, steps: steps, accuracy: accuracy)
        } else {
            refine(r, into: d, steps: steps, accuracy: accuracy)
        }
    }

    /// d grows by what the factorisation makes of the residual, as long as that falls.
    private func refine(_ r: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, steps: Int, accuracy: Double) {
        let residual = rowScratch[0].pointer, change = rowScratch[1].pointer, image = rowScratch[2].pointer
        solve(r, into: d)
        guard steps > 0 else { return }
        var before = Double.infinity
        for step in 0...steps {
            applyNormal(d, into: image)
            var largest = 0.0
            for i in 0..<height {
                residual[i] = r[i] - image[i]
                largest = max(largest, abs(residual[i]))
            }
            guard largest < before else {
                // The last step made it worse: taken back.
                subtractScaled(1, change, from: d, count: height)
                return
            }
            guard largest > accuracy, largest <= 0.5 * before, step < steps else { return }
            before = largest
            solve(residual, into: change)
            subtractScaled(-1, change, from: d, count: height)
        }
    }

    private func conjugateGradients(_ r: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, steps: Int, accuracy: Double) {
        let residual = rowScratch[0].pointer, direction = rowScratch[1].pointer, image = rowScratch[2].pointer
        residual.update(from: r, count: height)
        // The first direction has step 1 if M and the factor agree; its true step is found like any other.
        solve(residual, into: direction)
        var product = dot(residual, direction, count: height)
        d.update(repeating: 0, count: height)
        let preconditioned = scratch.pointer
        for step in 0...steps {
            applyNormal(direction, into: image)
            let curvature = dot(direction, image, count: height)
            guard curvature > 0, product > 0 else { break }
            let length = product / curvature
            guard length.isFinite else { break }
            subtractScaled(-length, direction, from: d, count: height)
            subtractScaled(length, image, from: residual, count: height)
            var largest = 0.0
            for i in 0..<height { largest = max(largest, abs(residual[i])) }
            guard largest > accuracy, step < steps else { break }
            image.update(from: residual, count: height)
            factor.solve(image, into: preconditioned)
            let next = dot(residual, preconditioned, count: height)
            let ratio = next / product
            for i in 0..<height { direction[i] = preconditioned[i] + ratio * direction[i] }
            product = next
        }
    }

    /// image ← (Â Θ Âᵀ + δ I) d.
    private func applyNormal(_ d: UnsafePointer<Double>, into image: UnsafeMutablePointer<Double>) {
        let u = columnScratch.pointer, theta = UnsafePointer(weights.pointer)
        multiplyTransposed(d, into: u)
        chunks.forEach { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) { store(lanes(u, j) * lanes(theta, j), u, j) }
        }
        multiply(u, into: image)
        for i in 0..<height { image[i] += shift * d[i] }
    }
}
