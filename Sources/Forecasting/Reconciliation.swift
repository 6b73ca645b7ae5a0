/// Makes forecasts of many series agree with forecasts of their sums, moving each as little as its errors allow (minimum trace with shrinkage).
///
///     ŷ = (aggregates, bottom),   C = (I, −A),   ỹ = ŷ − W Cᵀ (C W Cᵀ)⁻¹ C ŷ,   W = λ D + (1 − λ) E Eᵀ / T
///
/// A adds the bottom series up to the aggregates, E holds past forecast errors (one column a bucket), D the diagonal of E Eᵀ / T, and λ is the shrinkage
/// intensity of Schäfer & Strimmer. W is never formed: it is a diagonal and T columns, C Wᵀ Cᵀ is applied as such, and each bucket ahead is solved by conjugate
/// gradients, so that 25,000 series and their thousands of sums take seconds. A bottom series that would fall below zero is held at 0 and the rest solved
/// again.
///
/// Sources: Wickramasuriya, Athanasopoulos & Hyndman (2019), JASA 114, 804-819 (minimum trace); Schäfer & Strimmer (2005), Statistical Applications in
/// Genetics and Molecular Biology 4, 32 (λ); Wickramasuriya, Turlach & Hyndman (2020), Statistics & Computing 30, 1167-1182 (non-negativity by active sets).
public struct Reconciliation: Sendable {
    /// Positions of the bottom series each aggregate is the sum of.
    public let members: [[Int]]
    /// λ in 0…1.
    public let shrinkage: Double
    /// Diagonal of W before shrinkage: aggregates first, then bottom series.
    private var variances: [Double]
    /// Errors over √T, shape [T][aggregates + bottom].
    private var errors: [[Double]]
    private let bottomCount: Int
    /// Lower Cholesky factor of C W Cᵀ with nothing held at 0, row-major; nil where there are too many aggregates.
    private var factor: [Double]?

    /// Beyond this many aggregates the dense factor would cost more than it saves.
    private static let mostFactored = 1500

    /// - Parameters:
    ///   - members: For each aggregate the bottom series in it.
    ///   - aggregateErrors: Past errors of the aggregates' own forecasts, shape [aggregates][T]; NaN = not known.
    ///   - bottomErrors: The same of the bottom series, same buckets.
    public init(members: [[Int]], aggregateErrors: [[Double]], bottomErrors: [[Double]]) {
        precondition(members.count == aggregateErrors.count, "errors of each aggregate")
        self.members = members
        bottomCount = bottomErrors.count
        let all = aggregateErrors + bottomErrors
        let length = all.map(\.count).max() ?? 0
        var errors = [[Double]](repeating: [Double](repeating: 0, count: all.count), count: length)
        var variances = [Double](repeating: 0, count: all.count)
        let root = Double(max(length, 1)).squareRoot()
        for (node, row) in all.enumerated() {
            for (t, e) in row.enumerated() where e.isFinite {
                errors[t][node] = e / root
                variances[node] += e / root * (e / root)
            }
        }
        let mean = variances.reduce(0, +) / Double(max(variances.count, 1))
        // A node without known errors still is not certain: it takes a thousandth of the mean variance.
        for node in variances.indices { variances[node] = max(variances[node], 1e-3 * mean, 1e-12) }
        self.variances = variances
        self.errors = errors
        shrinkage = Self.intensity(errors, variances: variances)
        factor = nil
        if members.count <= Self.mostFactored { factor = choleskyFactor() }
    }

    /// nil where rounding makes the matrix indefinite.
    private func choleskyFactor() -> [Double]? {
        let a = members.count
        var matrix = [Double](repeating: 0, count: a * a)
        var groups = [[Int]](repeating: [], count: bottomCount)
        for (row, group) in members.enumerated() {
            matrix[row * a + row] = shrinkage * variances[row]
            for member in group { groups[member].append(row) }
        }
        for (member, rows) in groups.enumerated() {
            let variance = shrinkage * variances[a + member]
            for i in rows { for j in rows where j <= i { matrix[i * a + j] += variance } }
        }
        for row in errors {
            let incoherence = members.indices.map { k in members[k].reduce(row[k]) { $0 - row[a + $1] } }
            for i in 0..<a {
                let scaled = (1 - shrinkage) * incoherence[i]
                for j in 0...i { matrix[i * a + j] += scaled * incoherence[j] }
            }
        }
        let isPositive = matrix.withUnsafeMutableBufferPointer { m -> Bool in
            for i in 0..<a {
                for j in 0...i {
                    var sum = m[i * a + j]
                    for k in 0..<j { sum -= m[i * a + k] * m[j * a + k] }
                    if i == j {
                        guard sum > 0 else { return false }
                        m[i * a + i] = sum.squareRoot()
                    } else {
                        m[i * a + j] = sum / m[j * a + j]
                    }
                }
            }
            return true
        }
        return isPositive ? matrix : nil
    }

