import Fullshelf
import PlanStore

extension Desk {
    /// Two plans side by side: figures, winners and losers, where sales change, what became free or scarce.
    func comparePage(_ request: DeskRequest, _ frame: PageFrame, notices: [Notice] = []) throws -> DeskResponse {
        let words = frame.words
        let plans = try store.plans()
        let after = request.query["after"].flatMap { Int64($0) } ?? plans.first?.id
        let before = request.query["before"].flatMap { Int64($0) } ?? plans.first { $0.id != after && $0.id < after ?? 0 }?.id
        func options(_ chosen: Int64?) -> [Values] {
            plans.map { plan in
                let note = HistoryWords(language: frame.language).note(plan)
                let name =
                    "\(plan.id) · \(localTime(plan.made)) · \(HistoryWords(language: frame.language).kind(plan))\(note.isEmpty ? "" : " · \(note.prefix(60))")"
                return Desk.option("\(plan.id)", name, isOn: plan.id == chosen)
            }
        }
        var values: Values = ["befores": options(before), "afters": options(after), "has": false]
        if let before, let after {
            let current = workspace.read().package
            let (a, b) = (try shelf.plan(before, current: current), try shelf.plan(after, current: current))
            values.merge(sides(a, b, frame)) { _, new in new }
        }
        return page("compare", frame, title: words("Compare", "比较"), section: .compare, values: values, notices: notices)
    }

    private func sides(_ a: PlanShelf.OpenPlan, _ b: PlanShelf.OpenPlan, _ frame: PageFrame) -> Values {
        let words = frame.words
        let wording = Wording(language: frame.language, horizon: b.package.horizon)
        let comparison = PlanComparison(a.view, b.view)
        let moved = comparison.accounts.filter { PlanComparison.differs($0.before.missing, $0.after.missing) }
        let (winners, losers) = (moved.filter { $0.gain > 0 }, Array(moved.filter { $0.gain < 0 }.reversed()))
        func name(_ id: String) -> String { b.package.accounts.firstIndex { $0.id == id }.map { b.package.title(account: $0) } ?? id }
        func date(_ day: String) -> String { CalendarDate(day).map { wording.bucket(b.package.horizon.bucket(of: $0)) } ?? day }
        func table(_ list: [PlanComparison.ServiceChange], _ title: String) -> [Values] {
            guard !list.isEmpty else { return [] }
            let rows: [Values] = list.prefix(25).map { change in
                [
                    "account": name(change.id), "tier": "\(change.tier)", "before": frame.amount(change.before.missing),
                    "after": frame.amount(change.after.missing), "gain": frame.signed(change.gain),
                    "kind": change.gain > 0 ? "better" : "worse",
                    "money": change.gainValue.map(frame.signed) ?? "–",
                ]
            }
            return [["name": title, "rows": rows]]
        }
        func resources(_ list: [PlanComparison.ResourceChange]) -> [String] {
            list.prefix(8).map { change in
                let kind = ResourceKind(rawValue: change.kind).map(wording.resourceKind) ?? change.kind
                let days = change.buckets.prefix(4).map(date).joined(separator: words(", ", "、")) + (change.buckets.count > 4 ? " …" : "")
                return "\(kind) \(change.resource): \(days)"
            }
        }
        let inputs = comparison.inputs.map { change in
            let verb = ["added": words("added", "新增"), "removed": words("removed", "删除")][change.change] ?? words("changed", "有改动")
            return "\(change.file) (\(verb))"
        }
        let gained = comparison.tiers.reduce(0) { $0 + $1.gain }
        var values: Values = [
            "has": true, "beforeId": a.stored.id, "afterId": b.stored.id, "beforeName": "\(words("Plan", "计划")) \(a.stored.id)",
            "afterName": "\(words("Plan", "计划")) \(b.stored.id)", "asked": b.stored.changes, "any": !moved.isEmpty,
            "verdict": words(
                "\(winners.count) \(winners.count == 1 ? "account wins" : "accounts win"), \(losers.count) \(losers.count == 1 ? "loses" : "lose"); together \(frame.signed(gained)) units of sales.",
                "\(winners.count) 个客户得益，\(losers.count) 个客户受损；合计销售 \(frame.signed(gained))。"),
            "winners": table(winners, words.table["winners"] ?? ""),
            "losers": table(losers, words.table["losers"] ?? ""), "sides": figureSides(a, b, comparison, wording, frame),
            "tierMoves": comparison.accounts.filter { $0.tier != $0.tierBefore }.map {
                words(
                    "\(name($0.id)) moved from tier \($0.tierBefore) to tier \($0.tier).",
                    "\(name($0.id))由第\($0.tierBefore)级变为第\($0.tier)级。")
            }, "freed": resources(comparison.freed), "binding": resources(comparison.newlyBinding), "inputs": inputs,
            "moves": comparison.moves.prefix(20).map { move -> Values in
                let kind =
                    switch move.kind {
                    case "make": words("made on", "生产")
                    case "move": words("sent on", "发运")
                    default: words("served to", "供给")
                    }
                return [
                    "week": date(move.bucket), "way": "\(kind) \(move.resource)", "product": move.product,
                    "before": frame.amount(move.before),
                    "after": frame.amount(move.after), "change": frame.signed(move.after - move.before),
                ]
            },
            "stability": words(
                "Of what the first four buckets in common make and send, \(frame.percent(comparison.stability.stability)) stayed.",
                "共同的前四期中，生产与发运有 \(frame.percent(comparison.stability.stability)) 未变。"),
        ]
        values.merge(changeBoard(a, b, moved.map(\.id), wording, frame)) { _, new in new }
        return values
    }

