import InteriorPoint
import PlanModel

/// The smallest set of promises that cannot be kept together: without any one of them the others can.
///
/// Every subset is judged by a linear program that asks for the least Σ shortfall over its promises with everything else free (sales of others may be
/// lost). Of several smallest sets the one is found that keeps the earlier promises, in the order of ids, as long as it can.
///
/// - Returns: Indices of guarantees, rising, and by how many units they fall short together at least; empty and 0 when all can be kept.
/// - Throws: ``AllocationError/notProven(rank:gap:)``, ``AllocationError/cancelled``.
public func conflictingPromises(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation,
    options: AllocationOptions = AllocationOptions()
) throws -> (promises: [Int], shortfall: Double) {
    guard !package.guarantees.isEmpty else { return ([], 0) }
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    var content = StageContent()
    content.guarantees = true
    let stage = StageBuilder.build(model, resources: ResourceTable(model), content: content)
    // A promise above demand is short by itself: only so much of it counts as a quarrel with others as demand allows.
    func shortfall(_ promises: [Int]) throws -> Double {
        try options.checkCancelled()
        let wanted = Set(promises)
        var program = stage.program
        for (j, column) in stage.columns.enumerated() where column.kind == .shortfall && wanted.contains(Int(column.a)) {
            program.cost[j] = 1
        }
        return try leastValue(program, scale: max(1, model.totalUnits), question: "guarantees", options: options)
    }
    let crumb = 1e-6 * max(1, model.totalUnits)
    let all = Array(package.guarantees.indices)
    guard try shortfall(all) > crumb else { return ([], 0) }
    let smallest = try smallestConflict(all) { try shortfall($0) > crumb }
    return (smallest.sorted(), try shortfall(smallest))
}

/// The smallest set of frozen decisions that contradict each other, stock, or limits: releasing any one of them lets the others hold.
///
/// - Returns: In the order of the package; empty when a plan exists or none exists even with every frozen decision released.
/// - Throws: ``AllocationError/notProven(rank:gap:)``, ``AllocationError/cancelled``.
public func contradictingDecisions(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation,
    options: AllocationOptions = AllocationOptions()
) throws -> [FrozenRow] {
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    let resources = ResourceTable(model)
    let rows = package.frozen.filter { (0..<package.horizon.frozen).contains($0.bucket) && $0.quantity > 0 }
    func isBroken(keeping kept: [Int]) throws -> Bool {
        try options.checkCancelled()
        let held = Set(kept)
        var content = StageContent()
        content.elastic = true
        content.released = Set(rows.indices.filter { !held.contains($0) }.map { rows[$0] })
        let stage = StageBuilder.build(model, resources: resources, content: content)
        var program = stage.program
        for (j, column) in stage.columns.enumerated() where column.kind == .elastic { program.cost[j] = 1 }
        return try leastValue(program, scale: max(1, model.totalUnits), question: "frozen decisions", options: options) > 1e-5
    }
    let all = Array(rows.indices)
    guard try isBroken(keeping: all), try !isBroken(keeping: []) else { return [] }
    return try smallestConflict(all, isConflict: isBroken).sorted().map { rows[$0] }
}

private func leastValue(_ program: BlockProgram, scale: Double, question: String, options: AllocationOptions) throws -> Double {
    var settings = InteriorPointSettings()
    settings.threads = options.threads
    settings.tolerance = 1e-8
    settings.acceptableTolerance = 1e-6
    settings.objectiveScale = scale
    let solution = try InteriorPointSolver(program).solve(settings)
    guard solution.status == .optimal || solution.status == .acceptable else {
        throw AllocationError.notProven(rank: question, gap: (solution.primalObjective - solution.dualBound) / scale)
    }
    return solution.primalObjective
}

/// A set of which every part less one is free of conflict, from a set that is not: QuickXplain (U. Junker (2004), "QUICKXPLAIN: Preferred
/// explanations and relaxations for over-constrained problems", AAAI-04, 167-172). Earlier elements are preferred to be kept out of the conflict.
///
/// - Parameter isConflict: Whether the elements contradict each other; more elements never contradict less.
/// - Complexity: O(k · log(n / k)) questions for a conflict of k among n elements.
func smallestConflict(_ elements: [Int], isConflict: ([Int]) throws -> Bool) rethrows -> [Int] {
    func explain(_ background: [Int], hasGrown: Bool, _ open: [Int]) throws -> [Int] {
        if hasGrown, try isConflict(background) { return [] }
        if open.count == 1 { return open }
        let first = Array(open[..<(open.count / 2)])
        let second = Array(open[(open.count / 2)...])
        let right = try explain(background + first, hasGrown: !first.isEmpty, second)
        let left = try explain(background + right, hasGrown: !right.isEmpty, first)
        return left + right
    }
    return try explain([], hasGrown: false, elements)
}

