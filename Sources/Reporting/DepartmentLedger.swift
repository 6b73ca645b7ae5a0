import PlanModel

/// The figures of the four department reports: the plan's rows, rounded once and together.
///
/// Each product's season is a flow: making, stock on hand and goods in transit run through sites, lanes and accounts to what is served, expires or
/// is left. ``WholeFlow`` rounds it as one, so every balance that the plan's rows keep is kept to the unit by the reports, and each of their cells
/// is the next whole number below or above the plan's.
///
/// - Complexity: about the number of the plan's rows times the length of the longest way of a unit.
public func departmentFigures(_ package: DataPackage, result: PlanResult) -> DepartmentFigures {
    let plan = result.allocation.plan
    let products = package.products.count
    func byProduct<Row>(_ rows: [Row], _ product: (Row) -> Int, _ bucket: (Row) -> Int) -> [[Row]] {
        var sorted = [[Row]](repeating: [], count: products)
        for row in rows where package.horizon.buckets.contains(bucket(row)) { sorted[product(row)].append(row) }
        return sorted
    }
    let production = byProduct(plan.production, \.product, \.bucket)
    let movements = byProduct(plan.movements, \.product, \.bucket)
    let siteStock = byProduct(plan.siteStock, \.product, \.bucket)
    let service = byProduct(plan.accountPlan, \.product, \.bucket)
    let expired = byProduct(plan.expired, \.product, \.bucket)
    let inTransit = byProduct(package.inTransit, \.product, \.bucket)
    let status = productStatus(package, result: result)
    var figures = DepartmentFigures()
    for product in 0..<products {
        var flow = ProductFlow(package, product: product, service: service[product], movements: movements[product])
        flow.add(
            production[product], movements[product], siteStock[product], service[product], expired[product], inTransit[product])
        flow.write(to: &figures, status: status[product], tierOf: { result.segmentation.tier(of: $0) })
    }
    figures.production.sort { ($0.bucket, $0.line, $0.product) < ($1.bucket, $1.line, $1.product) }
    figures.products.sort { ($0.bucket, $0.product) < ($1.bucket, $1.product) }
    figures.transport.sort { ($0.bucket, $0.lane, $0.product) < ($1.bucket, $1.lane, $1.product) }
    figures.marketing.sort { ($0.bucket, $0.account, $0.product) < ($1.bucket, $1.account, $1.product) }
    return figures
}

/// New, running or ending, for each product.
func productStatus(_ package: DataPackage, result: PlanResult) -> [ProductStatus] {
    let count = package.horizon.count
    let tail = count - count / 4
    var wanted = [Bool](repeating: false, count: package.products.count)
    var wantedLate = wanted
    for row in result.allocation.plan.accountPlan where row.demand > 0 {
        wanted[row.product] = true
        if row.bucket >= tail { wantedLate[row.product] = true }
    }
    var sold = [Bool](repeating: false, count: package.products.count)
    let sales = package.history.sales
    for (index, pair) in sales.pairs.enumerated() where !sold[pair.product] { sold[pair.product] = sales.series(index).contains { $0 > 0 } }
    var noted = [Bool](repeating: false, count: package.products.count)
    for note in result.forecast.notes {
        switch note.kind {
        case .fromAnalogue, .fromAttributes, .fromFamily, .newProductWithoutAnalogue: noted[note.product] = true
        default: break
        }
    }
    return package.products.indices.map { product in
        let isLaunched = package.products[product].launch.map { package.horizon.buckets.contains(package.horizon.bucket(of: $0)) } ?? false
        if isLaunched || (noted[product] && !sold[product]) { return .new }
        // A horizon of fewer than four buckets has no last quarter to judge by.
        if (wanted[product] || sold[product]) && !wantedLate[product] && tail < count { return .ending }
        return .running
    }
}

/// One product's season as a network of nodes in time.
private struct ProductFlow {
    private let package: DataPackage
    private let product: Int
    private let count: Int
    /// Accounts that have the product, rising.
    private let accounts: [Int]
    /// Decimals of its counting step.
    private let decimals: Int
    private let scale: Double
    private var flow: WholeFlow

