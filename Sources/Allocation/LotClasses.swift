import PlanModel

/// The kinds of lots of one product that must be told apart because they expire at different times.
///
/// A product that keeps, with no dated stock, has one class; each further last bucket adds one.
struct LotClasses: Sendable {
    /// Last bucket in which a lot of the class may be served, rising; the class that keeps through the horizon has `never` and comes last.
    let lastBuckets: [Int]
    /// First bucket in which a lot of the class can exist.
    let firstBuckets: [Int]
    private let shelfLife: Int?
    private let horizonCount: Int

    static let never = Int.max

    /// - Parameter canBeMade: Whether any line makes the product.
    init(product: Int, package: DataPackage, canBeMade: Bool) {
        let count = package.horizon.count
        let life = package.products[product].shelfLife
        var first: [Int: Int] = [LotClasses.never: 0]
        if let life, canBeMade {
            for t in 0..<count where t + life < count { first[t + life] = t }
        }
        for row in package.stock where row.product == product {
            if let last = LotClasses.lastBucket(of: row, horizon: package.horizon), last >= 0, last < count { first[last] = 0 }
        }
        lastBuckets = first.keys.sorted()
        firstBuckets = lastBuckets.map { first[$0] ?? 0 }
        shelfLife = life
        horizonCount = count
    }

    var count: Int { lastBuckets.count }

    /// Class of what is made in bucket t.
    func madeClass(_ t: Int) -> Int {
        guard let shelfLife, t + shelfLife < horizonCount else { return count - 1 }
        return lastBuckets.position(ofSorted: t + shelfLife) ?? count - 1
    }

    /// Class of a row of opening stock; nil when it is past its last day before the start.
    func stockClass(_ row: StockRow, horizon: Horizon) -> Int? {
        guard let last = LotClasses.lastBucket(of: row, horizon: horizon), last < horizon.count else { return count - 1 }
        return last < 0 ? nil : lastBuckets.position(ofSorted: last)
    }

    func isAlive(_ lot: Int, _ t: Int) -> Bool { t >= firstBuckets[lot] && t <= lastBuckets[lot] }

    /// Bucket that holds the last day, −1 when it lies before the start even inside the first bucket's numbering; nil without a date.
    static func lastBucket(of row: StockRow, horizon: Horizon) -> Int? {
        guard let expires = row.expires else { return nil }
        return expires < horizon.start ? -1 : horizon.bucket(of: expires)
    }
}
