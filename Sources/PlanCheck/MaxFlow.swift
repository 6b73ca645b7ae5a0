/// A maximum flow between two nodes, by blocking flows on level graphs.
///
/// Source: E. A. Dinic (1970), Soviet Math. Doklady 11, 1277-1280. Capacities are Doubles; residuals up to `tolerance` count as none, so
/// that rounding leaves no endless trickle.
struct MaxFlow {
    private var heads: [[Int]]
    private var targets: [Int] = []
    private var residuals: [Double] = []
    private let tolerance: Double

    init(nodeCount: Int, tolerance: Double) {
        heads = [[Int]](repeating: [], count: nodeCount)
        self.tolerance = tolerance
    }

    /// Adds an arc with what may still be put on it and what may be taken back; returns its number.
    mutating func add(from: Int, to: Int, forward: Double, backward: Double = 0) -> Int {
        let arc = targets.count
        targets += [to, from]
        residuals += [max(0, forward), max(0, backward)]
        heads[from].append(arc)
        heads[to].append(arc + 1)
        return arc
    }

    mutating func setForward(_ arc: Int, _ capacity: Double) { residuals[arc] = max(0, capacity) }

    /// What may be taken back from an arc: its flow above the lower bound.
    func backward(_ arc: Int) -> Double { residuals[arc + 1] }

    /// Sends all that can be sent; returns how much.
    mutating func augment(from source: Int, to sink: Int) -> Double {
        var sent = 0.0
        while true {
            var levels = [Int](repeating: -1, count: heads.count)
            levels[source] = 0
            var queue = [source]
            var head = 0
            while head < queue.count {
                let node = queue[head]
                head += 1
                for arc in heads[node] where residuals[arc] > tolerance && levels[targets[arc]] < 0 {
                    levels[targets[arc]] = levels[node] + 1
                    queue.append(targets[arc])
                }
            }
            guard levels[sink] >= 0 else { return sent }
            var next = [Int](repeating: 0, count: heads.count)
            while let part = push(source, sink, .infinity, levels, &next) { sent += part }
        }
    }

    private mutating func push(_ node: Int, _ sink: Int, _ limit: Double, _ levels: [Int], _ next: inout [Int]) -> Double? {
        if node == sink { return limit }
        while next[node] < heads[node].count {
            let arc = heads[node][next[node]]
            if residuals[arc] > tolerance, levels[targets[arc]] == levels[node] + 1,
                let part = push(targets[arc], sink, min(limit, residuals[arc]), levels, &next)
            {
                residuals[arc] -= part
                residuals[arc + 1] += part
                return part
            }
            next[node] += 1
        }
        return nil
    }
}
