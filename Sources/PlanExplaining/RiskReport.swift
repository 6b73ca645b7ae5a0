import Forecasting
import PlanModel
import Reporting

/// How likely an account runs dry under a plan as it stands, when demand comes as the forecast's spread says.
public struct RiskReport: Sendable, Encodable {
    /// One product of an account.
    public struct ProductRisk: Hashable, Sendable, Encodable {
        public var product: String
        /// Share of paths in which demand finds too little stock in some bucket.
        public var stockOut: Double
        /// The same under the plan compared with; nil without one.
        public var stockOutOther: Double?
        /// Mean lost units a path.
        public var expectedLost: Double
        /// Bucket (first day) in which it runs dry most often; nil where it never does.
        public var worstBucket: String?
        /// Units more at the start (and kept) that bring the account under the level asked for; 0 where it is under it.
        public var extraStock: Double
        /// Least minimum of the band that holds them: the band's highest minimum and the extra stock, units.
        public var bandMinimum: Double
    }

    /// One account over the season.
    public struct AccountRisk: Hashable, Sendable, Encodable {
        public var account: String
        public var tier: Int
        /// Share of paths in which any product runs dry in any bucket.
        public var stockOut: Double
        public var stockOutOther: Double?
        /// Mean share of demand served.
        public var expectedFill: Double
        public var expectedLost: Double
        /// Share of paths in which any product runs dry with the extra stock.
        public var stockOutWithExtra: Double
        /// By stock-out probability, highest first.
        public var products: [ProductRisk]
    }

    /// Paths drawn.
    public var paths: Int
    /// Probability asked for.
    public var level: Double
    /// By tier, then by probability, highest first.
    public var accounts: [AccountRisk]
}

/// The demand paths of a package's pairs. The same seed draws the same demand whatever the plan, so that two plans meet the same weather.
public struct DemandPaths: Sendable {
    let package: DataPackage
    let demand: PlannedDemand
    private let spreads: [Pair: PairSpread]
    let count: Int
    private let seed: UInt64

    /// A pair's quantiles by bucket, and how its buckets hang together.
    private struct PairSpread: Sendable {
        /// Point forecast by bucket.
        var point: [Double]
        /// Quantiles by bucket.
        var quantiles: [[Double]]
        /// Correlation that all buckets share.
        var common: Double
    }

    /// Correlation of neighbouring buckets beyond the common part, as the forecast takes it where nothing is learnt.
    private static let neighbour = 0.3

    /// - Parameters:
    ///   - forecast: Quantiles by bucket and of the season's sums, which tell how the buckets hang together.
    ///   - demand: What is planned for; orders stay as they are.
    ///   - count: Paths, ≥ 1.
    ///   - seed: Of the draws.
    public init(_ package: DataPackage, forecast: Forecast, demand: PlannedDemand, count: Int, seed: UInt64) {
        self.package = package
        self.demand = demand
        self.count = count
        self.seed = seed
        let buckets = package.horizon.count
        let levels = package.settings.forecast.quantiles.map(normalQuantile)
        var spreads: [Pair: PairSpread] = [:]
        for row in forecast.rows where package.horizon.buckets.contains(row.bucket) {
            let pair = Pair(account: row.account, product: row.product)
            var spread =
                spreads[pair]
                ?? PairSpread(
                    point: [Double](repeating: 0, count: buckets), quantiles: [[Double]](repeating: [], count: buckets), common: 0.3)
            spread.point[row.bucket] = row.quantity
            spread.quantiles[row.bucket] = row.quantiles
            spreads[pair] = spread
        }
        for total in forecast.totals {
            let pair = Pair(account: total.account, product: total.product)
            guard var spread = spreads[pair] else { continue }
            let own = spread.quantiles.map { DemandPaths.deviation($0, levels: levels) }
            let whole = DemandPaths.deviation(total.quantiles, levels: levels)
            // Var Σ = c (Σσ)² + (1 − c) ΣΣ φ^|i−j| σi σj, solved for c.
            let together = own.reduce(0, +)
            var apart = 0.0
            for (i, left) in own.enumerated() {
                var weight = 1.0
                for j in i..<own.count {
                    apart += (i == j ? 1 : 2) * weight * left * own[j]
                    weight *= DemandPaths.neighbour
                }
            }
            let most = together * together
            if most > apart { spread.common = min(1, max(0, (whole * whole - apart) / (most - apart))) }
            spreads[pair] = spread
        }
        self.spreads = spreads
    }

