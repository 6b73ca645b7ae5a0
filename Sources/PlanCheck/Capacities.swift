import PlanModel

/// The package's capacities and prices, read by the checker on its own.
struct Capacities {
    private var replaced: [Key: Double] = [:]
    private let package: DataPackage
    /// Price of each product: products.price, else the last general price, else the last of any account, else 1.
    let prices: [Double]

    private struct Key: Hashable {
        var kind: CapacityKind
        var resource: Int
        var bucket: Int
    }

    init(_ package: DataPackage) {
        self.package = package
        for row in package.capacityOverrides { replaced[Key(kind: row.kind, resource: row.resource, bucket: row.bucket)] = row.capacity }
        var general = [PriceRow?](repeating: nil, count: package.products.count)
        var special = general
        for row in package.prices where package.products.indices.contains(row.product) {
            if row.account == nil {
                if general[row.product].map({ $0.date < row.date }) ?? true { general[row.product] = row }
            } else if special[row.product].map({ $0.date < row.date }) ?? true {
                special[row.product] = row
            }
        }
        prices = package.products.indices.map { package.products[$0].price ?? general[$0]?.price ?? special[$0]?.price ?? 1 }
    }

    /// Capacity of a line, lane, pool or site in a bucket; `.infinity` = no limit.
    func capacity(_ kind: CapacityKind, of resource: Int, in t: Int) -> Double {
        if let value = replaced[Key(kind: kind, resource: resource, bucket: t)] { return value }
        return switch kind {
        case .hours: package.lines[resource].hoursPerBucket
        case .overtime: package.lines[resource].overtimeHoursPerBucket
        case .lane: package.lanes[resource].capacity
        case .pool: package.pools[resource].capacity
        case .storage: package.sites[resource].storage
        }
    }

    /// What one unit of a product counts.
    func units(_ measure: Measure, of product: Int) -> Double {
        switch measure {
        case .quantity: 1
        case .value: prices[product]
        case .volume: package.products[product].volume
        case .weight: package.products[product].weight
        }
    }
}
