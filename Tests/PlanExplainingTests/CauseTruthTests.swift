import Fullshelf
import TestSupport
import Testing

/// Each stated cause is true: easing it, solved again, lowers the shortage by what was said.
///
/// A cause's part q of a cell's loss means: if there were as much more of the resource as the lost units would take, and earlier tiers took none of it,
/// the loss would fall by q, as long as nothing else becomes scarce first. So a small share of that much is given, earlier tiers asking for no more
/// than they get, and the tier's loss must fall by that share of q at least; all of it must not raise the loss and must help.
@Suite struct CauseTruthTests {
    private struct Named: Hashable {
        var reason: ShortageReason
        var resource: String
        var bucket: Int
    }

    private static func perUnit(_ named: Named, _ row: ShortageRow, _ package: DataPackage) throws -> Double {
        let volume = package.products[row.product].volume
        switch named.reason {
        case .hours:
            let line = try #require(package.lines.firstIndex { $0.id == named.resource })
            return 1 / (try #require(package.lineProducts.first { $0.line == line && $0.product == row.product }).rate)
        case .material:
            let material = try #require(package.materials.firstIndex(of: named.resource))
            return try #require(package.billOfMaterials.first { $0.product == row.product && $0.material == material }).quantity
        case .lane, .pool, .storage: return volume
        default: return 1
        }
    }

    /// The package with more of what a cause names; nil where it is nothing that can be added to. A material is added at each site in turn.
    private static func eased(_ package: DataPackage, _ named: Named, by more: Double) -> [DataPackage] {
        func raised(_ kind: CapacityKind, _ ids: [String]) -> [DataPackage] {
            guard let resource = ids.firstIndex(of: named.resource) else { return [] }
            var package = package
            let own = package.capacities(kind, of: resource)[named.bucket]
            package.capacityOverrides.removeAll { $0.kind == kind && $0.resource == resource && $0.bucket == named.bucket }
            package.capacityOverrides.append(CapacityOverride(kind: kind, resource: resource, bucket: named.bucket, capacity: own + more))
            return [package]
        }
        switch named.reason {
        case .hours: return raised(.hours, package.lines.map(\.id))
        case .lane: return raised(.lane, package.lanes.map(\.id))
        case .pool: return raised(.pool, package.pools.map(\.id))
        case .storage: return raised(.storage, package.sites.map(\.id))
        case .material:
            guard let material = package.materials.firstIndex(of: named.resource) else { return [] }
            return package.sites.indices.compactMap { site in
                guard
                    let index = package.materialReceipts.firstIndex(where: {
                        $0.site == site && $0.material == material && $0.bucket == named.bucket
                    })
                else { return nil }
                var package = package
                package.materialReceipts[index].quantity += more
                return package
            }
        default: return []
        }
    }

    @Test(arguments: 0..<UInt64(200)) func easingANamedCauseLowersTheLossByWhatWasSaid(seed: UInt64) throws {
        let season = RandomSeason(seed: seed)
        let package = season.package
        let run = try Planner(threads: 1).plan(package)
        let tiers = run.result.segmentation.tierOfAccount
        var cellLost: [[Int]: Double] = [:]
        for row in run.result.shortages { cellLost[[row.account, row.product, row.bucket], default: 0] += row.lost }
        for tier in 1...3 {
            var said: [Named: (part: Double, needed: Double)] = [:]
            for row in run.result.shortages where tiers[row.account] == tier {
                guard let bucket = row.resourceBucket else { continue }
                let named = Named(reason: row.reason, resource: row.resource, bucket: bucket)
                guard !Self.eased(package, named, by: 0).isEmpty else { continue }
                let cell = cellLost[[row.account, row.product, row.bucket]] ?? 0
                var sum = said[named] ?? (0, 0)
                sum.part += row.lost
                sum.needed += cell * (try Self.perUnit(named, row, package))
                said[named] = sum
            }
            guard !said.isEmpty else { continue }
            // Earlier tiers want what they get.
            var held = package
            for row in run.result.allocation.plan.accountPlan where tiers[row.account] < tier {
                for index in held.demand.indices
                where held.demand[index].account == row.account && held.demand[index].product == row.product
                    && held.demand[index].bucket == row.bucket
                {
                    held.demand[index].quantity = row.served
                }
            }
            func lost(_ package: DataPackage) throws -> Double {
                let run = try Planner(threads: 1).plan(package)
                return run.lost(upToTier: tier) - run.lost(upToTier: tier - 1)
            }
            let before = try lost(held)
            // Causes of less than a fiftieth of the tier's loss are the prices' own uncertainty.
            let whole = said.values.reduce(0) { $0 + $1.part }
            for (named, sum) in said.sorted(by: { ($0.key.resource, $0.key.bucket) < ($1.key.resource, $1.key.bucket) })
            where sum.part > max(0.02 * whole, 0.05) {
                let share = 0.02
                let fall = before - (try Self.eased(held, named, by: share * sum.needed).map(lost).min() ?? before)
                #expect(
                    fall >= 0.9 * share * sum.part - 2e-3, "seed \(seed), tier \(tier), \(named): said \(share * sum.part), fell \(fall)")
                let most = before - (try Self.eased(held, named, by: sum.needed).map(lost).min() ?? before)
                #expect(most >= fall - 2e-3, "seed \(seed), tier \(tier), \(named): \(most), \(fall)")
            }
        }
    }
}
