/// The program without the columns that have no choice and the rows that ask nothing, and the way back to solution and prices of the whole.
///
/// - A row whose least (or largest) possible left-hand side equals its right-hand side **forces** all its columns to the bounds that make it so:
///   nothing leaves a site before anything can have come, a line without hours makes nothing. Such rows leave the program without an interior, so that
///   prices would grow without bound.
/// - A row with a single column left **sets** it.
/// - Columns that touch no row take their best value.
///
/// Each column taken out may leave another row with none or one, until nothing changes. Blocks and chains keep their order.
///
/// Source: Andersen & Andersen (1995), Presolving in linear programming, Math. Program. 71, 221-245, sections 3.2 and 3.3.
struct Presolve: Sendable {
    /// Column and row of the whole program behind each one left, rising.
    let columns: [Int]
    let rows: [Int]
    /// Value of each column taken out, 0 for the others; shape [n] of the whole.
    let values: [Double]

    /// A row that took columns out: all its columns to one of its extremes, or its only one to what the row says.
    private struct Taken {
        enum How { case least, largest, exact }
        var row: Int
        var how: How
        var columns: [Int]
    }

    /// In the order found.
    private let taken: [Taken]

    /// - Returns: The way back, and what is left to be solved, which is needed no longer than until it has been scaled.
    /// - Complexity: O(entries) besides one transpose, for each time a row is looked at again.
    static func run(_ program: BlockProgram) -> (presolve: Presolve, reduced: BlockProgram) {
        var search = Search(program)
        search.run()
        let columns = (0..<program.columnCount).filter { search.isFree[$0] }
        var isRowUsed = [Bool](repeating: false, count: program.rowCount)
        for j in columns { for k in program.entries(of: j) where program.values[k] != 0 { isRowUsed[Int(program.rowIndices[k])] = true } }
        let rows = (0..<program.rowCount).filter { isRowUsed[$0] }
        return (
            Presolve(columns: columns, rows: rows, values: search.values, taken: search.taken),
            reduce(program, columns: columns, rows: rows, activity: search.activity)
        )
    }

    private init(columns: [Int], rows: [Int], values: [Double], taken: [Taken]) {
        self.columns = columns
        self.rows = rows
        self.values = values
        self.taken = taken
    }

    /// The same without some of the rows and columns that were left.
    func without(_ leftOut: LeftOutLimits) -> Presolve {
        Presolve(
            columns: columns.filter { !leftOut.isSlack[$0] }, rows: rows.filter { !leftOut.isRow[$0] }, values: values, taken: taken)
    }

    /// Prices the rows that took columns out so that those have reduced costs of the right sign, last row first: a column taken by one row stands in
    /// no row that took others before.
    func completePrices(_ y: inout [Double], program: BlockProgram, x: [Double]) {
        for step in taken.reversed() {
            y[step.row] = 0
            var price: Double?
            for j in step.columns {
                var reduced = program.cost[j] + program.quadratic[j] * x[j], value = 0.0
                for k in program.entries(of: j) {
                    let i = Int(program.rowIndices[k])
                    if i == step.row { value = program.values[k] } else { reduced -= program.values[k] * y[i] }
                }
                let own = reduced / value
                switch step.how {
                case .exact: price = own
                case .least: price = min(price ?? 0, own)
                case .largest: price = max(price ?? 0, own)
                }
            }
            y[step.row] = price ?? 0
        }
    }

    private static func reduce(_ program: BlockProgram, columns: [Int], rows: [Int], activity: [Double]) -> BlockProgram {
        var place = [Int32](repeating: -1, count: program.rowCount)
        for (new, old) in rows.enumerated() { place[old] = Int32(new) }
        var starts = [0], rowIndices: [Int32] = [], values: [Double] = []
        for j in columns {
            for k in program.entries(of: j) where program.values[k] != 0 {
                rowIndices.append(place[Int(program.rowIndices[k])])
                values.append(program.values[k])
            }
            starts.append(values.count)
        }
        func left(_ range: Range<Int>) -> Range<Int> { rows.lowerBound(of: range.lowerBound)..<rows.lowerBound(of: range.upperBound) }
        let blocks = program.blocks.compactMap { block -> BlockProgram.Block? in
            var chainStarts: [Int] = []
            for (i, start) in block.chainStarts.enumerated() {
                let end = i + 1 < block.chainStarts.count ? block.chainStarts[i + 1] : block.core.lowerBound
                let chain = left(start..<end)
                if !chain.isEmpty { chainStarts.append(chain.lowerBound) }
            }
            let core = left(block.core)
            return chainStarts.isEmpty && core.isEmpty ? nil : BlockProgram.Block(chainStarts: chainStarts, core: core)
        }
        return BlockProgram(
            cost: columns.map { program.cost[$0] }, quadratic: columns.map { program.quadratic[$0] },
            upper: columns.map { program.upper[$0] }, impliedUpper: columns.map { program.impliedUpper[$0] }, columnStarts: starts,
            rowIndices: rowIndices, values: values, rightHandSide: rows.map { program.rightHandSide[$0] - activity[$0] }, blocks: blocks,
            couplingRows: left(program.couplingRows))
    }

