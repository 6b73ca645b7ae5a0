import PlanModel

/// What a cell of a spreadsheet holds.
public enum SheetCell: Sendable, Hashable {
    case blank
    case text(String)
    case number(Double)
    /// A number that the sheet shows with at least so many digits, such as the code 001001.
    case code(Double, digits: Int)
    case date(CalendarDate)
    case boolean(Bool)
    /// `#N/A` and the like.
    case error(String)
    /// A formula whose result the file does not hold.
    case uncomputed
}

/// Why a workbook, or a sheet of it, cannot be read.
public struct WorkbookProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// nil = the workbook as a whole.
    public var sheet: String?
    /// Row of the sheet, from 1; nil = the sheet as a whole.
    public var row: Int?
    /// What is wrong, as one sentence without its full stop.
    public var problem: Bilingual
    /// What to do.
    public var remedy: Bilingual

    /// ``problem`` in English.
    public var message: String { problem.english }
    /// ``remedy`` in English.
    public var advice: String { remedy.english }

    public init(sheet: String? = nil, row: Int? = nil, _ message: Bilingual, advice: Bilingual) {
        self.sheet = sheet
        self.row = row
        problem = message
        remedy = advice
    }

    public var description: String { "\(message).\n\(advice)" }
}

/// A spreadsheet file with a package in it, one sheet a table. The module `Workbooks` opens Excel's; others may be added.
public protocol Workbook: Sendable {
    /// Name of the file, for messages.
    var fileName: String { get }
    /// In the order of the file.
    var sheetNames: [String] { get }
    /// SHA-256 of the file as lower-case hexadecimal digits.
    var fileHash: String { get }

    /// Hands out the rows of a sheet in rising order, from left to right; blank rows may be left out.
    ///
    /// - Parameter row: Number of the row, from 1, and its cells from the first column on.
    /// - Throws: ``WorkbookProblem``.
    func readSheet(at index: Int, row: (_ number: Int, _ cells: [SheetCell]) -> Void) throws(WorkbookProblem)

    /// The day that a number stands for in this workbook; nil where it stands for none.
    func date(ofSerial serial: Double) -> CalendarDate?
}

/// Reads workbooks of some kind where a package is wanted.
public struct WorkbookFormat: Sendable {
    /// Whether the file at a path is one to open as a workbook.
    public var isWorkbook: @Sendable (_ path: String) -> Bool
    public var open: @Sendable (_ path: String) throws(WorkbookProblem) -> any Workbook

    public init(
        isWorkbook: @escaping @Sendable (_ path: String) -> Bool,
        open: @escaping @Sendable (_ path: String) throws(WorkbookProblem) -> any Workbook
    ) {
        self.isWorkbook = isWorkbook
        self.open = open
    }
}

/// Reads and checks a data package that is one workbook: a sheet a table, the settings in the sheet `settings` (columns `key`, `value`).
///
/// Sheets are known by the table's name or a Chinese one, columns as in CSV files. Findings name sheet, row and column.
public func readPackage(from workbook: any Workbook, purpose: PackagePurpose = .plan, progress: ProgressHandler? = nil) -> PackageReading {
    PackageReader(source: .workbook(workbook), purpose: purpose, progress: progress).read()
}

/// Names of the sheets that hold a package's tables.
enum SheetNames {
    static let settings = "settings"
    private static let settingsNames = ["settings", "plan", "plan.toml", "设置", "计划设置", "参数", "计划参数", "参数设置"]

    /// Name of the table's sheet in Chinese.
    static func chinese(_ table: String) -> String { table == settings ? "设置" : byTable[table]?.first ?? table }

    /// The table (or `settings`) that a sheet of this name holds; nil for none.
    static func table(ofSheet name: String) -> String? {
        let wanted = withoutBracket(normalizedHeader(name))
        if settingsNames.contains(wanted) { return settings }
        if TableSchema.named(wanted) != nil { return wanted }
        return TableSchema.all.first { byTable[$0.name]?.contains(wanted) ?? false }?.name
    }

    static let byTable: [String: [String]] = [
        "accounts": ["客户", "客户表", "客户资料", "客户档案", "客户主数据", "大客户", "经销商"],
        "products": ["产品", "产品表", "产品资料", "产品主数据", "商品", "商品资料", "物料主数据"],
        "sales": ["销售", "销售历史", "销售明细", "销售数据", "销量", "动销", "实销"],
        "shipments": ["发货", "发货记录", "发货明细", "发货历史", "出货"],
        "account_stock": ["客户库存", "渠道库存", "终端库存", "库存盘点", "盘点"],
        "events": ["活动", "活动日历", "促销", "促销活动", "节日", "事件"],
        "level_shifts": ["水平变化", "水平变动", "销售水平变化"],
        "prices": ["价格", "价格表"],
        "demand": ["需求", "需求预测", "预测", "外部预测"],
        "overrides": ["预测修正", "修正", "人工修正", "人工调整"],
        "orders": ["订单", "销售订单", "客户订单"],
        "sites": ["地点", "工厂和仓库", "工厂仓库", "工厂", "仓库", "网点"],
        "lines": ["生产线", "产线"],
        "line_products": ["生产线产品", "产线产品", "生产能力"],
        "bom": ["物料清单", "用料", "配方", "用料清单"],
        "material_supply": ["原料供应", "材料供应", "原料到货", "到料计划"],
        "lanes": ["线路", "运输线路"],
        "lane_products": ["线路产品"],
        "pools": ["运力池"],
        "pool_lanes": ["运力池线路"],
        "capacity": ["能力变动", "能力日历", "产能日历", "能力"],
        "stock": ["期初库存", "库存", "现有库存"],
        "in_transit": ["在途", "在途库存", "在途货物"],
        "guarantees": ["供应承诺", "承诺", "保供", "供应保证", "保证"],
        "bands": ["库存区间", "合理库存", "库存标准"],
        "frozen": ["冻结计划", "冻结", "已定计划"],
    ]
}
