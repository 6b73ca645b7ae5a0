import PlanModel

/// Checks a plan's rows against every rule of the package, and recomputes the value of every rank, knowing nothing of how the plan was
/// made.
///
/// A row's violation counts relative to 1 + Σ|terms|; up to ``CheckReport/tolerance`` is clean. Stocks at sites and accounts, arrivals,
/// demand, lines, lanes, pools, storage, materials, lots, multiples, frozen decisions, shelf life, and the sums of each product are looked
/// at. The multiples and least quantities of a frozen decision are not: they bind decisions that are still to be taken.
///
/// - Parameters:
///   - demand: What is planned for; the plan's demand column must equal it.
///   - bands: On the pairs of `demand`; a pair without a row has no band.
///   - segmentation: Only its tiers count.
/// - Returns: Violations largest first; a shortfall of a guarantee is a rank's value, not a violation.
public func checkPlan(
    _ plan: Plan, package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation
) -> CheckReport {
    var log = ViolationLog()
    let capacities = Capacities(package)
    let ledger = Ledger(plan: plan, package: package, demand: demand, bands: bands, log: &log)
    ledger.checkStocks(capacities, &log)
    ledger.checkDemand(&log)
    ledger.checkLines(capacities, &log)
    ledger.checkLanes(capacities, &log)
    ledger.checkMaterials(&log)
    ledger.checkFrozen(&log)
    ledger.checkShelfLife(&log)
    ledger.checkSums(&log)
    return CheckReport(feasibility: log.worst, violations: log.sorted(), rankValues: ledger.rankValues(segmentation, capacities))
}
