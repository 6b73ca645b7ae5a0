/// One series among others that are forecast together.
public struct PanelSeries: Sendable {
    /// Demand a bucket, oldest first, shape [n]; NaN (or infinite) = not known.
    public var values: [Double]
    /// Phase of the year of the first bucket, so that the same phase of two series is the same week or month; 0 where not known.
    public var phase: Int
    /// For each grouping (product, account, all, …) the group this series belongs to. Groups add up series that end with the same bucket; empty = none.
    public var groups: [Int]
    /// Whether the model across series learns from it; sums of other series are forecast but teach nothing new, and add to no group.
    public var teaches: Bool

    public init(values: [Double], phase: Int = 0, groups: [Int] = [], teaches: Bool = true) {
        self.values = values
        self.phase = phase
        self.groups = groups
        self.teaches = teaches
    }
}

/// Which errors of the model across series count how much.
public enum PanelWeighting: Sendable {
    /// Each series by its size: all are in one unit, and their sum is what matters (WAPE).
    case size
    /// Each series alike, in units of its own seasonal naive error (MASE).
    case equal
}

/// What the model across series sees of a panel: for an origin and a horizon, numbers that mean the same in every series.
///
/// All figures of a series are divided by its mean over the last season before the origin. Beside horizon, phase and age these are: the newest values,
/// the values of the phase one to three seasons ago and their neighbours, means and growth of the last quarter, half and whole season, roughness;
/// and for each grouping the growth of the group and the phase's share in the group's last season.
struct PanelFeatures: Sendable {
    let season: Int
    let groupings: Int
    /// Buckets a season, or 12 where there is none.
    let cycle: Int
    let lagCount: Int
    let featureCount: Int

    /// Known values with their running sums; every series starts with a known value.
    struct Series: Sendable {
        var values: [Double]
        var phase: Int
        /// Position of the first value kept.
        var first: Int
        var groups: [Int]
        var teaches: Bool
        /// Running Σ of known values and their number, shape [n + 1].
        var sums: [Double]
        var counts: [Int]

        /// Mean of the known values of a range (cut to the series); nil where there is none.
        func mean(_ range: Range<Int>) -> Double? {
            let range = range.clamped(to: 0..<values.count)
            let count = counts[range.upperBound] - counts[range.lowerBound]
            return count > 0 ? (sums[range.upperBound] - sums[range.lowerBound]) / Double(count) : nil
        }

        subscript(t: Int) -> Double { t >= 0 && t < values.count ? values[t] : .nan }
    }

    /// Running sums of each group, by distance from the common end: element d = Σ of the buckets more than d before the end.
    private let groupSums: [[[Double]]]

    init(_ panel: [Series], season: Int) {
        self.season = season
        groupings = panel.map(\.groups.count).min() ?? 0
        cycle = season > 1 ? season : 12
        lagCount = min(cycle + 1, 13)
        featureCount = 3 + 5 + lagCount + 9 + 3 * groupings
        let longest = panel.map(\.values.count).max() ?? 0
        groupSums = (0..<groupings).map { grouping in
            let groupCount = (panel.map { $0.groups[grouping] }.max() ?? -1) + 1
            var totals = [[Double]](repeating: [Double](repeating: 0, count: longest + 1), count: groupCount)
            for series in panel where series.teaches {
                let n = series.values.count
                for t in 0..<n where !series.values[t].isNaN { totals[series.groups[grouping]][n - 1 - t] += series.values[t] }
            }
            // Element d: all that is older than the last d buckets.
            for g in totals.indices {
                var sum = 0.0
                for d in stride(from: longest, through: 0, by: -1) {
                    sum += totals[g][d]
                    totals[g][d] = sum
                }
            }
            return totals
        }
    }

    /// A series from its launch on; nil without a value other than 0.
    static func prepared(_ series: PanelSeries) -> Series? {
        let values = series.values.map { $0.isFinite ? $0 : .nan }
        guard let first = launchIndex(of: values) else { return nil }
        let kept = Array(values[first...])
        var sums = [0.0]
        var counts = [0]
        sums.reserveCapacity(kept.count + 1)
        counts.reserveCapacity(kept.count + 1)
        for value in kept {
            sums.append(sums[sums.count - 1] + (value.isNaN ? 0 : value))
            counts.append(counts[counts.count - 1] + (value.isNaN ? 0 : 1))
        }
        return Series(
            values: kept, phase: series.phase + first, first: first, groups: series.groups, teaches: series.teaches, sums: sums,
            counts: counts)
    }

