import PlanModel

/// What every rank's program is built from: the package with capacities resolved, reachability and amounts worked out once.
struct AllocationModel: Sendable {
    let package: DataPackage
    let bands: StockBandTable
    let pairs: [Pair]
    /// Planned demand, shape [pairs × T].
    let demand: PairGrid
    let bucketCount: Int
    /// Tier of each account, 1…tierCount.
    let tierOfAccount: [Int]
    let tierCount: Int
    /// u(p): what a unit counts in the plan's measure.
    let unitMeasure: [Double]
    /// D of each account: demanded amount over the horizon in the plan's measure.
    let demandedAmount: [Double]
    /// All planned demand in the plan's measure.
    let totalDemand: Double
    /// Price of a unit, for stock over the band.
    let price: [Double]

    /// Capacity by resource, shape [T] each; infinite = no limit.
    let hours: [[Double]]
    let overtime: [[Double]]
    let laneCapacity: [[Double]]
    let poolCapacity: [[Double]]
    let storage: [[Double]]

    /// By product.
    let lots: [LotClasses]
    /// Positions in `package.lineProducts`, by product.
    let makersOfProduct: [[Int]]
    /// Positions in `package.lineProducts`, by line.
    let makersOfLine: [[Int]]
    /// Pools by lane.
    let poolsOfLane: [[Int]]
    /// Lanes that carry the product between places that matter for it, by product, rising.
    let lanesOfProduct: [[Int]]
    /// Sites whose stock of the product matters, by product, rising.
    let sitesOfProduct: [[Int]]
    /// Rows of `pairs`, by product, rising by account.
    let pairsOfProduct: [[Int]]
    /// More than could ever be on hand of a product, units.
    let supplyLimit: [Double]
    /// Opening stock and arrivals: fixed inflow by (site, product, lot, t) and (pair, lot, t).
    let siteInflow: [InflowKey: Double]
    let pairInflow: [InflowKey: Double]
    /// Materials with receipts somewhere, one entry for each site where a line needs it.
    let materialsInPlay: [MaterialInPlay]
    let bandRates: (overTarget: [Double], overStock: [Double])

    struct InflowKey: Hashable, Sendable {
        var place: Int  // site or pair
        var product: Int
        var lot: Int
        var bucket: Int
    }

    struct MaterialInPlay: Hashable, Sendable {
        var site: Int
        var material: Int
        /// Shape [T].
        var receipts: [Double]
    }

