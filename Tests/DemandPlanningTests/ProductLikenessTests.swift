import PlanModel
import Testing

@testable import DemandPlanning

private func isSummer(_ week: Int) -> Bool { (20..<32).contains((week % 52 + 52) % 52) }

private let summer = (0..<156).map { isSummer($0) ? 300.0 : 100 }
private let winter = (0..<156).map { isSummer($0 + 26) ? 300.0 : 100 }

private let drinks = [
    Product(id: "NEW", name: "Lemon Soda 0.5", family: "soft", unit: "case", price: 10),
    Product(id: "SUMMER", name: "Orange Soda 0.5", family: "fizzy", unit: "case", price: 11),
    Product(id: "WINTER", name: "Red Wine", family: "wine", unit: "bottle", price: 40),
]

private func package(own: [Double], rule: NewProductRule = .ask, products: [Product] = drinks) -> DataPackage {
    var sales = [Pair(account: 0, product: 1): summer, Pair(account: 0, product: 2): winter]
    if !own.isEmpty { sales[firstPair] = own }
    var built = HistoryPackage(count: 52, products: products, sales: sales)
    built.package.settings.forecast.newProducts = rule
    // A pair without history is planned where it has an order.
    if own.isEmpty { built.package.orders = [OrderRow(id: "1", account: 0, product: 0, due: built.package.horizon.start, quantity: 1)] }
    return built.package
}

/// By hand: NEW and SUMMER differ in family (1), not in unit (0), by ln 1.1 / ln 4 = 0.06875 in price, and in two of the five words (0.4).
@Test func distanceIsTheMeanOverWhatIsKnown() throws {
    let likeness = ProductLikeness(package(own: []))
    let distance = try #require(likeness.distance(0, 1))
    let byHand: Double = (1 + 0 + 0.068751 + 0.4) / 4
    #expect((distance - byHand).magnitude < 1e-4)
    #expect(likeness.distance(0, 1) == likeness.distance(1, 0))
    #expect(likeness.distance(0, 0) == 0)
    #expect(likeness.nearest(to: 0, among: [1, 2]).map(\.product) == [1])
    // Nothing but ids: nothing to compare.
    #expect(ProductLikeness(HistoryPackage().package).distance(0, 1) == nil)
}

@Test func chineseNamesAreComparedByCharacter() throws {
    let products = ["青岛啤酒", "崂山啤酒", "矿泉水"].map { Product(id: $0, name: $0, unit: $0 == "矿泉水" ? "瓶" : "箱") }
    let likeness = ProductLikeness(HistoryPackage(products: products).package)
    // Two of six characters in common; the unit is the same.
    let distance = try #require(likeness.distance(0, 1))
    let byHand: Double = (0 + 1 - 2.0 / 6) / 2
    #expect((distance - byHand).magnitude < 1e-9)
    #expect(likeness.distance(0, 2) == 1)
}

@Test("A young product without family takes the season of the product most like it", arguments: [10, 20])
func aYoungProductTakesTheSeasonOfTheNearest(weeks: Int) {
    let own = (156 - weeks..<156).map { (week: Int) -> Double in summer[week] / 2 }
    let result = forecast(for: package(own: own), threads: 1, progress: nil)
    #expect(result.notes(.fromAttributes).map(\.nearest) == [1])
    for row in result.rows(of: firstPair) {
        let expected = isSummer(row.bucket) ? 150.0 : 50
        #expect((row.quantity / expected - 1).magnitude < 0.05)
    }
    // Without attributes there is nothing to go by, and it stays flat.
    let plain = ["NEW", "SUMMER", "WINTER"].map { Product(id: $0) }
    let flat = forecast(for: package(own: own, products: plain), threads: 1, progress: nil)
    #expect(flat.notes(.fromAttributes).isEmpty)
    #expect(flat.rows(of: firstPair).allSatisfy { $0.quantity < 100 })
}

@Test func aProductNeverSoldAsksOrTakesTheNearest() {
    let asked = forecast(for: package(own: []), threads: 1, progress: nil)
    #expect(asked.rows(of: firstPair).allSatisfy { $0.quantity == 0 })
    #expect(asked.notes(.newProductWithoutAnalogue).map(\.nearest) == [1])
    let made = forecast(for: package(own: [], rule: .nearest), threads: 1, progress: nil)
    #expect(made.notes(.fromAttributes).map(\.nearest) == [1])
    for row in made.rows(of: firstPair) {
        let expected = isSummer(row.bucket) ? 300.0 : 100
        #expect((row.quantity / expected - 1).magnitude < 0.05)
    }
}
