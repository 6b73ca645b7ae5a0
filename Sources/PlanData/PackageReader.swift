import Foundation
import PlanModel

/// What a package is read for: the tables that must be there differ.
public enum PackagePurpose: Sendable, Hashable {
    /// Accounts, products, sites, lanes, and demand or sales.
    case plan
    /// Segments, forecasts and backtests: accounts, products, sales.
    case forecast
}

/// Reads and checks a data package: all tables of tables.md and `plan.toml`, all findings at once.
///
/// - Parameters:
///   - folder: Path of the package.
///   - purpose: Which tables must be there.
///   - progress: Told now and then which file is being read.
/// - Returns: The package, nil when any finding is an error; entities sorted by id, so that the order of rows cannot matter.
///
/// Nothing traps or throws on what a file holds: every problem is a ``Finding``.
public func readPackage(at folder: String, purpose: PackagePurpose = .plan, progress: ProgressHandler? = nil) -> PackageReading {
    PackageReader(source: .folder(folder), purpose: purpose, progress: progress).read()
}

/// Where the tables of a package come from.
enum PackageSource {
    case folder(String)
    case workbook(any Workbook)
}

/// A row with the line it stands on.
struct Sourced<Row> {
    var row: Row
    var line: Int
}

/// Reads one package; each table has its function in the other files of this folder.
final class PackageReader {
    let source: PackageSource
    /// The folder, or the workbook's file: what a finding about the whole package names.
    let folder: String
    let purpose: PackagePurpose
    let progress: ProgressHandler?
    let collector = FindingCollector()
    var draft = SettingsDraft()
    var horizon = Horizon(unit: .week, start: CalendarDate(daysSinceEpoch: 0), count: 1)
    /// False when no table told where the plan starts: then nothing can be said to lie outside it.
    var isHorizonKnown = true
    private var hashes: [String: String] = [:]
    private var fileNames: Set<String> = []
    private var unreadable: Set<String> = []
    /// Position of each table's sheet in a workbook, by file name.
    private var sheets: [String: Int] = [:]

    // Entities, sorted by id, and the lines they stand on.
    var accounts: [Account] = []
    var products: [Product] = []
    var sites: [Site] = []
    var lines: [ProductionLine] = []
    var lanes: [Lane] = []
    var pools: [Pool] = []
    var materials: [String] = []
    var entityLines: [String: [Int]] = [:]
    var accountIndex = IdIndex(noun: .account, file: Bilingual(verbatim: "accounts.csv"), ids: [], isComplete: false)
    var productIndex = IdIndex(noun: .product, file: Bilingual(verbatim: "products.csv"), ids: [], isComplete: false)
    var siteIndex = IdIndex(noun: .site, file: Bilingual(verbatim: "sites.csv"), ids: [], isComplete: false)
    var lineIndex = IdIndex(noun: .line, file: Bilingual(verbatim: "lines.csv"), ids: [], isComplete: false)
    var laneIndex = IdIndex(noun: .lane, file: Bilingual(verbatim: "lanes.csv"), ids: [], isComplete: false)
    var poolIndex = IdIndex(noun: .pool, file: Bilingual(verbatim: "pools.csv"), ids: [], isComplete: false)
    /// Sites, then accounts.
    var placeIndex = IdIndex(
        noun: .place, file: Bilingual("sites.csv or accounts.csv", "sites.csv 或 accounts.csv"), ids: [], isComplete: false)

    var lineProducts: [LineProduct] = []
    var billOfMaterials: [BillOfMaterialRow] = []
    var materialReceipts: [MaterialReceipt] = []
    var capacityOverrides: [CapacityOverride] = []
    var stock: [StockRow] = []
    var inTransit: [InTransitRow] = []
    var guarantees: [Guarantee] = []
    var bandRows: [BandRow] = []
    var frozen: [FrozenRow] = []
    var events: [Event] = []
    var levelShifts: [LevelShiftRow] = []
    var prices: [PriceRow] = []
    var demand: [DemandRow] = []
    var overrides: [OverrideRow] = []
    var orders: [OrderRow] = []
    var history = History()

