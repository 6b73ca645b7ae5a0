import Foundation
import Fullshelf

/// What making forecasts agree with those of their sums costs and gains: `scripts/accuracy --sums`.
///
/// Time: 25,000 made-up pairs with their regions, accounts, families and products. Gain: Stallion and Walmart from several origins, reconciled always; a plan
/// reconciles only where a trial on earlier errors shows a gain.
extension MeasuredData {
    func sums() throws {
        timedReconciliation()
        if let sales = try stallionSales() {
            try gain(
                "Stallion", sales, unit: .month, season: 12, horizon: 6, origins: ["2016-04-01", "2016-07-01", "2016-10-01", "2017-01-01"])
        }
        if let sales = try walmartSales()?.sales {
            try gain(
                "Walmart", sales, unit: .week, season: 52, horizon: 13,
                origins: ["2011-08-01", "2011-10-03", "2011-10-31", "2012-01-02"])
        }
    }

    // MARK: Time

    private func timedReconciliation() {
        let (accounts, products, regions, families, buckets) = (250, 100, 25, 10, 26)
        let count = accounts * products
        func groups(_ number: Int, _ key: (Int) -> Int) -> [[Int]] {
            var found = [[Int]](repeating: [], count: number)
            for pair in 0..<count { found[key(pair)].append(pair) }
            return found
        }
        let perRegion = accounts / regions
        let perFamily = products / families
        let levels = [
            groups(1) { _ in 0 }, groups(regions) { $0 / products / perRegion }, groups(accounts) { $0 / products },
            groups(families) { $0 % products / perFamily }, groups(products) { $0 % products },
            // A region's families too: the level a sales office reads.
            groups(regions * families) { $0 / products / perRegion * families + $0 % products / perFamily },
        ]
        let members = levels.flatMap { $0 }
        // Knuth's MMIX generator: repeatable numbers in 0…1.
        var state: UInt64 = 7
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        let sizes = (0..<count).map { _ in 1 + 99 * uniform() * uniform() }
        let bottom = (0..<buckets).map { _ in sizes.map { $0 * (0.2 + 1.6 * uniform()) } }
        let aggregates = bottom.map { row in members.map { group in group.reduce(0) { $0 + row[$1] } * (0.9 + 0.2 * uniform()) } }
        let bottomErrors = sizes.map { size in (0..<buckets).map { _ in size * (uniform() - 0.5) } }
        let aggregateErrors = members.map { group in
            (0..<buckets).map { t in group.reduce(0) { $0 + bottomErrors[$1][t] } * (0.5 + uniform()) }
        }
        let clock = ContinuousClock()
        var moved: [[Double]] = []
        let seconds =
            clock.measure {
                let reconciliation = Reconciliation(members: members, aggregateErrors: aggregateErrors, bottomErrors: bottomErrors)
                moved = reconciliation.reconciled(aggregates: aggregates, bottom: bottom, threads: threads)
            } / .seconds(1)
        let least = moved.map { $0.min() ?? 0 }.min() ?? 0
        let change = zip(moved, bottom).reduce(0.0) { sum, rows in zip(rows.0, rows.1).reduce(sum) { $0 + ($1.0 - $1.1).magnitude } }
        let total = bottom.reduce(0.0) { $0 + $1.reduce(0, +) }
        print("### Sums that agree: time\n")
        print(
            "\(count) pairs, \(members.count) sums, \(buckets) buckets, \(threads) \(threads == 1 ? "thread" : "threads"): \(fixed(seconds, 2)) s (aim: under 10 s). Smallest figure \(fixed(least, 3)); the pairs moved by \(percent(change / total)) in all.\n"
        )
    }

    // MARK: Gain

