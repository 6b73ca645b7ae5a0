import PlanModel

// MARK: - Capacity against need, stock against band

extension ReportPage {
    var capacitySection: ReportSection {
        let title = words("Capacity against need", "产能与需求")
        guard let picture = capacityPicture else {
            return ReportSection(
                id: "capacity", title: title,
                body: "<p>\(words("The package has no lines: supply is stock and goods in transit.", "数据中没有产线：供应仅来自库存和在途货物。"))</p>")
        }
        return ReportSection(
            id: "capacity", title: title,
            body: """
                <p>\(picture.sentence)</p>
                \(picture.chart)\(lineTable)\(transportTable)
                """)
    }

    /// Hours used and needed by bucket; nil without lines.
    var capacityChart: Markup? { capacityPicture?.chart }

    private var capacityPicture: (sentence: String, chart: Markup)? {
        guard !package.lines.isEmpty else { return nil }
        let hours = lineHours
        let need = hoursNeeded
        let used = zip(hours.regularUsed, hours.overtimeUsed).map { $0 + $1 }
        let early = zip(used, need).reduce(0) { $0 + max(0, $1.0 - $1.1) }
        let beyond = zip(need, hours.all).reduce(0) { $0 + max(0, $1.0 - $1.1) }
        var sentence = words(
            "The lines run \(words.units(used.reduce(0, +))) hours: \(words.units(hours.regularUsed.reduce(0, +))) of \(words.units(hours.regular.reduce(0, +))) regular ones and \(words.units(hours.overtimeUsed.reduce(0, +))) of overtime.",
            "产线共运行 \(words.units(used.reduce(0, +))) 小时：正常工时 \(words.units(hours.regularUsed.reduce(0, +)))（可用 \(words.units(hours.regular.reduce(0, +)))），加班 \(words.units(hours.overtimeUsed.reduce(0, +)))。"
        )
        if beyond > 0.5 {
            sentence += words(
                " Made when it is sold, the season would need \(words.units(beyond)) hours more than there are; \(words.units(early)) hours are worked ahead of need instead.",
                "若按销售时点生产，将缺 \(words.units(beyond)) 小时；计划提前生产 \(words.units(early)) 小时。")
        }
        // A bar over the line of regular hours is overtime.
        var series: [TimeChart.Series] = [
            .init(
                name: words("hours used for what is sold then", "当期销售所用工时"), mark: .bars(isStacked: false),
                values: zip(used, need).map { min($0, $1) }, style: "s-used")
        ]
        if early > 0.5 {
            series.append(
                .init(
                    name: words("worked ahead of need: pre-build", "提前生产所用工时"), mark: .bars(isStacked: true),
                    values: zip(used, need).map { max(0, $0 - $1) }, style: "s-pre"))
        }
        series.append(.init(name: words("regular hours", "正常工时"), mark: .steps, values: hours.regular.map { $0 }, style: "s-limit"))
        if zip(hours.all, hours.regular).contains(where: { $0 > $1 }) {
            series.append(.init(name: words("with all overtime", "含全部加班"), mark: .steps, values: hours.all.map { $0 }, style: "s-limit2"))
        }
        series.append(
            .init(name: words("needed if made when sold", "按销售时点生产所需"), mark: .line, values: need.map { $0 }, style: "s-need"))
        let chart = TimeChart(
            id: "chart-capacity", title: words("Line hours, all lines", "产线工时（合计）"), summary: sentence, unit: words("hours", "小时"),
            series: series,
            marker: facts.preBuild.map { ($0.start, words("pre-build starts", "开始预生产")) })
        return (sentence, chart.markup(words))
    }

    private struct LineHours {
        var regular: [Double]
        var all: [Double]
        var regularUsed: [Double]
        var overtimeUsed: [Double]
    }

    private var lineHours: LineHours {
        let zero = [Double](repeating: 0, count: package.horizon.count)
        var hours = LineHours(regular: zero, all: zero, regularUsed: zero, overtimeUsed: zero)
        for line in package.lines.indices {
            for (bucket, value) in package.capacities(.hours, of: line).enumerated() where value.isFinite {
                hours.regular[bucket] += value
                hours.all[bucket] += value
            }
            for (bucket, value) in package.capacities(.overtime, of: line).enumerated() where value.isFinite { hours.all[bucket] += value }
        }
        for row in result.allocation.plan.production where package.horizon.buckets.contains(row.bucket) {
            hours.regularUsed[row.bucket] += row.hours
        }
        for row in result.allocation.plan.lineUse where package.horizon.buckets.contains(row.bucket) {
            hours.overtimeUsed[row.bucket] += row.overtimeUsed
            hours.regularUsed[row.bucket] -= row.overtimeUsed
        }
        for bucket in package.horizon.buckets { hours.regularUsed[bucket] = max(0, hours.regularUsed[bucket]) }
        return hours
    }

