import PlanModel

/// The scale of a rank's gap: max(|value|, 0.001 · all planned demand in `measure`), for cost |value|.
func gapScale(of rank: Rank, value: Double, package: DataPackage, demand: PlannedDemand) -> Double {
    guard rank.aim != .cost else { return value.magnitude }
    let capacities = Capacities(package)
    let all = demand.pairs.enumerated().reduce(0.0) { sum, entry in
        sum + capacities.units(package.settings.plan.measure, of: entry.element.product) * demand.quantity.row(entry.offset).reduce(0, +)
    }
    return max(value.magnitude, 0.001 * all)
}

/// Checks what a certificate claims against the plan's own rank values: the ranks are those of the settings in their order, the values
/// agree, no bound is above its value, and each gap is (value − bound) / scale.
///
/// A bound holds among plans that keep the earlier ranks. Where rounding to cases or lots has cost an earlier rank more than its gap, a
/// later rank may end below its bound, and only the gap's arithmetic is checked.
///
/// - Parameter rankValues: From ``checkPlan(_:package:demand:bands:segmentation:)``.
/// - Returns: Largest first; relative to the rank's scale.
public func checkCertificate(
    _ certificate: Certificate, rankValues: [(rank: Rank, value: Double)], package: DataPackage, demand: PlannedDemand
) -> [Violation] {
    var log = ViolationLog()
    let names = Names(package: package)
    if certificate.ranks.map(\.rank) != rankValues.map(\.rank) {
        log.fault("certificate: its ranks must be those of the settings, in their order")
    }
    var earlierHeld = true
    for (row, own) in zip(certificate.ranks, rankValues) where row.rank == own.rank {
        let name = names.rank(row.rank)
        guard row.value.isFinite, row.bound.isFinite, row.gap.isFinite else {
            log.fault("\(name): value, bound and gap must be finite numbers")
            continue
        }
        let scale = gapScale(of: row.rank, value: row.value, package: package, demand: demand)
        log.note((row.value - own.value).magnitude, terms: max(scale, own.value.magnitude)) {
            "\(name): the value must be that of the plan's rows"
        }
        if earlierHeld {
            log.atMost(row.bound, row.value, terms: scale) { "\(name): the proven bound must not be above the value" }
        }
        // A rank of value and bound 0 has no scale when nothing is demanded or nothing costs.
        let gap = scale > 0 ? (row.value - row.bound) / scale : row.value - row.bound
        log.equal(row.gap, gap) { "\(name): the gap must be value less bound, by the scale" }
        let held = row.relaxedValue + package.settings.plan.gap * scale
        if row.value > held + CheckReport.tolerance * (1 + scale) { earlierHeld = false }
    }
    return log.sorted()
}
