import DenseLinearAlgebra

/// Where the entries of M = Â Θ Âᵀ stand, and which columns make each of them: found once for a program.
///
/// Every structural entry has a number; its value is Σ product · weight over the columns that touch both its rows. The entries of one kind and
/// block follow each other in the order in which the factorisation reads them:
///
///     chain bands | chain × (core, dense) | core × core | core × sparse coupling | core × dense coupling | coupling × coupling
final class NormalPattern: Sendable {
    struct Chain: Sendable {
        /// First working row, number of rows, bandwidth (1: tridiagonal).
        var firstRow: Int
        var count: Int
        var bandwidth: Int
        /// First of count · (bandwidth + 1) band entries: row t holds columns t − bandwidth … t. The factor has the same places.
        var firstBandEntry: Int
        var bandOffset: Int
        /// Core nodes and dense rows of the block that the chain's columns meet, rising; together the columns of its "touch" matrix X.
        var coreTouches: [Int32]
        var denseTouches: [Int32]
        /// Stretches of neighbouring core nodes in `coreTouches`.
        var runs: [Run]
        /// Entries of X: entry number, row in the chain, column in X, and target in the block (node, or core order + dense row).
        var firstTouchEntry: Int
        var touchRows: [Int32]
        var touchColumns: [Int32]
        var touchTargets: [Int32]
        /// Place in V where each stretch of core nodes starts, for one dense row after the other: touch · runs + run.
        var densePlaces: [Int32]

        /// Pairs of dense rows it ties to each other, each with itself too.
        var densePairCount: Int { denseTouches.count * (denseTouches.count + 1) / 2 }
    }

    struct Run: Sendable {
        var firstTouch: Int
        var firstNode: Int
        var count: Int
    }

    /// A diagonal stretch of the core × sparse coupling part: rows firstRow + k meet nodes firstNode + k with entries firstEntry + k.
    struct Segment: Sendable {
        var firstRow: Int
        var firstNode: Int
        var count: Int
        var firstEntry: Int
    }

    /// Dense rows, as indices into `denseRows`, and the stretches of core nodes outside which their columns of V are 0, chains taken out.
    struct DenseGroup: Sendable {
        var rows: Range<Int>
        var stretches: [Range<Int>]
        /// V keeps the stretches only: where the group starts, and where each stretch does in a row.
        var firstPlace: Int
        var stretchPlaces: [Int]

        /// Places a row takes.
        var width: Int { stretches.reduce(0) { $0 + $1.count } }

        func place(row: Int, stretch: Int) -> Int { firstPlace + (row - rows.lowerBound) * width + stretchPlaces[stretch] }

        /// nil for a node that the group does not meet.
        func place(row: Int, node: Int) -> Int? {
            stretches.firstIndex { $0.contains(node) }.map { place(row: row, stretch: $0) + node - stretches[$0].lowerBound }
        }

        /// 0 where no node is met: its column is 0 anyway.
        var firstNode: Int { stretches.first?.lowerBound ?? 0 }
    }

    struct Block: Sendable {
        var chains: Range<Int>
        /// First working row of the core, and its order.
        var firstCoreRow: Int
        var coreOrder: Int
        /// Whether the core is so large that all coupling rows count as dense in it.
        var isLarge: Bool
        /// Coupling rows (places in S) that are dense here: rising, in a large core by the first node they meet.
        var denseRows: [Int32]
        /// Neighbouring ones that meet the same stretches of core nodes.
        var denseGroups: [DenseGroup]
        /// Stretches of `denseRows` in which each row follows the one before: index and row of the first, and number.
        var denseRuns: [(first: Int, row: Int, count: Int)]
        /// Indices into `denseRows` by rising row.
        var denseByRow: [Int32]
        /// Sparse coupling rows met, rising, and for each its nodes and entries (from rowStarts[i] on).
        var sparseRows: [Int32]
        var sparseStarts: [Int32]
        var sparseNodes: [Int32]
        var sparseEntries: [Int32]
        var segments: [Segment]
        /// Core × core: place i · order + j, j ≤ i.
        var firstCoreEntry: Int
        var corePlaces: [Int32]
        /// Core × dense (V): the places of the entries, and its size.
        var firstDenseEntry: Int
        var denseSize: Int
        var densePlaces: [Int32]

        var meetsCoupling: Bool { !denseRows.isEmpty || !sparseRows.isEmpty }

        /// Size of the core's inverse and of the solved dense rows, where there is an explicit inverse.
        var inverseSize: Int { meetsCoupling && !isLarge ? coreOrder * (coreOrder + denseRows.count) : 0 }
    }

    let chains: [Chain]
    let blocks: [Block]
    /// Order of the coupling Schur complement: the coupling rows.
    let couplingOrder: Int
    /// Coupling × coupling by row r: entries from couplingStarts[r], their column r′ ≤ r.
    let firstCouplingEntry: Int
    let couplingStarts: [Int32]
    let couplingColumns: [Int32]
    let bandSize: Int

    let entryCount: Int
    private let pairStarts: Buffer<Int32>
    private let pairWeights: Buffer<Int32>
    private let pairProducts: Buffer<Double>

    init(_ working: WorkingProgram, threads: Int) {
        var builder = PatternBuilder(working, threads: threads)
        builder.build()
        chains = builder.chains
        blocks = builder.blocks
        couplingOrder = working.couplingCount
        firstCouplingEntry = builder.firstCouplingEntry
        couplingStarts = builder.couplingStarts
        couplingColumns = builder.couplingColumns
        bandSize = builder.bandSize
        entryCount = builder.entryCount

        // Pairs by entry, in the order of their columns.
        let pairs = builder.pairs
        pairStarts = Buffer(count: entryCount + 1, of: 0)
        for part in pairs { for pair in part.pairs { pairStarts[part.first + Int(pair.entry) + 1] += 1 } }
        for e in 0..<entryCount { pairStarts[e + 1] += pairStarts[e] }
        var next = pairStarts.array()
        let pairCount = Int(pairStarts[entryCount])
        pairWeights = Buffer(count: pairCount, of: 0)
        pairProducts = Buffer(count: pairCount, of: 0)
        for part in pairs {
            for pair in part.pairs {
                let entry = part.first + Int(pair.entry), place = Int(next[entry])
                pairWeights[place] = pair.weight
                pairProducts[place] = pair.product
                next[entry] += 1
            }
        }
    }

    /// Computes all entries for the weights given (shape [n]).
    func evaluate(weights: UnsafePointer<Double>, into entries: UnsafeMutablePointer<Double>, threads: Int) {
        let chunk = 8192
        let starts = UnsafePointer(pairStarts.pointer), indices = UnsafePointer(pairWeights.pointer)
        let products = UnsafePointer(pairProducts.pointer)
        let entryCount = entryCount
        parallelFor((entryCount + chunk - 1) / chunk, threads: threads) { part in
            var k = Int(starts[part * chunk])
            for e in (part * chunk)..<min(entryCount, (part + 1) * chunk) {
                let end = Int(starts[e &+ 1])
                var sum = 0.0
                while k < end {
                    sum += products[k] * weights[Int(indices[k])]
                    k &+= 1
                }
                entries[e] = sum
            }
        }
    }
}
