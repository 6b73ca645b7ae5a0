import PlanModel
import Reporting

/// What each promise costs the others, which promises cannot be kept together, and what would keep them.
public struct PromiseReport: Sendable, Encodable {
    /// A promise and its price: what the plan without it would do better.
    public struct Price: Sendable, Encodable {
        public var guarantee: String
        /// Where it stands; nil for one made in memory.
        public var file: String?
        public var line: Int?
        /// Units promised, and served of them.
        public var promised: Double
        public var served: Double
        /// Units that each tier loses for it, its own accounts' gain taken off; tier by tier.
        public var lostByTier: [Double]
        /// Money of lost sales it costs, all tiers together; < 0 where it saves some.
        public var lostValue: Double
        /// What it adds to the cost of the plan.
        public var cost: Double
        /// Accounts that lose most for it, in units.
        public var losers: [Explanation.AccountFigure]

        package init(
            guarantee: String, file: String?, line: Int?, promised: Double, served: Double, lostByTier: [Double], lostValue: Double,
            cost: Double, losers: [Explanation.AccountFigure]
        ) {
            self.guarantee = guarantee
            self.file = file
            self.line = line
            self.promised = promised
            self.served = served
            self.lostByTier = lostByTier
            self.lostValue = lostValue
            self.cost = cost
            self.losers = losers
        }
    }

    /// By id.
    public var prices: [Price]
    /// The smallest set of promises that cannot be kept together, by id; empty when all can.
    public var conflict: [String]
    /// Units by which these fall short together at least.
    public var shortfall: Double
    /// The least addition that keeps every promise, nobody else served less; nil when all are kept.
    public var remedy: ReliefReport?

    package init(prices: [Price], conflict: [String], shortfall: Double, remedy: ReliefReport?) {
        self.prices = prices
        self.conflict = conflict
        self.shortfall = shortfall
        self.remedy = remedy
    }
}

/// What can be promised to a new order.
public struct OrderPromise: Sendable, Encodable {
    /// What serving it in one way does.
    public struct Way: Sendable, Encodable {
        /// Units of the order served in its bucket.
        public var served: Double
        /// Loss it causes by tier, units; tier by tier.
        public var lostByTier: [Double]
        /// Money of the sales others lose for it, less what it sells.
        public var lostValue: Double
        /// What it adds to the cost of the plan.
        public var cost: Double
        public var losers: [Explanation.AccountFigure]

        package init(served: Double, lostByTier: [Double], lostValue: Double, cost: Double, losers: [Explanation.AccountFigure]) {
            self.served = served
            self.lostByTier = lostByTier
            self.lostValue = lostValue
            self.cost = cost
            self.losers = losers
        }
    }

    public var account: String
    public var product: String
    /// First day of the bucket it is due in.
    public var due: String
    public var quantity: Double
    /// Units that can be promised for the bucket while no other account is served less.
    public var free: Double
    /// First day of the first bucket, from the due one on, in which all of it can; nil = none in the horizon.
    public var freeDate: String?
    /// Taking its turn in its tier.
    public var inItsTurn: Way
    /// Promised, before all tiers.
    public var promised: Way

    package init(
        account: String, product: String, due: String, quantity: Double, free: Double, freeDate: String?, inItsTurn: Way, promised: Way
    ) {
        self.account = account
        self.product = product
        self.due = due
        self.quantity = quantity
        self.free = free
        self.freeDate = freeDate
        self.inItsTurn = inItsTurn
        self.promised = promised
    }
}

