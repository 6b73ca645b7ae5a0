import CZip
import Foundation
import PlanData
import PlanModel

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
                Bilingual("the workbook is damaged (\(reason))", "工作簿已损坏（\(reason)）"),
                advice: Bilingual(
                    "Open it in a spreadsheet program and save it again, or take an earlier copy.", "请用电子表格软件打开并重新保存，或改用较早的副本。"))
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
            throw damaged(name, Bilingual("it is missing", "缺少该部分"))
        }
        var status = zip_stat_t()
        zip_stat_init(&status)
        zip_stat_index(archive, zip_uint64_t(index), 0, &status)
        if status.valid & zip_uint64_t(ZIP_STAT_ENCRYPTION_METHOD) != 0, status.encryption_method != ZIP_EM_NONE {
            throw WorkbookProblem(
                Bilingual("the workbook is encrypted", "工作簿已加密"), advice: Bilingual("Save it without a password.", "请取消密码后保存。"))
        }
        guard let file = zip_fopen_index(archive, zip_uint64_t(index), 0) else {
            throw damaged(name, Bilingual(verbatim: String(cString: zip_strerror(archive))))
        }
        defer { zip_fclose(file) }
        let size = 1 << 16
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Int(zip_fread(file, buffer, zip_uint64_t(size)))
            guard count >= 0 else { throw damaged(name, Bilingual("its data cannot be unpacked", "其数据无法解压")) }
            do throws(XMLProblem) {
                try body(UnsafeRawBufferPointer(start: buffer, count: count), count == 0)
            } catch {
                switch error {
                case .hasDoctype: throw damaged(name, Bilingual("it has a document type, which no workbook has", "含有工作簿不应有的文档类型声明"))
                case .malformed(let line, let reason): throw damaged(name, Bilingual("line \(line): \(reason)", "第 \(line) 行：\(reason)"))
                }
            }
            if count == 0 { return }
        }
    }

    private func damaged(_ part: String, _ reason: Bilingual) -> WorkbookProblem {
        WorkbookProblem(
            Bilingual("the workbook is damaged (\(part): \(reason.english))", "工作簿已损坏（\(part)：\(reason.chinese)）"),
            advice: Bilingual("Open it in a spreadsheet program and save it again, or take an earlier copy.", "请用电子表格软件打开并重新保存，或改用较早的副本。"))
    }
}
