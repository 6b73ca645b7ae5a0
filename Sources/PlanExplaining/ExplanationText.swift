import PlanModel
import Reporting

/// An explanation as a page of text.
///
/// - Parameter rows: Most causes, sources and uses to list.
public func explanationText(_ explanation: Explanation, package: DataPackage, language: ReportLanguage, rows: Int = 10) -> String {
    let page = ExplanationPage(
        explanation: explanation, words: Wording(language: language, horizon: package.horizon), package: package, rows: rows)
    return page.lines().joined(separator: "\n") + "\n"
}

private struct ExplanationPage {
    let explanation: Explanation
    let words: Wording
    let package: DataPackage
    let rows: Int

    func lines() -> [String] {
        var lines = [title() + words(":", "：")]
        if explanation.resource == nil { lines.append(service()) }
        lines += causes()
        lines += uses()
        lines += sources()
        lines += help()
        return lines
    }

    private func service() -> String {
        let sum = explanation.service
        return words(
            "  demand \(words.amount(sum.demand)), served \(words.amount(sum.served)) (\(words.percent(sum.fillRate))), lost \(words.amount(sum.lost))",
            "  需求 \(words.amount(sum.demand))，供应 \(words.amount(sum.served))（\(words.percent(sum.fillRate))），损失 \(words.amount(sum.lost))")
            + (sum.backlog > 1e-6
                ? words(", still owed at the end \(words.amount(sum.backlog))", "，期末仍欠 \(words.amount(sum.backlog))") : "")
    }

    private func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }

    private func title() -> String {
        var parts: [String] = []
        if let account = explanation.account {
            parts.append(words("account \(account)", "客户 \(account)") + name(package.accounts.first { $0.id == account }?.name))
        }
        if let product = explanation.product {
            parts.append(words("product \(product)", "产品 \(product)") + name(package.products.first { $0.id == product }?.name))
        }
        if let resource = explanation.resource { parts.append(words("resource \(resource)", "资源 \(resource)")) }
        if let bucket = explanation.bucket { parts.append(words("from \(date(bucket))", "\(date(bucket))起的一期")) }
        return parts.isEmpty ? words("The whole plan", "整个计划") : parts.joined(separator: words(", ", "，"))
    }

    private func name(_ name: String?) -> String { name.map { $0.isEmpty ? "" : " " + $0.fitted(to: 32) } ?? "" }

    private func causes() -> [String] {
        let lost = explanation.service.lost
        guard !explanation.causes.isEmpty else {
            if explanation.resource != nil { return ["", words("No sale is lost because of it.", "没有因此损失的销售。")] }
            return ["", words("Nothing is lost.", "没有损失。")]
        }
        var lines = ["", words("Why:", "原因：")]
        for cause in explanation.causes.prefix(rows) { lines.append("  - " + cause.sentence) }
        let rest = explanation.causes.dropFirst(rows)
        if !rest.isEmpty {
            let sum = rest.reduce(0) { $0 + $1.lost }
            lines.append(
                "  - "
                    + words(
                        "\(words.amount(sum)) lost by \(rest.count) smaller causes.", "另有 \(rest.count) 个较小原因，共损失 \(words.amount(sum))。"))
        }
        if explanation.resource == nil {
            let sum = explanation.causes.reduce(0) { $0 + $1.lost }
            lines.append(
                words(
                    "  Together \(words.amount(sum)) of the \(words.amount(lost)) lost.",
                    "  以上合计 \(words.amount(sum))，损失共 \(words.amount(lost))。"))
        }
        return lines
    }

    private func uses() -> [String] {
        guard explanation.resource != nil else { return [] }
        guard !explanation.uses.isEmpty else {
            return ["", words("It has no limit in this plan.", "该资源在计划中没有上限。")]
        }
        var table = TextTable(alignments: [.left, .left, .right, .right, .right, .left])
        table.rows.append([
            words("Bucket", "时段"), words("what", "项目"), words("capacity", "能力"), words("used", "已用"), words("price", "影子价格"),
            words("whom it serves", "供给的客户"),
        ])
        for use in explanation.uses.prefix(max(rows, 60)) {
            let served = use.accounts.prefix(4).map { "\($0.account) \(words.amount($0.quantity))" }.joined(separator: words(", ", "、"))
            table.rows.append([
                date(use.bucket),
                (ResourceKind(rawValue: use.kind).map(words.resourceKind) ?? use.kind) + (use.site.map { " \($0)" } ?? ""),
                words.amount(use.capacity),
                words.amount(use.used), use.shadowPrice > 1e-6 ? Wording.significant(use.shadowPrice) : "",
                served + (use.accounts.count > 4 ? " …" : ""),
            ])
        }
        return [""] + table.lines()
    }

    private func sources() -> [String] {
        guard !explanation.sources.isEmpty else { return [] }
        var lines = ["", words("Where the served goods come from:", "供应货物的来源：")]
        for source in explanation.sources.prefix(rows) {
            let origin: String
            if let line = source.line {
                origin =
                    words("made on line \(line)", "产线 \(line)")
                    + (source.made.map { words(" in the bucket of \(date($0))", " 于\(date($0))起的一期生产") } ?? "")
            } else {
                origin = words("stock or goods in transit at \(source.origin ?? "–")", "\(source.origin ?? "–") 的库存或在途货物")
            }
            let way =
                source.lanes.isEmpty
                ? "" : words(", by \(source.lanes.joined(separator: " > "))", "，经 \(source.lanes.joined(separator: " > "))")
            lines.append("    \(words.amount(source.quantity))  \(origin)\(way)")
        }
        let rest = explanation.sources.dropFirst(rows)
        if !rest.isEmpty {
            let sum = rest.reduce(0) { $0 + $1.quantity }
            lines.append("    " + words("\(words.amount(sum)) from \(rest.count) more lots", "另有 \(rest.count) 批，共 \(words.amount(sum))"))
        }
        return lines
    }

    private func help() -> [String] {
        guard !explanation.help.isEmpty else { return [] }
        return ["", words("What would help most:", "最有效的补救：")] + explanation.help.prefix(5).map { "  - " + $0.sentence }
    }
}
