import PlanModel
import Reporting

/// What differs between two plans as a page of text.
///
/// - Parameters:
///   - rows: Most accounts, resources and moves to list of each kind.
///   - package: For names; the later plan's.
///   - tellsInputs: Whether to say which input files differ; of no use where the changes are known.
public func comparisonText(
    _ comparison: PlanComparison, package: DataPackage, language: ReportLanguage, rows: Int = 10, tellsInputs: Bool = true
) -> String {
    let page = ComparisonPage(
        comparison: comparison, words: Wording(language: language, horizon: package.horizon), package: package, rows: rows,
        tellsInputs: tellsInputs)
    return page.lines().joined(separator: "\n") + "\n"
}

private struct ComparisonPage {
    let comparison: PlanComparison
    let words: Wording
    let package: DataPackage
    let rows: Int
    let tellsInputs: Bool

    func lines() -> [String] {
        guard let from = comparison.from, let to = comparison.to else {
            return [words("The two plans have no bucket in common.", "两个计划没有共同的时段。")]
        }
        var lines = [
            words(
                "What changed between the two plans (\(date(from)) – \(date(to)), in units of the products):",
                "两个计划的差别（\(date(from))至\(date(to))，以产品单位计）：")
        ]
        if tellsInputs { lines += inputs() }
        if comparison.isSame && comparison.accounts.isEmpty {
            lines.append(words("The plans decide the same.", "两个计划的决策相同。"))
            return lines
        }
        lines += service()
        lines += accounts()
        lines += resources()
        lines += costs()
        lines += stability()
        lines += moves()
        return lines
    }