    private func gain(_ name: String, _ sales: [Sale], unit: BucketUnit, season: Int, horizon: Int, origins: [String]) throws {
        var levels: [(name: String, before: Double, after: Double, own: Double)] = []
        var total = 0.0
        for origin in origins {
            guard let start = CalendarDate(origin) else { continue }
            let package = package(sales, unit: unit, start: start, buckets: horizon, season: season)
            let table = package.history.sales
            let first = table.firstBucket
            let histories = table.pairs.indices.map { Array(table.series($0)) }
            let actual = actuals(sales, package: package)
            let all = Array(table.pairs.indices)
            func groups(_ key: (Pair) -> Int) -> [[Int]] {
                Dictionary(grouping: all) { key(table.pairs[$0]) }.sorted { $0.key < $1.key }.map(\.value)
            }
            let named: [(String, [[Int]])] = [
                ("all", [all]), ("accounts", groups(\.account)), ("products", groups(\.product)), ("pairs", all.map { [$0] }),
            ]
            // A level that repeats another one says nothing of its own.
            var shown: [(name: String, groups: [[Int]])] = []
            for (name, groups) in named where !shown.contains(where: { $0.groups == groups }) { shown.append((name, groups)) }
            var seen = Set<[Int]>()
            let members = shown.flatMap(\.groups).filter { $0.count > 1 && seen.insert($0).inserted }
            let phase = (first % season + season) % season
            func sum(_ group: [Int]) -> [Double] { (0..<(-first)).map { t in group.reduce(0) { $0 + histories[$1][t] } } }
            let panel = table.pairs.enumerated().map { index, pair in
                PanelSeries(values: histories[index], phase: phase, groups: [0, pair.product, pair.account])
            }
            let none = [1, package.products.count, package.accounts.count]
            let sums = members.map { PanelSeries(values: sum($0), phase: phase, groups: none, teaches: false) }
            let made = forecastPanel(panel + sums, season: season, horizon: horizon, weighting: .size, threads: threads)
            let bottom = (0..<horizon).map { h in all.map { made.series[$0].mean[h] } }
            let aggregates = (0..<horizon).map { h in members.indices.map { made.series[all.count + $0].mean[h] } }
            let moved = Reconciliation(
                members: members, aggregateErrors: Array(made.errors[all.count...]), bottomErrors: Array(made.errors[..<all.count])
            ).reconciled(aggregates: aggregates, bottom: bottom, threads: threads)
            let place = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
            for (number, level) in shown.enumerated() {
                if levels.count <= number { levels.append((level.name, 0, 0, 0)) }
                for group in level.groups {
                    for h in 0..<horizon {
                        let y = group.reduce(0) { $0 + actual[$1][h] }
                        let before = group.reduce(0) { $0 + bottom[h][$1] }
                        levels[number].before += (before - y).magnitude
                        levels[number].after += (group.reduce(0) { $0 + moved[h][$1] } - y).magnitude
                        levels[number].own += ((place[group].map { aggregates[h][$0] } ?? before) - y).magnitude
                        if number == 0 { total += y }
                    }
                }
            }
        }
        print("### Sums that agree: \(name), \(origins.count) origins, \(horizon) buckets ahead, WAPE\n")
        print("| level | pairs added up | forecast by itself | reconciled | change |\n|---|---|---|---|---|")
        for level in levels {
            print(
                "| \(level.name) | \(fixed(level.before / total, 4)) | \(fixed(level.own / total, 4)) | \(fixed(level.after / total, 4)) | \(fixed(100 * (level.after / level.before - 1), 1)) % |"
            )
        }
        print()
    }

    /// What came in the buckets ahead, in the order of the package's pairs; shape [pairs][H].
    private func actuals(_ sales: [Sale], package: DataPackage) -> [[Double]] {
        var values = package.history.sales.pairs.map { _ in [Double](repeating: 0, count: package.horizon.count) }
        let accounts = Dictionary(uniqueKeysWithValues: package.accounts.enumerated().map { ($1.id, $0) })
        let products = Dictionary(uniqueKeysWithValues: package.products.enumerated().map { ($1.id, $0) })
        for sale in sales {
            let bucket = package.horizon.bucket(of: sale.date)
            guard package.horizon.buckets.contains(bucket), let account = accounts[sale.account], let product = products[sale.product],
                let row = package.history.sales.pairs.position(ofSorted: Pair(account: account, product: product))
            else { continue }
            values[row][bucket] += sale.quantity
        }
        return values
    }
}
