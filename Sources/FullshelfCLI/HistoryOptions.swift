import ArgumentParser
import Foundation
import Fullshelf
import PlanStore

/// Whether and as whose a plan is kept in the history beside its package.
struct HistoryOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Keep the plan with its inputs in the history beside the package (FOLDER/.fullshelf); a workbook has none.")
    var history = true

    @Option(help: "Who makes the plan, for the history. Default: your login name.")
    var author: String?

    @Option(help: "A sentence about the plan, for the history.")
    var note: String?

    /// The name to keep: as given, else the login name.
    var authorName: String { author ?? loginName() }
}

func loginName() -> String {
    let name = NSUserName()
    return name.isEmpty ? "unknown" : name
}

extension ConsoleCommand {
    /// Keeps a plan that has been written. That it cannot be kept is told, and is no failure of the plan: the folder may be read-only.
    ///
    /// - Returns: The plan's number; nil where it was not kept.
    func keepInHistory(
        _ run: PlanningRun, packageAt folder: String, planAt output: String, origin: PlanOrigin, options: HistoryOptions,
        on console: Console
    ) -> Int64? {
        guard options.history, !isFile(folder) else { return nil }
        do throws(StoreError) {
            return try PlanStore(packageAt: folder).record(
                run, planAt: output, origin: origin, author: options.authorName, note: options.note ?? "")
        } catch {
            if !self.output.quiet {
                let label = console.errorStyle.yellow(run.language == .chinese ? "提示：" : "note:")
                let what = run.language == .chinese ? "计划已写好，但未记入历史。" : "the plan is written, but was not kept in the history."
                console.printError("\(label) \(what) \(error.text(run.language))")
            }
            return nil
        }
    }
}

/// Whether a package is one workbook, not a folder.
private func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
}

extension CommandFailure {
    init(_ error: StoreError) {
        switch error {
        case .planning(let error): self.init(error)
        case .damaged, .newer: self.init(status: .badInput, error.wording, remedy: .none)
        default: self.init(status: .badUsage, error.wording, remedy: .none)
        }
    }
}
