import Forecasting
import PlanModel

/// Single buckets far from their surroundings that nothing explains: a typing error, a project order, a count moved from one week to the next.
///
/// A bucket is compared with the median of the three known buckets on either side. It is an outlier where it is at least four times that median (or at most
/// a tenth of it), by more than eight robust deviations of the same comparison in the whole series, and where no other year was like it in the same phase
/// or the one beside it. A series that has not seen the phase in another year keeps the bucket: it may be the season. So do the last two buckets: they may
/// be a new level.
///
/// - Parameters:
///   - values: Shape [n], ≥ 0, the events' lifts taken out; NaN = not known.
///   - season: Buckets a season.
/// - Returns: Indices, rising.
///
/// Source of the robust scale: Hampel (1974), JASA 69, 383-393.
func outlierBuckets(_ values: [Double], season: Int) -> [Int] {
    let n = values.count
    guard n >= 12 else { return [] }
    /// log of a bucket over its surroundings; NaN where those are not known or 0.
    let contrast = (0..<n).map { t -> Double in
        guard !values[t].isNaN else { return .nan }
        var near: [Double] = []
        for direction in [-1, 1] {
            var at = t + direction
            var found = 0
            while at >= 0, at < n, found < 3, (at - t).magnitude <= 6 {
                if !values[at].isNaN {
                    near.append(values[at])
                    found += 1
                }
                at += direction
            }
        }
        guard near.count >= 4 else { return .nan }
        near.sort()
        let middle = near.count % 2 == 1 ? near[near.count / 2] : (near[near.count / 2 - 1] + near[near.count / 2]) / 2
        return middle > 0 ? logarithm(max(values[t], 0.01 * middle) / middle) : .nan
    }
    let sizes = contrast.filter { !$0.isNaN }.map(\.magnitude).sorted()
    guard sizes.count >= 8 else { return [] }
    let deviation = sizes[sizes.count / 2] / 0.6745
    return (0..<max(n - 2, 0)).filter { t in
        let c = contrast[t]
        guard !c.isNaN, c.magnitude > 8 * deviation, c > logarithm(4) || c < logarithm(0.1) else { return false }
        guard season > 1 else { return true }
        var others = 0
        for years in 1...max(1, n / season) {
            for at in [t - years * season, t + years * season] where at >= 0 && at < n {
                for shift in -1...1 where at + shift >= 0 && at + shift < n && !contrast[at + shift].isNaN {
                    // Another year went the same way by a third as much: the season, or a feast nobody named.
                    if contrast[at + shift] / c > 1.0 / 3 { return false }
                    others += 1
                }
            }
        }
        return others > 0
    }
}

/// First of the zeros a listing ended with, nil where it goes on.
///
/// A listing has ended when nothing was sold for a quarter of a season at least (13 weeks, 6 months), more than three times as long as any earlier pause,
/// after one season of history or more. A product that pauses every winter is therefore not ended by a winter.
func endOfListing(_ values: [Double], season: Int) -> Int? {
    guard let last = values.lastIndex(where: { $0 > 0 }) else { return nil }
    var pause = 0
    var longest = 0
    for value in values[...last] where !value.isNaN {
        pause = value > 0 ? 0 : pause + 1
        longest = max(longest, pause)
    }
    let zeros = values[(last + 1)...].reduce(0) { $1 == 0 ? $0 + 1 : $0 }
    let least = season > 24 ? season / 4 : max(season / 2, 6)
    return last + 1 >= season && zeros >= least && zeros > 3 * longest ? last + 1 : nil
}

/// Sell-out of a pair that reports none: what was delivered, less what the counted stock grew by.
///
///     sell-out between two counts = stock at the first + deliveries − stock at the second
///
/// spread evenly over the buckets between; a negative result is a miscount and gives 0. Without two counts deliveries stand for demand.
///
/// - Returns: Values a bucket from the first delivery on, with the number of that bucket; nil without a delivery.
func sellOutFromSellIn(of pair: Pair, in package: DataPackage) -> (firstBucket: Int, values: [Double])? {
    let shipments = package.history.shipments
    guard let row = shipments.row(of: pair) else { return nil }
    let received = Array(shipments.series(row))
    guard let first = received.firstIndex(where: { $0 > 0 }) else { return nil }
    let firstBucket = shipments.firstBucket + first
    var values = received[first...].map { max($0, 0) }
    let counts = package.history.closingStock
    guard let countRow = counts.row(of: pair) else { return (firstBucket, values) }
    let counted = Array(counts.series(countRow))
    var earlier: (index: Int, stock: Double)?
    for (position, stock) in counted.enumerated() where !stock.isNaN {
        // Index into `values` of the bucket the count closes.
        let index = counts.firstBucket + position - firstBucket
        if let from = earlier, index >= 0 {
            let start = max(from.index + 1, 0)
            let total = from.stock + values[start...index].reduce(0, +) - stock
            let share = max(total, 0) / Double(index - start + 1)
            for t in start...index { values[t] = share }
        }
        if index >= -1 { earlier = (index, stock) }
    }
    return (firstBucket, values)
}
