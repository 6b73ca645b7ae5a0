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
                "no line makes \"\(products[product].id)\", and none is in stock or in transit",
                advice: "Add it to line_products.csv or stock.csv.")
        }
    }

    private func checkReachOfAccounts() {
        guard isKnown(.accounts), isKnown(.lanes), isThere(.lanes) else { return }
        var isReached = [Bool](repeating: false, count: accounts.count)
        for lane in lanes { if case .account(let account) = lane.to { isReached[account] = true } }
        for (account, line) in zip(accounts.indices, entityLines["accounts"] ?? []) where !isReached[account] {
            collector.note(
                "accounts.csv", line: line, column: "account", value: accounts[account].id, "no lane reaches \"\(accounts[account].id)\"",
                advice: "Add a lane to it in lanes.csv.")
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
                "nothing ever gets to \"\(sites[site].id)\": no line, no lane to it, no stock", advice: "Add its lines, lanes or stock.")
        }
    }

    private func checkLinesMakeSomething() {
        guard isKnown(.lines), isKnown(.lineProducts) else { return }
        var makes = [Bool](repeating: false, count: lines.count)
        for row in lineProducts { makes[row.line] = true }
        for (number, line) in zip(lines.indices, entityLines["lines"] ?? []) where !makes[number] {
            collector.note(
                "lines.csv", line: line, column: "line", value: lines[number].id, "the line \"\(lines[number].id)\" makes no product",
                advice: "Add its products to line_products.csv.")
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
                        "guarantees.csv", line: guarantee.source?.line, column: "tier", value: "\(tier)", "no account is in tier \(tier)",
                        advice: "Correct the tier here or in accounts.csv.")
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
                    "the promise of \(NumberText.shortest(promised)) is above the demand of its buckets, \(NumberText.shortest(wanted.value)); the rest can never be served",
                    advice: "Check the promise and demand.csv.")
            }
        }
    }

    private func checkSeries() {
        let sales = history.sales
        for row in sales.pairs.indices where sales.series(row).allSatisfy({ $0 == 0 }) {
            let pair = sales.pairs[row]
            collector.note(
                "sales.csv", value: nil, "the sales of \(pairName(pair.account, pair.product)) are zero throughout",
                advice: "Check whether the right figures were exported.", group: "all zero")
        }
    }

    private func checkSellThrough() {
        let counted = sellOut(of: history)
        for miscount in counted.miscounts {
            let first = horizon.firstDay(of: miscount.bucket)
            collector.note(
                "account_stock.csv", value: NumberText.shortest(miscount.quantity),
                "\(pairName(miscount.pair.account, miscount.pair.product)), bucket \(first): opening stock + received − closing stock is \(NumberText.shortest(miscount.quantity)), so less than nothing was sold on",
                advice: "One of the counts or a delivery is wrong; it is not taken for a sale.", group: "miscount")
        }
    }
}
