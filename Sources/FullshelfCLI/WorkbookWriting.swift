import Fullshelf
import Workbooks

/// Does the writing of a workbook and turns what goes wrong into words.
///
/// - Parameter write: Returns findings; an error among them means that nothing was written.
func writeWorkbook(_ write: () throws(WorkbookError) -> [Finding]) throws {
    let findings: [Finding]
    do throws(WorkbookError) {
        findings = try write()
    } catch {
        // What happened stands on the first line, what to do on the others.
        func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
        let (english, chinese) = (lines(error.wording.english), lines(error.wording.chinese))
        throw CommandFailure(
            status: .badUsage, Bilingual(english[0], chinese[0]),
            remedy: Bilingual(english.dropFirst().joined(separator: "\n"), chinese.dropFirst().joined(separator: "\n")))
    }
    let errors = findings.count { $0.severity == .error }
    if errors > 0 {
        throw CommandFailure(
            status: .badInput,
            Bilingual("\(counted(errors, "error")) in the tables; no workbook was written.", "表格有 \(errors) 处错误；未写出工作簿。"),
            remedy: Bilingual("Correct what is named above.", "请更正以上各处。"), findings: findings)
    }
}
