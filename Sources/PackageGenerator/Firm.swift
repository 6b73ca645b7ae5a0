import PlanModel

/// An invented firm: the entities of its data package, and the demand behind its history and its coming season.
struct Firm {
    var language: NameLanguage
    var seed: UInt64
    /// Entities and commitments; ``DataPackage/history`` stays empty, the rows are simulated while they are written.
    var package: DataPackage
    /// Rising by (account, product).
    var pairs: [PairProfile]
    var season: SeasonCurve
    /// Weeks of history.
    var historyBuckets: Int
    /// The account with the summer promotion.
    var promotedAccount: Int?
    /// A pair that got nothing for some weeks of the last season, whatever chance says.
    var plannedOutage: (account: Int, product: Int, buckets: Range<Int>)?
    /// Chance of a delivery failure beginning, per pair and week.
    var outageChance: Double
    /// Accounts that report their stock each week; the others each fourth week and whenever they are out.
    var reportsWeekly: [Bool]
    /// `plan.toml`.
    var settingsText: String

    /// Demand without chance, units per bucket, for `range` (negative = history).
    func expectedDemand(of pair: PairProfile, in range: Range<Int>) -> [Double] {
        let promoted = pair.account == promotedAccount
        return range.map { bucket in
            if let launch = pair.launchBucket, bucket < launch { return 0 }
            let i = bucket - season.firstBucket
            var value = pair.base * (1 + pair.amplitude * season.summer[i] - 0.12 * season.autumn[i]) * season.feastLift[i]
            // Growth is straight, not compounded: what half a year adds stays small.
            value *= 1 + pair.growthPerBucket * Double(bucket)
            if promoted { value *= season.promotionLift[i] }
            // A new product takes six weeks to reach its place.
            if let launch = pair.launchBucket { value *= min(1, Double(bucket - launch + 1) / 6) }
            return value
        }
    }
}

/// The demand of one account for one product.
struct PairProfile: Sendable {
    var account: Int
    var product: Int
    /// Units a week outside the season, at the start of the horizon.
    var base: Double
    /// Share of `base` added a week.
    var growthPerBucket: Double
    /// Height of the summer over the base: 1.6 makes a peak of 2.6 × base.
    var amplitude: Double
    /// Deviation of a week's demand from what was expected, as a share.
    var noise: Double
    /// Stock the account aims at, in weeks of the coming demand.
    var cover: Double
    /// First bucket of a new product.
    var launchBucket: Int?
}

extension Firm {
    /// Accounts, products and who buys what, by the stated size.
    ///
    /// Account sizes are log-normal (deviation 1.3), drawn again until the top fifth holds 64 to 76 % and no account three fifths of that;
    /// the summer is 1.6 × base on average over products, more for lemonade and less for stout.
    init(size: PackageSize, seed: UInt64, language: NameLanguage) {
        let horizon = Horizon(unit: .week, start: SeasonCalendar.start(buckets: size.buckets), count: size.buckets)
        let historyBuckets = 156
        let sizes = Firm.accountSizes(count: size.accounts, seed: seed)
        let accounts = Firm.accounts(size: size, sizes: sizes, seed: seed, language: language)
        var products = Firm.products(size: size, seed: seed, language: language)
        let newProduct = products.count - 2
        // The same family in another pack, where there is one.
        let analogue = newProduct >= Names.families.count ? newProduct - Names.families.count : 0
        // Long enough ago for its place to show, too short for a season of its own.
        let launchBucket = -16
        products[newProduct].launch = horizon.firstDay(of: launchBucket)
        products[newProduct].analogue = analogue

        let sold = Firm.soldPairs(size: size, sizes: sizes, seed: seed)
        self.language = language
        self.seed = seed
        self.historyBuckets = historyBuckets
        season = SeasonCurve(horizon: horizon, historyBuckets: historyBuckets)
        pairs = Firm.profiles(size: size, sizes: sizes, sold: sold, launch: (product: newProduct, bucket: launchBucket), seed: seed)
        package = DataPackage(
            settings: PlanSettings(
                horizon: horizon, forecast: ForecastSettings(season: 52), language: language == .english ? .english : .chinese),
            accounts: accounts, products: products)
        let falling = indicesFallingBy(sizes)
        promotedAccount = falling[1]
        outageChance = 1.0 / 250
        settingsText = ""
        reportsWeekly = [Bool](repeating: false, count: size.accounts)
        for account in falling.prefix((size.accounts + 1) / 2) { reportsWeekly[account] = true }
        let largest = pairs.indices.filter { pairs[$0].account == falling[0] && pairs[$0].launchBucket == nil }
        if let top = largest.max(by: { (pairs[$0].base, $1) < (pairs[$1].base, $0) }) {
            // From the end of May last year: what is on the shelf lasts a week, then four weeks have nothing.
            let june = horizon.bucket(of: SeasonCalendar.peakWeek.adding(days: -52 * 7 - 35))
            plannedOutage = (pairs[top].account, pairs[top].product, june..<june + 5)
        }
        addFeasts()
        addPrices(newProduct: newProduct)
        settingsText = generatedSettings
    }

