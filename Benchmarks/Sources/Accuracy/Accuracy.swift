import Foundation
import Fullshelf

/// Measures the forecaster on the five public data sets of docs/accuracy.md and prints one table each.
///
///     swift run -c release Accuracy DATA [--threads N]     DATA = folder with m3-monthly-odd.csv and the others; one that is absent is skipped by name
///     swift run -c release Accuracy DATA --sums            what agreement of sums costs and gains, instead
///
/// Everything goes through what the commands use: plain series through ``forecastPanel(_:season:horizon:quantiles:weighting:threads:progress:)``
/// as `fullshelf forecast --series` does, Stallion and Walmart as data packages through `Planner.forecast`, as `fullshelf plan` does.
@main
struct Accuracy {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var threads = 1
        if let at = arguments.firstIndex(of: "--threads"), at + 1 < arguments.count, let number = Int(arguments[at + 1]) {
            threads = number
            arguments.removeSubrange(at...at + 1)
        }
        let wantsSums = arguments.firstIndex(of: "--sums").map { arguments.remove(at: $0) } != nil
        guard arguments.count == 1 else {
            FileHandle.standardError.write(Data("usage: Accuracy DATA [--sums] [--threads N]\n".utf8))
            exit(2)
        }
        let data = MeasuredData(folder: arguments[0], threads: threads)
        if wantsSums {
            try data.sums()
            return
        }
        try data.competition(
            "M3 monthly", file: "m3-monthly-odd.csv", label: "period", season: 12, horizon: 18,
            targets: "sMAPE ≤ 12.95, MASE ≤ 0.800, 77-83 %, pinball ≤ 0.265, ≤ 0.030 s")
        try data.competition(
            "M3 quarterly", file: "m3-quarterly-odd.csv", label: "period", season: 4, horizon: 8,
            targets: "sMAPE ≤ 8.95, MASE ≤ 1.080, 77-83 %")
        try data.stallion()
        try data.walmart()
        try data.competition(
            "M4 weekly", file: "m4-weekly-odd.csv.gz", label: "week", season: 52, horizon: 13, scaleSeason: 1, mostHistory: 520,
            targets: "sMAPE ≤ 6.9, MASE ≤ 2.25")
    }
}

/// Rows of a CSV file by column name.
struct Table {
    var columns: [String: Int]
    var rows: [[Substring]]

    init(_ text: String) {
        var lines = text.split(whereSeparator: \.isNewline)
        let header = lines.removeFirst().split(separator: ",", omittingEmptySubsequences: false)
        columns = Dictionary(uniqueKeysWithValues: header.enumerated().map { (String($1), $0) })
        rows = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    func text(_ row: [Substring], _ column: String) -> String { columns[column].map { String(row[$0]) } ?? "" }
    func number(_ row: [Substring], _ column: String) -> Double { Double(text(row, column)) ?? .nan }
}

struct MeasuredData {
    let folder: String
    let threads: Int

