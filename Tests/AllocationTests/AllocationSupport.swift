import Allocation
import PlanCheck
import PlanModel
import TestSupport
import Testing

/// Allocates a small package; the independent checker must find the plan clean and agree with the certificate's values.
func allocated(_ small: SmallPackage, threads: Int = 1, sourceLocation: SourceLocation = #_sourceLocation) throws -> AllocationOutcome {
    let outcome = try allocate(
        small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation,
        options: AllocationOptions(threads: threads))
    let report = checkPlan(
        outcome.plan, package: small.package, demand: small.demand, bands: small.bands, segmentation: small.segmentation)
    #expect(
        report.feasibility.maxViolation <= 1e-6, "\(report.feasibility.constraint): \(report.feasibility.maxViolation)",
        sourceLocation: sourceLocation)
    for (certified, checked) in zip(outcome.certificate.ranks, report.rankValues) {
        #expect(certified.rank == checked.rank, sourceLocation: sourceLocation)
        #expect(
            abs(certified.value - checked.value) <= 1e-6 * (1 + abs(checked.value)),
            "\(certified.rank): \(certified.value), \(checked.value)",
            sourceLocation: sourceLocation)
        #expect(certified.bound <= certified.value + 1e-9, sourceLocation: sourceLocation)
    }
    return outcome
}

extension AllocationOutcome {
    /// Gap every rank was to be proven to, and the numerical rest of carrying the plan out.
    func isProven(to gap: Double = 1e-4) -> Bool { certificate.ranks.allSatisfy { $0.gap <= gap * 1.01 + 1e-9 } }

    func value(_ aim: Aim, tier: Int? = nil) -> Double { certificate.ranks.first { $0.rank == Rank(aim: aim, tier: tier) }?.value ?? .nan }
}

extension Plan {
    func served(_ small: SmallPackage, _ account: String) -> Double {
        accountPlan.filter { small.package.accounts[$0.account].id == account }.reduce(0) { $0 + $1.served }
    }

    func lost(_ small: SmallPackage, _ account: String? = nil) -> Double {
        accountPlan.filter { account == nil || small.package.accounts[$0.account].id == account }.reduce(0) { $0 + $1.lost }
    }

    /// Stock at sites and accounts together, by bucket.
    func totalStock(_ small: SmallPackage) -> [Double] {
        var stock = [Double](repeating: 0, count: small.package.horizon.count)
        for row in siteStock { stock[row.bucket] += row.quantity }
        for row in accountPlan { stock[row.bucket] += row.stock }
        return stock
    }

    func siteStockSeries(_ small: SmallPackage) -> [Double] {
        var stock = [Double](repeating: 0, count: small.package.horizon.count)
        for row in siteStock { stock[row.bucket] += row.quantity }
        return stock
    }
}

/// Units: plans are compared to a thousandth of a unit where ties leave nothing open, to the held gap otherwise.
func isClose(_ a: Double, _ b: Double, within tolerance: Double = 1e-3) -> Bool { abs(a - b) <= tolerance * max(1, abs(b)) }

func areClose(_ a: [Double], _ b: [Double], within tolerance: Double = 1e-3) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, within: tolerance) }
}
