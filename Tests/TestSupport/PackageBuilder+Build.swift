import PlanModel

extension PackageBuilder {
    /// The package with ids sorted and resolved, its demand, its bands (cover settings and band rows) and the given tiers.
    public func build() -> SmallPackage {
        let package = dataPackage()
        let demand = plannedDemand(of: package)
        return (package, demand, bandTable(of: package, demand: demand), segmentation(of: package, demand: demand))
    }

    private func dataPackage() -> DataPackage {
        let accounts = accounts.sorted { $0.id < $1.id }
        let products = (products.isEmpty ? [Product(id: "P")] : products).sorted { $0.id < $1.id }
        let sites = sites.sorted { $0.id < $1.id }
        let materials = Set(recipes.map(\.material) + receipts.map(\.material)).sorted()
        let account = indices(accounts.map(\.id), "account")
        let product = indices(products.map(\.id), "product")
        let site = indices(sites.map(\.id), "site")
        let material = indices(materials, "material")
        func place(_ id: String) -> Place {
            if let index = sites.firstIndex(where: { $0.id == id }) { return .site(index) }
            return .account(account(id))
        }

        let lines = lines.map { entry -> ProductionLine in
            var line = entry.line
            line.site = site(entry.site)
            return line
        }.sorted { $0.id < $1.id }
        let line = indices(lines.map(\.id), "line")
        let lanes = lanes.map { entry -> Lane in
            var lane = entry.lane
            lane.from = site(entry.from)
            lane.to = place(entry.to)
            lane.products = entry.products?.map(product).sorted()
            return lane
        }.sorted { $0.id < $1.id }
        let lane = indices(lanes.map(\.id), "lane")
        let pools = pools.map { entry -> Pool in
            var pool = entry.pool
            pool.lanes = entry.lanes.map(lane).sorted()
            return pool
        }.sorted { $0.id < $1.id }
        let pool = indices(pools.map(\.id), "pool")

        var package = DataPackage(settings: settings, accounts: accounts, products: products, materials: materials, sites: sites)
        package.lines = lines
        package.lanes = lanes
        package.pools = pools
        package.lineProducts = lineProducts.map { entry -> LineProduct in
            var row = entry.row
            row.line = line(entry.line)
            row.product = product(entry.product)
            return row
        }.sorted { ($0.line, $0.product) < ($1.line, $1.product) }
        package.billOfMaterials = recipes.map {
            BillOfMaterialRow(product: product($0.product), material: material($0.material), quantity: $0.quantity)
        }.sorted { ($0.product, $0.material) < ($1.product, $1.material) }
        package.materialReceipts = receipts.map {
            MaterialReceipt(site: site($0.site), material: material($0.material), bucket: $0.bucket, quantity: $0.quantity)
        }.sorted { ($0.site, $0.material, $0.bucket) < ($1.site, $1.material, $1.bucket) }
        package.capacityOverrides = overrides.map { entry -> CapacityOverride in
            let resource =
                switch entry.kind {
                case .hours, .overtime: line(entry.resource)
                case .lane: lane(entry.resource)
                case .pool: pool(entry.resource)
                case .storage: site(entry.resource)
                }
            return CapacityOverride(kind: entry.kind, resource: resource, bucket: entry.bucket, capacity: entry.capacity)
        }.sorted { (order(of: $0.kind), $0.resource, $0.bucket) < (order(of: $1.kind), $1.resource, $1.bucket) }
        package.stock = stocks.map {
            StockRow(place: place($0.place), product: product($0.product), quantity: $0.quantity, expires: $0.expires)
        }
        package.inTransit = transits.map {
            InTransitRow(place: place($0.place), product: product($0.product), bucket: $0.bucket, quantity: $0.quantity)
        }
        package.guarantees = guarantees.map { entry -> Guarantee in
            var row = entry.guarantee
            row.account = entry.account.map(account)
            row.product = entry.product.map(product)
            return row
        }.sorted { $0.id < $1.id }
        package.bandRows = bandRows.map { entry -> BandRow in
            var row = entry.row
            row.account = account(entry.account)
            row.product = product(entry.product)
            return row
        }
        package.frozen = frozenRows.enumerated().map { position, row in
            FrozenRow(
                kind: row.kind, resource: row.kind == .make ? line(row.resource) : lane(row.resource), product: product(row.product),
                bucket: row.bucket, quantity: row.quantity, source: SourcePosition(file: "frozen.csv", line: position + 2))
        }
        package.demand = demands.flatMap { entry in
            entry.series.enumerated().map { bucket, quantity in
                DemandRow(bucket: bucket, account: account(entry.account), product: product(entry.product), quantity: quantity)
            }
        }.sorted { ($0.account, $0.product, $0.bucket) < ($1.account, $1.product, $1.bucket) }
        return package
    }

