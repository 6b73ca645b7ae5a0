import CZip
import Foundation
import PlanData

/// A zip file that is open for reading.
final class ZipArchive {
    private let archive: OpaquePointer
    let names: [String]

    /// - Throws: ``WorkbookProblem`` where the file is no zip archive or is damaged.
    init(path: String) throws(WorkbookProblem) {
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            let reason = String(cString: zip_error_strerror(&error))
            zip_error_fini(&error)
            throw WorkbookProblem(
                "the workbook is damaged (\(reason))",
                advice: "Open it in a spreadsheet program and save it again, or take an earlier copy.")
        }
        self.archive = archive
        let count = zip_get_num_entries(archive, 0)
        names = (0..<max(0, count)).compactMap { zip_get_name(archive, zip_uint64_t($0), 0).map { String(cString: $0) } }
    }

    deinit { zip_discard(archive) }

    /// Unpacks an entry piece by piece.
    ///
    /// - Throws: ``WorkbookProblem`` where it is not there, encrypted or damaged; what `body` throws.
    func read(_ name: String, _ body: (_ piece: UnsafeRawBufferPointer, _ isLast: Bool) throws(XMLProblem) -> Void) throws(WorkbookProblem)
    {
        // Parts are named in any case, and some writers put a slash before them.
        let wanted = name.lowercased()
        guard let index = names.firstIndex(where: { $0 == name }) ?? names.firstIndex(where: { $0.lowercased() == wanted }) else {
            throw damaged(name, "it is missing")
        }
        var status = zip_stat_t()
        zip_stat_init(&status)
        zip_stat_index(archive, zip_uint64_t(index), 0, &status)
        if status.valid & zip_uint64_t(ZIP_STAT_ENCRYPTION_METHOD) != 0, status.encryption_method != ZIP_EM_NONE {
            throw WorkbookProblem("the workbook is encrypted", advice: "Save it without a password.")
        }
        guard let file = zip_fopen_index(archive, zip_uint64_t(index), 0) else {
            throw damaged(name, String(cString: zip_strerror(archive)))
        }
        defer { zip_fclose(file) }
        let size = 1 << 16
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Int(zip_fread(file, buffer, zip_uint64_t(size)))
            guard count >= 0 else { throw damaged(name, "its data cannot be unpacked") }
            do throws(XMLProblem) {
                try body(UnsafeRawBufferPointer(start: buffer, count: count), count == 0)
            } catch {
                switch error {
                case .hasDoctype: throw damaged(name, "it has a document type, which no workbook has")
                case .malformed(let line, let reason): throw damaged(name, "line \(line): \(reason)")
                }
            }
            if count == 0 { return }
        }
    }

    private func damaged(_ part: String, _ reason: String) -> WorkbookProblem {
        WorkbookProblem(
            "the workbook is damaged (\(part): \(reason))",
            advice: "Open it in a spreadsheet program and save it again, or take an earlier copy.")
    }
}
