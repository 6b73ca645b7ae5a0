import PlanModel

/// What `backtest` prints: how far to trust the forecast, for the whole, by tier, key account, family and step ahead, and what each step and person added.
public func backtestSummary(_ report: BacktestReport, package: DataPackage, keyAccounts: [Int], language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    let tables = BacktestTables(report: report, package: package, keyAccounts: keyAccounts, words: words)
    var lines = [tables.opening, ""]
    for table in tables.all {
        lines.append(table.title)
        var text = TextTable(alignments: table.columns.indices.map { $0 == 0 ? .left : .right })
        text.rows.append(table.columns)
        text.rows += table.rows.map { $0.map { $0.fitted(to: 40) } }
        lines += text.lines()
        lines.append("")
    }
    return lines.joined(separator: "\n")
}

/// The same as one self-contained page with plots.
public func backtestHTML(_ report: BacktestReport, package: DataPackage, keyAccounts: [Int], language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    let tables = BacktestTables(report: report, package: package, keyAccounts: keyAccounts, words: words)
    let title = words("How far to trust the forecast", "预测可信度")
    var body: Markup = .empty
    for (index, path) in report.paths.enumerated() {
        let span = Wording(
            language: language,
            horizon: Horizon(unit: package.horizon.unit, start: package.horizon.firstDay(of: path.origin), count: path.actual.count))
        let chart = TimeChart(
            id: "origin-\(index)",
            title: words("All sales from \(words.bucket(path.origin)), as forecast then", "自\(words.bucket(path.origin))起的全部销量与当时的预测"),
            summary: words(
                "Sold \(words.units(path.actual.reduce(0, +))), forecast \(words.units(path.model.reduce(0, +))).",
                "实际 \(words.units(path.actual.reduce(0, +)))，预测 \(words.units(path.model.reduce(0, +)))。"),
            unit: words("units", "件"),
            series: [
                .init(name: words("sold", "实际"), mark: .bars(isStacked: false), values: path.actual.map { $0 }, style: "s-served"),
                .init(name: words("forecast", "预测"), mark: .line, values: path.model.map { $0 }, style: "s-plan"),
                .init(name: words("last year's figure", "去年同期"), mark: .line, values: path.naive.map { $0 }, style: "s-last"),
            ]
                + (path.final == path.model
                    ? [] : [.init(name: words("after overrides", "人工修改后"), mark: .line, values: path.final.map { $0 }, style: "s-need")]))
        body += chart.markup(span)
    }
    body += AccountTrust(report, package: package, accounts: keyAccounts, words: words).markup
    body += errorByStep(report, words: words)
    for table in tables.all {
        var html = HTMLTable(
            caption: table.title, columns: table.columns.enumerated().map { .init(title: $0.element, isNumber: $0.offset > 0) })
        for row in table.rows { html.row(row.map { "\($0)" }) }
        body += html.markup
    }
    let document: Markup = """
        <!DOCTYPE html>
        <html lang="\(language == .english ? "en" : "zh-CN")">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <link rel="icon" href="data:,">
        <title>\(title)</title>
        <style>
        \(reportStyle)
        </style>
        </head>
        <body>
        <header class="top">
        <h1>\(title)</h1>
        <p class="lead">\(tables.opening)</p>
        </header>
        <main>
        \(body)</main>
        <footer>\(words("Made by Fullshelf: fullshelf backtest.", "由 Fullshelf 生成：fullshelf backtest。"))</footer>
        </body>
        </html>

        """
    return document.html
}

/// Error by step ahead, naive beside model, as a chart of its own: the horizon is counted in steps, not dates.
private func errorByStep(_ report: BacktestReport, words: Wording) -> Markup {
    let steps = report.groups(by: .horizon)
    let highest = steps.flatMap { [$0.errors.naive.wape ?? 0, $0.errors.model.wape ?? 0] }.max() ?? 0
    guard steps.count > 1, highest > 0 else { return "" }
    let width = 760.0
    let height = 220.0
    let (left, right, top, bottom) = (56.0, 12.0, 22.0, 28.0)
    func x(_ index: Int) -> Double { left + (width - left - right) * (Double(index) + 0.5) / Double(steps.count) }
    func y(_ value: Double) -> Double { height - bottom - (height - top - bottom) * value / highest }
    func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
    func path(_ value: (StepErrors) -> Double?) -> String {
        steps.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(number(x($0.offset))) \(number(y(value($0.element.errors) ?? 0)))" }
            .joined()
    }
    var drawing: Markup = .empty
    for share in [0.0, 0.5, 1.0] {
        drawing += """
            <line class="\(share == 0 ? "axis" : "rule")" x1="\(number(left))" y1="\(number(y(share * highest)))" x2="\(number(width - right))" y2="\(number(y(share * highest)))"/>
            <text x="\(number(left - 7))" y="\(number(y(share * highest) + 4))" text-anchor="end">\(words.percent(share * highest))</text>

            """
    }
    for index in stride(from: 0, to: steps.count, by: max(1, steps.count / 12)) {
        drawing +=
            "<text x=\"\(number(x(index)))\" y=\"\(number(height - bottom + 18))\" text-anchor=\"middle\">\(steps[index].name)</text>\n"
    }
    drawing += "<path class=\"s-plan\" d=\"\(path { $0.model.wape })\"/>\n<path class=\"s-last\" d=\"\(path { $0.naive.wape })\"/>\n"
    let title = words("Error by buckets ahead (WAPE)", "按提前期的误差（WAPE）")
    let legend = words("full line: forecast; dotted: last year's figure", "实线：预测；点线：去年同期")
    return """
        <figure><figcaption>\(title)</figcaption>
        <svg class="chart" viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-label="\(title)">
        \(drawing)</svg>
        <p>\(legend)</p></figure>

        """
}

