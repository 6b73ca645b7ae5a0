import Foundation
import Fullshelf
import TestSupport
import Testing

@testable import FullshelfCLI

/// The built program itself, as a shell starts it.
@Suite struct InterruptionTests {
    /// `fullshelf` beside the test bundle; `swift test` builds both.
    static func program() throws -> URL {
        let candidates = [Bundle.main.bundleURL, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
            .map { $0.appendingPathComponent("fullshelf") }
        return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }, "\(candidates.map(\.path))")
    }

    static func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = try program()
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test func exitCodesReachTheShell() throws {
        let folder = try TemporaryFolder()
        for (arguments, code) in [
            (["--version"], 0), (["check", folder.appending("nothing")], 1), (["plan"], 2), (["plan", folder.appending("nothing")], 65),
        ] as [([String], Int32)] {
            let process = try Self.start(arguments)
            process.waitUntilExit()
            #expect(process.terminationStatus == code, "\(arguments)")
            #expect(process.terminationReason == .exit)
        }
    }

    @Test func anInterruptEndsWithOneHundredAndThirtyAndLeavesTheEarlierPlan() throws {
        let folder = try TemporaryFolder()
        let package = try folder.examplePackage()
        let planned = try Self.start(["plan", package, "--quiet"])
        planned.waitUntilExit()
        try #require(planned.terminationStatus == 0)
        let earlier = try contents(of: package + "/out")

        // A firm of size M keeps any machine busy for longer than the half second it is given.
        let large = folder.appending("large")
        try writeGeneratedPackage(size: .m, seed: 1, to: large)
        try FileManager.default.copyItem(atPath: package + "/out", toPath: large + "/out")
        let process = try Self.start(["plan", large])
        Thread.sleep(forTimeInterval: 0.5)
        try #require(process.isRunning)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
        #expect(try contents(of: large + "/out") == earlier)
        let left = try FileManager.default.contentsOfDirectory(atPath: large).filter { $0.hasPrefix(".") }
        #expect(left.isEmpty, "no unfinished output stays behind")
    }
}
