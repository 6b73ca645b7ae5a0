import InteriorPoint
import PlanModel

/// Builds the program of a stage in arc form (solver-notes): demand is a fixed outflow met by arrivals or by a bounded `lost` arc; the stock
/// band is a bundle of parallel bounded stock arcs, so that neither makes a row.
///
///     site row      Σ made + Σ arrived + stock(t−1) − stock(t) − Σ dispatched = −fixed inflow
///     account row   Σ arrived + stock(t−1) − stock(t) + lost(t) = demand(t) − fixed inflow
///
/// Accounts with backorders, and products with several lot classes, have a demand row: Σ served + lost + backlog(t) − backlog(t−1) = demand.
struct StageBuilder {
    private let model: AllocationModel
    private let content: StageContent
    private let resources: ResourceTable
    private var builder = ProgramBuilder()
    private var costCoefficients: [Double] = []
    private var costConstant = 0.0
    private var resourceRows: [Int]
    private var resourceColumns: [Int]
    private var guaranteeRows: [Int]
    private var guaranteesOfPair: [[Int]]
    private var amountRows: [Int]
    private var lostHoldRow: [Int]
    private var latenessHoldRow: [Int]
    private var underHoldRow: [Int]
    private var guaranteeHoldRow = -1
    private var costHoldRow = -1
    private var holdColumns: [Int]
    private var frozenMakes: [FrozenKey: Double] = [:]
    private var frozenMoves: [FrozenKey: Double] = [:]
    private var elasticNames: [Bilingual] = []
    private var released: Set<ReleasedKey> = []

    private struct ReleasedKey: Hashable {
        var kind: FrozenKind
        var key: FrozenKey
    }

    private struct FrozenKey: Hashable {
        var resource: Int
        var product: Int
        var bucket: Int
    }

    private var package: DataPackage { model.package }
    private var count: Int { model.bucketCount }

    init(_ model: AllocationModel, resources: ResourceTable, content: StageContent) {
        self.model = model
        self.resources = resources
        self.content = content
        resourceRows = [Int](repeating: -1, count: resources.keys.count)
        resourceColumns = resourceRows
        guaranteeRows = [Int](repeating: -1, count: model.package.guarantees.count)
        guaranteesOfPair = [[Int]](repeating: [], count: model.pairs.count)
        amountRows = [Int](repeating: -1, count: model.package.accounts.count)
        lostHoldRow = [Int](repeating: -1, count: model.tierCount + 1)
        latenessHoldRow = lostHoldRow
        underHoldRow = lostHoldRow
        holdColumns = [Int](repeating: -1, count: content.holds.count)
        for row in model.package.frozen where row.bucket >= 0 && row.bucket < min(model.package.horizon.frozen, model.bucketCount) {
            let key = FrozenKey(resource: row.resource, product: row.product, bucket: row.bucket)
            if content.released.contains(row) {
                released.insert(ReleasedKey(kind: row.kind, key: key))
                continue
            }
            if row.kind == .make { frozenMakes[key, default: 0] += row.quantity } else { frozenMoves[key, default: 0] += row.quantity }
        }
    }

    static func build(_ model: AllocationModel, resources: ResourceTable, content: StageContent) -> StageProgram {
        var builder = StageBuilder(model, resources: resources, content: content)
        builder.addSharedRows()
        for product in model.package.products.indices { builder.addProduct(product) }
        builder.addSharedColumns()
        return builder.finish()
    }

    // MARK: Columns

    private mutating func column(
        _ kind: ProgramColumn.Kind, _ a: Int, _ b: Int = 0, bucket: Int = 0, lot: Int = 0, upper: Double = .infinity, implied: Double,
        cost: Double = 0
    ) {
        builder.beginColumn(
            ProgramColumn(kind: kind, a: Int32(a), b: Int32(b), bucket: Int32(bucket), lot: Int32(lot)), upper: upper, impliedUpper: implied
        )
        costCoefficients.append(cost)
        builder.entry(costHoldRow, cost)
    }

