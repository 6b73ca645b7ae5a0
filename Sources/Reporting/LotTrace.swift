import PlanModel

/// A quantity on its way through the plan, from one origin to one end.
package struct TracedLot: Hashable {
    /// nil = opening stock or goods in transit.
    package var line: Int?
    /// Bucket it was made in.
    package var made: Int?
    /// Where opening stock lay, or goods in transit arrived; nil for goods made.
    package var origin: Place?
    /// Bucket in which goods without a line came in: 0 for opening stock, arrival for goods in transit.
    package var availableFrom: Int
    package var moves: [LotMove]
    package var quantity: Double
    /// Last bucket it may be served in; `Int.max` = keeps.
    package var lastBucket: Int
}

package struct LotMove: Hashable {
    package var lane: Int
    /// Dispatch.
    package var bucket: Int
    package var arrives: Int
}

/// What became of a lot: served to an account, or still lying at it at the end.
package struct LotUse {
    package var account: Int
    package var product: Int
    /// Bucket it was served in; nil = still in the account's stock at the end of the horizon.
    package var served: Int?
    package var lot: TracedLot
    package var quantity: Double
}

/// Follows every unit of a plan from where it came into being to the account that got it.
///
/// Movements take the lots that the plan names (`Plan.lots`). Otherwise lots leave a place oldest first; of goods that perish, those with the earliest last
/// day first. That is a convention, not a decision of the plan, which fixes quantities then, not which unit is which.
///
/// - Complexity: O(rows of the plan · lots in one place).
package func tracedLots(_ package: DataPackage, plan: Plan) -> [LotUse] {
    var trace = LotTrace(package)
    trace.run(plan)
    return trace.uses
}

private struct LotTrace {
    let package: DataPackage
    /// Lots at [place × product], sites before accounts, in the order they will leave.
    private var lots: [[TracedLot]]
    /// Lots that arrive later, by bucket: (place, product, lot).
    private var arriving: [[(slot: Int, product: Int, lot: TracedLot)]]
    /// Sites in an order in which lanes without lead time go forward.
    private let siteOrder: [Int]
    private(set) var uses: [LotUse] = []

    init(_ package: DataPackage) {
        self.package = package
        lots = [[TracedLot]](repeating: [], count: (package.sites.count + package.accounts.count) * package.products.count)
        arriving = [[(slot: Int, product: Int, lot: TracedLot)]](repeating: [], count: package.horizon.count)
        siteOrder = LotTrace.siteOrder(package)
    }

    /// Kahn's order over lanes without lead time; sites on a circle of such lanes come last, by index.
    private static func siteOrder(_ package: DataPackage) -> [Int] {
        var incoming = [Int](repeating: 0, count: package.sites.count)
        var onward = [[Int]](repeating: [], count: package.sites.count)
        for lane in package.lanes where lane.leadTime == 0 {
            guard case .site(let site) = lane.to, site != lane.from else { continue }
            incoming[site] += 1
            onward[lane.from].append(site)
        }
        var order: [Int] = []
        var ready = package.sites.indices.filter { incoming[$0] == 0 }
        while let site = ready.first {
            ready.removeFirst()
            order.append(site)
            for next in onward[site] {
                incoming[next] -= 1
                if incoming[next] == 0 { ready.append(next) }
            }
        }
        let ordered = Set(order)
        return order + package.sites.indices.filter { !ordered.contains($0) }
    }

    private func slot(_ place: Place, _ product: Int) -> Int {
        switch place {
        case .site(let site): site * package.products.count + product
        case .account(let account): (package.sites.count + account) * package.products.count + product
        }
    }

    private mutating func put(_ lot: TracedLot, at slot: Int) {
        var position = lots[slot].count
        while position > 0 && lots[slot][position - 1].lastBucket > lot.lastBucket { position -= 1 }
        lots[slot].insert(lot, at: position)
    }

    /// Takes up to `quantity` of the lots with these last buckets from the front; less where the plan moves what is not there.
    private mutating func take(_ quantity: Double, from slot: Int, lasting wanted: ClosedRange<Int> = 0...Int.max) -> [TracedLot] {
        // Below a billionth of a unit is rounding of sums.
        let noise = 1e-9
        var left = quantity
        var taken: [TracedLot] = []
        // They stand by rising last bucket.
        let first = lots[slot].firstIndex { $0.lastBucket >= wanted.lowerBound } ?? lots[slot].count
        var used = first
        while left > noise, used < lots[slot].count, lots[slot][used].lastBucket <= wanted.upperBound {
            var lot = lots[slot][used]
            if lot.quantity <= left + noise {
                left -= lot.quantity
                taken.append(lot)
                used += 1
            } else {
                lots[slot][used].quantity -= left
                lot.quantity = left
                left = 0
                taken.append(lot)
            }
        }
        lots[slot].removeSubrange(first..<used)
        return taken
    }

    /// What a movement takes: the lots the plan names, and what they leave of it from the front.
    private mutating func take(_ row: MovementRow, named: [LotRow]) -> [TracedLot] {
        let place = slot(.site(package.lanes[row.lane].from), row.product)
        var taken: [TracedLot] = []
        for lot in named {
            taken += take(lot.quantity, from: place, lasting: lot.serveBy.map { $0...$0 } ?? package.horizon.count...Int.max)
        }
        return taken + take(row.quantity - taken.reduce(0) { $0 + $1.quantity }, from: place)
    }

