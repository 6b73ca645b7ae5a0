import PlanModel

/// Why the forecast is what it is: the parts that add up to each figure, over the horizon for many pairs, bucket by bucket for one.
///
/// - Parameters:
///   - accounts: Only these accounts; nil = the key accounts.
///   - products: Only these products; nil = all.
public func forecastWhy(
    _ package: DataPackage, forecast: Forecast, segmentation: Segmentation, accounts: [Int]? = nil, products: [Int]? = nil,
    language: ReportLanguage
) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    let shownAccounts = Set(accounts ?? package.accounts.indices.filter { segmentation.tierOfAccount[$0] == 1 })
    let shownProducts = products.map { Set($0) }
    let totals = forecast.totals.filter { shownAccounts.contains($0.account) && shownProducts?.contains($0.product) ?? true }
    var parts: [Pair: ForecastParts] = [:]
    for row in forecast.rows where shownAccounts.contains(row.account) {
        var sum = parts[Pair(account: row.account, product: row.product)] ?? ForecastParts()
        sum.level += row.parts.level
        sum.season += row.parts.season
        sum.events += row.parts.events
        sum.price += row.parts.price
        sum.tradingDays += row.parts.tradingDays
        sum.reconciliation += row.parts.reconciliation
        sum.override += row.parts.override
        parts[Pair(account: row.account, product: row.product)] = sum
    }
    let names = [
        words("level", "水平"), words("season", "季节"), words("events", "活动"), words("price", "价格"), words("working days", "工作日"),
        words("agreement of sums", "汇总协调"),
        words("override", "人工修改"),
    ]
    func cells(_ parts: ForecastParts) -> [String] {
        [parts.level, parts.season, parts.events, parts.price, parts.tradingDays, parts.reconciliation, parts.override].map {
            words.amount($0)
        }
    }
    var lines: [String] = []
    let isOne = totals.count == 1 && accounts?.count == 1 && products?.count == 1
    if isOne, let only = totals.first {
        let rows = forecast.rows.filter { $0.account == only.account && $0.product == only.product }
        lines.append("\(package.title(account: only.account)) · \(package.title(product: only.product))")
        lines.append(words("Methods: \(rows.first?.model ?? "–")", "方法：\(rows.first?.model ?? "–")"))
        var table = TextTable(alignments: [.left, .right] + names.map { _ in .right })
        table.rows.append([words("bucket", "时段"), words("forecast", "预测")] + names)
        for row in rows { table.rows.append([words.bucket(row.bucket), words.amount(row.quantity)] + cells(row.parts)) }
        lines += table.lines()
    } else {
        lines.append(
            words(
                "Forecast over \(package.horizon.count) \(words.bucketWord(Double(package.horizon.count))) and what it is made of",
                "\(package.horizon.count) \(words.bucketWord(Double(package.horizon.count)))的预测及其构成"))
        var table = TextTable(alignments: [.left, .left, .right, .right] + names.map { _ in .right })
        table.rows.append([words("account", "客户"), words("product", "产品"), words("forecast", "预测"), range(package, words: words)] + names)
        for total in totals {
            let ends = [total.quantiles.first, total.quantiles.last].compactMap { $0 }.map { words.units($0) }.joined(separator: "–")
            table.rows.append(
                [
                    package.title(account: total.account).fitted(to: 24), package.title(product: total.product).fitted(to: 24),
                    words.units(total.quantity), ends,
                ] + cells(parts[Pair(account: total.account, product: total.product)] ?? ForecastParts()))
        }
        lines += table.lines()
    }
    lines.append(
        words(
            "The parts of a line add up to its forecast. Level: without season; agreement of sums: what regions, accounts, families and products say together.",
            "每行各部分之和等于预测值。水平：不含季节；汇总协调：与区域、客户、产品族和产品的预测一致。"))
    return lines.joined(separator: "\n") + "\n"
}

private func range(_ package: DataPackage, words: Wording) -> String {
    let quantiles = package.settings.forecast.quantiles
    guard let low = quantiles.first, let high = quantiles.last else { return "" }
    return "P\(Wording.shortest(low * 100))–P\(Wording.shortest(high * 100))"
}
