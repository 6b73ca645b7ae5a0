import PlanModel
import Testing

@testable import Tiering

/// A package whose accounts sold these values (one product, the last bucket before the start).
private func package(
    values: [Double], cuts: [Double] = [0.8, 0.95], givenTiers: [Int: Int] = [:], by: Measure = .value, window: Int = 52
) -> DataPackage {
    // Valid as written.
    let start = CalendarDate(year: 2027, month: 3, day: 1) ?? CalendarDate(daysSinceEpoch: 0)
    let accounts = values.indices.map { Account(id: "A\($0 < 9 ? "0" : "")\($0 + 1)", tier: givenTiers[$0]) }
    let pairs = values.indices.map { Pair(account: $0, product: 0) }
    let table = HistoryTable(pairs: pairs, firstBucket: -1, values: values)
    return DataPackage(
        settings: PlanSettings(
            horizon: Horizon(unit: .week, start: start, count: 4), segments: SegmentSettings(by: by, window: window, tiers: cuts),
            forecast: ForecastSettings(season: 52)),
        accounts: accounts, products: [Product(id: "P")], history: History(sales: table, salesValue: table))
}

struct ConcentrationCase: Sendable, CustomTestStringConvertible {
    let name: String
    let values: [Double]
    let cuts: [Double]
    /// In the order of `values`.
    let tiers: [Int]
    let topFifth: Double
    let herfindahl: Double
    let origin: String

    var testDescription: String { name }
}

private let concentrationCases = [
    ConcentrationCase(
        name: "B2: 80 % exactly reached", values: [400, 250, 150, 60, 40, 30, 25, 20, 15, 10], cuts: [0.8, 0.95],
        tiers: [1, 1, 1, 2, 2, 2, 2, 3, 3, 3], topFifth: 0.65, herfindahl: 0.25245,
        origin:
            "behaviours.md B2; shares .4 .25 .15 .06 .04 .03 .025 .02 .015 .01, before: 0 .4 .65 .8 .86 .9 .93 .955 .975 .99; Σ share² = "
            + ".16 + .0625 + .0225 + .0036 + .0016 + .0009 + .000625 + .0004 + .000225 + .0001 = .25245"),
    ConcentrationCase(
        name: "equal accounts", values: [10, 10, 10, 10, 10], cuts: [0.8, 0.95], tiers: [1, 1, 1, 1, 2], topFifth: 0.2, herfindahl: 0.2,
        origin: "by hand: before 0 .2 .4 .6 .8, so the fifth has reached the cut; 5 · .2² = .2"),
    ConcentrationCase(
        name: "one giant", values: [0, 970, 0, 20, 10], cuts: [0.8, 0.95], tiers: [3, 1, 3, 3, 3], topFifth: 0.97, herfindahl: 0.9414,
        origin: "by hand: before 0 .97 .99; accounts without sales come last; .97² + .02² + .01² = .9409 + .0004 + .0001"),
    ConcentrationCase(
        name: "one cut, seven accounts", values: [1, 2, 3, 4, 5, 6, 7], cuts: [0.5], tiers: [2, 2, 2, 2, 1, 1, 1], topFifth: 13.0 / 28,
        herfindahl: 140.0 / 784, origin: "by hand: from the top 7 6 5 4 …, before 0 .25 .464 .643; top fifth of 7 is 2 accounts; Σ n² = 140"
    ),
    ConcentrationCase(
        name: "tenths that doubles cannot hold", values: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], cuts: [0.3, 0.7],
        tiers: [1, 1, 1, 2, 2, 2, 2, 3, 3, 3],
        topFifth: 0.2, herfindahl: 0.1,
        origin: "by hand: .1 + .1 + .1 is above .3 and 7 · .1 below .7 as doubles; both cuts count as reached"),
]

