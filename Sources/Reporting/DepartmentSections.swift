import PlanModel

// MARK: - Production

extension DepartmentPage {
    var productionWeeks: ReportSection {
        let made = byBucket(figures.production, \.bucket, \.made)
        let hours = byBucket(figures.production, \.bucket, \.hours)
        var overtime = [Double](repeating: 0, count: package.horizon.count)
        for row in page.result.allocation.plan.lineUse where package.horizon.buckets.contains(row.bucket) {
            overtime[row.bucket] += row.overtimeUsed
        }
        var regular = overtime.map { _ in 0.0 }
        for line in package.lines.indices {
            for (bucket, value) in package.capacities(.hours, of: line).enumerated() where value.isFinite { regular[bucket] += value }
        }
        let demand = byBucket(figures.products, \.bucket, \.demand)
        let stock = byBucket(figures.products, \.bucket) { $0.siteStock + $0.onTheWay + $0.accountStock }
        var table = HTMLTable(
            columns: [
                bucketColumn, column("Demand", "需求"), column("To make", "计划生产"), column("Hours", "工时"),
                column("Regular hours", "正常工时"), column("Of it overtime", "其中加班"), column("Stock at the end", "期末库存"),
            ])
        for bucket in package.horizon.buckets {
            table.row([
                page.bucketCell(bucket), "\(exact(demand[bucket]))", "\(exact(made[bucket]))", "\(words.units(hours[bucket]))",
                "\(words.units(regular[bucket]))", "\(words.units(overtime[bucket]))", "\(exact(stock[bucket]))",
            ])
        }
        table.row(
            [
                "\(words("Total", "合计"))", "\(exact(demand.reduce(0, +)))", "\(exact(made.reduce(0, +)))",
                "\(words.units(hours.reduce(0, +)))", "\(words.units(regular.reduce(0, +)))", "\(words.units(overtime.reduce(0, +)))", "",
            ], isTotal: true)
        let sentence: String
        if let preBuild = page.facts.preBuild {
            sentence = words(
                "Making ahead of the peak starts in \(words.inBucket(preBuild.start)); by \(words.bucket(preBuild.top)) stock has grown by \(words.units(preBuild.units)) \(page.unitWord).",
                "自\(words.inBucket(preBuild.start))起提前生产，到\(words.bucket(preBuild.top))库存累计增加 \(words.units(preBuild.units)) \(page.unitWord)。"
            )
        } else {
            sentence = words("Nothing has to be made ahead of the peak.", "无需为高峰提前生产。")
        }
        return ReportSection(
            id: "weeks", title: words("What to make, and when", "何时生产多少"),
            body: "<p>\(sentence)</p>\n\(page.capacityChart ?? "")\(table.markup)")
    }

    var productionLines: ReportSection {
        struct Key: Hashable { var line: Int; var product: Int }
        struct Sum { var made = 0.0; var hours = 0.0; var first: Int; var last: Int }
        var sums: [Key: Sum] = [:]
        for row in figures.production {
            var sum = sums[Key(line: row.line, product: row.product)] ?? Sum(first: row.bucket, last: row.bucket)
            sum.made += row.made
            sum.hours += row.hours
            sum.first = min(sum.first, row.bucket)
            sum.last = max(sum.last, row.bucket)
            sums[Key(line: row.line, product: row.product)] = sum
        }
        var table = HTMLTable(
            columns: [
                column("Line", "产线", isNumber: false), column("Product", "产品", isNumber: false), column("To make", "计划生产"),
                column("Hours", "工时"), column("First", "首次", isNumber: false), column("Last", "末次", isNumber: false),
            ])
        for (key, sum) in sums.sorted(by: { ($0.key.line, $0.key.product) < ($1.key.line, $1.key.product) }) {
            table.row([
                "\(package.lines[key.line].id)", "\(package.title(product: key.product))", "\(exact(sum.made))",
                "\(words.units(sum.hours))", page.bucketCell(sum.first), page.bucketCell(sum.last),
            ])
        }
        return ReportSection(id: "lines", title: words("By line and product", "按产线与产品"), body: table.markup)
    }
}

