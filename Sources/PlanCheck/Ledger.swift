import PlanModel

/// The plan's rows in dense form, read with distrust: rows that refer to nothing or stand twice are faults and left out, numbers that are
/// not finite count as 0. What goes in and out of each stock is summed here once, from production, movements and the package alone.
///
/// Site arrays have the shape [sites × products × T], pair arrays [pairs × T], row-major.
struct Ledger {
    let package: DataPackage
    let names: Names
    let bucketCount: Int
    /// Rising; every account and product that the demand, the plan's rows or the package's stock speak of.
    let pairs: [Pair]

    /// Valid rows only.
    var production: [ProductionRow] = []
    var movements: [MovementRow] = []
    var lineUse: [Int: LineUseRow] = [:]
    var expired: [ExpiryRow] = []
    var lots: [LotRow] = []

    var siteStock: [Double]
    var siteStart: [Double]
    var siteMade: [Double]
    var siteArrived: [Double]
    var siteDispatched: [Double]
    var siteExpired: [Double]

    var demand: [Double]
    var served: [Double]
    var lost: [Double]
    var backlog: [Double]
    var stock: [Double]
    var start: [Double]
    var arrived: [Double]
    var taken: [Double]
    /// Columns as given, checked against what they should be.
    var statedDemand: [Double]
    var under: [Double]
    var over: [Double]
    /// Bands of each pair; no row = 0, none, none.
    var bandMin: [Double]
    var bandTarget: [Double]
    var bandMax: [Double]

    func siteCell(_ site: Int, _ product: Int, _ t: Int) -> Int { (site * package.products.count + product) * bucketCount + t }

    func cell(_ pair: Int, _ t: Int) -> Int { pair * bucketCount + t }

    func pair(_ account: Int, _ product: Int) -> Int? { pairs.position(ofSorted: Pair(account: account, product: product)) }

    init(plan: Plan, package: DataPackage, demand planned: PlannedDemand, bands: StockBandTable, log: inout ViolationLog) {
        self.package = package
        names = Names(package: package)
        bucketCount = package.horizon.count
        pairs = Ledger.pairs(plan: plan, package: package, demand: planned)
        let siteCells = [Double](repeating: 0, count: package.sites.count * package.products.count * bucketCount)
        (siteStock, siteStart, siteMade) = (siteCells, siteCells, siteCells)
        (siteArrived, siteDispatched, siteExpired) = (siteCells, siteCells, siteCells)
        let cells = [Double](repeating: 0, count: pairs.count * bucketCount)
        (demand, served, lost, backlog) = (cells, cells, cells, cells)
        (stock, start, arrived, taken) = (cells, cells, cells, cells)
        (statedDemand, under, over, bandMin) = (cells, cells, cells, cells)
        bandTarget = [Double](repeating: .infinity, count: cells.count)
        bandMax = bandTarget

        readDemand(planned, bands)
        readStart()
        readProduction(plan.production, &log)
        readLineUse(plan.lineUse, &log)
        readMovements(plan.movements, &log)
        readSiteStock(plan.siteStock, &log)
        readAccountPlan(plan.accountPlan, &log)
        readExpired(plan.expired, &log)
        readLots(plan.lots, &log)
    }

    private static func pairs(plan: Plan, package: DataPackage, demand: PlannedDemand) -> [Pair] {
        var all: [Pair] = []
        func add(_ place: Place, _ product: Int) {
            guard case .account(let account) = place else { return }
            all.append(Pair(account: account, product: product))
        }
        all += demand.pairs
        for row in plan.accountPlan { all.append(Pair(account: row.account, product: row.product)) }
        for row in plan.movements where package.lanes.indices.contains(row.lane) { add(package.lanes[row.lane].to, row.product) }
        for row in plan.expired { add(row.place, row.product) }
        for row in package.stock { add(row.place, row.product) }
        for row in package.inTransit { add(row.place, row.product) }
        all = all.filter { package.accounts.indices.contains($0.account) && package.products.indices.contains($0.product) }
        all.sort()
        var unique: [Pair] = []
        for pair in all where pair != unique.last { unique.append(pair) }
        return unique
    }

    // MARK: What the package gives

