import DenseLinearAlgebra

/// The factorisation of M = Â Θ Âᵀ + δ I by blocks: chains first, cores next, coupling rows last.
///
/// For one block, with H the band matrices of its chains, K its core, and F, G, V what ties them to each other and to the coupling rows,
///
///     K ← K − Fᵀ H⁻¹ F,   V ← V − Fᵀ H⁻¹ G,   S ← S − Gᵀ H⁻¹ G − Vᵀ K⁻¹ V     (S: the coupling rows' Schur complement)
///
/// A sparse coupling row meets K at a few nodes, so its part of Vᵀ K⁻¹ V is gathered from the explicit inverse; dense rows go through W = K⁻¹ V.
/// Inverse, W and the chains' parts of S are kept for a batch of blocks at a time. In a large core (many lot classes) an inverse costs more than it
/// saves: there all rows are dense and go through Y = U⁻ᵀ V, Vᵀ K⁻¹ V = Yᵀ Y, with all threads on one core after the other.
/// Blocks are independent; S is put together batch by batch, by row panels, each adding the blocks in their order, so no sum depends on the
/// number of threads.
final class NormalFactor: @unchecked Sendable {
    let pattern: NormalPattern
    let threads: Int
    let entries: Buffer<Double>
    let bands: Buffer<Double>
    private let parts: [BlockFactor]
    private let schur: Buffer<Double>
    private let couplingFloors: Buffer<Double>
    private let rowCount: Int
    /// Blocks, the large ones first.
    private let blockOrder: [Int]
    /// Blocks of which what only S needs is kept at a time, and the room for it.
    private let batches: [Range<Int>]
    private let batchRoom: Buffer<Double>
    /// Where a block's part of the room starts: its chains' parts of the dense rows, then its inverse and W.
    private let batchPlaces: [Int]
    let stopwatch: PhaseStopwatch?

    /// What a block keeps: K = UᵀU, V by dense row, of a large core Y and −Yᵀ Y, and room for solves.
    private final class BlockFactor: Sendable {
        let core: Buffer<Double>
        let coreDense: Buffer<Double>
        let halfSolvedDense: Buffer<Double>
        let dense: Buffer<Double>
        /// Where each chain's part of the dense rows starts, and where the last one ends.
        let chainStarts: [Int]
        let local: Buffer<Double>
        let sparse: Buffer<Double>
        let scratch: Buffer<Double>
        /// Smallest pivot of the core to trust, by row.
        let floors: Buffer<Double>

        var chainPairCount: Int { chainStarts[chainStarts.count - 1] }

        init(_ block: NormalPattern.Block, chains: ArraySlice<NormalPattern.Chain>) {
            let order = block.coreOrder, d = block.denseRows.count
            core = Buffer(count: order * order, of: 0)
            floors = Buffer(count: order, of: 0)
            coreDense = Buffer(count: block.denseSize, of: 0)
            halfSolvedDense = Buffer(count: block.isLarge ? order * d : 0, of: 0)
            dense = Buffer(count: block.isLarge ? d * d : 0, of: 0)
            var starts = [0]
            for chain in chains { starts.append(starts[starts.count - 1] + chain.densePairCount) }
            chainStarts = starts
            local = Buffer(count: 2 * order + d, of: 0)
            sparse = Buffer(count: block.sparseRows.count, of: 0)
            let largest = chains.map { $0.count * ($0.coreTouches.count + $0.denseTouches.count) }.max() ?? 0
            scratch = Buffer(count: max(largest, chains.map(\.count).max() ?? 0), of: 0)
        }
    }

