import Forecasting
import PlanModel

/// The forecast of every pair that is planned, one row a bucket of the horizon, and notes on what was done.
///
/// - demand.csv stands where it has a row (model `given`); a pair it covers in every bucket is not forecast at all.
/// - Elsewhere: sales history (sell-in less stock change where no sell-out is reported) with stock-outs as missing demand, outliers brought back, and the
///   effects of events and prices taken out, forecast together by ``forecastPanel(_:season:horizon:quantiles:weighting:threads:progress:)``; the effects
///   of coming events and prices are put back.
/// - A product without a season of history of its own that names an analogue takes the analogue's figures, scaled to what has been seen (model `analogue`);
///   one that does not, but has begun to sell, those of its family or else of the products nearest by attributes; its own history takes over in the second
///   half of its first season. Without history and analogue 0 (model `none`), or where `new_products = "nearest"` the products nearest by attributes. A
///   listing that has ended is 0 (model `ended`).
/// - What lies before a lasting change of level is brought to the new one; months are freed of the effect of their working days.
/// - An override replaces `quantity` and draws the quantiles along; the figure before it stays in `statistical`.
///
/// - Parameters:
///   - threads: Workers; the result is the same for any number.
///   - progress: Called from the calling thread.
public func forecast(for package: DataPackage, threads: Int, progress: ProgressHandler?) -> Forecast {
    DemandForecaster(package).run(threads: threads, progress: progress)
}

private struct DemandForecaster: Sendable {
    let package: DataPackage
    let pairs: [Pair]
    /// Position of each pair's first demand row and override in the sorted rows.
    let given: [Pair: [DemandRow]]
    let overrides: [Pair: [OverrideRow]]

    init(_ package: DataPackage) {
        self.package = package
        pairs = demandPairs(of: package)
        given = Dictionary(grouping: package.demand) { Pair(account: $0.account, product: $0.product) }
        overrides = Dictionary(grouping: package.overrides) { Pair(account: $0.account, product: $0.product) }
    }

    /// Where a pair's figures come from.
    private enum Source {
        case given
        /// Index of the series that is forecast.
        case series(Int)
        /// Index of the analogue's series, and the pair's own history and series.
        case analogue(Int, own: DemandHistory, ownJob: Int?, share: Double)
        case zero(note: ForecastNoteKind?, model: String)
    }

    /// A pair's rows, and the distribution before effects, figures made elsewhere and overrides.
    private struct Figures {
        var rows: [ForecastRow]
        var distribution: DemandDistribution
    }

    private struct SeriesJob: Sendable {
        var history: DemandHistory
        var calendar: EventCalendar
        /// The same with the effects of events and prices taken out and outliers unknown: what is forecast.
        var clean: DemandHistory
        /// Positions in `history` taken as outliers.
        var outliers: [Int] = []
        /// Position from which on nothing is sold any more.
        var hasEnded: Int?
        var isWanted: Bool

        /// It has shown a season and still sells: others may be forecast by it.
        func isGrown(season: Int) -> Bool { clean.knownCount >= season && hasEnded == nil }
    }

