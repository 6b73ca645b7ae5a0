import PlanModel
import Reporting

/// What it costs to keep the near buckets of an earlier plan.
public struct KeptPlan: Hashable, Sendable, Encodable {
    /// First days of the first and last bucket kept.
    public var from: String
    public var to: String
    /// Stability of the kept buckets against the earlier plan, 0…1, kept and planned freely.
    public var stability: Double
    public var stabilityFree: Double
    /// Units that each tier loses for it, tier by tier; < 0: gains.
    public var lostByTier: [Double]
    /// Money of lost sales it costs.
    public var lostValue: Double
    /// What it adds to the cost of the plan.
    public var cost: Double

    /// - Parameters:
    ///   - earlier: The plan whose near buckets are kept.
    ///   - free: The new plan without that.
    ///   - kept: The new plan with it.
    ///   - buckets: Number of buckets kept, ≥ 1.
    public init(earlier: PlanView, free: PlanView, kept: PlanView, buckets: Int) {
        let difference = PlanComparison(free, kept, nearBuckets: buckets)
        let near = PlanComparison(earlier, kept, nearBuckets: buckets).stability
        from = near.from ?? ""
        to = near.to ?? ""
        stability = near.stability
        stabilityFree = PlanComparison(earlier, free, nearBuckets: buckets).stability.stability
        lostByTier = difference.tiers.map { -$0.gain }
        lostValue = -difference.tiers.reduce(0) { $0 + ($1.gainValue ?? 0) }
        cost = difference.costs.last.map { $0.after - $0.before } ?? 0
    }
}

/// One paragraph on the price of keeping.
public func keptPlanText(_ kept: KeptPlan, package: DataPackage, language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }
    let head = words(
        "Kept as in the earlier plan from \(date(kept.from)) to \(date(kept.to)): \(words.percent(kept.stability)) stay, against \(words.percent(kept.stabilityFree)) when planned freely. ",
        "\(date(kept.from))至\(date(kept.to))沿用原计划：保持 \(words.percent(kept.stability))，自由计划时为 \(words.percent(kept.stabilityFree))。")
    return head + words.burden(kept.lostByTier, value: kept.lostValue, cost: kept.cost, losers: []) + "\n"
}
