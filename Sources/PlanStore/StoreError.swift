import Foundation
import Fullshelf
import GRDB

/// Why the plan store could not do what it was asked. ``text(_:)`` says what happened and what to do; nothing has changed then.
public enum StoreError: BilingualError {
    /// There is no store beside the package yet.
    case noStore(package: String)
    case noSuchPlan(Int64)
    case noSuchChange(Int64)
    /// The store cannot be opened or written: permissions, disk.
    case cannotUse(path: String, reason: Bilingual)
    /// Neither the history nor a file of the package has changed.
    case diskFull(path: String)
    /// Another process held the store for longer than ``PlanStore/patience``.
    case busy(path: String)
    case damaged(path: String, reason: Bilingual)
    /// Written by a later version of Fullshelf.
    case newer(path: String)
    /// An input file changed between planning and recording, so the plan's inputs are not there any more.
    case inputsChanged(file: String)
    /// The plan folder is not the one that was just written.
    case planReplaced(folder: String)
    /// The cell was changed by somebody since it was looked at; `current` is what stands there now.
    case changedMeanwhile(cell: OverrideCell, current: OverrideEntry?, by: String?)
    /// What a change wrote is no longer there, so it cannot be undone.
    case cannotUndo(Int64, reason: UndoObstacle)
    /// An override without author or reason, or a quantity that is none.
    case badEntry(field: String)
    /// The account, product or bucket of an override is not in the package.
    case unknownCell(OverrideCell)
    /// A file of the package cannot be read or written.
    case packageFile(reason: Bilingual)
    case planning(PlanningError)

    public enum UndoObstacle: Sendable, Hashable {
        case undoneAlready
        case overwritten
        case isAnUndo
    }

    public func text(_ language: ReportLanguage) -> String { wording.text(language) }

    public var wording: Bilingual {
        switch self {
        case .noStore(let package):
            return Bilingual(
                "\(package) has no history yet; `fullshelf plan` and `fullshelf serve` begin one.",
                "\(package) 还没有历史记录；运行 `fullshelf plan` 或 `fullshelf serve` 后才有。")
        case .noSuchPlan(let id):
            return Bilingual(
                "There is no plan \(id) in the history; `fullshelf history FOLDER` lists them.",
                "历史记录中没有计划 \(id)；`fullshelf history FOLDER` 列出全部。")
        case .noSuchChange(let id):
            return Bilingual("There is no change \(id) in the history.", "历史记录中没有更改 \(id)。")
        case .cannotUse(let path, let reason):
            return Bilingual(
                "The history \(path) cannot be used: \(reason.english). Check the permissions and the disk.",
                "无法使用历史记录 \(path)：\(reason.chinese)。请检查权限和磁盘。"
            )
        case .diskFull(let path):
            return Bilingual(
                "The disk is full; nothing was written to \(path), and nothing is lost. Make room on the disk and try again.",
                "磁盘已满，\(path) 未作更改，也没有丢失任何内容。请腾出磁盘空间后重试。")
        case .busy(let path):
            return Bilingual(
                "Another process is using the history \(path). Wait for it and try again.", "另一进程正在使用历史记录 \(path)。请稍后重试。")
        case .damaged(let path, let reason):
            return Bilingual(
                "The history \(path) is damaged (\(reason.english)). Move it away; a new one is begun, and the package itself is unharmed.",
                "历史记录 \(path) 已损坏（\(reason.chinese)）。请将其移走，程序会新建一个；数据包本身不受影响。")
        case .newer(let path):
            return Bilingual(
                "The history \(path) was written by a later version of Fullshelf. Use that version.",
                "历史记录 \(path) 由更新版本的 Fullshelf 写成，请使用该版本。")
        case .inputsChanged(let file):
            return Bilingual(
                "\(file) changed while the plan was made, so the plan cannot be recorded with its inputs. Plan again.",
                "制订计划期间 \(file) 发生了变化，无法连同输入一起记录该计划。请重新计划。")
        case .planReplaced(let folder):
            return Bilingual(
                "Another plan took the place of \(folder) before this one was recorded. Plan again.", "\(folder) 在记录之前已被另一计划取代。请重新计划。")
        case .changedMeanwhile(let cell, let current, let author):
            let place = "\(cell.account) · \(cell.product) · \(cell.bucket)"
            let who = author.map { Bilingual(" by \($0)", "，修改人：\($0)") } ?? .none
            let now =
                current.map { Bilingual("it is now \(NumberText.shortest($0.quantity))", "现值为 \(NumberText.shortest($0.quantity))") }
                ?? Bilingual("it has been taken out", "现已删除")
            return Bilingual(
                "The override of \(place) was changed meanwhile\(who.english): \(now.english). Look at it and save again if yours is to stand.",
                "\(place) 的人工修改在此期间已变动\(who.chinese)：\(now.chinese)。请查看后再决定是否保存。")
        case .cannotUndo(let id, let obstacle):
            switch obstacle {
            case .undoneAlready: return Bilingual("Change \(id) has been undone already.", "更改 \(id) 已经撤销。")
            case .overwritten:
                return Bilingual(
                    "Change \(id) cannot be undone: the same override was changed again later. Undo the later change first.",
                    "更改 \(id) 无法撤销：同一处之后又有修改。请先撤销后来的更改。")
            case .isAnUndo:
                return Bilingual("Change \(id) is an undo itself; enter the override again instead.", "更改 \(id) 本身就是撤销；请重新填写该人工修改。")
            }
        case .badEntry(let field):
            switch field {
            case "author": return Bilingual("Say who makes the override.", "请填写修改人。")
            case "reason": return Bilingual("Say why; a forecast is judged by its reasons later.", "请填写原因，以便日后评判预测。")
            default: return Bilingual("The quantity must be a number, 0 or more.", "数量必须是不小于 0 的数字。")
            }
        case .unknownCell(let cell):
            return Bilingual(
                "\(cell.account) · \(cell.product) · \(cell.bucket) is not in the package or its horizon.",
                "\(cell.account) · \(cell.product) · \(cell.bucket) 不在数据包或计划期内。")
        case .packageFile(let reason): return reason
        case .planning(let error): return error.wording
        }
    }

    /// Turns a database's error into one of ours.
    init(_ error: any Error, path: String) {
        if let own = error as? StoreError {
            self = own
            return
        }
        guard let error = error as? DatabaseError else {
            self = .cannotUse(path: path, reason: Bilingual(error))
            return
        }
        let reason = error.message ?? "SQLite \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, reason: Bilingual(verbatim: reason))
        default:
            // A disk without a page left fails some of SQLite's files in other ways than by saying so.
            self = hasRoom(besides: path) ? .cannotUse(path: path, reason: Bilingual(verbatim: reason)) : .diskFull(path: path)
        }
    }
}

/// Whether a file can grow by a few pages.
private func hasRoom(besides path: String) -> Bool {
    var status = statvfs()
    guard statvfs(URL(fileURLWithPath: path).deletingLastPathComponent().path, &status) == 0 else { return true }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize) >= 1 << 16
}

extension StoreError {
    /// A file of the package that could not be written.
    init(_ error: PlanFolderError) {
        if case .diskFull(let path) = error { self = .diskFull(path: path) } else { self = .packageFile(reason: error.wording) }
    }
}
