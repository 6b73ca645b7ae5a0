import PlanModel

/// Where the events of one scope (an account and a product) fall: for each name the buckets it touches and the share of their days.
struct EventCalendar: Sendable {
    /// One occurrence's part of a bucket.
    struct Part: Sendable {
        /// Share of the bucket's days, 0…1.
        var share: Double
        /// Lift given in the row; nil = learnt.
        var lift: Double?
    }

    struct Bucket: Sendable {
        var bucket: Int
        var parts: [Part]

        /// What the demand of the bucket is multiplied by, days pro rata.
        func factor(learnt: Double) -> Double { parts.reduce(1) { $0 + (($1.lift ?? learnt) - 1) * $1.share } }

        var share: Double { parts.reduce(0) { $0 + $1.share } }
    }

    /// One list an event name (in the order of ``EventNames``), buckets rising.
    var buckets: [[Bucket]]
}

/// The names of all events and the rows of each.
struct EventNames: Sendable {
    /// Rising.
    let names: [String]
    /// Rows of each name.
    private let rows: [[Event]]

    init(_ events: [Event]) {
        var names: [String] = []
        var rows: [[Event]] = []
        for event in events.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            if names.last != event.name {
                names.append(event.name)
                rows.append([])
            }
            rows[rows.count - 1].append(event)
        }
        self.names = names
        self.rows = rows
    }

    /// Mean of the lifts given for a name: what is taken where nothing can be learnt. 1 where none is given.
    func givenLift(_ name: Int) -> Double {
        let lifts = rows[name].compactMap(\.lift)
        return lifts.isEmpty ? 1 : lifts.reduce(0, +) / Double(lifts.count)
    }

    /// Rows in scope, as one key: pairs of equal key share a calendar.
    func scope(of pair: Pair) -> [Int] {
        var result: [Int] = []
        var number = 0
        for list in rows {
            for event in list {
                if (event.account ?? pair.account) == pair.account && (event.product ?? pair.product) == pair.product {
                    result.append(number)
                }
                number += 1
            }
        }
        return result
    }

    /// - Parameter buckets: Only these are looked at.
    func calendar(for pair: Pair, horizon: Horizon, buckets: Range<Int>) -> EventCalendar {
        EventCalendar(
            buckets: rows.map { list in
                let inScope = list.filter { ($0.account ?? pair.account) == pair.account && ($0.product ?? pair.product) == pair.product }
                return Self.buckets(of: inScope, horizon: horizon, range: buckets)
            })
    }

    private static func buckets(of events: [Event], horizon: Horizon, range: Range<Int>) -> [EventCalendar.Bucket] {
        var touched: [Int] = []
        for event in events where event.end >= event.start {
            let first = max(horizon.bucket(of: event.start), range.lowerBound)
            let last = min(horizon.bucket(of: event.end), range.upperBound - 1)
            if first <= last { touched += first...last }
        }
        touched.sort()
        var result: [EventCalendar.Bucket] = []
        for bucket in touched where result.last?.bucket != bucket {
            let firstDay = horizon.firstDay(of: bucket)
            let days = horizon.days(in: bucket)
            var counts = [Int](repeating: 0, count: events.count)
            for day in 0..<days {
                let date = firstDay.adding(days: day)
                // On a day with several rows of one name the row of the narrowest scope speaks, the first of equals.
                var best: Int?
                for (index, event) in events.enumerated() where event.start <= date && date <= event.end {
                    if best.map({ narrowness(event) > narrowness(events[$0]) }) ?? true { best = index }
                }
                if let best { counts[best] += 1 }
            }
            let parts = events.indices.filter { counts[$0] > 0 }
                .map { EventCalendar.Part(share: Double(counts[$0]) / Double(days), lift: events[$0].lift) }
            result.append(EventCalendar.Bucket(bucket: bucket, parts: parts))
        }
        return result
    }

    private static func narrowness(_ event: Event) -> Int { (event.account == nil ? 0 : 2) + (event.product == nil ? 0 : 1) }
}
