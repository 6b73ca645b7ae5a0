import PlanModel

/// Names and columns of the tables of a plan folder, as tables.md lists them.
enum PlanTable {
    static let segments = ["account", "value", "share", "cumulative_share", "tier", "reason"]
    static let demand = ["bucket", "account", "product", "forecast", "ordered", "quantity"]
    static let bands = ["bucket", "account", "product", "min", "target", "max"]
    static let production = ["bucket", "line", "product", "quantity", "hours"]
    static let lines = ["bucket", "line", "hours", "hours_used", "overtime_used"]
    static let movements = ["bucket", "lane", "product", "quantity", "arrives"]
    static let siteStock = ["bucket", "site", "product", "quantity"]
    static let accountPlan = ["bucket", "account", "product", "demand", "served", "lost", "backlog", "stock", "under", "over"]
    static let expired = ["bucket", "location", "product", "quantity"]
    static let lots = ["bucket", "lane", "product", "serve_by", "quantity"]
    static let shortages = ["bucket", "account", "product", "lost", "reason", "resource", "resource_bucket", "taken_by"]
    static let resources = ["bucket", "kind", "resource", "site", "capacity", "used", "shadow_price", "rank", "tier"]
    static let pegging = ["account", "product", "bucket", "quantity", "line", "made", "lane_path"]

    static func forecast(quantiles: [Double]) -> [String] {
        ["bucket", "account", "product", "quantity"] + quantiles.map(quantileName) + ["model", "override"]
    }

    static func forecastTotals(quantiles: [Double]) -> [String] { ["account", "product", "quantity"] + quantiles.map(quantileName) }

    /// `p10` for 0.1, `p2.5` for 0.025.
    static func quantileName(_ probability: Double) -> String { "p" + NumberText.shortest((probability * 1e11).rounded() / 1e9) }
}

/// Turns a result into the texts of a plan folder's files.
struct PlanFileWriter {
    let package: DataPackage
    private let days: [String]

    init(package: DataPackage) {
        self.package = package
        days = package.horizon.buckets.map { package.horizon.firstDay(of: $0).description }
    }

    private func day(_ bucket: Int) -> String {
        days.indices.contains(bucket) ? days[bucket] : package.horizon.firstDay(of: bucket).description
    }

    private func account(_ index: Int) -> String { package.accounts[index].id }
    private func product(_ index: Int) -> String { package.products[index].id }
    private func line(_ index: Int) -> String { package.lines[index].id }
    private func lane(_ index: Int) -> String { package.lanes[index].id }

    private func placeID(_ place: Place) -> String {
        switch place {
        case .site(let site): package.sites[site].id
        case .account(let index): account(index)
        }
    }

    /// All tables in the order of tables.md. The order of rows in the result does not matter.
    ///
    /// - Throws: ``PlanFolderError/notFinite(file:)`` for a NaN, or an infinity where none may stand.
    func tables(of result: PlanResult) throws(PlanFolderError) -> [(name: String, contents: [UInt8])] {
        let plan = result.allocation.plan
        try checkFinite(result)
        return [
            ("segments.csv", segments(result.segmentation)), ("forecast.csv", forecast(result.forecast)),
            ("forecast_totals.csv", forecastTotals(result.forecast)), ("demand.csv", demand(result.demand)),
            ("bands.csv", bands(result.bands)), ("production.csv", production(plan)), ("lines.csv", lines(plan)),
            ("movements.csv", movements(plan)), ("site_stock.csv", siteStock(plan)), ("account_plan.csv", accountPlan(plan)),
            ("expired.csv", expired(plan)), ("lots.csv", lots(plan)), ("shortages.csv", shortages(result.shortages)),
            ("resources.csv", resources(result.allocation.resources)),
            ("pegging.csv", pegging(result.pegging)),
            ("certificate.json", Array(certificateJSON(result.allocation.certificate, inputHashes: package.inputHashes).utf8)),
        ]
    }