    init(_ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation) {
        self.package = package
        self.bands = bands
        pairs = demand.pairs
        self.demand = demand.quantity
        let count = package.horizon.count
        bucketCount = count
        tierOfAccount = segmentation.tierOfAccount
        tierCount = segmentation.tierCount
        let unitMeasure = package.products.indices.map { package.unitMeasure(package.settings.plan.measure, of: $0) }
        self.unitMeasure = unitMeasure
        price = package.products.indices.map { package.standingPrice(of: $0) }
        bandRates = (price.map { $0 * package.settings.plan.overTargetRate }, price.map { $0 * package.settings.plan.overStockRate })

        var demanded = [Double](repeating: 0, count: package.accounts.count)
        for (row, pair) in demand.pairs.enumerated() {
            demanded[pair.account] += demand.quantity.row(row).reduce(0, +) * unitMeasure[pair.product]
        }
        demandedAmount = demanded
        totalDemand = demanded.reduce(0, +)

        hours = package.lines.indices.map { package.capacities(.hours, of: $0) }
        overtime = package.lines.indices.map { package.capacities(.overtime, of: $0) }
        laneCapacity = package.lanes.indices.map { package.capacities(.lane, of: $0) }
        poolCapacity = package.pools.indices.map { package.capacities(.pool, of: $0) }
        storage = package.sites.indices.map { package.capacities(.storage, of: $0) }

        var makers = [[Int]](repeating: [], count: package.products.count)
        for (position, row) in package.lineProducts.enumerated() { makers[row.product].append(position) }
        makersOfProduct = makers
        var makersByLine = [[Int]](repeating: [], count: package.lines.count)
        for (position, row) in package.lineProducts.enumerated() { makersByLine[row.line].append(position) }
        makersOfLine = makersByLine
        var poolsByLane = [[Int]](repeating: [], count: package.lanes.count)
        for (index, pool) in package.pools.enumerated() { for lane in pool.lanes { poolsByLane[lane].append(index) } }
        poolsOfLane = poolsByLane
        let lots = package.products.indices.map { LotClasses(product: $0, package: package, canBeMade: !makers[$0].isEmpty) }
        self.lots = lots

        var pairsByProduct = [[Int]](repeating: [], count: package.products.count)
        for (row, pair) in demand.pairs.enumerated() { pairsByProduct[pair.product].append(row) }
        pairsOfProduct = pairsByProduct

        // Fixed inflow.
        var siteInflow: [InflowKey: Double] = [:]
        var pairInflow: [InflowKey: Double] = [:]
        var onHand = [Double](repeating: 0, count: package.products.count)
        var siteHolds = [Set<Int>](repeating: [], count: package.products.count)
        func add(_ place: Place, _ product: Int, _ lot: Int, _ bucket: Int, _ quantity: Double) {
            guard quantity != 0 else { return }
            onHand[product] += quantity
            switch place {
            case .site(let site):
                siteInflow[InflowKey(place: site, product: product, lot: lot, bucket: bucket), default: 0] += quantity
                siteHolds[product].insert(site)
            case .account(let account):
                if let row = demand.pairs.position(ofSorted: Pair(account: account, product: product)) {
                    pairInflow[InflowKey(place: row, product: product, lot: lot, bucket: bucket), default: 0] += quantity
                }
            }
        }
        for row in package.stock {
            if let lot = lots[row.product].stockClass(row, horizon: package.horizon) { add(row.place, row.product, lot, 0, row.quantity) }
        }
        for row in package.inTransit where row.bucket < count {
            add(row.place, row.product, lots[row.product].count - 1, max(0, row.bucket), row.quantity)
        }
        self.siteInflow = siteInflow
        self.pairInflow = pairInflow

        supplyLimit = package.products.indices.map { product in
            var limit = onHand[product]
            for position in makers[product] {
                let row = package.lineProducts[position]
                let regular = package.capacities(.hours, of: row.line)
                let extra = package.capacities(.overtime, of: row.line)
                for t in 0..<count { limit += (regular[t] + extra[t]) * row.rate }
            }
            return limit
        }

        // A site matters for a product when units can come to it and it can pass them on, or when it holds some anyway.
        var lanesByProduct: [[Int]] = []
        var sitesByProduct: [[Int]] = []
        for product in package.products.indices {
            let carriers = package.lanes.indices.filter { lane in
                package.lanes[lane].leadTime < count
                    && (package.lanes[lane].products?.position(ofSorted: product) != nil || package.lanes[lane].products == nil)
            }
            var supplied = siteHolds[product]
            for position in makers[product] { supplied.insert(package.lines[package.lineProducts[position].line].site) }
            var grew = true
            while grew {
                grew = false
                for lane in carriers where supplied.contains(package.lanes[lane].from) {
                    if case .site(let to) = package.lanes[lane].to, supplied.insert(to).inserted { grew = true }
                }
            }
            let sold = Set(pairsByProduct[product].map { demand.pairs[$0].account })
            var useful: Set<Int> = []
            grew = true
            while grew {
                grew = false
                for lane in carriers {
                    let reaches: Bool
                    switch package.lanes[lane].to {
                    case .site(let to): reaches = useful.contains(to)
                    case .account(let account): reaches = sold.contains(account)
                    }
                    if reaches, useful.insert(package.lanes[lane].from).inserted { grew = true }
                }
            }
            // Frozen decisions hold whatever they are good for, so their places are kept.
            var frozenSites: Set<Int> = []
            var frozenLanes: Set<Int> = []
            for row in package.frozen where row.product == product {
                switch row.kind {
                case .make: frozenSites.insert(package.lines[row.resource].site)
                case .move:
                    frozenLanes.insert(row.resource)
                    frozenSites.insert(package.lanes[row.resource].from)
                    if case .site(let to) = package.lanes[row.resource].to { frozenSites.insert(to) }
                }
            }
            let kept = supplied.intersection(useful).union(siteHolds[product]).union(frozenSites)
            sitesByProduct.append(kept.sorted())
            lanesByProduct.append(
                carriers.filter { lane in
                    if frozenLanes.contains(lane) {
                        if case .account(let account) = package.lanes[lane].to { return sold.contains(account) }
                        return true
                    }
                    guard kept.contains(package.lanes[lane].from), supplied.contains(package.lanes[lane].from) else { return false }
                    switch package.lanes[lane].to {
                    case .site(let to): return kept.contains(to) && useful.contains(to)
                    case .account(let account): return sold.contains(account)
                    }
                })
        }
        lanesOfProduct = lanesByProduct
        sitesOfProduct = sitesByProduct

        // Materials that are limited somewhere.
        var limited = Set<Int>()
        for row in package.materialReceipts { limited.insert(row.material) }
        var inPlay: [MaterialInPlay] = []
        var seen: Set<MaterialInPlay> = []
        for product in package.products.indices {
            for position in makers[product] {
                let site = package.lines[package.lineProducts[position].line].site
                for need in package.billOfMaterials where need.product == product && limited.contains(need.material) && need.quantity > 0 {
                    let key = MaterialInPlay(site: site, material: need.material, receipts: [])
                    if seen.insert(key).inserted { inPlay.append(key) }
                }
            }
        }
        inPlay.sort { ($0.site, $0.material) < ($1.site, $1.material) }
        for index in inPlay.indices {
            var receipts = [Double](repeating: 0, count: count)
            for row in package.materialReceipts
            where row.site == inPlay[index].site && row.material == inPlay[index].material && row.bucket < count {
                receipts[max(0, row.bucket)] += row.quantity
            }
            inPlay[index].receipts = receipts
        }
        materialsInPlay = inPlay
    }

