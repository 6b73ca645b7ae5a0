import PlanModel

/// A made-up but consistent season: balances and capacities hold, goods are made as late as capacity lets them be (so there is pre-build), accounts are
/// served by tier. Not optimal, and no solver is needed.
struct SyntheticSeason {
    var package: DataPackage
    var result: PlanResult

    /// - Parameters:
    ///   - accounts: At least 3; about a fifth become tier 1.
    ///   - capacityShare: Line capacity as a share of mean demand: below 1 something is lost.
    init(accounts accountCount: Int = 14, products productCount: Int = 5, weeks: Int = 26, capacityShare: Double = 0.9, seed: UInt64 = 1) {
        var random = SplitMix(state: seed)
        let horizon = Horizon(
            unit: .week, start: CalendarDate(year: 2027, month: 3, day: 1) ?? CalendarDate(daysSinceEpoch: 20_880), count: weeks)
        var package = DataPackage(
            settings: PlanSettings(horizon: horizon, forecast: ForecastSettings(season: 52)),
            accounts: (0..<accountCount).map { index in
                Account(
                    id: "K\(index / 10)\(index % 10)",
                    name: ["北区总代理", "Lakeside Stores", "华东商超", "Miller & Sons"][index % 4] + " \(index)", region: "R\(index % 3)")
            },
            products: (0..<productCount).map {
                Product(id: "P\($0)", name: ["Lager 24", "淡爽 12", "Stout"][$0 % 3], unit: "case", price: 20 + Double($0) * 4)
            },
            sites: [
                Site(id: "DC-E", kind: .dc, holdingCost: 0.05), Site(id: "DC-W", kind: .dc, holdingCost: 0.04),
                Site(id: "PLANT", kind: .plant, holdingCost: 0.02),
            ])
        // Sizes fall like 1 / rank.
        let sizes = (0..<accountCount).map { 1 / Double($0 + 1) }
        let share = sizes.map { $0 / sizes.reduce(0, +) }
        func season(_ bucket: Int) -> Double {
            let distance = (Double(bucket) - 0.7 * Double(weeks)) / (0.16 * Double(weeks))
            return 1 + 1.6 / (1 + distance * distance * distance * distance)
        }
        let volume = 4000.0
        var pairs: [Pair] = []
        for account in 0..<accountCount {
            for product in 0..<productCount where (account + product) % 4 != 3 || account == 0 {
                pairs.append(Pair(account: account, product: product))
            }
        }
        var demand = PairGrid(pairCount: pairs.count, bucketCount: weeks)
        var forecastRows: [ForecastRow] = []
        for (row, pair) in pairs.enumerated() {
            for bucket in 0..<weeks {
                let base = volume * share[pair.account] / Double(productCount) * season(bucket) * (0.9 + 0.2 * random.next())
                demand[row, bucket] = base.rounded()
                forecastRows.append(
                    ForecastRow(
                        bucket: bucket, account: pair.account, product: pair.product, quantity: base.rounded(),
                        quantiles: [base * 0.8, base, base * 1.25],
                        model: ["ets", "theta", "combined"][(pair.account + pair.product) % 3], statistical: base.rounded(),
                        override: bucket == 3 && row == 0 ? base.rounded() : nil))
            }
        }
        let lineCount = 2
        var hoursNeeded = [Double](repeating: 0, count: lineCount)
        let rate = 30.0
        for (row, pair) in pairs.enumerated() {
            hoursNeeded[pair.product % lineCount] += demand.row(row).reduce(0, +) / rate / Double(weeks)
        }
        package.lines = (0..<lineCount).map {
            ProductionLine(
                id: "L\($0 + 1)", site: 2, hoursPerBucket: (hoursNeeded[$0] * capacityShare).rounded(),
                overtimeHoursPerBucket: (hoursNeeded[$0] * 0.05).rounded(),
                overtimeCostPerHour: 60)
        }
        package.lineProducts = (0..<productCount).map { LineProduct(line: $0 % lineCount, product: $0, rate: rate, unitCost: 6) }
            .sorted { ($0.line, $0.product) < ($1.line, $1.product) }
        package.lanes =
            [
                Lane(id: "E-00", from: 2, to: .site(0), mode: "rail", unitCost: 0.4),
                Lane(id: "E-01", from: 2, to: .site(1), mode: "rail", unitCost: 0.5),
            ]
            + (0..<accountCount).map { Lane(id: "F-\($0 / 10)\($0 % 10)", from: $0 % 2, to: .account($0), mode: "road", unitCost: 0.8) }
        package.guarantees = [
            Guarantee(id: "G1", account: min(accountCount - 1, 5), product: nil, buckets: 10..<min(weeks, 20), quantity: 600),
            Guarantee(id: "G2", tier: 1, product: 0, buckets: 0..<weeks, share: 0.95),
        ]
        package.inputHashes = [
            "accounts.csv": String(repeating: "3a", count: 32), "sales.csv": String(repeating: "b7", count: 32),
            "plan.toml": String(repeating: "09", count: 32),
        ]
        var past: [Double] = []
        for pair in pairs {
            for bucket in -104..<0 {
                past.append((volume * share[pair.account] / Double(productCount) * season(((bucket % 52) + 52) % 52) * 0.94).rounded())
            }
        }
        package.history = History(sales: HistoryTable(pairs: pairs, firstBucket: -104, values: past))

        var segments: [Segment] = []
        var cumulative = 0.0
        var tiers = [Int](repeating: 3, count: accountCount)
        for account in 0..<accountCount {
            tiers[account] = cumulative < 0.55 ? 1 : cumulative < 0.85 ? 2 : 3
            cumulative += share[account]
            segments.append(
                Segment(
                    account: account, value: share[account] * 1e6, share: share[account], cumulativeShare: cumulative, tier: tiers[account],
                    isGiven: account == 2))
        }
        let segmentation = Segmentation(
            segments: segments, topFifthShare: share.prefix((accountCount + 4) / 5).reduce(0, +),
            herfindahlIndex: share.reduce(0) { $0 + $1 * $1 },
            keyAccountCount: tiers.filter { $0 == 1 }.count, tierOfAccount: tiers)
        let planned = PlannedDemand(
            pairs: pairs, forecast: demand, ordered: PairGrid(pairCount: pairs.count, bucketCount: weeks), quantity: demand)
        var bands = StockBandTable(pairs: pairs, min: demand, target: demand, max: demand)
        for row in pairs.indices {
            for bucket in 0..<weeks {
                let next = demand[row, min(weeks - 1, bucket + 1)]
                bands.min[row, bucket] = 0.5 * next
                bands.target[row, bucket] = next
                bands.max[row, bucket] = 2 * next
            }
        }
        let plan = SyntheticSeason.simulate(package, planned, bands, tiers: tiers)
        let lostByTier = (1...3).map { tier in plan.accountPlan.filter { tiers[$0.account] == tier }.reduce(0) { $0 + $1.lost } }
        var ranks = [RankCertificate(rank: Rank(aim: .guarantees, tier: nil), value: 0, bound: 0, gap: 0, relaxedValue: 0)]
        for tier in 1...3 {
            let lost = lostByTier[tier - 1]
            ranks.append(
                RankCertificate(
                    rank: Rank(aim: .lostSales, tier: tier), value: lost, bound: lost * 0.99994, gap: lost > 0 ? 0.00006 : 0,
                    relaxedValue: lost * 0.999))
            ranks.append(
                RankCertificate(
                    rank: Rank(aim: .sharing, tier: tier), value: lost * 0.01, bound: lost * 0.0099999, gap: 1e-6, relaxedValue: lost * 0.01
                ))
        }
        for tier in 1...3 {
            ranks.append(
                RankCertificate(
                    rank: Rank(aim: .stockUnderMinimum, tier: tier), value: 120 * Double(tier), bound: 120 * Double(tier), gap: 0,
                    relaxedValue: 120 * Double(tier)))
        }
        ranks.append(RankCertificate(rank: Rank(aim: .cost, tier: nil), value: 812_345, bound: 812_300, gap: 5.5e-5, relaxedValue: 812_000))
        let certificate = Certificate(
            ranks: ranks, feasibility: FeasibilityReport(maxViolation: 2.4e-12, constraint: "line-hours[L1, 2027-05-03]"))
        let notes = [
            ForecastNote(account: 1, product: 1, kind: .stockOutCorrected, buckets: [-30, -29, -28]),
            ForecastNote(account: 0, product: 2, kind: .fromAnalogue),
            ForecastNote(account: 2, product: 2, kind: .newProductWithoutAnalogue),
        ]
        self.package = package
        result = PlanResult(
            segmentation: segmentation,
            forecast: Forecast(
                rows: forecastRows.sorted { ($0.account, $0.product, $0.bucket) < ($1.account, $1.product, $1.bucket) }, notes: notes),
            demand: planned, bands: bands,
            allocation: AllocationOutcome(plan: plan, certificate: certificate, resources: [], rankPrices: [], guaranteeServed: []))
    }

