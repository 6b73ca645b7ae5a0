@testable import InteriorPoint
import Testing

/// A small program whose solution is known.
struct KnownCase: Sendable, CustomStringConvertible {
    var name: String
    var program: BlockProgram
    var objective: Double
    /// nil where several are optimal.
    var x: [Double]?
    var y: [Double]?
    var origin: String

    var description: String { name }

    static let all: [KnownCase] = [
        {
            // max 3a + 5b; a ≤ 4, 2b ≤ 12, 3a + 2b ≤ 18.
            var sketch = ProgramSketch()
            sketch.addColumn(cost: -3, [(0, 1), (2, 3)])
            sketch.addColumn(cost: -5, [(1, 2), (2, 2)])
            for row in 0..<3 { sketch.addColumn(cost: 0, implied: 100, [(row, 1)]) }
            return KnownCase(
                name: "two products, three plants", program: sketch.program(rightHandSide: [4, 12, 18], coupling: 0..<3), objective: -36,
                x: [2, 6, 2, 0, 0], y: [0, -1.5, -1], origin: "Hillier & Lieberman, Wyndor Glass: 36 at (2, 6), prices 0, 3/2, 1")
        }(),
        {
            // Stock over three periods as one chain: make ≤ 10 at 1, demand 4, 8, 14, holding 0.5 a period, lost 5.
            var sketch = ProgramSketch()
            for t in 0..<3 { sketch.addColumn(cost: 1, upper: 10, [(t, 1)]) }
            for t in 0..<2 { sketch.addColumn(cost: 0.5, implied: 50, [(t, -1), (t + 1, 1)]) }
            for t in 0..<3 { sketch.addColumn(cost: 5, upper: 20, [(t, 1)]) }
            return KnownCase(
                name: "pre-build for a peak",
                program: sketch.program(
                    rightHandSide: [4, 8, 14], blocks: [BlockProgram.Block(chainStarts: [0], core: 3..<3)], coupling: 3..<3),
                objective: 29, x: [6, 10, 10, 2, 4, 0, 0, 0], y: nil,
                origin: "by hand: 26 made at 1; 4 too few in the peak, 2 spare the period before, 2 two periods before: 26 + 2·0.5 + 2·1")
        }(),
        {
            // 60 units for demands 10, 40, 100, least Σ lost² / demand (cost of lost: quadratic 2 / demand).
            var sketch = ProgramSketch()
            for _ in 0..<3 { sketch.addColumn(cost: 0, upper: 100, []) }
            sketch = ProgramSketch()
            let demands = [10.0, 40, 100]
            for (i, d) in demands.enumerated() {
                sketch.addColumn(cost: 0, upper: d, quadratic: 2 / d, [(i, 1)])
                sketch.addColumn(cost: 0, upper: d, [(i, 1), (3, 1)])
            }
            return KnownCase(
                name: "proportional sharing",
                program: sketch.program(rightHandSide: demands + [60], coupling: 0..<4), objective: 54,
                x: [6, 4, 24, 16, 60, 40], y: nil, origin: "the sharing table of the model: 4 / 16 / 40; 3.6 + 14.4 + 36")
        }(),
        {
            // Row 0 sets a = 2; row 1 then sets b = 3 − a; the rest, c + d = 5 − b at costs 3 and 1 with d ≤ 1, is left to be solved.
            var sketch = ProgramSketch()
            sketch.addColumn(cost: 7, implied: 10, [(0, 2), (1, 1)])
            sketch.addColumn(cost: 4, implied: 10, [(1, 1), (2, 1)])
            sketch.addColumn(cost: 3, implied: 10, [(2, 1)])
            sketch.addColumn(cost: 1, upper: 1, [(2, 1)])
            return KnownCase(
                name: "rows that set their columns",
                program: sketch.program(rightHandSide: [4, 3, 5], coupling: 0..<3), objective: 28, x: [2, 1, 3, 1], y: [3, 1, 3],
                origin: "by hand: 14 + 4 + 9 + 1; row 2 is worth 3, row 1 then 4 − 3, row 0 (7 − 1) / 2")
        }(),
        {
            // Two plants, two markets: supply 20, 30; demand 25, 20.
            var sketch = ProgramSketch()
            for (plant, market, cost) in [(0, 0, 4.0), (0, 1, 6), (1, 0, 5), (1, 1, 3)] {
                sketch.addColumn(cost: cost, implied: 50, [(plant, 1), (2 + market, 1)])
            }
            for plant in 0..<2 { sketch.addColumn(cost: 0, implied: 50, [(plant, 1)]) }
            return KnownCase(
                name: "transport",
                program: sketch.program(
                    rightHandSide: [20, 30, 25, 20], blocks: [BlockProgram.Block(chainStarts: [], core: 0..<4)], coupling: 4..<4),
                objective: 165, x: [20, 0, 5, 20, 0, 5], y: [-1, 0, 5, 3], origin: "by hand: 20·4 + 5·5 + 20·3; plant 2 has 5 to spare")
        }(),
    ]
}