    /// Standard deviation that the outer quantiles stand for.
    private static func deviation(_ quantiles: [Double], levels: [Double]) -> Double {
        guard quantiles.count == levels.count, let low = levels.first, let high = levels.last, high > low else { return 0 }
        return max(0, quantiles[quantiles.count - 1] - quantiles[0]) / (high - low)
    }

    /// Demand of a pair by bucket on each path: shape [count × T], row-major.
    func draws(of row: Int) -> [Double] {
        let pair = demand.pairs[row]
        let buckets = package.horizon.count
        let planned = demand.quantity.row(row)
        var result: [Double] = []
        result.reserveCapacity(count * buckets)
        guard let spread = spreads[pair] else {
            for _ in 0..<count { result += planned }
            return result
        }
        let levels = package.settings.forecast.quantiles.map(normalQuantile)
        // By ids, so that the same account meets the same demand in any package.
        var random = KeyedRandom(seed: seed, key: package.accounts[pair.account].id + "\u{0}" + package.products[pair.product].id)
        let own = (1 - spread.common).squareRoot()
        let step = (1 - DemandPaths.neighbour * DemandPaths.neighbour).squareRoot()
        for _ in 0..<count {
            let shared = spread.common.squareRoot() * random.normal()
            var noise = random.normal()
            for bucket in 0..<buckets {
                if bucket > 0 { noise = DemandPaths.neighbour * noise + step * random.normal() }
                let value = DemandPaths.value(
                    shared + own * noise, quantiles: spread.quantiles[bucket], levels: levels, point: spread.point[bucket])
                // Orders are firm; what the forecast adds to them varies.
                result.append(
                    max(demand.ordered[row, bucket], demand.quantity[row, bucket] + value - spread.point[bucket], 0))
            }
        }
        return result
    }

    /// The value a standard normal variable stands for: straight between the quantiles, and on beyond them.
    private static func value(_ z: Double, quantiles: [Double], levels: [Double], point: Double) -> Double {
        guard quantiles.count == levels.count, levels.count > 1 else { return point }
        var upper = 1
        while upper < levels.count - 1, z > levels[upper] { upper += 1 }
        let slope = (quantiles[upper] - quantiles[upper - 1]) / (levels[upper] - levels[upper - 1])
        return max(0, quantiles[upper - 1] + slope * (z - levels[upper - 1]))
    }
}

/// Draws that depend on a seed and a key only.
private struct KeyedRandom {
    private var state: UInt64

    init(seed: UInt64, key: String) {
        // FNV-1a: Swift's own hashes differ from run to run.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = seed ^ hash
    }

    /// SplitMix64: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA.
    mutating func normal() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        // The middle of one of 2⁵³ equal parts of 0…1: never an end.
        return normalQuantile((Double(z >> 11) + 0.5) * 0x1p-53)
    }
}

