import Foundation
import Fullshelf
import TestSupport
import Testing

/// A changed package planned from what the plan of the unchanged one left: the same ranks to the gap, with fewer iterations, and none where the plan
/// stands.
@Suite struct PlanAgainTests {
    /// A season of 8 weeks, two lines, three tiers, short in its middle.
    private static func package() throws -> DataPackage {
        let builder = PackageBuilder(buckets: 8).plant("PL").dc("DC").line("L1", at: "PL", hours: 60).line("L2", at: "PL", hours: 30)
            .lineProduct("L1").lineProduct("L2", unitCost: 3).lane("PL-DC", from: "PL", to: "DC", capacity: 70)
        for account in 0..<6 {
            let id = "A\(account)", level = 10 + 3 * Double(account)
            builder.account(id, tier: 1 + account / 2, backorder: account == 1 ? 1 : 0).lane(
                "L-\(id)", from: account < 3 ? "PL" : "DC", to: id, leadTime: account % 2
            )
            .demand(id, (0..<8).map { level * ($0 >= 3 && $0 <= 5 ? 1.9 : 0.6) })
        }
        return builder.build().package
    }

    /// Iterations of all solves of one plan.
    private final class Effort: @unchecked Sendable {
        private let lock = NSLock()
        private var sum = 0
        var iterations: Int { lock.withLock { sum } }
        func add(_ count: Int) { lock.withLock { sum += count } }
    }

    private static func planner(_ effort: Effort) -> Planner {
        var planner = Planner(threads: 1)
        planner.keepsBasis = true
        planner.onSolveStatistics = { effort.add($0.iterations) }
        return planner
    }

    private static func values(_ run: PlanningRun) -> [RankCertificate] { run.result.allocation.certificate.ranks }

    @Test(arguments: [
        "capacity line=L1 hours=+2", "capacity line=L2 bucket=2027-03-22 hours=-5", "demand account=A5 quantity=+10%",
        "promise account=A4 quantity=20", "stock site=PL product=P quantity=+15", "tier account=A5 tier=1", "lead_time lane=L-A0 buckets=1",
        "capacity lane=PL-DC capacity=x0.5",
    ]) func theRanksAreThoseOfAPlanFromNothing(_ text: String) throws {
        let effort = Effort()
        let planner = Self.planner(effort)
        let stations = try planner.forecast(Self.package())
        let base = try planner.plan(stations)
        let basis = try #require(base.basis)
        let reading = readChanges([text], package: stations.package)
        try #require(reading.findings.isEmpty, "\(reading.findings)")
        let view = PlanView(base.result, package: base.package, keyFigures: base.keyFigures)
        let warm = try planner.whatIf(stations, changes: reading.changes, base: view, from: basis).changed
        let cold = try planner.whatIf(stations, changes: reading.changes, base: view).changed
        for (one, other) in zip(Self.values(warm), Self.values(cold)) {
            #expect(one.rank == other.rank)
            #expect(one.gap <= 1.01e-4 && other.gap <= 1.01e-4, "\(one.rank): \(one.gap), \(other.gap)")
            let scale = max(abs(other.value), 1e-3 * stations.demand.quantity.values.reduce(0, +))
            #expect(abs(one.value - other.value) <= 2e-4 * scale, "\(one.rank): \(one.value), \(other.value)")
        }
        #expect(warm.check.isClean)
    }

