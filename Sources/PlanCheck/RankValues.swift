import PlanModel

/// The ranks in their order: groups one after the other; inside a group tier 1 runs all aims, then tier 2, …; an aim without tiers runs
/// once, where it is listed in tier 1's turn. `sharing` is no rank for a tier whose rule is `weighted`.
///
/// - Parameter tierCount: Highest tier in use; a tier without accounts has ranks too.
func rankOrder(of settings: AllocationSettings, tierCount: Int) -> [Rank] {
    var order: [Rank] = []
    for group in settings.ranks {
        for tier in 1...max(1, tierCount) {
            for aim in group {
                if !aim.isPerTier {
                    if tier == 1 { order.append(Rank(aim: aim, tier: nil)) }
                } else if aim != .sharing || (settings.sharingByTier[tier] ?? settings.sharing) != .weighted {
                    order.append(Rank(aim: aim, tier: tier))
                }
            }
        }
    }
    return order
}

extension Ledger {
    /// The value of every rank, as tables.md defines it, from the plan's rows.
    func rankValues(_ segmentation: Segmentation, _ capacities: Capacities) -> [(rank: Rank, value: Double)] {
        let settings = package.settings.plan
        let units = package.products.indices.map { capacities.units(settings.measure, of: $0) }
        let tiers = (0..<package.accounts.count).map {
            segmentation.tierOfAccount.indices.contains($0) ? segmentation.tierOfAccount[$0] : 0
        }
        return rankOrder(of: settings, tierCount: segmentation.tierCount).map { rank in
            let rows = pairs.indices.filter { tiers[pairs[$0].account] == rank.tier }
            let value =
                switch rank.aim {
                case .guarantees: guaranteeShortfall(tiers)
                case .lostSales:
                    weighted(rows, units) { lost[$0] + ($0 % bucketCount == bucketCount - 1 ? backlog[$0] : 0) }
                case .lateness: weighted(rows, units) { backlog[$0] }
                case .stockUnderMinimum: weighted(rows, units) { max(0, bandMin[$0] - stock[$0]) }
                case .sharing: sharing(rows, units, settings.sharingByTier[rank.tier ?? 0] ?? settings.sharing)
                case .cost: costSplit(capacities).total
                }
            return (rank, value)
        }
    }

    /// Σ w · u · amount over the pairs' buckets.
    private func weighted(_ rows: [Int], _ units: [Double], _ amount: (Int) -> Double) -> Double {
        rows.reduce(0.0) { sum, row in
            let pair = pairs[row]
            let units = (0..<bucketCount).reduce(0.0) { $0 + amount(cell(row, $1)) } * units[pair.product]
            return sum + package.accounts[pair.account].weight * units
        }
    }

    /// Proportional: Σ L² / D; maxmin: Σ S²; over the accounts with demand.
    private func sharing(_ rows: [Int], _ units: [Double], _ rule: SharingRule) -> Double {
        var amounts: [(account: Int, lost: Double, demanded: Double, served: Double)] = []
        for row in rows {
            let pair = pairs[row]
            if amounts.last?.account != pair.account { amounts.append((pair.account, 0, 0, 0)) }
            let last = amounts.count - 1
            for t in 0..<bucketCount {
                let unpaid = lost[cell(row, t)] + (t == bucketCount - 1 ? backlog[cell(row, t)] : 0)
                amounts[last].lost += units[pair.product] * unpaid
                amounts[last].demanded += units[pair.product] * demand[cell(row, t)]
                amounts[last].served += units[pair.product] * served[cell(row, t)]
            }
        }
        return amounts.filter { $0.demanded > 0 }.reduce(0.0) { sum, account in
            switch rule {
            case .proportional: sum + account.lost * account.lost / account.demanded
            case .maxmin: sum + account.served * account.served
            case .weighted: sum
            }
        }
    }

    /// Σ over the promises of what was promised less what was served, where that is more than nothing; units.
    private func guaranteeShortfall(_ tiers: [Int]) -> Double {
        package.guarantees.reduce(0.0) { sum, guarantee in
            let rows = pairs.indices.filter { row in
                let account = pairs[row].account
                return guarantee.account.map { $0 == account } ?? true
                    && guarantee.group.map { $0 == package.accounts[account].group } ?? true
                    && guarantee.tier.map { $0 == tiers[account] } ?? true && guarantee.product.map { $0 == pairs[row].product } ?? true
            }
            var servedUnits = 0.0
            var demanded = 0.0
            for row in rows {
                for t in guarantee.buckets.clamped(to: 0..<bucketCount) {
                    servedUnits += served[cell(row, t)]
                    demanded += demand[cell(row, t)]
                }
            }
            return sum + max(0, max(guarantee.quantity ?? 0, (guarantee.share ?? 0) * demanded) - servedUnits)
        }
    }

    /// The parts of the cost rank, in money.
    struct Costs {
        var making = 0.0
        var overtime = 0.0
        var transport = 0.0
        var holding = 0.0
        var overStock = 0.0
        var overTarget = 0.0

        var total: Double { making + overtime + transport + holding + overStock + overTarget }
    }

    func costSplit(_ capacities: Capacities) -> Costs {
        var unitCosts: [Int: Double] = [:]
        for row in package.lineProducts { unitCosts[row.line * package.products.count + row.product] = row.unitCost }
        let making = production.reduce(0.0) { $0 + (unitCosts[$1.line * package.products.count + $1.product] ?? 0) * $1.quantity }
        var overtime = 0.0
        for line in package.lines.indices {
            for t in 0..<bucketCount {
                overtime += package.lines[line].overtimeCostPerHour * (lineUse[line * bucketCount + t]?.overtimeUsed ?? 0)
            }
        }
        let transport = movements.reduce(0.0) { $0 + package.lanes[$1.lane].unitCost * package.products[$1.product].volume * $1.quantity }
        var holding = 0.0
        for site in package.sites.indices {
            for product in package.products.indices {
                let stock = (0..<bucketCount).reduce(0.0) { $0 + siteStock[siteCell(site, product, $1)] }
                holding += package.sites[site].holdingCost * package.products[product].volume * stock
            }
        }
        var (overStockCost, overTargetCost) = (0.0, 0.0)
        for (row, pair) in pairs.enumerated() {
            var overStock = 0.0
            var overTarget = 0.0
            for t in 0..<bucketCount {
                let cell = cell(row, t)
                overStock += max(0, stock[cell] - bandMax[cell])
                overTarget += max(0, stock[cell] - bandTarget[cell])
            }
            let settings = package.settings.plan
            overStockCost += capacities.prices[pair.product] * settings.overStockRate * overStock
            overTargetCost += capacities.prices[pair.product] * settings.overTargetRate * overTarget
        }
        return Costs(
            making: making, overtime: overtime, transport: transport, holding: holding, overStock: overStockCost, overTarget: overTargetCost
        )
    }
}