extension RiskReport {
    /// Runs a plan's deliveries against demand paths: what has arrived and is not sold stays; demand beyond it is lost.
    ///
    /// - Parameters:
    ///   - view: The plan.
    ///   - other: A plan to compare with, under the same paths; of a package with the same ids and horizon.
    ///   - paths: Demand.
    ///   - bands: For the minimum to agree on.
    ///   - tier: Accounts up to this tier.
    ///   - level: Probability of a stock-out over the season that is acceptable, 0…1.
    public init(
        _ view: PlanView, against other: PlanView? = nil, paths: DemandPaths, bands: StockBandTable, upToTier tier: Int, level: Double
    ) {
        self.paths = paths.count
        self.level = level
        accounts = []
        for account in view.package.accounts.indices where view.segmentation.tier(of: account) <= tier {
            let rows = paths.demand.pairs.indices.filter {
                paths.demand.pairs[$0].account == account && paths.demand.quantity.row($0).contains { $0 > 0 }
            }
            guard !rows.isEmpty else { continue }
            let simulations = rows.map { row in
                PairSimulation(
                    paths.draws(of: row), supply: RiskReport.supply(view, paths.demand.pairs[row]), buckets: view.package.horizon.count)
            }
            let others = other.map { other in
                rows.map { row in
                    PairSimulation(
                        paths.draws(of: row), supply: RiskReport.supply(other, paths.demand.pairs[row]), buckets: view.package.horizon.count
                    )
                }
            }
            let extra = RiskReport.extraStock(simulations, level: level)
            func anyDry(_ list: [PairSimulation], _ extra: [Double]) -> Double {
                let dry = (0..<paths.count).count { path in list.indices.contains { list[$0].deficit[path] > extra[$0] + list[$0].crumb } }
                return Double(dry) / Double(paths.count)
            }
            let none = [Double](repeating: 0, count: rows.count)
            var products: [ProductRisk] = []
            for (index, row) in rows.enumerated() {
                let own = simulations[index]
                let pair = paths.demand.pairs[row]
                let minimum = bands.pairs.position(ofSorted: pair).map { bands.min.row($0).max() ?? 0 } ?? 0
                products.append(
                    ProductRisk(
                        product: view.package.products[pair.product].id, stockOut: own.stockOut, stockOutOther: others?[index].stockOut,
                        expectedLost: own.expectedLost, worstBucket: own.worstBucket.map(view.day), extraStock: extra[index],
                        bandMinimum: minimum + extra[index]))
            }
            products.sort { $0.stockOut != $1.stockOut ? $0.stockOut > $1.stockOut : $0.product < $1.product }
            let demanded = simulations.reduce(0) { $0 + $1.expectedDemand }
            let lost = simulations.reduce(0) { $0 + $1.expectedLost }
            accounts.append(
                AccountRisk(
                    account: view.package.accounts[account].id, tier: view.segmentation.tier(of: account),
                    stockOut: anyDry(simulations, none), stockOutOther: others.map { anyDry($0, none) },
                    expectedFill: demanded > 0 ? 1 - lost / demanded : 1, expectedLost: lost, stockOutWithExtra: anyDry(simulations, extra),
                    products: products))
        }
        accounts.sort {
            $0.tier != $1.tier ? $0.tier < $1.tier : $0.stockOut != $1.stockOut ? $0.stockOut > $1.stockOut : $0.account < $1.account
        }
    }

    /// What the plan brings to a pair by bucket: opening stock, goods in transit, arrivals.
    private static func supply(_ view: PlanView, _ pair: Pair) -> [Double] {
        let package = view.package
        var supply = [Double](repeating: 0, count: package.horizon.count)
        for row in package.stock where row.place == .account(pair.account) && row.product == pair.product { supply[0] += row.quantity }
        for row in package.inTransit where row.place == .account(pair.account) && row.product == pair.product && row.bucket < supply.count {
            supply[max(0, row.bucket)] += row.quantity
        }
        for row in view.plan.movements where row.product == pair.product && package.lanes[row.lane].to == .account(pair.account) {
            if supply.indices.contains(row.arrives) { supply[row.arrives] += row.quantity }
        }
        return supply
    }

    /// The least common level of each product's deficit that leaves no more than `level` of the paths dry, as units of each.
    private static func extraStock(_ simulations: [PairSimulation], level: Double) -> [Double] {
        let sorted = simulations.map { $0.deficit.sorted() }
        guard let count = sorted.first?.count, count > 0 else { return [] }
        func dry(_ rank: Int) -> Int {
            (0..<count).count { path in
                simulations.indices.contains { simulations[$0].deficit[path] > sorted[$0][rank] + simulations[$0].crumb }
            }
        }
        let allowed = Int((level * Double(count)).rounded(.down))
        if (0..<count).count(where: { path in simulations.contains { $0.deficit[path] > $0.crumb } }) <= allowed {
            return [Double](repeating: 0, count: simulations.count)
        }
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if dry(middle) <= allowed { high = middle } else { low = middle + 1 }
        }
        return sorted.map { max(0, $0[low]) }
    }
}

