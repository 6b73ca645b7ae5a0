import PlanModel

/// The units of one product on their way through places and buckets, with the last bucket in which each of them may be served.
///
/// A node is a place in a bucket; an arc carries what the plan says in total (stock kept, a movement, units served or taken off) without
/// saying which lots. The question of shelf life is whether lots can be put on the arcs so that nothing is served, kept or dispatched past
/// its last bucket, and nothing is taken off before it is past it.
struct LotNetwork {
    enum Kind: Hashable {
        /// Kept from this bucket into the next, or left at the end.
        case stock
        case move
        case serve
        /// Taken off at the end of the bucket.
        case expire
    }

    struct Arc {
        var kind: Kind
        var from: Int
        /// nil = leaves the network.
        var to: Int?
        var bucket: Int
        var quantity: Double
        /// What the plan says a movement takes of each last bucket; empty where it says nothing.
        var lots: [(last: Int, quantity: Double)] = []
    }

    let bucketCount: Int
    var places: [Place] = []
    var arcs: [Arc] = []
    /// Arcs out of each node.
    var outgoing: [[Int]] = []
    /// New units by node and last bucket, shape [nodes × (T + 1)]; the last column keeps through the horizon.
    var supply: [Double] = []

    var nodeCount: Int { places.count * bucketCount }
    var classCount: Int { bucketCount + 1 }

    func bucket(ofNode node: Int) -> Int { node % bucketCount }

    func place(ofNode node: Int) -> Place { places[node / bucketCount] }

    /// Whether a lot whose last bucket is `last` may be on an arc.
    func allows(_ arc: Arc, last: Int) -> Bool {
        switch arc.kind {
        case .stock: last > arc.bucket
        case .move, .serve: last >= arc.bucket
        case .expire: last <= arc.bucket
        }
    }

    /// Total supply that may be served up to and including bucket `last`.
    func supply(upTo last: Int) -> Double {
        (0..<nodeCount).reduce(0) { sum, node in (0...last).reduce(sum) { $0 + supply[node * classCount + $1] } }
    }
}

extension Ledger {
    /// The network of a product; nil when none of it can expire and none is taken off.
    func lotNetwork(ofProduct product: Int, rows: LotRows) -> LotNetwork? {
        let life = package.products[product].shelfLife
        let dated = rows.stock.contains { lastBucket(of: $0) < bucketCount && lastBucket(of: $0) >= 0 }
        guard bucketCount > 0, (life != nil && !rows.production.isEmpty) || dated || !rows.expired.isEmpty else { return nil }
        var network = LotNetwork(bucketCount: bucketCount)
        var nodes: [Place: Int] = [:]
        for site in package.sites.indices {
            nodes[.site(site)] = network.places.count
            network.places.append(.site(site))
        }
        for pair in rows.pairs {
            nodes[.account(pairs[pair].account)] = network.places.count
            network.places.append(.account(pairs[pair].account))
        }
        network.outgoing = [[Int]](repeating: [], count: network.nodeCount)
        network.supply = [Double](repeating: 0, count: network.nodeCount * network.classCount)
        func node(_ place: Place, _ t: Int) -> Int? { nodes[place].map { $0 * bucketCount + t } }
        func add(
            _ kind: LotNetwork.Kind, _ place: Place, _ t: Int, to: Int?, _ quantity: Double, lots: [(last: Int, quantity: Double)] = []
        ) {
            guard quantity > 0, let from = node(place, t) else { return }
            network.outgoing[from].append(network.arcs.count)
            network.arcs.append(LotNetwork.Arc(kind: kind, from: from, to: to, bucket: t, quantity: quantity, lots: lots))
        }
        func supply(_ place: Place, _ t: Int, last: Int, _ quantity: Double) {
            guard let node = node(place, t) else { return }
            network.supply[node * network.classCount + last] += quantity
        }
        for row in rows.stock where lastBucket(of: row) >= 0 { supply(row.place, 0, last: lastBucket(of: row), row.quantity) }
        for row in rows.inTransit where row.bucket < bucketCount { supply(row.place, max(0, row.bucket), last: bucketCount, row.quantity) }
        for row in rows.production {
            let last = life.map { min(bucketCount, row.bucket + $0) } ?? bucketCount
            supply(.site(package.lines[row.line].site), row.bucket, last: last, max(0, row.quantity))
        }
        var lotsOfMove: [MoveKey: [(last: Int, quantity: Double)]] = [:]
        for row in rows.lots {
            lotsOfMove[MoveKey(lane: row.lane, bucket: row.bucket), default: []].append((row.serveBy ?? bucketCount, row.quantity))
        }
        for row in rows.movements {
            let lane = package.lanes[row.lane]
            let arrival = row.bucket + lane.leadTime
            add(
                .move, .site(lane.from), row.bucket, to: arrival < bucketCount ? node(lane.to, arrival) : nil, row.quantity,
                lots: lotsOfMove[MoveKey(lane: row.lane, bucket: row.bucket)] ?? [])
        }
        for site in package.sites.indices {
            for t in 0..<bucketCount {
                add(.stock, .site(site), t, to: t + 1 < bucketCount ? node(.site(site), t + 1) : nil, siteStock[siteCell(site, product, t)])
                add(.expire, .site(site), t, to: nil, siteExpired[siteCell(site, product, t)])
            }
        }
        for pair in rows.pairs {
            let place = Place.account(pairs[pair].account)
            for t in 0..<bucketCount {
                add(.serve, place, t, to: nil, served[cell(pair, t)])
                add(.stock, place, t, to: t + 1 < bucketCount ? node(place, t + 1) : nil, stock[cell(pair, t)])
                add(.expire, place, t, to: nil, taken[cell(pair, t)])
            }
        }
        return network
    }

    /// The rows that speak of each product.
    func lotRows() -> [LotRows] {
        var rows = [LotRows](repeating: LotRows(), count: package.products.count)
        for row in package.stock { rows[row.product].stock.append(row) }
        for row in package.inTransit { rows[row.product].inTransit.append(row) }
        for row in production { rows[row.product].production.append(row) }
        for row in movements { rows[row.product].movements.append(row) }
        for row in expired { rows[row.product].expired.append(row) }
        for row in lots { rows[row.product].lots.append(row) }
        for (position, pair) in pairs.enumerated() { rows[pair.product].pairs.append(position) }
        return rows
    }
}

/// A movement of one product.
struct MoveKey: Hashable {
    var lane: Int
    var bucket: Int
}

/// Rows of one product.
struct LotRows {
    var stock: [StockRow] = []
    var inTransit: [InTransitRow] = []
    var production: [ProductionRow] = []
    var movements: [MovementRow] = []
    var expired: [ExpiryRow] = []
    var lots: [LotRow] = []
    /// Positions in ``Ledger/pairs``.
    var pairs: [Int] = []
}
