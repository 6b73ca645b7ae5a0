/// What makes a `BlockProgram` unusable, with the place where it was found.
public enum SolveError: Error, Equatable, CustomStringConvertible {
    /// An array has the wrong length.
    case wrongLength(array: String, expected: Int, found: Int)
    /// A number is not finite, or has a sign it may not have.
    case badNumber(array: String, index: Int, value: Double)
    /// A column's row indices leave 0..<m or do not rise.
    case badRows(column: Int)
    /// Chains, cores and coupling rows do not follow each other without gaps from row 0 to row m − 1.
    case badPartition(block: Int)
    /// A column touches two blocks, or two chains of its block.
    case crossingColumn(column: Int)

    public var description: String {
        switch self {
        case .wrongLength(let array, let expected, let found): "\(array) has \(found) elements where \(expected) are needed"
        case .badNumber(let array, let index, let value): "\(array)[\(index)] is \(value)"
        case .badRows(let column): "the row indices of column \(column) leave the program or do not rise"
        case .badPartition(let block): "the rows of block \(block) do not follow those before it without a gap"
        case .crossingColumn(let column): "column \(column) touches more than one block or more than one chain"
        }
    }
}

extension BlockProgram {
    /// Checks lengths, numbers, the row partition and that each column keeps to one block and one chain.
    public func validate() throws(SolveError) {
        let n = columnCount, m = rowCount
        try Self.check(quadratic.count, n, "quadratic")
        try Self.check(upper.count, n, "upper")
        try Self.check(impliedUpper.count, n, "impliedUpper")
        try Self.check(columnStarts.count, n + 1, "columnStarts")
        try Self.check(rowIndices.count, values.count, "rowIndices")
        try Self.check(columnStarts.last ?? -1, values.count, "values")
        for j in 0..<n {
            guard cost[j].isFinite else { throw .badNumber(array: "cost", index: j, value: cost[j]) }
            guard quadratic[j].isFinite, quadratic[j] >= 0 else { throw .badNumber(array: "quadratic", index: j, value: quadratic[j]) }
            guard upper[j] >= 0 else { throw .badNumber(array: "upper", index: j, value: upper[j]) }
            guard upper[j].isFinite || (impliedUpper[j].isFinite && impliedUpper[j] >= 0) else {
                throw .badNumber(array: "impliedUpper", index: j, value: impliedUpper[j])
            }
            guard columnStarts[j] >= 0, columnStarts[j] <= columnStarts[j + 1], columnStarts[j + 1] <= values.count else {
                throw .badRows(column: j)
            }
            var previous = -1
            for k in columnStarts[j]..<columnStarts[j + 1] {
                let row = Int(rowIndices[k])
                guard row > previous, row < m else { throw .badRows(column: j) }
                guard values[k].isFinite else { throw .badNumber(array: "values", index: k, value: values[k]) }
                previous = row
            }
        }
        for (i, value) in rightHandSide.enumerated() where !value.isFinite {
            throw .badNumber(array: "rightHandSide", index: i, value: value)
        }
        try checkPartition()
    }

    private func checkPartition() throws(SolveError) {
        var next = 0
        for (number, block) in blocks.enumerated() {
            for (i, start) in block.chainStarts.enumerated() {
                guard i == 0 ? start == next : start > block.chainStarts[i - 1] else { throw .badPartition(block: number) }
            }
            if let last = block.chainStarts.last { next = last + 1 }
            guard block.chainStarts.isEmpty ? block.core.lowerBound == next : block.core.lowerBound >= next else {
                throw .badPartition(block: number)
            }
            next = block.core.upperBound
        }
        guard couplingRows.lowerBound == next, couplingRows.upperBound == rowCount else { throw .badPartition(block: blocks.count) }

        let places = RowPlaces(self)
        for j in 0..<columnCount {
            var block = -1, chain = -1
            for k in columnStarts[j]..<columnStarts[j + 1] {
                let row = Int(rowIndices[k])
                guard row < couplingRows.lowerBound else { break }
                if block >= 0, places.block[row] != block { throw .crossingColumn(column: j) }
                block = places.block[row]
                guard places.chain[row] >= 0 else { continue }
                if chain >= 0, places.chain[row] != chain { throw .crossingColumn(column: j) }
                chain = places.chain[row]
            }
        }
    }

    private static func check(_ found: Int, _ expected: Int, _ array: String) throws(SolveError) {
        guard found == expected else { throw .wrongLength(array: array, expected: expected, found: found) }
    }
}

/// For each block row: its block, its chain within the block (−1 in the core) and its place within the chain or core.
struct RowPlaces: Sendable {
    var block: [Int]
    var chain: [Int]
    var place: [Int]

    init(_ program: BlockProgram) {
        let count = program.couplingRows.lowerBound
        block = [Int](repeating: -1, count: count)
        chain = block
        place = block
        for (number, part) in program.blocks.enumerated() {
            for (c, start) in part.chainStarts.enumerated() {
                let end = c + 1 < part.chainStarts.count ? part.chainStarts[c + 1] : part.core.lowerBound
                for row in start..<end {
                    block[row] = number
                    chain[row] = c
                    place[row] = row - start
                }
            }
            for row in part.core {
                block[row] = number
                place[row] = row - part.core.lowerBound
            }
        }
    }
}