    /// Size of a series at an origin: mean of the last season; nil where it is not above zero.
    func scale(_ series: Series, origin: Int) -> Double? {
        guard let mean = series.mean(origin - cycle..<origin), mean > 0, mean.isFinite else { return nil }
        return mean
    }

    /// Mean absolute step of one season (of one bucket without) over the last three seasons before the origin, in units of `scale`.
    func naiveError(_ series: Series, origin: Int, scale: Double) -> Double? {
        let lag = season > 1 ? season : 1
        var sum = 0.0
        var count = 0
        var t = max(lag, origin - 3 * cycle)
        while t < origin {
            let step = series.values[t] - series.values[t - lag]
            if !step.isNaN {
                sum += step.magnitude
                count += 1
            }
            t += 1
        }
        return count > 0 ? sum / Double(count) / scale : nil
    }

    /// Growth of a group over one season, measured by the last `width` buckets before a distance from the end; NaN where it has no past.
    private func growth(_ sums: [Double], distance: Int, width: Int) -> Double {
        func sum(_ from: Int) -> Double { from + width < sums.count ? sums[from] - sums[from + width] : 0 }
        let before = sum(distance + cycle)
        return before > 0 ? min(max(sum(distance) / before, 0.2), 5) : .nan
    }

    /// Features that are the same for every horizon of an origin. Shape [featureCount]; elements 0…7 are filled by ``fillHorizon(_:_:origin:horizon:scale:)``.
    func fillOrigin(_ row: UnsafeMutablePointer<Double>, _ series: Series, origin o: Int, scale: Double) {
        var at = 8
        for lag in 1...lagCount {
            row[at] = series[o - lag] / scale
            at += 1
        }
        let quarter = max(1, cycle / 4)
        let half = max(1, cycle / 2)
        func mean(_ width: Int, back: Int = 0) -> Double { series.mean(o - back - width..<o - back).map { $0 / scale } ?? .nan }
        func growth(_ width: Int) -> Double {
            guard o - cycle - width >= 0 else { return .nan }
            let before = mean(width, back: cycle)
            return before > 0 ? min(max(mean(width) / before, 0.2), 5) : .nan
        }
        var deviation = 0.0
        var steps = 0.0
        var count = 0
        for t in max(1, o - cycle)..<max(1, o) where !series.values[t].isNaN {
            let d = series.values[t] / scale - 1
            deviation += d * d
            let step = series.values[t] - series.values[t - 1]
            if !step.isNaN { steps += step.magnitude / scale }
            count += 1
        }
        let figures = [
            mean(quarter), mean(half), growth(quarter), growth(half), growth(cycle),
            count > 0 ? (deviation / Double(count)).squareRoot() : .nan, count > 0 ? steps / Double(count) : .nan,
            naiveError(series, origin: o, scale: scale) ?? .nan, mean(cycle, back: 2 * cycle),
        ]
        for figure in figures {
            row[at] = figure
            at += 1
        }
        let distance = series.values.count - o
        for grouping in 0..<groupings {
            let sums = groupSums[grouping][series.groups[grouping]]
            row[at] = self.growth(sums, distance: distance, width: quarter)
            row[at + 1] = self.growth(sums, distance: distance, width: half)
            at += 3
        }
    }

    func fillHorizon(_ row: UnsafeMutablePointer<Double>, _ series: Series, origin o: Int, horizon h: Int, scale: Double) {
        // Beyond one season ahead the same phase of the last known season speaks.
        let k = (h - 1) % cycle
        row[0] = Double(h)
        row[1] = season > 1 && groupings > 0 ? Double((series.phase + o + h - 1) % season) : .nan
        row[2] = Double(min(o, 4 * cycle))
        let lastYear = o - cycle + k
        row[3] = series[lastYear] / scale
        row[4] = series[lastYear - 1] / scale
        row[5] = lastYear + 1 < o ? series[lastYear + 1] / scale : .nan
        for years in 2...3 {
            let mean = series.mean(o - years * cycle..<o - (years - 1) * cycle) ?? .nan
            row[4 + years] = o - years * cycle >= 0 && mean > 0 ? series[lastYear - (years - 1) * cycle] / mean : .nan
        }
        let distance = series.values.count - o
        for grouping in 0..<groupings {
            let sums = groupSums[grouping][series.groups[grouping]]
            let d = distance + cycle - 1 - k
            let year = distance + cycle < sums.count ? (sums[distance] - sums[distance + cycle]) / Double(cycle) : 0
            row[8 + lagCount + 9 + 3 * grouping + 2] = d + 1 < sums.count && year > 0 ? min((sums[d] - sums[d + 1]) / year, 10) : .nan
        }
    }
}

