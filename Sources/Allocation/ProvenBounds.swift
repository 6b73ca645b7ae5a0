import InteriorPoint
import PlanModel

/// What the prices that a plan left prove, computed again.
public struct ProvenBounds: Sendable {
    public struct Bound: Sendable {
        public var rank: Rank
        /// No plan that keeps the earlier ranks' faces has a lower value; 0 where the rank has no prices.
        public var bound: Double
    }

    /// A column that a rank settled though neither its prices nor its aim call for that.
    public struct Unfounded: Sendable {
        public var rank: Rank
        public var count: Int
    }

    /// In the order of the ranks.
    public var bounds: [Bound]
    public var unfounded: [Unfounded]

    /// Computes every rank's bound from the basis' prices.
    ///
    /// In the order of the ranks: a bound is ``InteriorPoint/dualBound(_:y:)`` of the rank's aim at the rank's prices, with the columns that earlier
    /// ranks settled where they are. That is a proof for the plans *on the face* of the earlier ranks, and a column belongs to the face by
    /// complementary slackness: at a bound towards which its reduced cost pushes, or, of a rank whose value is 0, a column the aim counts. A quadratic
    /// aim has one optimum only, so what it counts stays what it is. No solver runs; the program is built by the code that builds it for planning.
    ///
    /// - Parameters:
    ///   - demand: What was planned for; likewise bands and segmentation.
    ///   - basis: What the plan's solves left.
    /// - Returns: nil when the basis belongs to another program.
    /// - Complexity: one pass over the program a rank.
    public init?(
        _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation, basis: AllocationBasis
    ) {
        let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
        var stage = StageBuilder.build(
            model, resources: ResourceTable(model), content: StageContent(holds: [], aims: model.ranks, amountTiers: basis.amountTiers))
        guard basis.fits(stage) else { return nil }
        bounds = []
        unfounded = []
        for rank in model.ranks {
            let aim = stage.objective(of: rank) ?? StageObjective(columnCount: stage.columns.count)
            var bound = 0.0
            var reduced: [Double]?
            if let prices = basis.solves[.rank(rank)]?.prices {
                var program = stage.program
                program.cost = aim.linear
                program.quadratic = aim.quadratic
                bound = max(0, dualBound(program, y: prices) + aim.constant)
                reduced = program.reducedCosts(x: basis.x, y: prices)
            }
            bounds.append(Bound(rank: rank, bound: bound))
            var count = 0
            for settled in basis.settled[rank] ?? [] {
                let j = settled.column
                let pushed = reduced.map { $0[j] > 0 ? settled.value == 0 : $0[j] < 0 && settled.value == stage.program.upper[j] } ?? false
                let counted = aim.quadratic[j] > 0 || (reduced == nil && aim.linear[j] != 0)
                if !pushed && !counted { count += 1 }
                stage.settle(j, at: settled.value)
            }
            if count > 0 { unfounded.append(Unfounded(rank: rank, count: count)) }
        }
    }
}
