import PlanModel
import TestSupport
import Testing

@testable import Reporting

/// The dated action list and the visit list of the report.
@Suite struct ActionAndVisitTests {
    private static func page(_ season: SyntheticSeason, _ language: ReportLanguage = .english) -> ReportPage {
        var season = season
        season.result.shortages = shortageCauses(
            season.package, demand: season.result.demand, bands: season.result.bands, segmentation: season.result.segmentation,
            allocation: season.result.allocation)
        let figures = keyFigures(season.package, result: season.result)
        return ReportPage(season.package, result: season.result, keyFigures: figures, language: language)
    }

    @Test func actionsRiseByDateAndNameEveryLargeCause() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let page = Self.page(SyntheticSeason(capacityShare: 0.8, seed: seed))
            let actions = page.seasonActions
            #expect(actions.map(\.bucket) == actions.map(\.bucket).sorted())
            let preBuild = try #require(page.facts.preBuild)
            #expect(actions.contains { $0.bucket == preBuild.start && $0.what.hasPrefix("start the pre-build") && $0.who == "production" })
            let whole = page.facts.causes.reduce(0) { $0 + $1.lost }
            for cause in page.facts.causes where cause.reason == .hours && cause.lost > 0.01 * whole {
                let start = try #require(cause.buckets).lowerBound
                #expect(actions.contains { $0.bucket == start && $0.stake == cause.lost && $0.what.contains("line \(cause.resource)") })
            }
        }
    }

    /// By hand: the event is in the third week, the launch in the fifth.
    @Test func eventsAndLaunchesHaveTheirDates() throws {
        var season = SyntheticSeason(seed: 1)
        let start = season.package.horizon.start
        season.package.events = [Event(name: "Lantern fair", start: start.adding(days: 16), end: start.adding(days: 18))]
        season.package.products[3].launch = start.adding(days: 30)
        season.package.products[3].name = "Porter"
        let actions = Self.page(season).seasonActions
        #expect(actions.first { $0.what.contains("Lantern fair") }?.bucket == 2)
        let launch = try #require(actions.first { $0.what.hasPrefix("launch") })
        #expect(launch.bucket == 4 && launch.what.contains("Porter") && launch.who == "product development")
    }

    @Test func visitsGoWhereMostIsAtStake() {
        for seed in 1...5 as ClosedRange<UInt64> {
            let season = SyntheticSeason(capacityShare: 0.8, seed: seed)
            let page = Self.page(season)
            let visits = page.visits
            #expect(visits.map(\.account).sorted() == Array(season.package.accounts.indices))
            #expect(visits.map(\.stake) == visits.map(\.stake).sorted(by: >))
            for visit in visits {
                // By another road: prices times rows.
                let rows = season.result.allocation.plan.accountPlan.filter { $0.account == visit.account }
                let price = { season.package.standingPrice(of: $0) }
                func worst(_ value: (AccountPlanRow) -> Double) -> Double {
                    Dictionary(grouping: rows, by: \.bucket).values.map { $0.reduce(0) { $0 + value($1) * price($1.product) } }.max() ?? 0
                }
                let (under, over) = (worst(\.under), worst(\.over))
                #expect(abs(visit.under - (under > 0.5 ? under : 0)) < 1e-6 * (1 + under))
                #expect(abs(visit.over - (over > 0.5 ? over : 0)) < 1e-6 * (1 + over))
                let isShort = page.facts.shortAccounts.contains { $0.account == visit.account }
                let lost = rows.reduce(0) { $0 + $1.lost * price($1.product) }
                #expect(abs(visit.lost - (isShort ? lost : 0)) < 1e-6 * (1 + lost))
            }
        }
    }

    /// By hand: the account's lane takes two weeks, so what meets the first loss leaves two weeks before it.
    @Test func theLastUsefulDispatchIsTheLeadTimeBeforeTheLoss() throws {
        var season = SyntheticSeason(capacityShare: 0.8, seed: 1)
        let short = try #require(Self.page(season).facts.shortAccounts.max { $0.firstLoss < $1.firstLoss })
        try #require(short.firstLoss >= 2)
        let lane = try #require(season.package.lanes.firstIndex { $0.to == .account(short.account) })
        season.package.lanes[lane].leadTime = 2
        let visit = try #require(Self.page(season).visits.first { $0.account == short.account })
        #expect(visit.lastDispatch == short.firstLoss - 2)
    }

    /// SyntheticSeason's history is 0.94 of its demand's season: demand is about 6 % up.
    @Test func demandIsComparedWithLastYear() throws {
        for visit in Self.page(SyntheticSeason(seed: 2)).visits.prefix(3) {
            let change = try #require(visit.change)
            #expect(abs(change - (1 / 0.94 - 1)) < 0.06)
        }
        var season = SyntheticSeason(seed: 2)
        season.package.history = History()
        #expect(Self.page(season).visits.allSatisfy { $0.change == nil })
    }

    @Test func theCertificateIsToldInPlainWords() {
        var season = SyntheticSeason(capacityShare: 0.8, seed: 1)
        let last = season.result.allocation.certificate.ranks.count - 1
        // By hand: (812,345 − 812,000) / 812,000 = 0.04249 %, told with two digits.
        season.result.allocation.certificate.ranks[last] = RankCertificate(
            rank: Rank(aim: .cost, tier: nil), value: 812_345, bound: 812_000, gap: 345.0 / 812_000, relaxedValue: 812_345)
        let html = reportHTML(
            season.package, result: season.result, keyFigures: keyFigures(season.package, result: season.result), language: .english)
        #expect(html.contains("<li>Every promise is kept.</li>"))
        #expect(html.contains("All this costs 812,345. Keeping everything above, no plan can do better by more than 0.042 %."))
    }
}
