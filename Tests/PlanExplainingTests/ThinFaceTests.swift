import Fullshelf
import TestSupport
import Testing

@Suite struct ThinFaceTests {
    /// Earlier tiers ask for just what they can be served, and a line has a thousandth of an hour more: the plans best for all ranks but the last are next
    /// to one. At the first try, on the path of all aims at once, the cost stays unproven by a third.
    @Test func aSeasonWithNextToNoRoomIsProvenInEveryRank() throws {
        var package = RandomSeason(seed: 237).package
        let run = try Planner(threads: 1).plan(package)
        let tiers = run.result.segmentation.tierOfAccount
        var served: [[Int]: Double] = [:]
        for row in run.result.allocation.plan.accountPlan { served[[row.account, row.product, row.bucket]] = row.served }
        for index in package.demand.indices where tiers[package.demand[index].account] < 3 {
            let row = package.demand[index]
            package.demand[index].quantity = min(row.quantity, served[[row.account, row.product, row.bucket]] ?? 0)
        }
        let hours = package.capacities(.hours, of: 0)[1]
        package.capacityOverrides.removeAll { $0.kind == .hours && $0.resource == 0 && $0.bucket == 1 }
        package.capacityOverrides.append(CapacityOverride(kind: .hours, resource: 0, bucket: 1, capacity: hours + 0.001))
        let certificate = try Planner(threads: 1).plan(package).result.allocation.certificate
        for rank in certificate.ranks { #expect(rank.gapBeforeRounding <= package.settings.plan.gap, "\(rank)") }
    }
}
