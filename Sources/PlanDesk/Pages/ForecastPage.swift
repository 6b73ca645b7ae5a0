import Foundation
import Fullshelf
import PlanStore

extension Desk {
    /// One account and product: history, forecast with its range, events, and overrides entered in place.
    ///
    /// - Parameter entered: What was typed by bucket, where it could not be saved.
    func forecastPage(
        _ request: DeskRequest, _ frame: PageFrame, fields: FormFields, entered: [String: String] = [:], reason: String = "",
        notices: [Notice] = [], status: Int = 200
    ) throws -> DeskResponse {
        let reading = workspace.read()
        guard let package = reading.package else { throw PlanningError.unusableInput(reading.findings) }
        guard let run = workspace.knownForecast(reading) else { return forecastFirst(reading, frame) }
        let pairs = Set(run.forecast.totals.map { Pair(account: $0.account, product: $0.product) })
        let order = run.segmentation.segments.map(\.account)
        let account = fields["account"].flatMap { id in package.accounts.firstIndex { $0.id == id } } ?? order.first ?? 0
        let own = run.forecast.totals.filter { $0.account == account }
        let product =
            fields["product"].flatMap { id in package.products.firstIndex { $0.id == id } }
            ?? own.max { ($0.quantity, $1.product) < ($1.quantity, $0.product) }?.product ?? 0
        let sheet = ForecastSheet(
            package: package, run: run, account: account, product: product, overrides: try store.overrides(horizon: package.horizon),
            frame: frame)
        var values = sheet.values(entered: entered)
        values["has"] = pairs.contains(Pair(account: account, product: product))
        values["typedReason"] = reason
        values["accounts"] = order.map { Desk.option(package.accounts[$0].id, package.title(account: $0), isOn: $0 == account) }
        values["products"] = package.products.indices.map {
            Desk.option(package.products[$0].id, package.title(product: $0), isOn: $0 == product)
        }
        values["others"] = own.map { sheet.other($0) }
        return page(
            "forecast", frame, title: frame.words("Forecast", "预测"), section: .forecast, values: values,
            notices: notices + (try saved(fields, frame)), status: status)
    }

    static func option(_ id: String, _ name: String, isOn: Bool) -> Values { ["id": id, "name": name, "on": isOn] }

    /// Makes the forecast; a short one is waited for.
    private func forecastFirst(_ reading: Workspace.Reading, _ frame: PageFrame) -> DeskResponse {
        let path = frame.selfPath
        let job =
            jobs.active.first { $0.kind == .forecast }
            ?? jobs.start(.forecast, language: frame.language, backPath: "/") { [workspace] job in
                _ = try workspace.makeForecast(workspace.read(), progress: job.progress)
                return path
            }
        if case .done = job.wait(upTo: 3) { return .see(path) }
        return .see("/job/\(job.id)")
    }

    /// Tells of overrides that were just saved, and lets them be taken back.
    private func saved(_ fields: FormFields, _ frame: PageFrame) throws(StoreError) -> [Notice] {
        guard let ids = fields["saved"]?.split(separator: ".").compactMap({ Int64($0) }), !ids.isEmpty else { return [] }
        let words = frame.words
        let changes = try store.changes().filter { ids.contains($0.id) }
        guard !changes.isEmpty else { return [] }
        return [
            Notice(
                kind: .good,
                text: words(
                    "Saved in overrides.csv: \(changes.count) \(changes.count == 1 ? "change" : "changes"). Plan again to see what it does.",
                    "已写入 overrides.csv：\(changes.count) 处修改。重新制订计划即可看到效果。"),
                undo: changes.reversed().filter { $0.undoneBy == nil && $0.undoes == nil }.map { ($0.id, $0.cell.bucket) })
        ]
    }

