import InteriorPoint
import PlanModel

/// Which parts of the model a program needs; what it does not need makes no columns.
struct StageContent: Sendable {
    /// Ranks that have a row or quadratic limit on their aim, not in force until a caller gives it a size (`export`).
    var holds: [Rank] = []
    /// Tiers whose accounts have a column for their lost (or served) amount.
    var amountTiers: Set<Int> = []
    /// Tiers whose shortfall under the band's minimum counts.
    var underTiers: Set<Int> = []
    /// Whether stock over target and maximum costs.
    var bandCosts = false
    var guarantees = false
    /// Limits and balances may be broken at a price: asks whether any plan exists.
    var elastic = false
    /// Kinds of capacity that may be added to, each by a column of its own: asks what would make somebody whole.
    var relief: Set<ReliefKind> = []
    /// Frozen decisions that may move after all: asks which of them contradict each other.
    var released: Set<FrozenRow> = []

    init() {}

    /// - Parameters:
    ///   - holds: Ranks with limits.
    ///   - aims: Ranks that are minimised, with or without a limit.
    ///   - amountTiers: Tiers with amounts; the sharing of others has no limit.
    init(holds: [Rank], aims: [Rank], amountTiers: Set<Int>) {
        self.amountTiers = amountTiers
        for rank in holds + aims {
            switch rank.aim {
            case .guarantees: guarantees = true
            case .stockUnderMinimum: if let tier = rank.tier { underTiers.insert(tier) }
            case .cost: bandCosts = true
            case .lostSales, .lateness, .sharing: break
            }
        }
        self.holds = holds.filter { $0.aim != .sharing || amountTiers.contains($0.tier ?? 0) }
    }
}

/// A function of the columns: constant + cᵀx + ½ Σ q x².
struct StageObjective {
    var constant = 0.0
    var linear: [Double]
    var quadratic: [Double]

    init(columnCount: Int) {
        linear = [Double](repeating: 0, count: columnCount)
        quadratic = [Double](repeating: 0, count: columnCount)
    }

    mutating func add(_ other: StageObjective, times factor: Double) {
        guard factor != 0 else { return }
        constant += factor * other.constant
        for j in linear.indices {
            linear[j] += factor * other.linear[j]
            quadratic[j] += factor * other.quadratic[j]
        }
    }

    func value(_ x: [Double]) -> Double {
        var sum = constant
        for j in x.indices { sum += (linear[j] + 0.5 * quadratic[j] * x[j]) * x[j] }
        return sum
    }
}

/// The linear program of one stage, with the meaning of its rows and columns.
struct StageProgram {
    let model: AllocationModel
    let content: StageContent
    var program: BlockProgram
    let columns: [ProgramColumn]
    /// What each column costs in the rank `cost`, and what frozen decisions cost whatever happens.
    let costCoefficients: [Double]
    let costConstant: Double
    /// Where each rank's limit stands, and the quadratic ones.
    let holds: [HoldPlace]
    let quadraticLimits: [QuadraticLimit]
    /// Row of each resource in ``ResourceTable/keys``; −1 where no row was needed (or, for overtime, always).
    let resourceRows: [Int]
    /// Column of each overtime resource; −1 otherwise.
    let resourceColumns: [Int]
    /// Row of each guarantee; −1 when the stage has none.
    let guaranteeRows: [Int]
    /// Row of each account's amount, the program's last rows; −1 when the stage has none.
    let amountRows: [Int]
    /// Names of elastic columns' rows, by the column's `a`.
    let elasticNames: [Bilingual]
    private(set) var isSettled: [Bool]

    /// A rank's limit: aim + slack = limit as a row (moved by `offset`), or a quadratic limit; neither where no column can make the aim positive.
    struct HoldPlace: Sendable {
        var rank: Rank
        var row = -1
        var column = -1
        var offset = 0.0
        var quadraticLimit = -1
    }

    /// ½ Σ h x² ≤ limit on some columns.
    struct QuadraticLimit: Sendable {
        /// Columns, rising, and h > 0 for each.
        var columns: [Int] = []
        var curvature: [Double] = []
    }

