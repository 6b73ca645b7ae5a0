import Forecasting
import PlanModel

/// Lasting changes of level: those level_shifts.csv tells of, and those the histories show.
///
/// What lies before a change is brought to the new level, so that season and growth are learnt from all of the history and the level from its newest part.
/// A factor that is given is used as it is, also for a date to come. One to be learnt comes from each pair in scope and is drawn towards their common one by
/// its variance (random effects).
struct LevelChanges: Sendable {
    private let rows: [LevelShiftRow]
    private let horizon: Horizon

    init(_ rows: [LevelShiftRow], horizon: Horizon) {
        self.rows = rows
        self.horizon = horizon
    }

    private func concerns(_ row: LevelShiftRow, _ pair: Pair) -> Bool {
        (row.account ?? pair.account) == pair.account && (row.product ?? pair.product) == pair.product
    }

    /// Share of a bucket's days before a date, 0…1.
    private func shareBefore(_ date: CalendarDate, _ bucket: Int) -> Double {
        let days = horizon.days(in: bucket)
        let before = date.daysSinceEpoch - horizon.firstDay(of: bucket).daysSinceEpoch
        return Double(min(max(before, 0), days)) / Double(days)
    }

    /// Brings a history from before a date to the level after it; the bucket of the date by its days.
    private func bring(_ history: inout DemandHistory, to factor: Double, from date: CalendarDate) {
        let last = min(horizon.bucket(of: date), -1)
        for bucket in history.firstBucket..<max(last + 1, history.firstBucket) {
            let before = shareBefore(date, bucket)
            // The bucket sold before · 1 + (1 − before) · factor of the old level.
            let sold = before + (1 - before) * factor
            history.values[bucket - history.firstBucket] *= sold > 0 ? factor / sold : 1
        }
    }

    /// What the buckets ahead are multiplied by because of given changes to come; shape [T].
    func comingFactors(of pair: Pair) -> [Double] {
        let own = rows.filter { $0.date >= horizon.start && concerns($0, pair) }
        guard !own.isEmpty else { return [Double](repeating: 1, count: horizon.count) }
        return horizon.buckets.map { bucket in
            own.reduce(1) { product, row in
                let before = shareBefore(row.date, bucket)
                return product * (before + (1 - before) * (row.factor ?? 1))
            }
        }
    }

    /// Takes the changes whose size is given out of a history.
    func takeGiven(from history: inout DemandHistory, of pair: Pair) {
        for row in rows where row.date < horizon.start && concerns(row, pair) {
            if let factor = row.factor { bring(&history, to: factor, from: row.date) }
        }
    }

    /// Takes the changes whose size is to be learnt, and those nobody told of, out of clean histories.
    ///
    /// - Returns: For each history the buckets in which its level changed, rising.
    func takeLearnt(from histories: inout [DemandHistory], of pairs: [Pair], season: Int) -> [[Int]] {
        var found = [[Int]](repeating: [], count: histories.count)
        for row in rows where row.date < horizon.start && row.factor == nil {
            let bucket = horizon.bucket(of: row.date)
            // A bucket the change falls into counts to the side that has most of it.
            let edge = shareBefore(row.date, bucket) > 0.5 ? bucket + 1 : bucket
            var estimates: [(series: Int, change: LevelChange)] = []
            for index in histories.indices where concerns(row, pairs[index]) && histories[index].firstBucket < bucket {
                let history = histories[index]
                if let change = LevelChange(of: history.values, at: edge - history.firstBucket, season: season) {
                    estimates.append((index, change))
                }
            }
            guard !estimates.isEmpty else { continue }
            let (mean, between, _) = randomEffects(estimates.map { ($0.change.logFactor, $0.change.variance) })
            for estimate in estimates {
                let trust = between / (between + estimate.change.variance)
                let factor = exponential(mean + trust * (estimate.change.logFactor - mean))
                bring(&histories[estimate.series], to: factor, from: row.date)
                found[estimate.series].append(bucket)
            }
        }
        for index in histories.indices {
            for shift in levelShifts(of: histories[index].values, season: season) {
                let bucket = histories[index].firstBucket + shift.position
                bring(&histories[index], to: shift.factor, from: horizon.firstDay(of: bucket))
                found[index].append(bucket)
            }
            found[index].sort()
        }
        return found
    }
}
