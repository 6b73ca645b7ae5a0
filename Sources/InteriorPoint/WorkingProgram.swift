/// The program the iterations work on: columns that cannot move taken out, unused coupling rows dropped, coupling rows ordered, and all scaled by
/// powers of two.
///
/// With R, C the row and column scales and β, κ the sizes of a typical x and cost,
///
///     x = β C x̂,   y = κ R ŷ,   Â = R A C,   b̂ = R b / β,   ĉ = C c / κ,   q̂ = C² q β / κ,   ĥ = τ (β C)² h,   r̂ = τ r,   λ = κ β τ λ̂
///
/// so a scaled objective is the true one divided by κ β. Newton's method does not notice any of this; the regularisation and the starting
/// point do. Powers of two keep every digit.
final class WorkingProgram: Sendable {
    struct Limit: Sendable {
        /// Working columns and ĥ.
        var columns: [Int]
        var curvature: [Double]
        /// r̂.
        var limit: Double
        /// λ = priceScale · λ̂.
        var priceScale: Double
        /// Whether the limit is far beyond anything the columns can reach.
        var isIdle: Bool
    }

    /// Number of columns, rows (limits not counted), rows that belong to blocks, and coupling rows.
    ///
    /// n is a multiple of four, for the vector loops: up to three columns that cost 1 and touch nothing fill it up.
    let n: Int
    let m: Int
    let blockRowCount: Int
    var couplingCount: Int { m - blockRowCount }
    /// Coupling rows that meet cores only come first; the others ("dense": they meet chains, or much of a core) follow.
    let sparseCouplingCount: Int

    /// Original column of each working column (the last ones, that fill up, left out), and the columns taken out.
    let originalColumn: [Int]
    let forcing: ForcingRows
    /// Original row of each working row, and back (−1: dropped).
    let originalRow: [Int]
    let workingRow: [Int]
    private let isRowUsed: [Bool]
    /// R, and β.
    private let rowScale: [Double]
    private let beta: Double

    /// x = columnScale · x̂ and y = rowPriceScale · ŷ.
    let columnScale: [Double]
    let rowPriceScale: [Double]
    /// R / β: a scaled residual is this times the true one.
    let residualScale: [Double]
    /// κ β.
    let objectiveScale: Double

    let cost: Buffer<Double>
    let quadratic: Buffer<Double>
    /// û, infinite where there is none; and a finite stand-in for it.
    let upper: Buffer<Double>
    let reach: Buffer<Double>
    let rightHandSide: Buffer<Double>
    /// Â by columns and by rows.
    let columnStarts: Buffer<Int32>
    let rows: Buffer<Int32>
    let values: Buffer<Double>
    let rowStarts: Buffer<Int32>
    let columns: Buffer<Int32>
    let rowValues: Buffer<Double>
    let limits: [Limit]
    let hasQuadratics: Bool
    /// Limits and rows in force or not, and the columns that only touch rows not in force.
    let activeLimits: [Int]
    let idleRows: [Int]
    let idleColumns: [Int]

