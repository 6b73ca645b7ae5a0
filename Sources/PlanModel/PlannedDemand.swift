/// Values for each pair and bucket of the horizon.
public struct PairGrid: Hashable, Sendable {
    /// Number of pairs and buckets.
    public let pairCount: Int
    public let bucketCount: Int
    /// Shape [pairCount × bucketCount], row-major.
    public var values: [Double]

    public init(pairCount: Int, bucketCount: Int, repeating value: Double = 0) {
        self.pairCount = pairCount
        self.bucketCount = bucketCount
        values = [Double](repeating: value, count: pairCount * bucketCount)
    }

    public subscript(pair: Int, bucket: Int) -> Double {
        get { values[pair * bucketCount + bucket] }
        set { values[pair * bucketCount + bucket] = newValue }
    }

    public func row(_ pair: Int) -> ArraySlice<Double> { values[pair * bucketCount..<(pair + 1) * bucketCount] }
}

/// What is planned for. A pair is here when it has demand, an order, an override, a band row, stock or goods in transit at the account, or history.
public struct PlannedDemand: Hashable, Sendable {
    /// Rising.
    public var pairs: [Pair]
    /// Forecast after overrides, before orders consumed it.
    public var forecast: PairGrid
    /// Firm orders.
    public var ordered: PairGrid
    /// What is planned for: forecast left after consumption plus orders.
    public var quantity: PairGrid

    public init(pairs: [Pair], forecast: PairGrid, ordered: PairGrid, quantity: PairGrid) {
        self.pairs = pairs
        self.forecast = forecast
        self.ordered = ordered
        self.quantity = quantity
    }
}

/// Bands on the same pairs as the ``PlannedDemand`` they were made from.
public struct StockBandTable: Hashable, Sendable {
    public var pairs: [Pair]
    /// Units.
    public var min: PairGrid
    /// Units; `.infinity` = none.
    public var target: PairGrid
    /// Units; `.infinity` = no limit.
    public var max: PairGrid

    public init(pairs: [Pair], min: PairGrid, target: PairGrid, max: PairGrid) {
        self.pairs = pairs
        self.min = min
        self.target = target
        self.max = max
    }
}

/// A forecast of one pair and bucket.
public struct ForecastRow: Hashable, Sendable {
    public var bucket: Int
    public var account: Int
    public var product: Int
    /// After overrides.
    public var quantity: Double
    /// One for each of `settings.forecast.quantiles`.
    public var quantiles: [Double]
    public var model: String
    /// Before overrides.
    public var statistical: Double
    public var override: Double?
    /// Why it is this number: parts that add up to `quantity`.
    public var parts: ForecastParts

    public init(
        bucket: Int, account: Int, product: Int, quantity: Double, quantiles: [Double], model: String, statistical: Double,
        override: Double? = nil, parts: ForecastParts = ForecastParts()
    ) {
        self.bucket = bucket
        self.account = account
        self.product = product
        self.quantity = quantity
        self.quantiles = quantiles
        self.model = model
        self.statistical = statistical
        self.override = override
        self.parts = parts
    }
}

/// What a forecast is made of, in units; the parts add up to its quantity.
public struct ForecastParts: Hashable, Sendable {
    /// Level and trend without season; for a figure made elsewhere (`given`) the figure itself.
    public var level: Double
    /// What the time of year adds or takes.
    public var season: Double
    /// What the events of the bucket add or take.
    public var events: Double
    /// What the bucket's price adds or takes against the price usual of late.
    public var price: Double
    /// What more or fewer working days than the month usually has add or take.
    public var tradingDays: Double
    /// What making the figures agree with those of their sums adds or takes.
    public var reconciliation: Double
    /// What a person's override adds or takes.
    public var override: Double

    public init(
        level: Double = 0, season: Double = 0, events: Double = 0, price: Double = 0, tradingDays: Double = 0, reconciliation: Double = 0,
        override: Double = 0
    ) {
        self.level = level
        self.season = season
        self.events = events
        self.price = price
        self.tradingDays = tradingDays
        self.reconciliation = reconciliation
        self.override = override
    }

    public var sum: Double { level + season + events + price + tradingDays + reconciliation + override }
}

/// A pair's forecast over the whole horizon.
public struct ForecastTotal: Hashable, Sendable {
    public var account: Int
    public var product: Int
    /// Sum of the buckets' quantities, after overrides.
    public var quantity: Double
    /// Quantiles of the sum, one for each of `settings.forecast.quantiles`: not the sums of the buckets' quantiles, which are too wide.
    public var quantiles: [Double]

