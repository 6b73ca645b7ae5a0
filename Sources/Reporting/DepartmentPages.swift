import PlanModel

/// A department's report as one self-contained page, in English or Chinese.
///
/// - Parameters:
///   - figures: Of ``departmentFigures(_:result:)``; every quantity on the page is a sum of them.
///   - inputs: Hash of all input files together; blank where there are none.
public func departmentPage(
    _ department: Department, package: DataPackage, result: PlanResult, keyFigures: KeyFigures, figures: DepartmentFigures, inputs: String,
    language: ReportLanguage
) -> String {
    DepartmentPage(
        department: department, page: ReportPage(package, result: result, keyFigures: keyFigures, language: language), figures: figures,
        inputs: inputs
    ).document
}

struct DepartmentPage {
    let department: Department
    let page: ReportPage
    let figures: DepartmentFigures
    let inputs: String

    /// - Parameter page: Its sums by bucket and account give way to those of `figures`, so that charts and tables say the same.
    init(department: Department, page: ReportPage, figures: DepartmentFigures, inputs: String) {
        self.department = department
        self.figures = figures
        self.inputs = inputs
        var page = page
        let zero = page.facts.demand.map { _ in 0.0 }
        (page.facts.demand, page.facts.served, page.facts.lost) = (zero, zero, zero)
        var lost = [Double](repeating: 0, count: page.package.accounts.count)
        for row in figures.marketing {
            page.facts.demand[row.bucket] += row.demand
            page.facts.served[row.bucket] += row.served
            page.facts.lost[row.bucket] += row.lost
            lost[row.account] += row.lost
        }
        for index in page.facts.shortAccounts.indices {
            page.facts.shortAccounts[index].lost = lost[page.facts.shortAccounts[index].account]
        }
        self.page = page
    }

    var words: Wording { page.words }
    var package: DataPackage { page.package }

    var document: String {
        let horizon = package.horizon
        let length = "\(horizon.count) \(words.bucketWord(Double(horizon.count)))"
        let title = words(
            "Report to \(words.department(department)): \(length) from \(words.date(horizon.start))",
            "\(words.department(department))报告：\(words.date(horizon.start))起\(length)")
        let list = headline.map { figure -> Markup in "<div><dt>\(figure.0)</dt><dd>\(figure.1)</dd></div>" }.joined()
        return pageDocument(
            title: title, first: "<p class=\"lead\">\(page.scope)</p>\n<dl class=\"figures\">\(list)</dl>",
            sections: sections + [agreement],
            footer: words(
                "Made by Fullshelf. All rows are in \(department.fileStem).csv; the season briefing is report.html.",
                "由 Fullshelf 生成。全部数据见 \(department.fileStem).csv，旺季简报见 report.html。"), words: words)
    }

    /// A quantity as the reports have it: whole, or with the decimals of its counting step.
    func exact(_ value: Double) -> String {
        var decimals = 0
        var scaled = value
        while decimals < 3, abs(scaled - scaled.rounded()) > 1e-6 * max(1, abs(scaled)) {
            decimals += 1
            scaled *= 10
        }
        return Wording.grouped(value, decimals: decimals)
    }

    func column(_ english: String, _ chinese: String, isNumber: Bool = true) -> HTMLTable.Column {
        .init(title: words(english, chinese), isNumber: isNumber)
    }

    var bucketColumn: HTMLTable.Column {
        .init(title: words.horizon.unit == .week ? words("Week of", "周") : words("Month", "月"))
    }

    /// Sums by bucket.
    func byBucket<Row>(_ rows: [Row], _ bucket: (Row) -> Int, _ value: (Row) -> Double) -> [Double] {
        var sums = [Double](repeating: 0, count: package.horizon.count)
        for row in rows { sums[bucket(row)] += value(row) }
        return sums
    }

    func sum<Row>(_ rows: [Row], _ value: (Row) -> Double) -> Double { rows.reduce(0) { $0 + value($1) } }

