import PlanModel

/// What a column of a table holds.
enum FieldKind: Hashable {
    /// An id of the table's own (`nil`) or of another table.
    case id(of: String?)
    case text
    case number(NumberRange)
    /// A whole number ≥ the bound.
    case integer(least: Int)
    case date
    case choice([String])
}

enum NumberRange: Hashable {
    case any
    case notNegative
    case positive
}

/// One column of a table in tables.md.
struct TableField: Hashable {
    let name: String
    let kind: FieldKind
    let isRequired: Bool
    let meaning: String
    /// Chinese headers understood for it, the surest first.
    let chineseNames: [String]

    init(_ name: String, _ kind: FieldKind, required: Bool = false, _ meaning: String, _ chineseNames: [String]) {
        self.name = name
        self.kind = kind
        isRequired = required
        self.meaning = meaning
        self.chineseNames = chineseNames
    }
}

/// One input table of tables.md.
struct TableSchema: Hashable {
    let name: String
    /// What the table holds.
    let titles: Bilingual
    /// Columns that name a row; empty where rows of equal key add up.
    let key: [String]
    let fields: [TableField]

    init(name: String, title: Bilingual, key: [String], fields: [TableField]) {
        self.name = name
        titles = title
        self.key = key
        self.fields = fields
    }

    var title: String { titles.english }

    var fileName: String { name + ".csv" }

    func field(_ name: String) -> TableField? { fields.first { $0.name == name } }

    static func named(_ name: String) -> TableSchema? { all.first { $0.name == name } }

    /// In the order of tables.md.
    static let all: [TableSchema] = [
        accounts, products, sales, shipments, accountStock, events, levelShifts, prices, demand, overrides, orders, sites, lines,
        lineProducts, bom,
        materialSupply, lanes, laneProducts, pools, poolLanes, capacity, stock, inTransit, guarantees, bands, frozen,
    ]
}

// Synonyms that several tables share.
private let accountNames = [
    "客户编号", "客户编码", "客户代码", "客户号", "客户id", "经销商编号", "经销商编码", "经销商代码", "门店编号", "门店编码", "客户", "大客户", "经销商", "代理商", "门店", "购货单位",
]
private let productNames = [
    "产品编号", "产品编码", "产品代码", "产品id", "物料编号", "物料编码", "物料代码", "物料号", "商品编号", "商品编码", "商品代码", "存货编码", "sku", "料号", "货号", "品号", "产品", "物料",
    "商品", "存货", "品项", "单品",
]
private let quantityNames = ["数量", "件数", "箱数", "合计数量"]
private let bucketNames = ["期间", "周期", "时段", "日期", "周", "月", "月份", "周次", "计划期", "计划周"]
private let priceNames = ["单价", "价格", "售价", "销售单价", "含税单价", "销售价", "成交价"]
private let startNames = ["开始日期", "起始日期", "生效日期", "开始", "起始", "开始日", "起日"]
private let endNames = ["结束日期", "截止日期", "失效日期", "结束", "截止", "终止日期", "结束日", "止日"]
private let siteNames = ["地点编号", "地点编码", "地点代码", "工厂编号", "工厂代码", "仓库编号", "仓库编码", "仓库代码", "地点", "站点", "工厂", "仓库", "配送中心", "网点"]
private let placeNames = ["地点编号", "地点编码", "位置编码", "地点", "位置", "库位", "库存地点", "存放地点", "仓库", "仓库编码", "收货地点"]
private let lineNames = ["生产线编号", "生产线代码", "产线编号", "产线代码", "线体编号", "生产线", "产线", "线体", "流水线"]
private let laneNames = ["线路编号", "线路编码", "线路代码", "运输线路编号", "运输线路", "线路", "路线", "通道", "运线"]
private let capacityNames = ["能力", "运力", "容量", "产能", "上限", "最大能力"]
private let materialNames = [
    "原料编号", "原料编码", "原料代码", "原材料编号", "原材料编码", "材料编号", "材料编码", "材料代码", "子件编码", "组件编码", "原料", "原材料", "材料", "子件", "组件", "包材",
]
private let measureNames = ["计量方式", "计量", "口径", "计量口径", "度量"]
private let minimumNames = ["最小批量", "最小起订量", "起订量", "最小量", "起运量", "最小发运量"]
private let multipleNames = ["倍数", "批量倍数", "整倍数", "取整倍数", "批量增量"]

