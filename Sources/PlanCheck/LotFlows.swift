/// What is known about the shelf lives of a plan's product.
enum LotVerdict {
    case kept
    /// At least this many of `of` units cannot be placed: proven.
    case broken(units: Double, of: Double)
    /// Neither a choice of lots nor a proof against it was found.
    case open
}

extension LotNetwork {
    /// Decides whether lots can be put on the arcs.
    ///
    /// Lots with last bucket ≤ k form a flow f(k) inside the plan's totals, and f(0) ≤ f(1) ≤ … on each arc. A single f(k) that does not
    /// exist proves the plan broken. A whole rising chain, each built on the one before it, proves it kept. Between the two, a small
    /// network is decided by a linear program over (arc, last bucket).
    func verdict() -> LotVerdict {
        if risingFlows() { return .kept }
        var broken: (units: Double, of: Double) = (0, 0)
        for last in 0..<bucketCount {
            let all = supply(upTo: last)
            var flow = [Double](repeating: 0, count: arcs.count)
            let missing = extend(&flow, classes: 0...last)
            if missing > CheckReport.tolerance * (1 + all), missing > broken.units { broken = (missing, all) }
        }
        if broken.units > 0 { return .broken(units: broken.units, of: broken.of) }
        return lotProgramVerdict()
    }

    /// Whether f(0) ≤ f(1) ≤ … can be built one on the other.
    func risingFlows() -> Bool {
        var flow = [Double](repeating: 0, count: arcs.count)
        for last in 0...bucketCount {
            let missing = extend(&flow, classes: last...last)
            if missing > CheckReport.tolerance * (1 + supply(upTo: last)) { return false }
        }
        return true
    }

    /// Adds the lots of `classes` to a flow of older lots, which may be led elsewhere but not taken off any arc.
    ///
    /// - Returns: Units that found no way, or that must be taken off and are none of these lots.
    private func extend(_ flow: inout [Double], classes: ClosedRange<Int>) -> Double {
        let last = classes.upperBound
        let source = nodeCount
        let sink = nodeCount + 1
        let largest = arcs.reduce(0) { max($0, $1.quantity) }
        var graph = MaxFlow(nodeCount: nodeCount + 2, tolerance: 1e-12 * (1 + largest))
        var supplied = 0.0
        for node in 0..<nodeCount {
            let units = classes.reduce(0.0) { $0 + supply[node * classCount + $1] }
            guard units > 0 else { continue }
            supplied += units
            _ = graph.add(from: source, to: node, forward: units)
        }
        func isOpen(_ arc: Arc) -> Bool { arc.kind == .expire || allows(arc, last: last) }
        let numbers = arcs.indices.map { index -> Int in
            let arc = arcs[index]
            let isLate = arc.to == nil && !(arc.kind == .expire && arc.bucket <= last)
            let room = isOpen(arc) && !isLate ? arc.quantity - flow[index] : 0
            return graph.add(from: arc.from, to: arc.to ?? sink, forward: room)
        }
        // First fill what is taken off up to now: it must come from these lots. Then let everything out, without taking that back.
        var sent = graph.augment(from: source, to: sink)
        var lacking = 0.0
        for (index, arc) in arcs.enumerated() where arc.to == nil {
            if arc.kind == .expire && arc.bucket <= last {
                lacking += max(0, arc.quantity - flow[index] - graph.backward(numbers[index]))
            } else if isOpen(arc) {
                graph.setForward(numbers[index], arc.quantity - flow[index])
            }
        }
        sent += graph.augment(from: source, to: sink)
        for index in arcs.indices { flow[index] += graph.backward(numbers[index]) }
        return max(lacking, supplied - sent)
    }
}
