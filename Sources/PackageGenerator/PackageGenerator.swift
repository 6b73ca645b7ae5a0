import PlanModel

/// A file of a generated package: its path inside the folder, and its bytes.
public struct GeneratedFile: Hashable, Sendable {
    public let name: String
    public let contents: [UInt8]

    public init(name: String, contents: [UInt8]) {
        self.name = name
        self.contents = contents
    }
}

/// Why generated files could not be written.
public enum GeneratorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The folder holds files already, which are not written over.
    case folderNotEmpty(path: String)
    /// A file stands where the folder should be.
    case notAFolder(path: String)
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .folderNotEmpty(let path):
            "\(path): the folder is not empty, and nothing in it is written over.\nName a new folder, or empty this one."
        case .notAFolder(let path): "\(path): a file stands where the folder should be.\nName another folder."
        case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)."
        }
    }
}

/// A realistic data package of the stated size: three years of weekly history before a season with one peak, capacities at 0.85 of its
/// mean.
///
/// The same size and seed give the same bytes on every machine. See docs/decisions/0005-generator.md for what is drawn and why.
public func generatePackage(size: PackageSize, seed: UInt64) -> [GeneratedFile] {
    Firm.complete(size: size, seed: seed, language: .english).files(style: .standard)
}

/// Writes the files of ``generatePackage(size:seed:)`` one by one, never holding a whole table in memory (XL has 14 million rows of sales).
///
/// - Parameter folder: A folder that does not exist or is empty.
/// - Throws: ``GeneratorError``.
public func writeGeneratedPackage(size: PackageSize, seed: UInt64, to folder: String) throws {
    let destination = try FolderWriter(emptyFolder: folder)
    var firm = Firm.complete(size: size, seed: seed, language: .english)
    try firm.write(style: .standard) { name in try destination.openFile(name) }
}

/// Writes files into a folder that does not exist or is empty.
///
/// - Throws: ``GeneratorError``.
public func writeGeneratedFiles(_ files: [GeneratedFile], to folder: String) throws {
    let destination = try FolderWriter(emptyFolder: folder)
    for file in files {
        let output = try destination.openFile(file.name)
        try output.write(file.contents)
        try output.close()
    }
}

/// How a package's tables look on disk.
struct TableStyle {
    var separator: UInt8
    /// The word in the header for a column of a table.
    var header: @Sendable (_ table: String, _ column: String) -> String

    static let standard = TableStyle(separator: UInt8(ascii: ","), header: { _, column in column })
}

/// Where the bytes of one file go.
protocol FileOutput {
    func write(_ bytes: [UInt8]) throws
    func close() throws
}

extension Firm {
    /// The firm of a size and seed with everything but its history, which is simulated while it is written.
    static func complete(size: PackageSize, seed: UInt64, language: NameLanguage) -> Firm {
        var firm = Firm(size: size, seed: seed, language: language)
        let demand = HorizonDemand(of: firm)
        let sourcing = Firm.sourcing(of: firm.package.accounts, size: size, seed: seed, language: language)
        firm.buildNetwork(size: size, demand: demand, sourcing: sourcing)
        firm.addCommitments(size: size, demand: demand, sourcing: sourcing)
        return firm
    }

    func files(style: TableStyle) -> [GeneratedFile] {
        let memory = MemoryOutput()
        var firm = self
        // Memory takes every byte: nothing here can throw.
        try? firm.write(style: style) { name in memory.openFile(name) }
        return memory.files.sorted { $0.name < $1.name }
    }

    /// Writes every file of the package, the history first: the accounts' opening stock is where it ends.
    mutating func write(style: TableStyle, open: (_ name: String) throws -> any FileOutput) throws {
        let columns = ["date", "account", "product", "quantity"]
        var outputs: [any FileOutput] = []
        func table(_ name: String, _ columns: [String]) throws -> TableWriter {
            let output = try open(name + ".csv")
            outputs.append(output)
            let writer = TableWriter(separator: style.separator, output: output.write)
            for column in columns { writer.text(style.header(name, column)) }
            try writer.endRow()
            return writer
        }
        let sales = try table("sales", columns)
        let shipments = try table("shipments", columns)
        let accountStock = try table("account_stock", columns)
        let closing = try writeHistory(sales: sales, shipments: shipments, accountStock: accountStock)
        for writer in [sales, shipments, accountStock] { try writer.flush() }
        for (pair, quantity) in zip(pairs, closing) where quantity > 0 {
            package.stock.append(StockRow(place: .account(pair.account), product: pair.product, quantity: quantity))
        }
        for entity in package.entityTables {
            let writer = try table(entity.name, entity.columns)
            try entity.rows(writer)
            try writer.flush()
        }
        let settings = try open("plan.toml")
        outputs.append(settings)
        try settings.write(Array(settingsText.utf8))
        for output in outputs { try output.close() }
    }
}
