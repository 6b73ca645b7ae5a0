import PlanModel

/// Cases, lots and set-ups that whole quantities must keep.
struct RoundingRules: Sendable {
    private let model: AllocationModel
    /// True when the package has no rule, so that quantities may be any number.
    let isEmpty: Bool
    private let lineHasRule: [Bool]

    init(_ model: AllocationModel, isDisabled: Bool = false) {
        self.model = model
        let package = model.package
        var lineHasRule = [Bool](repeating: false, count: package.lines.count)
        for row in package.lineProducts where (row.minLot ?? 0) > 0 || (row.multiple ?? 0) > 0 || (row.setupHours ?? 0) > 0 {
            lineHasRule[row.line] = true
        }
        self.lineHasRule = lineHasRule
        isEmpty =
            isDisabled
            || !(lineHasRule.contains(true) || package.products.contains { ($0.caseMultiple ?? 0) > 0 }
                || package.lanes.contains { ($0.multiple ?? 0) > 0 || ($0.minShipment ?? 0) > 0 })
    }

    func appliesToLine(_ line: Int) -> Bool { !isEmpty && lineHasRule[line] }

    /// Every movement is a multiple of this; 0 = any quantity.
    func movementStep(lane: Int, product: Int, toAccount: Bool) -> Double {
        guard !isEmpty else { return 0 }
        let laneStep = model.package.lanes[lane].multiple ?? 0
        let caseStep = toAccount ? model.package.products[product].caseMultiple ?? 0 : 0
        return RoundingRules.commonMultiple(laneStep, caseStep)
    }

    /// Largest run of at most `quantity` that keeps the line's multiple and least lot; 0 when none does.
    func lotBelow(_ quantity: Double, _ row: LineProduct) -> Double {
        let step = row.multiple ?? 0
        let whole = step > 0 ? (quantity / step * (1 + 1e-12) + 1e-9).rounded(.down) * step : quantity
        return whole < (row.minLot ?? 0) ? 0 : whole
    }

    /// Smallest run of at least `quantity`.
    func lotAbove(_ quantity: Double, _ row: LineProduct) -> Double {
        let least = max(quantity, row.minLot ?? 0)
        let step = row.multiple ?? 0
        return step > 0 ? (least / step - 1e-9).rounded(.up) * step : least
    }

    /// Room for the remainders that rounding leaves at an account: one step of each product, and at a plant one lot.
    func cushion(ofPair row: Int) -> Double {
        guard !isEmpty else { return 0 }
        let pair = model.pairs[row]
        var step = 0.0
        for lane in model.lanesOfProduct[pair.product] where model.package.lanes[lane].to == .account(pair.account) {
            step = max(
                step, max(movementStep(lane: lane, product: pair.product, toAccount: true), model.package.lanes[lane].minShipment ?? 0))
        }
        return step
    }

    /// Least common multiple of two steps, 0 standing for "any quantity"; steps are taken to six decimals.
    static func commonMultiple(_ a: Double, _ b: Double) -> Double {
        guard a > 0 else { return b }
        guard b > 0 else { return a }
        let unit = 1e6
        guard a * unit < 1e15, b * unit < 1e15 else { return max(a, b) }
        var x = Int((a * unit).rounded())
        var y = Int((b * unit).rounded())
        let product = (x, y)
        while y != 0 { (x, y) = (y, x % y) }
        guard x > 0 else { return max(a, b) }
        return Double(product.0 / x) * Double(product.1) / unit
    }
}
