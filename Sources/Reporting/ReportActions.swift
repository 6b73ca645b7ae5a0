import PlanModel

// MARK: - What to do, by date, and whom to visit

/// Something a department has to do, and by when.
struct SeasonAction {
    /// Bucket by which it must be done.
    var bucket: Int
    var who: String
    var what: String
    /// Units of sales that hang on it; nil where that cannot be said.
    var stake: Double?
}

extension ReportPage {
    /// Rows shown of lists that can be long.
    private static let shownActions = 40
    private static let shownVisits = 20
    private static let shownVisitsInDetails = 200

    /// Everything the plan asks people to do, in the order of the calendar.
    var seasonActions: [SeasonAction] {
        let (production, transport) = (words.department(.production), words.department(.transport))
        let (development, marketing) = (words.department(.development), words.department(.marketing))
        var actions: [SeasonAction] = []
        if let preBuild = facts.preBuild {
            actions.append(
                SeasonAction(
                    bucket: preBuild.start, who: production,
                    what: words(
                        "start the pre-build: \(words.units(preBuild.units)) \(unitWord) in stock by \(words.bucket(preBuild.top))",
                        "开始预生产：到\(words.bucket(preBuild.top))库存增加 \(words.units(preBuild.units)) \(unitWord)")))
        }
        // The large causes; what costs less than a two-hundredth of the loss is nobody's first task.
        let whole = facts.causes.reduce(0) { $0 + $1.lost }
        for cause in facts.causes where cause.lost >= 0.005 * whole {
            guard let buckets = cause.buckets else { continue }
            let what: String
            let resource = cause.resource.fitted(to: 30)
            let when = words.during(buckets)
            var who = transport
            switch cause.reason {
            case .hours:
                who = production
                what = words("find more hours on line \(resource) \(when)", "为产线 \(resource) 增加工时（\(when)）")
            case .material:
                who = production
                what = words("get more of material \(resource), or get it earlier (\(when))", "增加物料 \(resource) 或提前到货（\(when)）")
            case .lane: what = words("find more room on lane \(resource) \(when)", "为线路 \(resource) 增加运力（\(when)）")
            case .pool: what = words("find more of the shared capacity \(resource) \(when)", "增加共用运力 \(resource)（\(when)）")
            case .storage: what = words("find more room to store at \(resource) \(when)", "为 \(resource) 增加仓容（\(when)）")
            case .leadTime: what = words("find a faster way than lane \(resource)", "寻找比线路 \(resource) 更快的运输方式")
            case .shelfLife:
                who = production
                what = words("make later on line \(resource): goods made earlier do not keep", "在产线 \(resource) 上更晚生产：提前生产的货保质期不够")
            case .stock, .promise, .rank: continue
            }
            actions.append(SeasonAction(bucket: buckets.lowerBound, who: who, what: what, stake: cause.lost))
        }
        for (line, use) in overtimeStarts.enumerated() {
            guard let use else { continue }
            actions.append(
                SeasonAction(
                    bucket: use.bucket, who: production,
                    what: words(
                        "staff the overtime of line \(package.lines[line].id): \(words.amount(use.hours)) hours over the season",
                        "安排产线 \(package.lines[line].id) 加班：全季 \(words.amount(use.hours)) 小时")))
        }
        for row in facts.shortAccounts where row.tier == 1 {
            actions.append(
                SeasonAction(
                    bucket: row.firstLoss, who: marketing,
                    what: words(
                        "agree with key account \(package.title(account: row.account).fitted(to: 40)) on what it will not get",
                        "与大客户 \(package.title(account: row.account).fitted(to: 40)) 商定无法供应的数量"), stake: row.lost))
        }
        var seen = Set<String>()
        for event in package.events {
            let bucket = package.horizon.bucket(of: event.start)
            guard package.horizon.buckets.contains(bucket), seen.insert("\(event.name) \(bucket)").inserted else { continue }
            actions.append(
                SeasonAction(
                    bucket: bucket, who: marketing,
                    what: words(
                        "have the goods for \(event.name.fitted(to: 40)) in place: it starts on \(words.date(event.start))",
                        "\(event.name.fitted(to: 40)) 的货品到位：\(words.date(event.start))开始")))
        }
        for (product, status) in productStatus(package, result: result).enumerated() where status == .new {
            guard let launch = package.products[product].launch else { continue }
            let bucket = package.horizon.bucket(of: launch)
            guard package.horizon.buckets.contains(bucket) else { continue }
            actions.append(
                SeasonAction(
                    bucket: bucket, who: development,
                    what: words(
                        "launch \(package.title(product: product).fitted(to: 40)) at the key accounts",
                        "\(package.title(product: product).fitted(to: 40)) 在大客户处上市")))
        }
        return actions.sorted { ($0.bucket, -($0.stake ?? 0), $0.who, $0.what) < ($1.bucket, -($1.stake ?? 0), $1.who, $1.what) }
    }

