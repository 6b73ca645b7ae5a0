import DenseLinearAlgebra

/// Puts the parts of a `NormalPattern` together.
struct PatternBuilder {
    private let working: WorkingProgram
    private let threads: Int

    private(set) var chains: [NormalPattern.Chain] = []
    private(set) var blocks: [NormalPattern.Block] = []
    /// The pairs of each block and what its entries' numbers start from, and those of coupling × coupling.
    private(set) var pairs: [(first: Int, pairs: [PatternPair])] = []
    private(set) var entryCount = 0
    private(set) var bandSize = 0
    private(set) var firstCouplingEntry = 0
    private(set) var couplingStarts: [Int32] = []
    private(set) var couplingColumns: [Int32] = []
    private var couplingOrder: Int { working.couplingCount }

    init(_ working: WorkingProgram, threads: Int) {
        self.working = working
        self.threads = threads
    }

    mutating func build() {
        // Columns by block (the last list: by none), each list by chain, in the order of the program.
        let count = working.blocks.count
        var columnsOfBlock = [[Int]](repeating: [], count: count + 1)
        var columnsOfChain = working.blocks.map { [[Int]](repeating: [], count: $0.chainStarts.count) }
        for j in 0..<working.n {
            var block = count, chain = -1
            for k in working.columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                block = working.places.block[row]
                if working.places.chain[row] >= 0 { chain = working.places.chain[row] }
            }
            columnsOfBlock[block].append(j)
            if chain >= 0 { columnsOfChain[block][chain].append(j) }
        }
        var firstChain = 0
        let parts = working.blocks.indices.map { b in
            defer { firstChain += working.blocks[b].chainStarts.count }
            return BlockPatternBuilder(
                working, block: b, firstChain: firstChain, columns: columnsOfBlock[b], columnsOfChain: columnsOfChain[b])
        }
        parallelFor(count, threads: threads) { parts[$0].build() }
        var couplingPairs: [CouplingPair] = []
        couplingPairs.reserveCapacity(parts.reduce(0) { $0 + $1.couplingPairs.count })
        for part in parts {
            add(part)
            couplingPairs += part.takeCouplingPairs()
        }
        for j in columnsOfBlock[count] { working.addCouplingPairs(of: j, to: &couplingPairs) }
        numberCouplingEntries(couplingPairs)
    }

    /// Numbers a block's entries and bands on from those before.
    private mutating func add(_ part: BlockPatternBuilder) {
        guard var block = part.block else { return }
        let first = Int32(entryCount)
        for var chain in part.chains {
            chain.firstBandEntry += entryCount
            chain.firstTouchEntry += entryCount
            chain.bandOffset += bandSize
            chains.append(chain)
        }
        block.firstCoreEntry += entryCount
        block.firstDenseEntry += entryCount
        for i in block.sparseEntries.indices { block.sparseEntries[i] += first }
        for i in block.segments.indices { block.segments[i].firstEntry += entryCount }
        blocks.append(block)
        pairs.append((entryCount, part.pairs))
        entryCount += part.entryCount
        bandSize += part.bandSize
    }

    // MARK: Coupling × coupling

    private mutating func numberCouplingEntries(_ couplingPairs: [CouplingPair]) {
        firstCouplingEntry = entryCount
        var couplingProducts: [PatternPair] = []
        couplingProducts.reserveCapacity(couplingPairs.count)
        // By row, then column, both kept in the order found: two counting sorts.
        let byColumn = counted(couplingPairs.indices.map { Int32($0) }) { working.couplingPlace(Int(couplingPairs[Int($0)].upper)) }
        let order = counted(byColumn) { working.couplingPlace(Int(couplingPairs[Int($0)].lower)) }
        couplingStarts = [Int32](repeating: 0, count: couplingOrder + 1)
        var last = (row: -1, column: -1)
        for index in order {
            let pair = couplingPairs[Int(index)]
            let row = working.couplingPlace(Int(pair.lower)), column = working.couplingPlace(Int(pair.upper))
            if last != (row, column) {
                last = (row, column)
                couplingColumns.append(Int32(column))
                couplingStarts[row + 1] += 1
                entryCount += 1
            }
            couplingProducts.append(
                PatternPair(
                    entry: Int32(entryCount - 1), weight: pair.column,
                    product: working.values[Int(pair.lower)] * working.values[Int(pair.upper)]))
        }
        for r in 0..<couplingOrder { couplingStarts[r + 1] += couplingStarts[r] }
        pairs.append((0, couplingProducts))
    }

    /// Numbers sorted by a key below the coupling order; those with the same key keep their order.
    private func counted(_ numbers: [Int32], by key: (Int32) -> Int) -> [Int32] {
        var next = [Int](repeating: 0, count: couplingOrder + 1)
        for number in numbers { next[key(number) + 1] += 1 }
        for k in 0..<couplingOrder { next[k + 1] += next[k] }
        var result = numbers
        for number in numbers {
            let k = key(number)
            result[next[k]] = number
            next[k] += 1
        }
        return result
    }
}

extension WorkingProgram {
    /// Positions of a column's entries.
    func columnRange(_ j: Int) -> Range<Int> { Int(columnStarts[j])..<Int(columnStarts[j + 1]) }

    /// Positions of a column's entries in coupling rows: the last ones.
    func meetings(of j: Int) -> Range<Int> {
        let all = columnRange(j)
        var first = all.upperBound
        while first > all.lowerBound, Int(rows[first - 1]) >= blockRowCount { first -= 1 }
        return first..<all.upperBound
    }

    /// Place in S of an entry in a coupling row.
    func couplingPlace(_ k: Int) -> Int { Int(rows[k]) - blockRowCount }

    /// Adds a column's products in coupling × coupling.
    func addCouplingPairs(of j: Int, to pairs: inout [CouplingPair]) {
        let all = meetings(of: j)
        for lower in all { for upper in all.lowerBound...lower { pairs.append((Int32(upper), Int32(lower), Int32(j))) } }
    }
}
