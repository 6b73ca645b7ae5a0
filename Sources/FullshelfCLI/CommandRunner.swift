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
    func perform(on console: Console) throws -> CommandStatus
}

/// An end of a command that is not a success: one sentence on what happened and one on what to do.
struct CommandFailure: Error {
    var status: CommandStatus
    var message: String
    var advice: String = ""
    var findings: [Finding] = []
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
        console = console.coloured(performing.output.color)
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
            status: .ownFault, message: "Fullshelf stopped for a reason it did not foresee: \(error).",
            advice: "Nothing was written. Please report this, with the command line and, if you can, the data package.")
        report(failure, format: format, on: console)
        return .ownFault
    }
}

private func report(_ failure: CommandFailure, format: OutputFormat, on console: Console) {
    if format == .json {
        console.printJSON(FailureOutput(error: failure.message, advice: failure.advice, findings: failure.findings.map(FindingOutput.init)))
        return
    }
    for finding in failure.findings { console.printError(finding, style: console.errorStyle) }
    console.printError("\(console.errorStyle.bold("fullshelf:")) \(failure.message)")
    if !failure.advice.isEmpty { console.printError(failure.advice) }
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
                message: "The data package has \(counted(errors, "error")); nothing was done and nothing was written.",
                advice: "Correct what is named above; `fullshelf check FOLDER` shows the same list.", findings: findings)
        case .unusableChanges(let findings):
            self.init(
                status: .badInput, message: "\(counted(findings.count, "error")) in the changes; nothing was planned.",
                advice: error.advice,
                findings: findings)
        case .unusablePlan(let findings):
            let errors = findings.count { $0.severity == .error }
            self.init(
                status: .badInput, message: "The plan cannot be judged: \(counted(errors, "error")) in its files.",
                advice: "Correct what is named above, or write the plan again.", findings: findings)
        case .contradictoryInput:
            self.init(status: .badInput, message: error.description, advice: error.advice)
        case .cancelled:
            self.init(status: .interrupted, message: error.description, advice: error.advice)
        case .planFailsCheck, .internalFailure:
            self.init(status: .ownFault, message: error.description, advice: error.advice)
        case .notWritten, .unknownRank:
            self.init(status: .badUsage, message: error.description, advice: error.advice)
        }
    }
}

/// "1 error", "2 errors".
func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