    /// Saves what was entered; what somebody else changed meanwhile is told and not written over.
    func saveOverrides(_ request: DeskRequest, _ frame: PageFrame) throws -> DeskResponse {
        let words = frame.words
        let reading = workspace.read()
        guard let package = reading.package else { throw PlanningError.unusableInput(reading.findings) }
        let form = request.form
        let (account, product) = (form["account"] ?? "", form["product"] ?? "")
        let author = Desk.line(form["author"])
        let reason = Desk.line(form["reason"])
        var problems: [String] = []
        var done: [Int64] = []
        var left: [String: String] = [:]
        var isDiskFull = false
        for (name, text) in form.fields where name.hasPrefix("q-") {
            let day = String(name.dropFirst(2))
            guard let date = CalendarDate(day) else { continue }
            let seen = Desk.seenEntry(form["s-\(day)"])
            let typed = text.trimmingCharacters(in: .whitespaces)
            let quantity = Desk.number(typed)
            if !typed.isEmpty, quantity == nil {
                problems.append(words("\(day): \"\(typed)\" is no number.", "\(day)：\u{201C}\(typed)\u{201D}不是数字。"))
                left[day] = typed
                continue
            }
            if quantity == seen?.quantity { continue }
            let cell = OverrideCell(account: account, product: product, bucket: date)
            let entry = quantity.map { OverrideEntry(quantity: $0, author: author, reason: reason) }
            do {
                if let change = try store.setOverride(cell, to: entry, seen: seen, by: author, package: package) { done.append(change.id) }
            } catch {
                if case .diskFull = error {
                    isDiskFull = true
                    problems.append(
                        words(
                            "The disk is full: what you typed could not be saved. Nothing is lost: it is still in its field, and everything saved before is unharmed.\nMake room on the disk, then save again.",
                            "磁盘已满，您填写的内容未能保存。没有丢失任何数据：内容仍在输入框中，此前保存的一切完好无损。\n请腾出磁盘空间，然后再次保存。"))
                } else {
                    problems.append(error.text(frame.language))
                }
                // What was typed stays in its field; who still wants it after reading why saves again.
                left[day] = typed
            }
        }
        let fields = FormFields([("account", account), ("product", product), ("saved", done.map(String.init).joined(separator: "."))])
        if problems.isEmpty {
            return .see("/forecast?" + FormFields.encoded(fields.fields.map { ($0.name, $0.value) })).with(
                "Set-Cookie", Desk.authorCookie(author))
        }
        var told: [String] = []
        for problem in problems where !told.contains(problem) { told.append(problem) }
        let notice = Notice(kind: .bad, text: told.joined(separator: "\n"))
        return try forecastPage(
            request, frame, fields: fields, entered: left, reason: reason, notices: [notice], status: isDiskFull ? 507 : 409
        ).with("Set-Cookie", Desk.authorCookie(author))
    }

    /// Text on one line.
    static func line(_ text: String?) -> String {
        String(String.UnicodeScalarView((text ?? "").unicodeScalars.filter { $0.value >= 0x20 })).trimmingCharacters(in: .whitespaces)
    }

    /// A quantity as people write it: 1200, 1,200, 1 200.5.
    static func number(_ text: String) -> Double? {
        let plain = text.filter { $0 != "," && $0 != " " && $0 != "\u{A0}" && $0 != "，" }
        guard !plain.isEmpty, plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), let value = Double(plain) else {
            return nil
        }
        return value
    }

    /// What the page showed at a cell, to notice what somebody else changed since.
    static func seenText(_ entry: OverrideEntry?) -> String {
        guard let entry else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(entry)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    static func seenEntry(_ text: String?) -> OverrideEntry? {
        text.flatMap { try? JSONDecoder().decode(OverrideEntry.self, from: Data($0.utf8)) }
    }
}

/// The figures of one account and product.
private struct ForecastSheet {
    let package: DataPackage
    let run: ForecastRun
    let account: Int
    let product: Int
    let overrides: [OverrideCell: OverrideEntry]
    let frame: PageFrame

    private var horizon: Horizon { package.horizon }
    private var wording: Wording { Wording(language: frame.language, horizon: horizon) }

    private func entry(_ bucket: Int, product: Int? = nil) -> OverrideEntry? {
        overrides[
            OverrideCell(
                account: package.accounts[account].id, product: package.products[product ?? self.product].id,
                bucket: horizon.firstDay(of: bucket))]
    }

