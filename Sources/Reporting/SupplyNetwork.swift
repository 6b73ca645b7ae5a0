import PlanModel

/// Something that can block a unit on its way, in one bucket.
package enum SupplyLimit: Hashable {
    case hours(line: Int, bucket: Int)
    case material(Int, site: Int, bucket: Int)
    case lane(Int, bucket: Int)
    case pool(Int, bucket: Int)
    case storage(site: Int, bucket: Int)
    case accountStock(account: Int, bucket: Int)

    /// Fixed order among limits of equal weight: production first, then the way to the account.
    var sortKey: (Int, Int, Int, Int) {
        switch self {
        case .hours(let line, let bucket): (0, line, 0, bucket)
        case .material(let material, let site, let bucket): (1, material, site, bucket)
        case .lane(let lane, let bucket): (2, lane, 0, bucket)
        case .pool(let pool, let bucket): (3, pool, 0, bucket)
        case .storage(let site, let bucket): (4, site, 0, bucket)
        case .accountStock(let account, let bucket): (5, account, 0, bucket)
        }
    }
}

/// One step of a unit's way from where it comes into being to the account.
enum SupplyStep: Hashable {
    /// Position in the package's line products.
    case make(lineProduct: Int, bucket: Int)
    case move(lane: Int, bucket: Int)
    /// Kept at the end of the bucket.
    case keep(Place, bucket: Int)
    /// Taken from stock that the plan leaves lying.
    case spare(Place, bucket: Int)
}

/// The cheapest way to bring one more unit to an account in time.
struct SupplyWay: Hashable {
    /// From source to account.
    var steps: [SupplyStep]
    /// Σ of the steps' costs.
    var cost: Double
}

/// How steps are weighed when the cheapest way is sought.
enum StepWeighing {
    /// By the prices of a rank's solve; a capacity the plan does not use up costs nothing.
    case prices(CapacityGrid)
    /// Every used-up capacity counts 1: the way past the fewest obstacles.
    case obstacles
}

/// The package's network as seen from one product, with what the plan leaves free, for seeking ways to an account backwards through time.
struct SupplyNetwork {
    let package: DataPackage
    let free: CapacityGrid
    /// The package's capacities as if nothing were used, for tolerances.
    let capacity: CapacityGrid
    let bucketCount: Int
    let poolsOfLane: [[Int]]
    let recipes: [[BillOfMaterialRow]]
    let limitedMaterials: [Bool]
    /// Positions in `lineProducts` of each product.
    let makersOfProduct: [[Int]]
    /// Lanes that end at each account, rising.
    let lanesToAccount: [[Int]]
    /// Lanes that end at each site, rising.
    let lanesToSite: [[Int]]
    let standingPrices: [Double]
    /// Stock the plan leaves at each site through the end of the horizon, [site × product × T]; only products that keep.
    let spareAtSite: [Double]
    let spareAtAccount: [Pair: [Double]]
    /// Makings that the plan has started: adding to them needs no minimum lot and no set-up any more.
    let stepsTaken: Set<SupplyStep>

    init(_ package: DataPackage, plan: Plan) {
        self.package = package
        bucketCount = package.horizon.count
        free = CapacityGrid.free(package, plan: plan)
        capacity = CapacityGrid.free(package, plan: Plan())
        poolsOfLane = package.poolsOfLane
        recipes = package.recipes
        limitedMaterials = package.limitedMaterials
        standingPrices = package.products.indices.map { package.standingPrice(of: $0) }
        var makers = [[Int]](repeating: [], count: package.products.count)
        for (index, row) in package.lineProducts.enumerated() where row.rate > 0 { makers[row.product].append(index) }
        makersOfProduct = makers
        var toAccount = [[Int]](repeating: [], count: package.accounts.count)
        var toSite = [[Int]](repeating: [], count: package.sites.count)
        for (index, lane) in package.lanes.enumerated() {
            switch lane.to {
            case .account(let account): toAccount[account].append(index)
            case .site(let site): toSite[site].append(index)
            }
        }
        lanesToAccount = toAccount
        lanesToSite = toSite
        (spareAtSite, spareAtAccount) = SupplyNetwork.spareStock(package, plan: plan)
        stepsTaken = SupplyNetwork.discreteSteps(package, plan: plan)
    }

