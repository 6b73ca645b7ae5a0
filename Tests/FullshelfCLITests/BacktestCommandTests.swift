import Foundation
import Testing

@testable import FullshelfCLI

@Test func backtestPrintsTablesJSONAndAPage() throws {
    let folder = try TemporaryFolder()
    let package = try folder.examplePackage()
    let text = CommandLineRun(["backtest", package, "--origins", "2", "--out", folder.appending("trust.html"), "--threads", "1"])
    #expect(text.status == .done, "\(text.errors)")
    for word in ["What each step adds", "By tier", "Key accounts", "last year's figure", "WAPE"] { #expect(text.output.contains(word)) }
    let page = try String(contentsOfFile: folder.appending("trust.html"), encoding: .utf8)
    #expect(page.contains("<svg class=\"chart\"") && page.contains("</html>"))
    #expect(!page.contains("http://") && !page.contains("https://"))
    // Every figure a number: no NaN may have reached the page.
    #expect(!page.lowercased().contains("nan"))

    let json = CommandLineRun(["backtest", package, "--origins", "2", "--format", "json", "--threads", "2"])
    #expect(json.status == .done)
    guard case .array(let groups)? = try json.json["groups"], case .array(let origins)? = try json.json["origins"] else {
        Issue.record("no groups or origins in \(json.output)")
        return
    }
    #expect(origins.count == 2)
    #expect(groups.contains { $0["by"] == .string("tier") } && groups.contains { $0["by"] == .string("horizon") })
    let chinese = CommandLineRun(["backtest", package, "--origins", "1", "--language", "zh"])
    #expect(chinese.output.contains("大客户"))
}

@Test func backtestRefusesWhatMakesNoSense() throws {
    #expect(CommandLineRun(["backtest", "x", "--origins", "0"]).status == .badUsage)
    #expect(CommandLineRun(["backtest", "x", "--step", "0"]).status == .badUsage)
    let folder = try TemporaryFolder()
    let package = try folder.examplePackage()
    #expect(CommandLineRun(["backtest", package, "--origins", "1", "--out", folder.appending("none/trust.html")]).status == .badUsage)
}

@Test func whyShowsPartsThatAddUp() throws {
    let folder = try TemporaryFolder()
    let package = try folder.examplePackage()
    let run = CommandLineRun(["forecast", package, "--why", "--out", folder.appending("out"), "--format", "json"])
    #expect(run.status == .done, "\(run.errors)")
    guard case .array(let parts)? = try run.json["parts"] else {
        Issue.record("no parts")
        return
    }
    #expect(!parts.isEmpty)
    func number(_ value: JSONValue?) -> Double { if case .number(let number)? = value { number } else { .nan } }
    for row in parts {
        let sum = ["level", "season", "events", "price", "reconciliation", "override"].reduce(0) { $0 + number(row[$1]) }
        #expect((sum - number(row["quantity"])).magnitude < 1e-6)
    }
    guard case .string(let account)? = parts[0]["account"], case .string(let product)? = parts[0]["product"] else { return }
    let one = CommandLineRun([
        "forecast", package, "--why", "--account", account, "--product", product, "--out", folder.appending("out"), "--language", "zh",
    ])
    #expect(one.output.contains("季节") && one.output.contains(account))
    #expect(CommandLineRun(["forecast", package, "--why", "--account", "nobody", "--out", folder.appending("out")]).status == .badUsage)
    #expect(CommandLineRun(["forecast", package, "--account", account]).status == .badUsage)
}
