import Foundation
import Fullshelf
import PlanStore
import TestSupport
import Testing

@testable import PlanDesk

/// On a Chinese page a planner reads Chinese: findings, and why something was refused.
@Suite struct ChineseDeskTests {
    /// Text between the tags of a page's findings, notices and messages, one entry a paragraph; rows of files are as they are.
    private func told(_ page: String, _ pattern: Regex<(Substring, Substring)>) -> [String] {
        page.matches(of: pattern).map { String($0.output.1).replacing(#/<[^>]*>/#, with: " ").replacing("&quot;", with: "\"") }
    }

    private func refusals(_ page: String) -> [String] { told(page, #/<div class="said bad"[^>]*>(.*?)<\/div>/#.dotMatchesNewlines()) }

    /// One row in some tables that cannot be used, one setting, one column, and a file that is no table.
    private static let faults: [String: @Sendable (String) -> String] = [
        "lanes.csv": { $0.replacing("A003", with: "A999") },
        "stock.csv": { $0 + "DC1,P01,-5,\nDC1,P99,1,\n" },
        "plan.toml": { $0.replacing("buckets", with: "bukets") },
        "products.csv": { $0.replacing("price", with: "proce") },
        "sales.csv": { $0 + "2026-02-30,A001,P01,5,\n2026-02-01,A001,P01,5O,\n" },
    ]

    @Test func everyFindingOfAFaultyPackageIsInChinese() throws {
        let place = try DeskPlace(language: .chinese) { folder in
            for (name, change) in Self.faults {
                let path = URL(fileURLWithPath: folder + "/" + name)
                try change(String(contentsOf: path, encoding: .utf8)).write(to: path, atomically: true, encoding: .utf8)
            }
            try Data().write(to: URL(fileURLWithPath: folder + "/stocks.csv"))
        }
        let reading = place.desk.workspace.read()
        #expect(Set(reading.findings.map(\.file)).isSuperset(of: Self.faults.keys), "\(reading.findings)")
        let page = try place.get("/").text
        let findings = told(page, #/<article class="finding [a-z]+"><p>(.*?)<\/p>/#.dotMatchesNewlines())
        #expect(findings.count == reading.findings.count)
        for finding in findings { #expect(notChinese(finding) == nil) }
        // The button to the other language is all that is English.
        #expect(page.ranges(of: "lang=\"en\"").count == 1)
        #expect(findings.contains { $0.contains("没有名为“A999”的地点或客户") })
        for finding in reading.findings { #expect(!page.contains(finding.message), "\(finding.message)") }

        // The same page in English is as it was.
        let english = try place.get("/", cookie: "fullshelf-language=en").text
        #expect(english.contains("No site or account is named") && !english.contains("没有名为"))

        // What needs a sound package says so in Chinese as well.
        for path in ["/forecast", "/what-if"] { #expect(try place.get(path).text.contains("数据包"), "\(path)") }
    }

    @Test(arguments: [
        ("capacity line=L9 hours=+20", "没有名为“L9”的产线"), ("capacity line=L1 hours=many", "“many”不是变化量"), ("profit line=L1", "没有“profit”这种变化"),
        ("lead_time lane=nowhere buckets=2", "没有名为“nowhere”的线路"), ("demand account=A001", "缺少该字段"),
        ("demand quantity", "“quantity”不是字段"), ("promise account=A001 share=2", "不能用作 share"),
    ]) func aChangeThatIsRefusedIsToldInChinese(_ change: String, _ says: String) throws {
        let place = try DeskPlace(language: .chinese)
        let response = place.post("/what-if", [("author", "王芳"), ("other", change)])
        #expect(response.status == 422)
        let told = refusals(place.text(response))
        #expect(told.count == 1 && told[0].contains(says), "\(told)")
        for text in told { #expect(notChinese(text) == nil) }
        // What was asked still stands in its field.
        #expect(place.text(response).contains(change))
    }

    @Test func anOverrideThatIsRefusedIsToldInChinese() throws {
        let place = try DeskPlace(language: .chinese)
        _ = try place.get("/forecast")
        let day = try place.read().horizon.firstDay(of: 1).description
        func save(_ quantity: String, author: String = "王芳", reason: String = "新店", account: String = "A001") -> String {
            let response = place.post(
                "/forecast",
                [
                    ("account", account), ("product", "P01"), ("author", author), ("reason", reason), ("q-\(day)", quantity),
                    ("s-\(day)", ""),
                ])
            return refusals(place.text(response)).joined()
        }
        #expect(save("12O").contains("不是数字"))
        #expect(save("12", author: "").contains("请填写修改人"))
        #expect(save("12", reason: "").contains("请填写原因"))
        #expect(save("12", account: "A99").contains("不在数据包或计划期内"))
        // Somebody spoils the file between two pages: what is wrong with it is told as a finding, in Chinese.
        _ = save("10")
        #expect(save("12").contains("已变动"))
        let undo = place.text(place.post("/undo", [("change", "77"), ("author", "王芳"), ("back", "/history")]))
        #expect(undo.contains("历史记录中没有更改 77"))
    }

    @Test(arguments: [
        (
            ReportLanguage.english, "The disk is full: what you typed could not be saved. Nothing is lost",
            "Make room on the disk, then save again."
        ),
        (.chinese, "磁盘已满，您填写的内容未能保存。没有丢失任何数据", "请腾出磁盘空间，然后再次保存。"),
    ]) func aFullDiskIsToldInPlainWordsAndNothingIsLost(_ language: ReportLanguage, _ happened: String, _ toDo: String) throws {
        let place = try DeskPlace(language: language)
        _ = try place.get("/forecast")
        let horizon = try place.read().horizon
        let days = [horizon.firstDay(of: 1).description, horizon.firstDay(of: 2).description]
        func save(_ quantity: String, _ day: String, reason: String = "why") -> DeskResponse {
            place.post(
                "/forecast",
                [
                    ("account", "A001"), ("product", "P01"), ("author", "Li Wei"), ("reason", reason), ("q-\(day)", quantity),
                    ("s-\(day)", ""),
                ])
        }
        #expect(save("100", days[0]).status == 303)
        let before = try place.text("overrides.csv")
        // SQLite's own limit ends a transaction as a full disk does.
        let pages = try place.desk.store.limitToPagesThereAre()
        // A long reason needs a page of its own.
        let reason = String(repeating: "why ", count: 240).trimmingCharacters(in: .whitespaces)
        var refused: DeskResponse?
        for quantity in 200..<260 where refused == nil {
            let seen = try place.desk.store.overrides(horizon: horizon)[
                OverrideCell(account: "A001", product: "P01", bucket: horizon.firstDay(of: 2))]
            let response = place.post(
                "/forecast",
                [
                    ("account", "A001"), ("product", "P01"), ("author", "Li Wei"), ("reason", reason), ("q-\(days[1])", "\(quantity)"),
                    ("s-\(days[1])", Desk.seenText(seen)),
                ])
            if response.status != 303 { refused = response }
        }
        let response = try #require(refused, "the store never filled up (\(pages) pages)")
        #expect(response.status == 507)
        let text = refusals(place.text(response)).joined()
        #expect(text.contains(happened) && text.contains(toDo), "\(text)")
        #expect(!text.contains("SQLite") && !text.contains("store.sqlite") && !text.contains("disk image"))
        // What was typed is in its field, what was saved before is there, and with room again saving goes on.
        #expect(place.text(response).contains("name=\"q-\(days[1])\" value=\"2"))
        #expect(try place.text("overrides.csv").hasPrefix(before))
        try place.desk.store.liftLimit()
        #expect(save("77", horizon.firstDay(of: 3).description).status == 303)
    }
}
