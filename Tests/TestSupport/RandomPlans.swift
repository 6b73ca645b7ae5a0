import PlanModel

extension WorkedPlan {
    /// A random small package with a feasible plan, most limits drawn tight around what the plan uses.
    ///
    /// Decisions come first, by walking forwards through the buckets and never sending what is not there; then capacities, hours,
    /// materials, storage and shelf lives are set to what the decisions need (some with room, some left open). So the plan is feasible
    /// because of how it was made, not because a checker said so. Lots are drawn at random, not first expired, first out.
    public static func random(seed: UInt64) -> WorkedPlan {
        var walk = RandomWalk(seed: seed)
        walk.decide()
        walk.drawLimits()
        let plan = walk.sketch().plan()
        return WorkedPlan(name: "seed \(seed)", small: walk.small, plan: plan, values: [:], origin: "random, feasible by construction")
    }
}

private struct RandomWalk {
    var random: SplitMix64
    var small: SmallPackage
    /// Units made [line position][bucket] and moved [lane][product][bucket].
    var made: [[Double]]
    var moved: [[[Double]]]
    /// Most buckets between making and serving, or to the end of the horizon, by product.
    var longestLife: [Int]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        small = RandomWalk.package(&random)
        let package = small.package
        let none = [Double](repeating: 0, count: package.horizon.count)
        made = package.lineProducts.map { _ in none }
        moved = package.lanes.map { _ in package.products.map { _ in none } }
        longestLife = package.products.map { _ in 0 }
    }

    private static func package(_ random: inout SplitMix64) -> SmallPackage {
        let count = random.whole(2...7)
        let builder = PackageBuilder(buckets: count, frozen: random.whole(0...1))
        let products = (0..<random.whole(1...3)).map { "P\($0)" }
        for product in products {
            builder.product(
                product, volume: Double(random.whole(1...4)) / 2, weight: Double(random.whole(1...3)), price: Double(random.whole(1...20)),
                caseMultiple: random.chance(0.3) ? 4 : nil)
        }
        let plants = (0..<random.whole(1...2)).map { "S\($0)" }
        let centres = (0..<random.whole(0...2)).map { "T\($0)" }
        for plant in plants {
            builder.plant(plant, holdingCost: random.uniform())
            builder.line("L\(plant)", at: plant, hours: 0, overtimeCost: 3)
            for product in products where random.chance(0.8) {
                builder.lineProduct(
                    "L\(plant)", product, rate: Double(random.whole(1...8)), unitCost: random.uniform(),
                    multiple: random.chance(0.2) ? 6 : nil,
                    setupHours: random.chance(0.3) ? 0.5 : nil)
                if random.chance(0.4) { builder.bom(product, "M", Double(random.whole(1...3))) }
            }
        }
        for centre in centres { builder.dc(centre, holdingCost: random.uniform()) }
        for site in plants + centres where random.chance(0.5) { builder.stock(at: site, products[0], Double(random.whole(1...40))) }
        var lanes: [String] = []
        func lane(_ from: String, _ to: String) {
            lanes.append("\(from)-\(to)")
            builder.lane(
                "\(from)-\(to)", from: from, to: to, leadTime: random.whole(0...2), unitCost: random.uniform(),
                measure: [.volume, .weight, .quantity][random.whole(0...2)], multiple: random.chance(0.2) ? 3 : nil)
        }
        for plant in plants { for centre in centres where random.chance(0.7) { lane(plant, centre) } }
        for number in 0..<random.whole(1...4) {
            let account = "A\(number)"
            builder.account(
                account, tier: random.whole(1...3), weight: Double(random.whole(1...3)),
                backorder: random.chance(0.3) ? random.whole(1...3) : 0)
            for site in plants + centres where random.chance(0.6) { lane(site, account) }
            for product in products where random.chance(0.8) {
                builder.demand(account, product, (0..<count).map { _ in random.chance(0.8) ? random.uniform() * 50 : 0 })
                if random.chance(0.3) { builder.stock(at: account, product, Double(random.whole(1...30))) }
                if random.chance(0.2) {
                    builder.inTransit(to: account, product, bucket: random.whole(0...count - 1), Double(random.whole(1...9)))
                }
                if random.chance(0.3) { builder.band(account, product, min: 5, target: 10, max: 20) }
            }
        }
        if lanes.count > 1 { builder.pool("K", capacity: 0, measure: .weight, lanes: Array(lanes.prefix(2))) }
        return builder.build()
    }

    /// Walks through the buckets: makes, then dispatches from plants, then from DCs, each at most what is there.
    mutating func decide() {
        let package = small.package
        let count = package.horizon.count
        // Units by the bucket they were made in; −1 = there at the start or in transit then, which keeps.
        var lots: [[[Int: Double]]] = package.sites.map { _ in package.products.map { _ in [:] } }
        var shelves: [[[Int: Double]]] = package.accounts.map { _ in package.products.map { _ in [:] } }
        var arriving: [[(to: Place, product: Int, lot: Int, quantity: Double)]] = Array(repeating: [], count: count)
        for row in package.stock { arriving[0].append((row.place, row.product, -1, row.quantity)) }
        for row in package.inTransit { arriving[row.bucket].append((row.place, row.product, -1, row.quantity)) }
        var served: [(pair: Pair, backlog: Double)] = small.demand.pairs.map { ($0, 0) }

        for t in 0..<count {
            func receive() {
                for entry in arriving[t] {
                    switch entry.to {
                    case .site(let site): lots[site][entry.product][entry.lot, default: 0] += entry.quantity
                    case .account(let account): shelves[account][entry.product][entry.lot, default: 0] += entry.quantity
                    }
                }
                arriving[t] = []
            }
            receive()
            for (position, row) in package.lineProducts.enumerated() where random.chance(0.7) {
                let quantity = (row.multiple ?? 1) * Double(random.whole(0...12))
                made[position][t] = quantity
                if quantity > 0 { lots[package.lines[row.line].site][row.product][t, default: 0] += quantity }
            }
            for kind in [SiteKind.plant, .dc] {
                for (index, lane) in package.lanes.enumerated() where package.sites[lane.from].kind == kind && t + lane.leadTime < count {
                    for product in package.products.indices where random.chance(0.8) {
                        let available = lots[lane.from][product].values.reduce(0, +)
                        var step = lane.multiple ?? 1
                        if case .account = lane.to, let pack = package.products[product].caseMultiple { step *= pack }
                        let steps = (available / step).rounded(.down)
                        guard steps >= 1 else { continue }
                        let quantity = step * Double(random.whole(1...Int(steps)))
                        moved[index][product][t] = quantity
                        for (lot, part) in RandomWalk.take(quantity, from: &lots[lane.from][product], &random) {
                            arriving[t + lane.leadTime].append((lane.to, product, lot, part))
                        }
                    }
                }
                receive()
            }
            for index in served.indices {
                let pair = served[index].pair
                let due = small.demand.quantity[index, t] + served[index].backlog
                let quantity = min(due, shelves[pair.account][pair.product].values.reduce(0, +))
                for (lot, _) in RandomWalk.take(quantity, from: &shelves[pair.account][pair.product], &random) where lot >= 0 {
                    longestLife[pair.product] = max(longestLife[pair.product], t - lot)
                }
                let patience = package.accounts[pair.account].backorderBuckets
                let recent = patience == 0 ? 0 : (max(0, t - patience + 1)...t).reduce(0.0) { $0 + small.demand.quantity[index, $1] }
                served[index].backlog = min(due - quantity, recent)
            }
        }
        // What is left must still be good after the end.
        for places in [lots, shelves] {
            for place in places {
                for product in package.products.indices {
                    for (lot, quantity) in place[product] where lot >= 0 && quantity > 0 {
                        longestLife[product] = max(longestLife[product], count - lot)
                    }
                }
            }
        }
    }

    /// Takes units from lots in random order.
    private static func take(_ quantity: Double, from lots: inout [Int: Double], _ random: inout SplitMix64) -> [(
        lot: Int, quantity: Double
    )] {
        var left = quantity
        var taken: [(Int, Double)] = []
        for lot in lots.keys.sorted().shuffled(using: &random) where left > 0 {
            let part = min(left, lots[lot] ?? 0)
            guard part > 0 else { continue }
            lots[lot] = (lots[lot] ?? 0) - part
            left -= part
            taken.append((lot, part))
        }
        return taken
    }

    /// Sets limits to what the decisions need, times 1 (tight), 1.3, or none.
    mutating func drawLimits() {
        let count = small.package.horizon.count
        for product in small.package.products.indices where random.chance(0.6) {
            small.package.products[product].shelfLife = longestLife[product]
        }
        for line in small.package.lines.indices {
            var used = [Double](repeating: 0, count: count)
            for (position, row) in small.package.lineProducts.enumerated() where row.line == line {
                for t in 0..<count where made[position][t] > 0 { used[t] += made[position][t] / row.rate + (row.setupHours ?? 0) }
            }
            let regular = (used.max() ?? 0) * 0.7 + 0.25
            small.package.lines[line].hoursPerBucket = regular
            small.package.lines[line].overtimeHoursPerBucket = max(0, (used.max() ?? 0) - regular)
        }
        for lane in small.package.lanes.indices {
            small.package.lanes[lane].capacity = limit((0..<count).map { load(lane, $0, small.package.lanes[lane].measure) })
            let least = moved[lane].flatMap { $0 }.filter { $0 > 0 }.min()
            if random.chance(0.4) { small.package.lanes[lane].minShipment = least }
        }
        for pool in small.package.pools.indices {
            let entry = small.package.pools[pool]
            small.package.pools[pool].capacity = limit((0..<count).map { t in entry.lanes.reduce(0.0) { $0 + load($1, t, entry.measure) } })
        }
        for material in small.package.materials.indices {
            for site in small.package.sites.indices {
                for t in 0..<count {
                    var used = 0.0
                    for (position, row) in small.package.lineProducts.enumerated() where small.package.lines[row.line].site == site {
                        for part in small.package.billOfMaterials where part.product == row.product && part.material == material {
                            used += part.quantity * made[position][t]
                        }
                    }
                    let row = MaterialReceipt(site: site, material: material, bucket: t, quantity: used)
                    if used > 0 { small.package.materialReceipts.append(row) }
                }
            }
        }
        if small.package.horizon.frozen > 0 {
            for (position, row) in small.package.lineProducts.enumerated() where made[position][0] > 0 {
                small.package.frozen.append(
                    FrozenRow(kind: .make, resource: row.line, product: row.product, bucket: 0, quantity: made[position][0]))
            }
            for lane in small.package.lanes.indices {
                for product in small.package.products.indices where moved[lane][product][0] > 0 {
                    small.package.frozen.append(
                        FrozenRow(kind: .move, resource: lane, product: product, bucket: 0, quantity: moved[lane][product][0]))
                }
            }
        }
        let plan = sketch().plan()
        for site in small.package.sites.indices {
            small.package.sites[site].storage = limit(
                (0..<count).map { t in
                    plan.siteStock.filter { $0.site == site && $0.bucket == t }.reduce(0.0) {
                        $0 + small.package.products[$1.product].volume * $1.quantity
                    }
                })
        }
        for account in small.package.accounts.indices {
            small.package.accounts[account].stockCapacity = limit(
                (0..<count).map { t in
                    plan.accountPlan.filter { $0.account == account && $0.bucket == t }.reduce(0.0) {
                        $0 + small.package.products[$1.product].volume * $1.stock
                    }
                })
        }
    }

    private func load(_ lane: Int, _ t: Int, _ measure: Measure) -> Double {
        small.package.products.indices.reduce(0.0) { $0 + moved[lane][$1][t] * small.package.unitMeasure(measure, of: $1) }
    }

    private mutating func limit(_ uses: [Double]) -> Double { (uses.max() ?? 0) * [1, 1.3, .infinity][random.whole(0...2)].clamped(uses) }

    func sketch() -> PlanSketch {
        let sketch = PlanSketch(small)
        for (position, row) in small.package.lineProducts.enumerated() {
            sketch.make(small.package.lines[row.line].id, small.package.products[row.product].id, made[position])
        }
        for lane in small.package.lanes.indices {
            for product in small.package.products.indices {
                sketch.move(small.package.lanes[lane].id, small.package.products[product].id, moved[lane][product])
            }
        }
        return sketch
    }
}

extension Double {
    /// An unlimited factor stays one only where something is used: 0 · ∞ is no number.
    fileprivate func clamped(_ uses: [Double]) -> Double { (uses.max() ?? 0) > 0 ? self : 1 }
}
