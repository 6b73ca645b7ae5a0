/// Finds the parts of a `NormalPattern`, block by block.
struct PatternBuilder {
    struct Pair {
        var entry: Int32
        var weight: Int32
        var product: Double
    }

    /// A column's meeting with a coupling row: place in S, and value.
    private struct Meeting {
        var place: Int
        var value: Double
    }

    private let working: WorkingProgram
    private let program: BlockProgram
    private let places: RowPlaces
    private let firstChain: [Int]

    var chains: [NormalPattern.Chain] = []
    var blocks: [NormalPattern.Block] = []
    var pairs: [Pair] = []
    var entryCount = 0
    var bandSize = 0
    var firstCouplingEntry = 0
    var couplingStarts: [Int32] = []
    var couplingColumns: [Int32] = []
    let couplingOrder: Int

    /// Pairs of coupling × coupling, gathered over all blocks and numbered last.
    private var couplingPairs: [(row: Int32, column: Int32, weight: Int32, product: Double)] = []

    init(_ program: BlockProgram, _ working: WorkingProgram) {
        self.program = program
        self.working = working
        places = RowPlaces(program)
        couplingOrder = working.couplingCount
        var first = [0]
        for block in program.blocks { first.append(first[first.count - 1] + block.chainStarts.count) }
        firstChain = first
    }

