/// Feasibility of a small linear program, for the few networks that flows leave open.
extension LotNetwork {
    /// Units of each class on each arc: x(arc, class) ≥ 0 where the class is allowed; Σ x(arc, ·) = the plan's total; what comes into a
    /// node of a class leaves it.
    ///
    /// - Parameter largestTable: Entries of the dense table beyond which the question is left open; 4 million are 32 MB and a few seconds.
    func lotProgramVerdict(largestTable: Int = 4_000_000) -> LotVerdict {
        let classes = (0...bucketCount).filter { last in (0..<nodeCount).contains { supply[$0 * classCount + last] > 0 } }
        var columns: [(arc: Int, last: Int)] = []
        for (index, arc) in arcs.enumerated() { for last in classes where allows(arc, last: last) { columns.append((index, last)) } }
        let rowCount = arcs.count + nodeCount * classes.count
        guard rowCount * (columns.count + 1) <= largestTable else { return .open }
        var program = FeasibilityProgram(rowCount: rowCount, columnCount: columns.count)
        var classRow = [Int](repeating: 0, count: classCount)
        for (position, last) in classes.enumerated() { classRow[last] = position }
        func balance(_ node: Int, _ last: Int) -> Int { arcs.count + node * classes.count + classRow[last] }
        for (column, entry) in columns.enumerated() {
            let arc = arcs[entry.arc]
            program[entry.arc, column] = 1
            program[balance(arc.from, entry.last), column] += 1
            if let to = arc.to { program[balance(to, entry.last), column] -= 1 }
        }
        for (index, arc) in arcs.enumerated() { program.setRightHandSide(index, arc.quantity) }
        for node in 0..<nodeCount {
            for last in classes { program.setRightHandSide(balance(node, last), supply[node * classCount + last]) }
        }
        guard let missing = program.leastInfeasibility() else { return .open }
        let all = supply(upTo: bucketCount)
        return missing <= CheckReport.tolerance * (1 + all) ? .kept : .broken(units: missing, of: all)
    }
}

/// A x = b, x ≥ 0 by the first phase of the simplex method on a dense table.
///
/// Source: G. B. Dantzig (1963), Linear Programming and Extensions, ch. 5. The entering column is the one of most negative reduced cost;
/// after a run of degenerate pivots R. G. Bland's rule (1977, Math. Oper. Res. 2, 103-107) takes over, so it ends.
struct FeasibilityProgram {
    private let rowCount: Int
    private let columnCount: Int
    /// Rows of A with b as the last column, row-major.
    private var table: [Double]

    init(rowCount: Int, columnCount: Int) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        table = [Double](repeating: 0, count: rowCount * (columnCount + 1))
    }

    subscript(row: Int, column: Int) -> Double {
        get { table[row * (columnCount + 1) + column] }
        set { table[row * (columnCount + 1) + column] = newValue }
    }

    mutating func setRightHandSide(_ row: Int, _ value: Double) { table[row * (columnCount + 1) + columnCount] = value }

    /// Least Σ|A x − b| over x ≥ 0, one-sided after each row's sign is turned to b ≥ 0; nil when the pivots run out.
    mutating func leastInfeasibility() -> Double? {
        let width = columnCount + 1
        for row in 0..<rowCount where table[row * width + columnCount] < 0 {
            for column in 0...columnCount { table[row * width + column].negate() }
        }
        var basis = [Int](repeating: -1, count: rowCount)  // −1 = the row's artificial
        // Reduced costs of Σ artificials: minus the column sums of the rows that still hold one.
        var costs = [Double](repeating: 0, count: width)
        for row in 0..<rowCount { for column in 0...columnCount { costs[column] -= table[row * width + column] } }
        let scale = (0..<rowCount).reduce(1.0) { max($0, table[$1 * width + columnCount]) }
        let epsilon = 1e-9
        var degenerate = 0
        for _ in 0..<(20 * (rowCount + columnCount)) {
            var entering: Int?
            if degenerate > 50 {
                entering = (0..<columnCount).first { costs[$0] < -epsilon }
            } else {
                var least = -epsilon
                for column in 0..<columnCount where costs[column] < least { (entering, least) = (column, costs[column]) }
            }
            guard let entering else { return -costs[columnCount] }
            var leaving: Int?
            var step = Double.infinity
            for row in 0..<rowCount {
                let pivot = table[row * width + entering]
                guard pivot > epsilon else { continue }
                let ratio = table[row * width + columnCount] / pivot
                let isTie = leaving.map { ratio == step && basis[row] < basis[$0] } ?? false
                if ratio < step || isTie { (leaving, step) = (row, ratio) }
            }
            guard let leaving else { return nil }  // the sum is bounded by 0: only lost digits lead here
            degenerate = step <= epsilon * scale ? degenerate + 1 : 0
            eliminate(leaving, entering, &costs)
            basis[leaving] = entering
        }
        return nil
    }

    private mutating func eliminate(_ pivotRow: Int, _ pivotColumn: Int, _ costs: inout [Double]) {
        let width = columnCount + 1
        let pivot = table[pivotRow * width + pivotColumn]
        for column in 0..<width { table[pivotRow * width + column] /= pivot }
        for row in 0..<rowCount where row != pivotRow {
            let factor = table[row * width + pivotColumn]
            guard factor != 0 else { continue }
            for column in 0..<width { table[row * width + column] -= factor * table[pivotRow * width + column] }
            table[row * width + pivotColumn] = 0
            if table[row * width + columnCount] < 0 { table[row * width + columnCount] = 0 }  // rounding below a bound of 0
        }
        let factor = costs[pivotColumn]
        for column in 0..<width { costs[column] -= factor * table[pivotRow * width + column] }
        costs[pivotColumn] = 0
    }
}
