import PlanModel
import Reporting

/// What is to be explained: everything, or what the fields that are not nil pick out.
public struct ExplanationScope: Hashable, Sendable {
    public var account: Int?
    public var product: Int?
    public var bucket: Int?
    /// Id of a line, lane, pool, site or material.
    public var resource: String?

    public init(account: Int? = nil, product: Int? = nil, bucket: Int? = nil, resource: String? = nil) {
        self.account = account
        self.product = product
        self.bucket = bucket
        self.resource = resource
    }
}

/// Why a demand was or was not served: the causes with quantities that add up, where the goods came from, who used a resource, what would help.
public struct Explanation: Sendable, Encodable {
    /// One cause, or several rows of shortages.csv with the same cause in neighbouring buckets.
    public struct Cause: Hashable, Sendable, Encodable {
        public var reason: String
        public var resource: String
        /// First days of the first and last bucket in which it was scarce; nil where the cause has no bucket.
        public var from: String?
        public var to: String?
        /// Units lost because of it; over all causes these add up to what is lost.
        public var lost: Double
        /// Who got what was scarce, largest first.
        public var takers: [TakerFigure]
        /// Largest loser first: how the cause's loss is spread.
        public var losers: [AccountFigure]
        public var sentence: String
    }

    /// An account that got a scarce resource, and under which rank.
    public struct TakerFigure: Hashable, Sendable, Encodable {
        public var account: String
        public var rank: String
        public var tier: Int?
        /// In the resource's own measure.
        public var quantity: Double
    }

    public struct AccountFigure: Hashable, Sendable, Encodable {
        public var account: String
        public var tier: Int
        public var quantity: Double

        package init(account: String, tier: Int, quantity: Double) {
            self.account = account
            self.tier = tier
            self.quantity = quantity
        }
    }

    /// Where served goods came from (pegging).
    public struct Source: Hashable, Sendable, Encodable {
        /// nil = opening stock or goods in transit.
        public var line: String?
        /// First day of the bucket it was made in.
        public var made: String?
        /// Site or account where opening stock lay.
        public var origin: String?
        public var lanes: [String]
        public var quantity: Double
    }

    /// A resource in one bucket, and who used it.
    public struct Use: Hashable, Sendable, Encodable {
        public var kind: String
        /// Only for materials.
        public var site: String?
        public var bucket: String
        public var capacity: Double
        public var used: Double
        /// ≥ 0: fall of the rank's value for one unit more.
        public var shadowPrice: Double
        /// Accounts whose goods used it, largest first; what is left of `used` stays in stock.
        public var accounts: [AccountFigure]
    }

    /// More of one resource in one bucket, and what it would save at most.
    public struct Help: Hashable, Sendable, Encodable {
        public var kind: String
        public var resource: String
        public var bucket: String
        /// What the lost units would take of it, in the resource's own measure.
        public var needed: Double
        /// Product units that so much more saves, as long as nothing else becomes scarce first and no earlier tier takes it.
        public var saves: Double
        public var sentence: String
    }

    public var account: String?
    public var product: String?
    public var bucket: String?
    public var resource: String?
    public var service: ServiceSum
    /// Largest loss first.
    public var causes: [Cause]
    /// Largest first.
    public var sources: [Source]
    /// Only where a resource is asked for; by kind and bucket.
    public var uses: [Use]
    /// What would help most, first.
    public var help: [Help]
}

extension Explanation {
    /// Explains a plan.
    ///
    /// - Parameters:
    ///   - view: The plan with its package (names, capacities, stock).
    ///   - scope: What to explain.
    ///   - language: Of the sentences.
    public init(_ view: PlanView, scope: ExplanationScope, language: ReportLanguage) {
        let finder = ExplanationFinder(view: view, scope: scope, words: Wording(language: language, horizon: view.package.horizon))
        account = scope.account.map { view.package.accounts[$0].id }
        product = scope.product.map { view.package.products[$0].id }
        bucket = scope.bucket.map(view.day)
        resource = scope.resource
        service = finder.service()
        causes = finder.causes()
        sources = finder.sources()
        uses = finder.uses()
        help = finder.help()
    }
}