    func run(threads: Int, progress: ProgressHandler?) -> Forecast {
        let horizon = package.horizon
        let settings = package.settings.forecast
        let lastKnown = lastKnownBucket(of: package)
        let sales = package.history.sales
        let isGiven = pairs.map { pair in (given[pair].map { Set($0.map(\.bucket)).count } ?? 0) >= horizon.count }
        // A package whose demand is all given is not forecast, whatever its history.
        let needsHistory = isGiven.contains(false) && !(sales.pairs.isEmpty && package.history.shipments.pairs.isEmpty)

        // Series: one for each pair with a history; pairs given in full still teach the effects of events and prices.
        var jobs: [SeriesJob] = []
        var jobOfPair: [Pair: Int] = [:]
        let names = EventNames(package.events, unit: horizon.unit)
        let calendarBuckets = min(sales.firstBucket, package.history.shipments.firstBucket, 0)..<horizon.count
        var calendars: [[Int]: EventCalendar] = [:]
        func calendar(of pair: Pair) -> EventCalendar {
            let key = names.scope(of: pair)
            if let known = calendars[key] { return known }
            let made = names.calendar(for: pair, horizon: horizon, buckets: calendarBuckets)
            calendars[key] = made
            return made
        }
        var zeroPairs = Set<Pair>()
        var pairOfJob: [Pair] = []
        if needsHistory {
            for pair in pairs {
                let history = demandHistory(of: pair, in: package, lastKnown: lastKnown)
                if history.isZeroThroughout { zeroPairs.insert(pair) }
                guard !history.values.isEmpty else { continue }
                jobOfPair[pair] = jobs.count
                pairOfJob.append(pair)
                jobs.append(SeriesJob(history: history, calendar: calendar(of: pair), clean: history, isWanted: false))
            }
        }
        let changes = LevelChanges(package.levelShifts, horizon: horizon)
        for index in jobs.indices { changes.takeGiven(from: &jobs[index].history, of: pairOfJob[index]) }
        let lifts = EventLifts(names: names, series: jobs.map(\.history), calendars: jobs.map(\.calendar), season: settings.season)
        for index in jobs.indices {
            jobs[index].clean = EventLifts.delifted(jobs[index].history, jobs[index].calendar) { lifts.lifts[$0][index] }
            jobs[index].outliers = outlierBuckets(jobs[index].clean.values, season: settings.season)
            for at in jobs[index].outliers { jobs[index].clean.values[at] = .nan }
        }
        let prices = package.prices.isEmpty ? .none : PriceEffects(jobs.map(\.clean), pairs: pairOfJob, package: package)
        for index in jobs.indices {
            for at in jobs[index].clean.values.indices {
                jobs[index].clean.values[at] /= prices.factor(series: index, bucket: jobs[index].clean.firstBucket + at)
            }
        }
        var cleaned = jobs.map(\.clean)
        let changed = changes.takeLearnt(from: &cleaned, of: pairOfJob, season: settings.season)
        let tradingDays = TradingDayEffects(cleaned, horizon: horizon, season: settings.season)
        for index in jobs.indices {
            for at in cleaned[index].values.indices {
                cleaned[index].values[at] /= tradingDays.factor(series: index, bucket: cleaned[index].firstBucket + at)
            }
            jobs[index].clean = cleaned[index]
            jobs[index].hasEnded = endOfListing(cleaned[index].values, season: settings.season)
        }
        var likeness: ProductLikeness?
        func nearestProducts(to pair: Pair, grownAt accounts: [Int]?) -> [(product: Int, distance: Double)] {
            let known = likeness ?? ProductLikeness(package)
            likeness = known
            let others = package.products.indices.filter { product in
                product != pair.product
                    && (accounts ?? Array(package.accounts.indices)).contains { account in
                        jobOfPair[Pair(account: account, product: product)].map { jobs[$0].isGrown(season: settings.season) } ?? false
                    }
            }
            return known.nearest(to: pair.product, among: others)
        }
        /// The products nearest by attributes at the account, or at all accounts where it has none like it.
        func attributeSeries(of pair: Pair) -> (series: Int, share: Double)? {
            for accounts in [[pair.account], Array(package.accounts.indices)] {
                let models = nearestProducts(to: pair, grownAt: accounts)
                guard !models.isEmpty else { continue }
                let isOwn = accounts.count == 1 && accounts[0] == pair.account
                // Kept under a product that does not exist, beyond those of the families.
                let key = Pair(account: isOwn ? pair.account : -1, product: 2 * package.products.count + pair.product)
                guard let share = isOwn ? 1 : shareOfSales(pair.account) else { return nil }
                if let known = jobOfPair[key] { return (known, share) }
                // Nearer ones count for more; one at the smallest distance that matters five times as much as one half-way.
                let weights = models.map { 1 / ($0.distance + 0.1) }
                let total = weights.reduce(0, +)
                let parts = zip(models, weights).flatMap { model, weight in
                    accounts.compactMap { jobOfPair[Pair(account: $0, product: model.product)] }
                        .filter { jobs[$0].isGrown(season: settings.season) }
                        .map { jobs[$0].clean.scaled(by: weight / total) }
                }
                guard let history = sum(of: parts) else { return nil }
                jobOfPair[key] = jobs.count
                jobs.append(SeriesJob(history: history, calendar: calendar(of: pair), clean: history, isWanted: true))
                return (jobs.count - 1, share)
            }
            return nil
        }

        var notes: [ForecastNote] = []
        var sources: [Source] = []
        for (index, pair) in pairs.enumerated() {
            let own = jobOfPair[pair].map { jobs[$0] }
            if isGiven[index] {
                sources.append(.given)
                continue
            }
            func note(_ kind: ForecastNoteKind, _ buckets: [Int] = [], nearest: Int? = nil) {
                notes.append(ForecastNote(account: pair.account, product: pair.product, kind: kind, buckets: buckets, nearest: nearest))
            }
            if let own {
                let first = own.history.firstBucket
                if !own.history.stockOuts.isEmpty { note(.stockOutCorrected, own.history.stockOuts) }
                if !own.outliers.isEmpty { note(.outlierCorrected, own.outliers.map { $0 + first }) }
                if !own.history.returns.isEmpty { note(.returnsCleared, own.history.returns) }
                if !own.history.missing.isEmpty { note(.missingBuckets, own.history.missing) }
                if own.history.isSellIn { note(.fromSellIn) }
                if let job = jobOfPair[pair], changed.indices.contains(job), !changed[job].isEmpty { note(.levelShift, changed[job]) }
            }
            let isShort = (own?.clean.knownCount ?? 0) < max(settings.season, 1)
            if let own, let end = own.hasEnded {
                sources.append(.zero(note: nil, model: "ended"))
                note(.listingEnded, [own.history.firstBucket + end])
            } else if let analogue = package.products[pair.product].analogue, isShort,
                let (series, share) = analogueSeries(
                    analogue, at: pair.account, jobs: &jobs, jobOfPair: &jobOfPair, calendar: calendar, lifts: lifts)
            {
                jobs[series].isWanted = true
                let job = jobOfPair[pair]
                if let job { jobs[job].isWanted = true }
                sources.append(.analogue(series, own: own?.clean ?? .none, ownJob: job, share: share))
                note(.fromAnalogue)
            } else if let job = jobOfPair[pair] {
                jobs[job].isWanted = true
                if isShort, let series = familySeries(of: pair, jobs: &jobs, jobOfPair: &jobOfPair, calendar: calendar) {
                    jobs[series].isWanted = true
                    sources.append(.analogue(series, own: own?.clean ?? .none, ownJob: job, share: 0))
                    note(.fromFamily)
                } else if isShort, settings.season > 1, let (series, share) = attributeSeries(of: pair) {
                    jobs[series].isWanted = true
                    sources.append(.analogue(series, own: own?.clean ?? .none, ownJob: job, share: share))
                    note(.fromAttributes, nearest: nearestProducts(to: pair, grownAt: nil).first?.product)
                } else {
                    sources.append(.series(job))
                }
            } else if zeroPairs.contains(pair) {
                sources.append(.zero(note: .allZero, model: "zero"))
            } else if given[pair] == nil, settings.newProducts == .nearest, let (series, share) = attributeSeries(of: pair) {
                jobs[series].isWanted = true
                sources.append(.analogue(series, own: .none, ownJob: nil, share: share))
                note(.fromAttributes, nearest: nearestProducts(to: pair, grownAt: nil).first?.product)
            } else {
                let isNew = given[pair] == nil
                sources.append(.zero(note: nil, model: "none"))
                if isNew { note(.newProductWithoutAnalogue, nearest: nearestProducts(to: pair, grownAt: nil).first?.product) }
            }
            if case .zero(let kind?, _)? = sources.last { note(kind) }
        }

        let wanted = jobs.indices.filter { jobs[$0].isWanted }
        let panel = wanted.map { job in
            panelSeries(
                jobs[job].clean, pair: job < pairOfJob.count ? pairOfJob[job] : Pair(account: -1, product: 0), season: settings.season)
        }
        // Sums: pairs forecast from their own history move towards agreement with the forecasts of their regions, products and so on.
        let bottom = wanted.indices.filter { position in
            wanted[position] < pairOfJob.count && jobs[wanted[position]].clean.knownCount >= max(settings.season, 1)
        }
        let sums = AgreeingSums(bottom.map { pairOfJob[wanted[$0]] }, package: package)
        let sumPanel = sums.panel(
            bottom.map { panel[$0] }, histories: bottom.map { jobs[wanted[$0]].clean }, season: settings.season,
            none: [2, package.products.count + 1, package.accounts.count + 1], total: sum)
        let made = forecastPanel(
            panel + sumPanel, season: settings.season, horizon: horizon.count, quantiles: settings.quantiles, weighting: .size,
            threads: threads
        ) { progress?(ProgressStep("Forecasting", share: $0)) }
        var forecasts = [SeriesForecast?](repeating: nil, count: jobs.count)
        for (index, job) in wanted.enumerated() { forecasts[job] = made.series[index] }
        var agreed: [Int: [Double]] = [:]
        if let moved = sums.reconciled(
            bottom: bottom.map { made.series[$0] }, sums: Array(made.series[wanted.count...]), bottomErrors: bottom.map { made.errors[$0] },
            sumErrors: Array(made.errors[wanted.count...]), horizon: horizon.count, threads: threads)
        {
            for (index, position) in bottom.enumerated() { agreed[wanted[position]] = moved[index] }
        }

        var rows: [ForecastRow] = []
        var totals: [ForecastTotal] = []
        rows.reserveCapacity(pairs.count * horizon.count)
        for (index, pair) in pairs.enumerated() {
            var figures = statisticalFigures(of: pair, from: sources[index], jobs: jobs, forecasts: forecasts)
            // Effects of the buckets ahead.
            var factors = [Double](repeating: 1, count: horizon.count)
            if case .series(let job) = sources[index], let moved = agreed[job] {
                for bucket in horizon.buckets {
                    let before = figures.rows[bucket].statistical
                    factors[bucket] = before > 0 ? moved[bucket] / before : 1
                    figures.rows[bucket].parts.reconciliation = before * factors[bucket] - before
                    figures.rows[bucket].statistical *= factors[bucket]
                    for q in figures.rows[bucket].quantiles.indices { figures.rows[bucket].quantiles[q] *= factors[bucket] }
                }
            }
            let coming = changes.comingFactors(of: pair)
            for bucket in horizon.buckets where !isGiven[index] && coming[bucket] != 1 {
                figures.rows[bucket].parts.level *= coming[bucket]
                figures.rows[bucket].parts.season *= coming[bucket]
                figures.rows[bucket].parts.reconciliation *= coming[bucket]
                factors[bucket] *= coming[bucket]
                figures.rows[bucket].statistical *= coming[bucket]
                for q in figures.rows[bucket].quantiles.indices { figures.rows[bucket].quantiles[q] *= coming[bucket] }
            }
            if !isGiven[index] {
                let ownLift: (Int) -> Double = { name in jobOfPair[pair].map { lifts.lifts[name][$0] } ?? lifts.pooled[name] }
                var lift = [Double](repeating: 1, count: horizon.count)
                for (name, buckets) in calendar(of: pair).buckets.enumerated() {
                    for entry in buckets where entry.bucket >= 0 { lift[entry.bucket] *= max(0, entry.factor(learnt: ownLift(name))) }
                }
                for bucket in horizon.buckets {
                    let before = figures.rows[bucket].statistical
                    let price = jobOfPair[pair].map { prices.factor(series: $0, bucket: bucket) } ?? 1
                    figures.rows[bucket].parts.events = before * lift[bucket] - before
                    figures.rows[bucket].parts.price = before * lift[bucket] * (price - 1)
                    let days = tradingDays.factor(series: jobOfPair[pair], bucket: bucket)
                    figures.rows[bucket].parts.tradingDays = before * lift[bucket] * price * (days - 1)
                    let factor = lift[bucket] * price * days
                    factors[bucket] *= factor
                    figures.rows[bucket].statistical *= factor
                    for q in figures.rows[bucket].quantiles.indices { figures.rows[bucket].quantiles[q] *= factor }
                }
            }
            for row in given[pair] ?? [] where horizon.buckets.contains(row.bucket) {
                figures.rows[row.bucket].statistical = row.quantity
                figures.rows[row.bucket].quantiles = givenQuantiles(row, probabilities: settings.quantiles)
                figures.rows[row.bucket].model = "given"
                figures.rows[row.bucket].parts = ForecastParts(level: row.quantity)
                factors[row.bucket] =
                    figures.distribution.median[row.bucket] > 0 ? row.quantity / figures.distribution.median[row.bucket] : 0
            }
            for bucket in figures.rows.indices { figures.rows[bucket].quantity = figures.rows[bucket].statistical }
            for row in overrides[pair] ?? [] where horizon.buckets.contains(row.bucket) {
                let before = figures.rows[row.bucket].statistical
                figures.rows[row.bucket].take(row.quantity)
                factors[row.bucket] *= before > 0 ? row.quantity / before : 0
            }
            rows += figures.rows
            totals.append(total(of: pair, figures, factors: factors, probabilities: settings.quantiles))
        }
        return Forecast(rows: rows, notes: notes, totals: totals)
    }

