import InteriorPoint
import PlanModel

/// Solves once more with room for whole cases and lots: accounts hold one case more than needed where no sale of their own tier or of an earlier one
/// pays for it, so that rounding down loses no sale of theirs. What a case too many costs falls on the last tiers, as scarcity does.
///
/// One solve, all ranks weighed: rounding is coarser than what strict order would still change.
struct RoundingSolve {
    let sequence: RankSequence
    let rules: RoundingRules
    private var model: AllocationModel { sequence.model }

    /// What a unit of the last rank's aim is worth here, in units of tidiness: enough that no sale is given up for a tidier or a cheaper plan, of
    /// which the mean unit costs `unitCostWorth`.
    private static let saleWorth = 1000.0
    private static let unitCostWorth = 20.0
    /// How much more each earlier rank weighs.
    private static let rankRatio = 3.0
    /// Worth of a case in reserve over the horizon, as a share of a sale of the same account.
    private static let cushionShare = 0.3

    /// - Parameter tightening: Storage to leave free.
    func solve(tightening: StorageTightening) throws -> [Double] {
        let stage = sequence.unsettled
        var objective = Tidiness(model).objective(of: stage)
        var worth = RoundingSolve.saleWorth
        var saleWorth = [Double](repeating: RoundingSolve.saleWorth, count: model.tierCount + 1)
        for outcome in sequence.outcomes.reversed() where outcome.rank.aim != .cost {
            defer { worth *= RoundingSolve.rankRatio }
            guard let aim = stage.objective(of: outcome.rank) else { continue }
            objective.add(aim, times: outcome.rank.aim == .sharing ? worth / steepness(aim, stage) : worth)
            if outcome.rank.aim == .lostSales, let tier = outcome.rank.tier { saleWorth[tier] = worth }
        }
        if let cost = stage.objective(of: Rank(aim: .cost, tier: nil)),
            let reached = sequence.outcomes.first(where: { $0.rank.aim == .cost }), reached.value > 0
        {
            objective.add(cost, times: RoundingSolve.unitCostWorth * max(model.totalUnits, 1) / reached.value)
        }
        addCushions(&objective, stage: stage, saleWorth: saleWorth)
        return try sequence.minimiseFreely(objective) { program in
            tightening.apply(to: &program, stage: stage, resources: sequence.resources)
        }
    }

    /// Largest slope a quadratic aim reaches inside the accounts' demanded amounts.
    private func steepness(_ aim: StageObjective, _ stage: StageProgram) -> Double {
        var steepest = 1.0
        for (j, q) in aim.quadratic.enumerated() where q > 0 { steepest = max(steepest, q * model.demandedAmount[Int(stage.columns[j].a)]) }
        return steepest
    }

    /// Rewards stock at an account up to one case: a soft least stock for rounding.
    private func addCushions(_ objective: inout StageObjective, stage: StageProgram, saleWorth: [Double]) {
        for (j, column) in stage.columns.enumerated() where column.kind == .accountStock {
            let pair = Int(column.a)
            let cushion = rules.cushion(ofPair: pair)
            guard cushion > 0 else { continue }
            // Worth (cushion − s/2) s: a concave reward that is spent once the cushion is there.
            let worth =
                RoundingSolve.cushionShare * saleWorth[model.tier(ofPair: pair)] * model.lossWeight(ofPair: pair)
                / Double(model.bucketCount)
            objective.linear[j] -= worth
            objective.quadratic[j] += worth / cushion
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