    private func figureSides(
        _ a: PlanShelf.OpenPlan, _ b: PlanShelf.OpenPlan, _ comparison: PlanComparison, _ wording: Wording, _ frame: PageFrame
    ) -> [Values] {
        let words = frame.words
        func row(_ name: String, _ before: String, _ after: String, _ change: Double, _ text: String, fewerIsBetter: Bool?) -> Values {
            let isNews = text != "0"
            let isBetter = fewerIsBetter.map { $0 == (change < 0) }
            return [
                "name": name, "before": before, "after": after, "change": text,
                "kind": isNews ? isBetter.map { $0 ? "better" : "worse" } ?? "" : "",
            ]
        }
        let (x, y) = (a.stored.figures, b.stored.figures)
        let points = (y.fillRate - x.fillRate) * 100
        let pointText = abs(points) < 0.05 ? "0" : (points > 0 ? "+" : "") + Wording.grouped(points, decimals: 1)
        var rows = [
            row(
                words("Fill rate", "满足率"), frame.percent(x.fillRate), frame.percent(y.fillRate), points, pointText, fewerIsBetter: false),
            row(
                words("Lost and still owed, units", "损失与拖欠数量"), frame.amount(x.lost + x.backlog), frame.amount(y.lost + y.backlog),
                y.lost + y.backlog - x.lost - x.backlog, frame.signed(y.lost + y.backlog - x.lost - x.backlog), fewerIsBetter: true),
            row(
                words("Worth of lost sales", "损失金额"), frame.number(x.lostValue), frame.number(y.lostValue), y.lostValue - x.lostValue,
                frame.signed(y.lostValue - x.lostValue), fewerIsBetter: true),
        ]
        for tier in comparison.tiers {
            rows.append(
                row(
                    words("Short in tier \(tier.tier), units", "第\(tier.tier)级缺货数量"), frame.amount(tier.before.missing),
                    frame.amount(tier.after.missing), -tier.gain, frame.signed(-tier.gain), fewerIsBetter: true))
        }
        for cost in comparison.costs {
            let name = cost.part == "total" ? words("Cost, total", "成本合计") : words("Cost: ", "成本：") + wording.costPart(cost.part)
            rows.append(
                row(
                    name, frame.number(cost.before), frame.number(cost.after), cost.after - cost.before,
                    frame.signed(cost.after - cost.before),
                    // A plan that serves less costs less: neither good nor bad by itself.
                    fewerIsBetter: nil))
        }
        return rows
    }

    /// Change of lost units by account and bucket, accounts whose loss changed only.
    private func changeBoard(
        _ a: PlanShelf.OpenPlan, _ b: PlanShelf.OpenPlan, _ accounts: [String], _ wording: Wording, _ frame: PageFrame
    ) -> Values {
        guard !accounts.isEmpty, a.package.horizon == b.package.horizon else { return ["hasBoard": false] }
        func lost(_ plan: PlanShelf.OpenPlan) -> [String: [Double]] {
            var lost: [String: [Double]] = [:]
            for row in plan.files.plan.accountPlan where row.lost != 0 {
                lost[plan.package.accounts[row.account].id, default: [Double](repeating: 0, count: plan.package.horizon.count)][
                    row.bucket] += row.lost
            }
            return lost
        }
        let (before, after) = (lost(a), lost(b))
        let rows: [Values] = accounts.prefix(60).map { id in
            let cells: [Values] = b.package.horizon.buckets.map { bucket in
                let change = (after[id]?[bucket] ?? 0) - (before[id]?[bucket] ?? 0)
                let text = frame.signed(change)
                return ["v": text == "0" ? "" : text, "c": text == "0" ? "" : change < 0 ? "better" : "worse"]
            }
            let name = b.package.accounts.firstIndex { $0.id == id }.map { b.package.title(account: $0) } ?? id
            return ["name": name, "cells": cells]
        }
        return ["hasBoard": true, "board": rows, "weeks": b.package.horizon.buckets.map { wording.shortBucket($0) }]
    }
}
