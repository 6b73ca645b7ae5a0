import Foundation
import PlanModel

/// What a plan folder's files say, for checking, explaining and comparing.
public struct PlanFiles: Hashable, Sendable {
    public var plan: Plan
    /// Pairs of demand.csv, bands.csv and account_plan.csv together.
    public var demand: PlannedDemand
    /// On the same pairs; a pair without rows has no band.
    public var bands: StockBandTable
    public var segmentation: Segmentation
    /// nil where the folder has no certificate.json.
    public var certificate: Certificate?
    /// SHA-256 of the input files the plan was made from, as certificate.json has them.
    public var inputHashes: [String: String]
    /// nil where the folder has no such table.
    public var forecast: [ForecastRow]?
    public var forecastTotals: [ForecastTotal]?
    public var shortages: [ShortageRow]?
    public var resources: [ResourceRow]?
    /// Figures of kpis.json by their path, list entries by their tier or account: `total.lost`, `tiers.1.fill_rate`, `accounts.A01.served`.
    public var keyFigures: [String: Double]?
    public var departments: DepartmentTables
    /// Of the Fullshelf that made the plan, as certificate.json has it.
    public var version: String?

    public init(
        plan: Plan, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation, certificate: Certificate?,
        inputHashes: [String: String] = [:], forecast: [ForecastRow]? = nil, forecastTotals: [ForecastTotal]? = nil,
        shortages: [ShortageRow]? = nil,
        resources: [ResourceRow]? = nil, keyFigures: [String: Double]? = nil, departments: DepartmentTables = DepartmentTables(),
        version: String? = nil
    ) {
        self.plan = plan
        self.demand = demand
        self.bands = bands
        self.segmentation = segmentation
        self.certificate = certificate
        self.inputHashes = inputHashes
        self.forecast = forecast
        self.forecastTotals = forecastTotals
        self.shortages = shortages
        self.resources = resources
        self.keyFigures = keyFigures
        self.departments = departments
        self.version = version
    }
}

/// What reading a plan folder gave: its files, or the reasons why they cannot be used.
public struct PlanReading: Sendable {
    /// nil when any finding is an error.
    public var files: PlanFiles?
    public var findings: [Finding]

    public init(files: PlanFiles?, findings: [Finding]) {
        self.files = files
        self.findings = findings
    }
}

/// Reads a plan folder back, whoever wrote it, against the package it was made for.
///
/// Numbers are taken as they stand, negative ones too: judging them is the checker's work. Ids and dates must be the package's.
public func readPlan(at folder: String, package: DataPackage) -> PlanReading { PlanFolderReader(folder: folder, package: package).read() }

private final class PlanFolderReader {
    private let folder: String
    private let package: DataPackage
    private let collector = FindingCollector()
    private let accountIndex: IdIndex
    private let productIndex: IdIndex
    private let siteIndex: IdIndex
    private let lineIndex: IdIndex
    private let laneIndex: IdIndex
    private let placeIndex: IdIndex

    init(folder: String, package: DataPackage) {
        self.folder = folder
        self.package = package
        accountIndex = IdIndex(noun: .account, file: Bilingual(verbatim: "accounts.csv"), ids: package.accounts.map(\.id), isComplete: true)
        productIndex = IdIndex(noun: .product, file: Bilingual(verbatim: "products.csv"), ids: package.products.map(\.id), isComplete: true)
        siteIndex = IdIndex(noun: .site, file: Bilingual(verbatim: "sites.csv"), ids: package.sites.map(\.id), isComplete: true)
        lineIndex = IdIndex(noun: .line, file: Bilingual(verbatim: "lines.csv"), ids: package.lines.map(\.id), isComplete: true)
        laneIndex = IdIndex(noun: .lane, file: Bilingual(verbatim: "lanes.csv"), ids: package.lanes.map(\.id), isComplete: true)
        placeIndex = IdIndex(
            noun: .place, file: Bilingual("sites.csv or accounts.csv", "sites.csv 或 accounts.csv"),
            ids: package.sites.map(\.id) + package.accounts.map(\.id),
            isComplete: true)
    }

