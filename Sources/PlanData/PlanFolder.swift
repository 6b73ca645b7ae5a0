import Foundation
import PlanModel

/// Why a plan folder could not be written. Nothing that was there has changed then.
public enum PlanFolderError: BilingualError, Hashable {
    case isAFile(path: String)
    /// The folder holds something other than a plan.
    case notAPlanFolder(path: String)
    case holdsInputTables(path: String, file: String)
    /// A file name that would leave the folder.
    case badFileName(String)
    /// A number in the result that no file can hold: our own fault, not the package's.
    case notFinite(file: String)
    case cannotWrite(path: String, reason: String)
    case diskFull(path: String)

    public var wording: Bilingual {
        switch self {
        case .isAFile(let path): Bilingual("\(path) is a file.\nName a folder for the plan.", "\(path) 是文件。\n请为计划指定一个文件夹。")
        case .notAPlanFolder(let path):
            Bilingual(
                "\(path) holds other files than a plan, and a plan replaces its folder as a whole.\nName a new or empty folder, or an earlier plan's.",
                "\(path) 中有计划以外的文件，而写出计划会替换整个文件夹。\n请指定新的或空的文件夹，或先前计划的文件夹。")
        case .holdsInputTables(let path, let file):
            Bilingual(
                "\(path) holds the input file \(file), and a plan replaces its folder as a whole.\nName another folder for the plan.",
                "\(path) 中有输入文件 \(file)，而写出计划会替换整个文件夹。\n请为计划另指定文件夹。")
        case .badFileName(let name): Bilingual("\"\(name)\" is no name for a file in a plan folder.", "“\(name)”不能用作计划文件夹中的文件名。")
        case .notFinite(let file):
            Bilingual(
                "\(file) would hold a number that is not finite.\nThis is a fault of the program; please report it.",
                "\(file) 中会出现无穷大或非数字的值。\n这是程序的错误，请报告。")
        case .cannotWrite(let path, let reason):
            Bilingual(
                "\(path) cannot be written: \(reason).\nCheck the permissions and the space on the disk.",
                "无法写入 \(path)：\(reason)。\n请检查权限和磁盘空间。")
        case .diskFull(let path):
            Bilingual(
                "\(path) cannot be written: the disk is full. What stood there before is untouched.\nMake room and try again.",
                "无法写入 \(path)：磁盘已满。原有内容保持不变。\n请腾出磁盘空间后重试。")
        }
    }
}

/// Writes every file of "Tables out", and the extra ones, into a folder that appears as a whole or not at all.
///
/// The files are written to a new folder beside `folder`, which then takes its place; an earlier plan there is replaced as a whole. Anything
/// else there (input tables, other files) is refused.
///
/// - Parameters:
///   - extraFiles: Further files: report.html, kpis.json, timings.json, …
///   - binaryFiles: Further files that are no text.
/// - Throws: ``PlanFolderError``; what was in `folder` is then unchanged.
public func writePlanFolder(
    _ result: PlanResult, package: DataPackage, extraFiles: [(name: String, contents: String)] = [],
    binaryFiles: [(name: String, contents: [UInt8])] = [], to folder: String
) throws {
    var files = try PlanFileWriter(package: package).tables(of: result)
    for extra in extraFiles.map({ (name: $0.name, contents: Array($0.contents.utf8)) }) + binaryFiles {
        files.removeAll { $0.name == extra.name }
        files.append(extra)
    }
    try replaceFolder(folder, with: files)
}

/// Puts a folder with these files in the place of `folder`, which must be new, empty, or an earlier plan's.
package func replaceFolder(_ folder: String, with files: [(name: String, contents: [UInt8])]) throws(PlanFolderError) {
    let manager = FileManager.default
    for file in files where file.name.isEmpty || file.name.contains("/") || file.name.hasPrefix(".") { throw .badFileName(file.name) }
    // A link to a folder stays a link; what it points at is replaced.
    let target = URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath()
    try checkReplaceable(target.path)
    removeLeftovers(beside: target)
    let parent = target.deletingLastPathComponent()
    let mark = ".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))"
    let fresh = parent.appendingPathComponent(mark + ".new")
    let old = parent.appendingPathComponent(mark + ".old")
    do {
        try manager.createDirectory(at: parent, withIntermediateDirectories: true)
        try manager.createDirectory(at: fresh, withIntermediateDirectories: false)
    } catch {
        throw PlanFolderError(error, path: target.path)
    }
    do {
        for file in files { try writeNewFile(file.contents, to: fresh.appendingPathComponent(file.name).path) }
        if exchanged(fresh.path, target.path) {
            // The new plan stands; an old one that cannot be removed is no failure of it.
            try? manager.removeItem(at: fresh)
            return
        }
        if manager.fileExists(atPath: target.path) {
            // Only where the system cannot exchange two folders in one step.
            try manager.moveItem(at: target, to: old)
            do {
                try manager.moveItem(at: fresh, to: target)
            } catch {
                try manager.moveItem(at: old, to: target)
                throw error
            }
        } else {
            try manager.moveItem(at: fresh, to: target)
        }
    } catch {
        try? manager.removeItem(at: fresh)
        throw PlanFolderError(error, path: target.path)
    }
    try? manager.removeItem(at: old)
}

