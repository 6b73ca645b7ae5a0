import PlanModel

// MARK: - Season outlook, fill

extension ReportPage {
    var seasonSection: ReportSection {
        let count = package.horizon.count
        let last = lastYear
        var table = HTMLTable(
            columns: [
                .init(title: words.horizon.unit == .week ? words("Week of", "周") : words("Month", "月")),
                .init(title: words("Sold a year ago", "去年同期"), isNumber: true),
                .init(title: words("Demand", "需求"), isNumber: true), .init(title: words("Served", "满足"), isNumber: true),
                .init(title: words("Lost", "损失"), isNumber: true), .init(title: words("Stock at the end", "期末库存"), isNumber: true),
            ])
        for bucket in 0..<count {
            table.row([
                bucketCell(bucket), "\(last[bucket].map(words.units) ?? "–")", "\(words.units(facts.demand[bucket]))",
                "\(words.units(facts.served[bucket]))",
                "\(words.units(facts.lost[bucket]))", "\(words.units(facts.stock[bucket]))",
            ])
        }
        return ReportSection(
            id: "season", title: words("Forecast against last season", "预测与去年旺季"),
            body: """
                \(seasonChart)
                <details><summary>\(words("The figures", "数据表"))</summary>
                \(table.markup)</details>

                """)
    }

    /// Demand, what is served of it, the forecast's band and last year, in a sentence and a chart.
    var seasonChart: Markup {
        let count = package.horizon.count
        let last = lastYear
        let band = quantileBand
        var series: [TimeChart.Series] = []
        series.append(
            .init(name: words("planned sales", "计划供应"), mark: .bars(isStacked: false), values: facts.served.map { $0 }, style: "s-served"))
        if keyFigures.total.lost > 1e-6 {
            series.append(.init(name: words("lost", "损失"), mark: .bars(isStacked: true), values: facts.lost.map { $0 }, style: "s-lost"))
        }
        if let band {
            let name = words("forecast \(band.name)", "预测 \(band.name)")
            series.append(.init(name: name, mark: .band(upper: band.upper), values: band.lower.map { $0 }, style: "s-band"))
        }
        series.append(.init(name: words("demand planned for", "计划需求"), mark: .line, values: facts.demand.map { $0 }, style: "s-plan"))
        if last.contains(where: { $0 != nil }) {
            series.append(.init(name: words("sold a year ago", "去年同期销售"), mark: .line, values: last, style: "s-last"))
        }
        let total = facts.demand.reduce(0, +)
        let lastTotal = last.compactMap { $0 }.reduce(0, +)
        var sentence = words(
            "\(words.units(total)) \(unitWord) are demanded over the horizon", "计划期总需求 \(words.units(total)) \(unitWord)")
        if let peak = facts.peak {
            sentence += words(
                ", with the peak of \(words.units(facts.demand[peak])) in \(words.inBucket(peak))",
                "，高峰在\(words.inBucket(peak))，为 \(words.units(facts.demand[peak]))")
        }
        sentence += words(".", "。")
        if last.allSatisfy({ $0 != nil }), lastTotal > 0, count > 0 {
            let change = total / lastTotal - 1
            sentence += words(
                " That is \(words.percent(abs(change))) \(change >= 0 ? "more" : "less") than was sold in the same \(words.bucketWord(2)) a year ago.",
                "比去年同期销售\(change >= 0 ? "增加" : "减少") \(words.percent(abs(change)))。")
        }
        let chart = TimeChart(
            id: "chart-season", title: words("Demand and planned sales", "需求与计划供应"), summary: sentence, unit: unit, series: series,
            marker: facts.peak.map { ($0, words("peak", "高峰")) })
        let note: Markup =
            band == nil
            ? ""
            : """
            <p class="quiet">\(words(
                "The grey band adds up each account's own range; it is what would come if all were low, or all high, together.",
                "灰色区间为各客户区间之和，即所有客户同时偏低或同时偏高的情形。"))</p>
            """
        return "<p>\(sentence)</p>\n\(chart.markup(words))\(note)"
    }

    /// Sell-out one season before each bucket, over all pairs; nil where history does not reach back.
    private var lastYear: [Double?] {
        let history = package.history.sales
        let season = package.settings.forecast.season
        return package.horizon.buckets.map { bucket in
            let past = bucket - season
            guard past < 0, past >= history.firstBucket, !history.pairs.isEmpty else { return nil }
            var sum = 0.0
            for row in history.pairs.indices { sum += history.values[row * history.bucketCount + past - history.firstBucket] }
            return sum
        }
    }

