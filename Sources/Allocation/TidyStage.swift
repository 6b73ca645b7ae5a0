import InteriorPoint
import PlanModel

/// The last solve: among the plans as good as the one found, the one a plant can carry out.
///
/// Making and moving later rather than earlier, a product on its fastest line, an account by its first lane; small fixed differences between cells
/// break the remaining ties, so that the optimum is a vertex: few cells, no crumbs over all lines and weeks, the same every time.
struct TidyStage {
    let sequence: RankSequence
    private var model: AllocationModel { sequence.model }

    /// What a unit of a later rank's aim is worth here, in units of tidiness: enough that no sale is given up for a tidier plan.
    private static let saleWorth = 20.0

    init(_ sequence: RankSequence) { self.sequence = sequence }

    /// - Parameters:
    ///   - tightening: Storage to leave free.
    ///   - rules: With rules, every account holds one case more than needed where that is possible, so that rounding down loses no sale; the
    ///     cost of it is weighed, not held.
    func solve(tightening: StorageTightening, rules: RoundingRules) throws -> (stage: StageProgram, x: [Double]) {
        let stage = sequence.stage
        var objective = tidiness(stage)
        let ranks = sequence.outcomes.filter { $0.rank.aim != .cost }
        for (index, outcome) in ranks.enumerated() {
            guard let aim = stage.objective(of: outcome.rank) else { continue }
            // Earlier ranks weigh more, so that what little slack they have is not traded down the order.
            let order = Double(ranks.count - index)
            let worth = TidyStage.saleWorth * order / (outcome.rank.aim == .sharing ? steepness(aim, stage) : 1)
            objective.add(aim, times: worth)
        }
        if let cost = stage.objective(of: Rank(aim: .cost, tier: nil)),
            let reached = sequence.outcomes.first(where: { $0.rank.aim == .cost }), reached.value > 0
        {
            // One hundredth of the mean cost of a unit is worth one unit of tidiness.
            objective.add(cost, times: 100 * max(model.totalUnits, 1) / reached.value)
        }
        if !rules.isEmpty { addCushions(&objective, stage: stage, rules: rules) }
        var tightened = stage.program
        let solution = try sequence.minimise(
            objective, gapScale: max(1, model.totalUnits), tolerance: 1e-9, snapshot: 0, free: rules.isEmpty ? [] : [.cost]
        ) { program in
            tightening.apply(to: &program, stage: stage, resources: sequence.resources)
            tightened = program
        }
        return (stage, cleaned(solution.x, program: tightened, free: rules.isEmpty ? [] : [.cost]))
    }

    /// Largest slope a quadratic aim reaches inside the accounts' demanded amounts.
    private func steepness(_ aim: StageObjective, _ stage: StageProgram) -> Double {
        var steepest = 1.0
        for (j, q) in aim.quadratic.enumerated() where q > 0 { steepest = max(steepest, q * model.demandedAmount[Int(stage.columns[j].a)]) }
        return steepest
    }

    private func tidiness(_ stage: StageProgram) -> StageObjective {
        var objective = StageObjective(columnCount: stage.columns.count)
        let count = Double(model.bucketCount)
        let package = model.package
        for (j, column) in stage.columns.enumerated() {
            let early = (count - 1 - Double(column.bucket)) / count
            switch column.kind {
            case .make:
                let position = Int(column.a)
                let choices = model.makersOfProduct[package.lineProducts[position].product].sorted {
                    (package.lineProducts[$1].rate, $0) < (package.lineProducts[$0].rate, $1)
                }
                objective.linear[j] = early + 0.2 * Double(choices.firstIndex(of: position) ?? 0) + TidyStage.difference(column)
            case .move:
                objective.linear[j] = 0.3 * early + 0.05 * Double(lanePreference(Int(column.a))) + TidyStage.difference(column)
            // Where a loss cannot be avoided it falls late: early demand is not refused to build stock for the peak.
            case .lost: objective.linear[j] = 1.5 * early
            case .siteStock: objective.linear[j] = 0.01
            case .accountStock: objective.linear[j] = 0.02
            default: break
            }
        }
        return objective
    }

