import PlanModel

/// The pairs that are planned: those with sales or deliveries in the past, a demand row, an override, an order, a band row, or stock or goods in transit at the
/// account; and, for a product that no account has sold yet but that names an analogue, the accounts that sold the analogue.
///
/// - Returns: Rising, without repetition.
func demandPairs(of package: DataPackage) -> [Pair] {
    var pairs = package.history.sales.pairs
    // Deliveries tell of demand where no sell-out is reported.
    let shipments = package.history.shipments
    pairs += shipments.pairs.indices.filter { shipments.series($0).contains { $0 > 0 } }.map { shipments.pairs[$0] }
    pairs += package.demand.map { Pair(account: $0.account, product: $0.product) }
    pairs += package.overrides.filter { $0.bucket >= 0 }.map { Pair(account: $0.account, product: $0.product) }
    pairs += package.orders.map { Pair(account: $0.account, product: $0.product) }
    pairs += package.bandRows.map { Pair(account: $0.account, product: $0.product) }
    for row in package.stock { if case .account(let account) = row.place { pairs.append(Pair(account: account, product: row.product)) } }
    for row in package.inTransit {
        if case .account(let account) = row.place { pairs.append(Pair(account: account, product: row.product)) }
    }
    pairs += launchPairs(of: package)
    return risingWithoutRepetition(pairs)
}

private func launchPairs(of package: DataPackage) -> [Pair] {
    let sales = package.history.sales
    var isSold = [Bool](repeating: false, count: package.products.count)
    for pair in sales.pairs { isSold[pair.product] = true }
    for row in package.demand { isSold[row.product] = true }
    var pairs: [Pair] = []
    for (product, entry) in package.products.enumerated() where !isSold[product] {
        guard let analogue = entry.analogue else { continue }
        for (row, pair) in sales.pairs.enumerated() where pair.product == analogue && sales.series(row).contains(where: { $0 > 0 }) {
            pairs.append(Pair(account: pair.account, product: product))
        }
    }
    return pairs
}

func risingWithoutRepetition(_ pairs: [Pair]) -> [Pair] {
    var result: [Pair] = []
    for pair in pairs.sorted() where result.last != pair { result.append(pair) }
    return result
}
