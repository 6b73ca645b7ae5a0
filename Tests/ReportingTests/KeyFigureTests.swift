import PlanModel
import Reporting
import Testing

@Suite struct KeyFigureTests {
    /// 10 units of 100 lost by a tier-2 account at price 5; line 3 h overtime at 20; 50 units moved, volume 2, cost 0.5.
    @Test func figuresAddUpByHand() {
        let horizon = Horizon(unit: .week, start: CalendarDate(daysSinceEpoch: 20_880), count: 2)
        let package = DataPackage(
            settings: PlanSettings(
                horizon: horizon, forecast: ForecastSettings(season: 52), plan: AllocationSettings(overStockRate: 0.1, overTargetRate: 0.01)
            ),
            accounts: [Account(id: "A"), Account(id: "B")], products: [Product(id: "P", volume: 2, price: 5)],
            sites: [Site(id: "S", kind: .plant, holdingCost: 0.25)],
            lines: [ProductionLine(id: "L", site: 0, hoursPerBucket: 10, overtimeHoursPerBucket: 5, overtimeCostPerHour: 20)],
            lineProducts: [LineProduct(line: 0, product: 0, rate: 10, unitCost: 3)],
            lanes: [Lane(id: "E", from: 0, to: .account(0), unitCost: 0.5)])
        let pairs = [Pair(account: 0, product: 0), Pair(account: 1, product: 0)]
        let demand = PlannedDemand(
            pairs: pairs, forecast: PairGrid(pairCount: 2, bucketCount: 2), ordered: PairGrid(pairCount: 2, bucketCount: 2),
            quantity: PairGrid(pairCount: 2, bucketCount: 2))
        var bands = StockBandTable(pairs: pairs, min: demand.quantity, target: demand.quantity, max: demand.quantity)
        bands.target[0, 0] = 10
        bands.max[0, 0] = 16
        let plan = Plan(
            production: [ProductionRow(bucket: 0, line: 0, product: 0, quantity: 130, hours: 13)],
            lineUse: [LineUseRow(bucket: 0, line: 0, hours: 10, hoursUsed: 13, overtimeUsed: 3)],
            movements: [MovementRow(bucket: 0, lane: 0, product: 0, quantity: 50, arrives: 0)],
            siteStock: [SiteStockRow(bucket: 0, site: 0, product: 0, quantity: 80)],
            accountPlan: [
                AccountPlanRow(
                    bucket: 0, account: 0, product: 0, demand: 30, served: 30, lost: 0, backlog: 0, stock: 20, under: 0, over: 4),
                AccountPlanRow(
                    bucket: 1, account: 0, product: 0, demand: 40, served: 20, lost: 0, backlog: 20, stock: 0, under: 0, over: 0),
                AccountPlanRow(
                    bucket: 0, account: 1, product: 0, demand: 100, served: 90, lost: 10, backlog: 0, stock: 0, under: 0, over: 0),
            ])
        let ranks = [RankCertificate(rank: Rank(aim: .lostSales, tier: 2), value: 10, bound: 9.5, gap: 0.05, relaxedValue: 9.75)]
        let result = PlanResult(
            segmentation: Segmentation(segments: [], topFifthShare: 0, herfindahlIndex: 0, keyAccountCount: 1, tierOfAccount: [1, 2]),
            forecast: Forecast(),
            demand: demand, bands: bands,
            allocation: AllocationOutcome(
                plan: plan, certificate: Certificate(ranks: ranks, feasibility: FeasibilityReport(maxViolation: 0, constraint: "")),
                resources: [], rankPrices: [],
                guaranteeServed: []))
        let figures = keyFigures(package, result: result)
        #expect(figures.total.demand == 170)
        #expect(figures.total.lost == 10)
        #expect(figures.total.lostValue == 50)
        #expect(figures.total.backlog == 20)
        #expect(figures.tiers.count == 2)
        #expect(figures.tiers[0].fillRate == 50.0 / 70)
        #expect(figures.tiers[1].fillRate == 0.9)
        #expect(figures.cost.making == 390)  // 130 · 3
        #expect(figures.cost.overtime == 60)  // 3 h · 20
        #expect(figures.cost.transport == 50)  // 50 · 2 · 0.5
        #expect(figures.cost.holding == 40)  // 80 · 2 · 0.25
        #expect(abs(figures.cost.overStock - 2) < 1e-12)  // 0.1 · 5 · (20 − 16)
        #expect(abs(figures.cost.overTarget - 0.5) < 1e-12)  // 0.01 · 5 · (20 − 10)
        #expect(figures.overtimeHours == 3)
        #expect(figures.rounding == [RoundingCost(rank: Rank(aim: .lostSales, tier: 2), cost: 0.25)])
        // Account A: 20 units before a demand of 40 = half a bucket; at the end nothing: least 0, mean 0.25.
        #expect(figures.accounts[0].averageCover == 0.25)
        #expect(figures.accounts[0].leastCover == 0)
        #expect(figures.accounts[0].leastCoverBucket == 1)
    }

    @Test func jsonHasFixedKeysAndOnlyFiniteNumbers() {
        let season = SyntheticSeason(seed: 3)
        let json = keyFigures(season.package, result: season.result).json
        #expect(json == keyFigures(season.package, result: season.result).json)
        let order = ["\"total\"", "\"tiers\"", "\"accounts\"", "\"overtime\"", "\"cost\"", "\"rounding\""]
        var from = json.startIndex
        for key in order {
            let rest = json[from...]
            guard let found = rest.firstRange(of: key) else {
                Issue.record("\(key) is missing or out of order")
                return
            }
            from = found.upperBound
        }
        #expect(!json.contains("nan") && !json.contains("inf"))
        #expect(json.filter { $0 == "{" }.count == json.filter { $0 == "}" }.count)
    }

    @Test func accountsAddUpToTiersAndTiersToTheTotal() {
        for seed in [1, 2, 3] as [UInt64] {
            let season = SyntheticSeason(seed: seed)
            let figures = keyFigures(season.package, result: season.result)
            for value in [\ServiceFigures.demand, \.served, \.lost, \.lostValue] {
                let accounts = figures.accounts.reduce(0) { $0 + $1[keyPath: value] }
                let tiers = figures.tiers.reduce(0) { $0 + $1[keyPath: value] }
                #expect(abs(accounts - figures.total[keyPath: value]) <= 1e-9 * (1 + accounts))
                #expect(abs(tiers - figures.total[keyPath: value]) <= 1e-9 * (1 + tiers))
            }
        }
    }
}
