/// One product of two entries of a column: where it belongs among the entries of M, and the column that weighs it.
struct PatternPair {
    var entry: Int32
    var weight: Int32
    var product: Double
}

/// A product of two of a column's entries in coupling rows: their positions in the matrix, that of the lower row last, and the column.
typealias CouplingPair = (upper: Int32, lower: Int32, column: Int32)

/// Finds the parts of a `NormalPattern` that belong to one block, its entries and bands numbered from 0. Blocks are found by several threads at once.
final class BlockPatternBuilder {
    private let working: WorkingProgram
    private let places: RowPlaces
    private let couplingOrder: Int
    private let b: Int
    private let firstChain: Int
    /// Its columns, and those of each of its chains, in the order of the program.
    private let columns: [Int]
    private let columnsOfChain: [[Int]]

    private(set) var chains: [NormalPattern.Chain] = []
    private(set) var block: NormalPattern.Block?
    private(set) var pairs: [PatternPair] = []
    private(set) var couplingPairs: [CouplingPair] = []
    private(set) var entryCount = 0
    private(set) var bandSize = 0

    init(_ working: WorkingProgram, block b: Int, firstChain: Int, columns: [Int], columnsOfChain: [[Int]]) {
        self.working = working
        places = working.places
        couplingOrder = working.couplingCount
        self.b = b
        self.firstChain = firstChain
        self.columns = columns
        self.columnsOfChain = columnsOfChain
    }

    private func addPair(_ entry: Int, _ j: Int, _ product: Double) {
        pairs.append(PatternPair(entry: Int32(entry), weight: Int32(j), product: product))
    }

    // MARK: One block

    func build() {
        let core = working.blocks[b].core
        let order = core.count
        let isLarge = order > largeOrder
        var denseRows = couplingRows { isLarge || $0 >= working.sparseCouplingCount }
        var stretches = stretches(metBy: denseRows)
        if isLarge {
            func firstNode(_ i: Int) -> Int { stretches[i].first?.lowerBound ?? 0 }
            let byFirstNode = denseRows.indices.sorted { (firstNode($0), denseRows[$0]) < (firstNode($1), denseRows[$1]) }
            denseRows = byFirstNode.map { denseRows[$0] }
            stretches = byFirstNode.map { stretches[$0] }
        }
        // −1: not dense here.
        var denseIndex = [Int](repeating: -1, count: couplingOrder)
        for (d, row) in denseRows.enumerated() { denseIndex[Int(row)] = d }

        let groups = Self.groups(stretches)
        var groupOfRow = [Int](repeating: 0, count: denseRows.count)
        for (g, group) in groups.enumerated() { for i in group.rows { groupOfRow[i] = g } }
        func densePlace(_ row: Int, _ node: Int) -> Int32 {
            guard let place = groups[groupOfRow[row]].place(row: row, node: node) else {
                preconditionFailure("dense row \(denseRows[row]) meets node \(node) outside its stretches")
            }
            return Int32(place)
        }

        for c in columnsOfChain.indices {
            buildChain(c, order: order, denseIndex: denseIndex, densePlace: densePlace)
        }

        // Core × core, and core × dense.
        let firstCoreEntry = entryCount
        var coreEntry = [Int32](repeating: -1, count: order * order)
        forEachCoreEntry { i, _, rest, _ in
            for k in rest { coreEntry[i * order + places.place[Int(working.rows[k])]] = 0 }
        }
        var corePlaces = [Int32]()
        for place in 0..<(order * order) where coreEntry[place] >= 0 {
            coreEntry[place] = Int32(entryCount)
            corePlaces.append(Int32(place))
            entryCount += 1
        }

        // Core × sparse: keys (row, node), laid out in diagonal stretches.
        var keys: [UInt64] = [], denseKeys: [UInt64] = []
        forEachCoreEntry { i, _, _, j in
            for k in working.meetings(of: j) {
                let d = denseIndex[working.couplingPlace(k)]
                if d >= 0 {
                    denseKeys.append(UInt64(d * order + i))
                } else {
                    keys.append(UInt64(working.couplingPlace(k)) << 32 | UInt64(i))
                }
            }
        }
        let sparse = layOutSparse(keys.sortedAndUnique())
        let firstDenseEntry = entryCount
        denseKeys = denseKeys.sortedAndUnique()
        let densePlaces = denseKeys.map { densePlace(Int($0) / order, Int($0) % order) }
        entryCount += denseKeys.count

        forEachCoreEntry { i, value, rest, j in
            for k in rest { addPair(Int(coreEntry[i * order + places.place[Int(working.rows[k])]]), j, value * working.values[k]) }
            for k in working.meetings(of: j) {
                let d = denseIndex[working.couplingPlace(k)]
                let entry =
                    d >= 0
                    ? firstDenseEntry + denseKeys.lowerBound(of: UInt64(d * order + i))
                    : Int(sparse.entries[sparse.keys.lowerBound(of: UInt64(working.couplingPlace(k)) << 32 | UInt64(i))])
                addPair(entry, j, value * working.values[k])
            }
        }
        for j in columns { working.addCouplingPairs(of: j, to: &couplingPairs) }

        block = NormalPattern.Block(
            chains: firstChain..<(firstChain + columnsOfChain.count), firstCoreRow: core.lowerBound, coreOrder: order, isLarge: isLarge,
            denseRows: denseRows, denseGroups: groups, denseRuns: Self.runs(of: denseRows),
            denseByRow: denseRows.indices.sorted { denseRows[$0] < denseRows[$1] }.map { Int32($0) },
            sparseRows: sparse.rows, sparseStarts: sparse.starts, sparseNodes: sparse.nodes, sparseEntries: sparse.entries,
            segments: sparse.segments, firstCoreEntry: firstCoreEntry, corePlaces: corePlaces, firstDenseEntry: firstDenseEntry,
            denseSize: groups.last.map { $0.firstPlace + $0.rows.count * $0.width } ?? 0, densePlaces: densePlaces)
    }

