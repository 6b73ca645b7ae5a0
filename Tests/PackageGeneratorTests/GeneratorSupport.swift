import Foundation
import PackageGenerator

/// Rows of a generated table by header word; the generator writes no quoted fields but in names.
struct Table {
    let header: [String]
    let rows: [[Substring]]

    init?(_ name: String, in files: [GeneratedFile]) {
        guard let file = files.first(where: { $0.name == name + ".csv" }) else { return nil }
        let lines = String(decoding: file.contents, as: UTF8.self).split(separator: "\n")
        guard let first = lines.first else { return nil }
        header = first.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    func column(_ name: String) -> [Substring] {
        guard let index = header.firstIndex(of: name) else { return [] }
        return rows.map { $0[index] }
    }

    func numbers(_ name: String) -> [Double] { column(name).map { Double($0) ?? .nan } }
}

extension Table {
    /// Sums of the `quantity` column by another column.
    func quantities(by key: String) -> [Substring: Double] {
        var sums: [Substring: Double] = [:]
        for (name, quantity) in zip(column(key), numbers("quantity")) { sums[name, default: 0] += quantity }
        return sums
    }
}

/// The repository's root, above Tests/PackageGeneratorTests.
func repositoryFolder() -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// A fresh folder's path under the temporary folder, not made yet.
func freshFolder() -> URL { FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-generator-\(UUID().uuidString)") }

/// All files below a folder by relative path.
func contents(of folder: URL) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !name.hasPrefix(".") {
        files[name] = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }
    return files
}
