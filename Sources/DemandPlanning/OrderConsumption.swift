import PlanModel

/// What is planned for: orders consume the forecast after overrides, and stand beside what is left of it.
///
/// Orders are taken by due date, then id. An order consumes the forecast of its own bucket first, then of the earlier buckets that any of the
/// `consumeBackwardDays` days before its due date touches, nearest first, then of later ones within `consumeForwardDays`, nearest first. What finds
/// no forecast is added demand. An order due before the start counts in the first bucket; one due after the horizon is left out.
///
/// - Parameter forecast: From ``forecast(for:threads:progress:)``.
/// - Returns: One row for each pair of ``PlannedDemand``.
public func plannedDemand(for package: DataPackage, forecast: Forecast) -> PlannedDemand {
    let pairs = demandPairs(of: package)
    let horizon = package.horizon
    var figures = PairGrid(pairCount: pairs.count, bucketCount: horizon.count)
    var ordered = figures
    for row in forecast.rows {
        if let pair = pairs.position(ofSorted: Pair(account: row.account, product: row.product)), horizon.buckets.contains(row.bucket) {
            figures[pair, row.bucket] = row.quantity
        }
    }
    var left = figures
    let settings = package.settings.forecast
    let orders = package.orders.sorted { ($0.due, $0.id) < ($1.due, $1.id) }
    for order in orders where order.quantity > 0 {
        let due = max(order.due, horizon.start)
        let own = horizon.bucket(of: due)
        guard horizon.buckets.contains(own), let pair = pairs.position(ofSorted: Pair(account: order.account, product: order.product))
        else { continue }
        ordered[pair, own] += order.quantity
        let earliest = max(0, horizon.bucket(of: due.adding(days: -max(0, settings.consumeBackwardDays))))
        let latest = min(horizon.count - 1, horizon.bucket(of: due.adding(days: max(0, settings.consumeForwardDays))))
        var open = order.quantity
        func consume(_ bucket: Int) {
            let part = min(open, left[pair, bucket])
            left[pair, bucket] -= part
            open -= part
        }
        consume(own)
        for bucket in stride(from: own - 1, through: earliest, by: -1) where open > 0 { consume(bucket) }
        for bucket in stride(from: own + 1, through: latest, by: 1) where open > 0 { consume(bucket) }
    }
    var quantity = left
    for index in quantity.values.indices { quantity.values[index] += ordered.values[index] }
    return PlannedDemand(pairs: pairs, forecast: figures, ordered: ordered, quantity: quantity)
}
