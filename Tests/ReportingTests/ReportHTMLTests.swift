import Foundation
import PlanModel
import TestSupport
import Testing

@testable import PlanData
@testable import Reporting

/// A reader of tags, strict enough to find what a browser would silently repair.
private struct TagReader {
    /// Tags in order: "section", "/section"; void and self-closed elements once.
    var tags: [String] = []
    var text = ""
    var problem: String?

    private static let void: Set<String> = ["meta", "link", "br", "hr", "img", "input"]

    init(_ html: String) {
        var open: [String] = []
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<") {
            text += rest[..<start]
            rest = rest[rest.index(after: start)...]
            // A quoted attribute may hold ">".
            var quote: Character?
            var end = rest.startIndex
            while end < rest.endIndex, !(rest[end] == ">" && quote == nil) {
                if rest[end] == "\"" { quote = quote == nil ? "\"" : nil }
                if rest[end] == "<" && quote == nil {
                    problem = problem ?? "\"<\" inside a tag: \(rest.prefix(60))"
                }
                end = rest.index(after: end)
            }
            guard end < rest.endIndex else {
                problem = problem ?? "a tag without end: \(rest.prefix(60))"
                return
            }
            let tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!") { continue }
            let isClosing = tag.hasPrefix("/")
            let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
            tags.append((isClosing ? "/" : "") + name)
            if isClosing {
                let last = open.popLast()
                if last != name { problem = problem ?? "</\(name)> closes <\(last ?? "nothing")>" }
            } else if !tag.hasSuffix("/"), !TagReader.void.contains(name) {
                open.append(name)
                // A script's text is not for readers, and its "<" is no tag.
                if name == "script" { rest = rest.range(of: "</script>").map { rest[$0.lowerBound...] } ?? rest }
            }
        }
        text += rest
        if !open.isEmpty { problem = problem ?? "left open: \(open)" }
    }
}

private func explained(_ season: SyntheticSeason) -> SyntheticSeason {
    var season = season
    season.result.shortages = shortageCauses(
        season.package, demand: season.result.demand, bands: season.result.bands, segmentation: season.result.segmentation,
        allocation: season.result.allocation)
    return season
}

private func html(_ season: SyntheticSeason, _ language: ReportLanguage) -> String {
    reportHTML(season.package, result: season.result, keyFigures: keyFigures(season.package, result: season.result), language: language)
}

@Suite struct ReportHTMLTests {
    @Test(arguments: ReportLanguage.allCases)
    func everyTagIsClosedWhereItBelongs(language: ReportLanguage) {
        let page = TagReader(html(explained(SyntheticSeason(seed: 1)), language))
        #expect(page.problem == nil)
        #expect(page.tags.filter { $0 == "section" }.count == 13)
    }

    /// The same sections, tables and charts in both languages, and no word of the other one left.
    @Test func bothLanguagesSayTheSame() {
        var season = SyntheticSeason(seed: 2)
        for index in season.package.accounts.indices { season.package.accounts[index].name = "" }
        for index in season.package.products.indices { season.package.products[index].name = "" }
        season = explained(season)
        let english = TagReader(html(season, .english))
        let chinese = TagReader(html(season, .chinese))
        #expect(english.tags == chinese.tags)
        #expect(!english.text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
        for word in ["Tier", "Lost", "Demand", "Because", "weeks", "proven"] { #expect(!chinese.text.contains(word), "\(word)") }
    }

    @Test(arguments: ReportLanguage.allCases)
    func idsAndNamesNeverBecomeMarkup(language: ReportLanguage) {
        var season = SyntheticSeason(seed: 3)
        let attack = "<script>alert(\"1\")</script>'><img src=x onerror=alert(2)>&lt;"
        for index in season.package.accounts.indices {
            season.package.accounts[index].id = attack + String(index)
            season.package.accounts[index].name = attack
        }
        for index in season.package.products.indices {
            season.package.products[index].id = attack
            season.package.products[index].unit = attack
        }
        for index in season.package.lines.indices { season.package.lines[index].id = attack + String(index) }
        for index in season.package.lanes.indices { season.package.lanes[index].id = attack + String(index) }
        for index in season.package.sites.indices { season.package.sites[index].id = attack + String(index) }
        for index in season.package.guarantees.indices { season.package.guarantees[index].id = attack }
        season.package.inputHashes = [attack: attack]
        season = explained(season)
        for index in season.result.forecast.rows.indices { season.result.forecast.rows[index].model = attack }
        let page = html(season, language)
        let read = TagReader(page)
        #expect(read.problem == nil)
        #expect(page.components(separatedBy: "<script").count == 2, "the page's own script and no other")
        #expect(!page.contains("<img"))
        #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)"))
        #expect(page.contains("&amp;lt;"))
        // Hostile and harmless ids give the same page structure.
        #expect(read.tags.filter { $0 == "section" }.count == 13)
    }

    @Test func thePageAsksForNothingFromOutside() {
        let page = html(explained(SyntheticSeason(seed: 4)), .english)
        for word in ["http:", "https:", "src=", "@import", "url(//", "fetch(", "XMLHttpRequest"] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.contains("Content-Security-Policy"))
    }

