import PlanModel

/// Checks the four department reports: they balance and agree with each other exactly, every cell is the plan's own amount rounded down or up to the
/// counting step of its product, and all carry the same hash of the inputs.
///
/// How the reports were rounded does not matter here; nothing is shared with the code that did it.
///
/// - Parameter inputs: What the column `inputs` has to say; nil = not known, then only that all rows say the same.
/// - Returns: Largest first.
public func checkDepartments(
    _ tables: DepartmentTables, plan: Plan, package: DataPackage, demand: PlannedDemand, segmentation: Segmentation, inputs: String?
) -> [Violation] {
    var log = ViolationLog()
    // What is wrong with the rows themselves is found by `checkPlan`.
    var rows = ViolationLog()
    let none = PairGrid(pairCount: 0, bucketCount: package.horizon.count)
    let bands = StockBandTable(pairs: [], min: none, target: none, max: none)
    let ledger = Ledger(plan: plan, package: package, demand: demand, bands: bands, log: &rows)
    for contradiction in tables.contradictions { log.fault(contradiction) }
    checkInputs(tables, expected: inputs, &log)
    var check = DepartmentCheck(ledger: ledger, steps: countingSteps(tables, products: package.products.count))
    check.run(tables, segmentation, &log)
    return log.sorted()
}

private func checkInputs(_ tables: DepartmentTables, expected: String?, _ log: inout ViolationLog) {
    let said = Department.allCases.flatMap { department in (tables.inputs[department] ?? []).map { (department, $0) } }
    guard let first = expected ?? said.first?.1 else { return }
    for (department, value) in said where value != first {
        log.fault("\(department.fileStem).csv: inputs must be \"\(first)\", the hash of the inputs, not \"\(value)\"")
    }
}

/// The finest decimal place that any of the reports uses for each product; nil where one uses more than three.
private func countingSteps(_ tables: DepartmentTables, products: Int) -> [Double?] {
    var decimals = [Int](repeating: 0, count: products)
    func note(_ value: Double, _ product: Int) {
        let powers = [1.0, 10, 100, 1000]
        while decimals[product] < 4 {
            let scaled = value * (decimals[product] < 4 ? powers[min(decimals[product], 3)] : 1)
            if (scaled - scaled.rounded()).magnitude <= 1e-9 * (1 + scaled.magnitude) { return }
            decimals[product] += 1
        }
    }
    for row in tables.production ?? [] { note(row.made, row.product) }
    for row in tables.transport ?? [] { note(row.moved, row.product) }
    for row in tables.products ?? [] { for number in row.numbers { note(number, row.product) } }
    for row in tables.marketing ?? [] { for number in row.numbers { note(number, row.product) } }
    return decimals.map { $0 > 3 ? nil : [1, 0.1, 0.01, 0.001][$0] }
}

private struct DepartmentCheck {
    let ledger: Ledger
    let steps: [Double?]
    /// What was on the way to accounts when the season began, by the cell of its arrival.
    private let onTheWayAtStart: [Int: Double]
    private var package: DataPackage { ledger.package }
    private var names: Names { ledger.names }
    private var count: Int { ledger.bucketCount }

    init(ledger: Ledger, steps: [Double?]) {
        self.ledger = ledger
        self.steps = steps
        var onTheWay: [Int: Double] = [:]
        for row in ledger.package.inTransit where row.bucket < ledger.bucketCount {
            guard case .account(let account) = row.place, let pair = ledger.pair(account, row.product) else { continue }
            onTheWay[ledger.cell(pair, max(0, row.bucket)), default: 0] += row.quantity
        }
        onTheWayAtStart = onTheWay
    }

    mutating func run(_ tables: DepartmentTables, _ segmentation: Segmentation, _ log: inout ViolationLog) {
        for (product, step) in steps.enumerated() where step == nil {
            log.fault("\(names.product(product)): the department reports must count it in thousandths at the finest")
        }
        var made: [Double]?
        var shipped: [Double]?
        var onTheWay: [Double]?
        var arrived: [Double]?
        if let rows = tables.production { made = checkProduction(rows, &log) }
        if let rows = tables.transport { (shipped, onTheWay, arrived) = checkTransport(rows, &log) }
        let sums = tables.marketing.map { checkMarketing($0, arrived: arrived, segmentation, &log) }
        if let rows = tables.products { checkProducts(rows, made: made, shipped: shipped, onTheWay: onTheWay, sums: sums, &log) }
    }

