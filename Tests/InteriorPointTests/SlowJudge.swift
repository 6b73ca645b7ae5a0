import InteriorPoint

/// Judges points of a program by plain loops over a dense matrix: a second road that shares nothing with the solver.
struct SlowJudge {
    let program: BlockProgram
    private let dense: [[Double]]

    init(_ program: BlockProgram) {
        self.program = program
        var dense = [[Double]](repeating: [Double](repeating: 0, count: program.columnCount), count: program.rowCount)
        for j in 0..<program.columnCount {
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] { dense[Int(program.rowIndices[k])][j] += program.values[k] }
        }
        self.dense = dense
    }

    /// Largest row residual relative to 1 + the row's absolute terms.
    func worstRow(_ x: [Double]) -> Double {
        var worst = 0.0
        for (i, row) in dense.enumerated() {
            var sum = -program.rightHandSide[i], size = 1 + abs(sum)
            for (value, x) in zip(row, x) {
                sum += value * x
                size += abs(value * x)
            }
            worst = max(worst, abs(sum) / size)
        }
        return worst
    }

    func worstBound(_ x: [Double]) -> Double {
        var worst = 0.0
        for (value, upper) in zip(x, program.upper) { worst = max(worst, -value, value - upper) }
        return worst
    }

    func worstLimit(_ x: [Double]) -> Double {
        var worst = 0.0
        for limit in program.quadraticLimits {
            var value = 0.0
            for (j, h) in zip(limit.columns, limit.curvature) { value += 0.5 * h * x[j] * x[j] }
            worst = max(worst, (value - limit.limit) / (1 + abs(limit.limit)))
        }
        return worst
    }

    func objective(_ x: [Double]) -> Double {
        var sum = 0.0
        for j in 0..<x.count { sum += (program.cost[j] + 0.5 * program.quadratic[j] * x[j]) * x[j] }
        return sum
    }

    /// The Lagrangian bound, each column's minimum taken over its two ends and its stationary point.
    func bound(_ y: [Double], _ limitPrices: [Double]) -> Double {
        var result = zip(y, program.rightHandSide).reduce(0) { $0 + $1.0 * $1.1 }
        for (limit, price) in zip(program.quadraticLimits, limitPrices) { result -= price * limit.limit }
        for j in 0..<program.columnCount {
            var slope = program.cost[j], curvature = program.quadratic[j]
            for i in 0..<program.rowCount { slope -= dense[i][j] * y[i] }
            for (limit, price) in zip(program.quadraticLimits, limitPrices) {
                if let place = limit.columns.firstIndex(of: j) { curvature += price * limit.curvature[place] }
            }
            let end = min(program.upper[j], program.impliedUpper[j])
            var candidates = [0, end]
            if curvature > 0 { candidates.append(min(max(-slope / curvature, 0), end)) }
            var least = 0.0
            for x in candidates { least = min(least, (slope + 0.5 * curvature * x) * x) }
            result += least
        }
        return result
    }
}