    public init(account: Int, product: Int, quantity: Double, quantiles: [Double]) {
        self.account = account
        self.product = product
        self.quantity = quantity
        self.quantiles = quantiles
    }
}

/// Something a planner should know about the forecast of a pair.
public struct ForecastNote: Hashable, Sendable {
    public var account: Int
    public var product: Int
    public var kind: ForecastNoteKind
    /// Buckets it is about (history buckets are negative).
    public var buckets: [Int]
    /// The product most like it by attributes, where that is news.
    public var nearest: Int?

    public init(account: Int, product: Int, kind: ForecastNoteKind, buckets: [Int] = [], nearest: Int? = nil) {
        self.account = account
        self.product = product
        self.kind = kind
        self.buckets = buckets
        self.nearest = nearest
    }
}

public enum ForecastNoteKind: String, Sendable, CaseIterable {
    /// Demand in these buckets was hidden by a stock-out and was estimated.
    case stockOutCorrected = "stock-out-corrected"
    /// No history and no analogue: forecast 0; give `analogue` in products.csv or rows in demand.csv.
    case newProductWithoutAnalogue = "new-product-without-analogue"
    /// Forecast from the analogue named in products.csv.
    case fromAnalogue = "from-analogue"
    /// The series is zero throughout.
    case allZero = "all-zero"
    /// A single bucket far above or below its surroundings that no event explains was brought back to them.
    case outlierCorrected = "outlier-corrected"
    /// Returns exceeded the sales of these buckets: they belong to earlier sales, and demand is taken as 0.
    case returnsCleared = "returns-cleared"
    /// Zeros from here on: the listing seems to have ended, and the forecast is 0.
    case listingEnded = "listing-ended"
    /// Nothing is known of these last buckets before the start; they are forecast like the ones ahead.
    case missingBuckets = "missing-buckets"
    /// Sell-out is not known; sell-in less the change of stock stands for it.
    case fromSellIn = "from-sell-in"
    /// Too new to have shown a season, and without an analogue: the season of its family, scaled to what was sold.
    case fromFamily = "from-family"
    /// Too new, without analogue and family: the season of the products nearest by attributes, scaled to what was sold.
    case fromAttributes = "from-attributes"
    /// The level changed for good in these buckets; what came before was brought to the new level.
    case levelShift = "level-shift"
}

/// All forecasts, rows rising by (account, product, bucket).
public struct Forecast: Hashable, Sendable {
    public var rows: [ForecastRow]
    public var notes: [ForecastNote]
    /// One for each pair, rising.
    public var totals: [ForecastTotal]

    public init(rows: [ForecastRow] = [], notes: [ForecastNote] = [], totals: [ForecastTotal] = []) {
        self.rows = rows
        self.notes = notes
        self.totals = totals
    }
}

/// One account's place in the segmentation.
public struct Segment: Hashable, Sendable {
    public var account: Int
    public var value: Double
    public var share: Double
    /// Including this account.
    public var cumulativeShare: Double
    /// 1 = served first.
    public var tier: Int
    /// True when accounts.csv gave the tier.
    public var isGiven: Bool

    public init(account: Int, value: Double, share: Double, cumulativeShare: Double, tier: Int, isGiven: Bool) {
        self.account = account
        self.value = value
        self.share = share
        self.cumulativeShare = cumulativeShare
        self.tier = tier
        self.isGiven = isGiven
    }
}

/// Tiers and concentration. `segments` are sorted by falling value, ties by account id.
public struct Segmentation: Hashable, Sendable {
    public var segments: [Segment]
    /// Share of value held by the top fifth of accounts (rounded up).
    public var topFifthShare: Double
    /// Σ share², 0…1.
    public var herfindahlIndex: Double
    /// Accounts in tier 1.
    public var keyAccountCount: Int
    /// Tier (1…) of each account index.
    public var tierOfAccount: [Int]

    public init(segments: [Segment], topFifthShare: Double, herfindahlIndex: Double, keyAccountCount: Int, tierOfAccount: [Int]) {
        self.segments = segments
        self.topFifthShare = topFifthShare
        self.herfindahlIndex = herfindahlIndex
        self.keyAccountCount = keyAccountCount
        self.tierOfAccount = tierOfAccount
    }
}

extension Segmentation {
    /// Highest tier number in use, at least 1.
    public var tierCount: Int { max(1, tierOfAccount.max() ?? 1) }

    /// With this many key accounts a department of its own is due (behaviour B4).
    public static let departmentThreshold = 20

    public var needsOwnDepartment: Bool { keyAccountCount >= Segmentation.departmentThreshold }
}