    /// The pair's sum over the horizon: paths of the forecast, scaled as its buckets were; what was 0 before an override or figure made elsewhere is certain.
    private func total(of pair: Pair, _ figures: Figures, factors: [Double], probabilities: [Double]) -> ForecastTotal {
        let sum = figures.rows.reduce(0) { $0 + $1.quantity }
        let scaled = figures.distribution.scaled(by: factors)
        let certain = sum - scaled.median.reduce(0, +)
        let quantiles = scaled.sumQuantiles(over: 0..<scaled.median.count, probabilities: probabilities).map { max(0, $0 + certain) }
        return ForecastTotal(account: pair.account, product: pair.product, quantity: sum, quantiles: quantiles)
    }

    /// A history as the forecaster takes it: aligned with the others, in the groups whose sums say where it is going.
    private func panelSeries(_ history: DemandHistory, pair: Pair, season: Int) -> PanelSeries {
        let phase = season > 1 ? ((history.firstBucket % season) + season) % season : 0
        // A sum made for an analogue is no part of any group: its parts are there already.
        let groups = pair.account >= 0 ? [0, pair.product, pair.account] : [1, package.products.count, package.accounts.count]
        return PanelSeries(values: history.values, phase: phase, groups: groups)
    }

    /// The analogue's series at the account; where the account does not sell it, its sum over all accounts and the account's share of all sales.
    private func analogueSeries(
        _ analogue: Int, at account: Int, jobs: inout [SeriesJob], jobOfPair: inout [Pair: Int], calendar: (Pair) -> EventCalendar,
        lifts: EventLifts
    ) -> (series: Int, share: Double)? {
        if let own = jobOfPair[Pair(account: account, product: analogue)] { return (own, 1) }
        guard let share = shareOfSales(account) else { return nil }
        // The sum is kept under an account that does not exist.
        let key = Pair(account: -1, product: analogue)
        if let known = jobOfPair[key] { return (known, share) }
        let parts = package.history.sales.pairs.filter { $0.product == analogue }.compactMap { jobOfPair[$0] }
        guard let history = sum(of: parts.map { jobs[$0].clean }) else { return nil }
        jobOfPair[key] = jobs.count
        jobs.append(
            SeriesJob(history: history, calendar: calendar(Pair(account: account, product: analogue)), clean: history, isWanted: true))
        return (jobs.count - 1, share)
    }

