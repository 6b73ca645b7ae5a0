import PlanModel

extension Firm {
    /// What is on hand and on the way at the start, promised, ordered, agreed and corrected by hand. The accounts' own stock comes out of
    /// the history.
    mutating func addCommitments(size: PackageSize, demand: HorizonDemand, sourcing: Sourcing) {
        addSiteStock(size: size, demand: demand, sourcing: sourcing)
        addOrdersAndOverrides(demand: demand)
        addPromises(size: size)
        addBands()
        addClosures()
        setOvertime(demand: demand)
    }

    /// Accounts by their base demand in money, largest first.
    var accountsBySize: [Int] {
        var value = [Double](repeating: 0, count: package.accounts.count)
        for pair in pairs where pair.launchBucket == nil { value[pair.account] += pair.base * (package.products[pair.product].price ?? 1) }
        return indicesFallingBy(value)
    }

    /// Pairs of an account, the largest first, the new product left out.
    private func largestPairs(of account: Int) -> [PairProfile] {
        pairs.filter { $0.account == account && $0.launchBucket == nil }
            .sorted { $0.base != $1.base ? $0.base > $1.base : $0.product < $1.product }
    }

    private mutating func addSiteStock(size: PackageSize, demand: HorizonDemand, sourcing: Sourcing) {
        var random = SplitMix64(seed: seed, stream: "site-stock")
        let products = package.products.count
        var opening = [Double](repeating: 0, count: size.distributionCentres * products)
        for (i, pair) in pairs.enumerated() {
            opening[sourcing.primary[pair.account] * products + pair.product] += Sourcing.primaryShare * demand.openingOfPair[i]
            opening[sourcing.secondary[pair.account] * products + pair.product] += (1 - Sourcing.primaryShare) * demand.openingOfPair[i]
        }
        let centreOfFirstPlant = 0
        for centre in 0..<size.distributionCentres {
            for product in 0..<products {
                let week = opening[centre * products + product]
                let quantity = (week * random.uniform(0.5...1.0)).rounded()
                // Short-lived stock names its last day: five weeks on.
                let expires = package.products[product].shelfLife == nil ? nil : package.horizon.firstDay(of: 5).adding(days: -1)
                if quantity > 0 {
                    package.stock.append(StockRow(place: .site(centre), product: product, quantity: quantity, expires: expires))
                }
                // The trucks sent last week to the centres a week away.
                let onTheRoad = (week * 0.25).rounded()
                if centre != centreOfFirstPlant, onTheRoad > 0, product % 3 == 0 {
                    package.inTransit.append(InTransitRow(place: .site(centre), product: product, bucket: 0, quantity: onTheRoad))
                }
            }
        }
    }

    private mutating func addOrdersAndOverrides(demand: HorizonDemand) {
        var random = SplitMix64(seed: seed, stream: "orders")
        let accounts = accountsBySize
        for account in accounts.prefix(max(2, accounts.count / 10)) {
            for (position, pair) in largestPairs(of: account).prefix(2).enumerated() {
                let bucket = 1 + position
                let expected = expectedDemand(of: pair, in: bucket..<bucket + 1)[0]
                let number = package.orders.count + 1
                package.orders.append(
                    OrderRow(
                        id: Names.id("SO", number, of: 1000), account: account, product: pair.product,
                        due: package.horizon.firstDay(of: bucket).adding(days: 3),
                        quantity: max(1, (expected * random.uniform(0.6...1.2)).rounded())))
            }
        }
        let corrections: [(rank: Int, factor: Double, manager: Int, reason: Term)] = [
            (2, 1.2, 3, Term("Listed in 40 more shops from this week", "本周起新增40家门店")),
            (3, 0.85, 0, Term("Competitor promotion announced", "竞品促销已公布")),
        ]
        for correction in corrections where correction.rank < accounts.count {
            guard let pair = largestPairs(of: accounts[correction.rank]).first else { continue }
            let bucket = package.horizon.count / 2
            let expected = expectedDemand(of: pair, in: bucket..<bucket + 1)[0]
            package.overrides.append(
                OverrideRow(
                    bucket: bucket, account: pair.account, product: pair.product, quantity: (expected * correction.factor).rounded(),
                    author: Names.managers[correction.manager](language), reason: correction.reason(language)))
        }
    }

