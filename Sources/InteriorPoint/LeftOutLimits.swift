/// Limits that the iterations do without, as they have room to spare: each a coupling row
///
///     Σ a x + s = b
///
/// whose unused part s is a column of its own that costs nothing. Without it the program is a relaxation, whose bound holds for the whole; what the
/// limit leaves unused follows from the other columns.
struct LeftOutLimits: Sendable {
    /// A limit that can be left out: its row, the column s and its coefficient.
    struct Limit: Sendable {
        var row: Int
        var slack: Int
        var coefficient: Double
    }

    let limits: [Limit]
    /// Whether a row, or a column as its unused part, is left out; shapes [m], [n].
    let isRow: [Bool]
    let isSlack: [Bool]

    init(_ limits: [Limit], of program: BlockProgram) {
        self.limits = limits
        var isRow = [Bool](repeating: false, count: program.rowCount), isSlack = [Bool](repeating: false, count: program.columnCount)
        for limit in limits {
            isRow[limit.row] = true
            isSlack[limit.slack] = true
        }
        self.isRow = isRow
        self.isSlack = isSlack
    }

    /// Sets the unused parts as the other columns leave them, but none below 0: a limit that is broken then shows in its row.
    func complete(_ x: inout [Double], _ program: BlockProgram) {
        guard !limits.isEmpty else { return }
        var left = program.rightHandSide
        for j in 0..<program.columnCount where x[j] != 0 && !isSlack[j] {
            for k in program.entries(of: j) where isRow[Int(program.rowIndices[k])] {
                left[Int(program.rowIndices[k])] -= program.values[k] * x[j]
            }
        }
        for limit in limits { x[limit.slack] = min(max(left[limit.row] / limit.coefficient, 0), program.upper[limit.slack]) }
    }

    /// All limits of a program that could be left out, of what presolve left: with a right-hand side above 0, to tell room by.
    static func candidates(_ program: BlockProgram, _ presolve: Presolve) -> [Limit] {
        var isLeft = [Bool](repeating: false, count: program.rowCount)
        for row in presolve.rows { isLeft[row] = true }
        var limits: [Limit] = []
        for j in presolve.columns where program.cost[j] == 0 && program.quadratic[j] == 0 {
            let entries = program.entries(of: j)
            guard entries.count == 1 else { continue }
            let row = Int(program.rowIndices[entries.lowerBound]), coefficient = program.values[entries.lowerBound]
            guard isLeft[row], program.couplingRows.contains(row), coefficient > 0, program.rightHandSide[row] > 0 else { continue }
            limits.append(Limit(row: row, slack: j, coefficient: coefficient))
        }
        return limits
    }
}
