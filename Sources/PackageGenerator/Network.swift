import PlanModel

/// Demand of the horizon, as the capacities are scaled to it. Means are per week.
struct HorizonDemand {
    /// Units, by product.
    var meanOfProduct: [Double]
    /// Volume, by account.
    var meanVolumeOfAccount: [Double]
    /// Units of the first week, by pair.
    var openingOfPair: [Double]
    /// Units a week, all together.
    var mean: Double

    init(of firm: Firm) {
        let package = firm.package
        let weeks = package.horizon.count
        meanOfProduct = [Double](repeating: 0, count: package.products.count)
        meanVolumeOfAccount = [Double](repeating: 0, count: package.accounts.count)
        openingOfPair = []
        mean = 0
        for pair in firm.pairs {
            let demand = firm.expectedDemand(of: pair, in: 0..<weeks)
            let pairMean = demand.reduce(0, +) / Double(weeks)
            meanOfProduct[pair.product] += pairMean
            meanVolumeOfAccount[pair.account] += pairMean * package.products[pair.product].volume
            openingOfPair.append(demand[0])
            mean += pairMean
        }
    }
}

/// Which distribution centres serve an account, as indices into the sites.
struct Sourcing {
    var primary: [Int]
    var secondary: [Int]

    /// Part of an account's demand expected through its primary centre.
    static let primaryShare = 0.7
}

extension Firm {
    /// Plants, lines, distribution centres, lanes, docks and materials.
    ///
    /// Regular line hours make 0.85 × the mean weekly demand. Inbound lanes, docks and storage have room for a good third more than the
    /// mean, so the peak (1.4 to 1.8 × the mean) has to be moved beforehand; own lanes bind a tenth of the accounts more closely.
    mutating func buildNetwork(size: PackageSize, demand: HorizonDemand, sourcing: Sourcing) {
        let centres = size.distributionCentres
        var load = [Double](repeating: 0, count: centres)
        for account in package.accounts.indices {
            load[sourcing.primary[account]] += Sourcing.primaryShare * demand.meanVolumeOfAccount[account]
            load[sourcing.secondary[account]] += (1 - Sourcing.primaryShare) * demand.meanVolumeOfAccount[account]
        }
        buildLines(size: size, demand: demand)
        let volumeOfPlant = package.sites.indices.map { site in
            package.lineProducts.filter { package.lines[$0.line].site == site }
                .reduce(0.0) { $0 + demand.meanOfProduct[$1.product] / 2 * package.products[$1.product].volume }
        }
        for site in package.sites.indices {
            // Two to three weeks of what passes through.
            package.sites[site].storage =
                site < centres ? (2.5 * load[site]).rounded(.up) : (1.5 * volumeOfPlant[site]).rounded(.up)
            package.sites[site].holdingCost = site < centres ? 0.6 : 0.4
        }
        buildOutboundLanes(size: size, demand: demand, sourcing: sourcing)
        buildDocks(load: load)
        buildInboundLanes(size: size, load: load, volumeOfPlant: volumeOfPlant)
        buildMaterials(demand: demand)
    }

    /// Two centres for each account: one of its region, and any other.
    static func sourcing(of accounts: [Account], size: PackageSize, seed: UInt64, language: NameLanguage) -> Sourcing {
        var random = SplitMix64(seed: seed, stream: "sourcing")
        let regionCount = min(Names.regions.count, size.distributionCentres)
        var sourcing = Sourcing(primary: [], secondary: [])
        for account in accounts {
            let region = Names.regions.firstIndex { $0.name(language) == account.region } ?? 0
            let near = (0..<size.distributionCentres).filter { $0 % regionCount == region }
            let primary = near[random.below(near.count)]
            var secondary = random.below(size.distributionCentres - 1)
            if secondary >= primary { secondary += 1 }
            sourcing.primary.append(primary)
            sourcing.secondary.append(secondary)
        }
        return sourcing
    }

