/// The presolved program as the iterations work on it: coupling rows ordered, and all scaled by powers of two.
///
/// With R, C the row and column scales and β, κ the sizes of a typical x and cost,
///
///     x = β C x̂,   y = κ R ŷ,   Â = R A C,   b̂ = R b / β,   ĉ = C c / κ,   q̂ = C² q β / κ
///
/// so a scaled objective is the true one divided by κ β. Newton's method does not notice any of this; the regularisation and the starting
/// point do. Powers of two keep every digit.
final class WorkingProgram: Sendable {
    /// Number of columns, rows, rows that belong to blocks, and coupling rows.
    ///
    /// n is a multiple of four, for the vector loops: up to three columns that cost 1 and touch nothing fill it up.
    let n: Int
    let m: Int
    let blockRowCount: Int
    var couplingCount: Int { m - blockRowCount }
    /// Coupling rows that meet cores only come first; the others ("dense": they meet chains, or much of a core) follow.
    let sparseCouplingCount: Int
    /// The block rows' blocks, and where each row stands in them.
    let blocks: [BlockProgram.Block]
    let places: RowPlaces

    /// Column (the last ones, that fill up, left out) and row of the whole program, before presolve.
    let originalColumn: [Int]
    let originalRow: [Int]

    /// x = columnScale · x̂ and y = rowPriceScale · ŷ.
    let columnScale: [Double]
    let rowPriceScale: [Double]
    /// R / β: a scaled residual is this times the true one.
    let residualScale: [Double]
    /// κ β.
    let objectiveScale: Double

    let cost: Buffer<Double>
    let quadratic: Buffer<Double>
    let hasQuadratics: Bool
    /// û, infinite where there is none; and a finite stand-in for it.
    let upper: Buffer<Double>
    let reach: Buffer<Double>
    let rightHandSide: Buffer<Double>
    /// Â by columns.
    let columnStarts: Buffer<Int32>
    let rows: Buffer<Int32>
    let values: Buffer<Double>

    /// Where a column minimises slope x + ½ q x² − product (ln x + ln(reach − x)): its distances from 0 and from its reach.
    func centralPlace(_ j: Int, slope: Double, product: Double) -> (below: Double, above: Double) {
        let u = reach[j]
        let a = (slope + 0.5 * quadratic[j] * u) * u / product
        // The root in (0, 1) of a s² − (a + 2) s + 1 = 0, and one minus it, without cancellation.
        let root = (a * a + 4).squareRoot()
        return (u * 2 / (a + 2 + root), u * 2 / (2 - a + root))
    }

    /// - Parameter program: What presolve left.
    init(_ program: BlockProgram, _ presolve: Presolve) {
        let count = program.columnCount
        n = (count + 3) / 4 * 4
        m = program.rowCount
        blocks = program.blocks
        places = RowPlaces(program)
        let order = Self.orderRows(program, places)
        sparseCouplingCount = order.sparseCount
        blockRowCount = program.couplingRows.lowerBound
        originalColumn = presolve.columns
        originalRow = order.rows.map { presolve.rows[$0] }

        // A by columns, rows renumbered.
        var starts = [Int32](repeating: 0, count: n + 1)
        var entries = [(row: Int32, value: Double)]()
        for j in 0..<count {
            let first = entries.count
            for k in program.entries(of: j) { entries.append((Int32(order.back[Int(program.rowIndices[k])]), program.values[k])) }
            entries[first...].sort { $0.row < $1.row }
            starts[j + 1] = Int32(entries.count)
        }
        for j in count..<n { starts[j + 1] = Int32(entries.count) }

        let scales = Self.equilibrate(starts: starts, entries: entries, rowCount: m)
        var columnScale = scales.columns
        let rowScale = scales.rows

        // Typical size of x.
        var reachable = [Double](repeating: 0, count: n)
        for j in 0..<count { reachable[j] = min(program.upper[j], program.impliedUpper[j]) / columnScale[j] }
        Self.tighten(
            &reachable, isBounded: program.upper.map(\.isFinite), starts: starts, rows: entries.map(\.row),
            values: entries.map { $0.value * rowScale[Int($0.row)] }, columnScale: columnScale,
            sizes: (0..<m).map { abs(program.rightHandSide[order.rows[$0]]) * rowScale[$0] })
        let sortedReach = reachable.filter { $0 > 0 && $0.isFinite }.sorted()
        let beta = sortedReach.isEmpty ? 1 : Self.powerOfTwo(near: sortedReach[sortedReach.count / 2])
        for j in 0..<n { columnScale[j] *= beta }
        self.columnScale = columnScale

        reach = Buffer(count: n, of: 1)
        upper = Buffer(count: n, of: .infinity)
        for j in 0..<count {
            upper[j] = program.upper[j] / columnScale[j]
            reach[j] = reachable[j] > 0 ? reachable[j] / beta : 1
        }

        columnStarts = Buffer(starts)
        rows = Buffer(count: entries.count, of: 0)
        values = Buffer(count: entries.count, of: 0)
        for j in 0..<n {
            for k in Int(starts[j])..<Int(starts[j + 1]) {
                let row = Int(entries[k].row)
                rows[k] = entries[k].row
                values[k] = entries[k].value * rowScale[row] * (columnScale[j] / beta)
            }
        }

        // Typical size of a cost.
        var costSum = 0.0, costCount = 0.0
        for j in 0..<count where program.cost[j] != 0 {
            costSum += abs(program.cost[j]) * columnScale[j] / beta
            costCount += 1
        }
        let kappa = costCount > 0 ? Self.powerOfTwo(near: costSum / costCount) : 1
        objectiveScale = kappa * beta
        rowPriceScale = rowScale.map { $0 * kappa }
        residualScale = rowScale.map { $0 / beta }
        cost = Buffer(count: n, of: 1)
        quadratic = Buffer(count: n, of: 0)
        for j in 0..<count {
            cost[j] = program.cost[j] * columnScale[j] / objectiveScale
            quadratic[j] = program.quadratic[j] * columnScale[j] * columnScale[j] / objectiveScale
        }
        hasQuadratics = program.quadratic.contains { $0 > 0 }
        rightHandSide = Buffer(count: m, of: 0)
        for i in 0..<m { rightHandSide[i] = program.rightHandSide[order.rows[i]] * residualScale[i] }
    }

