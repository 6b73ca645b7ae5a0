import PlanModel

extension DataPackage {
    /// The package as what-if changes make it; changes of demand, which act on the forecast, apart.
    package func changed(by changes: [PlanChange]) -> DataPackage { ChangedPackage(self, changes: changes).package }
}

/// A package with changes put in, and what must be worked out again because of them.
struct ChangedPackage {
    private(set) var package: DataPackage
    /// Events and prices act through the forecast, which has to be made again.
    private(set) var needsForecast = false
    private var demandChanges: [(change: PlanChange, account: Int?, product: Int?, buckets: Range<Int>, amount: ChangeAmount)] = []

    init(_ package: DataPackage, changes: [PlanChange]) {
        self.package = package
        for change in changes { apply(change) }
        self.package.capacityOverrides.sort { ($0.kind.order, $0.resource, $0.bucket) < ($1.kind.order, $1.resource, $1.bucket) }
        self.package.materialReceipts.sort { ($0.site, $0.material, $0.bucket) < ($1.site, $1.material, $1.bucket) }
        self.package.events.sort {
            ($0.name, $0.start, $0.account ?? -1, $0.product ?? -1) < ($1.name, $1.start, $1.account ?? -1, $1.product ?? -1)
        }
        self.package.prices.sort { ($0.product, $0.account ?? -1, $0.date) < ($1.product, $1.account ?? -1, $1.date) }
        self.package.guarantees.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    private mutating func apply(_ change: PlanChange) {
        switch change.kind {
        case .demand(let account, let product, let buckets, let amount): demandChanges.append((change, account, product, buckets, amount))
        case .capacity(let kind, let resource, let buckets, let amount): setCapacity(kind, resource, buckets, amount)
        case .leadTime(let lane, let amount): package.lanes[lane].leadTime = Int(amount.applied(to: Double(package.lanes[lane].leadTime)))
        case .price(let product, let account, let from, let amount):
            needsForecast = true
            let price = amount.applied(to: priceInForce(product, account, on: from))
            package.prices.removeAll { $0.product == product && $0.account == account && $0.date == from }
            package.prices.append(PriceRow(date: from, account: account, product: product, price: price))
            // The standing price counts money and stock; it follows a price for all from the start on.
            if account == nil, from <= package.horizon.start { package.products[product].price = price }
        case .promise(let promise):
            package.guarantees.removeAll { $0.id == promise.id }
            package.guarantees.append(promise)
        case .withdrawPromise(let index):
            if package.guarantees.indices.contains(index) { package.guarantees.remove(at: index) }
        case .tier(let account, let tier): package.accounts[account].tier = tier
        case .event(let event):
            needsForecast = true
            package.events.append(event)
        case .stock(let place, let product, let amount): setStock(place, product, amount)
        case .material(let site, let material, let bucket, let amount):
            let rows = package.materialReceipts.filter { $0.site == site && $0.material == material && $0.bucket == bucket }
            package.materialReceipts.removeAll { $0.site == site && $0.material == material && $0.bucket == bucket }
            package.materialReceipts.append(
                MaterialReceipt(
                    site: site, material: material, bucket: bucket,
                    quantity: max(0, amount.applied(to: rows.reduce(0) { $0 + $1.quantity }))))
        }
    }

    private func priceInForce(_ product: Int, _ account: Int?, on date: CalendarDate) -> Double {
        let rows = package.prices.filter { $0.product == product && ($0.account == account || $0.account == nil) && $0.date <= date }
        let own = rows.filter { $0.account == account }
        return (own.isEmpty ? rows : own).max { $0.date < $1.date }?.price ?? package.standingPrice(of: product)
    }

    mutating func setCapacity(_ kind: CapacityKind, _ resource: Int, _ buckets: Range<Int>, _ amount: ChangeAmount) {
        let now = package.capacities(kind, of: resource)
        package.capacityOverrides.removeAll { $0.kind == kind && $0.resource == resource && buckets.contains($0.bucket) }
        for bucket in buckets where now[bucket].isFinite {
            package.capacityOverrides.append(
                CapacityOverride(kind: kind, resource: resource, bucket: bucket, capacity: max(0, amount.applied(to: now[bucket]))))
        }
    }

    /// What is added has no last day; what is taken off, or multiplied, is so in every lot alike.
    private mutating func setStock(_ place: Place, _ product: Int, _ amount: ChangeAmount) {
        let own = package.stock.indices.filter { package.stock[$0].place == place && package.stock[$0].product == product }
        let now = own.reduce(0) { $0 + package.stock[$1].quantity }
        let then = max(0, amount.applied(to: now))
        if then > now {
            package.stock.append(StockRow(place: place, product: product, quantity: then - now))
        } else if now > 0 {
            for index in own { package.stock[index].quantity *= then / now }
        }
    }

    /// Puts the changes of demand into a forecast of the changed package, each as an override by "what-if".
    mutating func changeDemand(_ forecast: inout Forecast) {
        guard !demandChanges.isEmpty else { return }
        var position: [Cell: Int] = [:]
        for (index, row) in forecast.rows.enumerated() { position[Cell(row.account, row.product, row.bucket)] = index }
        for (change, account, product, buckets, amount) in demandChanges {
            if let account, let product {
                // A pair that is not sold yet has no forecast to change.
                for bucket in buckets where position[Cell(account, product, bucket)] == nil {
                    position[Cell(account, product, bucket)] = forecast.rows.count
                    let zeros = package.settings.forecast.quantiles.map { _ in 0.0 }
                    forecast.rows.append(
                        ForecastRow(
                            bucket: bucket, account: account, product: product, quantity: 0, quantiles: zeros, model: "what-if",
                            statistical: 0))
                }
            }
            for index in forecast.rows.indices {
                let row = forecast.rows[index]
                guard account == nil || row.account == account, product == nil || row.product == product, buckets.contains(row.bucket)
                else {
                    continue
                }
                let quantity = max(0, amount.applied(to: row.quantity))
                guard quantity != row.quantity else { continue }
                forecast.rows[index].parts.override += quantity - row.quantity
                forecast.rows[index].quantity = quantity
                forecast.rows[index].override = quantity
                package.overrides.removeAll { $0.account == row.account && $0.product == row.product && $0.bucket == row.bucket }
                package.overrides.append(
                    OverrideRow(
                        bucket: row.bucket, account: row.account, product: row.product, quantity: quantity, author: "what-if",
                        reason: change.text))
            }
        }
        forecast.rows.sort { ($0.account, $0.product, $0.bucket) < ($1.account, $1.product, $1.bucket) }
    }

    private struct Cell: Hashable {
        let account: Int
        let product: Int
        let bucket: Int

        init(_ account: Int, _ product: Int, _ bucket: Int) {
            self.account = account
            self.product = product
            self.bucket = bucket
        }
    }
}

extension CapacityKind {
    /// Place in the order of declaration.
    var order: Int { CapacityKind.allCases.firstIndex(of: self) ?? 0 }
}
