/// Everything one planning run found out; the files of a plan folder are written from it.
public struct PlanResult: Hashable, Sendable {
    public var segmentation: Segmentation
    public var forecast: Forecast
    public var demand: PlannedDemand
    public var bands: StockBandTable
    public var allocation: AllocationOutcome
    /// Rising by (bucket, account, product), causes of a cell largest first.
    public var shortages: [ShortageRow]
    public var pegging: [PeggingRow]

    public init(
        segmentation: Segmentation, forecast: Forecast, demand: PlannedDemand, bands: StockBandTable, allocation: AllocationOutcome,
        shortages: [ShortageRow] = [], pegging: [PeggingRow] = []
    ) {
        self.segmentation = segmentation
        self.forecast = forecast
        self.demand = demand
        self.bands = bands
        self.allocation = allocation
        self.shortages = shortages
        self.pegging = pegging
    }
}

/// A step of long work: what is going on, and the share done in 0…1 where it is known.
public struct ProgressStep: Hashable, Sendable {
    public var activity: String
    public var share: Double?

    public init(_ activity: String, share: Double? = nil) {
        self.activity = activity
        self.share = share
    }
}

/// Called now and then from the calling thread while work goes on.
public typealias ProgressHandler = (ProgressStep) -> Void