    /// Stretches of core nodes that coupling rows meet, in their columns or through the chains they belong to; by position in the rows given.
    private func stretches(metBy wanted: [Int32]) -> [[Range<Int>]] {
        let order = working.blocks[b].core.count, chainCount = working.blocks[b].chainStarts.count
        var index = [Int](repeating: -1, count: couplingOrder)
        for (i, row) in wanted.enumerated() { index[Int(row)] = i }
        // Sets of nodes as bits.
        let width = (order + 63) / 64
        var nodesOfRow = [UInt64](repeating: 0, count: wanted.count * width)
        var nodesOfChain = [UInt64](repeating: 0, count: chainCount * width)
        var rowsOfChain = [[Int]](repeating: [], count: chainCount)
        var nodes: [Int] = []
        for j in columns {
            var chain = -1
            nodes.removeAll(keepingCapacity: true)
            for k in working.columnRange(j) {
                let row = Int(working.rows[k])
                if row >= working.blockRowCount {
                    let i = index[row - working.blockRowCount]
                    guard i >= 0 else { continue }
                    for node in nodes { nodesOfRow[i * width + node >> 6] |= 1 << UInt64(node & 63) }
                    if chain >= 0 { rowsOfChain[chain].append(i) }
                } else if places.chain[row] >= 0 {
                    chain = places.chain[row]
                } else {
                    nodes.append(places.place[row])
                }
            }
            if chain >= 0 { for node in nodes { nodesOfChain[chain * width + node >> 6] |= 1 << UInt64(node & 63) } }
        }
        for chain in 0..<chainCount {
            for i in rowsOfChain[chain].sortedAndUnique() {
                for k in 0..<width { nodesOfRow[i * width + k] |= nodesOfChain[chain * width + k] }
            }
        }
        return wanted.indices.map { i in
            var stretches: [Range<Int>] = []
            for node in 0..<order where nodesOfRow[i * width + node >> 6] & 1 << UInt64(node & 63) != 0 {
                if let last = stretches.last, node - last.upperBound < smallestGap {
                    stretches[stretches.count - 1] = last.lowerBound..<(node + 1)
                } else {
                    stretches.append(node..<(node + 1))
                }
            }
            return stretches
        }
    }

    private static func runs(of rows: [Int32]) -> [(first: Int, row: Int, count: Int)] {
        var runs: [(first: Int, row: Int, count: Int)] = []
        for (i, row) in rows.enumerated() {
            if let last = runs.last, Int(row) == last.row + last.count {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((i, Int(row), 1))
            }
        }
        return runs
    }

