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
/// agree, no bound is above its value, each gap is (value − bound) / scale, and before rounding
/// to cases and lots no larger than the gap it is proven to and held within (unless the certificate says that a time limit ended the search).
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
    let isRounded =
        package.products.contains { $0.caseMultiple != nil } || package.lanes.contains { $0.multiple != nil || $0.minShipment != nil }
        || package.lineProducts.contains { $0.multiple != nil || $0.minLot != nil || $0.setupHours != nil }
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
        // What rounding to cases and lots costs is no fault of the proof. A rank is proven to the gap, and later ranks may use up another.
        let proven = scale > 0 ? ((isRounded ? min(row.value, row.relaxedValue) : row.value) - row.bound) / scale : 0
        if !certificate.isCutShort {
            log.atMost(proven, 2 * package.settings.plan.gap) {
                "\(name): value and bound before rounding must not be further apart than the gap asked for, and once more what later ranks may use"
            }
        }
        let held = row.relaxedValue + package.settings.plan.gap * scale
        if row.value > held + CheckReport.tolerance * (1 + scale) { earlierHeld = false }
    }
    return log.sorted()
}
