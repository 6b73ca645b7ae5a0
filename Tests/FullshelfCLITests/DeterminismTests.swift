import Foundation
import Fullshelf
import TestSupport
import Testing

@testable import FullshelfCLI

/// Behaviour A14: shuffled rows, one or two threads, run twice: the same bytes.
@Suite struct DeterminismTests {
    /// The packages that are planned over and over; small ones, since each is planned three times.
    enum Example: String, Sendable, CaseIterable { case example, generatedOne, generatedTwo }

    private static func write(_ example: Example, to folder: String) throws {
        switch example {
        case .example: try writeGeneratedFiles(examplePackage(), to: folder)
        case .generatedOne: try writeGeneratedPackage(size: .xs, seed: 1, to: folder)
        case .generatedTwo: try writeGeneratedPackage(size: .xs, seed: 2, to: folder)
        }
    }

    /// A copy of a package whose rows, headers apart, stand in another order.
    private static func shuffle(_ package: String, to copy: String, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for (name, data) in try contents(of: package).sorted(by: { $0.key < $1.key }) {
            var result = data
            if name.hasSuffix(".csv") {
                let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
                let rows = lines.dropFirst().shuffled(using: &generator)
                result = Data((lines.prefix(1) + rows).joined(separator: "\n").utf8 + Data("\n".utf8))
            }
            try result.write(to: URL(fileURLWithPath: copy + "/" + name))
        }
    }

    private static func plan(_ package: String, to out: String, threads: Int) throws -> [String: Data] {
        let run = CommandLineRun(["plan", package, "--out", out, "--threads", "\(threads)", "--quiet"])
        try #require(run.status == .done, "\(run.errors)")
        var files = try contents(of: out)
        #expect(files.removeValue(forKey: "timings.json") != nil)
        return files
    }

    /// The files with every SHA-256 (64 hexadecimal digits) blanked out, and the column of the department reports that has a part of one: shuffled
    /// rows change the hashes of the inputs, and nothing else.
    private static func withoutHashes(_ files: [String: Data]) -> [String: String] {
        var result: [String: String] = [:]
        for (name, data) in files {
            guard name.hasPrefix("report-"), name.hasSuffix(".csv") else {
                result[name] = withoutHashes(data)
                continue
            }
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
            let cut = lines.map { (line: Substring) -> Substring in line[..<(line.lastIndex(of: ",") ?? line.startIndex)] }
            result[name] = cut.joined(separator: "\n")
        }
        return result
    }

    private static func withoutHashes(_ data: Data) -> String {
        var text = ""
        var digits = ""
        for scalar in String(decoding: data, as: UTF8.self).unicodeScalars {
            if ("0"..."9").contains(scalar) || ("a"..."f").contains(scalar) {
                digits.unicodeScalars.append(scalar)
            } else {
                text += digits.count == 64 ? "#" : digits
                digits = ""
                text.unicodeScalars.append(scalar)
            }
        }
        return text + digits
    }

    @Test(arguments: Example.allCases)
    func theSamePackageGivesTheSameBytes(_ example: Example) throws {
        let folder = try TemporaryFolder()
        let package = folder.appending("package")
        try Self.write(example, to: package)
        let once = try Self.plan(package, to: folder.appending("once"), threads: 1)
        let again = try Self.plan(package, to: folder.appending("again"), threads: 2)
        #expect(once.keys.sorted() == again.keys.sorted())
        for (name, data) in once { #expect(again[name] == data, "\(name) with two threads") }

        let shuffled = folder.appending("shuffled")
        try Self.shuffle(package, to: shuffled, seed: 20_270_301)
        let other = try Self.plan(shuffled, to: folder.appending("other"), threads: 2)
        let expected = Self.withoutHashes(once)
        let found = Self.withoutHashes(other)
        for (name, text) in expected { #expect(found[name] == text, "\(name) with shuffled rows") }
        let certificate = try #require(other["certificate.json"])
        #expect(certificate != once["certificate.json"], "the hashes of the inputs tell that the files differ")
    }
}