/// One pair's stock on every path.
private struct PairSimulation {
    /// Σ demand − Σ supply at its largest, 0 at least, by path: the extra stock at the start that would have lost nothing.
    var deficit: [Double]
    var expectedLost = 0.0
    var expectedDemand = 0.0
    /// Bucket in which demand goes short on most paths.
    var worstBucket: Int?
    /// What counts as nothing, units.
    var crumb: Double

    var stockOut: Double { deficit.isEmpty ? 0 : Double(deficit.count { $0 > crumb }) / Double(deficit.count) }

    init(_ draws: [Double], supply: [Double], buckets: Int) {
        let count = buckets > 0 ? draws.count / buckets : 0
        deficit = [Double](repeating: 0, count: count)
        crumb = 1e-6 * (1 + supply.reduce(0, +))
        var shortPaths = [Int](repeating: 0, count: buckets)
        for path in 0..<count {
            var stock = 0.0
            var balance = 0.0
            for bucket in 0..<buckets {
                let demand = draws[path * buckets + bucket]
                stock += supply[bucket]
                balance += demand - supply[bucket]
                deficit[path] = max(deficit[path], balance)
                let lost = max(0, demand - stock)
                stock = max(0, stock - demand)
                expectedLost += lost
                expectedDemand += demand
                if lost > crumb { shortPaths[bucket] += 1 }
            }
        }
        expectedLost /= Double(max(1, count))
        expectedDemand /= Double(max(1, count))
        if let most = shortPaths.max(), most > 0 { worstBucket = shortPaths.firstIndex(of: most) }
    }
}

/// Stock-out probabilities as a page of text.
public func riskText(_ report: RiskReport, package: DataPackage, language: ReportLanguage, rows: Int = 10) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }
    guard !report.accounts.isEmpty else { return words("No account of that tier has demand.", "该级别没有需求。") + "\n" }
    let hasOther = report.accounts.contains { $0.stockOutOther != nil }
    var lines = [
        words(
            "Stock-out over the season under this plan, on \(report.paths) demand paths of the forecast:",
            "按本计划，计划期内断货的概率（\(report.paths) 条需求路径）：")
    ]
    var table = TextTable(alignments: [.left, .left, .right, .right, .right, .right])
    table.rows.append([
        words("Account", "客户"), words("tier", "级别"), words("runs dry", "断货概率"), hasOther ? words("other plan", "另一计划") : "",
        words("fill", "满足率"), words("expected loss", "期望损失"),
    ])
    for account in report.accounts.prefix(rows) {
        let name = package.accounts.firstIndex { $0.id == account.account }.map { package.title(account: $0) } ?? account.account
        table.rows.append([
            name.fitted(to: 32), words.tier(account.tier), words.percent(account.stockOut), account.stockOutOther.map(words.percent) ?? "",
            words.percent(account.expectedFill), words.amount(account.expectedLost),
        ])
    }
    lines += table.lines()
    if report.accounts.count > rows {
        lines.append("  " + words("and \(report.accounts.count - rows) more", "另有 \(report.accounts.count - rows) 个客户"))
    }
    let needy = report.accounts.filter { $0.stockOut > report.level }
    guard !needy.isEmpty else {
        return (lines + ["", words("All are within \(words.percent(report.level)).", "均不超过 \(words.percent(report.level))。")]).joined(
            separator: "\n") + "\n"
    }
    lines += [
        "", words("Stock that would bring them to \(words.percent(report.level)) or less:", "降到 \(words.percent(report.level)) 以下所需的库存："),
    ]
    for account in needy.prefix(rows) {
        let parts = account.products.filter { $0.extraStock > 0.5 }.prefix(6).map { product in
            words(
                "\(product.product) +\(words.units(product.extraStock)) (minimum \(words.units(product.bandMinimum)))",
                "\(product.product) +\(words.units(product.extraStock))（下限 \(words.units(product.bandMinimum))）")
        }.joined(separator: words(", ", "、"))
        let worst =
            account.products.first?.worstBucket.map {
                words("; \(account.products[0].product) most often in \(date($0))", "；\(account.products[0].product) 最常在\(date($0))断货")
            } ?? ""
        lines.append("  \(account.account): \(parts)\(worst)")
    }
    return lines.joined(separator: "\n") + "\n"
}