    private mutating func elastic(_ row: Int, _ sign: Double, _ name: Bilingual) {
        column(.elastic, elasticNames.count, implied: model.supplyLimit.reduce(1, +) * 1e3)
        builder.entry(row, sign)
        elasticNames.append(name)
    }

    // MARK: Coupling rows

    /// A row Σ … + slack = capacity for a finite limit.
    private mutating func limitRow(_ kind: ResourceKind, _ resource: Int, _ bucket: Int, capacity: Double) {
        guard capacity.isFinite, let index = resources.index(kind, resource, bucket) else { return }
        resourceRows[index] = builder.addCouplingRow(rightHandSide: capacity)
    }

    private mutating func addSharedRows() {
        // One limit after the other, each over all buckets, as the site nodes are: neighbouring rows then meet neighbouring nodes, which the
        // factorisation reads in stretches.
        func limitRows(_ kind: ResourceKind, _ capacities: [[Double]]) {
            for (resource, capacity) in capacities.enumerated() {
                for t in 0..<count { limitRow(kind, resource, t, capacity: capacity[t]) }
            }
        }
        limitRows(.hours, model.hours)
        limitRows(.lane, model.laneCapacity)
        limitRows(.pool, model.poolCapacity)
        limitRows(.storage, model.storage)
        limitRows(.accountStock, package.accounts.map { Array(repeating: $0.stockCapacity, count: count) })
        for entry in model.materialsInPlay {
            for t in 0..<count {
                if let index = resources.index(.material, entry.material, t, site: entry.site) {
                    resourceRows[index] = builder.addCouplingRow(rightHandSide: entry.receipts[t])
                }
            }
        }
        if content.guarantees {
            for (index, guarantee) in package.guarantees.enumerated() {
                let pairs = model.pairs(of: guarantee)
                var demanded = 0.0
                for row in pairs where !needsDemandRow(row) { for t in guarantee.buckets { demanded += model.demand[row, t] } }
                guaranteeRows[index] = builder.addCouplingRow(rightHandSide: model.promised(guarantee, pairs: pairs) - demanded)
                for row in pairs { guaranteesOfPair[row].append(index) }
            }
        }
        for hold in content.holds {
            let tier = hold.tier ?? 0
            // The limit itself is put in by who wants it in force.
            switch hold.aim {
            case .guarantees: guaranteeHoldRow = builder.addCouplingRow(rightHandSide: 0)
            case .lostSales:
                // Σ w (D − S) ≤ limit where the columns are served amounts.
                var offset = 0.0
                for account in package.accounts.indices
                where hasAmount(account) && model.tierOfAccount[account] == tier && model.sharingRule(ofTier: tier) == .maxmin {
                    offset -= package.accounts[account].weight * model.demandedAmount[account]
                }
                lostHoldRow[tier] = builder.addCouplingRow(rightHandSide: offset)
            case .lateness: latenessHoldRow[tier] = builder.addCouplingRow(rightHandSide: 0)
            case .stockUnderMinimum: underHoldRow[tier] = builder.addCouplingRow(rightHandSide: 0)
            case .cost: costHoldRow = builder.addCouplingRow(rightHandSide: 0)
            case .sharing: break  // a quadratic limit, not a row
            }
        }
        // Last, so that more of them leave the other rows where they are.
        for account in package.accounts.indices where hasAmount(account) {
            let isMaxmin = model.sharingRule(ofTier: model.tierOfAccount[account]) == .maxmin
            amountRows[account] = builder.addCouplingRow(rightHandSide: isMaxmin ? model.demandedAmount[account] : 0)
        }
    }

    private func hasAmount(_ account: Int) -> Bool {
        content.amountTiers.contains(model.tierOfAccount[account]) && model.demandedAmount[account] > 0
    }

    private func needsDemandRow(_ pairRow: Int) -> Bool {
        model.lots[model.pairs[pairRow].product].count > 1 || model.backorderBuckets(ofPair: pairRow) > 0
    }

    // MARK: One product