    mutating func build() {
        // Columns by block (the last list: by none), each list by chain, in the order of the program.
        var columnsOfBlock = [[Int]](repeating: [], count: program.blocks.count + 1)
        var columnsOfChain = [[Int]](repeating: [], count: firstChain[program.blocks.count])
        for j in 0..<working.n {
            var block = program.blocks.count
            var chain = -1
            for k in columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                block = places.block[row]
                if places.chain[row] >= 0 { chain = firstChain[block] + places.chain[row] }
            }
            columnsOfBlock[block].append(j)
            if chain >= 0 { columnsOfChain[chain].append(j) }
        }
        for b in 0..<program.blocks.count { buildBlock(b, columnsOfBlock[b], columnsOfChain) }
        for j in columnsOfBlock[program.blocks.count] { addCouplingPairs(j, meetings(of: j)) }
        numberCouplingEntries()
    }

    private func columnRange(_ j: Int) -> Range<Int> {
        Int(working.columnStarts[j])..<Int(working.columnStarts[j + 1])
    }

    private func meetings(of j: Int) -> [Meeting] {
        var result = [Meeting]()
        for k in columnRange(j) where Int(working.rows[k]) >= working.blockRowCount {
            result.append(Meeting(place: Int(working.rows[k]) - working.blockRowCount, value: working.values[k]))
        }
        return result
    }

    private mutating func addPair(_ entry: Int, _ j: Int, _ product: Double) {
        pairs.append(Pair(entry: Int32(entry), weight: Int32(j), product: product))
    }

    // MARK: One block

    private mutating func buildBlock(_ b: Int, _ columns: [Int], _ columnsOfChain: [[Int]]) {
        let core = program.blocks[b].core
        let order = core.count
        let isLarge = order > largeOrder
        var denseRows = couplingRows(of: columns) { isLarge || $0 >= working.sparseCouplingCount }
        let stretches = stretches(of: columns, metBy: Set(denseRows))
        if isLarge {
            func firstNode(_ row: Int32) -> Int { stretches[row]?.first?.lowerBound ?? 0 }
            denseRows.sort { (firstNode($0), $0) < (firstNode($1), $1) }
        }
        var denseIndex = [Int: Int]()
        for (d, row) in denseRows.enumerated() { denseIndex[Int(row)] = d }

        let groups = Self.groups(of: denseRows, stretches)
        var groupOfRow = [Int](repeating: 0, count: denseRows.count)
        for (g, group) in groups.enumerated() { for i in group.rows { groupOfRow[i] = g } }
        func densePlace(_ row: Int, _ node: Int) -> Int32 {
            guard let place = groups[groupOfRow[row]].place(row: row, node: node) else {
                preconditionFailure("dense row \(denseRows[row]) meets node \(node) outside its stretches")
            }
            return Int32(place)
        }

        for c in firstChain[b]..<firstChain[b + 1] {
            buildChain(c, of: b, order: order, denseIndex: denseIndex, densePlace: densePlace, columnsOfChain[c])
        }

        // Core × core, and core × dense.
        let firstCoreEntry = entryCount
        var coreEntry = [Int32](repeating: -1, count: order * order)
        forEachCoreEntry(columns) { i, _, rest, _ in
            for k in rest { coreEntry[i * order + places.place[Int(working.rows[k])]] = 0 }
        }
        var corePlaces = [Int32]()
        for place in 0..<(order * order) where coreEntry[place] >= 0 {
            coreEntry[place] = Int32(entryCount)
            corePlaces.append(Int32(place))
            entryCount += 1
        }

        // Core × sparse: keys (row, node), laid out in diagonal stretches.
        var keys = Set<UInt64>()
        var denseKeys = Set<UInt64>()
        forEachCoreEntry(columns) { i, _, _, j in
            for meeting in meetings(of: j) {
                if let d = denseIndex[meeting.place] {
                    denseKeys.insert(UInt64(d * order + i))
                } else {
                    keys.insert(UInt64(meeting.place) << 32 | UInt64(i))
                }
            }
        }
        let sparse = layOutSparse(keys)
        let firstDenseEntry = entryCount
        var densePlaces = [Int32]()
        var denseEntry = [UInt64: Int]()
        for key in denseKeys.sorted() {
            denseEntry[key] = entryCount
            densePlaces.append(densePlace(Int(key) / order, Int(key) % order))
            entryCount += 1
        }

        var newPairs = [(entry: Int, column: Int, product: Double)]()
        forEachCoreEntry(columns) { i, value, rest, j in
            for k in rest {
                let entry = Int(coreEntry[i * order + places.place[Int(working.rows[k])]])
                newPairs.append((entry, j, value * working.values[k]))
            }
            for meeting in meetings(of: j) {
                let entry =
                    denseIndex[meeting.place].map { denseEntry[UInt64($0 * order + i)] }
                    ?? sparse.entry[UInt64(meeting.place) << 32 | UInt64(i)]
                if let entry { newPairs.append((entry, j, value * meeting.value)) }
            }
        }
        for pair in newPairs { addPair(pair.entry, pair.column, pair.product) }
        for j in columns { addCouplingPairs(j, meetings(of: j)) }

        blocks.append(
            NormalPattern.Block(
                chains: firstChain[b]..<firstChain[b + 1], firstCoreRow: core.lowerBound, coreOrder: order, isLarge: isLarge,
                denseRows: denseRows, denseGroups: groups, denseRuns: Self.runs(of: denseRows),
                denseByRow: denseRows.indices.sorted { denseRows[$0] < denseRows[$1] }.map { Int32($0) },
                sparseRows: sparse.rows, sparseStarts: sparse.starts, sparseNodes: sparse.nodes, sparseEntries: sparse.entries,
                segments: sparse.segments, firstCoreEntry: firstCoreEntry, corePlaces: corePlaces, firstDenseEntry: firstDenseEntry,
                denseSize: groups.last.map { $0.firstPlace + $0.rows.count * $0.width } ?? 0, densePlaces: densePlaces))
    }

    /// Stretches of core nodes that coupling rows meet, in their columns or through the chains they belong to.
    private func stretches(of columns: [Int], metBy wanted: Set<Int32>) -> [Int32: [Range<Int>]] {
        var nodesOfRow: [Int32: Set<Int>] = [:], nodesOfChain: [Int: Set<Int>] = [:], rowsOfChain: [Int: Set<Int32>] = [:]
        for j in columns {
            var chain: Int?, nodes: [Int] = []
            for k in columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                if places.chain[row] >= 0 { chain = places.chain[row] } else { nodes.append(places.place[row]) }
            }
            let met = meetings(of: j).map { Int32($0.place) }.filter(wanted.contains)
            for row in met { nodesOfRow[row, default: []].formUnion(nodes) }
            if let chain {
                nodesOfChain[chain, default: []].formUnion(nodes)
                rowsOfChain[chain, default: []].formUnion(met)
            }
        }
        for (chain, rows) in rowsOfChain {
            for row in rows { nodesOfRow[row, default: []].formUnion(nodesOfChain[chain] ?? []) }
        }
        return nodesOfRow.mapValues { nodes in
            var stretches: [Range<Int>] = []
            for node in nodes.sorted() {
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

    private static func groups(of rows: [Int32], _ stretches: [Int32: [Range<Int>]]) -> [NormalPattern.DenseGroup] {
        var groups: [NormalPattern.DenseGroup] = []
        for (i, row) in rows.enumerated() {
            let own = stretches[row] ?? []
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
    private func forEachCoreEntry(_ columns: [Int], _ body: (Int, Double, Range<Int>, Int) -> Void) {
        for j in columns {
            var first = -1
            for k in columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                guard places.chain[row] < 0 else { continue }
                if first < 0 { first = k }
                body(places.place[row], working.values[k], first..<(k + 1), j)
            }
        }
    }

    private func couplingRows(of columns: [Int], where isWanted: (Int) -> Bool) -> [Int32] {
        var found = Set<Int>()
        for j in columns {
            for meeting in meetings(of: j) where isWanted(meeting.place) { found.insert(meeting.place) }
        }
        return found.sorted().map { Int32($0) }
    }

    private struct SparsePart {
        var rows: [Int32] = []
        var starts: [Int32] = [0]
        var nodes: [Int32] = []
        var entries: [Int32] = []
        var segments: [NormalPattern.Segment] = []
        var entry: [UInt64: Int] = [:]
    }

    private mutating func layOutSparse(_ keys: Set<UInt64>) -> SparsePart {
        var part = SparsePart()
        let sorted = keys.sorted()
        let step: UInt64 = 1 << 32 | 1
        for key in sorted where part.entry[key] == nil {
            let first = entryCount
            var next = key
            repeat {
                part.entry[next] = entryCount
                entryCount += 1
                next += step
            } while keys.contains(next) && part.entry[next] == nil
            part.segments.append(
                NormalPattern.Segment(
                    firstRow: Int(key >> 32), firstNode: Int(key & 0xFFFF_FFFF), count: entryCount - first, firstEntry: first))
        }
        for key in sorted {
            let row = Int32(key >> 32)
            if part.rows.last != row {
                part.rows.append(row)
                part.starts.append(part.starts[part.starts.count - 1])
            }
            part.nodes.append(Int32(key & 0xFFFF_FFFF))
            part.entries.append(Int32(part.entry[key] ?? 0))
            part.starts[part.starts.count - 1] += 1
        }
        return part
    }

    /// Core order from which on solves with the factor cost less than the explicit inverse (measured at 600 to 1,500 rows).
    private let largeOrder = 600

    // MARK: One chain

    private mutating func buildChain(
        _ c: Int, of b: Int, order: Int, denseIndex: [Int: Int], densePlace: (_ row: Int, _ node: Int) -> Int32, _ columns: [Int]
    ) {
        let starts = program.blocks[b].chainStarts
        let local = c - firstChain[b]
        let firstRow = starts[local]
        let end = local + 1 < starts.count ? starts[local + 1] : program.blocks[b].core.lowerBound
        let count = end - firstRow

        var bandwidth = 0
        var targets = Set<Int>()
        for j in columns {
            var low = Int.max, high = 0
            for k in columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                if places.chain[row] >= 0 {
                    low = min(low, row - firstRow)
                    high = max(high, row - firstRow)
                } else {
                    targets.insert(places.place[row])
                }
            }
            bandwidth = max(bandwidth, high - low)
            for meeting in meetings(of: j) { if let d = denseIndex[meeting.place] { targets.insert(order + d) } }
        }
        let touches = targets.sorted()
        var touchIndex = [Int: Int]()
        for (x, target) in touches.enumerated() { touchIndex[target] = x }

        let firstBandEntry = entryCount
        entryCount += count * (bandwidth + 1)
        let firstTouchEntry = entryCount
        var touchEntry = [Int32](repeating: -1, count: count * touches.count)
        for j in columns {
            forEachTouch(j, firstRow: firstRow, order: order, denseIndex: denseIndex) { t, _, target, _ in
                if let x = touchIndex[target] { touchEntry[t * touches.count + x] = 0 }
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

        var newPairs = [(entry: Int, column: Int, product: Double)]()
        for j in columns {
            for k in columnRange(j) {
                let row = Int(working.rows[k])
                guard row < working.blockRowCount else { break }
                guard places.chain[row] >= 0 else { continue }
                let t = row - firstRow
                for other in columnRange(j).lowerBound..<(k + 1) {
                    guard places.chain[Int(working.rows[other])] >= 0 else { continue }
                    let s = Int(working.rows[other]) - firstRow
                    newPairs.append(
                        (firstBandEntry + t * (bandwidth + 1) + bandwidth - (t - s), j, working.values[k] * working.values[other]))
                }
            }
            forEachTouch(j, firstRow: firstRow, order: order, denseIndex: denseIndex) { t, value, target, other in
                if let x = touchIndex[target] {
                    newPairs.append((Int(touchEntry[t * touches.count + x]), j, value * other))
                }
            }
        }
        for pair in newPairs { addPair(pair.entry, pair.column, pair.product) }

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
        _ j: Int, firstRow: Int, order: Int, denseIndex: [Int: Int], _ body: (Int, Double, Int, Double) -> Void
    ) {
        let all = meetings(of: j)
        for k in columnRange(j) {
            let row = Int(working.rows[k])
            guard row < working.blockRowCount else { break }
            guard places.chain[row] >= 0 else { continue }
            for other in columnRange(j) {
                let otherRow = Int(working.rows[other])
                guard otherRow < working.blockRowCount else { break }
                if places.chain[otherRow] < 0 {
                    body(row - firstRow, working.values[k], places.place[otherRow], working.values[other])
                }
            }
            for meeting in all {
                if let d = denseIndex[meeting.place] {
                    body(row - firstRow, working.values[k], order + d, meeting.value)
                }
            }
        }
    }

    // MARK: Coupling × coupling

    private mutating func addCouplingPairs(_ j: Int, _ all: [Meeting]) {
        for (i, a) in all.enumerated() {
            for b in all[...i] {
                couplingPairs.append((Int32(max(a.place, b.place)), Int32(min(a.place, b.place)), Int32(j), a.value * b.value))
            }
        }
    }

    private mutating func numberCouplingEntries() {
        firstCouplingEntry = entryCount
        // Stable by column order within an entry: sort places with the pair's own number as the last key.
        let order = couplingPairs.indices.sorted { a, b in
            let p = couplingPairs[a], q = couplingPairs[b]
            return (p.row, p.column, a) < (q.row, q.column, b)
        }
        couplingStarts = [Int32](repeating: 0, count: couplingOrder + 1)
        var last: (Int32, Int32)?
        for index in order {
            let pair = couplingPairs[index]
            if last == nil || last! != (pair.row, pair.column) {
                last = (pair.row, pair.column)
                couplingColumns.append(pair.column)
                couplingStarts[Int(pair.row) + 1] += 1
                entryCount += 1
            }
            pairs.append(Pair(entry: Int32(entryCount - 1), weight: pair.weight, product: pair.product))
        }
        for r in 0..<couplingOrder { couplingStarts[r + 1] += couplingStarts[r] }
    }
}