    /// Outermost quantiles of the forecast, added up; nil where there are none.
    private var quantileBand: (name: String, lower: [Double], upper: [Double])? {
        let levels = package.settings.forecast.quantiles
        guard levels.count >= 2, let low = levels.first, let high = levels.last, !result.forecast.rows.isEmpty else { return nil }
        var lower = [Double](repeating: 0, count: package.horizon.count)
        var upper = lower
        for row in result.forecast.rows where package.horizon.buckets.contains(row.bucket) {
            let isKnown = row.quantiles.count == levels.count && row.override == nil
            lower[row.bucket] += isKnown ? row.quantiles[0] : row.quantity
            upper[row.bucket] += isKnown ? row.quantiles[levels.count - 1] : row.quantity
        }
        func name(_ level: Double) -> String { "P" + Wording.shortest(level * 100) }
        return ("\(name(low))–\(name(high))", lower, upper)
    }

    var fillSection: ReportSection {
        func columns(_ first: String) -> [HTMLTable.Column] {
            [
                .init(title: first), .init(title: words("Accounts", "客户数"), isNumber: true),
                .init(title: words("Demand", "需求"), isNumber: true),
                .init(title: words("Served", "满足"), isNumber: true), .init(title: words("Lost", "损失"), isNumber: true),
                .init(title: words("Fill rate", "满足率"), isNumber: true), .init(title: ""),
                .init(title: words("Lost value", "损失金额"), isNumber: true),
                .init(title: words("Stock cover, least / mean", "库存周期 最低 / 平均"), isNumber: true),
            ]
        }
        func cells(_ title: Markup, _ number: String, _ figures: ServiceFigures) -> [Markup] {
            [
                title, "\(number)", "\(words.units(figures.demand))", "\(words.units(figures.served))", "\(words.units(figures.lost))",
                "\(words.percent(figures.fillRate))", shareBar(figures.fillRate), "\(words.units(figures.lostValue))",
                "\(figures.leastCover.map(words.decimal) ?? "–") / \(figures.averageCover.map(words.decimal) ?? "–")",
            ]
        }
        var tiers = HTMLTable(columns: columns(words("Tier", "级别")))
        for (index, figures) in keyFigures.tiers.enumerated() {
            tiers.row(cells("\(words.tier(index + 1))", String(tierOf.filter { $0 == index + 1 }.count), figures))
        }
        tiers.row(cells("\(words("All", "合计"))", String(package.accounts.count), keyFigures.total), isTotal: true)

        // Key accounts by the size of their demand; the others are one click away.
        let bySize = package.accounts.indices.sorted {
            (keyFigures.accounts[$0].demandValue, $1) > (keyFigures.accounts[$1].demandValue, $0)
        }
        func accountTable(_ accounts: some Sequence<Int>, withTier: Bool) -> Markup {
            var columns = columns(words("Account", "客户"))
            columns[1] = .init(title: words("Tier", "级别"), isNumber: true)
            var table = HTMLTable(columns: columns)
            for account in accounts {
                table.row(cells("\(package.title(account: account))", String(tierOf[account]), keyFigures.accounts[account]))
            }
            return table.markup
        }
        let keyAccounts = bySize.filter { tierOf[$0] == 1 }
        let others = bySize.filter { tierOf[$0] != 1 }
        var body: Markup = """
            <p>\(words(
                "Cover is the stock at the account, counted in \(words.bucketWord(2)) of the demand that follows.", "库存周期：客户库存可供其后需求的\(words.bucketWord(2))数。"))</p>
            \(tiers.markup)
            """
        let shown = 40
        if !keyAccounts.isEmpty {
            body += "<h3>\(words("Key accounts", "大客户"))</h3>\n\(accountTable(keyAccounts.prefix(shown), withTier: false))"
        }
        let hidden = Array(keyAccounts.dropFirst(shown)) + others
        if !hidden.isEmpty {
            body += """
                <details><summary>\(words("The other \(hidden.count) accounts", "其余 \(hidden.count) 个客户"))</summary>
                \(accountTable(hidden.prefix(400), withTier: true))</details>

                """
        }
        return ReportSection(id: "fill", title: words("Fill rate by tier and key account", "各级别与大客户满足率"), body: body)
    }
}
