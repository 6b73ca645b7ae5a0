/// A lasting change of a series' regular level.
public struct LevelShift: Hashable, Sendable {
    /// Position of the first bucket at the new level.
    public var position: Int
    /// New level over the old one.
    public var factor: Double
}

/// Lasting changes of the level of one series that nobody told of, oldest first.
///
///     D[t] = median of z[t … t+k−1] − median of z[t−k … t−1],   z = log of the series without its season
///
/// A date is a shift where D there is far beyond what D is elsewhere in the same series, the step is taken within two buckets, and the buckets after it lie
/// on the new side: a series that wanders, grows or has one wild bucket has none. Where weeks are too few to take their season out, the same step a year
/// before or after is the season's, and without such a year nothing is said.
///
/// - Parameters:
///   - history: Demand a bucket, shape [n], events and prices taken out; NaN = not known.
///   - season: Buckets a season; ≤ 1 = none.
/// - Complexity: O(n² / k) at worst, for the medians.
///
/// Source of the kind: Chen & Liu (1993), JASA 88, 284-297 (level shift outliers); of the scale: Hampel (1974), JASA 69, 383-393.
public func levelShifts(of history: [Double], season: Int) -> [LevelShift] {
    var shifts = LevelContrast(history, season: season).shifts()
    // The season was taken out with the shift in it and has swallowed a part: what is left of the step shows without it.
    for _ in 0..<2 where !shifts.isEmpty {
        let rest = LevelContrast(broughtToNewestLevel(history, shifts), season: season)
        for index in shifts.indices {
            if let change = rest.change(at: shifts[index].position) { shifts[index].factor *= forecastingExp(change) }
        }
    }
    return shifts
}

/// A history with everything before its shifts at the level after them.
public func broughtToNewestLevel(_ history: [Double], _ shifts: [LevelShift]) -> [Double] {
    var values = history
    for shift in shifts { for t in 0..<min(shift.position, values.count) { values[t] *= shift.factor } }
    return values
}

/// How much the level changed at a date that is known, and how sure that is.
public struct LevelChange: Hashable, Sendable {
    /// log of the new level over the old one.
    public var logFactor: Double
    /// Variance of its error.
    public var variance: Double

    /// - Parameters:
    ///   - history: Shape [n]; NaN = not known.
    ///   - position: First bucket at the new level.
    /// - Returns: nil with fewer than three known buckets on either side.
    public init?(of history: [Double], at position: Int, season: Int) {
        let contrast = LevelContrast(history, season: season)
        guard let change = contrast.change(at: position) else { return nil }
        var total = change
        let brought = broughtToNewestLevel(history, [LevelShift(position: position, factor: forecastingExp(change))])
        let rest = LevelContrast(brought, season: season)
        total += rest.change(at: position) ?? 0
        // Nothing is learnt beyond twentyfold; nor is a level known better than to a hundredth.
        logFactor = min(max(total, -3), 3)
        variance = max(rest.scatter(besides: position), 1e-4)
    }
}

/// Medians on either side of each date of one series.
private struct LevelContrast {
    /// log of the series without its season; NaN = not known.
    private let z: [Double]
    /// Buckets on either side.
    private let width: Int
    private let leastAfter: Int
    /// Buckets of a season that is still in z; 0 = none.
    private let seasonLeft: Int

    private enum Tuning {
        /// Log of a change that matters: two fifths more, or three tenths less.
        static let leastChange = 0.35
        /// Robust deviations of D elsewhere.
        static let evidence = 5.0
        /// Share of D taken in the step itself.
        static let abruptness = 0.7
        /// Known buckets after the date; where seasons are short a whole season, see below.
        static let leastAfter = 4
        /// Share of all buckets after the date that lie on its side.
        static let lasting = 0.9
        static let mostCandidates = 4
        /// Weekly seasons are taken out from so many years on.
        static let leastYears = 3
    }

    init(_ history: [Double], season: Int) {
        let isLong = season > MethodBench.longestStateSeason
        width = isLong ? 8 : 6
        // Half a year at another level is often a season that came early: months have to show a whole one.
        leastAfter = season > 1 && !isLong ? max(season, Tuning.leastAfter) : Tuning.leastAfter
        let series = history.map { $0.isFinite ? $0 : .nan }
        let known = series.reduce(0) { $1.isNaN ? $0 : $0 + 1 }
        guard known > 2, let scale = seriesScale(series) else {
            z = []
            seasonLeft = 0
            return
        }
        let scaled = series.map { $0 / scale }
        let filled = filledSeries(scaled, season: season)
        var adjusted = scaled
        var left = 0
        if isLong {
            if series.count >= Tuning.leastYears * season, !filled.contains(where: { $0 < 0 }) {
                adjusted = yearShape(scaled, filled: filled, season: season, multiplicative: true).adjusted
            } else {
                left = season
            }
        } else if season > 1 {
            adjusted = seasonallyAdjusted(scaled, filled: filled, season: season).adjusted
        }
        seasonLeft = left
        z = adjusted.map { $0 > 0 ? forecastingLog($0) : .nan }
    }

