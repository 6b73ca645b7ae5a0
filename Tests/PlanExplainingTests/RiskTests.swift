import Fullshelf
import TestSupport
import Testing

/// Behaviour P4: stock-out probabilities of a plan, against what a hand works out.
@Suite struct RiskTests {
    /// One account that is brought `supply` at the start; demand `mean` in one bucket, P10 and P90 `spread` units about it.
    private static func report(
        supply: Double, mean: Double, spread: Double, buckets: Int = 1, level: Double = 0.05, paths: Int = 4000, seed: UInt64 = 1
    )
        -> RiskReport
    {
        let small = PackageBuilder(buckets: buckets).dc("DC").account("A").lane("DC-A", from: "DC", to: "A").stock(at: "A", "P", supply)
            .demand("A", [Double](repeating: mean, count: buckets)).build()
        let rows = (0..<buckets).map {
            ForecastRow(
                bucket: $0, account: 0, product: 0, quantity: mean, quantiles: [mean - spread, mean, mean + spread], model: "given",
                statistical: mean)
        }
        let forecast = Forecast(rows: rows)
        let paths = DemandPaths(small.package, forecast: forecast, demand: small.demand, count: paths, seed: seed)
        let view = PlanView(package: small.package, plan: Plan(), segmentation: small.segmentation)
        return RiskReport(view, paths: paths, bands: small.bands, upToTier: 1, level: level)
    }

    struct Case: Sendable {
        var supply: Double
        /// Standard normal: 1 − Φ((supply − 100) / 10) with P90 at 112.8155.
        var probability: Double
    }

    @Test(arguments: [
        Case(supply: 100, probability: 0.5), Case(supply: 112.8155, probability: 0.1), Case(supply: 110, probability: 0.15866),
        Case(supply: 87.1845, probability: 0.9), Case(supply: 150, probability: 0), Case(supply: 50, probability: 1),
    ]) func oneBucketIsTheNormalTail(_ item: Case) throws {
        let account = try #require(Self.report(supply: item.supply, mean: 100, spread: 12.8155).accounts.first)
        // Three standard errors of 4,000 paths.
        let error = 3 * (item.probability * (1 - item.probability) / 4000).squareRoot() + 1e-3
        #expect(abs(account.stockOut - item.probability) <= error, "\(account)")
    }

    @Test func withoutSpreadThereIsNoChance() throws {
        #expect(Self.report(supply: 300, mean: 100, spread: 0, buckets: 3).accounts.first?.stockOut == 0)
        let short = try #require(Self.report(supply: 299, mean: 100, spread: 0, buckets: 3).accounts.first)
        #expect(short.stockOut == 1 && abs(short.expectedLost - 1) <= 1e-9 && abs(short.expectedFill - 299.0 / 300) <= 1e-9)
        #expect(short.products.first?.worstBucket == "2027-03-15")
    }

    @Test(arguments: [0.02, 0.1, 0.3]) func theExtraStockBringsItUnderTheLevel(level: Double) throws {
        let account = try #require(Self.report(supply: 390, mean: 100, spread: 20, buckets: 4, level: level).accounts.first)
        let extra = try #require(account.products.first).extraStock
        #expect(account.stockOut > level && account.stockOutWithExtra <= level)
        // The same paths with the stock in place, and with a twentieth less of it.
        let safe = try #require(Self.report(supply: 390 + extra, mean: 100, spread: 20, buckets: 4, level: level).accounts.first)
        #expect(safe.stockOut <= level + 1e-9 && abs(safe.stockOut - account.stockOutWithExtra) <= 1e-3, "\(safe)")
        let less = try #require(
            Self.report(supply: 390 + 0.95 * extra - 0.5, mean: 100, spread: 20, buckets: 4, level: level).accounts.first)
        #expect(less.stockOut > level)
    }

    @Test func twoPlansMeetTheSameDemand() throws {
        let small = PackageBuilder(buckets: 3).dc("DC").account("A").lane("DC-A", from: "DC", to: "A").stock(at: "DC", "P", 400)
            .demand("A", [100, 100, 100]).build()
        let rows = (0..<3).map {
            ForecastRow(bucket: $0, account: 0, product: 0, quantity: 100, quantiles: [70, 100, 130], model: "given", statistical: 100)
        }
        let paths = DemandPaths(small.package, forecast: Forecast(rows: rows), demand: small.demand, count: 500, seed: 7)
        func view(_ quantities: [Double]) -> PlanView {
            let moves = quantities.enumerated().map {
                MovementRow(bucket: $0.offset, lane: 0, product: 0, quantity: $0.element, arrives: $0.offset)
            }
            return PlanView(package: small.package, plan: Plan(movements: moves), segmentation: small.segmentation)
        }
        let same = RiskReport(
            view([110, 100, 100]), against: view([110, 100, 100]), paths: paths, bands: small.bands, upToTier: 1, level: 0.05)
        #expect(same.accounts.first?.stockOut == same.accounts.first?.stockOutOther)
        let more = RiskReport(
            view([110, 100, 100]), against: view([130, 100, 100]), paths: paths, bands: small.bands, upToTier: 1, level: 0.05)
        let account = try #require(more.accounts.first)
        #expect((account.stockOutOther ?? 1) < account.stockOut, "more stock, the same weather")
        #expect(account.stockOut == same.accounts.first?.stockOut)
    }
}
