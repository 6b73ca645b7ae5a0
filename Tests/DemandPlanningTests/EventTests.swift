import PlanModel
import Testing

@testable import DemandPlanning

struct FeastCase: Sendable, CustomTestStringConvertible {
    var name: String
    var unit: BucketUnit
    /// First day and last day of the past feasts and of the coming one.
    var past: [(String, String)]
    var coming: (String, String)
    var lift: Double
    var buckets: Int
    var accounts: Int
    var noise: Double
    var testDescription: String { name }

    static let all = [
        FeastCase(
            name: "Spring Festival, three years, one account", unit: .week,
            past: [("2024-02-05", "2024-02-18"), ("2025-01-27", "2025-02-09"), ("2026-02-16", "2026-03-01")],
            coming: ("2027-02-01", "2027-02-14"), lift: 2, buckets: 160, accounts: 1, noise: 0),
        FeastCase(
            name: "Mid-Autumn, two years, noisy accounts", unit: .week, past: [("2025-10-01", "2025-10-08"), ("2024-09-15", "2024-09-18")],
            coming: ("2026-09-21", "2026-09-27"), lift: 2.5, buckets: 110, accounts: 12, noise: 0.1),
        FeastCase(
            name: "a closing feast", unit: .week,
            past: [("2024-02-05", "2024-02-11"), ("2025-01-27", "2025-02-02"), ("2026-02-16", "2026-02-22")],
            coming: ("2027-02-01", "2027-02-07"), lift: 0.4, buckets: 150, accounts: 4, noise: 0.05),
        FeastCase(
            name: "half a month, four years", unit: .month,
            past: [("2023-01-16", "2023-01-31"), ("2024-02-05", "2024-02-20"), ("2025-01-24", "2025-02-08"), ("2026-02-14", "2026-03-01")],
            coming: ("2027-02-01", "2027-02-14"), lift: 1.8, buckets: 48, accounts: 6, noise: 0.03),
    ]
}

/// Behaviour F3. Each history is a flat level times the feast's lift on its days; expected is the same construction for the weeks to come.
@Test("F3: a moving feast lifts the buckets it falls in next year", arguments: FeastCase.all)
func movingFeastLiftsItsOwnBuckets(given: FeastCase) throws {
    let start = given.coming.0 < "2027" ? "2026-08-03" : "2026-12-01"
    var built = HistoryPackage(unit: given.unit, start: start, count: given.unit == .week ? 20 : 6, accounts: given.accounts)
    let horizon = built.package.horizon
    func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
    func event(_ days: (String, String)) throws -> Event { Event(name: "feast", start: try day(days.0), end: try day(days.1)) }
    func share(_ event: Event, _ bucket: Int) -> Double {
        let days = horizon.days(in: bucket)
        let first = horizon.firstDay(of: bucket)
        let covered = (0..<days).filter { event.start <= first.adding(days: $0) && first.adding(days: $0) <= event.end }.count
        return Double(covered) / Double(days)
    }
    let past = try given.past.map(event)
    let coming = try event(given.coming)
    func factor(_ bucket: Int) -> Double { (past + [coming]).reduce(1) { $0 + (given.lift - 1) * share($1, bucket) } }
    var random = TestRandom(seed: 21)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<given.accounts {
        let level = 100 * Double(1 + account)
        sales[Pair(account: account, product: 0)] = (-given.buckets..<0).map { level * factor($0) * (1 + given.noise * random.normal()) }
    }
    built = HistoryPackage(
        unit: given.unit, start: start, count: horizon.count, accounts: given.accounts, sales: sales)
    built.package.events = past + [coming]
    let result = forecast(for: built.package, threads: 1, progress: nil)
    // Noise stays in the year shape of a single account; over all accounts it goes.
    var ours = [Double](repeating: 0, count: horizon.count)
    var expected = ours
    for account in 0..<given.accounts {
        for row in result.rows(of: Pair(account: account, product: 0)) {
            ours[row.bucket] += row.quantity
            expected[row.bucket] += 100 * Double(1 + account) * factor(row.bucket)
        }
    }
    for bucket in horizon.buckets {
        #expect((ours[bucket] / expected[bucket] - 1).magnitude < 0.1, "bucket \(horizon.firstDay(of: bucket))")
    }
    #expect(expected.contains { $0 != expected[0] })
}

@Test func aGivenLiftIsUsedAsItIs() throws {
    var built = HistoryPackage(sales: [firstPair: [Double](repeating: 70, count: 120)])
    // Wednesday to the Tuesday after next: 5, 7 and 2 days of three weeks.
    let start = try #require(CalendarDate("2027-03-10"))
    built.package.events = [Event(name: "promotion", start: start, end: start.adding(days: 13), account: 0, product: 0, lift: 1.7)]
    let rows = forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair)
    let expected = [70, 70 * (1 + 0.7 * 5 / 7), 70 * 1.7, 70 * (1 + 0.7 * 2 / 7), 70]
    for (row, value) in zip(rows, expected) { #expect((row.quantity - value).magnitude < 1e-9) }
}

@Test func aGivenPastLiftIsTakenOutOfHistory() throws {
    var sales = [Double](repeating: 70, count: 120)
    sales[119] = 210
    var built = HistoryPackage(sales: [firstPair: sales])
    let monday = try #require(CalendarDate("2027-02-22"))
    built.package.events = [Event(name: "promotion", start: monday, end: monday.adding(days: 6), lift: 3)]
    for row in forecast(for: built.package, threads: 1, progress: nil).rows(of: firstPair) { #expect((row.quantity - 70).magnitude < 1e-9) }
}

@Test func aLiftOfAnotherAccountOrProductDoesNotTouchAPair() throws {
    let other = Pair(account: 1, product: 0)
    var built = HistoryPackage(sales: [firstPair: [Double](repeating: 70, count: 60), other: [Double](repeating: 70, count: 60)])
    let monday = try #require(CalendarDate("2027-03-08"))
    built.package.events = [Event(name: "promotion", start: monday, end: monday.adding(days: 6), account: 1, lift: 2)]
    let result = forecast(for: built.package, threads: 1, progress: nil)
    #expect(result.rows(of: firstPair)[1].quantity == 70)
    #expect(result.rows(of: other)[1].quantity == 140)
}

@Test func accountsWithFewDatesAreDrawnToThePooledLift() throws {
    // Thirty accounts whose festival doubles sales; one of them sold three times as much once, by chance, in noisy weeks.
    var random = TestRandom(seed: 9)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<30 {
        var series = (0..<120).map { _ in 100 * (1 + (account == 0 ? 0.4 : 0.1) * random.normal()) }
        series[100] *= account == 0 ? 3 : 2
        sales[Pair(account: account, product: 0)] = series.map { max($0, 0) }
    }
    var built = HistoryPackage(accounts: 30, sales: sales)
    let horizon = built.package.horizon
    let past = horizon.firstDay(of: -20)
    built.package.events = [Event(name: "festival", start: past, end: past.adding(days: 6))]
    let names = EventNames(built.package.events, unit: .week)
    let pairs = built.package.history.sales.pairs
    let histories = pairs.map { demandHistory(of: $0, in: built.package, lastKnown: -1) }
    let calendars = pairs.map { names.calendar(for: $0, horizon: horizon, buckets: -120..<26) }
    let lifts = EventLifts(names: names, series: histories, calendars: calendars, season: 52)
    #expect((lifts.pooled[0] - 2).magnitude < 0.1)
    #expect((lifts.lifts[0][0] - 2).magnitude < 0.35)
}