    /// Hours that each bucket's demand takes, at the plan's own hours per unit, else at the mean over the lines that make the product.
    private var hoursNeeded: [Double] {
        var made = [Double](repeating: 0, count: package.products.count)
        var hours = made
        for row in result.allocation.plan.production {
            made[row.product] += row.quantity
            hours[row.product] += row.hours
        }
        var standing = [(sum: Double, number: Double)](repeating: (0, 0), count: package.products.count)
        for row in package.lineProducts where row.rate > 0 {
            standing[row.product].sum += 1 / row.rate
            standing[row.product].number += 1
        }
        let perUnit = package.products.indices.map { product in
            made[product] > 0
                ? hours[product] / made[product] : standing[product].number > 0 ? standing[product].sum / standing[product].number : 0
        }
        var need = [Double](repeating: 0, count: package.horizon.count)
        for row in result.allocation.plan.accountPlan where package.horizon.buckets.contains(row.bucket) {
            need[row.bucket] += row.demand * perUnit[row.product]
        }
        return need
    }

    private var lineTable: Markup {
        let count = package.horizon.count
        var used = [Double](repeating: 0, count: package.lines.count)
        var overtime = used
        for row in result.allocation.plan.production { used[row.line] += row.hours }
        for row in result.allocation.plan.lineUse { overtime[row.line] += row.overtimeUsed }
        var table = HTMLTable(
            columns: [
                .init(title: words("Line", "产线")), .init(title: words("Site", "地点")),
                .init(title: words("Regular hours", "正常工时"), isNumber: true),
                .init(title: words("Used", "使用"), isNumber: true), .init(title: words("Of it overtime", "其中加班"), isNumber: true),
                .init(title: words("Use of regular hours", "正常工时利用率"), isNumber: true),
                .init(title: words("Full, overtime included", "满负荷时段（含加班）")),
            ])
        for line in package.lines.indices {
            let regular = package.capacities(.hours, of: line).reduce(0, +)
            let share = regular > 0 ? (used[line] - overtime[line]) / regular : 0
            table.row([
                "\(package.lines[line].id)", "\(package.sites[package.lines[line].site].id)", "\(words.units(regular))",
                "\(words.units(used[line]))",
                "\(words.units(overtime[line]))", "\(words.percent(share))", "\(spans(facts.fullLineBuckets[line], of: count))",
            ])
        }
        return table.markup
    }

    private func spans(_ buckets: [Int], of count: Int) -> String {
        guard !buckets.isEmpty else { return words("never", "无") }
        if buckets.count == count { return words("throughout", "全程") }
        let spans = runs(of: buckets)
        let named = spans.prefix(3).map { words.span($0.lowerBound, $0.upperBound) }.joined(separator: words("; ", "；"))
        return spans.count > 3 ? named + words(" and \(spans.count - 3) more times", " 等 \(spans.count) 段") : named
    }

    /// Lanes, pools, storage and materials that the plan uses up, those full longest first.
    var transportTable: Markup {
        struct Row { var kind: String; var name: String; var full: [Int]; var mean: Double }
        let free = CapacityGrid.free(package, plan: result.allocation.plan)
        let all = CapacityGrid.free(package, plan: Plan())
        let count = package.horizon.count
        var rows: [Row] = []
        func collect(_ kind: String, _ ids: [String], _ free: [Double], _ all: [Double]) {
            for (index, id) in ids.enumerated() {
                var full: [Int] = []
                var shares = 0.0
                var number = 0.0
                for bucket in 0..<count {
                    let capacity = all[index * count + bucket]
                    guard capacity.isFinite, capacity > 0 else { continue }
                    let left = free[index * count + bucket]
                    shares += 1 - left / capacity
                    number += 1
                    if left <= 0.005 * capacity { full.append(bucket) }
                }
                if !full.isEmpty { rows.append(Row(kind: kind, name: id, full: full, mean: shares / max(1, number))) }
            }
        }
        collect(words("lane", "线路"), package.lanes.map(\.id), free.lane, all.lane)
        collect(words("shared capacity", "共用运力"), package.pools.map(\.id), free.pool, all.pool)
        collect(words("storage", "仓容"), package.sites.map(\.id), free.storage, all.storage)
        guard !rows.isEmpty else { return "<p>\(words("No lane, shared capacity or store is ever full.", "没有线路、共用运力或仓库满载。"))</p>\n" }
        rows.sort { ($0.full.count, $0.mean, $1.name) > ($1.full.count, $1.mean, $0.name) }
        var table = HTMLTable(
            columns: [
                .init(title: words("Transport and storage that fill up", "满载的运力与仓容")), .init(title: words("Kind", "类型")),
                .init(title: words("Full", "满载") + " (\(words.bucketWord(2)))", isNumber: true),
                .init(title: words("Mean use", "平均利用率"), isNumber: true),
                .init(title: words("When", "时间")),
            ])
        let shown = 15
        for row in rows.prefix(shown) {
            table.row(["\(row.name)", "\(row.kind)", "\(row.full.count)", "\(words.percent(row.mean))", "\(spans(row.full, of: count))"])
        }
        let more: Markup =
            rows.count > shown
            ? "<p class=\"quiet\">\(words("\(rows.count - shown) more fill up; see resources.csv.", "另有 \(rows.count - shown) 项，见 resources.csv。"))</p>\n"
            : ""
        return table.markup + more
    }