    /// - Parameter stopwatch: Takes the time of each phase; nil: no clock is read.
    init(_ pattern: NormalPattern, rowCount: Int, threads: Int, stopwatch: PhaseStopwatch? = nil) {
        self.stopwatch = stopwatch
        self.pattern = pattern
        self.threads = threads
        self.rowCount = rowCount
        entries = Buffer(count: pattern.entryCount, of: 0)
        bands = Buffer(count: pattern.bandSize, of: 0)
        let blocks = pattern.blocks
        blockOrder = blocks.indices.filter { blocks[$0].isLarge } + blocks.indices.filter { !blocks[$0].isLarge }
        parts = blocks.map { BlockFactor($0, chains: pattern.chains[$0.chains]) }
        let order = pattern.couplingOrder
        schur = Buffer(count: order * order, of: 0)
        couplingFloors = Buffer(count: order, of: 0)
        // Half as much room as S takes: each batch goes over S once.
        let room = max(NormalFactor.smallestBatchRoom, order * order / 2)
        var batches: [Range<Int>] = [], places: [Int] = []
        var first = 0, taken = 0, largest = 0
        for b in blocks.indices {
            let size = parts[b].chainPairCount + blocks[b].inverseSize
            if taken + size > room, b > first {
                batches.append(first..<b)
                (first, taken) = (b, 0)
            }
            places.append(taken)
            taken += size
            largest = max(largest, taken)
        }
        batches.append(first..<blocks.count)
        (self.batches, batchPlaces) = (batches, places)
        batchRoom = Buffer(count: largest, of: 0)
    }

    // MARK: Factorisation

    /// Factorises for the weights given.
    ///
    /// - Parameters:
    ///   - weights: θ, shape [n].
    ///   - shift: δ, added to the diagonal of all rows.
    /// - Returns: false when a pivot is lost to rounding: a larger δ is needed.
    func factorize(weights: UnsafePointer<Double>, shift: Double) -> Bool {
        stopwatch.time(\.entries) { pattern.evaluate(weights: weights, into: entries.pointer, threads: threads) }
        let order = pattern.couplingOrder, panels = (order + panelHeight - 1) / panelHeight
        for batch in batches {
            let first = batch.lowerBound
            let done = Buffer<UInt8>(count: batch.count, of: 0)
            parallelFor(batch.count, threads: threads) {
                let b = first + $0
                stopwatch.time(\.chains, block: b) { assembleBlock(b, shift: shift) }
                done[$0] = pattern.blocks[b].isLarge || stopwatch.time(\.blocks, block: b, { factorizeCore(b) && solveDense(b) }) ? 1 : 0
            }
            stopwatch?.gatherBlocks()
            for b in batch where pattern.blocks[b].isLarge {
                done[b - first] = stopwatch.time(\.blocks) { factorizeLargeCore(b) } ? 1 : 0
            }
            guard (0..<batch.count).allSatisfy({ done[$0] == 1 }) else { return false }
            // The longest rows of S first.
            stopwatch.time(\.coupling) { parallelFor(panels, threads: threads) { assemblePanel(panels - 1 - $0, batch: batch) } }
        }
        for r in 0..<order {
            schur[r * order + r] += shift
            couplingFloors[r] = smallestPivot * (couplingFloors[r] + shift)
        }
        return stopwatch.time(\.couplingFactor) {
            choleskyFactorize(schur.pointer, order: order, stride: order, floors: couplingFloors.pointer, threads: threads) >= 0
        }
    }

    /// K and V, chains taken out, and the chains' parts of the dense rows.
    private func assembleBlock(_ b: Int, shift: Double) {
        let block = pattern.blocks[b], part = parts[b]
        let order = block.coreOrder
        let core = part.core.pointer
        let own = chainParts(b)
        core.update(repeating: 0, count: order * order)
        for (k, place) in block.corePlaces.enumerated() { core[Int(place)] = entries[block.firstCoreEntry + k] }
        for i in 0..<order {
            core[i * order + i] += shift
            part.floors[i] = smallestPivot * core[i * order + i]
        }
        part.coreDense.pointer.update(repeating: 0, count: block.denseSize)
        for (k, place) in block.densePlaces.enumerated() { part.coreDense[Int(place)] = entries[block.firstDenseEntry + k] }
        for (k, c) in block.chains.enumerated() {
            eliminate(
                pattern.chains[c], shift: shift, coreOrder: order, core: core, coreDense: part.coreDense.pointer,
                own: own + part.chainStarts[k], scratch: part.scratch.pointer)
        }
    }

    private func factorizeCore(_ b: Int) -> Bool {
        let part = parts[b], order = pattern.blocks[b].coreOrder
        let core = part.core.pointer
        guard order > 0 else { return true }
        return choleskyFactorize(core, order: order, stride: order, floors: part.floors.pointer, threads: 1) >= 0
    }

