/// The length of one planning period.
public enum BucketUnit: String, Sendable, CaseIterable { case week, month }

/// The planning buckets: `count` weeks (starting Monday) or calendar months from `start`.
///
/// Buckets are numbered 0 ..< count; history has negative numbers on the same scale, so one series runs through the start without a seam.
public struct Horizon: Hashable, Sendable {
    public let unit: BucketUnit
    /// First day of bucket 0: a Monday, or the first of a month.
    public let start: CalendarDate
    /// Number of buckets T.
    public let count: Int
    /// The first buckets whose decisions may not move.
    public let frozen: Int

    /// `start` may be any day of the first bucket.
    public init(unit: BucketUnit, start: CalendarDate, count: Int, frozen: Int = 0) {
        self.unit = unit
        self.count = count
        self.frozen = frozen
        switch unit {
        case .week: self.start = start.adding(days: -start.weekday)
        case .month: self.start = start.adding(days: 1 - start.yearMonthDay.day)
        }
    }

    public var buckets: Range<Int> { 0..<count }

    /// Number of the bucket that holds `date`; negative before the horizon, ≥ `count` after it.
    public func bucket(of date: CalendarDate) -> Int {
        switch unit {
        case .week:
            let days = date.daysSinceEpoch - start.daysSinceEpoch
            return days >= 0 ? days / 7 : -((6 - days) / 7)
        case .month:
            let (year, month, _) = date.yearMonthDay
            let (startYear, startMonth, _) = start.yearMonthDay
            return (year - startYear) * 12 + month - startMonth
        }
    }

    /// First day of any bucket, also outside the horizon.
    public func firstDay(of bucket: Int) -> CalendarDate {
        switch unit {
        case .week: return start.adding(days: 7 * bucket)
        case .month:
            let (year, month, _) = start.yearMonthDay
            let months = year * 12 + month - 1 + bucket
            return CalendarDate(year: months / 12, month: months % 12 + 1, day: 1) ?? start
        }
    }

    /// Number of days in a bucket.
    public func days(in bucket: Int) -> Int { firstDay(of: bucket + 1).daysSinceEpoch - firstDay(of: bucket).daysSinceEpoch }
}
