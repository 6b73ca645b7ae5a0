import PlanModel

/// Where the fields of a table stand in a file.
struct HeaderMapping {
    /// Header texts as the file has them, trimmed.
    let headers: [String]
    /// Position of each of the schema's fields; -1 = not in the file.
    let positions: [Int]

    /// Finds each field: by the header named in plan.toml, else by the field's own name, else by a Chinese name.
    ///
    /// Unknown columns give notes, missing or doubled ones errors.
    init(
        headers: [String], schema: TableSchema, columnNames: [String: String], isOurs: Bool = false, collector: FindingCollector
    ) {
        self.headers = headers
        let file = schema.fileName
        let normalized = headers.map(normalizedHeader)
        var positionOfHeader: [String: Int] = [:]
        for (position, header) in normalized.enumerated() where !header.isEmpty {
            if let first = positionOfHeader[header] {
                collector.error(
                    file, line: 1, column: headers[position], value: headers[position],
                    Bilingual("columns \(first + 1) and \(position + 1) have the same header", "第 \(first + 1) 列和第 \(position + 1) 列的列名相同"),
                    advice: Bilingual("Rename or delete one of them.", "请为其中一列改名，或将其删除。"))
            } else {
                positionOfHeader[header] = position
            }
        }
        var positions = [Int](repeating: -1, count: schema.fields.count)
        var fieldAt: [Int: Int] = [:]
        for (number, field) in schema.fields.enumerated() {
            guard let wanted = columnNames[field.name] else { continue }
            if let position = positionOfHeader[normalizedHeader(wanted)] {
                if let other = fieldAt[position] {
                    collector.error(
                        SettingsReader.fileName, column: "columns.\(schema.name).\(field.name)", value: wanted,
                        Bilingual(
                            "the header \"\(shortened(wanted))\" is already given to \(schema.fields[other].name)",
                            "列名“\(shortened(wanted))”已用于 \(schema.fields[other].name)"),
                        advice: Bilingual("Give each field a header of its own.", "请为每个字段指定各自的列名。"))
                } else {
                    positions[number] = position
                    fieldAt[position] = number
                }
            } else {
                let near = nearestName(to: wanted, among: headers)
                collector.error(
                    file, line: 1, column: field.name, value: wanted,
                    Bilingual(
                        "plan.toml looks for \(field.name) under the header \"\(shortened(wanted))\", which the file does not have",
                        "plan.toml 指定 \(field.name) 的列名为“\(shortened(wanted))”，该文件中没有")
                        + didYouMean(near),
                    advice: Bilingual(
                        "Correct [columns.\(schema.name)] in plan.toml, or the header.", "请改正 plan.toml 中的 [columns.\(schema.name)]，或改正列名。")
                )
                positions[number] = -2
            }
        }
        for (number, field) in schema.fields.enumerated() where positions[number] == -1 {
            if let position = positionOfHeader[field.name], fieldAt[position] == nil {
                positions[number] = position
                fieldAt[position] = number
            }
        }
        // Chinese names after all exact ones; an unmapped header in brackets "数量(箱)" counts by what stands before the bracket.
        let bare = Dictionary(
            normalized.enumerated().map { (withoutBracket($1), $0) }.filter { !$0.0.isEmpty }, uniquingKeysWith: { first, _ in first })
        for (number, field) in schema.fields.enumerated() where positions[number] == -1 {
            for name in field.chineseNames {
                guard let position = positionOfHeader[name] ?? bare[name], fieldAt[position] == nil else { continue }
                positions[number] = position
                fieldAt[position] = number
                break
            }
        }
        for (position, header) in headers.enumerated() where fieldAt[position] == nil && !isOurs {
            if header.isEmpty { continue }
            let candidates = schema.fields.enumerated().filter { positions[$0.offset] < 0 }.map { $0.element.name }
            let near = nearestName(to: header, among: candidates)
            let doubled = schema.fields.enumerated().first { number, field in
                positions[number] >= 0 && field.chineseNames.contains(withoutBracket(normalized[position]))
            }
            let reason =
                doubled.map {
                    let (name, source) = ($0.element.name, headers[positions[$0.offset]])
                    return Bilingual(" (\(name) is read from \"\(source)\")", "（\(name) 读自“\(source)”列）")
                } ?? didYouMean(near)
            collector.note(
                file, line: 1, column: shortened(header), Bilingual("this column is not used", "此列未使用") + reason,
                advice: Bilingual(
                    "To use it, rename it or name it under [columns.\(schema.name)] in plan.toml.",
                    "如需使用，请改列名，或在 plan.toml 的 [columns.\(schema.name)] 中指定。"))
        }
        for (number, field) in schema.fields.enumerated() where field.isRequired && positions[number] == -1 {
            collector.error(
                file, line: 1, column: field.name,
                Bilingual(
                    "the column \(field.name) is missing; it holds: \(field.meaning)",
                    "缺少 \(field.name) 列，其内容为：\(field.meaning(in: .chinese, table: schema.name))"),
                advice: Bilingual(
                    "Add the column, or name its header in plan.toml: [columns.\(schema.name)] \(field.name) = \"…\". ",
                    "请补上该列，或在 plan.toml 的 [columns.\(schema.name)] 中写明列名：\(field.name) = \"…\"。")
                    + Bilingual("The file has: \(listed(headers)).", "该文件现有各列：\(listed(headers, separator: "、"))。"))
        }
        self.positions = positions.map { max($0, -1) }
    }

    /// How many headers a table would recognise, to tell which separator a file uses.
    static func recognised(_ headers: [String], schema: TableSchema, columnNames: [String: String]) -> Int {
        var known = Set(columnNames.values.map(normalizedHeader))
        for field in schema.fields {
            known.insert(field.name)
            known.formUnion(field.chineseNames)
        }
        return headers.filter { known.contains(normalizedHeader($0)) || known.contains(withoutBracket(normalizedHeader($0))) }.count
    }
}

/// Up to a dozen names for a message.
func listed(_ names: [String], separator: String = ", ") -> String {
    let shown = names.prefix(12).map(shortened).joined(separator: separator)
    return names.count > 12 ? shown + separator + "…" : shown
}

/// Lower case, blanks trimmed, inner blanks and hyphens as underscores ("Lead Time" is lead_time), full-width brackets as plain ones.
func normalizedHeader(_ header: String) -> String {
    var result = ""
    for character in trimmed(header).lowercased() {
        switch character {
        case "（": result.append("(")
        case "）": result.append(")")
        case " ", "-", "\u{3000}": result.append("_")
        default: result.append(character)
        }
    }
    return result
}

func withoutBracket(_ header: String) -> String {
    guard let bracket = header.firstIndex(of: "("), bracket > header.startIndex else { return header }
    var name = header[..<bracket]
    while name.last == "_" { name.removeLast() }
    return String(name)
}

/// A text without blanks, tabs, no-break and ideographic spaces at its ends.
func trimmed(_ text: some StringProtocol) -> String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\u{A0}" || $0 == "\u{3000}" || $0 == "\u{FEFF}" }
    var scalars = Substring(text).unicodeScalars
    while let first = scalars.first, isBlank(first) { scalars.removeFirst() }
    while let last = scalars.last, isBlank(last) { scalars.removeLast() }
    return String(scalars)
}