    /// All planned demand in units.
    var totalUnits: Double { demand.values.reduce(0, +) }

    func weight(ofPair row: Int) -> Double { package.accounts[pairs[row].account].weight }
    func tier(ofPair row: Int) -> Int { tierOfAccount[pairs[row].account] }
    func backorderBuckets(ofPair row: Int) -> Int { package.accounts[pairs[row].account].backorderBuckets }

    /// w·u: what one lost unit of a pair counts.
    func lossWeight(ofPair row: Int) -> Double { weight(ofPair: row) * unitMeasure[pairs[row].product] }

    /// Most that may be in backlog at the end of bucket t: the demand of the n buckets up to and including t.
    func backlogLimit(ofPair row: Int, at t: Int) -> Double {
        let n = backorderBuckets(ofPair: row)
        return (max(0, t - n + 1)...t).reduce(0) { $0 + demand[row, $1] }
    }

    /// Material needed for a unit of the product, by position in `materialsInPlay`.
    func materialNeeds(ofMaker position: Int) -> [(material: Int, quantity: Double)] {
        let row = package.lineProducts[position]
        let site = package.lines[row.line].site
        var needs: [(Int, Double)] = []
        for need in package.billOfMaterials where need.product == row.product {
            if let index = materialsInPlay.firstIndex(where: { $0.site == site && $0.material == need.material }) {
                needs.append((index, need.quantity))
            }
        }
        return needs
    }

    /// What a unit of a product takes of a lane or pool.
    func use(_ measure: Measure, ofProduct product: Int) -> Double {
        switch measure {
        case .volume: package.products[product].volume
        case .weight: package.products[product].weight
        case .quantity: 1
        case .value: price[product]
        }
    }

    /// Pairs a guarantee counts.
    func pairs(of guarantee: Guarantee) -> [Int] {
        pairs.indices.filter { guarantee.counts(pairs[$0], of: package.accounts[pairs[$0].account], tier: tier(ofPair: $0)) }
    }

    /// Units a guarantee promises: its quantity or its share of demand, the larger where both are given.
    func promised(_ guarantee: Guarantee, pairs rows: [Int]) -> Double {
        var demanded = 0.0
        for row in rows { for t in guarantee.buckets { demanded += demand[row, t] } }
        return max(guarantee.quantity ?? 0, (guarantee.share ?? 0) * demanded)
    }

    /// The ranks in the order of the settings (tables.md, `[plan] ranks`).
    var ranks: [Rank] { rankOrder(groups: package.settings.plan.ranks, tierCount: tierCount) { sharingRule(ofTier: $0) != .weighted } }

    func sharingRule(ofTier tier: Int) -> SharingRule { package.settings.plan.sharingByTier[tier] ?? package.settings.plan.sharing }

    /// The scale in which a rank's gap is counted.
    func scale(of rank: Rank, value: Double) -> Double {
        rank.aim == .cost ? abs(value) : max(abs(value), 0.001 * totalDemand)
    }
}

/// Groups of aims as single ranks: in each group tier 1 runs all its aims, then tier 2, …; an aim without tiers runs once, in tier 1's turn.
func rankOrder(groups: [[Aim]], tierCount: Int, shares: (Int) -> Bool) -> [Rank] {
    var ranks: [Rank] = []
    for group in groups {
        for tier in 1...max(1, tierCount) {
            for aim in group {
                if aim.isPerTier {
                    if aim != .sharing || shares(tier) { ranks.append(Rank(aim: aim, tier: tier)) }
                } else if tier == 1 {
                    ranks.append(Rank(aim: aim, tier: nil))
                }
            }
        }
    }
    return ranks
}

extension AllocationModel {
    static func isOrdered(_ a: InflowKey, _ b: InflowKey) -> Bool {
        (a.bucket, a.place, a.product, a.lot) < (b.bucket, b.place, b.product, b.lot)
    }

    /// Sites so that goods sent without lead time come to a site before it sends on (as far as lanes make no circle).
    var siteOrder: [Int] {
        var depth = [Int](repeating: 0, count: package.sites.count)
        for _ in package.sites.indices {
            for lane in package.lanes where lane.leadTime == 0 {
                if case .site(let to) = lane.to, depth[to] < depth[lane.from] + 1, depth[lane.from] < package.sites.count {
                    depth[to] = depth[lane.from] + 1
                }
            }
        }
        return package.sites.indices.sorted { (depth[$0], $0) < (depth[$1], $1) }
    }

    /// Who is loaded first when rounding leaves too little: lanes between sites, then accounts with a promise, then tiers in their order.
    func lanePriority(_ lane: Int) -> Int {
        if case .account(let account) = package.lanes[lane].to { priority(ofAccount: account) } else { -1 }
    }

    /// 0 for an account with a promise, else its tier.
    func priority(ofAccount account: Int) -> Int {
        let row = package.accounts[account]
        let isPromised = package.guarantees.contains {
            $0.account == account || ($0.account == nil && $0.group != nil && $0.group == row.group)
        }
        return isPromised ? 0 : tierOfAccount[account]
    }
}
