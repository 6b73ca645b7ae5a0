/// Amounts that flow along arcs between nodes, rounded to whole numbers so that what flows into a node still flows out of it.
///
/// Rounding each amount by itself breaks sums: 0.5 + 0.5 = 1 becomes 1 + 1 = 1. In a network whose amounts balance at every node, whole amounts
/// exist that balance as well and lie at the next whole number below or above each amount (the constraint matrix is totally unimodular). They
/// are found by walking along arcs with a fraction until the walk meets itself: pushing the same amount around that cycle keeps every balance,
/// and the largest push that no fraction forbids makes one arc whole. Of the two directions the one that changes less is taken.
///
/// Complexity: the sum of the lengths of the cycles, at most one cycle for each arc.
///
/// Source: the argument of Dantzig & Fulkerson's integrality theorem (Ford & Fulkerson 1962, *Flows in Networks*, I.8), made into a walk.
struct WholeFlow {
    private struct Arc {
        var from: Int
        var to: Int
        /// Whole part.
        var whole: Int
        /// What is left, in 0 ..< 1; 0 = whole.
        var rest: Double
    }

    /// An amount this near to a whole number is whole: a solver leaves crumbs.
    private static let crumb = 1e-4

    private var arcs: [Arc] = []
    /// Arcs with a fraction at each node; those that became whole are taken out when they are met.
    private var open: [[Int]]
    /// Whole parts in less whole parts out, at each node.
    private var surplus: [Int]

    init(nodeCount: Int) {
        open = [[Int]](repeating: [], count: nodeCount)
        surplus = [Int](repeating: 0, count: nodeCount)
    }

    /// Adds an arc that carries `amount` (below 0 counts as 0) and returns its number.
    mutating func arc(from: Int, to: Int, _ amount: Double) -> Int {
        // Beyond 2^53 a Double has no fractions; no plan comes near.
        let amount = min(max(amount.isFinite ? amount : 0, 0), 9e15)
        let nearest = amount.rounded()
        let isWhole = abs(amount - nearest) <= WholeFlow.crumb || from == to
        let whole = isWhole ? Int(nearest) : Int(amount.rounded(.down))
        let number = arcs.count
        arcs.append(Arc(from: from, to: to, whole: whole, rest: isWhole ? 0 : amount - amount.rounded(.down)))
        surplus[to] += whole
        surplus[from] -= whole
        if !isWhole {
            open[from].append(number)
            open[to].append(number)
        }
        return number
    }

    /// Amount of an arc; whole after ``round()``.
    subscript(arc: Int) -> Int { arcs[arc].whole }

    /// Makes every amount whole.
    mutating func round() {
        var path: [Int] = []
        var nodes: [Int] = []
        var place = [Int](repeating: -1, count: open.count)
        for start in arcs.indices where arcs[start].rest > 0 {
            path.removeAll(keepingCapacity: true)
            nodes = [arcs[start].from]
            place[nodes[0]] = 0
            while true {
                guard let arc = nextOpen(at: nodes[nodes.count - 1], besides: path.last) else {
                    // A dead end: only an arc that does not balance exactly leads here. It takes what the node needs.
                    guard let last = path.popLast() else { break }
                    let node = nodes.removeLast()
                    place[node] = -1
                    settleLast(last, at: node)
                    continue
                }
                let node = arcs[arc].from == nodes[nodes.count - 1] ? arcs[arc].to : arcs[arc].from
                path.append(arc)
                if place[node] < 0 {
                    place[node] = nodes.count
                    nodes.append(node)
                    continue
                }
                let first = place[node]
                push(around: path[first...], from: node)
                for passed in nodes[(first + 1)...] { place[passed] = -1 }
                nodes.removeSubrange((first + 1)...)
                path.removeSubrange(first...)
            }
            for node in nodes { place[node] = -1 }
        }
        repair()
    }

