import CZip
import Foundation
import PlanData
import Testing

@testable import Workbooks

/// A folder of the test's own, gone with the value.
final class WorkFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func appending(_ name: String) -> String { path + "/" + name }
}

/// Parts of a workbook as other programs write them.
struct RawWorkbook {
    /// Sheets: name and XML of the rows.
    var sheets: [(name: String, rows: String)]
    /// XML of the shared texts (`<si>…</si>`).
    var texts = ""
    /// Format codes of the styles 1, 2, …; style 0 is General.
    var formats: [String] = []
    var properties = ""
    var prefix = ""

    func write(to path: String) throws {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let package = "http://schemas.openxmlformats.org/package/2006/relationships"
        var parts: [(String, String)] = [
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
            (
                "_rels/.rels",
                "<Relationships xmlns=\"\(package)\"><Relationship Id=\"r1\" Type=\"\(relations)/officeDocument\" Target=\"/xl/workbook.xml\"/></Relationships>"
            ),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"\(main)\" xmlns:r=\"\(relations)\"><workbookPr \(properties)/><sheets>"
                    + sheets.enumerated().map { "<sheet name=\"\($1.name)\" sheetId=\"\($0 + 1)\" r:id=\"s\($0)\"/>" }.joined()
                    + "</sheets></workbook>"
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"\(package)\">"
                    + sheets.indices.map {
                        "<Relationship Id=\"s\($0)\" Type=\"\(relations)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>"
                    }.joined()
                    + "<Relationship Id=\"t\" Type=\"\(relations)/sharedStrings\" Target=\"../xl/sharedStrings.xml\"/>"
                    + "<Relationship Id=\"f\" Type=\"\(relations)/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
            ("xl/sharedStrings.xml", "<sst xmlns=\"\(main)\">\(texts)</sst>"),
            (
                "xl/styles.xml",
                "<styleSheet xmlns=\"\(main)\"><numFmts>"
                    + formats.enumerated().map { "<numFmt numFmtId=\"\(164 + $0)\" formatCode=\"\($1)\"/>" }.joined()
                    + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
                    + formats.indices.map { "<xf numFmtId=\"\(164 + $0)\"/>" }.joined() + "</cellXfs></styleSheet>"
            ),
        ]
        for (number, sheet) in sheets.enumerated() {
            let name = prefix.isEmpty ? "" : ":" + prefix
            parts.append(
                (
                    "xl/worksheets/sheet\(number).xml",
                    "<\(prefix.isEmpty ? "" : prefix + ":")worksheet xmlns\(name)=\"\(main)\">\(sheet.rows)</\(prefix.isEmpty ? "" : prefix + ":")worksheet>"
                ))
        }
        try RawWorkbook.zip(parts, to: path)
    }

    static func zip(_ parts: [(name: String, contents: String)], to path: String) throws {
        let archive = try #require(zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, nil))
        for (name, contents) in parts {
            let bytes = Array(contents.utf8)
            // The archive frees the buffer.
            let buffer = try #require(malloc(max(1, bytes.count)))
            buffer.copyMemory(from: bytes, byteCount: bytes.count)
            let source = try #require(zip_source_buffer(archive, buffer, zip_uint64_t(bytes.count), 1))
            #expect(zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8)) >= 0)
        }
        #expect(zip_close(archive) == 0)
    }
}

/// All rows of a sheet.
func sheetRows(of workbook: XLSXWorkbook, sheet: Int = 0) throws -> [Int: [SheetCell]] {
    var rows: [Int: [SheetCell]] = [:]
    try workbook.readSheet(at: sheet) { rows[$0] = $1 }
    return rows
}
