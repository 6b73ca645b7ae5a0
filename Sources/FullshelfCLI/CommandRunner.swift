import ArgumentParser
import Fullshelf
import PlanStore

/// The exit codes of tables.md, "The command line".
enum CommandStatus: Int32 {
    case done = 0
    /// `check` or `verify` found problems, and named them.
    case problemsFound = 1
    case badUsage = 2
    case badInput = 65
    case ownFault = 70
    case interrupted = 130
}

/// A command that prints through a console, so that tests can run it in process.
protocol ConsoleCommand: ParsableCommand {
    var output: OutputOptions { get }
    /// Of findings and of what goes wrong.
    var languages: MessageLanguages { get }
    func perform(on console: Console) throws -> CommandStatus
}

/// An end of a command that is not a success: one sentence on what happened and one on what to do.
struct CommandFailure: Error {
    var status: CommandStatus
    var wording: Bilingual
    var remedy: Bilingual
    var findings: [Finding]

    init(status: CommandStatus, _ wording: Bilingual, remedy: Bilingual, findings: [Finding] = []) {
        self.status = status
        self.wording = wording
        self.remedy = remedy
        self.findings = findings
    }

    /// What is wrong with a command line is told in English, as the argument parser tells it.
    init(status: CommandStatus, message: String, advice: String = "") {
        self.init(status: status, Bilingual(verbatim: message), remedy: Bilingual(verbatim: advice))
    }
}

/// Runs the command line `arguments` (without the program's name).
func runFullshelf(_ arguments: [String], console: Console) -> CommandStatus {
    var format = OutputFormat.text
    var console = console
    do {
        var command = try FullshelfCommand.parseAsRoot(arguments)
        guard let performing = command as? any ConsoleCommand else {
            try command.run()
            return .done
        }
        format = performing.output.format
        console = console.coloured(performing.output.color).speaking(performing.languages)
        return try TextTable.$terminalWidth.withValue(console.width) { try performing.perform(on: console) }
    } catch {
        return report(error, format: format, on: console)
    }
}

/// The one place that turns errors into words and exit codes.
private func report(_ error: any Error, format: OutputFormat, on console: Console) -> CommandStatus {
    switch error {
    case let failure as CommandFailure:
        report(failure, format: format, on: console)
        return failure.status
    case let error as StoreError:
        report(CommandFailure(error), format: format, on: console)
        return CommandFailure(error).status
    case let error as PlanningError:
        let failure = CommandFailure(error)
        report(failure, format: format, on: console)
        return failure.status
    default:
        // Everything the argument parser itself throws: help, version, wrong arguments.
        let code = FullshelfCommand.exitCode(for: error)
        let message = FullshelfCommand.fullMessage(for: error)
        if code == .success {
            console.print(message)
            return .done
        }
        if code == .validationFailure {
            console.printError(message)
            return .badUsage
        }
        let failure = CommandFailure(
            status: .ownFault,
            Bilingual("Fullshelf stopped for a reason it did not foresee: \(error).", "Fullshelf 因未预料到的原因停止：\(error)。"),
            remedy: Bilingual(
                "Nothing was written. Please report this, with the command line and, if you can, the data package.",
                "未写入任何内容。请报告此问题，并附上命令行，最好附上数据包。"))
        report(failure, format: format, on: console)
        return .ownFault
    }
}

private func report(_ failure: CommandFailure, format: OutputFormat, on console: Console) {
    if format == .json {
        let language = console.languages.json
        console.printJSON(
            FailureOutput(
                error: failure.wording.text(language), advice: failure.remedy.text(language),
                findings: failure.findings.map { FindingOutput($0, language) }))
        return
    }
    for finding in failure.findings { console.printError(finding, style: console.errorStyle) }
    let language = console.languages.text
    console.printError("\(console.errorStyle.bold("fullshelf:")) \(failure.wording.text(language))")
    let advice = failure.remedy.text(language)
    if !advice.isEmpty { console.printError(advice) }
}

private struct FailureOutput: Encodable {
    var error: String
    var advice: String
    var findings: [FindingOutput]
}

extension CommandFailure {
    init(_ error: PlanningError) {
        switch error {
        case .unusableInput(let findings):
            let errors = findings.count { $0.severity == .error }
            self.init(
                status: .badInput,
                Bilingual(
                    "The data package has \(counted(errors, "error")); nothing was done and nothing was written.",
                    "数据包有 \(errors) 处错误；未作任何处理，也未写入任何内容。"),
                remedy: Bilingual(
                    "Correct what is named above; `fullshelf check FOLDER` shows the same list.",
                    "请更正以上各处；fullshelf check FOLDER 列出同样的内容。"), findings: findings)
        case .unusableChanges(let findings):
            self.init(
                status: .badInput,
                Bilingual(
                    "\(counted(findings.count, "error")) in the changes; nothing was planned.", "所问变化有 \(findings.count) 处错误；未制订计划。"),
                remedy: error.remedy, findings: findings)
        case .unusablePlan(let findings):
            let errors = findings.count { $0.severity == .error }
            self.init(
                status: .badInput,
                Bilingual("The plan cannot be judged: \(counted(errors, "error")) in its files.", "无法评判该计划：其文件有 \(errors) 处错误。"),
                remedy: Bilingual("Correct what is named above, or write the plan again.", "请更正以上各处，或重新制订计划。"), findings: findings)
        case .contradictoryInput:
            self.init(status: .badInput, error.wording, remedy: error.remedy)
        case .cancelled:
            self.init(status: .interrupted, error.wording, remedy: error.remedy)
        case .planFailsCheck, .internalFailure:
            self.init(status: .ownFault, error.wording, remedy: error.remedy)
        case .notWritten, .unknownRank:
            self.init(status: .badUsage, error.wording, remedy: error.remedy)
        }
    }
}

/// "1 error", "2 errors".
func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
