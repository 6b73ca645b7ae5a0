import Fullshelf
import Workbooks

/// Writes a plan folder as an Excel workbook.
///
/// - Throws: ``PlanningError``.
func writeExcel(planAt folder: String, language: ReportLanguage, to path: String) throws(PlanningError) {
    let findings: [Finding]
    do throws(WorkbookError) {
        findings = try writePlanWorkbook(ofPlanAt: folder, language: language, to: path)
    } catch {
        throw .notWritten(folder: path, reason: error.wording)
    }
    if findings.contains(where: { $0.severity == .error }) { throw .unusablePlan(findings) }
}
