import PlanModel

// MARK: - Promises, tiers, certificate, cost, forecast notes, inputs

extension ReportPage {
    struct PromiseKept {
        var promise: Guarantee
        /// Units: the quantity, else the share of the members' demand.
        var promised: Double
        var served: Double
        var shortfall: Double { max(0, promised - served) }
    }

    var promises: [PromiseKept] {
        package.guarantees.enumerated().map { index, promise in
            var demand = 0.0
            var counted = 0.0
            for row in result.allocation.plan.accountPlan
            where promise.buckets.contains(row.bucket) && (promise.product == nil || promise.product == row.product)
                && package.isMember(row.account, of: promise, tier: tierOf[row.account])
            {
                demand += row.demand
                counted += row.served
            }
            let served = index < result.allocation.guaranteeServed.count ? result.allocation.guaranteeServed[index] : counted
            return PromiseKept(promise: promise, promised: max(promise.quantity ?? 0, (promise.share ?? 0) * demand), served: served)
        }
    }

    var promiseSection: ReportSection {
        let title = words("Promises", "承诺")
        let promises = promises
        guard !promises.isEmpty else {
            return ReportSection(
                id: "promises", title: title, body: "<p>\(words("No minimum quantities were promised.", "没有承诺的最低供应量。"))</p>")
        }
        var table = HTMLTable(
            columns: [
                .init(title: words("Promise", "承诺")), .init(title: words("To", "对象")), .init(title: words("Product", "产品")),
                .init(title: words("Period", "期间")), .init(title: words("Promised", "承诺量"), isNumber: true),
                .init(title: words("Served", "满足"), isNumber: true), .init(title: words("Missing", "缺口"), isNumber: true),
                .init(title: words("Kept", "履行")),
            ])
        for item in promises {
            let promise = item.promise
            let to: String
            if let account = promise.account {
                to = package.title(account: account)
            } else {
                to = [promise.group, promise.tier.map { words.tier($0) }].compactMap { $0 }.joined(separator: " · ")
            }
            let isKept = item.shortfall <= 1e-6 * max(1, item.promised)
            let period = promise.buckets.isEmpty ? "–" : words.span(promise.buckets.lowerBound, promise.buckets.upperBound - 1)
            table.row([
                "\(promise.id)", "\(to)", "\(promise.product.map { package.title(product: $0) } ?? words("all", "全部"))", "\(period)",
                "\(words.units(item.promised))", "\(words.units(item.served))", "\(words.amount(item.shortfall))",
                "\(isKept ? words("yes", "是") : words("NO", "否"))",
            ])
        }
        let broken = promises.filter { $0.shortfall > 1e-6 * max(1, $0.promised) }.count
        let sentence =
            broken == 0
            ? words(
                promises.count == 1 ? "The one promise is kept." : "All \(promises.count) promises are kept.",
                "全部 \(promises.count) 项承诺均可履行。")
            : words(
                "\(broken) of \(promises.count) promises cannot be kept in full; the plan makes the total missing as small as can be.",
                "\(promises.count) 项承诺中有 \(broken) 项无法完全履行；计划已使总缺口最小。")
        return ReportSection(id: "promises", title: title, body: "<p>\(sentence)</p>\n\(table.markup)")
    }

    var tierSection: ReportSection {
        let segmentation = result.segmentation
        func table(_ segments: some Sequence<Segment>) -> Markup {
            var table = HTMLTable(
                columns: [
                    .init(title: words("Account", "客户")), .init(title: words("Tier", "级别"), isNumber: true),
                    .init(title: words("Value", "金额"), isNumber: true),
                    .init(title: words("Share", "占比"), isNumber: true), .init(title: words("Cumulative", "累计"), isNumber: true),
                    .init(title: ""),
                    .init(title: words("Tier is", "级别来源")),
                ])
            for segment in segments {
                table.row([
                    "\(package.title(account: segment.account))", "\(segment.tier)", "\(words.units(segment.value))",
                    "\(words.percent(segment.share))",
                    "\(words.percent(segment.cumulativeShare))", shareBar(segment.cumulativeShare),
                    "\(segment.isGiven ? words("given", "指定") : words("computed", "计算"))",
                ])
            }
            return table.markup
        }
        let shown = 10
        let rest = segmentation.segments.dropFirst(shown)
        let more: Markup =
            rest.isEmpty
            ? ""
            : """
            <details><summary>\(words("\(rest.count) more accounts", "其余 \(rest.count) 个客户"))</summary>
            \(table(rest.prefix(400)))</details>

            """
        return ReportSection(
            id: "tiers", title: words("Tiers and concentration", "客户分级与集中度"),
            body: """
                <p>\(concentrationSentence(segmentation, words: words)) \(keyAccountAdvice(segmentation, words: words))</p>
                \(table(segmentation.segments.prefix(shown)))\(more)
                """)
    }