@Suite struct InteriorPointSolverTests {
    @Test(arguments: KnownCase.all)
    func knownProgramHasItsKnownSolution(_ known: KnownCase) throws {
        let solution = try InteriorPointSolver(known.program).solve()
        #expect(solution.status == .optimal)
        let scale = max(1, abs(known.objective))
        #expect(abs(solution.primalObjective - known.objective) <= 2e-8 * scale)
        #expect(solution.dualBound <= known.objective + 1e-12 * scale)
        #expect(solution.dualBound >= known.objective - 2e-8 * scale)
        // x moves with the square root of the gap where only curvature pins it.
        if let x = known.x { for (found, expected) in zip(solution.x, x) { #expect(abs(found - expected) <= 1e-3) } }
        if let y = known.y { for (found, expected) in zip(solution.y, y) { #expect(abs(found - expected) <= 1e-4) } }
    }

    /// Feasible to 1e-9 and a proven bound within 1e-8: nothing else could be a better answer.
    @Test(arguments: RandomProgram.shapes, [UInt64(1), 2, 3])
    func primalMeetsItsBound(_ shape: RandomProgram, seed: UInt64) throws {
        let program = shape.make(seed: seed)
        let solution = try InteriorPointSolver(program).solve()
        #expect(solution.status == .optimal, "\(solution.status) after \(solution.iterations)")
        #expect(solution.iterations <= 60)
        let judged = SlowJudge(program)
        #expect(judged.worstRow(solution.x) <= 1e-9)
        #expect(judged.worstBound(solution.x) == 0)
        let objective = judged.objective(solution.x), bound = judged.bound(solution.y)
        #expect(abs(objective - solution.primalObjective) <= 1e-10 * (1 + abs(objective)))
        #expect(abs(bound - solution.dualBound) <= 1e-9 * (1 + abs(bound)))
        #expect(objective - bound <= 1e-8 * max(1, abs(objective)))
        #expect(bound - objective <= 1e-8 * max(1, abs(objective)))
        // Prices of bounds belong to the reduced costs, and products vanish.
        let settled = Set(program.fixedColumns.map(\.column))
        for j in 0..<program.columnCount where !settled.contains(j) {
            #expect(solution.lowerDuals[j] >= 0 && solution.upperDuals[j] >= 0)
            #expect(solution.lowerDuals[j] * solution.x[j] <= 1e-6 * max(1, abs(objective)))
        }
    }

    @Test(
        arguments: [
            RandomProgram.shapes[0], RandomProgram.shapes[8], RandomProgram.shapes[11], RandomProgram.shapes[12], RandomProgram.shapes[14],
        ], [UInt64(5), 6])
    func threadsChangeNoBit(_ shape: RandomProgram, seed: UInt64) throws {
        let solver = try InteriorPointSolver(shape.make(seed: seed))
        let one = solver.solve(InteriorPointSettings(threads: 1)), two = solver.solve(InteriorPointSettings(threads: 2))
        let three = solver.solve(InteriorPointSettings(threads: 3))
        #expect(one.x == two.x && one.y == two.y && one.iterations == two.iterations)
        #expect(one.x == three.x && one.y == three.y)
    }

    @Test func structuredProgramIsSolvedInFewIterations() throws {
        for sums in [false, true] {
            let program = StructuredProgram(
                products: 4, plants: 2, linesPerPlant: 1, depots: 3, accounts: 8, buckets: 10, accountSums: sums, seed: 4
            ).make()
            let solution = try InteriorPointSolver(program).solve(InteriorPointSettings(threads: 2))
            #expect(solution.status == .optimal)
            #expect(solution.iterations <= 45)
            #expect(SlowJudge(program).worstRow(solution.x) <= 1e-9)
        }
    }

    @Test func coldAndWarmStartsAgree() throws {
        let shape = RandomProgram.shapes[14]
        var program = shape.make(seed: 9)
        let before = try InteriorPointSolver(program).solve()
        for j in stride(from: 0, to: program.columnCount, by: 7) { program.cost[j] *= 1.1 }
        let solver = try InteriorPointSolver(program)
        let cold = solver.solve(), warm = solver.solve(from: .point(before.x))
        #expect(warm.status == .optimal)
        #expect(abs(cold.primalObjective - warm.primalObjective) <= 2e-8 * abs(cold.primalObjective))
    }

    @Test(arguments: [3, 14]) func aPathPointOfASimilarProgramLeadsToTheSameAnswer(_ shape: Int) throws {
        var program = RandomProgram.shapes[shape].make(seed: 9)
        var settings = InteriorPointSettings()
        settings.keepsPathPoint = true
        let before = try InteriorPointSolver(program).solve(settings)
        let path = try #require(before.pathPoint)
        #expect(path.x.count == program.columnCount && path.y.count == program.rowCount)
        for j in stride(from: 0, to: program.columnCount, by: 7) { program.cost[j] *= 1.02 }
        let solver = try InteriorPointSolver(program)
        let cold = solver.solve(), warm = solver.solve(from: .path(path))
        #expect(warm.status == .optimal)
        #expect(abs(cold.primalObjective - warm.primalObjective) <= 2e-8 * abs(cold.primalObjective))
        #expect(warm.iterations < cold.iterations, "\(warm.iterations), \(cold.iterations)")
        #expect(solver.solve().pathPoint == nil)
    }

    @Test(arguments: [0, 3, 9, 14]) func aPathPointOfADistantProgramLeadsToTheSameAnswer(_ shape: Int) throws {
        var program = RandomProgram.shapes[shape].make(seed: 9)
        var settings = InteriorPointSettings()
        settings.keepsPathPoint = true
        let path = try #require(try InteriorPointSolver(program).solve(settings).pathPoint)
        for j in program.cost.indices { program.cost[j] *= [0.1, 1, 10][j % 3] }
        let solver = try InteriorPointSolver(program)
        // Nearer than that the last digits of a processor's kernels decide how many iterations the quadratic one takes.
        settings.tolerance = 1e-6
        let cold = solver.solve(settings), warm = solver.solve(settings, from: .path(path))
        #expect(warm.status == .optimal)
        #expect(abs(cold.primalObjective - warm.primalObjective) <= 2e-6 * abs(cold.primalObjective))
        #expect(warm.iterations <= cold.iterations + 6, "\(warm.iterations), \(cold.iterations)")
    }

    /// Every product over a bound is the same, and what the prices make cheap or dear stands where its bounds and the price leave it.
    @Test func aPathPointIsCentredAgainWhereTooMuchHasChanged() throws {
        let program = RandomProgram.shapes[3].make(seed: 9)
        let solver = try InteriorPointSolver(program)
        let working = solver.working
        let point = Iterate(working, threads: 1)
        let system = NewtonSystem(working, NormalPattern(working, threads: 1), threads: 1)
        let path = PathPoint(
            x: [Float](repeating: 0, count: program.columnCount), y: [Float](repeating: 0, count: program.rowCount),
            product: working.objectiveScale)
        solver.place(point, at: path, centredAt: 100, system: system)
        for j in working.originalColumn.indices {
            #expect(abs(point.x[j] * point.z[j] - 100) <= 1e-9)
            if point.bounded[j] > 0 { #expect(abs(point.v[j] * point.w[j] - 100) <= 1e-9) }
            // x minimises (c + q/2 u) x − 100 (ln x + ln(u − x)).
            let u = working.reach[j], x = point.x[j], slope = working.cost[j] + 0.5 * working.quadratic[j] * u
            let derivative = slope - 100 / x + 100 / (u - x)
            if x > 1e-3 * u, x < 0.75 * u { #expect(abs(derivative) <= 1e-6 * (abs(slope) + 100 / x), "column \(j)") }
        }
    }

    @Test func rowsAreMetByAProjectionOnceTheGapWillDo() throws {
        let program = StructuredProgram(
            products: 4, plants: 2, linesPerPlant: 1, depots: 3, accounts: 8, buckets: 10, accountSums: false, seed: 4
        ).make()
        let solution = try InteriorPointSolver(program).solve(InteriorPointSettings(tolerance: 1e-2, feasibilityTolerance: 1e-9))
        #expect(solution.status == .optimal)
        #expect(SlowJudge(program).worstRow(solution.x) <= 1e-9)
        let last = try #require(solution.history.last)
        #expect(last.primalResidual > 1e-9, "no projection was needed")
        #expect(solution.primalObjective == program.objective(at: solution.x))
        #expect(solution.primalObjective - solution.dualBound <= 1e-2 * max(abs(solution.primalObjective), 1))
        #expect(zip(solution.x, program.upper).allSatisfy { $0 >= 0 && $0 <= $1 })
    }

    /// Answers whose bound says nothing, one iteration after the other.
    @Test(arguments: [true, false]) func aPathOnItsWayIsNoStall(muFalls: Bool) {
        var record = SolveRecord(InteriorPointSettings())
        var mu = 1.0, ended = 0
        for iteration in 1...60 where ended == 0 {
            let answer = Answer(
                sides: [], x: [1], y: [], objective: 1, bound: -1e6 * Double(iteration), residual: 0.5, largestRow: 1)
            if record.judge(answer, mu, complementarity: mu) != nil { ended = iteration }
            if muFalls { mu *= 0.6 }
        }
        #expect(muFalls ? ended == 0 : (20...30).contains(ended), "\(ended)")
    }

    /// An answer within the acceptable tolerance, then one a hundred times worse: the end of a path, but not where a limit has just come back.
    @Test(arguments: [false, true]) func aLimitThatComesBackEndsNoSolve(comesBack: Bool) {
        var settings = InteriorPointSettings()
        settings.acceptableTolerance = 1e-5
        var record = SolveRecord(settings)
        func judged(_ gap: Double) -> InteriorPointStatus? {
            let answer = Answer(sides: [], x: [1], y: [], objective: 1, bound: 1 - gap, residual: 0, largestRow: 0)
            return record.judge(answer, gap, complementarity: gap)
        }
        #expect(judged(1e-3) == nil && judged(5e-6) == nil)
        if comesBack { record.noteOtherLimits() }
        #expect(judged(5e-4) == (comesBack ? nil : .acceptable))
        if comesBack { #expect(judged(1e-4) == nil && judged(1e-9) == .optimal) }
    }

    @Test func callerCanStopAndLimit() throws {
        let solver = try InteriorPointSolver(RandomProgram.shapes[0].make(seed: 1))
        let stopped = solver.solve(InteriorPointSettings(onIteration: { $0.iteration < 2 }))
        #expect(stopped.status == .stopped)
        #expect(stopped.history.count == 3)
        let limited = solver.solve(InteriorPointSettings(maxIterations: 3))
        #expect(limited.status == .iterationLimit)
        #expect(limited.iterations == 3)
        #expect(limited.x.count == solver.program.columnCount)
    }
}