// MARK: - Product development

extension DepartmentPage {
    /// A product's season in one row.
    struct ProductSeason {
        var product: Int
        var status: ProductStatus
        var demand = 0.0
        var served = 0.0
        var lost = 0.0
        var made = 0.0
        var left = 0.0
        var lastDemand: Int?
        var firstShipped: Int?
    }

    var productSeasons: [ProductSeason] {
        var seasons: [Int: ProductSeason] = [:]
        for row in figures.products {
            var season = seasons[row.product] ?? ProductSeason(product: row.product, status: row.status)
            season.demand += row.demand
            season.served += row.served
            season.lost += row.lost
            season.made += row.made
            if row.bucket == package.horizon.count - 1 { season.left = row.siteStock + row.onTheWay + row.accountStock }
            if row.demand > 0 { season.lastDemand = row.bucket }
            if row.shipped > 0, season.firstShipped == nil { season.firstShipped = row.bucket }
            seasons[row.product] = season
        }
        return seasons.values.sorted { $0.product < $1.product }
    }

    var productList: ReportSection {
        var table = HTMLTable(
            columns: [
                column("Product", "产品", isNumber: false), column("Family", "系列", isNumber: false), column("Status", "状态", isNumber: false),
                column("Demand", "需求"), column("Made", "生产"), column("Served", "满足"), column("Lost", "损失"), column("Fill rate", "满足率"),
                column("Left at the end", "期末剩余"),
            ])
        for season in productSeasons {
            table.row([
                "\(package.title(product: season.product))", "\(package.products[season.product].family)", "\(words.status(season.status))",
                "\(exact(season.demand))", "\(exact(season.made))", "\(exact(season.served))", "\(exact(season.lost))",
                "\(words.percent(season.demand > 0 ? season.served / season.demand : 1))", "\(exact(season.left))",
            ])
        }
        return ReportSection(id: "products", title: words("Products over the season", "各产品的旺季"), body: table.markup)
    }

    var newProducts: ReportSection {
        let title = words("New products", "新品")
        let new = productSeasons.filter { $0.status == .new }
        guard !new.isEmpty else {
            return ReportSection(id: "new", title: title, body: "<p>\(words("None starts in this season.", "本季没有新品上市。"))</p>")
        }
        var getting: [Int: (all: Set<Int>, key: Set<Int>)] = [:]
        for row in figures.marketing where row.received > 0 {
            getting[row.product, default: ([], [])].all.insert(row.account)
            if row.tier == 1 { getting[row.product, default: ([], [])].key.insert(row.account) }
        }
        var table = HTMLTable(
            columns: [
                column("Product", "产品", isNumber: false), column("Launch", "上市", isNumber: false),
                column("Forecast by", "预测依据", isNumber: false), column("Demand", "需求"), column("First dispatched", "首次发运", isNumber: false),
                column("Accounts that get it", "供货客户数"), column("Of them key accounts", "其中大客户"),
            ])
        for season in new {
            let product = package.products[season.product]
            let reached = getting[season.product] ?? ([], [])
            let launch: Markup =
                product.launch.map { "<span class=\"d\" data-v=\"\(package.horizon.bucket(of: $0))\">\(words.date($0))</span>" } ?? "–"
            table.row([
                "\(package.title(product: season.product))", launch, "\(basis(season.product))", "\(exact(season.demand))",
                season.firstShipped.map(page.bucketCell) ?? "–", "\(reached.all.count)", "\(reached.key.count)",
            ])
        }
        return ReportSection(
            id: "new", title: title,
            body: """
                <p>\(words("New goods go to key accounts first: the last column says how many of them get each.", "新品优先供应大客户：最后一列为得到该品的大客户数。"))</p>
                \(table.markup)
                """)
    }

