import Foundation
import Fullshelf
import TestSupport
import Testing

@testable import FullshelfCLI

/// `fullshelf check --language zh`, and findings of the other commands in the language of their package.
@Suite struct ChineseMessageTests {
    private static let lanes = "lane,from,to\nX,DC1,A999\n"

    /// The example package with a lane to nowhere; `language` goes into plan.toml.
    private func faulty(_ folder: borrowing TemporaryFolder, language: String? = nil) throws -> String {
        let package = try folder.examplePackage()
        try folder.write(Self.lanes, to: "package/lanes.csv")
        if let language {
            let path = URL(fileURLWithPath: package + "/plan.toml")
            let text = try String(contentsOf: path, encoding: .utf8).replacing(#/\[report\][^\[]*/#, with: "")
            try (text + "\n[report]\nlanguage = \"\(language)\"\n").write(to: path, atomically: true, encoding: .utf8)
        }
        return package
    }

    @Test func checkTellsFindingsInChinese() throws {
        let folder = try TemporaryFolder()
        let package = try faulty(folder)
        let run = CommandLineRun(["check", package, "--language", "zh"])
        #expect(run.status == .problemsFound)
        #expect(run.output.contains("错误：lanes.csv，第 2 行，to 列：没有名为“A999”的地点或客户"), "\(run.output)")
        #expect(run.output.contains("更正错误之后才能制订计划。"))
        for line in run.output.split(separator: "\n") { #expect(notChinese(String(line)) == nil) }
        let english = CommandLineRun(["check", package])
        #expect(english.output.contains("error: lanes.csv:2, to: no site or account is named \"A999\""), "\(english.output)")
        #expect(english.output.contains("Nothing can be planned until the errors are corrected."))
    }

    @Test func aSoundPackageIsSummedUpInChinese() throws {
        let folder = try TemporaryFolder()
        let run = CommandLineRun(["check", try folder.examplePackage(), "--language", "zh"])
        #expect(run.status == .done)
        #expect(run.output.hasPrefix("正常：客户 ") || run.output.contains("\n正常：客户 "), "\(run.output)")
        for line in run.output.split(separator: "\n") { #expect(notChinese(String(line)) == nil) }
    }

    /// As the reports are: in the language of plan.toml, and --language wins over it.
    @Test func thePackageSaysTheLanguage() throws {
        let folder = try TemporaryFolder()
        let package = try faulty(folder, language: "zh")
        #expect(CommandLineRun(["check", package]).output.contains("没有名为“A999”的地点或客户"))
        #expect(CommandLineRun(["check", package, "--language", "en"]).output.contains("no site or account is named"))
        for command in [["plan", package], ["segment", package], ["what-if", package, "--set", "demand quantity=+1"]] {
            let run = CommandLineRun(command)
            #expect(run.status == .badInput)
            #expect(run.errors.contains("没有名为“A999”的地点或客户") || run.errors.contains("错误"), "\(run.errors)")
            #expect(run.errors.contains("请更正以上各处"), "\(run.errors)")
        }
        // Of a workbook only its settings can tell.
        let chinese = folder.appending("season.xlsx")
        #expect(CommandLineRun(["init", "--xlsx", chinese, "--language", "zh"]).status == .done)
        #expect(CommandLineRun(["check", chinese]).output.contains("正常："))
        #expect(CommandLineRun(["check", chinese, "--language", "en"]).output.contains("ok:"))
    }

    /// Programs read JSON: they find English whatever the package says, unless they ask for Chinese.
    @Test func jsonIsEnglishUnlessAskedOtherwise() throws {
        let folder = try TemporaryFolder()
        let package = try faulty(folder, language: "zh")
        func message(_ arguments: [String]) throws -> String {
            let run = CommandLineRun(["check", package, "--format", "json"] + arguments)
            let object = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            let findings = try #require(object["findings"] as? [[String: Any]])
            return try #require(findings.first { $0["severity"] as? String == "error" }?["message"] as? String)
        }
        #expect(try message([]).hasPrefix("no site or account is named"))
        #expect(try message(["--language", "zh"]).hasPrefix("没有名为"))
    }

    @Test func theFolderThatIsNotThereIsToldInChinese() {
        let run = CommandLineRun(["check", "/nowhere/season", "--language", "zh"])
        #expect(run.output.contains("没有这个文件夹") && run.output.contains("请检查路径"), "\(run.output)")
    }
}
