import PlanModel
import Reporting

/// What it would take to make somebody whole, told with ids and dates.
public struct ReliefReport: Sendable, Encodable {
    /// Something to be arranged.
    public struct Item: Hashable, Sendable, Encodable {
        public var kind: ReliefKind
        /// Line, lane, pool, site or material; the site of stock.
        public var resource: String
        /// Of a material.
        public var site: String?
        /// Of stock.
        public var product: String?
        /// The day by which it must be arranged: the first day of the bucket in which it is used.
        public var by: String
        /// Hours, units of the resource's measure, or product units.
        public var quantity: Double
        /// Its part of the value.
        public var value: Double
    }

    /// One rung of the ladder.
    public struct Step: Hashable, Sendable, Encodable {
        /// Share of the loss taken away, 0…1.
        public var share: Double
        /// What is still lost, because no relief of the kinds allowed reaches it.
        public var remaining: Double
        public var items: [Item]
        /// Product-unit equivalents or money, see `basis`.
        public var value: Double
        /// No relief that does the same is worth less.
        public var bound: Double
        /// The day by which the first of it must be arranged; nil where nothing is needed.
        public var firstBy: String?
    }

    /// account, tier, everyone, promises
    public var target: String
    /// The account's id or the tier's number.
    public var id: String?
    /// amount (product-unit equivalents) or cost (money)
    public var basis: String
    /// What the target loses in the plan, in the plan's measure.
    public var lost: Double
    public var steps: [Step]
    /// Earlier tiers that lose sales too and would take the relief first, unless it is reserved by a promise.
    public var tiersThatComeFirst: [Int]
}

extension ReliefReport {
    public init(_ steps: [ReliefStep], target: ReliefTarget, basis: String, lost: Double, tiersThatComeFirst: [Int], package: DataPackage) {
        switch target {
        case .account(let account):
            self.target = "account"
            id = package.accounts[account].id
        case .tier(let tier):
            self.target = "tier"
            id = String(tier)
        case .everyone: self.target = "everyone"
        case .promises: self.target = "promises"
        }
        self.basis = basis
        self.lost = lost
        self.tiersThatComeFirst = tiersThatComeFirst
        self.steps = steps.map { step in
            let items = step.items.map { item in
                let resource =
                    switch item.kind {
                    case .hours: package.lines[item.resource].id
                    case .lane: package.lanes[item.resource].id
                    case .pool: package.pools[item.resource].id
                    case .storage, .stock: package.sites[item.resource].id
                    case .material: package.materials[item.resource]
                    }
                return Item(
                    kind: item.kind, resource: resource, site: item.site.map { package.sites[$0].id },
                    product: item.product.map { package.products[$0].id }, by: package.horizon.firstDay(of: item.bucket).description,
                    quantity: item.quantity, value: item.cost)
            }
            return Step(
                share: step.share, remaining: step.remaining, items: items, value: step.value, bound: step.bound, firstBy: items.first?.by)
        }
    }
}

/// The ladder of relief as a page of text.
public func reliefText(_ report: ReliefReport, package: DataPackage, language: ReportLanguage, rows: Int = 10) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }
    let whom =
        switch report.target {
        case "account":
            package.accounts.firstIndex { $0.id == report.id }.map { package.title(account: $0) } ?? report.id ?? ""
        case "tier": words.tier(Int(report.id ?? "") ?? 1)
        default: words("everybody", "所有客户")
        }
    guard report.lost > 1e-6 else { return words("\(whom) loses nothing in this plan.", "\(whom)在本计划中没有损失。") + "\n" }
    var lines = [
        words(
            "What it takes to make \(whom) whole: \(words.amount(report.lost)) are lost. Nobody else is served less.",
            "使\(whom)得到满足所需的补充（现损失 \(words.amount(report.lost))，其他客户供应不减）：")
    ]
    for step in report.steps {
        let value =
            report.basis == "cost"
            ? words("costs \(words.amount(step.value))", "费用 \(words.amount(step.value))")
            : words("\(words.amount(step.value)) units' worth", "折合 \(words.amount(step.value)) 件")
        let proof = words("no less than \(words.amount(step.bound)) can do", "至少需 \(words.amount(step.bound))")
        lines += [
            "",
            words(
                "\(words.percent(step.share)) of the shortage: \(value) (\(proof))", "补足 \(words.percent(step.share))：\(value)（\(proof)）"),
        ]
        if step.remaining > (1 - step.share) * report.lost + 1e-3 * (1 + report.lost) {
            lines.append(
                words(
                    "  \(words.amount(step.remaining)) stay lost: no such relief reaches them in time.",
                    "  仍损失 \(words.amount(step.remaining))：此类补充无法及时解决。"))
        }
        if step.items.isEmpty, step.remaining <= (1 - step.share) * report.lost + 1e-3 * (1 + report.lost) {
            lines.append(
                words(
                    "  Nothing has to be added: what is lost is lost in rounding to whole cases and lots.", "  无须补充：损失仅来自整箱、批量取整。"))
        }
        var table = TextTable(alignments: [.left, .right, .left])
        for item in step.items.prefix(rows) {
            table.rows.append([
                words("by \(date(item.by))", "\(date(item.by))前"), "+" + words.amount(item.quantity), words.relief(item),
            ])
        }
        lines += table.lines(indent: 4)
        if step.items.count > rows {
            let rest = step.items.dropFirst(rows).reduce(0) { $0 + $1.value }
            lines.append(
                "    "
                    + words(
                        "and \(step.items.count - rows) more, worth \(words.amount(rest))",
                        "另有 \(step.items.count - rows) 项，合计 \(words.amount(rest))"))
        }
    }
    if !report.tiersThatComeFirst.isEmpty {
        let tiers = report.tiersThatComeFirst.map { words.tier($0) }.joined(separator: words(", ", "、"))
        lines += [
            "",
            words(
                "\(tiers) also loses sales and comes first: reserve what is added by a promise (what-if … --set 'promise …'), or it goes there.",
                "\(tiers)也有损失且优先：新增资源须以承诺锁定（what-if … --set 'promise …'），否则会先供给它们。"),
        ]
    }
    return lines.joined(separator: "\n") + "\n"
}

extension Wording {
    /// "hours on line L1"
    func relief(_ item: ReliefReport.Item) -> String {
        switch item.kind {
        case .hours: self("hours on line \(item.resource)", "产线 \(item.resource) 工时")
        case .lane: self("space on lane \(item.resource)", "线路 \(item.resource) 运力")
        case .pool: self("shared transport capacity \(item.resource)", "共用运力 \(item.resource)")
        case .storage: self("storage at \(item.resource)", "\(item.resource) 仓容")
        case .material: self("of material \(item.resource) at \(item.site ?? "")", "\(item.site ?? "") 的物料 \(item.resource)")
        case .stock: self("of \(item.product ?? "") in stock at \(item.resource)", "\(item.resource) 的 \(item.product ?? "") 库存")
        }
    }
}
