import PlanModel

/// The tables of the four department reports.
extension PlanTable {
    static let productionReport = ["bucket", "site", "line", "product", "made", "hours", "inputs"]
    static let developmentReport =
        ["bucket", "product", "status", "demand", "served", "lost", "backlog", "opening", "arriving", "made", "shipped", "expired"]
        + ["site_stock", "on_the_way", "account_stock", "inputs"]
    static let transportReport = ["bucket", "lane", "from", "to", "mode", "product", "moved", "arrives", "volume", "weight", "inputs"]
    static let marketingReport =
        ["bucket", "account", "tier", "product", "demand", "served", "lost", "backlog", "received", "expired", "stock", "inputs"]
}

/// SHA-256 of a package's input files together: of the lines `hash  name`, names rising bytewise, as `sha256sum` prints them.
///
/// Blank for a package that was not read from files.
public func inputsDigest(_ hashes: [String: String]) -> String {
    guard !hashes.isEmpty else { return "" }
    var sum = SHA256()
    for name in hashes.keys.sorted(by: isBytewiseLess) {
        Array("\(hashes[name] ?? "")  \(name)\n".utf8).withUnsafeBytes { sum.update($0) }
    }
    return sum.finalized()
}

/// What the rows of a department report carry of ``inputsDigest(_:)``: its first 16 digits (64 bits), since every row has them.
public func shortDigest(_ digest: String) -> String { String(digest.prefix(16)) }

/// The department reports as CSV files, by name.
public func departmentFiles(_ figures: DepartmentFigures, package: DataPackage) -> [(name: String, contents: String)] {
    let writer = DepartmentFileWriter(package: package)
    return Department.allCases.map { department in
        let contents =
            switch department {
            case .production: writer.production(figures.production)
            case .development: writer.development(figures.products)
            case .transport: writer.transport(figures.transport)
            case .marketing: writer.marketing(figures.marketing)
            }
        return ("\(department.fileStem).csv", String(decoding: contents, as: UTF8.self))
    }
}

private struct DepartmentFileWriter {
    let package: DataPackage
    private let days: [String]
    private let inputs: String

    init(package: DataPackage) {
        self.package = package
        days = package.horizon.buckets.map { package.horizon.firstDay(of: $0).description }
        inputs = shortDigest(inputsDigest(package.inputHashes))
    }

    func production(_ rows: [ProductionFigure]) -> [UInt8] {
        var text = CSVText(header: PlanTable.productionReport)
        for row in rows {
            text.add(days[row.bucket])
            text.add(package.sites[package.lines[row.line].site].id)
            text.add(package.lines[row.line].id)
            text.add(package.products[row.product].id)
            text.add(row.made)
            text.add(row.hours)
            text.add(inputs)
            text.endRow()
        }
        return text.bytes
    }

    func development(_ rows: [ProductFigure]) -> [UInt8] {
        var text = CSVText(header: PlanTable.developmentReport)
        for row in rows {
            text.add(days[row.bucket])
            text.add(package.products[row.product].id)
            text.add(row.status.rawValue)
            for number in row.numbers { text.add(number) }
            text.add(inputs)
            text.endRow()
        }
        return text.bytes
    }

    func transport(_ rows: [TransportFigure]) -> [UInt8] {
        var text = CSVText(header: PlanTable.transportReport)
        for row in rows {
            let lane = package.lanes[row.lane]
            let product = package.products[row.product]
            text.add(days[row.bucket])
            text.add(lane.id)
            text.add(package.sites[lane.from].id)
            switch lane.to {
            case .site(let site): text.add(package.sites[site].id)
            case .account(let account): text.add(package.accounts[account].id)
            }
            text.add(lane.mode)
            text.add(product.id)
            text.add(row.moved)
            text.add(package.horizon.firstDay(of: row.arrives).description)
            text.add(sized(row.moved * product.volume))
            text.add(sized(row.moved * product.weight))
            text.add(inputs)
            text.endRow()
        }
        return text.bytes
    }

    /// To a millionth: products of decimals carry digits that nobody means.
    private func sized(_ value: Double) -> Double {
        let scaled = value * 1e6
        return scaled.magnitude < 9e15 ? scaled.rounded() / 1e6 : value
    }

    func marketing(_ rows: [MarketingFigure]) -> [UInt8] {
        var text = CSVText(header: PlanTable.marketingReport)
        for row in rows {
            text.add(days[row.bucket])
            text.add(package.accounts[row.account].id)
            text.add(row.tier)
            text.add(package.products[row.product].id)
            for number in row.numbers { text.add(number) }
            text.add(inputs)
            text.endRow()
        }
        return text.bytes
    }
}
