import InteriorPoint
import PlanModel

/// How an allocation is run; none of it changes what is optimal.
public struct AllocationOptions {
    /// Worker threads; the same bytes come out for any number.
    public var threads: Int
    public var progress: ProgressHandler?
    /// Called after each interior-point solve: rows, columns, iterations (for benchmarks).
    public var onSolveStatistics: ((SolveStatistics) -> Void)?
    /// What an allocation of the same package left before a few figures changed: the plan is reached from there, in a fraction of the time.
    public var basis: AllocationBasis?
    /// Called at the end with what later allocations may start from.
    public var onBasis: ((AllocationBasis) -> Void)?
    /// Asked before each iteration of a solve; true ends the search with the best plan known, each rank with the bound proven so far. The first
    /// solve goes on until there is a plan that keeps every limit.
    public var isOutOfTime: (@Sendable () -> Bool)?
    /// Whether tiers that lose sales are solved once more for the prices that tell why (``AllocationOutcome/lossPrices``).
    public var findsLossPrices = true
    /// Asked between ranks; true stops the run with ``AllocationError/cancelled``.
    public var isCancelled: (() -> Bool)?

    public init(threads: Int = 2, progress: ProgressHandler? = nil) {
        self.threads = threads
        self.progress = progress
    }

    func onSolve(_ stage: StageProgram, _ solution: InteriorPointSolution, iterations: Int) {
        onSolveStatistics?(
            SolveStatistics(
                rows: stage.program.rowCount, couplingRows: stage.program.couplingRows.count, columns: stage.program.columnCount,
                iterations: iterations))
    }

    func checkCancelled() throws {
        if isCancelled?() == true { throw AllocationError.cancelled }
    }
}

/// Size and effort of one interior-point solve.
public struct SolveStatistics: Hashable, Sendable {
    public var rows: Int
    public var couplingRows: Int
    public var columns: Int
    public var iterations: Int
}

public enum AllocationError: BilingualError, Equatable {
    /// Frozen decisions, stock, storage or receipts contradict each other; what is broken, largest first.
    case noPlanExists([Bilingual])
    case cancelled
    /// The solver could not prove a rank to the gap asked for; what was reached.
    case notProven(rank: String, gap: Double)
    /// No such rank in the package's settings.
    case unknownRank(String)

    public var wording: Bilingual {
        switch self {
        case .noPlanExists(let broken):
            Bilingual(
                "no plan can keep the data: " + broken.map(\.english).joined(separator: "; ")
                    + ". Correct the frozen decisions, opening stock, goods in transit or limits named here.",
                "数据相互矛盾，不存在可行的计划：" + broken.map(\.chinese).joined(separator: "；") + "。请更正所列的已冻结安排、期初库存、在途货物或限额。")
        case .cancelled: Bilingual("cancelled", "已停止")
        case .notProven(let rank, let gap):
            Bilingual("rank \(rank) could be proven only to a relative gap of \(gap)", "目标 \(rank) 只能证明到相对差距 \(gap)")
        case .unknownRank(let rank):
            Bilingual("the plan has no rank \(rank); see [plan] ranks in plan.toml", "计划中没有目标 \(rank)；见 plan.toml 中 [plan] 的 ranks")
        }
    }
}
