/// production.csv.
public struct ProductionRow: Hashable, Sendable {
    public var bucket: Int
    public var line: Int
    public var product: Int
    public var quantity: Double
    /// Including set-up.
    public var hours: Double

    public init(bucket: Int, line: Int, product: Int, quantity: Double, hours: Double) {
        self.bucket = bucket
        self.line = line
        self.product = product
        self.quantity = quantity
        self.hours = hours
    }
}

/// lines.csv.
public struct LineUseRow: Hashable, Sendable {
    public var bucket: Int
    public var line: Int
    /// Regular hours available.
    public var hours: Double
    /// Regular and overtime hours used together.
    public var hoursUsed: Double
    public var overtimeUsed: Double

    public init(bucket: Int, line: Int, hours: Double, hoursUsed: Double, overtimeUsed: Double) {
        self.bucket = bucket
        self.line = line
        self.hours = hours
        self.hoursUsed = hoursUsed
        self.overtimeUsed = overtimeUsed
    }
}

/// movements.csv.
public struct MovementRow: Hashable, Sendable {
    /// Dispatch.
    public var bucket: Int
    public var lane: Int
    public var product: Int
    public var quantity: Double
    /// Arrival bucket.
    public var arrives: Int

    public init(bucket: Int, lane: Int, product: Int, quantity: Double, arrives: Int) {
        self.bucket = bucket
        self.lane = lane
        self.product = product
        self.quantity = quantity
        self.arrives = arrives
    }
}

/// lots.csv: the part of a movement that is of one kind of lot. Only products that expire have rows.
public struct LotRow: Hashable, Sendable {
    /// Dispatch.
    public var bucket: Int
    public var lane: Int
    public var product: Int
    /// Last bucket in which the units may be served; nil: it lies behind the horizon.
    public var serveBy: Int?
    public var quantity: Double

    public init(bucket: Int, lane: Int, product: Int, serveBy: Int?, quantity: Double) {
        self.bucket = bucket
        self.lane = lane
        self.product = product
        self.serveBy = serveBy
        self.quantity = quantity
    }

    /// The order of rows: by key, units that keep through the horizon last.
    public static func isOrdered(_ a: LotRow, _ b: LotRow) -> Bool {
        (a.bucket, a.lane, a.product, a.serveBy ?? .max) < (b.bucket, b.lane, b.product, b.serveBy ?? .max)
    }
}

/// site_stock.csv: stock at the end of a bucket.
public struct SiteStockRow: Hashable, Sendable {
    public var bucket: Int
    public var site: Int
    public var product: Int
    public var quantity: Double

    public init(bucket: Int, site: Int, product: Int, quantity: Double) {
        self.bucket = bucket
        self.site = site
        self.product = product
        self.quantity = quantity
    }
}

/// expired.csv: stock that went past its last day unserved and was taken off at the end of a bucket.
public struct ExpiryRow: Hashable, Sendable {
    public var bucket: Int
    public var place: Place
    public var product: Int
    public var quantity: Double

    public init(bucket: Int, place: Place, product: Int, quantity: Double) {
        self.bucket = bucket
        self.place = place
        self.product = product
        self.quantity = quantity
    }
}

/// account_plan.csv.
public struct AccountPlanRow: Hashable, Sendable {
    public var bucket: Int
    public var account: Int
    public var product: Int
    public var demand: Double
    public var served: Double
    public var lost: Double
    public var backlog: Double
    public var stock: Double
    public var under: Double
    public var over: Double

    public init(
        bucket: Int, account: Int, product: Int, demand: Double, served: Double, lost: Double, backlog: Double, stock: Double,
        under: Double, over: Double
    ) {
        self.bucket = bucket
        self.account = account
        self.product = product
        self.demand = demand
        self.served = served
        self.lost = lost
        self.backlog = backlog
        self.stock = stock
        self.under = under
        self.over = over
    }
}

