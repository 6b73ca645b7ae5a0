import PlanModel
import Reporting

/// What differs between two plans, and who wins and loses, in product units and money.
///
/// Plans are laid side by side by ids and dates, so they may belong to packages that differ, the later one starting later too: only buckets
/// both have are compared.
public struct PlanComparison: Sendable, Encodable {
    /// An input file that is not the same for both plans.
    public struct InputChange: Hashable, Sendable, Encodable {
        public var file: String
        /// changed, added, removed
        public var change: String
    }

    /// A tier or an account before and after.
    public struct ServiceChange: Hashable, Sendable, Encodable {
        /// Number of the tier, or id of the account.
        public var id: String
        /// Tier after the change (before it, where the account has gone).
        public var tier: Int
        public var tierBefore: Int
        public var before: ServiceSum
        public var after: ServiceSum
        /// Fall of what is lost and still owed: > 0 wins, < 0 loses. Product units.
        public var gain: Double
        /// The same in money of lost sales; nil where a plan's prices are not known.
        public var gainValue: Double?
    }

    /// A capacity that is used up in one plan and not in the other.
    public struct ResourceChange: Hashable, Sendable, Encodable {
        public var kind: String
        public var resource: String
        public var site: String?
        /// First days of the buckets.
        public var buckets: [String]
    }

    /// A quantity that moved: made on a line, dispatched on a lane, or served to an account.
    public struct Move: Hashable, Sendable, Encodable {
        /// make, move, serve
        public var kind: String
        public var bucket: String
        /// Line, lane or account.
        public var resource: String
        public var product: String
        public var before: Double
        public var after: Double
    }

    /// How much the near buckets moved.
    public struct Stability: Hashable, Sendable, Encodable {
        /// First days of the first and last bucket looked at; nil where the plans have no bucket in common.
        public var from: String?
        public var to: String?
        /// Σ |after − before| over quantities made, by line, product and bucket.
        public var madeChange: Double
        /// The same of quantities dispatched.
        public var movedChange: Double
        /// Σ |after − before| of demand over all buckets in common, by account, product and bucket: what could ask for a change.
        public var demandChange: Double
        /// 1 − changed / (the larger of both) over making and moving together: 1 = nothing moved, 0 = nothing stayed.
        public var stability: Double
    }

    /// Cost in money before and after.
    public struct CostChange: Hashable, Sendable, Encodable {
        public var part: String
        public var before: Double
        public var after: Double
    }

    /// By file.
    public var inputs: [InputChange]
    /// First days of the first and the last bucket in common; nil where there is none.
    public var from: String?
    public var to: String?
    public var tiers: [ServiceChange]
    /// Accounts whose loss changed, largest gain first, then largest loss last.
    public var accounts: [ServiceChange]
    public var freed: [ResourceChange]
    public var newlyBinding: [ResourceChange]
    /// Empty where a plan's costs are not known.
    public var costs: [CostChange]
    public var stability: Stability
    /// Largest change first.
    public var moves: [Move]

    /// Whether anything that the plans decide differs.
    public var isSame: Bool { moves.isEmpty }

    /// Changes below this many units, or this share of the larger quantity, are the solver's own rounding.
    static let crumb = 1e-3
    static let crumbShare = 1e-4

    package static func differs(_ a: Double, _ b: Double) -> Bool { abs(a - b) > max(crumb, crumbShare * max(abs(a), abs(b))) }
}

extension PlanComparison {
    /// Compares two plans.
    ///
    /// - Parameters:
    ///   - before: The earlier plan.
    ///   - after: The later plan.
    ///   - nearBuckets: Buckets in common, from the first one, whose stability is measured, ≥ 1.
    public init(_ before: PlanView, _ after: PlanView, nearBuckets: Int = 4) {
        let sides = Sides(before, after)
        inputs = PlanComparison.inputChanges(before.inputHashes, after.inputHashes)
        from = sides.days.first
        to = sides.days.last
        let values: (before: [Double], after: [Double])? =
            if let a = before.lostValues, let b = after.lostValues, sides.coversWhole { (a, b) } else { nil }
        (tiers, accounts) = sides.services(values: values)
        (freed, newlyBinding) = sides.resourceChanges()
        costs = []
        if let a = before.costs, let b = after.costs, sides.coversWhole {
            costs = zip(a.parts, b.parts).map { CostChange(part: $0.name, before: $0.value, after: $1.value) }
        }
        moves = sides.moves()
        stability = sides.stability(nearBuckets: max(1, nearBuckets))
    }

    private static func inputChanges(_ before: [String: String], _ after: [String: String]) -> [InputChange] {
        Set(before.keys).union(after.keys).sorted().compactMap { file in
            guard before[file] != after[file] else { return nil }
            return InputChange(file: file, change: before[file] == nil ? "added" : after[file] == nil ? "removed" : "changed")
        }
    }
}

