import Fullshelf

/// Cover of every account at the end of every bucket, and what is wrong there.
///
/// Cover is counted as tables.md says: the buckets of demand ahead that the stock lasts, fractions pro rata; past the horizon the last bucket's demand is
/// assumed. Several products are added up by their price.
struct SeasonBoard {
    enum Sign: String, Sendable {
        /// Neither stock nor demand.
        case none
        /// Sales are lost in the bucket.
        case lost
        /// Stock more than ``tolerance`` of the minimum below it, all products' shortfalls added up.
        case low
        case fair
        /// At or over the target.
        case full
        /// More than ``tolerance`` of the maximum over it.
        case over

        var mark: String {
            switch self {
            case .none: ""
            case .lost: "✕"
            case .low: "▼"
            case .fair: "·"
            case .full: "■"
            case .over: "▲"
            }
        }
    }

    struct Cell: Hashable, Sendable {
        /// Buckets; nil = no demand ahead.
        var cover: Double?
        var sign: Sign
        /// Product units (of all products that are shown).
        var lost: Double
    }

    /// Share of a band's limit that is no news yet.
    static let tolerance = 0.05

    /// One row an account of the package, by its index.
    private(set) var rows: [[Cell]]

    /// - Parameter product: Only this one; nil = all.
    init(_ files: PlanFiles, package: DataPackage, product: Int?) {
        let count = package.horizon.count
        let blank = [[Double]](repeating: [Double](repeating: 0, count: count), count: package.accounts.count)
        var (demand, stock, low, under, over, lost, lostUnits) = (blank, blank, blank, blank, blank, blank, blank)
        var (target, high) = (blank, blank)
        let weights = package.products.indices.map { product == nil ? package.standingPrice(of: $0) : 1 }
        for (index, pair) in files.demand.pairs.enumerated() where product == nil || pair.product == product {
            for bucket in 0..<count { demand[pair.account][bucket] += weights[pair.product] * files.demand.quantity[index, bucket] }
        }
        for (index, pair) in files.bands.pairs.enumerated() where product == nil || pair.product == product {
            for bucket in 0..<count {
                low[pair.account][bucket] += weights[pair.product] * files.bands.min[index, bucket]
                target[pair.account][bucket] += weights[pair.product] * files.bands.target[index, bucket]
                high[pair.account][bucket] += weights[pair.product] * files.bands.max[index, bucket]
            }
        }
        for row in files.plan.accountPlan where product == nil || row.product == product {
            stock[row.account][row.bucket] += weights[row.product] * row.stock
            under[row.account][row.bucket] += weights[row.product] * row.under
            over[row.account][row.bucket] += weights[row.product] * row.over
            lost[row.account][row.bucket] += weights[row.product] * row.lost
            lostUnits[row.account][row.bucket] += row.lost
        }
        rows = package.accounts.indices.map { account in
            (0..<count).map { bucket in
                let held = stock[account][bucket]
                let sign: Sign
                if lost[account][bucket] > 1e-6 * (1 + demand[account][bucket]) {
                    sign = .lost
                } else if under[account][bucket] > SeasonBoard.tolerance * low[account][bucket], under[account][bucket] > 1e-6 {
                    sign = .low
                } else if high[account][bucket].isFinite, over[account][bucket] > SeasonBoard.tolerance * high[account][bucket],
                    over[account][bucket] > 1e-6
                {
                    sign = .over
                } else if held == 0, demand[account].allSatisfy({ $0 == 0 }) {
                    sign = .none
                } else {
                    sign = held >= target[account][bucket] - 1e-6 ? .full : .fair
                }
                return Cell(
                    cover: SeasonBoard.cover(of: held, after: bucket, demand: demand[account]), sign: sign, lost: lostUnits[account][bucket]
                )
            }
        }
    }

    /// Buckets of `demand` after `bucket` that `stock` lasts; nil where there is no demand ahead.
    static func cover(of stock: Double, after bucket: Int, demand: [Double]) -> Double? {
        var left = stock
        var covered = 0.0
        for next in (bucket + 1)..<max(demand.count, bucket + 1) {
            if left < demand[next] { return covered + left / demand[next] }
            left -= demand[next]
            covered += 1
        }
        guard let last = demand.last, last > 0 else { return demand.dropFirst(bucket + 1).contains { $0 > 0 } ? covered : nil }
        return covered + left / last
    }
}
