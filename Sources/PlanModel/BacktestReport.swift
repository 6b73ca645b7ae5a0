/// Errors of a forecast over some cells (pair × bucket × origin), kept as sums so that groups can be put together.
///
/// Measures as in Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., chapter 5.8-5.9.
public struct ErrorSums: Hashable, Sendable {
    /// Number of cells.
    public var count = 0.0
    /// Σ y, Σ |f − y| and Σ (f − y), in units.
    public var actual = 0.0
    public var absolute = 0.0
    public var signed = 0.0
    /// Σ |f − y| / scale and their number; scale is the pair's mean absolute seasonal step before the origin.
    public var scaled = 0.0
    public var scaledCount = 0.0
    /// Σ over cells of the mean pinball loss of the quantiles, in units; cells inside the outermost quantiles; cells with quantiles.
    public var pinball = 0.0
    public var inside = 0.0
    public var quantileCount = 0.0

    public init() {}

    /// Σ|f − y| / Σ y; nil where nothing was sold.
    public var wape: Double? { actual > 0 ? absolute / actual : nil }
    /// Σ(f − y) / Σ y: above 0 = forecast too high.
    public var bias: Double? { actual > 0 ? signed / actual : nil }
    /// Mean scaled error.
    public var mase: Double? { scaledCount > 0 ? scaled / scaledCount : nil }
    /// Pinball loss over Σ y.
    public var relativePinball: Double? { actual > 0 && quantileCount > 0 ? pinball / actual : nil }
    /// Share of actuals between the outermost quantiles.
    public var coverage: Double? { quantileCount > 0 ? inside / quantileCount : nil }

    public static func + (a: ErrorSums, b: ErrorSums) -> ErrorSums {
        var sum = a
        sum.count += b.count
        sum.actual += b.actual
        sum.absolute += b.absolute
        sum.signed += b.signed
        sum.scaled += b.scaled
        sum.scaledCount += b.scaledCount
        sum.pinball += b.pinball
        sum.inside += b.inside
        sum.quantileCount += b.quantileCount
        return sum
    }
}

/// The steps a forecast goes through, in order; each should add value.
public struct StepErrors: Hashable, Sendable {
    /// Last season's value of the same bucket.
    public var naive = ErrorSums()
    /// Our forecast.
    public var model = ErrorSums()
    /// After overrides, where there were any.
    public var final = ErrorSums()

    public init() {}
}

/// What a backtest is broken down by.
public enum BacktestDimension: String, Hashable, Sendable, CaseIterable { case all, tier, family, account, horizon, origin }

public struct BacktestGroup: Hashable, Sendable {
    public var dimension: BacktestDimension
    /// Tier number, family, account id, step ahead, first day of the origin; empty for all.
    public var name: String
    public var errors: StepErrors

    public init(dimension: BacktestDimension, name: String, errors: StepErrors) {
        self.dimension = dimension
        self.name = name
        self.errors = errors
    }
}

/// What one person's overrides did to the forecast, on the cells they changed.
public struct AuthorValue: Hashable, Sendable {
    public var author: String
    public var errors: StepErrors

    public init(author: String, errors: StepErrors) {
        self.author = author
        self.errors = errors
    }

    /// WAPE before less WAPE after: above 0 = the overrides helped.
    public var gain: Double? {
        guard let before = errors.model.wape, let after = errors.final.wape else { return nil }
        return before - after
    }
}

/// One origin's forecast of the whole business beside what came.
public struct BacktestPath: Hashable, Sendable {
    /// First bucket forecast, < 0.
    public var origin: Int
    /// Σ over pairs, shape [h]; NaN where nothing is known.
    public var actual: [Double]
    public var naive: [Double]
    public var model: [Double]
    public var final: [Double]

    public init(origin: Int, actual: [Double], naive: [Double], model: [Double], final: [Double]) {
        self.origin = origin
        self.actual = actual
        self.naive = naive
        self.model = model
        self.final = final
    }
}

/// How good the forecast would have been: made again at earlier origins, each time from nothing but what was known there.
public struct BacktestReport: Hashable, Sendable {
    /// First bucket of each origin, rising, < 0.
    public var origins: [Int]
    /// Buckets ahead at most.
    public var horizon: Int
    /// All, then by dimension in the order of ``BacktestDimension``, names in their natural order.
    public var groups: [BacktestGroup]
    /// Rising by name.
    public var authors: [AuthorValue]
    public var paths: [BacktestPath]
    /// Outermost quantiles asked for, e.g. 0.1 and 0.9.
    public var lowest: Double
    public var highest: Double

    public init(
        origins: [Int], horizon: Int, groups: [BacktestGroup], authors: [AuthorValue], paths: [BacktestPath], lowest: Double,
        highest: Double
    ) {
        self.origins = origins
        self.horizon = horizon
        self.groups = groups
        self.authors = authors
        self.paths = paths
        self.lowest = lowest
        self.highest = highest
    }

    public var overall: StepErrors { groups.first { $0.dimension == .all }?.errors ?? StepErrors() }

    public func groups(by dimension: BacktestDimension) -> [BacktestGroup] { groups.filter { $0.dimension == dimension } }
}
