import PlanModel

/// Lifts of events, learnt from their past dates.
///
/// For each event and pair the lift r (demand on its days = (1 + r) × what it would have been) comes from the buckets it touched:
///
///     r = Σ (y − base) / Σ base · share,    variance v = s² Σ season² (1 + 1/k) / (Σ base · share)²
///
/// base is the level of the nearest buckets without the event, before and after, on a line, times the season of the bucket; y is free of the other
/// events' lifts; s the scatter of the same comparison in buckets without events. Season and lifts are found in turns: the first turn knows no
/// season, later ones take it from all pairs' series with the lifts of the turn before taken out, so that a feast that moves and the season it moves in
/// come apart. Then pairs are drawn towards the pooled lift by their variance (random effects): a pair with few or noisy dates gets the pooled one. The pooled lift
/// itself is drawn towards none by what it may owe to chance: its own error, and what all series share in any bucket, over the number of dates.
///
/// Sources: DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188, for the variance between pairs; James & Stein (1961), Proc. 4th Berkeley
/// Symposium 1, 361-379, for the pooled lift (positive part); the rest is ours.
struct EventLifts: Sendable {
    /// Learnt lift (1 = none) of each event name and series, shape [names][series].
    let lifts: [[Double]]
    /// The pooled lift of each name, for series without past dates.
    let pooled: [Double]

    /// Learnt lifts stay in this range: nothing is learnt beyond twenty-fold demand.
    static let range = 0.0...20.0
    private static let turns = 3
    /// Days around an event that no row asks for need so many dates, and a pooled lift of three standard errors (squared): measured on Stallion, where
    /// without it one such lift took credit for whole months.
    private static let leastDatesOfGuess = 3
    private static let evidenceOfGuess = 9.0

    /// - Parameters:
    ///   - series: Histories that are learnt from; NaN = not known.
    ///   - calendars: Calendar of each series.
    ///   - season: Buckets a season.
    init(names: EventNames, series: [DemandHistory], calendars: [EventCalendar], season: Int) {
        let nameCount = names.names.count
        var lifts = (0..<nameCount).map { [Double](repeating: names.givenLift($0), count: series.count) }
        var pooled = (0..<nameCount).map { names.givenLift($0) }
        let neighbours = season > 24 ? 4 : 2
        let first = series.map(\.firstBucket).min() ?? 0
        for turn in 0..<Self.turns {
            // Without lifts in the first turn the events' own buckets are simply left out of season and scatter; those next to them that nobody
            // asked about are as good as any.
            let unknown = names.isGuess.map { turn == 0 && !$0 }
            let clean = series.indices.map { s in
                Self.delifted(series[s], calendars[s], unknown: unknown) { lifts[$0][s] }
            }
            let profile = turn == 0 ? [] : Self.seasonProfile(clean, firstBucket: first, season: season)
            let factor: (Int) -> Double = { bucket in profile.isEmpty ? 1 : profile[(bucket - first) % profile.count] }
            let shock = Self.commonVariance(clean, neighbours: neighbours, factor: factor)
            var next = lifts
            for name in 0..<nameCount {
                var estimates: [(series: Int, lift: Double, variance: Double)] = []
                for s in series.indices where !calendars[s].buckets[name].isEmpty {
                    let other = Self.delifted(series[s], calendars[s], unknown: unknown, except: name) { lifts[$0][s] }
                    if let estimate = Self.estimate(
                        other, calendars[s].buckets[name], clean: clean[s], neighbours: neighbours, factor: factor)
                    {
                        estimates.append((s, estimate.lift, estimate.variance))
                    }
                }
                guard !estimates.isEmpty else { continue }
                let (found, between, error) = randomEffects(estimates.map { ($0.lift, $0.variance) })
                // What all series share in a bucket (weather, a holiday nobody named) cannot be told from the event by more series, only by more dates.
                let dates = Set(
                    estimates.flatMap { entry in
                        calendars[entry.series].buckets[name].map(\.bucket).filter { $0 < 0 && $0 >= series[entry.series].firstBucket }
                    })
                let doubt = error * error + shock / Double(max(dates.count, 1))
                let mean = found * max(0, 1 - doubt / max(found * found, 1e-12))
                if names.isGuess[name], dates.count < Self.leastDatesOfGuess || found * found < Self.evidenceOfGuess * doubt {
                    pooled[name] = 1
                    next[name] = [Double](repeating: 1, count: series.count)
                    continue
                }
                pooled[name] = Self.clamped(1 + mean)
                next[name] = [Double](repeating: pooled[name], count: series.count)
                for estimate in estimates {
                    let trust = between / (between + estimate.variance)
                    next[name][estimate.series] = Self.clamped(1 + mean + trust * (estimate.lift - found))
                }
            }
            lifts = next
        }
        self.lifts = lifts
        self.pooled = pooled
    }