    init(_ program: BlockProgram) {
        let forcing = ForcingRows(program)
        self.forcing = forcing
        let kept = forcing.kept
        originalColumn = kept
        n = (kept.count + 3) / 4 * 4

        let order = Self.orderRows(program, columns: kept)
        originalRow = order.rows
        workingRow = order.back
        sparseCouplingCount = order.sparseCount
        blockRowCount = program.couplingRows.lowerBound
        m = originalRow.count

        // A by columns, rows renumbered.
        var starts = [Int32](repeating: 0, count: n + 1)
        var entries = [(row: Int32, value: Double)]()
        for (j, original) in kept.enumerated() {
            let first = entries.count
            for k in program.columnStarts[original]..<program.columnStarts[original + 1] where program.values[k] != 0 {
                entries.append((Int32(order.back[Int(program.rowIndices[k])]), program.values[k]))
            }
            entries[first...].sort { $0.row < $1.row }
            starts[j + 1] = Int32(entries.count)
        }
        for j in kept.count..<n { starts[j + 1] = Int32(entries.count) }

        let scales = Self.equilibrate(starts: starts, entries: entries, rowCount: m)
        var columnScale = scales.columns
        let rowScale = scales.rows

        // Typical sizes of x and of a cost.
        var reachable = [Double](repeating: 0, count: n)
        for (j, original) in kept.enumerated() {
            reachable[j] = min(program.upper[original], program.impliedUpper[original]) / columnScale[j]
        }
        Self.tighten(
            &reachable, isBounded: kept.map { program.upper[$0].isFinite }, starts: starts, rows: entries.map(\.row),
            values: entries.map { abs($0.value) * rowScale[Int($0.row)] }, columnScale: columnScale,
            sizes: (0..<m).map { abs(program.rightHandSide[order.rows[$0]] - forcing.activity[order.rows[$0]]) * rowScale[$0] })
        let sortedReach = reachable.filter { $0 > 0 && $0.isFinite }.sorted()
        let beta = sortedReach.isEmpty ? 1 : Self.powerOfTwo(near: sortedReach[sortedReach.count / 2])
        for j in 0..<n { columnScale[j] *= beta }
        self.columnScale = columnScale
        self.beta = beta
        self.rowScale = rowScale

        reach = Buffer(count: n, of: 1)
        upper = Buffer(count: n, of: .infinity)
        for (j, original) in kept.enumerated() {
            upper[j] = program.upper[original] / columnScale[j]
            reach[j] = reachable[j] > 0 ? reachable[j] / beta : 1
        }
        var touched = [Bool](repeating: false, count: m)
        for entry in entries { touched[Int(entry.row)] = true }
        // A block row without columns cannot be met or missed by any x; it is left out of the iterations and judged at the end.
        isRowUsed = touched

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
        (rowStarts, columns, rowValues) = Self.transpose(n: n, m: m, starts: columnStarts, rows: rows, values: values)

        let numbers = Numbers(
            program, n: n, originalColumn: kept, originalRow: originalRow, columnScale: columnScale, rowScale: rowScale,
            beta: beta, isRowUsed: touched, fixedActivity: forcing.activity)
        (cost, quadratic, rightHandSide) = (numbers.cost, numbers.quadratic, numbers.rightHandSide)
        (objectiveScale, rowPriceScale, residualScale) = (numbers.objectiveScale, numbers.rowPriceScale, numbers.residualScale)
        (limits, hasQuadratics) = (numbers.limits, numbers.hasQuadratics)
        activeLimits = limits.indices.filter { !numbers.limits[$0].isIdle }
        (idleRows, idleColumns) = Self.idle(program, order.back, starts: columnStarts, rows: rows, rowStarts: rowStarts, columns: columns)
    }

    /// The same rows, columns and scales with another objective, other right-hand sides and other sizes of limits.
    init(_ program: BlockProgram, reusing other: WorkingProgram) {
        (n, m, blockRowCount, sparseCouplingCount) = (other.n, other.m, other.blockRowCount, other.sparseCouplingCount)
        (originalColumn, forcing) = (other.originalColumn, other.forcing)
        (originalRow, workingRow, isRowUsed) = (other.originalRow, other.workingRow, other.isRowUsed)
        (columnScale, rowScale, beta, upper, reach) = (other.columnScale, other.rowScale, other.beta, other.upper, other.reach)
        (columnStarts, rows, values) = (other.columnStarts, other.rows, other.values)
        (rowStarts, columns, rowValues) = (other.rowStarts, other.columns, other.rowValues)
        let numbers = Numbers(
            program, n: n, originalColumn: originalColumn, originalRow: originalRow, columnScale: columnScale,
            rowScale: rowScale, beta: beta, isRowUsed: isRowUsed, fixedActivity: forcing.activity)
        (cost, quadratic, rightHandSide) = (numbers.cost, numbers.quadratic, numbers.rightHandSide)
        (objectiveScale, rowPriceScale, residualScale) = (numbers.objectiveScale, numbers.rowPriceScale, numbers.residualScale)
        (limits, hasQuadratics) = (numbers.limits, numbers.hasQuadratics)
        activeLimits = limits.indices.filter { !numbers.limits[$0].isIdle }
        (idleRows, idleColumns) = Self.idle(
            program, workingRow, starts: columnStarts, rows: rows, rowStarts: rowStarts, columns: columns)
    }