    private var headline: [(String, String)] {
        switch department {
        case .production:
            let hours = sum(figures.production, \.hours)
            return [
                (words("To make", "计划生产") + " (\(page.unit))", exact(sum(figures.production, \.made))),
                (words("Hours", "工时"), words.units(hours)),
                (words("Of it overtime", "其中加班"), words.units(page.keyFigures.overtimeHours)),
                (words("Pre-build starts", "开始预生产"), page.facts.preBuild.map { words.bucket($0.start) } ?? words("none needed", "不需要")),
            ]
        case .development:
            let status = Dictionary(figures.products.map { ($0.product, $0.status) }, uniquingKeysWith: { first, _ in first })
            func number(_ wanted: ProductStatus) -> String { String(status.values.count { $0 == wanted }) }
            return [
                (words("Products", "产品数"), String(package.products.count)), (words("New", "新品"), number(.new)),
                (words("Ending", "即将停售"), number(.ending)),
                (words("Demand", "需求") + " (\(page.unit))", exact(sum(figures.products, \.demand))),
                (words("Left at the end", "期末剩余"), exact(left)),
            ]
        case .transport:
            return [
                (words("To dispatch", "计划发运") + " (\(page.unit))", exact(sum(figures.transport, \.moved))),
                (words("Of it to accounts", "其中发往客户"), exact(sum(figures.products, \.shipped))),
                (words("Lanes in use", "使用线路"), String(Set(figures.transport.map(\.lane)).count)),
                (words("Transport cost", "运输成本"), words.units(page.keyFigures.cost.transport)),
            ]
        case .marketing:
            return [
                (words("Demand", "需求") + " (\(page.unit))", exact(sum(figures.marketing, \.demand))),
                (words("Served", "满足"), exact(sum(figures.marketing, \.served))),
                (words("Lost", "损失"), exact(sum(figures.marketing, \.lost))),
                (words("Accounts that lose sales", "缺货客户"), String(page.facts.shortAccounts.count)),
            ]
        }
    }

    private var last: [ProductFigure] { figures.products.filter { $0.bucket == package.horizon.count - 1 } }
    private var left: Double { sum(last) { $0.siteStock + $0.onTheWay + $0.accountStock } }

    private var sections: [ReportSection] {
        switch department {
        case .production: [productionWeeks, productionLines, materials, actions([.hours, .material])]
        case .development: [productList, newProducts, endingProducts, materials]
        case .transport: [transportWeeks, lanes, fullTransport, actions([.lane, .pool, .storage, .leadTime])]
        case .marketing: [marketingWeeks, accounts, short, events, page.promiseSection]
        }
    }

    // MARK: How the reports agree

    /// The same table in all four reports.
    private var agreement: ReportSection {
        let first = figures.products.filter { $0.bucket == 0 }
        let (production, development) = (words.department(.production), words.department(.development))
        let (transport, marketing) = (words.department(.transport), words.department(.marketing))
        let between = words(", ", "、")
        var table = HTMLTable(
            columns: [
                column("Where it comes from, where it goes", "来源与去向", isNumber: false), .init(title: page.unit, isNumber: true),
                column("In the reports to", "所在报告", isNumber: false),
            ])
        func row(_ name: String, _ value: Double, _ reports: [String], isTotal: Bool = false) {
            table.row(["\(name)", "\(exact(value))", "\(reports.joined(separator: between))"], isTotal: isTotal)
        }
        let (opening, arriving) = (sum(first, \.opening), sum(figures.products, \.arriving))
        let made = sum(figures.products, \.made)
        row(words("On hand at the start", "期初库存"), opening, [development])
        row(words("On the way at the start", "期初在途"), arriving, [development])
        row(words("Made", "生产"), made, [production, development])
        row(words("In all", "合计"), opening + arriving + made, [], isTotal: true)
        row(words("Served", "满足"), sum(figures.products, \.served), [development, marketing])
        row(words("Expired", "过期"), sum(figures.products, \.expired), [development])
        row(words("Left at the sites", "期末仓库库存"), sum(last, \.siteStock), [development])
        row(words("On the way at the end", "期末在途"), sum(last, \.onTheWay), [development, transport])
        row(words("Left at the accounts", "期末客户库存"), sum(last, \.accountStock), [development, marketing])
        let used = sum(figures.products) { $0.served + $0.expired } + left
        row(words("In all", "合计"), used, [], isTotal: true)
        var wants = HTMLTable(
            columns: [
                column("What is wanted", "需求去向", isNumber: false), .init(title: page.unit, isNumber: true),
                column("In the reports to", "所在报告", isNumber: false),
            ])
        let both = development + between + marketing
        wants.row(["\(words("Served", "满足"))", "\(exact(sum(figures.products, \.served)))", "\(both)"])
        wants.row(["\(words("Lost", "损失"))", "\(exact(sum(figures.products, \.lost)))", "\(both)"])
        wants.row(["\(words("Owed at the end", "期末欠交"))", "\(exact(sum(last, \.backlog)))", "\(both)"])
        wants.row(["\(words("Demand", "需求"))", "\(exact(sum(figures.products, \.demand)))", "\(both)"], isTotal: true)
        let hash: Markup =
            inputs.isEmpty
            ? ""
            : """
            <p>\(words("Hash of the inputs (the CSV rows carry its first 16 digits):", "输入文件的哈希值（CSV 各行带有其前 16 位）："))<br>
            <span class="hash" data-inputs="\(inputs)">\(inputs)</span></p>

            """
        return ReportSection(
            id: "agreement", title: words("How the four reports agree", "四份报告的一致性"),
            body: """
                <p>\(words(
                    "Production, development, transport and marketing are told from one set of numbers. The plan's amounts were made whole once, together, so these sums hold to the unit in every report; each single figure is the plan's own, rounded down or up. This table is the same in all four.",
                    "生产、开发、运输和市场四份报告出自同一组数字。计划数量只统一取整一次，因此下列各和在每份报告中均精确到件；每个数字都是计划值向下或向上取整的结果。四份报告中此表相同。"))</p>
                \(table.fixedMarkup)\(wants.fixedMarkup)\(hash)
                """)
    }

