import PlanModel

/// What the terminal says after `plan`: fill by tier, who is short and why, overtime, and what is proven; about 20 lines.
public func planSummary(_ package: DataPackage, result: PlanResult, keyFigures: KeyFigures, language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    let facts = PlanFacts(package, result: result, keyFigures: keyFigures)
    let horizon = package.horizon
    var lines: [String] = []
    lines.append(
        words(
            "Plan for \(horizon.count) \(words.bucketWord(Double(horizon.count))) from \(words.date(horizon.start)): \(counted(package.accounts.count, "account")), \(counted(package.products.count, "product"))",
            "计划期自\(words.date(horizon.start))起 \(horizon.count) \(words.bucketWord(Double(horizon.count)))：\(package.accounts.count) 个客户，\(package.products.count) 个产品"
        ))
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
    lines += table.lines()
    lines.append("")
    lines.append(keyAccountLine(facts, words: words))
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
    lines.append(certificateLine(result.allocation.certificate, words: words))
    return lines.joined(separator: "\n") + "\n"
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
    return words(
        "Certificate: \(certificate.ranks.count) ranks, largest gap \(Wording.significant(gap * 100)) %\(isRounded ? " before rounding" : ""); independent check: largest violation \(violation).",
        "证书：\(certificate.ranks.count) 个目标，最大差距 \(Wording.significant(gap * 100))%\(isRounded ? "（取整前）" : "")；独立校验最大偏差 \(violation)。")
}
