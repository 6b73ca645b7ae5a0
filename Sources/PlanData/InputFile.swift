import Foundation
import PlanModel

/// A file of a package, mapped into memory: pages come and go as they are read, nothing is copied.
final class InputFile {
    /// Name for messages.
    let name: String
    private let bytes: UnsafeRawBufferPointer

    /// Bytes read between two calls of ``releasePages(before:)``; also how much of a file stands in memory at a time.
    static let window = 1 << 23

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
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == EACCES || errno == EPERM ? .noPermission : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        // The size of the file that was opened, which may no longer be the one looked at above.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .unreadable(String(cString: strerror(errno)))
        }
        bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
        madvise(start, bytes.count, MADV_SEQUENTIAL)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }

    var byteCount: Int { bytes.count }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    /// Lets go of the pages that were read, so that memory does not grow with the file. They come back from the file when touched again.
    func releasePages(before offset: Int) {
        guard let start = bytes.baseAddress else { return }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let length = min(offset, bytes.count) / page * page
        if length > 0 { madvise(UnsafeMutableRawPointer(mutating: start), length, MADV_DONTNEED) }
    }

    /// SHA-256 of the contents as lower-case hexadecimal digits, computed piece by piece.
    func sha256() -> String {
        var hash = SHA256()
        withBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let end = min(bytes.count, offset + 1 << 20)
                hash.update(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
                offset = end
                if offset % InputFile.window == 0 { releasePages(before: offset) }
            }
            releasePages(before: bytes.count)
        }
        return hash.finalized()
    }
}

extension InputFile.OpenFailure {
    /// Tells the collector why `file` could not be opened.
    func report(file: String, to collector: FindingCollector) {
        switch self {
        case .missing:
            collector.error(
                file, Bilingual("the file does not exist", "文件不存在"), advice: Bilingual("Check the name and the folder.", "请检查文件名和文件夹。"))
        case .notAFile:
            collector.error(
                file, Bilingual("this is a folder or a device, not a file", "这是文件夹或设备，不是文件"),
                advice: Bilingual("Put a CSV file of this name in its place.", "请换成同名的 CSV 文件。"))
        case .noPermission:
            collector.error(
                file, Bilingual("no permission to read the file", "没有读取该文件的权限"),
                advice: Bilingual("Give yourself the right to read it (chmod u+r \(file)).", "请取得读取权限（chmod u+r \(file)）。"))
        case .unreadable(let reason):
            collector.error(
                file, Bilingual("the file cannot be read: \(reason)", "无法读取文件：\(reason)"),
                advice: Bilingual("Check the disk and the file.", "请检查磁盘和该文件。"))
        }
    }
}

/// SHA-256 of a file as lower-case hexadecimal digits.
///
/// - Throws: ``WorkbookProblem`` where it cannot be read.
public func hashOfFile(at path: String) throws(WorkbookProblem) -> String {
    do throws(InputFile.OpenFailure) {
        return try InputFile(path: path, name: path).sha256()
    } catch {
        switch error {
        case .missing: throw WorkbookProblem(Bilingual("there is no such file", "没有这个文件"), advice: Bilingual("Check the path.", "请检查路径。"))
        case .notAFile:
            throw WorkbookProblem(
                Bilingual("this is a folder or a device, not a file", "这是文件夹或设备，不是文件"),
                advice: Bilingual("Give an .xlsx file.", "请指定 .xlsx 文件。"))
        case .noPermission:
            throw WorkbookProblem(
                Bilingual("no permission to read the file", "没有读取该文件的权限"),
                advice: Bilingual("Give yourself the right to read it (chmod u+r).", "请取得读取权限（chmod u+r）。"))
        case .unreadable(let reason):
            throw WorkbookProblem(
                Bilingual("the file cannot be read: \(reason)", "无法读取文件：\(reason)"),
                advice: Bilingual("Check the disk and the file.", "请检查磁盘和该文件。"))
        }
    }
}