    private func cell(_ product: Int, _ t: Int) -> Int { product * count + t }

    /// A reported amount must be less than a step from the plan's, for a sum of `number` amounts less than that many.
    private func near(
        _ reported: Double, _ planned: Double, _ product: Int, within number: Int = 1, _ name: () -> String, _ column: String,
        _ log: inout ViolationLog
    ) {
        guard let step = steps[product] else { return }
        // Rounding moves an amount by less than a step, and a whole one not at all, up to the crumbs of a solver.
        let allowed = (1 - 5e-5) * step * Double(number) + 1e-9 * planned.magnitude
        let off = (reported - planned).magnitude
        if !(off < allowed) {
            log.fault("\(name()): \(column) is \(reported) in the department reports, but \(planned) in the plan", amount: off)
        }
    }

    /// Two reported amounts, or sums of them, must agree exactly, up to the sum's rounding in floating point.
    private func equal(_ left: Double, _ right: Double, _ product: Int, _ log: inout ViolationLog, _ rule: () -> String) {
        guard let step = steps[product] else { return }
        let off = (left - right).magnitude
        if !(off < 0.5 * step) { log.fault(rule(), amount: off) }
    }

    private func isKnown(_ bucket: Int, _ product: Int, _ other: Int, of others: Int) -> Bool {
        (0..<count).contains(bucket) && package.products.indices.contains(product) && (0..<others).contains(other)
    }

    private func checkProduction(_ rows: [ProductionFigure], _ log: inout ViolationLog) -> [Double] {
        struct Made { var quantity = 0.0; var hours = 0.0 }
        func key(_ line: Int, _ product: Int, _ t: Int) -> Int { (line * package.products.count + product) * count + t }
        var planned: [Int: Made] = [:]
        for row in ledger.production { planned[key(row.line, row.product, row.bucket)] = Made(quantity: row.quantity, hours: row.hours) }
        var sums = [Double](repeating: 0, count: package.products.count * count)
        var seen = Set<Int>()
        for row in rows where isKnown(row.bucket, row.product, row.line, of: package.lines.count) {
            let name = { names.make(row.line, row.product, row.bucket) }
            guard seen.insert(key(row.line, row.product, row.bucket)).inserted else {
                log.fault("\(name()): report-production.csv must have one row for it, not two")
                continue
            }
            let own = planned.removeValue(forKey: key(row.line, row.product, row.bucket)) ?? Made()
            near(row.made, own.quantity, row.product, name, "made", &log)
            // Hours are given to the hundredth.
            if !((row.hours - own.hours).magnitude < 0.006 + CheckReport.tolerance * own.hours) {
                log.fault("\(name()): hours is \(row.hours) in report-production.csv, but \(own.hours) in the plan")
            }
            sums[cell(row.product, row.bucket)] += row.made
        }
        for (key, own) in planned.sorted(by: { $0.key < $1.key }) {
            let (t, product, line) = (key % count, key / count % package.products.count, key / count / package.products.count)
            near(0, own.quantity, product, { names.make(line, product, t) }, "made", &log)
        }
        return sums
    }

    /// Dispatched to accounts and on the way by product and bucket, arrived by pair and bucket.
    private func checkTransport(_ rows: [TransportFigure], _ log: inout ViolationLog) -> (
        shipped: [Double], onTheWay: [Double], arrived: [Double]
    ) {
        func key(_ lane: Int, _ product: Int, _ t: Int) -> Int { (lane * package.products.count + product) * count + t }
        var planned: [Int: Double] = [:]
        for row in ledger.movements { planned[key(row.lane, row.product, row.bucket)] = row.quantity }
        var shipped = [Double](repeating: 0, count: package.products.count * count)
        var onTheWay = shipped
        var arrived = [Double](repeating: 0, count: ledger.pairs.count * count)
        var seen = Set<Int>()
        for row in rows where isKnown(row.bucket, row.product, row.lane, of: package.lanes.count) {
            let name = { names.move(row.lane, row.product, row.bucket) }
            guard seen.insert(key(row.lane, row.product, row.bucket)).inserted else {
                log.fault("\(name()): report-transport.csv must have one row for it, not two")
                continue
            }
            near(row.moved, planned.removeValue(forKey: key(row.lane, row.product, row.bucket)) ?? 0, row.product, name, "moved", &log)
            let lane = package.lanes[row.lane]
            let arrival = row.bucket + lane.leadTime
            if row.arrives != arrival { log.fault("\(name()): report-transport.csv must let it arrive after \(lane.leadTime) buckets") }
            for t in row.bucket..<min(max(arrival, row.bucket), count) { onTheWay[cell(row.product, t)] += row.moved }
            guard case .account(let account) = lane.to else { continue }
            shipped[cell(row.product, row.bucket)] += row.moved
            if arrival < count, let pair = ledger.pair(account, row.product) { arrived[ledger.cell(pair, arrival)] += row.moved }
        }
        for (key, quantity) in planned.sorted(by: { $0.key < $1.key }) {
            let (t, product, lane) = (key % count, key / count % package.products.count, key / count / package.products.count)
            near(0, quantity, product, { names.move(lane, product, t) }, "moved", &log)
        }
        return (shipped, onTheWay, arrived)
    }