    private var made: [(bucket: Int, line: Int, hours: Double, arc: Int)] = []
    private var moved: [(bucket: Int, lane: Int, arrives: Int, arc: Int)] = []
    /// Arcs by cell, −1 where nothing flows.
    private var siteStock: [Int]
    private var demand: [Int]
    private var served: [Int]
    private var lost: [Int]
    private var backlog: [Int]
    private var stock: [Int]
    private var siteExpired: [Int]
    private var expired: [Int]
    private var opening: [(place: Place, arc: Int)] = []
    private var arriving: [(place: Place, bucket: Int, arc: Int)] = []

    init(_ package: DataPackage, product: Int, service: [AccountPlanRow], movements: [MovementRow]) {
        self.package = package
        self.product = product
        count = package.horizon.count
        var accounts = Set(service.map(\.account))
        for row in movements { if case .account(let account) = package.lanes[row.lane].to { accounts.insert(account) } }
        for row in package.inTransit where row.product == product { if case .account(let account) = row.place { accounts.insert(account) } }
        for row in package.stock where row.product == product { if case .account(let account) = row.place { accounts.insert(account) } }
        self.accounts = accounts.sorted()
        let amounts = service.flatMap { [$0.demand, $0.stock] }.filter { $0 > 0 }
        let mean = amounts.isEmpty ? 1000 : amounts.reduce(0, +) / Double(amounts.count)
        // Whole units, unless they would drown what a usual cell holds: then a tenth, a hundredth or a thousandth.
        decimals = mean >= 2 ? 0 : mean >= 0.2 ? 1 : mean >= 0.02 ? 2 : 3
        scale = [1, 10, 100, 1000][decimals]
        let cells = [Int](repeating: -1, count: self.accounts.count * count)
        (demand, served, lost, backlog, stock, expired) = (cells, cells, cells, cells, cells, cells)
        let siteCells = [Int](repeating: -1, count: package.sites.count * count)
        (siteStock, siteExpired) = (siteCells, siteCells)
        // Below: the world, making in all and by bucket, wanted and lost in all and by account, left in all, sites, accounts, wants.
        flow = WholeFlow(nodeCount: 5 + count + (package.sites.count + 2 * self.accounts.count) * count + 2 * self.accounts.count)
    }

    // MARK: Nodes

    private let world = 0
    /// Sums that come out as near to the plan's as each cell does.
    private let madeInAll = 1
    private let wantedInAll = 2
    private let lostInAll = 3
    private let leftInAll = 4
    private func madeIn(_ bucket: Int) -> Int { 5 + bucket }
    private func site(_ site: Int, _ bucket: Int) -> Int { 5 + count + site * count + bucket }
    private func shelf(_ row: Int, _ bucket: Int) -> Int { 5 + count + (package.sites.count + row) * count + bucket }
    private func want(_ row: Int, _ bucket: Int) -> Int { 5 + count + (package.sites.count + accounts.count + row) * count + bucket }
    private func wanted(by row: Int) -> Int { 5 + count + (package.sites.count + 2 * accounts.count) * count + row }
    private func lost(by row: Int) -> Int { wanted(by: row) + accounts.count }

    private func node(_ place: Place, _ bucket: Int) -> Int? {
        switch place {
        case .site(let index): site(index, bucket)
        case .account(let index): accounts.position(ofSorted: index).map { shelf($0, bucket) }
        }
    }

    // MARK: Arcs

