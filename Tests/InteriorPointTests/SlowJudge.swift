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

    func objective(_ x: [Double]) -> Double {
        var sum = 0.0
        for j in 0..<x.count { sum += (program.cost[j] + 0.5 * program.quadratic[j] * x[j]) * x[j] }
        return sum
    }

    /// The Lagrangian bound, each column's minimum taken over its two ends and its stationary point; settled columns stay what they are.
    func bound(_ y: [Double]) -> Double {
        var result = zip(y, program.rightHandSide).reduce(0) { $0 + $1.0 * $1.1 }
        let settled = Dictionary(uniqueKeysWithValues: program.fixedColumns.map { ($0.column, $0.value) })
        for j in 0..<program.columnCount {
            var slope = program.cost[j]
            let curvature = program.quadratic[j]
            for i in 0..<program.rowCount { slope -= dense[i][j] * y[i] }
            if let x = settled[j] {
                result += (slope + 0.5 * curvature * x) * x
                continue
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
