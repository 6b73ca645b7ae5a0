/// The four department reports as rows: one set of whole numbers, so that what production makes is what transport ships and marketing serves.
///
/// Quantities are multiples of the product's counting step (1 unit, or a tenth, hundredth or thousandth for products sold in small amounts).
/// Rows that are all zero are left out; rows rise by their key columns.
public struct DepartmentFigures: Hashable, Sendable {
    /// report-production.csv
    public var production: [ProductionFigure]
    /// report-development.csv
    public var products: [ProductFigure]
    /// report-transport.csv
    public var transport: [TransportFigure]
    /// report-marketing.csv
    public var marketing: [MarketingFigure]

    public init(
        production: [ProductionFigure] = [], products: [ProductFigure] = [], transport: [TransportFigure] = [],
        marketing: [MarketingFigure] = []
    ) {
        self.production = production
        self.products = products
        self.transport = transport
        self.marketing = marketing
    }
}

/// The departments that get a report of their own (duty 9 of a key-account team).
public enum Department: String, Sendable, CaseIterable {
    case production, development, transport, marketing

    /// Name of its table and its page in a plan folder, without the ending.
    public var fileStem: String { "report-\(rawValue)" }
}

/// What a line makes of a product in a bucket.
public struct ProductionFigure: Hashable, Sendable {
    public var bucket: Int
    public var line: Int
    public var product: Int
    public var made: Double
    /// To the hundredth, set-up included.
    public var hours: Double

    public init(bucket: Int, line: Int, product: Int, made: Double, hours: Double) {
        self.bucket = bucket
        self.line = line
        self.product = product
        self.made = made
        self.hours = hours
    }
}

/// Where a product stands in its life, as far as the season shows it.
public enum ProductStatus: String, Sendable, CaseIterable {
    /// It is launched in the horizon, or has no history and is forecast by what it resembles.
    case new
    case running
    /// Nothing is wanted of it any more in the last quarter of the horizon.
    case ending
}

/// Where a product's units come from and go to in a bucket, over all places:
///
///     opening + arriving + made = served + expired + siteStock + onTheWay + accountStock
public struct ProductFigure: Hashable, Sendable {
    public var bucket: Int
    public var product: Int
    public var status: ProductStatus
    public var demand: Double
    public var served: Double
    public var lost: Double
    public var backlog: Double
    /// All stock and goods on the way at the start of the bucket.
    public var opening: Double
    /// Goods that were on the way when the season began.
    public var arriving: Double
    public var made: Double
    /// Dispatched to accounts.
    public var shipped: Double
    public var expired: Double
    /// At the end of the bucket.
    public var siteStock: Double
    /// Dispatched and not yet arrived at the end of the bucket.
    public var onTheWay: Double
    public var accountStock: Double

    public init(
        bucket: Int, product: Int, status: ProductStatus, demand: Double = 0, served: Double = 0, lost: Double = 0, backlog: Double = 0,
        opening: Double = 0, arriving: Double = 0, made: Double = 0, shipped: Double = 0, expired: Double = 0, siteStock: Double = 0,
        onTheWay: Double = 0, accountStock: Double = 0
    ) {
        self.bucket = bucket
        self.product = product
        self.status = status
        self.demand = demand
        self.served = served
        self.lost = lost
        self.backlog = backlog
        self.opening = opening
        self.arriving = arriving
        self.made = made
        self.shipped = shipped
        self.expired = expired
        self.siteStock = siteStock
        self.onTheWay = onTheWay
        self.accountStock = accountStock
    }

    /// All columns but the key, in their order.
    public var numbers: [Double] {
        [demand, served, lost, backlog, opening, arriving, made, shipped, expired, siteStock, onTheWay, accountStock]
    }
}

/// What leaves on a lane in a bucket.
public struct TransportFigure: Hashable, Sendable {
    /// Dispatch.
    public var bucket: Int
    public var lane: Int
    public var product: Int
    public var moved: Double
    /// Arrival bucket.
    public var arrives: Int

    public init(bucket: Int, lane: Int, product: Int, moved: Double, arrives: Int) {
        self.bucket = bucket
        self.lane = lane
        self.product = product
        self.moved = moved
        self.arrives = arrives
    }
}

/// What an account wants, gets and holds of a product in a bucket:
///
///     backlog before + demand = served + lost + backlog,  stock before + received = served + expired + stock
public struct MarketingFigure: Hashable, Sendable {
    public var bucket: Int
    public var account: Int
    public var product: Int
    public var tier: Int
    public var demand: Double
    public var served: Double
    public var lost: Double
    public var backlog: Double
    /// What arrives in the bucket, goods that were on the way when the season began included.
    public var received: Double
    public var expired: Double
    /// At the end of the bucket.
    public var stock: Double

    public init(
        bucket: Int, account: Int, product: Int, tier: Int, demand: Double = 0, served: Double = 0, lost: Double = 0, backlog: Double = 0,
        received: Double = 0, expired: Double = 0, stock: Double = 0
    ) {
        self.bucket = bucket
        self.account = account
        self.product = product
        self.tier = tier
        self.demand = demand
        self.served = served
        self.lost = lost
        self.backlog = backlog
        self.received = received
        self.expired = expired
        self.stock = stock
    }

    /// All columns but the key and the tier, in their order.
    public var numbers: [Double] { [demand, served, lost, backlog, received, expired, stock] }
}

/// The department reports as they stand in a plan folder.
public struct DepartmentTables: Hashable, Sendable {
    /// nil where the folder has no such table.
    public var production: [ProductionFigure]?
    public var products: [ProductFigure]?
    public var transport: [TransportFigure]?
    public var marketing: [MarketingFigure]?
    /// What each table says of the inputs: the different values of its column `inputs`, rising.
    public var inputs: [Department: [String]]
    /// Columns that repeat the package and say something else than it, a sentence each.
    public var contradictions: [String]

    public init(
        production: [ProductionFigure]? = nil, products: [ProductFigure]? = nil, transport: [TransportFigure]? = nil,
        marketing: [MarketingFigure]? = nil, inputs: [Department: [String]] = [:], contradictions: [String] = []
    ) {
        self.production = production
        self.products = products
        self.transport = transport
        self.marketing = marketing
        self.inputs = inputs
        self.contradictions = contradictions
    }
}