    private func checkFinite(_ result: PlanResult) throws(PlanFolderError) {
        let plan = result.allocation.plan
        func check(_ file: String, _ isFinite: Bool) throws(PlanFolderError) { if !isFinite { throw .notFinite(file: file) } }
        try check("segments.csv", result.segmentation.segments.allSatisfy { ($0.value + $0.share + $0.cumulativeShare).isFinite })
        try check(
            "forecast.csv",
            result.forecast.rows.allSatisfy { row in
                row.quantity.isFinite && row.quantiles.allSatisfy(\.isFinite) && row.override?.isFinite ?? true
            })
        try check("forecast_totals.csv", result.forecast.totals.allSatisfy { $0.quantity.isFinite && $0.quantiles.allSatisfy(\.isFinite) })
        try check(
            "demand.csv",
            [result.demand.forecast, result.demand.ordered, result.demand.quantity].allSatisfy { $0.values.allSatisfy(\.isFinite) })
        try check(
            "bands.csv",
            result.bands.min.values.allSatisfy(\.isFinite)
                && (result.bands.target.values + result.bands.max.values).allSatisfy { !$0.isNaN })
        try check("production.csv", plan.production.allSatisfy { ($0.quantity + $0.hours).isFinite })
        try check("lines.csv", plan.lineUse.allSatisfy { ($0.hours + $0.hoursUsed + $0.overtimeUsed).isFinite })
        try check("movements.csv", plan.movements.allSatisfy(\.quantity.isFinite))
        try check("site_stock.csv", plan.siteStock.allSatisfy(\.quantity.isFinite))
        try check("expired.csv", plan.expired.allSatisfy(\.quantity.isFinite))
        try check("lots.csv", plan.lots.allSatisfy(\.quantity.isFinite))
        try check("account_plan.csv", plan.accountPlan.allSatisfy { $0.numbers.allSatisfy(\.isFinite) })
        try check("shortages.csv", result.shortages.allSatisfy { row in row.lost.isFinite && row.takenBy.allSatisfy(\.quantity.isFinite) })
        try check("resources.csv", result.allocation.resources.allSatisfy { ($0.capacity + $0.used + $0.shadowPrice).isFinite })
        try check("pegging.csv", result.pegging.allSatisfy(\.quantity.isFinite))
    }

    func segments(_ segmentation: Segmentation) -> [UInt8] {
        var text = CSVText(header: PlanTable.segments)
        for segment in segmentation.segments.sorted(by: { $0.account < $1.account }) {
            text.add(account(segment.account))
            text.add(segment.value)
            text.add(segment.share)
            text.add(segment.cumulativeShare)
            text.add(segment.tier)
            text.add(segment.isGiven ? "given" : "computed")
            text.endRow()
        }
        return text.bytes
    }

    func forecast(_ forecast: Forecast) -> [UInt8] {
        let quantiles = package.settings.forecast.quantiles
        var text = CSVText(header: PlanTable.forecast(quantiles: quantiles))
        for row in forecast.rows.sorted(by: { ($0.bucket, $0.account, $0.product) < ($1.bucket, $1.account, $1.product) }) {
            guard row.quantity != 0 || row.override != nil || row.quantiles.contains(where: { $0 != 0 }) else { continue }
            text.add(day(row.bucket))
            text.add(account(row.account))
            text.add(product(row.product))
            text.add(row.quantity)
            for number in quantiles.indices { text.addOrBlank(row.quantiles.indices.contains(number) ? row.quantiles[number] : nil) }
            text.add(row.model)
            text.addOrBlank(row.override)
            text.endRow()
        }
        return text.bytes
    }

    func forecastTotals(_ forecast: Forecast) -> [UInt8] {
        let quantiles = package.settings.forecast.quantiles
        var text = CSVText(header: PlanTable.forecastTotals(quantiles: quantiles))
        for total in forecast.totals.sorted(by: { ($0.account, $0.product) < ($1.account, $1.product) }) {
            guard total.quantity != 0 || total.quantiles.contains(where: { $0 != 0 }) else { continue }
            text.add(account(total.account))
            text.add(product(total.product))
            text.add(total.quantity)
            for number in quantiles.indices { text.addOrBlank(total.quantiles.indices.contains(number) ? total.quantiles[number] : nil) }
            text.endRow()
        }
        return text.bytes
    }

    func demand(_ demand: PlannedDemand) -> [UInt8] {
        var text = CSVText(header: PlanTable.demand)
        let order = demand.pairs.indices.sorted { demand.pairs[$0] < demand.pairs[$1] }
        for bucket in 0..<demand.quantity.bucketCount {
            for row in order {
                let values = (demand.forecast[row, bucket], demand.ordered[row, bucket], demand.quantity[row, bucket])
                guard values != (0, 0, 0) else { continue }
                text.add(day(bucket))
                text.add(account(demand.pairs[row].account))
                text.add(product(demand.pairs[row].product))
                text.add(values.0)
                text.add(values.1)
                text.add(values.2)
                text.endRow()
            }
        }
        return text.bytes
    }