    /// Sums of the marketing report by product and bucket.
    private struct Sums {
        var demand: [Double]
        var served: [Double]
        var lost: [Double]
        var backlog: [Double]
        var expired: [Double]
        var stock: [Double]

        init(cells: Int) {
            let zero = [Double](repeating: 0, count: cells)
            (demand, served, lost, backlog, expired, stock) = (zero, zero, zero, zero, zero, zero)
        }
    }

    private func checkMarketing(
        _ rows: [MarketingFigure], arrived: [Double]?, _ segmentation: Segmentation, _ log: inout ViolationLog
    ) -> Sums {
        var sums = Sums(cells: package.products.count * count)
        var cells = [MarketingFigure?](repeating: nil, count: ledger.pairs.count * count)
        for row in rows where isKnown(row.bucket, row.product, row.account, of: package.accounts.count) {
            let name = { names.stock(.account(row.account), row.product, row.bucket) }
            guard let pair = ledger.pair(row.account, row.product) else {
                log.fault("\(name()): report-marketing.csv has a row that the plan knows nothing of")
                continue
            }
            guard cells[ledger.cell(pair, row.bucket)] == nil else {
                log.fault("\(name()): report-marketing.csv must have one row for it, not two")
                continue
            }
            cells[ledger.cell(pair, row.bucket)] = row
            let tier = segmentation.tierOfAccount.indices.contains(row.account) ? segmentation.tierOfAccount[row.account] : 1
            if row.tier != tier { log.fault("\(name()): report-marketing.csv has tier \(row.tier), but segments.csv tier \(tier)") }
        }
        for (index, pair) in ledger.pairs.enumerated() {
            var before = MarketingFigure(bucket: -1, account: pair.account, product: pair.product, tier: 0)
            for t in 0..<count {
                let place = ledger.cell(index, t)
                let row = cells[place] ?? MarketingFigure(bucket: t, account: pair.account, product: pair.product, tier: 0)
                checkCell(row, before, place, arrived: arrived, &log)
                let sum = cell(pair.product, t)
                sums.demand[sum] += row.demand
                sums.served[sum] += row.served
                sums.lost[sum] += row.lost
                sums.backlog[sum] += row.backlog
                sums.expired[sum] += row.expired
                sums.stock[sum] += row.stock
                before = row
            }
        }
        return sums
    }

    private func checkCell(
        _ row: MarketingFigure, _ before: MarketingFigure, _ place: Int, arrived: [Double]?, _ log: inout ViolationLog
    ) {
        let name = { names.stock(.account(row.account), row.product, row.bucket) }
        for (column, reported, planned) in [
            ("demand", row.demand, ledger.demand[place]), ("served", row.served, ledger.served[place]),
            ("lost", row.lost, ledger.lost[place]), ("backlog", row.backlog, ledger.backlog[place]),
            ("expired", row.expired, ledger.taken[place]), ("stock", row.stock, ledger.stock[place]),
        ] { near(reported, planned, row.product, name, column, &log) }
        equal(before.backlog + row.demand, row.served + row.lost + row.backlog, row.product, &log) {
            "\(name()): report-marketing.csv must have demand and backlog before = served + lost + backlog"
        }
        // In the first bucket the stock on hand at the start is a term too, rounded like every other.
        let opening = row.served + row.expired + row.stock - row.received - before.stock
        if row.bucket > 0 {
            equal(opening, 0, row.product, &log) {
                "\(name()): report-marketing.csv must have stock before + received = served + expired + stock"
            }
        }
        guard let arrived else { return }
        // What was on the way when the season began is in no other report by account.
        let other = row.received - arrived[place]
        let transit = onTheWayAtStart[place] ?? 0
        let stock = ledger.start[place] - transit
        if transit == 0 {
            equal(other, 0, row.product, &log) { "\(name()): what marketing receives must be what transport delivers" }
        } else {
            near(other, transit, row.product, name, "what was on the way at the start", &log)
        }
        if row.bucket == 0 { near(opening, stock, row.product, name, "stock at the start", &log) }
    }