    /// x ← (L Lᵀ)⁻¹ x.
    private static func solve(_ factor: [Double], _ x: inout [Double]) {
        let a = x.count
        factor.withUnsafeBufferPointer { l in
            x.withUnsafeMutableBufferPointer { x in
                for i in 0..<a {
                    var sum = x[i]
                    for k in 0..<i { sum -= l[i * a + k] * x[k] }
                    x[i] = sum / l[i * a + i]
                }
                for i in stride(from: a - 1, through: 0, by: -1) {
                    x[i] /= l[i * a + i]
                    for k in 0..<i { x[k] -= l[i * a + k] * x[i] }
                }
            }
        }
    }

    /// λ = Σ Var(r_ij) / Σ r_ij² over pairs of nodes, of a sample of at most 200 nodes.
    private static func intensity(_ errors: [[Double]], variances: [Double]) -> Double {
        let t = errors.count
        guard t >= 3, variances.count >= 2 else { return 1 }
        let stride = max(1, variances.count / 200)
        let nodes = Array(Swift.stride(from: 0, to: variances.count, by: stride))
        var numerator = 0.0
        var denominator = 0.0
        for a in nodes.indices {
            for b in 0..<a {
                let scale = (variances[nodes[a]] * variances[nodes[b]]).squareRoot()
                var sum = 0.0
                var squares = 0.0
                for row in errors {
                    let w = row[nodes[a]] * row[nodes[b]] / scale * Double(t)
                    sum += w
                    squares += w * w
                }
                let mean = sum / Double(t)
                numerator += (squares - Double(t) * mean * mean) / Double(t * (t - 1))
                denominator += mean * mean
            }
        }
        return denominator > 0 ? min(max(numerator / denominator, 0), 1) : 1
    }

    /// Vectors of one shape [nodes] that a projection works on, so that its steps allocate nothing.
    private struct Workspace {
        /// Cᵀ z.
        var spread: [Double]
        /// W Cᵀ z.
        var weighed: [Double]

        init(nodes: Int) {
            spread = [Double](repeating: 0, count: nodes)
            weighed = spread
        }
    }

    /// W Cᵀ z into ``Workspace/weighed``, pinned nodes not moved.
    private func weigh(_ z: [Double], pinned: [Bool], _ work: inout Workspace) {
        work.spread.withUnsafeMutableBufferPointer { u in
            work.weighed.withUnsafeMutableBufferPointer { result in
                for node in u.indices { u[node] = 0 }
                for a in members.indices {
                    u[a] = z[a]
                    for member in members[a] { u[members.count + member] -= z[a] }
                }
                for node in u.indices { result[node] = pinned[node] ? 0 : shrinkage * variances[node] * u[node] }
                guard shrinkage < 1 else { return }
                for t in errors.indices {
                    errors[t].withUnsafeBufferPointer { row in
                        var dot = 0.0
                        for node in u.indices where !pinned[node] { dot += row[node] * u[node] }
                        dot *= 1 - shrinkage
                        for node in u.indices where !pinned[node] { result[node] += dot * row[node] }
                    }
                }
            }
        }
    }

    /// C y, each aggregate less the sum of its members, into a vector of shape [aggregates].
    private func incoherence(of y: [Double], into result: inout [Double]) {
        for a in members.indices {
            var sum = y[a]
            for member in members[a] { sum -= y[members.count + member] }
            result[a] = sum
        }
    }

    /// What the nodes move by: W Cᵀ (C W Cᵀ)⁻¹ C y, in ``Workspace/weighed``.
    private func step(from y: [Double], pinned: [Bool], _ work: inout Workspace) {
        var right = [Double](repeating: 0, count: members.count)
        incoherence(of: y, into: &right)
        weigh(multipliers(right, pinned: pinned, &work), pinned: pinned, &work)
    }

