import ArgumentParser
import Foundation
import Fullshelf

/// `fullshelf forecast FOLDER`, `fullshelf forecast --series FILE`
struct ForecastCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Forecasts and stock bands only, or forecasts of plain series.",
        discussion: """
            Examples:
              fullshelf forecast my-season --out forecasts/spring
              fullshelf forecast my-season --why --account A001 --product P01
              fullshelf forecast --series sales.csv --horizon 18 --season 12
              fullshelf forecast --series sales.csv --horizon 13 --quantiles 0.05,0.5,0.95 --out forecast.csv

            Of a package: segments.csv, forecast.csv, demand.csv and bands.csv are written; accounts.csv, products.csv and sales.csv are enough.
            --why shows the level, season, events, price and override that add up to each forecast: the key accounts over the horizon, or with
            --account and --product one of them bucket by bucket.
            Of plain series: a CSV file with the columns unique_id, ds, y, where ds is a date, YYYY-MM, YYYY-Qn or an integer.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String?

    @Option(help: "Instead of a package: a file of plain series (unique_id, ds, y).", completion: .file(extensions: ["csv"]))
    var series: String?

    @Option(help: "With --series: how many buckets ahead.")
    var horizon: Int?

    @Option(help: "With --series: buckets a season. Default: 12 for months, 4 for quarters, 52 for weeks, 7 for days.")
    var season: Int?

    @Option(help: "With --series: probabilities, separated by commas. Default: 0.1,0.5,0.9.")
    var quantiles: ProbabilityList?

    @Option(help: "Where to write: a folder (default FOLDER/out), or with --series a file (default: standard output).")
    var out: String?

    @Flag(help: "Show what each forecast is made of.")
    var why = false

    @Option(help: "With --why: only this account.")
    var account: String?

    @Option(help: "With --why: only this product.")
    var product: String?

    @Option(help: "Language of --why: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @Option(help: "Processor cores to use. Default: all. The forecast does not depend on it.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
        if !why, account != nil || product != nil || language != nil {
            throw ValidationError("--account, --product and --language belong to --why.")
        }
        if why, series != nil { throw ValidationError("--why needs a data package; plain series have no events, prices or overrides.") }
        guard series != nil else {
            if folder == nil { throw ValidationError("Name a data package, or a file of plain series with --series.") }
            if horizon != nil { throw ValidationError("--horizon belongs to --series; a package says its horizon in plan.toml.") }
            if season != nil { throw ValidationError("--season belongs to --series; a package says its season in plan.toml.") }
            if quantiles != nil { throw ValidationError("--quantiles belongs to --series; a package says its quantiles in plan.toml.") }
            return
        }
        if folder != nil { throw ValidationError("Name a data package or a file with --series, not both.") }
        guard let horizon else { throw ValidationError("--series needs --horizon, the number of buckets ahead.") }
        // A forecast beyond this is an error of typing, and would fill the memory.
        guard (1...10_000).contains(horizon) else { throw ValidationError("--horizon must be from 1 to 10000; it was \(horizon).") }
        if let season, season < 1 { throw ValidationError("--season must be 1 or more; it was \(season).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        var planner = Planner.command()
        if let threads { planner.threads = threads }
        if let series, let horizon { return try forecastSeries(in: series, horizon: horizon, planner: planner, console: console) }
        return try forecastPackage(planner, console: console)
    }

    private func forecastPackage(_ planner: Planner, console: Console) throws -> CommandStatus {
        let folder = folder ?? "."
        let destination = out ?? Planner.defaultOutput(forPackageAt: folder)
        if out == nil, FileManager.default.fileExists(atPath: destination + "/certificate.json") {
            throw CommandFailure(
                status: .badUsage, message: "\(destination) holds a plan, and a forecast would replace it; nothing was written.",
                advice: "Name the folder for the forecast with --out.")
        }
        let run = try withProgress(on: console) { progress in
            let run = try planner.forecast(packageAt: folder, progress: progress)
            try run.write(to: destination)
            return run
        }
        let accounts = try account.map { [try position(of: $0, in: run.package.accounts.map(\.id), what: "account")] }
        let products = try product.map { [try position(of: $0, in: run.package.products.map(\.id), what: "product")] }
        for timing in run.timings { output.logger.debug("\(timing.step.rawValue): \(timing.seconds) s") }
        if output.format == .json {
            console.printJSON(ForecastOutput(run, folder: destination, parts: why, account: accounts?.first, product: products?.first))
        } else if !output.quiet {
            for note in run.notes { console.printError(note, style: console.errorStyle) }
            console.print(ForecastText(run).text)
            if why {
                console.print(
                    forecastWhy(
                        run.package, forecast: run.forecast, segmentation: run.segmentation, accounts: accounts, products: products,
                        language: language ?? run.package.settings.language))
            }
            console.print("Forecast: \(destination)/forecast.csv")
        }
        return .done
    }

    private func position(of id: String, in ids: [String], what: String) throws -> Int {
        if let position = ids.firstIndex(of: id) { return position }
        throw CommandFailure(
            status: .badUsage, message: "The package has no \(what) \"\(id)\".", advice: "The ids are those of \(what)s.csv.")
    }

    private func forecastSeries(in file: String, horizon: Int, planner: Planner, console: Console) throws -> CommandStatus {
        let run = try withProgress(on: console) { progress in
            try planner.forecastSeries(
                inFileAt: file, horizon: horizon, season: season, quantiles: quantiles?.values ?? [0.1, 0.5, 0.9], progress: progress)
        }
        if let out {
            do {
                try Data(run.csv.utf8).write(to: URL(fileURLWithPath: out), options: .atomic)
            } catch {
                throw CommandFailure(
                    status: .badUsage, message: "\(out) could not be written: \(reason(of: error)).",
                    advice: "Name a file in a folder that exists.")
            }
        }
        if output.format == .json {
            console.printJSON(SeriesOutput(run, file: out))
            return .done
        }
        if !output.quiet {
            for note in run.notes { console.printError(note, style: console.errorStyle) }
        }
        if let out {
            say("Wrote \(counted(run.forecasts.count, "forecast")) to \(out).", on: console)
        } else {
            console.print(run.csv)
        }
        return .done
    }
}

/// Probabilities as an option takes them: `0.1,0.5,0.9`.
struct ProbabilityList: ExpressibleByArgument {
    var values: [Double]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        let values = parts.compactMap { $0 }
        guard !parts.isEmpty, values.count == parts.count, values.allSatisfy({ $0 > 0 && $0 < 1 }), Set(values).count == values.count else {
            return nil
        }
        self.values = values
    }
}

/// What a planner wants to know about forecasts at a glance.
private struct ForecastText {
    var text: String

    init(_ run: ForecastRun) {
        let package = run.package
        var lines = [
            "\(counted(run.demand.pairs.count, "pair")) of account and product, \(counted(package.horizon.count, package.horizon.unit.rawValue)) from \(package.horizon.start)."
        ]
        let forecast = run.demand.forecast.values.reduce(0, +)
        let ordered = run.demand.ordered.values.reduce(0, +)
        let planned = run.demand.quantity.values.reduce(0, +)
        lines.append(
            "Forecast \(whole(forecast)) units; ordered \(whole(ordered)); planned for \(whole(planned)) after orders consumed forecast.")
        for kind in ForecastNoteKind.allCases {
            let notes = run.forecast.notes.filter { $0.kind == kind }
            guard !notes.isEmpty else { continue }
            lines.append("\(Self.heading(kind)):")
            for note in notes.prefix(10) {
                let buckets = note.buckets.prefix(6).map { package.horizon.firstDay(of: $0).description }.joined(separator: ", ")
                let more = note.buckets.count > 6 ? ", …" : ""
                let nearest = note.nearest.map { " (most like it: \(package.products[$0].id))" } ?? ""
                lines.append(
                    "  \(package.accounts[note.account].id), \(package.products[note.product].id)\(nearest)\(buckets.isEmpty ? "" : ": \(buckets)\(more)")"
                )
            }
            if notes.count > 10 { lines.append("  and \(notes.count - 10) more") }
        }
        text = lines.joined(separator: "\n")
    }

    private static func heading(_ kind: ForecastNoteKind) -> String {
        switch kind {
        case .stockOutCorrected: "Demand hidden by a stock-out was estimated in"
        case .newProductWithoutAnalogue:
            "New, without history and analogue, so the forecast is 0; name an analogue in products.csv or add rows to demand.csv"
        case .fromAnalogue: "New, forecast from its analogue"
        case .allZero: "Never sold"
        case .outlierCorrected: "Far from their surroundings without a reason, and therefore left out, were"
        case .returnsCleared: "More came back than was sold, so demand was taken as 0, in"
        case .listingEnded: "Not sold for long, so the forecast is 0; not sold since"
        case .missingBuckets: "Nothing is known of the last buckets"
        case .fromSellIn: "No sell-out is reported; deliveries less the change of stock stand for it"
        case .fromFamily: "Too new to have shown a season; its family's was taken"
        case .fromAttributes: "Too new to have shown a season; that of the products most like it was taken"
        case .levelShift: "Sold at another level for good, and therefore brought to it before, from"
        }
    }
}

/// A whole number with thousands separated.
private func whole(_ value: Double) -> String {
    let digits = NumberText.shortest(value.rounded())
    var text = ""
    for (index, digit) in digits.reversed().enumerated() {
        if index > 0 && index % 3 == 0 && digit != "-" { text.append(",") }
        text.append(digit)
    }
    return String(text.reversed())
}

private struct ForecastOutput: Encodable {
    struct NoteOutput: Encodable {
        var account: String
        var product: String
        var kind: String
        var buckets: [String]
        /// The product most like it, where the note names one.
        var nearest: String?
    }

    var folder: String
    var pairs: Int
    /// Units over the horizon.
    var forecast: Double
    var ordered: Double
    var planned: Double
    /// How many pairs each model forecasts.
    var models: [String: Int]
    var notes: [NoteOutput]
    var findings: [FindingOutput]
    /// With --why: every forecast and the parts that add up to it.
    var parts: [PartsOutput]?

    struct PartsOutput: Encodable {
        var bucket: String
        var account: String
        var product: String
        var quantity: Double
        var level: Double
        var season: Double
        var events: Double
        var price: Double
        var tradingDays: Double
        var reconciliation: Double
        var override: Double
    }

    init(_ run: ForecastRun, folder: String, parts wantsParts: Bool, account: Int?, product: Int?) {
        if wantsParts {
            parts = run.forecast.rows.filter { account ?? $0.account == $0.account && product ?? $0.product == $0.product }.map { row in
                PartsOutput(
                    bucket: run.package.horizon.firstDay(of: row.bucket).description, account: run.package.accounts[row.account].id,
                    product: run.package.products[row.product].id, quantity: row.quantity, level: row.parts.level, season: row.parts.season,
                    events: row.parts.events, price: row.parts.price, tradingDays: row.parts.tradingDays,
                    reconciliation: row.parts.reconciliation, override: row.parts.override
                )
            }
        }
        self.folder = folder
        pairs = run.demand.pairs.count
        forecast = run.demand.forecast.values.reduce(0, +)
        ordered = run.demand.ordered.values.reduce(0, +)
        planned = run.demand.quantity.values.reduce(0, +)
        var firstRows: [Pair: String] = [:]
        for row in run.forecast.rows where firstRows[Pair(account: row.account, product: row.product)] == nil {
            firstRows[Pair(account: row.account, product: row.product)] = row.model
        }
        models = firstRows.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        notes = run.forecast.notes.map { note in
            NoteOutput(
                account: run.package.accounts[note.account].id, product: run.package.products[note.product].id, kind: note.kind.rawValue,
                buckets: note.buckets.map { run.package.horizon.firstDay(of: $0).description },
                nearest: note.nearest.map { run.package.products[$0].id })
        }
        findings = run.notes.map(FindingOutput.init)
    }
}

private struct SeriesOutput: Encodable {
    struct Entry: Encodable {
        var id: String
        var model: String
        var ds: [String]
        var mean: [Double]
        /// Shape [H][Q].
        var quantiles: [[Double]]
    }

    var file: String?
    var quantiles: [Double]
    var forecasts: [Entry]
    var findings: [FindingOutput]

    init(_ run: SeriesRun, file: String?) {
        self.file = file
        quantiles = run.quantiles
        forecasts = run.forecasts.map {
            Entry(
                id: $0.id, model: $0.forecast.model, ds: $0.labels.map(\.description), mean: $0.forecast.mean,
                quantiles: $0.forecast.quantiles)
        }
        findings = run.notes.map(FindingOutput.init)
    }
}
