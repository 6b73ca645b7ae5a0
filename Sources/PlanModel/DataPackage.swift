/// A data package as read: entities sorted by id (bytewise), rows referring to them by index, so that the order of rows in the files cannot matter.
public struct DataPackage: Hashable, Sendable {
    public var settings: PlanSettings
    public var accounts: [Account]
    public var products: [Product]
    /// Ids, rising.
    public var materials: [String]
    public var sites: [Site]
    public var lines: [ProductionLine]
    /// Rising by (line, product).
    public var lineProducts: [LineProduct]
    /// Rising by (product, material).
    public var billOfMaterials: [BillOfMaterialRow]
    /// Rising by (site, material, bucket).
    public var materialReceipts: [MaterialReceipt]
    public var lanes: [Lane]
    public var pools: [Pool]
    /// Rising by (kind in declaration order, resource, bucket).
    public var capacityOverrides: [CapacityOverride]
    public var stock: [StockRow]
    public var inTransit: [InTransitRow]
    /// Rising by id.
    public var guarantees: [Guarantee]
    public var bandRows: [BandRow]
    public var frozen: [FrozenRow]
    /// Rising by (name, start, account, product).
    public var events: [Event]
    /// Rising by (date, account, product).
    public var levelShifts: [LevelShiftRow]
    /// Rising by (product, account, date).
    public var prices: [PriceRow]
    public var demand: [DemandRow]
    public var overrides: [OverrideRow]
    /// Rising by id.
    public var orders: [OrderRow]
    public var history: History
    /// SHA-256 (hex) of each file read.
    public var inputHashes: [String: String]

    public init(
        settings: PlanSettings, accounts: [Account] = [], products: [Product] = [], materials: [String] = [], sites: [Site] = [],
        lines: [ProductionLine] = [], lineProducts: [LineProduct] = [], billOfMaterials: [BillOfMaterialRow] = [],
        materialReceipts: [MaterialReceipt] = [], lanes: [Lane] = [], pools: [Pool] = [], capacityOverrides: [CapacityOverride] = [],
        stock: [StockRow] = [], inTransit: [InTransitRow] = [], guarantees: [Guarantee] = [], bandRows: [BandRow] = [],
        frozen: [FrozenRow] = [], events: [Event] = [], levelShifts: [LevelShiftRow] = [], prices: [PriceRow] = [],
        demand: [DemandRow] = [], overrides: [OverrideRow] = [], orders: [OrderRow] = [], history: History = History(),
        inputHashes: [String: String] = [:]
    ) {
        self.settings = settings
        self.accounts = accounts
        self.products = products
        self.materials = materials
        self.sites = sites
        self.lines = lines
        self.lineProducts = lineProducts
        self.billOfMaterials = billOfMaterials
        self.materialReceipts = materialReceipts
        self.lanes = lanes
        self.pools = pools
        self.capacityOverrides = capacityOverrides
        self.stock = stock
        self.inTransit = inTransit
        self.guarantees = guarantees
        self.bandRows = bandRows
        self.frozen = frozen
        self.events = events
        self.levelShifts = levelShifts
        self.prices = prices
        self.demand = demand
        self.overrides = overrides
        self.orders = orders
        self.history = history
        self.inputHashes = inputHashes
    }
}

extension DataPackage {
    public var horizon: Horizon { settings.horizon }

    /// `products.price`, else the last price in `prices` for all accounts, else the last for any, else 1.
    public func standingPrice(of product: Int) -> Double {
        if let price = products[product].price { return price }
        let rows = prices.filter { $0.product == product }
        let general = rows.filter { $0.account == nil }
        let last = (general.isEmpty ? rows : general).max { $0.date < $1.date }
        return last?.price ?? 1
    }

    /// What one unit of a product counts in `measure`.
    public func unitMeasure(_ measure: Measure, of product: Int) -> Double {
        switch measure {
        case .quantity: 1
        case .value: standingPrice(of: product)
        case .volume: products[product].volume
        case .weight: products[product].weight
        }
    }

    /// The capacity of a resource in every bucket of the horizon: the standing value, overrides put in.
    ///
    /// - Parameters:
    ///   - kind: `hours` and `overtime` of a line, `lane`, `pool`, `storage` of a site.
    ///   - resource: Index of the line, lane, pool or site.
    /// - Returns: Shape [T]; `.infinity` = no limit.
    public func capacities(_ kind: CapacityKind, of resource: Int) -> [Double] {
        let standing: Double =
            switch kind {
            case .hours: lines[resource].hoursPerBucket
            case .overtime: lines[resource].overtimeHoursPerBucket
            case .lane: lanes[resource].capacity
            case .pool: pools[resource].capacity
            case .storage: sites[resource].storage
            }
        var values = [Double](repeating: standing, count: horizon.count)
        for row in capacityOverrides where row.kind == kind && row.resource == resource && horizon.buckets.contains(row.bucket) {
            values[row.bucket] = row.capacity
        }
        return values
    }
}