    /// Share of an account in all units sold; nil where it has none.
    private func shareOfSales(_ account: Int) -> Double? {
        let sales = package.history.sales
        var ofAccount = 0.0
        var all = 0.0
        for (row, pair) in sales.pairs.enumerated() {
            let sum = sales.series(row).reduce(0) { $0 + max($1, 0) }
            all += sum
            if pair.account == account { ofAccount += sum }
        }
        return ofAccount > 0 && all > 0 ? ofAccount / all : nil
    }

    /// The sum of the other products of the pair's family that have shown a season: at the account, or at all accounts where it has none there.
    private func familySeries(
        of pair: Pair, jobs: inout [SeriesJob], jobOfPair: inout [Pair: Int], calendar: (Pair) -> EventCalendar
    ) -> Int? {
        let family = package.products[pair.product].family
        let season = package.settings.forecast.season
        guard !family.isEmpty, season > 1 else { return nil }
        let siblings = package.products.indices.filter { $0 != pair.product && package.products[$0].family == family }
        func grown(_ accounts: [Int]) -> [Int] {
            siblings.flatMap { product in accounts.compactMap { jobOfPair[Pair(account: $0, product: product)] } }
                .filter { jobs[$0].isGrown(season: season) }
        }
        var account = pair.account
        var parts = grown([account])
        if parts.isEmpty {
            account = -1
            parts = grown(Array(package.accounts.indices))
        }
        guard !parts.isEmpty else { return nil }
        // Kept under a product that does not exist: the first sibling's number, counted from the end of the products.
        let key = Pair(account: account, product: package.products.count + (siblings.first ?? 0))
        if let known = jobOfPair[key] { return known }
        guard let history = sum(of: parts.map { jobs[$0].clean }) else { return nil }
        jobOfPair[key] = jobs.count
        jobs.append(SeriesJob(history: history, calendar: calendar(pair), clean: history, isWanted: true))
        return jobs.count - 1
    }

