import InteriorPoint
import PlanModel

/// Solves once more with room for whole cases and lots: every account holds one case more than needed where that is possible, so that rounding
/// down loses no sale. Its cost is weighed, not held.
struct RoundingSolve {
    let sequence: RankSequence
    let rules: RoundingRules
    private var model: AllocationModel { sequence.model }

    /// What a unit of a later rank's aim is worth here, in units of tidiness: enough that no sale is given up for a tidier plan.
    private static let saleWorth = 20.0

    /// - Parameter tightening: Storage to leave free.
    func solve(tightening: StorageTightening) throws -> [Double] {
        let stage = sequence.beforeLast?.stage ?? sequence.stage
        var objective = Tidiness(model).objective(of: stage)
        let ranks = sequence.outcomes.filter { $0.rank.aim != .cost }
        for (index, outcome) in ranks.enumerated() {
            guard let aim = stage.objective(of: outcome.rank) else { continue }
            // Earlier ranks weigh more, so that what little slack they have is not traded down the order.
            let order = Double(ranks.count - index)
            let worth = RoundingSolve.saleWorth * order / (outcome.rank.aim == .sharing ? steepness(aim, stage) : 1)
            objective.add(aim, times: worth)
        }
        if let cost = stage.objective(of: Rank(aim: .cost, tier: nil)),
            let reached = sequence.outcomes.first(where: { $0.rank.aim == .cost }), reached.value > 0
        {
            // One hundredth of the mean cost of a unit is worth one unit of tidiness.
            objective.add(cost, times: 100 * max(model.totalUnits, 1) / reached.value)
        }
        addCushions(&objective, stage: stage)
        return try sequence.minimiseAgain(objective) { program in
            tightening.apply(to: &program, stage: stage, resources: sequence.resources)
        }
    }

    /// Largest slope a quadratic aim reaches inside the accounts' demanded amounts.
    private func steepness(_ aim: StageObjective, _ stage: StageProgram) -> Double {
        var steepest = 1.0
        for (j, q) in aim.quadratic.enumerated() where q > 0 { steepest = max(steepest, q * model.demandedAmount[Int(stage.columns[j].a)]) }
        return steepest
    }

    /// Makes a column for each pair that is cheap to fill up to one case of stock: a soft least stock for rounding.
    private func addCushions(_ objective: inout StageObjective, stage: StageProgram) {
        for (j, column) in stage.columns.enumerated() where column.kind == .accountStock {
            let cushion = rules.cushion(ofPair: Int(column.a))
            guard cushion > 0 else { continue }
            // Worth (cushion − s/2) s: a concave reward that is spent once the cushion is there.
            let worth = 4.0
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