private struct ExplanationFinder {
    let view: PlanView
    let scope: ExplanationScope
    let words: Wording
    private var package: DataPackage { view.package }

    private func holds(_ account: Int, _ product: Int, _ bucket: Int) -> Bool {
        (scope.account == nil || scope.account == account) && (scope.product == nil || scope.product == product)
            && (scope.bucket == nil || scope.bucket == bucket)
    }

    /// Rows of shortages.csv in scope. A bucket asked for beside a resource is the resource's, not the demand's.
    private var shortages: [ShortageRow] {
        view.shortages.filter { row in
            guard scope.account == nil || scope.account == row.account, scope.product == nil || scope.product == row.product else {
                return false
            }
            guard let resource = scope.resource else { return scope.bucket == nil || scope.bucket == row.bucket }
            return row.resource == resource && (scope.bucket == nil || scope.bucket == row.resourceBucket)
        }
    }

    func service() -> ServiceSum {
        var sum = ServiceSum()
        for row in view.plan.accountPlan
        where holds(row.account, row.product, scope.resource == nil ? row.bucket : scope.bucket ?? row.bucket) {
            sum.add(row, lastBucket: package.horizon.count - 1)
        }
        return sum
    }

    // MARK: Causes

    private struct CauseKey: Hashable {
        var reason: ShortageReason
        var resource: String
    }

    func causes() -> [Explanation.Cause] {
        var groups: [CauseKey: [ShortageRow]] = [:]
        for row in shortages {
            // Losses without a scarce resource have only that in common.
            groups[CauseKey(reason: row.reason, resource: row.reason == .rank ? "" : row.resource), default: []].append(row)
        }
        var causes: [Explanation.Cause] = []
        for key in groups.keys.sorted(by: { ($0.reason.rawValue, $0.resource) < ($1.reason.rawValue, $1.resource) }) {
            let rows = groups[key] ?? []
            for run in runs(of: Array(Set(rows.compactMap(\.resourceBucket)))) {
                causes.append(cause(key, rows.filter { $0.resourceBucket.map(run.contains) ?? false }, buckets: run))
            }
            let without = rows.filter { $0.resourceBucket == nil }
            if !without.isEmpty { causes.append(cause(key, without, buckets: nil)) }
        }
        return causes.sorted {
            $0.lost != $1.lost ? $0.lost > $1.lost : ($0.reason, $0.resource, $0.from ?? "") < ($1.reason, $1.resource, $1.from ?? "")
        }
    }

    private func cause(_ key: CauseKey, _ rows: [ShortageRow], buckets: ClosedRange<Int>?) -> Explanation.Cause {
        var lost = 0.0
        var losers: [Int: Double] = [:]
        var taken: [Int: [Taker]] = [:]
        for row in rows {
            lost += row.lost
            losers[row.account, default: 0] += row.lost
            // The takers of a bucket stand in every row that names it; the row with the most of them knows them all.
            let bucket = row.resourceBucket ?? -1
            if row.takenBy.count > taken[bucket]?.count ?? -1 { taken[bucket] = row.takenBy }
        }
        var quantities: [Int: (rank: Rank, quantity: Double)] = [:]
        for bucket in taken.keys.sorted() {
            for taker in taken[bucket] ?? [] {
                quantities[taker.account] = (taker.rank, (quantities[taker.account]?.quantity ?? 0) + taker.quantity)
            }
        }
        let takers = quantities.map { Taker(account: $0.key, rank: $0.value.rank, quantity: $0.value.quantity) }
            .sorted { $0.quantity != $1.quantity ? $0.quantity > $1.quantity : $0.account < $1.account }
        let scarcity = words.scarcity(key.reason, resource: key.resource, buckets: buckets, package: package)
        let named = takers.prefix(3).map { words.taker($0, reason: key.reason, package: package) }.joined(separator: words(", ", "、"))
        let got = named.isEmpty ? "" : words(" It went to \(named).", "去向：\(named)。")
        return Explanation.Cause(
            reason: key.reason.rawValue, resource: key.resource, from: buckets.map { view.day($0.lowerBound) },
            to: buckets.map { view.day($0.upperBound) }, lost: lost,
            takers: takers.map {
                Explanation.TakerFigure(
                    account: package.accounts[$0.account].id, rank: $0.rank.aim.rawValue, tier: $0.rank.tier, quantity: $0.quantity)
            }, losers: figures(losers),
            sentence: words("\(words.amount(lost)) lost: \(scarcity).\(got)", "损失 \(words.amount(lost))：\(scarcity)。\(got)"))
    }

