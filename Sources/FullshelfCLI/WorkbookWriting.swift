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
        let lines = error.description.split(separator: "\n").map(String.init)
        throw CommandFailure(status: .badUsage, message: lines[0], advice: lines.dropFirst().joined(separator: "\n"))
    }
    let errors = findings.count { $0.severity == .error }
    if errors > 0 {
        throw CommandFailure(
            status: .badInput, message: "\(counted(errors, "error")) in the tables; no workbook was written.",
            advice: "Correct what is named above.", findings: findings)
    }
}