    // MARK: Shared parts

    /// Causes of the given kinds with the date by which to act.
    private func actions(_ reasons: Set<ShortageReason>) -> ReportSection {
        let causes = page.facts.causes.filter { reasons.contains($0.reason) }
            .sorted { ($0.buckets?.lowerBound ?? .max, -$0.lost, $0.resource) < ($1.buckets?.lowerBound ?? .max, -$1.lost, $1.resource) }
        var body: Markup = "<p>\(words("Nothing of this department stands in the way of a sale.", "本部门没有造成销售损失的瓶颈。"))</p>"
        if !causes.isEmpty {
            var table = HTMLTable(
                columns: [
                    column("Act before", "最迟行动", isNumber: false), column("What stands in the way", "瓶颈", isNumber: false),
                    column("Sales lost by it", "造成的损失"), column("Value", "金额"),
                ])
            for cause in causes.prefix(40) {
                let scarce = words.scarcity(cause.reason, resource: cause.resource, buckets: cause.buckets, package: package)
                table.row(
                    [
                        cause.buckets.map { page.bucketCell($0.lowerBound) } ?? "–", "\(scarce.capitalizedFirst)",
                        "\(words.amount(cause.lost))", "\(words.units(cause.lostValue))",
                    ])
            }
            body = table.markup
        }
        return ReportSection(id: "actions", title: words("What to ease, and by when", "需缓解的瓶颈与时限"), body: body)
    }

    /// Need of each material for what is made, against what is received.
    private var materials: ReportSection {
        let title = words("Materials", "物料")
        guard !package.billOfMaterials.isEmpty else {
            return ReportSection(
                id: "materials", title: title, body: "<p>\(words("The package has no bills of material.", "数据中没有物料清单。"))</p>")
        }
        let siteOfLine = package.lines.map(\.site)
        struct Key: Hashable { var site: Int; var material: Int }
        var need: [Key: Double] = [:]
        var first: [Key: Int] = [:]
        let recipes = package.recipes
        for row in figures.production where row.made > 0 {
            for part in recipes[row.product] {
                let key = Key(site: siteOfLine[row.line], material: part.material)
                need[key, default: 0] += row.made * part.quantity
                first[key] = min(first[key] ?? row.bucket, row.bucket)
            }
        }
        var received: [Key: Double] = [:]
        for row in package.materialReceipts where row.bucket < package.horizon.count {
            received[Key(site: row.site, material: row.material), default: 0] += row.quantity
        }
        let limited = package.limitedMaterials
        var lostBy: [String: Double] = [:]
        for cause in page.facts.causes where cause.reason == .material { lostBy[cause.resource, default: 0] += cause.lost }
        var table = HTMLTable(
            columns: [
                column("Material", "物料", isNumber: false), column("Site", "地点", isNumber: false),
                column("First needed", "首次需用", isNumber: false), column("Needed", "需用量"), column("Received", "到货量"),
                column("Left", "剩余"), column("Sales lost for want of it", "因缺料损失的销售"),
            ])
        let keys = Set(need.keys).union(received.keys).sorted { ($0.material, $0.site) < ($1.material, $1.site) }
        for key in keys {
            let (needed, isLimited) = (need[key] ?? 0, limited[key.material])
            table.row([
                "\(package.materials[key.material])", "\(package.sites[key.site].id)", first[key].map(page.bucketCell) ?? "–",
                "\(words.amount(needed))", "\(isLimited ? words.amount(received[key] ?? 0) : words("unlimited", "不限"))",
                "\(isLimited ? words.amount(max(0, (received[key] ?? 0) - needed)) : "–")",
                "\(words.amount(lostBy[package.materials[key.material]] ?? 0))",
            ])
        }
        return ReportSection(id: "materials", title: title, body: table.markup)
    }
}

extension Wording {
    package func department(_ department: Department) -> String {
        switch department {
        case .production: self("production", "生产部")
        case .development: self("product development", "开发部")
        case .transport: self("transport", "运输部")
        case .marketing: self("marketing", "市场部")
        }
    }

    package func status(_ status: ProductStatus) -> String {
        switch status {
        case .new: self("new", "新品")
        case .running: self("running", "在售")
        case .ending: self("ending", "即将停售")
        }
    }
}