    var proofSection: ReportSection {
        let certificate = result.allocation.certificate
        let hasRounding = certificate.ranks.contains { abs($0.value - $0.relaxedValue) > 1e-6 * max(1, abs($0.value)) }
        var columns: [HTMLTable.Column] = [
            .init(title: "", isNumber: true), .init(title: words("Aim", "目标")), .init(title: words("Value reached", "达到值"), isNumber: true),
            .init(title: words("Cannot be below", "理论下限"), isNumber: true), .init(title: words("Gap", "差距"), isNumber: true),
            .init(title: words("In plain words", "说明")),
        ]
        if hasRounding { columns.append(.init(title: words("Cost of rounding", "取整代价"), isNumber: true)) }
        var table = HTMLTable(columns: columns)
        for (index, rank) in certificate.ranks.enumerated() {
            var cells: [Markup] = [
                "\(index + 1)", "\(words.rank(rank.rank))", "\(words.amount(rank.value))", "\(words.amount(rank.bound))",
                "\(Wording.significant(max(0, rank.gapBeforeRounding) * 100)) %", "\(verdict(rank))",
            ]
            if hasRounding { cells.append("\(words.amount(rank.value - rank.relaxedValue))") }
            table.row(cells)
        }
        let violation = Wording.significant(certificate.feasibility.maxViolation)
        // 1e-6 is the tolerance of model.md for any row of the plan.
        let isFeasible = certificate.feasibility.maxViolation <= 1e-6
        let check =
            isFeasible
            ? words(
                "An independent checker, which shares no code with the solver, finds the plan feasible: its largest relative error is \(violation).",
                "独立校验程序（与求解器无共用代码）确认计划可行：最大相对误差 \(violation)。")
            : words(
                "The independent checker finds a violation of \(violation) at \(certificate.feasibility.constraint).",
                "独立校验程序发现偏差 \(violation)，位于 \(certificate.feasibility.constraint)。")
        let rounding = words(
            "The gap is that before goods are rounded to cases and lots; what rounding costs stands beside it.",
            "差距为按箱规、批量取整之前的数值，取整的代价另列。")
        let limit = words(
            "The time limit ended the search: the gaps are those proven by then.", "计算因达到时限而提前结束，差距为届时已证明的数值。")
        let plain = certificate.ranks.compactMap(plainWords).map { sentence -> Markup in "<li>\(sentence)</li>" }.joined()
        return ReportSection(
            id: "proof", title: words("What is proven", "已证明的结论"),
            body: """
                <ul>\(plain)</ul>
                <p>\(words(
                    "Aims are met strictly in this order: a later one never costs an earlier one anything beyond the gap shown.",
                    "目标严格按此顺序满足：后面的目标不会在所示差距之外损害前面的目标。")) \(hasRounding ? rounding : "") \(certificate.isCutShort ? limit : "") \(check)</p>
                \(table.fixedMarkup)
                """)
    }

