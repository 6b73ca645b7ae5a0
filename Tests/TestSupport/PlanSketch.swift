import PlanModel

/// Turns decisions written by hand into a whole plan: stocks, hours, arrivals, losses, backlogs and band distances follow from them.
///
///     let plan = PlanSketch(small).make("L", [100, 100, 100, 100, 100, 100]).move("PL-A", [50, 50, 50, 150, 150, 150]).plan()
///
/// An account serves what it has, as far as there is demand (and backlog); what it cannot serve is lost, or waits as long as its backorder
/// limit lets it. `serve` and `expire` replace this. Nothing is checked: a sketch of a bad plan gives that bad plan.
public final class PlanSketch {
    let small: SmallPackage
    var made: [Key: [Double]] = [:]
    var moved: [Key: [Double]] = [:]
    var served: [Key: [Double]] = [:]
    var expired: [PlaceKey: [Double]] = [:]

    struct Key: Hashable {
        var resource: Int
        var product: Int
    }

    struct PlaceKey: Hashable {
        var place: Place
        var product: Int
    }

    public init(_ small: SmallPackage) { self.small = small }

    /// Units made on a line, from bucket 0 on; shorter series end in zeros.
    @discardableResult
    public func make(_ line: String, _ product: String, _ series: [Double]) -> PlanSketch {
        made[Key(resource: index(of: line, in: small.package.lines.map(\.id)), product: productIndex(product))] = padded(series)
        return self
    }

    /// Units dispatched on a lane.
    @discardableResult
    public func move(_ lane: String, _ product: String, _ series: [Double]) -> PlanSketch {
        moved[Key(resource: index(of: lane, in: small.package.lanes.map(\.id)), product: productIndex(product))] = padded(series)
        return self
    }

    /// Units served, in place of all that can be.
    @discardableResult
    public func serve(_ account: String, _ product: String, _ series: [Double]) -> PlanSketch {
        served[Key(resource: index(of: account, in: small.package.accounts.map(\.id)), product: productIndex(product))] = padded(series)
        return self
    }

    /// Units taken off at the end of a bucket because they are past their last day.
    @discardableResult
    public func expire(at place: String, _ product: String, _ series: [Double]) -> PlanSketch {
        let site = small.package.sites.firstIndex { $0.id == place }
        let key = site.map(Place.site) ?? .account(index(of: place, in: small.package.accounts.map(\.id)))
        expired[PlaceKey(place: key, product: productIndex(product))] = padded(series)
        return self
    }

    /// The same for product `P`.
    @discardableResult
    public func make(_ line: String, _ series: [Double]) -> PlanSketch { make(line, "P", series) }

    @discardableResult
    public func move(_ lane: String, _ series: [Double]) -> PlanSketch { move(lane, "P", series) }

    @discardableResult
    public func serve(_ account: String, _ series: [Double]) -> PlanSketch { serve(account, "P", series) }

    @discardableResult
    public func expire(at place: String, _ series: [Double]) -> PlanSketch { expire(at: place, "P", series) }

    /// All rows, rising by their keys, all-zero rows left out.
    public func plan() -> Plan {
        let package = small.package
        let count = package.horizon.count
        var plan = Plan()
        var flow: [PlaceKey: [Double]] = [:]  // what comes in less what goes out, but for serving
        func add(_ quantity: Double, at place: Place, _ product: Int, _ t: Int) {
            guard t < count else { return }
            flow[PlaceKey(place: place, product: product), default: [Double](repeating: 0, count: count)][t] += quantity
        }
        for row in package.stock {
            let isPast = row.expires.map { package.horizon.bucket(of: $0) < 0 } ?? false
            if !isPast { add(row.quantity, at: row.place, row.product, 0) }
        }
        for row in package.inTransit { add(row.quantity, at: row.place, row.product, row.bucket) }
        for (key, series) in expired { for t in 0..<count { add(-series[t], at: key.place, key.product, t) } }

        for line in package.lines.indices {
            let regular = package.capacities(.hours, of: line)
            for t in 0..<count {
                var used = 0.0
                for product in package.products.indices {
                    guard let quantity = made[Key(resource: line, product: product)]?[t], quantity != 0 else { continue }
                    let row = package.lineProducts.first { $0.line == line && $0.product == product }
                    let hours = quantity / (row?.rate ?? 1) + (row?.setupHours ?? 0)
                    used += hours
                    plan.production.append(ProductionRow(bucket: t, line: line, product: product, quantity: quantity, hours: hours))
                    add(quantity, at: .site(package.lines[line].site), product, t)
                }
                if regular[t] != 0 || used != 0 {
                    plan.lineUse.append(
                        LineUseRow(bucket: t, line: line, hours: regular[t], hoursUsed: used, overtimeUsed: Swift.max(0, used - regular[t]))
                    )
                }
            }
        }
        for (index, lane) in package.lanes.enumerated() {
            for product in package.products.indices {
                guard let series = moved[Key(resource: index, product: product)] else { continue }
                for t in 0..<count where series[t] != 0 {
                    plan.movements.append(
                        MovementRow(bucket: t, lane: index, product: product, quantity: series[t], arrives: t + lane.leadTime))
                    add(-series[t], at: .site(lane.from), product, t)
                    add(series[t], at: lane.to, product, t + lane.leadTime)
                }
            }
        }
        for site in package.sites.indices {
            for product in package.products.indices {
                var stock = 0.0
                for t in 0..<count {
                    stock += flow[PlaceKey(place: .site(site), product: product)]?[t] ?? 0
                    if stock != 0 { plan.siteStock.append(SiteStockRow(bucket: t, site: site, product: product, quantity: stock)) }
                }
            }
        }
        for account in package.accounts.indices {
            for product in package.products.indices {
                plan.accountPlan += accountRows(account, product, flow[PlaceKey(place: .account(account), product: product)])
            }
        }
        for (key, series) in expired {
            for t in 0..<count where series[t] != 0 {
                plan.expired.append(ExpiryRow(bucket: t, place: key.place, product: key.product, quantity: series[t]))
            }
        }
        return plan.sorted()
    }