    init(source: PackageSource, purpose: PackagePurpose, progress: ProgressHandler?) {
        self.source = source
        folder =
            switch source {
            case .folder(let path): path
            case .workbook(let workbook): workbook.fileName
            }
        self.purpose = purpose
        self.progress = progress
    }

    func read() -> PackageReading {
        guard listFolder() else { return PackageReading(package: nil, findings: findings) }
        readSettings()
        checkRequiredTables()

        readAccounts()
        readProducts()
        readPrices()
        readEvents()
        readSites()
        placeIndex = IdIndex(
            noun: .place, file: Bilingual("sites.csv or accounts.csv", "sites.csv 或 accounts.csv"),
            ids: sites.map(\.id) + accounts.map(\.id),
            isComplete: siteIndex.isComplete && accountIndex.isComplete)
        let sales = readSales()
        let datedDemand = readDemand()
        settleHorizon(lastSale: sales.lastDate, demand: datedDemand)
        finishSales(sales)
        readShipments()
        readAccountStock()
        place(datedDemand)
        readLevelShifts()
        readOverrides()
        readOrders()
        readLines()
        readLineProducts()
        readMaterials()
        readLanes()
        readPools()
        readCapacity()
        readStock()
        readInTransit()
        readGuarantees()
        readBands()
        readFrozen()
        checkAcrossTables()

        let findings = findings
        guard !collector.hasErrors else { return PackageReading(package: nil, findings: findings, language: draft.language) }
        let package = DataPackage(
            settings: draft.settings(start: horizon.start), accounts: accounts, products: products, materials: materials, sites: sites,
            lines: lines, lineProducts: lineProducts, billOfMaterials: billOfMaterials, materialReceipts: materialReceipts, lanes: lanes,
            pools: pools, capacityOverrides: capacityOverrides, stock: stock, inTransit: inTransit, guarantees: guarantees,
            bandRows: bandRows, frozen: frozen, events: events, levelShifts: levelShifts, prices: prices, demand: demand,
            overrides: overrides, orders: orders, history: history, inputHashes: hashes)
        return PackageReading(package: package, findings: findings, language: draft.language)
    }

    private var findings: [Finding] {
        collector.findings(fileOrder: [folder, SettingsReader.fileName] + TableSchema.all.map(\.fileName))
    }

    // MARK: Files

    /// Looks what is in the folder; false (with a finding) when there is nothing to read.
    private func listFolder() -> Bool {
        if case .workbook(let workbook) = source {
            listSheets(workbook)
            return true
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            collector.error(
                folder, Bilingual("there is no such folder", "没有这个文件夹"),
                advice: Bilingual(
                    "Check the path. \"fullshelf init FOLDER\" writes an example package.", "请检查路径。运行 fullshelf init FOLDER 可生成一个示例数据包。"))
            return false
        }
        guard isFolder.boolValue else {
            collector.error(
                folder, Bilingual("this is a file; a data package is a folder of CSV tables", "这是一个文件；数据包应是存放 CSV 表的文件夹"),
                advice: Bilingual("Give the folder that holds the tables.", "请指定存放各表的文件夹。"))
            return false
        }
        do {
            fileNames = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        } catch {
            collector.error(
                folder, Bilingual("the folder cannot be read", "无法读取该文件夹"),
                advice: Bilingual("Give yourself the right to read it (chmod u+rx).", "请取得读取权限（chmod u+rx）。"))
            return false
        }
        let known = TableSchema.all.map(\.fileName) + [SettingsReader.fileName]
        if fileNames.isDisjoint(with: known), let inner = innerPackage() {
            collector.error(
                folder,
                Bilingual("there are no tables here; those of a package are in the folder \(inner)", "这里没有任何表；数据包的表在子文件夹 \(inner) 中"),
                advice: Bilingual("Give \(inner) as the package.", "请改为指定 \(inner)。"))
            return false
        }
        for name in fileNames.sorted() where !known.contains(name) {
            let lower = name.lowercased()
            guard lower.hasSuffix(".csv") || lower.hasSuffix(".toml") || lower.hasSuffix(".xlsx") || lower.hasSuffix(".xls") else {
                continue
            }
            let near = didYouMean(nearestName(to: name, among: known), isQuoted: false)
            collector.note(
                name, Bilingual("this is no table of a data package and is not read", "这不是数据包的表，不读取") + near,
                advice: Bilingual("Rename the file, or leave it out.", "请改名，或将其移走。"))
        }
        return true
    }