    private static func clamped(_ lift: Double) -> Double { min(max(lift, range.lowerBound), range.upperBound) }

    /// A bucket an event left less than this of says nothing about normal demand.
    static let leastReadableFactor = 0.1

    /// The series with the events' lifts taken out.
    ///
    /// - Parameter unknown: Names whose buckets without a given lift are unknown instead.
    static func delifted(
        _ history: DemandHistory, _ calendar: EventCalendar, unknown: [Bool] = [], except: Int? = nil, lift: (Int) -> Double
    ) -> DemandHistory {
        var result = history
        for (name, buckets) in calendar.buckets.enumerated() where name != except {
            let learnt = lift(name)
            for entry in buckets where entry.bucket >= history.firstBucket && entry.bucket < 0 {
                let isUnknown = !unknown.isEmpty && unknown[name] && entry.parts.contains { $0.lift == nil }
                let factor = entry.factor(learnt: learnt)
                let index = entry.bucket - history.firstBucket
                result.values[index] = isUnknown || factor < leastReadableFactor ? .nan : result.values[index] / factor
            }
        }
        return result
    }

    /// Lift r and its variance for one series; nil where no date of the event has a base to be compared with.
    private static func estimate(
        _ history: DemandHistory, _ buckets: [EventCalendar.Bucket], clean: DemandHistory, neighbours: Int, factor: (Int) -> Double
    ) -> (lift: Double, variance: Double)? {
        // The event's own buckets are no neighbours of themselves.
        var others = clean
        for entry in buckets where entry.bucket >= others.firstBucket && entry.bucket < 0 {
            others.values[entry.bucket - others.firstBucket] = .nan
        }
        var excess = 0.0
        var exposure = 0.0
        var seasons = 0.0
        for entry in buckets where entry.bucket < 0 {
            let y = history[entry.bucket]
            guard !y.isNaN, entry.share > 0, let level = localLevel(others, at: entry.bucket, neighbours: neighbours, factor: factor) else {
                continue
            }
            let base = level * factor(entry.bucket)
            excess += y - base
            exposure += base * entry.share
            seasons += factor(entry.bucket) * factor(entry.bucket)
        }
        guard exposure > 0 else { return nil }
        let scatter = scatterVariance(others, neighbours: neighbours, factor: factor)
        // Even a series without any scatter is not known better than to a thousandth.
        let variance = scatter * seasons * (1 + 1 / Double(2 * neighbours)) / (exposure * exposure)
        return (excess / exposure, max(variance, 1e-6))
    }

    /// Level (season taken out) at a bucket from the nearest known buckets before and after it, on a straight line between their means.
    private static func localLevel(_ history: DemandHistory, at bucket: Int, neighbours: Int, factor: (Int) -> Double) -> Double? {
        func side(_ direction: Int) -> (mean: Double, distance: Double)? {
            var sum = 0.0
            var distance = 0.0
            var count = 0
            var at = bucket + direction
            while at >= history.firstBucket, at < 0, count < neighbours, (at - bucket).magnitude <= 4 * neighbours {
                let value = history[at]
                if !value.isNaN {
                    sum += value / factor(at)
                    distance += Double((at - bucket).magnitude)
                    count += 1
                }
                at += direction
            }
            return count > 0 ? (sum / Double(count), distance / Double(count)) : nil
        }
        switch (side(-1), side(1)) {
        case (let before?, let after?):
            return (before.mean * after.distance + after.mean * before.distance) / (before.distance + after.distance)
        case (let one?, nil), (nil, let one?): return one.mean
        case (nil, nil): return nil
        }
    }

