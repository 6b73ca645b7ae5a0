import PlanModel
import Reporting

/// What could still be brought to one account of one product if everybody else's goods keep their way: the package of that pair alone, its
/// capacities what the others leave free.
///
/// The pair's own goods give back what they use: those served from bucket `start` on. What was served before stays as planned.
package struct PairSupply {
    private let view: PlanView
    package let pair: Pair
    /// Every unit the pair is served, as the plan has it.
    private let uses: [LotUse]
    /// Lanes that can carry the product towards the account, sites on them, lines that make it: positions in the package.
    private let lanes: [Int]
    private let sites: [Int]
    private let lines: [Int]
    private let pools: [Int]
    /// Of the plan, what uses the room of these lanes, lines, sites and pools.
    private let near: Plan

    /// - Parameter uses: Of ``tracedLots(_:plan:)``, those of the pair.
    package init(_ view: PlanView, pair: Pair, uses: [LotUse]) {
        self.view = view
        self.pair = pair
        self.uses = uses.filter { $0.served != nil && $0.quantity > 1e-9 }
        let package = view.package
        func carries(_ lane: Int) -> Bool { package.lanes[lane].products.map { $0.position(ofSorted: pair.product) != nil } ?? true }
        var lanes = Set<Int>()
        var sites = Set<Int>()
        for lane in package.lanes.indices where package.lanes[lane].to == .account(pair.account) && carries(lane) {
            lanes.insert(lane)
            sites.insert(package.lanes[lane].from)
        }
        var grew = true
        while grew {
            grew = false
            for lane in package.lanes.indices where carries(lane) {
                guard case .site(let to) = package.lanes[lane].to, sites.contains(to), lanes.insert(lane).inserted else { continue }
                sites.insert(package.lanes[lane].from)
                grew = true
            }
        }
        self.lanes = lanes.sorted()
        self.sites = sites.sorted()
        let makers = Set(package.lineProducts.filter { $0.product == pair.product && $0.rate > 0 }.map(\.line))
        lines = makers.filter { sites.contains(package.lines[$0].site) }.sorted()
        pools = package.pools.indices.filter { package.pools[$0].lanes.contains(where: lanes.contains) }
        let sharing = lanes.union(pools.flatMap { package.pools[$0].lanes })
        var near = Plan()
        near.production = view.plan.production.filter { sites.contains(package.lines[$0.line].site) }
        near.movements = view.plan.movements.filter { sharing.contains($0.lane) }
        near.siteStock = view.plan.siteStock.filter { sites.contains($0.site) }
        self.near = near
    }

    /// Bucket in which the first unit is made, or dispatched to the account; nil where none is.
    package var plannedStart: (make: Int?, ship: Int?) {
        let ships = uses.compactMap { use in use.lot.moves.last { view.package.lanes[$0.lane].to == .account(pair.account) }?.bucket }
        return (uses.compactMap(\.lot.made).min(), ships.min())
    }

    /// Last bucket served.
    package var lastServed: Int? { uses.compactMap(\.served).max() }

    /// Units served from `start` on.
    package func served(from start: Int) -> Double { uses.reduce(0) { $0 + (($1.served ?? -1) >= start ? $1.quantity : 0) } }

    /// Whether the plan makes, or ships to the account, all that it serves from `start` on in that bucket or later (opening stock apart).
    package func isPlanned(_ step: Step, from start: Int) -> Bool {
        uses.allSatisfy { use in
            guard let served = use.served, served >= start else { return true }
            switch step {
            case .making: return (use.lot.made ?? start) >= start
            case .shipping:
                return (use.lot.moves.last { view.package.lanes[$0.lane].to == .account(pair.account) }?.bucket ?? start) >= start
            }
        }
    }

    /// What begins no earlier than `start`.
    package enum Step { case making, shipping }

    /// The pair's package with making, or shipping to the account, closed before `start`, and what it is to serve from then on.
    package func problem(_ step: Step, from start: Int) -> (
        package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation
    ) {
        let whole = view.package
        let count = whole.horizon.count
        let own = uses.filter { ($0.served ?? -1) >= start }
        let free = CapacityGrid.free(whole, plan: othersPlan(own))
        // Less than a thousandth of a unit is what sums and rounding leave, and no room.
        func values(_ grid: [Double], _ resource: Int) -> [Double] {
            grid[resource * count..<(resource + 1) * count].map { $0 < 1e-3 ? 0 : $0 }
        }

        var small = DataPackage(settings: whole.settings)
        small.settings.horizon = Horizon(unit: whole.horizon.unit, start: whole.horizon.start, count: count)
        small.settings.plan.measure = .quantity
        var account = whole.accounts[pair.account]
        account.weight = 1
        account.backorderBuckets = 0
        account.stockCapacity = .infinity
        small.accounts = [account]
        small.products = [whole.products[pair.product]]
        small.sites = sites.map { Site(id: whole.sites[$0].id, kind: whole.sites[$0].kind) }
        let siteIndex = Dictionary(uniqueKeysWithValues: sites.enumerated().map { ($1, $0) })
        let laneIndex = Dictionary(uniqueKeysWithValues: lanes.enumerated().map { ($1, $0) })
        func limit(_ kind: CapacityKind, _ resource: Int, _ values: [Double]) {
            for (bucket, value) in values.enumerated() where value.isFinite {
                small.capacityOverrides.append(CapacityOverride(kind: kind, resource: resource, bucket: bucket, capacity: value))
            }
        }
        for (index, site) in sites.enumerated() { limit(.storage, index, values(free.storage, site)) }
        for (index, line) in lines.enumerated() {
            small.lines.append(
                ProductionLine(id: whole.lines[line].id, site: siteIndex[whole.lines[line].site] ?? 0, hoursPerBucket: .infinity))
            var hours = values(free.hours, line)
            if step == .making { for bucket in 0..<min(start, count) { hours[bucket] = 0 } }
            limit(.hours, index, hours)
            for row in whole.lineProducts where row.line == line && row.product == pair.product {
                small.lineProducts.append(LineProduct(line: index, product: 0, rate: row.rate))
            }
        }
        for (index, lane) in lanes.enumerated() {
            var row = whole.lanes[lane]
            row.from = siteIndex[row.from] ?? 0
            var capacity = values(free.lane, lane)
            if case .site(let site) = row.to {
                row.to = .site(siteIndex[site] ?? 0)
            } else {
                row.to = .account(0)
                if step == .shipping { for bucket in 0..<min(start, count) { capacity[bucket] = 0 } }
            }
            row.products = nil
            row.capacity = .infinity
            small.lanes.append(row)
            limit(.lane, index, capacity)
        }
        for (index, pool) in pools.enumerated() {
            let members = whole.pools[pool].lanes.compactMap { laneIndex[$0] }
            small.pools.append(Pool(id: whole.pools[pool].id, capacity: .infinity, measure: whole.pools[pool].measure, lanes: members))
            limit(.pool, index, values(free.pool, pool))
        }
        addMaterials(&small, free: free, siteIndex: siteIndex)
        addStock(&small, own: own, siteIndex: siteIndex)

        var demand = PairGrid(pairCount: 1, bucketCount: count)
        for use in own { if let served = use.served { demand[0, served] += use.quantity } }
        let pairs = [Pair(account: 0, product: 0)]
        let zero = PairGrid(pairCount: 1, bucketCount: count)
        let open = PairGrid(pairCount: 1, bucketCount: count, repeating: .infinity)
        return (
            small, PlannedDemand(pairs: pairs, forecast: demand, ordered: zero, quantity: demand),
            StockBandTable(pairs: pairs, min: zero, target: open, max: open),
            Segmentation(segments: [], topFifthShare: 1, herfindahlIndex: 1, keyAccountCount: 1, tierOfAccount: [1])
        )
    }

    /// What is free by a bucket and not needed by others later, as receipts of the bucket in which it becomes free.
    private func addMaterials(_ small: inout DataPackage, free: CapacityGrid, siteIndex: [Int: Int]) {
        let whole = view.package
        let count = whole.horizon.count
        let limited = Set(whole.materialReceipts.map(\.material))
        for part in whole.billOfMaterials where part.product == pair.product && limited.contains(part.material) && part.quantity > 0 {
            let index = small.materials.count
            small.materials.append(whole.materials[part.material])
            small.billOfMaterials.append(BillOfMaterialRow(product: 0, material: index, quantity: part.quantity))
            for site in sites {
                var before = 0.0
                for bucket in 0..<count {
                    let now = max(before, free.material[free.materialIndex(site: site, material: part.material, bucket: bucket)])
                    let more = now - before < 1e-3 ? 0 : now - before
                    small.materialReceipts.append(
                        MaterialReceipt(site: siteIndex[site] ?? 0, material: index, bucket: bucket, quantity: more))
                    before += more
                }
            }
        }
    }

    /// Opening stock and goods in transit that the pair's own units came from. They may be left where they are: each lot lies at a place of its own
    /// beside its site until it is called for, so that goods held back fill nobody's storage.
    private func addStock(_ small: inout DataPackage, own: [LotUse], siteIndex: [Int: Int]) {
        struct Key: Hashable, Comparable {
            var site: Int
            var from: Int
            var last: Int

            static func < (a: Key, b: Key) -> Bool { (a.site, a.from, a.last) < (b.site, b.from, b.last) }
        }
        let horizon = small.settings.horizon
        var lots: [Key: Double] = [:]
        for use in own where use.lot.line == nil {
            var site = -1
            if case .site(let origin) = use.lot.origin { site = siteIndex[origin] ?? -1 }
            lots[Key(site: site, from: use.lot.availableFrom, last: use.lot.lastBucket), default: 0] += use.quantity
        }
        // As with room: less than a thousandth of a unit is what sums leave.
        for (key, quantity) in lots.sorted(by: { $0.key < $1.key }) where quantity >= 1e-3 {
            let expires = key.last < horizon.count ? horizon.firstDay(of: key.last) : nil
            guard key.site >= 0 else {
                if key.from == 0 {
                    small.stock.append(StockRow(place: .account(0), product: 0, quantity: quantity, expires: expires))
                } else {
                    small.inTransit.append(InTransitRow(place: .account(0), product: 0, bucket: key.from, quantity: quantity))
                }
                continue
            }
            let place = small.sites.count
            small.sites.append(Site(id: "stock \(place)", kind: .dc))
            let lane = small.lanes.count
            small.lanes.append(Lane(id: "call \(lane)", from: place, to: .site(key.site)))
            for bucket in 0..<key.from {
                small.capacityOverrides.append(CapacityOverride(kind: .lane, resource: lane, bucket: bucket, capacity: 0))
            }
            small.stock.append(StockRow(place: .site(place), product: 0, quantity: quantity, expires: expires))
        }
    }

    /// The plan without some of the pair's goods.
    private func othersPlan(_ own: [LotUse]) -> Plan {
        let whole = view.package
        let count = whole.horizon.count
        var made: [Int: Double] = [:]
        var moved: [Int: Double] = [:]
        var kept: [Int: Double] = [:]
        for use in own {
            if let line = use.lot.line, let bucket = use.lot.made { made[line * count + bucket, default: 0] += use.quantity }
            var place: Place? = use.lot.line.map { .site(whole.lines[$0].site) } ?? use.lot.origin
            var since = use.lot.availableFrom
            for move in use.lot.moves {
                moved[move.lane * count + move.bucket, default: 0] += use.quantity
                if case .site(let site) = place, since < move.bucket {
                    for bucket in since..<move.bucket { kept[site * count + bucket, default: 0] += use.quantity }
                }
                place = whole.lanes[move.lane].to
                since = move.arrives
            }
        }
        var plan = Plan()
        for var row in near.production {
            if row.product == pair.product, let quantity = made[row.line * count + row.bucket], row.quantity > 0 {
                let left = max(0, row.quantity - quantity)
                row.hours *= left / row.quantity
                row.quantity = left
            }
            plan.production.append(row)
        }
        for var row in near.movements {
            if row.product == pair.product, let quantity = moved[row.lane * count + row.bucket] {
                row.quantity = max(0, row.quantity - quantity)
            }
            plan.movements.append(row)
        }
        for var row in near.siteStock {
            if row.product == pair.product, let quantity = kept[row.site * count + row.bucket] {
                row.quantity = max(0, row.quantity - quantity)
            }
            plan.siteStock.append(row)
        }
        return plan
    }
}
