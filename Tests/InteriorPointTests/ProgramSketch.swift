import InteriorPoint

/// Seeded numbers (SplitMix64, Steele et al. 2014).
struct SeededNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func uniform(_ range: ClosedRange<Double> = 0...1) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double(next() >> 11) * 0x1p-53
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    mutating func happens(_ share: Double) -> Bool { uniform() < share }
}

/// Collects the columns of a `BlockProgram` one by one.
struct ProgramSketch {
    var cost: [Double] = []
    var quadratic: [Double] = []
    var upper: [Double] = []
    var impliedUpper: [Double] = []
    var starts = [0]
    var rows: [Int32] = []
    var values: [Double] = []

    @discardableResult
    mutating func addColumn(
        cost c: Double, upper u: Double = .infinity, implied: Double = 1e6, quadratic q: Double = 0, _ entries: [(row: Int, value: Double)]
    ) -> Int {
        cost.append(c)
        quadratic.append(q)
        upper.append(u)
        impliedUpper.append(min(u, implied))
        for entry in entries.sorted(by: { $0.row < $1.row }) {
            rows.append(Int32(entry.row))
            values.append(entry.value)
        }
        starts.append(rows.count)
        return cost.count - 1
    }

    func program(
        rightHandSide: [Double], blocks: [BlockProgram.Block] = [], coupling: Range<Int>
    ) -> BlockProgram {
        BlockProgram(
            cost: cost, quadratic: quadratic, upper: upper, impliedUpper: impliedUpper, columnStarts: starts, rowIndices: rows,
            values: values,
            rightHandSide: rightHandSide, blocks: blocks, couplingRows: coupling)
    }

    /// A x.
    func image(of x: [Double], rowCount: Int) -> [Double] {
        var result = [Double](repeating: 0, count: rowCount)
        for j in 0..<cost.count { for k in starts[j]..<starts[j + 1] { result[Int(rows[k])] += values[k] * x[j] } }
        return result
    }
}