    private static func idle(
        _ program: BlockProgram, _ workingRow: [Int], starts: Buffer<Int32>, rows: Buffer<Int32>, rowStarts: Buffer<Int32>,
        columns: Buffer<Int32>
    ) -> (rows: [Int], columns: [Int]) {
        let idle = program.idleRows.map { workingRow[$0] }.filter { $0 >= 0 }.sorted()
        var alone: Set<Int> = []
        for i in idle {
            for k in Int(rowStarts[i])..<Int(rowStarts[i + 1]) {
                let j = Int(columns[k])
                if (Int(starts[j])..<Int(starts[j + 1])).allSatisfy({ idle.position(of: Int(rows[$0])) != nil }) { alone.insert(j) }
            }
        }
        return (idle, alone.sorted())
    }

    /// What of a working program depends on the objective, the right-hand sides and the sizes of the limits.
    private struct Numbers {
        let cost: Buffer<Double>
        let quadratic: Buffer<Double>
        let rightHandSide: Buffer<Double>
        let objectiveScale: Double
        let rowPriceScale: [Double]
        let residualScale: [Double]
        let limits: [Limit]
        let hasQuadratics: Bool

        init(
            _ program: BlockProgram, n: Int, originalColumn: [Int], originalRow: [Int], columnScale: [Double], rowScale: [Double],
            beta: Double, isRowUsed: [Bool], fixedActivity: [Double]
        ) {
            // Typical size of a cost.
            var costSum = 0.0, costCount = 0.0
            for (j, original) in originalColumn.enumerated() where program.cost[original] != 0 {
                costSum += abs(program.cost[original]) * columnScale[j] / beta
                costCount += 1
            }
            let kappa = costCount > 0 ? WorkingProgram.powerOfTwo(near: costSum / costCount) : 1
            objectiveScale = kappa * beta
            rowPriceScale = rowScale.map { $0 * kappa }
            residualScale = rowScale.map { $0 / beta }
            cost = Buffer(count: n, of: 1)
            quadratic = Buffer(count: n, of: 0)
            var anyQuadratic = false
            for (j, original) in originalColumn.enumerated() {
                let scale = columnScale[j]
                cost[j] = program.cost[original] * scale / objectiveScale
                quadratic[j] = program.quadratic[original] * scale * scale / objectiveScale
                anyQuadratic = anyQuadratic || quadratic[j] > 0
            }
            rightHandSide = Buffer(count: originalRow.count, of: 0)
            for i in originalRow.indices where isRowUsed[i] {
                rightHandSide[i] = (program.rightHandSide[originalRow[i]] - fixedActivity[originalRow[i]]) * rowScale[i] / beta
            }
            var workingColumn = [Int](repeating: -1, count: program.columnCount)
            for (j, original) in originalColumn.enumerated() { workingColumn[original] = j }
            let scale = kappa * beta
            limits = program.quadraticLimits.map { limit in
                var columns = [Int](), curvature = [Double]()
                for (original, h) in zip(limit.columns, limit.curvature) where workingColumn[original] >= 0 {
                    let j = workingColumn[original]
                    columns.append(j)
                    curvature.append(h * columnScale[j] * columnScale[j])
                }
                let size = curvature.max() ?? 1
                let tau = size > 0 ? 1 / WorkingProgram.powerOfTwo(near: size) : 1
                return Limit(
                    columns: columns, curvature: curvature.map { $0 * tau }, limit: limit.limit * tau,
                    priceScale: scale * tau, isIdle: limit.isIdle)
            }
            hasQuadratics = anyQuadratic || program.quadraticLimits.contains { !$0.isIdle }
        }
    }

