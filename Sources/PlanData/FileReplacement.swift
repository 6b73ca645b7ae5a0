import Foundation

/// Puts `bytes` in the place of a file in one step: into a new file beside it that is on the disk before it takes the name, so that a killed process or
/// a full disk leaves the earlier file or the new one. A link stays a link; the file's permissions stay.
///
/// - Parameter bytes: nil = the file is taken away.
/// - Throws: ``PlanFolderError/cannotWrite(path:reason:)``; the earlier file is then unchanged.
package func replaceFile(at path: String, with bytes: [UInt8]?) throws(PlanFolderError) {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let folder = target.deletingLastPathComponent()
    removeTemporaryFiles(in: folder)
    do {
        if let bytes {
            var status = stat()
            let mode = stat(target.path, &status) == 0 ? status.st_mode & 0o777 : 0o644
            let fresh = folder.appendingPathComponent("\(temporaryPrefix)\(UUID().uuidString.prefix(8)).tmp").path
            do throws(SystemError) {
                try writeNewFile(bytes, to: fresh, mode: mode, isSynced: true)
                guard rename(fresh, target.path) == 0 else { throw SystemError(code: errno) }
            } catch {
                unlink(fresh)
                throw error
            }
        } else if unlink(target.path) != 0, errno != ENOENT {
            throw SystemError(code: errno)
        }
    } catch {
        throw PlanFolderError(error, path: path)
    }
    // The new name itself must be on the disk as well; where a folder cannot be synced, the system does it in its own time.
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 {
        fsync(descriptor)
        close(descriptor)
    }
}

private let temporaryPrefix = ".fullshelf-"

/// Takes away what a process that was killed while writing has left. No file of a package takes an hour to write.
private func removeTemporaryFiles(in folder: URL) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    where name.hasPrefix(temporaryPrefix) && name.hasSuffix(".tmp") {
        let path = folder.appendingPathComponent(name).path
        guard let date = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date,
            date.timeIntervalSinceNow < -3600
        else { continue }
        unlink(path)
    }
}

/// SHA-256 of some bytes as lower-case hexadecimal digits, as `inputs` of certificate.json has it of each file.
package func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalized()
}