    /// Variance of a known bucket (season taken out) around the level of its neighbours.
    private static func scatterVariance(_ history: DemandHistory, neighbours: Int, factor: (Int) -> Double) -> Double {
        var squares = 0.0
        var count = 0.0
        for bucket in history.firstBucket..<0 where !history[bucket].isNaN {
            guard let level = localLevel(history, at: bucket, neighbours: neighbours, factor: factor) else { continue }
            let residual = history[bucket] / factor(bucket) - level
            squares += residual * residual
            count += 1
        }
        return count > 0 ? squares / count / (1 + 1 / Double(2 * neighbours)) : 0
    }

    /// Variance of what all series have in common in a bucket without events, relative to their levels; 0 with fewer than three series.
    private static func commonVariance(_ series: [DemandHistory], neighbours: Int, factor: (Int) -> Double) -> Double {
        guard series.count >= 3, let first = series.map(\.firstBucket).min() else { return 0 }
        var tops = [Double](repeating: 0, count: -first)
        var bottoms = tops
        var counts = [Int](repeating: 0, count: -first)
        for history in series {
            for bucket in history.firstBucket..<0 where !history[bucket].isNaN {
                guard let level = localLevel(history, at: bucket, neighbours: neighbours, factor: factor), level > 0 else { continue }
                tops[bucket - first] += history[bucket] / factor(bucket) - level
                bottoms[bucket - first] += level
                counts[bucket - first] += 1
            }
        }
        var squares = 0.0
        var number = 0.0
        for t in counts.indices where counts[t] >= 3 && bottoms[t] > 0 {
            let shock = tops[t] / bottoms[t]
            squares += shock * shock
            number += 1
        }
        return number >= 6 ? squares / number / (1 + 1 / Double(2 * neighbours)) : 0
    }

    /// Season of all series together, each scaled to mean 1: the mean by phase of their mean against its moving mean of one season.
    ///
    /// - Returns: Shape [m], phase 0 at `firstBucket`; empty where fewer than two seasons are known.
    private static func seasonProfile(_ series: [DemandHistory], firstBucket: Int, season m: Int) -> [Double] {
        let n = -firstBucket
        guard m > 1, n >= 2 * m else { return [] }
        var sum = [Double](repeating: 0, count: n)
        var count = [Double](repeating: 0, count: n)
        for history in series {
            let known = history.values.filter { !$0.isNaN }
            let mean = known.reduce(0, +) / Double(max(known.count, 1))
            // A series shorter than a season is scaled by a part of the year only.
            guard mean > 0, known.count >= m else { continue }
            for (index, value) in history.values.enumerated() where !value.isNaN {
                sum[history.firstBucket - firstBucket + index] += value / mean
                count[history.firstBucket - firstBucket + index] += 1
            }
        }
        let mean = (0..<n).map { count[$0] > 0 ? sum[$0] / count[$0] : Double.nan }
        var top = [Double](repeating: 0, count: m)
        var bottom = [Double](repeating: 0, count: m)
        for t in m / 2..<n - (m - 1) / 2 where !mean[t].isNaN {
            let window = mean[(t - m / 2)...(t + (m - 1) / 2)].filter { !$0.isNaN }
            guard window.count >= m / 2 else { continue }
            top[t % m] += mean[t]
            bottom[t % m] += window.reduce(0, +) / Double(window.count)
        }
        var profile = (0..<m).map { bottom[$0] > 0 ? top[$0] / bottom[$0] : 1 }
        if m > 24 {
            // Weeks: one or two years of one series make a rough season; sharp peaks are for the events to explain.
            let rough = profile
            for k in 0..<m {
                profile[k] =
                    (rough[(k + m - 2) % m] + 2 * rough[(k + m - 1) % m] + 3 * rough[k] + 2 * rough[(k + 1) % m] + rough[(k + 2) % m]) / 9
            }
        }
        return profile.map { max($0, 0.05) }
    }
}