    /// What a rank's certificate means, for people who do not plan for a living; nil for ranks that say little by themselves.
    private func plainWords(_ rank: RankCertificate) -> String? {
        let gap = max(0, rank.gapBeforeRounding)
        let value = words.amount(rank.value)
        // Below a millionth of a percent nobody can tell the plan from the best one.
        let isBest = gap <= 1e-8
        let margin = Wording.significant(gap * 100)
        let least =
            isBest
            ? words("no plan can do better", "没有更好的计划")
            : words("no plan can do better by more than \(margin) %", "任何计划的改进不超过 \(margin)%")
        let measure: String
        switch package.settings.plan.measure {
        case .quantity: measure = unitWord
        case .value: measure = words("in money", "（金额）")
        case .volume: measure = words("in volume", "（体积）")
        case .weight: measure = words("in weight", "（重量）")
        }
        switch rank.rank.aim {
        case .guarantees:
            guard !package.guarantees.isEmpty else { return nil }
            return rank.value <= 1e-6
                ? words("Every promise is kept.", "所有承诺均履行。")
                : words("Promises fall short by \(value) \(unitWord) in all; \(least).", "承诺共缺 \(value) \(unitWord)；\(least)。")
        case .lostSales:
            let tier = rank.rank.tier.map(words.tier) ?? ""
            return rank.value <= 1e-6
                ? words("\(tier) loses no sale.", "\(tier)没有销售损失。")
                : words(
                    "\(tier) loses \(value) \(measure). Serving the tiers before it as well as this plan does, \(least).",
                    "\(tier)损失 \(value) \(measure)。在前面各级同样得到满足的前提下，\(least)。")
        case .cost:
            return words(
                "All this costs \(value). Keeping everything above, \(least).", "总成本为 \(value)。在以上各项不变的前提下，\(least)。")
        case .sharing, .lateness, .stockUnderMinimum: return nil
        }
    }

    private func verdict(_ rank: RankCertificate) -> String {
        let gap = max(0, rank.gapBeforeRounding)
        // Nothing to improve: the aim's value is zero, its least.
        if rank.rank.aim != .cost, abs(rank.value) <= 1e-6 {
            switch rank.rank.aim {
            case .guarantees: return words("every promise is kept", "所有承诺均履行")
            case .lostSales: return words("nothing is lost", "没有损失")
            case .sharing: return words("nothing to share", "无需分摊")
            case .lateness: return words("nothing is late", "没有延迟")
            case .stockUnderMinimum: return words("stock never falls under the minimum", "库存从不低于最低量")
            case .cost: return ""
            }
        }
        if gap <= 1e-9 { return words("proven best", "已证明最优") }
        return words("proven best within \(Wording.significant(gap * 100)) %", "已证明与最优相差不超过 \(Wording.significant(gap * 100))%")
    }

    var costSection: ReportSection {
        let cost = keyFigures.cost
        let total = cost.total
        var table = HTMLTable(
            columns: [
                .init(title: words("Cost", "成本")), .init(title: words("Amount", "金额"), isNumber: true),
                .init(title: words("Share", "占比"), isNumber: true),
                .init(title: ""),
            ])
        let parts: [(String, Double)] = [
            (words("Making", "生产"), cost.making), (words("Overtime", "加班"), cost.overtime), (words("Transport", "运输"), cost.transport),
            (words("Holding stock at the sites", "仓储持有"), cost.holding), (words("Stock over the maximum", "超最高库存"), cost.overStock),
            (words("Stock over the target", "超目标库存"), cost.overTarget),
        ]
        for (name, amount) in parts {
            let share = total > 0 ? amount / total : 0
            table.row(["\(name)", "\(words.units(amount))", "\(words.percent(share))", shareBar(share)])
        }
        table.row(["\(words("Total", "合计"))", "\(words.units(total))", "", ""], isTotal: true)
        return ReportSection(id: "cost", title: words("Cost", "成本构成"), body: table.markup)
    }

