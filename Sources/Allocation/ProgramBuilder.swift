import InteriorPoint

/// What a column of the program decides. `a`, `b` and `lot` mean different things for each kind; see the cases.
struct ProgramColumn: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        /// a = position in `package.lineProducts`, lot.
        case make
        /// a = line.
        case overtime
        /// a = lane, b = product, lot.
        case move
        /// a = site, b = product, lot.
        case siteStock
        /// a = pair, b = segment, lot: a part of the stock between two break points of the band.
        case accountStock
        /// a = pair: how much the lowest part of the stock falls short of the band's minimum.
        case under
        /// a = pair, lot; only where a demand row exists.
        case serve
        /// a = pair.
        case lost
        /// a = pair.
        case backlog
        /// a = site (or account as −1 − account), b = product, lot: stock past its last day.
        case expire
        /// a = position among the materials in play: stock of a material kept for the next bucket.
        case materialStock
        /// a = account: its lost amount in the plan's measure.
        case accountLost
        /// a = account: its served amount in the plan's measure.
        case accountServed
        /// a = guarantee.
        case shortfall
        /// a = guarantee: served beyond the promise.
        case surplus
        /// a = row: unused part of a limit.
        case slack
        /// a = row: how far a limit or balance is broken; only in the program that asks whether any plan exists.
        case elastic
        /// a = resource in ``ResourceTable/keys``: what is added to it; only in the program that asks for relief.
        case relief
        /// a = site, b = product: stock added at the start; only in the program that asks for relief.
        case reliefStock
    }

    var kind: Kind
    var a: Int32
    var b: Int32 = 0
    var bucket: Int32 = 0
    var lot: Int32 = 0
}

/// Collects rows and columns in any order and puts them into the block form of ``BlockProgram``.
struct ProgramBuilder {
    /// Block of each row, −1 for coupling rows.
    private var rowBlock: [Int32] = []
    /// Chain of each row inside its block, −1 for core rows.
    private var rowChain: [Int32] = []
    private(set) var rightHandSide: [Double] = []
    private var blockCount = 0

    private(set) var columns: [ProgramColumn] = []
    private(set) var upper: [Double] = []
    private(set) var impliedUpper: [Double] = []
    private var columnStarts: [Int] = [0]
    private var entryRows: [Int32] = []
    private var entryValues: [Double] = []

    /// Starts the next block; rows of a block are added between two calls.
    mutating func beginBlock() -> Int {
        blockCount += 1
        return blockCount - 1
    }

    mutating func addCoreRow(block: Int, rightHandSide b: Double = 0) -> Int { addRow(Int32(block), -1, b) }
    /// Rows of one chain are added one after the other, chains in rising order.
    mutating func addChainRow(block: Int, chain: Int, rightHandSide b: Double = 0) -> Int { addRow(Int32(block), Int32(chain), b) }
    mutating func addCouplingRow(rightHandSide b: Double) -> Int { addRow(-1, -1, b) }

    private mutating func addRow(_ block: Int32, _ chain: Int32, _ b: Double) -> Int {
        rowBlock.append(block)
        rowChain.append(chain)
        rightHandSide.append(b)
        return rightHandSide.count - 1
    }

    mutating func addToRightHandSide(_ row: Int, _ value: Double) { rightHandSide[row] += value }

    /// Opens a column; its entries follow by ``entry(_:_:)``.
    mutating func beginColumn(_ column: ProgramColumn, upper u: Double = .infinity, impliedUpper implied: Double) {
        columns.append(column)
        upper.append(u)
        impliedUpper.append(Swift.min(u, implied))
        columnStarts.append(entryRows.count)
    }

    /// Adds an entry to the column opened last. A row may come once; zero values are left out.
    mutating func entry(_ row: Int, _ value: Double) {
        guard row >= 0, value != 0 else { return }
        entryRows.append(Int32(row))
        entryValues.append(value)
        columnStarts[columnStarts.count - 1] = entryRows.count
    }

    /// The finished matrix in block order, with the place every row went to.
    func finish() -> (program: BlockProgram, position: [Int]) {
        let m = rightHandSide.count
        // Stable counting order: block by block, chains before the core, coupling rows last.
        var order: [Int] = []
        order.reserveCapacity(m)
        var byBlock = [[Int]](repeating: [], count: blockCount)
        var coupling: [Int] = []
        for row in 0..<m {
            if rowBlock[row] < 0 { coupling.append(row) } else { byBlock[Int(rowBlock[row])].append(row) }
        }
        var blocks: [BlockProgram.Block] = []
        for rows in byBlock {
            var chainStarts: [Int] = []
            var last: Int32 = -1
            for row in rows where rowChain[row] >= 0 {
                if rowChain[row] != last {
                    chainStarts.append(order.count)
                    last = rowChain[row]
                }
                order.append(row)
            }
            let coreStart = order.count
            for row in rows where rowChain[row] < 0 { order.append(row) }
            blocks.append(BlockProgram.Block(chainStarts: chainStarts, core: coreStart..<order.count))
        }
        let couplingStart = order.count
        order.append(contentsOf: coupling)
        var position = [Int](repeating: 0, count: m)
        for (new, old) in order.enumerated() { position[old] = new }

        let n = columns.count
        var rows = [Int32](repeating: 0, count: entryRows.count)
        var values = [Double](repeating: 0, count: entryRows.count)
        var scratch: [(Int32, Double)] = []
        for column in 0..<n {
            let range = columnStarts[column]..<columnStarts[column + 1]
            scratch.removeAll(keepingCapacity: true)
            for k in range { scratch.append((Int32(position[Int(entryRows[k])]), entryValues[k])) }
            scratch.sort { $0.0 < $1.0 }
            for (offset, k) in range.enumerated() { (rows[k], values[k]) = scratch[offset] }
        }
        let program = BlockProgram(
            cost: [Double](repeating: 0, count: n), quadratic: [Double](repeating: 0, count: n), upper: upper, impliedUpper: impliedUpper,
            columnStarts: columnStarts, rowIndices: rows, values: values, rightHandSide: order.map { rightHandSide[$0] }, blocks: blocks,
            couplingRows: couplingStart..<m)
        return (program, position)
    }
}