    func read() -> PlanReading {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            collector.error(
                folder, Bilingual("there is no such plan folder", "没有这个计划文件夹"),
                advice: Bilingual("Give the folder that \"fullshelf plan\" wrote.", "请指定 fullshelf plan 写出的文件夹。"))
            return PlanReading(files: nil, findings: collector.findings(fileOrder: []))
        }
        let segmentation = readSegments()
        let demand = readDemand()
        let bands = readBands()
        let plan = Plan(
            production: readProduction(), lineUse: readLines(), movements: readMovements(), siteStock: readSiteStock(),
            accountPlan: readAccountPlan(), expired: readExpired(), lots: readLots())
        let certificate = readCertificateFile()
        let statements = PlanStatementReader(folder: folder, package: package, collector: collector)
        let (forecast, shortages, resources) = (statements.forecast(), statements.shortages(), statements.resources())
        let forecastTotals = statements.forecastTotals()
        let keyFigures = statements.keyFigures()
        let departments = statements.departments()
        let findings = collector.findings(fileOrder: PlanFolderReader.schemas.map(\.fileName) + PlanStatementReader.files)
        guard !collector.hasErrors else { return PlanReading(files: nil, findings: findings) }

        let pairs = Set(
            demand.keys.map(\.pair) + bands.keys.map(\.pair) + plan.accountPlan.map { Pair(account: $0.account, product: $0.product) }
        )
        .sorted()
        let count = package.horizon.count
        let blank = PairGrid(pairCount: pairs.count, bucketCount: count)
        let open = PairGrid(pairCount: pairs.count, bucketCount: count, repeating: .infinity)
        var planned = PlannedDemand(pairs: pairs, forecast: blank, ordered: blank, quantity: blank)
        var table = StockBandTable(pairs: pairs, min: blank, target: open, max: open)
        for (row, pair) in pairs.enumerated() {
            for bucket in 0..<count {
                if let values = demand[Cell(pair: pair, bucket: bucket)] {
                    planned.forecast[row, bucket] = values[0]
                    planned.ordered[row, bucket] = values[1]
                    planned.quantity[row, bucket] = values[2]
                }
                if let values = bands[Cell(pair: pair, bucket: bucket)] {
                    table.min[row, bucket] = values[0]
                    table.target[row, bucket] = values[1]
                    table.max[row, bucket] = values[2]
                }
            }
        }
        let files = PlanFiles(
            plan: plan, demand: planned, bands: table, segmentation: segmentation, certificate: certificate?.certificate,
            inputHashes: certificate?.inputHashes ?? [:], forecast: forecast, forecastTotals: forecastTotals, shortages: shortages,
            resources: resources,
            keyFigures: keyFigures, departments: departments, version: certificate?.version)
        return PlanReading(files: files, findings: findings)
    }

    private struct Cell: Hashable {
        let pair: Pair
        let bucket: Int
    }

    // MARK: Tables

    private static func schema(_ file: String, _ title: Bilingual, key: [String], _ columns: [String], kinds: [String: FieldKind])
        -> TableSchema
    {
        TableSchema(
            name: file, title: title, key: key,
            fields: columns.map { name in
                let isRequired = !["target", "max", "reason", "serve_by"].contains(name)
                return TableField(name, kinds[name] ?? .number(.any), required: isRequired, TableField.ownMeaning.english, [])
            })
    }

    private static let kinds: [String: FieldKind] = [
        "bucket": .date, "arrives": .date, "serve_by": .date, "account": .id(of: "accounts"), "product": .id(of: "products"),
        "line": .id(of: "lines"),
        "lane": .id(of: "lanes"), "site": .id(of: "sites"), "location": .id(of: "sites or accounts"), "tier": .integer(least: 1),
        "reason": .text,
    ]

    private static let segments = schema("segments", Bilingual("tiers", "客户级别"), key: ["account"], PlanTable.segments, kinds: kinds)
    private static let demand = schema(
        "demand", Bilingual("the demand planned for", "计划所依据的需求"), key: ["bucket", "account", "product"], PlanTable.demand, kinds: kinds)
    private static let bands = schema(
        "bands", Bilingual("stock bands", "库存区间"), key: ["bucket", "account", "product"], PlanTable.bands, kinds: kinds)
    private static let production = schema(
        "production", Bilingual("what is made", "生产计划"), key: ["bucket", "line", "product"], PlanTable.production, kinds: kinds)
    private static let lines = schema(
        "lines", Bilingual("hours of the lines", "产线工时"), key: ["bucket", "line"], PlanTable.lines, kinds: kinds)
    private static let movements = schema(
        "movements", Bilingual("what is moved", "运输计划"), key: ["bucket", "lane", "product"], PlanTable.movements, kinds: kinds)
    private static let siteStock = schema(
        "site_stock", Bilingual("stock at sites", "各地点的库存"), key: ["bucket", "site", "product"], PlanTable.siteStock, kinds: kinds)
    private static let accountPlan = schema(
        "account_plan", Bilingual("service and stock of the accounts", "各客户的供货与库存"), key: ["bucket", "account", "product"],
        PlanTable.accountPlan, kinds: kinds)
    private static let expired = schema(
        "expired", Bilingual("stock taken off", "过期报废的库存"), key: ["bucket", "location", "product"], PlanTable.expired, kinds: kinds)
    private static let lots = schema(
        "lots", Bilingual("which lots are moved", "运输哪些批次"), key: ["bucket", "lane", "product", "serve_by"], PlanTable.lots, kinds: kinds)
    private static let schemas = [segments, demand, bands, production, lines, movements, siteStock, accountPlan, expired, lots]

    /// Reads a table; each key may stand once. `row` returns the record's key, or nil to leave the record out.
    private func read(_ schema: TableSchema, isOptional: Bool = false, row: (TableReader) -> [Int]?) {
        let file: InputFile
        do throws(InputFile.OpenFailure) {
            file = try InputFile(path: folder + "/" + schema.fileName, name: schema.fileName)
        } catch {
            if case .missing = error {
                if !isOptional {
                    collector.error(
                        schema.fileName,
                        Bilingual("the file is missing; it holds \(schema.title)", "缺少该文件，其内容为：\(schema.title(in: .chinese))"),
                        advice: Bilingual("A plan folder has every table, if only its header.", "计划文件夹须包含全部表格，没有数据的也要有表头。"))
                }
            } else {
                error.report(file: schema.fileName, to: collector)
            }
            return
        }
        file.withBytes { bytes in
            guard let table = TableReader(bytes: bytes, schema: schema, columnNames: [:], isOurs: true, collector: collector) else {
                return
            }
            var lineOfKey: [[Int]: Int] = [:]
            while table.next() {
                guard let key = row(table) else { continue }
                if let first = lineOfKey[key] {
                    collector.error(
                        schema.fileName, line: table.line, column: schema.key.joined(separator: ", "),
                        Bilingual("the same key stands on line \(first) already", "与第 \(first) 行的键重复"),
                        advice: Bilingual("A plan has one row a key.", "计划中每个键只能有一行。"))
                } else {
                    lineOfKey[key] = table.line
                }
            }
        }
    }

    /// Bucket of a date, which has to lie inside the horizon.
    private func bucket(_ table: TableReader, _ column: Column) -> Int? {
        guard let date = table.date(column) else { return nil }
        let bucket = package.horizon.bucket(of: date)
        guard package.horizon.buckets.contains(bucket) else {
            table.reject(
                column, value: date.description,
                Bilingual(
                    "\(date) lies outside the horizon of the package (\(package.horizon.count) buckets from \(package.horizon.start))",
                    "\(date) 不在数据包的计划期内（自 \(package.horizon.start) 起 \(package.horizon.count) 期）"),
                advice: Bilingual("Check that the plan belongs to this package.", "请确认该计划是由这个数据包做出的。"))
            return nil
        }
        return bucket
    }

    private func readSegments() -> Segmentation {
        var segments: [Segment] = []
        read(PlanFolderReader.segments) { table in
            let account = table.reference(table.column("account"), to: accountIndex)
            let numbers = ["value", "share", "cumulative_share"].map { table.number(table.column($0)) }
            let tier = table.integer(table.column("tier"), most: TableLimits.mostTiers)
            let reason = table.text(table.column("reason"))
            guard table.isSound, let account, let tier, let value = numbers[0], let share = numbers[1], let cumulative = numbers[2] else {
                return nil
            }
            segments.append(
                Segment(account: account, value: value, share: share, cumulativeShare: cumulative, tier: tier, isGiven: reason == "given"))
            return [account]
        }
        var tiers = [Int](repeating: 1, count: package.accounts.count)
        let listed = Set(segments.map(\.account))
        for segment in segments { tiers[segment.account] = segment.tier }
        if !collector.hasErrors(in: "segments.csv"), let missing = package.accounts.indices.first(where: { !listed.contains($0) }) {
            collector.error(
                "segments.csv", column: "account", value: package.accounts[missing].id,
                Bilingual("the account \"\(package.accounts[missing].id)\" has no row", "缺少客户“\(package.accounts[missing].id)”的行"),
                advice: Bilingual("Every account has a tier; write the plan again.", "每个客户都要有级别；请重新制订计划。"))
        }
        segments.sort { ($1.value, $0.account) < ($0.value, $1.account) }
        let topCount = (package.accounts.count + 4) / 5
        return Segmentation(
            segments: segments, topFifthShare: segments.prefix(topCount).reduce(0) { $0 + $1.share },
            herfindahlIndex: segments.reduce(0) { $0 + $1.share * $1.share }, keyAccountCount: tiers.count { $0 == 1 }, tierOfAccount: tiers
        )
    }

    /// Three numbers of each pair and bucket.
    private func readCells(_ schema: TableSchema, _ names: [String], blank: Double?) -> [Cell: [Double]] {
        var cells: [Cell: [Double]] = [:]
        read(schema) { table in
            let bucket = bucket(table, table.column("bucket"))
            let account = table.reference(table.column("account"), to: accountIndex)
            let product = table.reference(table.column("product"), to: productIndex)
            let values = names.map { table.number(table.column($0)) ?? blank ?? 0 }
            guard table.isSound, let bucket, let account, let product else { return nil }
            cells[Cell(pair: Pair(account: account, product: product), bucket: bucket)] = values
            return [bucket, account, product]
        }
        return cells
    }

    private func readDemand() -> [Cell: [Double]] { readCells(PlanFolderReader.demand, ["forecast", "ordered", "quantity"], blank: nil) }

    private func readBands() -> [Cell: [Double]] { readCells(PlanFolderReader.bands, ["min", "target", "max"], blank: .infinity) }

    private func readProduction() -> [ProductionRow] {
        var rows: [ProductionRow] = []
        read(PlanFolderReader.production) { table in
            let bucket = bucket(table, table.column("bucket"))
            let line = table.reference(table.column("line"), to: lineIndex)
            let product = table.reference(table.column("product"), to: productIndex)
            let (quantity, hours) = (table.number(table.column("quantity")), table.number(table.column("hours")))
            guard table.isSound, let bucket, let line, let product, let quantity, let hours else { return nil }
            rows.append(ProductionRow(bucket: bucket, line: line, product: product, quantity: quantity, hours: hours))
            return [bucket, line, product]
        }
        return rows.sorted { ($0.bucket, $0.line, $0.product) < ($1.bucket, $1.line, $1.product) }
    }

    private func readLines() -> [LineUseRow] {
        var rows: [LineUseRow] = []
        read(PlanFolderReader.lines) { table in
            let bucket = bucket(table, table.column("bucket"))
            let line = table.reference(table.column("line"), to: lineIndex)
            let hours = table.number(table.column("hours"))
            let (used, overtime) = (table.number(table.column("hours_used")), table.number(table.column("overtime_used")))
            guard table.isSound, let bucket, let line, let hours, let used, let overtime else { return nil }
            rows.append(LineUseRow(bucket: bucket, line: line, hours: hours, hoursUsed: used, overtimeUsed: overtime))
            return [bucket, line]
        }
        return rows.sorted { ($0.bucket, $0.line) < ($1.bucket, $1.line) }
    }

    private func readMovements() -> [MovementRow] {
        var rows: [MovementRow] = []
        read(PlanFolderReader.movements) { table in
            let bucket = bucket(table, table.column("bucket"))
            let lane = table.reference(table.column("lane"), to: laneIndex)
            let product = table.reference(table.column("product"), to: productIndex)
            let quantity = table.number(table.column("quantity"))
            // An arrival after the horizon is for the checker to judge.
            let arrives = table.date(table.column("arrives")).map(package.horizon.bucket(of:))
            guard table.isSound, let bucket, let lane, let product, let quantity, let arrives else { return nil }
            rows.append(MovementRow(bucket: bucket, lane: lane, product: product, quantity: quantity, arrives: arrives))
            return [bucket, lane, product]
        }
        return rows.sorted { ($0.bucket, $0.lane, $0.product) < ($1.bucket, $1.lane, $1.product) }
    }

    private func readSiteStock() -> [SiteStockRow] {
        var rows: [SiteStockRow] = []
        read(PlanFolderReader.siteStock) { table in
            let bucket = bucket(table, table.column("bucket"))
            let site = table.reference(table.column("site"), to: siteIndex)
            let product = table.reference(table.column("product"), to: productIndex)
            let quantity = table.number(table.column("quantity"))
            guard table.isSound, let bucket, let site, let product, let quantity else { return nil }
            rows.append(SiteStockRow(bucket: bucket, site: site, product: product, quantity: quantity))
            return [bucket, site, product]
        }
        return rows.sorted { ($0.bucket, $0.site, $0.product) < ($1.bucket, $1.site, $1.product) }
    }

    private func readAccountPlan() -> [AccountPlanRow] {
        var rows: [AccountPlanRow] = []
        read(PlanFolderReader.accountPlan) { table in
            let bucket = bucket(table, table.column("bucket"))
            let account = table.reference(table.column("account"), to: accountIndex)
            let product = table.reference(table.column("product"), to: productIndex)
            let values = ["demand", "served", "lost", "backlog", "stock", "under", "over"].map { table.number(table.column($0)) ?? 0 }
            guard table.isSound, let bucket, let account, let product else { return nil }
            rows.append(
                AccountPlanRow(
                    bucket: bucket, account: account, product: product, demand: values[0], served: values[1], lost: values[2],
                    backlog: values[3],
                    stock: values[4], under: values[5], over: values[6]))
            return [bucket, account, product]
        }
        return rows.sorted { ($0.bucket, $0.account, $0.product) < ($1.bucket, $1.account, $1.product) }
    }

    private func readExpired() -> [ExpiryRow] {
        var rows: [(row: ExpiryRow, place: Int)] = []
        read(PlanFolderReader.expired, isOptional: true) { table in
            let bucket = bucket(table, table.column("bucket"))
            let place = table.reference(table.column("location"), to: placeIndex)
            let product = table.reference(table.column("product"), to: productIndex)
            let quantity = table.number(table.column("quantity"))
            guard table.isSound, let bucket, let place, let product, let quantity else { return nil }
            let location: Place = place < package.sites.count ? .site(place) : .account(place - package.sites.count)
            rows.append((ExpiryRow(bucket: bucket, place: location, product: product, quantity: quantity), place))
            return [bucket, place, product]
        }
        return rows.sorted { ($0.row.bucket, $0.place, $0.row.product) < ($1.row.bucket, $1.place, $1.row.product) }.map(\.row)
    }

    private func readLots() -> [LotRow] {
        var rows: [LotRow] = []
        read(PlanFolderReader.lots, isOptional: true) { table in
            let (bucket, serveBy) = (bucket(table, table.column("bucket")), bucket(table, table.column("serve_by")))
            let lane = table.reference(table.column("lane"), to: laneIndex)
            let product = table.reference(table.column("product"), to: productIndex)
            let quantity = table.number(table.column("quantity"))
            guard table.isSound, let bucket, let lane, let product, let quantity else { return nil }
            rows.append(LotRow(bucket: bucket, lane: lane, product: product, serveBy: serveBy, quantity: quantity))
            return [bucket, lane, product, serveBy ?? package.horizon.count]
        }
        return rows.sorted(by: LotRow.isOrdered)
    }

    private func readCertificateFile() -> (certificate: Certificate, inputHashes: [String: String], version: String?)? {
        do throws(InputFile.OpenFailure) {
            let file = try InputFile(path: folder + "/certificate.json", name: "certificate.json")
            return file.withBytes { bytes in PlanData.readCertificate(Data(bytes), collector: collector) }
        } catch {
            if case .missing = error {
                collector.note(
                    "certificate.json", Bilingual("the plan has no certificate", "该计划没有证明文件"),
                    advice: Bilingual("Its rank values can be recomputed, but nothing is proven about them.", "各目标的数值可以重算，但无从证明其优劣。"))
            } else {
                error.report(file: "certificate.json", to: collector)
            }
            return nil
        }
    }
}