    /// The same for several buckets at once.
    ///
    /// - Parameters:
    ///   - aggregates: Shape [H][aggregates].
    ///   - bottom: Shape [H][bottom], ≥ 0.
    ///   - threads: Workers; the result is the same for any number.
    /// - Returns: Shape [H][bottom], ≥ 0.
    public func reconciled(aggregates: [[Double]], bottom: [[Double]], threads: Int) -> [[Double]] {
        precondition(aggregates.count == bottom.count, "both for the same buckets")
        return parallelMap(count: bottom.count, threads: threads) { reconciled(aggregates: aggregates[$0], bottom: bottom[$0]) }
    }

    /// What reconciliation would have made of past errors: the same projection, which may be negative.
    ///
    /// - Returns: Errors of the bottom series, shape [bottom]; their sums are those of the aggregates.
    public func projectedErrors(aggregates: [Double], bottom: [Double]) -> [Double] {
        let y = aggregates + bottom
        var work = Workspace(nodes: y.count)
        step(from: y, pinned: [Bool](repeating: false, count: y.count), &work)
        return (members.count..<y.count).map { y[$0] - work.weighed[$0] }
    }

    /// Bottom forecasts that, added up, are the reconciled aggregates.
    ///
    /// - Parameters:
    ///   - aggregates: One bucket's forecasts of the aggregates.
    ///   - bottom: The same of the bottom series, ≥ 0.
    /// - Returns: Shape [bottom], ≥ 0.
    public func reconciled(aggregates: [Double], bottom: [Double]) -> [Double] {
        let count = members.count + bottomCount
        var y = aggregates + bottom
        var pinned = [Bool](repeating: false, count: count)
        var work = Workspace(nodes: count)
        // Each pass holds what fell below zero; what is left after five is cut.
        for _ in 0..<5 {
            step(from: y, pinned: pinned, &work)
            let moved = y.indices.map { y[$0] - work.weighed[$0] }
            let negative = (members.count..<count).filter { moved[$0] < -1e-9 * (1 + y[$0].magnitude) }
            if negative.isEmpty { return moved[members.count...].map { max($0, 0) } }
            for node in negative {
                pinned[node] = true
                y[node] = 0
            }
        }
        step(from: y, pinned: pinned, &work)
        return (members.count..<count).map { max(0, y[$0] - work.weighed[$0]) }
    }

    /// Solves C W Cᵀ z = r by conjugate gradients, preconditioned by the factor where there is one (one step then, while nothing is held), else
    /// by the diagonal.
    ///
    /// Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., algorithm 11.5.1.
    private func multipliers(_ right: [Double], pinned: [Bool], _ work: inout Workspace) -> [Double] {
        var diagonal = [Double](repeating: 1, count: members.count)
        for a in members.indices where factor == nil {
            diagonal[a] =
                shrinkage * members[a].reduce(variances[a]) { pinned[members.count + $1] ? $0 : $0 + variances[members.count + $1] }
            for row in errors {
                let d = members[a].reduce(row[a]) { pinned[members.count + $1] ? $0 : $0 - row[members.count + $1] }
                diagonal[a] += (1 - shrinkage) * d * d
            }
            diagonal[a] = max(diagonal[a], 1e-300)
        }
        /// Into `result`, which has the shape of `r`.
        func precondition(_ r: [Double], into result: inout [Double]) {
            if let factor {
                for k in r.indices { result[k] = r[k] }
                Self.solve(factor, &result)
            } else {
                for k in r.indices { result[k] = r[k] / diagonal[k] }
            }
        }
        var z = [Double](repeating: 0, count: right.count)
        var r = right
        var p = z
        precondition(r, into: &p)
        var better = z
        var image = z
        var product = 0.0
        for k in r.indices { product += r[k] * p[k] }
        // Relative to the incoherence: a millionth of it is far below what a planner sees.
        let target = 1e-14 * product
        // In exact arithmetic as many steps as aggregates are enough; rounding needs a few more.
        for _ in 0..<(2 * members.count + 20) where product > target && product > 0 {
            weigh(p, pinned: pinned, &work)
            incoherence(of: work.weighed, into: &image)
            var curvature = 0.0
            for k in p.indices { curvature += p[k] * image[k] }
            guard curvature > 0 else { break }
            let alpha = product / curvature
            for k in z.indices {
                z[k] += alpha * p[k]
                r[k] -= alpha * image[k]
            }
            precondition(r, into: &better)
            var next = 0.0
            for k in r.indices { next += r[k] * better[k] }
            let beta = next / product
            for k in p.indices { p[k] = better[k] + beta * p[k] }
            product = next
        }
        return z
    }
}
