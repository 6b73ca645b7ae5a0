import Foundation
import Fullshelf
import PlanStore
import Testing

@testable import PlanDesk

/// A package in a folder of its own, with a desk on it.
final class DeskPlace: Sendable {
    let root: String
    let desk: Desk
    var package: String { root + "/season" }

    init(language: ReportLanguage? = .english, change: (String) throws -> Void = { _ in }) throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try writeGeneratedFiles(examplePackage(), to: root + "/season")
        try change(root + "/season")
        desk = try Desk(packageAt: root + "/season", options: DeskOptions(language: language, author: "Li Wei", threads: 1))
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func read() throws -> DataPackage { try #require(desk.workspace.read().package) }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: package + "/" + name)), as: UTF8.self)
    }

    /// Follows redirects and jobs to the page at the end.
    func get(_ path: String, cookie: String = "") throws -> (status: Int, text: String, path: String) {
        var path = path
        for _ in 0..<2000 {
            let parts = path.split(separator: "?", maxSplits: 1)
            let response = desk.respond(
                to: DeskRequest(
                    method: "GET", path: String(parts[0]), query: FormFields(urlEncoded: parts.count > 1 ? Array(parts[1].utf8) : []),
                    headers: ["cookie": cookie]))
            if let location = response.headers.first(where: { $0.name == "Location" })?.value {
                path = location
                continue
            }
            if path.hasPrefix("/job/"), let job = Int(path.dropFirst(5)).flatMap(desk.jobs.job), !job.state.isEnd {
                _ = job.wait(upTo: 120)
                continue
            }
            return (response.status, text(response), path)
        }
        throw StoreError.noSuchPlan(0)
    }

    func post(_ path: String, _ fields: [(String, String)]) -> DeskResponse {
        desk.respond(to: DeskRequest(method: "POST", path: path, body: Array(FormFields.encoded(fields).utf8)))
    }

    func text(_ response: DeskResponse) -> String {
        if case .bytes(let data) = response.body { String(decoding: data, as: UTF8.self) } else { "" }
    }

    func location(_ response: DeskResponse) -> String? { response.headers.first { $0.name == "Location" }?.value }

