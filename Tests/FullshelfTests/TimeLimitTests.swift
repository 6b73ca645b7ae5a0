import Foundation
import Fullshelf
import PlanCheck
import TestSupport
import Testing

/// Out of time a plan is still one that could be carried out, and says what is proven about it.
@Suite struct TimeLimitTests {
    /// True from the n-th question on.
    private final class Asked: @unchecked Sendable {
        private let lock = NSLock()
        private let limit: Int
        private var asked = 0
        init(_ count: Int) { limit = count }
        /// Questions so far.
        var count: Int { lock.withLock { asked } }
        func isOver() -> Bool {
            lock.withLock {
                asked += 1
                return asked > limit
            }
        }
    }

    private static func stations() throws -> ForecastRun {
        var stations: ForecastRun?
        try PlanFolderTests.inTemporaryFolder { folder in
            try writeGeneratedFiles(examplePackage(), to: folder + "/package")
            let package = try #require(Planner().readPackage(at: folder + "/package").package)
            stations = try Planner(threads: 1).forecast(package)
        }
        return try #require(stations)
    }

    private static func allocated(_ stations: ForecastRun, asking asked: Asked) throws -> AllocationOutcome {
        var options = AllocationOptions(threads: 1)
        options.isOutOfTime = { asked.isOver() }
        return try allocate(
            stations.package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation, options: options)
    }

    @Test(arguments: [true, false]) func aPlanCutShortKeepsEveryLimitAndItsProof(hasRounding: Bool) throws {
        var stations = try Self.stations()
        if hasRounding { for product in stations.package.products.indices { stations.package.products[product].caseMultiple = 5 } }
        let all = Asked(.max)
        let whole = try Self.allocated(stations, asking: all)
        #expect(!whole.certificate.isCutShort)
        let losing = try #require(whole.certificate.ranks.firstIndex { $0.rank.aim == .lostSales && $0.value > 1 })
        var bounds: [Double] = []
        for count in [0, all.count / 3, all.count * 2 / 3] {
            let outcome = try Self.allocated(stations, asking: Asked(count))
            let report = checkPlan(
                outcome.plan, package: stations.package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation
            )
            #expect(report.isClean, "\(count): \(report.violations.prefix(2))")
            var certificate = outcome.certificate
            certificate.feasibility = report.feasibility
            #expect(certificate.isCutShort, "\(count)")
            let claims = checkCertificate(
                certificate, rankValues: report.rankValues, package: stations.package, demand: stations.demand)
            #expect(!claims.contains { $0.relative > CheckReport.tolerance }, "\(count): \(claims.prefix(2))")
            // No bound is above what a whole search reaches before rounding.
            let best = whole.certificate.ranks[losing].relaxedValue
            #expect(certificate.ranks[losing].bound <= best + 1e-4 * max(best, 1), "\(count)")
            bounds.append(certificate.ranks[losing].bound)
        }
        #expect(bounds.first == 0)
        #expect(try #require(bounds.last) > 0, "a longer search proves something: \(bounds)")
    }

    @Test func theCertificateTellsAndIsReadBack() throws {
        try PlanFolderTests.inTemporaryFolder { folder in
            let package = folder + "/package", out = folder + "/out"
            try writeGeneratedFiles(examplePackage(), to: package)
            var planner = Planner(threads: 1)
            planner.timeLimit = .zero
            let run = try planner.plan(packageAt: package, writingTo: out)
            #expect(run.summary.contains("time limit"))
            #expect(run.reportHTML.contains("The time limit ended the search"))
            let verification = try Planner().verify(packageAt: package, planAt: out)
            #expect(verification.isClean, "\(verification.problems.prefix(3))")
            #expect(verification.certificate?.isCutShort == true)
            planner.timeLimit = .seconds(3600)
            let whole = try planner.plan(packageAt: package, writingTo: out)
            #expect(!whole.summary.contains("time limit"))
            #expect(try !String(contentsOfFile: out + "/certificate.json", encoding: .utf8).contains("time_limit"))
        }
    }
}
