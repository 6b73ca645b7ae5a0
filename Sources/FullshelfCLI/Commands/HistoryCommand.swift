import ArgumentParser
import Foundation
import Fullshelf
import PlanStore

/// `fullshelf history FOLDER`
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Every plan of a package with its inputs: list, show, restore, compare, reproduce; who changed what.",
        discussion: """
            Examples:
              fullshelf history my-season                          list the plans, newest first
              fullshelf history show my-season 12                  inputs, overrides, figures of plan 12
              fullshelf history restore my-season 12 --out plans/monday
              fullshelf history restore my-season 12 --inputs --out old-season
              fullshelf history compare my-season 12 15            who wins and loses
              fullshelf history reproduce my-season 12             plan again from the stored inputs: do the bytes agree?
              fullshelf history changes my-season                  who changed what through the page, and `undo`

            The history is the file FOLDER/.fullshelf/store.sqlite, begun by `plan` or `serve`. Each of these takes --help, --format json and --quiet.
            """,
        subcommands: [
            HistoryListCommand.self, HistoryShowCommand.self, HistoryRestoreCommand.self, HistoryCompareCommand.self,
            HistoryReproduceCommand.self, HistoryChangesCommand.self, HistoryUndoCommand.self, HistoryForgetCommand.self,
        ], defaultSubcommand: HistoryListCommand.self)
}

/// What every command of the history has.
struct HistoryLocation: ParsableArguments {
    @Argument(help: "The data package.", completion: .directory)
    var folder: String

    @Option(help: "Language of the text: en or zh. Default: that of the newest plan.")
    var language: ReportLanguage?

    /// Opens the store, does the work, and turns what goes wrong into words.
    func withStore<Result>(_ work: (PlanStore, ReportLanguage) throws -> Result) throws -> Result {
        var language = language ?? .english
        do {
            let store = try PlanStore(existingAt: folder)
            if self.language == nil {
                language = try store.plans(limit: 1).first.flatMap { ReportLanguage(rawValue: $0.language) } ?? language
            }
            return try work(store, language)
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }
}

struct HistoryListCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the plans, newest first.")

    @OptionGroup var location: HistoryLocation

    @Option(help: "Most plans to list.")
    var rows = 20

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    func validate() throws {
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            let plans = try store.plans(limit: rows)
            present(plans, text: historyText(plans, language: language), on: console)
        }
        return .done
    }
}

struct HistoryShowCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows one plan: inputs, overrides, figures.")

    @OptionGroup var location: HistoryLocation

    @Argument(help: "Number of the plan.")
    var plan: Int64

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    private struct Output: Encodable {
        struct Override: Encodable {
            var cell: OverrideCell
            var entry: OverrideEntry
        }
        var plan: StoredPlan
        var overrides: [Override]
    }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            let stored = try store.plan(plan)
            let overrides = try store.overrides(ofPlan: plan)
            let before = try store.plans().first { $0.id < plan }
            present(
                Output(plan: stored, overrides: overrides.map { Output.Override(cell: $0.cell, entry: $0.entry) }),
                text: storedPlanText(stored, overrides: overrides, before: before, language: language), on: console)
        }
        return .done
    }
}

struct HistoryRestoreCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Writes a plan's folder again, byte for byte, or the package it was made from.")

    @OptionGroup var location: HistoryLocation

    @Argument(help: "Number of the plan.")
    var plan: Int64

    @Option(help: "The folder to write: new, empty, or (without --inputs) an earlier plan's.", completion: .directory)
    var out: String

    @Flag(help: "Write the package's input files instead of the plan.")
    var inputs = false

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            if inputs { try store.restoreInputs(ofPlan: plan, to: out) } else { try store.restorePlan(plan, to: out) }
            if output.format == .json {
                console.printJSON(
                    FolderOutput(folder: out, files: ((try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []).sorted()))
            } else {
                let words = HistoryWords(language: language)
                say(
                    inputs
                        ? words("The inputs of plan \(plan) are in \(out).", "计划 \(plan) 的输入文件已写入 \(out)。")
                        : words("Plan \(plan) is in \(out).", "计划 \(plan) 已写入 \(out)。"), on: console)
            }
        }
        return .done
    }
}

struct HistoryCompareCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(commandName: "compare", abstract: "What differs between two plans of the history.")

    @OptionGroup var location: HistoryLocation

    @Argument(help: "Number of the earlier plan.")
    var before: Int64

    @Argument(help: "Number of the later plan.")
    var after: Int64

    @Option(help: "Number of near buckets whose stability is measured.")
    var near = 4

    @Option(help: "Most accounts, resources and moves to list.")
    var rows = 10

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    func validate() throws {
        if near < 1 { throw ValidationError("--near must be 1 or more; it was \(near).") }
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            let (comparison, package) = try store.compare(before, with: after, nearBuckets: near)
            present(comparison, text: comparisonText(comparison, package: package, language: language, rows: rows), on: console)
        }
        return .done
    }
}

struct HistoryReproduceCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce", abstract: "Plans again from a plan's stored inputs and says whether the bytes agree.",
        discussion: "Exit code 1 where they do not. timings.json, which differs between any two runs, is not compared.")

    @OptionGroup var location: HistoryLocation

    @Argument(help: "Number of the plan.")
    var plan: Int64

    @Option(help: "Processor cores to use. Default: all. The plan does not depend on it.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more; it was \(threads).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            let result = try withProgress(on: console) { try store.reproduce(plan, with: Planner(threads: threads), progress: $0) }
            present(result, text: reproductionText(result, language: language), on: console)
            return result.agrees ? .done : .problemsFound
        }
    }
}

struct HistoryChangesCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(commandName: "changes", abstract: "Who changed what through the page, when.")

    @OptionGroup var location: HistoryLocation

    @Option(help: "Most changes to list.")
    var rows = 50

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    func validate() throws {
        if rows < 1 { throw ValidationError("--rows must be 1 or more; it was \(rows).") }
    }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            let changes = try store.changes(limit: rows)
            present(changes, text: changesText(changes, language: language), on: console)
        }
        return .done
    }
}

struct HistoryUndoCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Puts back in overrides.csv what stood there before a change.")

    @OptionGroup var location: HistoryLocation

    @Argument(help: "Number of the change.")
    var change: Int64

    @Option(help: "Who undoes it. Default: your login name.")
    var author: String?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            let reading = readPackage(at: location.folder)
            guard let package = reading.package else { throw PlanningError.unusableInput(reading.findings) }
            let undone = try store.undo(change, by: author ?? loginName(), horizon: package.horizon)
            let words = HistoryWords(language: language)
            present(
                undone.map { [$0] } ?? [],
                text: words("Change \(change) is undone; overrides.csv is as it was there.", "更改 \(change) 已撤销，overrides.csv 中该处恢复原值。"),
                on: console)
        }
        return .done
    }
}

struct HistoryForgetCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Takes plans out of the history, with files that no other plan needs.")

    @OptionGroup var location: HistoryLocation

    @Argument(help: "Numbers of the plans.")
    var plans: [Int64]

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: location.language, package: location.folder) }

    func perform(on console: Console) throws -> CommandStatus {
        try location.withStore { store, language in
            try store.forget(plans)
            let words = HistoryWords(language: language)
            let list = plans.map(String.init).joined(separator: ", ")
            present(plans, text: words("Forgotten: \(list).", "已从历史中删除：\(list)。"), on: console)
        }
        return .done
    }
}
