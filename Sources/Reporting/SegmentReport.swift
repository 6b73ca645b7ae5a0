import PlanModel

/// What `segment` prints: accounts by value with their tiers, concentration, and whether the key accounts call for a department of their own.
public func segmentReport(_ package: DataPackage, segmentation: Segmentation, language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    let settings = package.settings.segments
    var lines: [String] = []
    let measure = settings.by == .value ? words("value", "金额") : words("quantity", "数量")
    let window = "\(settings.window) \(words.bucketWord(Double(settings.window)))"
    lines.append(
        words(
            "\(segmentation.segments.count) accounts by \(measure) over the last \(window)",
            "按最近 \(window)的\(measure)为 \(segmentation.segments.count) 个客户分级"))
    lines.append("")
    var table = TextTable(alignments: [.left, .left, .right, .right, .right, .left])
    table.rows.append([words("Tier", "级别"), words("account", "客户"), measure, words("share", "占比"), words("cumulative", "累计占比"), ""])
    let shown = 60
    for segment in segmentation.segments.prefix(shown) {
        table.rows.append([
            words.tier(segment.tier), package.title(account: segment.account).fitted(to: 40), words.units(segment.value),
            words.percent(segment.share),
            words.percent(segment.cumulativeShare), segment.isGiven ? words("given", "指定") : "",
        ])
    }
    lines += table.lines()
    if segmentation.segments.count > shown {
        let rest = segmentation.segments.count - shown
        lines.append("  " + words("and \(rest) more; all of them are in segments.csv", "另有 \(rest) 个，详见 segments.csv"))
    }
    lines.append("")
    lines.append(concentrationSentence(segmentation, words: words))
    lines.append(keyAccountAdvice(segmentation, words: words))
    return lines.joined(separator: "\n") + "\n"
}

/// Top fifth and Herfindahl index in a sentence.
func concentrationSentence(_ segmentation: Segmentation, words: Wording) -> String {
    let share = words.percent(segmentation.topFifthShare)
    let index = Wording.grouped(segmentation.herfindahlIndex, decimals: 3)
    return words(
        "The top fifth of the accounts holds \(share) of the business; Herfindahl index \(index) (1 = a single customer).",
        "前五分之一的客户占业务的 \(share)；赫芬达尔指数 \(index)（1 = 只有一个客户）。")
}

/// Behaviour B4: from twenty key accounts on a department is due, below that the manager carries them.
func keyAccountAdvice(_ segmentation: Segmentation, words: Wording) -> String {
    let count = segmentation.keyAccountCount
    let threshold = Segmentation.departmentThreshold
    if segmentation.needsOwnDepartment {
        return words(
            "\(count) key accounts (tier 1): with \(threshold) or more, a key-account department of its own is due.",
            "大客户（第1级）共 \(count) 个：达到 \(threshold) 个及以上，应设立专门的大客户部。")
    }
    return words(
        "\(count) key \(count == 1 ? "account" : "accounts") (tier 1): with fewer than \(threshold), the manager carries them personally.",
        "大客户（第1级）共 \(count) 个：不足 \(threshold) 个，由经理亲自负责。")
}
