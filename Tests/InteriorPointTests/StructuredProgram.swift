import InteriorPoint

/// An allocation program as a planner's would be: products made on lines, moved to DCs and accounts, stored and served, over time.
///
/// Per product a block: accounts are chains, plants and DCs the core. Coupling rows: line hours, inbound lanes, docks, storage, lanes of some accounts,
/// and, when asked, the sum each account is served.
struct StructuredProgram {
    var products = 25
    var plants = 3
    var linesPerPlant = 2
    var depots = 6
    var accounts = 60
    var buckets = 26
    var pairShare = 0.6
    var accountSums = false
    var seed: UInt64 = 1

    func make() -> BlockProgram {
        var numbers = SeededNumbers(seed)
        let span = buckets, lines = plants * linesPerPlant
        // Accounts of log-normal size; the largest fifth is tier 1.
        let accountSize = (0..<accounts).map { _ in 40 * exponential(1.2 * normal(&numbers)) }
        let bySize = accountSize.indices.sorted { accountSize[$0] > accountSize[$1] }
        var weight = [Double](repeating: 10, count: accounts)
        for (place, a) in bySize.enumerated() { weight[a] = place * 5 < accounts ? 1000 : place * 2 < accounts ? 100 : 10 }
        let sources = (0..<accounts).map { _ -> [Int] in
            let first = numbers.below(depots)
            return depots > 1 ? [first, (first + 1 + numbers.below(depots - 1)) % depots] : [first]
        }
        let lead = (0..<accounts).map { _ in numbers.happens(0.3) ? 1 : 0 }
        let inboundLead = (0..<plants).map { _ in (0..<depots).map { _ in numbers.below(2) + 1 } }
        let capacitated = (0..<accounts).map { _ in numbers.happens(0.1) }
        let season = (0..<span).map { t in
            1 + 1.6 * exponential(-square(Double(t) - 0.7 * Double(span)) / square(0.12 * Double(span) + 0.5))
        }

        // Rows: blocks, then coupling.
        var pairs = [[Int]]()
        for _ in 0..<products { pairs.append((0..<accounts).filter { _ in numbers.happens(pairShare) }) }
        let sites = plants + depots
        var blocks = [BlockProgram.Block](), next = 0
        for p in 0..<products {
            let chains = pairs[p].indices.map { next + $0 * span }
            let core = next + pairs[p].count * span
            blocks.append(BlockProgram.Block(chainStarts: chains, core: core..<(core + sites * span)))
            next = core + sites * span
        }
        let firstCoupling = next
        func family(_ count: Int) -> Int {
            defer { next += count * span }
            return next
        }
        let hours = family(lines), inbound = family(plants * depots), docks = family(depots), storage = family(depots)
        var outbound = [Int: Int]()
        for a in 0..<accounts where capacitated[a] { for d in sources[a] { outbound[a * depots + d] = family(1) } }
        let sums = next
        if accountSums { next += accounts }
        var b = [Double](repeating: 0, count: next)

        var sketch = ProgramSketch()
        var load = [Double](repeating: 0, count: next), makers = [[Int]]()
        for p in 0..<products {
            let first = numbers.below(plants)
            makers.append(plants > 1 ? [first, (first + 1) % plants] : [first])
            let volume = numbers.uniform(0.5...2), price = numbers.uniform(0.6...1.8)
            let core = blocks[p].core.lowerBound
            func node(_ site: Int, _ t: Int) -> Int { core + site * span + t }
            var totalDemand = [Double](repeating: 0, count: span)
            for (c, a) in pairs[p].enumerated() {
                let start = blocks[p].chainStarts[c]
                let base = accountSize[a] * numbers.uniform(0.3...1.7) * 25 / Double(products)
                for t in 0..<span {
                    let demand = base * season[t] * numbers.uniform(0.7...1.3)
                    totalDemand[t] += demand
                    var serve = [(row: start + t, value: -1.0)]
                    if accountSums { serve.append((sums + a, 1)) }
                    sketch.addColumn(cost: -weight[a] * price, upper: demand, serve)
                    // Three parallel stock arcs: below, inside and above the band.
                    let ends =
                        t + 1 < span ? [(row: start + t, value: -1.0), (row: start + t + 1, value: 1.0)] : [(row: start + t, value: -1.0)]
                    sketch.addColumn(cost: -0.02 * weight[a] * price, upper: 0.5 * base, ends)
                    sketch.addColumn(cost: 0.002 * price, upper: base, ends)
                    sketch.addColumn(cost: 0.05 * price, implied: 200 * base, ends)
                    for d in sources[a] where t + lead[a] < span {
                        var move = [(row: node(plants + d, t), value: -1.0), (row: start + t + lead[a], value: 1.0)]
                        if let lane = outbound[a * depots + d] {
                            move.append((lane + t, volume))
                            load[lane + t] += volume * demand
                        }
                        sketch.addColumn(cost: 0.03 * numbers.uniform(0.5...1.5) * volume, implied: 200 * base, move)
                    }
                }
                b[start] = -numbers.uniform(0.2...1) * base
            }
            let everything = totalDemand.reduce(0, +)
            for t in 0..<span {
                for plant in makers[p] {
                    for line in (plant * linesPerPlant)..<((plant + 1) * linesPerPlant) {
                        let rate = 100 * numbers.uniform(0.8...1.25) / volume
                        sketch.addColumn(
                            cost: 0.3 * price, implied: everything, [(node(plant, t), 1), (hours + line * span + t, 1 / rate)])
                        load[hours + line * span + t] +=
                            totalDemand.reduce(0, +) / Double(span) / Double(makers[p].count * linesPerPlant) / rate
                    }
                }
                for site in 0..<sites {
                    var stock = [(row: node(site, t), value: -1.0)]
                    if t + 1 < span { stock.append((node(site, t + 1), 1)) }
                    if site >= plants {
                        stock.append((storage + (site - plants) * span + t, volume))
                        load[storage + (site - plants) * span + t] += 1.5 * volume * everything / Double(span * depots)
                    }
                    sketch.addColumn(cost: 0.01 * price, implied: 2 * everything, stock)
                }
                for plant in makers[p] {
                    for d in 0..<depots where t + inboundLead[plant][d] < span {
                        let arrival = t + inboundLead[plant][d], lane = inbound + (plant * depots + d) * span + t
                        sketch.addColumn(
                            cost: 0.05 * volume * numbers.uniform(0.6...1.4), implied: everything,
                            [(node(plant, t), -1), (node(plants + d, arrival), 1), (lane, volume), (docks + d * span + arrival, volume)])
                        load[lane] += 1.3 * volume * everything / Double(span * depots * makers[p].count)
                        load[docks + d * span + arrival] += volume * everything / Double(span * depots * makers[p].count)
                    }
                }
            }
            for site in plants..<sites { b[node(site, 0)] = -1.5 * everything / Double(span * depots) }
        }
        for row in firstCoupling..<sums {
            b[row] = 0.9 * load[row] + 1e-3
            sketch.addColumn(cost: 0, upper: b[row], [(row, 1)])
            if row < inbound { sketch.addColumn(cost: 40, upper: 0.15 * b[row], [(row, -1)]) }
        }
        if accountSums {
            for a in 0..<accounts { sketch.addColumn(cost: 0, implied: 1e7, quadratic: 1e-3 / accountSize[a], [(sums + a, -1)]) }
        }
        return sketch.program(rightHandSide: b, blocks: blocks, coupling: firstCoupling..<next)
    }

    private func square(_ x: Double) -> Double { x * x }

    /// eˣ by its series after halving: enough for sizes, and without a maths library.
    private func exponential(_ x: Double) -> Double {
        var term = 1.0, sum = 1.0
        for k in 1..<20 {
            term *= x / 64 / Double(k)
            sum += term
        }
        for _ in 0..<6 { sum *= sum }
        return sum
    }

    /// Nearly standard normal: the sum of twelve uniform numbers less six.
    private func normal(_ numbers: inout SeededNumbers) -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + numbers.uniform() }
    }
}
