import Fullshelf
import PlanStore

extension Desk {
    /// Every plan, and who changed what, when; with undo.
    func historyPage(_ frame: PageFrame, notices: [Notice] = []) throws -> DeskResponse {
        let words = HistoryWords(language: frame.language)
        let plans = try store.plans(limit: 200)
        let changes = try store.changes(limit: 200)
        let values: Values = [
            "hasPlans": !plans.isEmpty, "hasChanges": !changes.isEmpty,
            "plans": plans.enumerated().map { index, plan -> Values in
                [
                    "id": plan.id, "made": localTime(plan.made), "by": plan.author, "kind": words.kind(plan), "note": words.note(plan),
                    "fill": frame.percent(plan.figures.fillRate), "lost": frame.amount(plan.figures.lost),
                    "cost": frame.number(plan.figures.cost),
                    "isFirst": index == min(1, plans.count - 1), "isSecond": index == 0, "canRestore": plan.kind != "what-if",
                ]
            },
            "changes": changes.map { change -> Values in
                [
                    "id": change.id, "made": localTime(change.made), "by": change.author,
                    "cell": "\(change.cell.account) · \(change.cell.product) · \(change.cell.bucket)",
                    "path": "/forecast?" + FormFields.encoded([("account", change.cell.account), ("product", change.cell.product)]),
                    "before": change.before.map { NumberText.shortest($0.quantity) } ?? "–",
                    "after": change.after.map { NumberText.shortest($0.quantity) } ?? "–", "reason": words.reason(change),
                    "canUndo": change.undoes == nil && change.undoneBy == nil,
                ]
            },
        ]
        return page("history", frame, title: frame.words("History", "历史"), section: .history, values: values, notices: notices)
    }

    func undo(_ request: DeskRequest, _ frame: PageFrame) throws -> DeskResponse {
        let reading = workspace.read()
        guard let package = reading.package else { throw PlanningError.unusableInput(reading.findings) }
        guard let id = request.form["change"].flatMap({ Int64($0) }) else { throw StoreError.noSuchChange(0) }
        let author = request.form["author"].map { Desk.line($0) } ?? frame.author
        try store.undo(id, by: author.isEmpty ? options.author : author, horizon: package.horizon)
        return .see(Desk.withField(Desk.localPath(request.form["back"]) ?? "/history", "undone", "\(id)"))
    }

    /// Puts an earlier plan's files in FOLDER/out again.
    func restore(_ request: DeskRequest, _ frame: PageFrame) throws -> DeskResponse {
        guard let id = request.form["plan"].flatMap({ Int64($0) }) else { throw StoreError.noSuchPlan(0) }
        try store.restorePlan(id, to: Planner.defaultOutput(forPackageAt: folder))
        return .see("/history?restored=\(id)")
    }

    /// A path of this desk, never an address elsewhere.
    static func localPath(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), !text.contains("\\"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            return nil
        }
        return text
    }

    /// The path with one field of its query set.
    static func withField(_ path: String, _ name: String, _ value: String) -> String {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let kept = parts.count > 1 ? parts[1].split(separator: "&").filter { !$0.hasPrefix(name + "=") && !$0.hasPrefix("saved=") } : []
        return String(parts[0]) + "?" + (kept.map(String.init) + ["\(name)=\(FormFields.escaped(value))"]).joined(separator: "&")
    }
}