    /// K⁻¹, both triangles, and W of a block with a small core.
    private func solveDense(_ b: Int) -> Bool {
        let block = pattern.blocks[b], part = parts[b]
        let order = block.coreOrder, d = block.denseRows.count
        guard order > 0, block.inverseSize > 0 else { return true }
        let inverse = inverse(b)
        inverse.update(from: part.core.pointer, count: order * order)
        guard DenseKernels.invertFactorized(inverse, order: order, stride: order) == 0 else { return false }
        mirror(inverse, order)
        guard d > 0 else { return true }
        // W, from the nodes that V meets.
        let v = part.coreDense.pointer, w = solvedDense(b)
        for group in block.denseGroups {
            let first = group.rows.lowerBound * order
            if group.stretches.isEmpty { (w + first).update(repeating: 0, count: group.rows.count * order) }
            for (i, nodes) in group.stretches.enumerated() {
                DenseKernels.multiply(
                    inverse + nodes.lowerBound * order, strideA: order, transposedA: false,
                    v + group.place(row: group.rows.lowerBound, stretch: i), strideB: group.width, into: w + first, strideC: order,
                    rows: order, columns: group.rows.count, inner: nodes.count, alpha: 1,
                    beta: i == 0 ? 0 : 1)
            }
        }
        return true
    }

    private func factorizeLargeCore(_ b: Int) -> Bool {
        let block = pattern.blocks[b], part = parts[b]
        let n = block.coreOrder, d = block.denseRows.count
        guard choleskyFactorize(part.core.pointer, order: n, stride: n, floors: part.floors.pointer, threads: threads) >= 0 else {
            return false
        }
        let y = part.halfSolvedDense.pointer
        y.update(repeating: 0, count: n * d)
        for group in block.denseGroups {
            for i in group.rows {
                for (k, nodes) in group.stretches.enumerated() {
                    (y + i * n + nodes.lowerBound).update(
                        from: part.coreDense.pointer + group.place(row: i, stretch: k), count: nodes.count)
                }
            }
        }
        let chunks = (d + columnChunk - 1) / columnChunk
        // Y is 0 above the first node of a chunk's first column, the columns being ordered by it.
        var firstNodes = [Int](repeating: 0, count: d)
        for group in block.denseGroups { for i in group.rows { firstNodes[i] = group.firstNode } }
        parallelFor(chunks, threads: threads) { chunk in
            let first = chunk * columnChunk, node = firstNodes[first]
            DenseKernels.solveUpperTransposed(
                part.core.pointer + node * (n + 1), stride: n, y + first * n + node, rows: n - node,
                columns: min(columnChunk, d - first), strideB: n)
        }
        // Columns of −YᵀY up to the diagonal, the longest first.
        parallelFor(chunks, threads: threads) { part in
            let first = (chunks - 1 - part) * columnChunk, end = min(d, first + columnChunk)
            let node = firstNodes[first]
            DenseKernels.multiply(
                y + node, strideA: n, transposedA: true, y + first * n + node, strideB: n, into: self.parts[b].dense.pointer + first * d,
                strideC: d, rows: end, columns: end - first, inner: n - node, alpha: -1, beta: 0)
        }
        return true
    }

    /// Copies the lower triangle (by rows) to the upper one, tile by tile for the cache's sake.
    private func mirror(_ a: UnsafeMutablePointer<Double>, _ n: Int) {
        let tile = 16
        for low in stride(from: 0, to: n, by: tile) {
            for left in stride(from: 0, through: low, by: tile) {
                for i in low..<min(n, low + tile) {
                    let end = min(i, left + tile)
                    var j = left
                    while j < end {
                        a[j &* n &+ i] = a[i &* n &+ j]
                        j &+= 1
                    }
                }
            }
        }
    }

    private func chainParts(_ b: Int) -> UnsafeMutablePointer<Double> { batchRoom.pointer + batchPlaces[b] }

    private func inverse(_ b: Int) -> UnsafeMutablePointer<Double> { chainParts(b) + parts[b].chainPairCount }