    /// The first folder directly below that holds a package's accounts and products.
    private func innerPackage() -> String? {
        let needed = [TableSchema.accounts, .products].map(\.fileName)
        return fileNames.sorted().lazy.map { (self.folder.hasSuffix("/") ? self.folder : self.folder + "/") + $0 }.first { inner in
            needed.allSatisfy { FileManager.default.fileExists(atPath: inner + "/" + $0) }
        }
    }

    /// Finds each table's sheet.
    private func listSheets(_ workbook: any Workbook) {
        var places = SheetPlaces(workbook: workbook.fileName)
        for (index, name) in workbook.sheetNames.enumerated() {
            guard let table = SheetNames.table(ofSheet: name) else {
                let near = nearestName(to: name, among: TableSchema.all.map(\.name) + [SheetNames.settings])
                collector.add(
                    Finding(
                        severity: .note, file: workbook.fileName, sheet: name,
                        message: Bilingual("this is no table of a data package and is not read", "这不是数据包的表，不读取")
                            + didYouMean(near, isQuoted: false),
                        advice: Bilingual("Rename the sheet, or leave it as it is.", "请为工作表改名，或保持原样。")))
                continue
            }
            let file = table == SheetNames.settings ? SettingsReader.fileName : table + ".csv"
            if let first = sheets[file] {
                collector.add(
                    Finding(
                        severity: .error, file: workbook.fileName, sheet: name,
                        message: Bilingual(
                            "the sheets \"\(workbook.sheetNames[first])\" and \"\(name)\" both hold the table \(table)",
                            "工作表“\(workbook.sheetNames[first])”和“\(name)”都是 \(table) 表"),
                        advice: Bilingual("Put the rows into one sheet, or rename the other.", "请将各行合并到一个工作表，或为另一个改名。")))
                continue
            }
            sheets[file] = index
            places.sheets[file] = (name, 1)
        }
        fileNames = Set(sheets.keys)
        collector.places = places
        hashes[workbook.fileName] = workbook.fileHash
    }

    /// Text of a table's sheet; nil, with findings, where it cannot be read.
    private func sheetText(_ file: String, _ read: (any Workbook, Int) throws(WorkbookProblem) -> SheetText) -> SheetText? {
        guard case .workbook(let workbook) = source, let sheet = sheets[file] else { return nil }
        do throws(WorkbookProblem) {
            let text = try read(workbook, sheet)
            collector.places?.sheets[file]?.headerRow = text.headerRow
            for cell in text.badCells {
                collector.error(file, line: cell.row, column: cell.header, cell.message, advice: cell.advice)
            }
            return text.badCells.isEmpty ? text : nil
        } catch {
            collector.error(file, line: error.row, error.problem, advice: error.remedy)
            return nil
        }
    }

    /// Where a row stands, for what is told about it later.
    func sourcePosition(_ schema: TableSchema, line: Int) -> SourcePosition {
        guard let places = collector.places else { return SourcePosition(file: schema.fileName, line: line) }
        return SourcePosition(file: "\(places.workbook), sheet \(places.sheets[schema.fileName]?.name ?? schema.name)", line: line)
    }

    func isThere(_ schema: TableSchema) -> Bool { fileNames.contains(schema.fileName) }

    /// Whether what a table says is fully known: it was read, or it may be left out and was.
    func isKnown(_ schema: TableSchema) -> Bool { !unreadable.contains(schema.name) }

