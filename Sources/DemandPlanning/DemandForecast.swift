import Forecasting
import PlanModel

/// The forecast of every pair that is planned, one row a bucket of the horizon, and notes on what was done.
///
/// - demand.csv stands where it has a row (model `given`); a pair it covers in every bucket is not forecast at all.
/// - Elsewhere: sales history with stock-outs as missing demand and the events' lifts taken out, forecast by ``forecastSeries(_:season:horizon:quantiles:)``,
///   lifts of future dates put back.
/// - A product without a season of history of its own that names an analogue takes the analogue's figures, scaled to what has been seen (model `analogue`);
///   without history and analogue 0 (model `none`).
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
        /// Index of the analogue's series, and the pair's own history.
        case analogue(Int, own: DemandHistory, share: Double)
        case zero(note: ForecastNoteKind?)
    }

    private struct SeriesJob: Sendable {
        var history: DemandHistory
        var calendar: EventCalendar
        /// Index into the learnt lifts; nil = the pooled lifts.
        var clean: DemandHistory
        var isWanted: Bool
    }

    func run(threads: Int, progress: ProgressHandler?) -> Forecast {
        let horizon = package.horizon
        let settings = package.settings.forecast
        let lastKnown = lastKnownBucket(of: package)
        let sales = package.history.sales
        let isGiven = pairs.map { pair in (given[pair].map { Set($0.map(\.bucket)).count } ?? 0) >= horizon.count }
        // A package whose demand is all given is not forecast, whatever its history.
        let needsHistory = isGiven.contains(false) && !sales.pairs.isEmpty

        // Series: one for each pair with sales; pairs given in full still teach the events' lifts.
        var jobs: [SeriesJob] = []
        var jobOfPair: [Pair: Int] = [:]
        let names = EventNames(package.events)
        let calendarBuckets = min(sales.firstBucket, 0)..<horizon.count
        var calendars: [[Int]: EventCalendar] = [:]
        func calendar(of pair: Pair) -> EventCalendar {
            let key = names.scope(of: pair)
            if let known = calendars[key] { return known }
            let made = names.calendar(for: pair, horizon: horizon, buckets: calendarBuckets)
            calendars[key] = made
            return made
        }
        var zeroPairs = Set<Pair>()
        if needsHistory {
            for pair in sales.pairs {
                let history = demandHistory(of: pair, in: package, lastKnown: lastKnown)
                if history.isZeroThroughout { zeroPairs.insert(pair) }
                guard !history.values.isEmpty else { continue }
                jobOfPair[pair] = jobs.count
                jobs.append(SeriesJob(history: history, calendar: calendar(of: pair), clean: history, isWanted: false))
            }
        }
        let lifts = EventLifts(names: names, series: jobs.map(\.history), calendars: jobs.map(\.calendar), season: settings.season)
        for index in jobs.indices {
            jobs[index].clean = EventLifts.delifted(jobs[index].history, jobs[index].calendar) { lifts.lifts[$0][index] }
        }

        var notes: [ForecastNote] = []
        var sources: [Source] = []
        for (index, pair) in pairs.enumerated() {
            let own = jobOfPair[pair].map { jobs[$0] }
            if isGiven[index] {
                sources.append(.given)
                continue
            }
            if let own, !own.history.stockOuts.isEmpty {
                notes.append(
                    ForecastNote(account: pair.account, product: pair.product, kind: .stockOutCorrected, buckets: own.history.stockOuts))
            }
            if let analogue = package.products[pair.product].analogue, (own?.clean.knownCount ?? 0) < max(settings.season, 1),
                let (series, share) = analogueSeries(
                    analogue, at: pair.account, jobs: &jobs, jobOfPair: &jobOfPair, calendar: calendar, lifts: lifts)
            {
                jobs[series].isWanted = true
                sources.append(.analogue(series, own: own?.clean ?? .none, share: share))
                notes.append(ForecastNote(account: pair.account, product: pair.product, kind: .fromAnalogue))
            } else if let job = jobOfPair[pair] {
                jobs[job].isWanted = true
                sources.append(.series(job))
            } else if zeroPairs.contains(pair) {
                sources.append(.zero(note: .allZero))
            } else {
                sources.append(.zero(note: given[pair] == nil ? .newProductWithoutAnalogue : nil))
            }
            if case .zero(let kind?)? = sources.last {
                notes.append(ForecastNote(account: pair.account, product: pair.product, kind: kind))
            }
        }

        let wanted = jobs.indices.filter { jobs[$0].isWanted }
        let pairOfJob = Dictionary(uniqueKeysWithValues: jobOfPair.map { ($0.value, $0.key) })
        let panel = wanted.map { job in
            panelSeries(jobs[job].clean, pair: pairOfJob[job] ?? Pair(account: -1, product: 0), season: settings.season)
        }
        let made = forecastPanel(
            panel, season: settings.season, horizon: horizon.count, quantiles: settings.quantiles, weighting: .size, threads: threads
        ) { progress?(ProgressStep("Forecasting", share: $0)) }
        var forecasts = [SeriesForecast?](repeating: nil, count: jobs.count)
        for (index, job) in wanted.enumerated() { forecasts[job] = made.series[index] }

        var rows: [ForecastRow] = []
        rows.reserveCapacity(pairs.count * horizon.count)
        for (index, pair) in pairs.enumerated() {
            var pairRows = statisticalRows(of: pair, from: sources[index], jobs: jobs, forecasts: forecasts)
            // Lifts of future dates.
            let ownLift: (Int) -> Double = { name in jobOfPair[pair].map { lifts.lifts[name][$0] } ?? lifts.pooled[name] }
            if !isGiven[index] {
                for (name, buckets) in calendar(of: pair).buckets.enumerated() {
                    for entry in buckets where entry.bucket >= 0 {
                        let factor = max(0, entry.factor(learnt: ownLift(name)))
                        pairRows[entry.bucket].statistical *= factor
                        for q in pairRows[entry.bucket].quantiles.indices { pairRows[entry.bucket].quantiles[q] *= factor }
                    }
                }
            }
            for row in given[pair] ?? [] where horizon.buckets.contains(row.bucket) {
                pairRows[row.bucket].statistical = row.quantity
                pairRows[row.bucket].quantiles = givenQuantiles(row, probabilities: settings.quantiles)
                pairRows[row.bucket].model = "given"
            }
            for bucket in pairRows.indices { pairRows[bucket].quantity = pairRows[bucket].statistical }
            for row in overrides[pair] ?? [] where horizon.buckets.contains(row.bucket) { pairRows[row.bucket].take(row.quantity) }
            rows += pairRows
        }
        return Forecast(rows: rows, notes: notes)
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
        let sales = package.history.sales
        var ofAccount = 0.0
        var all = 0.0
        for (row, pair) in sales.pairs.enumerated() {
            let sum = sales.series(row).reduce(0) { $0 + max($1, 0) }
            all += sum
            if pair.account == account { ofAccount += sum }
        }
        guard ofAccount > 0, all > 0 else { return nil }
        // The sum is kept under an account that does not exist.
        let key = Pair(account: -1, product: analogue)
        if let known = jobOfPair[key] { return (known, ofAccount / all) }
        let parts = sales.pairs.filter { $0.product == analogue }.compactMap { jobOfPair[$0] }
        guard let first = parts.map({ jobs[$0].clean.firstBucket }).min() else { return nil }
        var total = [Double](repeating: 0, count: -first)
        for part in parts {
            let history = jobs[part].clean
            let known = history.values.filter { !$0.isNaN }
            let mean = known.reduce(0, +) / Double(max(known.count, 1))
            // One account's hidden week must not hide the week of all: it counts with its mean.
            for (index, value) in history.values.enumerated() { total[history.firstBucket - first + index] += value.isNaN ? mean : value }
        }
        let history = DemandHistory(firstBucket: first, values: total, stockOuts: [], isZeroThroughout: false)
        jobOfPair[key] = jobs.count
        jobs.append(
            SeriesJob(history: history, calendar: calendar(Pair(account: account, product: analogue)), clean: history, isWanted: true))
        return (jobs.count - 1, ofAccount / all)
    }

    /// Rows of a pair before lifts, given figures and overrides.
    private func statisticalRows(of pair: Pair, from source: Source, jobs: [SeriesJob], forecasts: [SeriesForecast?]) -> [ForecastRow] {
        let horizon = package.horizon
        let quantileCount = package.settings.forecast.quantiles.count
        func row(_ bucket: Int, _ mean: Double, _ quantiles: [Double], _ model: String) -> ForecastRow {
            ForecastRow(
                bucket: bucket, account: pair.account, product: pair.product, quantity: mean, quantiles: quantiles, model: model,
                statistical: mean)
        }
        switch source {
        case .series(let job):
            guard let forecast = forecasts[job] else { return [] }
            return horizon.buckets.map { row($0, forecast.mean[$0], forecast.quantiles[$0], forecast.model) }
        case .analogue(let job, let own, let share):
            guard let forecast = forecasts[job] else { return [] }
            let scale = scale(of: own, to: jobs[job].clean, share: share, launch: package.products[pair.product].launch)
            return horizon.buckets.map { bucket in
                let open = own.values.isEmpty ? openShare(of: bucket, launch: package.products[pair.product].launch) : 1
                return row(bucket, forecast.mean[bucket] * scale * open, forecast.quantiles[bucket].map { $0 * scale * open }, "analogue")
            }
        case .given, .zero:
            let model: String
            if case .zero(.allZero?) = source { model = "zero" } else { model = "none" }
            return horizon.buckets.map { row($0, 0, [Double](repeating: 0, count: quantileCount), model) }
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
