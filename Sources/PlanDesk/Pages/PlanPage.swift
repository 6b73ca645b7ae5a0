import Foundation
import Fullshelf
import PlanStore

extension Desk {
    /// The season board of a plan: accounts by buckets, coloured and marked by cover.
    func planPage(_ id: Int64?, _ request: DeskRequest, _ frame: PageFrame, notices: [Notice] = []) throws -> DeskResponse {
        let words = frame.words
        let reading = workspace.read()
        guard let id = try id ?? newestPlan()?.id else {
            return page(
                "noplan", frame, title: words("Plan", "计划"), section: .plan, values: ["canPlan": reading.package != nil], notices: notices)
        }
        let open = try shelf.plan(id, current: reading.package)
        let package = open.package
        let wording = Wording(language: frame.language, horizon: package.horizon)
        let product = request.query["product"].flatMap { id in package.products.firstIndex { $0.id == id } }
        let tierCount = open.files.segmentation.tierCount
        // A board of hundreds of accounts is long; it begins with the key accounts then.
        let upTo = request.query["tier"].flatMap(Int.init) ?? (package.accounts.count <= 80 ? tierCount : 1)
        let board = SeasonBoard(open.files, package: package, product: product)
        let order = open.files.segmentation.segments.map(\.account)
        let short = package.horizon.buckets.map { wording.shortBucket($0) }
        let suffix = product.map { "&product=" + FormFields.escaped(package.products[$0].id) } ?? ""
        let days = package.horizon.buckets.map { package.horizon.firstDay(of: $0).description }
        let groups: [Values] = (1...tierCount).compactMap { tier in
            let members = order.filter { open.files.segmentation.tierOfAccount[$0] == tier }
            guard tier <= upTo, !members.isEmpty else { return nil }
            let rows: [Values] = members.map { account in
                let name = package.title(account: account)
                let path = "/plan/\(id)/why?account=" + FormFields.escaped(package.accounts[account].id) + suffix + "&bucket="
                let cells: [Values] = board.rows[account].enumerated().map { bucket, cell in
                    [
                        "c": cell.sign.rawValue, "p": path + days[bucket], "s": cell.sign.mark,
                        "v": cell.cover.map { $0 >= 99.5 ? "99+" : Wording.grouped($0, decimals: $0 < 9.95 ? 1 : 0) } ?? "–",
                        "l": label(cell, name: name, week: short[bucket], frame),
                    ]
                }
                return ["name": name, "cells": cells]
            }
            return ["name": wording.tier(tier), "rows": rows, "span": package.horizon.count + 1]
        }
        var values: Values = [
            "weeks": short, "groups": groups, "asked": open.stored.changes,
            "products": package.products.indices.map {
                Desk.option(package.products[$0].id, package.title(product: $0), isOn: $0 == product)
            },
            "tiers": (1...tierCount).map { tier -> Values in
                [
                    "value": tier, "on": tier == upTo,
                    "name": tier == tierCount
                        ? words("all", "全部") : tier == 1 ? wording.tier(1) : words("tiers 1 to \(tier)", "第1至\(tier)级"),
                ]
            },
            "accounts": order.map { ["id": package.accounts[$0].id, "name": package.title(account: $0)] as Values },
            "days": package.horizon.buckets.map { ["day": days[$0], "name": wording.bucket($0)] as Values },
            "ranks": (open.files.certificate?.ranks ?? []).map { rank -> Values in
                [
                    "name": wording.rank(rank.rank), "value": Wording.grouped(rank.value, decimals: 1),
                    "bound": Wording.grouped(rank.bound, decimals: 1), "gap": Wording.significant(rank.gap * 100) + " %",
                ]
            },
        ]
        values.merge(planFigures(open.stored.figures, frame)) { _, new in new }
        values.merge(planLine(open.stored, frame, package: reading.package)) { _, new in new }
        return page("plan", frame, title: "\(words("Plan", "计划")) \(id)", section: .plan, values: values, notices: notices)
    }

    private func label(_ cell: SeasonBoard.Cell, name: String, week: String, _ frame: PageFrame) -> String {
        let words = frame.words
        let cover =
            cell.cover.map { words("cover \(Wording.grouped($0, decimals: 1))", "库存可用 \(Wording.grouped($0, decimals: 1)) 期") } ?? ""
        let sign =
            switch cell.sign {
            case .none: ""
            case .lost: words("\(frame.amount(cell.lost)) lost", "损失 \(frame.amount(cell.lost))")
            case .low: words.table["signLow"] ?? ""
            case .fair: words.table["signFair"] ?? ""
            case .full: words.table["signFull"] ?? ""
            case .over: words.table["signOver"] ?? ""
            }
        return [name, week, cover, sign].filter { !$0.isEmpty }.joined(separator: words(", ", "，"))
    }

    // MARK: Why