    init(
        model: AllocationModel, content: StageContent, program: BlockProgram, columns: [ProgramColumn], costCoefficients: [Double],
        costConstant: Double, holds: [HoldPlace], quadraticLimits: [QuadraticLimit], resourceRows: [Int], resourceColumns: [Int],
        guaranteeRows: [Int], amountRows: [Int], elasticNames: [Bilingual]
    ) {
        self.model = model
        self.content = content
        self.program = program
        self.columns = columns
        self.costCoefficients = costCoefficients
        self.costConstant = costConstant
        self.holds = holds
        self.quadraticLimits = quadraticLimits
        self.resourceRows = resourceRows
        self.resourceColumns = resourceColumns
        self.guaranteeRows = guaranteeRows
        self.amountRows = amountRows
        self.elasticNames = elasticNames
        isSettled = [Bool](repeating: false, count: columns.count)
    }

    /// The aim of a rank as a function of this stage's columns, or nil when no column can make it positive.
    func objective(of rank: Rank) -> StageObjective? {
        var objective = StageObjective(columnCount: columns.count)
        var isUsed = false
        let hasAmounts = rank.tier.map { content.amountTiers.contains($0) } ?? false
        func isOf(_ column: ProgramColumn) -> Bool { model.tier(ofPair: Int(column.a)) == rank.tier }
        switch rank.aim {
        case .guarantees:
            for (j, column) in columns.enumerated() where column.kind == .shortfall {
                objective.linear[j] = 1
                isUsed = true
            }
        case .lostSales:
            let last = model.bucketCount - 1
            for (j, column) in columns.enumerated() {
                if hasAmounts {
                    let account = Int(column.a)
                    switch column.kind {
                    case .accountLost where model.tierOfAccount[account] == rank.tier:
                        objective.linear[j] = model.package.accounts[account].weight
                        isUsed = true
                    case .accountServed where model.tierOfAccount[account] == rank.tier:
                        let weight = model.package.accounts[account].weight
                        objective.linear[j] = -weight
                        objective.constant += weight * model.demandedAmount[account]
                        isUsed = true
                    default: break
                    }
                } else if (column.kind == .lost || (column.kind == .backlog && Int(column.bucket) == last)) && isOf(column) {
                    objective.linear[j] = model.lossWeight(ofPair: Int(column.a))
                    isUsed = true
                }
            }
        case .sharing:
            for (j, column) in columns.enumerated() where column.kind == .accountLost || column.kind == .accountServed {
                guard model.tierOfAccount[Int(column.a)] == rank.tier else { continue }
                objective.quadratic[j] = column.kind == .accountLost ? 2 / model.demandedAmount[Int(column.a)] : 2
                isUsed = true
            }
        case .lateness:
            for (j, column) in columns.enumerated() where column.kind == .backlog && isOf(column) {
                objective.linear[j] = model.lossWeight(ofPair: Int(column.a))
                isUsed = true
            }
        case .stockUnderMinimum:
            for (j, column) in columns.enumerated() where column.kind == .under && isOf(column) {
                objective.linear[j] = model.lossWeight(ofPair: Int(column.a))
                isUsed = true
            }
        case .cost:
            objective.linear = costCoefficients
            objective.constant = costConstant
            isUsed = costConstant != 0 || costCoefficients.contains { $0 != 0 }
        }
        return isUsed ? objective : nil
    }
}