    /// An arc with a fraction at a node, other than the one the walk came by.
    private mutating func nextOpen(at node: Int, besides last: Int?) -> Int? {
        var position = 0
        while position < open[node].count {
            let arc = open[node][position]
            if arcs[arc].rest == 0 {
                open[node].swapAt(position, open[node].count - 1)
                open[node].removeLast()
            } else if arc == last {
                position += 1
            } else {
                return arc
            }
        }
        return nil
    }

    private mutating func push(around cycle: ArraySlice<Int>, from start: Int) {
        // How far the amounts can go in the walk's direction, and against it.
        var along = 1.0
        var against = 1.0
        var node = start
        for arc in cycle {
            let isForward = arcs[arc].from == node
            node = isForward ? arcs[arc].to : arcs[arc].from
            along = min(along, isForward ? 1 - arcs[arc].rest : arcs[arc].rest)
            against = min(against, isForward ? arcs[arc].rest : 1 - arcs[arc].rest)
        }
        let step = along <= against ? along : -against
        node = start
        for arc in cycle {
            let isForward = arcs[arc].from == node
            node = isForward ? arcs[arc].to : arcs[arc].from
            let rest = arcs[arc].rest + (isForward ? step : -step)
            // The arc that set the step becomes whole exactly or within rounding; a crumb beside it as well.
            if rest <= WholeFlow.crumb {
                arcs[arc].rest = 0
            } else if rest >= 1 - WholeFlow.crumb {
                raise(arc)
            } else {
                arcs[arc].rest = rest
            }
        }
    }

    private mutating func raise(_ arc: Int) {
        arcs[arc].rest = 0
        arcs[arc].whole += 1
        surplus[arcs[arc].to] += 1
        surplus[arcs[arc].from] -= 1
    }

    /// Rounds the only arc with a fraction at a node so that the node balances.
    private mutating func settleLast(_ arc: Int, at node: Int) {
        let wanted = arcs[arc].to == node ? -surplus[node] : surplus[node]
        let goesUp = wanted == 0 || wanted == 1 ? wanted == 1 : arcs[arc].rest >= 0.5
        if goesUp { raise(arc) } else { arcs[arc].rest = 0 }
    }

    /// Carries what is over at one node to where it is missing, along any arcs: needed only where the amounts given did not balance.
    private mutating func repair() {
        guard surplus.contains(where: { $0 != 0 }) else { return }
        var touching = [[Int]](repeating: [], count: surplus.count)
        for (number, arc) in arcs.enumerated() where arc.from != arc.to {
            touching[arc.from].append(number)
            touching[arc.to].append(number)
        }
        for source in surplus.indices {
            while surplus[source] > 0, let way = way(from: source, touching) {
                var node = source
                for arc in way {
                    let isForward = arcs[arc].from == node
                    arcs[arc].whole += isForward ? 1 : -1
                    node = isForward ? arcs[arc].to : arcs[arc].from
                }
                surplus[source] -= 1
                surplus[node] += 1
            }
        }
    }

    /// The shortest way from a node to one that lacks something, raising arcs forward and lowering positive ones backward.
    private func way(from source: Int, _ touching: [[Int]]) -> [Int]? {
        var cameBy = [Int](repeating: -1, count: surplus.count)
        var queue = [source]
        var next = 0
        while next < queue.count {
            let node = queue[next]
            next += 1
            if surplus[node] < 0 {
                var way: [Int] = []
                var place = node
                while place != source {
                    let arc = cameBy[place]
                    way.append(arc)
                    place = arcs[arc].from == place ? arcs[arc].to : arcs[arc].from
                }
                return way.reversed()
            }
            for arc in touching[node] {
                let isForward = arcs[arc].from == node
                let other = isForward ? arcs[arc].to : arcs[arc].from
                guard other != source, cameBy[other] < 0, isForward || arcs[arc].whole > 0 else { continue }
                cameBy[other] = arc
                queue.append(other)
            }
        }
        return nil
    }
}