    private func checkRequiredTables() {
        var required: [TableSchema] = [.accounts, .products]
        if purpose == .plan { required += [.sites, .lanes] } else { required.append(.sales) }
        for schema in required where !isThere(schema) {
            unreadable.insert(schema.name)
            let columns = schema.fields.filter(\.isRequired).map(\.name).joined(separator: ", ")
            collector.error(
                schema.fileName, Bilingual("the file is missing; it holds \(schema.title)", "缺少该文件，其内容为：\(schema.title(in: .chinese))"),
                advice: Bilingual("Add it, with at least the columns \(columns).", "请补上，至少要有以下各列：\(columns.replacing(", ", with: "、"))。"))
        }
        if purpose == .plan, !isThere(.demand), !isThere(.sales) {
            collector.error(
                folder,
                Bilingual(
                    "there is neither sales.csv nor demand.csv: nothing says what will be wanted", "既没有 sales.csv 也没有 demand.csv，无从得知需求"),
                advice:
                    Bilingual(
                        "Add sales.csv (date, account, product, quantity) to forecast from, or demand.csv (bucket, account, product, quantity).",
                        "请补上用于预测的 sales.csv（date、account、product、quantity），或已有的预测 demand.csv（bucket、account、product、quantity）。")
            )
        }
    }

    /// Reads a table record by record, if it is there.
    ///
    /// - Returns: false when the file is missing or cannot be read as this table.
    @discardableResult
    func read(_ schema: TableSchema, rows: (TableReader) -> Void) -> Bool {
        guard isThere(schema) else { return false }
        progress?(ProgressStep("reading \(schema.fileName)"))
        if case .workbook = source { return readSheet(schema, rows: rows) }
        let path = folder + "/" + schema.fileName
        let file: InputFile
        do throws(InputFile.OpenFailure) {
            file = try InputFile(path: path, name: schema.fileName)
        } catch {
            error.report(file: schema.fileName, to: collector)
            unreadable.insert(schema.name)
            return false
        }
        let isReadable = file.withBytes { bytes in
            guard
                let table = TableReader(
                    bytes: bytes, schema: schema, columnNames: draft.columnNames[schema.name] ?? [:], collector: collector,
                    progress: progress, passed: file.releasePages)
            else { return false }
            rows(table)
            if table.rowCount == 0, !table.isCutShort { reportNoRows(schema) }
            return true
        }
        guard isReadable else {
            unreadable.insert(schema.name)
            return false
        }
        hashes[schema.fileName] = file.sha256()
        return true
    }

    private func readSheet(_ schema: TableSchema, rows: (TableReader) -> Void) -> Bool {
        let columnNames = draft.columnNames[schema.name] ?? [:]
        let text = sheetText(schema.fileName) { workbook, sheet throws(WorkbookProblem) in
            try SheetText(of: workbook, sheet: sheet, schema: schema, columnNames: columnNames)
        }
        let isReadable =
            text?.bytes.withUnsafeBytes { bytes in
                guard
                    let table = TableReader(
                        bytes: bytes, schema: schema, columnNames: columnNames, collector: collector, progress: progress)
                else { return false }
                rows(table)
                if table.rowCount == 0, !table.isCutShort { reportNoRows(schema) }
                return true
            } ?? false
        if !isReadable { unreadable.insert(schema.name) }
        return isReadable
    }

    private func reportNoRows(_ schema: TableSchema) {
        let isNeeded: Bool =
            switch schema.name {
            case "accounts", "products": true
            case "sites", "lanes": purpose == .plan
            case "sales": purpose == .forecast || !isThere(.demand)
            case "demand": purpose == .plan && !isThere(.sales)
            default: false
            }
        if isNeeded {
            collector.error(
                schema.fileName, Bilingual("the file has a header and no rows", "该文件只有表头，没有数据行"),
                advice: Bilingual("Add the rows: \(schema.title).", "请补上数据行：\(schema.title(in: .chinese))。"))
        } else if case .folder = source {
            // A workbook has a sheet for every table, whether it is wanted or not.
            collector.note(
                schema.fileName, Bilingual("the file has a header and no rows", "该文件只有表头，没有数据行"),
                advice: Bilingual("That may be meant; otherwise export it again.", "如非有意，请重新导出。"))
        }
    }

