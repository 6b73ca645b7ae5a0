import Foundation
import PlanModel

// MARK: - The department reports, read back

extension PlanStatementReader {
    func departments() -> DepartmentTables {
        var tables = DepartmentTables()
        // A plan of another program, or of an earlier version, has none of them; that is nothing to note.
        let files = Department.allCases.map { "\(folder)/\($0.fileStem).csv" }
        guard files.contains(where: FileManager.default.fileExists(atPath:)) else { return tables }
        tables.production = productionReport(&tables)
        tables.products = developmentReport(&tables)
        tables.transport = transportReport(&tables)
        tables.marketing = marketingReport(&tables)
        return tables
    }

    private static let kinds: [String: FieldKind] = [
        "bucket": .date, "arrives": .date, "account": .id(of: "accounts"), "product": .id(of: "products"), "line": .id(of: "lines"),
        "lane": .id(of: "lanes"), "site": .text, "from": .text, "to": .text, "mode": .text, "tier": .integer(least: 1),
        "status": .choice(ProductStatus.allCases.map(\.rawValue)), "inputs": .text,
    ]

    /// Reads a report row by row, noting what its rows say of the inputs; nil where it is missing.
    private func readRows<Row>(
        _ department: Department, _ columns: [String], _ title: Bilingual, into tables: inout DepartmentTables, _ row: (TableReader) -> Row?
    ) -> [Row]? {
        let optional: Set = ["inputs", "mode"]
        let schema = schema(
            department.fileStem, title,
            columns.map { ($0, PlanStatementReader.kinds[$0] ?? .number(.any), !optional.contains($0)) })
        var found: [Row] = []
        var inputs = Set<String>()
        let isThere = read(schema) { table in
            guard let entry = row(table), table.isSound else { return }
            inputs.insert(table.text(table.column("inputs")))
            found.append(entry)
        }
        tables.inputs[department] = inputs.sorted()
        return isThere ? found : nil
    }

    /// Notes a column whose value the package decides.
    private func compare(
        _ found: String, _ expected: String, _ department: Department, _ table: TableReader, _ column: String, _ notes: inout [String]
    ) {
        if found != expected {
            notes.append("\(department.fileStem).csv:\(table.line): \(column) must be \"\(expected)\", not \"\(found)\"")
        }
    }

    private func productionReport(_ tables: inout DepartmentTables) -> [ProductionFigure]? {
        let lines = index(.line, package.lines.map(\.id))
        let products = index(.product, package.products.map(\.id))
        var notes: [String] = []
        let rows: [ProductionFigure]? = readRows(
            .production, PlanTable.productionReport, Bilingual("the report to production", "给生产部的报告"), into: &tables
        ) {
            table in
            let bucket = bucket(table, "bucket")
            let line = table.reference(table.column("line"), to: lines)
            let product = table.reference(table.column("product"), to: products)
            let (made, hours) = (table.number(table.column("made")), table.number(table.column("hours")))
            guard let bucket, let line, let product, let made, let hours else { return nil }
            compare(table.text(table.column("site")), package.sites[package.lines[line].site].id, .production, table, "site", &notes)
            return ProductionFigure(bucket: bucket, line: line, product: product, made: made, hours: hours)
        }
        tables.contradictions += notes
        return rows
    }

    private func developmentReport(_ tables: inout DepartmentTables) -> [ProductFigure]? {
        let products = index(.product, package.products.map(\.id))
        let names = PlanTable.developmentReport.filter { PlanStatementReader.kinds[$0] == nil }
        return readRows(.development, PlanTable.developmentReport, Bilingual("the report to product development", "给开发部的报告"), into: &tables)
        { table in
            let bucket = bucket(table, "bucket")
            let product = table.reference(table.column("product"), to: products)
            let status = table.choice(table.column("status"), as: ProductStatus.self)
            let values = names.compactMap { table.number(table.column($0)) }
            guard let bucket, let product, let status, values.count == names.count else { return nil }
            return ProductFigure(
                bucket: bucket, product: product, status: status, demand: values[0], served: values[1], lost: values[2], backlog: values[3],
                opening: values[4], arriving: values[5], made: values[6], shipped: values[7], expired: values[8], siteStock: values[9],
                onTheWay: values[10], accountStock: values[11])
        }
    }

    private func transportReport(_ tables: inout DepartmentTables) -> [TransportFigure]? {
        let lanes = index(.lane, package.lanes.map(\.id))
        let products = index(.product, package.products.map(\.id))
        var notes: [String] = []
        let rows: [TransportFigure]? = readRows(
            .transport, PlanTable.transportReport, Bilingual("the report to transport", "给运输部的报告"), into: &tables
        ) { table in
            let bucket = bucket(table, "bucket")
            let lane = table.reference(table.column("lane"), to: lanes)
            let product = table.reference(table.column("product"), to: products)
            let moved = table.number(table.column("moved"))
            let arrives = table.date(table.column("arrives")).map(package.horizon.bucket(of:))
            let (volume, weight) = (table.number(table.column("volume")), table.number(table.column("weight")))
            guard let bucket, let lane, let product, let moved, let arrives, let volume, let weight else { return nil }
            let to =
                switch package.lanes[lane].to {
                case .site(let site): package.sites[site].id
                case .account(let account): package.accounts[account].id
                }
            for (column, expected) in [
                ("from", package.sites[package.lanes[lane].from].id), ("to", to), ("mode", package.lanes[lane].mode),
            ] {
                compare(table.text(table.column(column)), expected, .transport, table, column, &notes)
            }
            for (column, found, size) in [
                ("volume", volume, package.products[product].volume), ("weight", weight, package.products[product].weight),
            ] where abs(found - moved * size) > 1e-6 * (1 + abs(found)) {
                notes.append("report-transport.csv:\(table.line): \(column) must be \(moved * size), not \(found)")
            }
            return TransportFigure(bucket: bucket, lane: lane, product: product, moved: moved, arrives: arrives)
        }
        tables.contradictions += notes
        return rows
    }

    private func marketingReport(_ tables: inout DepartmentTables) -> [MarketingFigure]? {
        let accounts = index(.account, package.accounts.map(\.id))
        let products = index(.product, package.products.map(\.id))
        let names = PlanTable.marketingReport.filter { PlanStatementReader.kinds[$0] == nil }
        return readRows(.marketing, PlanTable.marketingReport, Bilingual("the report to marketing", "给市场部的报告"), into: &tables) { table in
            let bucket = bucket(table, "bucket")
            let account = table.reference(table.column("account"), to: accounts)
            let product = table.reference(table.column("product"), to: products)
            let tier = table.integer(table.column("tier"), most: TableLimits.mostTiers)
            let values = names.compactMap { table.number(table.column($0)) }
            guard let bucket, let account, let product, let tier, values.count == names.count else { return nil }
            return MarketingFigure(
                bucket: bucket, account: account, product: product, tier: tier, demand: values[0], served: values[1], lost: values[2],
                backlog: values[3], received: values[4], expired: values[5], stock: values[6])
        }
    }
}
