import Foundation
import PlanModel

/// Reads the tables of a plan folder that tell about the plan: forecast, shortages, resources, key figures. None of them has to be there.
final class PlanStatementReader {
    /// In the order of tables.md.
    static let files =
        ["certificate.json", "forecast.csv", "forecast_totals.csv", "shortages.csv", "resources.csv", "kpis.json"]
        + Department.allCases.map { "\($0.fileStem).csv" }

    let folder: String
    let package: DataPackage
    private let collector: FindingCollector

    init(folder: String, package: DataPackage, collector: FindingCollector) {
        self.folder = folder
        self.package = package
        self.collector = collector
    }

    // MARK: Tables

    /// Reads a table; false where it is missing or cannot be read. `row` is called for each record.
    ///
    /// - Parameter isExpected: Whether a missing table is worth a note.
    func read(_ schema: TableSchema, isExpected: Bool = true, row: (TableReader) -> Void) -> Bool {
        do throws(InputFile.OpenFailure) {
            let file = try InputFile(path: folder + "/" + schema.fileName, name: schema.fileName)
            return file.withBytes { bytes in
                guard let table = TableReader(bytes: bytes, schema: schema, columnNames: [:], isOurs: true, collector: collector) else {
                    return false
                }
                while table.next() { row(table) }
                return true
            }
        } catch {
            if case .missing = error {
                guard isExpected else { return false }
                collector.note(
                    schema.fileName, Bilingual("the plan has no \(schema.fileName)", "该计划没有 \(schema.fileName)"),
                    advice: Bilingual("What it would hold (\(schema.title)) is not checked.", "其内容（\(schema.title(in: .chinese))）未经校验。"))
            } else {
                error.report(file: schema.fileName, to: collector)
            }
            return false
        }
    }

    func schema(_ name: String, _ title: Bilingual, _ columns: [(name: String, kind: FieldKind, isRequired: Bool)]) -> TableSchema {
        TableSchema(
            name: name, title: title, key: [],
            fields: columns.map { TableField($0.name, $0.kind, required: $0.isRequired, TableField.ownMeaning.english, []) })
    }

    func index(_ noun: Bilingual, _ ids: [String]) -> IdIndex {
        IdIndex(noun: noun, file: Bilingual("the package", "数据包"), ids: ids, isComplete: true)
    }

    /// Bucket of a date inside the horizon.
    func bucket(_ table: TableReader, _ name: String) -> Int? {
        let column = table.column(name)
        guard let date = table.date(column) else { return nil }
        let bucket = package.horizon.bucket(of: date)
        guard package.horizon.buckets.contains(bucket) else {
            table.reject(
                column, value: date.description, Bilingual("\(date) lies outside the horizon of the package", "\(date) 不在数据包的计划期内"),
                advice: Bilingual("Check that the plan belongs to this package.", "请确认该计划是由这个数据包做出的。"))
            return nil
        }
        return bucket
    }

    func forecast() -> [ForecastRow]? {
        let names = package.settings.forecast.quantiles.map(PlanTable.quantileName)
        let schema = schema(
            "forecast", Bilingual("the forecast", "预测"),
            [("bucket", .date, true), ("account", .id(of: "accounts"), true), ("product", .id(of: "products"), true)]
                + [("quantity", .number(.any), true), ("override", .number(.any), false)]
                + names.map { ($0, .number(.any), false) })
        let accounts = index(.account, package.accounts.map(\.id))
        let products = index(.product, package.products.map(\.id))
        var rows: [ForecastRow] = []
        let isThere = read(schema) { table in
            let bucket = bucket(table, "bucket")
            let account = table.reference(table.column("account"), to: accounts)
            let product = table.reference(table.column("product"), to: products)
            let quantity = table.number(table.column("quantity"))
            let override = table.number(table.column("override"))
            let quantiles = names.compactMap { table.number(table.column($0)) }
            guard table.isSound, let bucket, let account, let product, let quantity else { return }
            rows.append(
                ForecastRow(
                    bucket: bucket, account: account, product: product, quantity: quantity, quantiles: quantiles, model: "",
                    statistical: quantity, override: override))
        }
        return isThere ? rows : nil
    }