    private func readSettings() {
        guard fileNames.contains(SettingsReader.fileName) else { return }
        if case .workbook = source {
            let text = sheetText(SettingsReader.fileName) { workbook, sheet throws(WorkbookProblem) in
                try SheetText.settings(of: workbook, sheet: sheet)
            }
            if let text { draft = text.bytes.withUnsafeBytes { SettingsReader.read($0, collector: collector) } }
            return
        }
        do throws(InputFile.OpenFailure) {
            let file = try InputFile(path: folder + "/" + SettingsReader.fileName, name: SettingsReader.fileName)
            draft = file.withBytes { SettingsReader.read($0, collector: collector) }
            hashes[SettingsReader.fileName] = file.sha256()
        } catch {
            error.report(file: SettingsReader.fileName, to: collector)
        }
    }

    // MARK: Horizon

    /// The start of the plan: as plan.toml says, else the bucket after the last sale, else the first bucket of demand.csv.
    private func settleHorizon(lastSale: CalendarDate?, demand: [DatedDemand]) {
        var start = draft.start
        var reason = Bilingual.none
        if start == nil, let lastSale {
            start = Horizon(unit: draft.unit, start: lastSale, count: 1).firstDay(of: 1)
            reason = Bilingual("the \(draft.unit.rawValue) after the last sale", "即最后一笔销售的下一\(draft.unit.chineseCounter)")
        }
        if start == nil, let first = demand.map(\.date).min() {
            start = first
            reason = Bilingual("the first \(draft.unit.rawValue) of demand.csv", "即 demand.csv 的第一\(draft.unit.chineseCounter)")
        }
        isHorizonKnown = start != nil
        horizon = Horizon(
            unit: draft.unit, start: start ?? CalendarDate(daysSinceEpoch: 0), count: draft.bucketCount, frozen: draft.frozen)
        if isHorizonKnown, draft.start == nil {
            let why =
                fileNames.contains(SettingsReader.fileName)
                ? Bilingual("plan.toml names no start", "plan.toml 未写明开始日期") : Bilingual("there is no plan.toml", "没有 plan.toml")
            collector.note(
                SettingsReader.fileName,
                Bilingual(
                    "\(why.english); the plan starts on \(horizon.start), \(reason.english), and has \(horizon.count) \(draft.unit.rawValue)s",
                    "\(why.chinese)；计划自 \(horizon.start) 开始，\(reason.chinese)，共 \(horizon.count) \(draft.unit.chineseCounter)"),
                advice: Bilingual(
                    "Write [horizon] start = \"\(horizon.start)\" into plan.toml to fix it.",
                    "如要固定，请在 plan.toml 的 [horizon] 中写 start = \"\(horizon.start)\"。"))
        }
    }

    /// Bucket of a date whose rows count in the first bucket when they lie before it; nil (with a note) after the horizon.
    func arrivalBucket(_ date: CalendarDate, _ table: TableReader, _ column: Column, what: Bilingual) -> Int? {
        let bucket = horizon.bucket(of: date)
        if bucket < horizon.count { return max(bucket, 0) }
        if isHorizonKnown {
            table.note(
                column, value: date.description,
                Bilingual(
                    "\(what.english) on \(date) is after the last bucket (it starts on \(horizon.firstDay(of: horizon.count - 1))) and is not used",
                    "\(date) 的\(what.chinese)晚于最后一期（自 \(horizon.firstDay(of: horizon.count - 1)) 起），不采用"),
                advice: Bilingual("Lengthen the horizon in plan.toml if it matters.", "如需考虑，请在 plan.toml 中延长计划期。"),
                group: "after the horizon")
        }
        return nil
    }