    /// Plans through the page; the path of the board.
    func plan() throws -> String { try get(#require(location(post("/plan", [("author", "Li Wei"), ("note", "first <b>")])))).path }
}

@Suite struct DeskTests {
    @Test func findingsShowTheRowThatIsWrongAndForbidPlanning() throws {
        let place = try DeskPlace { folder in
            let path = folder + "/lanes.csv"
            let lines = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self).replacing("A003", with: "A<i>3")
            try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
        }
        let page = try place.get("/")
        #expect(page.status == 200)
        #expect(page.text.contains("lanes.csv"))
        // The cell as it stands in the file, as text and never as markup.
        #expect(page.text.contains("<td class=\"hit\">A&lt;i&gt;3</td>"))
        #expect(!page.text.contains("<i>3"))
        #expect(!page.text.contains("action=\"/plan\""))
        for path in ["/forecast", "/plan", "/what-if", "/compare", "/history"] { #expect(try place.get(path).status < 500, "\(path)") }
        #expect(place.post("/plan", [("author", "Li Wei")]).status == 303)
        #expect(try place.get("/job/1").text.contains("has 1 error") || place.get("/job/1").text.contains("errors"))
    }

    @Test func anOverrideIsEnteredInPlaceUndoneAndToldInTheHistory() throws {
        let place = try DeskPlace()
        let page = try place.get("/forecast?account=A001&product=P01")
        #expect(page.status == 200)
        #expect(page.text.contains("Harbour City") && page.text.contains("<svg class=\"chart\""))
        let package = try place.read()
        let day = package.horizon.firstDay(of: 2).description
        #expect(page.text.contains("name=\"q-\(day)\""))
        let before = (try? place.text("overrides.csv")) ?? ""

        let saved = place.post(
            "/forecast",
            [("account", "A001"), ("product", "P01"), ("author", "王芳"), ("reason", "新店 <script>"), ("q-\(day)", "1,234"), ("s-\(day)", "")])
        #expect(saved.status == 303)
        let after = try place.get(#require(place.location(saved)))
        #expect(after.text.contains("Saved in overrides.csv: 1 change"))
        #expect(after.text.contains("新店 &lt;script&gt;") && !after.text.contains("<script>新店") && !after.text.contains("新店 <script>"))
        #expect(try place.text("overrides.csv").contains("\(day),A001,P01,1234,王芳,新店 <script>"))
        let row = try #require(try place.read().overrides.first { $0.quantity == 1234 })
        #expect(row.author == "王芳")

        let history = try place.get("/history")
        #expect(history.text.contains("A001 · P01 · \(day)") && history.text.contains("王芳"))
        let undone = place.post("/undo", [("change", "1"), ("author", "Li Wei"), ("back", "/history")])
        #expect(place.location(undone) == "/history?undone=1")
        #expect(((try? place.text("overrides.csv")) ?? "").split(separator: "\n").count <= max(1, before.split(separator: "\n").count))
        #expect(try place.read().overrides.allSatisfy { $0.quantity != 1234 })
        #expect(place.post("/undo", [("change", "1"), ("author", "Li Wei")]).status == 409)
    }

    @Test func severalBucketsAreSavedAtOnceAndABlankFieldTakesAnOverrideOut() throws {
        let place = try DeskPlace()
        let horizon = try place.read().horizon
        let days = (0..<3).map { horizon.firstDay(of: $0).description }
        func fields(_ quantities: [String], _ seen: [String]) -> [(String, String)] {
            [("account", "A002"), ("product", "P02"), ("author", "Li Wei"), ("reason", "fair")]
                + zip(days, quantities).map { ("q-\($0)", $1) } + zip(days, seen).map { ("s-\($0)", $1) }
        }
        #expect(place.post("/forecast", fields(["10", "", "30.5"], ["", "", ""])).status == 303)
        let stored = try place.desk.store.overrides(horizon: horizon)
        func entry(_ bucket: Int) -> OverrideEntry? {
            stored[OverrideCell(account: "A002", product: "P02", bucket: horizon.firstDay(of: bucket))]
        }
        #expect(entry(0)?.quantity == 10 && entry(1) == nil && entry(2)?.quantity == 30.5)
        #expect(place.post("/forecast", fields(["", "", "30.5"], (0..<3).map { Desk.seenText(entry($0)) })).status == 303)
        #expect(try place.desk.store.overrides(horizon: horizon).values.map(\.quantity).contains(10) == false)
    }

    @Test func whatASecondWindowSavedIsNotWrittenOver() throws {
        let place = try DeskPlace()
        _ = try place.get("/forecast")
        let day = try place.read().horizon.firstDay(of: 1).description
        func save(_ quantity: String, by author: String, reason: String = "why") -> DeskResponse {
            place.post(
                "/forecast",
                [("account", "A001"), ("product", "P01"), ("author", author), ("reason", reason), ("q-\(day)", quantity), ("s-\(day)", "")])
        }
        #expect(save("100", by: "Li Wei").status == 303)
        let second = save("200", by: "Wang Fang")
        #expect(second.status == 409)
        let text = place.text(second)
        #expect(text.contains("was changed meanwhile by Li Wei: it is now 100"))
        // What the second person typed is still in the field, to be saved again or not.
        #expect(text.contains("name=\"q-\(day)\" value=\"200\"") && text.contains("name=\"reason\" value=\"why\""))
        #expect(try place.read().overrides.contains { $0.quantity == 100 })
        #expect(try !place.read().overrides.contains { $0.quantity == 200 })
        // Nor is anything saved without a reason, or that is no quantity.
        #expect(save("300", by: "Li Wei", reason: "").status == 409)
        #expect(place.text(save("12O", by: "Li Wei")).contains("is no number"))
    }

    @Test func aPlanIsMadeShownExplainedAskedAndCompared() throws {
        let place = try DeskPlace()
        #expect(try place.get("/plan").text.contains("No plan has been made yet"))
        let path = try place.plan()
        #expect(path == "/plan/1")
        let board = try place.get(path)
        let package = try place.read()
        // Every account and bucket is a link to its why.
        let cells = board.text.ranges(of: "/plan/1/why?account=").count
        #expect(cells >= package.accounts.count * package.horizon.count)
        #expect(board.text.contains("first &lt;b&gt;") && board.text.contains("class=\"lost\""))
        #expect(FileManager.default.fileExists(atPath: place.package + "/out/report.html"))
        #expect(try place.desk.store.plan(1).author == "Li Wei")

        // Causes add up on the page as they do in `explain`.
        let lost = try #require(try place.desk.shelf.plan(1, current: package).files.plan.accountPlan.first { $0.lost > 1 })
        let day = package.horizon.firstDay(of: lost.bucket).description
        let account = package.accounts[lost.account].id
        let why = try place.get("/plan/1/why?account=\(account)&bucket=\(day)")
        #expect(why.text.contains("class=\"cause\""))
        let part = try place.get("/plan/1/why?account=\(account)&bucket=\(day)&part=1").text
        #expect(part.hasPrefix("<div class=\"why\">") && !part.contains("<html"))
        #expect(try place.get("/plan/1/why?account=nobody&bucket=\(day)").status == 404)

        let asked = place.post("/what-if", [("author", "Li Wei"), ("note", "more hours"), ("h:L1", "120"), ("from", ""), ("to", "")])
        let compare = try place.get(#require(place.location(asked)))
        #expect(compare.path == "/compare?before=1&after=2")
        #expect(compare.text.contains("capacity line=L1 hours=x1.2"))
        #expect(compare.text.contains("Who wins") || compare.text.contains("No account wins"))
        let stored = try place.desk.store.plan(2)
        #expect(stored.kind == "what-if" && stored.changes == ["capacity line=L1 hours=x1.2"] && stored.note == "more hours")
        // More capacity never costs tier 1.
        #expect(stored.figures.lostByTier[0] <= (try place.desk.store.plan(1)).figures.lostByTier[0] + 1e-3)
        // The package is as it was, and so is the plan in its folder.
        #expect(try place.get("/plan").text.contains("<h1>Plan 1</h1>"))

        let excel = place.desk.respond(to: DeskRequest(method: "GET", path: "/plan/2/plan.xlsx"))
        guard case .bytes(let workbook) = excel.body else { return #expect(Bool(false), "no file") }
        #expect(workbook.prefix(2) == Data("PK".utf8) && workbook.count > 10_000)
        let report = place.desk.respond(to: DeskRequest(method: "GET", path: "/plan/1/report.html"))
        #expect(report.headers.contains { $0.name == "Content-Security-Policy" && $0.value.hasPrefix("sandbox") })

        // Bringing a plan back, byte for byte.
        let kept = try place.text("out/kpis.json")
        try Data("{}".utf8).write(to: URL(fileURLWithPath: place.package + "/out/kpis.json"))
        #expect(place.location(place.post("/restore", [("plan", "1")])) == "/history?restored=1")
        #expect(try place.text("out/kpis.json") == kept)
        let history = try place.get("/history").text
        #expect(history.contains("more hours") && history.contains("what if"))
    }

    @Test func theChinesePagesSpeakChinese() throws {
        let place = try DeskPlace(language: .chinese)
        for (path, words) in [
            ("/", "数据检查"), ("/forecast", "人工修改"), ("/plan", "尚未制订计划"), ("/what-if", "占现值 %"), ("/compare", "请选择两个计划"),
            ("/history", "尚未作任何更改"),
        ] {
            let page = try place.get(path)
            #expect(page.status == 200 && page.text.contains(words) && page.text.contains("<html lang=\"zh-CN\">"), "\(path)")
        }
        // And English where the person chose it.
        #expect(try place.get("/history", cookie: "fullshelf-language=en").text.contains("Nothing has been changed yet."))
    }

    @Test func theLanguageOfThePackageIsSpokenThoughItsTablesAreWrong() throws {
        let place = try DeskPlace(language: nil) { folder in
            try Data("product\n".utf8).write(to: URL(fileURLWithPath: folder + "/products.csv"))
            let settings = try String(contentsOfFile: folder + "/plan.toml", encoding: .utf8).replacing(
                "language = \"en\"", with: "language = \"zh\"")
            try Data(settings.utf8).write(to: URL(fileURLWithPath: folder + "/plan.toml"))
        }
        let page = try place.get("/")
        #expect(page.text.contains("<html lang=\"zh-CN\">") && page.text.contains("products.csv"))
    }

    @Test func workIsCalledOffAndLeavesNothing() throws {
        let place = try DeskPlace()
        let job = place.desk.jobs.start(.plan, language: .english, backPath: "/plan") { job in
            job.progress(ProgressStep("working"))
            while !job.isCancelled { usleep(1000) }
            throw PlanningError.cancelled
        }
        for _ in 0..<30_000 where job.state == .waiting { usleep(1000) }
        #expect(job.state == .running(activity: "working", share: nil))
        // A second piece of work waits for its turn, and can be called off while it does.
        let next = place.desk.jobs.start(.plan, language: .english, backPath: "/plan") { _ in "/never" }
        usleep(30_000)
        #expect(next.state == .waiting)
        #expect(place.location(place.post("/job/\(next.id)/cancel", [])) == "/job/\(next.id)")
        #expect(next.wait(upTo: 5) == .cancelled)
        #expect(job.state != .cancelled)
        #expect(place.location(place.post("/job/\(job.id)/cancel", [])) == "/job/\(job.id)")
        #expect(job.wait(upTo: 5) == .cancelled)
        #expect(try place.get("/job/\(job.id)").text.contains("The work was stopped"))
        #expect(try place.get("/job/99").status == 404)

        // A plan that is called off before it is kept is nowhere.
        let plan = place.desk.jobs.start(.plan, language: .english, backPath: "/plan") { [desk = place.desk] job in
            job.cancel()
            return "\(try desk.makePlan(author: "Li Wei", note: "", language: .english, job: job))"
        }
        #expect(plan.wait(upTo: 120) == .cancelled)
        #expect(try place.desk.store.plans().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: place.package + "/out"))
    }

    @Test func anOverrideDoesNotMakeTheForecastAnew() throws {
        let place = try DeskPlace()
        _ = try place.get("/forecast")
        let reading = place.desk.workspace.read()
        #expect(place.desk.workspace.knownForecast(reading) != nil)
        let day = try place.read().horizon.firstDay(of: 1).description
        #expect(
            place.post(
                "/forecast",
                [("account", "A001"), ("product", "P01"), ("author", "a"), ("reason", "b"), ("q-\(day)", "1"), ("s-\(day)", "")]
            ).status == 303)
        #expect(place.desk.workspace.knownForecast(place.desk.workspace.read()) != nil)
        // Other files do.
        let path = place.package + "/events.csv"
        try Data((try String(contentsOfFile: path, encoding: .utf8) + "\n").utf8).write(to: URL(fileURLWithPath: path))
        #expect(place.desk.workspace.knownForecast(place.desk.workspace.read()) == nil)
    }
}