    var forecastSection: ReportSection {
        let forecast = result.forecast
        func pairs(_ kind: ForecastNoteKind) -> [ForecastNote] { forecast.notes.filter { $0.kind == kind } }
        func named(_ notes: [ForecastNote], withBuckets: Bool) -> Markup {
            let shown = 12
            let items = notes.prefix(shown).map { note -> Markup in
                let pair = "\(package.title(product: note.product)) · \(package.title(account: note.account))"
                let when =
                    withBuckets && !note.buckets.isEmpty
                    ? words(": ", "：")
                        + runs(of: note.buckets).prefix(4).map { words.span($0.lowerBound, $0.upperBound) }.joined(
                            separator: words("; ", "；")) : ""
                return "<li>\(pair)\(when)</li>"
            }.joined()
            let more: Markup =
                notes.count > shown ? "<li>\(words("and \(notes.count - shown) more", "另有 \(notes.count - shown) 项"))</li>" : ""
            return "<ul>\(items)\(more)</ul>\n"
        }
        var body: Markup = .empty
        let corrected = pairs(.stockOutCorrected)
        if !corrected.isEmpty {
            body += """
                <h3>\(words("Stock-outs corrected", "已修正的缺货"))</h3>
                <p>\(words(
                    "In these buckets sales were low because the shelf was empty; the demand behind them was estimated (\(corrected.count) series).",
                    "以下时段因缺货导致销量偏低，已估计其真实需求（\(corrected.count) 个序列）。"))</p>
                \(named(corrected, withBuckets: true))
                """
        }
        let shifted = pairs(.levelShift)
        if !shifted.isEmpty {
            body += """
                <h3>\(words("Levels that changed for good", "销售水平的长期变化"))</h3>
                <p>\(words(
                    "From these buckets on sales run at another level; what came before was brought to it. If you know better, say so in level_shifts.csv.",
                    "自以下时段起销售处于新的水平，此前的历史已按新水平折算。如有不同判断，请填写 level_shifts.csv。"))</p>
                \(named(shifted, withBuckets: true))
                """
        }
        let analogues = pairs(.fromAnalogue) + pairs(.fromAttributes)
        if !analogues.isEmpty {
            body += """
                <h3>\(words("New products forecast from a similar one", "参照相似产品预测的新品"))</h3>
                \(named(analogues, withBuckets: false))
                """
        }
        let blind = pairs(.newProductWithoutAnalogue)
        if !blind.isEmpty {
            body += """
                <h3>\(words("New products without anything to go by", "没有依据的新品"))</h3>
                <p>\(words(
                    "These have no history and no analogue, so the forecast is 0: name an analogue in products.csv or give rows in demand.csv.",
                    "没有历史也没有参照产品，预测为 0：请在 products.csv 中填写 analogue，或在 demand.csv 中提供预测。"))</p>
                \(named(blind, withBuckets: false))
                """
        }
        let zero = pairs(.allZero)
        if !zero.isEmpty {
            body += "<p>\(words("\(zero.count) series have no sales at all.", "\(zero.count) 个序列没有任何销售。"))</p>\n"
        }
        let overrides = forecast.rows.filter { $0.override != nil }
        if !overrides.isEmpty {
            let before = overrides.reduce(0) { $0 + $1.statistical }
            let after = overrides.reduce(0) { $0 + $1.quantity }
            body += """
                <p>\(words(
                    "Overridden by hand: \(overrides.count) \(overrides.count == 1 ? "figure" : "figures"), from \(words.units(before)) to \(words.units(after)) in all.",
                    "人工修改了 \(overrides.count) 个预测值：由 \(words.units(before)) 改为 \(words.units(after))。"))</p>

                """
        }
        body += modelTable
        if body.html.isEmpty { body = "<p>\(words("Nothing to note.", "无。"))</p>" }
        return ReportSection(id: "forecast", title: words("Notes on the forecast", "预测说明"), body: body)
    }

    private var modelTable: Markup {
        var series: [String: Set<Pair>] = [:]
        var quantity: [String: Double] = [:]
        for row in result.forecast.rows {
            series[row.model, default: []].insert(Pair(account: row.account, product: row.product))
            quantity[row.model, default: 0] += row.quantity
        }
        guard !series.isEmpty else { return .empty }
        var table = HTMLTable(
            columns: [
                .init(title: words("Forecast by", "预测方法")), .init(title: words("Series", "序列数"), isNumber: true),
                .init(title: words("Forecast", "预测量"), isNumber: true),
            ])
        let models = series.keys.sorted { (quantity[$0] ?? 0, $1) > (quantity[$1] ?? 0, $0) }
        for model in models.prefix(20) { table.row(["\(model)", "\(series[model]?.count ?? 0)", "\(words.units(quantity[model] ?? 0))"]) }
        return "<h3>\(words("Methods used", "所用方法"))</h3>\n\(table.markup)"
    }

    var inputSection: ReportSection {
        var table = HTMLTable(columns: [.init(title: words("File", "文件")), .init(title: "SHA-256")])
        for (file, hash) in package.inputHashes.sorted(by: { $0.key < $1.key }) {
            table.row(["\(file)", "<span class=\"hash\">\(hash)</span>"])
        }
        return ReportSection(
            id: "inputs", title: words("Inputs", "输入文件"),
            body: """
                <p>\(words(
                    "The plan was made from exactly these files; the same files give the same plan.", "本计划由以下文件生成；相同文件得到相同计划。"))</p>
                \(table.rowCount > 0 ? table.markup : "")
                """)
    }
}