    /// A small account was promised nine tenths of its demand over the peak; in all but the smallest firms a large one a quantity of its
    /// first product.
    private mutating func addPromises(size: PackageSize) {
        let weeks = package.horizon.count
        let peak = Int(0.7 * Double(weeks))
        let season = max(0, peak - 2)..<min(weeks, peak + 2)
        let accounts = accountsBySize
        package.guarantees.append(Guarantee(id: "G1", account: accounts[accounts.count * 7 / 10], buckets: season, share: 0.9))
        if size != .xs, size != .s, let pair = largestPairs(of: accounts[4]).first {
            let expected = expectedDemand(of: pair, in: season).reduce(0, +)
            package.guarantees.append(
                Guarantee(
                    id: "G2", account: pair.account, product: pair.product, buckets: season, quantity: (0.9 * expected).rounded(.down)))
        }
    }

    /// The stock agreed with the largest account for its first products: less before the season, more in it.
    private mutating func addBands() {
        let weeks = package.horizon.count
        let change = max(1, Int(0.5 * Double(weeks)))
        for pair in largestPairs(of: accountsBySize[0]).prefix(2) {
            for range in [0..<change, change..<weeks] {
                let mean = expectedDemand(of: pair, in: range).reduce(0, +) / Double(range.count)
                package.bandRows.append(
                    BandRow(
                        account: pair.account, product: pair.product, buckets: range, min: (0.5 * mean).rounded(),
                        target: (1.2 * mean).rounded(),
                        max: (2.5 * mean).rounded()))
            }
        }
    }

    /// A line under repair, a dock half closed, a lane cut off for a week.
    private mutating func addClosures() {
        let weeks = package.horizon.count
        let line = package.lines.count > 1 ? 1 : 0
        package.capacityOverrides.append(
            CapacityOverride(kind: .hours, resource: line, bucket: weeks / 4, capacity: package.lines[line].hoursPerBucket / 2))
        package.capacityOverrides.append(
            CapacityOverride(kind: .pool, resource: 0, bucket: weeks * 2 / 5, capacity: (package.pools[0].capacity * 0.7).rounded()))
        if let lane = package.lanes.indices.last {
            package.capacityOverrides.append(
                CapacityOverride(kind: .lane, resource: lane, bucket: weeks / 3, capacity: (package.lanes[lane].capacity / 2).rounded()))
        }
        let order = CapacityKind.allCases
        package.capacityOverrides.sort {
            (order.firstIndex(of: $0.kind) ?? 0, $0.resource) < (order.firstIndex(of: $1.kind) ?? 0, $1.resource)
        }
    }

    static let leastOvertimeShare = 0.01

    /// Everything on hand and everything that can be made, as a share of the season's demand: 0.97 in 26 weeks, 0.95 in 12.
    ///
    /// What the lines could make after the peak comes too late for it besides; a short horizon has fewer such weeks. Together they leave some
    /// 5 % of the demand unmet, so that a forecast a few per cent low still leaves tier 3 short.
    static func supplyShare(weeks: Int) -> Double { 0.97 - 0.02 * Double(max(0, 26 - weeks)) / 14 }

    /// Units an hour of a line that makes its products as they are demanded.
    private func unitsPerHour(of line: Int, demand: HorizonDemand) -> Double {
        let rows = package.lineProducts.filter { $0.line == line }
        let units = rows.reduce(0.0) { $0 + demand.meanOfProduct[$1.product] }
        let hours = rows.reduce(0.0) { $0 + demand.meanOfProduct[$1.product] / $1.rate }
        return hours > 0 ? units / hours : 0
    }

    /// Overtime such that everything on hand and everything that can be made is ``supplyShare(weeks:)`` of the season's demand.
    private mutating func setOvertime(demand: HorizonDemand) {
        let weeks = Double(package.horizon.count)
        let onHand =
            package.stock.reduce(0) { $0 + $1.quantity } + package.inTransit.reduce(0) { $0 + $1.quantity }
            + zip(pairs, demand.openingOfPair).reduce(0) { $0 + $1.0.cover * $1.1 }
        let regular = package.lines.indices.reduce(0.0) { sum, line in
            sum + unitsPerHour(of: line, demand: demand) * package.lines[line].hoursPerBucket
        }
        let missing = (Firm.supplyShare(weeks: package.horizon.count) * demand.mean * weeks - onHand) / (regular * weeks) - 1
        let share = min(0.2, max(Firm.leastOvertimeShare, missing))
        for line in package.lines.indices {
            package.lines[line].overtimeHoursPerBucket = (package.lines[line].hoursPerBucket * share).rounded(.up)
        }
    }
}