    /// First bucket of overtime and its hours over the season, by line; nil where there is none worth the name.
    private var overtimeStarts: [(bucket: Int, hours: Double)?] {
        var starts = [(bucket: Int, hours: Double)?](repeating: nil, count: package.lines.count)
        for row in result.allocation.plan.lineUse where row.overtimeUsed > 0.05 {
            let before = starts[row.line]
            starts[row.line] = (min(before?.bucket ?? row.bucket, row.bucket), (before?.hours ?? 0) + row.overtimeUsed)
        }
        return starts
    }

    var actionSection: ReportSection {
        let title = words("What to do, by date", "按日期的行动清单")
        let actions = seasonActions
        guard !actions.isEmpty else {
            return ReportSection(
                id: "actions", title: title, body: "<p>\(words("The plan asks nothing beyond itself.", "按计划执行即可，无需额外行动。"))</p>")
        }
        var table = HTMLTable(
            columns: [
                .init(title: words("By", "最迟")), .init(title: words("Who", "部门")), .init(title: words("What", "行动")),
                .init(title: words("Sales that hang on it", "涉及的销售") + " (\(unit))", isNumber: true),
            ])
        for action in actions.prefix(ReportPage.shownActions) {
            table.row([
                bucketCell(action.bucket), "\(action.who)", "\(action.what.capitalizedFirst)", "\(action.stake.map(words.amount) ?? "–")",
            ])
        }
        let rest = actions.count - ReportPage.shownActions
        let more: Markup =
            rest > 0 ? "<p class=\"quiet\">\(words("\(rest) more, later in the season.", "另有 \(rest) 项，时间更晚。"))</p>\n" : ""
        return ReportSection(
            id: "actions", title: title,
            body: """
                <p>\(words(
                    "Dates are the first day of the \(words.bucketWord(1)) in which it has to work; what must be ordered or hired needs its own time before that.",
                    "日期为必须生效的时段首日；采购或招工所需时间须另行提前。"))</p>
                \(table.markup)\(more)
                """)
    }
}

// MARK: - Visits

/// What is at stake at an account; money at standing prices.
struct AccountVisit {
    var account: Int
    var lost = 0.0
    /// Worth of what is missing to the minimum, in the bucket where it is most; and of what lies over the maximum.
    var under = 0.0
    var over = 0.0
    var underBucket: Int?
    var overBucket: Int?
    var firstLoss: Int?
    /// Demand planned for over what was sold a year before, as a change; nil where history does not reach back.
    var change: Double?
    /// Last bucket in which goods can leave and still meet the first loss, or the lowest stock.
    var lastDispatch: Int?

    var stake: Double { lost + under + over }
}

extension ReportPage {
    /// All accounts, the one with most at stake first.
    var visits: [AccountVisit] {
        let count = package.horizon.count
        let prices = package.products.indices.map { package.standingPrice(of: $0) }
        let accounts = package.accounts.count
        var under = [Double](repeating: 0, count: accounts * count)
        var over = under
        var demand = [Double](repeating: 0, count: accounts)
        for row in result.allocation.plan.accountPlan where package.horizon.buckets.contains(row.bucket) {
            under[row.account * count + row.bucket] += row.under * prices[row.product]
            over[row.account * count + row.bucket] += row.over * prices[row.product]
            demand[row.account] += row.demand
        }
        // The fastest lane to the account counts: what leaves later than that comes too late.
        var lead = [Int?](repeating: nil, count: accounts)
        for lane in package.lanes {
            if case .account(let account) = lane.to { lead[account] = min(lead[account] ?? lane.leadTime, lane.leadTime) }
        }
        let firstLoss = Dictionary(facts.shortAccounts.map { ($0.account, $0) }, uniquingKeysWith: { first, _ in first })
        let before = soldAYearBefore
        return package.accounts.indices.map { account in
            var visit = AccountVisit(account: account)
            visit.lost = firstLoss[account]?.lostValue ?? 0
            visit.firstLoss = firstLoss[account]?.firstLoss
            func most(_ values: [Double]) -> (Double, Int?) {
                let own = values[account * count..<(account + 1) * count]
                guard let top = own.max(), top > 0.5, let index = own.firstIndex(of: top) else { return (0, nil) }
                return (top, index - account * count)
            }
            (visit.under, visit.underBucket) = most(under)
            (visit.over, visit.overBucket) = most(over)
            if let sold = before?[account], sold > 0 { visit.change = demand[account] / sold - 1 }
            if let need = visit.firstLoss ?? visit.underBucket, let lead = lead[account] { visit.lastDispatch = max(0, need - lead) }
            return visit
        }.sorted { ($1.stake, tierOf[$0.account], $0.account) < ($0.stake, tierOf[$1.account], $1.account) }
    }

