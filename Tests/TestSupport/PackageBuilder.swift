import PlanModel

/// A package with everything the stations after demand planning need.
public typealias SmallPackage = (package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation)

/// Builds small packages for tests by id, in any order; `build()` sorts the ids and turns them into indices.
///
/// Where nothing is said, the conventions of the behaviour list hold: one product `P`, no bands (min 0, no target, no max), lead times and
/// costs 0, weight 1, tier 1, no opening stock. Weeks from Monday 2027-03-01.
///
///     let small = PackageBuilder(buckets: 6)
///         .plant("PL").line("L", at: "PL", hours: 100).lineProduct("L")
///         .account("A").lane("PL-A", from: "PL", to: "A")
///         .demand("A", [50, 50, 50, 150, 150, 150])
///         .build()
///
/// An id that was never declared traps with its name: a test's own mistake.
public final class PackageBuilder {
    public var settings: PlanSettings
    var accounts: [Account] = []
    var products: [Product] = []
    var sites: [Site] = []
    var lines: [(line: ProductionLine, site: String)] = []
    var lineProducts: [(line: String, product: String, row: LineProduct)] = []
    var recipes: [(product: String, material: String, quantity: Double)] = []
    var receipts: [(site: String, material: String, bucket: Int, quantity: Double)] = []
    var lanes: [(lane: Lane, from: String, to: String, products: [String]?)] = []
    var pools: [(pool: Pool, lanes: [String])] = []
    var overrides: [(kind: CapacityKind, resource: String, bucket: Int, capacity: Double)] = []
    var stocks: [(place: String, product: String, quantity: Double, expires: CalendarDate?)] = []
    var transits: [(place: String, product: String, bucket: Int, quantity: Double)] = []
    var guarantees: [(guarantee: Guarantee, account: String?, product: String?)] = []
    var bandRows: [(account: String, product: String, row: BandRow)] = []
    var frozenRows: [(kind: FrozenKind, resource: String, product: String, bucket: Int, quantity: Double)] = []
    var demands: [(account: String, product: String, series: [Double])] = []

    public init(buckets: Int, unit: BucketUnit = .week, start: String = "2027-03-01", frozen: Int = 0) {
        guard let day = CalendarDate(start) else { preconditionFailure("no such day: \(start)") }
        settings = PlanSettings(
            horizon: Horizon(unit: unit, start: day, count: buckets, frozen: frozen),
            bands: BandSettings(minCover: 0, targetCover: .infinity, maxCover: .infinity),
            forecast: ForecastSettings(season: unit == .week ? 52 : 12))
    }

    // MARK: Settings

    /// Groups of aims in order, `[plan] ranks`.
    @discardableResult
    public func ranks(_ ranks: [[Aim]]) -> PackageBuilder {
        settings.plan.ranks = ranks
        return self
    }

    @discardableResult
    public func sharing(_ rule: SharingRule, byTier: [Int: SharingRule] = [:]) -> PackageBuilder {
        settings.plan.sharing = rule
        settings.plan.sharingByTier = byTier
        return self
    }

    @discardableResult
    public func measure(_ measure: Measure) -> PackageBuilder {
        settings.plan.measure = measure
        return self
    }

    /// Bands where no `band` row stands, in buckets of future demand.
    @discardableResult
    public func cover(min: Double = 0, target: Double = .infinity, max: Double = .infinity) -> PackageBuilder {
        settings.bands = BandSettings(minCover: min, targetCover: target, maxCover: max)
        return self
    }

    /// Any other setting.
    @discardableResult
    public func settings(_ change: (inout PlanSettings) -> Void) -> PackageBuilder {
        change(&settings)
        return self
    }

    // MARK: Accounts and products

    /// - Parameter tier: As accounts.csv would give it; nil = tier 1, but not given.
    @discardableResult
    public func account(
        _ id: String, tier: Int? = 1, weight: Double = 1, backorder: Int = 0, stockCapacity: Double = .infinity, region: String = "",
        group: String = ""
    ) -> PackageBuilder {
        accounts.append(
            Account(
                id: id, region: region, group: group, tier: tier, weight: weight, backorderBuckets: backorder, stockCapacity: stockCapacity)
        )
        return self
    }

    /// Without any call there is one product, `P`.
    @discardableResult
    public func product(
        _ id: String, volume: Double = 1, weight: Double = 1, price: Double? = nil, caseMultiple: Double? = nil, shelfLife: Int? = nil
    ) -> PackageBuilder {
        products.append(Product(id: id, volume: volume, weight: weight, price: price, caseMultiple: caseMultiple, shelfLife: shelfLife))
        return self
    }

    /// Demand of a pair from bucket 0 on; shorter series end in zeros.
    @discardableResult
    public func demand(_ account: String, _ product: String, _ series: [Double]) -> PackageBuilder {
        precondition(series.count <= settings.horizon.count, "more demand than buckets")
        demands.append((account, product, series + [Double](repeating: 0, count: settings.horizon.count - series.count)))
        return self
    }

    /// Demand of product `P`.
    @discardableResult
    public func demand(_ account: String, _ series: [Double]) -> PackageBuilder { demand(account, "P", series) }

    // MARK: Making

    @discardableResult
    public func plant(_ id: String, storage: Double = .infinity, holdingCost: Double = 0) -> PackageBuilder {
        sites.append(Site(id: id, kind: .plant, storage: storage, holdingCost: holdingCost))
        return self
    }

