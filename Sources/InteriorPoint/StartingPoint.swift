extension InteriorPointSolver {
    /// Puts the point at x, inside its bounds, with prices that centre it.
    ///
    /// Made for programs that are solved for one aim after the other: the last optimum, moved off its bounds by the path it was reached on, keeps all
    /// rows, and lies well inside the face of the plans that are optimal for the earlier aims. With row prices 0 and the product μ over each bound
    ///
    ///     z = max(c, 0) + μ / x,   w = max(−c, 0) + μ / (u − x)
    ///
    /// the point is primal feasible and no product is below μ; dual feasibility is what the first iterations find.
    ///
    /// - Parameters:
    ///   - x: Shape [n], in the program's own units.
    ///   - room: Distance kept from the bounds, as a share of the column's reach.
    func place(_ point: Iterate, at x: [Double], room share: Double, system: NewtonSystem) {
        // Room is kept to the bounds in proportion to the column's own size: what is nearer could not turn.
        var size = 0.0
        for (j, original) in working.originalColumn.enumerated() {
            let u = working.upper[j], reach = working.reach[j]
            let room = min(share * reach, 0.25 * u)
            var value = max(x[original] / working.columnScale[j], room)
            if point.bounded[j] > 0 {
                value = min(value, u - room)
                point.v[j] = u - value
            }
            point.x[j] = value
            size += abs(working.cost[j] + 0.5 * working.quadratic[j] * value) * value
        }
        let target = max(size / point.pairCount, 1e-9)
        for (j, _) in working.originalColumn.enumerated() {
            let c = working.cost[j] + working.quadratic[j] * point.x[j]
            point.z[j] = max(c, 0) + target / point.x[j]
            if point.bounded[j] > 0 { point.w[j] = max(-c, 0) + target / point.v[j] }
        }
        for i in 0..<point.y.count { point.y[i] = 0 }
    }
}