    /// Units each account sold a season before the horizon; nil where history does not reach back over all of it.
    private var soldAYearBefore: [Double]? {
        let history = package.history.sales
        let season = package.settings.forecast.season
        let buckets = package.horizon.buckets.map { $0 - season }
        guard !history.pairs.isEmpty, let first = buckets.first, let last = buckets.last, first >= history.firstBucket, last < 0 else {
            return nil
        }
        var sold = [Double](repeating: 0, count: package.accounts.count)
        for (index, pair) in history.pairs.enumerated() {
            for bucket in buckets { sold[pair.account] += history.values[index * history.bucketCount + bucket - history.firstBucket] }
        }
        return sold
    }

    var visitSection: ReportSection {
        let title = words("Whom to visit first", "拜访清单")
        let visits = visits
        guard !visits.isEmpty else {
            return ReportSection(id: "visits", title: title, body: "<p>\(words("There are no accounts.", "没有客户。"))</p>")
        }
        let causes = mainCauses()
        let hasManagers = package.accounts.contains { !$0.manager.isEmpty }
        func table(_ rows: some Sequence<AccountVisit>) -> Markup {
            var columns: [HTMLTable.Column] = [
                .init(title: words("Account", "客户")), .init(title: words("Tier", "级别"), isNumber: true),
                .init(title: words("At stake", "涉及金额"), isNumber: true), .init(title: words("Against last year", "较去年同期"), isNumber: true),
                .init(title: words("Last useful dispatch", "最迟有效发运")), .init(title: words("What to talk about", "拜访要点")),
            ]
            if hasManagers { columns.insert(.init(title: words("Manager", "负责人")), at: 2) }
            var table = HTMLTable(columns: columns)
            for visit in rows {
                let change = visit.change.map { change in
                    change < 0 ? "−" + words.percent(-change) : "+" + words.percent(change)
                }
                var cells: [Markup] = [
                    "\(package.title(account: visit.account))", "\(tierOf[visit.account])", "\(words.units(visit.stake))",
                    "\(change ?? "–")", visit.lastDispatch.map(bucketCell) ?? "–", "\(subject(visit, causes))",
                ]
                if hasManagers { cells.insert("\(package.accounts[visit.account].manager)", at: 2) }
                table.row(cells)
            }
            return table.markup
        }
        let rest = visits.dropFirst(ReportPage.shownVisits)
        let more: Markup =
            rest.isEmpty
            ? ""
            : """
            <details><summary>\(words("\(rest.count) more accounts", "其余 \(rest.count) 个客户"))</summary>
            \(table(rest.prefix(ReportPage.shownVisitsInDetails)))</details>

            """
        return ReportSection(
            id: "visits", title: title,
            body: """
                <p>\(words(
                    "At stake is money at standing prices: sales lost, and stock under the agreed minimum and over the maximum where each is worst.",
                    "涉及金额按标准价计算：损失的销售，以及最严重时段低于约定最低量、超出最高量的库存。"))</p>
                \(table(visits.prefix(ReportPage.shownVisits)))\(more)
                """)
    }

    private func subject(_ visit: AccountVisit, _ causes: [Int: String]) -> String {
        var parts: [String] = []
        if visit.lost > 0, let first = visit.firstLoss {
            let cause = causes[visit.account].map { words(" (\($0))", "（\($0)）") } ?? ""
            parts.append(
                words(
                    "loses sales worth \(words.units(visit.lost)) from \(words.bucket(first))\(cause)",
                    "自\(words.bucket(first))起损失销售 \(words.units(visit.lost))\(cause)"))
        }
        if let bucket = visit.underBucket {
            parts.append(
                words(
                    "stock worth \(words.units(visit.under)) is missing to the minimum in \(words.inBucket(bucket))",
                    "\(words.inBucket(bucket))库存低于最低量，差额 \(words.units(visit.under))"))
        }
        if let bucket = visit.overBucket {
            parts.append(
                words(
                    "stock worth \(words.units(visit.over)) lies over the maximum in \(words.inBucket(bucket))",
                    "\(words.inBucket(bucket))库存超出最高量，金额 \(words.units(visit.over))"))
        }
        if parts.isEmpty { return words("Nothing presses", "暂无紧要事项") }
        return parts.joined(separator: words("; ", "；")).capitalizedFirst
    }
}
