import PlanModel
import TestSupport
import Testing

@Suite struct CalendarDateTests {
    struct DayCase: Sendable {
        var name: String
        var text: String
        var daysSinceEpoch: Int
        /// 0 = Monday.
        var weekday: Int
        var origin: String
    }

    static let days = [
        DayCase(name: "epoch", text: "1970-01-01", daysSinceEpoch: 0, weekday: 3, origin: "definition; it was a Thursday"),
        DayCase(name: "day before the epoch", text: "1969-12-31", daysSinceEpoch: -1, weekday: 2, origin: "by hand"),
        DayCase(
            name: "leap day of a year divisible by 400", text: "2000-02-29", daysSinceEpoch: 11016, weekday: 1,
            origin: "date -ud 2000-02-29 +%s / 86400"),
        DayCase(name: "leap day", text: "2024-02-29", daysSinceEpoch: 19782, weekday: 3, origin: "date -ud 2024-02-29 +%s / 86400"),
        DayCase(
            name: "Spring Festival 2027", text: "2027-02-06", daysSinceEpoch: 20855, weekday: 5, origin: "date -ud 2027-02-06 +%s / 86400"),
        DayCase(name: "a Monday", text: "2027-03-01", daysSinceEpoch: 20878, weekday: 0, origin: "date -ud 2027-03-01 +%s / 86400"),
        DayCase(
            name: "after 1900, which had no leap day", text: "1900-03-01", daysSinceEpoch: -25508, weekday: 3,
            origin: "date -ud 1900-03-01 +%s / 86400"),
    ]

    @Test(arguments: days)
    func textAndDayNumberAndWeekdayAgree(_ day: DayCase) throws {
        let date = try #require(CalendarDate(day.text))
        #expect(date.daysSinceEpoch == day.daysSinceEpoch)
        #expect(date.weekday == day.weekday)
        #expect(date.description == day.text)
    }

    @Test(arguments: [
        "2023-02-29", "1900-02-29", "2027-02-30", "2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-1-01", "27-01-01",
        "2027/01/01",
        "2027-01-01 ", "", "2027-01-0x", "0000-01-01", "２０２７-01-01",
    ])
    func thereIsNoSuchDay(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    /// Every day of 400 years, the whole cycle of the calendar: following days have following numbers and weekdays, and no day is skipped.
    @Test func everyDayOfTheWholeCycleFollowsTheOneBefore() throws {
        var expected = try #require(CalendarDate("1899-12-31")).daysSinceEpoch
        for year in 1900..<2300 {
            for month in 1...12 {
                for day in 1...CalendarDate.daysIn(month: month, year: year) {
                    expected += 1
                    guard let date = CalendarDate(year: year, month: month, day: day) else {
                        Issue.record("\(year)-\(month)-\(day) is a day")
                        return
                    }
                    let back = date.yearMonthDay
                    if date.daysSinceEpoch != expected || back != (year, month, day) {
                        Issue.record("\(year)-\(month)-\(day) became \(date), day \(date.daysSinceEpoch) instead of \(expected)")
                        return
                    }
                }
            }
        }
        let start = try #require(CalendarDate("1899-12-31")).daysSinceEpoch
        #expect(expected - start == 146_097, "days in 400 years of the Gregorian calendar")
    }
}
