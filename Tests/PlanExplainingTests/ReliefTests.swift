import Foundation
import Fullshelf
import TestSupport
import Testing

/// Behaviour P2: the least relief, checked by solving again with it, and with a little less of it.
@Suite struct ReliefTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var package: DataPackage
        var target: ReliefTarget
        var kinds: Set<ReliefKind>
        /// Amount of relief at half, 80 % and all of the loss, by hand.
        var values: [Double]
        var testDescription: String { name }
    }

    private static func line(_ hours: Double, buckets: Int, rate: Double = 1) -> PackageBuilder {
        PackageBuilder(buckets: buckets).plant("PL").line("L", at: "PL", hours: hours).lineProduct("L", rate: rate)
    }

    static let cases = [
        Case(
            name: "hours: 180 made, 210 wanted",
            package: line(60, buckets: 3).account("A").lane("PL-A", from: "PL", to: "A").demand("A", [30, 30, 150]).build().package,
            target: .everyone, kinds: [.hours], values: [15, 24, 30]),
        Case(
            name: "two units an hour: an hour counts two",
            package: line(30, buckets: 2, rate: 2).account("A").lane("PL-A", from: "PL", to: "A").demand("A", [60, 100]).build().package,
            target: .tier(1), kinds: [.hours], values: [20, 32, 40]),
        Case(
            name: "a lane and a line in its way: both are needed for the last 20",
            package: line(100, buckets: 1).account("A").lane("PL-A", from: "PL", to: "A", capacity: 80).demand("A", [120]).build().package,
            target: .everyone, kinds: [.hours, .lane], values: [20, 44, 60]),
        Case(
            name: "stock at the plant instead of a full line",
            package: line(50, buckets: 2).account("A").lane("PL-A", from: "PL", to: "A").demand("A", [60, 60]).build().package,
            target: .everyone,
            kinds: [.stock], values: [10, 16, 20]),
        Case(
            name: "one account of two in a tier, the other served no less",
            package: line(60, buckets: 1).account("A").account("B").lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B")
                .demand("A", [40]).demand("B", [80]).build().package, target: .account(0), kinds: [.hours], values: [10, 16, 20]),
    ]

    @Test(arguments: cases) func theLeastIsWhatAHandFinds(_ item: Case) throws {
        let planner = Planner(threads: 1)
        let run = try planner.plan(item.package)
        let steps = try planner.relief(BasePlan(run), target: item.target, kinds: item.kinds)
        #expect(steps.map(\.share) == [0.5, 0.8, 1])
        for (step, value) in zip(steps, item.values) {
            #expect(abs(step.value - value) <= 2e-3 * value + 1e-3, "\(step)")
            #expect(step.bound <= step.value && step.bound >= step.value * (1 - 1e-3) - 1e-3, "proven: \(step)")
            #expect(step.items.allSatisfy { item.kinds.contains($0.kind) && $0.quantity > 0 })
        }
    }

    private static func relieved(_ package: DataPackage, _ items: [ReliefItem], times factor: Double) -> DataPackage {
        var package = package
        for item in items {
            let more = item.quantity * factor
            func raise(_ kind: CapacityKind) {
                let own = package.capacities(kind, of: item.resource)[item.bucket]
                package.capacityOverrides.removeAll { $0.kind == kind && $0.resource == item.resource && $0.bucket == item.bucket }
                package.capacityOverrides.append(
                    CapacityOverride(kind: kind, resource: item.resource, bucket: item.bucket, capacity: own + more))
            }
            switch item.kind {
            case .hours: raise(.hours)
            case .lane: raise(.lane)
            case .pool: raise(.pool)
            case .storage: raise(.storage)
            case .material:
                package.materialReceipts.append(
                    MaterialReceipt(site: item.site ?? 0, material: item.resource, bucket: item.bucket, quantity: more))
            case .stock: package.stock.append(StockRow(place: .site(item.resource), product: item.product ?? 0, quantity: more))
            }
        }
        return package
    }

    /// With the relief everybody is whole; with nine tenths of it somebody is not, or it was not the least.
    @Test(arguments: 0..<UInt64(25)) func solvingAgainWithTheReliefLosesNothing(seed: UInt64) throws {
        let season = RandomSeason(seed: 1000 + seed)
        let planner = Planner(threads: 1)
        let run = try planner.plan(season.package)
        let lost = run.lost()
        let step = try #require(try planner.relief(BasePlan(run), target: .everyone, shares: [1]).first)
        let demand = run.keyFigures.total.demand
        #expect(abs(step.value - step.bound) <= 1e-3 * step.value + 1e-3)
        let again = try planner.plan(Self.relieved(season.package, step.items, times: 1)).lost()
        #expect(abs(again - step.remaining) <= 1e-4 * demand, "seed \(seed): \(again), \(step)")
        guard lost - step.remaining > 0.01 * demand else { return }
        let less = try planner.plan(Self.relieved(season.package, step.items, times: 0.9)).lost()
        #expect(less > step.remaining + 1e-4 * demand, "seed \(seed): \(less)")
    }

    /// One tier made whole: its promise kept first, the relief serves it, and nobody of an earlier tier pays.
    @Test(arguments: 0..<UInt64(15)) func aTierIsMadeWholeAtNobodysExpense(seed: UInt64) throws {
        let season = RandomSeason(seed: 2000 + seed)
        let planner = Planner(threads: 1)
        let run = try planner.plan(season.package)
        let tiers = run.result.segmentation.tierOfAccount
        let tier = try #require(tiers.max())
        let step = try #require(try planner.relief(BasePlan(run), target: .tier(tier), shares: [1]).first)
        var package = Self.relieved(season.package, step.items, times: 1)
        package.guarantees = [Guarantee(id: "T", tier: tier, buckets: package.horizon.buckets, share: 1)]
        let again = try planner.plan(package)
        let demand = run.keyFigures.total.demand
        let own = again.lost() - again.lost(upToTier: tier - 1)
        #expect(abs(own - step.remaining) <= 2e-4 * demand, "seed \(seed): \(own) \(step)")
        #expect(again.lost(upToTier: tier - 1) <= run.lost(upToTier: tier - 1) + 1e-3 * demand, "seed \(seed)")
    }

    /// A generated season of size S with cases, lots and promises, in which some losses are met exactly at their limits: it could once not be answered.
    @Test func aGeneratedSeasonIsMadeWhole() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-relief-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeGeneratedPackage(size: .s, seed: 7, to: folder)
        let planner = Planner()
        let run = try planner.plan(packageAt: folder)
        let steps = try planner.relief(BasePlan(run), target: .everyone)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.value < $1.value })
        for step in steps {
            #expect(step.bound <= step.value && step.bound >= step.value * (1 - 1e-3), "\(step.share): \(step.value), \(step.bound)")
        }
        let whole = try #require(steps.last)
        let demand = run.keyFigures.total.demand
        func least(_ factor: Double) throws -> Double {
            try leastLostSales(
                Self.relieved(run.package, whole.items, times: factor), demand: run.result.demand, bands: run.result.bands,
                segmentation: run.result.segmentation
            ).value
        }
        #expect(abs(try least(1) - whole.remaining) <= 1e-5 * demand, "\(whole)")
        #expect(try least(0.9) > whole.remaining + 1e-4 * demand)
    }
}