    private func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }

    private func inputs() -> [String] {
        guard !comparison.inputs.isEmpty else { return [words("Both were made from the same input files.", "两者的输入文件相同。")] }
        let list = comparison.inputs.map { change in
            let verb =
                switch change.change {
                case "added": words("added", "新增")
                case "removed": words("removed", "删除")
                default: words("changed", "已修改")
                }
            return words("\(change.file) (\(verb))", "\(change.file)（\(verb)）")
        }
        return [words("Why: other input files: ", "原因：输入文件不同：") + list.joined(separator: words(", ", "、"))]
    }

    private func signed(_ value: Double) -> String {
        let text = words.amount(value)
        return value > 0 && text != "0" ? "+" + text : text
    }

    private func service() -> [String] {
        let hasMoney = comparison.tiers.contains { $0.gainValue != nil }
        var table = TextTable(alignments: [.left] + [TextTable.Alignment](repeating: .right, count: hasMoney ? 7 : 6))
        var head = [
            words("Tier", "级别"), words("demand before", "原需求"), words("after", "新需求"), words("short before", "原缺货"), words("after", "新缺货"),
            words("wins", "增益"), words("fill after", "新满足率"),
        ]
        if hasMoney { head.append(words("in money", "金额")) }
        table.rows.append(head)
        for tier in comparison.tiers {
            var row = [
                words.tier(tier.tier), words.units(tier.before.demand), words.units(tier.after.demand), words.amount(tier.before.missing),
                words.amount(tier.after.missing), signed(tier.gain), words.percent(tier.after.fillRate),
            ]
            if hasMoney { row.append(tier.gainValue.map(signed) ?? "") }
            table.rows.append(row)
        }
        return [""] + table.lines()
    }

    private func accounts() -> [String] {
        var lines: [String] = []
        let winners = comparison.accounts.filter { $0.gain > 0 && PlanComparison.differs($0.before.missing, $0.after.missing) }
        let losers = comparison.accounts.reversed().filter { $0.gain < 0 && PlanComparison.differs($0.before.missing, $0.after.missing) }
        for (title, list) in [
            (words("Who wins:", "谁得益："), winners), (words("Who loses:", "谁受损："), Array(losers)),
        ] where !list.isEmpty {
            lines += ["", title]
            var table = TextTable(alignments: [.left, .left, .right, .left])
            for account in list.prefix(rows) {
                let before = words(
                    "short \(words.amount(account.before.missing)) before, \(words.amount(account.after.missing)) after",
                    "缺货 \(words.amount(account.before.missing)) → \(words.amount(account.after.missing))")
                table.rows.append([name(account.id), words.tier(account.tier), signed(account.gain), before])
            }
            lines += table.lines(indent: 4)
            if list.count > rows { lines.append("    " + words("and \(list.count - rows) more", "另有 \(list.count - rows) 个客户")) }
        }
        if winners.isEmpty && losers.isEmpty { lines += ["", words("No account wins or loses a sale.", "没有客户的销量增减。")] }
        for account in comparison.accounts where account.tier != account.tierBefore {
            lines.append(
                words(
                    "\(name(account.id)) moved from tier \(account.tierBefore) to tier \(account.tier).",
                    "\(name(account.id))由第\(account.tierBefore)级变为第\(account.tier)级。"))
        }
        return lines
    }

    private func name(_ id: String) -> String {
        let account = package.accounts.firstIndex { $0.id == id }
        return (account.map { package.title(account: $0) } ?? id).fitted(to: 32)
    }

    private func resources() -> [String] {
        var lines: [String] = []
        for (title, list) in [
            (words("No longer used up:", "不再用尽的资源："), comparison.freed), (words("Newly used up:", "新用尽的资源："), comparison.newlyBinding),
        ] where !list.isEmpty {
            lines += ["", title]
            for change in list.prefix(rows) {
                let kind = ResourceKind(rawValue: change.kind).map(words.resourceKind) ?? change.kind
                let days = change.buckets.prefix(4).map(date).joined(separator: words(", ", "、")) + (change.buckets.count > 4 ? " …" : "")
                lines.append("    \(kind) \(change.resource): \(days)")
            }
            if list.count > rows { lines.append("    " + words("and \(list.count - rows) more", "另有 \(list.count - rows) 项")) }
        }
        return lines
    }

    private func costs() -> [String] {
        guard let total = comparison.costs.last else { return [] }
        let parts = comparison.costs.dropLast().filter { PlanComparison.differs($0.before, $0.after) }.map {
            "\(words.costPart($0.part)) \(signed($0.after - $0.before))"
        }
        let change = total.after - total.before
        let detail = parts.isEmpty ? "" : words(" (\(parts.joined(separator: ", ")))", "（\(parts.joined(separator: "，"))）")
        return [
            "",
            words(
                "Cost \(words.units(total.after)), \(signed(change))\(detail).",
                "成本 \(words.units(total.after))，变化 \(signed(change))\(detail)。"),
        ]
    }

    private func stability() -> [String] {
        let figure = comparison.stability
        guard let from = figure.from, let to = figure.to else { return [] }
        return [
            "",
            words(
                "Stability \(words.percent(figure.stability)) from \(date(from)) to \(date(to)): \(words.amount(figure.madeChange)) units of making and \(words.amount(figure.movedChange)) of dispatch moved; demand changed by \(words.amount(figure.demandChange)) over the whole time.",
                "\(date(from))至\(date(to))的稳定度为 \(words.percent(figure.stability))：生产变动 \(words.amount(figure.madeChange))，发运变动 \(words.amount(figure.movedChange))；全期需求变动 \(words.amount(figure.demandChange))。"
            ),
        ]
    }

    private func moves() -> [String] {
        guard !comparison.moves.isEmpty else { return [] }
        var lines = ["", words("Largest moves (\(comparison.moves.count) in all):", "变动最大的数量（共 \(comparison.moves.count) 处）：")]
        var table = TextTable(alignments: [.left, .left, .left, .left, .right, .right])
        for move in comparison.moves.prefix(rows) {
            let kind =
                switch move.kind {
                case "make": words("made on", "生产")
                case "move": words("sent on", "发运")
                default: words("served to", "供给")
                }
            table.rows.append([
                date(move.bucket), kind, move.resource.fitted(to: 24), move.product.fitted(to: 16),
                "\(words.amount(move.before)) → \(words.amount(move.after))",
                signed(move.after - move.before),
            ])
        }
        lines += table.lines(indent: 4)
        return lines
    }
}

extension Wording {
    package func resourceKind(_ kind: ResourceKind) -> String {
        switch kind {
        case .hours: self("hours of line", "产线工时")
        case .overtime: self("overtime of line", "产线加班")
        case .lane: self("space on lane", "线路运力")
        case .pool: self("shared transport", "共用运力")
        case .storage: self("storage at", "仓容")
        case .material: self("material", "物料")
        case .accountStock: self("room at account", "客户仓容")
        }
    }

    package func costPart(_ part: String) -> String {
        switch part {
        case "making": self("making", "生产")
        case "overtime": self("overtime", "加班")
        case "transport": self("transport", "运输")
        case "holding": self("holding", "仓储")
        case "over_stock": self("stock over maximum", "超过上限库存")
        case "over_target": self("stock over target", "超过目标库存")
        default: part
        }
    }
}