@Suite struct SegmentationTests {
    @Test(arguments: concentrationCases)
    func tiersFollowTheCumulativeShareBeforeTheAccount(_ test: ConcentrationCase) {
        let result = segmentation(of: package(values: test.values, cuts: test.cuts))
        #expect(result.tierOfAccount == test.tiers, "\(test.origin)")
        #expect(abs(result.topFifthShare - test.topFifth) < 1e-12, "\(test.origin)")
        #expect(abs(result.herfindahlIndex - test.herfindahl) < 1e-12, "\(test.origin)")
        #expect(result.keyAccountCount == test.tiers.count { $0 == 1 })
        #expect(
            zip(result.segments, result.segments.dropFirst()).allSatisfy {
                $0.value > $1.value || ($0.value == $1.value && $0.account < $1.account)
            })
        #expect(abs((result.segments.last?.cumulativeShare ?? 0) - 1) < 1e-12)
    }

    @Test(arguments: [(account: 0, tier: 3), (account: 9, tier: 1), (account: 4, tier: 2)])
    func aGivenTierWinsAndSaysSo(_ given: (account: Int, tier: Int)) throws {
        let values: [Double] = [400, 250, 150, 60, 40, 30, 25, 20, 15, 10]
        let plain = segmentation(of: package(values: values))
        let result = segmentation(of: package(values: values, givenTiers: [given.account: given.tier]))
        #expect(result.tierOfAccount[given.account] == given.tier)
        #expect(result.segments.filter(\.isGiven).map(\.account) == [given.account])
        for account in values.indices where account != given.account {
            #expect(result.tierOfAccount[account] == plain.tierOfAccount[account])
        }
        #expect(result.topFifthShare == plain.topFifthShare)
    }

    @Test(arguments: [1, 2, 3])
    func onlyTheLastBucketsOfTheWindowCount(_ window: Int) {
        var one = package(values: [0, 0], window: window)
        // A sold 100, 0, 0 and B 0, 30, 10 in the last three buckets.
        let table = HistoryTable(
            pairs: [Pair(account: 0, product: 0), Pair(account: 1, product: 0)], firstBucket: -3, values: [100, 0, 0, 0, 30, 10])
        one.history = History(sales: table, salesValue: table)
        let values = segmentation(of: one).segments.sorted { $0.account < $1.account }.map(\.value)
        #expect(values == [[0, 10], [0, 40], [100, 40]][window - 1])
    }

    @Test func quantityAndValueAreDifferentOrders() {
        var one = package(values: [0, 0], by: .quantity)
        let pairs = [Pair(account: 0, product: 0), Pair(account: 1, product: 0)]
        one.history = History(
            sales: HistoryTable(pairs: pairs, firstBucket: -1, values: [10, 90]),
            salesValue: HistoryTable(pairs: pairs, firstBucket: -1, values: [900, 100]))
        #expect(segmentation(of: one).tierOfAccount == [2, 1])
        one.settings.segments.by = .value
        #expect(segmentation(of: one).tierOfAccount == [1, 2])
    }

    @Test func withoutSalesDemandAtStandingPricesDecides() {
        var one = package(values: [0, 0, 0])
        one.history = History()
        one.products = [Product(id: "P", price: 2), Product(id: "Q", price: 30)]
        one.demand = [
            DemandRow(bucket: 0, account: 0, product: 0, quantity: 50), DemandRow(bucket: 1, account: 1, product: 1, quantity: 40),
        ]
        let result = segmentation(of: one)
        // 100, 1200 and 0 by hand.
        #expect(result.segments.map(\.value) == [1200, 100, 0])
        #expect(result.tierOfAccount == [2, 1, 3])
    }

    @Test func accountsThatOnlyReturnedGoodsComeLast() {
        let result = segmentation(of: package(values: [-50, 100, 0]))
        #expect(result.segments.map(\.account) == [1, 2, 0])
        #expect(result.tierOfAccount == [3, 1, 3])
        #expect(result.herfindahlIndex == 1)
    }

    @Test func nothingSoldAndNothingWantedIsNobodysTierOne() {
        let result = segmentation(of: package(values: [0, 0]))
        #expect(result.tierOfAccount == [3, 3])
        #expect(result.topFifthShare == 0)
        #expect(result.keyAccountCount == 0)
    }

    @Test(arguments: [(1, false), (19, false), (20, true), (35, true)])
    func twentyKeyAccountsAreDueADepartment(_ test: (count: Int, isDue: Bool)) {
        // B4: equal accounts with one cut at 1 are all in tier 1.
        let result = segmentation(of: package(values: [Double](repeating: 5, count: test.count), cuts: [1]))
        #expect(result.keyAccountCount == test.count)
        #expect(result.needsOwnDepartment == test.isDue)
        let english = keyAccountAdvice(for: result, language: .english)
        #expect(english.hasPrefix("\(test.count) key account"))
        #expect(english.contains("department of its own is due") == test.isDue)
        #expect(english.contains("personally") == !test.isDue)
        #expect(keyAccountAdvice(for: result, language: .chinese).contains(test.isDue ? "大客户部" : "经理亲自"))
    }
}
