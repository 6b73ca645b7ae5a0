import PlanModel

/// One capacity in one bucket.
struct ResourceKey: Hashable, Sendable {
    var bucket: Int
    var kind: ResourceKind
    var resource: Int
    /// Only for materials.
    var site: Int?
}

/// All finite capacities, rising by (bucket, kind, resource, site): the order of resources.csv and of every price vector.
struct ResourceTable: Sendable {
    let keys: [ResourceKey]
    private let indexOfKey: [ResourceKey: Int]

    init(_ model: AllocationModel) {
        let package = model.package
        var keys: [ResourceKey] = []
        for t in 0..<model.bucketCount {
            for line in package.lines.indices where model.hours[line][t].isFinite {
                keys.append(ResourceKey(bucket: t, kind: .hours, resource: line, site: nil))
            }
            for line in package.lines.indices where model.overtime[line][t].isFinite && model.overtime[line][t] > 0 {
                keys.append(ResourceKey(bucket: t, kind: .overtime, resource: line, site: nil))
            }
            for lane in package.lanes.indices where model.laneCapacity[lane][t].isFinite {
                keys.append(ResourceKey(bucket: t, kind: .lane, resource: lane, site: nil))
            }
            for pool in package.pools.indices where model.poolCapacity[pool][t].isFinite {
                keys.append(ResourceKey(bucket: t, kind: .pool, resource: pool, site: nil))
            }
            for site in package.sites.indices where model.storage[site][t].isFinite {
                keys.append(ResourceKey(bucket: t, kind: .storage, resource: site, site: nil))
            }
            let materials = model.materialsInPlay.sorted { ($0.material, $0.site) < ($1.material, $1.site) }
            for entry in materials { keys.append(ResourceKey(bucket: t, kind: .material, resource: entry.material, site: entry.site)) }
            for account in package.accounts.indices where package.accounts[account].stockCapacity.isFinite {
                keys.append(ResourceKey(bucket: t, kind: .accountStock, resource: account, site: nil))
            }
        }
        self.keys = keys
        indexOfKey = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    }

    func index(_ kind: ResourceKind, _ resource: Int, _ bucket: Int, site: Int? = nil) -> Int? {
        indexOfKey[ResourceKey(bucket: bucket, kind: kind, resource: resource, site: site)]
    }
}