    /// Sum of histories; where one is hidden it counts with its mean, so that it does not hide all.
    private func sum(of histories: [DemandHistory]) -> DemandHistory? {
        guard let first = histories.map(\.firstBucket).min() else { return nil }
        var total = [Double](repeating: 0, count: -first)
        for history in histories {
            let known = history.values.filter { !$0.isNaN }
            let mean = known.reduce(0, +) / Double(max(known.count, 1))
            for (index, value) in history.values.enumerated() { total[history.firstBucket - first + index] += value.isNaN ? mean : value }
        }
        return DemandHistory(firstBucket: first, values: total, stockOuts: [], isZeroThroughout: false)
    }

    /// Rows of a pair before the effects of coming events and prices, given figures and overrides.
    private func statisticalFigures(of pair: Pair, from source: Source, jobs: [SeriesJob], forecasts: [SeriesForecast?]) -> Figures {
        let horizon = package.horizon
        let season = package.settings.forecast.season
        let quantileCount = package.settings.forecast.quantiles.count
        func figures(_ mean: [Double], _ quantiles: [[Double]], _ distribution: DemandDistribution, level: [Double], model: String)
            -> Figures
        {
            let rows = horizon.buckets.map { bucket in
                ForecastRow(
                    bucket: bucket, account: pair.account, product: pair.product, quantity: mean[bucket], quantiles: quantiles[bucket],
                    model: model, statistical: mean[bucket],
                    parts: ForecastParts(level: level[bucket], season: mean[bucket] - level[bucket]))
            }
            return Figures(rows: rows, distribution: distribution)
        }
        func zero(_ model: String) -> Figures {
            let zeros = [Double](repeating: 0, count: horizon.count)
            return figures(
                zeros, [[Double]](repeating: [Double](repeating: 0, count: quantileCount), count: horizon.count),
                DemandDistribution(median: zeros, deviation: zeros, isPositive: false), level: zeros, model: model)
        }
        switch source {
        case .series(let job):
            guard let forecast = forecasts[job] else { return zero("none") }
            let level = levelOfForecast(forecast.mean, history: jobs[job].clean.values, season: season)
            return figures(forecast.mean, forecast.quantiles, forecast.distribution, level: level, model: forecast.model)
        case .analogue(let job, let own, let ownJob, let share):
            guard let forecast = forecasts[job] else { return zero("none") }
            let launch = package.products[pair.product].launch
            let scale = scale(of: own, to: jobs[job].clean, share: share, launch: launch)
            // Own history takes over from half a season on.
            let half = Double(max(season, 2)) / 2
            let weight = min(max((Double(own.knownCount) - half) / half, 0), 1)
            let ownForecast = weight > 0 ? ownJob.flatMap { forecasts[$0] } : nil
            let w = ownForecast == nil ? 0 : weight
            let factors = horizon.buckets.map { scale * (own.values.isEmpty ? openShare(of: $0, launch: launch) : 1) * (1 - w) }
            var mean = horizon.buckets.map { forecast.mean[$0] * factors[$0] }
            var quantiles = horizon.buckets.map { bucket in forecast.quantiles[bucket].map { $0 * factors[bucket] } }
            var distribution = forecast.distribution.scaled(by: factors)
            let levels = levelOfForecast(forecast.mean, history: jobs[job].clean.values, season: season)
            var level = horizon.buckets.map { levels[$0] * factors[$0] }
            if let ownForecast {
                let ownLevel = levelOfForecast(ownForecast.mean, history: own.values, season: season)
                for bucket in horizon.buckets {
                    mean[bucket] += w * ownForecast.mean[bucket]
                    level[bucket] += w * ownLevel[bucket]
                    for q in quantiles[bucket].indices { quantiles[bucket][q] += w * ownForecast.quantiles[bucket][q] }
                    distribution.median[bucket] += w * ownForecast.distribution.median[bucket]
                    distribution.deviation[bucket] += w * ownForecast.distribution.deviation[bucket]
                }
            }
            return figures(mean, quantiles, distribution, level: level, model: ownForecast.map { "analogue+\($0.model)" } ?? "analogue")
        case .given: return zero("none")
        case .zero(_, let model): return zero(model)
        }
    }

