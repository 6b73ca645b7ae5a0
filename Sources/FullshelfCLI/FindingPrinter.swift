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

    init(_ finding: Finding) {
        severity = finding.severity == .error ? "error" : "note"
        file = finding.file
        sheet = finding.sheet
        line = finding.line
        column = finding.column
        value = finding.value
        message = finding.message
        advice = finding.advice
    }
}

extension Console {
    func print(_ finding: Finding) { print(worded(finding, outputStyle)) }

    func printError(_ finding: Finding, style: TextStyle) { printError(worded(finding, style)) }

    private func worded(_ finding: Finding, _ style: TextStyle) -> String {
        let label = finding.severity == .error ? style.red("error:") : style.yellow("note:")
        return "\(label) \(finding.description)"
    }
}
