/// The headers of a Chinese firm's tables, as its ERP writes them.
enum ChineseHeaders {
    /// The header of a column; a column that means different things in different tables has its own word there.
    static func header(table: String, column: String) -> String { byTable["\(table).\(column)"] ?? common[column] ?? column }

    private static let common: [String: String] = [
        "account": "客户编号", "product": "产品编号", "date": "日期", "bucket": "周期", "quantity": "数量", "price": "单价", "region": "区域",
        "group": "客户组", "manager": "客户经理", "tier": "客户级别", "weight": "重量", "family": "产品系列", "unit": "单位", "volume": "体积",
        "case_multiple": "箱规", "shelf_life": "保质期", "launch": "上市日期", "analogue": "类比产品", "event": "活动名称", "start": "开始日期",
        "end": "结束日期", "lift": "提升系数", "site": "地点编号", "kind": "类型", "storage": "仓储容量", "holding_cost": "仓储成本", "line": "生产线编号",
        "hours": "工时", "overtime_hours": "加班工时", "overtime_cost": "加班成本", "rate": "小时产量", "unit_cost": "单位成本", "material": "原料编号",
        "lane": "线路编号", "from": "起点", "to": "终点", "mode": "运输方式", "lead_time": "提前期", "capacity": "能力", "measure": "计量方式",
        "pool": "运力池编号", "resource": "资源编号", "location": "地点编号", "expires": "到期日期", "order": "订单号", "due": "交货日期",
        "author": "修正人", "reason": "原因", "guarantee": "保证编号", "share": "保证比例", "min": "最低库存", "target": "目标库存", "max": "最高库存",
        "backorder_buckets": "缺货等待期数", "stock_capacity": "库存容量",
    ]

    private static let byTable: [String: String] = [
        "accounts.name": "客户名称", "accounts.weight": "权重", "products.name": "产品名称", "sales.date": "销售日期",
        // No word a reader could know: plan.toml maps it.
        "sales.quantity": "动销箱数",
        "shipments.date": "发货日期", "shipments.quantity": "发货数量", "account_stock.date": "盘点日期", "account_stock.quantity": "期末库存",
        "prices.date": "生效日期", "bom.quantity": "单位用量", "material_supply.bucket": "到货日期", "material_supply.quantity": "到货数量",
        "lanes.unit_cost": "单位运费", "lanes.capacity": "运输能力", "stock.quantity": "库存数量", "in_transit.bucket": "预计到货日期",
        "in_transit.quantity": "在途数量", "orders.quantity": "订单数量", "overrides.quantity": "修正数量", "guarantees.quantity": "保证数量",
    ]
}