    /// Own sales over the analogue's in the buckets both are known; `share` where there are none.
    private func scale(of own: DemandHistory, to analogue: DemandHistory, share: Double, launch: CalendarDate?) -> Double {
        var seen = 0.0
        var expected = 0.0
        for (index, value) in own.values.enumerated() {
            let bucket = own.firstBucket + index
            let other = analogue[bucket]
            guard !value.isNaN, !other.isNaN else { continue }
            seen += value
            expected += other * openShare(of: bucket, launch: launch)
        }
        return expected > 0 ? seen / expected : share
    }

    /// Share of a bucket's days from the launch on.
    private func openShare(of bucket: Int, launch: CalendarDate?) -> Double {
        guard let launch else { return 1 }
        let horizon = package.horizon
        let days = horizon.days(in: bucket)
        let closed = launch.daysSinceEpoch - horizon.firstDay(of: bucket).daysSinceEpoch
        return 1 - Double(min(max(closed, 0), days)) / Double(days)
    }
}

extension ForecastRow {
    /// Puts an override in the place of the figure; the quantiles keep their distance from it in proportion.
    fileprivate mutating func take(_ quantity: Double) {
        let ratio = statistical > 0 ? quantity / statistical : nil
        quantiles = quantiles.map { value in ratio.map { value * $0 } ?? quantity }
        override = quantity
        parts.override = quantity - statistical
        self.quantity = quantity
    }
}

/// Quantiles of a figure made elsewhere: its p10 and p90 are taken, those between and beyond lie on normal tails through them, each side its own.
///
/// A side without a figure mirrors the other; with neither, nothing is known of the spread and every quantile is the quantity.
///
/// - Returns: One for each probability, ≥ 0, rising.
func givenQuantiles(_ row: DemandRow, probabilities: [Double]) -> [Double] {
    let below = row.p10.map { max(0, row.quantity - $0) }
    let above = row.p90.map { max(0, $0 - row.quantity) }
    let low = below ?? above ?? 0
    let high = above ?? below ?? 0
    let reach = normalQuantile(0.9)
    return probabilities.map { p in
        if p == 0.1, let p10 = row.p10 { return min(p10, row.quantity) }
        if p == 0.9, let p90 = row.p90 { return max(p90, row.quantity) }
        let z = normalQuantile(min(max(p, 1e-4), 1 - 1e-4)) / reach
        return max(0, row.quantity + z * (z < 0 ? low : high))
    }
}