    func bands(_ bands: StockBandTable) -> [UInt8] {
        var text = CSVText(header: PlanTable.bands)
        let order = bands.pairs.indices.sorted { bands.pairs[$0] < bands.pairs[$1] }
        for bucket in 0..<bands.min.bucketCount {
            for row in order {
                text.add(day(bucket))
                text.add(account(bands.pairs[row].account))
                text.add(product(bands.pairs[row].product))
                text.add(bands.min[row, bucket])
                text.addOrBlank(bands.target[row, bucket])
                text.addOrBlank(bands.max[row, bucket])
                text.endRow()
            }
        }
        return text.bytes
    }

    func production(_ plan: Plan) -> [UInt8] {
        var text = CSVText(header: PlanTable.production)
        for row in plan.production.sorted(by: { ($0.bucket, $0.line, $0.product) < ($1.bucket, $1.line, $1.product) })
        where row.quantity != 0 || row.hours != 0 {
            text.add(day(row.bucket))
            text.add(line(row.line))
            text.add(product(row.product))
            text.add(row.quantity)
            text.add(row.hours)
            text.endRow()
        }
        return text.bytes
    }

    func lines(_ plan: Plan) -> [UInt8] {
        var text = CSVText(header: PlanTable.lines)
        for row in plan.lineUse.sorted(by: { ($0.bucket, $0.line) < ($1.bucket, $1.line) })
        where row.hours != 0 || row.hoursUsed != 0 || row.overtimeUsed != 0 {
            text.add(day(row.bucket))
            text.add(line(row.line))
            text.add(row.hours)
            text.add(row.hoursUsed)
            text.add(row.overtimeUsed)
            text.endRow()
        }
        return text.bytes
    }

    func movements(_ plan: Plan) -> [UInt8] {
        var text = CSVText(header: PlanTable.movements)
        for row in plan.movements.sorted(by: { ($0.bucket, $0.lane, $0.product) < ($1.bucket, $1.lane, $1.product) })
        where row.quantity != 0 {
            text.add(day(row.bucket))
            text.add(lane(row.lane))
            text.add(product(row.product))
            text.add(row.quantity)
            text.add(day(row.arrives))
            text.endRow()
        }
        return text.bytes
    }

    func siteStock(_ plan: Plan) -> [UInt8] {
        var text = CSVText(header: PlanTable.siteStock)
        for row in plan.siteStock.sorted(by: { ($0.bucket, $0.site, $0.product) < ($1.bucket, $1.site, $1.product) })
        where row.quantity != 0 {
            text.add(day(row.bucket))
            text.add(package.sites[row.site].id)
            text.add(product(row.product))
            text.add(row.quantity)
            text.endRow()
        }
        return text.bytes
    }

    func accountPlan(_ plan: Plan) -> [UInt8] {
        var text = CSVText(header: PlanTable.accountPlan)
        for row in plan.accountPlan.sorted(by: { ($0.bucket, $0.account, $0.product) < ($1.bucket, $1.account, $1.product) })
        where row.numbers.contains(where: { $0 != 0 }) {
            text.add(day(row.bucket))
            text.add(account(row.account))
            text.add(product(row.product))
            for number in row.numbers { text.add(number) }
            text.endRow()
        }
        return text.bytes
    }

    func lots(_ plan: Plan) -> [UInt8] {
        var text = CSVText(header: PlanTable.lots)
        for row in plan.lots.sorted(by: LotRow.isOrdered) where row.quantity != 0 {
            text.add(day(row.bucket))
            text.add(lane(row.lane))
            text.add(product(row.product))
            text.add(row.serveBy.map(day) ?? "")
            text.add(row.quantity)
            text.endRow()
        }
        return text.bytes
    }

    func expired(_ plan: Plan) -> [UInt8] {
        var text = CSVText(header: PlanTable.expired)
        let rows = plan.expired.map { (row: $0, id: placeID($0.place)) }.sorted { a, b in
            if a.row.bucket != b.row.bucket { return a.row.bucket < b.row.bucket }
            if a.id != b.id { return isBytewiseLess(a.id, b.id) }
            return a.row.product < b.row.product
        }
        for (row, id) in rows where row.quantity != 0 {
            text.add(day(row.bucket))
            text.add(id)
            text.add(product(row.product))
            text.add(row.quantity)
            text.endRow()
        }
        return text.bytes
    }

