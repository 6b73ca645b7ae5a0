/// A place that holds stock: an index into ``DataPackage/sites`` or ``DataPackage/accounts``.
public enum Place: Hashable, Sendable {
    case site(Int)
    case account(Int)
}

public enum SiteKind: String, Sendable, CaseIterable { case plant, dc }

/// A position in an input file, for messages. Lines count from 1, the header being line 1.
public struct SourcePosition: Hashable, Sendable {
    public let file: String
    public let line: Int

    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }
}

/// A business customer.
public struct Account: Hashable, Sendable {
    public var id: String
    public var name: String
    public var region: String
    public var group: String
    public var manager: String
    /// Tier given in accounts.csv; nil = computed from history.
    public var tier: Int?
    /// Weight of the account inside its tier.
    public var weight: Double
    /// 0 = unserved demand is lost at once.
    public var backorderBuckets: Int
    /// Volume of stock at the end of a bucket.
    public var stockCapacity: Double

    public init(
        id: String, name: String = "", region: String = "", group: String = "", manager: String = "", tier: Int? = nil,
        weight: Double = 1, backorderBuckets: Int = 0, stockCapacity: Double = .infinity
    ) {
        self.id = id
        self.name = name
        self.region = region
        self.group = group
        self.manager = manager
        self.tier = tier
        self.weight = weight
        self.backorderBuckets = backorderBuckets
        self.stockCapacity = stockCapacity
    }
}

/// A product; quantities are in its own unit.
public struct Product: Hashable, Sendable {
    public var id: String
    public var name: String
    public var family: String
    public var unit: String
    /// Volume of one unit.
    public var volume: Double
    /// Weight of one unit.
    public var weight: Double
    /// `products.price`; ``DataPackage/standingPrice(of:)`` fills the blank.
    public var price: Double?
    /// Every movement to an account is a multiple of this.
    public var caseMultiple: Double?
    /// Made in t, must be served by t + shelfLife; nil = keeps.
    public var shelfLife: Int?
    public var launch: CalendarDate?
    /// Index of the product it resembles.
    public var analogue: Int?

    public init(
        id: String, name: String = "", family: String = "", unit: String = "", volume: Double = 1, weight: Double = 1,
        price: Double? = nil, caseMultiple: Double? = nil, shelfLife: Int? = nil, launch: CalendarDate? = nil, analogue: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.family = family
        self.unit = unit
        self.volume = volume
        self.weight = weight
        self.price = price
        self.caseMultiple = caseMultiple
        self.shelfLife = shelfLife
        self.launch = launch
        self.analogue = analogue
    }
}

/// A plant or distribution centre.
public struct Site: Hashable, Sendable {
    public var id: String
    public var kind: SiteKind
    /// Volume at the end of a bucket.
    public var storage: Double
    /// Per unit of volume and bucket.
    public var holdingCost: Double

    public init(id: String, kind: SiteKind, storage: Double = .infinity, holdingCost: Double = 0) {
        self.id = id
        self.kind = kind
        self.storage = storage
        self.holdingCost = holdingCost
    }
}

/// A production resource at a site.
public struct ProductionLine: Hashable, Sendable {
    public var id: String
    public var site: Int
    /// Regular hours.
    public var hoursPerBucket: Double
    public var overtimeHoursPerBucket: Double
    public var overtimeCostPerHour: Double

    public init(id: String, site: Int, hoursPerBucket: Double, overtimeHoursPerBucket: Double = 0, overtimeCostPerHour: Double = 0) {
        self.id = id
        self.site = site
        self.hoursPerBucket = hoursPerBucket
        self.overtimeHoursPerBucket = overtimeHoursPerBucket
        self.overtimeCostPerHour = overtimeCostPerHour
    }
}

/// What a line can make, and how fast.
public struct LineProduct: Hashable, Sendable {
    public var line: Int
    public var product: Int
    /// Units per hour, > 0.
    public var rate: Double
    public var unitCost: Double
    public var minLot: Double?
    public var multiple: Double?
    public var setupHours: Double?

    public init(
        line: Int, product: Int, rate: Double, unitCost: Double = 0, minLot: Double? = nil, multiple: Double? = nil,
        setupHours: Double? = nil
    ) {
        self.line = line
        self.product = product
        self.rate = rate
        self.unitCost = unitCost
        self.minLot = minLot
        self.multiple = multiple
        self.setupHours = setupHours
    }
}

/// Material needed for one unit of a product.
public struct BillOfMaterialRow: Hashable, Sendable {
    public var product: Int
    /// Index into ``DataPackage/materials``.
    public var material: Int
    public var quantity: Double

    public init(product: Int, material: Int, quantity: Double) {
        self.product = product
        self.material = material
        self.quantity = quantity
    }
}