    private func basis(_ product: Int) -> String {
        let kinds = Set(page.result.forecast.notes.filter { $0.product == product }.map(\.kind))
        if let analogue = package.products[product].analogue, kinds.contains(.fromAnalogue) {
            return words("the analogue \(package.title(product: analogue))", "参照产品 \(package.title(product: analogue))")
        }
        if kinds.contains(.fromFamily) { return words("its family", "同系列产品") }
        if kinds.contains(.fromAttributes) { return words("the products most like it", "最相似的产品") }
        if kinds.contains(.newProductWithoutAnalogue) {
            return words("nothing: name an analogue in products.csv", "无依据：请在 products.csv 中填写 analogue")
        }
        return words("given demand or its own history", "给定需求或自身历史")
    }

    var endingProducts: ReportSection {
        let title = words("Products that end", "即将停售的产品")
        let ending = productSeasons.filter { $0.status == .ending }
        guard !ending.isEmpty else {
            return ReportSection(id: "ending", title: title, body: "<p>\(words("None ends in this season.", "本季没有产品停售。"))</p>")
        }
        var table = HTMLTable(
            columns: [
                column("Product", "产品", isNumber: false), column("Last wanted", "最后需求", isNumber: false), column("Demand", "需求"),
                column("Made", "生产"), column("Left at the end", "期末剩余"), column("Worth", "金额"),
            ])
        for season in ending {
            table.row([
                "\(package.title(product: season.product))", season.lastDemand.map(page.bucketCell) ?? "–", "\(exact(season.demand))",
                "\(exact(season.made))", "\(exact(season.left))", "\(words.units(season.left * package.standingPrice(of: season.product)))",
            ])
        }
        return ReportSection(
            id: "ending", title: title,
            body: """
                <p>\(words("Nobody wants them in the last quarter of the season; what is left then is dead stock.", "季末四分之一时间内已无需求，剩余即为呆滞库存。"))</p>
                \(table.markup)
                """)
    }
}

// MARK: - Transport

extension DepartmentPage {
    var transportWeeks: ReportSection {
        let count = package.horizon.count
        let moved = byBucket(figures.transport, \.bucket, \.moved)
        let shipped = byBucket(figures.products, \.bucket, \.shipped)
        let onTheWay = byBucket(figures.products, \.bucket, \.onTheWay)
        let volume = byBucket(figures.transport, \.bucket) { $0.moved * package.products[$0.product].volume }
        var table = HTMLTable(
            columns: [
                bucketColumn, column("To dispatch", "计划发运"), column("To accounts", "发往客户"), column("Between sites", "仓间调拨"),
                column("Volume", "体积"), column("On the way at the end", "期末在途"),
            ])
        for bucket in 0..<count {
            table.row([
                page.bucketCell(bucket), "\(exact(moved[bucket]))", "\(exact(shipped[bucket]))",
                "\(exact(moved[bucket] - shipped[bucket]))",
                "\(words.amount(volume[bucket]))", "\(exact(onTheWay[bucket]))",
            ])
        }
        let (all, toAccounts) = (moved.reduce(0, +), shipped.reduce(0, +))
        table.row(
            [
                "\(words("Total", "合计"))", "\(exact(all))", "\(exact(toAccounts))", "\(exact(all - toAccounts))",
                "\(words.amount(volume.reduce(0, +)))", "",
            ], isTotal: true)
        let most = volume.indices.max { volume[$0] != volume[$1] ? volume[$0] < volume[$1] : $0 > $1 }
        let sentence =
            most.flatMap { volume[$0] > 0 ? $0 : nil }.map {
                words(
                    "The heaviest \(words.bucketWord(1)) is \(words.inBucket($0)), with \(exact(moved[$0])) \(page.unitWord) to dispatch.",
                    "发运最集中的是\(words.inBucket($0))，共 \(exact(moved[$0])) \(page.unitWord)。")
            } ?? words("Nothing has to be moved.", "无需发运。")
        let chart = TimeChart(
            id: "chart-transport", title: words("Goods to dispatch", "计划发运量"), summary: sentence, unit: page.unit,
            series: [
                .init(name: words("to accounts", "发往客户"), mark: .bars(isStacked: false), values: shipped, style: "s-served"),
                .init(
                    name: words("between sites", "仓间调拨"), mark: .bars(isStacked: true), values: zip(moved, shipped).map { $0 - $1 },
                    style: "s-over"),
            ])
        return ReportSection(
            id: "weeks", title: words("What to dispatch, and when", "何时发运多少"),
            body: "<p>\(sentence)</p>\n\(chart.markup(words))\(table.markup)")
    }

