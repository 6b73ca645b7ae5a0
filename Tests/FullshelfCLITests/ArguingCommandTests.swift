import Foundation
import Testing

@testable import FullshelfCLI

/// The commands that argue about a plan: each answers in both languages and as JSON, and tells what is wrong with its arguments.
@Suite struct ArguingCommandTests {
    private static func planned(in folder: borrowing TemporaryFolder) throws -> String {
        let package = try folder.examplePackage()
        #expect(CommandLineRun(["plan", package, "--quiet"]).status == .done)
        return package
    }

    @Test func everyCommandAnswersInBothLanguagesAndAsJSON() throws {
        let folder = try TemporaryFolder()
        let package = try Self.planned(in: folder)
        let out = package + "/out"
        let accounts = try String(contentsOfFile: package + "/accounts.csv", encoding: .utf8).split(separator: "\n")
        let account = try #require(accounts.dropFirst().first?.split(separator: ",").first.map(String.init))
        let products = try String(contentsOfFile: package + "/products.csv", encoding: .utf8).split(separator: "\n")
        let product = try #require(products.dropFirst().first?.split(separator: ",").first.map(String.init))
        let changed = folder.appending("changed")
        let commands: [[String]] = [
            ["explain", out], ["explain", out, "--account", account],
            ["what-if", package, "--set", "demand quantity=+20%", "--out", changed],
            ["compare", out, changed], ["relief", package, "--all"], ["deadline", out, "--tier", "2"],
            ["promises", package, "--base", out],
            ["risk", out, "--paths", "50"], ["review", out, package],
            ["explain", out, "--product", product, "--rows", "1"],
        ]
        for command in commands {
            let english = CommandLineRun(command + ["--language", "en"])
            #expect(english.status == .done, "\(command): \(english.errors)")
            let chinese = CommandLineRun(command + ["--language", "zh"])
            #expect(chinese.status == .done && chinese.output != english.output, "\(command)")
            #expect(chinese.output.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(command)")
            let json = CommandLineRun(command + ["--format", "json"])
            #expect((try? JSONSerialization.jsonObject(with: Data(json.output.utf8))) is [String: Any], "\(command)")
        }
        #expect(CommandLineRun(["verify", package, out]).status == .done)
    }

    @Test(arguments: [
        (["explain", "--account", "NOBODY"], "There is no account \"NOBODY\""), (["explain", "--bucket", "soon"], "is no date"),
        (["explain", "--resource", "NOTHING"], "There is no line, lane, pool, site or material"),
        (["deadline", "--delays", "-1"], "--delays"),
        (["risk", "--level", "2"], "--level"),
    ]) func wrongArgumentsAreNamed(_ arguments: [String], _ says: String) throws {
        let folder = try TemporaryFolder()
        let package = try Self.planned(in: folder)
        let run = CommandLineRun([arguments[0], package + "/out"] + arguments.dropFirst())
        #expect(run.status == .badUsage)
        #expect(run.errors.contains(says), "\(run.errors)")
    }

    @Test func badChangesAreToldWithTheNearestWord() throws {
        let folder = try TemporaryFolder()
        let package = try Self.planned(in: folder)
        let run = CommandLineRun(["what-if", package, "--set", "capacty line=L1 hours=+1"])
        #expect(run.status == .badInput && run.errors.contains("did you mean \"capacity\"?"))
        try folder.write("[[change]]\nkind = \"demand\"\nquantity = \"lots\"\n", to: "bad.toml")
        let file = CommandLineRun(["what-if", package, "--changes", folder.appending("bad.toml")])
        #expect(file.status == .badInput && file.errors.contains("bad.toml:1, quantity"), "\(file.errors)")
    }
}
