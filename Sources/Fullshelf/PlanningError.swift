import Allocation
import PlanCheck
import PlanData

/// Why there is no plan. ``wording`` says what happened, ``remedy`` what to do; ``description`` and ``advice`` are their English.
public enum PlanningError: BilingualError {
    /// The package has errors; all its findings, errors and notes.
    case unusableInput([Finding])
    /// Changes asked about cannot be made; all findings about them.
    case unusableChanges([Finding])
    /// The files of a plan folder cannot be read; all findings about them.
    case unusablePlan([Finding])
    /// The data contradict each other: no plan of any quality exists. What is broken, largest first.
    case contradictoryInput([Bilingual])
    /// The rank asked for is not one of the package's.
    case unknownRank(Bilingual)
    /// The independent checker found the finished plan to break a rule: a fault of ours. Largest violation first.
    case planFailsCheck([Violation])
    /// A step failed for a reason of ours.
    case internalFailure(step: PlanningStep, reason: Bilingual)
    /// The plan could not be written; what stood there before is untouched.
    case notWritten(folder: String, reason: Bilingual)
    /// ``Planner/isCancelled`` asked to stop.
    case cancelled

    public var wording: Bilingual {
        switch self {
        case .unusableInput(let findings):
            let errors = findings.filter { $0.severity == .error }
            return Bilingual("The data package has errors:\n", "数据包有错误：\n") + errors.wording
        case .unusableChanges(let findings):
            return Bilingual("The changes cannot be made:\n", "无法作出这些变化：\n") + findings.wording
        case .unusablePlan(let findings):
            let errors = findings.filter { $0.severity == .error }
            return Bilingual("The plan cannot be read:\n", "无法读取该计划：\n") + errors.wording
        case .contradictoryInput(let broken):
            return Bilingual(
                "No plan can keep everything that is fixed; what would have to break:" + broken.map { "\n  \($0.english)" }.joined(),
                "没有计划能同时满足所有已定的内容；必然违反的有：" + broken.map { "\n  \($0.chinese)" }.joined())
        case .unknownRank(let reason): return reason
        case .planFailsCheck(let violations):
            let named = violations.prefix(5)
            return Bilingual(
                "The plan breaks its own rules in \(violations.count) places and was not written:"
                    + named.map { "\n  \($0.constraint): off by \($0.amount)" }.joined(),
                "计划有 \(violations.count) 处违反自身规则，未写出：" + named.map { "\n  \($0.constraint)：相差 \($0.amount)" }.joined())
        case .internalFailure(let step, let reason):
            return Bilingual("The step \"\(step.rawValue)\" failed: \(reason.english).", "步骤“\(step.rawValue)”失败：\(reason.chinese)。")
        case .notWritten(let folder, let reason):
            return Bilingual("The plan could not be written to \(folder): \(reason.english)", "计划无法写入 \(folder)：\(reason.chinese)")
        case .cancelled: return Bilingual("Planning was cancelled; nothing was written.", "计划制订已取消，未写入任何内容。")
        }
    }

    /// ``remedy`` in English.
    public var advice: String { remedy.english }

    public var remedy: Bilingual {
        switch self {
        case .unusableInput:
            Bilingual("Correct the rows that are named; nothing is planned on a package with errors.", "请更正所列各行；数据包有错误时不制订计划。")
        case .unusableChanges:
            Bilingual(
                "Correct the changes that are named; `fullshelf what-if --help` lists the kinds and their fields.",
                "请更正所列的变化；fullshelf what-if --help 列出各种变化及其字段。")
        case .unusablePlan: Bilingual("Correct what is named, or write the plan again.", "请更正所列问题，或重新制订计划。")
        case .contradictoryInput:
            Bilingual(
                "Correct the frozen decisions, opening stock, goods in transit or limits that are named.", "请更正所列的已冻结安排、期初库存、在途货物或限额。")
        case .unknownRank:
            Bilingual(
                "The order of ranks is in [plan] ranks of plan.toml; the tiers are shown by `fullshelf segment`.",
                "目标的次序见 plan.toml 中 [plan] 的 ranks；客户级别可用 fullshelf segment 查看。")
        case .planFailsCheck, .internalFailure:
            Bilingual(
                "This is a fault of Fullshelf. Please report it, if you can with the data package. Nothing was written.",
                "这是 Fullshelf 的错误，请报告，最好附上数据包。未写入任何内容。")
        case .notWritten:
            Bilingual(
                "Name another folder, or make room or give permission there. What stood there before is untouched.",
                "请另指定文件夹，或腾出磁盘空间，或取得写入权限。原有内容保持不变。")
        case .cancelled: Bilingual("Start again when you like.", "可随时重新开始。")
        }
    }

    /// An error of the allocation in the words of a planning run.
    init(_ error: any Error) {
        switch error {
        case let error as PlanningError: self = error
        case AllocationError.noPlanExists(let broken): self = .contradictoryInput(broken)
        case AllocationError.cancelled: self = .cancelled
        case AllocationError.unknownRank(let rank): self = .unknownRank(Bilingual("The plan has no rank \(rank).", "计划中没有目标 \(rank)。"))
        default: self = .internalFailure(step: .allocate, reason: Bilingual(error))
        }
    }
}
