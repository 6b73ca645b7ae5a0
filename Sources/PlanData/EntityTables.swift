import PlanModel

/// Accounts, products, sites, lines, lanes and pools: what the other tables refer to.
extension PackageReader {
    /// Rows sorted by id, repeated ids told; keeps the lines for later findings.
    private func entities<Row>(_ rows: [Sourced<Row>], _ schema: TableSchema, noun: Bilingual, id: KeyPath<Row, String>) -> [Row] {
        let sorted = withoutRepeats(
            rows, schema, isLess: { isBytewiseLess($0[keyPath: id], $1[keyPath: id]) },
            key: { Bilingual("\(noun.english) \($0[keyPath: id])", "\(noun.chinese) \($0[keyPath: id])") })
        entityLines[schema.name] = sorted.map(\.line)
        return sorted.map(\.row)
    }

    func readAccounts() {
        var rows: [Sourced<Account>] = []
        read(.accounts) { table in
            let (account, name, region, group, manager) = (
                table.column("account"), table.column("name"), table.column("region"), table.column("group"), table.column("manager")
            )
            let (tier, weight, backorder, capacity) = (
                table.column("tier"), table.column("weight"), table.column("backorder_buckets"), table.column("stock_capacity")
            )
            while table.next() {
                let row = Account(
                    id: table.id(account), name: table.text(name), region: table.text(region), group: table.text(group),
                    manager: table.text(manager), tier: table.integer(tier, most: TableLimits.mostTiers), weight: table.number(weight) ?? 1,
                    backorderBuckets: table.integer(backorder) ?? 0, stockCapacity: table.number(capacity) ?? .infinity)
                if !row.id.isEmpty { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        accounts = entities(rows, .accounts, noun: .account, id: \.id)
        accountIndex = IdIndex(
            noun: .account, file: Bilingual(verbatim: "accounts.csv"), ids: accounts.map(\.id), isComplete: isKnown(.accounts))
    }

    func readProducts() {
        var rows: [Sourced<(product: Product, analogue: String)>] = []
        read(.products) { table in
            let (product, name, family, unit, volume) = (
                table.column("product"), table.column("name"), table.column("family"), table.column("unit"), table.column("volume")
            )
            let (weight, price, multiple) = (table.column("weight"), table.column("price"), table.column("case_multiple"))
            let (life, launch, analogue) = (table.column("shelf_life"), table.column("launch"), table.column("analogue"))
            while table.next() {
                let row = Product(
                    id: table.id(product), name: table.text(name), family: table.text(family), unit: table.text(unit),
                    volume: table.number(volume) ?? 1, weight: table.number(weight) ?? 1, price: table.number(price),
                    caseMultiple: table.positiveOrNone(multiple), shelfLife: table.integer(life), launch: table.date(launch))
                let resembles = table.text(analogue)
                if !row.id.isEmpty { rows.append(Sourced(row: (row, resembles), line: table.line)) }
            }
        }
        let sorted = entities(rows, .products, noun: .product, id: \.product.id)
        productIndex = IdIndex(
            noun: .product, file: Bilingual(verbatim: "products.csv"), ids: sorted.map(\.product.id), isComplete: isKnown(.products))
        products = sorted.map(\.product)
        let productLines = entityLines["products"] ?? []
        for (number, entry) in sorted.enumerated() where !entry.analogue.isEmpty {
            guard let analogue = productIndex[entry.analogue] else {
                let near = didYouMean(productIndex.nearest(to: entry.analogue))
                collector.error(
                    "products.csv", line: productLines[number], column: "analogue", value: entry.analogue,
                    Bilingual(
                        "no product is named \"\(shortened(entry.analogue))\"\(near.english)",
                        "没有名为“\(shortened(entry.analogue))”的产品\(near.chinese)"),
                    advice: Bilingual("Correct the name, or add the product to products.csv.", "请改正编号，或在 products.csv 中补上该产品。"))
                continue
            }
            if analogue == number {
                collector.error(
                    "products.csv", line: productLines[number], column: "analogue", value: entry.analogue,
                    Bilingual("\(entry.analogue) cannot be its own analogue", "\(entry.analogue) 不能以自己为参照产品"),
                    advice: Bilingual("Name another product, or leave the cell blank.", "请填写另一产品，或留空。"))
            } else {
                products[number].analogue = analogue
            }
        }
    }

    func readSites() {
        var rows: [Sourced<Site>] = []
        read(.sites) { table in
            let (site, kind, storage, cost) = (
                table.column("site"), table.column("kind"), table.column("storage"), table.column("holding_cost")
            )
            while table.next() {
                let row = Site(
                    id: table.id(site), kind: table.choice(kind, as: SiteKind.self) ?? .dc, storage: table.number(storage) ?? .infinity,
                    holdingCost: table.number(cost) ?? 0)
                if !row.id.isEmpty { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        sites = entities(rows, .sites, noun: .site, id: \.id)
        siteIndex = IdIndex(
            noun: .site, file: Bilingual(verbatim: "sites.csv"), ids: sites.map(\.id),
            isComplete: isKnown(.sites) && (isThere(.sites) || purpose == .plan))
        for (site, line) in zip(sites, entityLines["sites"] ?? []) where accountIndex[site.id] != nil {
            collector.error(
                "sites.csv", line: line, column: "site", value: site.id,
                Bilingual(
                    "\"\(shortened(site.id))\" is also an account: a lane or stock row could mean either",
                    "“\(shortened(site.id))”同时也是客户编号，线路和库存中无法区分"),
                advice: Bilingual("Give the site or the account another id.", "请为该地点或客户另取编号。"))
        }
    }

    func readLines() {
        var rows: [Sourced<ProductionLine>] = []
        read(.lines) { table in
            let (line, site, hours) = (table.column("line"), table.column("site"), table.column("hours"))
            let (overtime, cost) = (table.column("overtime_hours"), table.column("overtime_cost"))
            while table.next() {
                let id = table.id(line)
                let place = table.reference(site, to: siteIndex)
                let row = ProductionLine(
                    id: id, site: place ?? 0, hoursPerBucket: table.number(hours) ?? 0, overtimeHoursPerBucket: table.number(overtime) ?? 0,
                    overtimeCostPerHour: table.number(cost) ?? 0)
                if let place, sites[place].kind != .plant {
                    table.note(
                        site, value: sites[place].id,
                        Bilingual("the line stands at \"\(sites[place].id)\", which is no plant", "产线所在的“\(sites[place].id)”不是工厂"),
                        advice: Bilingual("Check the site, or its kind in sites.csv.", "请检查该地点，或其在 sites.csv 中的类型。"))
                }
                if !id.isEmpty { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        lines = entities(rows, .lines, noun: .line, id: \.id)
        lineIndex = IdIndex(noun: .line, file: Bilingual(verbatim: "lines.csv"), ids: lines.map(\.id), isComplete: isKnown(.lines))
    }

    func readLineProducts() {
        var rows: [Sourced<LineProduct>] = []
        read(.lineProducts) { table in
            let (line, product, rate, cost) = (
                table.column("line"), table.column("product"), table.column("rate"), table.column("unit_cost")
            )
            let (minLot, multiple, setup) = (table.column("min_lot"), table.column("multiple"), table.column("setup_hours"))
            while table.next() {
                let row = LineProduct(
                    line: table.reference(line, to: lineIndex) ?? 0, product: table.reference(product, to: productIndex) ?? 0,
                    rate: table.number(rate) ?? 1, unitCost: table.number(cost) ?? 0, minLot: table.positiveOrNone(minLot),
                    multiple: table.positiveOrNone(multiple), setupHours: table.positiveOrNone(setup))
                if table.isSound { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        lineProducts = withoutRepeats(
            rows, .lineProducts, isLess: { ($0.line, $0.product) < ($1.line, $1.product) },
            key: { [lines, products] in
                Bilingual(
                    "line \(lines[$0.line].id), product \(products[$0.product].id)", "产线 \(lines[$0.line].id)、产品 \(products[$0.product].id)"
                )
            }
        ).map(\.row)
    }

    func readLanes() {
        var rows: [Sourced<Lane>] = []
        read(.lanes) { table in
            let (lane, from, to, mode, lead) = (
                table.column("lane"), table.column("from"), table.column("to"), table.column("mode"), table.column("lead_time")
            )
            let (cost, capacity, measure) = (table.column("unit_cost"), table.column("capacity"), table.column("measure"))
            let (least, multiple) = (table.column("min_shipment"), table.column("multiple"))
            while table.next() {
                let id = table.id(lane)
                let start = laneStart(table, from)
                let end = table.reference(to, to: placeIndex).map(place)
                let row = Lane(
                    id: id, from: start ?? 0, to: end ?? .site(0), mode: table.text(mode), leadTime: table.integer(lead) ?? 0,
                    unitCost: table.number(cost) ?? 0, capacity: table.number(capacity) ?? .infinity,
                    measure: table.choice(measure, as: Measure.self) ?? .volume, minShipment: table.positiveOrNone(least),
                    multiple: table.positiveOrNone(multiple))
                if let start, end == .site(start) {
                    table.reject(
                        to, value: sites[start].id, Bilingual("the lane ends where it starts", "线路的起点与终点相同"),
                        advice: Bilingual("Correct one of its ends.", "请改正其中一端。"))
                }
                if isHorizonKnown, row.leadTime >= horizon.count, table.isSound {
                    table.note(
                        lead, value: "\(row.leadTime)",
                        Bilingual(
                            "nothing sent on this lane arrives within the \(horizon.count) buckets of the plan",
                            "经此线路发出的货在计划的 \(horizon.count) 期内都无法到达"),
                        advice: Bilingual(
                            "Check the lead time: it counts \(horizon.unit.rawValue)s.", "请检查提前期：其单位是\(horizon.unit.chinese)。"))
                }
                if !id.isEmpty { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        lanes = entities(rows, .lanes, noun: .lane, id: \.id)
        laneIndex = IdIndex(
            noun: .lane, file: Bilingual(verbatim: "lanes.csv"), ids: lanes.map(\.id),
            isComplete: isKnown(.lanes) && (isThere(.lanes) || purpose == .plan))
        readLaneProducts()
    }

    private func laneStart(_ table: TableReader, _ column: Column) -> Int? {
        let id = table.text(column)
        guard !id.isEmpty, siteIndex[id] == nil, accountIndex[id] != nil else { return table.reference(column, to: siteIndex) }
        table.reject(
            column, value: id, Bilingual("\"\(shortened(id))\" is an account; a lane starts at a site", "“\(shortened(id))”是客户；线路的起点应是地点"),
            advice: Bilingual("Correct the start, or turn the lane round.", "请改正起点，或将起点与终点对调。"))
        return nil
    }

    private func readLaneProducts() {
        var rows: [Sourced<(lane: Int, product: Int)>] = []
        read(.laneProducts) { table in
            let (lane, product) = (table.column("lane"), table.column("product"))
            while table.next() {
                let row = (lane: table.reference(lane, to: laneIndex) ?? 0, product: table.reference(product, to: productIndex) ?? 0)
                if table.isSound { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        let unique = withoutRepeats(
            rows, .laneProducts, isLess: { ($0.lane, $0.product) < ($1.lane, $1.product) },
            key: { [lanes, products] in
                Bilingual(
                    "lane \(lanes[$0.lane].id), product \(products[$0.product].id)", "线路 \(lanes[$0.lane].id)、产品 \(products[$0.product].id)"
                )
            })
        for entry in unique { lanes[entry.row.lane].products = (lanes[entry.row.lane].products ?? []) + [entry.row.product] }
    }

    func readPools() {
        var rows: [Sourced<Pool>] = []
        read(.pools) { table in
            let (pool, capacity, measure) = (table.column("pool"), table.column("capacity"), table.column("measure"))
            while table.next() {
                let row = Pool(
                    id: table.id(pool), capacity: table.number(capacity) ?? 0, measure: table.choice(measure, as: Measure.self) ?? .volume)
                if !row.id.isEmpty { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        pools = entities(rows, .pools, noun: .pool, id: \.id)
        poolIndex = IdIndex(noun: .pool, file: Bilingual(verbatim: "pools.csv"), ids: pools.map(\.id), isComplete: isKnown(.pools))

        var members: [Sourced<(pool: Int, lane: Int)>] = []
        read(.poolLanes) { table in
            let (pool, lane) = (table.column("pool"), table.column("lane"))
            while table.next() {
                let row = (pool: table.reference(pool, to: poolIndex) ?? 0, lane: table.reference(lane, to: laneIndex) ?? 0)
                if table.isSound { members.append(Sourced(row: row, line: table.line)) }
            }
        }
        let unique = withoutRepeats(
            members, .poolLanes, isLess: { ($0.pool, $0.lane) < ($1.pool, $1.lane) },
            key: { [pools, lanes] in
                Bilingual("pool \(pools[$0.pool].id), lane \(lanes[$0.lane].id)", "运力池 \(pools[$0.pool].id)、线路 \(lanes[$0.lane].id)")
            })
        for entry in unique { pools[entry.row.pool].lanes.append(entry.row.lane) }
        for (pool, line) in zip(pools, entityLines["pools"] ?? []) where pool.lanes.isEmpty && isKnown(.poolLanes) && isKnown(.lanes) {
            collector.note(
                "pools.csv", line: line, column: "pool", value: pool.id,
                Bilingual("no lane shares the pool \"\(shortened(pool.id))\"", "没有线路使用运力池“\(shortened(pool.id))”"),
                advice: Bilingual("Name its lanes in pool_lanes.csv.", "请在 pool_lanes.csv 中写明其线路。"))
        }
    }

    func readCapacity() {
        var rows: [Sourced<CapacityOverride>] = []
        read(.capacity) { table in
            let (resource, kind, bucket, capacity) = (
                table.column("resource"), table.column("kind"), table.column("bucket"), table.column("capacity")
            )
            while table.next() {
                let which = table.choice(kind, as: CapacityKind.self)
                let day = table.date(bucket)
                let value = table.number(capacity) ?? 0
                guard let which else { continue }
                let index: IdIndex =
                    switch which {
                    case .hours, .overtime: lineIndex
                    case .lane: laneIndex
                    case .pool: poolIndex
                    case .storage: siteIndex
                    }
                let position = uncachedReference(table, resource, index)
                guard table.isSound, let position, let day, let number = planBucket(day, table, bucket) else { continue }
                rows.append(
                    Sourced(row: CapacityOverride(kind: which, resource: position, bucket: number, capacity: value), line: table.line))
            }
        }
        let order = Dictionary(uniqueKeysWithValues: CapacityKind.allCases.enumerated().map { ($1, $0) })
        capacityOverrides = withoutRepeats(
            rows, .capacity,
            isLess: { (order[$0.kind] ?? 0, $0.resource, $0.bucket) < (order[$1.kind] ?? 0, $1.resource, $1.bucket) },
            key: { [horizon] in
                Bilingual(
                    "this capacity (\($0.kind.rawValue), bucket \(horizon.firstDay(of: $0.bucket)))",
                    "此项能力（\($0.kind.rawValue)，\(horizon.firstDay(of: $0.bucket)) 起的一期）")
            }
        ).map(\.row)
    }

    /// A reference in a column whose ids belong to different tables from row to row, so that no cache may remember them.
    func uncachedReference(_ table: TableReader, _ column: Column, _ index: IdIndex) -> Int? {
        let id = table.id(column)
        guard !id.isEmpty else { return nil }
        if let found = index[id] { return found }
        if index.isComplete {
            table.rejectUnknown(column, id: id, noun: index.noun, file: index.file, nearest: index.nearest)
        }
        return nil
    }
}