    static func accountSizes(count: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed, stream: "account-sizes")
        let top = (count + 2) / 5
        var sizes: [Double] = []
        var share = 0.0
        var largest = 0.0
        repeat {
            sizes = (0..<count).map { _ in portableExp(1.3 * random.normal()) }
            let falling = sizes.sorted(by: >)
            let total = falling.reduce(0, +)
            share = falling.prefix(top).reduce(0, +) / total
            largest = falling[0] / total
        } while share < 0.64 || share > 0.76 || largest > 0.6 * share
        let mean = sizes.reduce(0, +) / Double(count)
        return sizes.map { $0 / mean }
    }

    private static func accounts(size: PackageSize, sizes: [Double], seed: UInt64, language: NameLanguage) -> [Account] {
        var random = SplitMix64(seed: seed, stream: "accounts")
        let regionCount = min(Names.regions.count, size.distributionCentres)
        var seen = [Int](repeating: 0, count: regionCount)
        let falling = indicesFallingBy(sizes)
        var accounts: [Account] = (0..<size.accounts).map { index in
            let region = random.below(regionCount)
            let name = Names.account(seen[region], region: region, language)
            seen[region] += 1
            let group = random.uniform() < 0.25 ? Names.groups[random.below(Names.groups.count)](language) : ""
            return Account(
                id: Names.id("A", index + 1, of: size.accounts, digits: 3), name: name, region: Names.regions[region].name(language),
                group: group,
                manager: Names.managers[region](language),
                backorderBuckets: random.uniform() < 0.12 ? 1 + random.below(2) : 0)
        }
        // One account in the middle is of strategic value: its tier is set by hand.
        accounts[falling[size.accounts / 2]].tier = 2
        // One large account carries more weight inside its tier.
        accounts[falling[2]].weight = 1.5
        return accounts
    }

    private static func products(size: PackageSize, seed: UInt64, language: NameLanguage) -> [Product] {
        var random = SplitMix64(seed: seed, stream: "products")
        return (0..<size.products).map { index in
            let family = Names.families[index % Names.families.count]
            let pack = Names.packs[Names.packIndex(of: index)]
            let price = (pack.price * family.priceFactor * random.uniform(0.95...1.05) * 2).rounded() / 2
            var product = Product(
                id: Names.id("P", index + 1, of: size.products, digits: 2), name: Names.product(index, language),
                family: family.name(language),
                unit: Names.unit(language), volume: pack.volume, weight: pack.weight, price: price)
            if size == .s {
                if index == 1 { product.caseMultiple = 6 }
                if index == 6 { product.caseMultiple = 10 }
            }
            // The first draught beer is unpasteurised.
            if index == 4 { product.shelfLife = 8 }
            return product
        }
    }

    /// Exactly the stated number of pairs: large accounts list more products, and every product is sold by two accounts at least.
    private static func soldPairs(size: PackageSize, sizes: [Double], seed: UInt64) -> [Pair] {
        var random = SplitMix64(seed: seed, stream: "listings")
        let falling = indicesFallingBy(sizes)
        let mean = Double(size.pairs) / Double(size.accounts)
        var counts = [Int](repeating: 0, count: size.accounts)
        for (rank, account) in falling.enumerated() {
            let position = Double(rank) / Double(max(1, size.accounts - 1))
            counts[account] = min(size.products, max(1, Int((mean * (1.4 - 0.8 * position)).rounded())))
        }
        // The rounding is put right on the largest accounts that can still give or take.
        var difference = size.pairs - counts.reduce(0, +)
        while difference != 0 {
            for account in falling where difference != 0 {
                if difference > 0, counts[account] < size.products {
                    counts[account] += 1
                    difference -= 1
                } else if difference < 0, counts[account] > 1 {
                    counts[account] -= 1
                    difference += 1
                }
            }
        }
        var lists: [[Int]] = counts.map { count in
            let scores = (0..<size.products).map { _ in random.uniform() }
            return Array(indicesFallingBy(scores).prefix(count))
        }
        var sellers = [Int](repeating: 0, count: size.products)
        for product in lists.joined() { sellers[product] += 1 }
        for product in sellers.indices {
            for account in falling where sellers[product] < 2 {
                if lists[account].contains(product) { continue }
                guard let position = lists[account].indices.max(by: { sellers[lists[account][$0]] < sellers[lists[account][$1]] }) else {
                    continue
                }
                sellers[lists[account][position]] -= 1
                lists[account][position] = product
                sellers[product] += 1
            }
        }
        return lists.enumerated().flatMap { account, list in list.sorted().map { Pair(account: account, product: $0) } }
    }

    private static func profiles(
        size: PackageSize, sizes: [Double], sold: [Pair], launch: (product: Int, bucket: Int), seed: UInt64
    ) -> [PairProfile] {
        var random = SplitMix64(seed: seed, stream: "demand")
        let ranks = indicesFallingBy((0..<size.products).map { _ in random.uniform() })
        var popularity = [Double](repeating: 0, count: size.products)
        for (rank, product) in ranks.enumerated() { popularity[product] = 1 / (Double(rank) + 0.3 * Double(size.products) + 1) }
        // A new product starts in the lower half, whatever was drawn for it.
        popularity[launch.product] = 1 / (0.9 * Double(size.products) + 1)
        let productGrowth = (0..<size.products).map { _ in random.uniform(-0.03...0.06) / 52 }
        let accountGrowth = (0..<size.accounts).map { _ in random.uniform(-0.04...0.06) / 52 }
        let productSeason = (0..<size.products).map { Names.families[$0 % Names.families.count].seasonFactor * random.uniform(0.92...1.08) }

        // An account's mean week: 200 cases for each product an average account lists.
        let meanVolume = 200 * Double(size.pairs) / Double(size.accounts)
        var weights = sold.map { popularity[$0.product] * random.uniform(0.6...1.4) }
        for i in sold.indices where sold[i].product == launch.product { weights[i] *= 0.6 }
        var accountWeight = [Double](repeating: 0, count: size.accounts)
        for (i, pair) in sold.enumerated() { accountWeight[pair.account] += weights[i] }

        var profiles: [PairProfile] = sold.enumerated().map { i, pair in
            let base = sizes[pair.account] * meanVolume * weights[i] / accountWeight[pair.account]
            return PairProfile(
                account: pair.account, product: pair.product, base: base,
                growthPerBucket: productGrowth[pair.product] + accountGrowth[pair.account], amplitude: productSeason[pair.product],
                // Small accounts buy less regularly.
                noise: 0.08 + 0.22 / (1 + base / 40), cover: 0,
                launchBucket: pair.product == launch.product ? launch.bucket : nil)
        }
        let volume = profiles.reduce(0) { $0 + $1.base }
        let height = profiles.reduce(0) { $0 + $1.base * $1.amplitude } / volume
        for i in profiles.indices {
            profiles[i].amplitude *= 1.6 / height
            // Irregular demand needs more on the shelf: running out is left to failed deliveries.
            profiles[i].cover = random.uniform(0.6...1.0) + 2 * profiles[i].noise
        }
        return profiles
    }

    /// Every feast of history and season, and the promotion of one account.
    mutating func addFeasts() {
        let horizon = package.horizon
        let first = horizon.firstDay(of: -historyBuckets)
        let last = horizon.firstDay(of: horizon.count).adding(days: -1)
        for feast in SeasonCalendar.feasts {
            package.events += SeasonCalendar.events(feast, language: language, from: first, to: last)
        }
        if let account = promotedAccount {
            package.events += SeasonCalendar.events(
                SeasonCalendar.promotion, language: language, account: account, lift: SeasonCalendar.promotion.lift, from: first, to: last)
        }
    }

    /// Prices rose each New Year; the last row is today's list price. The largest account has a price of its own for one product.
    private mutating func addPrices(newProduct: Int) {
        let steps: [(date: String, factor: Double)] = [("2024-01-01", 0.94), ("2025-01-01", 0.97), ("2026-01-01", 1)]
        for product in package.products.indices {
            let price = package.products[product].price ?? 1
            if product == newProduct, let launch = package.products[product].launch {
                package.prices.append(PriceRow(date: launch, product: product, price: price))
                continue
            }
            for step in steps {
                guard let date = CalendarDate(step.date) else { continue }
                package.prices.append(PriceRow(date: date, product: product, price: (price * step.factor * 10).rounded() / 10))
            }
        }
        if let outage = plannedOutage, let date = CalendarDate("2026-01-01") {
            let price = package.products[outage.product].price ?? 1
            package.prices.append(
                PriceRow(date: date, account: outage.account, product: outage.product, price: (price * 0.96 * 10).rounded() / 10))
        }
    }
}
