import PlanModel

/// What is known of a pair's demand before the start.
struct DemandHistory: Sendable {
    /// Number of the first bucket of `values`; the last one is bucket −1. The bucket of the first sale: zeros before it are before the launch.
    var firstBucket: Int
    /// Demand a bucket, NaN = not known: hidden by a stock-out, or after the last day of sales data.
    var values: [Double]
    /// Buckets taken as hidden by a stock-out.
    var stockOuts: [Int]
    /// Buckets in which more came back than was sold.
    var returns: [Int] = []
    /// Last buckets nothing is known of.
    var missing: [Int] = []
    /// Sell-in less stock change stands for sell-out.
    var isSellIn = false
    /// The pair has sales rows, all zero.
    var isZeroThroughout: Bool

    static let none = DemandHistory(firstBucket: 0, values: [], stockOuts: [], isZeroThroughout: false)

    /// Known values.
    var knownCount: Int { values.reduce(0) { $1.isNaN ? $0 : $0 + 1 } }

    /// The same demand in another unit.
    func scaled(by factor: Double) -> DemandHistory {
        var result = self
        result.values = values.map { $0 * factor }
        return result
    }

    subscript(bucket: Int) -> Double { bucket >= firstBucket && bucket < 0 ? values[bucket - firstBucket] : .nan }
}

/// Number of the last bucket the history tells anything about, ≤ −1: the last sale, or the last count of stock where that is later.
func lastKnownBucket(of package: DataPackage) -> Int {
    let history = package.history
    var last = history.lastSale.map { package.horizon.bucket(of: $0) } ?? -1
    let counts = history.closingStock
    let width = counts.bucketCount
    for bucket in stride(from: -1, to: last, by: -1) where bucket >= counts.firstBucket {
        let column = bucket - counts.firstBucket
        if counts.pairs.indices.contains(where: { !counts.values[$0 * width + column].isNaN }) {
            last = bucket
            break
        }
    }
    return min(last, -1)
}

/// Demand history of one pair: sales with launch, stock-outs and the end of the data taken into account.
///
/// - Parameters:
///   - lastKnown: See ``lastKnownBucket(of:)``; later buckets are unknown, not zero.
func demandHistory(of pair: Pair, in package: DataPackage, lastKnown: Int) -> DemandHistory {
    let sales = package.history.sales
    let firstBucket: Int
    var values: [Double]
    var returns: [Int] = []
    let isSellIn: Bool
    if let row = sales.row(of: pair) {
        let all = sales.series(row)
        guard let first = all.firstIndex(where: { $0 > 0 }) else {
            var zero = DemandHistory.none
            zero.isZeroThroughout = true
            return zero
        }
        firstBucket = sales.firstBucket + first - all.startIndex
        returns = all[first...].indices.filter { all[$0] < 0 }.map { firstBucket + $0 - first }
        // Returns beyond a bucket's own sales belong to earlier sales; demand itself is never negative.
        values = all[first...].map { max($0, 0) }
        isSellIn = false
    } else if let found = sellOutFromSellIn(of: pair, in: package) {
        firstBucket = found.firstBucket
        values = found.values
        isSellIn = true
    } else {
        return .none
    }
    let unknown = max(firstBucket, lastKnown + 1)..<max(firstBucket, 0)
    for bucket in unknown { values[bucket - firstBucket] = .nan }
    var stockOuts: [Int] = []
    let counts = package.history.closingStock
    // Sell-in has taken the counts into account already.
    if !isSellIn, let countRow = counts.row(of: pair) {
        let counted = counts.series(countRow)
        let closing = values.indices.map { index -> Double in
            let position = counted.startIndex + firstBucket + index - counts.firstBucket
            return counted.indices.contains(position) ? counted[position] : .nan
        }
        // The count before the first sale, for the stock that bucket began with.
        let position = counted.startIndex + firstBucket - 1 - counts.firstBucket
        let opening = counted.indices.contains(position) ? counted[position] : .nan
        for index in stockOutBuckets(sales: values, closing: closing, opening: opening, season: package.settings.forecast.season) {
            values[index] = .nan
            stockOuts.append(firstBucket + index)
        }
    }
    return DemandHistory(
        firstBucket: firstBucket, values: values, stockOuts: stockOuts, returns: returns, missing: Array(unknown), isSellIn: isSellIn,
        isZeroThroughout: false)
}