    /// Place of a lane among those to the same destination: cheaper first, then by id.
    private func lanePreference(_ lane: Int) -> Int {
        let lanes = model.package.lanes
        var place = 0
        for other in lanes.indices where other != lane && lanes[other].to == lanes[lane].to {
            if (lanes[other].unitCost, other) < (lanes[lane].unitCost, lane) { place += 1 }
        }
        return place
    }

    /// A fixed number in 0 … 0.003 for each cell, the same in every run (SplitMix64 finaliser over the cell's indices).
    static func difference(_ column: ProgramColumn) -> Double {
        var z = UInt64(column.kind.rawValue) &+ UInt64(UInt32(bitPattern: column.a)) &* 0x9E37_79B9_7F4A_7C15
        z = z &+ UInt64(UInt32(bitPattern: column.b)) &* 0xBF58_476D_1CE4_E5B9
        z = z &+ UInt64(UInt32(bitPattern: column.bucket)) &* 0x94D0_49BB_1331_11EB
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return 0.003 * Double(z >> 11) / Double(1 << 53)
    }

    /// Makes a column for each pair that is cheap to fill up to one case of stock: a soft least stock for rounding.
    private func addCushions(_ objective: inout StageObjective, stage: StageProgram, rules: RoundingRules) {
        for (j, column) in stage.columns.enumerated() where column.kind == .accountStock {
            let cushion = rules.cushion(ofPair: Int(column.a))
            guard cushion > 0 else { continue }
            // Worth (cushion − s/2) s: a concave reward that is spent once the cushion is there.
            let worth = 4.0
            objective.linear[j] -= worth
            objective.quadratic[j] += worth / cushion
        }
    }

    /// Sets what is zero at a vertex to zero exactly and corrects the rest so that all rows hold.
    private func cleaned(_ x: [Double], program: BlockProgram, free: Set<Aim>) -> [Double] {
        let projector = sequence.projector(program)
        for threshold in [1e-4, 1e-5, 1e-6, 1e-7] {
            var candidate = x
            var isFree = [Bool](repeating: true, count: x.count)
            for j in x.indices {
                let upper = program.upper[j]
                if x[j] <= threshold {
                    candidate[j] = 0
                    isFree[j] = false
                } else if upper.isFinite, upper - x[j] <= threshold {
                    candidate[j] = upper
                    isFree[j] = false
                }
            }
            let corrected = projector.projectedOntoEqualities(x: candidate, free: isFree, tolerance: 1e-10, threads: sequence.options.threads)
            DEBUGLOG("    cleaned at \(threshold): \(corrected.maxResidual)")
            if corrected.maxResidual <= 1e-8, holdsAreKept(corrected.x, free: free) { return corrected.x }
        }
        return x
    }

    private func holdsAreKept(_ x: [Double], free: Set<Aim>) -> Bool {
        sequence.outcomes.allSatisfy { outcome in
            guard !free.contains(outcome.rank.aim), let value = sequence.stage.objective(of: outcome.rank)?.value(x) else { return true }
            return value <= outcome.limit * (1 + 1e-9) + 1e-6
        }
    }
}

/// Storage given back so that rounded quantities fit, by site and account (volume).
struct StorageTightening {
    var site: [Double]
    var account: [Double]

    var isEmpty: Bool { !site.contains { $0 > 0 } && !account.contains { $0 > 0 } }

    func apply(to program: inout BlockProgram, stage: StageProgram, resources: ResourceTable) {
        guard !isEmpty else { return }
        for (index, key) in resources.keys.enumerated() where stage.resourceRows[index] >= 0 {
            let less =
                switch key.kind {
                case .storage: site[key.resource]
                case .accountStock: account[key.resource]
                default: 0.0
                }
            let row = stage.resourceRows[index]
            program.rightHandSide[row] = max(min(0, program.rightHandSide[row]), program.rightHandSide[row] - less)
        }
    }
}
