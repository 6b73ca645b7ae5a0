import InteriorPoint
import PlanModel

/// What one unit more of each resource is worth to the lost sales of each tier that loses any, for telling why.
///
/// The prices of a rank's own solve hold inside the face of the earlier ranks: a column settled there carries part of the price, and more of a
/// resource would move the face itself. So each tier is solved once more with only what earlier tiers lose, and what promises lack, fixed
/// cell by cell, everything else free: then the price is what easing the resource saves as long as the earlier tiers ask for no more. A tier behind
/// ranks of 0 only was solved like that already, and keeps the prices of its own rank.
///
/// Where earlier tiers lose the least they can, there is a choice of prices: those of a unit less of a resource, which the earlier tier would lose, and those of
/// a unit more. So the solve has a little more of all that the tier's lost units would take, which leaves the latter. (Where two limits are scarce in just
/// the ratio of these needs the price may still be all on one of them; docs/decisions/0010.)
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
        for (row, need) in stage.needs(ofTier: tier, lostIn: reached) { program.rightHandSide[row] += easedShare * need }
        var settings = InteriorPointSettings()
        settings.threads = options.threads
        settings.tolerance = min(0.01 * gap, 0.01 * easedShare)
        // A gap near what is eased would leave open which of the prices they are.
        settings.acceptableTolerance = min(0.5 * gap, 0.1 * easedShare)
        settings.objectiveScale = max(0.001 * model.totalDemand, 1e-9)
        settings.objectiveConstant = aim.constant
        settings.isOutOfTime = options.isOutOfTime
        let solution = try sequence.solve(.lossPrices(tier: tier), program, settings)
        options.onSolve(stage, solution, iterations: solution.iterations)
        switch solution.status {
        case .optimal, .acceptable: break
        // Less sharp prices say more than none.
        case .stalled(let reachedGap, let residual) where abs(reachedGap) <= 0.5 * gap && residual <= settings.acceptableFeasibility: break
        default: continue
        }
        result.append(
            RankPrices(
                rank: rank, resourcePrices: stage.resourcePrices(solution),
                guaranteePrices: stage.guaranteeRows.map { $0 < 0 ? 0 : max(0, solution.y[$0]) }))
    }
    return result
}

/// Share of what a tier's lost units would take that is given to find its prices: less than anybody would add, more than the solver leaves open.
private let easedShare = 1e-6

extension StageProgram {
    /// What a tier's lost units would take of each capacity, were they all made on any one line, moved by any one lane and stored at any one place, in their
    /// bucket or an earlier one. By row.
    fileprivate func needs(ofTier tier: Int, lostIn x: [Double]) -> [(row: Int, need: Double)] {
        let count = model.bucketCount
        var ofPair: [Pair: [Double]] = [:], ofProduct: [Int: [Double]] = [:]
        for (j, column) in columns.enumerated() where column.kind == .lost && model.tier(ofPair: Int(column.a)) == tier {
            let pair = model.pairs[Int(column.a)]
            for bucket in 0...Int(column.bucket) {
                ofPair[pair, default: [Double](repeating: 0, count: count)][bucket] += x[j]
                ofProduct[pair.product, default: [Double](repeating: 0, count: count)][bucket] += x[j]
            }
        }
        let isCapacity = Set(resourceRows.filter { $0 >= 0 })
        var needs = [Double](repeating: 0, count: program.rowCount)
        // What differs in the lot only is the same need.
        var seen = Set<ProgramColumn>()
        for (j, column) in columns.enumerated() {
            let lost: [Double]?
            switch column.kind {
            case .make: lost = ofProduct[model.package.lineProducts[Int(column.a)].product]
            case .siteStock: lost = ofProduct[Int(column.b)]
            case .accountStock: lost = ofPair[model.pairs[Int(column.a)]]
            case .move:
                if case .account(let account) = model.package.lanes[Int(column.a)].to {
                    lost = ofPair[Pair(account: account, product: Int(column.b))]
                } else {
                    lost = ofProduct[Int(column.b)]
                }
            default: lost = nil
            }
            guard let lost else { continue }
            var kind = column
            kind.lot = 0
            if column.kind == .accountStock { kind.b = 0 }
            guard seen.insert(kind).inserted else { continue }
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] where isCapacity.contains(Int(program.rowIndices[k])) {
                needs[Int(program.rowIndices[k])] += max(0, program.values[k]) * lost[Int(column.bucket)]
            }
        }
        return needs.indices.filter { needs[$0] > 0 }.map { ($0, needs[$0]) }
    }

    /// Fall of the objective for one unit more of each resource.
    fileprivate func resourcePrices(_ solution: InteriorPointSolution) -> [Double] {
        resourceRows.indices.map { index in
            let column = resourceColumns[index]
            if column >= 0 { return max(0, solution.upperDuals[column] - solution.lowerDuals[column]) }
            return resourceRows[index] < 0 ? 0 : max(0, -solution.y[resourceRows[index]])
        }
    }
}