    /// Makings of the plan whose first unit takes more than the next one: those with a minimum lot or set-up hours.
    private static func discreteSteps(_ package: DataPackage, plan: Plan) -> Set<SupplyStep> {
        var positions: [Pair: Int] = [:]
        for (position, row) in package.lineProducts.enumerated() { positions[Pair(account: row.line, product: row.product)] = position }
        var steps = Set<SupplyStep>()
        for row in plan.production where row.quantity > 0 {
            guard let position = positions[Pair(account: row.line, product: row.product)] else { continue }
            let maker = package.lineProducts[position]
            if maker.minLot != nil || maker.setupHours != nil { steps.insert(.make(lineProduct: position, bucket: row.bucket)) }
        }
        return steps
    }

    /// Stock that lies untouched from a bucket to the end: the least of all later closing stocks.
    private static func spareStock(_ package: DataPackage, plan: Plan) -> ([Double], [Pair: [Double]]) {
        let count = package.horizon.count
        let products = package.products.count
        var atSite = [Double](repeating: 0, count: package.sites.count * products * count)
        for row in plan.siteStock where package.horizon.buckets.contains(row.bucket) && package.products[row.product].shelfLife == nil {
            atSite[(row.site * products + row.product) * count + row.bucket] = row.quantity
        }
        for start in stride(from: 0, to: atSite.count, by: max(count, 1)) {
            for bucket in stride(from: count - 2, through: 0, by: -1) {
                atSite[start + bucket] = Swift.min(atSite[start + bucket], atSite[start + bucket + 1])
            }
        }
        var atAccount: [Pair: [Double]] = [:]
        for row in plan.accountPlan where row.stock > 0 && package.horizon.buckets.contains(row.bucket) {
            guard package.products[row.product].shelfLife == nil else { continue }
            atAccount[Pair(account: row.account, product: row.product), default: [Double](repeating: 0, count: count)][row.bucket] =
                row.stock
        }
        atAccount = atAccount.mapValues { stock in
            var spare = stock
            for bucket in stride(from: count - 2, through: 0, by: -1) { spare[bucket] = Swift.min(spare[bucket], spare[bucket + 1]) }
            return spare
        }
        return (atSite, atAccount)
    }

    func carries(_ lane: Int, _ product: Int) -> Bool {
        guard let products = package.lanes[lane].products else { return true }
        return products.position(ofSorted: product) != nil
    }

    /// The limits a step meets, and how much of each one unit takes.
    func limits(of step: SupplyStep, product: Int) -> [(limit: SupplyLimit, perUnit: Double)] {
        switch step {
        case .spare: return []
        case .make(let position, let bucket):
            let row = package.lineProducts[position]
            let site = package.lines[row.line].site
            var limits: [(SupplyLimit, Double)] = [(.hours(line: row.line, bucket: bucket), 1 / row.rate)]
            for part in recipes[product] where limitedMaterials[part.material] && part.quantity > 0 {
                limits.append((.material(part.material, site: site, bucket: bucket), part.quantity))
            }
            return limits
        case .move(let lane, let bucket):
            let own = package.size(of: product, in: package.lanes[lane].measure, prices: standingPrices)
            var limits: [(SupplyLimit, Double)] = [(.lane(lane, bucket: bucket), own)]
            for pool in poolsOfLane[lane] {
                limits.append(
                    (.pool(pool, bucket: bucket), package.size(of: product, in: package.pools[pool].measure, prices: standingPrices)))
            }
            return limits
        case .keep(.site(let site), let bucket): return [(.storage(site: site, bucket: bucket), package.products[product].volume)]
        case .keep(.account(let account), let bucket):
            return [(.accountStock(account: account, bucket: bucket), package.products[product].volume)]
        }
    }