    private mutating func readDemand(_ planned: PlannedDemand, _ bands: StockBandTable) {
        for (position, pair) in planned.pairs.enumerated() {
            guard let row = pairs.position(ofSorted: pair) else { continue }
            for t in 0..<min(bucketCount, planned.quantity.bucketCount) { demand[cell(row, t)] += planned.quantity[position, t] }
        }
        for (position, pair) in bands.pairs.enumerated() {
            guard let row = pairs.position(ofSorted: pair) else { continue }
            for t in 0..<min(bucketCount, bands.min.bucketCount) {
                bandMin[cell(row, t)] = bands.min[position, t]
                bandTarget[cell(row, t)] = bands.target[position, t]
                bandMax[cell(row, t)] = bands.max[position, t]
            }
        }
    }

    /// Last bucket in which a row of opening stock may be served: `bucketCount` = keeps through the horizon, −1 = past before the start.
    func lastBucket(of row: StockRow) -> Int {
        guard let expires = row.expires else { return bucketCount }
        return expires < package.horizon.start ? -1 : min(bucketCount, package.horizon.bucket(of: expires))
    }

    private mutating func readStart() {
        for row in package.stock where bucketCount > 0 && lastBucket(of: row) >= 0 { addStart(row.place, row.product, 0, row.quantity) }
        for row in package.inTransit where row.bucket < bucketCount { addStart(row.place, row.product, max(0, row.bucket), row.quantity) }
    }

    private mutating func addStart(_ place: Place, _ product: Int, _ t: Int, _ quantity: Double) {
        switch place {
        case .site(let site): siteStart[siteCell(site, product, t)] += quantity
        case .account(let account): if let row = pair(account, product) { start[cell(row, t)] += quantity }
        }
    }

    // MARK: What the plan says

    /// Faults for indices the package does not have.
    private func isKnown(
        _ file: String, _ refers: [(kind: String, index: Int, count: Int)], _ bucket: Int, _ log: inout ViolationLog
    ) -> Bool {
        for (kind, index, count) in refers where !(0..<count).contains(index) {
            log.fault("\(file): a row refers to \(kind) number \(index), which the package does not have")
            return false
        }
        guard (0..<bucketCount).contains(bucket) else {
            log.fault("\(file): a row's bucket, number \(bucket), lies outside the horizon")
            return false
        }
        return true
    }

    private mutating func readProduction(_ rows: [ProductionRow], _ log: inout ViolationLog) {
        var seen = Set<Int>()
        for var row in rows {
            let refers = [("line", row.line, package.lines.count), ("product", row.product, package.products.count)]
            guard isKnown("production.csv", refers, row.bucket, &log) else { continue }
            let name = { [names] in names.make(row.line, row.product, row.bucket) }
            guard seen.insert((row.line * package.products.count + row.product) * bucketCount + row.bucket).inserted else {
                log.fault("\(name()): production.csv must have one row for it, not two", amount: row.quantity)
                continue
            }
            row.quantity = log.quantity(row.quantity, name, "the quantity made")
            row.hours = log.quantity(row.hours, name, "hours")
            production.append(row)
            siteMade[siteCell(package.lines[row.line].site, row.product, row.bucket)] += row.quantity
        }
    }

    private mutating func readLineUse(_ rows: [LineUseRow], _ log: inout ViolationLog) {
        for var row in rows {
            guard isKnown("lines.csv", [("line", row.line, package.lines.count)], row.bucket, &log) else { continue }
            let name = { [names] in names.line(row.line, row.bucket) }
            guard lineUse[row.line * bucketCount + row.bucket] == nil else {
                log.fault("\(name()): lines.csv must have one row for it, not two", amount: row.hoursUsed)
                continue
            }
            row.hours = log.quantity(row.hours, name, "hours")
            row.hoursUsed = log.quantity(row.hoursUsed, name, "hours_used")
            row.overtimeUsed = log.quantity(row.overtimeUsed, name, "overtime_used")
            lineUse[row.line * bucketCount + row.bucket] = row
        }
    }

    private mutating func readMovements(_ rows: [MovementRow], _ log: inout ViolationLog) {
        var seen = Set<Int>()
        for var row in rows {
            let refers = [("lane", row.lane, package.lanes.count), ("product", row.product, package.products.count)]
            guard isKnown("movements.csv", refers, row.bucket, &log) else { continue }
            let name = { [names] in names.move(row.lane, row.product, row.bucket) }
            guard seen.insert((row.lane * package.products.count + row.product) * bucketCount + row.bucket).inserted else {
                log.fault("\(name()): movements.csv must have one row for it, not two", amount: row.quantity)
                continue
            }
            row.quantity = log.quantity(row.quantity, name, "the quantity moved")
            movements.append(row)
            let lane = package.lanes[row.lane]
            siteDispatched[siteCell(lane.from, row.product, row.bucket)] += row.quantity
            // What counts is when the lane delivers, not what the row claims.
            let arrival = row.bucket + lane.leadTime
            guard arrival < bucketCount else { continue }
            switch lane.to {
            case .site(let site): siteArrived[siteCell(site, row.product, arrival)] += row.quantity
            case .account(let account): if let pair = pair(account, row.product) { arrived[cell(pair, arrival)] += row.quantity }
            }
        }
    }