/// Units of a material that a site receives in a bucket. Rows of equal key are already added up.
public struct MaterialReceipt: Hashable, Sendable {
    public var site: Int
    public var material: Int
    public var bucket: Int
    public var quantity: Double

    public init(site: Int, material: Int, bucket: Int, quantity: Double) {
        self.site = site
        self.material = material
        self.bucket = bucket
        self.quantity = quantity
    }
}

/// A transport link from a site to a site or account.
public struct Lane: Hashable, Sendable {
    public var id: String
    /// Index of the site it starts from.
    public var from: Int
    public var to: Place
    public var mode: String
    /// Buckets.
    public var leadTime: Int
    /// Per unit of volume.
    public var unitCost: Double
    /// Per bucket at dispatch, in `measure`, all products together.
    public var capacity: Double
    /// volume, weight or quantity.
    public var measure: Measure
    /// Least quantity of one movement (a product in a bucket), product units.
    public var minShipment: Double?
    /// Every movement is a multiple of this, product units.
    public var multiple: Double?
    /// The products it may carry, rising; nil = all.
    public var products: [Int]?

    public init(
        id: String, from: Int, to: Place, mode: String = "", leadTime: Int = 0, unitCost: Double = 0, capacity: Double = .infinity,
        measure: Measure = .volume, minShipment: Double? = nil, multiple: Double? = nil, products: [Int]? = nil
    ) {
        self.id = id
        self.from = from
        self.to = to
        self.mode = mode
        self.leadTime = leadTime
        self.unitCost = unitCost
        self.capacity = capacity
        self.measure = measure
        self.minShipment = minShipment
        self.multiple = multiple
        self.products = products
    }
}

/// A dispatch capacity shared by several lanes.
public struct Pool: Hashable, Sendable {
    public var id: String
    /// Per bucket.
    public var capacity: Double
    public var measure: Measure
    /// Rising.
    public var lanes: [Int]

    public init(id: String, capacity: Double, measure: Measure = .volume, lanes: [Int] = []) {
        self.id = id
        self.capacity = capacity
        self.measure = measure
        self.lanes = lanes
    }
}

/// A capacity that replaces the standing one in a bucket.
public struct CapacityOverride: Hashable, Sendable {
    public var kind: CapacityKind
    /// Index of the line, lane, pool or site, as `kind` says.
    public var resource: Int
    public var bucket: Int
    public var capacity: Double

    public init(kind: CapacityKind, resource: Int, bucket: Int, capacity: Double) {
        self.kind = kind
        self.resource = resource
        self.bucket = bucket
        self.capacity = capacity
    }
}

/// Stock on hand at the start. Rows of equal place, product and expiry are already added up.
public struct StockRow: Hashable, Sendable {
    public var place: Place
    public var product: Int
    public var quantity: Double
    /// Last day it may be served.
    public var expires: CalendarDate?

    public init(place: Place, product: Int, quantity: Double, expires: CalendarDate? = nil) {
        self.place = place
        self.product = product
        self.quantity = quantity
        self.expires = expires
    }
}

/// Goods on the way at the start. Rows of equal key are already added up.
public struct InTransitRow: Hashable, Sendable {
    public var place: Place
    public var product: Int
    /// Arrival bucket in 0 ..< T.
    public var bucket: Int
    public var quantity: Double

    public init(place: Place, product: Int, bucket: Int, quantity: Double) {
        self.place = place
        self.product = product
        self.bucket = bucket
        self.quantity = quantity
    }
}

/// A promise: at least `quantity` units, or `share` of demand, served over some buckets.
public struct Guarantee: Hashable, Sendable {
    public var id: String
    public var account: Int?
    public var group: String?
    public var tier: Int?
    /// nil = all products.
    public var product: Int?
    /// Clipped to the horizon.
    public var buckets: Range<Int>
    public var quantity: Double?
    public var share: Double?
    public var source: SourcePosition?

    public init(
        id: String, account: Int? = nil, group: String? = nil, tier: Int? = nil, product: Int? = nil, buckets: Range<Int>,
        quantity: Double? = nil, share: Double? = nil, source: SourcePosition? = nil
    ) {
        self.id = id
        self.account = account
        self.group = group
        self.tier = tier
        self.product = product
        self.buckets = buckets
        self.quantity = quantity
        self.share = share
        self.source = source
    }
}

extension Guarantee {
    /// Whether an account's product is part of the promise.
    public func counts(_ pair: Pair, of account: Account, tier own: Int) -> Bool {
        (self.account == nil || self.account == pair.account) && (group == nil || group == account.group) && (tier == nil || tier == own)
            && (product == nil || product == pair.product)
    }

