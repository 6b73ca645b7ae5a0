import InteriorPoint
import PlanModel

/// The program of one rank, earlier ranks held at what they reach, as a free-format MPS file for other solvers.
///
/// Earlier ranks are solved first, since their values are limits of this one. Quadratic aims (`sharing`) stand in a QUADOBJ section, held sharing
/// ranks in QCMATRIX sections. Names tell what a row or column is; a running number keeps them unique.
///
/// - Throws: ``AllocationError/unknownRank(_:)`` when the settings list no such rank.
public func rankProgramMPS(
    _ package: DataPackage, demand: PlannedDemand, bands: StockBandTable, segmentation: Segmentation, rank: Rank,
    options: AllocationOptions = AllocationOptions()
) throws -> String {
    let model = AllocationModel(package, demand: demand, bands: bands, segmentation: segmentation)
    guard let position = model.ranks.firstIndex(of: rank) else { throw AllocationError.unknownRank(rank.title) }
    let resources = ResourceTable(model)
    var sequence = try RankSequence(model, resources: resources, options: options)
    try sequence.run(before: position)
    // Amounts of this rank's own tier too, when it shares.
    var tiers = sequence.stage.content.amountTiers
    if rank.aim == .sharing, let tier = rank.tier { tiers.insert(tier) }
    let stage = StageBuilder.build(
        model, resources: resources,
        content: StageContent(holds: Array(model.ranks[..<position]), aims: [rank], amountTiers: tiers))
    var program = stage.program
    var quadraticLimits = [Double](repeating: .infinity, count: stage.quadraticLimits.count)
    for place in stage.holds where stage.objective(of: place.rank) != nil {
        guard let outcome = sequence.outcomes.first(where: { $0.rank == place.rank }) else { continue }
        let limit = outcome.value + package.settings.plan.gap * outcome.scale
        if place.quadraticLimit >= 0 { quadraticLimits[place.quadraticLimit] = limit }
        if place.row >= 0 { program.rightHandSide[place.row] = limit + place.offset }
    }
    let objective = stage.objective(of: rank) ?? StageObjective(columnCount: stage.columns.count)
    return MPSWriter(
        stage: stage, program: program, quadraticLimits: quadraticLimits, objective: objective,
        title: "\(rank.title): minimise, all earlier ranks held"
    ).text()
}

/// A stage's program as free-format MPS.
struct MPSWriter {
    let stage: StageProgram
    let program: BlockProgram
    let quadraticLimits: [Double]
    let objective: StageObjective
    let title: String

    func text() -> String {
        let names = stage.columns.indices.map(columnName)
        var out = "* \(title)\nNAME fullshelf\nROWS\n N objective\n"
        for row in 0..<program.rowCount { out += " E r\(row)\n" }
        for k in quadraticLimits.indices { out += " L q\(k)\n" }
        out += "COLUMNS\n"
        for j in 0..<program.columnCount {
            var isEmpty = true
            if objective.linear[j] != 0 {
                out += " \(names[j]) objective \(objective.linear[j])\n"
                isEmpty = false
            }
            for k in program.columnStarts[j]..<program.columnStarts[j + 1] {
                out += " \(names[j]) r\(program.rowIndices[k]) \(program.values[k])\n"
                isEmpty = false
            }
            if isEmpty { out += " \(names[j]) objective 0\n" }
        }
        out += "RHS\n"
        if objective.constant != 0 { out += " rhs objective \(-objective.constant)\n" }
        for (row, value) in program.rightHandSide.enumerated() where value != 0 { out += " rhs r\(row) \(value)\n" }
        for (k, limit) in quadraticLimits.enumerated() { out += " rhs q\(k) \(limit)\n" }
        out += "BOUNDS\n"
        for (j, upper) in program.upper.enumerated() where upper.isFinite { out += " UP bnd \(names[j]) \(upper)\n" }
        if objective.quadratic.contains(where: { $0 != 0 }) {
            out += "QUADOBJ\n"
            for (j, q) in objective.quadratic.enumerated() where q != 0 { out += " \(names[j]) \(names[j]) \(q)\n" }
        }
        for (k, limit) in stage.quadraticLimits.enumerated() {
            out += "QCMATRIX q\(k)\n"
            // xᵀ Q x in this section has no factor ½.
            for (j, h) in zip(limit.columns, limit.curvature) { out += " \(names[j]) \(names[j]) \(0.5 * h)\n" }
        }
        return out + "ENDATA\n"
    }

    private func columnName(_ j: Int) -> String {
        let package = stage.model.package
        let column = stage.columns[j]
        let a = Int(column.a)
        func pair(_ row: Int) -> String {
            "\(package.accounts[stage.model.pairs[row].account].id)_\(package.products[stage.model.pairs[row].product].id)"
        }
        let what =
            switch column.kind {
            case .make: "make_\(package.lines[package.lineProducts[a].line].id)_\(package.products[package.lineProducts[a].product].id)"
            case .overtime: "overtime_\(package.lines[a].id)"
            case .move: "move_\(package.lanes[a].id)_\(package.products[Int(column.b)].id)"
            case .siteStock: "stock_\(package.sites[a].id)_\(package.products[Int(column.b)].id)"
            case .accountStock: "stock_\(pair(a))"
            case .under: "under_\(pair(a))"
            case .serve: "serve_\(pair(a))"
            case .lost: "lost_\(pair(a))"
            case .backlog: "backlog_\(pair(a))"
            case .expire: "expire_\(package.products[Int(column.b)].id)"
            case .materialStock: "material_\(package.materials[stage.model.materialsInPlay[a].material])"
            case .accountLost: "lost_\(package.accounts[a].id)"
            case .accountServed: "served_\(package.accounts[a].id)"
            case .shortfall: "shortfall_\(package.guarantees[a].id)"
            case .surplus: "surplus_\(package.guarantees[a].id)"
            case .slack: "slack"
            case .elastic: "elastic"
            case .relief, .reliefStock: "relief"
            }
        // MPS names may hold no blanks; other characters of ids stay.
        let safe = String(what.map { $0.isWhitespace ? "_" : $0 })
        return "\(safe)_t\(column.bucket)_\(j)"
    }
}