extension CostSplit {
    /// Parts in the order of kpis.json, the total last.
    var parts: [(name: String, value: Double)] {
        [
            ("making", making), ("overtime", overtime), ("transport", transport), ("holding", holding), ("over_stock", overStock),
            ("over_target", overTarget), ("total", total),
        ]
    }
}

/// Two plans laid side by side.
private struct Sides {
    let before: PlanView
    let after: PlanView
    /// First days of the buckets both plans have, rising.
    let days: [String]
    private let bucketsBefore: Set<Int>
    private let bucketsAfter: Set<Int>

    /// Whether both plans have the same buckets, so that figures of the whole horizon compare.
    var coversWhole: Bool { days.count == before.package.horizon.count && days.count == after.package.horizon.count }

    init(_ before: PlanView, _ after: PlanView) {
        self.before = before
        self.after = after
        let own = before.package.horizon
        let other = after.package.horizon
        var pairs: [(Int, Int)] = []
        if own.unit == other.unit {
            pairs = own.buckets.compactMap { bucket in
                let there = other.bucket(of: own.firstDay(of: bucket))
                return other.buckets.contains(there) ? (bucket, there) : nil
            }
        }
        days = pairs.map { own.firstDay(of: $0.0).description }
        bucketsBefore = Set(pairs.map(\.0))
        bucketsAfter = Set(pairs.map(\.1))
    }

    /// Key of a quantity in both plans.
    struct Key: Hashable, Comparable {
        var kind: String
        var day: String
        var resource: String
        var product: String

        static func < (a: Key, b: Key) -> Bool { (a.kind, a.day, a.resource, a.product) < (b.kind, b.day, b.resource, b.product) }
    }

    private func rows(_ view: PlanView, _ buckets: Set<Int>) -> [AccountPlanRow] {
        view.plan.accountPlan.filter { buckets.contains($0.bucket) }
    }

    // MARK: Service

    func services(values: (before: [Double], after: [Double])?) -> ([PlanComparison.ServiceChange], [PlanComparison.ServiceChange]) {
        let own = accountSums(before, bucketsBefore)
        let other = accountSums(after, bucketsAfter)
        var tiers: [Int: PlanComparison.ServiceChange] = [:]
        var accounts: [PlanComparison.ServiceChange] = []
        for id in Set(own.keys).union(other.keys).sorted() {
            let (a, b) = (own[id], other[id])
            let tier = b?.tier ?? a?.tier ?? 1
            var change = PlanComparison.ServiceChange(
                id: id, tier: tier, tierBefore: a?.tier ?? tier, before: a?.sum ?? ServiceSum(), after: b?.sum ?? ServiceSum(), gain: 0)
            change.gain = change.before.missing - change.after.missing
            if let values {
                change.gainValue = (a.map { values.before[$0.index] } ?? 0) - (b.map { values.after[$0.index] } ?? 0)
            }
            if PlanComparison.differs(change.before.missing, change.after.missing) || change.tier != change.tierBefore
                || PlanComparison.differs(change.before.demand, change.after.demand)
            {
                accounts.append(change)
            }
            // A tier's figures before are those of the accounts that were in it then.
            for (number, sum, isBefore) in [(change.tierBefore, change.before, true), (change.tier, change.after, false)] {
                var whole =
                    tiers[number]
                    ?? PlanComparison.ServiceChange(
                        id: String(number), tier: number, tierBefore: number, before: ServiceSum(), after: ServiceSum(), gain: 0,
                        gainValue: values == nil ? nil : 0)
                if isBefore { whole.before.add(sum) } else { whole.after.add(sum) }
                whole.gain += isBefore ? sum.missing : -sum.missing
                if let values {
                    let lost = isBefore ? a.map { values.before[$0.index] } : b.map { values.after[$0.index] }
                    whole.gainValue = (whole.gainValue ?? 0) + (isBefore ? lost ?? 0 : -(lost ?? 0))
                }
                tiers[number] = whole
            }
        }
        accounts.sort { $0.gain != $1.gain ? $0.gain > $1.gain : $0.id < $1.id }
        return (tiers.keys.sorted().compactMap { tiers[$0] }, accounts)
    }

    private func accountSums(_ view: PlanView, _ buckets: Set<Int>) -> [String: (index: Int, tier: Int, sum: ServiceSum)] {
        var sums = [ServiceSum](repeating: ServiceSum(), count: view.package.accounts.count)
        let last = buckets.max() ?? -1
        for row in rows(view, buckets) { sums[row.account].add(row, lastBucket: last) }
        var result: [String: (Int, Int, ServiceSum)] = [:]
        for (index, account) in view.package.accounts.enumerated() {
            result[account.id] = (index, view.segmentation.tier(of: index), sums[index])
        }
        return result
    }