/// All decisions and stocks. Rows that are all zero are left out; rows rise by their key columns.
public struct Plan: Hashable, Sendable {
    public var production: [ProductionRow]
    public var lineUse: [LineUseRow]
    public var movements: [MovementRow]
    public var siteStock: [SiteStockRow]
    public var accountPlan: [AccountPlanRow]
    public var expired: [ExpiryRow]
    /// Which lots the movements of products that expire take; empty where a plan does not say.
    public var lots: [LotRow]

    public init(
        production: [ProductionRow] = [], lineUse: [LineUseRow] = [], movements: [MovementRow] = [], siteStock: [SiteStockRow] = [],
        accountPlan: [AccountPlanRow] = [], expired: [ExpiryRow] = [], lots: [LotRow] = []
    ) {
        self.production = production
        self.lineUse = lineUse
        self.movements = movements
        self.siteStock = siteStock
        self.accountPlan = accountPlan
        self.expired = expired
        self.lots = lots
    }
}

/// One aim of one tier, in its place in the order.
public struct Rank: Hashable, Sendable {
    public var aim: Aim
    /// nil for guarantees and cost.
    public var tier: Int?

    public init(aim: Aim, tier: Int?) {
        self.aim = aim
        self.tier = tier
    }
}

/// What a rank reached and what was proven about it.
public struct RankCertificate: Hashable, Sendable {
    public var rank: Rank
    /// Of the plan as written.
    public var value: Double
    /// No plan that holds the earlier ranks is below this.
    public var bound: Double
    /// (value − bound) / scale, see ``Rank`` scale in tables.md.
    public var gap: Double
    /// Before rounding to cases and lots.
    public var relaxedValue: Double

    public init(rank: Rank, value: Double, bound: Double, gap: Double, relaxedValue: Double) {
        self.rank = rank
        self.value = value
        self.bound = bound
        self.gap = gap
        self.relaxedValue = relaxedValue
    }
}

extension RankCertificate {
    /// How far the solver's answer may be from the best, before goods were rounded to cases and lots; ``gap`` has both, on the same scale.
    public var gapBeforeRounding: Double {
        let rounded = value - bound
        return rounded == 0 ? 0 : gap * (relaxedValue - bound) / rounded
    }
}

public struct FeasibilityReport: Hashable, Sendable {
    /// Largest violation, relative to 1 + Σ|terms| of its row.
    public var maxViolation: Double
    /// Name of that row.
    public var constraint: String

    public init(maxViolation: Double, constraint: String) {
        self.maxViolation = maxViolation
        self.constraint = constraint
    }
}

public struct Certificate: Hashable, Sendable {
    public var ranks: [RankCertificate]
    public var feasibility: FeasibilityReport
    /// Whether a time limit ended the search, so that gaps may be larger than the gap asked for.
    public var isCutShort: Bool

    public init(ranks: [RankCertificate], feasibility: FeasibilityReport, isCutShort: Bool = false) {
        self.ranks = ranks
        self.feasibility = feasibility
        self.isCutShort = isCutShort
    }
}

/// A capacity whose scarcity a plan can feel.
public enum ResourceKind: String, Sendable, CaseIterable {
    case hours, overtime, lane, pool, storage, material, accountStock = "account-stock"
}

/// resources.csv: use of one capacity in one bucket.
public struct ResourceRow: Hashable, Sendable {
    public var bucket: Int
    public var kind: ResourceKind
    /// Index of the line, lane, pool, site, material or account.
    public var resource: Int
    /// Only for materials.
    public var site: Int?
    /// For materials: what can be used up to and including this bucket beyond what was used before it.
    public var capacity: Double
    public var used: Double
    /// ≥ 0: fall of the rank's value for one unit more.
    public var shadowPrice: Double
    /// The last rank at which it binds; nil = it never does.
    public var rank: Rank?

    public init(
        bucket: Int, kind: ResourceKind, resource: Int, site: Int? = nil, capacity: Double, used: Double, shadowPrice: Double = 0,
        rank: Rank? = nil
    ) {
        self.bucket = bucket
        self.kind = kind
        self.resource = resource
        self.site = site
        self.capacity = capacity
        self.used = used
        self.shadowPrice = shadowPrice
        self.rank = rank
    }
}

