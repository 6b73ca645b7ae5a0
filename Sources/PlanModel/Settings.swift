/// What a quantity is counted in.
public enum Measure: String, Sendable, CaseIterable { case quantity, value, volume, weight }

/// An aim of the plan; ``PlanSettings/ranks`` puts them in order.
public enum Aim: String, Sendable, CaseIterable {
    case guarantees
    case lostSales = "lost-sales"
    case sharing
    case lateness
    case stockUnderMinimum = "stock-under-minimum"
    case cost

    /// Guarantees and cost are one rank for all accounts; the other aims have a rank for each tier.
    public var isPerTier: Bool { self != .guarantees && self != .cost }
}

/// How what must be lost is shared inside a tier (model.md, "Sharing").
public enum SharingRule: String, Sendable, CaseIterable { case proportional, maxmin, weighted }

public enum ReportLanguage: String, Sendable, CaseIterable { case english = "en", chinese = "zh" }

/// How tiers are computed: `[segments]`.
public struct SegmentSettings: Hashable, Sendable {
    /// `.value` (price × quantity) or `.quantity`.
    public var by: Measure
    /// Buckets of history that count, the last ones.
    public var window: Int
    /// Rising cumulative shares in 0…1; k cuts make k + 1 tiers.
    public var tiers: [Double]

    public init(by: Measure = .value, window: Int = 52, tiers: [Double] = [0.8, 0.95]) {
        self.by = by
        self.window = window
        self.tiers = tiers
    }
}

/// Standing stock cover in buckets of future demand: `[bands]`.
public struct BandSettings: Hashable, Sendable {
    public var minCover: Double
    public var targetCover: Double
    public var maxCover: Double

    public init(minCover: Double = 1, targetCover: Double = 2, maxCover: Double = 4) {
        self.minCover = minCover
        self.targetCover = targetCover
        self.maxCover = maxCover
    }
}

/// What becomes of a product without history and analogue.
public enum NewProductRule: String, Sendable, CaseIterable {
    /// Forecast 0 and a note that asks for an analogue, naming the nearest product.
    case ask
    /// The nearest products by attributes stand for it.
    case nearest
}

/// `[forecast]`.
public struct ForecastSettings: Hashable, Sendable {
    /// Buckets a year.
    public var season: Int
    /// Rising probabilities in 0…1.
    public var quantiles: [Double]
    /// Days before its due date in which an order consumes forecast.
    public var consumeBackwardDays: Int
    /// Days after it.
    public var consumeForwardDays: Int
    public var newProducts: NewProductRule

    public init(
        season: Int, quantiles: [Double] = [0.1, 0.5, 0.9], consumeBackwardDays: Int = 30, consumeForwardDays: Int = 30,
        newProducts: NewProductRule = .ask
    ) {
        self.season = season
        self.quantiles = quantiles
        self.consumeBackwardDays = consumeBackwardDays
        self.consumeForwardDays = consumeForwardDays
        self.newProducts = newProducts
    }
}

/// `[plan]`.
public struct AllocationSettings: Hashable, Sendable {
    /// Groups of aims in order; inside a group tier 1 runs all its aims, then tier 2, …
    public var ranks: [[Aim]]
    /// The rule of every tier without one of its own.
    public var sharing: SharingRule
    public var sharingByTier: [Int: SharingRule]
    /// What lost sales are counted in: quantity, value or volume.
    public var measure: Measure
    /// Relative gap each rank is proven to.
    public var gap: Double
    /// Cost of a unit over the band's maximum, per bucket, as a share of its price.
    public var overStockRate: Double
    /// The same for a unit over the band's target.
    public var overTargetRate: Double

    public init(
        ranks: [[Aim]] = [[.guarantees], [.lostSales, .sharing], [.lateness], [.stockUnderMinimum], [.cost]],
        sharing: SharingRule = .proportional, sharingByTier: [Int: SharingRule] = [:], measure: Measure = .quantity,
        gap: Double = 1e-4, overStockRate: Double = 0.02, overTargetRate: Double = 0.002
    ) {
        self.ranks = ranks
        self.sharing = sharing
        self.sharingByTier = sharingByTier
        self.measure = measure
        self.gap = gap
        self.overStockRate = overStockRate
        self.overTargetRate = overTargetRate
    }
}

/// Everything `plan.toml` says, defaults filled in.
public struct PlanSettings: Hashable, Sendable {
    public var horizon: Horizon
    public var segments: SegmentSettings
    public var bands: BandSettings
    public var forecast: ForecastSettings
    public var plan: AllocationSettings
    public var language: ReportLanguage

    public init(
        horizon: Horizon, segments: SegmentSettings = SegmentSettings(), bands: BandSettings = BandSettings(),
        forecast: ForecastSettings, plan: AllocationSettings = AllocationSettings(), language: ReportLanguage = .english
    ) {
        self.horizon = horizon
        self.segments = segments
        self.bands = bands
        self.forecast = forecast
        self.plan = plan
        self.language = language
    }
}
