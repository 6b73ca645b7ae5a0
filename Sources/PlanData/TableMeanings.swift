import PlanModel

extension TableSchema {
    /// What the table holds.
    func title(in language: ReportLanguage) -> String { titles.text(language) }
}

extension TableField {
    /// Of the columns of tables that we write ourselves.
    static let ownMeaning = Bilingual("column of our own table", "本程序所写表格的列")

    /// What the column holds.
    func meaning(in language: ReportLanguage, table: String) -> String {
        if language == .english { return meaning }
        if meaning == TableField.ownMeaning.english { return TableField.ownMeaning.chinese }
        return chineseMeanings["\(table).\(name)"] ?? commonMeanings[name] ?? meaning
    }
}

/// What a setting of `plan.toml` does; "" for one that a user named.
func settingMeaning(_ key: String, _ language: ReportLanguage) -> String {
    if key.hasPrefix("columns.") { return language == .chinese ? "该表中此字段的列名" : "header of this field in that table" }
    let shared = key.hasPrefix("plan.sharing") ? "plan.sharing" : key
    guard let texts = settingMeanings[shared] else { return "" }
    return language == .chinese ? texts.1 : texts.0
}

let settingMeanings: [String: (String, String)] = [
    "horizon.bucket": ("week (starts Monday) or month", "week（周一开始）或 month"),
    "horizon.start": ("first day planned; everything before it is history", "计划第一天；之前的都是历史"),
    "horizon.buckets": ("how many weeks or months are planned", "计划多少周（月）"),
    "horizon.frozen": ("first buckets that may not move", "不可变动的头几期"),
    "segments.by": ("value (price x quantity) or quantity", "value（金额）或 quantity（数量）"),
    "segments.window": ("buckets of history that tiers are computed from", "计算客户级别所用的历史期数"),
    "segments.tiers": ("cumulative shares at which tiers end", "各级客户的累计占比上限"),
    "bands.min_cover": ("least stock at an account, in buckets of the demand ahead", "客户最低库存，以其后需求的期数计"),
    "bands.target_cover": ("target stock, in buckets of the demand ahead", "目标库存，以其后需求的期数计"),
    "bands.max_cover": ("most stock, in buckets of the demand ahead", "最高库存，以其后需求的期数计"),
    "forecast.season": ("buckets a year", "一年的期数"),
    "forecast.quantiles": ("quantiles of the forecast", "预测的分位数"),
    "forecast.consume": ("days backward and forward in which an order consumes forecast", "订单向前、向后冲减预测的天数"),
    "forecast.new_products": ("products without history and analogue: ask or nearest", "无历史、无类比的新品：ask 或 nearest"),
    "plan.ranks": ("groups of aims in their strict order", "目标的严格先后顺序（分组）"),
    "plan.sharing": ("how loss is shared in a tier: proportional, maxmin or weighted", "同级客户分摊缺货的办法：proportional、maxmin 或 weighted"),
    "plan.measure": ("what lost sales are counted in: quantity, value or volume", "缺货按什么计：quantity、value 或 volume"),
    "plan.gap": ("relative gap each rank is proven to", "各目标证明到的相对差距"),
    "plan.over_stock_rate": ("cost of a unit over the maximum, per bucket, as a share of its price", "超过上限的库存每期成本占价格的比例"),
    "plan.over_target_rate": ("the same for a unit over the target", "超过目标的库存每期成本占价格的比例"),
    "report.language": ("en or zh", "en 或 zh"),
]

private let commonMeanings: [String: String] = [
    // Of files of plain series.
    "unique_id": "序列编号", "ds": "日期、YYYY-MM、YYYY-Qn 或整数", "y": "数值",
    "account": "客户编号", "product": "产品编号", "site": "地点编号", "line": "生产线编号", "lane": "线路编号", "pool": "运力池编号", "material": "原料编号",
    "bucket": "该期内任何一天", "quantity": "数量（件）", "price": "单价", "start": "第一天；空白表示计划开始", "end": "最后一天；空白表示计划结束",
    "measure": "能力按什么计：volume、weight 或 quantity；默认 volume", "capacity": "每期能力",
]

