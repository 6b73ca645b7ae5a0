/// Seasonal factors lent to one series, shape [m], element t mod m for bucket t.
struct GroupSeason: Sendable {
    /// From all that is known.
    var indices: [Double]
    /// From what was known before the earlier origins.
    var earlier: [Double]

    /// The same for a series that begins with a later bucket.
    func starting(at first: Int) -> GroupSeason {
        func turned(_ indices: [Double]) -> [Double] { indices.indices.map { indices[($0 + first) % indices.count] } }
        return GroupSeason(indices: turned(indices), earlier: turned(earlier))
    }
}

/// Seasons of the series of a panel, each drawn towards those of the groups it belongs to.
///
/// A short or rough series shows its own season badly; the product at other accounts and the other products of its account show it too. Each series' index of
/// a phase is what was sold in it over what a centred mean of one season says, and a group's is the same of its members' sums:
///
///     own[k] = Σ y / Σ trend over the series' buckets of phase k,   group[k] = the same over all members
///     index = w · own + (1 − w) · mean of the groups,   w = max(0, 1 − error of own / mean (own − groups)²)
///
/// Source: Miller & Williams (2003), IJF 19, 669-684 (James-Stein shrinkage of seasonal factors); seasons of groups as in Bunn & Vassilopoulos (1999), IJF 15, 431-443.
struct GroupSeasons: Sendable {
    private let season: Int
    /// Shrunk indices of each series by its own buckets (index t mod m); nil where nothing is known.
    private let indices: [[Double]?]

    /// What one series says of each phase of the year.
    private struct Evidence: Sendable {
        var tops: [Double]
        var bottoms: [Double]
        /// Σ and Σ² of y / trend and their number.
        var ratios: [Double]
        var squares: [Double]
        var counts: [Double]
    }

    /// Indices below this would blow noise up.
    private static let least = 0.05
    /// Members a group needs to say more than one series.
    private static let leastMembers = 3

    /// - Parameters:
    ///   - season: Buckets a season m, 2 or more.
    ///   - omitting: For each series the buckets at its end that are left out, for forecasts from an earlier origin.
    init(_ panel: [PanelSeries], season m: Int, omitting: (Int) -> Int) {
        season = m
        let groupings = panel.map(\.groups.count).min() ?? 0
        guard groupings > 0, m > 1 else {
            indices = panel.map { _ in nil }
            return
        }
        let evidence = panel.indices.map { Self.evidence(panel[$0], season: m, omitting: omitting($0)) }
        let groupCounts = (0..<groupings).map { grouping in (panel.map { $0.groups[grouping] }.max() ?? -1) + 1 }
        var sums = groupCounts.map { [[Double]](repeating: [Double](repeating: 0, count: 2 * m), count: $0) }
        var members = groupCounts.map { [Int](repeating: 0, count: $0) }
        for (series, found) in zip(panel, evidence) {
            guard series.teaches, let found else { continue }
            for grouping in 0..<groupings {
                let group = series.groups[grouping]
                members[grouping][group] += 1
                for k in 0..<m {
                    sums[grouping][group][k] += found.tops[k]
                    sums[grouping][group][m + k] += found.bottoms[k]
                }
            }
        }
        indices = panel.indices.map { index in
            let series = panel[index]
            var shapes: [[Double]] = []
            // The first grouping holds all: it speaks where no narrower group does.
            for grouping in stride(from: groupings - 1, through: 0, by: -1) where grouping > 0 || shapes.isEmpty {
                let group = series.groups[grouping]
                guard members[grouping][group] >= Self.leastMembers else { continue }
                if let shape = Self.shape(sums[grouping][group], season: m) { shapes.append(shape) }
            }
            guard !shapes.isEmpty else { return nil }
            var target = (0..<m).map { k in shapes.reduce(0) { $0 + $1[k] } / Double(shapes.count) }
            if let found = evidence[index], let own = Self.shape(found.tops + found.bottoms, season: m) {
                var error = 0.0
                var distance = 0.0
                for k in 0..<m {
                    distance += (own[k] - target[k]) * (own[k] - target[k]) / Double(m)
                    let n = found.counts[k]
                    // A phase seen once has no scatter of its own: the mean scatter of the others stands for it below.
                    if n > 1 {
                        let mean = found.ratios[k] / n
                        error += max(found.squares[k] / n - mean * mean, 0) / (n - 1) / Double(m)
                    } else {
                        error += distance / Double(m)
                    }
                }
                let weight = distance > 0 ? max(0, 1 - error / distance) : 0
                for k in 0..<m { target[k] = weight * own[k] + (1 - weight) * target[k] }
            }
            let mean = target.reduce(0, +) / Double(m)
            return (0..<m).map { max(target[(($0 + series.phase) % m + m) % m] / mean, Self.least) }
        }
    }

    /// Season of a series by its buckets: element t mod m belongs to bucket t of the panel's series; nil = none to go by.
    func indices(of series: Int) -> [Double]? { indices[series] }

    /// Phases are those of the year. nil with less than one season and a half.
    private static func evidence(_ series: PanelSeries, season m: Int, omitting: Int) -> Evidence? {
        let all = series.values.map { $0.isFinite ? $0 : .nan }
        guard let first = launchIndex(of: all), all.count - omitting - first >= m + m / 2 else { return nil }
        let values = Array(all[first..<all.count - omitting])
        let n = values.count
        let zeros = [Double](repeating: 0, count: m)
        var found = Evidence(tops: zeros, bottoms: zeros, ratios: zeros, squares: zeros, counts: zeros)
        let half = m / 2
        var any = false
        for t in half..<max(half, n - half) where !values[t].isNaN {
            var weights = 0.0
            var sum = 0.0
            for i in t - half...t + half where !values[i].isNaN {
                let w = m % 2 == 0 && (i == t - half || i == t + half) ? 0.5 : 1
                weights += w
                sum += w * values[i]
            }
            guard 4 * weights >= 3 * Double(m), sum > 0 else { continue }
            let trend = sum / weights
            let k = ((series.phase + first + t) % m + m) % m
            let ratio = values[t] / trend
            found.tops[k] += values[t]
            found.bottoms[k] += trend
            found.ratios[k] += ratio
            found.squares[k] += ratio * ratio
            found.counts[k] += 1
            any = true
        }
        return any ? found : nil
    }

    /// Σ y / Σ trend by phase with mean 1, from the tops and then the bottoms; nil where a phase is missing.
    private static func shape(_ sums: [Double], season m: Int) -> [Double]? {
        guard (0..<m).allSatisfy({ sums[m + $0] > 0 }) else { return nil }
        let raw = (0..<m).map { sums[$0] / sums[m + $0] }
        let mean = raw.reduce(0, +) / Double(m)
        return mean > 0 ? raw.map { $0 / mean } : nil
    }
}
