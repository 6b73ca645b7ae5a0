import DenseLinearAlgebra

/// A point of the primal-dual method, in scaled units, and what follows from it.
///
///     primal   Â x = b,  x + v = u,       x, v > 0        (v only where u is finite)
///     dual     c + Q x − Âᵀ y = z − w,    z, w > 0
///     central  x z = μ,  v w = μ
final class Iterate {
    let working: WorkingProgram
    let chunks: ColumnChunks
    let x: Buffer<Double>
    let v: Buffer<Double>
    let z: Buffer<Double>
    let w: Buffer<Double>
    let y: Buffer<Double>
    /// 1 where u is finite, else 0.
    let bounded: Buffer<Double>
    /// 1 / x, 1 / v, 1 / z, 1 / w (0 without an upper bound).
    let xInverse: Buffer<Double>
    let vInverse: Buffer<Double>
    let zInverse: Buffer<Double>
    let wInverse: Buffer<Double>
    /// c + Q x − Âᵀ y.
    let reducedCost: Buffer<Double>
    /// b − Â x.
    let residual: Buffer<Double>
    private(set) var mu = 0.0
    /// Complementary pairs: what μ is the mean over.
    let pairCount: Double

    init(_ working: WorkingProgram, threads: Int) {
        self.working = working
        let n = working.n
        chunks = ColumnChunks(n: n, threads: threads)
        func columns(_ value: Double) -> Buffer<Double> { Buffer(count: n, of: value) }
        x = columns(1)
        v = columns(1)
        z = columns(1)
        w = columns(0)
        y = Buffer(count: working.m, of: 0)
        bounded = columns(0)
        xInverse = columns(1)
        vInverse = columns(0)
        zInverse = columns(1)
        wInverse = columns(0)
        reducedCost = columns(0)
        residual = Buffer(count: working.m, of: 0)
        var pairs = Double(n)
        for j in 0..<n where working.upper[j].isFinite {
            bounded[j] = 1
            pairs += 1
        }
        pairCount = pairs
    }

    // MARK: Starting points

    /// Starts each column on the central path of its own bounds and cost, as if there were no rows: x minimises c x − μ ln x − μ ln(u − x).
    ///
    /// - Parameter distance: How far from the bounds, in terms of μ: 3 leads to the rows from about anywhere; a hundredth of it saves a quarter of
    ///   the iterations of most programs, and leads nowhere in a few.
    func startCentrally(distance: Double) {
        let n = working.n
        // What a column that costs anything costs at its reach. A mean over all columns would start a rank that prices few of them so near the
        // bounds that the rows are never met.
        var size = 0.0, priced = 0.0
        for j in 0..<n where working.cost[j] != 0 || working.quadratic[j] != 0 {
            size += abs(working.cost[j]) * min(working.reach[j], 1e3)
            priced += 1
        }
        let target = distance * max(size / max(priced, 1), 1e-2)
        for j in 0..<n {
            let place = working.centralPlace(j, slope: working.cost[j], product: target)
            x[j] = place.below
            z[j] = target / x[j]
            if bounded[j] > 0 {
                v[j] = place.above
                w[j] = target / v[j]
            }
        }
        for i in 0..<y.count { y[i] = 0 }
    }

    /// Takes over where another point stands, of the same program with other limits left out. What was not part of that stands at `x`, off its bounds, at
    /// price 0, with the product μ over each bound.
    ///
    /// - Parameter x: In the program's own units, shape [n] of the whole.
    func adopt(_ other: IterateSnapshot, x start: [Double]) {
        var place = [Int32](repeating: -1, count: start.count)
        for (j, original) in other.working.originalColumn.enumerated() { place[original] = Int32(j) }
        for (j, original) in working.originalColumn.enumerated() {
            let from = Int(place[original])
            if from >= 0 {
                x[j] = other.x[from]
                v[j] = other.v[from]
                z[j] = other.z[from]
                w[j] = other.w[from]
                continue
            }
            let u = working.upper[j], room = min(1e-3 * working.reach[j], 0.25 * u)
            x[j] = max(start[original] / working.columnScale[j], room)
            if bounded[j] > 0 {
                x[j] = min(x[j], u - room)
                v[j] = u - x[j]
                w[j] = other.mu / v[j]
            }
            z[j] = other.mu / x[j]
        }
        var rowPlace = [Int32](repeating: -1, count: (working.originalRow + other.working.originalRow).max().map { $0 + 1 } ?? 0)
        for (i, original) in other.working.originalRow.enumerated() { rowPlace[original] = Int32(i) }
        for (i, original) in working.originalRow.enumerated() { y[i] = rowPlace[original] < 0 ? 0 : other.y[Int(rowPlace[original])] }
    }