    private mutating func addProduct(_ product: Int) {
        let sites = model.sitesOfProduct[product]
        let pairRows = model.pairsOfProduct[product]
        guard !sites.isEmpty || !pairRows.isEmpty else { return }
        let block = builder.beginBlock()
        let lots = model.lots[product]
        let supply = model.supplyLimit[product] + reliefUnits
        let volume = package.products[product].volume

        // Site nodes: (site, t, lot).
        var nodes = [Int](repeating: -1, count: package.sites.count * count * lots.count)
        func node(_ site: Int, _ t: Int, _ lot: Int) -> Int { (site * count + t) * lots.count + lot }
        // Where accounts are served from first: what is made in the plants meets all of them.
        for site in sites.filter({ package.sites[$0].kind == .dc }) + sites.filter({ package.sites[$0].kind != .dc }) {
            for t in 0..<count {
                for lot in 0..<lots.count where lots.isAlive(lot, t) {
                    let inflow = model.siteInflow[AllocationModel.InflowKey(place: site, product: product, lot: lot, bucket: t)] ?? 0
                    let row = builder.addCoreRow(block: block, rightHandSide: -inflow)
                    nodes[node(site, t, lot)] = row
                }
            }
        }

        // Account chains.
        var chainNodes: [[Int]] = []  // by pair position, (t × lots)
        var demandRows: [[Int]] = []
        for (chain, pairRow) in pairRows.enumerated() {
            let hasDemandRow = needsDemandRow(pairRow)
            let hasTotalRow = lots.count > 1 && hasBandPieces(pairRow)
            var rows = [Int](repeating: -1, count: count * lots.count)
            var demands = [Int](repeating: -1, count: count)
            var totals = demands
            for t in 0..<count {
                let demand = model.demand[pairRow, t]
                for lot in 0..<lots.count where lots.isAlive(lot, t) {
                    let inflow = model.pairInflow[AllocationModel.InflowKey(place: pairRow, product: product, lot: lot, bucket: t)] ?? 0
                    rows[t * lots.count + lot] = builder.addChainRow(
                        block: block, chain: chain, rightHandSide: (hasDemandRow ? 0 : demand) - inflow)
                }
                if hasDemandRow { demands[t] = builder.addChainRow(block: block, chain: chain, rightHandSide: demand) }
                if hasTotalRow { totals[t] = builder.addChainRow(block: block, chain: chain, rightHandSide: 0) }
            }
            chainNodes.append(rows)
            demandRows.append(demands)
            addAccountColumns(pairRow, nodes: rows, demandRows: demands, totalRows: totals, lots: lots)
        }

        // Making.
        for position in model.makersOfProduct[product] {
            let row = package.lineProducts[position]
            let site = package.lines[row.line].site
            guard sites.contains(site) else { continue }
            let needs = model.materialNeeds(ofMaker: position)
            for t in 0..<count {
                let lot = lots.madeClass(t)
                let hoursRow = resources.index(.hours, row.line, t).map { resourceRows[$0] } ?? -1
                if isFrozen(.make, row.line, product, t) {
                    let quantity = frozenMakes[FrozenKey(resource: row.line, product: product, bucket: t)] ?? 0
                    guard quantity > 0 else { continue }
                    builder.addToRightHandSide(nodes[node(site, t, lot)], -quantity)
                    if hoursRow >= 0 { builder.addToRightHandSide(hoursRow, -(quantity / row.rate + (row.setupHours ?? 0))) }
                    for need in needs { builder.addToRightHandSide(materialRow(need.material, t), -need.quantity * quantity) }
                    costConstant += row.unitCost * quantity
                    continue
                }
                // A necessary share of the set-up: exact when the product fills the line's bucket, less than the set-up otherwise.
                var hoursPerUnit = 1 / row.rate
                let available = model.hours[row.line][t] + model.overtime[row.line][t]
                if let setup = row.setupHours, setup > 0, available.isFinite {
                    guard available > setup else { continue }
                    hoursPerUnit += setup / (row.rate * (available - setup))
                }
                column(.make, position, bucket: t, lot: lot, implied: available * row.rate + reliefUnits, cost: row.unitCost)
                builder.entry(nodes[node(site, t, lot)], 1)
                builder.entry(hoursRow, hoursPerUnit)
                for need in needs { builder.entry(materialRow(need.material, t), need.quantity) }
            }
        }

        // Moving.
        var pairPosition: [Int: Int] = [:]
        for (position, pairRow) in pairRows.enumerated() { pairPosition[model.pairs[pairRow].account] = position }
        for laneIndex in model.lanesOfProduct[product] {
            let lane = package.lanes[laneIndex]
            let laneUse = model.use(lane.measure, ofProduct: product)
            for t in 0..<count where t + lane.leadTime < count {
                let arrival = t + lane.leadTime
                func target(_ lot: Int) -> Int {
                    switch lane.to {
                    case .site(let site): nodes[node(site, arrival, lot)]
                    case .account(let account): pairPosition[account].map { chainNodes[$0][arrival * lots.count + lot] } ?? -1
                    }
                }
                var coupling: [(row: Int, use: Double)] = []
                if let index = resources.index(.lane, laneIndex, t) { coupling.append((resourceRows[index], laneUse)) }
                for pool in model.poolsOfLane[laneIndex] {
                    if let index = resources.index(.pool, pool, t) {
                        coupling.append((resourceRows[index], model.use(package.pools[pool].measure, ofProduct: product)))
                    }
                }
                let isFrozen = isFrozen(.move, laneIndex, product, t)
                let frozenQuantity = isFrozen ? frozenMoves[FrozenKey(resource: laneIndex, product: product, bucket: t)] ?? 0 : 0
                if isFrozen {
                    guard frozenQuantity > 0 else { continue }
                    costConstant += lane.unitCost * volume * frozenQuantity
                    for entry in coupling { builder.addToRightHandSide(entry.row, -entry.use * frozenQuantity) }
                    if lots.count == 1 {
                        builder.addToRightHandSide(nodes[node(lane.from, t, 0)], frozenQuantity)
                        if target(0) >= 0 { builder.addToRightHandSide(target(0), -frozenQuantity) }
                        continue
                    }
                }
                // Which lots a frozen movement takes is still open.
                let totalRow = isFrozen ? builder.addCoreRow(block: block, rightHandSide: frozenQuantity) : -1
                for lot in 0..<lots.count {
                    let from = nodes[node(lane.from, t, lot)]
                    guard from >= 0, lots.isAlive(lot, arrival), target(lot) >= 0 else { continue }
                    column(.move, laneIndex, product, bucket: t, lot: lot, implied: supply, cost: isFrozen ? 0 : lane.unitCost * volume)
                    builder.entry(from, -1)
                    builder.entry(target(lot), 1)
                    if isFrozen {
                        builder.entry(totalRow, 1)
                    } else {
                        for entry in coupling { builder.entry(entry.row, entry.use) }
                    }
                }
                if isFrozen && content.elastic {
                    elastic(
                        totalRow, 1,
                        Bilingual(
                            "frozen movement on lane \(lane.id) of \(package.products[product].id) in bucket \(package.horizon.firstDay(of: t))",
                            "线路 \(lane.id) 在 \(package.horizon.firstDay(of: t)) 起的一期运输 \(package.products[product].id)（已冻结）"))
                }
            }
        }

        // Site stock.
        for site in sites {
            let holding = package.sites[site].holdingCost * volume
            for t in 0..<count {
                let storageRow = resources.index(.storage, site, t).map { resourceRows[$0] } ?? -1
                for lot in 0..<lots.count where nodes[node(site, t, lot)] >= 0 {
                    let here = nodes[node(site, t, lot)]
                    if lots.lastBuckets[lot] == t {
                        column(.expire, site, product, bucket: t, lot: lot, implied: supply)
                        builder.entry(here, -1)
                    } else {
                        column(.siteStock, site, product, bucket: t, lot: lot, implied: supply, cost: holding)
                        builder.entry(here, -1)
                        if t + 1 < count { builder.entry(nodes[node(site, t + 1, lot)], 1) }
                        builder.entry(storageRow, volume)
                    }
                    if content.elastic {
                        elastic(
                            here, 1,
                            Bilingual(
                                "stock of \(package.products[product].id) at \(package.sites[site].id) in the bucket of \(package.horizon.firstDay(of: t))",
                                "\(package.products[product].id) 在 \(package.sites[site].id) 的库存（\(package.horizon.firstDay(of: t)) 起的一期）")
                        )
                    }
                }
            }
            if content.relief.contains(.stock) {
                // Goods bought in keep.
                column(.reliefStock, site, product, implied: reliefUnits)
                builder.entry(nodes[node(site, 0, lots.count - 1)], 1)
            }
        }
    }