extension TableSchema {
    static let accounts = TableSchema(
        name: "accounts", title: Bilingual("business customers", "客户"), key: ["account"],
        fields: [
            TableField("account", .id(of: nil), required: true, "id of the account", accountNames),
            TableField("name", .text, "name for people", ["客户名称", "名称", "客户名", "客户全称", "客户简称", "经销商名称", "门店名称"]),
            TableField("region", .text, "sales region", ["区域", "地区", "大区", "省区", "销售区域", "片区", "省份"]),
            TableField("group", .text, "group of accounts", ["客户组", "客户分组", "客户群", "集团", "分组", "组", "渠道", "组别"]),
            TableField("manager", .text, "who looks after it", ["客户经理", "负责人", "经理", "业务员", "销售经理", "销售员", "责任人"]),
            TableField(
                "tier", .integer(least: 1), "tier given by hand; blank = computed", ["客户级别", "客户等级", "级别", "等级", "层级", "分级", "客户层级"]),
            TableField("weight", .number(.notNegative), "weight inside its tier; default 1", ["权重", "客户权重", "重要性", "重要度"]),
            TableField(
                "backorder_buckets", .integer(least: 0), "buckets that demand waits before it is lost; default 0",
                ["缺货等待期数", "缺货等待期", "欠交期数", "欠货期数", "允许欠货期数", "延期交货期数", "可等待期数", "可延期数"]),
            TableField(
                "stock_capacity", .number(.notNegative), "volume of stock it can hold; blank = no limit",
                ["库存容量", "仓库容量", "库容", "最大库容", "仓容"]),
        ])

    static let products = TableSchema(
        name: "products", title: Bilingual("products", "产品"), key: ["product"],
        fields: [
            TableField("product", .id(of: nil), required: true, "id of the product", productNames),
            TableField("name", .text, "name for people", ["产品名称", "物料名称", "商品名称", "存货名称", "名称", "品名", "物料描述"]),
            TableField("family", .text, "product family", ["产品系列", "系列", "品类", "产品族", "类别", "产品类别", "物料组", "产品组", "大类"]),
            TableField("unit", .text, "unit of its quantities", ["单位", "计量单位", "基本单位"]),
            TableField("volume", .number(.notNegative), "volume of one unit; default 1", ["体积", "单位体积", "单件体积", "立方"]),
            TableField("weight", .number(.notNegative), "weight of one unit; default 1", ["重量", "单位重量", "单重", "毛重", "单件重量"]),
            TableField("price", .number(.notNegative), "standing price", priceNames + ["标准价", "出厂价"]),
            TableField(
                "case_multiple", .number(.notNegative), "movements to accounts are multiples of this",
                ["箱规", "整箱数", "装箱数", "装箱量", "包装数", "整箱倍数", "每箱数量"]),
            TableField("shelf_life", .integer(least: 0), "buckets a unit keeps; blank = keeps", ["保质期", "保质期数", "货架期", "有效期", "保鲜期"]),
            TableField("launch", .date, "first day of sale", ["上市日期", "上市时间", "上市日", "投放日期", "新品上市日期"]),
            TableField("analogue", .id(of: "products"), "product it resembles", ["类比产品", "参照产品", "参考产品", "相似产品", "对标产品", "类似产品"]),
        ])

    static let sales = history("sales", Bilingual("what the accounts sold on (sell-out)", "客户的实际销量"), returns: true)
    static let shipments = history("shipments", Bilingual("what was delivered to the accounts (sell-in)", "发给客户的货"), returns: false)
    static let accountStock = history("account_stock", Bilingual("counted closing stock of the accounts", "客户盘点的期末库存"), returns: false)