    private mutating func buildLines(size: PackageSize, demand: HorizonDemand) {
        var random = SplitMix64(seed: seed, stream: "lines")
        let centres = size.distributionCentres
        package.sites = (0..<centres).map { Site(id: Names.id("DC", $0 + 1, of: centres, digits: 2), kind: .dc) }
        package.sites += (0..<size.plants).map { Site(id: Names.id("PL", $0 + 1, of: size.plants), kind: .plant) }
        let linesPerPlant = size.lines / size.plants
        let shift = [112.0, 120, 128, 144]
        package.lines = (0..<size.lines).map { line in
            ProductionLine(
                id: Names.id("L", line + 1, of: size.lines), site: centres + line / linesPerPlant,
                hoursPerBucket: shift[random.below(shift.count)])
        }

        // Each product goes to the two least loaded plants, there to the least loaded line: the largest first.
        let plantSize = (0..<size.plants).map { _ in random.uniform(0.8...1.25) }
        var plantLoad = [Double](repeating: 0, count: size.plants)
        var lineLoad = [Double](repeating: 0, count: size.lines)
        var assignments: [(line: Int, product: Int)] = []
        for product in indicesFallingBy(demand.meanOfProduct) {
            let plants = indicesFallingBy((0..<size.plants).map { -plantLoad[$0] / plantSize[$0] }).prefix(2)
            for plant in plants {
                let lines = (0..<linesPerPlant).map { plant * linesPerPlant + $0 }
                guard let line = lines.min(by: { (lineLoad[$0], $0) < (lineLoad[$1], $1) }) else { continue }
                lineLoad[line] += demand.meanOfProduct[product] / 2
                plantLoad[plant] += demand.meanOfProduct[product] / 2
                assignments.append((line, product))
            }
        }
        assignments.sort { ($0.line, $0.product) < ($1.line, $1.product) }

        // Line capacities differ a little from their share of the demand, so lines bind at different times; their sum is 0.85 of the mean.
        var capacity = lineLoad.map { $0 * random.uniform(0.93...1.07) }
        let factor = regularShare(demand: demand) * demand.mean / capacity.reduce(0, +)
        for line in capacity.indices { capacity[line] *= factor }
        for line in package.lines.indices {
            let products = assignments.filter { $0.line == line }.map(\.product)
            let speeds = products.map { product in
                // Small packs run faster, large cans slower.
                let pack = Names.packs[Names.packIndex(of: product)]
                return (pack.volume < 0.05 ? 1.5 : pack.volume > 0.1 ? 0.8 : 1) * random.uniform(0.9...1.1)
            }
            let weight = products.reduce(0.0) { $0 + demand.meanOfProduct[$1] }
            let slowness = zip(products, speeds).reduce(0.0) { $0 + demand.meanOfProduct[$1.0] / $1.1 } / max(weight, 1e-9)
            let unitsPerHour = capacity[line] / package.lines[line].hoursPerBucket
            for (product, speed) in zip(products, speeds) {
                let rate = unitsPerHour * speed * slowness
                let price = package.products[product].price ?? 1
                package.lineProducts.append(
                    LineProduct(
                        line: line, product: product, rate: rate < 100 ? (rate * 10).rounded() / 10 : rate.rounded(),
                        unitCost: (price * random.uniform(0.50...0.56) * 100).rounded() / 100))
            }
            let prices = products.reduce(0.0) { $0 + (package.products[$1].price ?? 1) } / Double(max(1, products.count))
            package.lines[line].overtimeCostPerHour = (unitsPerHour * prices * 0.1 / 10).rounded(.up) * 10
        }
    }

    /// Regular line capacity over mean demand: 0.85, or less where a horizon is so short that the opening stock would cover what is
    /// missing.
    private func regularShare(demand: HorizonDemand) -> Double {
        // Centres hold 0.5 to 1 week and a twelfth on the road, accounts their cover.
        let onHand = zip(pairs, demand.openingOfPair).reduce(0.0) { $0 + $1.1 * ($1.0.cover + 0.75 + 1.0 / 12) }
        let season = demand.mean * Double(package.horizon.count)
        return min(0.85, (Firm.supplyShare(weeks: package.horizon.count) - onHand / season) / (1 + Firm.leastOvertimeShare))
    }