    private func isFrozen(_ kind: FrozenKind, _ resource: Int, _ product: Int, _ t: Int) -> Bool {
        t < package.horizon.frozen
            && !released.contains(ReleasedKey(kind: kind, key: FrozenKey(resource: resource, product: product, bucket: t)))
    }

    private func materialRow(_ material: Int, _ t: Int) -> Int {
        let entry = model.materialsInPlay[material]
        return resources.index(.material, entry.material, t, site: entry.site).map { resourceRows[$0] } ?? -1
    }

    /// More units than any plan could make or move beyond its capacities: the whole demand, and once more; 0 where nothing may be added.
    private var reliefUnits: Double { content.relief.isEmpty ? 0 : model.reliefUnits }

    private func reliefReach(_ key: ResourceKey) -> Double {
        let units = reliefUnits
        switch key.kind {
        case .hours:
            let slowest = model.makersOfLine[key.resource].map { package.lineProducts[$0].rate }.min() ?? 1
            return units / slowest
        case .material: return units * (package.billOfMaterials.filter { $0.material == key.resource }.map(\.quantity).max() ?? 1)
        case .lane: return units * largestUse(package.lanes[key.resource].measure)
        case .pool: return units * largestUse(package.pools[key.resource].measure)
        case .storage, .accountStock, .overtime: return units * largestUse(.volume)
        }
    }