    /// Why an account is short, or well supplied, in a bucket.
    ///
    /// - Parameter isPart: Only the explanation, for the panel beside the board.
    func whyPage(_ id: Int64, _ request: DeskRequest, _ frame: PageFrame, isPart: Bool) throws -> DeskResponse {
        let words = frame.words
        let open = try shelf.plan(id, current: workspace.read().package)
        let package = open.package
        let wording = Wording(language: frame.language, horizon: package.horizon)
        let account = request.query["account"].flatMap { id in package.accounts.firstIndex { $0.id == id } }
        let product = request.query["product"].flatMap { id in package.products.firstIndex { $0.id == id } }
        let bucket = request.query["bucket"].flatMap { CalendarDate($0) }.map(package.horizon.bucket(of:))
        guard let account, let bucket, package.horizon.buckets.contains(bucket) else {
            return message(
                frame, heading: words("Nothing there", "没有内容"), text: words("The plan has no such account or bucket.", "计划中没有该客户或时段。"),
                back: "/plan/\(id)", status: 404)
        }
        let explanation = Explanation(
            open.view, scope: ExplanationScope(account: account, product: product, bucket: bucket), language: frame.language)
        let service = explanation.service
        let rows = open.files.plan.accountPlan.filter { $0.account == account && $0.bucket == bucket }
        let products: [Values] = open.files.demand.pairs.filter { $0.account == account && (product == nil || $0.product == product) }
            .map { pair in
                let row = rows.first { $0.product == pair.product }
                let band = open.files.bands.pairs.position(ofSorted: pair)
                let most = band.map { open.files.bands.max[$0, bucket] } ?? .infinity
                return [
                    "name": package.title(product: pair.product), "demand": frame.amount(row?.demand ?? 0),
                    "served": frame.amount(row?.served ?? 0),
                    "lost": frame.amount(row?.lost ?? 0), "isLost": (row?.lost ?? 0) > 1e-6, "stock": frame.amount(row?.stock ?? 0),
                    "band": frame.amount(band.map { open.files.bands.min[$0, bucket] } ?? 0) + "–"
                        + (most.isFinite ? frame.amount(most) : "∞"),
                    "path": "/forecast?"
                        + FormFields.encoded([("account", package.accounts[account].id), ("product", package.products[pair.product].id)]),
                ]
            }
        let help = explanation.help.prefix(4).map(\.sentence)
        let sources = explanation.sources.prefix(6).map { source($0, wording, frame) }
        let values: Values = [
            "heading": package.title(account: account) + (product.map { " · " + package.title(product: $0) } ?? "") + words(", ", "，")
                + wording.inBucket(bucket),
            "service": words(
                "Demand \(frame.amount(service.demand)), served \(frame.amount(service.served)) (\(frame.percent(service.fillRate))), lost \(frame.amount(service.lost)).",
                "需求 \(frame.amount(service.demand))，供应 \(frame.amount(service.served))（\(frame.percent(service.fillRate))），损失 \(frame.amount(service.lost))。"
            ), "causes": explanation.causes.prefix(8).map(\.sentence), "help": Array(help), "hasHelp": !help.isEmpty, "products": products,
            "sources": Array(sources), "hasSources": !sources.isEmpty,
            "boardPath": "/plan/\(id)" + (product.map { "?product=" + FormFields.escaped(package.products[$0].id) } ?? ""),
        ]
        if isPart {
            var all = values
            all["t"] = words.table
            return .html(Templates.library.render(all, withTemplate: "whypart") ?? "")
        }
        return page("why", frame, title: words("Why", "原因"), section: .plan, values: values)
    }

    private func source(_ source: Explanation.Source, _ wording: Wording, _ frame: PageFrame) -> String {
        let words = frame.words
        let origin: String
        if let line = source.line {
            let made = source.made.flatMap { CalendarDate($0) }.map { wording.inBucket(wording.horizon.bucket(of: $0)) }
            origin = words("made on line \(line)", "产线 \(line)") + (made.map { words(" in \($0)", "，\($0)生产") } ?? "")
        } else {
            origin = words("stock or goods in transit at \(source.origin ?? "–")", "\(source.origin ?? "–") 的库存或在途货物")
        }
        let way = source.lanes.isEmpty ? "" : words(", by ", "，经 ") + source.lanes.joined(separator: " → ")
        return "\(frame.amount(source.quantity)): \(origin)\(way)"
    }

    // MARK: Files

    /// A plan as an Excel workbook, or its report; both come from the plan's own files.
    func planFile(_ id: Int64, _ name: String, _ frame: PageFrame) throws -> DeskResponse {
        try withTemporaryFolder { work in
            try store.restorePlan(id, to: work + "/plan")
            if name == "report.html" {
                guard let bytes = FileManager.default.contents(atPath: work + "/plan/report.html") else { throw StoreError.noSuchPlan(id) }
                return DeskResponse.file(bytes, type: "text/html; charset=utf-8").with("Content-Security-Policy", Desk.reportPolicy)
            }
            let path = work + "/plan.xlsx"
            try writeExcel(planAt: work + "/plan", language: frame.language, to: path)
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw PlanningError.notWritten(folder: path, reason: Bilingual("it is not there", "文件不存在"))
            }
            return .file(bytes, type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name: "plan-\(id).xlsx")
        }
    }
}