    /// The same program, scaled the same, without some coupling rows and the columns that are their unused parts.
    init(_ base: WorkingProgram, without leftOut: LeftOutLimits) {
        let keptColumns = base.originalColumn.indices.filter { !leftOut.isSlack[base.originalColumn[$0]] }
        let keptRows = base.originalRow.indices.filter { !leftOut.isRow[base.originalRow[$0]] }
        let n = (keptColumns.count + 3) / 4 * 4
        self.n = n
        m = keptRows.count
        blockRowCount = base.blockRowCount
        sparseCouplingCount = keptRows.lowerBound(of: base.blockRowCount + base.sparseCouplingCount) - base.blockRowCount
        blocks = base.blocks
        places = base.places
        originalColumn = keptColumns.map { base.originalColumn[$0] }
        originalRow = keptRows.map { base.originalRow[$0] }
        columnScale = keptColumns.map { base.columnScale[$0] } + [Double](repeating: 1, count: n - keptColumns.count)
        rowPriceScale = keptRows.map { base.rowPriceScale[$0] }
        residualScale = keptRows.map { base.residualScale[$0] }
        objectiveScale = base.objectiveScale
        hasQuadratics = base.hasQuadratics
        func kept(_ values: Buffer<Double>, filledWith filling: Double) -> Buffer<Double> {
            let result = Buffer(count: n, of: filling)
            for (j, old) in keptColumns.enumerated() { result[j] = values[old] }
            return result
        }
        cost = kept(base.cost, filledWith: 1)
        quadratic = kept(base.quadratic, filledWith: 0)
        upper = kept(base.upper, filledWith: .infinity)
        reach = kept(base.reach, filledWith: 1)
        rightHandSide = Buffer(count: m, of: 0)
        for (i, old) in keptRows.enumerated() { rightHandSide[i] = base.rightHandSide[old] }

        var place = [Int32](repeating: -1, count: base.m)
        for (i, old) in keptRows.enumerated() { place[old] = Int32(i) }
        columnStarts = Buffer(count: n + 1, of: 0)
        var count = 0
        for (j, old) in keptColumns.enumerated() {
            for k in Int(base.columnStarts[old])..<Int(base.columnStarts[old + 1]) where place[Int(base.rows[k])] >= 0 { count += 1 }
            columnStarts[j + 1] = Int32(count)
        }
        for j in keptColumns.count..<n { columnStarts[j + 1] = Int32(count) }
        rows = Buffer(count: count, of: 0)
        values = Buffer(count: count, of: 0)
        var next = 0
        for old in keptColumns {
            for k in Int(base.columnStarts[old])..<Int(base.columnStarts[old + 1]) where place[Int(base.rows[k])] >= 0 {
                rows[next] = place[Int(base.rows[k])]
                values[next] = base.values[k]
                next += 1
            }
        }
    }

    /// Block rows as they are, then the coupling rows that meet a few core rows only, then the dense ones.
    private static func orderRows(_ program: BlockProgram, _ places: RowPlaces) -> (rows: [Int], back: [Int], sparseCount: Int) {
        let firstCoupling = program.couplingRows.lowerBound
        var dense = [Bool](repeating: false, count: program.couplingRows.count)
        // Core rows of one block that a coupling row meets, counted block by block.
        var meetings = [Int](repeating: 0, count: dense.count), meetingBlock = [Int](repeating: -1, count: dense.count)
        for j in 0..<program.columnCount {
            var block = -1, meetsChain = false, coreRows = 0
            for k in program.entries(of: j) {
                let row = Int(program.rowIndices[k])
                if row < firstCoupling {
                    block = places.block[row]
                    if places.chain[row] >= 0 { meetsChain = true } else { coreRows += 1 }
                    continue
                }
                guard block >= 0 else { continue }
                let coupling = row - firstCoupling
                if meetsChain { dense[coupling] = true }
                if meetingBlock[coupling] != block {
                    meetingBlock[coupling] = block
                    meetings[coupling] = 0
                }
                meetings[coupling] += coreRows
                if meetings[coupling] > max(12, program.blocks[block].core.count / 5) { dense[coupling] = true }
            }
        }
        let sparse = dense.indices.filter { !dense[$0] }, rest = dense.indices.filter { dense[$0] }
        let rows = Array(0..<firstCoupling) + (sparse + rest).map { $0 + firstCoupling }
        var back = [Int](repeating: -1, count: program.rowCount)
        for (working, row) in rows.enumerated() { back[row] = working }
        return (rows, back, sparse.count)
    }

