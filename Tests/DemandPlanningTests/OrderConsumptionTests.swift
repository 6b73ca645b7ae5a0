import PlanModel
import Testing

@testable import DemandPlanning

struct ConsumptionCase: Sendable, CustomTestStringConvertible {
    var name: String
    var unit: BucketUnit = .month
    var forecast: [Double]
    /// Id, due day, quantity.
    var orders: [(String, String, Double)]
    var backward: Int
    var forward: Int
    var left: [Double]
    var ordered: [Double]
    var origin: String
    var testDescription: String { name }

    static let all = [
        ConsumptionCase(
            name: "four months", forecast: [350, 350, 350, 350],
            orders: [("1", "2027-01-15", 300), ("2", "2027-02-15", 500), ("3", "2027-03-15", 280)], backward: 31, forward: 62,
            left: [0, 0, 0, 320], ordered: [300, 500, 280, 0],
            origin: "behaviours.md F9: 500 takes 350 + 50 of January + 100 of March, 280 takes 250 + 30 of April"),
        ConsumptionCase(
            name: "nothing found is added", forecast: [10, 10, 10, 10], orders: [("1", "2027-02-10", 100)], backward: 5, forward: 10,
            left: [10, 0, 10, 10], ordered: [0, 100, 0, 0], origin: "by hand: neither window leaves February"),
        ConsumptionCase(
            name: "nearest earlier bucket first", forecast: [100, 100, 100, 100], orders: [("1", "2027-03-20", 250)], backward: 80,
            forward: 0,
            left: [50, 0, 0, 100], ordered: [0, 0, 250, 0], origin: "by hand: March, then February, then 50 of January"),
        ConsumptionCase(
            name: "by due date, then id", forecast: [100, 0, 0, 0],
            orders: [("b", "2027-01-20", 80), ("a", "2027-01-20", 50), ("c", "2027-01-05", 30)],
            backward: 0, forward: 0, left: [0, 0, 0, 0], ordered: [160, 0, 0, 0], origin: "by hand: 30, 50, then 20 of 80"),
        ConsumptionCase(
            name: "overdue counts in the first bucket", forecast: [40, 40, 40, 40], orders: [("1", "2026-11-30", 60)], backward: 30,
            forward: 31,
            left: [0, 20, 40, 40], ordered: [60, 0, 0, 0], origin: "by hand: 31 days after 1 January touch February"),
        ConsumptionCase(
            name: "off the end", forecast: [40, 40, 40, 40], orders: [("1", "2027-05-01", 60)], backward: 30, forward: 30,
            left: [40, 40, 40, 40], ordered: [0, 0, 0, 0], origin: "due after the horizon"),
        ConsumptionCase(
            name: "weeks", unit: .week, forecast: [10, 20, 30, 40], orders: [("1", "2027-01-13", 45), ("2", "2027-01-18", 5)], backward: 7,
            forward: 7,
            left: [0, 0, 10, 40], ordered: [0, 45, 5, 0],
            origin: "by hand, weeks of 4, 11, 18, 25 January: 45 takes 20, 10, 15 of the week after; 5 takes 5 of the 15 left"),
    ]
}

/// Behaviour F9.
@Test("F9: orders consume forecast", arguments: ConsumptionCase.all)
func ordersConsumeForecast(given: ConsumptionCase) throws {
    let settings = ForecastSettings(season: 12, consumeBackwardDays: given.backward, consumeForwardDays: given.forward)
    var built = HistoryPackage(unit: given.unit, start: given.unit == .month ? "2027-01-01" : "2027-01-04", count: 4, forecast: settings)
    built.package.demand = given.forecast.enumerated().map { DemandRow(bucket: $0, account: 0, product: 0, quantity: $1) }
    built.package.orders = try given.orders.map {
        OrderRow(id: $0.0, account: 0, product: 0, due: try #require(CalendarDate($0.1)), quantity: $0.2)
    }.sorted { $0.id < $1.id }
    let planned = plannedDemand(for: built.package, forecast: forecast(for: built.package, threads: 1, progress: nil))
    #expect(planned.pairs == [firstPair])
    #expect(Array(planned.forecast.row(0)) == given.forecast)
    #expect(Array(planned.ordered.row(0)) == given.ordered)
    #expect(Array(planned.quantity.row(0)) == zip(given.left, given.ordered).map(+))
}

@Test func ordersConsumeWhatAnOverrideLeaves() {
    var built = HistoryPackage(
        unit: .month, start: "2027-01-01", count: 2, forecast: ForecastSettings(season: 12, consumeBackwardDays: 0, consumeForwardDays: 0))
    built.package.demand = [
        DemandRow(bucket: 0, account: 0, product: 0, quantity: 100), DemandRow(bucket: 1, account: 0, product: 0, quantity: 100),
    ]
    built.package.overrides = [OverrideRow(bucket: 0, account: 0, product: 0, quantity: 150, author: "Li", reason: "tender")]
    built.package.orders = [OrderRow(id: "1", account: 0, product: 0, due: built.package.horizon.start, quantity: 120)]
    let planned = plannedDemand(for: built.package, forecast: forecast(for: built.package, threads: 1, progress: nil))
    #expect(planned.forecast.values == [150, 100])
    #expect(planned.quantity.values == [150, 100])  // 30 left + 120 ordered
}