    private static func history(_ name: String, _ title: Bilingual, returns: Bool) -> TableSchema {
        let quantity: [String] =
            switch name {
            case "sales": ["销量", "销售数量", "销售量", "实销数量", "出库数量", "出货数量", "售出数量"]
            case "shipments": ["发货数量", "发货量", "到货数量", "到货量", "送货数量", "出货数量", "出库数量", "进货数量", "收货数量"]
            default: ["库存数量", "期末库存", "盘点数量", "库存量", "库存", "结存", "结存数量", "实盘数量"]
            }
        let date: [String] =
            switch name {
            case "sales": ["销售日期", "单据日期", "交易日期", "日期", "时间", "业务日期"]
            case "shipments": ["发货日期", "到货日期", "送货日期", "收货日期", "日期", "单据日期"]
            default: ["盘点日期", "库存日期", "结存日期", "日期", "统计日期"]
            }
        var fields = [
            TableField("date", .date, required: true, "day", date),
            TableField("account", .id(of: "accounts"), required: true, "account", accountNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField(
                "quantity", .number(returns ? .any : .notNegative), required: true, returns ? "units; negative = return" : "units",
                quantity + quantityNames),
        ]
        if returns { fields.append(TableField("price", .number(.notNegative), "price of one unit", priceNames)) }
        return TableSchema(name: name, title: title, key: [], fields: fields)
    }

    static let events = TableSchema(
        name: "events", title: Bilingual("feasts and promotions that move demand", "影响需求的节日和促销"),
        key: ["event", "start", "account", "product"],
        fields: [
            TableField(
                "event", .id(of: nil), required: true, "name; an event recurs under the same name",
                ["活动名称", "事件名称", "活动", "事件", "节日", "促销", "促销活动", "节日名称"]),
            TableField("start", .date, required: true, "first day", startNames),
            TableField("end", .date, required: true, "last day", endNames),
            TableField("account", .id(of: "accounts"), "blank = all", accountNames),
            TableField("product", .id(of: "products"), "blank = all", productNames),
            TableField(
                "lift", .number(.notNegative), "multiplies demand on its days; blank = learnt from its past dates",
                ["提升系数", "拉升系数", "提升倍数", "增长系数", "系数", "增幅"]),
            TableField(
                "before", .integer(least: 0), "days before the first day that it moves too; blank = as far as past dates show",
                ["提前天数", "节前天数", "活动前天数"]),
            TableField(
                "after", .integer(least: 0), "days after the last day that it moves too; blank = as far as past dates show",
                ["延后天数", "节后天数", "活动后天数"]),
        ])

    static let levelShifts = TableSchema(
        name: "level_shifts", title: Bilingual("lasting changes of the level of sales", "销售水平的持久变化"), key: ["date", "account", "product"],
        fields: [
            TableField("date", .date, required: true, "first day at the new level", ["变更日期", "变化日期", "日期"] + startNames),
            TableField("account", .id(of: "accounts"), "blank = all", accountNames),
            TableField("product", .id(of: "products"), "blank = all", productNames),
            TableField(
                "factor", .number(.notNegative), "new level over the old one; blank = learnt from what was sold since",
                ["水平系数", "变化倍数", "倍数", "系数"]),
            TableField("reason", .text, "why, for people", ["原因", "理由", "说明"]),
        ])

    static let prices = TableSchema(
        name: "prices", title: Bilingual("prices in force from a date on", "自某日起的价格"), key: ["date", "account", "product"],
        fields: [
            TableField("date", .date, required: true, "first day in force", ["生效日期", "价格日期", "起始日期", "日期", "开始日期"]),
            TableField("account", .id(of: "accounts"), "blank = all", accountNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField("price", .number(.notNegative), required: true, "price of one unit", priceNames),
        ])

    static let demand = TableSchema(
        name: "demand", title: Bilingual("a forecast made elsewhere", "别处做的预测"), key: ["bucket", "account", "product"],
        fields: [
            TableField("bucket", .date, required: true, "any day of the bucket", bucketNames),
            TableField("account", .id(of: "accounts"), required: true, "account", accountNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField(
                "quantity", .number(.notNegative), required: true, "units", ["需求数量", "需求量", "预测数量", "预测量", "需求", "预测"] + quantityNames),
            TableField("p10", .number(.notNegative), "10 % quantile", ["十分位", "低位预测", "悲观预测", "p10预测"]),
            TableField("p90", .number(.notNegative), "90 % quantile", ["九十分位", "高位预测", "乐观预测", "p90预测"]),
        ])

    static let overrides = TableSchema(
        name: "overrides", title: Bilingual("corrections of the forecast by people", "人对预测的修正"), key: ["bucket", "account", "product"],
        fields: [
            TableField("bucket", .date, required: true, "any day of the bucket", bucketNames),
            TableField("account", .id(of: "accounts"), required: true, "account", accountNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField("quantity", .number(.notNegative), required: true, "units", ["修正数量", "调整数量", "人工预测", "修正量", "调整量"] + quantityNames),
            TableField("author", .text, required: true, "who corrected", ["修正人", "调整人", "作者", "提出人", "填报人", "操作人"]),
            TableField("reason", .text, required: true, "why", ["原因", "理由", "修正原因", "调整原因", "说明"]),
        ])

    static let orders = TableSchema(
        name: "orders", title: Bilingual("firm orders", "确定的订单"), key: ["order", "account", "product", "due"],
        fields: [
            TableField("order", .id(of: nil), required: true, "id of the order", ["订单号", "订单编号", "订单", "单号", "单据编号", "销售订单", "销售订单号"]),
            TableField("account", .id(of: "accounts"), required: true, "account", accountNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField("due", .date, required: true, "day it is due", ["交货日期", "交期", "到期日", "要求交期", "需求日期", "要货日期", "交付日期", "日期"]),
            TableField("quantity", .number(.notNegative), required: true, "units", ["订单数量", "订货数量", "订购数量", "订货量", "订单量"] + quantityNames),
        ])

    static let sites = TableSchema(
        name: "sites", title: Bilingual("plants and distribution centres", "工厂和配送中心"), key: ["site"],
        fields: [
            TableField("site", .id(of: nil), required: true, "id of the site", siteNames),
            TableField("kind", .choice(["plant", "dc"]), required: true, "plant or dc", ["类型", "种类", "地点类型", "站点类型", "性质"]),
            TableField(
                "storage", .number(.notNegative), "volume at the end of a bucket; blank = no limit",
                ["仓储容量", "库容", "存储容量", "仓容", "容量", "储存能力"]),
            TableField(
                "holding_cost", .number(.notNegative), "per unit of volume and bucket; default 0",
                ["仓储成本", "库存成本", "持有成本", "存储费", "仓储费", "保管费"]),
        ])

    static let lines = TableSchema(
        name: "lines", title: Bilingual("production lines", "生产线"), key: ["line"],
        fields: [
            TableField("line", .id(of: nil), required: true, "id of the line", lineNames),
            TableField("site", .id(of: "sites"), required: true, "site it stands at", siteNames),
            TableField(
                "hours", .number(.notNegative), required: true, "regular hours a bucket", ["工时", "正常工时", "可用工时", "小时", "正常小时", "班时"]),
            TableField("overtime_hours", .number(.notNegative), "overtime hours a bucket; default 0", ["加班工时", "加班小时", "可加班工时", "加班上限"]),
            TableField("overtime_cost", .number(.notNegative), "per overtime hour; default 0", ["加班成本", "加班费", "加班费用", "每小时加班费"]),
        ])

    static let lineProducts = TableSchema(
        name: "line_products", title: Bilingual("what a line can make", "生产线能生产什么"), key: ["line", "product"],
        fields: [
            TableField("line", .id(of: "lines"), required: true, "line", lineNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField(
                "rate", .number(.positive), required: true, "units an hour", ["小时产量", "产出率", "产速", "生产速度", "每小时产量", "时产", "速率", "节拍产量"]),
            TableField("unit_cost", .number(.notNegative), "cost of making a unit; default 0", ["单位成本", "生产成本", "单位生产成本", "制造成本", "加工费"]),
            TableField("min_lot", .number(.notNegative), "least quantity of a lot", minimumNames),
            TableField("multiple", .number(.notNegative), "lots are multiples of this", multipleNames),
            TableField(
                "setup_hours", .number(.notNegative), "hours to set up in a bucket it is made in",
                ["换型工时", "换线时间", "准备工时", "换产时间", "调机工时", "换型时间"]),
        ])

    static let bom = TableSchema(
        name: "bom", title: Bilingual("materials in a unit of product", "产品用料"), key: ["product", "material"],
        fields: [
            TableField(
                "product", .id(of: "products"), required: true, "product",
                productNames.filter { !$0.hasPrefix("物料") && $0 != "料号" } + ["父件编码", "父件", "成品编码", "成品"]),
            TableField("material", .id(of: nil), required: true, "material", materialNames + ["物料编号", "物料编码", "物料代码", "物料", "料号"]),
            TableField(
                "quantity", .number(.notNegative), required: true, "material in one unit of product",
                ["用量", "单位用量", "单耗", "消耗量", "定额", "标准用量"] + quantityNames),
        ])

    static let materialSupply = TableSchema(
        name: "material_supply", title: Bilingual("receipts of material", "原料到货"), key: [],
        fields: [
            TableField("site", .id(of: "sites"), required: true, "site that receives", siteNames),
            TableField("material", .id(of: nil), required: true, "material", materialNames + ["物料编号", "物料编码", "物料代码", "物料", "料号"]),
            TableField("bucket", .date, required: true, "any day of the bucket", ["到货日期", "到料日期", "收货日期"] + bucketNames),
            TableField(
                "quantity", .number(.notNegative), required: true, "units of material",
                ["到货数量", "到料数量", "供应数量", "供应量", "到货量", "收货数量"] + quantityNames),
        ])

    static let lanes = TableSchema(
        name: "lanes", title: Bilingual("transport links", "运输线路"), key: ["lane"],
        fields: [
            TableField("lane", .id(of: nil), required: true, "id of the lane", laneNames),
            TableField(
                "from", .id(of: "sites"), required: true, "site it starts from", ["起点", "始发地", "发货地", "起运地", "出发地", "发出地点", "发货地点", "发运地"]),
            TableField(
                "to", .id(of: "sites or accounts"), required: true, "site or account it ends at",
                ["终点", "目的地", "收货地", "到达地", "收货方", "收货地点", "送达方"]),
            TableField("mode", .text, "road, rail, …", ["运输方式", "方式", "运输模式", "运输类型"]),
            TableField(
                "lead_time", .integer(least: 0), "buckets on the way; default 0", ["提前期", "在途时间", "运输周期", "运输提前期", "在途期数", "运输时间", "运输时长"]),
            TableField(
                "unit_cost", .number(.notNegative), "per unit of volume; default 0", ["单位运费", "运费", "运输成本", "单位成本", "单位运输成本", "运价"]),
            TableField("capacity", .number(.notNegative), "per bucket; blank = no limit", ["运输能力"] + capacityNames),
            TableField("measure", .choice(["volume", "weight", "quantity"]), "what capacity counts; default volume", measureNames),
            TableField("min_shipment", .number(.notNegative), "least quantity of a movement", minimumNames),
            TableField("multiple", .number(.notNegative), "movements are multiples of this", multipleNames),
        ])

    static let laneProducts = TableSchema(
        name: "lane_products", title: Bilingual("products a lane may carry", "线路可运的产品"), key: ["lane", "product"],
        fields: [
            TableField("lane", .id(of: "lanes"), required: true, "lane", laneNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
        ])

    static let pools = TableSchema(
        name: "pools", title: Bilingual("dispatch capacities shared by lanes", "线路共用的发运能力"), key: ["pool"],
        fields: [
            TableField("pool", .id(of: nil), required: true, "id of the pool", poolNames),
            TableField("capacity", .number(.notNegative), required: true, "per bucket", capacityNames),
            TableField("measure", .choice(["volume", "weight", "quantity"]), "what capacity counts; default volume", measureNames),
        ])

    static let poolLanes = TableSchema(
        name: "pool_lanes", title: Bilingual("lanes of a pool", "运力池包含的线路"), key: ["pool", "lane"],
        fields: [
            TableField("pool", .id(of: "pools"), required: true, "pool", poolNames),
            TableField("lane", .id(of: "lanes"), required: true, "lane", laneNames),
        ])

    static let capacity = TableSchema(
        name: "capacity", title: Bilingual("capacities that differ in a bucket", "个别期间不同的能力"), key: ["resource", "kind", "bucket"],
        fields: [
            TableField("resource", .id(of: "lines, lanes, pools or sites"), required: true, "line, lane, pool or site", resourceNames),
            TableField(
                "kind", .choice(["hours", "overtime", "lane", "pool", "storage"]), required: true, "which capacity",
                ["类型", "能力类型", "种类", "资源类型"]),
            TableField("bucket", .date, required: true, "any day of the bucket", bucketNames),
            TableField("capacity", .number(.notNegative), required: true, "replaces the standing value", ["可用能力"] + capacityNames),
        ])

    static let stock = TableSchema(
        name: "stock", title: Bilingual("stock on hand at the start", "期初库存"), key: [],
        fields: [
            TableField("location", .id(of: "sites or accounts"), required: true, "site or account", placeNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField(
                "quantity", .number(.notNegative), required: true, "units", ["库存数量", "库存量", "期初库存", "现有库存", "库存", "结存数量"] + quantityNames),
            TableField("expires", .date, "last day it may be served", ["到期日期", "失效日期", "有效期至", "到期日", "有效期", "保质期至"]),
        ])

    static let inTransit = TableSchema(
        name: "in_transit", title: Bilingual("goods on the way at the start", "期初在途"), key: [],
        fields: [
            TableField("location", .id(of: "sites or accounts"), required: true, "site or account they go to", placeNames + ["目的地"]),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField(
                "bucket", .date, required: true, "any day of the bucket of arrival", ["到货日期", "预计到货日期", "预计到达日期", "到达日期"] + bucketNames),
            TableField("quantity", .number(.notNegative), required: true, "units", ["在途数量", "在途量"] + quantityNames),
        ])

    static let guarantees = TableSchema(
        name: "guarantees", title: Bilingual("promises of a least quantity", "最低供应承诺"), key: ["guarantee"],
        fields: [
            TableField(
                "guarantee", .id(of: nil), required: true, "id of the promise", ["保证编号", "承诺编号", "保供编号", "协议编号", "保证", "承诺", "保供", "协议"]),
            TableField("account", .id(of: "accounts"), "account promised to", accountNames),
            TableField("group", .text, "group promised to", ["客户组", "客户分组", "客户群", "集团", "分组", "组", "组别"]),
            TableField("tier", .integer(least: 1), "tier promised to", ["客户级别", "客户等级", "级别", "等级", "层级", "分级"]),
            TableField("product", .id(of: "products"), "blank = all", productNames),
            TableField("start", .date, "first day; blank = start of the horizon", startNames),
            TableField("end", .date, "last day; blank = end of the horizon", endNames),
            TableField(
                "quantity", .number(.notNegative), "least units served", ["保证数量", "承诺数量", "保供数量", "保供量", "保底数量", "保底量"] + quantityNames),
            TableField(
                "share", .number(.notNegative), "least share of demand served, 0 to 1", ["保证比例", "承诺比例", "保供比例", "保底比例", "比例", "占比", "份额"]),
        ])

    static let bands = TableSchema(
        name: "bands", title: Bilingual("agreed stock bands", "商定的库存区间"), key: ["account", "product", "start"],
        fields: [
            TableField("account", .id(of: "accounts"), required: true, "account", accountNames),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField("start", .date, "first day; blank = start of the horizon", startNames),
            TableField("end", .date, "last day; blank = end of the horizon", endNames),
            TableField("min", .number(.notNegative), "units; blank = 0", ["最低库存", "最小库存", "库存下限", "安全库存", "下限", "最低"]),
            TableField("target", .number(.notNegative), "units; blank = none", ["目标库存", "合理库存", "目标", "标准库存"]),
            TableField("max", .number(.notNegative), "units; blank = no limit", ["最高库存", "最大库存", "库存上限", "上限", "最高"]),
        ])

    static let frozen = TableSchema(
        name: "frozen", title: Bilingual("decisions of the first buckets that may not move", "头几期已定、不可变动的安排"),
        key: ["kind", "resource", "product", "bucket"],
        fields: [
            TableField("kind", .choice(["make", "move"]), required: true, "make or move", ["类型", "种类", "决策类型", "动作"]),
            TableField("resource", .id(of: "lines or lanes"), required: true, "line (make) or lane (move)", resourceNames + ["生产线", "线路"]),
            TableField("product", .id(of: "products"), required: true, "product", productNames),
            TableField("bucket", .date, required: true, "any day of the bucket", bucketNames),
            TableField("quantity", .number(.notNegative), required: true, "units", ["冻结数量", "锁定数量", "已定数量"] + quantityNames),
        ])
}

private let poolNames = ["运力池编号", "资源池编号", "运力池", "资源池", "共享池", "车队", "池"]
private let resourceNames = ["资源编号", "资源编码", "资源代码", "资源"]
