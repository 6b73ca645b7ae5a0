import PlanModel

/// Reads a plan folder without its package, for comparing plans whose packages have changed or gone.
///
/// The package handed out has what the plan's own tables name: ids, tiers as given, buckets; names, prices and capacities are not in a plan folder.
public func readPlanAlone(at folder: String) -> (package: DataPackage, reading: PlanReading) {
    let skeleton = PlanSkeleton(folder: folder)
    let package = skeleton.package()
    return (package, readPlan(at: folder, package: package))
}

/// Gathers the ids and dates that stand in the tables of a plan folder.
private final class PlanSkeleton {
    private let folder: String
    /// Nobody sees its findings: the reading that follows tells the same and more.
    private let collector = FindingCollector()
    private var accounts = Set<String>()
    private var products = Set<String>()
    private var sites = Set<String>()
    private var lines = Set<String>()
    private var lanes = Set<String>()
    private var pools = Set<String>()
    private var materials = Set<String>()
    private var days = Set<CalendarDate>()

    init(folder: String) {
        self.folder = folder
        read("segments", ["account"]) { [self] in accounts.insert($0["account"]) }
        for name in ["demand", "bands", "account_plan"] {
            read(name, ["bucket", "account", "product"]) { [self] row in
                gather(row)
                accounts.insert(row["account"])
            }
        }
        read("production", ["bucket", "line", "product"]) { [self] row in
            gather(row)
            lines.insert(row["line"])
        }
        read("lines", ["bucket", "line"]) { [self] row in
            gather(row)
            lines.insert(row["line"])
        }
        read("movements", ["bucket", "lane", "product"]) { [self] row in
            gather(row)
            lanes.insert(row["lane"])
        }
        read("site_stock", ["bucket", "site", "product"]) { [self] row in
            gather(row)
            sites.insert(row["site"])
        }
        read("resources", ["bucket", "kind", "resource", "site"]) { [self] row in
            gather(row)
            if !row["site"].isEmpty { sites.insert(row["site"]) }
            switch ResourceKind(rawValue: row["kind"]) {
            case .hours, .overtime: lines.insert(row["resource"])
            case .lane: lanes.insert(row["resource"])
            case .pool: pools.insert(row["resource"])
            case .storage: sites.insert(row["resource"])
            case .material: materials.insert(row["resource"])
            case .accountStock: accounts.insert(row["resource"])
            case nil: break
            }
        }
        read("lots", ["bucket", "lane", "product"]) { [self] row in
            gather(row)
            lanes.insert(row["lane"])
        }
        // An expired lot lies at a site or an account; what is no account is a site.
        read("expired", ["bucket", "location", "product"]) { [self] row in
            gather(row)
            if !accounts.contains(row["location"]) { sites.insert(row["location"]) }
        }
    }

    private struct Row {
        let table: TableReader
        let columns: [String: Column]

        subscript(name: String) -> String { columns[name].map { table.text($0) } ?? "" }
    }

    private func gather(_ row: Row) {
        if let column = row.columns["bucket"], let day = row.table.date(column) { days.insert(day) }
        if row.columns["product"] != nil { products.insert(row["product"]) }
    }

    private func read(_ name: String, _ columns: [String], row: (Row) -> Void) {
        let schema = TableSchema(
            name: name, title: Bilingual("a table of a plan", "计划中的表格"), key: [],
            fields: columns.map {
                TableField($0, $0 == "bucket" ? .date : .text, required: $0 != "site", TableField.ownMeaning.english, [])
            })
        guard let file = try? InputFile(path: folder + "/" + schema.fileName, name: schema.fileName) else { return }
        file.withBytes { bytes in
            guard let table = TableReader(bytes: bytes, schema: schema, columnNames: [:], isOurs: true, collector: collector) else {
                return
            }
            let found = Dictionary(uniqueKeysWithValues: columns.map { ($0, table.column($0)) })
            while table.next() { row(Row(table: table, columns: found)) }
        }
    }

    func package() -> DataPackage {
        func rising(_ ids: Set<String>) -> [String] { ids.filter { !$0.isEmpty }.sorted(by: isBytewiseLess) }
        let horizon = horizon()
        let site = sites.isEmpty ? ["-"] : rising(sites)
        return DataPackage(
            settings: PlanSettings(horizon: horizon, forecast: ForecastSettings(season: horizon.unit == .week ? 52 : 12)),
            accounts: rising(accounts).map { Account(id: $0) }, products: rising(products).map { Product(id: $0) },
            materials: rising(materials), sites: site.map { Site(id: $0, kind: .dc) },
            lines: rising(lines).map { ProductionLine(id: $0, site: 0, hoursPerBucket: 0) },
            lanes: rising(lanes).map { Lane(id: $0, from: 0, to: .site(0)) }, pools: rising(pools).map { Pool(id: $0, capacity: 0) })
    }

    /// Buckets are months when every one starts on the first of a month, else weeks; bands.csv names every bucket.
    private func horizon() -> Horizon {
        guard let first = days.min(), let last = days.max() else {
            return Horizon(unit: .week, start: CalendarDate(daysSinceEpoch: 0), count: 1)
        }
        let unit: BucketUnit = days.allSatisfy { $0.yearMonthDay.day == 1 } ? .month : .week
        let count = Horizon(unit: unit, start: first, count: 1).bucket(of: last) + 1
        return Horizon(unit: unit, start: first, count: count)
    }
}
