import PlanCheck
import PlanModel
import TestSupport
import Testing

/// What a plan folder tells about its plan, on the worked network plan; the figures are by hand, the sums stand beside `networkPackage`.
@Suite struct StatementTests {
    private static func statements() throws -> PlanStatements {
        let small = WorkedPlans.network.small
        var forecast: [ForecastRow] = []
        for (index, pair) in small.demand.pairs.enumerated() {
            for t in 0..<4 {
                let quantity = small.demand.forecast[index, t]
                forecast.append(
                    ForecastRow(
                        bucket: t, account: pair.account, product: pair.product, quantity: quantity,
                        quantiles: [quantity / 2, quantity, 2 * quantity], model: "", statistical: quantity))
            }
        }
        func index(_ ids: [String], _ id: String) throws -> Int { try #require(ids.firstIndex(of: id)) }
        let package = small.package
        let line = try index(package.lines.map(\.id), "L")
        let (plant, centre) = (try index(package.sites.map(\.id), "PL"), try index(package.sites.map(\.id), "DC"))
        let lane = try index(package.lanes.map(\.id), "PL-DC")
        let account = try index(package.accounts.map(\.id), "A")
        var resources = [
            ResourceRow(bucket: 0, kind: .hours, resource: line, capacity: 10, used: 6),
            ResourceRow(
                bucket: 1, kind: .hours, resource: line, capacity: 10, used: 10, shadowPrice: 5, rank: Rank(aim: .cost, tier: nil)),
            ResourceRow(bucket: 1, kind: .overtime, resource: line, capacity: 2, used: 2),
            ResourceRow(bucket: 0, kind: .lane, resource: lane, capacity: 50, used: 40),
            ResourceRow(bucket: 1, kind: .lane, resource: lane, capacity: 50, used: 50),
            // 100 received in bucket 0, 60 in bucket 2; 50 used in bucket 0 and in bucket 1.
            ResourceRow(bucket: 0, kind: .material, resource: 0, site: plant, capacity: 100, used: 50),
            ResourceRow(bucket: 1, kind: .material, resource: 0, site: plant, capacity: 50, used: 50),
            ResourceRow(bucket: 2, kind: .material, resource: 0, site: plant, capacity: 60, used: 0),
            ResourceRow(bucket: 3, kind: .accountStock, resource: account, capacity: 8, used: 8),
        ]
        for (t, used) in [40.0, 50, 20].enumerated() {
            resources.append(ResourceRow(bucket: t, kind: .pool, resource: 0, capacity: 50, used: used))
        }
        for (t, used) in [20.0, 50, 50, 10].enumerated() {
            resources.append(ResourceRow(bucket: t, kind: .storage, resource: centre, capacity: 50, used: used))
        }
        for (t, used) in [30.0, 80, 60, 60].enumerated() {
            resources.append(ResourceRow(bucket: t, kind: .storage, resource: plant, capacity: 80, used: used))
        }
        let short = try index(package.accounts.map(\.id), "B")
        let shortages = [
            ShortageRow(bucket: 2, account: short, product: 0, lost: 6, reason: .hours, resource: "L", resourceBucket: 1),
            ShortageRow(bucket: 2, account: short, product: 0, lost: 4, reason: .lane, resource: "PL-B", resourceBucket: 1),
        ]
        // A wants 90 of P at 4 and 6 of Q at 10; B wants 50 of P and gets 10 + 10 + 20.
        var figures: [String: Double] = [
            "overtime.hours": 2, "overtime.cost": 10, "cost.making": 290, "cost.overtime": 10, "cost.transport": 40, "cost.holding": 245,
            "cost.over_stock": 0.4, "cost.over_target": 0.06, "cost.total": 585.46,
        ]
        for (name, values) in [
            ("total", [146.0, 136, 10, 0, 620, 40]), ("tiers.1", [96, 96, 0, 0, 420, 0]), ("tiers.2", [50, 40, 10, 0, 200, 40]),
            ("accounts.A", [96, 96, 0, 0, 420, 0]), ("accounts.B", [50, 40, 10, 0, 200, 40]),
        ] {
            for (figure, value) in zip(["demand", "served", "lost", "backlog", "demand_value", "lost_value"], values) {
                figures["\(name).\(figure)"] = value
            }
            figures["\(name).fill_rate"] = values[1] / values[0]
        }
        return PlanStatements(forecast: forecast, shortages: shortages, resources: resources, keyFigures: figures)
    }

    private func complaints(_ statements: PlanStatements) -> [String] {
        let worked = WorkedPlans.network
        return checkStatements(
            statements, plan: worked.plan, package: worked.small.package, demand: worked.small.demand, bands: worked.small.bands,
            segmentation: worked.small.segmentation
        ).map(\.constraint)
    }

    @Test func whatIsTrueIsClean() throws {
        #expect(complaints(try Self.statements()) == [])
        #expect(complaints(PlanStatements()) == [], "a folder without these tables")
    }

    struct Damage: Sendable, CustomStringConvertible {
        var description: String
        var complaint: String
        var change: @Sendable (inout PlanStatements) -> Void
    }

    @Test(arguments: [
        Damage(description: "a forecast that is not planned with", complaint: "forecast.csv and demand.csv must have the same forecast") {
            $0.forecast?[1].quantity += 1
        },
        Damage(description: "a forecast row gone", complaint: "must have the same forecast") { $0.forecast?.remove(at: 1) },
        Damage(description: "quantiles that cross", complaint: "a quantile of the forecast must not be above the next one") {
            $0.forecast?[1].quantiles[0] = 1000
        },
        Damage(description: "a negative quantile", complaint: "a quantile of the forecast must not be negative") {
            $0.forecast?[1].quantiles[0] = -1
        },
        Damage(description: "an override nobody made", complaint: "no override where overrides.csv has none") {
            $0.forecast?[1].override = 20
        },
        Damage(description: "a cause made smaller", complaint: "the causes of shortages.csv must add up to what is lost") {
            $0.shortages?[0].lost = 5
        },
        Damage(description: "a cause gone", complaint: "the causes of shortages.csv must add up to what is lost") {
            $0.shortages?.removeLast()
        },
        Damage(description: "a cause of what was not lost", complaint: "the causes of shortages.csv must add up to what is lost") {
            $0.shortages?[0].bucket = 3
        },
        Damage(description: "a cause for nobody's product", complaint: "must only have cells that lose something") {
            $0.shortages?[0].product = 1
        },
        Damage(description: "a line that is not there", complaint: "the cause hours must name a resource of the package, not \"L9\"") {
            $0.shortages?[0].resource = "L9"
        },
        Damage(description: "a lane blamed for hours", complaint: "the cause hours must name a resource of the package") {
            $0.shortages?[0].resource = "PL-B"
        },
        Damage(
            description: "hours used that are not", complaint: "hours of line L, bucket 2027-03-01: used must be what the plan's rows use"
        ) {
            $0.resources?[0].used = 7
        },
        Damage(description: "a lane made wider", complaint: "lane of lane PL-DC, bucket 2027-03-01: capacity must be that of the package") {
            $0.resources?[3].capacity = 60
        },
        Damage(description: "material used twice", complaint: "material of material M at site PL, bucket 2027-03-08: capacity must be") {
            $0.resources?[6].capacity = 100
        },
        Damage(description: "a negative price", complaint: "the shadow price must be 0 or more") { $0.resources?[1].shadowPrice = -1 },
        Damage(description: "a price of no rank", complaint: "a shadow price must say whose rank's it is") { $0.resources?[1].rank = nil },
        Damage(description: "a rank that is not there", complaint: "rank lost-sales, tier 9 must be a rank of the settings") {
            $0.resources?[1].rank = Rank(aim: .lostSales, tier: 9)
        },
        Damage(description: "losses hidden", complaint: "kpis.json: total.lost must be 10.0") { $0.keyFigures?["total.lost"] = 0 },
        Damage(description: "a fill rate embellished", complaint: "kpis.json: accounts.B.fill_rate must be 0.8") {
            $0.keyFigures?["accounts.B.fill_rate"] = 0.9
        },
        Damage(description: "cheap transport", complaint: "kpis.json: cost.transport must be") { $0.keyFigures?["cost.transport"] = 30 },
        Damage(description: "a figure gone", complaint: "kpis.json: tiers.2.served is missing") { $0.keyFigures?["tiers.2.served"] = nil },
    ])
    func whatIsFalseIsFound(_ damage: Damage) throws {
        var statements = try Self.statements()
        damage.change(&statements)
        let found = complaints(statements)
        #expect(found.contains { $0.contains(damage.complaint) }, "\(found)")
    }

    /// An override has to be kept, with its figure, beside the forecast.
    @Test func overridesAreKept() throws {
        var small = PackageBuilder(buckets: 2).account("A").demand("A", [10, 20]).build()
        small.package.overrides = [OverrideRow(bucket: 1, account: 0, product: 0, quantity: 20, author: "x", reason: "y")]
        func found(_ override: Double?) -> [String] {
            let rows = [10.0, 20].enumerated().map { t, quantity in
                ForecastRow(
                    bucket: t, account: 0, product: 0, quantity: quantity, quantiles: [], model: "", statistical: 15,
                    override: t == 1 ? override : nil)
            }
            return checkStatements(
                PlanStatements(forecast: rows), plan: Plan(), package: small.package, demand: small.demand, bands: small.bands,
                segmentation: small.segmentation
            ).map(\.constraint)
        }
        #expect(found(20) == [])
        #expect(found(nil) == ["account A, product P, bucket 2027-03-08: the override of overrides.csv must be kept beside the forecast"])
        #expect(found(30).first == "account A, product P, bucket 2027-03-08: the override must be that of overrides.csv")
    }
}