/// Prices and conflicts of the promises as a page of text.
public func promiseText(_ report: PromiseReport, package: DataPackage, language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    guard !report.prices.isEmpty else { return words("The package makes no promise.", "数据包中没有承诺。") + "\n" }
    var lines = [words("What each promise costs the others:", "各项承诺的代价：")]
    for price in report.prices {
        let place = price.file.map { file in " (\(file)\(price.line.map { ":\($0)" } ?? ""))" } ?? ""
        lines.append(
            words(
                "  \(price.guarantee)\(place): \(words.amount(price.served)) of \(words.amount(price.promised)) kept.",
                "  \(price.guarantee)\(place)：承诺 \(words.amount(price.promised))，履行 \(words.amount(price.served))。"))
        lines.append("    " + words.burden(price.lostByTier, value: price.lostValue, cost: price.cost, losers: price.losers))
    }
    if report.conflict.isEmpty {
        lines += ["", words("All promises can be kept together.", "所有承诺可以同时履行。")]
    } else {
        let places = report.conflict.map { id in
            report.prices.first { $0.guarantee == id }.flatMap { price in price.file.map { "\(id) (\($0):\(price.line ?? 0))" } } ?? id
        }
        let list = places.joined(separator: words(", ", "、"))
        lines += [
            "",
            report.conflict.count == 1
                ? words(
                    "\(list) cannot be kept even alone: \(words.amount(report.shortfall)) are missing at least.",
                    "\(list) 单独也无法履行：至少缺 \(words.amount(report.shortfall))。")
                : words(
                    "These promises cannot be kept together, though without any one of them the others can: \(list). \(words.amount(report.shortfall)) are missing at least.",
                    "以下承诺无法同时履行（去掉任一项即可）：\(list)。至少缺 \(words.amount(report.shortfall))。"),
        ]
        if let remedy = report.remedy, let step = remedy.steps.last {
            lines.append(words("What would keep them all, nobody served less:", "使其全部履行且他人供应不减，需补充："))
            for item in step.items.prefix(8) {
                let date = CalendarDate(item.by).map(words.date) ?? item.by
                lines.append("    +\(words.amount(item.quantity)) " + words.relief(item) + words(", by \(date)", "，\(date)前"))
            }
            if step.remaining > 1e-3 {
                lines.append(
                    words(
                        "    \(words.amount(step.remaining)) stay short whatever is added.", "    无论如何仍缺 \(words.amount(step.remaining))。"))
            }
        }
    }
    return lines.joined(separator: "\n") + "\n"
}

/// What can be promised to an order as a page of text.
public func orderPromiseText(_ promise: OrderPromise, package: DataPackage, language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }
    let free: String =
        if promise.free >= promise.quantity - 1e-3 {
            words("All of it can be promised with nobody else served less.", "可全部承诺，且其他客户供应不减。")
        } else {
            words(
                "\(words.amount(promise.free)) of it can be promised with nobody else served less; ",
                "其他客户供应不减时可承诺 \(words.amount(promise.free))；")
                + (promise.freeDate.map { words("all of it from \(date($0)).", "全部数量须自\(date($0))起。") }
                    ?? words("all of it in no bucket of the horizon.", "计划期内无法全部满足。"))
        }
    return [
        words(
            "Order of \(words.amount(promise.quantity)) of \(promise.product) for \(promise.account), due in the bucket of \(date(promise.due)):",
            "\(promise.account) 订购 \(promise.product) \(words.amount(promise.quantity))，交期为\(date(promise.due))起的一期："),
        "  " + free,
        words("  In its turn: ", "  按级别排队：") + words.served(promise.inItsTurn),
        words("  As a promise: ", "  作为承诺：") + words.served(promise.promised),
    ].joined(separator: "\n") + "\n"
}

extension Wording {
    func served(_ way: OrderPromise.Way) -> String {
        self("\(amount(way.served)) served. ", "供应 \(amount(way.served))。")
            + burden(way.lostByTier, value: way.lostValue, cost: way.cost, losers: way.losers)
    }

    /// "It costs tier 2 40 and tier 3 12 units, …"
    func burden(_ lostByTier: [Double], value: Double, cost: Double, losers: [Explanation.AccountFigure]) -> String {
        var parts: [String] = []
        for (index, lost) in lostByTier.enumerated() where abs(lost) > 0.05 {
            let name = tier(index + 1)
            parts.append(
                lost > 0
                    ? self("\(name) loses \(amount(lost))", "\(name)损失 \(amount(lost))")
                    : self("\(name) gains \(amount(-lost))", "\(name)增加 \(amount(-lost))"))
        }
        var text = parts.isEmpty ? self("It costs nobody a sale", "不影响任何客户的销售") : parts.joined(separator: self(", ", "，"))
        if abs(value) >= 0.5 { text += self("; lost sales worth \(units(value))", "；损失销售额 \(units(value))") }
        if abs(cost) >= 0.5 { text += self("; cost \(cost > 0 ? "+" : "")\(units(cost))", "；成本 \(cost > 0 ? "+" : "")\(units(cost))") }
        text += self(".", "。")
        if !losers.isEmpty {
            let names = losers.prefix(3).map { "\($0.account) (\(amount($0.quantity)))" }.joined(separator: self(", ", "、"))
            text += self(" Most of it from \(names).", "主要来自 \(names)。")
        }
        return text
    }
}