    /// Plans of earlier versions have no such table.
    func forecastTotals() -> [ForecastTotal]? {
        let names = package.settings.forecast.quantiles.map(PlanTable.quantileName)
        let schema = schema(
            "forecast_totals", Bilingual("the forecast of the season's sums", "整季合计预测"),
            [("account", .id(of: "accounts"), true), ("product", .id(of: "products"), true), ("quantity", .number(.any), true)]
                + names.map { ($0, .number(.any), true) })
        let accounts = index(.account, package.accounts.map(\.id))
        let products = index(.product, package.products.map(\.id))
        var totals: [ForecastTotal] = []
        let isThere = read(schema, isExpected: false) { table in
            let account = table.reference(table.column("account"), to: accounts)
            let product = table.reference(table.column("product"), to: products)
            let quantity = table.number(table.column("quantity"))
            let quantiles = names.compactMap { table.number(table.column($0)) }
            guard table.isSound, let account, let product, let quantity else { return }
            totals.append(ForecastTotal(account: account, product: product, quantity: quantity, quantiles: quantiles))
        }
        return isThere ? totals : nil
    }

    func shortages() -> [ShortageRow]? {
        let schema = schema(
            "shortages", Bilingual("the causes of shortages", "缺货原因"),
            [("bucket", .date, true), ("account", .id(of: "accounts"), true), ("product", .id(of: "products"), true)]
                + [("lost", .number(.any), true), ("reason", .choice(ShortageReason.allCases.map(\.rawValue)), true)]
                + [("resource", .text, false), ("resource_bucket", .date, false), ("taken_by", .text, false)])
        let accounts = index(.account, package.accounts.map(\.id))
        let products = index(.product, package.products.map(\.id))
        var rows: [ShortageRow] = []
        let isThere = read(schema) { table in
            let bucket = bucket(table, "bucket")
            let account = table.reference(table.column("account"), to: accounts)
            let product = table.reference(table.column("product"), to: products)
            let lost = table.number(table.column("lost"))
            let reason = table.choice(table.column("reason"), as: ShortageReason.self)
            let resource = table.text(table.column("resource"))
            let resourceBucket = self.bucket(table, "resource_bucket")
            let takers = table.text(table.column("taken_by")).split(separator: "; ").compactMap { taker(String($0), accounts: accounts) }
            guard table.isSound, let bucket, let account, let product, let lost, let reason else { return }
            rows.append(
                ShortageRow(
                    bucket: bucket, account: account, product: product, lost: lost, reason: reason, resource: resource,
                    resourceBucket: resourceBucket, takenBy: takers))
        }
        return isThere ? rows : nil
    }

    /// `A01 (lost-sales, tier 1): 120`, as ``PlanFileWriter`` writes it; nil for anything else, which nobody has to understand.
    private func taker(_ text: String, accounts: IdIndex) -> Taker? {
        guard let open = text.range(of: " (", options: .backwards), let close = text.range(of: "): ", options: .backwards),
            open.upperBound <= close.lowerBound, let account = accounts[String(text[..<open.lowerBound])],
            let quantity = Double(text[close.upperBound...])
        else { return nil }
        let words = text[open.upperBound..<close.lowerBound].components(separatedBy: ", tier ")
        guard let aim = Aim(rawValue: words[0]) else { return nil }
        return Taker(account: account, rank: Rank(aim: aim, tier: words.count > 1 ? Int(words[1]) : nil), quantity: quantity)
    }

