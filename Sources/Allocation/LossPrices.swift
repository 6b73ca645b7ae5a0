import InteriorPoint
import PlanModel

/// What one unit more of each resource is worth to the lost sales of each tier that loses any, for telling why.
///
/// The prices of a rank's own solve hold inside the face of the earlier ranks: a column settled there carries part of the price, and more of a
/// resource would move the face itself. So each tier is solved once more with only what earlier tiers lose, and what promises lack, fixed
/// cell by cell, everything else free: then the price is what easing the resource saves as long as the earlier tiers ask for no more. A tier behind
/// ranks of 0 only was solved like that already, and keeps the prices of its own rank.
///
/// - Parameter reached: The solution of the last rank.
/// - Returns: One entry a tier that loses more than the gap behind ranks that are not 0; a tier whose solve is not proven, or came out of time, has none.
func lossPrices(_ sequence: inout RankSequence, reached: [Double], options: AllocationOptions) throws -> [RankPrices] {
    let model = sequence.model
    let gap = model.package.settings.plan.gap
    var result: [RankPrices] = []
    for tier in 1...model.tierCount {
        let rank = Rank(aim: .lostSales, tier: tier)
        guard let aim = sequence.unsettled.objective(of: rank), aim.value(reached) > gap * model.scale(of: rank, value: 0) else { continue }
        let earlier = sequence.outcomes.prefix { $0.rank != rank }
        if earlier.allSatisfy({ $0.prices == nil }) { continue }
        try options.checkCancelled()
        if options.isOutOfTime?() == true { break }
        var stage = sequence.unsettled
        for (j, column) in stage.columns.enumerated() {
            switch column.kind {
            case .lost, .backlog: if model.tier(ofPair: Int(column.a)) < tier { stage.settle(j, at: reached[j]) }
            case .shortfall: stage.settle(j, at: reached[j])
            default: break
            }
        }
        var program = stage.program
        program.cost = aim.linear
        var settings = InteriorPointSettings()
        settings.threads = options.threads
        settings.tolerance = 0.01 * gap
        settings.acceptableTolerance = 0.5 * gap
        settings.objectiveScale = max(0.001 * model.totalDemand, 1e-9)
        settings.objectiveConstant = aim.constant
        settings.isOutOfTime = options.isOutOfTime
        let solution = try sequence.solve(.lossPrices(tier: tier), program, settings)
        options.onSolve(stage, solution, iterations: solution.iterations)
        guard solution.status == .optimal || solution.status == .acceptable else { continue }
        result.append(
            RankPrices(
                rank: rank, resourcePrices: stage.resourcePrices(solution),
                guaranteePrices: stage.guaranteeRows.map { $0 < 0 ? 0 : max(0, solution.y[$0]) }))
    }
    return result
}

extension StageProgram {
    /// Fall of the objective for one unit more of each resource.
    fileprivate func resourcePrices(_ solution: InteriorPointSolution) -> [Double] {
        resourceRows.indices.map { index in
            let column = resourceColumns[index]
            if column >= 0 { return max(0, solution.upperDuals[column] - solution.lowerDuals[column]) }
            return resourceRows[index] < 0 ? 0 : max(0, -solution.y[resourceRows[index]])
        }
    }
}