    /// W, or of a large core Y.
    private func solvedDense(_ b: Int) -> UnsafeMutablePointer<Double> {
        let block = pattern.blocks[b]
        return block.isLarge ? parts[b].halfSolvedDense.pointer : inverse(b) + block.coreOrder * block.coreOrder
    }

    /// Adds a batch of blocks to the rows panel · panelHeight … of S, up to the diagonal.
    private func assemblePanel(_ panel: Int, batch: Range<Int>) {
        let order = pattern.couplingOrder
        let first = panel * panelHeight, end = min(order, first + panelHeight)
        for r in first..<end where batch.lowerBound == 0 {
            let row = schur.pointer + r * order
            row.update(repeating: 0, count: r + 1)
            for k in Int(pattern.couplingStarts[r])..<Int(pattern.couplingStarts[r + 1]) {
                row[Int(pattern.couplingColumns[k])] += entries[pattern.firstCouplingEntry + k]
            }
            couplingFloors[r] = row[r]
        }
        for b in batch where pattern.blocks[b].meetsCoupling {
            let block = pattern.blocks[b]
            let n = block.coreOrder
            let solved = Buffer<Double>(count: n, of: 0)
            for i in block.sparseRows.lowerBound(of: Int32(first))..<block.sparseRows.lowerBound(of: Int32(end)) {
                let r = Int(block.sparseRows[i])
                // K⁻¹ v from the few rows of K⁻¹ that v meets.
                solved.pointer.update(repeating: 0, count: n)
                for k in Int(block.sparseStarts[i])..<Int(block.sparseStarts[i + 1]) {
                    subtractScaled(
                        -entries[Int(block.sparseEntries[k])], inverse(b) + Int(block.sparseNodes[k]) * n, from: solved.pointer,
                        count: n)
                }
                subtractSparse(block, solved.pointer, from: schur.pointer + r * order, through: r)
            }
            addDense(b, rows: first..<end)
        }
    }

    /// Adds what a block's dense rows and its chains give to rows of S, and takes out what its sparse rows and its dense ones have in common.
    private func addDense(_ b: Int, rows: Range<Int>) {
        let block = pattern.blocks[b], part = parts[b], solved = solvedDense(b)
        let order = pattern.couplingOrder, n = block.coreOrder, d = block.denseRows.count
        let ranks = block.denseByRow.indices.filter { rows.contains(Int(block.denseRows[Int(block.denseByRow[$0])])) }
        guard let firstRank = ranks.first, let lastRank = ranks.last else { return }
        // In a small core the rank is the index. Rows of VᵀW up to the last one asked for.
        let products = block.isLarge ? nil : Buffer<Double>(count: ranks.count * d, of: 0)
        if let products, n > 0 {
            for group in block.denseGroups {
                let own = group.rows.clamped(to: firstRank..<(lastRank + 1))
                guard !own.isEmpty else { continue }
                for (k, nodes) in group.stretches.enumerated() {
                    DenseKernels.multiply(
                        solved + nodes.lowerBound, strideA: n, transposedA: true,
                        part.coreDense.pointer + group.place(row: own.lowerBound, stretch: k), strideB: group.width,
                        into: products.pointer + (own.lowerBound - firstRank) * d, strideC: d, rows: own.upperBound, columns: own.count,
                        inner: nodes.count, alpha: 1, beta: 1)
                }
            }
        }
        for rank in ranks {
            let i = Int(block.denseByRow[rank]), r = Int(block.denseRows[i])
            let row = schur.pointer + r * order
            subtractSparse(block, solved + i * n, from: row, through: r)
            if let products {
                let own = products.pointer + (rank - firstRank) * d
                for run in block.denseRuns where run.first <= i {
                    subtractScaled(1, own + run.first, from: row + run.row, count: min(run.count, i - run.first + 1))
                }
            } else {
                let dense = part.dense.pointer
                for lower in block.denseByRow[0...rank] {
                    let other = Int(lower)
                    row[Int(block.denseRows[other])] += other <= i ? dense[i * d + other] : dense[other * d + i]
                }
            }
        }
        let chainParts = chainParts(b)
        for (k, c) in block.chains.enumerated() {
            pattern.chains[c].denseTouches.withUnsafeBufferPointer { touches in
                let base = touches.isEmpty ? 0 : Int(block.denseRows[Int(touches[0])])
                for a in touches.indices {
                    let r = Int(block.denseRows[Int(touches[a])])
                    // Only in a large core are the dense rows not in the order of S.
                    guard block.isLarge || rows.contains(r) else { continue }
                    let own = chainParts + part.chainStarts[k] + a * (a + 1) / 2
                    if !block.isLarge, r - base == a {
                        subtractScaled(-1, own, from: schur.pointer + r * order + base, count: a + 1)
                        continue
                    }
                    for b in 0...a {
                        let other = Int(block.denseRows[Int(touches[b])]), upper = max(r, other)
                        if rows.contains(upper) { schur.pointer[upper * order + min(r, other)] += own[b] }
                    }
                }
            }
        }
    }