    mutating func add(
        _ production: [ProductionRow], _ movements: [MovementRow], _ stocks: [SiteStockRow], _ service: [AccountPlanRow],
        _ expiries: [ExpiryRow], _ inTransit: [InTransitRow]
    ) {
        // What a place holds at the end of the first bucket and gave away in it, less what came, is what it held at the start.
        var start: [Int: Double] = [:]
        func note(_ node: Int?, _ bucket: Int, _ amount: Double) { if let node, bucket == 0 { start[node, default: 0] += amount } }

        var madeByBucket = [Double](repeating: 0, count: count)
        for row in production {
            let node = site(package.lines[row.line].site, row.bucket)
            let arc = flow.arc(from: madeIn(row.bucket), to: node, row.quantity * scale)
            made.append((row.bucket, row.line, row.hours, arc))
            madeByBucket[row.bucket] += row.quantity * scale
            note(node, row.bucket, -row.quantity)
        }
        for bucket in 0..<count where madeByBucket[bucket] > 0 {
            _ = flow.arc(from: madeInAll, to: madeIn(bucket), madeByBucket[bucket])
        }
        _ = flow.arc(from: world, to: madeInAll, madeByBucket.reduce(0, +))

        for row in movements {
            let lane = package.lanes[row.lane]
            let from = site(lane.from, row.bucket)
            let to = row.arrives < count ? node(lane.to, row.arrives) ?? world : world
            moved.append((row.bucket, row.lane, row.arrives, flow.arc(from: from, to: to, row.quantity * scale)))
            note(from, row.bucket, row.quantity)
            note(to, row.arrives, -row.quantity)
        }
        for row in inTransit {
            guard let node = node(row.place, row.bucket) else { continue }
            arriving.append((row.place, row.bucket, flow.arc(from: world, to: node, row.quantity * scale)))
            note(node, row.bucket, -row.quantity)
        }
        for row in expiries {
            guard let node = node(row.place, row.bucket) else { continue }
            let arc = flow.arc(from: node, to: world, row.quantity * scale)
            switch row.place {
            case .site(let site): siteExpired[site * count + row.bucket] = arc
            case .account(let account): if let index = accounts.position(ofSorted: account) { expired[index * count + row.bucket] = arc }
            }
            note(node, row.bucket, row.quantity)
        }

        var left = 0.0
        func later(_ bucket: Int, _ node: (Int) -> Int) -> Int { bucket + 1 < count ? node(bucket + 1) : leftInAll }
        for row in stocks {
            let node = site(row.site, row.bucket)
            let next = later(row.bucket) { site(row.site, $0) }
            siteStock[row.site * count + row.bucket] = flow.arc(from: node, to: next, row.quantity * scale)
            if row.bucket + 1 == count { left += row.quantity * scale }
            note(node, row.bucket, row.quantity)
        }
        var wantedSums = [Double](repeating: 0, count: accounts.count)
        var lostSums = wantedSums
        for row in service {
            guard let index = accounts.position(ofSorted: row.account) else { continue }
            let (cell, shelf, want) = (index * count + row.bucket, shelf(index, row.bucket), want(index, row.bucket))
            served[cell] = flow.arc(from: shelf, to: want, row.served * scale)
            demand[cell] = flow.arc(from: want, to: wanted(by: index), row.demand * scale)
            wantedSums[index] += row.demand * scale
            if row.lost > 0 {
                lost[cell] = flow.arc(from: lost(by: index), to: want, row.lost * scale)
                lostSums[index] += row.lost * scale
            }
            if row.backlog > 0 {
                // Owed: what this bucket still lacks, the next one has to give.
                backlog[cell] = flow.arc(
                    from: row.bucket + 1 < count ? self.want(index, row.bucket + 1) : world, to: want, row.backlog * scale)
            }
            stock[cell] = flow.arc(from: shelf, to: later(row.bucket) { self.shelf(index, $0) }, row.stock * scale)
            if row.bucket + 1 == count { left += row.stock * scale }
            note(shelf, row.bucket, row.served + row.stock)
        }
        for index in accounts.indices {
            _ = flow.arc(from: wanted(by: index), to: wantedInAll, wantedSums[index])
            _ = flow.arc(from: lostInAll, to: lost(by: index), lostSums[index])
        }
        _ = flow.arc(from: wantedInAll, to: world, wantedSums.reduce(0, +))
        _ = flow.arc(from: world, to: lostInAll, lostSums.reduce(0, +))
        _ = flow.arc(from: leftInAll, to: world, left)
        let places = package.sites.indices.map(Place.site) + accounts.map(Place.account)
        for place in places {
            guard let node = node(place, 0), let amount = start[node], amount > 0 else { continue }
            opening.append((place, flow.arc(from: world, to: node, amount * scale)))
        }
        flow.round()
    }