    private func largestUse(_ measure: Measure) -> Double { package.products.indices.map { model.use(measure, ofProduct: $0) }.max() ?? 1 }

    // MARK: One pair

    private func hasBandPieces(_ pairRow: Int) -> Bool { content.bandCosts || content.underTiers.contains(model.tier(ofPair: pairRow)) }

    /// Pieces of the stock of a pair at t between the band's break points, lowest first.
    private func bandPieces(_ pairRow: Int, _ t: Int) -> [(low: Double, high: Double, isUnder: Bool, cost: Double)] {
        let product = model.pairs[pairRow].product
        let countsUnder = content.underTiers.contains(model.tier(ofPair: pairRow))
        let minimum = countsUnder ? model.bands.min[pairRow, t] : 0
        let overTarget = content.bandCosts ? model.bandRates.overTarget[product] : 0
        let overStock = content.bandCosts ? model.bandRates.overStock[product] : 0
        let target = overTarget > 0 ? model.bands.target[pairRow, t] : .infinity
        let maximum = overStock > 0 ? model.bands.max[pairRow, t] : .infinity
        let breaks = Set([minimum, target, maximum].filter { $0 > 0 && $0.isFinite }).sorted()
        var pieces: [(Double, Double, Bool, Double)] = []
        var low = 0.0
        for high in breaks + [.infinity] {
            let cost = (low >= target ? overTarget : 0) + (low >= maximum ? overStock : 0)
            pieces.append((low, high, high <= minimum, cost))
            low = high
        }
        return pieces
    }

