/// A point on the way to a solution, in the program's own units: where to start a program that differs in a few figures.
///
/// Taken while the gap is still wide: nearer the solution the point sits in the corner of the old optimum, and the steps to the new one are short.
///
/// Source: Gondzio (1998), Warm start of the primal-dual method applied in the cutting-plane scheme, Math. Program. 83, 125-143.
public struct PathPoint: Sendable, Equatable {
    /// Columns, shape [n], and prices of the rows, shape [m]; their first digits are all that counts.
    public var x: [Float]
    public var y: [Float]
    /// Mean product of a column's distance to a bound and that bound's price, in units of the objective.
    public var product: Double

    public init(x: [Float], y: [Float], product: Double) {
        self.x = x
        self.y = y
        self.product = product
    }

    /// Puts the point into a program whose objective is larger by a factor.
    public mutating func rescalePrices(by factor: Double) {
        for i in y.indices { y[i] = Float(Double(y[i]) * factor) }
        product *= factor
    }
}

extension InteriorPointSolver {
    /// Puts the point where another program's path once was.
    ///
    /// Each product over a bound is at least the path point's; what the prices leave of a reduced cost goes to the bound it points to, so that the
    /// point is dual feasible where no row has changed.
    ///
    /// - Parameter factor: Where too many rows have changed for that, how much larger all products are to be: each column then moves from its lower bound to
    ///   where the prices leave it on the central path of its own bounds.
    func place(_ point: Iterate, at start: PathPoint, centredAt factor: Double? = nil, system: NewtonSystem) {
        for (i, original) in working.originalRow.enumerated() { point.y[i] = Double(start.y[original]) / working.rowPriceScale[i] }
        let target = max(start.product / working.objectiveScale, 1e-9) * (factor ?? 1)
        system.multiplyTransposed(point.y.pointer, into: point.reducedCost.pointer)
        for (j, original) in working.originalColumn.enumerated() {
            let u = working.upper[j], x = Double(start.x[original])
            // A column that was settled then has no place on the path.
            let isInside = x > 0 && x < program.upper[original]
            let room = min((isInside ? 1e-5 : 1e-3) * working.reach[j], 0.25 * u)
            var value = max(x / working.columnScale[j], room)
            if factor != nil {
                let central = working.centralPlace(j, slope: working.cost[j] - point.reducedCost[j], product: target)
                value = max(value, central.below)
                if point.bounded[j] > 0 { value = min(value, u - min(central.above, 0.25 * u)) }
            }
            if point.bounded[j] > 0 {
                value = min(value, u - room)
                point.v[j] = u - value
            }
            point.x[j] = value
            let reduced = working.cost[j] + working.quadratic[j] * value - point.reducedCost[j]
            point.z[j] = target / value
            if point.bounded[j] > 0 { point.w[j] = target / point.v[j] }
            if factor != nil { continue }
            let rest = reduced - point.z[j] + (point.bounded[j] > 0 ? point.w[j] : 0)
            if rest > 0 {
                point.z[j] += rest
            } else if point.bounded[j] > 0 {
                point.w[j] -= rest
            }
        }
    }

    /// The point as it is, for another program.
    func pathPoint(_ point: Iterate) -> PathPoint {
        var x = presolve.values, y = [Float](repeating: 0, count: program.rowCount)
        for (j, original) in working.originalColumn.enumerated() { x[original] = point.x[j] * working.columnScale[j] }
        leftOut.complete(&x, program)
        for (i, original) in working.originalRow.enumerated() { y[original] = Float(point.y[i] * working.rowPriceScale[i]) }
        return PathPoint(x: x.map(Float.init), y: y, product: point.mu * working.objectiveScale)
    }
}
