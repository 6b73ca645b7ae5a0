/// An account and a product, as indices into the package.
public struct Pair: Hashable, Comparable, Sendable {
    public var account: Int
    public var product: Int

    public init(account: Int, product: Int) {
        self.account = account
        self.product = product
    }

    public static func < (a: Pair, b: Pair) -> Bool { (a.account, a.product) < (b.account, b.product) }
}

/// One value a pair and history bucket, pairs rising; memory is pairs × buckets whatever the number of rows read.
public struct HistoryTable: Hashable, Sendable {
    /// Rising.
    public var pairs: [Pair]
    /// Number of the first bucket (≤ 0) on the horizon's scale; the last one is bucket −1.
    public var firstBucket: Int
    /// Shape [pairs.count × bucketCount], row-major.
    public var values: [Double]

    public init(pairs: [Pair] = [], firstBucket: Int = 0, values: [Double] = []) {
        precondition(values.count == pairs.count * -firstBucket, "a value for each pair and bucket")
        self.pairs = pairs
        self.firstBucket = firstBucket
        self.values = values
    }

    public var bucketCount: Int { -firstBucket }

    /// The series of the pair at position `row`, oldest first; element i is bucket `firstBucket + i`.
    public func series(_ row: Int) -> ArraySlice<Double> { values[row * bucketCount..<(row + 1) * bucketCount] }

    /// Position of a pair in `pairs`, by binary search.
    public func row(of pair: Pair) -> Int? { pairs.position(ofSorted: pair) }
}

extension Array where Element: Comparable {
    /// Position of `element` in a rising array, or nil. O(log n).
    public func position(ofSorted element: Element) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == element ? low : nil
    }
}

/// What happened before the start, aggregated to buckets while it was read. Rows dated on or after the start are left out, and `lastSale` ignores them.
public struct History: Hashable, Sendable {
    /// Sell-out, units per bucket, returns taken off; 0 where no row.
    public var sales: HistoryTable
    /// Σ price × quantity of the same rows, the price of the row, else in force in `prices`, else the product's.
    public var salesValue: HistoryTable
    /// Sell-in, units per bucket.
    public var shipments: HistoryTable
    /// Counted stock of the last count in the bucket; NaN where none.
    public var closingStock: HistoryTable
    /// Latest date in sales.csv before the start.
    public var lastSale: CalendarDate?

    public init(
        sales: HistoryTable = HistoryTable(), salesValue: HistoryTable = HistoryTable(), shipments: HistoryTable = HistoryTable(),
        closingStock: HistoryTable = HistoryTable(), lastSale: CalendarDate? = nil
    ) {
        self.sales = sales
        self.salesValue = salesValue
        self.shipments = shipments
        self.closingStock = closingStock
        self.lastSale = lastSale
    }
}
