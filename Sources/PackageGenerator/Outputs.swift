import Foundation

/// Keeps files in memory, in the order they were opened.
final class MemoryOutput {
    private final class File: FileOutput {
        let name: String
        var bytes: [UInt8] = []
        init(name: String) { self.name = name }
        func write(_ bytes: [UInt8]) { self.bytes += bytes }
        func close() {}
    }

    private var opened: [File] = []

    func openFile(_ name: String) -> any FileOutput {
        let file = File(name: name)
        opened.append(file)
        return file
    }

    var files: [GeneratedFile] { opened.map { GeneratedFile(name: $0.name, contents: $0.bytes) } }
}

/// Creates files in a folder of its own.
struct FolderWriter {
    private let folder: String

    /// - Throws: ``GeneratorError`` where the folder holds anything or cannot be made.
    init(emptyFolder folder: String) throws {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        if manager.fileExists(atPath: folder, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw GeneratorError.notAFolder(path: folder) }
            let contents: [String]
            do {
                contents = try manager.contentsOfDirectory(atPath: folder)
            } catch {
                throw GeneratorError.cannotWrite(path: folder, reason: error.localizedDescription)
            }
            guard contents.isEmpty else { throw GeneratorError.folderNotEmpty(path: folder) }
        }
        self.folder = folder
        try makeFolder(folder)
    }

    private func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw GeneratorError.cannotWrite(path: path, reason: error.localizedDescription)
        }
    }

    func openFile(_ name: String) throws -> any FileOutput {
        let path = (folder as NSString).appendingPathComponent(name)
        try makeFolder((path as NSString).deletingLastPathComponent)
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
            throw GeneratorError.cannotWrite(path: path, reason: "the file cannot be created")
        }
        return DiskFile(path: path, handle: handle)
    }

    private struct DiskFile: FileOutput {
        let path: String
        let handle: FileHandle

        func write(_ bytes: [UInt8]) throws {
            do {
                try handle.write(contentsOf: Data(bytes))
            } catch {
                throw GeneratorError.cannotWrite(path: path, reason: error.localizedDescription)
            }
        }

        func close() throws {
            do {
                try handle.close()
            } catch {
                throw GeneratorError.cannotWrite(path: path, reason: error.localizedDescription)
            }
        }
    }
}
