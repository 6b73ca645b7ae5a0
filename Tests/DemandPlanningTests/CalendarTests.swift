import Forecasting
import PlanModel
import Testing

@testable import DemandPlanning

/// Working days of months, by a wall calendar.
@Test(
    "Working days are Mondays to Fridays",
    arguments: [("2027-02-01", 20), ("2027-03-01", 23), ("2026-08-01", 21), ("2024-02-01", 21), ("2026-10-01", 22)])
func workingDaysOfAMonth(month: String, expected: Int) throws {
    let (year, number, _) = try #require(CalendarDate(month)).yearMonthDay
    #expect(workingDays(inMonth: year * 12 + number - 1) == expected)
}

/// Demand = size × season × (working days / usual)^β: expected is the same construction, with the calendar of the months ahead.
@Test("Months sell by their working days where they did before", arguments: [1.0, 0.6, -0.8])
func monthsFollowTheirWorkingDays(beta: Double) throws {
    var random = TestRandom(seed: 5)
    func days(_ bucket: Int) -> Double { Double(workingDays(inMonth: 2027 * 12 + bucket)) }
    func factor(_ bucket: Int) -> Double {
        let usual = (0..<28).reduce(0) { $0 + days(bucket - 12 * $1) } / 28
        return power(days(bucket) / usual, beta) * ((bucket % 12 + 12) % 12 < 6 ? 1.2 : 0.8)
    }
    var sales: [Pair: [Double]] = [:]
    for account in 0..<4 {
        sales[Pair(account: account, product: 0)] = (-72..<0).map {
            1000 * Double(1 + account) * factor($0) * (1 + 0.005 * random.normal())
        }
    }
    let built = HistoryPackage(unit: .month, start: "2027-01-01", count: 12, accounts: 4, sales: sales)
    let result = forecast(for: built.package, threads: 1, progress: nil)
    for account in 0..<4 {
        let rows = result.rows(of: Pair(account: account, product: 0))
        for row in rows {
            let expected = 1000 * Double(1 + account) * factor(row.bucket)
            #expect((row.quantity / expected - 1).magnitude < 0.02, "account \(account), bucket \(row.bucket)")
            #expect((row.parts.sum - row.quantity).magnitude <= 1e-9 * row.quantity)
        }
        // The months differ by up to three working days in twenty-one: the part is there and not small.
        let most = rows.map { $0.parts.tradingDays.magnitude / $0.quantity }.max() ?? 0
        #expect(most > 0.03 * beta.magnitude)
    }
}

private func power(_ x: Double, _ y: Double) -> Double { exponential(y * logarithm(x)) }

@Test("Months that do not follow their days are left alone", arguments: [UInt64(1), 2, 3, 4])
func chanceIsNoWorkingDayEffect(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let sales = Dictionary(
        uniqueKeysWithValues: (0..<6).map { account in
            (Pair(account: account, product: 0), (0..<60).map { _ in 500 * (1 + 0.1 * random.normal()) })
        })
    let built = HistoryPackage(unit: .month, start: "2027-01-01", count: 6, accounts: 6, sales: sales)
    #expect(forecast(for: built.package, threads: 1, progress: nil).rows.allSatisfy { $0.parts.tradingDays == 0 })
}

@Test func weeksHaveNoWorkingDayEffect() {
    let built = HistoryPackage(sales: [firstPair: (0..<170).map { 100 + Double(($0 * 37) % 11) }])
    #expect(forecast(for: built.package, threads: 1, progress: nil).rows.allSatisfy { $0.parts.tradingDays == 0 })
}

// MARK: Days before and after a feast

/// A feast week at 1, the week before it at 1.8 (stocking up), the week after at 0.6. The feast moves; expected is the same construction.
@Test("The days around a feast move with it", arguments: [nil, 7])
func daysAroundAFeastMoveWithIt(reach: Int?) throws {
    let feasts = ["2024-02-05", "2025-01-27", "2026-02-16", "2027-02-01"]
    var built = HistoryPackage(start: "2026-12-07", count: 16, accounts: 6)
    let horizon = built.package.horizon
    let events = try feasts.map { text in
        let first = try #require(CalendarDate(text))
        return Event(name: "feast", start: first, end: first.adding(days: 6), daysBefore: reach, daysAfter: reach)
    }
    let weeks = events.map { horizon.bucket(of: $0.start) }
    func factor(_ bucket: Int) -> Double { weeks.contains(bucket + 1) ? 1.8 : weeks.contains(bucket - 1) ? 0.6 : 1 }
    var random = TestRandom(seed: 3)
    var sales: [Pair: [Double]] = [:]
    for account in 0..<6 {
        sales[Pair(account: account, product: 0)] = (-160..<0).map { 100 * factor($0) * (1 + 0.03 * random.normal()) }
    }
    built = HistoryPackage(start: "2026-12-07", count: 16, accounts: 6, sales: sales)
    built.package.events = events
    let rows = forecast(for: built.package, threads: 1, progress: nil).rows.filter { $0.account == 0 }
    for row in rows { #expect((row.quantity / (100 * factor(row.bucket)) - 1).magnitude < 0.12, "bucket \(row.bucket)") }
    #expect(rows[weeks[3] - 1].parts.events > 50)
    #expect(rows[weeks[3] + 1].parts.events < -20)
}

@Test func noDaysAroundAnEventWhereItsRowSaysSo() throws {
    let first = try #require(CalendarDate("2026-06-01"))
    let plain = EventNames([Event(name: "feast", start: first, end: first)], unit: .week)
    let own = EventNames([Event(name: "feast", start: first, end: first, daysBefore: 0, daysAfter: 0)], unit: .week)
    let before = EventNames([Event(name: "feast", start: first, end: first, daysBefore: 3, daysAfter: 0)], unit: .week)
    #expect(plain.names == ["feast", "feast", "feast"])
    #expect(own.names == ["feast"])
    #expect(EventNames([Event(name: "feast", start: first, end: first)], unit: .month).names == ["feast"])
    let calendar = before.calendar(
        for: firstPair, horizon: Horizon(unit: .week, start: first, count: 4), buckets: -4..<4)
    // A Monday: Friday to Sunday of the week before.
    #expect(calendar.buckets.map { $0.map(\.bucket) } == [[0], [-1]])
    #expect((calendar.buckets[1][0].share - 3.0 / 7).magnitude < 1e-12)
}

@Test func daysOfTheEventItselfAreNotBeforeIt() throws {
    let first = try #require(CalendarDate("2026-06-01"))
    // Two dates of one event, four days apart: the days between are after one and before the other, its own days neither.
    let events = [0, 4].map {
        Event(name: "feast", start: first.adding(days: $0), end: first.adding(days: $0 + 1), daysBefore: 7, daysAfter: 7)
    }
    let calendar = EventNames(events, unit: .week).calendar(
        for: firstPair, horizon: Horizon(unit: .week, start: first, count: 2), buckets: -2..<2)
    let days = calendar.buckets.map { list in list.map { ($0.share * 7).rounded() } }
    // Own: 4 of the first week. Before: 7 of the week before, 2 of the first. After: 3 of the first (Wednesday, Thursday, Sunday), 6 of the next.
    #expect(days == [[4], [7, 2], [3, 6]])
}
