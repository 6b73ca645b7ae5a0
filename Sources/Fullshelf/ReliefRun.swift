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
    ///   - base: The plan.
    ///   - target: Who.
    ///   - basis: What relief is counted in.
    ///   - prices: Price of one hour or unit by kind, in place of what the basis says.
    ///   - kinds: What may be added to.
    ///   - shares: Shares of the loss to take away, each in 0…1.
    /// - Returns: A step for each share, each with the bound that proves it least.
    /// - Throws: ``PlanningError``.
    public func relief(
        _ base: BasePlan, target: ReliefTarget, basis: ReliefBasis = .amount, prices: [ReliefKind: Double] = [:],
        kinds: Set<ReliefKind> = Set(ReliefKind.allCases), shares: [Double] = [0.5, 0.8, 1]
    ) throws(PlanningError) -> [ReliefStep] {
        let stations = base.stations
        var options = AllocationOptions(threads: threads)
        options.isCancelled = isCancelled
        do {
            return try leastRelief(
                base.package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation, plan: base.view.plan,
                guaranteeServed: base.guaranteeServed, target: target, shares: shares.sorted(),
                prices: reliefPrices(base.package, basis: basis, given: prices, kinds: kinds), options: options)
        } catch {
            throw PlanningError(error)
        }
    }

    /// The same, told with ids and dates.
    public func reliefReport(
        _ base: BasePlan, target: ReliefTarget, basis: ReliefBasis = .amount, prices: [ReliefKind: Double] = [:],
        kinds: Set<ReliefKind> = Set(ReliefKind.allCases), shares: [Double] = [0.5, 0.8, 1]
    ) throws(PlanningError) -> ReliefReport {
        let steps = try relief(base, target: target, basis: basis, prices: prices, kinds: kinds, shares: shares)
        let tiers = base.stations.segmentation.tierOfAccount
        let lost = base.lostAmounts
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
            let crumb = 1e-4 * base.view.plan.accountPlan.reduce(0) { $0 + $1.demand }
            for tier in 1..<max(own, 1) where lost.indices.filter({ tiers[$0] == tier }).reduce(0, { $0 + lost[$1] }) > crumb {
                first.append(tier)
            }
        }
        return ReliefReport(
            steps, target: target, basis: basis.rawValue, lost: members.reduce(0) { $0 + lost[$1] }, tiersThatComeFirst: first,
            package: base.package)
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