    var lanes: ReportSection {
        struct Sum { var moved = 0.0; var volume = 0.0; var first: Int; var last: Int; var used: [Int: Double] = [:] }
        var sums: [Int: Sum] = [:]
        for row in figures.transport {
            var sum = sums[row.lane] ?? Sum(first: row.bucket, last: row.bucket)
            sum.moved += row.moved
            sum.volume += row.moved * package.products[row.product].volume
            sum.first = min(sum.first, row.bucket)
            sum.last = max(sum.last, row.bucket)
            sum.used[row.bucket, default: 0] += row.moved * package.unitMeasure(package.lanes[row.lane].measure, of: row.product)
            sums[row.lane] = sum
        }
        var table = HTMLTable(
            columns: [
                column("Lane", "线路", isNumber: false), column("From", "起点", isNumber: false), column("To", "终点", isNumber: false),
                column("Mode", "方式", isNumber: false), column("Lead time", "运输时间"), column("To dispatch", "计划发运"), column("Volume", "体积"),
                column("Fullest", "最高利用率"), column("First", "首次", isNumber: false), column("Last", "末次", isNumber: false),
            ])
        for (index, sum) in sums.sorted(by: { $0.key < $1.key }) {
            let lane = package.lanes[index]
            let to =
                switch lane.to {
                case .site(let site): package.sites[site].id
                case .account(let account): package.title(account: account)
                }
            let capacities = package.capacities(.lane, of: index)
            let fullest = sum.used.map { bucket, used in
                capacities[bucket].isFinite && capacities[bucket] > 0 ? min(1, used / capacities[bucket]) : 0
            }.max()
            let isLimited = capacities.contains(where: \.isFinite)
            table.row([
                "\(lane.id)", "\(package.sites[lane.from].id)", "\(to)", "\(lane.mode)", "\(lane.leadTime)", "\(exact(sum.moved))",
                "\(words.amount(sum.volume))", "\(isLimited ? words.percent(fullest ?? 0) : "–")", page.bucketCell(sum.first),
                page.bucketCell(sum.last),
            ])
        }
        return ReportSection(
            id: "lanes", title: words("By lane", "按线路"),
            body: """
                <p>\(words("Lead time in \(words.bucketWord(2)); dates are those of dispatch.", "运输时间以\(words.bucketWord(2))计；日期为发运日期。"))</p>
                \(table.markup)
                """)
    }

    var fullTransport: ReportSection {
        ReportSection(id: "full", title: words("What fills up", "满载的资源"), body: page.transportTable)
    }
}

// MARK: - Marketing

extension DepartmentPage {
    var marketingWeeks: ReportSection {
        let columns: [(MarketingFigure) -> Double] = [\.demand, \.served, \.lost, \.received, \.stock]
        let sums = columns.map { byBucket(figures.marketing, \.bucket, $0) }
        var table = HTMLTable(
            columns: [
                bucketColumn, column("Demand", "需求"), column("Served", "满足"), column("Lost", "损失"), column("Received", "收货"),
                column("Stock at the accounts", "客户库存"),
            ])
        for bucket in package.horizon.buckets { table.row([page.bucketCell(bucket)] + sums.map { "\(exact($0[bucket]))" }) }
        table.row(["\(words("Total", "合计"))"] + sums.dropLast().map { "\(exact($0.reduce(0, +)))" } + [""], isTotal: true)
        return ReportSection(
            id: "weeks", title: words("Demand and what is served", "需求与满足"),
            body: "\(page.seasonChart)\n\(table.markup)")
    }