    private mutating func buildOutboundLanes(size: PackageSize, demand: HorizonDemand, sourcing: Sourcing) {
        var random = SplitMix64(seed: seed, stream: "outbound")
        let count = package.accounts.count
        let owners = Set(indicesFallingBy((0..<count).map { _ in random.uniform() }).prefix(max(1, (count + 5) / 10)))
        let distances = (0..<count).map { _ in (near: random.uniform(6...14), far: random.uniform(15...26), late: random.uniform() < 0.3) }
        for centre in 0..<size.distributionCentres {
            for account in 0..<count where sourcing.primary[account] == centre || sourcing.secondary[account] == centre {
                let isPrimary = sourcing.primary[account] == centre
                let volume = demand.meanVolumeOfAccount[account]
                package.lanes.append(
                    Lane(
                        id: "\(package.sites[centre].id)-\(package.accounts[account].id)", from: centre, to: .account(account),
                        mode: Names.truck(language), leadTime: !isPrimary && distances[account].late ? 1 : 0,
                        unitCost: ((isPrimary ? distances[account].near : distances[account].far) * 10).rounded() / 10,
                        capacity: owners.contains(account) ? ((isPrimary ? 0.85 : 0.4) * volume * 10).rounded(.up) / 10 : .infinity))
            }
        }
    }

    private mutating func buildDocks(load: [Double]) {
        for centre in load.indices {
            let lanes = package.lanes.indices.filter { package.lanes[$0].from == centre }
            package.pools.append(
                Pool(id: "DOCK-\(package.sites[centre].id)", capacity: (1.4 * load[centre]).rounded(.up), lanes: lanes))
        }
    }

    private mutating func buildInboundLanes(size: PackageSize, load: [Double], volumeOfPlant: [Double]) {
        var random = SplitMix64(seed: seed, stream: "inbound")
        let centres = size.distributionCentres
        let total = volumeOfPlant.reduce(0, +)
        for plant in centres..<package.sites.count {
            for centre in 0..<centres {
                // Plant 1 stands beside centre 1, and so on; goods from any other plant are a week on the road.
                let isBeside = plant - centres == centre
                let share = volumeOfPlant[plant] / total * random.uniform(1.2...1.5)
                package.lanes.append(
                    Lane(
                        id: "\(package.sites[plant].id)-\(package.sites[centre].id)", from: plant, to: .site(centre),
                        mode: Names.truck(language),
                        leadTime: isBeside ? 0 : 1, unitCost: isBeside ? 2.5 : (random.uniform(5...15) * 10).rounded() / 10,
                        capacity: (load[centre] * share).rounded(.up)))
                // A slow train from the first plant to the last centre; draught beer does not travel on it.
                if plant == centres, centre == centres - 1 {
                    let products = package.lineProducts.filter { package.lines[$0.line].site == plant }.map(\.product)
                        .filter { package.products[$0].shelfLife == nil }
                    package.lanes.append(
                        Lane(
                            id: "\(package.sites[plant].id)-\(package.sites[centre].id)-RAIL", from: plant, to: .site(centre),
                            mode: Names.rail(language), leadTime: 2, unitCost: 3.2, capacity: (0.2 * load[centre]).rounded(.up),
                            products: products.sorted()))
                }
            }
        }
    }

    /// Cans: every product in 330 ml cans needs 24 of them, and one delivery in the run-up is late.
    private mutating func buildMaterials(demand: HorizonDemand) {
        let canned = package.products.indices.filter { Names.packIndex(of: $0) == 0 }
        package.materials = ["CAN-330"]
        package.billOfMaterials = canned.map { BillOfMaterialRow(product: $0, material: 0, quantity: 24) }
        let weeks = package.horizon.count
        let late = weeks * 45 / 100
        for site in package.sites.indices where package.sites[site].kind == .plant {
            let made = package.lineProducts.filter { package.lines[$0.line].site == site && canned.contains($0.product) }
            let need = 24 * made.reduce(0.0) { $0 + demand.meanOfProduct[$1.product] / 2 }
            guard need > 0 else { continue }
            for bucket in 0..<weeks where bucket != late {
                let part = bucket == 0 ? 3 : bucket == late + 1 ? 1.6 : 0.92
                package.materialReceipts.append(
                    MaterialReceipt(site: site, material: 0, bucket: bucket, quantity: (need * part / 100).rounded() * 100))
            }
        }
    }
}