    /// Value of a limit in a grid.
    func value(of limit: SupplyLimit, in grid: CapacityGrid) -> Double {
        switch limit {
        case .hours(let line, let bucket): grid.hours[line * bucketCount + bucket]
        case .material(let material, let site, let bucket):
            grid.material[grid.materialIndex(site: site, material: material, bucket: bucket)]
        case .lane(let lane, let bucket): grid.lane[lane * bucketCount + bucket]
        case .pool(let pool, let bucket): grid.pool[pool * bucketCount + bucket]
        case .storage(let site, let bucket): grid.storage[site * bucketCount + bucket]
        case .accountStock(let account, let bucket): grid.accountStock[account * bucketCount + bucket]
        }
    }

    /// The least quantity that can be added to a step (a case, a lane's multiple, a lot), and the hours that the first unit costs besides.
    private func smallestAddition(to step: SupplyStep, product: Int) -> (units: Double, setupHours: Double) {
        switch step {
        case .make(let position, _):
            let row = package.lineProducts[position]
            if stepsTaken.contains(step) { return (row.multiple ?? 0, 0) }
            return (max(row.multiple ?? 0, row.minLot ?? 0), row.setupHours ?? 0)
        case .move(let lane, _):
            var least = package.lanes[lane].multiple ?? 0
            if case .account = package.lanes[lane].to { least = max(least, package.products[product].caseMultiple ?? 0) }
            return (least, 0)
        case .keep, .spare: return (0, 0)
        }
    }

    /// Whether the plan uses a limit up: what is free does not hold one more step, or no more than `slackUnits`, which a held rank may leave unused.
    func isUsedUp(_ limit: SupplyLimit, perUnit: Double, step: SupplyStep, product: Int, slackUnits: Double) -> Bool {
        guard perUnit > 0 else { return false }
        let free = value(of: limit, in: self.free)
        guard free.isFinite else { return false }
        // 1e-6 of the capacity is the checker's feasibility tolerance.
        let tolerance = 1e-6 * (1 + abs(value(of: limit, in: capacity))) + slackUnits * perUnit
        if free <= tolerance { return true }
        let addition = smallestAddition(to: step, product: product)
        var needed = addition.units * perUnit
        if case .hours = limit { needed += addition.setupHours }
        return free < needed * (1 - 1e-9)
    }

    /// Cost of a step for one unit.
    func stepCost(_ step: SupplyStep, product: Int, weighing: StepWeighing, slackUnits: Double) -> Double {
        switch weighing {
        case .prices(let prices):
            var cost = 0.0
            for (limit, perUnit) in limits(of: step, product: product) {
                let price = value(of: limit, in: prices)
                guard price > 0, isUsedUp(limit, perUnit: perUnit, step: step, product: product, slackUnits: slackUnits) else { continue }
                cost += price * perUnit
            }
            return cost
        case .obstacles:
            var cost = 0.0
            for (limit, perUnit) in limits(of: step, product: product)
            where isUsedUp(limit, perUnit: perUnit, step: step, product: product, slackUnits: slackUnits) {
                cost += 1
            }
            return cost
        }
    }
}

/// Step costs of one product under one weighing, worked out once and used for all its short cells.
struct ProductWays {
    let network: SupplyNetwork
    let product: Int
    /// Used-up capacities may have this many units free.
    let slackUnits: Double
    fileprivate let weighing: StepWeighing
    /// [positions in makersOfProduct × T].
    private let makeCost: [Double]
    /// Lanes between sites that carry the product, and their costs [× T].
    private let lanesBetween: [Int]
    private let betweenCost: [Double]
    /// [sites × T].
    private let keepCost: [Double]