    var accounts: ReportSection {
        struct Sum { var demand = 0.0; var served = 0.0; var lost = 0.0; var owed = 0.0; var received = 0.0; var stock = 0.0 }
        var sums = [Sum](repeating: Sum(), count: package.accounts.count)
        for row in figures.marketing {
            sums[row.account].demand += row.demand
            sums[row.account].served += row.served
            sums[row.account].lost += row.lost
            sums[row.account].received += row.received
            if row.bucket == package.horizon.count - 1 {
                sums[row.account].owed += row.backlog
                sums[row.account].stock += row.stock
            }
        }
        var table = HTMLTable(
            columns: [
                column("Account", "客户", isNumber: false), column("Tier", "级别"), column("Region", "区域", isNumber: false),
                column("Manager", "负责人", isNumber: false), column("Demand", "需求"), column("Served", "满足"), column("Lost", "损失"),
                column("Owed at the end", "期末欠交"), column("Fill rate", "满足率"), column("Received", "收货"), column("Stock at the end", "期末库存"),
            ])
        let order = package.accounts.indices.sorted {
            (page.tierOf[$0], -sums[$0].demand, $0) < (page.tierOf[$1], -sums[$1].demand, $1)
        }
        for account in order {
            let sum = sums[account]
            table.row([
                "\(package.title(account: account))", "\(page.tierOf[account])", "\(package.accounts[account].region)",
                "\(package.accounts[account].manager)", "\(exact(sum.demand))", "\(exact(sum.served))", "\(exact(sum.lost))",
                "\(exact(sum.owed))", "\(words.percent(sum.demand > 0 ? sum.served / sum.demand : 1))", "\(exact(sum.received))",
                "\(exact(sum.stock))",
            ])
        }
        let total = sums.reduce(into: Sum()) {
            $0.demand += $1.demand
            $0.served += $1.served
            $0.lost += $1.lost
            $0.owed += $1.owed
            $0.received += $1.received
            $0.stock += $1.stock
        }
        table.row(
            [
                "\(words("All", "合计"))", "", "", "", "\(exact(total.demand))", "\(exact(total.served))", "\(exact(total.lost))",
                "\(exact(total.owed))", "\(words.percent(total.demand > 0 ? total.served / total.demand : 1))", "\(exact(total.received))",
                "\(exact(total.stock))",
            ], isTotal: true)
        return ReportSection(id: "accounts", title: words("By account", "按客户"), body: table.markup)
    }

    var short: ReportSection {
        let table = page.shortAccountTable
        return ReportSection(
            id: "short", title: words("Whom to tell, and why", "需告知的客户与原因"),
            body: page.facts.shortAccounts.isEmpty ? "<p>\(words("Nobody is short.", "没有客户缺货。"))</p>" : table)
    }

    var events: ReportSection {
        let horizon = package.horizon
        let end = horizon.firstDay(of: horizon.count)
        let events = package.events.filter { $0.end >= horizon.start && $0.start < end }
            .sorted {
                ($0.start, $0.end, $0.name, $0.account ?? -1, $0.product ?? -1) < (
                    $1.start, $1.end, $1.name, $1.account ?? -1, $1.product ?? -1
                )
            }
        let title = words("Events and promotions", "活动与促销")
        guard !events.isEmpty else {
            return ReportSection(
                id: "events", title: title, body: "<p>\(words("events.csv names none in this season.", "events.csv 中本季没有活动。"))</p>")
        }
        var table = HTMLTable(
            columns: [
                column("From", "开始", isNumber: false), column("To", "结束", isNumber: false), column("Event", "活动", isNumber: false),
                column("Account", "客户", isNumber: false), column("Product", "产品", isNumber: false), column("Lift", "增幅"),
            ])
        for event in events {
            func day(_ date: CalendarDate) -> Markup {
                "<span class=\"d\" data-v=\"\(date.daysSinceEpoch)\">\(words.date(date))</span>"
            }
            table.row([
                day(event.start), day(event.end), "\(event.name)",
                "\(event.account.map { package.title(account: $0) } ?? words("all", "全部"))",
                "\(event.product.map { package.title(product: $0) } ?? words("all", "全部"))",
                "\(event.lift.map { "× " + Wording.grouped($0, decimals: 2) } ?? words("learnt", "由历史估计"))",
            ])
        }
        return ReportSection(id: "events", title: title, body: table.markup)
    }
}
