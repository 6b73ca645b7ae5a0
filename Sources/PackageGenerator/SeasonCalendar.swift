import PlanModel

/// A feast that recurs under one name, on dates that may move from year to year.
struct Feast: Sendable {
    let name: Term
    /// What it does to demand on its days, all products alike. The package leaves the lift blank: a forecaster has to learn it.
    let lift: Double
    /// First and last day, one pair a year.
    let spans: [(start: String, end: String)]
}

/// What the firm's year looks like: one summer peak, a quiet late autumn, and feasts on their true dates.
enum SeasonCalendar {
    /// Monday of the peak week of the planned year.
    static let peakWeek = CalendarDate(year: 2027, month: 7, day: 5) ?? CalendarDate(daysSinceEpoch: 0)

    /// First planning day such that the peak lies at about 70 % of the horizon.
    static func start(buckets: Int) -> CalendarDate { peakWeek.adding(days: -7 * Int(0.7 * Double(buckets))) }

    /// New Year's Day of the lunar calendar: 2024-02-10, 2025-01-29, 2026-02-17, 2027-02-06, 2028-01-26. People stock up in the two weeks
    /// before it.
    static let springFestival = Feast(
        name: Term("Spring Festival", "春节"), lift: 1.6,
        spans: [
            ("2024-01-27", "2024-02-10"), ("2025-01-15", "2025-01-29"), ("2026-02-03", "2026-02-17"), ("2027-01-23", "2027-02-06"),
            ("2028-01-12", "2028-01-26"),
        ])

    /// Dragon Boat Festival: 2024-06-10, 2025-05-31, 2026-06-19, 2027-06-09. Mid-Autumn: 2024-09-17, 2025-10-06, 2026-09-25, 2027-09-15.
    static let feasts: [Feast] = [
        springFestival,
        Feast(
            name: Term("Labour Day", "劳动节"), lift: 1.15,
            spans: [
                ("2024-05-01", "2024-05-05"), ("2025-05-01", "2025-05-05"),
                ("2026-05-01", "2026-05-05"), ("2027-05-01", "2027-05-05"),
            ]),
        Feast(
            name: Term("Dragon Boat Festival", "端午节"), lift: 1.25,
            spans: [
                ("2024-06-06", "2024-06-10"), ("2025-05-27", "2025-05-31"),
                ("2026-06-15", "2026-06-19"), ("2027-06-05", "2027-06-09"),
            ]),
        Feast(
            name: Term("Mid-Autumn Festival", "中秋节"), lift: 1.3,
            spans: [
                ("2024-09-11", "2024-09-17"), ("2025-09-30", "2025-10-06"),
                ("2026-09-19", "2026-09-25"), ("2027-09-09", "2027-09-15"),
            ]),
        Feast(
            name: Term("National Day", "国庆节"), lift: 1.2,
            spans: [
                ("2024-10-01", "2024-10-07"), ("2025-10-01", "2025-10-07"),
                ("2026-10-01", "2026-10-07"), ("2027-10-01", "2027-10-07"),
            ]),
    ]

    /// A promotion of one account, its lift agreed and given.
    static let promotion = Feast(
        name: Term("Summer Promotion", "夏季促销"), lift: 1.3,
        spans: [("2025-06-16", "2025-06-29"), ("2026-06-15", "2026-06-28"), ("2027-06-14", "2027-06-27")])

    /// The part of an event calendar that touches `first` … `last`, as rows of the package.
    static func events(
        _ feast: Feast, language: NameLanguage, account: Int? = nil, lift: Double? = nil, from first: CalendarDate, to last: CalendarDate
    ) -> [Event] {
        feast.spans.compactMap { span in
            guard let start = CalendarDate(span.start), let end = CalendarDate(span.end), end >= first, start <= last else { return nil }
            return Event(name: feast.name(language), start: start, end: end, account: account, lift: lift)
        }
    }

    /// Share of a bell around the nearest 8 July (or another day of the year), 1 at its top; `width` in weeks.
    static func bell(_ date: CalendarDate, month: Int, day: Int, width: Double) -> Double {
        let year = date.yearMonthDay.year
        var nearest = Int.max
        for candidate in (year - 1)...(year + 1) {
            guard let top = CalendarDate(year: candidate, month: month, day: day) else { continue }
            nearest = min(nearest, abs(date.daysSinceEpoch - top.daysSinceEpoch))
        }
        let x = Double(nearest) / 7 / width
        return x > 12 ? 0 : portableExp(-x * x / 2)
    }

    /// Demand of a week against an ordinary one, from the feasts: the mean over its days of the lifts in force.
    static func lift(of events: [(start: CalendarDate, end: CalendarDate, lift: Double)], weekOf monday: CalendarDate) -> Double {
        var sum = 0.0
        for day in 0..<7 {
            let date = monday.adding(days: day)
            var factor = 1.0
            for event in events where event.start <= date && date <= event.end { factor *= event.lift }
            sum += factor
        }
        return sum / 7
    }
}

/// The season's factors for every bucket of history and horizon, computed once for all pairs.
struct SeasonCurve: Sendable {
    /// Number of the first bucket (negative: history).
    let firstBucket: Int
    /// 0…1, 1 in the peak week; element i is bucket `firstBucket + i`.
    let summer: [Double]
    /// 0…1, the quiet weeks of late autumn.
    let autumn: [Double]
    /// Feasts of all accounts.
    let feastLift: [Double]
    /// The promotion of one account.
    let promotionLift: [Double]

    init(horizon: Horizon, historyBuckets: Int) {
        firstBucket = -historyBuckets
        let mondays = (-historyBuckets..<horizon.count).map { horizon.firstDay(of: $0) }
        // Thursday stands for the week.
        summer = mondays.map { SeasonCalendar.bell($0.adding(days: 3), month: 7, day: 8, width: 3) }
        autumn = mondays.map { SeasonCalendar.bell($0.adding(days: 3), month: 11, day: 20, width: 4) }
        func dated(_ feast: Feast) -> [(start: CalendarDate, end: CalendarDate, lift: Double)] {
            feast.spans.compactMap { span in
                guard let start = CalendarDate(span.start), let end = CalendarDate(span.end) else { return nil }
                return (start, end, feast.lift)
            }
        }
        let all = SeasonCalendar.feasts.flatMap(dated)
        let promotion = dated(SeasonCalendar.promotion)
        feastLift = mondays.map { SeasonCalendar.lift(of: all, weekOf: $0) }
        promotionLift = mondays.map { SeasonCalendar.lift(of: promotion, weekOf: $0) }
    }

    var bucketCount: Int { summer.count }
}
