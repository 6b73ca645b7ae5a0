import PlanModel
import Reporting

/// Last season's plan against what happened: why customers did not get what they wanted, split so that the parts add up.
///
/// For every account and product the loss is worked out four times, each time one step nearer to what happened:
///
///     planned      the plan's own loss                                        → allocation choice
///     real demand  against the deliveries planned                             → forecast error (less where demand was lower)
///     real demand  against the shipments that came                            → late or missing supply, as far as the product's shipments
///                                                                               fell short in all; what went to others is execution
///     what was lost in fact                                                   → execution: goods were there and were not sold
///
/// Real demand is what was sold; in a bucket that ended with a counted stock of 0 at least what was planned for.
public struct SeasonReview: Sendable, Encodable {
    /// Units wanted, sold and lost, and the loss by cause; the causes add up to `lost`.
    public struct Gap: Hashable, Sendable, Encodable {
        public var planned = 0.0
        public var wanted = 0.0
        public var sold = 0.0
        /// wanted − sold.
        public var lost = 0.0
        public var allocation = 0.0
        public var forecast = 0.0
        public var supply = 0.0
        public var execution = 0.0
        /// Units that the plan was to deliver, and that were shipped.
        public var shipmentsPlanned = 0.0
        public var shipped = 0.0

        public init() {}

        mutating func add(_ other: Gap) {
            planned += other.planned
            wanted += other.wanted
            sold += other.sold
            lost += other.lost
            allocation += other.allocation
            forecast += other.forecast
            supply += other.supply
            execution += other.execution
            shipmentsPlanned += other.shipmentsPlanned
            shipped += other.shipped
        }
    }

    public struct AccountGap: Hashable, Sendable, Encodable {
        public var account: String
        public var tier: Int
        public var gap: Gap
    }

    public struct ProductGap: Hashable, Sendable, Encodable {
        public var account: String
        public var product: String
        public var gap: Gap
    }

    /// First days of the first and last bucket reviewed: those of the plan that are history by now; nil where none is.
    public var from: String?
    public var to: String?
    public var total: Gap
    /// Largest loss first.
    public var accounts: [AccountGap]
    /// Largest loss first.
    public var products: [ProductGap]
}

extension SeasonReview {
    /// - Parameters:
    ///   - view: The plan, with the package it was made from.
    ///   - actual: A later package whose history covers the season: sales, shipments and counted stock.
    public init(_ view: PlanView, actual: DataPackage) {
        let horizon = view.package.horizon
        let there = horizon.buckets.map { actual.horizon.bucket(of: horizon.firstDay(of: $0)) }
        let first = max(actual.history.sales.firstBucket, actual.history.shipments.firstBucket)
        let reviewed = horizon.unit == actual.horizon.unit ? horizon.buckets.filter { there[$0] < 0 && there[$0] >= first } : []
        from = reviewed.first.map(view.day)
        to = reviewed.last.map(view.day)
        total = Gap()
        accounts = []
        products = []
        let pairs = SeasonReview.pairs(view, reviewed: Set(reviewed))
        var records: [(pair: Pair, record: PairRecord)] = []
        for pair in pairs {
            records.append((pair, PairRecord(view, actual: actual, pair: pair, buckets: reviewed, there: there)))
        }
        // Share of a product's missing shipments that was missing altogether and not sent elsewhere.
        var planned = [Double](repeating: 0, count: view.package.products.count)
        var came = planned
        var missing = planned
        for (pair, record) in records {
            planned[pair.product] += record.plannedShipments
            came[pair.product] += record.actualShipments
            missing[pair.product] += max(0, record.plannedShipments - record.actualShipments)
        }
        var byAccount: [Int: Gap] = [:]
        for (pair, record) in records {
            let share =
                missing[pair.product] > 0 ? min(1, max(0, planned[pair.product] - came[pair.product]) / missing[pair.product]) : 1
            // Goods that came late and not less were late for everybody.
            let gap = record.gap(missingShare: record.plannedShipments > record.actualShipments + 1e-9 ? share : 1)
            byAccount[pair.account, default: Gap()].add(gap)
            products.append(
                ProductGap(account: view.package.accounts[pair.account].id, product: view.package.products[pair.product].id, gap: gap))
            total.add(gap)
        }
        for account in byAccount.keys.sorted() {
            if let gap = byAccount[account] {
                accounts.append(AccountGap(account: view.package.accounts[account].id, tier: view.segmentation.tier(of: account), gap: gap))
            }
        }
        accounts.sort { $0.gap.lost != $1.gap.lost ? $0.gap.lost > $1.gap.lost : $0.account < $1.account }
        products.sort { $0.gap.lost != $1.gap.lost ? $0.gap.lost > $1.gap.lost : ($0.account, $0.product) < ($1.account, $1.product) }
    }

    private static func pairs(_ view: PlanView, reviewed: Set<Int>) -> [Pair] {
        Set(view.plan.accountPlan.filter { reviewed.contains($0.bucket) }.map { Pair(account: $0.account, product: $0.product) }).sorted()
    }
}

/// What was planned and what happened for one account and product, bucket by bucket.
private struct PairRecord {
    private var planned: [Double] = []
    private var plannedLost = 0.0
    private var deliveries: [Double] = []
    private var shipments: [Double] = []
    private var wanted: [Double] = []
    private var sold: [Double] = []
    private var opening: Double

    var plannedShipments: Double { deliveries.reduce(0, +) }
    var actualShipments: Double { shipments.reduce(0, +) }