    /// Makes each product as late as its share of the line lets it, ships at once, serves accounts in the order of their tiers.
    private static func simulate(_ package: DataPackage, _ demand: PlannedDemand, _ bands: StockBandTable, tiers: [Int]) -> Plan {
        let weeks = package.horizon.count
        var plan = Plan()
        let total = package.products.indices.map { product in
            (0..<weeks).map { bucket in
                demand.pairs.indices.filter { demand.pairs[$0].product == product }.reduce(0) { $0 + demand.quantity[$1, bucket] }
            }
        }
        var made = [[Double]](repeating: [Double](repeating: 0, count: weeks), count: package.products.count)
        for maker in package.lineProducts {
            let line = package.lines[maker.line]
            let onLine = package.lineProducts.filter { $0.line == maker.line }.reduce(0) { $0 + total[$1.product].reduce(0, +) }
            let part = total[maker.product].reduce(0, +) / onLine
            let most = (line.hoursPerBucket + line.overtimeHoursPerBucket) * maker.rate * part
            var carried = 0.0
            for bucket in stride(from: weeks - 1, through: 0, by: -1) {
                let wanted = total[maker.product][bucket] + carried
                made[maker.product][bucket] = min(wanted, most)
                carried = wanted - made[maker.product][bucket]
            }
        }
        var hours = [[Double]](repeating: [Double](repeating: 0, count: weeks), count: package.lines.count)
        for maker in package.lineProducts {
            for bucket in 0..<weeks where made[maker.product][bucket] > 0 {
                let used = made[maker.product][bucket] / maker.rate
                hours[maker.line][bucket] += used
                plan.production.append(
                    ProductionRow(
                        bucket: bucket, line: maker.line, product: maker.product, quantity: made[maker.product][bucket], hours: used))
            }
        }
        var siteStock = [[Double]](repeating: [0, 0], count: package.products.count)
        var accountStock = [Double](repeating: 0, count: demand.pairs.count)
        let order = demand.pairs.indices.sorted {
            (tiers[demand.pairs[$0].account], demand.pairs[$0]) < (tiers[demand.pairs[$1].account], demand.pairs[$1])
        }
        for bucket in 0..<weeks {
            for line in package.lines.indices {
                plan.lineUse.append(
                    LineUseRow(
                        bucket: bucket, line: line, hours: package.lines[line].hoursPerBucket, hoursUsed: hours[line][bucket],
                        overtimeUsed: max(0, hours[line][bucket] - package.lines[line].hoursPerBucket)))
            }
            for product in package.products.indices where made[product][bucket] > 0 {
                for site in 0...1 {
                    let half = demand.pairs.indices.filter { demand.pairs[$0].product == product && demand.pairs[$0].account % 2 == site }
                        .reduce(0) {
                            $0 + demand.quantity[$1, bucket]
                        }
                    let quantity = made[product][bucket] * half / total[product][bucket]
                    siteStock[product][site] += quantity
                    plan.movements.append(MovementRow(bucket: bucket, lane: site, product: product, quantity: quantity, arrives: bucket))
                }
            }
            for pair in order {
                let (account, product) = (demand.pairs[pair].account, demand.pairs[pair].product)
                let wanted = max(
                    0,
                    demand.quantity[pair, bucket] + (tiers[account] == 1 ? bands.target[pair, bucket] : bands.min[pair, bucket])
                        - accountStock[pair])
                let quantity = min(wanted, siteStock[product][account % 2])
                siteStock[product][account % 2] -= quantity
                accountStock[pair] += quantity
                if quantity > 0 {
                    plan.movements.append(
                        MovementRow(bucket: bucket, lane: 2 + account, product: product, quantity: quantity, arrives: bucket))
                }
                let served = min(demand.quantity[pair, bucket], accountStock[pair])
                accountStock[pair] -= served
                plan.accountPlan.append(
                    AccountPlanRow(
                        bucket: bucket, account: account, product: product, demand: demand.quantity[pair, bucket], served: served,
                        lost: demand.quantity[pair, bucket] - served, backlog: 0, stock: accountStock[pair],
                        under: max(0, bands.min[pair, bucket] - accountStock[pair]),
                        over: max(0, accountStock[pair] - bands.max[pair, bucket])))
            }
            for site in 0...1 {
                for product in package.products.indices where siteStock[product][site] > 0 {
                    plan.siteStock.append(SiteStockRow(bucket: bucket, site: site, product: product, quantity: siteStock[product][site]))
                }
            }
        }
        plan.production.sort { ($0.bucket, $0.line, $0.product) < ($1.bucket, $1.line, $1.product) }
        plan.movements.sort { ($0.bucket, $0.lane, $0.product) < ($1.bucket, $1.lane, $1.product) }
        plan.accountPlan.sort { ($0.bucket, $0.account, $0.product) < ($1.bucket, $1.account, $1.product) }
        return plan
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): the same numbers from the same seed everywhere.
struct SplitMix {
    var state: UInt64

    /// Uniform in 0 ..< 1.
    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }
}
