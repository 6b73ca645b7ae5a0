import PlanModel

/// A small, complete example to start from: 6 accounts, 3 products, 13 weeks, two years of history.
///
/// A plan of it builds stock from May on, keeps the promise to the smallest account, and has shortages to explain: the lane to one account
/// of tier 2 cannot carry its peak, and if the season comes as strong as the history says, line hours run out for tier 3.
public func examplePackage() -> [GeneratedFile] { Firm.example.files(style: .standard) }

extension Firm {
    static var example: Firm {
        let weeks = 13
        let historyBuckets = 104
        let horizon = Horizon(unit: .week, start: SeasonCalendar.start(buckets: weeks), count: weeks)
        let customers: [(name: String, region: String, manager: String, weeklyCases: Double)] = [
            ("Harbour City General Agency", "Coast", "Li Wei", 630), ("Lakeside Supermarkets", "Coast", "Li Wei", 360),
            ("Central Station Kiosks", "City", "Wang Fang", 108), ("Hill Hotels", "Hills", "Wang Fang", 72),
            ("Village Shops", "Hills", "Wang Fang", 30), ("Beach Bars", "Coast", "Li Wei", 24),
        ]
        let drinks: [(name: String, family: String, price: Double, share: Double)] = [
            ("Lemonade 24x330 ml", "Soft drinks", 42, 0.5), ("Iced Tea 24x330 ml", "Tea", 48, 0.3),
            ("Sparkling Water 12x1 l", "Water", 18, 0.2),
        ]
        var package = DataPackage(settings: PlanSettings(horizon: horizon, forecast: ForecastSettings(season: 52)))
        package.accounts = customers.enumerated().map {
            Account(id: Names.id("A", $0 + 1, of: 6, digits: 3), name: $1.name, region: $1.region, manager: $1.manager)
        }
        // The hotels have one small van and a small cellar: at the peak they want more than both can give, however much is made.
        package.accounts[3].stockCapacity = 10
        package.products = drinks.enumerated().map {
            Product(
                id: Names.id("P", $0 + 1, of: 3, digits: 2), name: $1.name, family: $1.family, unit: "case", volume: 0.08, weight: 8.6,
                price: $1.price)
        }
        // Everything is made in one plant, stored in one distribution centre, and trucked from there; the centre's docks are shared.
        package.sites = [
            Site(id: "DC1", kind: .dc, storage: 800, holdingCost: 0.5), Site(id: "PLANT", kind: .plant, storage: 150, holdingCost: 0.5),
        ]
        package.lines = [
            ProductionLine(id: "L1", site: 1, hoursPerBucket: 73, overtimeHoursPerBucket: 8, overtimeCostPerHour: 300),
            ProductionLine(id: "L2", site: 1, hoursPerBucket: 36, overtimeHoursPerBucket: 4, overtimeCostPerHour: 200),
        ]
        package.lineProducts = [
            LineProduct(line: 0, product: 0, rate: 21, unitCost: 20), LineProduct(line: 0, product: 1, rate: 19, unitCost: 22),
            LineProduct(line: 1, product: 1, rate: 10, unitCost: 22.5), LineProduct(line: 1, product: 2, rate: 12, unitCost: 7),
        ]
        package.lanes = package.accounts.indices.map { account in
            Lane(
                id: "DC1-\(package.accounts[account].id)", from: 0, to: .account(account), mode: "truck",
                unitCost: [4, 5, 6, 11, 12, 5][account],
                capacity: account == 3 ? 9 : .infinity)
        }
        package.lanes.append(Lane(id: "PLANT-DC1", from: 1, to: .site(0), mode: "truck", leadTime: 1, unitCost: 2, capacity: 190))
        package.pools = [Pool(id: "DOCKS", capacity: 240, lanes: Array(package.accounts.indices))]
        package.stock = [(0, 620), (1, 380), (2, 260)].map { StockRow(place: .site(0), product: $0.0, quantity: $0.1) }
        package.inTransit = [(0, 640), (1, 380), (2, 240)].map { InTransitRow(place: .site(0), product: $0.0, bucket: 0, quantity: $0.1) }
        package.guarantees = [Guarantee(id: "BEACH-SEASON", account: 5, buckets: 7..<11, share: 0.95)]
        package.orders = [
            OrderRow(id: "SO-1001", account: 0, product: 0, due: horizon.firstDay(of: 1).adding(days: 2), quantity: 300),
            OrderRow(id: "SO-1002", account: 1, product: 1, due: horizon.firstDay(of: 2).adding(days: 2), quantity: 90),
        ]
        var pairs: [PairProfile] = []
        for (account, customer) in customers.enumerated() {
            for (product, drink) in drinks.enumerated() {
                let base = customer.weeklyCases * drink.share
                pairs.append(
                    PairProfile(
                        account: account, product: product, base: base, growthPerBucket: 0.02 / 52, amplitude: [1.7, 1.6, 1.3][product],
                        noise: 0.05 + 0.15 / (1 + base / 20), cover: 1, launchBucket: nil))
            }
        }
        var firm = Firm(
            language: .english, seed: 1, package: package, pairs: pairs,
            season: SeasonCurve(horizon: horizon, historyBuckets: historyBuckets),
            historyBuckets: historyBuckets, promotedAccount: 1, plannedOutage: nil, outageChance: 0,
            reportsWeekly: [Bool](repeating: true, count: customers.count),
            settingsText: exampleSettings(start: horizon.start, weeks: weeks))
        firm.addFeasts()
        return firm
    }

    private static func exampleSettings(start: CalendarDate, weeks: Int) -> String {
        """
        # Fullshelf example: a drinks maker with six customers before its summer.
        #
        #   fullshelf check .        reads everything and says what is odd
        #   fullshelf plan .         writes the plan and report.html into ./out
        #
        # Replace the tables by your own, one after the other. The least that plans: accounts.csv, products.csv, sites.csv,
        # lanes.csv and sales.csv (or demand.csv). Other headers than ours are mapped like this:
        #
        #   [columns.sales]
        #   account = "Customer No."

        [horizon]
        bucket = "week"           # week (starts Monday) or month
        start = "\(start)"      # first day that is planned; everything before it is history
        buckets = \(weeks)              # how many weeks

        [segments]                # who is a key account
        by = "value"              # price x quantity; or "quantity"
        window = 52               # over the last 52 weeks of sales.csv
        tiers = [0.8, 0.95]       # tier 1 up to 80 % of the value, tier 2 up to 95 %, tier 3 the rest

        [bands]                   # reasonable stock at an account, in weeks of the demand ahead
        min_cover = 1.0           # below it the shelf runs dry
        target_cover = 2.0
        max_cover = 4.0           # above it stock is dead

        [forecast]
        season = 52               # weeks in a year
        quantiles = [0.1, 0.5, 0.9]

        [plan]
        # What matters first: promises (guarantees.csv), then lost sales tier by tier, then late goods, then thin shelves, then money.
        ranks = [["guarantees"], ["lost-sales", "sharing"], ["lateness"], ["stock-under-minimum"], ["cost"]]
        sharing = "proportional"  # what must be lost inside a tier is lost in equal shares; or "maxmin", "weighted"

        [report]
        language = "en"           # or "zh"

        """
    }
}