    /// Block rows as they are, then the coupling rows some column touches: those that meet a few core rows only, then the dense ones.
    private static func orderRows(_ program: BlockProgram, columns: [Int]) -> (rows: [Int], back: [Int], sparseCount: Int) {
        let places = RowPlaces(program)
        let firstCoupling = program.couplingRows.lowerBound
        var used = [Bool](repeating: false, count: program.couplingRows.count), dense = used
        // Core rows of one block that a coupling row meets, counted block by block.
        var meetings = [Int](repeating: 0, count: used.count), meetingBlock = [Int](repeating: -1, count: used.count)
        for j in columns {
            var block = -1, meetsChain = false, coreRows = 0
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] where program.values[k] != 0 {
                let row = Int(program.rowIndices[k])
                if row < firstCoupling {
                    block = places.block[row]
                    if places.chain[row] >= 0 { meetsChain = true } else { coreRows += 1 }
                    continue
                }
                let coupling = row - firstCoupling
                used[coupling] = true
                guard block >= 0 else { continue }
                if meetsChain { dense[coupling] = true }
                if meetingBlock[coupling] != block {
                    meetingBlock[coupling] = block
                    meetings[coupling] = 0
                }
                meetings[coupling] += coreRows
                if meetings[coupling] > max(12, program.blocks[block].core.count / 5) { dense[coupling] = true }
            }
        }
        let sparse = (0..<used.count).filter { used[$0] && !dense[$0] }
        let denseRows = (0..<used.count).filter { used[$0] && dense[$0] }
        let rows = Array(0..<firstCoupling) + sparse.map { $0 + firstCoupling } + denseRows.map { $0 + firstCoupling }
        var back = [Int](repeating: -1, count: program.rowCount)
        for (working, original) in rows.enumerated() { back[original] = working }
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
    /// bounded columns can move, and sizes spread from rows to columns and on to rows that have none yet. A guess, for starting points only.
    private static func tighten(
        _ reach: inout [Double], isBounded: [Bool], starts: [Int32], rows: [Int32], values: [Double], columnScale: [Double], sizes: [Double]
    ) {
        let n = isBounded.count
        var known = isBounded, size = sizes
        for j in 0..<n where known[j] {
            for k in Int(starts[j])..<Int(starts[j + 1]) { size[Int(rows[k])] += values[k] * columnScale[j] * reach[j] }
        }
        for _ in 0..<8 {
            var spread = [Double](repeating: 0, count: size.count), changed = false
            for j in 0..<n where !known[j] {
                var smallest = Double.infinity
                for k in Int(starts[j])..<Int(starts[j + 1]) where size[Int(rows[k])] > 0 {
                    smallest = min(smallest, size[Int(rows[k])] / (values[k] * columnScale[j]))
                }
                guard smallest.isFinite else { continue }
                known[j] = true
                changed = true
                reach[j] = min(reach[j], smallest)
                for k in Int(starts[j])..<Int(starts[j + 1]) { spread[Int(rows[k])] += values[k] * columnScale[j] * reach[j] }
            }
            guard changed else { break }
            for i in 0..<size.count where size[i] == 0 { size[i] = spread[i] }
        }
    }

    private static func transpose(
        n: Int, m: Int, starts: Buffer<Int32>, rows: Buffer<Int32>, values: Buffer<Double>
    ) -> (Buffer<Int32>, Buffer<Int32>, Buffer<Double>) {
        let rowStarts = Buffer<Int32>(count: m + 1, of: 0)
        for k in 0..<rows.count { rowStarts[Int(rows[k]) + 1] += 1 }
        for i in 0..<m { rowStarts[i + 1] += rowStarts[i] }
        var next = rowStarts.array()
        let columns = Buffer<Int32>(count: rows.count, of: 0), rowValues = Buffer<Double>(count: rows.count, of: 0)
        for j in 0..<n {
            for k in Int(starts[j])..<Int(starts[j + 1]) {
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

extension [Int] {
    /// Position in a rising array, or nil.
    fileprivate func position(of value: Int) -> Int? {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == value ? low : nil
    }
}
