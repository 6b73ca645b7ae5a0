import PlanModel
import TestSupport
import Testing

@Suite struct DataPackageTests {
    static func horizon(_ count: Int = 4) throws -> Horizon {
        Horizon(unit: .week, start: try #require(CalendarDate("2027-03-01")), count: count)
    }

    static func package(prices: [PriceRow], price: Double? = nil) throws -> DataPackage {
        DataPackage(
            settings: PlanSettings(horizon: try horizon(), forecast: ForecastSettings(season: 52)),
            accounts: [Account(id: "A"), Account(id: "B")],
            products: [Product(id: "P", price: price)], prices: prices)
    }

    static func row(_ date: String, account: Int? = nil, _ price: Double) throws -> PriceRow {
        PriceRow(date: try #require(CalendarDate(date)), account: account, product: 0, price: price)
    }

    /// tables.md: "Price of a product: products.price, else the last in prices, else 1".
    @Test func aProductCostsWhatItsMasterSaysElseTheLastPriceElseOne() throws {
        let general = [try Self.row("2026-01-01", 5), try Self.row("2026-06-01", 6)]
        #expect(try Self.package(prices: general, price: 7).standingPrice(of: 0) == 7)
        #expect(try Self.package(prices: general).standingPrice(of: 0) == 6)
        #expect(try Self.package(prices: []).standingPrice(of: 0) == 1)
    }

    @Test func aPriceForAllWinsOverALaterOneForOneAccount() throws {
        #expect(
            try Self.package(prices: [try Self.row("2026-01-01", 5), try Self.row("2026-06-01", account: 1, 9)]).standingPrice(of: 0) == 5)
        #expect(
            try Self.package(prices: [try Self.row("2026-01-01", account: 0, 8), try Self.row("2026-06-01", account: 1, 9)]).standingPrice(
                of: 0) == 9)
    }

    @Test func anOverrideReplacesTheCapacityOfItsBucketAlone() throws {
        var package = try Self.package(prices: [])
        package.sites = [Site(id: "S", kind: .plant, storage: 500)]
        package.lines = [ProductionLine(id: "L", site: 0, hoursPerBucket: 40, overtimeHoursPerBucket: 10)]
        package.capacityOverrides = [
            CapacityOverride(kind: .hours, resource: 0, bucket: 1, capacity: 0),
            CapacityOverride(kind: .storage, resource: 0, bucket: 3, capacity: 100),
            CapacityOverride(kind: .hours, resource: 0, bucket: 9, capacity: 1),
        ]
        #expect(package.capacities(.hours, of: 0) == [40, 0, 40, 40])
        #expect(package.capacities(.overtime, of: 0) == [10, 10, 10, 10], "closing the hours does not close overtime")
        #expect(package.capacities(.storage, of: 0) == [500, 500, 500, 100])
    }

    struct PositionCase: Sendable {
        var values: [Int]
        var wanted: Int
        var position: Int?
    }

    @Test(arguments: [
        PositionCase(values: [], wanted: 1, position: nil), PositionCase(values: [3], wanted: 3, position: 0),
        PositionCase(values: [1, 3, 5, 7], wanted: 7, position: 3), PositionCase(values: [1, 3, 5, 7], wanted: 1, position: 0),
        PositionCase(values: [1, 3, 5, 7], wanted: 4, position: nil), PositionCase(values: [1, 3, 5, 7], wanted: 8, position: nil),
    ])
    func binarySearchFindsWhatIsThereAndNothingElse(_ example: PositionCase) {
        #expect(example.values.position(ofSorted: example.wanted) == example.position)
    }

    /// Behaviour B4: twenty is enough.
    @Test(arguments: [(0, false), (19, false), (20, true), (21, true)])
    func aDepartmentIsDueFromTwentyKeyAccountsOn(_ count: Int, _ due: Bool) {
        let segmentation = Segmentation(segments: [], topFifthShare: 0, herfindahlIndex: 0, keyAccountCount: count, tierOfAccount: [])
        #expect(segmentation.needsOwnDepartment == due)
    }
}
