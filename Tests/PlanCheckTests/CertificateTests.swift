import PlanCheck
import PlanModel
import TestSupport
import Testing

@Suite struct CertificateTests {
    /// The network's values with bounds a little below them. All demand is 146 units, so the scale is at least 0.146.
    private static func certificate() -> (certificate: Certificate, report: CheckReport) {
        let report = check(WorkedPlans.network.plan, WorkedPlans.network.small)
        let ranks = report.rankValues.map { rank, value in
            let bound = value * (1 - 1e-5)
            let scale = rank.aim == .cost ? value : max(value, 0.146)
            return RankCertificate(rank: rank, value: value, bound: bound, gap: (value - bound) / scale, relaxedValue: value)
        }
        return (Certificate(ranks: ranks, feasibility: report.feasibility), report)
    }

    private func complaints(_ change: (inout Certificate) -> Void) -> [String] {
        var (certificate, report) = CertificateTests.certificate()
        change(&certificate)
        let small = WorkedPlans.network.small
        return checkCertificate(certificate, rankValues: report.rankValues, package: small.package, demand: small.demand).map(\.constraint)
    }

    @Test func certificateOfThePlanIsClean() { #expect(complaints { _ in } == []) }

    struct Damage: Sendable, CustomStringConvertible {
        var description: String
        var complaint: String
        var change: @Sendable (inout Certificate) -> Void
    }

    // Ranks of the network: guarantees, lost-sales 1, sharing 1, lost-sales 2, sharing 2, lateness 1, 2, stock-under-minimum 1, 2, cost.
    @Test(arguments: [
        Damage(description: "a value embellished", complaint: "rank lost-sales, tier 2: the value must be") { $0.ranks[3].value = 19 },
        Damage(description: "a value of another rank", complaint: "rank sharing, tier 2: the value must be") { $0.ranks[4].value = 1.9 },
        Damage(description: "a bound above the value", complaint: "rank cost: the proven bound") {
            $0.ranks[9].bound = 590
            $0.ranks[9].gap = (585.46 - 590) / 585.46
        },
        Damage(description: "a gap too small", complaint: "rank lateness, tier 2: the gap must be") { $0.ranks[6].bound = 59 },
        Damage(description: "a gap by another scale", complaint: "rank guarantees: the gap must be") {
            $0.ranks[0].bound = 4
            $0.ranks[0].gap = 1
        },
        Damage(description: "a rank left out", complaint: "ranks must be those of the settings") { $0.ranks.remove(at: 1) },
        Damage(description: "ranks in another order", complaint: "ranks must be those of the settings") { $0.ranks.swapAt(1, 3) },
        Damage(description: "no bound", complaint: "rank cost: value, bound and gap must be finite") { $0.ranks[9].bound = -.infinity },
    ])
    func damagedCertificateIsFound(_ damage: Damage) {
        let found = complaints(damage.change)
        #expect(found.contains { $0.contains(damage.complaint) }, "\(found)")
    }

    /// A rank of value 0 is measured by a thousandth of all demand: 0.146 units.
    @Test func scaleOfARankOfZeroIsAThousandthOfAllDemand() {
        #expect(
            complaints {
                $0.ranks[1].bound = -0.0000146
                $0.ranks[1].gap = 0.0001
            } == [])
    }

    /// A gap of 1e-4 was asked for; later ranks may use as much again.
    @Test(arguments: [(1.9e-4, true), (2.2e-4, false), (0.1, false)]) func aRankIsProvenToTheGapAskedFor(_ gap: Double, _ isClean: Bool) {
        let found = complaints {
            $0.ranks[9].bound = 585.46 * (1 - gap)
            $0.ranks[9].gap = gap
        }
        #expect(found.isEmpty == isClean && found.allSatisfy { $0.hasPrefix("rank cost: value and bound before rounding") }, "\(found)")
    }

    /// The network has cases and lots: what rounding to them cost is stated, and no fault of the proof.
    @Test func roundingIsNoFaultOfTheProof() {
        let bound = 585.46 * 0.99
        #expect(
            complaints {
                $0.ranks[9].bound = bound
                $0.ranks[9].gap = 0.01
                $0.ranks[9].relaxedValue = bound
            } == [])
    }

    /// Rounding to cases cost the promises a unit; a later rank may then be cheaper than its bound, which held for unrounded promises.
    @Test func boundsBindOnlyWhileTheEarlierRanksAreHeld() {
        let cheaper: @Sendable (inout Certificate) -> Void = {
            $0.ranks[9].bound = 586
            $0.ranks[9].gap = (585.46 - 586) / 585.46
        }
        #expect(complaints(cheaper) == ["rank cost: the proven bound must not be above the value"])
        #expect(
            complaints {
                $0.ranks[0].relaxedValue = 4
                cheaper(&$0)
            } == [])
    }
}
