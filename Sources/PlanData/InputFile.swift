import Foundation

/// A file of a package, mapped into memory: pages come and go as they are read, nothing is copied.
final class InputFile {
    /// Name for messages.
    let name: String
    private let data: Data

    /// Why a file could not be opened.
    enum OpenFailure: Error {
        case missing
        case notAFile
        case noPermission
        case unreadable(String)
    }

    /// Opens a regular file.
    ///
    /// - Throws: ``OpenFailure``.
    init(path: String, name: String) throws(OpenFailure) {
        self.name = name
        var status = stat()
        guard stat(path, &status) == 0 else {
            switch errno {
            case ENOENT, ENOTDIR: throw .missing
            case EACCES, EPERM: throw .noPermission
            default: throw .unreadable(String(cString: strerror(errno)))
            }
        }
        // A pipe or a device would block or never end; a folder cannot be read.
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard access(path, R_OK) == 0 else { throw .noPermission }
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw .unreadable(error.localizedDescription)
        }
    }

    var byteCount: Int { data.count }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result { try data.withUnsafeBytes(body) }

    /// SHA-256 of the contents as lower-case hexadecimal digits, computed piece by piece.
    func sha256() -> String {
        var hash = SHA256()
        withBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let end = min(bytes.count, offset + 1 << 20)
                hash.update(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
                offset = end
            }
        }
        return hash.finalized()
    }
}

extension InputFile.OpenFailure {
    /// Tells the collector why `file` could not be opened.
    func report(file: String, to collector: FindingCollector) {
        switch self {
        case .missing: collector.error(file, "the file does not exist", advice: "Check the name and the folder.")
        case .notAFile:
            collector.error(file, "this is a folder or a device, not a file", advice: "Put a CSV file of this name in its place.")
        case .noPermission:
            collector.error(file, "no permission to read the file", advice: "Give yourself the right to read it (chmod u+r \(file)).")
        case .unreadable(let reason): collector.error(file, "the file cannot be read: \(reason)", advice: "Check the disk and the file.")
        }
    }
}
