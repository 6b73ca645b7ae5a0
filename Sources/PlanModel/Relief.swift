/// What relief may add to.
public enum ReliefKind: String, Sendable, CaseIterable, Encodable {
    case hours, lane, pool, storage, material, stock

    /// The kind that adds to a capacity; nil for overtime (hours do) and for room at accounts, which is not the maker's.
    public init?(_ kind: ResourceKind) {
        switch kind {
        case .hours: self = .hours
        case .lane: self = .lane
        case .pool: self = .pool
        case .storage: self = .storage
        case .material: self = .material
        case .overtime, .accountStock: return nil
        }
    }
}

/// Who is to be made whole.
public enum ReliefTarget: Hashable, Sendable {
    case account(Int)
    case tier(Int)
    case everyone
    /// Every promise is to be kept.
    case promises
}

/// What one unit of relief counts; a nil price = no such relief.
public struct ReliefPrices: Hashable, Sendable {
    /// By line, lane, pool and site: per hour, or per unit of the resource's measure.
    public var hours: [Double?]
    public var lane: [Double?]
    public var pool: [Double?]
    public var storage: [Double?]
    /// By material, per unit.
    public var material: [Double?]
    /// By product, per unit.
    public var stock: [Double?]

    public init(
        hours: [Double?], lane: [Double?], pool: [Double?], storage: [Double?], material: [Double?], stock: [Double?]
    ) {
        self.hours = hours
        self.lane = lane
        self.pool = pool
        self.storage = storage
        self.material = material
        self.stock = stock
    }
}

/// Something added to one resource in one bucket.
public struct ReliefItem: Hashable, Sendable {
    public var kind: ReliefKind
    /// Index of the line, lane, pool, site or material; for stock the site.
    public var resource: Int
    /// Only for materials: the site; only for stock: nil.
    public var site: Int?
    /// Only for stock.
    public var product: Int?
    /// Bucket in which it must be there.
    public var bucket: Int
    /// Hours, units of the resource's measure, or product units.
    public var quantity: Double
    /// Quantity times price.
    public var cost: Double

    public init(kind: ReliefKind, resource: Int, site: Int? = nil, product: Int? = nil, bucket: Int, quantity: Double, cost: Double) {
        self.kind = kind
        self.resource = resource
        self.site = site
        self.product = product
        self.bucket = bucket
        self.quantity = quantity
        self.cost = cost
    }
}

/// The least relief that takes away a share of what the target loses while nobody else is served less.
public struct ReliefStep: Hashable, Sendable {
    /// Share of the target's loss that is to go, 0…1.
    public var share: Double
    /// What the target then still loses, in the plan's measure.
    public var remaining: Double
    /// By bucket.
    public var items: [ReliefItem]
    /// Σ cost of the items.
    public var value: Double
    /// No relief that does the same costs less.
    public var bound: Double

    public init(share: Double, remaining: Double, items: [ReliefItem], value: Double, bound: Double) {
        self.share = share
        self.remaining = remaining
        self.items = items
        self.value = value
        self.bound = bound
    }
}
