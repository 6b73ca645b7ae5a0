import Foundation
import PlanModel

/// What an override says about a cell of the forecast.
public struct OverrideEntry: Hashable, Sendable, Codable {
    /// Product units, ≥ 0.
    public var quantity: Double
    public var author: String
    public var reason: String

    public init(quantity: Double, author: String, reason: String) {
        self.quantity = quantity
        self.author = author
        self.reason = reason
    }
}

/// Whose override it is: ids, and the first day of the bucket.
public struct OverrideCell: Hashable, Sendable, Codable {
    public var account: String
    public var product: String
    /// `YYYY-MM-DD`.
    public var bucket: String

    public init(account: String, product: String, bucket: CalendarDate) {
        self.account = account
        self.product = product
        self.bucket = bucket.description
    }
}

/// Why overrides.csv cannot be changed: what is wrong with it, with file and line.
public struct OverrideTableError: BilingualError {
    public var findings: [Finding]

    public var wording: Bilingual { findings.wording }
}

/// overrides.csv as it stands, to be changed a row at a time: every other row, its encoding, separator, line ends, headers and further columns stay.
package struct OverrideTable {
    /// nil = there is no such file.
    package let bytes: [UInt8]?
    private let horizon: Horizon
    private var rows: [(cell: OverrideCell, entry: OverrideEntry, record: Range<Int>)] = []
    private var separator = UInt8(ascii: ",")
    private var encoding = TextEncoding.utf8
    private var lineEnd = "\n"
    /// Field at each column; nil = a column of the file's own.
    private var columns: [String?] = ["bucket", "account", "product", "quantity", "author", "reason"]

    package static let fileName = TableSchema.overrides.fileName

    /// Reads the table.
    ///
    /// - Parameters:
    ///   - folder: The package; its plan.toml says how headers are called.
    ///   - horizon: Tells which days belong to one bucket.
    /// - Throws: ``OverrideTableError`` where the file cannot be read as this table.
    package init(inPackageAt folder: String, horizon: Horizon) throws(OverrideTableError) {
        self.horizon = horizon
        let schema = TableSchema.overrides
        let collector = FindingCollector()
        let path = folder + "/" + schema.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            bytes = nil
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            collector.error(
                schema.fileName, Bilingual("the file cannot be read", "无法读取该文件"),
                advice: Bilingual("Give yourself the right to read it.", "请取得读取权限。"))
            throw OverrideTableError(findings: collector.findings(fileOrder: []))
        }
        let bytes = Array(data)
        self.bytes = bytes
        let names = Self.columnNames(inPackageAt: folder, schema: schema)
        bytes.withUnsafeBytes { buffer in
            guard let table = TableReader(bytes: buffer, schema: schema, columnNames: names, collector: collector) else { return }
            encoding = table.textEncoding
            separator = table.dialect.separator.utf8.first ?? separator
            columns = table.headers.map { $0.field?.name }
            if buffer.firstIndex(of: 0x0A).map({ $0 > 0 && buffer[$0 - 1] == 0x0D }) == true { lineEnd = "\r\n" }
            let (bucket, account, product) = (table.column("bucket"), table.column("account"), table.column("product"))
            let (quantity, author, reason) = (table.column("quantity"), table.column("author"), table.column("reason"))
            while table.next() {
                guard let day = table.date(bucket) else { continue }
                let cell = OverrideCell(
                    account: table.text(account), product: table.text(product), bucket: horizon.firstDay(of: horizon.bucket(of: day)))
                let entry = OverrideEntry(
                    quantity: table.number(quantity) ?? 0, author: table.text(author), reason: table.text(reason))
                rows.append((cell, entry, table.recordRange))
            }
        }
        guard !collector.hasErrors else { throw OverrideTableError(findings: collector.findings(fileOrder: [])) }
    }

    private static func columnNames(inPackageAt folder: String, schema: TableSchema) -> [String: String] {
        guard let file = try? InputFile(path: folder + "/" + SettingsReader.fileName, name: SettingsReader.fileName) else { return [:] }
        return file.withBytes { SettingsReader.read($0, collector: FindingCollector()).columnNames[schema.name] ?? [:] }
    }

    /// What stands at a cell; nil = no override.
    package func entry(at cell: OverrideCell) -> OverrideEntry? { rows.first { $0.cell == cell }?.entry }

    /// Every override, in the order of the file.
    package var entries: [(cell: OverrideCell, entry: OverrideEntry)] { rows.map { ($0.cell, $0.entry) } }

    /// The file with one cell changed; nil as `entry` takes its row out.
    package func replacing(_ cell: OverrideCell, with entry: OverrideEntry?) -> [UInt8] {
        var result = bytes ?? header
        let written = entry.map { encoding.bytes(line(cell, $0)) } ?? []
        let places = rows.filter { $0.cell == cell }.map(\.record)
        if places.isEmpty {
            if written.isEmpty { return result }
            if let last = result.last, last != 0x0A { result += Array(lineEnd.utf8) }
            return result + written
        }
        // From the end, so that earlier places stay true; a cell that stands twice stands once afterwards.
        for (number, place) in places.enumerated().reversed() { result.replaceSubrange(place, with: number == 0 ? written : []) }
        return result
    }

    private var header: [UInt8] { Array((columns.compactMap { $0 }.joined(separator: ",") + lineEnd).utf8) }

    private func line(_ cell: OverrideCell, _ entry: OverrideEntry) -> String {
        let mark = String(UnicodeScalar(separator))
        return columns.map { name in
            switch name {
            case "bucket": cell.bucket
            case "account": quoted(cell.account)
            case "product": quoted(cell.product)
            case "quantity": quoted(NumberText.shortest(entry.quantity))
            case "author": quoted(entry.author)
            case "reason": quoted(entry.reason)
            default: ""
            }
        }.joined(separator: mark) + lineEnd
    }

    /// RFC 4180: quoted where a separator, a quote, a line end or a blank at the end stands in it.
    private func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 != separator && $0 != 0x22 && $0 != 0x0A && $0 != 0x0D } && text == trimmed(text)
        return isPlain ? text : "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
