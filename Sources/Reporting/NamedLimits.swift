import PlanModel

/// The limits that causes name, arranged so that one pass over all traced lots finds who used them.
struct NamedLimits {
    private let package: DataPackage
    private let network: SupplyNetwork
    private var hours = Set<SupplyLimit>()
    private var lanes = Set<SupplyLimit>()
    private var pools = Set<SupplyLimit>()
    private var storage = Set<SupplyLimit>()
    private var accountStock = Set<SupplyLimit>()
    /// Named materials of a site: (limit, last bucket whose use counts).
    private var materials: [Int: [(limit: SupplyLimit, material: Int, until: Int)]] = [:]
    private var rateOfLine: [Pair: Double] = [:]

    var isEmpty: Bool { hours.isEmpty && lanes.isEmpty && pools.isEmpty && storage.isEmpty && accountStock.isEmpty && materials.isEmpty }

    init(_ package: DataPackage, kinds: [SupplyLimit], network: SupplyNetwork) {
        self.package = package
        self.network = network
        for limit in kinds {
            switch limit {
            case .hours: hours.insert(limit)
            case .lane: lanes.insert(limit)
            case .pool: pools.insert(limit)
            case .storage: storage.insert(limit)
            case .accountStock: accountStock.insert(limit)
            case .material(let material, let site, let bucket):
                guard materials[site]?.contains(where: { $0.limit == limit }) != true else { continue }
                materials[site, default: []].append((limit, material, NamedLimits.tightBucket(material, site, bucket, network)))
            }
        }
        for row in package.lineProducts where row.rate > 0 { rateOfLine[Pair(account: row.line, product: row.product)] = row.rate }
    }

    /// The bucket, not before `bucket`, up to which all receipts are used: until then every use competes with this one.
    private static func tightBucket(_ material: Int, _ site: Int, _ bucket: Int, _ network: SupplyNetwork) -> Int {
        let start = network.free.materialIndex(site: site, material: material, bucket: 0)
        let least = network.free.material[start + bucket]
        // `free` is the least over later buckets; the last bucket with this value is where it is reached.
        return (bucket..<network.bucketCount).last { network.free.material[start + $0] <= least + 1e-9 * (1 + abs(least)) } ?? bucket
    }

    /// Calls `body` for each named limit that a lot used, with how much, in the limit's measure.
    func forEachUse(of use: LotUse, _ body: (SupplyLimit, Double) -> Void) {
        let product = use.product
        if let line = use.lot.line, let made = use.lot.made {
            let limit = SupplyLimit.hours(line: line, bucket: made)
            if hours.contains(limit), let rate = rateOfLine[Pair(account: line, product: product)] { body(limit, use.quantity / rate) }
            for named in materials[package.lines[line].site] ?? [] where made <= named.until {
                for part in network.recipes[product] where part.material == named.material {
                    body(named.limit, use.quantity * part.quantity)
                }
            }
        }
        for move in use.lot.moves {
            let limit = SupplyLimit.lane(move.lane, bucket: move.bucket)
            if lanes.contains(limit) { body(limit, use.quantity * size(package.lanes[move.lane].measure, product)) }
            guard !pools.isEmpty else { continue }
            for pool in network.poolsOfLane[move.lane] {
                let limit = SupplyLimit.pool(pool, bucket: move.bucket)
                if pools.contains(limit) { body(limit, use.quantity * size(package.pools[pool].measure, product)) }
            }
        }
        if !storage.isEmpty || !accountStock.isEmpty { forEachStay(of: use, body) }
    }

    private func size(_ measure: Measure, _ product: Int) -> Double {
        package.size(of: product, in: measure, prices: network.standingPrices)
    }

    private func forEachStay(of use: LotUse, _ body: (SupplyLimit, Double) -> Void) {
        let volume = use.quantity * package.products[use.product].volume
        var place: Place? = use.lot.line.map { .site(package.lines[$0].site) } ?? use.lot.origin
        var since = use.lot.availableFrom
        func stay(until end: Int) {
            guard let place, since < end else { return }
            for bucket in since..<end {
                switch place {
                case .site(let site):
                    let limit = SupplyLimit.storage(site: site, bucket: bucket)
                    if storage.contains(limit) { body(limit, volume) }
                case .account(let account):
                    let limit = SupplyLimit.accountStock(account: account, bucket: bucket)
                    if accountStock.contains(limit) { body(limit, volume) }
                }
            }
        }
        for move in use.lot.moves {
            stay(until: move.bucket)
            place = package.lanes[move.lane].to
            since = move.arrives
        }
        stay(until: use.served ?? package.horizon.count)
    }
}

/// What each account's goods used of some limits, in the limits' own measures: hours, volume, weight or units.
package func accountsUsing(_ limits: [SupplyLimit], package: DataPackage, plan: Plan) -> [SupplyLimit: [Int: Double]] {
    let named = NamedLimits(package, kinds: limits, network: SupplyNetwork(package, plan: plan))
    var shares: [SupplyLimit: [Int: Double]] = [:]
    for use in tracedLots(package, plan: plan) {
        named.forEachUse(of: use) { limit, quantity in shares[limit, default: [:]][use.account, default: 0] += quantity }
    }
    return shares
}