    /// Bucket of a date inside the horizon; nil (with a note) outside it.
    ///
    /// - Parameter allowsPast: Buckets before the start count as well (negative).
    func planBucket(_ date: CalendarDate, _ table: TableReader, _ column: Column, allowsPast: Bool = false) -> Int? {
        let bucket = horizon.bucket(of: date)
        if horizon.buckets.contains(bucket) || (allowsPast && isHorizonKnown && bucket < 0) { return bucket }
        if isHorizonKnown {
            table.note(
                column, value: date.description,
                Bilingual(
                    "\(date) lies outside the horizon (\(horizon.start) to \(horizon.firstDay(of: horizon.count).adding(days: -1))); the row is not used",
                    "\(date) 不在计划期内（\(horizon.start) 至 \(horizon.firstDay(of: horizon.count).adding(days: -1))），此行不采用"),
                advice: Bilingual("Correct the date, or the horizon in plan.toml.", "请改正日期，或 plan.toml 中的计划期。"),
                group: "outside the horizon")
        }
        return nil
    }

    /// Buckets from `start` to the bucket of `end`, blank ends being those of the horizon; nil with a finding where that is empty.
    func planBuckets(_ table: TableReader, _ startColumn: Column, _ endColumn: Column) -> Range<Int>? {
        let start = table.date(startColumn)
        let end = table.date(endColumn)
        guard table.isSound else { return nil }
        if let start, let end, end < start {
            table.reject(
                endColumn, value: end.description,
                Bilingual("it ends on \(end), before it starts on \(start)", "结束日期 \(end) 早于开始日期 \(start)"),
                advice: Bilingual("Correct one of the dates.", "请改正其中一个日期。"))
            return nil
        }
        let first = max(0, start.map(horizon.bucket(of:)) ?? 0)
        let last = min(horizon.count - 1, end.map(horizon.bucket(of:)) ?? horizon.count - 1)
        if first <= last { return first..<last + 1 }
        if isHorizonKnown {
            table.note(
                startColumn,
                Bilingual(
                    "its dates lie outside the horizon (\(horizon.start) to \(horizon.firstDay(of: horizon.count).adding(days: -1))); the row is not used",
                    "起止日期不在计划期内（\(horizon.start) 至 \(horizon.firstDay(of: horizon.count).adding(days: -1))），此行不采用"),
                advice: Bilingual("Correct the dates, or the horizon in plan.toml.", "请改正日期，或 plan.toml 中的计划期。"),
                group: "outside the horizon")
        }
        return nil
    }

    // MARK: Keys

    /// Rows in rising order of their keys; a key that stands twice is an error at its later line.
    func withoutRepeats<Row>(
        _ rows: [Sourced<Row>], _ schema: TableSchema, isLess: (Row, Row) -> Bool, key: (Row) -> Bilingual
    ) -> [Sourced<Row>] {
        let sorted = rows.sorted { a, b in
            if isLess(a.row, b.row) { return true }
            if isLess(b.row, a.row) { return false }
            return a.line < b.line
        }
        var result: [Sourced<Row>] = []
        result.reserveCapacity(sorted.count)
        for entry in sorted {
            if let last = result.last, !isLess(last.row, entry.row) {
                let text = collector.hasRoom(for: schema.fileName) ? key(entry.row) : .none
                collector.error(
                    schema.fileName, line: entry.line, column: schema.key.joined(separator: ", "), value: text.english,
                    Bilingual("\(text.english) stands on line \(last.line) already", "与第 \(last.line) 行重复：\(text.chinese)"),
                    advice: Bilingual("Delete or correct one of the two lines, or add them up.", "请删除或改正两行之一，或将其合并。"))
            } else {
                result.append(entry)
            }
        }
        return result
    }

    func pairName(_ account: Int, _ product: Int) -> Bilingual {
        Bilingual(
            "account \(accounts[account].id), product \(products[product].id)", "客户 \(accounts[account].id)、产品 \(products[product].id)")
    }

    func placeID(_ place: Place) -> String {
        switch place {
        case .site(let site): sites[site].id
        case .account(let account): accounts[account].id
        }
    }

    /// The place a position in `placeIndex` stands for.
    func place(_ position: Int) -> Place { position < sites.count ? .site(position) : .account(position - sites.count) }

    /// Sites first, then accounts: one rising number for sorting.
    func placeOrder(_ place: Place) -> Int {
        switch place {
        case .site(let site): site
        case .account(let account): sites.count + account
        }
    }
}
