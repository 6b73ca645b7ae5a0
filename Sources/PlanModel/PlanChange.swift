/// How a change alters a number.
public enum ChangeAmount: Hashable, Sendable {
    case set(Double)
    case add(Double)
    case multiply(Double)

    public func applied(to value: Double) -> Double {
        switch self {
        case .set(let new): new
        case .add(let more): value + more
        case .multiply(let factor): value * factor
        }
    }
}

/// One change of a package that a plan is asked about ("what if …"), ids already turned into indices.
public struct PlanChange: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The forecast of every cell picked out, orders apart; nil = all. Units.
        case demand(account: Int?, product: Int?, buckets: Range<Int>, ChangeAmount)
        case capacity(CapacityKind, resource: Int, buckets: Range<Int>, ChangeAmount)
        /// Buckets.
        case leadTime(lane: Int, ChangeAmount)
        /// From a day on; nil account = all.
        case price(product: Int, account: Int?, from: CalendarDate, ChangeAmount)
        /// Puts a promise in the place of the one with the same id, or beside the others.
        case promise(Guarantee)
        case withdrawPromise(Int)
        case tier(account: Int, Int)
        case event(Event)
        /// Stock on hand at the start.
        case stock(Place, product: Int, ChangeAmount)
        /// Receipts of a material.
        case material(site: Int, material: Int, bucket: Int, ChangeAmount)
    }

    public var kind: Kind
    /// As the planner wrote it.
    public var text: String

    public init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }
}
