@testable import InteriorPoint
import Testing

/// Limits with room to spare are left out of the iterations: the answer must be that of all limits.
@Suite struct LimitScreeningTests {
    private func program(_ seed: UInt64, sums: Bool = false) -> BlockProgram {
        StructuredProgram(products: 5, plants: 2, linesPerPlant: 1, depots: 3, accounts: 9, buckets: 12, accountSums: sums, seed: seed)
            .make()
    }

    private func limits(_ program: BlockProgram) -> [LeftOutLimits.Limit] {
        LeftOutLimits.candidates(program, Presolve.run(program).presolve)
    }

    /// Objective and bound within 1e-8 of each other and all rows kept, so none left out is broken.
    private func expectSolved(_ solution: InteriorPointSolution, _ program: BlockProgram, as reference: InteriorPointSolution) {
        #expect(solution.status == .optimal, "\(solution.status)")
        let judged = SlowJudge(program)
        #expect(judged.worstRow(solution.x) <= 1e-9)
        #expect(judged.worstBound(solution.x) == 0)
        let objective = judged.objective(solution.x)
        #expect(objective - judged.bound(solution.y) <= 1e-8 * max(1, abs(objective)))
        #expect(abs(objective - reference.primalObjective) <= 2e-8 * max(1, abs(objective)))
        for row in solution.leftOutRows { #expect(solution.y[row] == 0) }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4]) func limitsLeaveOnTheWay(seed: UInt64) throws {
        let program = program(seed, sums: seed > 2)
        let all = try InteriorPointSolver(program).solve()
        #expect(all.leftOutRows.isEmpty, "so small a program needs no screening")
        let screened = try InteriorPointSolver(program, screenedFrom: 1).solve()
        expectSolved(screened, program, as: all)
        #expect(Double(screened.leftOutRows.count) > 0.2 * Double(limits(program).count), "\(screened.leftOutRows.count)")
        // What binds is in.
        let left = Set(screened.leftOutRows)
        for limit in limits(program) where all.y[limit.row] < -1e-4 { #expect(!left.contains(limit.row)) }
    }

    @Test(arguments: [UInt64(1), 2, 3]) func aGoodGuessLeavesFewRows(seed: UInt64) throws {
        let program = program(seed)
        let all = try InteriorPointSolver(program).solve()
        let solver = try InteriorPointSolver(program, roomAt: all.x, screenedFrom: 1)
        #expect(solver.working.couplingCount == (try InteriorPointSolver.couplingCount(program)) - solver.leftOut.limits.count)
        #expect(Double(solver.leftOut.limits.count) > 0.3 * Double(limits(program).count))
        expectSolved(solver.solve(), program, as: all)
        expectSolved(solver.solve(from: .point(all.x)), program, as: all)
    }

    /// A point at which nothing is used: all limits are left out, and those that bind come back.
    @Test(arguments: [UInt64(1), 2, 3, 4]) func aWrongGuessIsPutRight(seed: UInt64) throws {
        let program = program(seed, sums: seed > 2)
        let all = try InteriorPointSolver(program).solve()
        var unused = [Double](repeating: 0, count: program.columnCount)
        for limit in limits(program) { unused[limit.slack] = program.rightHandSide[limit.row] / limit.coefficient }
        let solver = try InteriorPointSolver(program, roomAt: unused, screenedFrom: 1)
        #expect(solver.leftOut.limits.count == limits(program).count)
        let solution = solver.solve()
        expectSolved(solution, program, as: all)
        #expect(limits(program).contains { all.y[$0.row] < -1e-4 }, "nothing binds: the test shows nothing")
    }

    @Test func threadsChangeNoBit() throws {
        let solver = try InteriorPointSolver(program(2), screenedFrom: 1)
        let one = solver.solve(InteriorPointSettings(threads: 1)), two = solver.solve(InteriorPointSettings(threads: 2))
        #expect(one.x == two.x && one.y == two.y && one.leftOutRows == two.leftOutRows)
    }

    @Test func aPathPointTellsWhatIsLeftUnused() throws {
        let program = program(1)
        var settings = InteriorPointSettings()
        settings.keepsPathPoint = true
        let all = try InteriorPointSolver(program).solve()
        let solver = try InteriorPointSolver(program, roomAt: all.x, screenedFrom: 1)
        let path = try #require(solver.solve(settings).pathPoint)
        for limit in solver.leftOut.limits { #expect(path.x[limit.slack] > 0) }
        expectSolved(try InteriorPointSolver(program, roomAt: all.x, screenedFrom: 1).solve(from: .path(path)), program, as: all)
    }

    @Test func projectionsKeepAllLimits() throws {
        let program = program(1)
        let all = try InteriorPointSolver(program).solve()
        let isFree = [Bool](repeating: true, count: program.columnCount)
        let moved = all.x.enumerated().map { $1 * ($0 % 3 == 0 ? 1.001 : 1) }
        let one = try InteriorPointSolver(program).projectedOntoEqualities(x: moved, free: isFree)
        let other = try InteriorPointSolver(program, roomAt: all.x, screenedFrom: 1).projectedOntoEqualities(x: moved, free: isFree)
        #expect(one.x == other.x && other.maxResidual <= 1e-9)
    }

    @Test func aCautiousSolveKeepsItsRows() throws {
        var settings = InteriorPointSettings()
        settings.isCautious = true
        #expect(try InteriorPointSolver(program(1), screenedFrom: 1).solve(settings).leftOutRows.isEmpty)
    }
}

extension InteriorPointSolver {
    /// Coupling rows that presolve leaves.
    fileprivate static func couplingCount(_ program: BlockProgram) throws -> Int { try InteriorPointSolver(program).working.couplingCount }
}
