import InteriorPoint
import PlanModel

/// The least sales, all accounts together, that any plan of a package must lose: one linear program, no ranks.
///
/// - Returns: Σ w·u·lost as the rank `lost-sales` counts it, what is still owed at the end included, and a bound no plan is below.
/// - Throws: ``AllocationError/notProven(rank:gap:)`` when the solver does not reach a millionth of the demand.
public func leastLostSales(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation,
    options: AllocationOptions = AllocationOptions()
) throws -> (value: Double, bound: Double) {
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    var stage = StageBuilder.build(model, resources: ResourceTable(model), content: StageContent())
    stage.settleWithoutRoom()
    var objective = StageObjective(columnCount: stage.columns.count)
    for tier in 1...model.tierCount {
        if let aim = stage.objective(of: Rank(aim: .lostSales, tier: tier)) { objective.add(aim, times: 1) }
    }
    guard objective.linear.contains(where: { $0 != 0 }) else { return (0, 0) }
    var program = stage.program
    program.cost = objective.linear
    var smaller = program
    smaller.boundSingleColumns(slacks: stage.columns.map { $0.kind == .slack })
    var settings = InteriorPointSettings()
    settings.threads = options.threads
    settings.tolerance = 1e-6
    settings.acceptableTolerance = 1e-5
    settings.objectiveScale = max(model.totalDemand, 1e-9)
    settings.objectiveConstant = objective.constant
    // The other way to start: everything lost.
    let lost = program.upper.indices.map { objective.linear[$0] > 0 && program.upper[$0].isFinite ? program.upper[$0] : 0 }
    var solution = try solvedEitherWay(smaller, settings, otherStart: lost)
    // Now and then the path through narrow bounds ends where the one along rows does not.
    if solution.status != .optimal, solution.status != .acceptable {
        solution = try solvedEitherWay(program, settings, otherStart: lost)
    }
    guard solution.status == .optimal || solution.status == .acceptable else {
        throw AllocationError.notProven(
            rank: "lost-sales", gap: (solution.primalObjective - solution.dualBound) / settings.objectiveScale)
    }
    return (solution.primalObjective + objective.constant, solution.dualBound + objective.constant)
}

/// Solves from the middle of the bounds and, where that is not proven, from another point; the better answer of the two.
func solvedEitherWay(_ program: BlockProgram, _ settings: InteriorPointSettings, otherStart: [Double]) throws -> InteriorPointSolution {
    let solver = try InteriorPointSolver(program)
    let solution = solver.solve(settings)
    if solution.status == .optimal || solution.status == .acceptable { return solution }
    let other = solver.solve(settings, from: .point(otherStart))
    return other.distanceToTolerance(settings) < solution.distanceToTolerance(settings) ? other : solution
}

extension BlockProgram {
    /// Makes each coupling row a x + slack = b with one column x besides its slack a bound on x. In a program of one product most limits are such rows, and
    /// coupling rows are what a solve is dear for. The slacks of such rows are 0 then and mean nothing.
    ///
    /// - Parameter slacks: Whether each column is the unused part of a limit.
    /// - Complexity: O(entries).
    fileprivate mutating func boundSingleColumns(slacks: [Bool]) {
        var only = [Int](repeating: -1, count: rowCount)
        var entryCount = [Int](repeating: 0, count: rowCount)
        var slackCount = entryCount
        for j in 0..<columnCount {
            for k in columnStarts[j]..<columnStarts[j + 1] where values[k] != 0 {
                let row = Int(rowIndices[k])
                if slacks[j] {
                    slackCount[row] += 1
                } else {
                    entryCount[row] += 1
                    only[row] = k
                }
            }
        }
        let bounds = couplingRows.filter { row in
            entryCount[row] == 1 && slackCount[row] == 1 && values[only[row]] > 0 && rightHandSide[row] >= 0
        }
        guard !bounds.isEmpty else { return }
        var place = [Int32](repeating: 0, count: rowCount)
        for row in bounds { place[row] = -1 }
        var kept: Int32 = 0
        for row in place.indices where place[row] >= 0 {
            place[row] = kept
            kept += 1
        }
        var starts = [0], rows: [Int32] = [], numbers: [Double] = []
        for j in 0..<columnCount {
            for k in columnStarts[j]..<columnStarts[j + 1] {
                let row = Int(rowIndices[k])
                if place[row] >= 0 {
                    rows.append(place[row])
                    numbers.append(values[k])
                } else if !slacks[j], values[k] != 0 {
                    upper[j] = min(upper[j], rightHandSide[row] / values[k])
                    impliedUpper[j] = min(impliedUpper[j], upper[j])
                }
            }
            starts.append(numbers.count)
        }
        let rest = rightHandSide.indices.filter { place[$0] >= 0 }.map { rightHandSide[$0] }
        columnStarts = starts
        rowIndices = rows
        values = numbers
        rightHandSide = rest
        couplingRows = couplingRows.lowerBound..<rest.count
    }
}

extension StageProgram {
    /// Settles at 0 what needs a capacity of 0: a program with many closed capacities has no inside otherwise, which the solver needs.
    fileprivate mutating func settleWithoutRoom() {
        var isClosed = [Bool](repeating: false, count: program.rowCount)
        for row in program.couplingRows { isClosed[row] = program.rightHandSide[row] == 0 }
        for j in 0..<program.columnCount {
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] where program.values[k] < 0 {
                isClosed[Int(program.rowIndices[k])] = false
            }
        }
        for j in 0..<program.columnCount {
            let range = program.columnStarts[j]..<program.columnStarts[j + 1]
            if range.contains(where: { isClosed[Int(program.rowIndices[$0])] }) { settle(j, at: 0) }
        }
    }
}
