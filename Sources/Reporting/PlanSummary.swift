import PlanModel

/// How a terminal shows a summary.
public struct TerminalLook: Hashable, Sendable {
    /// Columns; tables and sparklines keep to it.
    public var width: Int
    public var isColoured: Bool

    public init(width: Int, isColoured: Bool) {
        self.width = width
        self.isColoured = isColoured
    }

    /// A line in the colours of a meaning (SGR codes): never part of one, so that columns keep their widths.
    func line(_ text: String, _ meaning: Meaning) -> String { isColoured ? "\u{1B}[\(meaning.rawValue)m\(text)\u{1B}[0m" : text }

    enum Meaning: String { case head = "1", good = "32", warning = "33", alarm = "31;1" }
}

/// What the terminal says after `plan`: fill by tier, who is short and why, overtime, and what is proven; about 20 lines.
///
/// - Parameter look: Of the terminal that shows it, which gets colours and the season as sparklines as well; nil = plain text for a file or pipe.
public func planSummary(
    _ package: DataPackage, result: PlanResult, keyFigures: KeyFigures, language: ReportLanguage, look: TerminalLook? = nil
) -> String {
    func coloured(_ text: String, _ meaning: TerminalLook.Meaning) -> String { look?.line(text, meaning) ?? text }
    let words = Wording(language: language, horizon: package.horizon)
    let facts = PlanFacts(package, result: result, keyFigures: keyFigures)
    let horizon = package.horizon
    var lines: [String] = []
    lines.append(
        coloured(
            words(
                "Plan for \(horizon.count) \(words.bucketWord(Double(horizon.count))) from \(words.date(horizon.start)): \(counted(package.accounts.count, "account")), \(counted(package.products.count, "product"))",
                "计划期自\(words.date(horizon.start))起 \(horizon.count) \(words.bucketWord(Double(horizon.count)))：\(package.accounts.count) 个客户，\(package.products.count) 个产品"
            ), .head))
    lines.append("")
    var table = TextTable(alignments: [.left, .right, .right, .right, .right, .right])
    table.rows.append([
        words("Tier", "级别"), words("accounts", "客户数"), words("demand", "需求"), words("lost", "损失"), words("fill rate", "满足率"),
        words("lost value", "损失金额"),
    ])
    for (index, tier) in keyFigures.tiers.enumerated() {
        let members = result.segmentation.tierOfAccount.filter { $0 == index + 1 }.count
        table.rows.append([
            words.tier(index + 1), String(members), words.units(tier.demand), words.units(tier.lost + tier.backlog),
            words.percent(tier.fillRate),
            words.units(tier.lostValue),
        ])
    }
    table.rows.append([
        words("All", "合计"), String(package.accounts.count), words.units(keyFigures.total.demand),
        words.units(keyFigures.total.lost + keyFigures.total.backlog), words.percent(keyFigures.total.fillRate),
        words.units(keyFigures.total.lostValue),
    ])
    let rows = table.lines()
    lines.append(coloured(rows[0], .head))
    for (index, tier) in keyFigures.tiers.enumerated() {
        // Lost sales of key accounts are an alarm, those of others a warning.
        let isShort = tier.lost + tier.backlog > PlanFacts.noticeable(tier.demand)
        lines.append(isShort ? coloured(rows[index + 1], index == 0 ? .alarm : .warning) : rows[index + 1])
    }
    lines.append(rows[rows.count - 1])
    lines.append("")
    if let look { lines += seasonLines(package, result: result, facts: facts, look: look, words: words) }
    lines.append(coloured(keyAccountLine(facts, words: words), facts.keyAccountsWhole == facts.keyAccounts ? .good : .alarm))
    if !facts.shortAccounts.isEmpty {
        lines.append(words("Most short:", "缺货最多："))
        var short = TextTable(alignments: [.left, .left, .right, .right, .left])
        for row in facts.shortAccounts.prefix(5) {
            short.rows.append([
                package.title(account: row.account).fitted(to: 32), words.tier(row.tier), words.units(row.lost),
                words.percent(row.fillRate),
                words("from \(words.bucket(row.firstLoss))", "自\(words.bucket(row.firstLoss))"),
            ])
        }
        lines += short.lines(indent: 4)
        if facts.shortAccounts.count > 5 {
            lines.append("    " + words("and \(facts.shortAccounts.count - 5) more", "另有 \(facts.shortAccounts.count - 5) 个客户"))
        }
    }
    // What costs less than a two-hundredth of the loss is no reason to list; the report has all.
    let whole = facts.causes.reduce(0) { $0 + $1.lost }
    let causes = facts.causes.filter { $0.lost >= 0.005 * whole }
    if !causes.isEmpty, !facts.shortAccounts.isEmpty {
        lines.append(words("Because:", "原因："))
        for cause in causes.prefix(4) {
            let scarce = words.scarcity(cause.reason, resource: cause.resource.fitted(to: 40), buckets: cause.buckets, package: package)
            lines.append("    " + words.amount(cause.lost) + "  " + scarce)
        }
    }
    if let preBuild = facts.preBuild {
        lines.append(
            words(
                "Pre-build starts in \(words.inBucket(preBuild.start)): \(words.units(preBuild.units)) units by \(words.bucket(preBuild.top)).",
                "自\(words.inBucket(preBuild.start))开始预生产：到\(words.bucket(preBuild.top))累计 \(words.units(preBuild.units)) 件。"))
    }
    lines.append(
        words(
            "Overtime \(words.units(keyFigures.overtimeHours)) h (\(words.units(keyFigures.cost.overtime))); total cost \(words.units(keyFigures.cost.total)).",
            "加班 \(words.units(keyFigures.overtimeHours)) 小时（\(words.units(keyFigures.cost.overtime))）；总成本 \(words.units(keyFigures.cost.total))。"
        ))
    let isProven = result.allocation.certificate.feasibility.maxViolation <= 1e-6
    lines.append(coloured(certificateLine(result.allocation.certificate, words: words), isProven ? .good : .alarm))
    return lines.joined(separator: "\n") + "\n"
}

