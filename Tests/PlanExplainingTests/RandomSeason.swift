import Fullshelf
import TestSupport

/// Small packages in which something is scarce, drawn from a seed: one or two plants, lanes, pools, materials, storage, tiers.
struct RandomSeason {
    let small: SmallPackage

    init(seed: UInt64, hasPromises: Bool = false) {
        var random = SplitMix64(seed: seed)
        let count = random.whole(2...4)
        let builder = PackageBuilder(buckets: count)
        let products = (0..<random.whole(1...2)).map { "P\($0)" }
        for product in products { builder.product(product, volume: 0.5 + random.uniform(), price: 5 + 20 * random.uniform()) }
        let plants = (0..<random.whole(1...2)).map { "S\($0)" }
        for plant in plants {
            builder.plant(
                plant, storage: random.chance(0.3) ? 20 + 40 * random.uniform() : .infinity, holdingCost: 0.01 + 0.05 * random.uniform())
            builder.line("L\(plant)", at: plant, hours: 15 + 25 * random.uniform(), overtime: random.chance(0.3) ? 3 : 0, overtimeCost: 4)
            for product in products {
                builder.lineProduct("L\(plant)", product, rate: 1 + 2 * random.uniform(), unitCost: random.uniform())
            }
        }
        // A product needs a material everywhere; each plant receives it in every bucket.
        let material = products.filter { _ in random.chance(0.3) }
        for product in material { builder.bom(product, "M", 0.5 + random.uniform()) }
        if !material.isEmpty {
            for plant in plants { for bucket in 0..<count { builder.material("M", at: plant, bucket: bucket, 15 + 30 * random.uniform()) } }
        }
        if random.chance(0.5) { builder.stock(at: plants[0], products[0], 30 * random.uniform()) }
        var lanes: [String] = []
        for number in 0..<random.whole(2...4) {
            let account = "A\(number)"
            builder.account(account, tier: min(number + 1, random.whole(1...3)))
            for plant in plants where plant == plants[0] || random.chance(0.7) {
                let lane = "\(plant)-\(account)"
                lanes.append(lane)
                builder.lane(
                    lane, from: plant, to: account, leadTime: random.chance(0.2) ? 1 : 0, unitCost: 0.1 * random.uniform(),
                    capacity: random.chance(0.5) ? 10 + 25 * random.uniform() : .infinity)
            }
            for product in products where product == products[0] || random.chance(0.7) {
                builder.demand(account, product, (0..<count).map { _ in 5 + 35 * random.uniform() })
            }
        }
        if random.chance(0.4) { builder.pool("K", capacity: 30 + 40 * random.uniform(), lanes: lanes.filter { $0.hasPrefix(plants[0]) }) }
        if hasPromises {
            for number in 0..<random.whole(2...3) {
                builder.guarantee("G\(number)", account: "A\(number % 2)", product: products[0], quantity: 20 + 60 * random.uniform())
            }
        }
        small = builder.build()
    }

    var package: DataPackage { small.package }
}

extension PlanningRun {
    /// Lost and still owed, product units, of the tiers up to one.
    func lost(upToTier tier: Int = .max) -> Double {
        result.allocation.plan.accountPlan.reduce(0) {
            result.segmentation.tierOfAccount[$1.account] <= tier
                ? $0 + $1.lost + ($1.bucket == package.horizon.count - 1 ? $1.backlog : 0) : $0
        }
    }

    func lost(ofAccount account: Int) -> Double {
        result.allocation.plan.accountPlan.reduce(0) { $1.account == account ? $0 + $1.lost : $0 }
    }
}