    private mutating func addAccountColumns(_ pairRow: Int, nodes: [Int], demandRows: [Int], totalRows: [Int], lots: LotClasses) {
        let pair = model.pairs[pairRow]
        let tier = model.tier(ofPair: pairRow)
        let unit = model.unitMeasure[pair.product]
        let lossWeight = model.lossWeight(ofPair: pairRow)
        let supply = model.supplyLimit[pair.product] + reliefUnits
        let volume = package.products[pair.product].volume
        let totalDemand = model.demand.row(pairRow).reduce(0, +)
        let hasDemandRow = needsDemandRow(pairRow)
        let backorders = model.backorderBuckets(ofPair: pairRow) > 0
        let amountRow = amountRows[pair.account]
        let isMaxmin = model.sharingRule(ofTier: tier) == .maxmin
        let amountSign: Double = isMaxmin ? 1 : -1  // served + lost = D, or amount − lost = 0
        let pieces = hasBandPieces(pairRow)

        for t in 0..<count {
            let demand = model.demand[pairRow, t]
            let guarantees = guaranteesOfPair[pairRow].filter { package.guarantees[$0].buckets.contains(t) }
            if backorders ? totalDemand > 0 : demand > 0 {
                column(.lost, pairRow, bucket: t, upper: backorders ? .infinity : demand, implied: backorders ? totalDemand : demand)
                builder.entry(hasDemandRow ? demandRows[t] : nodes[t * lots.count], 1)
                builder.entry(amountRow, amountSign * unit)
                if amountRow < 0 { builder.entry(lostHoldRow[tier], lossWeight) }
                if !hasDemandRow { for guarantee in guarantees { builder.entry(guaranteeRows[guarantee], -1) } }
            }
            if hasDemandRow {
                if backorders ? totalDemand > 0 : demand > 0 {
                    for lot in 0..<lots.count where nodes[t * lots.count + lot] >= 0 {
                        column(.serve, pairRow, bucket: t, lot: lot, implied: totalDemand)
                        builder.entry(nodes[t * lots.count + lot], -1)
                        builder.entry(demandRows[t], 1)
                        for guarantee in guarantees { builder.entry(guaranteeRows[guarantee], 1) }
                    }
                }
                if backorders {
                    let limit = model.backlogLimit(ofPair: pairRow, at: t)
                    if limit > 0 {
                        column(.backlog, pairRow, bucket: t, upper: limit, implied: limit)
                        builder.entry(demandRows[t], 1)
                        if t + 1 < count {
                            builder.entry(demandRows[t + 1], -1)
                        } else {
                            builder.entry(amountRow, amountSign * unit)
                            if amountRow < 0 { builder.entry(lostHoldRow[tier], lossWeight) }
                        }
                        builder.entry(latenessHoldRow[tier], lossWeight)
                    }
                }
            }

            // Stock. The part under the minimum is counted by what it lacks (`under`), so that small shortfalls keep their digits.
            let stockRow = resources.index(.accountStock, pair.account, t).map { resourceRows[$0] } ?? -1
            let hasTotalRow = lots.count > 1 && pieces
            if lots.count > 1 {
                for lot in 0..<lots.count where nodes[t * lots.count + lot] >= 0 {
                    let here = nodes[t * lots.count + lot]
                    if lots.lastBuckets[lot] == t {
                        column(.expire, -1 - pair.account, pair.product, bucket: t, lot: lot, implied: supply)
                        builder.entry(here, -1)
                    } else {
                        column(.accountStock, pairRow, -1, bucket: t, lot: lot, implied: supply)
                        builder.entry(here, -1)
                        if t + 1 < count { builder.entry(nodes[(t + 1) * lots.count + lot], 1) }
                        builder.entry(stockRow, volume)
                        builder.entry(totalRows[t], 1)
                    }
                }
            }
            guard lots.count == 1 || hasTotalRow else { continue }
            let here = nodes[t * lots.count]
            let next = t + 1 < count ? nodes[(t + 1) * lots.count] : -1
            for (segment, piece) in bandPieces(pairRow, t).enumerated() {
                let length = piece.high - piece.low
                if piece.isUnder {
                    column(.under, pairRow, segment, bucket: t, upper: length, implied: length, cost: -piece.cost)
                    costConstant += piece.cost * length
                    builder.entry(underHoldRow[tier], lossWeight)
                    if hasTotalRow {
                        builder.entry(totalRows[t], 1)
                        builder.addToRightHandSide(totalRows[t], length)
                    } else {
                        builder.entry(here, 1)
                        builder.addToRightHandSide(here, length)
                        builder.entry(next, -1)
                        if next >= 0 { builder.addToRightHandSide(next, -length) }
                        builder.entry(stockRow, -volume)
                        if stockRow >= 0 { builder.addToRightHandSide(stockRow, -volume * length) }
                    }
                } else {
                    column(.accountStock, pairRow, segment, bucket: t, upper: length, implied: min(length, supply), cost: piece.cost)
                    if hasTotalRow {
                        builder.entry(totalRows[t], -1)
                    } else {
                        builder.entry(here, -1)
                        builder.entry(next, 1)
                        builder.entry(stockRow, volume)
                    }
                }
            }
        }
    }