    private func checkProducts(
        _ rows: [ProductFigure], made: [Double]?, shipped: [Double]?, onTheWay: [Double]?, sums: Sums?, _ log: inout ViolationLog
    ) {
        var cells = [ProductFigure?](repeating: nil, count: package.products.count * count)
        var status: [Int: ProductStatus] = [:]
        for row in rows where isKnown(row.bucket, row.product, 0, of: 1) {
            let name = { "\(names.product(row.product)), \(names.bucket(row.bucket))" }
            guard cells[cell(row.product, row.bucket)] == nil else {
                log.fault("\(name()): report-development.csv must have one row for it, not two")
                continue
            }
            cells[cell(row.product, row.bucket)] = row
            if status[row.product, default: row.status] != row.status {
                log.fault("\(name()): report-development.csv must have one status for a product")
            }
            status[row.product] = row.status
        }
        // Amounts that the package gives, and of how many rounded ones each is the sum.
        var opening = [(amount: Double, number: Int)](repeating: (0, 0), count: package.products.count)
        for row in package.stock where ledger.lastBucket(of: row) >= 0 {
            opening[row.product].amount += row.quantity
            opening[row.product].number += 1
        }
        var transit = [(amount: Double, number: Int)](repeating: (0, 0), count: cells.count)
        for row in package.inTransit where row.bucket < count {
            transit[cell(row.product, max(0, row.bucket))].amount += row.quantity
            transit[cell(row.product, max(0, row.bucket))].number += 1
        }
        for product in package.products.indices {
            var before: ProductFigure?
            for t in 0..<count {
                let place = cell(product, t)
                let row = cells[place] ?? ProductFigure(bucket: t, product: product, status: .running)
                let name = { "\(names.product(product)), \(names.bucket(t))" }
                for (column, reported, others) in [
                    ("made", row.made, made?[place]), ("shipped", row.shipped, shipped?[place]),
                    ("on_the_way", row.onTheWay, onTheWay?[place]),
                    ("demand", row.demand, sums?.demand[place]), ("served", row.served, sums?.served[place]),
                    ("lost", row.lost, sums?.lost[place]), ("backlog", row.backlog, sums?.backlog[place]),
                    ("account_stock", row.accountStock, sums?.stock[place]),
                ] {
                    guard let others else { continue }
                    equal(reported, others, product, &log) {
                        "\(name()): \(column) is \(reported) in report-development.csv, but \(others) in the other department reports"
                    }
                }
                equal(
                    row.opening + row.arriving + row.made, row.served + row.expired + row.siteStock + row.onTheWay + row.accountStock,
                    product, &log
                ) {
                    "\(name()): report-development.csv must have opening + arriving + made = served + expired + stock + on the way"
                }
                near(row.arriving, transit[place].amount, product, within: max(1, transit[place].number), name, "arriving", &log)
                let sites = package.sites.indices
                near(
                    row.siteStock, sites.reduce(0) { $0 + ledger.siteStock[ledger.siteCell($1, product, t)] }, product,
                    within: max(1, sites.count), name, "site_stock", &log)
                if let expired = sums?.expired[place] {
                    near(
                        row.expired - expired, sites.reduce(0) { $0 + ledger.siteExpired[ledger.siteCell($1, product, t)] }, product,
                        within: max(1, sites.count), name, "what expires at the sites", &log)
                }
                if let before {
                    equal(row.opening, before.siteStock + before.onTheWay + before.accountStock, product, &log) {
                        "\(name()): opening in report-development.csv must be what was left before"
                    }
                } else {
                    near(row.opening, opening[product].amount, product, within: max(1, opening[product].number), name, "opening", &log)
                }
                before = row
            }
        }
    }
}
