import Foundation
import Fullshelf
import TestSupport
import Testing

/// From a package folder to a plan folder.
@Suite struct PlanFolderTests {
    /// Makes a folder that is removed after `work`.
    static func inTemporaryFolder(_ work: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try work(folder.path)
    }

    static func files(_ folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
        }
        return files
    }

    /// tables.md, "Tables out".
    static let tablesOut =
        [
            "segments.csv", "forecast.csv", "forecast_totals.csv", "demand.csv", "bands.csv", "production.csv", "lines.csv",
            "movements.csv", "site_stock.csv",
            "account_plan.csv", "shortages.csv", "resources.csv", "pegging.csv", "certificate.json", "timings.json", "kpis.json",
            "report.html",
        ] + Department.allCases.flatMap { ["\($0.fileStem).csv", "\($0.fileStem).html"] }

    @Test func theExampleIsPlannedWrittenAndVerified() throws {
        try Self.inTemporaryFolder { folder in
            let package = folder + "/package"
            try writeGeneratedFiles(examplePackage(), to: package)
            let out = folder + "/out"
            let run = try Planner().plan(packageAt: package, writingTo: out)
            let names = try Self.files(out)
            for name in Self.tablesOut { #expect(names[name]?.isEmpty == false, "\(name) is written") }
            #expect(run.timings.map(\.step) == PlanningStep.allCases)
            let verification = try Planner().verify(packageAt: package, planAt: out)
            #expect(verification.isClean, "\(verification.problems.prefix(3))")
        }
    }

    struct Damage: Sendable {
        var name: String
        var file: String
        /// Changes the lines of the file, the header being the first.
        var change: @Sendable (inout [String]) throws -> Void
        var subject: Verification.Subject
    }

    /// The value in a column of a row, replaced.
    private static func edit(_ line: String, column: Int, _ change: (Double) -> Double) throws -> String {
        var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let value = try #require(Double(fields[column]))
        fields[column] = "\(change(value))"
        return fields.joined(separator: ",")
    }

    static let damages = [
        Damage(name: "a production row gone", file: "production.csv", change: { $0.remove(at: 1) }, subject: .plan),
        Damage(
            name: "a movement doubled", file: "movements.csv", change: { $0[1] = try edit($0[1], column: 3) { $0 * 2 + 1 } }, subject: .plan
        ),
        Damage(
            name: "more served than wanted", file: "account_plan.csv", change: { $0[1] = try edit($0[1], column: 4) { $0 + 5 } },
            subject: .plan),
        Damage(name: "a band narrowed", file: "bands.csv", change: { $0[1] = try edit($0[1], column: 3) { $0 + 1 } }, subject: .tables),
        Damage(
            name: "demand made smaller", file: "demand.csv", change: { $0[1] = try edit($0[1], column: 5) { $0 / 2 } }, subject: .tables),
        Damage(
            name: "an account moved to another tier", file: "segments.csv",
            change: { $0[1] = try edit($0[1], column: 4) { $0 + 1 }.replacingOccurrences(of: ".0", with: "") },
            subject: .tables),
        Damage(
            name: "an account made worth more", file: "segments.csv", change: { $0[1] = try edit($0[1], column: 1) { $0 + 100 } },
            subject: .tables
        ),
        Damage(
            name: "another forecast", file: "forecast.csv", change: { $0[1] = try edit($0[1], column: 3) { $0 + 1 } }, subject: .statements),
        Damage(
            name: "a wider resource", file: "resources.csv", change: { $0[1] = try edit($0[1], column: 4) { $0 + 10 } },
            subject: .statements),
        Damage(
            name: "other key figures", file: "kpis.json",
            change: { lines in
                let index = try #require(lines.firstIndex { $0.contains("\"served\"") })
                lines[index] = "    \"served\": 1,"
            }, subject: .statements),
    ]

    @Test(arguments: damages.map(\.name))
    func aDamagedPlanIsFoundOut(_ name: String) throws {
        let damage = try #require(Self.damages.first { $0.name == name })
        try Self.inTemporaryFolder { folder in
            let package = folder + "/package"
            try writeGeneratedFiles(examplePackage(), to: package)
            let out = folder + "/out"
            _ = try Planner().plan(packageAt: package, writingTo: out)
            let path = URL(fileURLWithPath: out + "/" + damage.file)
            var lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
            try damage.change(&lines)
            try Data(lines.joined(separator: "\n").utf8).write(to: path)
            let verification = try Planner().verify(packageAt: package, planAt: out)
            #expect(verification.problems.contains { $0.subject == damage.subject }, "\(verification.problems.prefix(3))")
        }
    }

    @Test func aFalseCertificateIsFoundOut() throws {
        try Self.inTemporaryFolder { folder in
            let package = folder + "/package"
            try writeGeneratedFiles(examplePackage(), to: package)
            let out = folder + "/out"
            let run = try Planner().plan(packageAt: package, writingTo: out)
            // The cost is never 0 in the example, so its value stands in the file as a number of its own.
            let cost = try #require(run.result.allocation.certificate.ranks.last)
            try #require(cost.value > 1)
            let path = URL(fileURLWithPath: out + "/certificate.json")
            let text = try String(contentsOf: path, encoding: .utf8)
            let whole = "\(Int(cost.value))"
            try #require(text.contains(whole))
            try Data(text.replacingOccurrences(of: whole, with: "9\(whole)").utf8).write(to: path)
            let verification = try Planner().verify(packageAt: package, planAt: out)
            #expect(verification.problems.contains { $0.subject == .certificate })
        }
    }

    @Test func boundsAreComputedAgainFromThePrices() throws {
        try Self.inTemporaryFolder { folder in
            let package = folder + "/package"
            try writeGeneratedFiles(examplePackage(), to: package)
            let out = folder + "/out"
            var planner = Planner()
            planner.keepsBasis = true
            let run = try planner.plan(packageAt: package, writingTo: out)
            let honest = try Planner().verify(packageAt: package, planAt: out)
            #expect(honest.isClean, "\(honest.problems.prefix(3))")
            let bounds = try #require(honest.provenBounds).bounds
            let claims = run.result.allocation.certificate.ranks
            #expect(bounds.map(\.rank) == claims.map(\.rank))
            #expect(claims.contains { $0.bound > 1 })
            for (bound, claim) in zip(bounds, claims) { #expect(bound.bound >= claim.bound * (1 - 1e-12), "\(claim.rank)") }

            // A bound a ten-thousandth too high, less than its rank's gap.
            let path = URL(fileURLWithPath: out + "/certificate.json")
            let text = try String(contentsOf: path, encoding: .utf8)
            let cost = try #require(claims.last)
            try #require(text.contains("\"bound\": \(cost.bound)"))
            try Data(text.replacingOccurrences(of: "\"bound\": \(cost.bound)", with: "\"bound\": \(cost.bound * 1.0001)").utf8).write(
                to: path)
            let boastful = try Planner().verify(packageAt: package, planAt: out)
            #expect(boastful.problems.contains { $0.subject == .certificate && $0.constraint.contains("the prices in basis.bin prove") })

            try Data(text.utf8).write(to: path)
            try FileManager.default.removeItem(atPath: out + "/basis.bin")
            let bare = try Planner().verify(packageAt: package, planAt: out)
            #expect(bare.isClean && bare.provenBounds == nil)
            #expect(bare.notes.contains { $0.message.contains("bounds were not computed again") })
        }
    }

    @Test func aPackageWithErrorsWritesNothing() throws {
        try Self.inTemporaryFolder { folder in
            let package = folder + "/package"
            try writeGeneratedFiles(examplePackage(), to: package)
            let out = folder + "/out"
            _ = try Planner().plan(packageAt: package, writingTo: out)
            let before = try Self.files(out)
            let path = URL(fileURLWithPath: package + "/lanes.csv")
            try Data((String(contentsOf: path, encoding: .utf8) + "BAD,NOWHERE,NOBODY\n").utf8).write(to: path)
            #expect {
                try Planner().plan(packageAt: package, writingTo: out)
            } throws: { error in
                guard case PlanningError.unusableInput(let findings) = error else { return false }
                return findings.contains { $0.severity == .error && $0.file == "lanes.csv" }
            }
            #expect(try Self.files(out) == before, "the earlier plan is untouched")
        }
    }

    @Test func theFolderOfAPackageIsNeverReplacedByAPlan() throws {
        try Self.inTemporaryFolder { folder in
            let package = folder + "/package"
            try writeGeneratedFiles(examplePackage(), to: package)
            let before = try Self.files(package)
            #expect {
                try Planner().plan(packageAt: package, writingTo: package)
            } throws: { error in
                if case PlanningError.notWritten = error { true } else { false }
            }
            #expect(try Self.files(package) == before)
        }
    }
}
