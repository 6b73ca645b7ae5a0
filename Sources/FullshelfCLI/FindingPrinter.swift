import Fullshelf

/// A finding as JSON.
struct FindingOutput: Encodable {
    var severity: String
    var file: String
    /// nil unless the file is a workbook; `line` is then the row.
    var sheet: String?
    var line: Int?
    var column: String?
    var value: String?
    var message: String
    var advice: String

    init(_ finding: Finding, _ language: ReportLanguage) {
        severity = finding.severity == .error ? "error" : "note"
        file = finding.file
        sheet = finding.sheet
        line = finding.line
        column = finding.column
        value = finding.value
        message = finding.problem.text(language)
        advice = finding.remedy.text(language)
    }

    init(_ finding: Finding) { self.init(finding, .english) }
}

extension Console {
    func print(_ finding: Finding) { print(worded(finding, outputStyle)) }

    func printError(_ finding: Finding, style: TextStyle) { printError(worded(finding, style)) }

    private func worded(_ finding: Finding, _ style: TextStyle) -> String {
        let words =
            switch finding.severity {
            case .error: Bilingual("error:", "错误：")
            case .note: Bilingual("note:", "提示：")
            }
        let label = words.text(languages.text)
        return (finding.severity == .error ? style.red(label) : style.yellow(label)) + (languages.text == .english ? " " : "")
            + finding.text(languages.text)
    }
}
