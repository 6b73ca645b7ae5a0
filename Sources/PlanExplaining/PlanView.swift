import PlanModel
import Reporting

/// A plan with what is needed to talk about it: from a run in memory or from the files of a plan folder.
public struct PlanView: Sendable {
    /// The package the plan belongs to; of a plan folder read alone only its ids and its horizon.
    public var package: DataPackage
    public var plan: Plan
    public var segmentation: Segmentation
    /// Use of every finite capacity; empty where the folder has no resources.csv.
    public var resources: [ResourceRow]
    public var shortages: [ShortageRow]
    /// SHA-256 of the files the plan was made from.
    public var inputHashes: [String: String]
    /// Money value of each account's lost sales; nil where nothing tells it.
    public var lostValues: [Double]?
    /// nil where nothing tells it.
    public var costs: CostSplit?

    public init(
        package: DataPackage, plan: Plan, segmentation: Segmentation, resources: [ResourceRow] = [], shortages: [ShortageRow] = [],
        inputHashes: [String: String] = [:], lostValues: [Double]? = nil, costs: CostSplit? = nil
    ) {
        self.package = package
        self.plan = plan
        self.segmentation = segmentation
        self.resources = resources
        self.shortages = shortages
        self.inputHashes = inputHashes
        self.lostValues = lostValues
        self.costs = costs
    }

    /// A finished run.
    public init(_ result: PlanResult, package: DataPackage, keyFigures: KeyFigures) {
        self.init(
            package: package, plan: result.allocation.plan, segmentation: result.segmentation, resources: result.allocation.resources,
            shortages: result.shortages, inputHashes: package.inputHashes, lostValues: keyFigures.accounts.map(\.lostValue),
            costs: keyFigures.cost)
    }
}

extension PlanView {
    /// First day of a bucket as `YYYY-MM-DD`.
    func day(_ bucket: Int) -> String { package.horizon.firstDay(of: bucket).description }

    /// The id of what a row of resources.csv is about.
    func resourceID(_ row: ResourceRow) -> String { package.resourceID(row.kind, row.resource) }
}

extension DataPackage {
    /// The id of a capacity's line, lane, pool, site, material or account.
    func resourceID(_ kind: ResourceKind, _ resource: Int) -> String {
        switch kind {
        case .hours, .overtime: lines[resource].id
        case .lane: lanes[resource].id
        case .pool: pools[resource].id
        case .storage: sites[resource].id
        case .material: materials[resource]
        case .accountStock: accounts[resource].id
        }
    }
}

/// Demand and what became of it, product units.
public struct ServiceSum: Hashable, Sendable, Encodable {
    public var demand = 0.0
    public var served = 0.0
    public var lost = 0.0
    /// Still owed at the end of the horizon.
    public var backlog = 0.0

    public init() {}

    mutating func add(_ row: AccountPlanRow, lastBucket: Int) {
        demand += row.demand
        served += row.served
        lost += row.lost
        if row.bucket == lastBucket { backlog += row.backlog }
    }

    /// Served / demanded, 0…1; 1 where nothing is demanded.
    public var fillRate: Double { demand > 0 ? served / demand : 1 }
    /// Units a customer asked for and does not get inside the horizon.
    public var missing: Double { lost + backlog }
}