    /// The content policy names the script by its hash: a script changed without it would not run.
    @Test func thePolicyLetsTheScriptRunAndNoOther() throws {
        let page = html(SyntheticSeason(seed: 4), .english)
        let script = try #require(
            page.range(of: "<script>").flatMap { start in
                page.range(of: "</script>").map { String(page[start.upperBound..<$0.lowerBound]) }
            })
        var sum = SHA256()
        Array(script.utf8).withUnsafeBytes { sum.update($0) }
        let digits = Array(sum.finalized())
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        #expect(page.contains("script-src 'sha256-\(Data(bytes).base64EncodedString())';"))
    }

    @Test func everyChartHasATitleAndADescriptionInWords() {
        let page = TagReader(html(explained(SyntheticSeason(seed: 5)), .english))
        let charts = page.tags.filter { $0 == "figure" }.count
        #expect(charts >= 5)
        #expect(page.tags.filter { $0 == "desc" }.count == charts)
        #expect(page.tags.filter { $0 == "title" }.count == charts + 1)
    }

    @Test func theSameResultGivesTheSameBytes() {
        let first = explained(SyntheticSeason(seed: 6))
        let second = explained(SyntheticSeason(seed: 6))
        for language in ReportLanguage.allCases { #expect(html(first, language) == html(second, language)) }
    }

    /// A page that opens at once: under 400 kB for a small firm, 2 MB for a middling one (60 × 25).
    @Test(arguments: [(20, 10, 400_000), (60, 25, 2_000_000)])
    func thePageStaysLight(accounts: Int, products: Int, limit: Int) {
        let season = explained(SyntheticSeason(accounts: accounts, products: products, capacityShare: 0.8, seed: 7))
        #expect(season.result.shortages.count > 200)
        for language in ReportLanguage.allCases { #expect(html(season, language).utf8.count < limit) }
    }

    /// Nothing sold, no lines, no history, no forecast, no bands: the page still stands.
    @Test(arguments: ReportLanguage.allCases)
    func anEmptyPlanGivesAPageToo(language: ReportLanguage) {
        let package = DataPackage(
            settings: PlanSettings(
                horizon: Horizon(unit: .month, start: CalendarDate(daysSinceEpoch: 20_880), count: 1),
                forecast: ForecastSettings(season: 12)))
        let none = PairGrid(pairCount: 0, bucketCount: 1)
        let result = PlanResult(
            segmentation: Segmentation(segments: [], topFifthShare: 0, herfindahlIndex: 0, keyAccountCount: 0, tierOfAccount: []),
            forecast: Forecast(), demand: PlannedDemand(pairs: [], forecast: none, ordered: none, quantity: none),
            bands: StockBandTable(pairs: [], min: none, target: none, max: none),
            allocation: AllocationOutcome(
                plan: Plan(), certificate: Certificate(ranks: [], feasibility: FeasibilityReport(maxViolation: 0, constraint: "")),
                resources: [],
                rankPrices: [], guaranteeServed: []))
        let figures = keyFigures(package, result: result)
        let page = TagReader(reportHTML(package, result: result, keyFigures: figures, language: language))
        #expect(page.problem == nil)
        #expect(!page.text.contains("nan"))
        #expect(!planSummary(package, result: result, keyFigures: figures, language: language).isEmpty)
    }

    @Test func figuresOfThePlanStandInThePage() {
        let season = explained(SyntheticSeason(seed: 8))
        let figures = keyFigures(season.package, result: season.result)
        let page = html(season, .english)
        #expect(page.contains(grouped(figures.total.demand)))
        #expect(page.contains(grouped(figures.total.lostValue)))
        #expect(page.contains(grouped(figures.cost.total)))
        for account in season.package.accounts.prefix(3) { #expect(page.contains(account.id)) }
    }

    /// 1234567.6 → "1,234,568", by another road than the report's own.
    private func grouped(_ value: Double) -> String {
        var left = Int(value.rounded())
        var text = ""
        while left >= 1000 {
            let group = String(left % 1000)
            text = "," + String(repeating: "0", count: 3 - group.count) + group + text
            left /= 1000
        }
        return String(left) + text
    }
}
