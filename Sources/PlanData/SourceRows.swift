import Foundation

/// Lines of a file as they stand in it, for showing what a finding is about.
public struct SourceRows: Sendable, Hashable {
    public struct Row: Sendable, Hashable {
        /// Counts from 1.
        public var line: Int
        /// One a column; a single one where the file is no table.
        public var cells: [String]
    }

    /// Empty where the file is no table.
    public var header: [String]
    public var rows: [Row]
}

/// Reads some lines of a package's file.
///
/// - Parameters:
///   - path: A table or plan.toml. It need not be sound: what cannot be decoded or split is shown as well as it can be.
///   - lines: Line numbers, from 1.
/// - Returns: nil where the file cannot be read.
public func sourceRows(ofFileAt path: String, lines: Set<Int>) -> SourceRows? {
    let name = URL(fileURLWithPath: path).lastPathComponent
    guard let last = lines.max(), let file = try? InputFile(path: path, name: name) else { return nil }
    return file.withBytes { bytes in
        guard name.hasSuffix(".csv"), case .text(let encoding, let start) = EncodingDetection.detect(bytes) else {
            return SourceRows(header: [], rows: rawLines(bytes, lines))
        }
        var best: (header: [String], separator: UInt8)?
        for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            var scanner = CSVScanner(bytes, from: start, separator: separator)
            guard (try? scanner.next()) == true else { continue }
            let cells = scanner.texts(encoding)
            if cells.count > best?.header.count ?? 0 { best = (cells, separator) }
        }
        guard let best else { return SourceRows(header: [], rows: rawLines(bytes, lines)) }
        var rows: [SourceRows.Row] = []
        var scanner = CSVScanner(bytes, from: start, separator: best.separator)
        while scanner.line <= last, (try? scanner.next()) == true {
            if lines.contains(scanner.line), scanner.line > 1 {
                rows.append(SourceRows.Row(line: scanner.line, cells: scanner.texts(encoding)))
            }
        }
        // What cannot be split into records is shown as it stands.
        let missing = lines.subtracting(rows.map(\.line)).subtracting([1])
        rows += rawLines(bytes, missing)
        return SourceRows(header: best.header, rows: rows.sorted { $0.line < $1.line })
    }
}

private func rawLines(_ bytes: UnsafeRawBufferPointer, _ lines: Set<Int>) -> [SourceRows.Row] {
    guard let last = lines.max() else { return [] }
    var rows: [SourceRows.Row] = []
    var (start, line) = (0, 1)
    while start < bytes.count, line <= last {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        if lines.contains(line) {
            let text = String(decoding: bytes[start..<min(end, start + 2000)], as: UTF8.self)
            rows.append(SourceRows.Row(line: line, cells: [text.hasSuffix("\r") ? String(text.dropLast()) : text]))
        }
        start = end + 1
        line += 1
    }
    return rows
}

extension CSVScanner {
    /// Texts of the current record's fields, each shortened to what a page can show.
    fileprivate func texts(_ encoding: TextEncoding) -> [String] {
        (0..<min(fieldCount, 60)).map { index in
            let field = self[index]
            let bytes = UnsafeRawBufferPointer(rebasing: bytes(of: field).prefix(2000))
            let text = encoding.text(bytes) ?? String(decoding: bytes, as: UTF8.self)
            return field.hasDoubledQuotes ? text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"") : text
        }
    }
}
