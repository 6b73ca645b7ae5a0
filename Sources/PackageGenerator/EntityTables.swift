import PlanModel

/// One table of a package: its name, its header fields, and how to write its rows.
struct EntityTable {
    let name: String
    let columns: [String]
    let rows: (TableWriter) throws -> Void
}

extension DataPackage {
    /// All tables but the history, in the order of tables.md; a table without rows is left out.
    var entityTables: [EntityTable] {
        (marketTables + supplyTables + transportTables + commitmentTables).filter { !$0.isEmpty }.map(\.table)
    }

    private typealias Candidate = (isEmpty: Bool, table: EntityTable)

    private func placeID(_ place: Place) -> String {
        switch place {
        case .site(let site): sites[site].id
        case .account(let account): accounts[account].id
        }
    }

    private func bucketDate(_ bucket: Int) -> CalendarDate { horizon.firstDay(of: bucket) }

    private func lastDay(of buckets: Range<Int>) -> CalendarDate { horizon.firstDay(of: buckets.upperBound).adding(days: -1) }

    private func resourceID(_ row: CapacityOverride) -> String {
        switch row.kind {
        case .hours, .overtime: lines[row.resource].id
        case .lane: lanes[row.resource].id
        case .pool: pools[row.resource].id
        case .storage: sites[row.resource].id
        }
    }

    private var marketTables: [Candidate] {
        [
            (
                accounts.isEmpty,
                EntityTable(
                    name: "accounts",
                    columns: ["account", "name", "region", "group", "manager", "tier", "weight", "backorder_buckets", "stock_capacity"]
                ) { out in
                    for account in accounts {
                        out.text(account.id)
                        out.text(account.name)
                        out.text(account.region)
                        out.text(account.group)
                        out.text(account.manager)
                        out.number(account.tier.map(Double.init))
                        out.number(account.weight == 1 ? nil : account.weight)
                        out.number(account.backorderBuckets == 0 ? nil : Double(account.backorderBuckets))
                        out.number(account.stockCapacity)
                        try out.endRow()
                    }
                }
            ),
            (
                products.isEmpty,
                EntityTable(
                    name: "products",
                    columns: [
                        "product", "name", "family", "unit", "volume", "weight", "price", "case_multiple", "shelf_life", "launch",
                        "analogue",
                    ]
                ) { out in
                    for product in products {
                        out.text(product.id)
                        out.text(product.name)
                        out.text(product.family)
                        out.text(product.unit)
                        out.number(product.volume)
                        out.number(product.weight)
                        out.number(product.price)
                        out.number(product.caseMultiple)
                        out.number(product.shelfLife.map(Double.init))
                        out.date(product.launch)
                        out.text(product.analogue.map { products[$0].id } ?? "")
                        try out.endRow()
                    }
                }
            ),
            (
                events.isEmpty,
                EntityTable(name: "events", columns: ["event", "start", "end", "account", "product", "lift"]) { out in
                    for event in events {
                        out.text(event.name)
                        out.date(event.start)
                        out.date(event.end)
                        out.text(event.account.map { accounts[$0].id } ?? "")
                        out.text(event.product.map { products[$0].id } ?? "")
                        out.number(event.lift)
                        try out.endRow()
                    }
                }
            ),
            (
                prices.isEmpty,
                EntityTable(name: "prices", columns: ["date", "account", "product", "price"]) { out in
                    for row in prices {
                        out.date(row.date)
                        out.text(row.account.map { accounts[$0].id } ?? "")
                        out.text(products[row.product].id)
                        out.number(row.price)
                        try out.endRow()
                    }
                }
            ),
        ]
    }

    private var supplyTables: [Candidate] {
        [
            (
                sites.isEmpty,
                EntityTable(name: "sites", columns: ["site", "kind", "storage", "holding_cost"]) { out in
                    for site in sites {
                        out.text(site.id)
                        out.text(site.kind.rawValue)
                        out.number(site.storage)
                        out.number(site.holdingCost)
                        try out.endRow()
                    }
                }
            ),
            (
                lines.isEmpty,
                EntityTable(name: "lines", columns: ["line", "site", "hours", "overtime_hours", "overtime_cost"]) { out in
                    for line in lines {
                        out.text(line.id)
                        out.text(sites[line.site].id)
                        out.number(line.hoursPerBucket)
                        out.number(line.overtimeHoursPerBucket)
                        out.number(line.overtimeCostPerHour)
                        try out.endRow()
                    }
                }
            ),
            (
                lineProducts.isEmpty,
                EntityTable(name: "line_products", columns: ["line", "product", "rate", "unit_cost"]) { out in
                    for row in lineProducts {
                        out.text(lines[row.line].id)
                        out.text(products[row.product].id)
                        out.number(row.rate)
                        out.number(row.unitCost)
                        try out.endRow()
                    }
                }
            ),
            (
                billOfMaterials.isEmpty,
                EntityTable(name: "bom", columns: ["product", "material", "quantity"]) { out in
                    for row in billOfMaterials {
                        out.text(products[row.product].id)
                        out.text(materials[row.material])
                        out.number(row.quantity)
                        try out.endRow()
                    }
                }
            ),
            (
                materialReceipts.isEmpty,
                EntityTable(name: "material_supply", columns: ["site", "material", "bucket", "quantity"]) { out in
                    for row in materialReceipts {
                        out.text(sites[row.site].id)
                        out.text(materials[row.material])
                        out.date(bucketDate(row.bucket))
                        out.number(row.quantity)
                        try out.endRow()
                    }
                }
            ),
        ]
    }