private let chineseMeanings: [String: String] = [
    "accounts.name": "供人阅读的名称", "accounts.region": "销售区域", "accounts.group": "客户所属的组", "accounts.manager": "负责的客户经理",
    "accounts.tier": "人工给定的级别；空白则计算", "accounts.weight": "同级内的权重；默认 1", "accounts.backorder_buckets": "需求可等待的期数，之后算损失；默认 0",
    "accounts.stock_capacity": "可存放的库存体积；空白表示不限",
    "products.name": "供人阅读的名称", "products.family": "产品系列", "products.unit": "数量的单位", "products.volume": "单件体积；默认 1",
    "products.weight": "单件重量；默认 1", "products.price": "标准价", "products.case_multiple": "发给客户的数量须为其整数倍",
    "products.shelf_life": "可保存的期数；空白表示不过期",
    "products.launch": "首个销售日", "products.analogue": "与之相似的产品",
    "sales.date": "日期", "sales.quantity": "数量（件）；负数为退货", "sales.price": "成交单价", "shipments.date": "日期", "account_stock.date": "日期",
    "events.event": "名称；同名活动视为重复举行", "events.start": "第一天", "events.end": "最后一天", "events.account": "空白表示全部客户",
    "events.product": "空白表示全部产品", "events.lift": "活动日需求的倍数；空白则由历史学得", "events.before": "活动前受影响的天数；空白则由历史判断",
    "events.after": "活动后受影响的天数；空白则由历史判断",
    "level_shifts.date": "新水平的第一天", "level_shifts.account": "空白表示全部客户", "level_shifts.product": "空白表示全部产品",
    "level_shifts.factor": "新旧水平之比；空白则由其后销量学得", "level_shifts.reason": "原因，供人阅读",
    "prices.date": "生效第一天", "prices.account": "空白表示全部客户",
    "demand.p10": "10 % 分位数", "demand.p90": "90 % 分位数",
    "overrides.author": "修正人", "overrides.reason": "修正原因", "orders.order": "订单号", "orders.due": "交货日期",
    "sites.kind": "plant（工厂）或 dc（配送中心）", "sites.storage": "期末可存放的体积；空白表示不限", "sites.holding_cost": "每单位体积每期的存储费；默认 0",
    "lines.site": "所在地点", "lines.hours": "每期正常工时", "lines.overtime_hours": "每期可加班工时；默认 0", "lines.overtime_cost": "每加班工时成本；默认 0",
    "line_products.rate": "每小时产量", "line_products.unit_cost": "单位生产成本；默认 0", "line_products.min_lot": "最小批量",
    "line_products.multiple": "批量须为其整数倍",
    "line_products.setup_hours": "每期换产工时",
    "bom.quantity": "每件产品的用量", "material_supply.site": "到货地点", "material_supply.bucket": "到货期内任何一天", "material_supply.quantity": "原料数量",
    "lanes.from": "起点（地点）", "lanes.to": "终点（地点或客户）", "lanes.mode": "运输方式", "lanes.lead_time": "在途期数；默认 0",
    "lanes.unit_cost": "每单位体积运费；默认 0", "lanes.capacity": "每期能力；空白表示不限", "lanes.min_shipment": "每次最小发运量",
    "lanes.multiple": "发运量须为其整数倍",
    "capacity.resource": "生产线、线路、运力池或地点的编号", "capacity.kind": "哪种能力：hours、overtime、lane、pool 或 storage", "capacity.capacity": "该期改用此值",
    "stock.location": "地点或客户", "stock.expires": "最后可用日", "in_transit.location": "到达的地点或客户", "in_transit.bucket": "到达期内任何一天",
    "guarantees.guarantee": "承诺编号", "guarantees.account": "承诺的客户", "guarantees.group": "承诺的客户组", "guarantees.tier": "承诺的客户级别",
    "guarantees.product": "空白表示全部产品", "guarantees.quantity": "至少满足的数量", "guarantees.share": "至少满足的需求比例，0 到 1",
    "bands.min": "下限（件）；空白为 0", "bands.target": "目标（件）；空白为无", "bands.max": "上限（件）；空白为不限",
    "frozen.kind": "make（生产）或 move（运输）", "frozen.resource": "生产线（make）或线路（move）",
]
