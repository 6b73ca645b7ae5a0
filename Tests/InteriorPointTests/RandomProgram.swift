import InteriorPoint

/// A seeded program of a given shape that has a solution strictly inside its bounds.
struct RandomProgram: Sendable, CustomStringConvertible {
    var name: String
    var blocks = 3
    var chains = 4
    var chainLength = 6
    var bandwidth = 1
    var core = 8
    var coupling = 6
    /// Coupling rows that chains meet.
    var denseCoupling = 0
    var quadraticShare = 0.0
    /// Share of the columns whose value is settled.
    var settledShare = 0.0
    var costMagnitudes = 1.0

    var description: String { name }

    static let shapes: [RandomProgram] = [
        RandomProgram(name: "usual"),
        RandomProgram(name: "no chains", chains: 0),
        RandomProgram(name: "no core", core: 0),
        RandomProgram(name: "one block", blocks: 1),
        RandomProgram(name: "no blocks", blocks: 0, coupling: 12),
        RandomProgram(name: "no coupling", coupling: 0),
        RandomProgram(name: "wide bands", chainLength: 12, bandwidth: 3),
        RandomProgram(name: "full bands", chainLength: 9, bandwidth: 8),
        RandomProgram(name: "dense coupling rows", coupling: 5, denseCoupling: 6),
        RandomProgram(name: "quadratic", denseCoupling: 2, quadraticShare: 0.4),
        RandomProgram(name: "a large core", blocks: 2, chains: 3, core: 620, coupling: 12, denseCoupling: 3),
        RandomProgram(name: "settled columns and quadratics", denseCoupling: 1, quadraticShare: 0.2, settledShare: 0.3),
        RandomProgram(name: "mostly settled", denseCoupling: 2, settledShare: 0.7),
        RandomProgram(name: "costs over eight magnitudes", denseCoupling: 3, costMagnitudes: 8),
        RandomProgram(name: "larger", blocks: 5, chains: 12, chainLength: 15, bandwidth: 2, core: 40, coupling: 50, denseCoupling: 12),
    ]

    func make(seed: UInt64) -> BlockProgram {
        var numbers = SeededNumbers(seed)
        var parts = [BlockProgram.Block](), next = 0
        for _ in 0..<blocks {
            let starts = (0..<chains).map { next + $0 * chainLength }
            next += chains * chainLength
            parts.append(BlockProgram.Block(chainStarts: starts, core: next..<(next + core)))
            next += core
        }
        let firstCoupling = next, firstDense = next + coupling, end = firstDense + denseCoupling
        var sketch = ProgramSketch(), inside = [Double]()
        func value() -> Double { (numbers.happens(0.5) ? 1 : -1) * numbers.uniform(0.3...2) }
        func add(_ rows: Set<Int>) {
            let entries = rows.sorted().map { (row: $0, value: value()) }
            let bounded = numbers.happens(0.6)
            let u = bounded ? numbers.uniform(0.5...20) : Double.infinity
            inside.append(bounded ? u * numbers.uniform(0.05...0.95) : numbers.uniform(0.1...10))
            var magnitude = 1.0
            for _ in 0..<Int(numbers.uniform(0...costMagnitudes)) { magnitude *= 10 }
            // Without an upper bound a negative cost could have no end.
            let c = magnitude * (bounded ? numbers.uniform(-1...1) : numbers.uniform(0.01...1))
            let q = numbers.happens(quadraticShare) ? numbers.uniform(0.01...1) : 0
            sketch.addColumn(cost: c, upper: u, implied: 1e5, quadratic: q, entries)
        }
        func couplingRows(_ share: Double, dense: Bool) -> Set<Int> {
            var rows = Set<Int>()
            if coupling > 0, !dense, numbers.happens(share) { rows.insert(firstCoupling + numbers.below(coupling)) }
            if denseCoupling > 0, numbers.happens(share) { rows.insert(firstDense + numbers.below(denseCoupling)) }
            return rows
        }
        for part in parts {
            for start in part.chainStarts {
                for t in 0..<chainLength {
                    for _ in 0..<3 {
                        var rows: Set<Int> = [start + t]
                        for _ in 0..<2 { rows.insert(start + max(0, t - numbers.below(bandwidth + 1))) }
                        if core > 0, numbers.happens(0.5) { rows.insert(part.core.lowerBound + numbers.below(core)) }
                        add(rows.union(couplingRows(0.3, dense: true)))
                    }
                }
            }
            for i in part.core {
                for _ in 0..<3 {
                    var rows: Set<Int> = [i]
                    if numbers.happens(0.6) { rows.insert(part.core.lowerBound + numbers.below(core)) }
                    add(rows.union(couplingRows(0.4, dense: false)))
                }
            }
        }
        for row in firstCoupling..<end { for _ in 0..<2 { add([row]) } }
        if firstCoupling == 0 { for _ in 0..<20 { add([numbers.below(end), numbers.below(end)]) } }

        var program = sketch.program(
            rightHandSide: sketch.image(of: inside, rowCount: end), blocks: parts, coupling: firstCoupling..<end)
        for (j, x) in inside.enumerated() where numbers.happens(settledShare) { program.fixedColumns.append((j, x)) }
        return program
    }
}
