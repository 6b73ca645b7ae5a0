import InteriorPoint
import PlanModel

/// What the solves of one allocation leave for the next one of a package that differs in a few figures.
///
/// Capacities, demand, stock and prices may differ, and there may be other promises. Where other rows or columns differ (another lead time, another tier
/// with a sharing rule), the basis is not used.
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
    /// Where each promise stands, in the order of the promises.
    private(set) var promises: [PromisePlace]

    init(
        form: ProgramForm, amountTiers: Set<Int>, promises: [PromisePlace], x: [Double], solves: [Question: Solve],
        settled: [Rank: [Settled]]
    ) {
        self.form = form
        self.amountTiers = amountTiers
        self.promises = promises
        self.x = x
        self.solves = solves
        self.settled = settled
    }

    init(_ stage: StageProgram) {
        amountTiers = stage.content.amountTiers
        form = ProgramForm(stage)
        promises = stage.promisePlaces
    }

    /// Whether a stage has the same rows and columns, those of promises included.
    func fits(_ stage: StageProgram) -> Bool { form == ProgramForm(stage) && promises == stage.promisePlaces }

    /// The basis for a stage that has the same rows and columns except for those of promises; nil for any other stage.
    ///
    /// A promise is a row and two columns, so a plan and prices of old are carried over one that came or went: what is new has no price, and its columns
    /// tell what the old plan serves of it. Where the rows' prices were 0 in all ranks, these prices prove the ranks without the promise as well.
    func fitted(to stage: StageProgram) -> AllocationBasis? {
        guard form == ProgramForm(stage) else { return nil }
        let places = stage.promisePlaces
        guard places != promises else { return self }
        let columns = PromisePlace.positions(from: promises, to: places, count: stage.columns.count, places: \.columns)
        let rows = PromisePlace.positions(from: promises, to: places, count: stage.program.rowCount, places: { [$0.row] })
        func moved<Number: ExpressibleByIntegerLiteral>(_ old: [Number], _ positions: [Int]) -> [Number] {
            positions.map { $0 < 0 ? 0 : old[$0] }
        }
        var result = AllocationBasis(stage)
        result.x = stage.withPromisesCounted(moved(x, columns))
        for (question, solve) in solves {
            let path = solve.path.map { path in
                PathPoint(
                    x: stage.withPromisesCounted(moved(path.x, columns).map(Double.init)).map(Float.init), y: moved(path.y, rows),
                    product: path.product)
            }
            result.solves[question] = Solve(path: path, prices: moved(solve.prices, rows))
        }
        return result
    }

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
            solves[question] = Solve(path: solve.path.map { stage.adopt($0, from: smaller) }, prices: prices)
        }
        let columns = stage.columns(of: smaller)
        for (rank, list) in settled { settled[rank] = list.map { Settled(column: columns[$0.column], value: $0.value) } }
        amountTiers = stage.content.amountTiers
        form = ProgramForm(stage)
        promises = stage.promisePlaces
    }
}

/// The row and the columns (shortfall, surplus) of a promise.
struct PromisePlace: Equatable, Sendable {
    /// Of the promise's id.
    var digest: UInt64
    var row: Int
    var columns: [Int]

    /// Where each row or column of a program stands in one that has other promises and else the same in the same order; −1 where it has none.
    ///
    /// - Parameters:
    ///   - count: Number of them in the new program.
    ///   - places: Those of a promise.
    static func positions(from old: [PromisePlace], to new: [PromisePlace], count: Int, places: (PromisePlace) -> [Int]) -> [Int] {
        var result = [Int](repeating: 0, count: count)
        let known = Dictionary(old.map { ($0.digest, $0) }) { first, _ in first }
        for place in new {
            let before = known[place.digest].map(places)
            for (part, position) in places(place).enumerated() { result[position] = before?[part] ?? -1 }
        }
        let (ofNew, ofOld) = (Set(new.flatMap(places)), Set(old.flatMap(places)))
        var next = 0
        for position in result.indices where !ofNew.contains(position) {
            while ofOld.contains(next) { next += 1 }
            result[position] = next
            next += 1
        }
        return result
    }
}

