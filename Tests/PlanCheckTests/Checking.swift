import PlanCheck
import PlanModel
import TestSupport

func check(_ plan: Plan, _ small: SmallPackage) -> CheckReport {
    checkPlan(plan, package: small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation)
}

extension CheckReport {
    func value(_ aim: Aim, tier: Int? = nil) -> Double? { rankValues.first { $0.rank == Rank(aim: aim, tier: tier) }?.value }

    /// For messages: the first few violations.
    var complaints: String {
        violations.prefix(4).map { "\($0.constraint) [\($0.amount), relative \($0.relative)]" }.joined(separator: "\n")
    }
}