/// What one answer of ``capableToPromise(_:demand:bands:segmentation:lost:order:served:guaranteeServed:enough:path:options:)`` leaves for the next.
public struct OrderPath: Sendable {
    let form: ProgramForm
    let point: PathPoint
}

/// How much of an order a plan can still take while no other account is served less.
///
/// - Parameters:
///   - demand: Planned demand with the order in it.
///   - lost: What each account loses in the plan without the order, product units in the plan's measure.
///   - order: Account, product, bucket and units; the units are part of `demand`.
///   - served: What the plan without the order serves of that account and product in that bucket.
///   - enough: Only whether so much can be taken is asked: the solve ends, and 0 is returned, as soon as it is proven that it cannot.
///   - path: Where the path to the answer for another bucket of the same order went through, to start from, and then that of this answer. The answer is the
///     same to its tolerance.
/// - Returns: Units of the order, 0 … its quantity, to a 10,000th of it. Limits that can only be met exactly leave a program without an inside: all
///   others together may lose a 50,000th of the order more.
public func capableToPromise(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation, lost: [Double],
    order: (account: Int, product: Int, bucket: Int, quantity: Double), served: Double, guaranteeServed: [Double], enough: Double? = nil,
    path: inout OrderPath?, options: AllocationOptions = AllocationOptions()
) throws -> Double {
    var package = package
    package.settings.plan.sharing = .proportional
    package.settings.plan.sharingByTier = [:]
    package.guarantees.append(
        Guarantee(
            id: "order", account: order.account, product: order.product, buckets: order.bucket..<order.bucket + 1,
            quantity: served + order.quantity))
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    var content = StageContent()
    content.guarantees = true
    content.amountTiers = Set(1...model.tierCount)
    let stage = StageBuilder.build(model, resources: ResourceTable(model), content: content)
    var program = stage.program
    let unit = max(model.unitMeasure[order.product], 1e-12)
    let own = package.guarantees.count - 1
    var (lostColumn, shortColumn) = (-1, -1)
    let all = lost.reduce(0, +)
    let room = all > 0 ? 2e-5 * min(1, unit * order.quantity / all) : 0
    // What is less than a crumb is 0, as a bound so near 0 has no inside.
    func limit(_ j: Int, _ value: Double) {
        guard value > 1e-6 else { return program.fixedColumns.append((j, 0)) }
        program.upper[j] = min(program.upper[j], value * (1 + room))
        program.impliedUpper[j] = min(program.impliedUpper[j], program.upper[j])
    }
    for (j, column) in stage.columns.enumerated() {
        switch column.kind {
        case .accountLost where Int(column.a) == order.account:
            lostColumn = j
            limit(j, lost[order.account] + unit * order.quantity)
        case .accountLost: limit(j, lost[Int(column.a)])
        case .shortfall where Int(column.a) == own: shortColumn = j
        case .shortfall:
            let promise = package.guarantees[Int(column.a)]
            limit(j, max(0, model.promised(promise, pairs: model.pairs(of: promise)) - guaranteeServed[Int(column.a)]))
        default: break
        }
    }
    guard lostColumn >= 0, shortColumn >= 0 else { return 0 }
    program.cost[shortColumn] = 1
    program.cost[lostColumn] = 1 / unit
    var settings = InteriorPointSettings()
    settings.threads = options.threads
    settings.tolerance = 1e-5
    settings.acceptableTolerance = 1e-4
    settings.objectiveScale = max(1, order.quantity)
    // What the account loses without the order is no loss of the order.
    let before = lost[order.account] / unit
    settings.objectiveConstant = -before
    if let enough {
        // What is missing counts once as short and once as lost: where no plan has less than twice of it, too much is missing.
        let most = before + 2 * (order.quantity - enough)
        settings.onIteration = { $0.dualBound <= most }
    }
    settings.keepsPathPoint = true
    let form = ProgramForm(stage)
    let solver = try InteriorPointSolver(program)
    // The last way to start: nothing of the order taken.
    var refused = [Double](repeating: 0, count: program.columnCount)
    refused[shortColumn] = order.quantity
    refused[lostColumn] = unit * order.quantity
    var starts = [SolveStart.centre, .point(refused)]
    if let path, path.form == form { starts.insert(.path(path.point), at: 0) }
    var solution = solver.solve(settings, from: starts.removeFirst())
    while solution.status != .stopped, solution.status != .optimal, solution.status != .acceptable, !starts.isEmpty {
        solution = solver.solve(settings, from: starts.removeFirst())
    }
    if let point = solution.pathPoint { path = OrderPath(form: form, point: point) }
    options.onSolve(stage, solution, iterations: solution.iterations)
    if solution.status == .stopped { return 0 }
    guard solution.status == .optimal || solution.status == .acceptable else {
        throw AllocationError.notProven(rank: "order", gap: (solution.primalObjective - solution.dualBound) / max(1, order.quantity))
    }
    let missing = max(solution.x[shortColumn], solution.x[lostColumn] / unit - before)
    return max(0, min(order.quantity, order.quantity - missing))
}