/// Lets two folders change places in one step, so that a process killed at any moment leaves the earlier plan or the new one; false, with
/// nothing changed, where one of them is missing or system or disk cannot do it.
private func exchanged(_ one: String, _ other: String) -> Bool {
    #if os(Linux)
        // A function of glibc (2.28) that its headers hide from Swift, hence looked up by name.
        typealias Rename = @convention(c) (CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt) -> CInt
        guard let address = dlsym(nil, "renameat2") else { return false }
        let exchange: CUnsignedInt = 1 << 1  // RENAME_EXCHANGE of <stdio.h>
        return unsafeBitCast(address, to: Rename.self)(AT_FDCWD, one, AT_FDCWD, other, exchange) == 0
    #else
        return false
    #endif
}

/// Why the system refused, as its own number.
struct SystemError: Error {
    let code: CInt
}

extension PlanFolderError {
    /// What the system said when something could not be written.
    init(_ error: any Error, path: String) {
        var code = (error as? SystemError)?.code
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain { code = CInt(underlying.code) }
        self = code == ENOSPC || code == EDQUOT ? .diskFull(path: path) : .cannotWrite(path: path, reason: reason(error))
    }
}

/// Writes a new file whole; Foundation's own writing does not tell every reason (a file size limit, for one).
///
/// - Parameter isSynced: Whether the bytes must be on the disk when it returns.
func writeNewFile(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644, isSynced: Bool = false) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw SystemError(code: errno) }
    var offset = 0
    var failure: CInt = 0
    bytes.withUnsafeBytes { buffer in
        while offset < buffer.count, failure == 0 {
            let written = Foundation.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
            if written >= 0 { offset += written } else if errno != EINTR { failure = errno }
        }
    }
    if isSynced, failure == 0, fsync(descriptor) != 0 { failure = errno }
    // A full disk may show only when the file is closed.
    if close(descriptor) != 0, failure == 0, errno != EINTR { failure = errno }
    if failure != 0 { throw SystemError(code: failure) }
}

/// The system's words for a file error ("No space left on device"), without what Foundation says around them.
func reason(_ error: any Error) -> String {
    if let error = error as? SystemError { return String(cString: strerror(error.code)) }
    if let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError, underlying.domain == NSPOSIXErrorDomain {
        return String(cString: strerror(Int32(underlying.code)))
    }
    let text = (error as NSError).localizedDescription
    return text.hasSuffix(".") ? String(text.dropLast()) : text
}

/// Takes away what a run that was killed while writing has left beside `folder`. No run writes for an hour.
private func removeLeftovers(beside folder: URL) {
    let manager = FileManager.default
    let parent = folder.deletingLastPathComponent()
    for name in (try? manager.contentsOfDirectory(atPath: parent.path)) ?? []
    where name.hasPrefix(".\(folder.lastPathComponent).") && name.hasSuffix(".new") {
        let path = parent.appendingPathComponent(name).path
        guard let date = (try? manager.attributesOfItem(atPath: path))?[.modificationDate] as? Date, date.timeIntervalSinceNow < -3600
        else {
            continue
        }
        try? manager.removeItem(atPath: path)
    }
}

/// Refuses to replace anything but nothing, an empty folder, or a folder that holds a plan and no input.
private func checkReplaceable(_ path: String) throws(PlanFolderError) {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else { throw .isAFile(path: path) }
    let names: [String]
    do {
        names = try manager.contentsOfDirectory(atPath: path).sorted()
    } catch {
        throw PlanFolderError(error, path: path)
    }
    if names.isEmpty { return }
    // Names that only input tables have: demand.csv, bands.csv and lines.csv are also tables of a plan.
    let written: Set<String> = ["demand.csv", "bands.csv", "lines.csv"]
    let inputs = Set(TableSchema.all.map(\.fileName) + [SettingsReader.fileName, "datapackage.json"]).subtracting(written)
    if let input = names.first(where: inputs.contains) { throw .holdsInputTables(path: path, file: input) }
    guard names.contains("certificate.json") || names == forecastFolderFiles.sorted() else { throw .notAPlanFolder(path: path) }
    for name in names {
        // A plan has no folders inside: whatever this is, it is not ours to delete.
        var isInner: ObjCBool = false
        if manager.fileExists(atPath: path + "/" + name, isDirectory: &isInner), isInner.boolValue { throw .notAPlanFolder(path: path) }
    }
}
