import Fullshelf

/// Plans a package folder, and then a package made in memory; writes nothing.
///
///     swift run Embedding ../../fixtures/brewery/input
@main
struct Embedding {
    static func main() throws {
        if let folder = CommandLine.arguments.dropFirst().first {
            try planFolder(folder)
        }
        try planPackageInMemory()
    }

    static func planFolder(_ folder: String) throws {
        let run = try Planner().plan(packageAt: folder)
        for rank in run.result.allocation.certificate.ranks where rank.value > 0 {
            print(rank.rank.aim, rank.rank.tier ?? "all", rank.value, "proven within", rank.gap)
        }
    }

    /// One line makes 100 a week, one account wants 50, 50, 50, then 150, 150, 150: the peak has to be made beforehand.
    static func planPackageInMemory() throws {
        guard let start = CalendarDate("2027-03-01") else { return }
        let demand = [50.0, 50, 50, 150, 150, 150]
        let horizon = Horizon(unit: .week, start: start, count: demand.count)
        let package = DataPackage(
            settings: PlanSettings(
                horizon: horizon, bands: BandSettings(minCover: 0, targetCover: 0, maxCover: 4), forecast: ForecastSettings(season: 52)),
            accounts: [Account(id: "agent", tier: 1)],
            products: [Product(id: "beer")],
            sites: [Site(id: "plant", kind: .plant, holdingCost: 0.01)],
            lines: [ProductionLine(id: "line", site: 0, hoursPerBucket: 100)],
            lineProducts: [LineProduct(line: 0, product: 0, rate: 1)],
            lanes: [Lane(id: "lane", from: 0, to: .account(0))],
            demand: demand.indices.map { DemandRow(bucket: $0, account: 0, product: 0, quantity: demand[$0]) })

        let run = try Planner().plan(package)
        for row in run.result.allocation.plan.production {
            print(horizon.firstDay(of: row.bucket), "make", row.quantity, "of", package.products[row.product].id)
        }
        let lost = run.result.allocation.plan.accountPlan.reduce(0) { $0 + $1.lost }
        print("lost:", lost, "largest violation:", run.check.feasibility.maxViolation)
    }
}