    /// Neighbouring rows that meet the same stretches.
    private static func groups(_ stretches: [[Range<Int>]]) -> [NormalPattern.DenseGroup] {
        var groups: [NormalPattern.DenseGroup] = []
        for (i, own) in stretches.enumerated() {
            if let last = groups.last, last.stretches == own {
                groups[groups.count - 1].rows = last.rows.lowerBound..<(i + 1)
            } else {
                var places = [0]
                for stretch in own { places.append(places[places.count - 1] + stretch.count) }
                groups.append(
                    NormalPattern.DenseGroup(
                        rows: i..<(i + 1), stretches: own, firstPlace: groups.last.map { $0.firstPlace + $0.rows.count * $0.width } ?? 0,
                        stretchPlaces: places.dropLast()))
            }
        }
        return groups
    }

    /// Nodes not met that are worth a stretch of its own.
    private let smallestGap = 12

    /// Calls body(node, value, entries of the same column at nodes up to this one, column) for every core entry of the columns.
    private func forEachCoreEntry(_ body: (Int, Double, Range<Int>, Int) -> Void) {
        for j in columns {
            var first = -1
            for k in working.columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                guard places.chain[row] < 0 else { continue }
                if first < 0 { first = k }
                body(places.place[row], working.values[k], first..<(k + 1), j)
            }
        }
    }

    private func couplingRows(where isWanted: (Int) -> Bool) -> [Int32] {
        var isFound = [Bool](repeating: false, count: couplingOrder)
        for j in columns {
            for k in working.meetings(of: j) where isWanted(working.couplingPlace(k)) { isFound[working.couplingPlace(k)] = true }
        }
        return isFound.indices.filter { isFound[$0] }.map { Int32($0) }
    }

    private struct SparsePart {
        var rows: [Int32] = []
        var starts: [Int32] = [0]
        var nodes: [Int32] = []
        var entries: [Int32] = []
        var segments: [NormalPattern.Segment] = []
        /// Row and node of each entry, rising.
        var keys: [UInt64] = []
    }

    /// - Parameter keys: row · 2³² + node, rising.
    private func layOutSparse(_ keys: [UInt64]) -> SparsePart {
        var part = SparsePart()
        part.keys = keys
        part.entries = [Int32](repeating: -1, count: keys.count)
        let step: UInt64 = 1 << 32 | 1
        for (start, key) in keys.enumerated() where part.entries[start] < 0 {
            let first = entryCount
            var next = key, at = start
            repeat {
                part.entries[at] = Int32(entryCount)
                entryCount += 1
                next += step
                at = keys.lowerBound(of: next)
            } while at < keys.count && keys[at] == next && part.entries[at] < 0
            part.segments.append(
                NormalPattern.Segment(
                    firstRow: Int(key >> 32), firstNode: Int(key & 0xFFFF_FFFF), count: entryCount - first, firstEntry: first))
        }
        for key in keys {
            let row = Int32(key >> 32)
            if part.rows.last != row {
                part.rows.append(row)
                part.starts.append(part.starts[part.starts.count - 1])
            }
            part.nodes.append(Int32(key & 0xFFFF_FFFF))
            part.starts[part.starts.count - 1] += 1
        }
        return part
    }

    /// Core order from which on solves with the factor cost less than the explicit inverse (measured at 600 to 1,500 rows).
    private let largeOrder = 600

    /// Hands the pairs over: kept twice they would take much memory.
    func takeCouplingPairs() -> [CouplingPair] {
        defer { couplingPairs = [] }
        return couplingPairs
    }

    // MARK: One chain

    private func buildChain(
        _ c: Int, order: Int, denseIndex: [Int], densePlace: (_ row: Int, _ node: Int) -> Int32
    ) {
        let starts = working.blocks[b].chainStarts
        let firstRow = starts[c], columns = columnsOfChain[c]
        let end = c + 1 < starts.count ? starts[c + 1] : working.blocks[b].core.lowerBound
        let count = end - firstRow

        var bandwidth = 0
        var targets: [Int] = []
        for j in columns {
            var low = Int.max, high = 0
            for k in working.columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                if places.chain[row] >= 0 {
                    low = min(low, row - firstRow)
                    high = max(high, row - firstRow)
                } else {
                    targets.append(places.place[row])
                }
            }
            bandwidth = max(bandwidth, high - low)
            for k in working.meetings(of: j) where denseIndex[working.couplingPlace(k)] >= 0 {
                targets.append(order + denseIndex[working.couplingPlace(k)])
            }
        }
        let touches = targets.sortedAndUnique()

        let firstBandEntry = entryCount
        entryCount += count * (bandwidth + 1)
        let firstTouchEntry = entryCount
        var touchEntry = [Int32](repeating: -1, count: count * touches.count)
        for j in columns {
            forEachTouch(j, firstRow: firstRow, order: order, denseIndex: denseIndex) { t, _, target, _ in
                touchEntry[t * touches.count + touches.lowerBound(of: target)] = 0
            }
        }
        var rows = [Int32](), xColumns = [Int32](), xTargets = [Int32]()
        for t in 0..<count {
            for x in 0..<touches.count where touchEntry[t * touches.count + x] >= 0 {
                touchEntry[t * touches.count + x] = Int32(entryCount)
                entryCount += 1
                rows.append(Int32(t))
                xColumns.append(Int32(x))
                xTargets.append(Int32(touches[x]))
            }
        }

        for j in columns {
            for k in working.columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                guard places.chain[row] >= 0 else { continue }
                let t = row - firstRow
                for other in working.columnRange(j).lowerBound..<(k + 1) {
                    guard places.chain[Int(working.rows[other])] >= 0 else { continue }
                    let s = Int(working.rows[other]) - firstRow
                    addPair(firstBandEntry + t * (bandwidth + 1) + bandwidth - (t - s), j, working.values[k] * working.values[other])
                }
            }
            forEachTouch(j, firstRow: firstRow, order: order, denseIndex: denseIndex) { t, value, target, other in
                addPair(Int(touchEntry[t * touches.count + touches.lowerBound(of: target)]), j, value * other)
            }
        }

        let coreTouches = touches.filter { $0 < order }.map { Int32($0) }
        var runs = [NormalPattern.Run]()
        for (x, node) in coreTouches.enumerated() {
            if let last = runs.last, last.firstNode + last.count == Int(node) {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(NormalPattern.Run(firstTouch: x, firstNode: Int(node), count: 1))
            }
        }
        let denseTouches = touches.filter { $0 >= order }.map { Int32($0 - order) }
        chains.append(
            NormalPattern.Chain(
                firstRow: firstRow, count: count, bandwidth: bandwidth, firstBandEntry: firstBandEntry, bandOffset: bandSize,
                coreTouches: coreTouches, denseTouches: denseTouches, runs: runs,
                firstTouchEntry: firstTouchEntry, touchRows: rows, touchColumns: xColumns, touchTargets: xTargets,
                densePlaces: denseTouches.flatMap { row in runs.map { densePlace(Int(row), $0.firstNode) } }))
        bandSize += count * (bandwidth + 1)
    }

    /// Calls body(chain row, its value, target, the target's value) for each pair of a chain row with a core or dense row in
    /// column j.
    private func forEachTouch(
        _ j: Int, firstRow: Int, order: Int, denseIndex: [Int], _ body: (Int, Double, Int, Double) -> Void
    ) {
        let all = working.meetings(of: j)
        for k in working.columnRange(j) {
            let row = Int(working.rows[k])
            guard row < working.blockRowCount else { break }
            guard places.chain[row] >= 0 else { continue }
            for other in working.columnRange(j) {
                let otherRow = Int(working.rows[other])
                guard otherRow < working.blockRowCount else { break }
                if places.chain[otherRow] < 0 {
                    body(row - firstRow, working.values[k], places.place[otherRow], working.values[other])
                }
            }
            for other in all where denseIndex[working.couplingPlace(other)] >= 0 {
                body(row - firstRow, working.values[k], order + denseIndex[working.couplingPlace(other)], working.values[other])
            }
        }
    }
}

extension Array where Element: Comparable {
    /// Rising, each element once.
    func sortedAndUnique() -> [Element] {
        var result: [Element] = []
        for element in sorted() where result.last != element { result.append(element) }
        return result
    }
}