/// Why a demand was lost.
public enum ShortageReason: String, Sendable, CaseIterable {
    case hours, material, lane, pool, storage, stock
    case leadTime = "lead-time"
    case shelfLife = "shelf-life"
    case promise, rank
}

/// shortages.csv: one cause of one lost cell; the rows of a cell add up to its loss.
public struct ShortageRow: Hashable, Sendable {
    public var bucket: Int
    public var account: Int
    public var product: Int
    /// This cause's part.
    public var lost: Double
    public var reason: ShortageReason
    /// Bare id: line, lane, pool, site, material, guarantee or account.
    public var resource: String
    public var resourceBucket: Int?
    /// Who got the scarce resource, largest first.
    public var takenBy: [Taker]

    public init(
        bucket: Int, account: Int, product: Int, lost: Double, reason: ShortageReason, resource: String, resourceBucket: Int? = nil,
        takenBy: [Taker] = []
    ) {
        self.bucket = bucket
        self.account = account
        self.product = product
        self.lost = lost
        self.reason = reason
        self.resource = resource
        self.resourceBucket = resourceBucket
        self.takenBy = takenBy
    }
}

/// An account that got a scarce resource, and the rank that gave it.
public struct Taker: Hashable, Sendable {
    public var account: Int
    public var rank: Rank
    /// In the resource's own measure.
    public var quantity: Double

    public init(account: Int, rank: Rank, quantity: Double) {
        self.account = account
        self.rank = rank
        self.quantity = quantity
    }
}

/// pegging.csv.
public struct PeggingRow: Hashable, Sendable {
    public var account: Int
    public var product: Int
    public var bucket: Int
    public var quantity: Double
    /// nil = opening stock or goods in transit.
    public var line: Int?
    /// Bucket.
    public var made: Int?
    public var lanePath: [Int]

    public init(account: Int, product: Int, bucket: Int, quantity: Double, line: Int? = nil, made: Int? = nil, lanePath: [Int] = []) {
        self.account = account
        self.product = product
        self.bucket = bucket
        self.quantity = quantity
        self.line = line
        self.made = made
        self.lanePath = lanePath
    }
}

/// Prices that one rank's solve put on the capacities: how much the rank's value falls for one unit more.
public struct RankPrices: Hashable, Sendable {
    public var rank: Rank
    /// Aligned with ``AllocationOutcome/resources``; ≥ 0, and 0 where an earlier rank has settled that nothing is left unused.
    public var resourcePrices: [Double]
    /// Aligned with the package's guarantees: how much the rank's value falls for one unit less promised; ≥ 0.
    public var guaranteePrices: [Double]

    public init(rank: Rank, resourcePrices: [Double], guaranteePrices: [Double]) {
        self.rank = rank
        self.resourcePrices = resourcePrices
        self.guaranteePrices = guaranteePrices
    }
}

/// What the allocation station hands on.
public struct AllocationOutcome: Hashable, Sendable {
    public var plan: Plan
    /// `feasibility` is filled by the independent checker.
    public var certificate: Certificate
    /// Rising by (bucket, kind in declaration order, resource, site): every finite capacity, bucket by bucket.
    public var resources: [ResourceRow]
    /// One for each rank that was solved (a rank proven by its value being 0 has none).
    public var rankPrices: [RankPrices]
    /// One for each tier that loses sales: prices that tell what easing a resource saves (its rank is that of the tier's lost sales).
    public var lossPrices: [RankPrices]
    /// Served units counted by each guarantee.
    public var guaranteeServed: [Double]

    public init(
        plan: Plan, certificate: Certificate, resources: [ResourceRow], rankPrices: [RankPrices], lossPrices: [RankPrices] = [],
        guaranteeServed: [Double]
    ) {
        self.plan = plan
        self.certificate = certificate
        self.resources = resources
        self.rankPrices = rankPrices
        self.lossPrices = lossPrices
        self.guaranteeServed = guaranteeServed
    }
}