    /// Looks at rows until none takes a column out any more.
    private struct Search {
        let program: BlockProgram
        var isFree: [Bool]
        var values: [Double]
        /// Σ a x over the columns taken out, and Σ |a x|, shape [m].
        var activity: [Double]
        var size: [Double]
        var taken: [Taken] = []
        /// Entries by row.
        private var rowStarts: [Int]
        private var columnOf: [Int32]
        private var valueOf: [Double]
        private var queue: [Int]
        private var isQueued: [Bool]

        init(_ program: BlockProgram) {
            let n = program.columnCount, m = program.rowCount
            self.program = program
            isFree = [Bool](repeating: true, count: n)
            values = [Double](repeating: 0, count: n)
            activity = [Double](repeating: 0, count: m)
            size = program.rightHandSide.map(abs)
            queue = Array(0..<m)
            isQueued = [Bool](repeating: true, count: m)
            rowStarts = [Int](repeating: 0, count: m + 1)
            for row in program.rowIndices { rowStarts[Int(row) + 1] += 1 }
            for i in 0..<m { rowStarts[i + 1] += rowStarts[i] }
            var next = rowStarts
            columnOf = [Int32](repeating: 0, count: program.values.count)
            valueOf = [Double](repeating: 0, count: program.values.count)
            for j in 0..<n {
                for k in program.entries(of: j) {
                    let row = Int(program.rowIndices[k])
                    columnOf[next[row]] = Int32(j)
                    valueOf[next[row]] = program.values[k]
                    next[row] += 1
                }
            }
        }

        mutating func run() {
            for (j, value) in program.fixedColumns where isFree[j] { fix(j, at: value) }
            for j in 0..<program.columnCount where isFree[j] && program.upper[j] <= 0 { fix(j, at: 0) }
            var head = 0
            while head < queue.count {
                let row = queue[head]
                head += 1
                isQueued[row] = false
                look(at: row)
            }
            for j in 0..<program.columnCount where isFree[j] && !program.entries(of: j).contains(where: { program.values[$0] != 0 }) {
                isFree[j] = false
                guard program.cost[j] < 0 else { continue }
                let highest = min(program.upper[j], program.impliedUpper[j])
                values[j] = program.quadratic[j] > 0 ? min(highest, -program.cost[j] / program.quadratic[j]) : highest
            }
        }

        private mutating func look(at row: Int) {
            var least = 0.0, largest = 0.0, reachable = size[row], free = 0, last = 0
            for k in rowStarts[row]..<rowStarts[row + 1] where isFree[Int(columnOf[k])] && valueOf[k] != 0 {
                let reach = valueOf[k] * program.upper[Int(columnOf[k])]
                if reach < 0 { least += reach } else { largest += reach }
                if reach.isFinite { reachable += abs(reach) }
                free += 1
                last = k
            }
            guard free > 0 else { return }
            let target = program.rightHandSide[row] - activity[row]
            let tolerance = 1e-13 * reachable
            if least >= target - tolerance {
                force(row, .least)
            } else if largest <= target + tolerance {
                force(row, .largest)
            } else if free == 1 {
                let j = Int(columnOf[last])
                taken.append(Taken(row: row, how: .exact, columns: [j]))
                fix(j, at: min(max(target / valueOf[last], 0), program.upper[j]))
            }
        }

        private mutating func force(_ row: Int, _ how: Taken.How) {
            let entries = (rowStarts[row]..<rowStarts[row + 1]).filter { isFree[Int(columnOf[$0])] && valueOf[$0] != 0 }
            taken.append(Taken(row: row, how: how, columns: entries.map { Int(columnOf[$0]) }))
            for k in entries {
                let j = Int(columnOf[k])
                fix(j, at: (valueOf[k] < 0) == (how == .least) ? program.upper[j] : 0)
            }
        }

        private mutating func fix(_ j: Int, at value: Double) {
            isFree[j] = false
            values[j] = value
            for k in program.entries(of: j) {
                let row = Int(program.rowIndices[k])
                activity[row] += program.values[k] * value
                size[row] += abs(program.values[k] * value)
                if !isQueued[row] {
                    isQueued[row] = true
                    queue.append(row)
                }
            }
        }
    }
}

extension BlockProgram {
    /// Positions of a column's entries.
    func entries(of column: Int) -> Range<Int> { columnStarts[column]..<columnStarts[column + 1] }
}

extension Array where Element: Comparable {
    /// Number of elements below a value, in a rising array.
    func lowerBound(of value: Element) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