    private mutating func readSiteStock(_ rows: [SiteStockRow], _ log: inout ViolationLog) {
        var seen = Set<Int>()
        for row in rows {
            let refers = [("site", row.site, package.sites.count), ("product", row.product, package.products.count)]
            guard isKnown("site_stock.csv", refers, row.bucket, &log) else { continue }
            let name = { [names] in names.stock(.site(row.site), row.product, row.bucket) }
            let cell = siteCell(row.site, row.product, row.bucket)
            guard seen.insert(cell).inserted else {
                log.fault("\(name()): site_stock.csv must have one row for it, not two", amount: row.quantity)
                continue
            }
            siteStock[cell] = log.quantity(row.quantity, name, "stock")
        }
    }

    private mutating func readAccountPlan(_ rows: [AccountPlanRow], _ log: inout ViolationLog) {
        var seen = Set<Int>()
        for row in rows {
            let refers = [("account", row.account, package.accounts.count), ("product", row.product, package.products.count)]
            guard isKnown("account_plan.csv", refers, row.bucket, &log), let pair = pair(row.account, row.product) else { continue }
            let name = { [names] in names.stock(.account(row.account), row.product, row.bucket) }
            let cell = cell(pair, row.bucket)
            guard seen.insert(cell).inserted else {
                log.fault("\(name()): account_plan.csv must have one row for it, not two", amount: row.served)
                continue
            }
            statedDemand[cell] = log.quantity(row.demand, name, "demand")
            served[cell] = log.quantity(row.served, name, "served")
            lost[cell] = log.quantity(row.lost, name, "lost")
            backlog[cell] = log.quantity(row.backlog, name, "backlog")
            stock[cell] = log.quantity(row.stock, name, "stock")
            under[cell] = log.quantity(row.under, name, "under")
            over[cell] = log.quantity(row.over, name, "over")
        }
    }

    private mutating func readExpired(_ rows: [ExpiryRow], _ log: inout ViolationLog) {
        var seen = Set<ExpiryKey>()
        for var row in rows {
            let place =
                switch row.place {
                case .site(let site): ("site", site, package.sites.count)
                case .account(let account): ("account", account, package.accounts.count)
                }
            guard isKnown("expired.csv", [place, ("product", row.product, package.products.count)], row.bucket, &log) else { continue }
            let name = { [names] in names.stock(row.place, row.product, row.bucket) }
            guard seen.insert(ExpiryKey(place: row.place, product: row.product, bucket: row.bucket)).inserted else {
                log.fault("\(name()): expired.csv must have one row for it, not two", amount: row.quantity)
                continue
            }
            row.quantity = log.quantity(row.quantity, name, "the expired quantity")
            expired.append(row)
            switch row.place {
            case .site(let site): siteExpired[siteCell(site, row.product, row.bucket)] += row.quantity
            case .account(let account): if let pair = pair(account, row.product) { taken[cell(pair, row.bucket)] += row.quantity }
            }
        }
    }

    private mutating func readLots(_ rows: [LotRow], _ log: inout ViolationLog) {
        var seen = Set<[Int]>()
        for var row in rows {
            let refers = [
                ("lane", row.lane, package.lanes.count), ("product", row.product, package.products.count),
                ("the bucket to serve by", row.serveBy ?? 0, bucketCount),
            ]
            guard isKnown("lots.csv", refers, row.bucket, &log) else { continue }
            let name = { [names] in names.move(row.lane, row.product, row.bucket) }
            guard seen.insert([row.bucket, row.lane, row.product, row.serveBy ?? bucketCount]).inserted else {
                log.fault("\(name()): lots.csv must have one row for each kind of lot, not two", amount: row.quantity)
                continue
            }
            row.quantity = log.quantity(row.quantity, name, "the quantity of a lot")
            lots.append(row)
        }
    }

    private struct ExpiryKey: Hashable {
        var place: Place
        var product: Int
        var bucket: Int
    }
}
