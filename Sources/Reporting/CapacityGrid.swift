import PlanModel

/// A number for every capacity and bucket of a package, laid out for fast access; what the numbers mean is the owner's business (free capacity, prices).
package struct CapacityGrid {
    let bucketCount: Int
    let materialCount: Int
    /// Regular and overtime hours together, shape [lines × T].
    package var hours: [Double]
    /// Shape [lanes × T], in the lane's measure.
    package var lane: [Double]
    /// Shape [pools × T], in the pool's measure.
    package var pool: [Double]
    /// Shape [sites × T], volume.
    package var storage: [Double]
    /// Shape [accounts × T], volume.
    package var accountStock: [Double]
    /// Shape [sites × materials × T].
    package var material: [Double]

    init(_ package: DataPackage, repeating value: Double) {
        let count = package.horizon.count
        bucketCount = count
        materialCount = package.materials.count
        hours = [Double](repeating: value, count: package.lines.count * count)
        lane = [Double](repeating: value, count: package.lanes.count * count)
        pool = [Double](repeating: value, count: package.pools.count * count)
        storage = [Double](repeating: value, count: package.sites.count * count)
        accountStock = [Double](repeating: value, count: package.accounts.count * count)
        material = [Double](repeating: value, count: package.sites.count * package.materials.count * count)
    }

    package func materialIndex(site: Int, material: Int, bucket: Int) -> Int { (site * materialCount + material) * bucketCount + bucket }
}

extension CapacityGrid {
    /// What the plan leaves free of every capacity: the plan's own use, counted from its rows, taken off the package's capacities.
    ///
    /// Material is what a line could still use in that bucket without taking it from a later one:
    /// the least over later buckets of receipts so far minus use so far.
    package static func free(_ package: DataPackage, plan: Plan) -> CapacityGrid {
        var free = CapacityGrid(package, repeating: 0)
        let count = free.bucketCount
        for line in package.lines.indices {
            let regular = package.capacities(.hours, of: line)
            let overtime = package.capacities(.overtime, of: line)
            for bucket in 0..<count { free.hours[line * count + bucket] = regular[bucket] + overtime[bucket] }
        }
        for lane in package.lanes.indices {
            free.lane.replaceSubrange(lane * count..<(lane + 1) * count, with: package.capacities(.lane, of: lane))
        }
        for pool in package.pools.indices {
            free.pool.replaceSubrange(pool * count..<(pool + 1) * count, with: package.capacities(.pool, of: pool))
        }
        for site in package.sites.indices {
            free.storage.replaceSubrange(site * count..<(site + 1) * count, with: package.capacities(.storage, of: site))
        }
        for account in package.accounts.indices {
            for bucket in 0..<count { free.accountStock[account * count + bucket] = package.accounts[account].stockCapacity }
        }
        free.subtractUse(package, plan: plan)
        return free
    }

    private mutating func subtractUse(_ package: DataPackage, plan: Plan) {
        let count = bucketCount
        let poolsOfLane = package.poolsOfLane
        let prices = package.products.indices.map { package.standingPrice(of: $0) }
        func measured(_ measure: Measure, _ product: Int) -> Double { package.size(of: product, in: measure, prices: prices) }
        for row in plan.production where package.horizon.buckets.contains(row.bucket) { hours[row.line * count + row.bucket] -= row.hours }
        for row in plan.movements where package.horizon.buckets.contains(row.bucket) {
            lane[row.lane * count + row.bucket] -= row.quantity * measured(package.lanes[row.lane].measure, row.product)
            for pool in poolsOfLane[row.lane] {
                self.pool[pool * count + row.bucket] -= row.quantity * measured(package.pools[pool].measure, row.product)
            }
        }
        for row in plan.siteStock where package.horizon.buckets.contains(row.bucket) {
            storage[row.site * count + row.bucket] -= row.quantity * package.products[row.product].volume
        }
        for row in plan.accountPlan where package.horizon.buckets.contains(row.bucket) {
            accountStock[row.account * count + row.bucket] -= row.stock * package.products[row.product].volume
        }
        countMaterials(package, plan: plan)
    }

    private mutating func countMaterials(_ package: DataPackage, plan: Plan) {
        let limited = package.limitedMaterials
        let recipes = package.recipes
        for receipt in package.materialReceipts where receipt.bucket < bucketCount {
            material[materialIndex(site: receipt.site, material: receipt.material, bucket: max(0, receipt.bucket))] += receipt.quantity
        }
        for row in plan.production where package.horizon.buckets.contains(row.bucket) {
            for part in recipes[row.product] {
                material[materialIndex(site: package.lines[row.line].site, material: part.material, bucket: row.bucket)] -=
                    row.quantity * part.quantity
            }
        }
        for site in package.sites.indices {
            for part in package.materials.indices {
                let start = materialIndex(site: site, material: part, bucket: 0)
                guard limited[part] else {
                    for bucket in 0..<bucketCount { material[start + bucket] = .infinity }
                    continue
                }
                for bucket in stride(from: 1, to: bucketCount, by: 1) { material[start + bucket] += material[start + bucket - 1] }
                for bucket in stride(from: bucketCount - 2, through: 0, by: -1) {
                    material[start + bucket] = Swift.min(material[start + bucket], material[start + bucket + 1])
                }
            }
        }
    }

    /// The prices that a rank's solve put on the capacities; a resource without a row has price 0.
    static func prices(_ package: DataPackage, resources: [ResourceRow], values: [Double]) -> CapacityGrid {
        var grid = CapacityGrid(package, repeating: 0)
        let count = grid.bucketCount
        for (row, price) in zip(resources, values) where package.horizon.buckets.contains(row.bucket) && price > 0 && price.isFinite {
            let index = row.resource * count + row.bucket
            switch row.kind {
            case .hours: grid.hours[index] = max(grid.hours[index], price)
            // An hour more of overtime is worth an hour; where the line row itself has no price the overtime limit binds alone.
            case .overtime: grid.hours[index] = max(grid.hours[index], price)
            case .lane: grid.lane[index] = price
            case .pool: grid.pool[index] = price
            case .storage: grid.storage[index] = price
            case .accountStock: grid.accountStock[index] = price
            case .material:
                if let site = row.site { grid.material[grid.materialIndex(site: site, material: row.resource, bucket: row.bucket)] = price }
            }
        }
        return grid
    }
}

extension DataPackage {
    /// Size of one unit in a lane's or pool's measure, `prices` being the standing prices of all products.
    func size(of product: Int, in measure: Measure, prices: [Double]) -> Double {
        switch measure {
        case .quantity: 1
        case .volume: products[product].volume
        case .weight: products[product].weight
        case .value: prices[product]
        }
    }

    /// Pools of each lane, rising.
    var poolsOfLane: [[Int]] {
        var pools = [[Int]](repeating: [], count: lanes.count)
        for (index, pool) in self.pools.enumerated() {
            for lane in pool.lanes { pools[lane].append(index) }
        }
        return pools
    }

    /// Whether any row of material_supply names the material; one that no row names is unlimited.
    var limitedMaterials: [Bool] {
        var limited = [Bool](repeating: false, count: materials.count)
        for receipt in materialReceipts { limited[receipt.material] = true }
        return limited
    }

    /// Bill of materials of each product.
    var recipes: [[BillOfMaterialRow]] {
        var recipes = [[BillOfMaterialRow]](repeating: [], count: products.count)
        for row in billOfMaterials { recipes[row.product].append(row) }
        return recipes
    }
}