    init(_ network: SupplyNetwork, product: Int, weighing: StepWeighing, slackUnits: Double) {
        self.network = network
        self.product = product
        self.weighing = weighing
        self.slackUnits = slackUnits
        let count = network.bucketCount
        func costs(_ number: Int, _ step: (Int, Int) -> SupplyStep) -> [Double] {
            var costs = [Double](repeating: 0, count: number * count)
            for item in 0..<number {
                for bucket in 0..<count {
                    costs[item * count + bucket] = network.stepCost(
                        step(item, bucket), product: product, weighing: weighing, slackUnits: slackUnits)
                }
            }
            return costs
        }
        let makers = network.makersOfProduct[product]
        makeCost = costs(makers.count) { .make(lineProduct: makers[$0], bucket: $1) }
        let between = network.lanesToSite.flatMap { $0 }.filter { network.carries($0, product) }.sorted()
        lanesBetween = between
        betweenCost = costs(between.count) { .move(lane: between[$0], bucket: $1) }
        keepCost = costs(network.package.sites.count) { .keep(.site($0), bucket: $1) }
    }

    private static let noWay = -2
    private static let keeps = -1

    /// The cheapest way for one more unit that can be served at `account` in one of the buckets of `window`, made not before `earliestMake`.
    ///
    /// Costs to go are found backwards in time over (site, bucket) and (account, bucket); among ways of about equal cost the latest source wins, as it is
    /// the nearest to the shortage.
    ///
    /// - Parameter spareFrom: Stock the plan leaves lying counts as a source where it is more than this.
    /// - Returns: nil when nothing can come in time.
    /// - Complexity: O(T · lanes).
    func cheapestWay(to account: Int, window: ClosedRange<Int>, earliestMake: Int, spareFrom: Double = 0) -> SupplyWay? {
        let package = network.package
        let count = network.bucketCount
        let frozen = package.horizon.frozen
        let last = window.upperBound
        var accountCost = [Double](repeating: 0, count: last + 1)
        for bucket in stride(from: window.lowerBound - 1, through: 0, by: -1) {
            let keep = SupplyStep.keep(.account(account), bucket: bucket)
            accountCost[bucket] =
                accountCost[bucket + 1] + network.stepCost(keep, product: product, weighing: weighing, slackUnits: slackUnits)
        }
        let sites = package.sites.count
        var siteCost = [Double](repeating: .infinity, count: sites * (last + 1))
        var next = [Int](repeating: ProductWays.noWay, count: sites * (last + 1))
        let lanesHere = network.lanesToAccount[account].filter { network.carries($0, product) }

        for bucket in stride(from: last, through: 0, by: -1) {
            for site in 0..<sites where bucket < last {
                siteCost[site * (last + 1) + bucket] = siteCost[site * (last + 1) + bucket + 1] + keepCost[site * count + bucket]
                if siteCost[site * (last + 1) + bucket] < .infinity { next[site * (last + 1) + bucket] = ProductWays.keeps }
            }
            guard bucket >= frozen else { continue }
            func offer(_ lane: Int, _ cost: Double) -> Bool {
                let index = package.lanes[lane].from * (last + 1) + bucket
                // Only a real gain replaces a choice, so that lanes without lead time cannot lead round in a circle.
                guard cost < siteCost[index] - 1e-12 * (1 + cost) else { return false }
                siteCost[index] = cost
                next[index] = lane
                return true
            }
            for lane in lanesHere {
                let arrival = bucket + package.lanes[lane].leadTime
                guard arrival <= last else { continue }
                let step = SupplyStep.move(lane: lane, bucket: bucket)
                _ = offer(lane, accountCost[arrival] + network.stepCost(step, product: product, weighing: weighing, slackUnits: slackUnits))
            }
            // Lanes without lead time pass costs on inside the bucket: repeat until nothing changes.
            var rounds = 0
            var changed = true
            while changed && rounds <= sites {
                changed = false
                rounds += 1
                for (position, lane) in lanesBetween.enumerated() {
                    guard case .site(let site) = package.lanes[lane].to, site != package.lanes[lane].from else { continue }
                    let arrival = bucket + package.lanes[lane].leadTime
                    guard arrival <= last else { continue }
                    if offer(lane, siteCost[site * (last + 1) + arrival] + betweenCost[position * count + bucket]) { changed = true }
                }
            }
        }
        return bestSource(
            account: account, last: last, earliestMake: max(earliestMake, frozen, 0), accountCost: accountCost, siteCost: siteCost,
            next: next,
            spareFrom: spareFrom)
    }