    /// nil (and a line that says so) where a file is absent.
    func table(_ file: String) throws -> Table? {
        let path = folder + "/" + file
        guard FileManager.default.fileExists(atPath: path) else {
            print("\(file): skipped, it is not in the data folder\n")
            return nil
        }
        guard file.hasSuffix(".gz") else { return Table(try String(contentsOfFile: path, encoding: .utf8)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Table(text)
    }

    // MARK: Competitions

    func competition(
        _ name: String, file: String, label: String, season: Int, horizon: Int, scaleSeason: Int? = nil, mostHistory: Int = .max,
        targets: String
    ) throws {
        guard let table = try table(file) else { return }
        var ids: [String] = []
        var train: [String: [Double]] = [:]
        var test: [String: [Double]] = [:]
        var labels: [String: [SeriesLabel]] = [:]
        for row in table.rows {
            let id = table.text(row, "series")
            if train[id] == nil {
                ids.append(id)
                train[id] = []
            }
            if table.text(row, "part") == "train" {
                train[id]?.append(table.number(row, "value"))
                labels[id, default: []].append(SeriesLabel(table.text(row, label)) ?? .number(labels[id]?.count ?? 0))
            } else {
                test[id, default: []].append(table.number(row, "value"))
            }
        }
        let plain = ids.map { id in
            PlainSeries(
                id: id, labels: Array((labels[id] ?? []).suffix(mostHistory)), values: Array((train[id] ?? []).suffix(mostHistory)),
                step: .units(1))
        }
        let clock = ContinuousClock()
        var result = PanelForecast(series: [], crossSeriesWeight: 0)
        let seconds =
            clock.measure {
                let prepared = plain.map { SeriesPreparation($0, season: season, horizon: horizon) }
                let panel = zip(plain, prepared).map { series, prepared in
                    PanelSeries(values: prepared.values, phase: (series.labels.first?.position ?? 0) % max(season, 1))
                }
                result = forecastPanel(panel, season: season, horizon: horizon, weighting: .equal, threads: threads)
                for index in result.series.indices { result.series[index] = prepared[index].restored(result.series[index]) }
            } / .seconds(1)
        var smape = 0.0
        var mase = 0.0
        var loss = 0.0
        var inside = 0.0
        var sums = 0.0
        for (id, forecast) in zip(ids, result.series) {
            let actual = test[id] ?? []
            let history = train[id] ?? []
            smape += ErrorMeasure.smape(actual: actual, forecast: forecast.mean) ?? 0
            let scale = ErrorMeasure.seasonalNaiveScale(history, season: scaleSeason ?? season) ?? 1
            mase += (ErrorMeasure.mase(actual: actual, forecast: forecast.mean, history: history, season: scaleSeason ?? season) ?? 0)
            let low = forecast.quantiles.map { $0[0] }
            let high = forecast.quantiles.map { $0[2] }
            inside += ErrorMeasure.coverage(actual: actual, low: low, high: high) ?? 0
            let losses = [(low, 0.1), (forecast.mean, 0.5), (high, 0.9)].map {
                (ErrorMeasure.pinball(actual: actual, quantile: $0.0, probability: $0.1) ?? 0) / scale
            }
            loss += losses.reduce(0, +) / 3
            let range = forecast.distribution.sumQuantiles(over: 0..<horizon, probabilities: [0.1, 0.9])
            let total = actual.reduce(0, +)
            if range[0] <= total && total <= range[1] { sums += 1 }
        }
        let n = Double(ids.count)
        print("### \(name), \(ids.count) series, h = \(horizon)\n")
        print("| sMAPE | MASE | P10-P90 covers | of sums over the horizon | mean pinball | s / series |")
        print("|---|---|---|---|---|---|")
        print(
            "| \(fixed(smape / n, 2)) | \(fixed(mase / n, 3)) | \(percent(inside / n)) | \(percent(sums / n)) | \(fixed(loss / n, 4)) | \(fixed(seconds / n, 4)) |"
        )
        print("\nAim: \(targets). Weight of the model across series: \(fixed(result.crossSeriesWeight, 2)).\n")
    }

    // MARK: Packages

    /// One product at a time of one account, as sales rows dated to a bucket.
    struct Sale {
        var account: String
        var product: String
        var date: CalendarDate
        var quantity: Double
    }

    func package(_ sales: [Sale], unit: BucketUnit, start: CalendarDate, buckets: Int, season: Int) -> DataPackage {
        let accounts = Set(sales.map(\.account)).sorted()
        let products = Set(sales.map(\.product)).sorted()
        let horizon = Horizon(unit: unit, start: start, count: buckets)
        let accountIndex = Dictionary(uniqueKeysWithValues: accounts.enumerated().map { ($1, $0) })
        let productIndex = Dictionary(uniqueKeysWithValues: products.enumerated().map { ($1, $0) })
        let known = sales.filter { $0.date < horizon.start }
        let pairs = Set(known.map { Pair(account: accountIndex[$0.account] ?? 0, product: productIndex[$0.product] ?? 0) }).sorted()
        let first = known.map { horizon.bucket(of: $0.date) }.min() ?? -1
        var values = [Double](repeating: 0, count: pairs.count * -first)
        for sale in known {
            let pair = Pair(account: accountIndex[sale.account] ?? 0, product: productIndex[sale.product] ?? 0)
            if let row = pairs.position(ofSorted: pair) { values[row * -first + horizon.bucket(of: sale.date) - first] += sale.quantity }
        }
        var package = DataPackage(
            settings: PlanSettings(horizon: horizon, forecast: ForecastSettings(season: season)),
            accounts: accounts.map { Account(id: $0) }, products: products.map { Product(id: $0) })
        package.history = History(
            sales: HistoryTable(pairs: pairs, firstBucket: first, values: values), lastSale: horizon.start.adding(days: -1))
        return package
    }

    private struct Score {
        var error = 0.0
        var total = 0.0
        var bias = 0.0
        var season = 0.0
        var inside = 0.0
        var count = 0.0
        var sumsInside = 0.0
        var sums = 0.0
        var seconds = 0.0
        /// Σ |error| of the sums by account and by product.
        var accounts = 0.0
        var products = 0.0

        var wape: Double { error / total }
        var seasonWape: Double { season / total }

        static func + (a: Score, b: Score) -> Score {
            Score(
                error: a.error + b.error, total: a.total + b.total, bias: a.bias + b.bias, season: a.season + b.season,
                inside: a.inside + b.inside,
                count: a.count + b.count, sumsInside: a.sumsInside + b.sumsInside, sums: a.sums + b.sums, seconds: a.seconds + b.seconds,
                accounts: a.accounts + b.accounts, products: a.products + b.products)
        }

        func row(_ name: String) -> String {
            "| \(name) | \(fixed(wape, 4)) | \(fixed(seasonWape, 4)) | \(fixed(accounts / total, 4)) | \(fixed(products / total, 4)) | \(fixed(bias / total, 3)) | \(percent(inside / count)) | \(percent(sumsInside / sums)) | \(fixed(seconds, 2)) |"
        }

        static let header =
            "| from | WAPE | season-total WAPE | of account sums | of product sums | bias | P10-P90 covers | of season totals | s |\n|---|---|---|---|---|---|---|---|---|"
    }

    private func score(_ package: DataPackage, actual: [Sale], withPairsOf sales: [Sale]) throws -> Score {
        let planner = Planner(threads: threads)
        let clock = ContinuousClock()
        var forecast = Forecast()
        let seconds = try clock.measure { forecast = try planner.forecast(package).forecast } / .seconds(1)
        struct Key: Hashable {
            var account: String
            var product: String
        }
        var truth: [Key: [Double]] = [:]
        for sale in sales {
            truth[Key(account: sale.account, product: sale.product)] = [Double](repeating: 0, count: package.horizon.count)
        }
        for sale in actual {
            truth[Key(account: sale.account, product: sale.product)]?[package.horizon.bucket(of: sale.date)] += sale.quantity
        }
        var made: [Key: [ForecastRow]] = [:]
        for row in forecast.rows {
            made[Key(account: package.accounts[row.account].id, product: package.products[row.product].id), default: []].append(row)
        }
        let totals = Dictionary(
            uniqueKeysWithValues: forecast.totals.map {
                (Key(account: package.accounts[$0.account].id, product: package.products[$0.product].id), $0)
            })
        var score = Score()
        score.seconds = seconds
        var byAccount: [String: [Double]] = [:]
        var byProduct: [String: [Double]] = [:]
        // In a fixed order: sums of many numbers depend on it.
        for key in truth.keys.sorted(by: { ($0.account, $0.product) < ($1.account, $1.product) }) {
            let actual = truth[key] ?? []
            let rows = made[key] ?? []
            var difference = 0.0
            for (h, y) in actual.enumerated() {
                let f = h < rows.count ? rows[h].quantity : 0
                score.error += (f - y).magnitude
                score.bias += f - y
                score.total += y
                difference += f - y
                byAccount[key.account, default: [Double](repeating: 0, count: actual.count)][h] += f - y
                byProduct[key.product, default: [Double](repeating: 0, count: actual.count)][h] += f - y
                if h < rows.count {
                    score.count += 1
                    if rows[h].quantiles[0] <= y && y <= rows[h].quantiles[2] { score.inside += 1 }
                }
            }
            score.season += difference.magnitude
            if let total = totals[key] {
                let sum = actual.reduce(0, +)
                score.sums += 1
                if total.quantiles[0] <= sum && sum <= total.quantiles[2] { score.sumsInside += 1 }
            }
        }
        score.accounts = byAccount.keys.sorted().reduce(0) { sum, key in sum + (byAccount[key] ?? []).reduce(0) { $0 + $1.magnitude } }
        score.products = byProduct.keys.sorted().reduce(0) { sum, key in sum + (byProduct[key] ?? []).reduce(0) { $0 + $1.magnitude } }
        return score
    }

    func stallionSales() throws -> [Sale]? {
        try table("stallion-sales.csv").map { table in
            table.rows.compactMap { row in
                CalendarDate(table.text(row, "month") + "-01").map {
                    Sale(
                        account: table.text(row, "agency"), product: table.text(row, "sku"), date: $0, quantity: table.number(row, "volume")
                    )
                }
            }
        }
    }

    func stallion() throws {
        guard let sales = try stallionSales(), let calendar = try self.table("stallion-events.csv") else { return }
        // Events whose month moves or that come in some years only; those of fixed date are part of the season.
        var events: [Event] = []
        for column in ["beer_capital", "easter_day", "football_gold_cup", "music_fest", "regional_games"] {
            for row in calendar.rows where calendar.text(row, column) == "1" {
                guard let first = CalendarDate(calendar.text(row, "month") + "-01") else { continue }
                let (year, month, _) = first.yearMonthDay
                events.append(
                    Event(name: column, start: first, end: first.adding(days: CalendarDate.daysIn(month: month, year: year) - 1)))
            }
        }
        var all = Score()
        print("### Stallion, h = 6\n\n\(Score.header)")
        for origin in ["2016-06", "2016-12"] {
            guard let last = CalendarDate(origin + "-01") else { continue }
            let horizon = Horizon(unit: .month, start: last, count: 7)
            let start = horizon.firstDay(of: 1)
            let end = horizon.firstDay(of: 7)
            var package = package(sales, unit: .month, start: start, buckets: 6, season: 12)
            package.events = events
            let score = try score(package, actual: sales.filter { start <= $0.date && $0.date < end }, withPairsOf: sales)
            print(score.row(origin))
            all = all + score
        }
        print(all.row("both"))
        print("\nAim: WAPE ≤ 0.135, season total ≤ 0.087, ≤ 2 s.\n")
    }

    func walmartSales() throws -> (sales: [Sale], events: Set<Event>)? {
        guard let table = try table("walmart-weekly.csv") else { return nil }
        var events = Set<Event>()
        let sales = table.rows.compactMap { row -> Sale? in
            guard let friday = CalendarDate(table.text(row, "week_ending")) else { return nil }
            // The source's weeks run from Saturday to Friday: the Monday in them stands for most of their days.
            let monday = friday.adding(days: -4)
            if table.text(row, "holiday") == "1" {
                let name = "holiday of month \(friday.yearMonthDay.month)"
                events.insert(Event(name: name, start: monday, end: monday.adding(days: 6)))
            }
            return Sale(account: table.text(row, "store"), product: "ALL", date: monday, quantity: table.number(row, "sales"))
        }
        return (sales, events)
    }

    func walmart() throws {
        guard let (sales, events) = try walmartSales() else { return }
        print("### Walmart weekly, h = 13\n\n\(Score.header)")
        for origin in ["2011-10-28", "2011-12-30"] {
            guard let last = CalendarDate(origin) else { continue }
            let start = last.adding(days: 3)
            let end = start.adding(days: 91)
            var package = package(sales, unit: .week, start: start, buckets: 13, season: 52)
            package.events = events.sorted { ($0.name, $0.start) < ($1.name, $1.start) }
            let score = try score(package, actual: sales.filter { start <= $0.date && $0.date < end }, withPairsOf: sales)
            print(score.row(origin))
        }
        print("\nAim: WAPE ≤ 0.042 and ≤ 0.035.\n")
    }
}

/// A number with so many decimals.
func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