    // MARK: What follows from the point

    /// Computes residuals, reduced costs, reciprocals and μ, and sets the system's weights to this point's Θ.
    func update(_ system: NewtonSystem) {
        let x = x.pointer, v = v.pointer, z = z.pointer, w = w.pointer
        let weights = system.weights.pointer
        // Keeps θ finite where neither bound is near and nothing curves.
        let regularisation = Lanes(repeating: 1e-13)
        let products = chunks.sum { columns in
            var sum = Lanes.zero
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                let xj = lanes(x, j), zj = lanes(z, j), vj = lanes(v, j), wj = lanes(w, j), has = lanes(bounded.pointer, j)
                let xi = 1 / xj, vi = has / vj
                store(xi, xInverse.pointer, j)
                store(vi, vInverse.pointer, j)
                store(1 / zj, zInverse.pointer, j)
                store(has / (wj + (1 - has)), wInverse.pointer, j)
                let diagonal = zj * xi + wj * vi + lanes(working.quadratic.pointer, j) + regularisation
                store(1 / diagonal, weights, j)
                sum += xj * zj + vj * wj * has
            }
            return sum
        }
        mu = sumOfElements(products) / pairCount

        system.multiplyTransposed(y.pointer, into: reducedCost.pointer)
        let reduced = reducedCost.pointer
        chunks.forEach { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                store(lanes(working.cost.pointer, j) + lanes(working.quadratic.pointer, j) * lanes(x, j) - lanes(reduced, j), reduced, j)
            }
        }
        system.multiply(x, into: residual.pointer)
        for i in 0..<working.m { residual[i] = working.rightHandSide[i] - residual[i] }
    }

    /// Moves along a direction.
    func move(_ step: Step) {
        let d = step.direction
        let a = Lanes(repeating: step.primal), b = Lanes(repeating: step.dual)
        chunks.forEach { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                let dx = a * lanes(d.x.pointer, j), has = lanes(bounded.pointer, j)
                store(lanes(x.pointer, j) + dx, x.pointer, j)
                store(lanes(v.pointer, j) - has * dx, v.pointer, j)
                store(lanes(z.pointer, j) + b * lanes(d.z.pointer, j), z.pointer, j)
                store(lanes(w.pointer, j) + b * lanes(d.w.pointer, j), w.pointer, j)
            }
        }
        for i in 0..<y.count { y[i] += step.dual * d.y[i] }
    }
}

/// Where a point stands.
struct IterateSnapshot {
    let working: WorkingProgram
    let x: [Double]
    let v: [Double]
    let z: [Double]
    let w: [Double]
    let y: [Double]
    let mu: Double

    init(_ point: Iterate) {
        working = point.working
        x = point.x.array()
        v = point.v.array()
        z = point.z.array()
        w = point.w.array()
        y = point.y.array()
        mu = point.mu
    }
}

/// Changes of x, z, w and y; v changes by −x.
final class Direction {
    let x: Buffer<Double>
    let z: Buffer<Double>
    let w: Buffer<Double>
    let y: Buffer<Double>

    /// - Parameter x: Where its x is to be kept.
    init(_ working: WorkingProgram, x: Buffer<Double>? = nil) {
        self.x = x ?? Buffer(count: working.n, of: 0)
        z = Buffer(count: working.n, of: 0)
        w = Buffer(count: working.n, of: 0)
        y = Buffer(count: working.m, of: 0)
    }
}

/// A direction and how far it was followed.
struct Step {
    let direction: Direction
    let primal: Double
    let dual: Double

    /// Whether the step to `point` lowered x_j / z_j.
    func shrinksRoomBelow(_ j: Int, _ point: Iterate) -> Bool {
        primal * direction.x[j] * point.z[j] < dual * direction.z[j] * point.x[j]
    }

    /// Whether the step to `point` lowered v_j / w_j.
    func shrinksRoomAbove(_ j: Int, _ point: Iterate) -> Bool {
        -primal * direction.x[j] * point.w[j] < dual * direction.w[j] * point.v[j]
    }
}