    /// Row and column scales, powers of two, that bring the largest entry of each row and column near 1 (Ruiz 2001, four sweeps).
    private static func equilibrate(
        starts: [Int32], entries: [(row: Int32, value: Double)], rowCount: Int
    ) -> (rows: [Double], columns: [Double]) {
        let n = starts.count - 1
        var rowScale = [Double](repeating: 1, count: rowCount), columnScale = [Double](repeating: 1, count: n)
        for _ in 0..<4 {
            var rowMax = [Double](repeating: 0, count: rowCount), columnMax = [Double](repeating: 0, count: n)
            for j in 0..<n {
                for k in Int(starts[j])..<Int(starts[j + 1]) {
                    let row = Int(entries[k].row), size = abs(entries[k].value) * rowScale[row] * columnScale[j]
                    rowMax[row] = max(rowMax[row], size)
                    columnMax[j] = max(columnMax[j], size)
                }
            }
            for i in 0..<rowCount where rowMax[i] > 0 { rowScale[i] /= rowMax[i].squareRoot() }
            for j in 0..<n where columnMax[j] > 0 { columnScale[j] /= columnMax[j].squareRoot() }
        }
        return (rowScale.map(powerOfTwo(near:)), columnScale.map(powerOfTwo(near:)))
    }

    /// Lowers the reach of columns without an upper bound to what the rows they touch suggest: a row's size is its right-hand side and what its
    /// bounded columns can move, and sizes spread from rows to columns and on to rows that have none yet. Columns of one sign share a row's size: were
    /// each given all of it, a site with sixty lanes would start with sixty times its flow. A guess, for starting points only.
    private static func tighten(
        _ reach: inout [Double], isBounded: [Bool], starts: [Int32], rows: [Int32], values: [Double], columnScale: [Double], sizes: [Double]
    ) {
        let n = isBounded.count
        var known = isBounded, size = sizes
        var sharing = (positive: [Double](repeating: 0, count: size.count), negative: [Double](repeating: 0, count: size.count))
        for j in 0..<n where !known[j] {
            for k in Int(starts[j])..<Int(starts[j + 1]) {
                if values[k] > 0 { sharing.positive[Int(rows[k])] += 1 } else { sharing.negative[Int(rows[k])] += 1 }
            }
        }
        for j in 0..<n where known[j] {
            for k in Int(starts[j])..<Int(starts[j + 1]) { size[Int(rows[k])] += abs(values[k]) * columnScale[j] * reach[j] }
        }
        for _ in 0..<8 {
            var spread = [Double](repeating: 0, count: size.count), changed = false
            for j in 0..<n where !known[j] {
                var smallest = Double.infinity
                for k in Int(starts[j])..<Int(starts[j + 1]) where size[Int(rows[k])] > 0 {
                    let row = Int(rows[k]), columns = values[k] > 0 ? sharing.positive[row] : sharing.negative[row]
                    smallest = min(smallest, size[row] / (abs(values[k]) * columnScale[j] * columns))
                }
                guard smallest.isFinite else { continue }
                known[j] = true
                changed = true
                reach[j] = min(reach[j], smallest)
                for k in Int(starts[j])..<Int(starts[j + 1]) { spread[Int(rows[k])] += abs(values[k]) * columnScale[j] * reach[j] }
            }
            guard changed else { break }
            for i in 0..<size.count where size[i] == 0 { size[i] = spread[i] }
        }
    }

    /// Â by rows.
    func byRows() -> (starts: Buffer<Int32>, columns: Buffer<Int32>, values: Buffer<Double>) {
        let rowStarts = Buffer<Int32>(count: m + 1, of: 0)
        for k in 0..<rows.count { rowStarts[Int(rows[k]) + 1] += 1 }
        for i in 0..<m { rowStarts[i + 1] += rowStarts[i] }
        var next = rowStarts.array()
        let columns = Buffer<Int32>(count: rows.count, of: 0), rowValues = Buffer<Double>(count: rows.count, of: 0)
        for j in 0..<n {
            for k in Int(columnStarts[j])..<Int(columnStarts[j + 1]) {
                let row = Int(rows[k]), place = Int(next[row])
                columns[place] = Int32(j)
                rowValues[place] = values[k]
                next[row] += 1
            }
        }
        return (rowStarts, columns, rowValues)
    }

    private static func powerOfTwo(near value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        // Exponents kept modest, so that products of scales stay finite.
        let exponent = max(-60, min(60, Int(value.exponent) + (value.significand >= 1.4142135623730951 ? 1 : 0)))
        return Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