    /// Every bound of a plan, made from nothing or from an earlier plan, follows from the prices the plan left; the prices of another plan prove less.
    @Test func boundsFollowFromThePricesLeft() throws {
        let planner = Self.planner(Effort())
        let stations = try planner.forecast(Self.package())
        let base = try planner.plan(stations)
        let view = PlanView(base.result, package: base.package, keyFigures: base.keyFigures)
        let changes = readChanges(["capacity line=L1 hours=-20"], package: stations.package).changes
        let changed = try planner.whatIf(stations, changes: changes, base: view, from: base.basis).changed
        func proven(_ run: PlanningRun, by basis: AllocationBasis?) throws -> [Double] {
            let result = run.result
            let basis = try #require(basis)
            let proof = try #require(
                ProvenBounds(run.package, demand: result.demand, bands: result.bands, segmentation: result.segmentation, basis: basis))
            #expect(proof.unfounded.isEmpty, "\(proof.unfounded)")
            return proof.bounds.map(\.bound)
        }
        for run in [base, changed] {
            let claims = Self.values(run)
            #expect(claims.contains { $0.rank.aim == .lostSales && $0.bound > 1 })
            for (bound, claim) in try zip(proven(run, by: run.basis), claims) {
                #expect(bound >= claim.bound * (1 - 1e-12) - 1e-12, "\(claim.rank): \(bound), \(claim.bound)")
            }
        }
        let losing = try #require(Self.values(changed).firstIndex { $0.rank.aim == .lostSales && $0.bound > 1 })
        #expect(try proven(changed, by: base.basis)[losing] < 0.99 * Self.values(changed)[losing].bound)
    }

    @Test func aPlanThatStandsIsNotSolvedAgain() throws {
        let effort = Effort()
        let planner = Self.planner(effort)
        let stations = try planner.forecast(Self.package())
        let base = try planner.plan(stations)
        let cold = effort.iterations
        let basis = try #require(base.basis)
        let again = try planner.plan(stations, from: basis)
        #expect(cold > 30)
        // What tells causes is solved again; no rank is.
        #expect(effort.iterations - cold < cold / 3, "\(effort.iterations - cold) of \(cold)")
        #expect(Self.values(again).map(\.value) == Self.values(base).map(\.value))
        #expect(again.result.allocation.plan == base.result.allocation.plan)
    }

    @Test func aBasisIsReadBackWhole() throws {
        let effort = Effort()
        let planner = Self.planner(effort)
        let stations = try planner.forecast(Self.package())
        let basis = try #require(try planner.plan(stations).basis)
        let bytes = basis.bytes
        let copy = try #require(AllocationBasis(bytes: bytes))
        #expect(copy.bytes == bytes)
        let one = try planner.plan(stations, from: basis), other = try planner.plan(stations, from: copy)
        #expect(one.result.allocation.plan == other.result.allocation.plan)
        #expect(AllocationBasis(bytes: []) == nil)
        #expect(AllocationBasis(bytes: Array(bytes.dropLast())) == nil)
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
            var damaged = bytes
            damaged[place] ^= 0x40
            #expect(AllocationBasis(bytes: damaged) == nil, "byte \(place)")
        }
    }

    @Test func thePlanFolderHoldsItsBasisForWhatIf() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("again-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeGeneratedFiles(examplePackage(), to: folder + "/package")
        let effort = Effort()
        let planner = Self.planner(effort)
        _ = try planner.plan(packageAt: folder + "/package", writingTo: folder + "/out")
        let cold = effort.iterations
        #expect(FileManager.default.fileExists(atPath: folder + "/out/" + basisFileName))
        let line = try #require(planner.readPackage(at: folder + "/package").package?.lines.first?.id)
        let run = try planner.whatIf(
            packageAt: folder + "/package", changes: ["capacity line=\(line) hours=+1"], basePlanAt: folder + "/out")
        // Neither is the base planned again, nor the changed package from nothing.
        #expect(effort.iterations - cold < cold, "\(effort.iterations - cold) after \(cold)")
        #expect(run.changed.check.isClean)
        // What is not written takes the forecast from the plan folder; the plan is the same.
        let unwritten = try planner.whatIf(
            packageAt: folder + "/package", changes: ["capacity line=\(line) hours=+1"], basePlanAt: folder + "/out", isWritten: false)
        #expect(unwritten.changed.result.allocation.plan == run.changed.result.allocation.plan)
        #expect(unwritten.changed.result.demand == run.changed.result.demand)
        #expect(!run.changed.result.forecast.totals.isEmpty && unwritten.changed.result.forecast.totals.isEmpty)
    }

    /// Risk reads the forecast's spread from the plan folder; without the season's sums there, or with a changed input, it forecasts again.
    @Test func riskWithTheKeptForecastIsThatOfOneMadeAgain() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("risk-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeGeneratedFiles(examplePackage(), to: folder)
        let planner = Planner(threads: 1)
        _ = try planner.plan(packageAt: folder, writingTo: folder + "/out")
        func answer() throws -> (bytes: Data, hasForecast: Bool) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            var hasForecast = false
            let report = try planner.risk(planner.openPlan(at: folder + "/out"), level: 0.2, paths: 200) { step in
                if step.activity == "Forecasting" { hasForecast = true }
            }
            return (try encoder.encode(report), hasForecast)
        }
        let kept = try answer()
        try FileManager.default.removeItem(atPath: folder + "/out/forecast_totals.csv")
        let made = try answer()
        #expect(!kept.hasForecast && made.hasForecast)
        #expect(kept.bytes == made.bytes)
    }

    /// A promise that binds nowhere: its price is 0, and nothing is solved to tell.
    @Test func aPromiseThatCostsNothingIsPricedWithoutASolve() throws {
        let effort = Effort()
        let planner = Self.planner(effort)
        var package = try Self.package()
        package.guarantees = [
            Guarantee(id: "G1", account: 0, buckets: 0..<8, quantity: 5), Guarantee(id: "G2", account: 3, buckets: 0..<2, quantity: 1),
        ]
        let run = try planner.plan(package)
        let planned = effort.iterations
        let report = try planner.promises(BasePlan(run))
        #expect(effort.iterations == planned)
        #expect(report.prices.map(\.guarantee) == ["G1", "G2"] && report.conflict.isEmpty)
        #expect(report.prices.allSatisfy { $0.lostByTier.allSatisfy { $0 == 0 } && $0.lostValue == 0 && $0.cost == 0 && $0.losers.isEmpty })
        // Without a basis the same is found by planning again, to the gap.
        var cold = BasePlan(run)
        cold.basis = nil
        for price in try planner.promises(cold).prices {
            #expect(price.lostByTier.allSatisfy { abs($0) <= 0.1 }, "\(price)")
        }
        #expect(effort.iterations > planned)
    }

    /// Relief and promises ask the plan folder: the same answers as from the plan in memory, nothing planned again until a file changes.
    @Test func questionsStartFromTheFinishedPlan() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("base-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeGeneratedFiles(examplePackage(), to: folder)
        let effort = Effort()
        let planner = Self.planner(effort)
        var run = try planner.plan(packageAt: folder)
        let made = BasePlan(run)
        #expect(try planner.basePlan(packageAt: folder).notes.contains { $0.message.contains("there is no plan") })
        try run.write(to: Planner.defaultOutput(forPackageAt: folder))
        let planned = effort.iterations
        let read = try planner.basePlan(packageAt: folder)
        #expect(effort.iterations == planned, "nothing is planned again")
        #expect(read.notes == made.notes && read.basis != nil)
        #expect(read.stations.demand == made.stations.demand && read.stations.bands == made.stations.bands)
        #expect(zip(read.guaranteeServed, made.guaranteeServed).allSatisfy { abs($0 - $1) <= 1e-6 * (1 + $1) })
        let answers = try [made, read].map { try planner.relief($0, target: .everyone, shares: [1])[0] }
        #expect(abs(answers[0].value - answers[1].value) <= 1e-6 * answers[0].value)
        let before = effort.iterations
        let stock = folder + "/stock.csv"
        try (String(contentsOfFile: stock, encoding: .utf8) + "\n").write(toFile: stock, atomically: true, encoding: .utf8)
        let again = try planner.basePlan(packageAt: folder)
        #expect(effort.iterations > before && again.notes.contains { $0.message.contains("from other files") }, "\(again.notes)")
    }
}
