import InteriorPoint
import PlanModel

/// Allocates limited making and transport to the accounts: all ranks in order, certified, then tidied, rounded and carried out.
///
/// - Parameters:
///   - package: The data package.
///   - demand: What is planned for.
///   - bands: Bands on the pairs of `demand`.
///   - segmentation: Tier of each account.
///   - options: Threads and progress.
/// - Returns: The plan, a certificate for each rank, resources with shadow prices. `certificate.feasibility` is left to the independent checker.
/// - Throws: ``AllocationError``.
///
/// Method: docs/method.md. Cost: one interior-point solve a rank that is not proven by its value being 0.
public func allocate(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation,
    options: AllocationOptions = AllocationOptions()
) throws -> AllocationOutcome {
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    let resources = ResourceTable(model)
    var sequence = try RankSequence(model, resources: resources, options: options)
    try sequence.run()
    let rules = RoundingRules(model)
    let x = sequence.reached
    var executor = PlanExecutor(model, decisions: Decisions(x, stage: sequence.stage), rules: RoundingRules(model, isDisabled: true))
    var plan = executor.run()
    let relaxedValues = RankValues(model).values(of: plan)
    if !rules.isEmpty {
        sequence.noteTime()
        plan = try rounded(model, sequence: sequence, rules: rules)
    }
    let values = rules.isEmpty ? relaxedValues : RankValues(model).values(of: plan)
    var ranks: [RankCertificate] = []
    for (index, outcome) in sequence.outcomes.enumerated() {
        let value = values[index]
        let scale = model.scale(of: outcome.rank, value: value)
        let bound = min(outcome.bound, value)
        ranks.append(
            RankCertificate(
                rank: outcome.rank, value: value, bound: bound, gap: scale > 0 ? (value - bound) / scale : 0,
                relaxedValue: relaxedValues[index]))
    }
    let prices = options.findsLossPrices ? try lossPrices(&sequence, reached: x, options: options) : []
    sequence.leaveBasis()
    let certificate = Certificate(
        ranks: ranks, feasibility: FeasibilityReport(maxViolation: 0, constraint: ""), isCutShort: sequence.isCutShort)
    return AllocationOutcome(
        plan: plan, certificate: certificate, resources: resourceRows(model, resources: resources, plan: plan, outcomes: sequence.outcomes),
        rankPrices: sequence.outcomes.compactMap(\.prices), lossPrices: prices,
        guaranteeServed: unitsServed(package, plan: plan, segmentation: segmentation))
}

/// Whether the plan that left a basis is, as it stood before rounding, also the best in every rank of a changed package, to the gap: its own prices prove it.
///
/// - Parameters: As of ``allocate(_:demand:bands:segmentation:options:)``; without `options.basis` nothing stands.
/// - Returns: False also where other prices would prove it.
/// - Throws: ``AllocationError/cancelled``.
/// - Complexity: Building the program, and a pass over it for each rank; no solve.
public func planStands(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation, options: AllocationOptions
) throws -> Bool {
    guard options.basis != nil else { return false }
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    var options = options
    options.onBasis = nil
    var sequence = try RankSequence(model, resources: ResourceTable(model), options: options)
    return try sequence.stands()
}

/// Solves with a case in reserve at every account, carries the plan out in whole cases and lots, and gives storage back where remainders did not fit.
private func rounded(_ model: AllocationModel, sequence: RankSequence, rules: RoundingRules) throws -> Plan {
    let solve = RoundingSolve(sequence: sequence, rules: rules)
    var tightening = StorageTightening(
        site: [Double](repeating: 0, count: model.package.sites.count),
        account: [Double](repeating: 0, count: model.package.accounts.count))
    var best: (plan: Plan, excess: Double)?
    for round in 0..<5 {
        // Cut short, the plan before rounding is rounded as it is.
        let x = round == 0 && sequence.isCutShort ? sequence.reached : try solve.solve(tightening: tightening)
        var executor = PlanExecutor(model, decisions: Decisions(x, stage: sequence.stage), rules: rules)
        let plan = executor.run()
        let excess = executor.storageExcess.reduce(0, +) + executor.accountStockExcess.reduce(0, +)
        if excess < best?.excess ?? .infinity { best = (plan, excess) }
        if excess <= 1e-7 { break }
        for site in tightening.site.indices { tightening.site[site] += 1.5 * executor.storageExcess[site] }
        for account in tightening.account.indices { tightening.account[account] += 1.5 * executor.accountStockExcess[account] }
    }
    return best?.plan ?? Plan()
}

/// Units a plan serves of each promise.
public func unitsServed(_ package: DataPackage, plan: Plan, segmentation: Segmentation) -> [Double] {
    package.guarantees.map { guarantee in
        plan.accountPlan.reduce(0) { sum, row in
            let pair = Pair(account: row.account, product: row.product)
            return guarantee.buckets.contains(row.bucket) && guarantee.counts(pair, in: package, segmentation: segmentation)
                ? sum + row.served : sum
        }
    }
}
