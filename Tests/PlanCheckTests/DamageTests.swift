import PlanCheck
import PlanModel
import TestSupport
import Testing

/// A good plan with one thing wrong, and words that the checker must say about it.
struct Damage: Sendable, CustomStringConvertible {
    var description: String
    /// Parts of one sentence.
    var complaint: [String]
    var worked = WorkedPlans.network
    var damage: @Sendable (inout Plan, inout SmallPackage) -> Void
}

// The network's indices: lanes DC-A 0, PL-B 1, PL-DC 2; products P 0, Q 1; sites DC 0, PL 1; accounts A 0, B 1.
private let damages: [Damage] = [
    Damage(description: "one unit of stock gone at a site", complaint: ["site DC, product P, bucket 2027-03-15", "stock before plus made"])
    { plan, _ in
        plan.change(\.siteStock, where: { $0.site == 0 && $0.product == 0 && $0.bucket == 2 }) { $0.quantity -= 1 }
    },
    Damage(description: "a row of site stock missing", complaint: ["site PL, product Q, bucket 2027-03-22", "stock before plus made"]) {
        plan, _ in
        plan.siteStock.removeAll { $0.site == 1 && $0.product == 1 && $0.bucket == 3 }
    },
    Damage(description: "one unit more served than there is", complaint: ["account A, product P, bucket 2027-03-15", "less served"]) {
        plan, _ in
        plan.change(\.accountPlan, where: { $0.account == 0 && $0.product == 0 && $0.bucket == 2 }) { $0.served += 1 }
    },
    Damage(description: "served before it has arrived", complaint: ["account B, product P, bucket 2027-03-08", "less served"]) { plan, _ in
        plan.change(\.accountPlan, where: { $0.account == 1 && $0.bucket == 1 }) {
            $0.served = 10
            $0.backlog = 10
        }
    },
    Damage(description: "an arrival a bucket early", complaint: ["lane PL-DC, product P, bucket 2027-03-08", "arrives must be"]) {
        plan, _ in
        plan.change(\.movements, where: { $0.lane == 2 && $0.product == 0 && $0.bucket == 1 }) { $0.arrives = 1 }
    },
    Damage(
        description: "a dispatch that arrives after the horizon",
        complaint: ["lane PL-DC, product Q, bucket 2027-03-22", "within the horizon"]
    ) { plan, _ in
        plan.movements.append(MovementRow(bucket: 3, lane: 2, product: 1, quantity: 10, arrives: 4))
        plan.change(\.siteStock, where: { $0.site == 1 && $0.product == 1 && $0.bucket == 3 }) { $0.quantity -= 10 }
    },
    Damage(description: "a lane over-full", complaint: ["lane PL-DC, bucket 2027-03-08", "volume dispatched", "lane's capacity"]) {
        plan, small in
        small.package.lanes[2].capacity = 49
    },
    Damage(description: "a lane closed in one bucket", complaint: ["lane DC-A, bucket 2027-03-22", "lane's capacity"]) { _, small in
        small.package.capacityOverrides.append(CapacityOverride(kind: .lane, resource: 0, bucket: 3, capacity: 39))
    },
    Damage(description: "a pool over-full", complaint: ["pool K, bucket 2027-03-08", "quantity dispatched"]) { _, small in
        small.package.pools[0].capacity = 49
    },
    Damage(description: "a DC's storage over-full", complaint: ["site DC, bucket 2027-03-15", "storage"]) { _, small in
        small.package.capacityOverrides.append(CapacityOverride(kind: .storage, resource: 0, bucket: 2, capacity: 49))
    },
    Damage(description: "an account's store over-full", complaint: ["account A, bucket 2027-03-22", "stock capacity"]) { _, small in
        small.package.accounts[0].stockCapacity = 7
    },
    Damage(
        description: "a lane that may not carry the product", complaint: ["lane PL-B, product P, bucket 2027-03-15", "carries the product"]
    ) { _, small in
        small.package.lanes[1].products = [1]
    },
    Damage(
        description: "more made than the rate allows",
        complaint: ["line L, product Q, bucket 2027-03-08", "hours must be the quantity by the rate"]
    ) { _, small in
        small.package.lineProducts[1].rate = 4
    },
    Damage(description: "a set-up forgotten", complaint: ["line L, product P, bucket 2027-03-01", "and the set-up"]) { plan, _ in
        plan.change(\.production, where: { $0.bucket == 0 }) { $0.hours = 5 }
    },
    Damage(description: "hours used too small", complaint: ["line L, bucket 2027-03-01", "hours_used must be"]) { plan, _ in
        plan.change(\.lineUse, where: { $0.bucket == 0 }) { $0.hoursUsed = 5 }
    },
    Damage(
        description: "regular hours stated too high", complaint: ["line L, bucket 2027-03-01", "hours must be the line's regular hours"]
    ) { plan, _ in
        plan.change(\.lineUse, where: { $0.bucket == 0 }) { $0.hours = 11 }
    },
    Damage(description: "overtime not reported", complaint: ["line L, bucket 2027-03-08", "must not exceed regular hours and overtime"]) {
        plan, _ in
        plan.change(\.lineUse, where: { $0.bucket == 1 }) { $0.overtimeUsed = 1 }
    },
    Damage(description: "more overtime than allowed", complaint: ["line L, bucket 2027-03-08", "overtime allowed"]) { _, small in
        small.package.capacityOverrides[1].capacity = 1
    },
    Damage(description: "overtime without work", complaint: ["line L, bucket 2027-03-15", "must not exceed the hours used"]) { plan, _ in
        plan.change(\.lineUse, where: { $0.bucket == 2 }) { $0.overtimeUsed = 3 }
    },
    Damage(description: "a line's row missing", complaint: ["line L, bucket 2027-03-08", "hours_used must be"]) { plan, _ in
        plan.lineUse.removeAll { $0.bucket == 1 }
    },
    Damage(description: "a line that cannot make the product", complaint: ["line L, product Q, bucket 2027-03-08", "able to make"]) {
        _, small in
        small.package.lineProducts.remove(at: 1)
    },
    Damage(description: "a lot below the least", complaint: ["line L, product P, bucket 2027-03-08", "at least 60"]) { _, small in
        small.package.lineProducts[0].minLot = 60
    },
    Damage(description: "making off its multiple", complaint: ["line L, product P, bucket 2027-03-08", "multiple of 15"]) { _, small in
        small.package.lineProducts[0].multiple = 15
    },
    Damage(description: "a movement off the lane's multiple", complaint: ["lane PL-DC, product P, bucket 2027-03-08", "multiple of 20"]) {
        _, small in
        small.package.lanes[2].multiple = 20
    },
    Damage(description: "a shipment below the least", complaint: ["lane PL-DC, product Q, bucket 2027-03-08", "at least 12"]) { _, small in
        small.package.lanes[2].minShipment = 12
    },
    Damage(description: "a broken case", complaint: ["lane DC-A, product P, bucket 2027-03-22", "case multiple"]) { _, small in
        small.package.products[0].caseMultiple = 20
    },
    Damage(description: "material used before it is received", complaint: ["material M at site PL, bucket 2027-03-08", "received so far"]) {
        _, small in
        small.package.materialReceipts[0].quantity = 99
    },
    Damage(
        description: "material at a site that receives none", complaint: ["material M at site PL, bucket 2027-03-01", "received so far"]
    ) { _, small in
        small.package.materialReceipts = [MaterialReceipt(site: 0, material: 0, bucket: 0, quantity: 1000)]
    },
    Damage(description: "a frozen lot changed", complaint: ["line L, product P, bucket 2027-03-01", "frozen"]) { _, small in
        small.package.frozen[0].quantity = 60
    },
    Damage(description: "a frozen movement left out", complaint: ["lane PL-B, product P, bucket 2027-03-01", "frozen"]) { _, small in
        small.package.frozen.append(FrozenRow(kind: .move, resource: 1, product: 0, bucket: 0, quantity: 5))
    },
    Damage(description: "a movement where none is frozen", complaint: ["lane PL-DC, product P, bucket 2027-03-01", "frozen"]) { _, small in
        small.package.frozen.remove(at: 1)
    },
    Damage(description: "a loss hidden", complaint: ["account B, product P, bucket 2027-03-15", "backlog before plus demand"]) { plan, _ in
        plan.change(\.accountPlan, where: { $0.account == 1 && $0.bucket == 2 }) { $0.lost = 0 }
    },
    Damage(
        description: "a backlog beyond the patience",
        complaint: ["account B, product P, bucket 2027-03-15", "demand of the last 1 buckets"]
    ) { plan, _ in
        plan.change(\.accountPlan, where: { $0.account == 1 && $0.bucket == 2 }) {
            $0.lost = 9
            $0.backlog = 11
        }
        plan.change(\.accountPlan, where: { $0.account == 1 && $0.bucket == 3 }) { $0.backlog = 1 }
    },
    Damage(description: "a backlog where nobody waits", complaint: ["account B, product P, bucket 2027-03-08", "no backlog"]) { _, small in
        small.package.accounts[1].backorderBuckets = 0
    },
    Damage(
        description: "demand neither served nor lost", complaint: ["account B, product P, bucket 2027-03-01", "add up to the demand"],
        worked: WorkedPlans.keyAccountsFirst
    ) { plan, _ in plan.change(\.accountPlan, where: { $0.account == 1 }) { $0.lost = 50 } },
    Damage(description: "a demand column of one's own", complaint: ["account A, product Q, bucket 2027-03-15", "planned demand"]) {
        plan, _ in
        plan.change(\.accountPlan, where: { $0.account == 0 && $0.product == 1 && $0.bucket == 2 }) { $0.demand = 4 }
    },
    Damage(description: "a row of the account plan missing", complaint: ["account A, product P, bucket 2027-03-08", "planned demand"]) {
        plan, _ in
        plan.accountPlan.removeAll { $0.account == 0 && $0.product == 0 && $0.bucket == 1 }
    },
    Damage(description: "stock under the minimum hidden", complaint: ["account B, product P, bucket 2027-03-08", "under must be"]) {
        plan, _ in
        plan.change(\.accountPlan, where: { $0.account == 1 && $0.bucket == 1 }) { $0.under = 0 }
    },
    Damage(description: "stock over the maximum hidden", complaint: ["account A, product Q, bucket 2027-03-22", "over must be"]) {
        plan, _ in
        plan.change(\.accountPlan, where: { $0.account == 0 && $0.product == 1 && $0.bucket == 3 }) { $0.over = 0 }
    },
    Damage(description: "opening stock a unit smaller", complaint: ["site DC, product P, bucket 2027-03-01", "stock before plus made"]) {
        _, small in
        small.package.stock[0].quantity = 19
    },
    Damage(description: "goods in transit a bucket later", complaint: ["site DC, product P, bucket 2027-03-08", "stock before plus made"]) {
        _, small in
        small.package.inTransit[0].bucket = 2
    },
    Damage(description: "a negative movement", complaint: ["lane DC-A, product P, bucket 2027-03-01", "must not be negative"]) { plan, _ in
        plan.movements.append(MovementRow(bucket: 0, lane: 0, product: 0, quantity: -5, arrives: 0))
    },
    Damage(description: "a quantity that is no number", complaint: ["line L, product Q, bucket 2027-03-08", "finite"]) { plan, _ in
        plan.change(\.production, where: { $0.product == 1 }) { $0.quantity = .nan }
    },
    Damage(description: "an infinite stock", complaint: ["site DC, product P, bucket 2027-03-08", "finite"]) { plan, _ in
        plan.change(\.siteStock, where: { $0.site == 0 && $0.bucket == 1 }) { $0.quantity = .infinity }
    },
    Damage(description: "a lane that does not exist", complaint: ["movements.csv", "lane number 3"]) { plan, _ in
        plan.movements.append(MovementRow(bucket: 1, lane: 3, product: 0, quantity: 5, arrives: 1))
    },
    Damage(description: "a bucket off the horizon", complaint: ["production.csv", "number 4"]) { plan, _ in
        plan.production.append(ProductionRow(bucket: 4, line: 0, product: 0, quantity: 20, hours: 3))
    },
    Damage(description: "an account that does not exist", complaint: ["account_plan.csv", "account number -1"]) { plan, _ in
        plan.accountPlan.append(
            AccountPlanRow(bucket: 1, account: -1, product: 0, demand: 0, served: 0, lost: 0, backlog: 0, stock: 1, under: 0, over: 0))
    },
    Damage(description: "a movement twice", complaint: ["lane DC-A, product P, bucket 2027-03-15", "one row"]) { plan, _ in
        plan.movements += plan.movements.filter { $0.lane == 0 && $0.product == 0 && $0.bucket == 2 }
    },
    Damage(description: "a stock twice", complaint: ["site PL, product Q, bucket 2027-03-01", "one row"]) { plan, _ in
        plan.siteStock += plan.siteStock.filter { $0.site == 1 && $0.product == 1 && $0.bucket == 0 }
    },
    Damage(description: "a shelf life a bucket shorter", complaint: ["product P, bucket 2027-03-", "shelf life"]) { _, small in
        small.package.products[0].shelfLife = 1
    },
    Damage(
        description: "stock expired a bucket early",
        complaint: ["account A, product P, bucket 2027-03-01", "only units past their last bucket"],
        worked: WorkedPlans.expiringStock
    ) { plan, _ in
        plan.change(\.expired, where: { _ in true }) { $0.bucket = 0 }
        plan.change(\.accountPlan, where: { $0.bucket == 0 }) { $0.stock = 10 }
    },
    Damage(
        description: "expired stock kept", complaint: ["account A, product P, bucket 2027-03-08", "past the last bucket"],
        worked: WorkedPlans.expiringStock
    ) { plan, _ in
        plan.expired = []
        plan.change(\.accountPlan, where: { $0.bucket >= 1 }) { $0.stock = 10 }
        plan.accountPlan.sort { $0.bucket < $1.bucket }
    },
    Damage(
        description: "good stock thrown away", complaint: ["site PL, product P, bucket 2027-03-08", "only units past their last bucket"],
        worked: WorkedPlans.preBuild
    ) { plan, _ in
        plan.expired = [ExpiryRow(bucket: 1, place: .site(0), product: 0, quantity: 50)]
        for t in 1...5 { plan.change(\.siteStock, where: { $0.bucket == t }) { $0.quantity -= 50 } }
        plan.movements[5].quantity -= 50
        plan.siteStock.append(SiteStockRow(bucket: 5, site: 0, product: 0, quantity: 0))
        plan.change(\.accountPlan, where: { $0.bucket == 5 }) {
            $0.served -= 50
            $0.lost += 50
        }
    },
]