    private func figures(_ quantities: [Int: Double]) -> [Explanation.AccountFigure] {
        quantities.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map {
            Explanation.AccountFigure(
                account: package.accounts[$0.key].id, tier: view.segmentation.tier(of: $0.key), quantity: $0.value)
        }
    }

    // MARK: Pegging

    private struct SourceKey: Hashable {
        var line: Int?
        var made: Int?
        var origin: Place?
        var lanes: [Int]

        var order: [Int] {
            let place =
                switch origin {
                case .site(let site): 1 + site
                case .account(let account): 1_000_000 + account
                case nil: 0
                }
            return [made ?? -1, line ?? -1, place] + lanes
        }
    }

    func sources() -> [Explanation.Source] {
        guard scope.account != nil || scope.product != nil || scope.bucket != nil, scope.resource == nil else { return [] }
        var quantities: [SourceKey: Double] = [:]
        for use in tracedLots(package, plan: view.plan) {
            guard let served = use.served, holds(use.account, use.product, served) else { continue }
            let key = SourceKey(line: use.lot.line, made: use.lot.made, origin: use.lot.origin, lanes: use.lot.moves.map(\.lane))
            quantities[key, default: 0] += use.quantity
        }
        return quantities.filter { $0.value > 1e-6 }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.order.lexicographicallyPrecedes($1.key.order) }
            .map { key, quantity in
                let origin: String? =
                    switch key.origin {
                    case .site(let site): package.sites[site].id
                    case .account(let account): package.accounts[account].id
                    case nil: nil
                    }
                return Explanation.Source(
                    line: key.line.map { package.lines[$0].id }, made: key.made.map(view.day), origin: origin,
                    lanes: key.lanes.map { package.lanes[$0].id }, quantity: quantity)
            }
    }

    func uses() -> [Explanation.Use] {
        guard let resource = scope.resource else { return [] }
        let rows = view.resources.filter {
            view.resourceID($0) == resource && $0.kind != .accountStock && (scope.bucket == nil || scope.bucket == $0.bucket)
        }
        var shares = accountsUsing(rows.filter { $0.kind != .material }.compactMap(\.limit), package: package, plan: view.plan)
        for row in rows where row.kind == .material { if let limit = row.limit { shares[limit] = materialUse(row) } }
        return rows.map { row in
            Explanation.Use(
                kind: row.kind.rawValue, site: row.site.map { package.sites[$0].id }, bucket: view.day(row.bucket), capacity: row.capacity,
                used: row.used, shadowPrice: row.shadowPrice,
                accounts: figures((row.limit.flatMap { shares[$0] } ?? [:]).filter { $0.value > 1e-6 }))
        }
    }

    /// Units of a material that each account's goods took in the bucket itself.
    private func materialUse(_ row: ResourceRow) -> [Int: Double] {
        var perUnit = [Double](repeating: 0, count: package.products.count)
        for part in package.billOfMaterials where part.material == row.resource { perUnit[part.product] += part.quantity }
        var shares: [Int: Double] = [:]
        for use in tracedLots(package, plan: view.plan) where use.lot.made == row.bucket && perUnit[use.product] > 0 {
            guard let line = use.lot.line, package.lines[line].site == row.site else { continue }
            shares[use.account, default: 0] += perUnit[use.product] * use.quantity
        }
        return shares
    }

    // MARK: What would help

    /// The capacities that the causes in scope name, by what more of each would save.
    func help() -> [Explanation.Help] {
        struct Key: Hashable {
            var reason: ShortageReason
            var resource: String
            var bucket: Int
        }
        var cellLost: [[Int]: Double] = [:]
        for row in view.shortages { cellLost[[row.bucket, row.account, row.product], default: 0] += row.lost }
        var sums: [Key: (needed: Double, saves: Double)] = [:]
        for row in shortages {
            guard let bucket = row.resourceBucket, let perUnit = perUnit(row) else { continue }
            let key = Key(reason: row.reason, resource: row.resource, bucket: bucket)
            let sum = sums[key] ?? (0, 0)
            sums[key] = (sum.needed + (cellLost[[row.bucket, row.account, row.product]] ?? 0) * perUnit, sum.saves + row.lost)
        }
        let order = sums.sorted {
            $0.value.saves != $1.value.saves
                ? $0.value.saves > $1.value.saves
                : ($0.key.bucket, $0.key.reason.rawValue, $0.key.resource) < ($1.key.bucket, $1.key.reason.rawValue, $1.key.resource)
        }
        return order.map { key, sum in
            let more = words.more(key.reason, key.resource, words.amount(sum.needed))
            return Explanation.Help(
                kind: key.reason.rawValue, resource: key.resource, bucket: view.day(key.bucket), needed: sum.needed, saves: sum.saves,
                sentence: words(
                    "\(more) in \(words.inBucket(key.bucket)): up to \(words.amount(sum.saves)) lost units fewer.",
                    "在\(words.inBucket(key.bucket))\(more)：最多减少损失 \(words.amount(sum.saves))。"))
        }
    }

    /// What one unit of the row's product takes of the row's resource; nil for a cause that is no capacity.
    private func perUnit(_ row: ShortageRow) -> Double? {
        let product = package.products[row.product]
        switch row.reason {
        case .hours:
            let line = package.lines.firstIndex { $0.id == row.resource }
            return package.lineProducts.first { $0.line == line && $0.product == row.product && $0.rate > 0 }.map { 1 / $0.rate }
        case .material:
            let material = package.materials.position(ofSorted: row.resource)
            return package.billOfMaterials.first { $0.product == row.product && $0.material == material }?.quantity
        case .lane: return package.lanes.first { $0.id == row.resource }.map { package.unitMeasure($0.measure, of: row.product) }
        case .pool: return package.pools.first { $0.id == row.resource }.map { package.unitMeasure($0.measure, of: row.product) }
        case .storage: return product.volume
        case .stock, .leadTime, .shelfLife, .promise, .rank: return nil
        }
    }
}

