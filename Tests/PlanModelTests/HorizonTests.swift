import PlanModel
import TestSupport
import Testing

@Suite struct HorizonTests {
    struct BucketCase: Sendable {
        var name: String
        var unit: BucketUnit
        var start: String
        var date: String
        var bucket: Int
        /// First day of that bucket.
        var firstDay: String
    }

    static let cases = [
        BucketCase(name: "first day", unit: .week, start: "2027-03-01", date: "2027-03-01", bucket: 0, firstDay: "2027-03-01"),
        BucketCase(
            name: "Sunday of the first week", unit: .week, start: "2027-03-01", date: "2027-03-07", bucket: 0, firstDay: "2027-03-01"),
        BucketCase(name: "Monday after it", unit: .week, start: "2027-03-01", date: "2027-03-08", bucket: 1, firstDay: "2027-03-08"),
        BucketCase(name: "Sunday before it", unit: .week, start: "2027-03-01", date: "2027-02-28", bucket: -1, firstDay: "2027-02-22"),
        BucketCase(name: "Monday before it", unit: .week, start: "2027-03-01", date: "2027-02-22", bucket: -1, firstDay: "2027-02-22"),
        BucketCase(name: "two weeks before it", unit: .week, start: "2027-03-01", date: "2027-02-21", bucket: -2, firstDay: "2027-02-15"),
        BucketCase(
            name: "start given as a Thursday", unit: .week, start: "2027-03-04", date: "2027-03-02", bucket: 0, firstDay: "2027-03-01"),
        BucketCase(name: "week over a leap day", unit: .week, start: "2028-02-28", date: "2028-03-06", bucket: 1, firstDay: "2028-03-06"),
        BucketCase(name: "month, last day", unit: .month, start: "2027-01-01", date: "2027-01-31", bucket: 0, firstDay: "2027-01-01"),
        BucketCase(name: "month, leap day", unit: .month, start: "2028-01-15", date: "2028-02-29", bucket: 1, firstDay: "2028-02-01"),
        BucketCase(
            name: "month over the year's end", unit: .month, start: "2027-11-01", date: "2028-01-01", bucket: 2, firstDay: "2028-01-01"),
        BucketCase(name: "month before", unit: .month, start: "2027-01-01", date: "2026-12-31", bucket: -1, firstDay: "2026-12-01"),
        BucketCase(
            name: "month, two years before", unit: .month, start: "2027-01-01", date: "2024-12-01", bucket: -25, firstDay: "2024-12-01"),
    ]

    @Test(arguments: cases)
    func aDateFallsIntoItsBucket(_ example: BucketCase) throws {
        let horizon = Horizon(unit: example.unit, start: try #require(CalendarDate(example.start)), count: 4)
        let date = try #require(CalendarDate(example.date))
        #expect(horizon.bucket(of: date) == example.bucket)
        #expect(horizon.firstDay(of: example.bucket).description == example.firstDay)
    }

    @Test(arguments: [BucketUnit.week, .month], ["2027-03-01", "2028-02-29", "2026-12-31"])
    func bucketsFollowEachOtherWithoutAGap(_ unit: BucketUnit, _ start: String) throws {
        let horizon = Horizon(unit: unit, start: try #require(CalendarDate(start)), count: 26)
        for bucket in -60..<60 {
            let first = horizon.firstDay(of: bucket)
            let days = horizon.days(in: bucket)
            #expect(unit == .week ? days == 7 : (28...31).contains(days))
            #expect(first.adding(days: days) == horizon.firstDay(of: bucket + 1))
            #expect(horizon.bucket(of: first) == bucket)
            #expect(horizon.bucket(of: first.adding(days: days - 1)) == bucket)
            if unit == .week { #expect(first.weekday == 0, "weeks start on Monday") }
        }
    }

    @Test func daysOfMonthsAreThoseOfTheCalendar() throws {
        let horizon = Horizon(unit: .month, start: try #require(CalendarDate("2028-01-01")), count: 12)
        #expect(horizon.buckets.map { horizon.days(in: $0) } == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    }
}
