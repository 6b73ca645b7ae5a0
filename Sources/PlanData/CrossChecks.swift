import PlanModel

/// Checks that need several tables at once. What contradicts itself is an error where its own table is read; what only looks odd is a note here.
extension PackageReader {
    func checkAcrossTables() {
        if purpose == .plan {
            checkSupplyOfProducts()
            checkReachOfAccounts()
            checkSupplyOfSites()
        }
        checkLinesMakeSomething()
        checkGuarantees()
        checkSeries()
        checkSellThrough()
    }

    private func checkSupplyOfProducts() {
        guard isKnown(.products), isKnown(.lineProducts), isKnown(.stock), isKnown(.inTransit) else { return }
        var isSupplied = [Bool](repeating: false, count: products.count)
        for row in lineProducts { isSupplied[row.product] = true }
        for row in stock { isSupplied[row.product] = true }
        for row in inTransit { isSupplied[row.product] = true }
        for (product, line) in zip(products.indices, entityLines["products"] ?? []) where !isSupplied[product] {
            collector.note(
                "products.csv", line: line, column: "product", value: products[product].id,
                Bilingual(
                    "no line makes \"\(products[product].id)\", and none is in stock or in transit",
                    "没有产线生产“\(products[product].id)”，也没有库存和在途"),
                advice: Bilingual("Add it to line_products.csv or stock.csv.", "请在 line_products.csv 或 stock.csv 中补上。"))
        }
    }

    private func checkReachOfAccounts() {
        guard isKnown(.accounts), isKnown(.lanes), isThere(.lanes) else { return }
        var isReached = [Bool](repeating: false, count: accounts.count)
        for lane in lanes { if case .account(let account) = lane.to { isReached[account] = true } }
        for (account, line) in zip(accounts.indices, entityLines["accounts"] ?? []) where !isReached[account] {
            collector.note(
                "accounts.csv", line: line, column: "account", value: accounts[account].id,
                Bilingual("no lane reaches \"\(accounts[account].id)\"", "没有线路通往客户“\(accounts[account].id)”"),
                advice: Bilingual("Add a lane to it in lanes.csv.", "请在 lanes.csv 中补上通往该客户的线路。"))
        }
    }

    private func checkSupplyOfSites() {
        guard !sites.isEmpty, isKnown(.sites), isKnown(.lanes), isKnown(.lines) else { return }
        var isSupplied = [Bool](repeating: false, count: sites.count)
        // A line or lane whose site is unknown was told already; it counts for the first site here.
        for line in lines { isSupplied[line.site] = true }
        for lane in lanes { if case .site(let site) = lane.to { isSupplied[site] = true } }
        for row in stock { if case .site(let site) = row.place { isSupplied[site] = true } }
        for row in inTransit { if case .site(let site) = row.place { isSupplied[site] = true } }
        for (site, line) in zip(sites.indices, entityLines["sites"] ?? []) where !isSupplied[site] {
            collector.note(
                "sites.csv", line: line, column: "site", value: sites[site].id,
                Bilingual(
                    "nothing ever gets to \"\(sites[site].id)\": no line, no lane to it, no stock",
                    "“\(sites[site].id)”没有任何货源：没有产线，没有通往它的线路，也没有库存"), advice: Bilingual("Add its lines, lanes or stock.", "请补上其产线、线路或库存。"))
        }
    }

    private func checkLinesMakeSomething() {
        guard isKnown(.lines), isKnown(.lineProducts) else { return }
        var makes = [Bool](repeating: false, count: lines.count)
        for row in lineProducts { makes[row.line] = true }
        for (number, line) in zip(lines.indices, entityLines["lines"] ?? []) where !makes[number] {
            collector.note(
                "lines.csv", line: line, column: "line", value: lines[number].id,
                Bilingual("the line \"\(lines[number].id)\" makes no product", "产线“\(lines[number].id)”不生产任何产品"),
                advice: Bilingual("Add its products to line_products.csv.", "请在 line_products.csv 中补上其产品。"))
        }
    }