    private func accountRows(_ account: Int, _ product: Int, _ flow: [Double]?) -> [AccountPlanRow] {
        let count = small.package.horizon.count
        let pair = small.demand.pairs.firstIndex(of: Pair(account: account, product: product))
        let demand = pair.map { Array(small.demand.quantity.row($0)) } ?? [Double](repeating: 0, count: count)
        let wanted = served[Key(resource: account, product: product)]
        let patience = small.package.accounts[account].backorderBuckets
        var stock = 0.0
        var backlog = 0.0
        var rows: [AccountPlanRow] = []
        for t in 0..<count {
            stock += flow?[t] ?? 0
            let due = demand[t] + backlog
            let serve = wanted?[t] ?? Swift.max(0, Swift.min(due, stock))
            stock -= serve
            let limit = patience == 0 ? 0 : demand[Swift.max(0, t - patience + 1)...t].reduce(0, +)
            let lost = Swift.max(0, due - serve - limit)
            backlog = due - serve - lost
            let low = pair.map { small.bands.min[$0, t] } ?? 0
            let high = pair.map { small.bands.max[$0, t] } ?? .infinity
            let row = AccountPlanRow(
                bucket: t, account: account, product: product, demand: demand[t], served: serve, lost: lost, backlog: backlog, stock: stock,
                under: Swift.max(0, low - stock), over: Swift.max(0, stock - high))
            if [row.demand, row.served, row.lost, row.backlog, row.stock, row.under, row.over].contains(where: { $0 != 0 }) {
                rows.append(row)
            }
        }
        return rows
    }

    private func padded(_ series: [Double]) -> [Double] {
        precondition(series.count <= small.package.horizon.count, "more decisions than buckets")
        return series + [Double](repeating: 0, count: small.package.horizon.count - series.count)
    }

    private func productIndex(_ id: String) -> Int { index(of: id, in: small.package.products.map(\.id)) }

    private func index(of id: String, in ids: [String]) -> Int {
        guard let index = ids.firstIndex(of: id) else { preconditionFailure("no \"\(id)\" in the package") }
        return index
    }
}

extension Plan {
    /// Every table rising by its key columns.
    public func sorted() -> Plan {
        func place(_ place: Place) -> (Int, Int) {
            switch place {
            case .site(let site): (0, site)
            case .account(let account): (1, account)
            }
        }
        var plan = self
        plan.production.sort { ($0.bucket, $0.line, $0.product) < ($1.bucket, $1.line, $1.product) }
        plan.lineUse.sort { ($0.bucket, $0.line) < ($1.bucket, $1.line) }
        plan.movements.sort { ($0.bucket, $0.lane, $0.product) < ($1.bucket, $1.lane, $1.product) }
        plan.siteStock.sort { ($0.bucket, $0.site, $0.product) < ($1.bucket, $1.site, $1.product) }
        plan.accountPlan.sort { ($0.bucket, $0.account, $0.product) < ($1.bucket, $1.account, $1.product) }
        plan.expired.sort {
            let (a, b) = (place($0.place), place($1.place))
            return ($0.bucket, a.0, a.1, $0.product) < ($1.bucket, b.0, b.1, $1.product)
        }
        return plan
    }
}