    private func bestSource(
        account: Int, last: Int, earliestMake: Int, accountCost: [Double], siteCost: [Double], next: [Int], spareFrom: Double
    ) -> SupplyWay? {
        let package = network.package
        let count = network.bucketCount
        var best: (cost: Double, source: SupplyStep, bucket: Int, site: Int?)?
        func offer(_ cost: Double, _ source: SupplyStep, _ bucket: Int, _ site: Int?) {
            guard cost < .infinity else { return }
            guard let current = best else { return best = (cost, source, bucket, site) }
            // Offers come latest first; an earlier source must be cheaper by more than the prices' own error.
            if cost < current.cost - 1e-3 * max(abs(current.cost), 1e-9) { best = (cost, source, bucket, site) }
        }
        // What a held rank may leave unused is not stock to spare.
        let spareTolerance = max(1e-5, slackUnits, spareFrom)
        for bucket in stride(from: last, through: 0, by: -1) {
            if let spare = network.spareAtAccount[Pair(account: account, product: product)], spare[bucket] > spareTolerance {
                offer(accountCost[bucket], .spare(.account(account), bucket: bucket), bucket, nil)
            }
            for site in package.sites.indices
            where network.spareAtSite[(site * package.products.count + product) * count + bucket] > spareTolerance {
                offer(siteCost[site * (last + 1) + bucket], .spare(.site(site), bucket: bucket), bucket, site)
            }
            guard bucket >= earliestMake else { continue }
            for (position, maker) in network.makersOfProduct[product].enumerated() {
                let site = package.lines[package.lineProducts[maker].line].site
                offer(
                    siteCost[site * (last + 1) + bucket] + makeCost[position * count + bucket], .make(lineProduct: maker, bucket: bucket),
                    bucket, site)
            }
        }
        guard let best else { return nil }
        return SupplyWay(
            steps: steps(from: best.source, bucket: best.bucket, site: best.site, account: account, last: last, next: next), cost: best.cost
        )
    }

    private func steps(from source: SupplyStep, bucket: Int, site: Int?, account: Int, last: Int, next: [Int]) -> [SupplyStep] {
        let package = network.package
        var steps = [source]
        guard var site else { return steps }
        var bucket = bucket
        // Each step moves on in time or, inside a bucket, to a cheaper site.
        while steps.count <= (last + 2) * (package.sites.count + 1) {
            let choice = next[site * (last + 1) + bucket]
            if choice == ProductWays.noWay { break }
            if choice == ProductWays.keeps {
                steps.append(.keep(.site(site), bucket: bucket))
                bucket += 1
                continue
            }
            steps.append(.move(lane: choice, bucket: bucket))
            bucket += package.lanes[choice].leadTime
            if case .site(let onward) = package.lanes[choice].to { site = onward } else { break }
        }
        return steps
    }
}

extension ProductWays {
    /// The used-up limits of a step and what each adds to its cost.
    func parts(of step: SupplyStep) -> [(limit: SupplyLimit, part: Double)] {
        network.limits(of: step, product: product).compactMap { limit, perUnit in
            guard network.isUsedUp(limit, perUnit: perUnit, step: step, product: product, slackUnits: slackUnits) else { return nil }
            switch weighing {
            case .obstacles: return (limit, 1)
            case .prices(let prices):
                let part = network.value(of: limit, in: prices) * perUnit
                return part > 0 ? (limit, part) : nil
            }
        }
    }
}