    // MARK: Resources

    private struct Resource: Hashable {
        var kind: String
        var id: String
        var site: String?
    }

    func resourceChanges() -> (freed: [PlanComparison.ResourceChange], newlyBinding: [PlanComparison.ResourceChange]) {
        let own = usedUp(before, bucketsBefore)
        let other = usedUp(after, bucketsAfter)
        return (changes(own, without: other), changes(other, without: own))
    }

    private func changes(_ own: [Resource: Set<String>], without other: [Resource: Set<String>]) -> [PlanComparison.ResourceChange] {
        own.keys.sorted { ($0.kind, $0.id, $0.site ?? "") < ($1.kind, $1.id, $1.site ?? "") }.compactMap { resource in
            let days = (own[resource] ?? []).subtracting(other[resource] ?? []).sorted()
            return days.isEmpty
                ? nil : PlanComparison.ResourceChange(kind: resource.kind, resource: resource.id, site: resource.site, buckets: days)
        }
    }

    /// Buckets in which each capacity is used up and one unit more would help some aim.
    private func usedUp(_ view: PlanView, _ buckets: Set<Int>) -> [Resource: Set<String>] {
        var result: [Resource: Set<String>] = [:]
        for row in view.resources where buckets.contains(row.bucket) && row.isBinding {
            let resource = Resource(kind: row.kind.rawValue, id: view.resourceID(row), site: row.site.map { view.package.sites[$0].id })
            result[resource, default: []].insert(view.day(row.bucket))
        }
        return result
    }

    // MARK: Quantities

    private func quantities(_ view: PlanView, _ buckets: Set<Int>) -> [Key: Double] {
        var result: [Key: Double] = [:]
        let package = view.package
        func add(_ kind: String, _ bucket: Int, _ resource: String, _ product: Int, _ quantity: Double) {
            guard quantity != 0 else { return }
            let key = Key(kind: kind, day: view.day(bucket), resource: resource, product: package.products[product].id)
            result[key, default: 0] += quantity
        }
        for row in view.plan.production where buckets.contains(row.bucket) {
            add("make", row.bucket, package.lines[row.line].id, row.product, row.quantity)
        }
        for row in view.plan.movements where buckets.contains(row.bucket) {
            add("move", row.bucket, package.lanes[row.lane].id, row.product, row.quantity)
        }
        for row in rows(view, buckets) {
            add("serve", row.bucket, package.accounts[row.account].id, row.product, row.served)
            add("demand", row.bucket, package.accounts[row.account].id, row.product, row.demand)
        }
        return result
    }

    func moves() -> [PlanComparison.Move] {
        let own = quantities(before, bucketsBefore)
        let other = quantities(after, bucketsAfter)
        return Set(own.keys).union(other.keys).sorted().compactMap { key in
            let (a, b) = (own[key] ?? 0, other[key] ?? 0)
            guard key.kind != "demand", PlanComparison.differs(a, b) else { return nil }
            return PlanComparison.Move(kind: key.kind, bucket: key.day, resource: key.resource, product: key.product, before: a, after: b)
        }.enumerated().sorted { a, b in
            let (left, right) = (abs(a.element.after - a.element.before), abs(b.element.after - b.element.before))
            return left != right ? left > right : a.offset < b.offset
        }.map(\.element)
    }

    func stability(nearBuckets: Int) -> PlanComparison.Stability {
        let near = Set(days.prefix(nearBuckets))
        let own = quantities(before, bucketsBefore)
        let other = quantities(after, bucketsAfter)
        var changed = ["make": 0.0, "move": 0.0, "demand": 0.0]
        var size = 0.0
        for key in Set(own.keys).union(other.keys).sorted() where key.kind != "serve" {
            let (a, b) = (own[key] ?? 0, other[key] ?? 0)
            guard key.kind == "demand" || near.contains(key.day) else { continue }
            if PlanComparison.differs(a, b) { changed[key.kind, default: 0] += abs(a - b) }
            if key.kind != "demand" { size += max(a, b) }
        }
        let (made, moved) = (changed["make"] ?? 0, changed["move"] ?? 0)
        return PlanComparison.Stability(
            from: days.first, to: days.prefix(nearBuckets).last, madeChange: made, movedChange: moved, demandChange: changed["demand"] ?? 0,
            stability: size > 0 ? 1 - (made + moved) / size : 1)
    }
}

extension ServiceSum {
    mutating func add(_ other: ServiceSum) {
        demand += other.demand
        served += other.served
        lost += other.lost
        backlog += other.backlog
    }
}

extension ResourceRow {
    /// Used up, and one unit more would help the rank it binds at.
    var isBinding: Bool { capacity.isFinite && capacity - used <= 1e-4 * max(1, capacity) && shadowPrice > 1e-6 }
}
