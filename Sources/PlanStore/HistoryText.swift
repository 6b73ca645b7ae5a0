import Foundation
import Fullshelf

/// `2027-03-01 14:05` in the machine's time zone.
public func localTime(_ date: Date) -> String {
    let parts = Calendar(identifier: .gregorian).dateComponents(in: .current, from: date)
    func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
    return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day)) \(two(parts.hour)):\(two(parts.minute))"
}

/// The plans of a store as a table of text, newest first.
public func historyText(_ plans: [StoredPlan], language: ReportLanguage) -> String {
    let words = HistoryWords(language: language)
    guard !plans.isEmpty else { return words("No plan has been recorded yet.", "尚未记录任何计划。") + "\n" }
    var table = TextTable(alignments: [.right, .left, .left, .left, .right, .right, .right, .left])
    table.rows.append([
        words("plan", "计划"), words("made", "时间"), words("by", "制订人"), words("kind", "类型"), words("fill", "满足率"), words("lost", "缺货"),
        words("cost", "成本"), words("note", "说明"),
    ])
    for plan in plans {
        table.rows.append([
            "\(plan.id)", localTime(plan.made), plan.author.fitted(to: 20), words.kind(plan),
            Wording.grouped(plan.figures.fillRate * 100, decimals: 1) + " %",
            Wording.grouped(plan.figures.lost, decimals: 0), Wording.grouped(plan.figures.cost, decimals: 0),
            words.note(plan).fitted(to: 60),
        ])
    }
    return table.lines().joined(separator: "\n") + "\n"
}

/// One plan with its inputs, overrides and what differs from the plan before it.
public func storedPlanText(
    _ plan: StoredPlan, overrides: [(cell: OverrideCell, entry: OverrideEntry)], before: StoredPlan?, language: ReportLanguage
) -> String {
    let words = HistoryWords(language: language)
    var lines = [
        words(
            "Plan \(plan.id), made \(localTime(plan.made)) by \(plan.author) with Fullshelf \(plan.version): \(words.kind(plan))",
            "计划 \(plan.id)，\(localTime(plan.made)) 由 \(plan.author) 用 Fullshelf \(plan.version) 制订：\(words.kind(plan))"),
        words(
            "\(plan.buckets) buckets (\(plan.unit)) from \(plan.start); fill rate \(Wording.grouped(plan.figures.fillRate * 100, decimals: 1)) %, lost \(Wording.grouped(plan.figures.lost, decimals: 0)) worth \(Wording.grouped(plan.figures.lostValue, decimals: 0)), cost \(Wording.grouped(plan.figures.cost, decimals: 0))",
            "自 \(plan.start) 起 \(plan.buckets) 期（\(plan.unit == "week" ? "周" : "月")）；满足率 \(Wording.grouped(plan.figures.fillRate * 100, decimals: 1))%，缺货 \(Wording.grouped(plan.figures.lost, decimals: 0))，金额 \(Wording.grouped(plan.figures.lostValue, decimals: 0))，成本 \(Wording.grouped(plan.figures.cost, decimals: 0))"
        ),
    ]
    if !plan.note.isEmpty { lines.append(plan.note) }
    for change in plan.changes { lines.append(words("What if: \(change)", "如果：\(change)")) }
    lines += ["", words("Inputs (SHA-256):", "输入文件（SHA-256）：")]
    for (name, hash) in plan.inputs.sorted(by: { $0.key < $1.key }) {
        let isNew = before.map { $0.inputs[name] != hash } ?? false
        lines.append(
            "    \(hash.prefix(16))…  \(name)\(isNew ? words("  (not as in plan \(before?.id ?? 0))", "  （与计划 \(before?.id ?? 0) 不同）") : "")"
        )
    }
    if !overrides.isEmpty {
        lines += ["", words("Overrides in force (\(overrides.count)):", "生效的人工修改（\(overrides.count)）：")]
        var table = TextTable(alignments: [.left, .left, .left, .right, .left, .left])
        for (cell, entry) in overrides {
            table.rows.append([
                cell.bucket, cell.account, cell.product, NumberText.shortest(entry.quantity), entry.author.fitted(to: 20),
                entry.reason.fitted(to: 50),
            ])
        }
        lines += table.lines(indent: 4)
    }
    return lines.joined(separator: "\n") + "\n"
}

/// Who changed what, when: newest first.
public func changesText(_ changes: [StoredChange], language: ReportLanguage) -> String {
    let words = HistoryWords(language: language)
    guard !changes.isEmpty else { return words("Nothing has been changed through the page.", "尚未通过页面作任何更改。") + "\n" }
    var table = TextTable(alignments: [.right, .left, .left, .left, .right, .right, .left])
    table.rows.append([
        words("change", "更改"), words("made", "时间"), words("by", "修改人"), words("override of", "修改处"), words("before", "原值"),
        words("after", "新值"), words("why", "原因"),
    ])
    for change in changes {
        table.rows.append([
            "\(change.id)", localTime(change.made), change.author.fitted(to: 20),
            "\(change.cell.account) \(change.cell.product) \(change.cell.bucket)",
            change.before.map { NumberText.shortest($0.quantity) } ?? "–", change.after.map { NumberText.shortest($0.quantity) } ?? "–",
            words.reason(change).fitted(to: 50),
        ])
    }
    return table.lines().joined(separator: "\n") + "\n"
}

/// What planning again gave.
public func reproductionText(_ result: Reproduction, language: ReportLanguage) -> String {
    let words = HistoryWords(language: language)
    if result.agrees {
        return words(
            "Plan \(result.plan), planned again from its stored inputs: all \(result.compared) files agree byte for byte.",
            "用存档的输入重新制订计划 \(result.plan)：全部 \(result.compared) 个文件逐字节一致。") + "\n"
    }
    let versions =
        result.versionThen == result.versionNow
        ? ""
        : words(
            " It was made by version \(result.versionThen), this is \(result.versionNow).",
            "原版本 \(result.versionThen)，当前版本 \(result.versionNow)。")
    return words(
        "Plan \(result.plan), planned again from its stored inputs, differs in \(result.differing.count) of \(result.compared) files: \(result.differing.joined(separator: ", ")).\(versions)",
        "用存档的输入重新制订计划 \(result.plan)：\(result.compared) 个文件中 \(result.differing.count) 个不同：\(result.differing.joined(separator: "、"))。\(versions)"
    ) + "\n"
}

/// Words the history's texts and pages share.
package struct HistoryWords {
    package let language: ReportLanguage

    package init(language: ReportLanguage) { self.language = language }

    package func callAsFunction(_ english: String, _ chinese: String) -> String { language == .english ? english : chinese }

    package func kind(_ plan: StoredPlan) -> String {
        switch plan.kind {
        case "keeping": self("plan, near \(plan.keptBuckets ?? 0) kept", "计划（保留前 \(plan.keptBuckets ?? 0) 期）")
        case "what-if": self("what if", "假设")
        default: self("plan", "计划")
        }
    }

    /// The note, or the changes asked about.
    package func note(_ plan: StoredPlan) -> String { plan.note.isEmpty ? plan.changes.joined(separator: "; ") : plan.note }

    package func reason(_ change: StoredChange) -> String {
        let undone = change.undoneBy.map { self(" (undone by \($0))", "（已由 \($0) 撤销）") } ?? ""
        if let undoes = change.undoes { return self("undoes change \(undoes)", "撤销更改 \(undoes)") }
        guard let after = change.after else { return self("taken out", "删除") + undone }
        return after.reason + undone
    }
}
