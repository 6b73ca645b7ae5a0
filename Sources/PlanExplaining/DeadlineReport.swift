import PlanModel
import Reporting

/// The latest safe start of every key account and product, what delay costs, and what to do by when.
public struct DeadlineReport: Sendable, Encodable {
    /// What a start in a bucket loses.
    public struct Delay: Hashable, Sendable, Encodable {
        /// First day of the bucket in which it starts.
        public var start: String
        /// Product units.
        public var lost: Double
        /// At the product's standing price.
        public var lostValue: Double

        package init(
            start: String, lost: Double, lostValue: Double
        ) {
            self.start = start
            self.lost = lost
            self.lostValue = lostValue
        }
    }

    /// Making or shipping for one account and product.
    public struct Deadline: Hashable, Sendable, Encodable {
        public var account: String
        public var tier: Int
        public var product: String
        /// making, shipping
        public var step: String
        /// First day of the bucket in which the plan starts.
        public var planned: String
        /// First day of the last bucket in which it may start with nothing lost.
        public var latest: String
        /// The starts after it, one bucket apart.
        public var delays: [Delay]
        /// False: what a start after the last one told loses could not be proven.
        public var isProven: Bool
        /// Who makes it (lines) or carries it (lanes) in the plan, largest first.
        public var by: [String]
        /// Units that depend on it: served from the latest start on.
        public var units: Double
        /// Buckets between planned and latest start.
        public var slackBuckets: Int

        package init(
            account: String, tier: Int, product: String, step: String, planned: String, latest: String, delays: [Delay],
            isProven: Bool = true, by: [String], units: Double, slackBuckets: Int
        ) {
            self.account = account
            self.tier = tier
            self.product = product
            self.step = step
            self.planned = planned
            self.latest = latest
            self.delays = delays
            self.isProven = isProven
            self.by = by
            self.units = units
            self.slackBuckets = slackBuckets
        }
    }

    /// By latest start, what loses most by the next bucket first.
    public var deadlines: [Deadline]

    public init(deadlines: [Deadline]) { self.deadlines = deadlines }
}

/// The deadlines as a page of text: a dated list of actions for production and one for transport.
public func deadlineText(_ report: DeadlineReport, package: DataPackage, language: ReportLanguage, rows: Int = 15) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    func date(_ day: String) -> String { CalendarDate(day).map(words.date) ?? day }
    guard !report.deadlines.isEmpty else {
        return words("Nothing has to be made or shipped for a key account.", "没有需要为大客户生产或发运的货物。") + "\n"
    }
    var lines: [String] = []
    let sections = [
        ("making", words("Production: start making at the latest", "生产：最迟开工")),
        ("shipping", words("Transport: start shipping at the latest", "运输：最迟发运")),
    ]
    for (step, title) in sections {
        let all = report.deadlines.filter { $0.step == step }
        guard !all.isEmpty else { continue }
        // What may start when it likes is no deadline.
        let rowsOfStep = all.filter { !$0.delays.isEmpty || !$0.isProven }
        if !lines.isEmpty { lines.append("") }
        lines.append(title + words(":", "："))
        var table = TextTable(alignments: [.left, .left, .left, .right, .left, .left])
        for deadline in rowsOfStep.prefix(rows) {
            let delays = deadline.delays.prefix(3).map { "\(words.amount($0.lost))" }.joined(separator: " / ")
            let later =
                deadline.delays.isEmpty
                ? words("what later starts lose is not proven", "更晚开始的损失未能证明")
                : words("each \(words.bucketWord(1)) later loses \(delays)", "每推迟一\(words.bucketWord(1))损失 \(delays)")
            table.rows.append([
                date(deadline.latest), deadline.account.fitted(to: 16), deadline.product.fitted(to: 16), words.units(deadline.units),
                deadline.by.prefix(2).joined(separator: ", "),
                later,
            ])
        }
        lines += table.lines()
        if rowsOfStep.count > rows {
            lines.append("  " + words("and \(rowsOfStep.count - rows) more, later", "另有 \(rowsOfStep.count - rows) 项，更晚"))
        }
        let free = all.count - rowsOfStep.count
        if free > 0 {
            lines.append("  " + words("\(free) more lose nothing by starting at any time.", "另有 \(free) 项何时开始都不损失。"))
        }
    }
    return lines.joined(separator: "\n") + "\n"
}