    /// Names of the lowest and highest quantile: P10, P90.
    private var ends: (String, String) {
        let quantiles = package.settings.forecast.quantiles
        return ("P\(Wording.shortest((quantiles.first ?? 0) * 100))", "P\(Wording.shortest((quantiles.last ?? 0) * 100))")
    }

    private func sold(_ bucket: Int) -> Double? {
        let table = package.history.sales
        guard let row = table.row(of: Pair(account: account, product: product)), bucket >= table.firstBucket, bucket < 0 else { return nil }
        let series = table.series(row)
        return series[series.startIndex + bucket - table.firstBucket]
    }

    private func events(_ bucket: Int) -> [Event] {
        let (first, end) = (horizon.firstDay(of: bucket), horizon.firstDay(of: bucket + 1))
        return package.events.filter {
            $0.start < end && $0.end >= first && ($0.account == nil || $0.account == account)
                && ($0.product == nil || $0.product == product)
        }
    }

    private func names(_ events: [Event]) -> String {
        var names: [String] = []
        for event in events {
            let lift = event.lift.map { " ×\(NumberText.shortest($0))" } ?? ""
            if !names.contains(event.name + lift) { names.append(event.name + lift) }
        }
        return names.joined(separator: frame.words(", ", "、"))
    }

    func values(entered: [String: String]) -> Values {
        let words = frame.words
        let rows = run.forecast.rows.filter { $0.account == account && $0.product == product }
        let season = package.settings.forecast.season
        var sums = (lastYear: 0.0, forecast: 0.0, planned: 0.0, hasLastYear: false)
        let lines: [Values] = rows.map { row in
            let day = horizon.firstDay(of: row.bucket).description
            let entry = entry(row.bucket)
            let lastYear = row.bucket - season < 0 ? sold(row.bucket - season) : nil
            sums.lastYear += lastYear ?? 0
            sums.hasLastYear = sums.hasLastYear || lastYear != nil
            sums.forecast += row.quantity
            sums.planned += entry?.quantity ?? row.quantity
            return [
                "day": day, "week": wording.bucket(row.bucket), "lastYear": lastYear.map(frame.amount) ?? "–",
                "low": row.quantiles.first.map(frame.amount) ?? "–", "forecast": frame.amount(row.quantity),
                "high": row.quantiles.last.map(frame.amount) ?? "–",
                "override": entered[day] ?? entry.map { NumberText.shortest($0.quantity) } ?? "", "overridden": entry != nil,
                "seen": Desk.seenText(entry), "who": entry?.author ?? "", "why": entry?.reason ?? "", "events": names(events(row.bucket)),
            ]
        }
        let total = run.forecast.totals.first { $0.account == account && $0.product == product }
        return [
            "account": package.accounts[account].id, "product": package.products[product].id,
            "pair": "\(package.title(account: account)) · \(package.title(product: product))",
            "method": rows.first.map { words("Method: \($0.model)", "方法：\($0.model)") } ?? "",
            "notes": run.forecast.notes.filter { $0.account == account && $0.product == product }.map(note),
            "chart": rows.isEmpty ? "" : chart(rows), "rows": lines, "low": ends.0, "high": ends.1,
            "sumLastYear": sums.hasLastYear ? frame.number(sums.lastYear) : "–", "sumForecast": frame.number(sums.forecast),
            "sumPlanned": frame.number(sums.planned), "sumLow": total?.quantiles.first.map(frame.number) ?? "",
            "sumHigh": total?.quantiles.last.map(frame.number) ?? "",
        ]
    }

    /// A line of the table of the account's products.
    func other(_ total: ForecastTotal) -> Values {
        let count = horizon.buckets.count { entry($0, product: total.product) != nil }
        return [
            "name": package.title(product: total.product), "on": total.product == product, "forecast": frame.number(total.quantity),
            "low": total.quantiles.first.map(frame.number) ?? "", "high": total.quantiles.last.map(frame.number) ?? "",
            "overrides": count == 0 ? "" : "\(count)",
            "path": "/forecast?"
                + FormFields.encoded([("account", package.accounts[account].id), ("product", package.products[total.product].id)]),
        ]
    }