    func resources() -> [ResourceRow]? {
        let schema = schema(
            "resources", Bilingual("the use of the resources", "资源的使用情况"),
            [("bucket", .date, true), ("kind", .choice(ResourceKind.allCases.map(\.rawValue)), true), ("resource", .id(of: nil), true)]
                + [("site", .id(of: "sites"), false), ("capacity", .number(.any), true), ("used", .number(.any), true)]
                + [("shadow_price", .number(.any), false), ("rank", .choice(Aim.allCases.map(\.rawValue)), false)]
                + [("tier", .integer(least: 1), false)])
        let sites = index(.site, package.sites.map(\.id))
        let lines = index(.line, package.lines.map(\.id))
        let things: [ResourceKind: IdIndex] = [
            .hours: lines, .overtime: lines, .lane: index(.lane, package.lanes.map(\.id)), .pool: index(.pool, package.pools.map(\.id)),
            .storage: sites, .material: index(.material, package.materials), .accountStock: index(.account, package.accounts.map(\.id)),
        ]
        var rows: [ResourceRow] = []
        let isThere = read(schema) { table in
            let bucket = bucket(table, "bucket")
            let kind = table.choice(table.column("kind"), as: ResourceKind.self)
            let resource = table.id(table.column("resource"))
            let site = table.reference(table.column("site"), to: sites)
            let (capacity, used) = (table.number(table.column("capacity")), table.number(table.column("used")))
            let price = table.number(table.column("shadow_price")) ?? 0
            let aim = table.choice(table.column("rank"), as: Aim.self)
            let tier = table.integer(table.column("tier"), most: TableLimits.mostTiers)
            guard table.isSound, let bucket, let kind, let capacity, let used, let things = things[kind] else { return }
            guard let position = things[resource] else {
                table.rejectUnknown(table.column("resource"), id: resource, noun: things.noun, file: things.file, nearest: things.nearest)
                return
            }
            if kind == .material, site == nil {
                table.reject(
                    table.column("site"), value: "", Bilingual("the cell is blank", "单元格为空"),
                    advice: Bilingual("A material is that of a site.", "原料须写明地点。"))
                return
            }
            rows.append(
                ResourceRow(
                    bucket: bucket, kind: kind, resource: position, site: site, capacity: capacity, used: used, shadowPrice: price,
                    rank: aim.map { Rank(aim: $0, tier: tier) }))
        }
        return isThere ? rows : nil
    }

    // MARK: kpis.json

    func keyFigures() -> [String: Double]? {
        let name = "kpis.json"
        do throws(InputFile.OpenFailure) {
            let file = try InputFile(path: folder + "/" + name, name: name)
            let document: Any
            do {
                document = try file.withBytes { try JSONSerialization.jsonObject(with: Data($0)) }
            } catch {
                collector.error(
                    name, Bilingual("the file is no JSON", "该文件不符合 JSON 格式"), advice: Bilingual("Write the plan again.", "请重新制订计划。"))
                return nil
            }
            var figures: [String: Double] = [:]
            PlanStatementReader.gather(document, "", depth: 0, into: &figures)
            return figures
        } catch {
            if case .missing = error {
                collector.note(
                    name, Bilingual("the plan has no \(name)", "该计划没有 \(name)"),
                    advice: Bilingual("Its key figures are not checked.", "其主要指标未经校验。"))
            } else {
                error.report(file: name, to: collector)
            }
            return nil
        }
    }

    /// All numbers by their path. Entries of lists go by their rank and tier, account or tier, else by their position.
    private static func gather(_ value: Any, _ path: String, depth: Int, into figures: inout [String: Double]) {
        func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        // Deeper than any file of ours: whatever it is, it is not followed.
        guard depth < 8 else { return }
        if let members = value as? [String: Any] {
            for (name, member) in members { gather(member, inner(name), depth: depth + 1, into: &figures) }
        } else if let entries = value as? [Any] {
            for (position, entry) in entries.enumerated() {
                let members = entry as? [String: Any]
                let tier = (members?["tier"] as? NSNumber)?.intValue
                let name =
                    (members?["account"] as? String) ?? (members?["rank"] as? String).map { rank in tier.map { "\(rank)-\($0)" } ?? rank }
                    ?? tier.map(String.init) ?? String(position)
                gather(entry, inner(name), depth: depth + 1, into: &figures)
            }
        } else if let number = value as? NSNumber {
            figures[path] = number.doubleValue
        }
    }
}
