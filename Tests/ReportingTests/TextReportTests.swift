import PlanModel
import TestSupport
import Testing

@testable import Reporting

@Suite struct TextReportTests {
    struct WidthCase: Sendable {
        var text: String
        var width: Int
    }

    /// East Asian Width of Unicode 15: W and F count two columns.
    @Test(arguments: [
        WidthCase(text: "", width: 0), WidthCase(text: "Lager", width: 5), WidthCase(text: "客户", width: 4),
        WidthCase(text: "第1级", width: 5),
        WidthCase(text: "ｆｕｌｌ", width: 8), WidthCase(text: "e\u{301}", width: 1), WidthCase(text: "한국", width: 4),
        WidthCase(text: "–", width: 1),
    ])
    func wideCharactersCountTwoColumns(_ example: WidthCase) { #expect(example.text.displayWidth == example.width) }

    @Test func columnsLineUpWhateverTheScript() {
        var table = TextTable(alignments: [.left, .right, .left])
        table.rows = [["客户", "需求", "x"], ["A", "1,234", "y"], ["北区总代理", "5", ""]]
        let lines = table.lines(indent: 0)
        #expect(lines == ["客户         需求  x", "A           1,234  y", "北区总代理      5"])
    }

    @Test func longNamesAreCutAndControlCharactersCannotSteerTheTerminal() {
        #expect("abcdef".fitted(to: 4) == "abc…")
        #expect("北区总代理".fitted(to: 6) == "北区…")
        #expect("a\u{1B}[31mb\u{7}".fitted(to: 20) == "a [31mb ")
    }

    struct NumberCase: Sendable {
        var value: Double
        var decimals: Int
        var text: String
    }

    @Test(arguments: [
        NumberCase(value: 0, decimals: 0, text: "0"), NumberCase(value: 999.5, decimals: 0, text: "1,000"),
        NumberCase(value: 1_234_567.4, decimals: 0, text: "1,234,567"), NumberCase(value: -1234.56, decimals: 1, text: "−1,234.6"),
        NumberCase(value: -0.2, decimals: 0, text: "0"), NumberCase(value: 0.05, decimals: 2, text: "0.05"),
        NumberCase(value: .infinity, decimals: 0, text: "∞"), NumberCase(value: .nan, decimals: 0, text: "–"),
    ])
    func numbersReadAsAPlannerWritesThem(_ example: NumberCase) {
        #expect(Wording.grouped(example.value, decimals: example.decimals) == example.text)
    }

    @Test(arguments: [(1.0, "100.0"), (0.99999, "99.9"), (0.0, "0.0"), (0.00001, "0.1"), (0.9734, "97.3")])
    func aShareShortOfOneNeverReadsAsAll(share: Double, text: String) {
        let words = Wording(language: .chinese, horizon: Horizon(unit: .week, start: CalendarDate(daysSinceEpoch: 0), count: 1))
        #expect(words.percent(share) == text + "%")
    }

    @Test(arguments: [
        (0.0, "0"), (0.006, "0.006"), (0.0001, "0.0001"), (2.4e-12, "2e-12"), (9.97e-8, "1e-7"), (12.34, "12.3"), (1234.5, "1,235"),
    ])
    func smallFiguresKeepTheirSize(value: Double, text: String) { #expect(Wording.significant(value) == text) }

    @Test func bucketsReadAsDates() {
        let weeks = Wording(
            language: .english,
            horizon: Horizon(unit: .week, start: CalendarDate("2027-03-01") ?? CalendarDate(daysSinceEpoch: 0), count: 60))
        #expect(weeks.bucket(9) == "3 May 2027")
        #expect(weeks.during(0...9) == "from 1 Mar to 3 May 2027")
        #expect(weeks.during(40...50) == "from 6 Dec 2027 to 14 Feb 2028")
        let months = Wording(
            language: .chinese,
            horizon: Horizon(unit: .month, start: CalendarDate("2027-03-01") ?? CalendarDate(daysSinceEpoch: 0), count: 12))
        #expect(months.bucket(10) == "2028年1月")
        #expect(months.during(0...1) == "自2027年3月至27年4月")
    }

    @Test(arguments: [(19, false), (20, true), (21, true), (1, false)])
    func twentyKeyAccountsCallForADepartment(count: Int, department: Bool) {
        let segmentation = Segmentation(
            segments: [], topFifthShare: 0.65, herfindahlIndex: 0.25245, keyAccountCount: count,
            tierOfAccount: [Int](repeating: 1, count: count))
        let package = PackageBuilder(buckets: 1).account("A").build().package
        let english = segmentReport(package, segmentation: segmentation, language: .english)
        #expect(english.contains("department of its own") == department)
        #expect(english.contains("personally") == !department)
        #expect(english.contains("65.0\u{A0}%"))
        #expect(segmentReport(package, segmentation: segmentation, language: .chinese).contains("大客户部") == department)
    }

    @Test(arguments: ReportLanguage.allCases)
    func theSummaryFitsAScreen(language: ReportLanguage) {
        var season = SyntheticSeason(seed: 9)
        season.result.shortages = shortageCauses(
            season.package, demand: season.result.demand, bands: season.result.bands, segmentation: season.result.segmentation,
            allocation: season.result.allocation)
        let text = planSummary(
            season.package, result: season.result, keyFigures: keyFigures(season.package, result: season.result), language: language)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect((15...26).contains(lines.count))
        #expect(lines.allSatisfy { String($0).displayWidth <= 110 })
        #expect(text.contains("L1"))
    }
}

@Suite struct PeggingTests {
    /// 60 made early and 40 late, one lane: A's first 50 come from the first lot, the last 10 of it and the second go to B and A.
    @Test func unitsAreServedOldestFirst() {
        let small = PackageBuilder(buckets: 2).plant("PL").dc("DC").line("L", at: "PL", hours: 100).lineProduct("L").account("A").account(
            "B"
        )
        .lane("PL-DC", from: "PL", to: "DC").lane("DC-A", from: "DC", to: "A").lane("DC-B", from: "DC", to: "B").demand("A", "P", [50, 20])
        .demand("B", "P", [0, 30]).build()
        let plan = PlanSketch(small).make("L", "P", [60, 40]).move("PL-DC", "P", [60, 40]).move("DC-A", "P", [50, 20]).move(
            "DC-B", "P", [0, 30]
        ).plan()
        let rows = pegging(small.package, plan: plan)
        #expect(
            rows == [
                PeggingRow(account: 0, product: 0, bucket: 0, quantity: 50, line: 0, made: 0, lanePath: [2, 0]),
                PeggingRow(account: 0, product: 0, bucket: 1, quantity: 10, line: 0, made: 0, lanePath: [2, 0]),
                PeggingRow(account: 0, product: 0, bucket: 1, quantity: 10, line: 0, made: 1, lanePath: [2, 0]),
                PeggingRow(account: 1, product: 0, bucket: 1, quantity: 30, line: 0, made: 1, lanePath: [2, 1]),
            ])
    }

    /// Opening stock that expires first is served first, though it lay there with stock that keeps; goods in transit come when they come.
    @Test func whatExpiresFirstGoesFirst() {
        let small = PackageBuilder(buckets: 2).product("P", shelfLife: 5).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L")
            .account("A")
            .lane("PL-A", from: "PL", to: "A").stock(at: "A", "P", 5).stock(at: "A", "P", 5, expires: "2027-03-05").inTransit(
                to: "A", "P", bucket: 1, 4
            )
            .demand("A", "P", [6, 8]).build()
        let plan = PlanSketch(small).plan()
        let rows = pegging(small.package, plan: plan)
        #expect(rows.map(\.quantity).reduce(0, +) == 14)
        #expect(rows.allSatisfy { $0.line == nil && $0.made == nil && $0.lanePath.isEmpty })
        let lots = tracedLots(small.package, plan: plan)
        #expect(lots.filter { $0.served == 0 }.map(\.lot.lastBucket) == [0, Int.max])
        #expect(lots.filter { $0.served == 0 }.map(\.quantity) == [5, 1])
    }

    /// A keeps its goods for a bucket, so the plan gives it the younger lot and B the older one, though A's lane comes first.
    @Test func movementsTakeTheLotsThatThePlanNames() {
        let small = PackageBuilder(buckets: 4).product("P", shelfLife: 1).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L")
            .account("A").account("B").lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", "P", [0, 0, 50, 0])
            .demand("B", "P", [0, 50, 0, 0]).build()
        var plan = PlanSketch(small).make("L", "P", [50, 50]).move("PL-A", "P", [0, 50]).move("PL-B", "P", [0, 50]).plan()
        plan.lots = [
            LotRow(bucket: 1, lane: 0, product: 0, serveBy: 2, quantity: 50),
            LotRow(bucket: 1, lane: 1, product: 0, serveBy: 1, quantity: 50),
        ]
        #expect(
            pegging(small.package, plan: plan) == [
                PeggingRow(account: 0, product: 0, bucket: 2, quantity: 50, line: 0, made: 1, lanePath: [0]),
                PeggingRow(account: 1, product: 0, bucket: 1, quantity: 50, line: 0, made: 0, lanePath: [1]),
            ])
    }

    /// Every served unit of a season has a source, and no line serves more than it made.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func peggingReconcilesToTheUnit(seed: UInt64) {
        let season = SyntheticSeason(seed: seed)
        let plan = season.result.allocation.plan
        let rows = pegging(season.package, plan: plan)
        let served = plan.accountPlan.reduce(0) { $0 + $1.served }
        #expect(abs(rows.reduce(0) { $0 + $1.quantity } - served) <= 1e-6 * served)
        for made in plan.production {
            let pegged = rows.filter { $0.line == made.line && $0.made == made.bucket && $0.product == made.product }.reduce(0) {
                $0 + $1.quantity
            }
            #expect(pegged <= made.quantity * (1 + 1e-9) + 1e-6)
        }
        #expect(rows.allSatisfy { row in row.made.map { $0 <= row.bucket } ?? true })
    }
}