    private func note(_ note: ForecastNote) -> String {
        let words = frame.words
        let count = note.buckets.count
        switch note.kind {
        case .stockOutCorrected:
            return words("In \(count) past buckets the shelf was empty; their demand was estimated.", "过去有 \(count) 期缺货，其需求为估计值。")
        case .newProductWithoutAnalogue:
            return words(
                "A new product without an analogue: name one in products.csv, or give its demand in demand.csv.",
                "新产品且没有参照产品：请在 products.csv 中指定，或在 demand.csv 中给出需求。")
        case .fromAnalogue: return words("Forecast from the product it resembles.", "按参照产品预测。")
        case .allZero: return words("Nothing was ever sold.", "从未有销售。")
        case .outlierCorrected: return words("\(count) odd buckets that no event explains were smoothed.", "有 \(count) 期异常值（无活动可解释）已平滑处理。")
        case .returnsCleared:
            return words("In \(count) buckets returns exceeded sales; demand is taken as 0.", "有 \(count) 期退货多于销售，需求按 0 计。")
        case .listingEnded: return words("It seems to be no longer sold here; the forecast is 0.", "似乎已停止在此销售，预测为 0。")
        case .missingBuckets: return words("The last \(count) buckets before the start are not known.", "计划期前最后 \(count) 期没有数据。")
        case .fromSellIn: return words("Sell-out is not known; deliveries less the change of stock stand for it.", "没有售出数据，以发货量减库存变化代替。")
        case .fromFamily: return words("Too new to show a season of its own: that of its family is used.", "产品较新，采用其产品族的季节规律。")
        case .fromAttributes:
            return words("Too new to show a season of its own: that of the products most like it is used.", "产品较新，采用最相似产品的季节规律。")
        case .levelShift: return words("The level changed for good; what came before was brought to the new one.", "水平已发生持久变化，此前数据已按新水平调整。")
        }
    }

    private func chart(_ rows: [ForecastRow]) -> String {
        let words = frame.words
        let past = min(package.history.sales.bucketCount, package.settings.forecast.season * 3 / 2)
        let shown = -past..<horizon.count
        var line = ForecastChart(
            buckets: shown, history: shown.map { $0 < 0 ? sold($0) : nil },
            forecast: shown.map { bucket in rows.first { $0.bucket == bucket }?.quantity },
            low: shown.map { bucket in rows.first { $0.bucket == bucket }?.quantiles.first },
            high: shown.map { bucket in rows.first { $0.bucket == bucket }?.quantiles.last },
            overrides: shown.map { $0 >= 0 ? entry($0)?.quantity : nil })
        line.labels = shown.map { wording.shortBucket($0) }
        var spans: [(name: String, from: Int, to: Int)] = []
        for event in package.events
        where (event.account == nil || event.account == account) && (event.product == nil || event.product == product) {
            let (from, to) = (
                max(horizon.bucket(of: event.start), shown.lowerBound), min(horizon.bucket(of: event.end), shown.upperBound - 1)
            )
            if from <= to { spans.append((event.name, from, to)) }
        }
        line.events = spans
        line.names = (words("sold", "已售"), words("forecast", "预测"), "\(ends.0)–\(ends.1)", words("override", "人工修改"), words("event", "活动"))
        line.title = words("Sold and forecast", "销售与预测")
        let peak = rows.max { $0.quantity < $1.quantity }
        line.summary = words(
            "Forecast \(frame.number(rows.reduce(0) { $0 + $1.quantity })) over the horizon, highest \(frame.amount(peak?.quantity ?? 0)) in \(wording.inBucket(peak?.bucket ?? 0)). The figures stand in the table below.",
            "计划期预测合计 \(frame.number(rows.reduce(0) { $0 + $1.quantity }))，最高为\(wording.inBucket(peak?.bucket ?? 0))的 \(frame.amount(peak?.quantity ?? 0))。数字见下表。"
        )
        return line.svg
    }
}
