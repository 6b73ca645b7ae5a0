import PlanModel

/// A row of demand.csv before the horizon is known.
struct DatedDemand {
    var date: CalendarDate
    var account: Int
    var product: Int
    var quantity: Double
    var p10: Double?
    var p90: Double?
    var line: Int
}

/// Prices, events, demand, orders, materials, stock, promises, bands and frozen decisions.
extension PackageReader {
    func readPrices() {
        var rows: [Sourced<PriceRow>] = []
        read(.prices) { table in
            let (date, account, product, price) = (
                table.column("date"), table.column("account"), table.column("product"), table.column("price")
            )
            while table.next() {
                let row = PriceRow(
                    date: table.date(date) ?? CalendarDate(daysSinceEpoch: 0), account: table.reference(account, to: accountIndex),
                    product: table.reference(product, to: productIndex) ?? 0, price: table.number(price) ?? 0)
                if table.isSound { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        prices = withoutRepeats(
            rows, .prices, isLess: { ($0.product, $0.account ?? -1, $0.date) < ($1.product, $1.account ?? -1, $1.date) },
            key: { [accounts, products] row in
                Bilingual(
                    "the price of \(products[row.product].id) for \(row.account.map { accounts[$0].id } ?? "all accounts") from \(row.date)",
                    "\(products[row.product].id) 自 \(row.date) 起对\(row.account.map { " \(accounts[$0].id) " } ?? "全部客户")的价格")
            }
        ).map(\.row)
    }

    func readEvents() {
        var rows: [Sourced<Event>] = []
        read(.events) { table in
            let (event, start, end) = (table.column("event"), table.column("start"), table.column("end"))
            let (account, product, lift) = (table.column("account"), table.column("product"), table.column("lift"))
            let (before, after) = (table.column("before"), table.column("after"))
            while table.next() {
                let name = table.id(event)
                let first = table.date(start)
                let last = table.date(end)
                let row = Event(
                    name: name, start: first ?? CalendarDate(daysSinceEpoch: 0), end: last ?? CalendarDate(daysSinceEpoch: 0),
                    account: table.reference(account, to: accountIndex), product: table.reference(product, to: productIndex),
                    lift: table.number(lift), daysBefore: table.integer(before, most: 366), daysAfter: table.integer(after, most: 366))
                if let first, let last, last < first {
                    table.reject(
                        end, value: last.description,
                        Bilingual("it ends on \(last), before it starts on \(first)", "结束日期 \(last) 早于开始日期 \(first)"),
                        advice: Bilingual("Correct one of the dates.", "请改正其中一个日期。"))
                }
                if table.isSound { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        events = withoutRepeats(
            rows, .events,
            isLess: { a, b in
                if a.name != b.name { return isBytewiseLess(a.name, b.name) }
                return (a.start, a.account ?? -1, a.product ?? -1) < (b.start, b.account ?? -1, b.product ?? -1)
            }, key: { Bilingual("event \($0.name) from \($0.start)", "自 \($0.start) 起的活动 \($0.name)") }
        ).map(\.row)
    }

    /// Read when the horizon is known: what lies ahead cannot be learnt.
    func readLevelShifts() {
        var rows: [Sourced<LevelShiftRow>] = []
        read(.levelShifts) { table in
            let (date, account, product, factor) = (
                table.column("date"), table.column("account"), table.column("product"), table.column("factor")
            )
            while table.next() {
                let row = LevelShiftRow(
                    date: table.date(date) ?? CalendarDate(daysSinceEpoch: 0), account: table.reference(account, to: accountIndex),
                    product: table.reference(product, to: productIndex), factor: table.number(factor))
                if table.isSound, row.factor == nil, isHorizonKnown, row.date >= horizon.start {
                    table.reject(
                        factor, value: "",
                        Bilingual(
                            "is blank, but the change on \(row.date) lies ahead, so its size cannot be learnt from sales",
                            "未填写，而 \(row.date) 的变化尚未发生，无法由销量学得其幅度"),
                        advice: Bilingual(
                            "Write the new level over the old one, such as 1.2 for a fifth more.", "请填写新水平与旧水平之比，例如增加两成写 1.2。"))
                }
                if table.isSound { rows.append(Sourced(row: row, line: table.line)) }
            }
        }
        levelShifts = withoutRepeats(
            rows, .levelShifts,
            isLess: { ($0.date, $0.account ?? -1, $0.product ?? -1) < ($1.date, $1.account ?? -1, $1.product ?? -1) },
            key: { Bilingual("the change of level on \($0.date)", "\($0.date) 的水平变化") }
        ).map(\.row)
    }

    func readDemand() -> [DatedDemand] {
        var rows: [DatedDemand] = []
        read(.demand) { table in
            let (bucket, account, product) = (table.column("bucket"), table.column("account"), table.column("product"))
            let (quantity, p10, p90) = (table.column("quantity"), table.column("p10"), table.column("p90"))
            while table.next() {
                let row = DatedDemand(
                    date: table.date(bucket) ?? CalendarDate(daysSinceEpoch: 0), account: table.reference(account, to: accountIndex) ?? 0,
                    product: table.reference(product, to: productIndex) ?? 0, quantity: table.number(quantity) ?? 0, p10: table.number(p10),
                    p90: table.number(p90), line: table.line)
                if let low = row.p10, let high = row.p90, low > high {
                    table.reject(
                        p10, value: table.cellText(p10), Bilingual("p10 is above p90", "p10 大于 p90"),
                        advice: Bilingual("Swap or correct the two quantiles.", "请对调或改正这两个分位数。"))
                }
                if table.isSound { rows.append(row) }
            }
        }
        return rows
    }

    /// Puts demand rows into their buckets, now that the horizon is known.
    func place(_ rows: [DatedDemand]) {
        var placed: [Sourced<DemandRow>] = []
        placed.reserveCapacity(rows.count)
        for row in rows {
            let bucket = horizon.bucket(of: row.date)
            guard horizon.buckets.contains(bucket) else {
                if isHorizonKnown {
                    collector.note(
                        "demand.csv", line: row.line, column: "bucket", value: row.date.description,
                        Bilingual(
                            "\(row.date) lies outside the horizon (\(horizon.start) to \(horizon.firstDay(of: horizon.count).adding(days: -1))); the row is not used",
                            "\(row.date) 不在计划期内（\(horizon.start) 至 \(horizon.firstDay(of: horizon.count).adding(days: -1))），此行不采用"),
                        advice: Bilingual("Correct the date, or the horizon in plan.toml.", "请改正日期，或 plan.toml 中的计划期。"),
                        group: "outside the horizon")
                }
                continue
            }
            placed.append(
                Sourced(
                    row: DemandRow(
                        bucket: bucket, account: row.account, product: row.product, quantity: row.quantity, p10: row.p10, p90: row.p90),
                    line: row.line))
        }
        demand = withoutRepeats(
            placed, .demand, isLess: { ($0.account, $0.product, $0.bucket) < ($1.account, $1.product, $1.bucket) },
            key: { [self] in
                Bilingual(
                    "\(pairName($0.account, $0.product).english), bucket \(horizon.firstDay(of: $0.bucket))",
                    "\(pairName($0.account, $0.product).chinese)、\(horizon.firstDay(of: $0.bucket)) 起的一期")
            }
        ).map(\.row)
    }

    /// Overrides of past buckets are kept: the backtest judges them by what happened.
    func readOverrides() {
        var rows: [Sourced<OverrideRow>] = []
        read(.overrides) { table in
            let (bucket, account, product) = (table.column("bucket"), table.column("account"), table.column("product"))
            let (quantity, author, reason) = (table.column("quantity"), table.column("author"), table.column("reason"))
            while table.next() {
                let day = table.date(bucket)
                var row = OverrideRow(
                    bucket: 0, account: table.reference(account, to: accountIndex) ?? 0,
                    product: table.reference(product, to: productIndex) ?? 0,
                    quantity: table.number(quantity) ?? 0, author: table.text(author), reason: table.text(reason))
                guard table.isSound, let day, let number = planBucket(day, table, bucket, allowsPast: true) else { continue }
                row.bucket = number
                rows.append(Sourced(row: row, line: table.line))
            }
        }
        overrides = withoutRepeats(
            rows, .overrides, isLess: { ($0.account, $0.product, $0.bucket) < ($1.account, $1.product, $1.bucket) },
            key: { [self] in
                Bilingual(
                    "the override of \(pairName($0.account, $0.product).english), bucket \(horizon.firstDay(of: $0.bucket))",
                    "人工修改（\(pairName($0.account, $0.product).chinese)、\(horizon.firstDay(of: $0.bucket)) 起的一期）")
            }
        ).map(\.row)
    }

    func readOrders() {
        var rows: [Sourced<OrderRow>] = []
        read(.orders) { table in
            let (order, account, product) = (table.column("order"), table.column("account"), table.column("product"))
            let (due, quantity) = (table.column("due"), table.column("quantity"))
            while table.next() {
                let row = OrderRow(
                    id: table.id(order), account: table.reference(account, to: accountIndex) ?? 0,
                    product: table.reference(product, to: productIndex) ?? 0, due: table.date(due) ?? CalendarDate(daysSinceEpoch: 0),
                    quantity: table.number(quantity) ?? 0)
                guard table.isSound, arrivalBucket(row.due, table, due, what: Bilingual("an order due", "到期订单")) != nil else { continue }
                rows.append(Sourced(row: row, line: table.line))
            }
        }
        orders = withoutRepeats(
            rows, .orders,
            isLess: { a, b in
                if a.id != b.id { return isBytewiseLess(a.id, b.id) }
                return (a.account, a.product, a.due) < (b.account, b.product, b.due)
            },
            key: { [self] in
                Bilingual(
                    "order \($0.id) (\(pairName($0.account, $0.product).english), due \($0.due))",
                    "订单 \($0.id)（\(pairName($0.account, $0.product).chinese)，交货日期 \($0.due)）")
            }
        ).map(\.row)
    }

    /// bom.csv and material_supply.csv: materials are whatever these two name.
    func readMaterials() {
        var needs: [Sourced<(product: Int, material: String, quantity: Double)>] = []
        read(.bom) { table in
            let (product, material, quantity) = (table.column("product"), table.column("material"), table.column("quantity"))
            while table.next() {
                let row = (
                    product: table.reference(product, to: productIndex) ?? 0, material: table.id(material),
                    quantity: table.number(quantity) ?? 0
                )
                if table.isSound { needs.append(Sourced(row: row, line: table.line)) }
            }
        }
        var receipts: [Sourced<(site: Int, material: String, bucket: Int, quantity: Double)>] = []
        var supplied: [String: Int] = [:]
        read(.materialSupply) { table in
            let (site, material, bucket, quantity) = (
                table.column("site"), table.column("material"), table.column("bucket"), table.column("quantity")
            )
            while table.next() {
                let place = table.reference(site, to: siteIndex)
                let id = table.id(material)
                let day = table.date(bucket)
                let units = table.number(quantity) ?? 0
                guard table.isSound, let place, let day else { continue }
                // A row makes a material limited, even one whose receipts all come too late.
                if supplied[id] == nil { supplied[id] = table.line }
                guard let number = arrivalBucket(day, table, bucket, what: Bilingual("a receipt", "原料到货")) else {
                    receipts.append(Sourced(row: (place, id, 0, 0), line: table.line))
                    continue
                }
                receipts.append(Sourced(row: (place, id, number, units), line: table.line))
            }
        }
        materials = Set(needs.map(\.row.material) + receipts.map(\.row.material)).sorted(by: isBytewiseLess)
        let position = Dictionary(uniqueKeysWithValues: materials.enumerated().map { ($1, $0) })
        let needed = Set(needs.map(\.row.material))
        for id in supplied.keys.sorted(by: isBytewiseLess) where !needed.contains(id) && isKnown(.bom) {
            let near = didYouMean(nearestName(to: id, among: needed.sorted(by: isBytewiseLess)))
            collector.note(
                "material_supply.csv", line: supplied[id], column: "material", value: id,
                Bilingual(
                    "no product in bom.csv needs the material \"\(shortened(id))\"\(near.english)",
                    "bom.csv 中没有产品使用原料“\(shortened(id))”\(near.chinese)"),
                advice: Bilingual("Correct the name, or add the material to bom.csv.", "请改正编号，或在 bom.csv 中补上该原料。"))
        }
        billOfMaterials = withoutRepeats(
            needs.map {
                Sourced(
                    row: BillOfMaterialRow(product: $0.row.product, material: position[$0.row.material] ?? 0, quantity: $0.row.quantity),
                    line: $0.line)
            },
            .bom, isLess: { ($0.product, $0.material) < ($1.product, $1.material) },
            key: { [products, materials] in
                Bilingual(
                    "product \(products[$0.product].id), material \(materials[$0.material])",
                    "产品 \(products[$0.product].id)、原料 \(materials[$0.material])")
            }
        ).map(\.row)
        let rows = receipts.map {
            MaterialReceipt(site: $0.row.site, material: position[$0.row.material] ?? 0, bucket: $0.row.bucket, quantity: $0.row.quantity)
        }
        materialReceipts = addedUp(
            rows, quantity: \.quantity, isLess: { ($0.site, $0.material, $0.bucket) < ($1.site, $1.material, $1.bucket) })
    }

    func readStock() {
        var rows: [StockRow] = []
        read(.stock) { table in
            let (location, product, quantity, expires) = (
                table.column("location"), table.column("product"), table.column("quantity"), table.column("expires")
            )
            while table.next() {
                let position = table.reference(location, to: placeIndex)
                let row = StockRow(
                    place: place(position ?? 0), product: table.reference(product, to: productIndex) ?? 0,
                    quantity: table.number(quantity) ?? 0,
                    expires: table.date(expires))
                guard table.isSound else { continue }
                if let day = row.expires, isHorizonKnown, day < horizon.start, row.quantity > 0 {
                    table.note(
                        expires, value: day.description,
                        Bilingual("this stock expired on \(day), before the plan starts, and is taken off", "此批库存已于 \(day) 过期，早于计划开始，不再计入"),
                        advice: Bilingual("Correct the date if the stock is good.", "如库存仍可用，请改正日期。"), group: "expired")
                }
                if row.quantity > 0 { rows.append(row) }
            }
        }
        stock = addedUp(
            rows, quantity: \.quantity,
            isLess: { [self] a, b in
                let (first, second) = (placeOrder(a.place), placeOrder(b.place))
                return (first, a.product, a.expires?.daysSinceEpoch ?? Int.max) < (second, b.product, b.expires?.daysSinceEpoch ?? Int.max)
            })
    }

    func readInTransit() {
        var rows: [InTransitRow] = []
        read(.inTransit) { table in
            let (location, product, bucket, quantity) = (
                table.column("location"), table.column("product"), table.column("bucket"), table.column("quantity")
            )
            while table.next() {
                let position = table.reference(location, to: placeIndex)
                let day = table.date(bucket)
                var row = InTransitRow(
                    place: place(position ?? 0), product: table.reference(product, to: productIndex) ?? 0, bucket: 0,
                    quantity: table.number(quantity) ?? 0)
                guard table.isSound, let day, let number = arrivalBucket(day, table, bucket, what: Bilingual("an arrival", "在途到货")) else {
                    continue
                }
                row.bucket = number
                if row.quantity > 0 { rows.append(row) }
            }
        }
        inTransit = addedUp(
            rows, quantity: \.quantity,
            isLess: { [self] a, b in
                (placeOrder(a.place), a.product, a.bucket) < (placeOrder(b.place), b.product, b.bucket)
            })
    }

    func readGuarantees() {
        var rows: [Sourced<Guarantee>] = []
        let groups = Set(accounts.map(\.group)).subtracting([""])
        read(.guarantees) { table in
            let (guarantee, account, groupColumn, tier) = (
                table.column("guarantee"), table.column("account"), table.column("group"), table.column("tier")
            )
            let (product, start, end) = (table.column("product"), table.column("start"), table.column("end"))
            let (quantity, share) = (table.column("quantity"), table.column("share"))
            while table.next() {
                let name = table.text(groupColumn)
                var row = Guarantee(
                    id: table.id(guarantee), account: table.reference(account, to: accountIndex), group: name.isEmpty ? nil : name,
                    tier: table.integer(tier, most: TableLimits.mostTiers), product: table.reference(product, to: productIndex),
                    buckets: 0..<0,
                    quantity: table.number(quantity), share: table.number(share),
                    source: sourcePosition(.guarantees, line: table.line))
                if let group = row.group, !groups.contains(group), isKnown(.accounts) {
                    let near = didYouMean(nearestName(to: group, among: groups.sorted(by: isBytewiseLess)))
                    table.reject(
                        groupColumn, value: group,
                        Bilingual(
                            "no account is in a group \"\(shortened(group))\"\(near.english)",
                            "没有客户属于客户组“\(shortened(group))”\(near.chinese)"),
                        advice: Bilingual("Correct the group, or write it into accounts.csv.", "请改正客户组，或写入 accounts.csv。"))
                }
                let receivers = [row.account != nil, row.group != nil, row.tier != nil].filter { $0 }.count
                if table.isSound, receivers > 1 {
                    table.reject(
                        account, value: nil,
                        Bilingual("the promise names more than one of account, group and tier", "该承诺在客户、客户组、级别中写了不止一项"),
                        advice: Bilingual("Leave all but one blank.", "请只留一项，其余留空。"))
                }
                if table.isSound, (row.quantity == nil) == (row.share == nil) {
                    let found =
                        row.quantity == nil
                        ? Bilingual("neither a quantity nor a share", "既没有写数量也没有写比例")
                        : Bilingual("both a quantity and a share", "同时写了数量和比例")
                    table.reject(
                        quantity, value: nil, Bilingual("the promise gives \(found.english)", "该承诺\(found.chinese)"),
                        advice: Bilingual("Fill in one of quantity and share.", "数量（quantity）和比例（share）请填且只填一项。"))
                }
                guard let buckets = planBuckets(table, start, end), table.isSound else { continue }
                row.buckets = buckets
                if receivers == 0 {
                    table.note(
                        account,
                        Bilingual(
                            "the promise names no account, group or tier, so it counts what all accounts get", "该承诺没有写明客户、客户组或级别，因此按全部客户合计"),
                        advice: Bilingual("Name the account, group or tier it is made to.", "请写明承诺给哪个客户、客户组或级别。"))
                }
                if let part = row.share, part > 1 {
                    table.note(
                        share, value: "\(part)", Bilingual("the promised share is above all demand", "承诺的比例超过全部需求"),
                        advice: Bilingual("A share lies between 0 and 1: write 0.4 for 40 %.", "比例在 0 与 1 之间：40% 写 0.4。"))
                }
                rows.append(Sourced(row: row, line: table.line))
            }
        }
        guarantees = withoutRepeats(
            rows, .guarantees, isLess: { isBytewiseLess($0.id, $1.id) }, key: { Bilingual("guarantee \($0.id)", "承诺 \($0.id)") }
        ).map(\.row)
    }

    func readBands() {
        var rows: [Sourced<BandRow>] = []
        read(.bands) { table in
            let (account, product, start, end) = (
                table.column("account"), table.column("product"), table.column("start"), table.column("end")
            )
            let (least, target, most) = (table.column("min"), table.column("target"), table.column("max"))
            while table.next() {
                var row = BandRow(
                    account: table.reference(account, to: accountIndex) ?? 0, product: table.reference(product, to: productIndex) ?? 0,
                    buckets: 0..<0, min: table.number(least) ?? 0, target: table.number(target), max: table.number(most))
                if let max = row.max, row.min > max {
                    table.reject(
                        least, value: table.cellText(least),
                        Bilingual("the minimum \(row.min) is above the maximum \(max)", "下限 \(row.min) 大于上限 \(max)"),
                        advice: Bilingual("Correct one of the two.", "请改正其中之一。"))
                }
                guard let buckets = planBuckets(table, start, end), table.isSound else { continue }
                row.buckets = buckets
                if let aim = row.target, aim < row.min || aim > row.max ?? .infinity {
                    table.note(
                        target, value: "\(aim)",
                        Bilingual(
                            "the target \(aim) lies outside the band from \(row.min) to \(row.max.map { "\($0)" } ?? "no limit")",
                            "目标 \(aim) 不在库存区间内（下限 \(row.min)，上限\(row.max.map { " \($0)" } ?? "不限")）"),
                        advice: Bilingual("Check the three figures.", "请检查这三个数字。"))
                }
                rows.append(Sourced(row: row, line: table.line))
            }
        }
        let sorted = withoutRepeats(
            rows, .bands, isLess: { ($0.account, $0.product, $0.buckets.lowerBound) < ($1.account, $1.product, $1.buckets.lowerBound) },
            key: { [self] in
                Bilingual(
                    "the band of \(pairName($0.account, $0.product).english) from \(horizon.firstDay(of: $0.buckets.lowerBound))",
                    "\(pairName($0.account, $0.product).chinese) 自 \(horizon.firstDay(of: $0.buckets.lowerBound)) 起的库存区间")
            })
        for (earlier, later) in zip(sorted, sorted.dropFirst())
        where earlier.row.account == later.row.account && earlier.row.product == later.row.product
            && earlier.row.buckets.upperBound > later.row.buckets.lowerBound
        {
            collector.error(
                "bands.csv", line: later.line, column: "start",
                Bilingual(
                    "the dates overlap those of line \(earlier.line) (\(pairName(later.row.account, later.row.product).english))",
                    "起止日期与第 \(earlier.line) 行重叠（\(pairName(later.row.account, later.row.product).chinese)）"),
                advice: Bilingual("Let one band end before the next starts.", "请让前一区间在后一区间开始之前结束。"))
        }
        bandRows = sorted.map(\.row)
    }

    func readFrozen() {
        var rows: [Sourced<FrozenRow>] = []
        let canMake = Set(lineProducts.map { Pair(account: $0.line, product: $0.product) })
        let wasRead = read(.frozen) { table in
            let (kind, resource, product) = (table.column("kind"), table.column("resource"), table.column("product"))
            let (bucket, quantity) = (table.column("bucket"), table.column("quantity"))
            while table.next() {
                let which = table.choice(kind, as: FrozenKind.self)
                let day = table.date(bucket)
                let position = which.flatMap { uncachedReference(table, resource, $0 == .make ? lineIndex : laneIndex) }
                let item = table.reference(product, to: productIndex)
                let units = table.number(quantity) ?? 0
                guard table.isSound, let which, let position, let item, let day, let number = planBucket(day, table, bucket) else {
                    continue
                }
                guard number < horizon.frozen else {
                    table.note(
                        bucket, value: day.description,
                        Bilingual(
                            "\(day) is not among the first \(horizon.frozen) frozen buckets; the row is not used",
                            "\(day) 不在冻结的前 \(horizon.frozen) 期内，此行不采用"),
                        advice: Bilingual("Raise frozen in plan.toml, or delete the row.", "请在 plan.toml 中增加冻结期数（frozen），或删除此行。"),
                        group: "not frozen")
                    continue
                }
                if units > 0, which == .make, !canMake.contains(Pair(account: position, product: item)), isKnown(.lineProducts) {
                    table.reject(
                        product, value: products[item].id,
                        Bilingual(
                            "line \(lines[position].id) cannot make \(products[item].id)",
                            "产线 \(lines[position].id) 不能生产 \(products[item].id)"),
                        advice: Bilingual("Correct the row, or add the product to line_products.csv.", "请改正此行，或在 line_products.csv 中补上该产品。")
                    )
                }
                if units > 0, which == .move, let carried = lanes[position].products, !carried.contains(item) {
                    table.reject(
                        product, value: products[item].id,
                        Bilingual(
                            "lane \(lanes[position].id) may not carry \(products[item].id)",
                            "线路 \(lanes[position].id) 不可运 \(products[item].id)"),
                        advice: Bilingual("Correct the row, or add the product to lane_products.csv.", "请改正此行，或在 lane_products.csv 中补上该产品。")
                    )
                }
                if units > 0, which == .move, table.isSound, number + lanes[position].leadTime >= horizon.count {
                    table.reject(
                        bucket, value: day.description,
                        Bilingual("the movement would arrive after the horizon, and such movements are not made", "这次运输要到计划期之后才到货，不会安排"),
                        advice: Bilingual("Lengthen the horizon in plan.toml, or delete the row.", "请在 plan.toml 中延长计划期，或删除此行。"))
                }
                if table.isSound {
                    rows.append(
                        Sourced(
                            row: FrozenRow(
                                kind: which, resource: position, product: item, bucket: number, quantity: units,
                                source: sourcePosition(.frozen, line: table.line)), line: table.line))
                }
            }
        }
        if horizon.frozen > 0, !wasRead, isKnown(.frozen) {
            collector.note(
                SettingsReader.fileName, column: "horizon.frozen",
                Bilingual(
                    "\(horizon.frozen) buckets are frozen and there is no frozen.csv: nothing is made or moved in them",
                    "冻结了 \(horizon.frozen) 期，却没有 frozen.csv：这几期内不安排任何生产和运输"),
                advice: Bilingual(
                    "Add frozen.csv with the decisions already taken, or set frozen = 0.", "请补上 frozen.csv，写明已定的安排，或设 frozen = 0。"))
        }
        frozen = withoutRepeats(
            rows, .frozen,
            isLess: {
                ($0.kind == .make ? 0 : 1, $0.resource, $0.product, $0.bucket) < (
                    $1.kind == .make ? 0 : 1, $1.resource, $1.product, $1.bucket
                )
            },
            key: { [self] in
                Bilingual(
                    "\($0.kind.rawValue) of \(products[$0.product].id) by \($0.kind == .make ? lines[$0.resource].id : lanes[$0.resource].id) in bucket \(horizon.firstDay(of: $0.bucket))",
                    "\($0.kind == .make ? "产线 \(lines[$0.resource].id) 生产" : "线路 \(lanes[$0.resource].id) 运输") \(products[$0.product].id)（\(horizon.firstDay(of: $0.bucket)) 起的一期）"
                )
            }
        ).map(\.row)
    }

    /// Rows sorted by their keys, the quantities of equal keys added up exactly.
    private func addedUp<Row>(_ rows: [Row], quantity: WritableKeyPath<Row, Double>, isLess: (Row, Row) -> Bool) -> [Row] {
        var result: [Row] = []
        var sum = ExactSum()
        var count = 0
        for row in rows.sorted(by: isLess) {
            if let last = result.last, !isLess(last, row) {
                if count == 1 { sum.add(last[keyPath: quantity]) }
                sum.add(row[keyPath: quantity])
                count += 1
                result[result.count - 1][keyPath: quantity] = sum.value
            } else {
                result.append(row)
                sum = ExactSum()
                count = 1
            }
        }
        return result
    }
}