/// The tables both of them show.
private struct BacktestTables {
    struct Entry {
        var title: String
        var columns: [String]
        var rows: [[String]]
    }

    let report: BacktestReport
    let package: DataPackage
    /// Indices of the tier-1 accounts.
    let keyAccounts: [Int]
    let words: Wording

    var opening: String {
        let errors = report.overall
        let count = report.origins.count
        let model = errors.model.wape.map(words.percent) ?? "–"
        let naive = errors.naive.wape.map(words.percent) ?? "–"
        return words(
            "Made again from \(count) earlier \(count == 1 ? "origin" : "origins"), up to \(report.horizon) \(words.bucketWord(Double(report.horizon))) ahead: the forecast was off by \(model) of what was sold, last year's figure by \(naive).",
            "在 \(count) 个历史起点重新预测，最多向前 \(report.horizon) \(words.bucketWord(Double(report.horizon)))：预测误差为实际销量的 \(model)，去年同期值为 \(naive)。")
    }

    var all: [Entry] {
        var entries = [steps]
        entries.append(breakdown(.tier, words("By tier", "按级别"), words("tier", "级别")))
        let keys = Set(keyAccounts.map { package.accounts[$0].id })
        entries.append(breakdown(.account, words("Key accounts", "大客户"), words("account", "客户")) { keys.contains($0) })
        entries.append(breakdown(.family, words("By family", "按产品族"), words("family", "产品族")))
        entries.append(breakdown(.horizon, words("By buckets ahead", "按提前期"), words("ahead", "提前期")))
        entries.append(breakdown(.origin, words("By origin", "按起点"), words("from", "起点")))
        if !report.authors.isEmpty { entries.append(authors) }
        return entries.filter { !$0.rows.isEmpty }
    }

    private func share(_ value: Double?) -> String { value.map { $0 < 0 ? "−" + words.percent(-$0) : words.percent($0) } ?? "–" }

    private func points(_ before: Double?, _ after: Double?) -> String {
        guard let before, let after else { return "–" }
        let gain = (before - after) * 100
        return (gain > 0 ? "+" : "") + Wording.grouped(gain, decimals: 1)
    }

    /// Naive → model → overrides, each with the points of WAPE it gained.
    private var steps: Entry {
        let errors = report.overall
        func row(_ name: String, _ sums: ErrorSums, gain: String) -> [String] {
            [
                name, share(sums.wape), gain, share(sums.bias), sums.mase.map { Wording.grouped($0, decimals: 2) } ?? "–",
                share(sums.relativePinball), share(sums.coverage),
            ]
        }
        var rows = [
            row(words("last year's figure", "去年同期"), errors.naive, gain: ""),
            row(words("forecast", "预测"), errors.model, gain: points(errors.naive.wape, errors.model.wape)),
        ]
        if !report.authors.isEmpty {
            rows.append(row(words("after overrides", "人工修改后"), errors.final, gain: points(errors.model.wape, errors.final.wape)))
        }
        let inside = "P\(Wording.shortest(report.lowest * 100))–P\(Wording.shortest(report.highest * 100))"
        return Entry(
            title: words("What each step adds", "每一步的增值"),
            columns: [
                words("step", "步骤"), "WAPE", words("gain, points", "增值（百分点）"), words("bias", "偏差"), "MASE", words("pinball", "分位损失"),
                words("in \(inside)", "落入 \(inside)"),
            ], rows: rows)
    }

    private func breakdown(_ dimension: BacktestDimension, _ title: String, _ name: String, where isShown: (String) -> Bool = { _ in true })
        -> Entry
    {
        let groups = report.groups(by: dimension).filter { isShown($0.name) }
        let shown = 40
        return Entry(
            title: title,
            columns: [
                name, words("sold", "实际销量"), "WAPE", words("last year's", "去年同期"), words("bias", "偏差"), "MASE", words("covered", "覆盖率"),
            ],
            rows: groups.sorted { dimension == .account ? $0.errors.model.actual > $1.errors.model.actual : false }.prefix(shown).map {
                group in
                let model = group.errors.model
                return [
                    group.name, words.units(model.actual), share(model.wape), share(group.errors.naive.wape), share(model.bias),
                    model.mase.map { Wording.grouped($0, decimals: 2) } ?? "–", share(model.coverage),
                ]
            })
    }

    private var authors: Entry {
        Entry(
            title: words("Overrides by author", "人工修改按作者"),
            columns: [
                words("author", "作者"), words("figures", "修改数"), words("last year's", "去年同期"), words("forecast", "预测"),
                words("after overrides", "修改后"), words("gain, points", "增值（百分点）"), words("verdict", "结论"),
            ],
            rows: report.authors.map { entry in
                let gain = entry.gain ?? 0
                return [
                    entry.author, words.units(entry.errors.final.count), share(entry.errors.naive.wape), share(entry.errors.model.wape),
                    share(entry.errors.final.wape), points(entry.errors.model.wape, entry.errors.final.wape),
                    gain > 0 ? words("helped", "有益") : gain < 0 ? words("hurt", "有害") : words("no change", "无变化"),
                ]
            })
    }
}