    mutating func run(_ plan: Plan) {
        let horizon = package.horizon
        for row in package.stock where row.quantity > 0 {
            let last = row.expires.map { horizon.bucket(of: $0) } ?? Int.max
            guard last >= 0 else { continue }
            put(
                TracedLot(line: nil, made: nil, origin: row.place, availableFrom: 0, moves: [], quantity: row.quantity, lastBucket: last),
                at: slot(row.place, row.product))
        }
        for row in package.inTransit where row.quantity > 0 && row.bucket < horizon.count {
            let bucket = max(0, row.bucket)
            let lot = TracedLot(
                line: nil, made: nil, origin: row.place, availableFrom: bucket, moves: [], quantity: row.quantity, lastBucket: Int.max)
            arriving[bucket].append((slot(row.place, row.product), row.product, lot))
        }
        let production = grouped(plan.production) { $0.bucket }
        let expired = grouped(plan.expired) { $0.bucket }
        let accountPlan = grouped(plan.accountPlan) { $0.bucket }
        let movements = grouped(plan.movements) { $0.bucket }
        let named = grouped(plan.lots) { $0.bucket }
        for bucket in horizon.buckets {
            for arrival in arriving[bucket] { put(arrival.lot, at: arrival.slot) }
            arriving[bucket] = []
            for row in production[bucket] where row.quantity > 0 {
                let last = package.products[row.product].shelfLife.map { bucket + $0 } ?? Int.max
                let lot = TracedLot(
                    line: row.line, made: bucket, origin: nil, availableFrom: bucket, moves: [], quantity: row.quantity, lastBucket: last)
                put(lot, at: slot(.site(package.lines[row.line].site), row.product))
            }
            move(movements[bucket], named: named[bucket], in: bucket)
            for row in accountPlan[bucket] where row.served > 0 {
                for lot in take(row.served, from: slot(.account(row.account), row.product)) {
                    uses.append(LotUse(account: row.account, product: row.product, served: bucket, lot: lot, quantity: lot.quantity))
                }
            }
            for row in expired[bucket] { _ = take(row.quantity, from: slot(row.place, row.product)) }
        }
        for account in package.accounts.indices {
            for product in package.products.indices {
                for lot in lots[slot(.account(account), product)] {
                    uses.append(LotUse(account: account, product: product, served: nil, lot: lot, quantity: lot.quantity))
                }
            }
        }
    }

    private mutating func move(_ rows: [MovementRow], named: [LotRow], in bucket: Int) {
        let lotsOfMove = Dictionary(grouping: named) { MoveKey(lane: $0.lane, product: $0.product) }
        var bySite = [[MovementRow]](repeating: [], count: package.sites.count)
        for row in rows where row.quantity > 0 { bySite[package.lanes[row.lane].from].append(row) }
        for site in siteOrder {
            for row in bySite[site] {
                let lane = package.lanes[row.lane]
                for var lot in take(row, named: lotsOfMove[MoveKey(lane: row.lane, product: row.product)] ?? []) {
                    lot.moves.append(LotMove(lane: row.lane, bucket: bucket, arrives: row.arrives))
                    if row.arrives <= bucket {
                        put(lot, at: slot(lane.to, row.product))
                    } else if row.arrives < arriving.count {
                        arriving[row.arrives].append((slot(lane.to, row.product), row.product, lot))
                    }
                }
            }
        }
    }

    private struct MoveKey: Hashable {
        var lane: Int
        var product: Int
    }

    private func grouped<Row>(_ rows: [Row], by bucket: (Row) -> Int) -> [[Row]] {
        var groups = [[Row]](repeating: [], count: package.horizon.count)
        for row in rows where package.horizon.buckets.contains(bucket(row)) { groups[bucket(row)].append(row) }
        return groups
    }
}

/// Which line, bucket and lanes each served unit came through (pegging.csv), rising by (account, product, bucket).
///
/// Which lots: see ``tracedLots(_:plan:)``. Rows of a cell with the same line, bucket and lanes are one.
public func pegging(_ package: DataPackage, plan: Plan) -> [PeggingRow] {
    var rows: [PeggingRow] = []
    for use in tracedLots(package, plan: plan) {
        guard let served = use.served else { continue }
        rows.append(
            PeggingRow(
                account: use.account, product: use.product, bucket: served, quantity: use.quantity, line: use.lot.line, made: use.lot.made,
                lanePath: use.lot.moves.map(\.lane)))
    }
    func precedes(_ a: PeggingRow, _ b: PeggingRow) -> Bool {
        let left = (a.account, a.product, a.bucket, a.made ?? -1, a.line ?? -1)
        let right = (b.account, b.product, b.bucket, b.made ?? -1, b.line ?? -1)
        return left == right ? a.lanePath.lexicographicallyPrecedes(b.lanePath) : left < right
    }
    rows.sort(by: precedes)
    var merged: [PeggingRow] = []
    for row in rows {
        if let last = merged.last, !precedes(last, row) {
            merged[merged.count - 1].quantity += row.quantity
        } else {
            merged.append(row)
        }
    }
    return merged
}