    private var transportTables: [Candidate] {
        [
            (
                lanes.isEmpty,
                EntityTable(name: "lanes", columns: ["lane", "from", "to", "mode", "lead_time", "unit_cost", "capacity", "measure"]) {
                    out in
                    for lane in lanes {
                        out.text(lane.id)
                        out.text(sites[lane.from].id)
                        out.text(placeID(lane.to))
                        out.text(lane.mode)
                        out.number(Double(lane.leadTime))
                        out.number(lane.unitCost)
                        out.number(lane.capacity)
                        out.text(lane.measure.rawValue)
                        try out.endRow()
                    }
                }
            ),
            (
                lanes.allSatisfy { $0.products == nil },
                EntityTable(name: "lane_products", columns: ["lane", "product"]) { out in
                    for lane in lanes {
                        for product in lane.products ?? [] {
                            out.text(lane.id)
                            out.text(products[product].id)
                            try out.endRow()
                        }
                    }
                }
            ),
            (
                pools.isEmpty,
                EntityTable(name: "pools", columns: ["pool", "capacity", "measure"]) { out in
                    for pool in pools {
                        out.text(pool.id)
                        out.number(pool.capacity)
                        out.text(pool.measure.rawValue)
                        try out.endRow()
                    }
                }
            ),
            (
                pools.isEmpty,
                EntityTable(name: "pool_lanes", columns: ["pool", "lane"]) { out in
                    for pool in pools {
                        for lane in pool.lanes {
                            out.text(pool.id)
                            out.text(lanes[lane].id)
                            try out.endRow()
                        }
                    }
                }
            ),
            (
                capacityOverrides.isEmpty,
                EntityTable(name: "capacity", columns: ["resource", "kind", "bucket", "capacity"]) { out in
                    for row in capacityOverrides {
                        out.text(resourceID(row))
                        out.text(row.kind.rawValue)
                        out.date(bucketDate(row.bucket))
                        out.number(row.capacity)
                        try out.endRow()
                    }
                }
            ),
        ]
    }

    private var commitmentTables: [Candidate] {
        [
            (
                stock.isEmpty,
                EntityTable(name: "stock", columns: ["location", "product", "quantity", "expires"]) { out in
                    for row in stock {
                        out.text(placeID(row.place))
                        out.text(products[row.product].id)
                        out.number(row.quantity)
                        out.date(row.expires)
                        try out.endRow()
                    }
                }
            ),
            (
                inTransit.isEmpty,
                EntityTable(name: "in_transit", columns: ["location", "product", "bucket", "quantity"]) { out in
                    for row in inTransit {
                        out.text(placeID(row.place))
                        out.text(products[row.product].id)
                        out.date(bucketDate(row.bucket))
                        out.number(row.quantity)
                        try out.endRow()
                    }
                }
            ),
            (
                orders.isEmpty,
                EntityTable(name: "orders", columns: ["order", "account", "product", "due", "quantity"]) { out in
                    for row in orders {
                        out.text(row.id)
                        out.text(accounts[row.account].id)
                        out.text(products[row.product].id)
                        out.date(row.due)
                        out.number(row.quantity)
                        try out.endRow()
                    }
                }
            ),
            (
                overrides.isEmpty,
                EntityTable(name: "overrides", columns: ["bucket", "account", "product", "quantity", "author", "reason"]) { out in
                    for row in overrides {
                        out.date(bucketDate(row.bucket))
                        out.text(accounts[row.account].id)
                        out.text(products[row.product].id)
                        out.number(row.quantity)
                        out.text(row.author)
                        out.text(row.reason)
                        try out.endRow()
                    }
                }
            ),
            (
                guarantees.isEmpty,
                EntityTable(
                    name: "guarantees", columns: ["guarantee", "account", "group", "tier", "product", "start", "end", "quantity", "share"]
                ) {
                    out in
                    for row in guarantees {
                        out.text(row.id)
                        out.text(row.account.map { accounts[$0].id } ?? "")
                        out.text(row.group ?? "")
                        out.number(row.tier.map(Double.init))
                        out.text(row.product.map { products[$0].id } ?? "")
                        out.date(bucketDate(row.buckets.lowerBound))
                        out.date(lastDay(of: row.buckets))
                        out.number(row.quantity)
                        out.number(row.share)
                        try out.endRow()
                    }
                }
            ),
            (
                bandRows.isEmpty,
                EntityTable(name: "bands", columns: ["account", "product", "start", "end", "min", "target", "max"]) { out in
                    for row in bandRows {
                        out.text(accounts[row.account].id)
                        out.text(products[row.product].id)
                        out.date(bucketDate(row.buckets.lowerBound))
                        out.date(lastDay(of: row.buckets))
                        out.number(row.min)
                        out.number(row.target)
                        out.number(row.max)
                        try out.endRow()
                    }
                }
            ),
        ]
    }
}