    // MARK: Columns that touch coupling rows only

    private mutating func slack(_ row: Int, implied: Double) {
        column(.slack, row, implied: max(implied, 0))
        builder.entry(row, 1)
    }

    private mutating func addSharedColumns() {
        for (index, key) in resources.keys.enumerated() {
            let row = resourceRows[index]
            if row >= 0, let kind = ReliefKind(key.kind), content.relief.contains(kind) {
                column(.relief, index, bucket: key.bucket, implied: reliefReach(key))
                builder.entry(row, -1)
            }
            switch key.kind {
            case .overtime:
                let available = model.overtime[key.resource][key.bucket]
                guard let hours = resources.index(.hours, key.resource, key.bucket), resourceRows[hours] >= 0 else { continue }
                resourceColumns[index] = builder.columns.count
                column(
                    .overtime, key.resource, bucket: key.bucket, upper: available, implied: available,
                    cost: package.lines[key.resource].overtimeCostPerHour)
                builder.entry(resourceRows[hours], -1)
            case .material:
                let position = model.materialsInPlay.firstIndex { $0.material == key.resource && $0.site == key.site } ?? 0
                let receipts = model.materialsInPlay[position].receipts.reduce(0, +)
                column(
                    .materialStock, position, bucket: key.bucket,
                    implied: receipts + (content.relief.contains(.material) ? reliefReach(key) : 0))
                builder.entry(row, 1)
                if key.bucket + 1 < count { builder.entry(materialRow(position, key.bucket + 1), -1) }
                if content.elastic {
                    elastic(
                        row, -1,
                        Bilingual(
                            "material \(package.materials[key.resource]) in the bucket of \(package.horizon.firstDay(of: key.bucket))",
                            "原料 \(package.materials[key.resource])（\(package.horizon.firstDay(of: key.bucket)) 起的一期）"))
                }
            case .hours, .lane, .pool, .storage, .accountStock:
                guard row >= 0 else { continue }
                let overtime = key.kind == .hours ? model.overtime[key.resource][key.bucket] : 0
                // Rows of account stock count what is under the minimum off their right-hand side.
                let most = key.kind == .accountStock ? package.accounts[key.resource].stockCapacity : builder.rightHandSide[row]
                slack(row, implied: max(0, most) + (overtime.isFinite ? overtime : 0))
                if content.elastic {
                    elastic(
                        row, -1,
                        Bilingual(
                            "\(key.kind.rawValue) of \(name(of: key)) in the bucket of \(package.horizon.firstDay(of: key.bucket))",
                            "\(name(of: key)) 的\(key.kind.chinese)（\(package.horizon.firstDay(of: key.bucket)) 起的一期）"))
                }
            }
        }
        for (index, guarantee) in package.guarantees.enumerated() where guaranteeRows[index] >= 0 {
            let pairs = model.pairs(of: guarantee)
            let promised = model.promised(guarantee, pairs: pairs)
            var most = 0.0
            for row in pairs { most += model.demand.row(row).reduce(0, +) }
            column(.shortfall, index, upper: promised, implied: promised)
            builder.entry(guaranteeRows[index], 1)
            builder.entry(guaranteeHoldRow, 1)
            column(.surplus, index, implied: most)
            builder.entry(guaranteeRows[index], -1)
        }
        for account in package.accounts.indices where amountRows[account] >= 0 {
            let tier = model.tierOfAccount[account]
            let isMaxmin = model.sharingRule(ofTier: tier) == .maxmin
            column(isMaxmin ? .accountServed : .accountLost, account, implied: model.demandedAmount[account])
            builder.entry(amountRows[account], 1)
            builder.entry(lostHoldRow[tier], (isMaxmin ? -1 : 1) * package.accounts[account].weight)
        }
        if costHoldRow >= 0 { builder.addToRightHandSide(costHoldRow, -costConstant) }
        for (index, hold) in content.holds.enumerated() {
            let row = holdRow(hold)
            guard row >= 0 else { continue }
            holdColumns[index] = builder.columns.count
            slack(row, implied: 0)
        }
    }

