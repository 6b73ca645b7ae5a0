import Forecasting
import PlanModel

/// Brings the forecasts of pairs into agreement with those of their sums: account → region → total and product → family.
///
/// Sums are steadier than their parts, so each level is forecast by itself as well, and all are put together by ``Reconciliation``. Whether that helps is
/// tried first on the errors of the last buckets: with weights from every other bucket, the errors of the rest must fall by a twentieth on average over the levels
/// and rise at none of them, pairs included; otherwise the pairs stay as they are.
struct AgreeingSums {
    /// Levels a planner reads, with the bottom series of each of their groups.
    private let levels: [[[Int]]]
    /// All groups of two pairs or more, each set once.
    let members: [[Int]]

    private static let mostRise = 1.0
    private static let leastGain = 0.95

    /// - Parameter pairs: The pair of each bottom series.
    init(_ pairs: [Pair], package: DataPackage) {
        func groups(_ key: (Pair) -> String) -> [[Int]] {
            var found: [String: [Int]] = [:]
            for (index, pair) in pairs.enumerated() {
                let name = key(pair)
                if !name.isEmpty { found[name, default: []].append(index) }
            }
            return found.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { found[$0] }
        }
        levels = [
            groups { _ in "all" }, groups { package.accounts[$0.account].region }, groups { package.accounts[$0.account].id },
            groups { package.products[$0.product].family }, groups { package.products[$0.product].id },
        ]
        var seen = Set<[Int]>()
        members = levels.flatMap { $0 }.filter { $0.count > 1 && seen.insert($0).inserted }
    }

    /// The sums as series of the same panel, one for each of ``members``; they teach nothing, and take the groups their members have in common.
    ///
    /// - Parameters:
    ///   - bottom: The bottom series.
    ///   - total: Adds histories up.
    ///   - none: For each grouping a group that holds nothing.
    func panel(
        _ bottom: [PanelSeries], histories: [DemandHistory], season: Int, none: [Int], total: ([DemandHistory]) -> DemandHistory?
    ) -> [PanelSeries] {
        members.map { group in
            let history = total(group.map { histories[$0] }) ?? .none
            let groups = none.indices.map { grouping in
                let first = bottom[group[0]].groups[grouping]
                return group.allSatisfy { bottom[$0].groups[grouping] == first } ? first : none[grouping]
            }
            return PanelSeries(
                values: history.values, phase: season > 1 ? ((history.firstBucket % season) + season) % season : 0, groups: groups,
                teaches: false)
        }
    }

    /// New figures of the bottom series, shape [bottom][H]; nil where reconciling would not have helped, or there is nothing to reconcile.
    ///
    /// - Parameters:
    ///   - bottom, sums: Forecasts.
    ///   - bottomErrors, sumErrors: Their past errors, shape [series][H].
    func reconciled(
        bottom: [SeriesForecast], sums: [SeriesForecast], bottomErrors: [[Double]], sumErrors: [[Double]], horizon: Int, threads: Int
    ) -> [[Double]]? {
        guard members.count > 0, bottom.count > 2, horizon >= 1, helps(aggregateErrors: sumErrors, bottomErrors: bottomErrors) else {
            return nil
        }
        let reconciliation = Reconciliation(members: members, aggregateErrors: sumErrors, bottomErrors: bottomErrors)
        let moved = reconciliation.reconciled(
            aggregates: (0..<horizon).map { h in sums.map { $0.mean[h] } }, bottom: (0..<horizon).map { h in bottom.map { $0.mean[h] } },
            threads: threads)
        return bottom.indices.map { index in (0..<horizon).map { moved[$0][index] } }
    }

    private func helps(aggregateErrors: [[Double]], bottomErrors: [[Double]]) -> Bool {
        let length = bottomErrors.first?.count ?? 0
        // Buckets in which most series were judged.
        let known = (0..<length).filter { t in bottomErrors.reduce(0) { $1[t].isFinite ? $0 + 1 : $0 } * 2 > bottomErrors.count }
        guard known.count >= 4 else { return false }
        let learnt = known.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let tried = known.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let weights = Reconciliation(
            members: members, aggregateErrors: aggregateErrors.map { row in learnt.map { row[$0] } },
            bottomErrors: bottomErrors.map { row in learnt.map { row[$0] } })
        var before = [Double](repeating: 0, count: levels.count + 1)
        var after = before
        for t in tried {
            let bottom = bottomErrors.map { $0[t].isFinite ? $0[t] : 0 }
            let aggregates = members.indices.map { a in
                aggregateErrors[a][t].isFinite ? aggregateErrors[a][t] : members[a].reduce(0) { $0 + bottom[$1] }
            }
            let moved = weights.projectedErrors(aggregates: aggregates, bottom: bottom)
            for (level, groups) in levels.enumerated() {
                for group in groups {
                    before[level] += group.reduce(0) { $0 + bottom[$1] }.magnitude
                    after[level] += group.reduce(0) { $0 + moved[$1] }.magnitude
                }
            }
            for index in bottom.indices {
                before[levels.count] += bottom[index].magnitude
                after[levels.count] += moved[index].magnitude
            }
        }
        let ratios = before.indices.filter { before[$0] > 0 }.map { after[$0] / before[$0] }
        guard !ratios.isEmpty else { return false }
        return ratios.reduce(0, +) / Double(ratios.count) < Self.leastGain && ratios.allSatisfy { $0 <= Self.mostRise }
    }
}
