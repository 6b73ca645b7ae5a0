import PlanModel
import Testing

@testable import PlanData

@Suite struct ExactSumTests {
    @Test(
        arguments: [
            (terms: [0.1, 0.2], sum: 0.3), (terms: [1e14, 0.001, -1e14], sum: 0.001), (terms: [-0.5, 0.25], sum: -0.25),
            (terms: [9e9, 9e9, 0.5], sum: 18_000_000_000.5), (terms: [1e15, -1e15], sum: 0), (terms: [], sum: 0),
            (terms: [-1e15, 1], sum: -999_999_999_999_999),
        ] as [(terms: [Double], sum: Double)])
    func decimalsAddUpAsOnPaper(_ test: (terms: [Double], sum: Double)) {
        var sum = ExactSum()
        for term in test.terms { sum.add(term) }
        #expect(sum.value == test.sum)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func orderOfTermsChangesNoBit(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var terms: [Double] = []
        for _ in 0..<2000 {
            let size = [1e-3, 1.0, 1e6, 1e12][Int(generator.next() % 4)]
            terms.append(Double(Int64(generator.next() % 2_000_001) - 1_000_000) * size / 1000)
        }
        var plain: Set<Double> = []
        var exact: Set<Double> = []
        var cells: Set<Double> = []
        for _ in 0..<10 {
            terms.shuffle(using: &generator)
            plain.insert(terms.reduce(0, +))
            var sum = ExactSum()
            var sums = BucketSums()
            for term in terms {
                sum.add(term)
                sums.add(term, row: 3, bucket: -7)
            }
            exact.insert(sum.value)
            cells.insert(sums.value(row: 3, bucket: -7))
        }
        #expect(plain.count > 1, "plain sums would have shown the order")
        #expect(exact.count == 1)
        #expect(cells == exact)
    }

    @Test func cellsThatOverflowStayExact() {
        var sums = BucketSums()
        for _ in 0..<5 { sums.add(8e9, row: 0, bucket: 0) }
        sums.add(-8e9, row: 0, bucket: 0)
        #expect(sums.value(row: 0, bucket: 0) == 3.2e10)
        #expect(sums.value(row: 0, bucket: 1) == 0)
    }

    @Test func gridsGrowInAnyOrder() {
        var grid = GrowingGrid<Int>(blank: -1)
        let places = [(0, 5), (3, 5), (3, -300), (40, 900), (0, 0), (39, -299)]
        for (number, place) in places.enumerated() { grid.cells[grid.index(row: place.0, bucket: place.1)] = number }
        for (number, place) in places.enumerated() { #expect(grid.cell(row: place.0, bucket: place.1) == number) }
        #expect(grid.cell(row: 1, bucket: 5) == -1)
        #expect(grid.cell(row: 100_000, bucket: 5) == nil)
        #expect(grid.cell(row: 0, bucket: 100_000) == nil)
    }

    @Test func cacheFindsWhatWasPutIn() {
        var cache = FieldCache()
        let names = (0..<5000).map { "name-\($0 * 7)" }
        for (number, name) in names.enumerated() { Array(name.utf8).withUnsafeBytes { cache.insert($0, value: number) } }
        for (number, name) in names.enumerated() { #expect(Array(name.utf8).withUnsafeBytes { cache.value(of: $0) } == number) }
        #expect(Array("name-1".utf8).withUnsafeBytes { cache.value(of: $0) } == nil)
        #expect(Array("".utf8).withUnsafeBytes { cache.value(of: $0) } == nil)
    }
}