    public func counts(_ pair: Pair, in package: DataPackage, segmentation: Segmentation) -> Bool {
        counts(pair, of: package.accounts[pair.account], tier: segmentation.tierOfAccount[pair.account])
    }
}

/// An agreed stock band, in units; replaces the computed one.
public struct BandRow: Hashable, Sendable {
    public var account: Int
    public var product: Int
    /// Clipped to the horizon.
    public var buckets: Range<Int>
    public var min: Double
    public var target: Double?
    public var max: Double?

    public init(account: Int, product: Int, buckets: Range<Int>, min: Double = 0, target: Double? = nil, max: Double? = nil) {
        self.account = account
        self.product = product
        self.buckets = buckets
        self.min = min
        self.target = target
        self.max = max
    }
}

/// A decision that may not move.
public struct FrozenRow: Hashable, Sendable {
    public var kind: FrozenKind
    /// Index of the line (make) or lane (move).
    public var resource: Int
    public var product: Int
    public var bucket: Int
    public var quantity: Double
    public var source: SourcePosition?

    public init(kind: FrozenKind, resource: Int, product: Int, bucket: Int, quantity: Double, source: SourcePosition? = nil) {
        self.kind = kind
        self.resource = resource
        self.product = product
        self.bucket = bucket
        self.quantity = quantity
        self.source = source
    }
}

/// One occurrence of a recurring event.
public struct Event: Hashable, Sendable {
    public var name: String
    public var start: CalendarDate
    public var end: CalendarDate
    /// nil = all.
    public var account: Int?
    /// nil = all.
    public var product: Int?
    /// Demand on its days is multiplied by this; nil = learn it from past occurrences.
    public var lift: Double?
    /// Days before its first and after its last day that it moves too, by lifts of their own that are always learnt; nil = as far as past dates show.
    public var daysBefore: Int?
    public var daysAfter: Int?

    public init(
        name: String, start: CalendarDate, end: CalendarDate, account: Int? = nil, product: Int? = nil, lift: Double? = nil,
        daysBefore: Int? = nil, daysAfter: Int? = nil
    ) {
        self.name = name
        self.start = start
        self.end = end
        self.account = account
        self.product = product
        self.lift = lift
        self.daysBefore = daysBefore
        self.daysAfter = daysAfter
    }
}

/// A lasting change of the regular level from a date on: a listing in more shops, a contract lost.
public struct LevelShiftRow: Hashable, Sendable {
    /// First day at the new level.
    public var date: CalendarDate
    /// nil = all.
    public var account: Int?
    /// nil = all.
    public var product: Int?
    /// New level over the old one; nil = learn it from what was sold since.
    public var factor: Double?

    public init(date: CalendarDate, account: Int? = nil, product: Int? = nil, factor: Double? = nil) {
        self.date = date
        self.account = account
        self.product = product
        self.factor = factor
    }
}

/// A price in force from a date on.
public struct PriceRow: Hashable, Sendable {
    public var date: CalendarDate
    public var account: Int?
    public var product: Int
    public var price: Double

    public init(date: CalendarDate, account: Int? = nil, product: Int, price: Double) {
        self.date = date
        self.account = account
        self.product = product
        self.price = price
    }
}

/// A forecast made elsewhere.
public struct DemandRow: Hashable, Sendable {
    public var bucket: Int
    public var account: Int
    public var product: Int
    public var quantity: Double
    public var p10: Double?
    public var p90: Double?

    public init(bucket: Int, account: Int, product: Int, quantity: Double, p10: Double? = nil, p90: Double? = nil) {
        self.bucket = bucket
        self.account = account
        self.product = product
        self.quantity = quantity
        self.p10 = p10
        self.p90 = p90
    }
}

/// A person's correction of the forecast.
public struct OverrideRow: Hashable, Sendable {
    public var bucket: Int
    public var account: Int
    public var product: Int
    public var quantity: Double
    public var author: String
    public var reason: String

    public init(bucket: Int, account: Int, product: Int, quantity: Double, author: String, reason: String) {
        self.bucket = bucket
        self.account = account
        self.product = product
        self.quantity = quantity
        self.author = author
        self.reason = reason
    }
}

/// A firm order.
public struct OrderRow: Hashable, Sendable {
    public var id: String
    public var account: Int
    public var product: Int
    public var due: CalendarDate
    public var quantity: Double

    public init(id: String, account: Int, product: Int, due: CalendarDate, quantity: Double) {
        self.id = id
        self.account = account
        self.product = product
        self.due = due
        self.quantity = quantity
    }
}

/// Kinds of ``CapacityOverride``. `hours` does not close overtime.
public enum CapacityKind: String, Sendable, CaseIterable { case hours, overtime, lane, pool, storage }

public enum FrozenKind: String, Sendable, CaseIterable { case make, move }
