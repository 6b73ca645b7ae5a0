import Foundation
import PlanModel

/// Why no descriptor can be made.
public enum DescriptorError: BilingualError, Hashable {
    case notAFolder(String)

    public var wording: Bilingual {
        switch self {
        case .notAFolder(let path):
            Bilingual(
                "\(path) is no folder that can be read.\nGive the folder that holds the tables.", "无法读取文件夹 \(path)。\n请指定存放各表的文件夹。")
        }
    }
}

/// `datapackage.json` for a package: every table that is there, with its fields, types, keys and references.
///
/// Follows the Data Package and Table Schema specifications of Frictionless Data (specs.frictionlessdata.io, version 1). The header each
/// field has in the file stands as its `name`; where that is not the name in tables.md, this is its `title`.
///
/// - Throws: ``DescriptorError`` when there is no such folder. Tables that cannot be read are left out.
public func descriptor(forPackageAt folder: String) throws -> String {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { throw DescriptorError.notAFolder(folder) }
    let files = Set(names)
    let collector = FindingCollector()
    var columnNames: [String: [String: String]] = [:]
    if files.contains(SettingsReader.fileName),
        let file = try? InputFile(path: folder + "/" + SettingsReader.fileName, name: SettingsReader.fileName)
    {
        columnNames = file.withBytes { SettingsReader.read($0, collector: collector).columnNames }
    }
    // Headers of every table first: references name the headers of other tables.
    var found: [(schema: TableSchema, table: TableReader.Dialect, headers: [(header: String, field: TableField?)])] = []
    for schema in TableSchema.all where files.contains(schema.fileName) {
        guard let file = try? InputFile(path: folder + "/" + schema.fileName, name: schema.fileName) else { continue }
        file.withBytes { bytes in
            guard let table = TableReader(bytes: bytes, schema: schema, columnNames: columnNames[schema.name] ?? [:], collector: collector)
            else { return }
            found.append((schema, table.dialect, table.headers))
        }
    }
    let headerOf: (String, String) -> String? = { table, field in
        found.first { $0.schema.name == table }?.headers.first { $0.field?.name == field }?.header
    }
    let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent.lowercased()
    let slug = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
    var text = "{\n  \"profile\": \"tabular-data-package\",\n  \"name\": \(jsonText(slug.isEmpty ? "package" : slug)),\n  \"resources\": ["
    text += found.map { resourceText($0.schema, $0.table, $0.headers, headerOf: headerOf) }.joined(separator: ",")
    return text + (found.isEmpty ? "]\n}\n" : "\n  ]\n}\n")
}

private func resourceText(
    _ schema: TableSchema, _ dialect: TableReader.Dialect, _ headers: [(header: String, field: TableField?)],
    headerOf: (String, String) -> String?
) -> String {
    var text =
        "\n    {\n      \"profile\": \"tabular-data-resource\",\n      \"name\": \(jsonText(schema.name.replacingOccurrences(of: "_", with: "-"))),"
    text += "\n      \"title\": \(jsonText(schema.title)),\n      \"path\": \(jsonText(schema.fileName)),\n      \"format\": \"csv\","
    text += "\n      \"encoding\": \(jsonText(dialect.encodingName)),"
    text += "\n      \"dialect\": {\"delimiter\": \(jsonText(dialect.separator))},\n      \"schema\": {\n        \"fields\": ["
    text += headers.map { header, field in "\n          " + fieldText(header, field) }.joined(separator: ",")
    text += "\n        ]"
    let key = schema.key.compactMap { name in headers.first { $0.field?.name == name }?.header }
    // A primary key may have no blank cells, so optional columns keep a table from having one.
    if !schema.key.isEmpty, key.count == schema.key.count, schema.key.allSatisfy({ schema.field($0)?.isRequired ?? false }) {
        text += ",\n        \"primaryKey\": [\(key.map(jsonText).joined(separator: ", "))]"
    }
    let references = headers.compactMap { header, field -> String? in
        guard let field, case .id(of: let target?) = field.kind, let other = TableSchema.named(target), let key = other.key.first,
            let otherHeader = headerOf(target, key)
        else { return nil }
        let resource = target == schema.name ? "" : target.replacingOccurrences(of: "_", with: "-")
        return
            "\n          {\"fields\": \(jsonText(header)), \"reference\": {\"resource\": \(jsonText(resource)), \"fields\": \(jsonText(otherHeader))}}"
    }
    if !references.isEmpty { text += ",\n        \"foreignKeys\": [\(references.joined(separator: ","))\n        ]" }
    return text + ",\n        \"missingValues\": [\"\"]\n      }\n    }"
}

private func fieldText(_ header: String, _ field: TableField?) -> String {
    guard let field else { return "{\"name\": \(jsonText(header)), \"type\": \"string\", \"description\": \"not used\"}" }
    var constraints: [String] = field.isRequired ? ["\"required\": true"] : []
    let type: String
    switch field.kind {
    case .id, .text: type = "string"
    case .date: type = "date"
    case .number(let range):
        type = "number"
        if range != .any { constraints.append("\"minimum\": 0") }
    case .integer(let least):
        type = "integer"
        constraints.append("\"minimum\": \(least)")
    case .choice(let words):
        type = "string"
        constraints.append("\"enum\": [\(words.map(jsonText).joined(separator: ", "))]")
    }
    var text = "{\"name\": \(jsonText(header)), \"type\": \(jsonText(type))"
    if header != field.name { text += ", \"title\": \(jsonText(field.name))" }
    text += ", \"description\": \(jsonText(field.meaning))"
    if !constraints.isEmpty { text += ", \"constraints\": {\(constraints.joined(separator: ", "))}" }
    return text + "}"
}