extension ResourceRow {
    /// The limit goods meet on their way; nil for overtime (goods do not say which hours made them: the row of the hours has them) and account stock.
    var limit: SupplyLimit? {
        switch kind {
        case .hours: .hours(line: resource, bucket: bucket)
        case .lane: .lane(resource, bucket: bucket)
        case .pool: .pool(resource, bucket: bucket)
        case .storage: .storage(site: resource, bucket: bucket)
        case .material: site.map { .material(resource, site: $0, bucket: bucket) }
        case .overtime, .accountStock: nil
        }
    }
}

extension Wording {
    /// "12 hours more on line L1".
    func more(_ reason: ShortageReason, _ id: String, _ quantity: String) -> String {
        switch reason {
        case .hours: self("\(quantity) hours more on line \(id)", "产线 \(id) 增加 \(quantity) 小时")
        case .lane: self("\(quantity) more space on lane \(id)", "线路 \(id) 运力增加 \(quantity)")
        case .pool: self("\(quantity) more of the shared capacity \(id)", "共用运力 \(id) 增加 \(quantity)")
        case .storage: self("\(quantity) more storage at \(id)", "\(id) 仓容增加 \(quantity)")
        case .material: self("\(quantity) more of material \(id)", "物料 \(id) 增加 \(quantity)")
        case .stock, .leadTime, .shelfLife, .promise, .rank: self("more of \(id)", "\(id) 增加")
        }
    }
}