    // MARK: Stock

    var stockSection: ReportSection {
        let count = package.horizon.count
        let tiers = keyFigures.tiers.count
        let zero = [Double](repeating: 0, count: count)
        var stock = [[Double]](repeating: zero, count: tiers)
        var under = stock
        var minimum = stock
        var target = stock
        var maximum = stock
        for row in result.allocation.plan.accountPlan where package.horizon.buckets.contains(row.bucket) {
            stock[tierOf[row.account] - 1][row.bucket] += row.stock
            under[tierOf[row.account] - 1][row.bucket] += row.under
        }
        for (index, pair) in result.bands.pairs.enumerated() {
            for bucket in 0..<count {
                minimum[tierOf[pair.account] - 1][bucket] += result.bands.min[index, bucket]
                target[tierOf[pair.account] - 1][bucket] += result.bands.target[index, bucket]
                maximum[tierOf[pair.account] - 1][bucket] += result.bands.max[index, bucket]
            }
        }
        var charts: Markup = .empty
        var table = HTMLTable(
            columns: [
                .init(title: words("Tier", "级别")), .init(title: words("Mean stock", "平均库存"), isNumber: true),
                .init(title: words("Mean minimum", "平均最低"), isNumber: true), .init(title: words("Mean target", "平均目标"), isNumber: true),
                .init(title: words("Mean maximum", "平均最高"), isNumber: true),
                .init(title: words("Most under the minimum", "最大低于最低量"), isNumber: true),
                .init(title: words("When", "时间")),
            ])
        func mean(_ values: [Double]) -> String {
            guard values.allSatisfy(\.isFinite) else { return words("none", "无") }
            return words.units(values.reduce(0, +) / Double(max(1, count)))
        }
        for tier in 0..<tiers where tierOf.contains(tier + 1) {
            let worst = under[tier].indices.max { under[tier][$0] < under[tier][$1] }.flatMap { under[tier][$0] > 0.5 ? $0 : nil }
            table.row([
                "\(words.tier(tier + 1))", "\(mean(stock[tier]))", "\(mean(minimum[tier]))", "\(mean(target[tier]))",
                "\(mean(maximum[tier]))",
                "\(worst.map { words.units(under[tier][$0]) } ?? "0")", worst.map(bucketCell) ?? "–",
            ])
            // A band without an upper end is drawn up to what there is: its minimum as a line says enough.
            let isBounded = maximum[tier].allSatisfy(\.isFinite)
            var series: [TimeChart.Series] = []
            if isBounded {
                series.append(
                    .init(
                        name: words("agreed band", "约定区间"), mark: .band(upper: maximum[tier]), values: minimum[tier].map { $0 },
                        style: "s-band"))
            }
            series.append(.init(name: words("minimum", "最低"), mark: .line, values: minimum[tier].map { $0 }, style: "s-limit2"))
            if target[tier].allSatisfy(\.isFinite) {
                series.append(.init(name: words("target", "目标"), mark: .line, values: target[tier].map { $0 }, style: "s-target"))
            }
            series.append(.init(name: words("planned stock", "计划库存"), mark: .line, values: stock[tier].map { $0 }, style: "s-plan"))
            let sentence =
                worst.map {
                    words(
                        "The stock of \(words.tier(tier + 1)) is furthest under the minimum, by \(words.units(under[tier][$0])), in \(words.inBucket($0)).",
                        "\(words.tier(tier + 1))库存在\(words.inBucket($0))低于最低量最多，差 \(words.units(under[tier][$0]))。")
                } ?? words("The stock of \(words.tier(tier + 1)) never falls under the minimum.", "\(words.tier(tier + 1))库存从未低于最低量。")
            charts += TimeChart(
                id: "chart-stock-\(tier + 1)",
                title: words("Stock at the accounts, \(words.tier(tier + 1).lowercased())", "客户库存，\(words.tier(tier + 1))"),
                summary: sentence, unit: unit, width: 440, height: 220, series: series
            ).markup(words)
        }
        return ReportSection(
            id: "stock", title: words("Stock against the agreed band", "库存与约定区间"),
            body: "<div class=\"pair\">\(charts)</div>\n\(table.markup)")
    }
}