/// The rows and columns of a stage without their figures, promises apart: their numbers, and a digest of what each stands for.
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
        let ofPromises = Set(stage.guaranteeRows.filter { $0 >= 0 })
        var place = [Int32](repeating: -1, count: stage.program.rowCount)
        var rows: Int32 = 0
        for row in place.indices where !ofPromises.contains(row) {
            place[row] = rows
            rows += 1
        }
        rowCount = Int(rows)
        columnCount = 0
        var digest = Digest()
        for (j, column) in stage.columns.enumerated() where column.kind != .shortfall && column.kind != .surplus {
            columnCount += 1
            for value in [Int32(column.kind.rawValue), column.a, column.b, column.bucket, column.lot] {
                digest.add(UInt32(bitPattern: value))
            }
            for k in stage.program.columnStarts[j]..<stage.program.columnStarts[j + 1] {
                let row = place[Int(stage.program.rowIndices[k])]
                if row >= 0 { digest.add(UInt32(bitPattern: row)) }
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
    /// In the order of the promises.
    var promisePlaces: [PromisePlace] {
        var columnsOf = [[Int]](repeating: [], count: guaranteeRows.count)
        for (j, column) in columns.enumerated() where column.kind == .shortfall || column.kind == .surplus {
            columnsOf[Int(column.a)].append(j)
        }
        return guaranteeRows.indices.filter { guaranteeRows[$0] >= 0 }.map { index in
            var digest = Digest()
            for byte in model.package.guarantees[index].id.utf8 { digest.add(UInt32(byte)) }
            return PromisePlace(digest: digest.value, row: guaranteeRows[index], columns: columnsOf[index])
        }
    }

    /// The columns with what each promise lacks, or is served beyond it, as the others have it.
    func withPromisesCounted(_ plan: [Double]) -> [Double] {
        var x = plan
        let places = promisePlaces
        guard !places.isEmpty else { return x }
        for place in places { for j in place.columns { x[j] = 0 } }
        let missing = missingInRows(at: x)
        for place in places where place.columns.count == 2 {
            x[place.columns[0]] = max(0, missing[place.row])
            x[place.columns[1]] = max(0, -missing[place.row])
        }
        return x
    }

    /// b − A x, shape [m].
    private func missingInRows(at x: [Double]) -> [Double] {
        var missing = program.rightHandSide
        for j in x.indices where x[j] != 0 {
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] {
                missing[Int(program.rowIndices[k])] -= program.values[k] * x[j]
            }
        }
        return missing
    }

    /// A plan of the same rows and columns with other figures: demand that came or went is lost or not, accounts' amounts, unused capacity and what
    /// promises lack are set right; nil where more than that has to change.
    ///
    /// - Parameter tolerance: Row residual to keep, relative to 1 + the sum of the row's absolute terms.
    func refitted(_ plan: [Double], tolerance: Double) -> [Double]? {
        var x = zip(plan, program.upper).map { min(max($0, 0), $1) }
        if program.rowResidual(at: x) > tolerance {
            let missing = missingInRows(at: x)
            for (j, column) in columns.enumerated() where column.kind == .lost {
                // The first of its rows is where it meets demand.
                let k = program.columnStarts[j]
                x[j] = min(max(x[j] + missing[Int(program.rowIndices[k])] / program.values[k], 0), program.upper[j])
            }
        }
        let missing = missingInRows(at: x)
        for (j, column) in columns.enumerated() where column.kind == .slack || column.kind == .accountLost || column.kind == .accountServed
        {
            let entries = program.columnStarts[j]..<program.columnStarts[j + 1]
            guard entries.count == 1, let k = entries.first else { continue }
            x[j] = min(max(x[j] + missing[Int(program.rowIndices[k])] / program.values[k], 0), program.upper[j])
        }
        x = withPromisesCounted(x)
        return program.rowResidual(at: x) <= tolerance ? x : nil
    }
}