    @discardableResult
    public func dc(_ id: String, storage: Double = .infinity, holdingCost: Double = 0) -> PackageBuilder {
        sites.append(Site(id: id, kind: .dc, storage: storage, holdingCost: holdingCost))
        return self
    }

    @discardableResult
    public func line(_ id: String, at site: String, hours: Double, overtime: Double = 0, overtimeCost: Double = 0) -> PackageBuilder {
        let line = ProductionLine(
            id: id, site: 0, hoursPerBucket: hours, overtimeHoursPerBucket: overtime, overtimeCostPerHour: overtimeCost)
        lines.append((line, site))
        return self
    }

    /// - Parameter rate: Units per hour.
    @discardableResult
    public func lineProduct(
        _ line: String, _ product: String = "P", rate: Double = 1, unitCost: Double = 0, minLot: Double? = nil, multiple: Double? = nil,
        setupHours: Double? = nil
    ) -> PackageBuilder {
        let row = LineProduct(
            line: 0, product: 0, rate: rate, unitCost: unitCost, minLot: minLot, multiple: multiple, setupHours: setupHours)
        lineProducts.append((line, product, row))
        return self
    }

    /// Material in one unit of a product.
    @discardableResult
    public func bom(_ product: String, _ material: String, _ quantity: Double = 1) -> PackageBuilder {
        recipes.append((product, material, quantity))
        return self
    }

    /// A receipt of a material.
    @discardableResult
    public func material(_ material: String, at site: String, bucket: Int = 0, _ quantity: Double) -> PackageBuilder {
        receipts.append((site, material, bucket, quantity))
        return self
    }

    // MARK: Moving

    /// - Parameters:
    ///   - to: Id of a site or account.
    ///   - products: nil = all.
    @discardableResult
    public func lane(
        _ id: String, from: String, to: String, leadTime: Int = 0, unitCost: Double = 0, capacity: Double = .infinity,
        measure: Measure = .volume, minShipment: Double? = nil, multiple: Double? = nil, products: [String]? = nil
    ) -> PackageBuilder {
        let lane = Lane(
            id: id, from: 0, to: .site(0), leadTime: leadTime, unitCost: unitCost, capacity: capacity, measure: measure,
            minShipment: minShipment, multiple: multiple)
        lanes.append((lane, from, to, products))
        return self
    }

    @discardableResult
    public func pool(_ id: String, capacity: Double, measure: Measure = .volume, lanes: [String]) -> PackageBuilder {
        pools.append((Pool(id: id, capacity: capacity, measure: measure), lanes))
        return self
    }

    /// A capacity that replaces the standing one in a bucket.
    @discardableResult
    public func capacity(_ kind: CapacityKind, of resource: String, bucket: Int, _ capacity: Double) -> PackageBuilder {
        overrides.append((kind, resource, bucket, capacity))
        return self
    }

    // MARK: Stock, promises, bands, frozen decisions

    /// - Parameters:
    ///   - place: Id of a site or account.
    ///   - expires: `YYYY-MM-DD`, the last day it may be served.
    @discardableResult
    public func stock(at place: String, _ product: String, _ quantity: Double, expires: String? = nil) -> PackageBuilder {
        let day = expires.map { text -> CalendarDate in
            guard let day = CalendarDate(text) else { preconditionFailure("no such day: \(text)") }
            return day
        }
        stocks.append((place, product, quantity, day))
        return self
    }

    /// Stock of product `P`.
    @discardableResult
    public func stock(at place: String, _ quantity: Double, expires: String? = nil) -> PackageBuilder {
        stock(at: place, "P", quantity, expires: expires)
    }

    @discardableResult
    public func inTransit(to place: String, _ product: String = "P", bucket: Int, _ quantity: Double) -> PackageBuilder {
        transits.append((place, product, bucket, quantity))
        return self
    }

    /// - Parameter buckets: nil = the whole horizon.
    @discardableResult
    public func guarantee(
        _ id: String, account: String? = nil, group: String? = nil, tier: Int? = nil, product: String? = nil, buckets: Range<Int>? = nil,
        quantity: Double? = nil, share: Double? = nil
    ) -> PackageBuilder {
        let row = Guarantee(
            id: id, group: group, tier: tier, buckets: buckets ?? settings.horizon.buckets, quantity: quantity, share: share,
            source: SourcePosition(file: "guarantees.csv", line: guarantees.count + 2))
        guarantees.append((row, account, product))
        return self
    }

    /// - Parameter buckets: nil = the whole horizon.
    @discardableResult
    public func band(
        _ account: String, _ product: String = "P", buckets: Range<Int>? = nil, min: Double = 0, target: Double? = nil, max: Double? = nil
    ) -> PackageBuilder {
        let row = BandRow(account: 0, product: 0, buckets: buckets ?? settings.horizon.buckets, min: min, target: target, max: max)
        bandRows.append((account, product, row))
        return self
    }

    /// - Parameter resource: Id of a line (`.make`) or lane (`.move`).
    @discardableResult
    public func frozen(_ kind: FrozenKind, _ resource: String, _ product: String = "P", bucket: Int, _ quantity: Double) -> PackageBuilder {
        frozenRows.append((kind, resource, product, bucket, quantity))
        return self
    }
}