    // MARK: Figures

    private func amount(_ arc: Int) -> Int { arc < 0 ? 0 : flow[arc] }
    /// Correctly rounded, so the shortest text of the number has the step's decimals and no more.
    private func number(_ steps: Int) -> Double { Double(steps) / scale }

    func write(to figures: inout DepartmentFigures, status: ProductStatus, tierOf: (Int) -> Int) {
        var sums = [Sums](repeating: Sums(), count: count)
        for row in made {
            let steps = amount(row.arc)
            sums[row.bucket].made += steps
            let hours = (row.hours * 100).rounded() / 100
            guard steps != 0 || hours != 0 else { continue }
            figures.production.append(
                ProductionFigure(bucket: row.bucket, line: row.line, product: product, made: number(steps), hours: hours))
        }
        var received = [Int](repeating: 0, count: accounts.count * count)
        for row in moved {
            let steps = amount(row.arc)
            guard steps != 0 else { continue }
            for bucket in row.bucket..<min(max(row.arrives, row.bucket), count) { sums[bucket].onTheWay += steps }
            if case .account(let account) = package.lanes[row.lane].to {
                sums[row.bucket].shipped += steps
                if row.arrives < count, let index = accounts.position(ofSorted: account) { received[index * count + row.arrives] += steps }
            }
            figures.transport.append(
                TransportFigure(bucket: row.bucket, lane: row.lane, product: product, moved: number(steps), arrives: row.arrives))
        }
        for row in arriving {
            sums[row.bucket].arriving += amount(row.arc)
            if case .account(let account) = row.place, let index = accounts.position(ofSorted: account) {
                received[index * count + row.bucket] += amount(row.arc)
            }
        }
        for site in package.sites.indices {
            for bucket in 0..<count {
                sums[bucket].siteStock += amount(siteStock[site * count + bucket])
                sums[bucket].expired += amount(siteExpired[site * count + bucket])
            }
        }
        for (index, account) in accounts.enumerated() {
            for bucket in 0..<count {
                let cell = index * count + bucket
                let (demand, served, lost) = (amount(demand[cell]), amount(served[cell]), amount(lost[cell]))
                let (backlog, stock, expired) = (amount(backlog[cell]), amount(stock[cell]), amount(expired[cell]))
                sums[bucket].demand += demand
                sums[bucket].served += served
                sums[bucket].lost += lost
                sums[bucket].backlog += backlog
                sums[bucket].accountStock += stock
                sums[bucket].expired += expired
                let row = MarketingFigure(
                    bucket: bucket, account: account, product: product, tier: tierOf(account), demand: number(demand),
                    served: number(served), lost: number(lost), backlog: number(backlog), received: number(received[cell]),
                    expired: number(expired), stock: number(stock))
                if row.numbers.contains(where: { $0 != 0 }) { figures.marketing.append(row) }
            }
        }
        var held = opening.reduce(0) { $0 + amount($1.arc) }
        for (bucket, sum) in sums.enumerated() {
            let row = ProductFigure(
                bucket: bucket, product: product, status: status, demand: number(sum.demand), served: number(sum.served),
                lost: number(sum.lost), backlog: number(sum.backlog), opening: number(held), arriving: number(sum.arriving),
                made: number(sum.made), shipped: number(sum.shipped), expired: number(sum.expired), siteStock: number(sum.siteStock),
                onTheWay: number(sum.onTheWay), accountStock: number(sum.accountStock))
            held = sum.siteStock + sum.onTheWay + sum.accountStock
            if row.numbers.contains(where: { $0 != 0 }) { figures.products.append(row) }
        }
    }

    /// A bucket's sums over all places, in steps.
    private struct Sums {
        var demand = 0
        var served = 0
        var lost = 0
        var backlog = 0
        var arriving = 0
        var made = 0
        var shipped = 0
        var expired = 0
        var siteStock = 0
        var onTheWay = 0
        var accountStock = 0
    }
}
