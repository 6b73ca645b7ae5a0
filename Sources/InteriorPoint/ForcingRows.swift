/// Columns that have no choice, found before the iterations, and the prices that prove it afterwards.
///
/// A row whose least (or largest) possible left-hand side equals its right-hand side **forces** all its columns to the bounds that make it so: nothing
/// leaves a site before anything can have come, a line without hours makes nothing. Such rows leave the program without an interior, so that prices
/// would grow without bound. Columns are taken out row by row until no row forces any more; columns that touch no row take their best value.
///
/// Source: Andersen & Andersen (1995), Presolving in linear programming, Math. Program. 71, 221-245, section 3.3.
struct ForcingRows: Sendable {
    /// Columns left, rising.
    private(set) var kept: [Int] = []
    /// Value of each column taken out, 0 for the others; shape [n].
    private(set) var values: [Double]
    /// Σ a x over the columns taken out, shape [m].
    private(set) var activity: [Double]
    /// Forcing rows in the order found, with the columns each one took.
    private var forced: [(row: Int, isLeast: Bool, columns: [Int])] = []

    /// - Complexity: O(entries) besides one transpose.
    init(_ program: BlockProgram) {
        let n = program.columnCount, m = program.rowCount
        values = [Double](repeating: 0, count: n)
        activity = [Double](repeating: 0, count: m)
        var inLimit = [Bool](repeating: false, count: n)
        for limit in program.quadraticLimits { for column in limit.columns { inLimit[column] = true } }
        var isFree = [Bool](repeating: true, count: n)

        // Entries by row; rows not in force force nothing.
        var rowStarts = [Int](repeating: 0, count: m + 1)
        for row in program.rowIndices { rowStarts[Int(row) + 1] += 1 }
        for i in 0..<m { rowStarts[i + 1] += rowStarts[i] }
        var next = rowStarts, columnOf = [Int32](repeating: 0, count: program.values.count)
        var valueOf = [Double](repeating: 0, count: program.values.count)
        for j in 0..<n {
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] {
                let row = Int(program.rowIndices[k])
                columnOf[next[row]] = Int32(j)
                valueOf[next[row]] = program.values[k]
                next[row] += 1
            }
        }
        var isIdle = [Bool](repeating: false, count: m)
        for row in program.idleRows { isIdle[row] = true }

        var queue = Array(0..<m), isQueued = [Bool](repeating: true, count: m), head = 0
        func fix(_ j: Int, at value: Double) {
            isFree[j] = false
            values[j] = value
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] {
                let row = Int(program.rowIndices[k])
                activity[row] += program.values[k] * value
                if !isQueued[row] {
                    isQueued[row] = true
                    queue.append(row)
                }
            }
        }
        for (j, value) in program.fixedColumns where isFree[j] { fix(j, at: value) }
        for j in 0..<n where isFree[j] && program.upper[j] <= 0 { fix(j, at: 0) }
        while head < queue.count {
            let row = queue[head]
            head += 1
            isQueued[row] = false
            guard !isIdle[row] else { continue }
            var least = 0.0, largest = 0.0, size = abs(program.rightHandSide[row]), free = 0
            for k in rowStarts[row]..<rowStarts[row + 1] where isFree[Int(columnOf[k])] && valueOf[k] != 0 {
                let reach = valueOf[k] * program.upper[Int(columnOf[k])]
                if reach < 0 { least += reach } else { largest += reach }
                if reach.isFinite { size += abs(reach) }
                free += 1
            }
            guard free > 0 else { continue }
            let target = program.rightHandSide[row] - activity[row]
            let tolerance = 1e-13 * size
            let isLeast = least >= target - tolerance
            guard isLeast || largest <= target + tolerance else { continue }
            var columns = [Int]()
            for k in rowStarts[row]..<rowStarts[row + 1] where isFree[Int(columnOf[k])] && valueOf[k] != 0 {
                columns.append(Int(columnOf[k]))
            }
            var atUpper = [Bool]()
            for j in columns {
                var value = 0.0
                for k in program.columnStarts[j]..<program.columnStarts[j + 1] where Int(program.rowIndices[k]) == row {
                    value = program.values[k]
                }
                atUpper.append((value < 0) == isLeast)
            }
            for (j, isAtUpper) in zip(columns, atUpper) { fix(j, at: isAtUpper ? program.upper[j] : 0) }
            forced.append((row, isLeast, columns))
        }

        for j in 0..<n where isFree[j] {
            let touchesRow = (program.columnStarts[j]..<program.columnStarts[j + 1]).contains { program.values[$0] != 0 }
            if touchesRow || inLimit[j] {
                kept.append(j)
            } else if program.cost[j] < 0 {
                let highest = min(program.upper[j], program.impliedUpper[j])
                values[j] = program.quadratic[j] > 0 ? min(highest, -program.cost[j] / program.quadratic[j]) : highest
            }
        }
    }

    /// Prices the forcing rows so that the columns they took have reduced costs of the right sign, last row first: a column taken by one row
    /// stands in no row that forced before.
    func completePrices(_ y: inout [Double], program: BlockProgram, x: [Double]) {
        for (row, isLeast, columns) in forced.reversed() {
            var price = 0.0
            y[row] = 0
            for j in columns {
                var reduced = program.cost[j] + program.quadratic[j] * x[j], value = 0.0
                for k in program.columnStarts[j]..<program.columnStarts[j + 1] {
                    let i = Int(program.rowIndices[k])
                    if i == row { value = program.values[k] } else { reduced -= program.values[k] * y[i] }
                }
                price = isLeast ? min(price, reduced / value) : max(price, reduced / value)
            }
            y[row] = price
        }
    }
}
