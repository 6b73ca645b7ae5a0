/// A point strictly inside its bounds, with prices, in the program's own terms: what one solve can leave for the next.
public struct InteriorPointState: Sendable {
    /// x and u − x (0 where u is infinite), shape [n]; kept apart, so that both keep their digits near the other bound.
    public var x: [Double]
    public var upperSlack: [Double]
    /// Prices z > 0 of x ≥ 0 and w > 0 of x ≤ u (0 where there is no bound), shape [n].
    public var lowerDuals: [Double]
    public var upperDuals: [Double]
    /// Row prices, shape [m], and λ > 0 of the quadratic limits.
    public var y: [Double]
    public var limitPrices: [Double]

    public init(x: [Double], upperSlack: [Double], lowerDuals: [Double], upperDuals: [Double], y: [Double], limitPrices: [Double]) {
        self.x = x
        self.upperSlack = upperSlack
        self.lowerDuals = lowerDuals
        self.upperDuals = upperDuals
        self.y = y
        self.limitPrices = limitPrices
    }
}

/// Where a solve begins.
///
/// A program of **ranked** aims keeps its rows from solve to solve; only the objective changes, and an aim reached becomes a row with a limit. If
/// x̄, ȳ, z̄, w̄ were near the central path for the aim a, and the new objective is c ≥ 0, then with π > 0 as the price of the row a(x) ≤ limit
///
///     y = τ ȳ,  π = τ,   c + τ a − τ Aᵀȳ = c + τ (z̄ − w̄)     so     z = τ z̄ + c,   w = τ w̄
///
/// are dual feasible, x̄ is primal feasible, and no product x z is smaller than τ times what it was: a feasible start that is well inside.
public struct InteriorPointStart: Sendable {
    /// The point; its row prices ȳ and limit prices already hold the price 1 (before scaling by τ) of each aim that became a limit.
    public var state: InteriorPointState
    /// Slack columns of limits in force. Where the point exceeds the limit, the slack starts at the size that centres it with its price.
    public var limitColumns: [Int]
    /// τ; nil: such that the old aim's gap and the new objective weigh as `tilt` says. 1 when the new objective is the old one with little added.
    public var priceScale: Double?

    public init(state: InteriorPointState, limitColumns: [Int] = [], priceScale: Double? = nil) {
        self.state = state
        self.limitColumns = limitColumns
        self.priceScale = priceScale
    }
}

extension InteriorPointSolver {
    /// The point in the program's own terms.
    func state(of point: Iterate) -> InteriorPointState {
        let n = program.columnCount
        var state = InteriorPointState(
            x: working.forcing.values, upperSlack: [Double](repeating: 0, count: n), lowerDuals: [Double](repeating: 0, count: n),
            upperDuals: [Double](repeating: 0, count: n), y: [Double](repeating: 0, count: program.rowCount),
            limitPrices: working.limits.enumerated().map { max(point.limitPrice($0), 0) * $1.priceScale })
        for (j, original) in working.originalColumn.enumerated() {
            let scale = working.columnScale[j], priceScale = working.objectiveScale / scale
            state.x[original] = point.x[j] * scale
            state.upperSlack[original] = point.bounded[j] > 0 ? point.v[j] * scale : 0
            state.lowerDuals[original] = point.z[j] * priceScale
            state.upperDuals[original] = point.w[j] * priceScale
        }
        for (i, original) in working.originalRow.enumerated() { state.y[original] = point.y[i] * working.rowPriceScale[i] }
        return state
    }

    /// Puts the point where `start` says, tilted to this program's objective; see ``InteriorPointStart``.
    func place(_ point: Iterate, from start: InteriorPointStart, system: NewtonSystem) {
        let state = start.state
        // Size of the objective over its columns, and of the gap that the old prices keep.
        var size = 0.0, oldGap = 0.0
        for j in 0..<program.columnCount {
            let c = program.cost[j] + 0.5 * program.quadratic[j] * state.x[j]
            size += c > 0 ? c * state.x[j] : -c * state.upperSlack[j]
            oldGap += state.x[j] * state.lowerDuals[j] + state.upperSlack[j] * state.upperDuals[j]
        }
        let tau = start.priceScale ?? (oldGap > 0 && size > 0 ? TAU * size / oldGap : 1)
        let target = max(((start.priceScale == nil ? size : 0) + tau * oldGap) / working.objectiveScale / point.pairCount, 1e-12)
        for (i, original) in working.originalRow.enumerated() { point.y[i] = tau * state.y[original] / working.rowPriceScale[i] }
        for k in working.activeLimits { point.y[working.m + k] = -max(tau * state.limitPrices[k] / working.limits[k].priceScale, 0) }
        for i in working.idleRows { point.y[i] = 0 }
        for (j, original) in working.originalColumn.enumerated() {
            let scale = working.columnScale[j]
            let u = working.upper[j]
            var x = max(state.x[original] / scale, 1e-14)
            if point.bounded[j] > 0 {
                var v = max(state.upperSlack[original] / scale, 1e-14)
                if x > 0.5 * u { x = max(u - v, 1e-14) } else { v = u - x }
                point.v[j] = v
            }
            point.x[j] = x
        }
        let isLimitColumn = Set(start.limitColumns)
        let reduced = point.reducedCost.pointer
        for k in working.activeLimits {
            let value = point.half(working.limits[k])
            point.slack[k] = max(working.limits[k].limit - value, 1e-3 * abs(working.limits[k].limit), 1e-10)
            point.y[working.m + k] = -max(-point.y[working.m + k], 1e-3 * target / point.slack[k])
        }
        system.setLimits(at: point.x.pointer, shifts: point.slack)
        system.multiplyTransposed(point.y.pointer, into: reduced)
        let dualScale = { (j: Int) in working.columnScale[j] / working.objectiveScale }
        for (j, original) in working.originalColumn.enumerated() {
            let d = working.cost[j] + working.quadratic[j] * point.x[j] - reduced[j]
            var z = tau * state.lowerDuals[original] * dualScale(j), w = point.bounded[j] > 0 ? tau * state.upperDuals[original] * dualScale(j) : 0
            let missing = d - (z - w)
            if missing >= 0 {
                z += missing
            } else if point.bounded[j] > 0 {
                w -= missing
            } else {
                z += missing
            }
            if isLimitColumn.contains(original) {
                point.x[j] = max(point.x[j], target / max(z, 1e-12))
            }
            point.z[j] = max(z, 1e-3 * target / point.x[j])
            if point.bounded[j] > 0 { point.w[j] = max(w, 1e-3 * target / point.v[j]) }
        }
    }
}