/// The season in a few rows of blocks: demand, what is made, stock, what is lost.
private func seasonLines(_ package: DataPackage, result: PlanResult, facts: PlanFacts, look: TerminalLook, words: Wording) -> [String] {
    guard let peak = facts.peak else { return [] }
    var made = facts.demand.map { _ in 0.0 }
    for row in result.allocation.plan.production where package.horizon.buckets.contains(row.bucket) { made[row.bucket] += row.quantity }
    // Demand and what is made for it on one scale; stock and losses each on their own, told at their largest.
    let top = max(facts.demand.max() ?? 0, made.max() ?? 0)
    var series = [(words("demand", "需求"), facts.demand, top)]
    if made.contains(where: { $0 > 0 }) { series.append((words("made", "生产"), made, top)) }
    series.append((words("stock", "库存"), facts.stock, facts.stock.max() ?? 0))
    if facts.lost.contains(where: { $0 > 0.5 }) { series.append((words("lost", "损失"), facts.lost, facts.lost.max() ?? 0)) }
    let title = words(
        "Season from \(words.bucket(0)), peak \(words.bucket(peak))", "旺季：\(words.bucket(0))起，高峰\(words.bucket(peak))")
    var table = TextTable(alignments: [.left, .left, .right])
    for (name, values, highest) in series {
        // Name, gaps, indent and the figure behind take some 30 columns.
        let blocks = sparkline(values, width: max(8, look.width - 30), top: highest)
        let largest = words("\(words.units(values.max() ?? 0)) at most", "最高 \(words.units(values.max() ?? 0))")
        table.rows.append([name, blocks, largest])
    }
    return [look.line(title, .head)] + table.lines() + [""]
}

/// "1 product", "2 products".
package func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

private func keyAccountLine(_ facts: PlanFacts, words: Wording) -> String {
    if facts.keyAccounts == 0 { return words("There are no key accounts (tier 1).", "没有大客户（第1级）。") }
    if facts.keyAccountsWhole == facts.keyAccounts {
        return words("All \(facts.keyAccounts) key accounts get everything they ask for.", "全部 \(facts.keyAccounts) 个大客户的需求都能满足。")
    }
    return words(
        "\(facts.keyAccountsWhole) of \(facts.keyAccounts) key accounts get everything they ask for.",
        "\(facts.keyAccounts) 个大客户中有 \(facts.keyAccountsWhole) 个的需求能全部满足。")
}

/// "Certificate: 9 ranks, largest gap 0.004 %, independent check: largest violation 3e-9."
private func certificateLine(_ certificate: Certificate, words: Wording) -> String {
    let gap = certificate.ranks.map(\.gapBeforeRounding).max() ?? 0
    let isRounded = certificate.ranks.contains { abs($0.value - $0.relaxedValue) > 1e-6 * (1 + abs($0.value)) }
    let violation = Wording.significant(certificate.feasibility.maxViolation)
    let limit = certificate.isCutShort ? words(" The time limit ended the search.", "计算因达到时限而提前结束。") : ""
    return words(
        "Certificate: \(certificate.ranks.count) ranks, largest gap \(Wording.significant(gap * 100)) %\(isRounded ? " before rounding" : ""); independent check: largest violation \(violation).",
        "证书：\(certificate.ranks.count) 个目标，最大差距 \(Wording.significant(gap * 100))%\(isRounded ? "（取整前）" : "")；独立校验最大偏差 \(violation)。")
        + limit
}
