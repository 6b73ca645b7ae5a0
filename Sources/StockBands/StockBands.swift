import PlanModel

/// Minimum, target and maximum stock of every pair and bucket.
///
/// Standing bands are the cover of `[bands]`, see ``cover(of:in:)``; a row of bands.csv replaces all three figures of its buckets (blank target or
/// maximum = none, which is `.infinity` here).
///
/// - Parameter demand: What is planned for; the bands have the same pairs.
public func stockBands(for package: DataPackage, demand: PlannedDemand) -> StockBandTable {
    let settings = package.settings.bands
    let count = demand.quantity.bucketCount
    func covers(_ buckets: Double) -> PairGrid {
        var grid = PairGrid(pairCount: demand.pairs.count, bucketCount: count)
        for pair in demand.pairs.indices {
            for (t, value) in cover(of: buckets, in: demand.quantity.row(pair)).enumerated() { grid[pair, t] = value }
        }
        return grid
    }
    var min = covers(settings.minCover)
    var target = covers(settings.targetCover)
    var max = covers(settings.maxCover)
    for row in package.bandRows {
        guard let pair = demand.pairs.position(ofSorted: Pair(account: row.account, product: row.product)) else { continue }
        for t in row.buckets.clamped(to: 0..<count) {
            min[pair, t] = row.min
            target[pair, t] = row.target ?? .infinity
            max[pair, t] = row.max ?? .infinity
        }
    }
    return StockBandTable(pairs: demand.pairs, min: min, target: target, max: max)
}

/// Demand of the `buckets` buckets after each one: cover c at t = d[t+1] + … + d[t+c], a fraction of a bucket pro rata, the last bucket's demand
/// taken for every bucket past the end.
///
/// - Parameters:
///   - buckets: c ≥ 0; `.infinity` gives no limit.
///   - demand: Shape [T], ≥ 0.
/// - Returns: Shape [T].
/// - Complexity: O(T · min(c, T)).
func cover(of buckets: Double, in demand: ArraySlice<Double>) -> [Double] {
    let d = Array(demand)
    let count = d.count
    guard let last = d.last, buckets > 0 else { return [Double](repeating: 0, count: count) }
    guard buckets.isFinite else { return [Double](repeating: .infinity, count: count) }

    return (0..<count).map { t in
        let available = count - 1 - t
        let whole = buckets.rounded(.down)
        let inside = whole >= Double(available) ? available : Int(whole)
        var sum = 0.0
        for k in 0..<inside { sum += d[t + 1 + k] }
        let rest = buckets - Double(inside)
        if inside < available { return sum + rest * d[t + 1 + inside] }
        return sum + rest * last
    }
}