    /// Promises above demand: where the demand of every pair in question is known before forecasting.
    private func checkGuarantees() {
        guard isKnown(.demand), isKnown(.orders) else { return }
        let forecastPairs = Set(history.sales.pairs)
        var known: Set<[Int]> = []
        if !forecastPairs.isEmpty { for row in demand { known.insert([row.account, row.product, row.bucket]) } }
        for guarantee in guarantees {
            let members: [Int]
            if let account = guarantee.account {
                members = [account]
            } else if let group = guarantee.group {
                members = accounts.indices.filter { accounts[$0].group == group }
            } else if let tier = guarantee.tier {
                // Tiers that are computed are not known yet.
                guard accounts.allSatisfy({ $0.tier != nil }) else { continue }
                members = accounts.indices.filter { accounts[$0].tier == tier }
                if members.isEmpty {
                    collector.note(
                        "guarantees.csv", line: guarantee.source?.line, column: "tier", value: "\(tier)",
                        Bilingual("no account is in tier \(tier)", "没有第 \(tier) 级的客户"),
                        advice: Bilingual("Correct the tier here or in accounts.csv.", "请改正此处或 accounts.csv 中的级别。"))
                    continue
                }
            } else {
                members = Array(accounts.indices)
            }
            guard let promised = guarantee.quantity, isThere(.demand) else { continue }
            let isMember = Set(members)
            let concerns: (Int, Int) -> Bool = { account, product in
                isMember.contains(account) && (guarantee.product == nil || guarantee.product == product)
            }
            let isOpen = forecastPairs.contains { pair in
                concerns(pair.account, pair.product) && guarantee.buckets.contains { !known.contains([pair.account, pair.product, $0]) }
            }
            if isOpen { continue }
            var wanted = ExactSum()
            for row in demand where concerns(row.account, row.product) && guarantee.buckets.contains(row.bucket) {
                wanted.add(row.quantity)
            }
            for row in orders where concerns(row.account, row.product) && guarantee.buckets.contains(max(0, horizon.bucket(of: row.due))) {
                wanted.add(row.quantity)
            }
            if promised > wanted.value {
                collector.note(
                    "guarantees.csv", line: guarantee.source?.line, column: "quantity", value: NumberText.shortest(promised),
                    Bilingual(
                        "the promise of \(NumberText.shortest(promised)) is above the demand of its buckets, \(NumberText.shortest(wanted.value)); the rest can never be served",
                        "承诺的 \(NumberText.shortest(promised)) 高于这几期的需求 \(NumberText.shortest(wanted.value))，超出部分无从供应"),
                    advice: Bilingual("Check the promise and demand.csv.", "请检查该承诺和 demand.csv。"))
            }
        }
    }

    private func checkSeries() {
        let sales = history.sales
        for row in sales.pairs.indices where sales.series(row).allSatisfy({ $0 == 0 }) {
            let pair = sales.pairs[row]
            collector.note(
                "sales.csv", value: nil,
                Bilingual(
                    "the sales of \(pairName(pair.account, pair.product).english) are zero throughout",
                    "\(pairName(pair.account, pair.product).chinese) 的销量始终为 0"),
                advice: Bilingual("Check whether the right figures were exported.", "请检查导出的数字是否正确。"), group: "all zero")
        }
    }

    private func checkSellThrough() {
        let counted = sellOut(of: history)
        for miscount in counted.miscounts {
            let first = horizon.firstDay(of: miscount.bucket)
            collector.note(
                "account_stock.csv", value: NumberText.shortest(miscount.quantity),
                Bilingual(
                    "\(pairName(miscount.pair.account, miscount.pair.product).english), bucket \(first): opening stock + received − closing stock is \(NumberText.shortest(miscount.quantity)), so less than nothing was sold on",
                    "\(pairName(miscount.pair.account, miscount.pair.product).chinese)，\(first) 起的一期：期初库存 + 到货 − 期末库存 = \(NumberText.shortest(miscount.quantity))，算出的实际销量为负"
                ),
                advice: Bilingual("One of the counts or a delivery is wrong; it is not taken for a sale.", "盘点或到货有误；这一期不计为销量。"),
                group: "miscount")
        }
    }
}
