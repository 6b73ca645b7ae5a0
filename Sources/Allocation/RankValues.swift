import PlanModel

/// What each rank's aim amounts to in a plan's rows (tables.md, "Rank values").
struct RankValues {
    private let model: AllocationModel

    init(_ model: AllocationModel) { self.model = model }

    /// One value for each of ``AllocationModel/ranks``.
    func values(of plan: Plan) -> [Double] {
        let package = model.package
        let last = model.bucketCount - 1
        var lost = [Double](repeating: 0, count: model.tierCount + 1)
        var late = lost
        var under = lost
        var lostAmount = [Double](repeating: 0, count: package.accounts.count)
        var servedAmount = lostAmount
        var overCost = 0.0
        var servedByPair: [Pair: [Double]] = [:]
        for row in plan.accountPlan {
            let tier = model.tierOfAccount[row.account]
            let unit = model.unitMeasure[row.product]
            let weight = package.accounts[row.account].weight * unit
            let missing = row.lost + (row.bucket == last ? row.backlog : 0)
            lost[tier] += weight * missing
            late[tier] += weight * row.backlog
            under[tier] += weight * row.under
            lostAmount[row.account] += unit * missing
            servedAmount[row.account] += unit * row.served
            let pair = Pair(account: row.account, product: row.product)
            servedByPair[pair, default: [Double](repeating: 0, count: model.bucketCount)][row.bucket] += row.served
            if let position = model.pairs.position(ofSorted: pair) {
                overCost += model.bandRates.overStock[row.product] * row.over
                let target = model.bands.target[position, row.bucket]
                if target.isFinite { overCost += model.bandRates.overTarget[row.product] * max(0, row.stock - target) }
            }
        }
        var shortfall = 0.0
        for guarantee in package.guarantees {
            let rows = model.pairs(of: guarantee)
            var served = 0.0
            for row in rows { if let series = servedByPair[model.pairs[row]] { for t in guarantee.buckets { served += series[t] } } }
            shortfall += max(0, model.promised(guarantee, pairs: rows) - served)
        }
        return model.ranks.map { rank in
            let tier = rank.tier ?? 0
            switch rank.aim {
            case .guarantees: return shortfall
            case .lostSales: return lost[tier]
            case .lateness: return late[tier]
            case .stockUnderMinimum: return under[tier]
            case .cost: return cost(of: plan) + overCost
            case .sharing:
                let isMaxmin = model.sharingRule(ofTier: tier) == .maxmin
                var sum = 0.0
                for account in package.accounts.indices where model.tierOfAccount[account] == tier && model.demandedAmount[account] > 0 {
                    sum +=
                        isMaxmin
                        ? servedAmount[account] * servedAmount[account]
                        : lostAmount[account] * lostAmount[account] / model.demandedAmount[account]
                }
                return sum
            }
        }
    }

    /// Making, overtime, transport and holding.
    private func cost(of plan: Plan) -> Double {
        let package = model.package
        var unitCost: [Pair: Double] = [:]  // (line, product)
        for row in package.lineProducts { unitCost[Pair(account: row.line, product: row.product)] = row.unitCost }
        var sum = 0.0
        for row in plan.production { sum += (unitCost[Pair(account: row.line, product: row.product)] ?? 0) * row.quantity }
        for row in plan.lineUse { sum += package.lines[row.line].overtimeCostPerHour * row.overtimeUsed }
        for row in plan.movements { sum += package.lanes[row.lane].unitCost * package.products[row.product].volume * row.quantity }
        for row in plan.siteStock { sum += package.sites[row.site].holdingCost * package.products[row.product].volume * row.quantity }
        return sum
    }
}

/// resources.csv: what each capacity offered, what the plan used of it, and the last rank that felt it.
func resourceRows(_ model: AllocationModel, resources: ResourceTable, plan: Plan, outcomes: [RankOutcome]) -> [ResourceRow] {
    let package = model.package
    var used = [Double](repeating: 0, count: resources.keys.count)
    func add(_ kind: ResourceKind, _ resource: Int, _ bucket: Int, site: Int? = nil, _ amount: Double) {
        if let index = resources.index(kind, resource, bucket, site: site) { used[index] += amount }
    }
    for row in plan.lineUse {
        add(.hours, row.line, row.bucket, min(row.hoursUsed, row.hours))
        add(.overtime, row.line, row.bucket, row.overtimeUsed)
    }
    for row in plan.movements {
        add(.lane, row.lane, row.bucket, row.quantity * model.use(package.lanes[row.lane].measure, ofProduct: row.product))
        for pool in model.poolsOfLane[row.lane] {
            add(.pool, pool, row.bucket, row.quantity * model.use(package.pools[pool].measure, ofProduct: row.product))
        }
    }
    for row in plan.siteStock { add(.storage, row.site, row.bucket, row.quantity * package.products[row.product].volume) }
    for row in plan.accountPlan { add(.accountStock, row.account, row.bucket, row.stock * package.products[row.product].volume) }
    for row in plan.production {
        for need in package.billOfMaterials where need.product == row.product {
            add(.material, need.material, row.bucket, site: package.lines[row.line].site, need.quantity * row.quantity)
        }
    }
    var left: [Int: Double] = [:]  // by position in materialsInPlay
    return resources.keys.enumerated().map { index, key in
        var capacity: Double
        switch key.kind {
        case .hours: capacity = model.hours[key.resource][key.bucket]
        case .overtime: capacity = model.overtime[key.resource][key.bucket]
        case .lane: capacity = model.laneCapacity[key.resource][key.bucket]
        case .pool: capacity = model.poolCapacity[key.resource][key.bucket]
        case .storage: capacity = model.storage[key.resource][key.bucket]
        case .accountStock: capacity = package.accounts[key.resource].stockCapacity
        case .material:
            let position = model.materialsInPlay.firstIndex { $0.material == key.resource && $0.site == key.site } ?? 0
            capacity = model.materialsInPlay[position].receipts[key.bucket] + left[position, default: 0]
            left[position] = max(0, capacity - used[index])
        }
        var row = ResourceRow(
            bucket: key.bucket, kind: key.kind, resource: key.resource, site: key.site, capacity: capacity, used: used[index], rank: nil)
        for outcome in outcomes {
            guard let prices = outcome.prices else { continue }
            let price = prices.resourcePrices[index]
            // A price at which all that is used is worth less than the gap is what the path left, not a price.
            if price * max(used[index], 1) > package.settings.plan.gap * outcome.scale {
                row.shadowPrice = price
                row.rank = outcome.rank
            }
        }
        return row
    }
}
