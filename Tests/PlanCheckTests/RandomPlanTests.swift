import PlanCheck
import PlanModel
import TestSupport
import Testing

/// Properties over random plans; a failure names its seed.
@Suite struct RandomPlanTests {
    @Test func plansFeasibleByConstructionAreClean() {
        for seed in 0..<300 as Range<UInt64> {
            let worked = WorkedPlan.random(seed: seed)
            let report = check(worked.plan, worked.small)
            #expect(report.isClean, "seed \(seed): \(report.complaints)")
        }
    }

    /// The generator must reach the kinds of constraint it is there for.
    @Test func randomPlansAreNotTrivial() {
        let all = (0..<400 as Range<UInt64>).map(WorkedPlan.random)
        #expect(all.count { !$0.plan.movements.isEmpty } > 200)
        #expect(all.count { worked in worked.plan.lineUse.contains { $0.overtimeUsed > 0 } } > 200)
        #expect(all.count { worked in worked.plan.accountPlan.contains { $0.backlog > 0 } } > 50)
        #expect(all.count { worked in worked.small.package.products.contains { $0.shelfLife != nil } } > 200)
        #expect(all.count { !$0.small.package.materialReceipts.isEmpty } > 100)
    }

    @Test func theSameSeedGivesTheSamePlan() {
        let (one, other) = (WorkedPlan.random(seed: 77), WorkedPlan.random(seed: 77))
        #expect(one.plan == other.plan && one.small.package == other.small.package)
    }

    @Test func aChangedCellIsAlwaysFound() {
        var damaged = 0
        for seed in 0..<800 as Range<UInt64> {
            let worked = WorkedPlan.random(seed: seed % 300)
            var random = SplitMix64(seed: seed &+ 10_000)
            var plan = worked.plan
            guard let cell = plan.damageRandomCell(using: &random) else { continue }
            damaged += 1
            #expect(!check(plan, worked.small).isClean, "seed \(seed): \(cell)")
        }
        #expect(damaged > 700)
    }

    @Test func aMissingRowIsAlwaysFound() {
        for seed in 0..<300 as Range<UInt64> {
            let worked = WorkedPlan.random(seed: seed % 300)
            var random = SplitMix64(seed: seed &+ 20_000)
            var plan = worked.plan
            guard let row = plan.removeRandomRow(using: &random) else { continue }
            #expect(!check(plan, worked.small).isClean, "seed \(seed): \(row)")
        }
    }
}

extension Plan {
    /// Moves one number by 0.1 to 10 units, up or down; returns what was changed.
    fileprivate mutating func damageRandomCell(using random: inout SplitMix64) -> String? {
        let shift = (0.1 + 9.9 * random.uniform()) * (random.chance(0.5) ? 1 : -1)
        switch random.whole(0...5) {
        case 0:
            return change(\.production, [\.quantity, \.hours], shift, &random)
        case 1:
            // Overtime beyond what is needed breaks no rule while it is allowed and hours are worked: only less of it is damage for
            // certain.
            if random.chance(0.3), let row = lineUse.firstIndex(where: { $0.overtimeUsed > 0.01 }) {
                lineUse[row].overtimeUsed *= 0.5
                return "overtime of \(lineUse[row])"
            }
            return change(\.lineUse, [\.hours, \.hoursUsed], shift, &random)
        case 2:
            if random.chance(0.3), !movements.isEmpty {
                let row = random.whole(0...movements.count - 1)
                movements[row].arrives += random.chance(0.5) ? 1 : -1
                return "arrival of \(movements[row])"
            }
            return change(\.movements, [\.quantity], shift, &random)
        case 3:
            return change(\.siteStock, [\.quantity], shift, &random)
        default:
            return change(\.accountPlan, [\.demand, \.served, \.lost, \.backlog, \.stock, \.under, \.over], shift, &random)
        }
    }

    private mutating func change<Row>(
        _ table: WritableKeyPath<Plan, [Row]>, _ columns: [WritableKeyPath<Row, Double>], _ shift: Double, _ random: inout SplitMix64
    ) -> String? {
        guard !self[keyPath: table].isEmpty else { return nil }
        let row = random.whole(0...self[keyPath: table].count - 1)
        let column = columns[random.whole(0...columns.count - 1)]
        self[keyPath: table][row][keyPath: column] += shift
        return "\(column) of \(self[keyPath: table][row])"
    }

    fileprivate mutating func removeRandomRow(using random: inout SplitMix64) -> String? {
        func index(_ count: Int) -> Int? { count > 0 ? random.whole(0...count - 1) : nil }
        switch random.whole(0...3) {
        case 0: return index(production.count).map { "\(production.remove(at: $0))" }
        case 1: return index(movements.count).map { "\(movements.remove(at: $0))" }
        case 2: return index(siteStock.count).map { "\(siteStock.remove(at: $0))" }
        default: return index(accountPlan.count).map { "\(accountPlan.remove(at: $0))" }
        }
    }
}
