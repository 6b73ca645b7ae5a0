import InteriorPoint
import PlanModel

/// What the solves of one allocation leave for the next one of a package that differs in a few figures.
///
/// Capacities, demand, stock, prices and promises may differ. Where rows or columns differ (another lead time, another tier with a sharing rule), the
/// basis is not used.
public struct AllocationBasis: Sendable {
    /// One solve: where its path went through and the prices that proved its answer.
    struct Solve: Sendable {
        var path: PathPoint?
        /// Prices of the rows, shape [m], in the objective's units.
        var prices: [Double]
    }

    /// What was solved.
    enum Question: Hashable, Sendable {
        case together
        case rank(Rank)
        case lossPrices(tier: Int)
        case tidiness
    }

    /// A column that a solved rank leaves no choice about, and its value.
    struct Settled: Hashable, Sendable {
        var column: Int
        var value: Double
    }

    private(set) var solves: [Question: Solve] = [:]
    /// What each rank settled for all later ones.
    private(set) var settled: [Rank: [Settled]] = [:]
    /// The plan's columns, at the end of all.
    var x: [Double] = []
    private(set) var amountTiers: Set<Int>
    private(set) var form: ProgramForm

    init(form: ProgramForm, amountTiers: Set<Int>, x: [Double], solves: [Question: Solve], settled: [Rank: [Settled]]) {
        self.form = form
        self.amountTiers = amountTiers
        self.x = x
        self.solves = solves
        self.settled = settled
    }

    init(_ stage: StageProgram) {
        amountTiers = stage.content.amountTiers
        form = ProgramForm(stage)
    }

    /// Whether a stage has the same rows and columns.
    func fits(_ stage: StageProgram) -> Bool { form == ProgramForm(stage) }

    mutating func record(_ question: Question, _ solution: InteriorPointSolution, prices: [Double]) {
        solves[question] = Solve(path: solution.pathPoint, prices: prices)
    }

    mutating func record(_ columns: some Sequence<(column: Int, value: Double)>, settledBy rank: Rank) {
        settled[rank] = columns.map { Settled(column: $0.column, value: $0.value) }
    }

    /// Takes over a solve of another basis of the same form.
    mutating func adopt(_ question: Question, of other: AllocationBasis) { solves[question] = other.solves[question] }

    /// Moves to a stage in which more accounts have an amount.
    mutating func move(from smaller: StageProgram, to stage: StageProgram) {
        let rows = stage.rows(of: smaller)
        for (question, solve) in solves {
            var prices = [Double](repeating: 0, count: stage.program.rowCount)
            for (old, new) in rows.enumerated() { prices[new] = solve.prices[old] }
            var path = solve.path
            if let old = path {
                var y = [Float](repeating: 0, count: stage.program.rowCount)
                for (row, new) in rows.enumerated() { y[new] = old.y[row] }
                path = PathPoint(x: stage.adopt(old.x.map(Double.init), from: smaller).map(Float.init), y: y, product: old.product)
            }
            solves[question] = Solve(path: path, prices: prices)
        }
        let columns = stage.columns(of: smaller)
        for (rank, list) in settled { settled[rank] = list.map { Settled(column: columns[$0.column], value: $0.value) } }
        amountTiers = stage.content.amountTiers
        form = ProgramForm(stage)
    }
}

/// The rows and columns of a stage without their figures: their numbers, and a digest of what each stands for.
struct ProgramForm: Equatable, Sendable {
    var rowCount: Int
    var columnCount: Int
    var digest: UInt64

    init(rowCount: Int, columnCount: Int, digest: UInt64) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.digest = digest
    }

    init(_ stage: StageProgram) {
        rowCount = stage.program.rowCount
        columnCount = stage.columns.count
        var digest = Digest()
        for (j, column) in stage.columns.enumerated() {
            for value in [Int32(column.kind.rawValue), column.a, column.b, column.bucket, column.lot] {
                digest.add(UInt32(bitPattern: value))
            }
            for k in stage.program.columnStarts[j]..<stage.program.columnStarts[j + 1] {
                digest.add(UInt32(bitPattern: stage.program.rowIndices[k]))
            }
        }
        self.digest = digest.value
    }
}

/// FNV-1a, 64 bits, by words (Fowler, Noll & Vo 1991).
struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ word: UInt32) { value = (value ^ UInt64(word)) &* 0x0000_0100_0000_01b3 }
}

extension StageProgram {
    /// A plan of the same rows and columns with other figures, its unused capacity set right; nil where more than that has to change.
    ///
    /// - Parameter tolerance: Row residual to keep, relative to 1 + the sum of the row's absolute terms.
    func refitted(_ plan: [Double], tolerance: Double) -> [Double]? {
        var x = zip(plan, program.upper).map { min(max($0, 0), $1) }
        var missing = program.rightHandSide
        for j in x.indices where x[j] != 0 {
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] {
                missing[Int(program.rowIndices[k])] -= program.values[k] * x[j]
            }
        }
        for (j, column) in columns.enumerated() where column.kind == .slack {
            let entries = program.columnStarts[j]..<program.columnStarts[j + 1]
            guard entries.count == 1, let k = entries.first else { continue }
            x[j] = min(max(x[j] + missing[Int(program.rowIndices[k])] / program.values[k], 0), program.upper[j])
        }
        return program.rowResidual(at: x) <= tolerance ? x : nil
    }
}