    func shortages(_ rows: [ShortageRow]) -> [UInt8] {
        var text = CSVText(header: PlanTable.shortages)
        let sorted = rows.sorted { a, b in
            let (first, second) = ((a.bucket, a.account, a.product), (b.bucket, b.account, b.product))
            if first != second { return first < second }
            if a.reason != b.reason { return isBytewiseLess(a.reason.rawValue, b.reason.rawValue) }
            if a.resource != b.resource { return isBytewiseLess(a.resource, b.resource) }
            return (a.resourceBucket ?? -1, b.lost) < (b.resourceBucket ?? -1, a.lost)
        }
        for row in sorted where row.lost != 0 {
            text.add(day(row.bucket))
            text.add(account(row.account))
            text.add(product(row.product))
            text.add(row.lost)
            text.add(row.reason.rawValue)
            text.add(row.resource)
            if let bucket = row.resourceBucket { text.add(day(bucket)) } else { text.addBlank() }
            text.add(row.takenBy.map(takerText).joined(separator: "; "))
            text.endRow()
        }
        return text.bytes
    }

    /// `A01 (lost-sales, tier 1): 120`
    private func takerText(_ taker: Taker) -> String {
        let tier = taker.rank.tier.map { ", tier \($0)" } ?? ""
        return "\(account(taker.account)) (\(taker.rank.aim.rawValue)\(tier)): \(NumberText.shortest(taker.quantity))"
    }

    func resources(_ rows: [ResourceRow]) -> [UInt8] {
        var text = CSVText(header: PlanTable.resources)
        let named = rows.map { (row: $0, id: resourceID($0), site: $0.site.map { package.sites[$0].id } ?? "") }.sorted { a, b in
            if a.row.bucket != b.row.bucket { return a.row.bucket < b.row.bucket }
            if a.row.kind != b.row.kind { return isBytewiseLess(a.row.kind.rawValue, b.row.kind.rawValue) }
            if a.id != b.id { return isBytewiseLess(a.id, b.id) }
            return isBytewiseLess(a.site, b.site)
        }
        for (row, id, site) in named where row.capacity != 0 || row.used != 0 || row.shadowPrice != 0 {
            text.add(day(row.bucket))
            text.add(row.kind.rawValue)
            text.add(id)
            text.add(site)
            text.add(row.capacity)
            text.add(row.used)
            text.add(row.shadowPrice)
            text.add(row.rank?.aim.rawValue ?? "")
            if let tier = row.rank?.tier { text.add(tier) } else { text.addBlank() }
            text.endRow()
        }
        return text.bytes
    }

    private func resourceID(_ row: ResourceRow) -> String {
        switch row.kind {
        case .hours, .overtime: line(row.resource)
        case .lane: lane(row.resource)
        case .pool: package.pools[row.resource].id
        case .storage: package.sites[row.resource].id
        case .material: package.materials[row.resource]
        case .accountStock: account(row.resource)
        }
    }

    func pegging(_ rows: [PeggingRow]) -> [UInt8] {
        var text = CSVText(header: PlanTable.pegging)
        let sorted = rows.sorted { a, b in
            let (first, second) = ((a.account, a.product, a.bucket), (b.account, b.product, b.bucket))
            if first != second { return first < second }
            let (made, madeOther) = ((a.line ?? -1, a.made ?? -1), (b.line ?? -1, b.made ?? -1))
            if made != madeOther { return made < madeOther }
            if a.lanePath != b.lanePath { return a.lanePath.lexicographicallyPrecedes(b.lanePath) }
            return a.quantity < b.quantity
        }
        for row in sorted where row.quantity != 0 {
            text.add(account(row.account))
            text.add(product(row.product))
            text.add(day(row.bucket))
            text.add(row.quantity)
            text.add(row.line.map(line) ?? "")
            text.add(row.made.map(day) ?? "")
            text.add(row.lanePath.map(lane).joined(separator: " > "))
            text.endRow()
        }
        return text.bytes
    }
}

extension AccountPlanRow {
    /// demand, served, lost, backlog, stock, under, over
    var numbers: [Double] { [demand, served, lost, backlog, stock, under, over] }
}
