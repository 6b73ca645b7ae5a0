import PlanModel

/// The decisions of a plan, lot class by lot class, before they are written as rows.
struct Decisions: Sendable {
    /// By position in `package.lineProducts`, shape [T] each.
    var make: [[Double]]
    /// Dispatches, by (lane, product): shape [T × lots].
    var moves: [MoveKey: [Double]]
    /// By pair, shape [T × lots].
    var serve: [[Double]]
    /// By pair, shape [T].
    var lost: [[Double]]

    struct MoveKey: Hashable, Comparable, Sendable {
        var lane: Int
        var product: Int

        static func < (a: MoveKey, b: MoveKey) -> Bool { (a.lane, a.product) < (b.lane, b.product) }
    }

    /// Reads a stage's solution; frozen decisions of single-lot products are constants of the program and are put in here.
    init(_ x: [Double], stage: StageProgram) {
        let model = stage.model
        let package = model.package
        let count = model.bucketCount
        make = package.lineProducts.map { _ in [Double](repeating: 0, count: count) }
        moves = [:]
        for product in package.products.indices {
            for lane in model.lanesOfProduct[product] {
                moves[MoveKey(lane: lane, product: product)] = [Double](repeating: 0, count: count * model.lots[product].count)
            }
        }
        serve = model.pairs.map { [Double](repeating: 0, count: count * model.lots[$0.product].count) }
        lost = model.pairs.map { _ in [Double](repeating: 0, count: count) }
        var hasServeColumns = [Bool](repeating: false, count: model.pairs.count)
        for (j, column) in stage.columns.enumerated() {
            let a = Int(column.a)
            let t = Int(column.bucket)
            switch column.kind {
            case .make: make[a][t] += x[j]
            case .move:
                let product = Int(column.b)
                moves[MoveKey(lane: a, product: product)]?[t * model.lots[product].count + Int(column.lot)] += x[j]
            case .serve:
                serve[a][t * model.lots[model.pairs[a].product].count + Int(column.lot)] += x[j]
                hasServeColumns[a] = true
            case .lost: lost[a][t] += x[j]
            default: break
            }
        }
        for (row, pair) in model.pairs.enumerated()
        where !hasServeColumns[row] && model.lots[pair.product].count == 1 && model.backorderBuckets(ofPair: row) == 0 {
            for t in 0..<count { serve[row][t] = max(0, model.demand[row, t] - lost[row][t]) }
        }
        let frozen = min(package.horizon.frozen, count)
        for row in package.frozen where row.bucket >= 0 && row.bucket < frozen {
            switch row.kind {
            case .make:
                if let position = package.lineProducts.firstIndex(where: { $0.line == row.resource && $0.product == row.product }) {
                    make[position][row.bucket] += row.quantity
                }
            case .move:
                if model.lots[row.product].count == 1 {
                    moves[MoveKey(lane: row.resource, product: row.product)]?[row.bucket] += row.quantity
                }
            }
        }
    }
}