    private func plannedDemand(of package: DataPackage) -> PlannedDemand {
        var found = Set(package.demand.map { Pair(account: $0.account, product: $0.product) })
        found.formUnion(package.bandRows.map { Pair(account: $0.account, product: $0.product) })
        for (place, product) in package.stock.map({ ($0.place, $0.product) }) + package.inTransit.map({ ($0.place, $0.product) }) {
            if case .account(let account) = place { found.insert(Pair(account: account, product: product)) }
        }
        let pairs = found.sorted()
        var quantity = PairGrid(pairCount: pairs.count, bucketCount: package.horizon.count)
        for row in package.demand {
            guard let pair = pairs.firstIndex(of: Pair(account: row.account, product: row.product)) else { continue }
            quantity[pair, row.bucket] += row.quantity
        }
        let none = PairGrid(pairCount: pairs.count, bucketCount: package.horizon.count)
        return PlannedDemand(pairs: pairs, forecast: quantity, ordered: none, quantity: quantity)
    }

    private func bandTable(of package: DataPackage, demand: PlannedDemand) -> StockBandTable {
        let count = package.horizon.count
        func cover(_ buckets: Double, _ pair: Int, after t: Int) -> Double {
            guard buckets.isFinite else { return .infinity }
            var units = 0.0
            var left = buckets
            var next = t + 1
            while left > 0 {
                units += Swift.min(left, 1) * demand.quantity[pair, Swift.min(next, count - 1)]
                left -= 1
                next += 1
            }
            return units
        }
        var table = StockBandTable(
            pairs: demand.pairs, min: PairGrid(pairCount: demand.pairs.count, bucketCount: count),
            target: PairGrid(pairCount: demand.pairs.count, bucketCount: count),
            max: PairGrid(pairCount: demand.pairs.count, bucketCount: count))
        for pair in demand.pairs.indices {
            for t in 0..<count {
                table.min[pair, t] = cover(package.settings.bands.minCover, pair, after: t)
                table.target[pair, t] = cover(package.settings.bands.targetCover, pair, after: t)
                table.max[pair, t] = cover(package.settings.bands.maxCover, pair, after: t)
            }
            for row in package.bandRows where Pair(account: row.account, product: row.product) == demand.pairs[pair] {
                for t in row.buckets.clamped(to: 0..<count) {
                    table.min[pair, t] = row.min
                    table.target[pair, t] = row.target ?? .infinity
                    table.max[pair, t] = row.max ?? .infinity
                }
            }
        }
        return table
    }

    /// Tiers as given (none given = 1); value is price × demand.
    private func segmentation(of package: DataPackage, demand: PlannedDemand) -> Segmentation {
        var values = [Double](repeating: 0, count: package.accounts.count)
        for (position, pair) in demand.pairs.enumerated() {
            values[pair.account] += demand.quantity.row(position).reduce(0, +) * (package.products[pair.product].price ?? 1)
        }
        let total = values.reduce(0, +)
        let shares = values.map { total > 0 ? $0 / total : 0 }
        let order = package.accounts.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
        var cumulative = 0.0
        let segments = order.map { account -> Segment in
            cumulative += shares[account]
            return Segment(
                account: account, value: values[account], share: shares[account], cumulativeShare: cumulative,
                tier: package.accounts[account].tier ?? 1, isGiven: package.accounts[account].tier != nil)
        }
        return Segmentation(
            segments: segments, topFifthShare: segments.prefix((segments.count + 4) / 5).reduce(0) { $0 + $1.share },
            herfindahlIndex: shares.reduce(0) { $0 + $1 * $1 }, keyAccountCount: segments.count { $0.tier == 1 },
            tierOfAccount: package.accounts.map { $0.tier ?? 1 })
    }
}

private func indices(_ ids: [String], _ kind: String) -> (String) -> Int {
    { id in
        guard let index = ids.firstIndex(of: id) else { preconditionFailure("no \(kind) \"\(id)\" was declared") }
        return index
    }
}

private func order(of kind: CapacityKind) -> Int { CapacityKind.allCases.firstIndex(of: kind) ?? 0 }
