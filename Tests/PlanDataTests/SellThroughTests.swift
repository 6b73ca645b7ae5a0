import PlanModel
import Testing

@testable import PlanData

@Suite struct SellThroughTests {
    @Test(arguments: [(100.0, 50.0, 70.0, 80.0), (0, 12, 12, 0), (30, 0, 5.5, 24.5), (10, 5, 20, -5)])
    func sellOutIsOpeningPlusReceivedMinusClosing(_ test: (opening: Double, received: Double, closing: Double, sold: Double)) {
        #expect(sellOut(opening: test.opening, received: test.received, closing: test.closing) == test.sold)
    }

    private static let pair = Pair(account: 0, product: 0)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let stock: [Double]
        let received: [Double]
        /// NaN written as −1: no sell-out below 0 can be expected.
        let sold: [Double]
        let miscounts: [Int]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "counted every bucket", stock: [100, 70, 90], received: [0, 20, 50], sold: [-1, 50, 30], miscounts: []),
        Case(
            name: "a bucket without a count", stock: [100, .nan, 90, 80], received: [0, 0, 0, 5], sold: [-1, -1, -1, 15], miscounts: []),
        Case(name: "a miscount is no sale", stock: [10, 20, 15], received: [0, 5, 0], sold: [-1, -1, 5], miscounts: [-2]),
        Case(name: "nothing sold is no miscount", stock: [0.3, 0.4], received: [0, 0.1], sold: [-1, 0], miscounts: []),
        Case(name: "two miscounts", stock: [0, 10, 0, 3], received: [0, 4, 0, 2], sold: [-1, -1, 10, -1], miscounts: [-3, -1]),
    ])
    func sellOutIsComputedWhereBothEndsAreCounted(_ test: Case) {
        let count = test.stock.count
        let history = History(
            shipments: HistoryTable(pairs: [SellThroughTests.pair], firstBucket: -count, values: test.received),
            closingStock: HistoryTable(pairs: [SellThroughTests.pair], firstBucket: -count, values: test.stock))
        let result = sellOut(of: history)
        #expect(result.table.values.map { $0.isNaN ? -1 : $0 } == test.sold)
        #expect(result.miscounts.map(\.bucket) == test.miscounts)
        #expect(result.miscounts.allSatisfy { $0.quantity < 0 })
    }

    @Test func shipmentsOfAnotherSpanAreLinedUp() {
        let history = History(
            shipments: HistoryTable(pairs: [SellThroughTests.pair], firstBucket: -1, values: [7]),
            closingStock: HistoryTable(pairs: [SellThroughTests.pair], firstBucket: -3, values: [10, 8, 5]))
        // −2: 10 + 0 − 8; −1: 8 + 7 − 5.
        #expect(sellOut(of: history).table.values.dropFirst().map { $0 } == [2, 10])
    }

    @Test func pairsWithSalesAreLeftAlone() {
        let table = HistoryTable(pairs: [SellThroughTests.pair], firstBucket: -2, values: [1, 1])
        let history = History(sales: table, closingStock: HistoryTable(pairs: [SellThroughTests.pair], firstBucket: -2, values: [0, 50]))
        #expect(sellOut(of: history).table.pairs.isEmpty)
        #expect(sellOut(of: history).miscounts.isEmpty)
    }

    @Test func aMiscountIsANoteWithAccountProductAndBucket() throws {
        let reading = try TemporaryPackage([
            "shipments.csv": "date,account,product,quantity\n2027-02-22,A02,P1,5\n",
            "account_stock.csv": "date,account,product,quantity\n2027-02-21,A02,P1,10\n2027-02-28,A02,P1,20\n",
        ]).read()
        #expect(reading.package != nil)
        #expect(
            reading.notes.map(\.message) == [
                "account A02, product P1, bucket 2027-02-22: opening stock + received − closing stock is -5, so less than nothing was sold on"
            ])
    }
}