/// One model for all series of a panel: boosted trees on what the series have in common.
///
/// It learns from many series what one short history cannot show: how a season that came early goes on, how far growth carries, what usually follows a
/// high month. Trained on earlier origins of the same panel, it forecasts each horizon directly.
///
/// Source of the approach: Montero-Manso & Hyndman (2021), IJF 37, 1632-1653 (global models); Januschowski et al. (2022), IJF 38, 1473-1481 (trees).
struct CrossSeriesModel: Sendable {
    private let trees: BoostedTrees
    private let features: PanelFeatures

    /// Rows a model is trained on at most: beyond them more rows no longer pay, and time stays bounded.
    private static let rowLimit = 120_000
    /// The same for each series of the panel: more rows of one series say little that is new.
    private static let rowLimitOfSeries = 150
    /// Below this many rows nothing is learnt.
    static let leastRows = 400
    /// Buckets a series must be old before it teaches.
    private static let leastAge = 4

    /// - Parameters:
    ///   - omitting: Buckets at the end of every series that are kept from the model, for a test on them.
    init?(
        _ panel: [PanelFeatures.Series], features: PanelFeatures, horizon: Int, weighting: PanelWeighting, omitting: Int = 0,
        settings: BoostedTrees.Settings
    ) {
        self.features = features
        // An origin needs one target at least; history of the last seasons is what the next one resembles.
        let window = 10 * features.cycle
        func origins(_ n: Int) -> Range<Int> {
            let end = n - omitting
            let first = max(min(features.cycle / 2, 12), Self.leastAge, end - window)
            return first < end ? first..<end : 0..<0
        }
        let all = panel.reduce(0) { sum, series in
            guard series.teaches else { return sum }
            let range = origins(series.values.count)
            return sum + range.reduce(0) { $0 + min(horizon, range.upperBound - $1) }
        }
        guard all >= Self.leastRows else { return nil }
        let limit = min(Self.rowLimit, Self.rowLimitOfSeries * panel.count)
        let share = min(1, Double(limit) / Double(all))
        var rows = TrainingRows(featureCount: features.featureCount)
        rows.features.reserveCapacity(min(all, limit + 1000) * features.featureCount)
        let buffer = UnsafeMutablePointer<Double>.allocate(capacity: features.featureCount)
        defer { buffer.deallocate() }
        for (index, series) in panel.enumerated() where series.teaches {
            var random = SplitMix(seed: settings.seed &+ UInt64(index) &* 0x2545_F491_4F6C_DD1D)
            for o in origins(series.values.count) {
                var isFilled = false
                var scale = 0.0
                var weight = 0.0
                for h in 1...horizon where o + h - 1 < series.values.count - omitting {
                    if share < 1, random.uniform() >= share { continue }
                    let target = series.values[o + h - 1]
                    if target.isNaN { continue }
                    if !isFilled {
                        guard let size = features.scale(series, origin: o) else { break }
                        scale = size
                        features.fillOrigin(buffer, series, origin: o, scale: size)
                        switch weighting {
                        case .size: weight = size
                        case .equal: weight = 1 / max(features.naiveError(series, origin: o, scale: size) ?? 0.1, 0.02)
                        }
                        isFilled = true
                    }
                    features.fillHorizon(buffer, series, origin: o, horizon: h, scale: scale)
                    rows.features.append(contentsOf: UnsafeBufferPointer(start: buffer, count: features.featureCount))
                    // A bucket above four times the mean of a season is no rule for others.
                    rows.targets.append(min(max(target / scale, 0), 4))
                    rows.weights.append(weight)
                }
            }
        }
        guard rows.count >= Self.leastRows else { return nil }
        trees = BoostedTrees(rows, settings)
    }

    /// Forecasts from an origin (buckets known), ≥ 0; nil where the series has no size there.
    func forecast(_ series: PanelFeatures.Series, origin: Int, horizon: Int) -> [Double]? {
        guard let scale = features.scale(series, origin: origin) else { return nil }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: features.featureCount) { buffer in
            guard let row = buffer.baseAddress else { return nil }
            features.fillOrigin(row, series, origin: origin, scale: scale)
            return (1...max(horizon, 1)).prefix(horizon).map { h in
                features.fillHorizon(row, series, origin: origin, horizon: h, scale: scale)
                return max(0, trees.predict(row)) * scale
            }
        }
    }
}
