import PlanModel

/// Checks the tables that stand between the package and the plan: the planned demand is whole, the bands are those of demand, `[bands]` and
/// bands.csv, and the tiers follow from the shares.
///
/// - Returns: Largest first.
public func checkTables(package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation) -> [Violation] {
    var log = ViolationLog()
    if checkDemandTable(package, demand, &log) { checkBands(package, demand, bands, &log) }
    checkTiers(package, segmentation, &log)
    return log.sorted()
}

/// - Returns: Whether the table has the shape that the bands can be checked against.
private func checkDemandTable(_ package: DataPackage, _ demand: PlannedDemand, _ log: inout ViolationLog) -> Bool {
    let names = Names(package: package)
    let count = package.horizon.count
    for pair in demand.pairs
    where !package.accounts.indices.contains(pair.account) || !package.products.indices.contains(pair.product) {
        log.fault(
            "demand.csv: a row refers to account number \(pair.account), product number \(pair.product), which the package does not have")
        return false
    }
    guard zip(demand.pairs, demand.pairs.dropFirst()).allSatisfy(<) else {
        log.fault("demand.csv: accounts and products must rise, each pair once")
        return false
    }
    guard demand.quantity.pairCount == demand.pairs.count, demand.quantity.bucketCount == count,
        demand.ordered.pairCount == demand.pairs.count,
        demand.ordered.bucketCount == count
    else {
        log.fault("demand.csv: there must be a value for each pair and bucket")
        return false
    }
    for (row, pair) in demand.pairs.enumerated() {
        for t in 0..<count {
            let name = { names.stock(.account(pair.account), pair.product, t) }
            let quantity = log.quantity(demand.quantity[row, t], name, "the planned demand")
            let ordered = log.quantity(demand.ordered[row, t], name, "the ordered quantity")
            log.atMost(ordered, quantity) { "\(name()): orders must be part of the planned demand" }
        }
    }
    return log.violations.isEmpty
}

private func checkBands(_ package: DataPackage, _ demand: PlannedDemand, _ bands: StockBandTable, _ log: inout ViolationLog) {
    let names = Names(package: package)
    let count = package.horizon.count
    guard bands.pairs == demand.pairs else {
        log.fault("bands.csv: there must be a band for each pair of the demand, and no other")
        return
    }
    for grid in [bands.min, bands.target, bands.max] where grid.pairCount != demand.pairs.count || grid.bucketCount != count {
        log.fault("bands.csv: there must be a value for each pair and bucket")
        return
    }
    var agreed: [Pair: [BandRow]] = [:]
    for row in package.bandRows { agreed[Pair(account: row.account, product: row.product), default: []].append(row) }
    let covers = package.settings.bands
    for (row, pair) in demand.pairs.enumerated() {
        let series = Array(demand.quantity.row(row))
        // demandUpTo[i] = demand of the first i buckets, so a cover is a difference of two sums.
        var demandUpTo = [0.0]
        for quantity in series { demandUpTo.append(demandUpTo[demandUpTo.count - 1] + quantity) }
        for t in 0..<count {
            let fixed = agreed[pair]?.last { $0.buckets.contains(t) }
            let expected =
                if let fixed {
                    (fixed.min, fixed.target ?? .infinity, fixed.max ?? .infinity)
                } else {
                    (
                        cover(covers.minCover, series, demandUpTo, t), cover(covers.targetCover, series, demandUpTo, t),
                        cover(covers.maxCover, series, demandUpTo, t)
                    )
                }
            let given = (bands.min[row, t], bands.target[row, t], bands.max[row, t])
            for (column, left, right) in [("min", given.0, expected.0), ("target", given.1, expected.1), ("max", given.2, expected.2)]
            where left != right {
                let name = {
                    "\(names.stock(.account(pair.account), pair.product, t)): the band's \(column) must follow from demand and settings"
                }
                if left.isFinite && right.isFinite { log.equal(left, right, name) } else { log.fault(name()) }
            }
        }
    }
}

/// Demand of the `buckets` buckets after t, fractions pro rata; past the horizon the last bucket's demand is assumed.
private func cover(_ buckets: Double, _ series: [Double], _ demandUpTo: [Double], _ t: Int) -> Double {
    guard buckets.isFinite, let last = series.last else { return .infinity }
    let end = Double(t + 1) + max(0, buckets)
    /// Demand from the start of the horizon to a point in time counted in buckets.
    func demand(to point: Double) -> Double {
        guard point < Double(series.count) else { return demandUpTo[series.count] + (point - Double(series.count)) * last }
        let whole = Int(point)
        return demandUpTo[whole] + (point - Double(whole)) * series[whole]
    }
    return demand(to: end) - demand(to: Double(t + 1))
}

private func checkTiers(_ package: DataPackage, _ segmentation: Segmentation, _ log: inout ViolationLog) {
    let segments = segmentation.segments
    guard segments.map(\.account).sorted() == Array(package.accounts.indices), segmentation.tierOfAccount.count == package.accounts.count
    else {
        log.fault("segments.csv: there must be one row for each account")
        return
    }
    let sum = segments.reduce(0.0) { $0 + max(0, $1.value) }  // returns may make a value negative; it has no share then
    let cuts = package.settings.segments.tiers
    var before = 0.0
    for (position, segment) in segments.enumerated() {
        let account = package.accounts[segment.account]
        let name = "account \(account.id)"
        guard segment.value.isFinite else {
            log.fault("\(name): its value must be a finite number")
            continue
        }
        if position > 0, (-segments[position - 1].value, segments[position - 1].account) > (-segment.value, segment.account) {
            log.fault("\(name): segments must stand by falling value, equal values by account id")
        }
        log.equal(segment.share, sum > 0 ? max(0, segment.value) / sum : 0) { "\(name): its share must be its value by that of all" }
        log.equal(segment.cumulativeShare, before + segment.share) { "\(name): its cumulative share must be the sum up to it" }
        if segmentation.tierOfAccount[segment.account] != segment.tier { log.fault("\(name): it must have one tier, not two") }
        if segment.isGiven != (account.tier != nil) { log.fault("\(name): a tier is given exactly when accounts.csv has one") }
        if let given = account.tier {
            if segment.tier != given { log.fault("\(name): its tier must be \(given), as accounts.csv gives it") }
        } else {
            // A share that reaches the cut but for its last digits has reached it (behaviour B2: 0.4 + 0.25 + 0.15).
            // Without any sales the rule says tier 1, and "no sales" says the last tier: both are taken.
            let tier = 1 + cuts.count { before >= $0 - 1e-12 }
            if segment.tier != tier && !(sum == 0 && segment.tier == cuts.count + 1) {
                log.fault("\(name): its tier must follow from the share before it, \(before)")
            }
        }
        before = segment.cumulativeShare
    }
    let shares = segments.map(\.share)
    log.equal(segmentation.herfindahlIndex, shares.reduce(0) { $0 + $1 * $1 }) {
        "the concentration index must be the sum of squared shares"
    }
    log.equal(segmentation.topFifthShare, shares.prefix((shares.count + 4) / 5).reduce(0, +)) {
        "the share of the top fifth must be that of the first accounts"
    }
    log.equal(Double(segmentation.keyAccountCount), Double(segments.count { $0.tier == 1 })) {
        "key accounts must be the accounts of tier 1"
    }
}
