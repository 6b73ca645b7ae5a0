import Allocation
import PlanExplaining
import PlanModel

/// What relief is counted in.
public enum ReliefBasis: String, Sendable, CaseIterable {
    /// Product units the relief would carry: an hour counts what the line makes in it, a volume what fits into it.
    case amount
    /// Money: hours at the line's overtime cost, transport at the lane's cost, stock at the product's price, and what is given besides.
    case cost
}

extension Planner {
    /// The least that must be added to hours, transport, storage, materials or stock to make an account, a tier or everybody whole.
    ///
    /// - Parameters:
    ///   - run: The plan.
    ///   - target: Who.
    ///   - basis: What relief is counted in.
    ///   - prices: Price of one hour or unit by kind, in place of what the basis says.
    ///   - kinds: What may be added to.
    ///   - shares: Shares of the loss to take away, each in 0…1.
    /// - Returns: A step for each share, each with the bound that proves it least.
    /// - Throws: ``PlanningError``.
    public func relief(
        _ run: PlanningRun, target: ReliefTarget, basis: ReliefBasis = .amount, prices: [ReliefKind: Double] = [:],
        kinds: Set<ReliefKind> = Set(ReliefKind.allCases), shares: [Double] = [0.5, 0.8, 1]
    ) throws(PlanningError) -> [ReliefStep] {
        let result = run.result
        var options = AllocationOptions(threads: threads)
        options.isCancelled = isCancelled
        do {
            return try leastRelief(
                run.package, demand: result.demand, bands: result.bands, segmentation: result.segmentation, plan: result.allocation.plan,
                guaranteeServed: result.allocation.guaranteeServed, target: target, shares: shares.sorted(),
                prices: reliefPrices(run.package, basis: basis, given: prices, kinds: kinds), options: options)
        } catch {
            throw PlanningError(error)
        }
    }

    /// The same, told with ids and dates.
    public func reliefReport(
        _ run: PlanningRun, target: ReliefTarget, basis: ReliefBasis = .amount, prices: [ReliefKind: Double] = [:],
        kinds: Set<ReliefKind> = Set(ReliefKind.allCases), shares: [Double] = [0.5, 0.8, 1]
    ) throws(PlanningError) -> ReliefReport {
        let steps = try relief(run, target: target, basis: basis, prices: prices, kinds: kinds, shares: shares)
        let tiers = run.result.segmentation.tierOfAccount
        let lost = run.lostAmounts
        let members: [Int] =
            switch target {
            case .account(let account): [account]
            case .tier(let tier): lost.indices.filter { tiers[$0] == tier }
            case .everyone: Array(lost.indices)
            case .promises: []
            }
        var first: [Int] = []
        if target != .everyone && target != .promises {
            let own = members.map { tiers[$0] }.min() ?? 1
            // A loss below a ten-thousandth of the demand takes nothing worth a promise.
            let crumb = 1e-4 * run.keyFigures.total.demand
            for tier in 1..<max(own, 1) where lost.indices.filter({ tiers[$0] == tier }).reduce(0, { $0 + lost[$1] }) > crumb {
                first.append(tier)
            }
        }
        return ReliefReport(
            steps, target: target, basis: basis.rawValue, lost: members.reduce(0) { $0 + lost[$1] }, tiersThatComeFirst: first,
            package: run.package)
    }

    private func reliefPrices(_ package: DataPackage, basis: ReliefBasis, given: [ReliefKind: Double], kinds: Set<ReliefKind>)
        -> ReliefPrices
    {
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        func positive(_ value: Double) -> Double? { value > 0 && value.isFinite ? value : nil }
        let volume = mean(package.products.map(\.volume)).flatMap(positive) ?? 1
        let weight = mean(package.products.map(\.weight)).flatMap(positive) ?? 1
        func units(_ measure: Measure) -> Double {
            switch measure {
            case .volume: 1 / volume
            case .weight: 1 / weight
            case .quantity, .value: 1
            }
        }
        func priced(_ kind: ReliefKind, _ own: [Double?]) -> [Double?] {
            guard kinds.contains(kind) else { return own.map { _ in nil } }
            return given[kind].map { price in own.map { _ in price } } ?? own
        }
        let overtime = mean(package.lines.map(\.overtimeCostPerHour).filter { $0 > 0 })
        let isCost = basis == .cost
        return ReliefPrices(
            hours: priced(
                .hours,
                package.lines.indices.map { line in
                    if isCost { return positive(package.lines[line].overtimeCostPerHour) ?? overtime }
                    return mean(package.lineProducts.filter { $0.line == line }.map(\.rate))
                }),
            lane: priced(.lane, package.lanes.map { isCost ? positive($0.unitCost) : units($0.measure) }),
            pool: priced(.pool, package.pools.map { isCost ? nil : units($0.measure) }),
            storage: priced(.storage, package.sites.map { isCost ? positive($0.holdingCost) : units(.volume) }),
            material: priced(
                .material,
                package.materials.indices.map { material in
                    isCost
                        ? nil
                        : mean(package.billOfMaterials.filter { $0.material == material }.map(\.quantity)).flatMap(positive).map { 1 / $0 }
                }),
            stock: priced(.stock, package.products.indices.map { isCost ? positive(package.standingPrice(of: $0)) : 1 }))
    }
}

extension PlanningRun {
    /// Each account's lost amount over the horizon in the plan's measure, what is still owed at the end included.
    var lostAmounts: [Double] {
        let unit = package.products.indices.map { package.unitMeasure(package.settings.plan.measure, of: $0) }
        var lost = [Double](repeating: 0, count: package.accounts.count)
        for row in result.allocation.plan.accountPlan {
            lost[row.account] += unit[row.product] * (row.lost + (row.bucket == package.horizon.count - 1 ? row.backlog : 0))
        }
        return lost
    }
}
