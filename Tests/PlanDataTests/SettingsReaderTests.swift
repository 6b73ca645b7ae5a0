import PlanModel
import Testing

@testable import PlanData

@Suite struct SettingsReaderTests {
    private func settings(_ toml: String) throws -> PlanSettings { try TemporaryPackage(["plan.toml": toml]).package().settings }

    private func finding(_ toml: String) throws -> Finding {
        let reading = try TemporaryPackage(["plan.toml": toml]).read()
        let own = reading.findings.filter { $0.file == "plan.toml" }
        return try #require(own.first { $0.severity == .error } ?? own.first)
    }

    @Test func everySettingIsRead() throws {
        let read = try settings(
            """
            [horizon]
            bucket = "month"
            start = 2027-03-15
            buckets = 12
            frozen = 1
            [segments]
            by = "quantity"
            window = 24
            tiers = [0.5, 0.75, 1]
            [bands]
            min_cover = 0.5
            target_cover = 1
            max_cover = 3
            [forecast]
            season = 6
            quantiles = [0.05, 0.95]
            consume = [31, 62]
            new_products = "nearest"
            [plan]
            ranks = [["guarantees"], ["lost-sales", "stock-under-minimum"], ["sharing", "lateness"], ["cost"]]
            sharing = { 1 = "maxmin", 3 = "weighted" }
            measure = "value"
            gap = 1e-5
            over_stock_rate = 0
            over_target_rate = 1
            [report]
            language = "zh"
            """)
        let expected = PlanSettings(
            horizon: Horizon(unit: .month, start: try #require(CalendarDate("2027-03-01")), count: 12, frozen: 1),
            segments: SegmentSettings(by: .quantity, window: 24, tiers: [0.5, 0.75, 1]),
            bands: BandSettings(minCover: 0.5, targetCover: 1, maxCover: 3),
            forecast: ForecastSettings(
                season: 6, quantiles: [0.05, 0.95], consumeBackwardDays: 31, consumeForwardDays: 62, newProducts: .nearest),
            plan: AllocationSettings(
                ranks: [[.guarantees], [.lostSales, .stockUnderMinimum], [.sharing, .lateness], [.cost]], sharing: .proportional,
                sharingByTier: [1: .maxmin, 3: .weighted], measure: .value, gap: 1e-5, overStockRate: 0, overTargetRate: 1),
            language: .chinese)
        #expect(read == expected)
    }

    @Test func defaultsAreThoseOfTheContract() throws {
        let read = try settings("[horizon]\nstart = \"2027-03-01\"\n")
        #expect(read.horizon == Horizon(unit: .week, start: try #require(CalendarDate("2027-03-01")), count: 26))
        #expect(read.segments == SegmentSettings(by: .value, window: 52, tiers: [0.8, 0.95]))
        #expect(read.bands == BandSettings(minCover: 1, targetCover: 2, maxCover: 4))
        #expect(read.forecast == ForecastSettings(season: 52, quantiles: [0.1, 0.5, 0.9], consumeBackwardDays: 30, consumeForwardDays: 30))
        #expect(read.plan.ranks == [[.guarantees], [.lostSales, .sharing], [.lateness], [.stockUnderMinimum], [.cost]])
        #expect(read.plan.sharing == .proportional && read.plan.measure == .quantity && read.plan.gap == 1e-4)
        #expect(read.plan.overStockRate == 0.02 && read.plan.overTargetRate == 0.002)
        #expect(read.language == .english)
        #expect(try settings("[horizon]\nbucket = \"month\"\nstart = \"2027-03-01\"\n").forecast.season == 12)
    }

    @Test func withoutAFileThePlanStartsAfterTheLastSale() throws {
        // The last sale is on Sunday 2027-02-28, so the week after it starts on 2027-03-01.
        let reading = try TemporaryPackage(["plan.toml": nil]).read()
        let package = try #require(reading.package)
        #expect(package.horizon.start.description == "2027-03-01")
        #expect(package.horizon.count == 26)
        #expect(reading.notes.contains { $0.file == "plan.toml" && $0.message.contains("the week after the last sale") })
    }

    @Test func withoutSalesThePlanStartsWithDemand() throws {
        let demand = "bucket,account,product,quantity\n2027-04-14,A01,P1,5\n2027-04-07,A02,P1,5\n"
        let package = try TemporaryPackage(["plan.toml": nil, "sales.csv": nil, "demand.csv": demand]).package()
        #expect(package.horizon.start.description == "2027-04-05")
        #expect(package.demand.map(\.bucket) == [1, 0])
    }

    @Test(arguments: [
        ("[segments]\ntiers = [0.95, 0.8]", "segments.tiers", "not rising"),
        ("[segments]\nby = \"volume\"", "segments.by", "none of value, quantity"),
        ("[segments]\ntiers = 0.8", "segments.tiers", "a list of numbers"), ("[bands]\nmin_cover = 3", "bands", "rising order"),
        ("[bands]\nmin_cover = -1", "bands.min_cover", "not between"), ("[bands]\nmax_cover = nan", "bands.max_cover", "wanted a number"),
        ("[forecast]\nquantiles = [0, 1]", "forecast.quantiles", "between 0 and 1"),
        ("[forecast]\nconsume = [30]", "forecast.consume", "two whole numbers"),
        ("[plan]\nranks = [\"cost\"]", "plan.ranks", "not a list of aims"),
        ("[plan]\nranks = [[\"cost\"], [\"cost\"]]", "plan.ranks", "stands twice"),
        ("[plan]\nsharing = { one = \"maxmin\" }", "plan.sharing.one", "is no tier"),
        ("[plan]\nsharing = { 1 = \"maxmn\" }", "plan.sharing.1", "did you mean \"maxmin\"?"),
        ("[plan]\nmeasure = \"weight\"", "plan.measure", "none of"), ("[plan]\ngap = 0", "plan.gap", "never be proven"),
        ("[report]\nlanguage = \"de\"", "report.language", "none of en, zh"),
        ("[columns.sale]\naccount = \"x\"", "columns.sale", "did you mean \"sales\"?"),
        ("[columns.sales]\nacount = \"x\"", "columns.sales.acount", "did you mean \"account\"?"), ("plan = 3", "plan", "wanted a section"),
        ("[horizon]\nfrozen = 30", "horizon.frozen", "30 buckets are frozen"),
        ("[horizon]\nbuckets = 0", "horizon.buckets", "not between 1"),
        ("[horizon]\nbuckets = 99999999999999999999999", nil, "no TOML"),
    ])
    func whatIsWrongIsToldWithItsKey(_ test: (toml: String, column: String?, says: String)) throws {
        let found = try finding(test.toml + "\n")
        #expect(found.severity == .error)
        #expect(found.column == test.column)
        #expect(found.message.contains(test.says), "\(found.message)")
        #expect(found.line != nil)
    }

    @Test func anAimLeftOutIsANote() throws {
        let found = try finding("[horizon]\nstart = \"2027-03-01\"\n[plan]\nranks = [[\"lost-sales\"], [\"cost\"]]\n")
        #expect(found.severity == .note)
        #expect(found.line == 4)
        #expect(found.message.hasPrefix("guarantees, lateness, stock-under-minimum is no aim"))
    }
}
