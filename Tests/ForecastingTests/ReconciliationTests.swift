import Testing

@testable import Forecasting

/// By hand: two series of 3 and 5 whose sum is forecast 10; variances 1, 1 and 2 of the sum, no correlation (three columns, one a node).
/// C ŷ = 2, C W Cᵀ = 4: the sum moves by 2·2/4 = 1 to 9, each series by ½ to 3.5 and 5.5.
@Test func twoSeriesByHand() {
    let root3 = (3.0).squareRoot()
    let root6 = (6.0).squareRoot()
    let reconciliation = Reconciliation(
        members: [[0, 1]], aggregateErrors: [[root6, 0, 0]], bottomErrors: [[0, root3, 0], [0, 0, root3]])
    let result = reconciliation.reconciled(aggregates: [10], bottom: [3, 5])
    #expect((result[0] - 3.5).magnitude < 1e-6 && (result[1] - 5.5).magnitude < 1e-6)
}

@Test func nothingFallsBelowZero() {
    let reconciliation = Reconciliation(
        members: [[0, 1, 2]], aggregateErrors: [[0.01, 0.01, 0.01]], bottomErrors: [[1, -1, 1], [1, 1, -1], [-1, 1, 1]])
    // The sum falls by 5 and is nearly certain: the small ones stop at 0, the large one takes the rest.
    let result = reconciliation.reconciled(aggregates: [6], bottom: [1, 0.5, 9.5])
    #expect(result.allSatisfy { $0 >= 0 })
    #expect((result.reduce(0, +) - 6).magnitude < 0.05)
}

/// A second road to the same numbers: the dense formula with an explicit inverse by elimination.
@Test("Equals the dense formula", arguments: [UInt64(1), 2, 3])
func equalsTheDenseFormula(seed: UInt64) {
    var random = SplitMix(seed: seed)
    func noise() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + random.uniform() } }
    let members = [[0, 1, 2, 3, 4], [0, 1], [2, 3, 4], [0, 3]]
    let aggregateErrors = members.map { _ in (0..<8).map { _ in 2 * noise() } }
    let bottomErrors = (0..<5).map { _ in (0..<8).map { _ in noise() } }
    let reconciliation = Reconciliation(members: members, aggregateErrors: aggregateErrors, bottomErrors: bottomErrors)
    let aggregates = [60.0, 25, 40, 28]
    let bottom = [10.0, 12, 13, 14, 15]
    // W and C in full.
    let all = aggregateErrors + bottomErrors
    let n = all.count
    var w = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for i in 0..<n {
        for j in 0..<n {
            let covariance = zip(all[i], all[j]).reduce(0) { $0 + $1.0 * $1.1 } / 8
            w[i][j] = i == j ? covariance : (1 - reconciliation.shrinkage) * covariance
        }
    }
    var c = [[Double]](repeating: [Double](repeating: 0, count: n), count: members.count)
    for a in members.indices {
        c[a][a] = 1
        for member in members[a] { c[a][members.count + member] = -1 }
    }
    let y = aggregates + bottom
    let cw = c.map { row in (0..<n).map { j in (0..<n).reduce(0) { $0 + row[$1] * w[$1][j] } } }
    var system = members.indices.map { a in members.indices.map { b in (0..<n).reduce(0) { $0 + cw[a][$1] * c[b][$1] } } }
    var right = members.indices.map { a in (0..<n).reduce(0) { $0 + c[a][$1] * y[$1] } }
    for k in members.indices {
        for i in (k + 1)..<max(members.count, k + 1) {
            let factor = system[i][k] / system[k][k]
            for j in members.indices { system[i][j] -= factor * system[k][j] }
            right[i] -= factor * right[k]
        }
    }
    var z = right
    for k in members.indices.reversed() {
        for j in (k + 1)..<max(members.count, k + 1) { z[k] -= system[k][j] * z[j] }
        z[k] /= system[k][k]
    }
    let expected = (members.count..<n).map { i in y[i] - members.indices.reduce(0) { $0 + cw[$1][i] * z[$1] } }
    let found = reconciliation.reconciled(aggregates: aggregates, bottom: bottom)
    for (a, b) in zip(found, expected) { #expect((a - b).magnitude < 1e-4) }
}

/// Behaviour F5: where sums are forecast better than their parts, every level gains.
@Test("F5: reconciling lowers the error of parts and sums", arguments: [UInt64(1), 2, 3])
func reconcilingLowersTheError(seed: UInt64) {
    var random = SplitMix(seed: seed)
    func noise() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + random.uniform() } }
    let count = 40
    let members = [Array(0..<count), Array(0..<20), Array(20..<count)]
    // Errors of the parts: one of their own and a common one that the sums' forecasts do not make.
    func errors() -> (sums: [Double], parts: [Double]) {
        let common = noise()
        let parts = (0..<count).map { _ in 2 * noise() + 2 * common }
        return (members.map { _ in 6 * noise() }, parts)
    }
    let past = (0..<24).map { _ in errors() }
    let reconciliation = Reconciliation(
        members: members, aggregateErrors: members.indices.map { a in past.map { $0.sums[a] } },
        bottomErrors: (0..<count).map { b in past.map { $0.parts[b] } })
    var before = [0.0, 0.0]
    var after = [0.0, 0.0]
    for _ in 0..<40 {
        let now = errors()
        let result = reconciliation.reconciled(
            aggregates: members.indices.map { 100 * Double(members[$0].count) + now.sums[$0] }, bottom: now.parts.map { 100 + $0 })
        #expect(result.allSatisfy { $0 >= 0 })
        for k in 0..<count {
            before[0] += now.parts[k].magnitude
            after[0] += (result[k] - 100).magnitude
        }
        before[1] += now.parts.reduce(0, +).magnitude
        after[1] += (result.reduce(0, +) - 100 * Double(count)).magnitude
    }
    #expect(after[0] < 0.97 * before[0])
    #expect(after[1] < 0.5 * before[1])
}
