import PlanModel

extension Firm {
    /// Three years of what was delivered, sold on and counted at the accounts, written row by row while it is simulated.
    ///
    /// Each week an account orders up to its cover, sells what demand and stock allow, and is left with the rest: sell-out = opening +
    /// received − closing holds in every week. Deliveries fail now and then for two to four weeks; then the stock runs out, and sales with
    /// it, while demand goes on.
    ///
    /// - Returns: Closing stock of each pair at the start of the horizon, units. Shape of ``pairs``.
    func writeHistory(sales: TableWriter, shipments: TableWriter, accountStock: TableWriter) throws -> [Double] {
        let horizon = package.horizon
        let mondays = (-historyBuckets..<0).map { Array(horizon.firstDay(of: $0).description.utf8) }
        let fridays = (-historyBuckets..<0).map { Array(horizon.firstDay(of: $0).adding(days: 4).description.utf8) }
        let sundays = (-historyBuckets..<0).map { Array(horizon.firstDay(of: $0).adding(days: 6).description.utf8) }
        var closing: [Double] = []
        closing.reserveCapacity(pairs.count)
        for (index, pair) in pairs.enumerated() {
            var random = SplitMix64(seed: seed, stream: "history", index: index)
            let account = Array(package.accounts[pair.account].id.utf8)
            let product = Array(package.products[pair.product].id.utf8)
            let multiple = package.products[pair.product].caseMultiple ?? 1
            // One bucket of the horizon too: the last order of the history looks ahead to it.
            let expected = expectedDemand(of: pair, in: -historyBuckets..<1)
            var stock = (pair.cover * expected[0]).rounded()
            var outageLeft = 0
            for week in 0..<historyBuckets {
                let bucket = week - historyBuckets
                if let launch = pair.launchBucket, bucket < launch { continue }
                let demand = max(0, (expected[week] * portableExp(pair.noise * random.normal())).rounded())
                // Drawn in every week, so that one failure does not shift the chance of later weeks.
                let failure = random.uniform()
                let length = 2 + random.below(3)
                let returnChance = random.uniform()
                if outageLeft == 0, failure < outageChance { outageLeft = length }
                let isPlanned =
                    plannedOutage.map { $0.account == pair.account && $0.product == pair.product && $0.buckets.contains(bucket) } ?? false
                var received = 0.0
                if outageLeft == 0, !isPlanned {
                    let level = expected[week] + pair.cover * expected[week + 1]
                    received = max(0, ((level - stock) / multiple).rounded() * multiple)
                }
                outageLeft = max(0, outageLeft - 1)
                let sold = min(demand, stock + received)
                // A few goods come back from the shops.
                let returned = sold > 40 && returnChance < 1.0 / 400 ? (sold * 0.05).rounded() : 0
                stock += received - sold + returned
                if received > 0 { try shipments.quantityRow(mondays[week], account, product, received) }
                if sold > 0 { try sales.quantityRow(mondays[week], account, product, sold) }
                if returned > 0 { try sales.quantityRow(fridays[week], account, product, -returned) }
                if stock == 0 || reportsWeekly[pair.account] || bucket % 4 == -1 {
                    try accountStock.quantityRow(sundays[week], account, product, stock)
                }
            }
            closing.append(stock)
        }
        return closing
    }
}