    init(_ view: PlanView, actual: DataPackage, pair: Pair, buckets: [Int], there: [Int]) {
        let package = view.package
        let (account, product) = (package.accounts[pair.account].id, package.products[pair.product].id)
        let other: Pair? =
            if let a = actual.accounts.firstIndex(where: { $0.id == account }),
                let p = actual.products.firstIndex(where: { $0.id == product })
            {
                Pair(account: a, product: p)
            } else { nil }
        func history(_ table: HistoryTable, _ bucket: Int) -> Double? {
            guard let other, let row = table.row(of: other), bucket >= table.firstBucket, bucket < 0 else { return nil }
            return table.series(row)[table.series(row).startIndex + bucket - table.firstBucket]
        }
        var demand: [Int: AccountPlanRow] = [:]
        for row in view.plan.accountPlan where row.account == pair.account && row.product == pair.product { demand[row.bucket] = row }
        var arrivals: [Int: Double] = [:]
        for row in view.plan.movements where row.product == pair.product && package.lanes[row.lane].to == .account(pair.account) {
            arrivals[row.arrives, default: 0] += row.quantity
        }
        for row in package.inTransit where row.place == .account(pair.account) && row.product == pair.product {
            arrivals[max(0, row.bucket), default: 0] += row.quantity
        }
        opening = package.stock.reduce(0) { $0 + ($1.place == .account(pair.account) && $1.product == pair.product ? $1.quantity : 0) }
        for bucket in buckets {
            let row = demand[bucket]
            planned.append(row?.demand ?? 0)
            plannedLost += row.map { $0.demand - $0.served } ?? 0
            deliveries.append(arrivals[bucket] ?? 0)
            let sale = max(0, history(actual.history.sales, there[bucket]) ?? 0)
            sold.append(sale)
            shipments.append(history(actual.history.shipments, there[bucket]) ?? 0)
            let count = history(actual.history.closingStock, there[bucket]) ?? .nan
            // An empty shelf hides demand; what was planned for is the best that is known of it.
            wanted.append(count <= 0 ? max(sale, row?.demand ?? 0) : sale)
        }
    }

    /// Loss of real demand against deliveries.
    private func loss(_ supply: [Double]) -> Double {
        var stock = opening
        var lost = 0.0
        for (bucket, demand) in wanted.enumerated() {
            stock += supply[bucket]
            lost += max(0, demand - stock)
            stock = max(0, stock - demand)
        }
        return lost
    }

    func gap(missingShare: Double) -> SeasonReview.Gap {
        var gap = SeasonReview.Gap()
        gap.planned = planned.reduce(0, +)
        gap.wanted = wanted.reduce(0, +)
        gap.sold = sold.reduce(0, +)
        gap.lost = gap.wanted - gap.sold
        gap.shipmentsPlanned = plannedShipments
        gap.shipped = actualShipments
        let withPlan = loss(deliveries)
        let withShipments = loss(shipments)
        gap.allocation = plannedLost
        gap.forecast = withPlan - plannedLost
        gap.supply = missingShare * (withShipments - withPlan)
        gap.execution = gap.lost - gap.allocation - gap.forecast - gap.supply
        return gap
    }
}

/// The review as a page of text.
public func reviewText(_ review: SeasonReview, package: DataPackage, language: ReportLanguage, rows: Int = 10) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }
    guard let from = review.from, let to = review.to else {
        return words("No bucket of the plan is history in the later package.", "后一数据包的历史未覆盖计划期。") + "\n"
    }
    let total = review.total
    let lines = [
        words(
            "What happened from \(date(from)) to \(date(to)): \(words.units(total.wanted)) wanted (planned for \(words.units(total.planned))), \(words.units(total.sold)) sold, \(words.units(total.lost)) lost.",
            "\(date(from))至\(date(to))的实际：需求 \(words.units(total.wanted))（计划 \(words.units(total.planned))），售出 \(words.units(total.sold))，损失 \(words.units(total.lost))。"
        ),
        words(
            "Shipped \(words.units(total.shipped)) of \(words.units(total.shipmentsPlanned)) planned.",
            "计划发运 \(words.units(total.shipmentsPlanned))，实际发运 \(words.units(total.shipped))。"), "",
        words("Why it was lost (the parts add up; below 0: it helped):", "损失的原因（各项相加等于损失；负数表示有利）："),
    ]
    var table = TextTable(alignments: [.left, .left, .right, .right, .right, .right, .right])
    table.rows.append([
        words("Account", "客户"), words("tier", "级别"), words("lost", "损失"), words("the plan's choice", "计划分配"), words("forecast", "预测误差"),
        words("late or missing supply", "供应迟缺"), words("execution", "执行"),
    ])
    func row(_ name: String, _ tier: String, _ gap: SeasonReview.Gap) -> [String] {
        [
            name, tier, words.amount(gap.lost), words.amount(gap.allocation), words.amount(gap.forecast), words.amount(gap.supply),
            words.amount(gap.execution),
        ]
    }
    for account in review.accounts.prefix(rows) {
        let name = package.accounts.firstIndex { $0.id == account.account }.map { package.title(account: $0) } ?? account.account
        table.rows.append(row(name.fitted(to: 32), words.tier(account.tier), account.gap))
    }
    if review.accounts.count > rows {
        var rest = SeasonReview.Gap()
        for account in review.accounts.dropFirst(rows) { rest.add(account.gap) }
        table.rows.append(row(words("\(review.accounts.count - rows) others", "其余 \(review.accounts.count - rows) 个客户"), "", rest))
    }
    table.rows.append(row(words("All", "合计"), "", total))
    return (lines + table.lines()).joined(separator: "\n") + "\n"
}