extension StageProgram {
    /// What a rank's aim amounts to at a solution of this stage, also where the stage has no columns of its own for it; nil where that
    /// cannot be told from the columns.
    func value(of rank: Rank, at x: [Double]) -> Double? {
        switch rank.aim {
        case .guarantees: return content.guarantees ? objective(of: rank)?.value(x) ?? 0 : nil
        case .cost: return content.bandCosts ? objective(of: rank)?.value(x) ?? 0 : nil
        case .lostSales, .lateness: return objective(of: rank)?.value(x) ?? 0
        case .sharing:
            let last = model.bucketCount - 1
            var amount = [Double](repeating: 0, count: model.package.accounts.count)
            for (j, column) in columns.enumerated() where column.kind == .lost || (column.kind == .backlog && Int(column.bucket) == last) {
                let pair = model.pairs[Int(column.a)]
                amount[pair.account] += model.unitMeasure[pair.product] * x[j]
            }
            var sum = 0.0
            for account in amount.indices where model.tierOfAccount[account] == rank.tier && model.demandedAmount[account] > 0 {
                let demanded = model.demandedAmount[account]
                let served = demanded - amount[account]
                sum += model.sharingRule(ofTier: rank.tier ?? 0) == .maxmin ? served * served : amount[account] * amount[account] / demanded
            }
            return sum
        case .stockUnderMinimum:
            let count = model.bucketCount
            var stock = [Double](repeating: 0, count: model.pairs.count * count)
            for (j, column) in columns.enumerated() where column.kind == .accountStock || column.kind == .under {
                let cell = Int(column.a) * count + Int(column.bucket)
                // With several lot classes the segments (b ≥ 0) repeat what the lots (b = −1) hold.
                let hasLots = model.lots[model.pairs[Int(column.a)].product].count > 1
                if column.kind == .under {
                    if !hasLots { stock[cell] += program.upper[j] - x[j] }
                } else if !hasLots || column.b == -1 {
                    stock[cell] += x[j]
                }
            }
            var sum = 0.0
            for row in model.pairs.indices where model.tier(ofPair: row) == rank.tier {
                for t in 0..<count { sum += model.lossWeight(ofPair: row) * max(0, model.bands.min[row, t] - stock[row * count + t]) }
            }
            return sum
        }
    }
}

extension StageProgram {
    /// The columns of a program without the accounts' amounts as columns of this one.
    func adopt(_ x: [Double], from other: StageProgram) -> [Double] {
        var result = [Double](repeating: 0, count: columns.count)
        for (j, old) in positions(in: other).enumerated() where old >= 0 { result[j] = x[old] }
        setAmounts(&result)
        return result
    }

    /// A path's point in a stage that lacks some accounts' amounts, here: the rows of those have no price.
    func adopt(_ path: PathPoint, from smaller: StageProgram) -> PathPoint {
        var y = [Float](repeating: 0, count: program.rowCount)
        for (row, new) in rows(of: smaller).enumerated() { y[new] = path.y[row] }
        return PathPoint(x: adopt(path.x.map(Double.init), from: smaller).map(Float.init), y: y, product: path.product)
    }

    /// Settles a column's value for all solves to come.
    mutating func settle(_ j: Int, at value: Double) {
        guard !isSettled[j] else { return }
        isSettled[j] = true
        program.fixedColumns.append((j, value))
    }

    /// Settles what another stage of the same model has settled.
    mutating func settleAll(of other: StageProgram) {
        let places = columns(of: other)
        for (column, value) in other.program.fixedColumns where places[column] >= 0 { settle(places[column], at: value) }
    }

    /// Where the rows of a stage that lacks some accounts' amounts stand in this one.
    func rows(of smaller: StageProgram) -> [Int] {
        var rows = Array(0..<smaller.program.rowCount)
        for (account, row) in smaller.amountRows.enumerated() where row >= 0 { rows[row] = amountRows[account] }
        return rows
    }

    /// Where the columns of a stage that lacks some accounts' amounts stand in this one.
    func columns(of smaller: StageProgram) -> [Int] {
        var columns = [Int](repeating: -1, count: smaller.columns.count)
        for (j, old) in positions(in: smaller).enumerated() where old >= 0 { columns[old] = j }
        return columns
    }

    /// Position of each column in another program, −1 where it has none. Columns of limits are in none.
    private func positions(in other: StageProgram) -> [Int] {
        var position: [ProgramColumn: Int] = [:]
        position.reserveCapacity(other.columns.count)
        for (j, column) in other.columns.enumerated() { position[column] = j }
        var result = columns.map { position[$0] ?? -1 }
        for place in holds where place.column >= 0 { result[place.column] = -1 }
        return result
    }

    private func setAmounts(_ x: inout [Double]) {
        var amount = [Double](repeating: 0, count: model.package.accounts.count)
        let last = model.bucketCount - 1
        for (j, column) in columns.enumerated() where column.kind == .lost || (column.kind == .backlog && Int(column.bucket) == last) {
            let pair = model.pairs[Int(column.a)]
            amount[pair.account] += model.unitMeasure[pair.product] * x[j]
        }
        for (j, column) in columns.enumerated() {
            let account = Int(column.a)
            if column.kind == .accountLost { x[j] = amount[account] }
            if column.kind == .accountServed { x[j] = model.demandedAmount[account] - amount[account] }
        }
    }
}