    /// row[r′] −= v(r′)ᵀ solved for the sparse rows r′ up to the last one asked for.
    @inline(__always)
    private func subtractSparse(
        _ block: NormalPattern.Block, _ solved: UnsafePointer<Double>, from row: UnsafeMutablePointer<Double>, through last: Int
    ) {
        block.segments.withUnsafeBufferPointer { segments in
            for segment in segments {
                guard segment.firstRow <= last else { break }
                subtractProducts(
                    entries.pointer + segment.firstEntry, solved + segment.firstNode, from: row + segment.firstRow,
                    count: min(segment.count, last - segment.firstRow + 1))
            }
        }
    }

    private let panelHeight = 32
    private static let smallestBatchRoom = 1 << 22
    private let columnChunk = 96
    /// Smallest pivot kept, relative to the diagonal before elimination: what is below is rounding.
    private let smallestPivot = 1e-14

    // MARK: Solve

    /// Solves M d = r.
    ///
    /// - Parameters:
    ///   - r: Shape [rows]; used as scratch.
    ///   - d: The solution, same shape.
    func solve(_ r: UnsafeMutablePointer<Double>, into d: UnsafeMutablePointer<Double>) {
        stopwatch.time(\.solves) { solveInPlace(r, into: d) }
    }

    private func solveInPlace(_ r: UnsafeMutablePointer<Double>, into d: UnsafeMutablePointer<Double>) {
        let order = pattern.couplingOrder
        let coupling = d + (rowCount - order)
        parallelFor(parts.count, threads: threads) { forward(blockOrder[$0], r, d) }
        coupling.update(from: r + (rowCount - order), count: order)
        for (block, part) in zip(pattern.blocks, parts) where block.meetsCoupling {
            for (i, row) in block.sparseRows.enumerated() { coupling[Int(row)] -= part.sparse[i] }
            for (i, row) in block.denseRows.enumerated() { coupling[Int(row)] += part.local[block.coreOrder + i] }
        }
        DenseKernels.solveUpper(schur.pointer, order: order, stride: order, transposed: true, coupling)
        DenseKernels.solveUpper(schur.pointer, order: order, stride: order, transposed: false, coupling)
        parallelFor(parts.count, threads: threads) { backward(blockOrder[$0], coupling, d) }
    }

