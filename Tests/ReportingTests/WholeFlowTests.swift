import TestSupport
import Testing

@testable import Reporting

/// Whole amounts that balance where the given ones do.
@Suite struct WholeFlowTests {
    private struct Network {
        var nodes: Int
        var arcs: [(from: Int, to: Int, amount: Double)] = []

        func rounded() -> [Int] {
            var flow = WholeFlow(nodeCount: nodes)
            let numbers = arcs.map { flow.arc(from: $0.from, to: $0.to, $0.amount) }
            flow.round()
            return numbers.map { flow[$0] }
        }

        func surpluses(_ amounts: [Int]) -> [Int] {
            var surplus = [Int](repeating: 0, count: nodes)
            for (arc, amount) in zip(arcs, amounts) {
                surplus[arc.to] += amount
                surplus[arc.from] -= amount
            }
            return surplus
        }
    }

    /// A flow of random circulations, some of them whole.
    private static func network(seed: UInt64) -> Network {
        var random = SplitMix64(seed: seed)
        var network = Network(nodes: random.whole(3...12))
        var sums: [[Int]: Double] = [:]
        for _ in 0..<random.whole(1...30) {
            let amount = random.chance(0.3) ? Double(random.whole(1...40)) : 40 * random.uniform()
            let start = random.whole(0...network.nodes - 1)
            var node = start
            for _ in 0..<random.whole(1...6) {
                let next = random.whole(0...network.nodes - 1)
                if next == node { continue }
                sums[[node, next], default: 0] += amount
                node = next
            }
            if node != start { sums[[node, start], default: 0] += amount }
        }
        network.arcs = sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key[0], $0.key[1], $0.value) }
        return network
    }

    @Test func everyNodeBalancesAndEveryAmountIsANeighbour() {
        var fractions = 0
        for seed in 0..<1000 as Range<UInt64> {
            let network = Self.network(seed: seed)
            let whole = network.rounded()
            #expect(network.surpluses(whole).allSatisfy { $0 == 0 }, "seed \(seed)")
            for (arc, amount) in zip(network.arcs, whole) {
                #expect(abs(Double(amount) - arc.amount) < 1, "seed \(seed): \(arc.amount) became \(amount)")
                if arc.amount != arc.amount.rounded() { fractions += 1 }
            }
        }
        #expect(fractions > 5000)
    }

    /// By hand: 0.5 + 0.5 = 1 must not become 1 + 1 = 1 or 0 + 0 = 1.
    @Test func twoHalvesMakeOne() {
        let network = Network(nodes: 2, arcs: [(0, 1, 0.5), (0, 1, 0.5), (1, 0, 1)])
        let whole = network.rounded()
        #expect(whole[0] + whole[1] == 1 && whole[2] == 1)
    }

    @Test func whatIsWholeStays() {
        let network = Network(nodes: 3, arcs: [(0, 1, 7), (1, 2, 7), (2, 0, 7), (0, 1, 1e-7), (1, 0, 0)])
        #expect(network.rounded() == [7, 7, 7, 0, 0])
    }

    /// By hand: 10 in and 9.4 out leave 0.6 that nobody accounts for; the whole amounts balance all the same, and none is below 0.
    @Test func amountsThatDoNotBalanceAreMadeTo() {
        for seed in 0..<300 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var network = Self.network(seed: seed)
            for index in network.arcs.indices where random.chance(0.3) { network.arcs[index].amount *= 1 + 0.1 * random.uniform() }
            let whole = network.rounded()
            #expect(network.surpluses(whole).allSatisfy { $0 == 0 }, "seed \(seed)")
            #expect(whole.allSatisfy { $0 >= 0 }, "seed \(seed)")
        }
        let bad = Network(nodes: 3, arcs: [(0, 1, 10), (1, 2, 9.4), (2, 0, 9.4)])
        let whole = bad.rounded()
        #expect(bad.surpluses(whole) == [0, 0, 0])
        #expect(whole.allSatisfy { (9...10).contains($0) })
    }
}
