import PlanModel

// MARK: - What is short and why

extension ReportPage {
    /// Rows shown of tables that can be long; the files have all.
    private static let shownCauses = 12
    private static let shownAccounts = 15
    private static let shownAccountsInDetails = 200
    private static let shownCells = 250

    var shortageSection: ReportSection {
        let title = words("What is short, and why", "缺什么，为什么")
        guard !facts.causes.isEmpty || !facts.shortAccounts.isEmpty else {
            return ReportSection(
                id: "short", title: title, body: "<p>\(words("Nothing: every demand is served in full.", "无：所有需求均可全部满足。"))</p>")
        }
        return ReportSection(id: "short", title: title, body: causeTable + shortAccountTable + cellTable)
    }

    private var causeTable: Markup {
        guard !facts.causes.isEmpty else { return .empty }
        var table = HTMLTable(
            columns: [
                .init(title: words("Act before", "最迟行动")), .init(title: words("What stands in the way", "瓶颈")),
                .init(title: words("Lost", "损失") + " (\(unit))", isNumber: true), .init(title: words("Value", "金额"), isNumber: true),
                .init(title: words("Who loses", "谁受损")), .init(title: words("Who got it", "谁得到了")),
            ])
        let shown = facts.causes.prefix(ReportPage.shownCauses)
        for cause in shown {
            let scarce = words.scarcity(cause.reason, resource: cause.resource, buckets: cause.buckets, package: package)
            table.row([
                cause.buckets.map { bucketCell($0.lowerBound) } ?? "–", "\(scarce.capitalizedFirst)", "\(words.amount(cause.lost))",
                "\(words.units(cause.lostValue))", "\(losers(cause))", "\(takers(cause))",
            ])
        }
        let whole = facts.causes.reduce(0) { $0 + $1.lost }
        let said = shown.reduce(0) { $0 + $1.lost }
        let rest: Markup =
            facts.causes.count > shown.count
            ? """
            <p class="quiet">\(words(
                "\(facts.causes.count - shown.count) further causes account for \(words.amount(whole - said)) \(unitWord); all are in shortages.csv.",
                "另有 \(facts.causes.count - shown.count) 项原因，合计 \(words.amount(whole - said)) \(unitWord)，详见 shortages.csv。"))</p>
            """ : ""
        return """
            <h3>\(words("What to ease, largest loss first", "应缓解的瓶颈（按损失排序）"))</h3>
            <p>\(words(
                "Each loss is put down to what blocks the cheapest way to one more unit; the parts add up to the whole loss.",
                "每笔损失归于阻断“再多供一件”最省路径的资源，各部分之和等于总损失。"))</p>
            \(table.markup)\(rest)
            """
    }

    private func losers(_ cause: CauseSummary) -> String {
        let named = cause.losers.prefix(3).map { package.accounts[$0].id.fitted(to: 24) }.joined(separator: words(", ", "、"))
        let more = cause.losers.count - 3
        return more > 0 ? named + words(" and \(more) more", " 等 \(cause.losers.count) 个") : named
    }

    private func takers(_ cause: CauseSummary) -> String {
        let named = cause.takers.prefix(3).map { taker in
            let id = package.accounts[taker.account].id.fitted(to: 24)
            let tier = taker.rank.tier.map { words("tier \($0)", "第\($0)级") } ?? words.rank(taker.rank)
            return words("\(id) (\(tier))", "\(id)（\(tier)）")
        }
        return named.isEmpty ? "–" : named.joined(separator: words(", ", "、"))
    }

    var shortAccountTable: Markup {
        guard !facts.shortAccounts.isEmpty else { return .empty }
        let mainCause = mainCauses()
        func table(_ rows: some Sequence<ShortAccount>) -> Markup {
            var table = HTMLTable(
                columns: [
                    .init(title: words("Account", "客户")), .init(title: words("Tier", "级别")), .init(title: words("First loss", "首次损失")),
                    .init(title: words("Lost", "损失") + " (\(unit))", isNumber: true), .init(title: words("Value", "金额"), isNumber: true),
                    .init(title: words("Fill rate", "满足率"), isNumber: true), .init(title: words("Mainly because of", "主要原因")),
                ])
            for row in rows {
                table.row([
                    "\(package.title(account: row.account))", "\(row.tier)", bucketCell(row.firstLoss), "\(words.amount(row.lost))",
                    "\(words.units(row.lostValue))", "\(words.percent(row.fillRate))", "\(mainCause[row.account] ?? "–")",
                ])
            }
            return table.markup
        }
        let rest = facts.shortAccounts.dropFirst(ReportPage.shownAccounts)
        let more: Markup =
            rest.isEmpty
            ? ""
            : """
            <details><summary>\(words("\(rest.count) more accounts that lose sales", "另有 \(rest.count) 个客户有损失"))</summary>
            \(table(rest.prefix(ReportPage.shownAccountsInDetails)))</details>

            """
        return """
            <h3>\(words("Accounts that lose sales", "有销售损失的客户"))</h3>
            \(table(facts.shortAccounts.prefix(ReportPage.shownAccounts)))\(more)
            """
    }

    /// The cause with the largest part of each account's loss, in a few words.
    func mainCauses() -> [Int: String] {
        struct Key: Hashable { var reason: ShortageReason; var resource: String }
        var sums: [Int: [Key: Double]] = [:]
        for row in result.shortages {
            sums[row.account, default: [:]][Key(reason: row.reason, resource: row.resource), default: 0] += row.lost
        }
        return sums.mapValues { parts in
            let main = parts.max { a, b in
                a.value != b.value ? a.value < b.value : (a.key.reason.rawValue, a.key.resource) > (b.key.reason.rawValue, b.key.resource)
            }
            return main.map { $0.key.reason == .rank ? words.reason(.rank) : "\(words.reason($0.key.reason)) \($0.key.resource)" } ?? "–"
        }
    }

    private var cellTable: Markup {
        guard !result.shortages.isEmpty else { return .empty }
        let largest = result.shortages.indices.sorted {
            result.shortages[$0].lost != result.shortages[$1].lost ? result.shortages[$0].lost > result.shortages[$1].lost : $0 < $1
        }.prefix(ReportPage.shownCells).sorted()
        var table = HTMLTable(
            columns: [
                .init(title: words("When", "时间")), .init(title: words("Account", "客户")), .init(title: words("Product", "产品")),
                .init(title: words("Why, and who got it", "原因与去向")),
            ])
        for index in largest {
            let row = result.shortages[index]
            table.row([
                bucketCell(row.bucket), "\(package.title(account: row.account))", "\(package.title(product: row.product))",
                "\(causeSentence(row, package: package, language: words.language))",
            ])
        }
        let number = largest.count
        let all = result.shortages.count
        let summary =
            number == all
            ? words("All \(all) losses, one by one", "全部 \(all) 条损失明细")
            : words(
                "The largest \(number) of \(all) losses, one by one (all are in shortages.csv)",
                "\(all) 条损失中最大的 \(number) 条（全部见 shortages.csv）")
        return "<details><summary>\(summary)</summary>\n\(table.markup)</details>\n"
    }
}

extension String {
    /// The first letter as a capital, the rest as it is (an id must keep its spelling).
    var capitalizedFirst: String { first.map { $0.isLowercase ? $0.uppercased() + dropFirst() : self } ?? self }
}