    /// Chains and core of one block; leaves H⁻¹ r and K⁻¹ r′ (of a large core U⁻ᵀ r′) in d, and what the coupling rows lose in `local` and `sparse`.
    private func forward(_ b: Int, _ r: UnsafePointer<Double>, _ d: UnsafeMutablePointer<Double>) {
        let block = pattern.blocks[b], part = parts[b]
        let n = block.coreOrder
        let local = part.local.pointer
        for i in 0..<n { local[i] = r[block.firstCoreRow + i] }
        for i in 0..<block.denseRows.count { local[n + i] = 0 }
        for c in block.chains {
            let chain = pattern.chains[c]
            let t = d + chain.firstRow
            t.update(from: r + chain.firstRow, count: chain.count)
            ChainKernels.solve(bands.pointer + chain.bandOffset, count: chain.count, bandwidth: chain.bandwidth, t)
            let x = entries.pointer + chain.firstTouchEntry
            for e in 0..<chain.touchRows.count { local[Int(chain.touchTargets[e])] -= x[e] * t[Int(chain.touchRows[e])] }
        }
        let core = d + block.firstCoreRow
        if block.isLarge {
            // Vᵀ K⁻¹ r = Yᵀ U⁻ᵀ r; the other half of the solve waits for the coupling rows.
            DenseKernels.solveUpper(part.core.pointer, order: n, stride: n, transposed: true, local)
            core.update(from: local, count: n)
            for group in block.denseGroups {
                let node = group.firstNode
                for i in group.rows { local[n + i] -= dot(part.halfSolvedDense.pointer + i * n + node, core + node, count: n - node) }
            }
        } else {
            solveCore(part, n, local)
            core.update(from: local, count: n)
            for group in block.denseGroups {
                let width = group.width
                for (k, nodes) in group.stretches.enumerated() {
                    var v = part.coreDense.pointer + group.place(row: group.rows.lowerBound, stretch: k)
                    for i in group.rows {
                        local[n + i] -= dot(v, core + nodes.lowerBound, count: nodes.count)
                        v += width
                    }
                }
            }
        }
        for i in 0..<block.sparseRows.count {
            var sum = 0.0
            for k in Int(block.sparseStarts[i])..<Int(block.sparseStarts[i + 1]) {
                sum += entries[Int(block.sparseEntries[k])] * core[Int(block.sparseNodes[k])]
            }
            part.sparse[i] = sum
        }
    }

    private func backward(_ b: Int, _ coupling: UnsafePointer<Double>, _ d: UnsafeMutablePointer<Double>) {
        let block = pattern.blocks[b], part = parts[b]
        let n = block.coreOrder
        let local = part.local.pointer
        for (i, row) in block.denseRows.enumerated() { local[n + i] = coupling[Int(row)] }
        let core = d + block.firstCoreRow
        if block.isLarge {
            for group in block.denseGroups {
                let node = group.firstNode
                for i in group.rows {
                    subtractScaled(local[n + i], part.halfSolvedDense.pointer + i * n + node, from: core + node, count: n - node)
                }
            }
            DenseKernels.solveUpper(part.core.pointer, order: n, stride: n, transposed: false, core)
        } else if block.meetsCoupling {
            local.update(repeating: 0, count: n)
            for group in block.denseGroups {
                let width = group.width
                for (k, nodes) in group.stretches.enumerated() {
                    var v = part.coreDense.pointer + group.place(row: group.rows.lowerBound, stretch: k)
                    for i in group.rows {
                        subtractScaled(-local[n + i], v, from: local + nodes.lowerBound, count: nodes.count)
                        v += width
                    }
                }
            }
            for (i, row) in block.sparseRows.enumerated() {
                let value = coupling[Int(row)]
                for k in Int(block.sparseStarts[i])..<Int(block.sparseStarts[i + 1]) {
                    local[Int(block.sparseNodes[k])] += entries[Int(block.sparseEntries[k])] * value
                }
            }
            solveCore(part, n, local)
            for i in 0..<n { core[i] -= local[i] }
        }
        for i in 0..<n { local[i] = core[i] }
        for c in block.chains {
            let chain = pattern.chains[c]
            let scratch = part.scratch.pointer
            scratch.update(repeating: 0, count: chain.count)
            let x = entries.pointer + chain.firstTouchEntry
            for e in 0..<chain.touchRows.count { scratch[Int(chain.touchRows[e])] += x[e] * local[Int(chain.touchTargets[e])] }
            ChainKernels.solve(bands.pointer + chain.bandOffset, count: chain.count, bandwidth: chain.bandwidth, scratch)
            for t in 0..<chain.count { d[chain.firstRow + t] -= scratch[t] }
        }
    }

    private func solveCore(_ part: BlockFactor, _ n: Int, _ x: UnsafeMutablePointer<Double>) {
        DenseKernels.solveUpper(part.core.pointer, order: n, stride: n, transposed: true, x)
        DenseKernels.solveUpper(part.core.pointer, order: n, stride: n, transposed: false, x)
    }
}
