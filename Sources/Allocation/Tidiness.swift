import PlanModel

/// What makes one of two equally good plans easier to carry out, as an objective: making and moving later rather than earlier, a product on its
/// fastest line, an account by its first lane; small fixed differences between cells break the remaining ties, so that the optimum is a
/// vertex: few cells, no crumbs over all lines and weeks, the same every time.
struct Tidiness {
    private let model: AllocationModel

    init(_ model: AllocationModel) { self.model = model }

    func objective(of stage: StageProgram) -> StageObjective {
        var objective = StageObjective(columnCount: stage.columns.count)
        let count = Double(model.bucketCount)
        let package = model.package
        for (j, column) in stage.columns.enumerated() {
            let early = (count - 1 - Double(column.bucket)) / count
            switch column.kind {
            case .make:
                let position = Int(column.a)
                let choices = model.makersOfProduct[package.lineProducts[position].product].sorted {
                    (package.lineProducts[$1].rate, $0) < (package.lineProducts[$0].rate, $1)
                }
                objective.linear[j] = early + 0.2 * Double(choices.firstIndex(of: position) ?? 0) + Tidiness.difference(column)
            case .move:
                objective.linear[j] = 0.3 * early + 0.05 * Double(lanePreference(Int(column.a))) + Tidiness.difference(column)
            // Where a loss cannot be avoided it falls late: early demand is not refused to build stock for the peak.
            case .lost: objective.linear[j] = 1.5 * early
            case .siteStock: objective.linear[j] = 0.01
            case .accountStock: objective.linear[j] = 0.02
            default: break
            }
        }
        return objective
    }

    /// Place of a lane among those to the same destination: cheaper first, then by id.
    private func lanePreference(_ lane: Int) -> Int {
        let lanes = model.package.lanes
        var place = 0
        for other in lanes.indices where other != lane && lanes[other].to == lanes[lane].to {
            if (lanes[other].unitCost, other) < (lanes[lane].unitCost, lane) { place += 1 }
        }
        return place
    }

    /// A fixed number in 0 … 0.003 for each cell, the same in every run (SplitMix64 finaliser over the cell's indices).
    static func difference(_ column: ProgramColumn) -> Double {
        var z = UInt64(column.kind.rawValue) &+ UInt64(UInt32(bitPattern: column.a)) &* 0x9E37_79B9_7F4A_7C15
        z = z &+ UInt64(UInt32(bitPattern: column.b)) &* 0xBF58_476D_1CE4_E5B9
        z = z &+ UInt64(UInt32(bitPattern: column.bucket)) &* 0x94D0_49BB_1331_11EB
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return 0.003 * Double(z >> 11) / Double(1 << 53)
    }
}
