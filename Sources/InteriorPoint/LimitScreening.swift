/// Chooses which limits a solve does without, iteration by iteration: those with much room leave, those whose room runs short come back, before they
/// could bind, and stay. Most limits of a plan never bind, and the coupling rows' Schur complement costs their number squared and cubed.
struct LimitScreening {
    private let program: BlockProgram
    private let limits: [LeftOutLimits.Limit]
    private var isOut: [Bool]
    /// Came back once.
    private var stays: [Bool]
    private var iterations = 0
    private var rowsIn: Int
    private let mayLeave: Bool

    /// - Parameters:
    ///   - leftOut: What the solve starts without.
    ///   - fewestRows: Coupling rows below which none leaves.
    init(_ program: BlockProgram, _ presolve: Presolve, leftOut: LeftOutLimits, fewestRows: Int) {
        self.program = program
        limits = LeftOutLimits.candidates(program, presolve)
        isOut = limits.map { leftOut.isRow[$0.row] }
        stays = [Bool](repeating: false, count: limits.count)
        rowsIn = program.couplingRows.count - leftOut.limits.count
        mayLeave = rowsIn >= fewestRows
    }

    /// Looks at the point of an iteration.
    ///
    /// - Parameters:
    ///   - x: Shape [n], unused parts of limits left out completed.
    ///   - differences: b − A x, shape [m].
    /// - Returns: The limits to go on without, where that changes.
    mutating func change(at x: [Double], _ differences: [Double]) -> [LeftOutLimits.Limit]? {
        iterations += 1
        var leaving: [Int] = [], short: [Int] = []
        var mustReturn = false
        for (i, limit) in limits.enumerated() {
            let unused = limit.coefficient * x[limit.slack]
            // Rows are not met on the way: what the row says and what the column says, the smaller counts.
            let room = min(unused, unused + differences[limit.row]) / program.rightHandSide[limit.row]
            if isOut[i] {
                mustReturn = mustReturn || room < Self.shortest
                if room < Self.short { short.append(i) }
            } else if mayLeave, room > Self.ample, !stays[i] {
                leaving.append(i)
            }
        }
        let areEnough = iterations >= Self.firstIteration && Double(leaving.count) >= Self.worthwhileShare * Double(rowsIn)
        guard mustReturn || areEnough else { return nil }
        if mustReturn {
            for i in short {
                isOut[i] = false
                stays[i] = true
            }
            rowsIn += short.count
        }
        if areEnough {
            for i in leaving { isOut[i] = true }
            rowsIn -= leaving.count
        }
        return limits.indices.filter { isOut[$0] }.map { limits[$0] }
    }

    /// The limits with much room at a point.
    static func ample(_ program: BlockProgram, _ presolve: Presolve, at x: [Double]) -> [LeftOutLimits.Limit] {
        LeftOutLimits.candidates(program, presolve).filter { $0.coefficient * x[$0.slack] > ample * program.rightHandSide[$0.row] }
    }

    /// Shares of a limit left unused above which it may leave, below which it must come back, and below which others then come back with it.
    private static let ample = 0.2
    private static let shortest = 0.05
    private static let short = 0.15
    /// The first iterations do not tell which limits will bind.
    private static let firstIteration = 10
    /// Share of the rows still in that must be ready to leave: each change costs about half an iteration.
    private static let worthwhileShare = 0.2
}