    private func holdRow(_ rank: Rank) -> Int {
        let tier = rank.tier ?? 0
        return switch rank.aim {
        case .guarantees: guaranteeHoldRow
        case .lostSales: lostHoldRow[tier]
        case .lateness: latenessHoldRow[tier]
        case .stockUnderMinimum: underHoldRow[tier]
        case .cost: costHoldRow
        case .sharing: -1
        }
    }

    private func name(of key: ResourceKey) -> String {
        switch key.kind {
        case .hours, .overtime: package.lines[key.resource].id
        case .lane: package.lanes[key.resource].id
        case .pool: package.pools[key.resource].id
        case .storage: package.sites[key.resource].id
        case .material: package.materials[key.resource]
        case .accountStock: package.accounts[key.resource].id
        }
    }

    private func finish() -> StageProgram {
        let (program, position) = builder.finish()
        var holds: [StageProgram.HoldPlace] = []
        var limits: [StageProgram.QuadraticLimit] = []
        for (index, hold) in content.holds.enumerated() {
            var place = StageProgram.HoldPlace(rank: hold)
            if hold.aim == .sharing {
                var limit = StageProgram.QuadraticLimit()
                for (j, column) in builder.columns.enumerated() where column.kind == .accountLost || column.kind == .accountServed {
                    guard model.tierOfAccount[Int(column.a)] == hold.tier else { continue }
                    limit.columns.append(j)
                    limit.curvature.append(column.kind == .accountLost ? 2 / model.demandedAmount[Int(column.a)] : 2)
                }
                if !limit.columns.isEmpty {
                    place.quadraticLimit = limits.count
                    limits.append(limit)
                }
            } else if holdColumns[index] >= 0 {
                place.row = position[holdRow(hold)]
                place.column = holdColumns[index]
                place.offset = program.rightHandSide[place.row]
            }
            holds.append(place)
        }
        return StageProgram(
            model: model, content: content, program: program, columns: builder.columns, costCoefficients: costCoefficients,
            costConstant: costConstant, holds: holds, quadraticLimits: limits,
            resourceRows: resourceRows.map { $0 < 0 ? -1 : position[$0] },
            resourceColumns: resourceColumns,
            guaranteeRows: guaranteeRows.map { $0 < 0 ? -1 : position[$0] },
            amountRows: amountRows.map { $0 < 0 ? -1 : position[$0] }, elasticNames: elasticNames)
    }
}

extension AllocationModel {
    /// Units of goods that any relief might carry at most.
    var reliefUnits: Double { 2 * totalUnits + 1 }
}

extension ResourceKind {
    /// In the sentence that names what contradicts itself.
    fileprivate var chinese: String {
        switch self {
        case .hours: "工时"
        case .overtime: "加班工时"
        case .lane, .pool: "运力"
        case .storage: "仓容"
        case .material: "原料"
        case .accountStock: "库存容量"
        }
    }
}
