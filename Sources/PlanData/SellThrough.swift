import PlanModel

/// Units an account sold on in a bucket: opening stock + received − closing stock, product units.
///
/// A negative result is a miscount (of a stock or a delivery), not a return.
public func sellOut(opening: Double, received: Double, closing: Double) -> Double { opening + received - closing }

/// Sell-out computed from deliveries and stock counts, for the pairs that sales.csv says nothing about.
public struct CountedSellOut: Hashable, Sendable {
    /// A bucket in which less than nothing was sold.
    public struct Miscount: Hashable, Sendable {
        public var pair: Pair
        /// Negative, on the horizon's scale.
        public var bucket: Int
        /// Below 0.
        public var quantity: Double
    }

    /// NaN where it cannot be computed: no count at both ends of the bucket, or a miscount.
    public var table: HistoryTable
    /// Rising by (pair, bucket).
    public var miscounts: [Miscount]
}

/// Sell-out of every pair without a row in sales.csv, where the stock was counted in this bucket and the one before.
public func sellOut(of history: History) -> CountedSellOut {
    let stock = history.closingStock
    let pairs = stock.pairs.filter { history.sales.row(of: $0) == nil }
    var values: [Double] = []
    values.reserveCapacity(pairs.count * stock.bucketCount)
    var miscounts: [CountedSellOut.Miscount] = []
    for pair in pairs {
        guard let row = stock.row(of: pair) else { continue }
        let closing = stock.series(row)
        let shipped = history.shipments.row(of: pair)
        var opening = Double.nan
        for (offset, count) in closing.enumerated() {
            let bucket = stock.firstBucket + offset
            var received = 0.0
            if let shipped, bucket >= history.shipments.firstBucket {
                received = history.shipments.values[shipped * history.shipments.bucketCount + bucket - history.shipments.firstBucket]
            }
            let sold = sellOut(opening: opening, received: received, closing: count)
            // Sums of decimals come out a few last digits below nothing.
            let isMiscount = sold < -1e-9 * (1 + abs(opening) + abs(received) + abs(count))
            if isMiscount { miscounts.append(CountedSellOut.Miscount(pair: pair, bucket: bucket, quantity: sold)) }
            // max(0, NaN) would be 0.
            values.append(isMiscount || sold.isNaN ? .nan : max(0, sold))
            opening = count
        }
    }
    return CountedSellOut(table: HistoryTable(pairs: pairs, firstBucket: stock.firstBucket, values: values), miscounts: miscounts)
}