@Suite struct DamageTests {
    @Test(arguments: damages)
    func damagedPlanIsFoundAndTheBrokenRuleNamed(_ damage: Damage) {
        var plan = damage.worked.plan
        var small = damage.worked.small
        damage.damage(&plan, &small)
        #expect(plan != damage.worked.plan || small.package != damage.worked.small.package, "the damage must hit something")
        let report = check(plan, small)
        #expect(!report.isClean)
        #expect(report.feasibility.maxViolation > CheckReport.tolerance)
        #expect(report.feasibility.maxViolation == report.violations.first?.relative)
        #expect(
            report.violations.contains { violation in damage.complaint.allSatisfy { violation.constraint.contains($0) } },
            "wanted \(damage.complaint), got:\n\(report.complaints)")
    }

    @Test func thereAreEnoughWaysToDamageAPlan() { #expect(damages.count >= 25) }

    /// Violations count relative to 1 + Σ|terms|, so the same unit weighs less in a large row; the largest comes first.
    @Test func violationIsMeasuredAgainstTheSizeOfItsRow() throws {
        var plan = WorkedPlans.transportBinds.plan
        plan.change(\.siteStock, where: { $0.bucket == 2 }) { $0.quantity += 1 }
        let violation = try #require(check(plan, WorkedPlans.transportBinds.small).violations.first { $0.constraint.contains("site DC") })
        #expect(violation.amount == 1)
        // Before 120, after 81, dispatched 40.
        #expect(violation.relative == 1.0 / (1 + 120 + 81 + 40))
        let relatives = check(plan, WorkedPlans.transportBinds.small).violations.map(\.relative)
        #expect(relatives == relatives.sorted(by: >))
    }

    /// Digits lost in a solver are no violation; a thousandth of a unit is.
    @Test(arguments: [(1e-8, true), (1e-3, false)])
    func toleranceLetsLostDigitsPassAndNothingElse(_ shift: Double, _ isClean: Bool) {
        var plan = WorkedPlans.preBuild.plan
        plan.change(\.movements, where: { $0.bucket == 3 }) { $0.quantity += shift }
        #expect(check(plan, WorkedPlans.preBuild.small).isClean == isClean)
    }
}

extension Plan {
    /// Changes the rows of one table that fulfil a condition.
    mutating func change<Row>(_ table: WritableKeyPath<Plan, [Row]>, where isMeant: (Row) -> Bool, _ change: (inout Row) -> Void) {
        for index in self[keyPath: table].indices where isMeant(self[keyPath: table][index]) { change(&self[keyPath: table][index]) }
    }
}