    private func median(_ range: Range<Int>) -> Double? {
        let known = z[range.clamped(to: z.indices)].filter { !$0.isNaN }.sorted()
        guard known.count >= 3 else { return nil }
        return known.count % 2 == 1 ? known[known.count / 2] : (known[known.count / 2 - 1] + known[known.count / 2]) / 2
    }

    /// D; nil with fewer than three known buckets on either side.
    func change(at t: Int) -> Double? {
        guard t > 0, t < z.count, let after = median(t..<t + width), let before = median(t - width..<t) else { return nil }
        return after - before
    }

    /// Variance of D away from a date; a quarter where there is nothing to compare it with.
    func scatter(besides position: Int) -> Double {
        let sizes = z.indices.filter { ($0 - position).magnitude >= width }.compactMap { change(at: $0)?.magnitude }.sorted()
        let scale = sizes.count >= width ? sizes[sizes.count / 2] / 0.6745 : 0.5
        return scale * scale
    }

    func shifts() -> [LevelShift] {
        let n = z.count
        guard n >= 4 * width else { return [] }
        let changes = z.indices.map { change(at: $0) }
        var candidates: [(position: Int, size: Double)] = []
        var free = [Bool](repeating: true, count: n)
        while candidates.count < Tuning.mostCandidates {
            var best: (position: Int, size: Double)?
            for t in width..<n where free[t] {
                guard let d = changes[t], d.magnitude > best?.size ?? 0 else { continue }
                best = (t, d.magnitude)
            }
            guard let top = best?.position, let d = changes[top] else { break }
            // Medians do not mind a few buckets of the other side: the date itself is where the step is steepest.
            let t = (max(1, top - width / 2)...min(n - 1, top + width / 2)).max { (step(at: $0) ?? 0) * d < (step(at: $1) ?? 0) * d } ?? top
            // Twice the width on either side belongs to the shift; the rest is what D is without it.
            for i in max(0, t - 2 * width)..<min(n, t + 2 * width) { free[i] = false }
            let others = z.indices.compactMap { free[$0] ? changes[$0] : nil }.sorted()
            guard others.count >= 2 * width else { break }
            let drift = others[others.count / 2]
            let sizes = others.map { ($0 - drift).magnitude }.sorted()
            let size = d - drift
            guard size.magnitude > Tuning.leastChange, size.magnitude > Tuning.evidence * sizes[sizes.count / 2] / 0.6745 else { break }
            candidates.append((t, size))
        }
        // Newest first: a level has to last only until the next change.
        var found: [LevelShift] = []
        for (t, size) in candidates.sorted(by: { $0.position > $1.position }) {
            if isAbruptAndLasting(at: t, until: found.last?.position ?? n, size: size), !isSeason(at: t, size: size) {
                found.append(LevelShift(position: t, factor: forecastingExp(size)))
            }
        }
        return found.reversed()
    }

    private func isAbruptAndLasting(at t: Int, until end: Int, size: Double) -> Bool {
        guard let before = median(t - width..<t) else { return false }
        let after = z[t..<end].filter { !$0.isNaN }
        guard after.count >= leastAfter else { return false }
        let middle = before + size / 2
        let isUp = size > 0
        let near = after.prefix(width)
        guard near.allSatisfy({ ($0 > middle) == isUp }) else { return false }
        let stayed = after.reduce(0) { ($1 > middle) == isUp ? $0 + 1 : $0 }
        guard Double(stayed) >= Tuning.lasting * Double(after.count) else { return false }
        let earlier = z[max(0, t - 3)..<t].filter { !$0.isNaN }
        guard !earlier.isEmpty, earlier.allSatisfy({ ($0 > middle) != isUp }) else { return false }
        return step(at: t).map { $0 / size > Tuning.abruptness } ?? false
    }

    /// Mean of the three buckets from a date on less the mean of the three before it; nil where one side is not known.
    private func step(at t: Int) -> Double? {
        let before = z[max(0, t - 3)..<t].filter { !$0.isNaN }
        let after = z[t..<min(z.count, t + 3)].filter { !$0.isNaN }
        guard !before.isEmpty, !after.isEmpty else { return nil }
        return after.reduce(0, +) / Double(after.count) - before.reduce(0, +) / Double(before.count)
    }

    /// Whether the step may be the season's: another year took it too, or there is none to ask.
    private func isSeason(at t: Int, size: Double) -> Bool {
        guard seasonLeft > 0 else { return false }
        let twins = [t - seasonLeft, t + seasonLeft].compactMap { twin -> Double? in
            let near = (-2...2).compactMap { change(at: twin + $0) }
            return near.isEmpty ? nil : near.map { $0 / size }.max()
        }
        return twins.isEmpty || twins.contains { $0 > 0.5 }
    }
}
