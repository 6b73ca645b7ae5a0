import PlanModel

/// A rule of the plan that does not hold.
public struct Violation: Hashable, Sendable {
    /// Where, and what must hold there: "account A1, product P, bucket 2027-03-15: …".
    public var constraint: String
    /// How far off, in the units of the row.
    public var amount: Double
    /// `amount` / (1 + Σ|terms of the row|); 1 for what has no terms (an unknown id, a repeated row, not a number).
    public var relative: Double

    public init(constraint: String, amount: Double, relative: Double) {
        self.constraint = constraint
        self.amount = amount
        self.relative = relative
    }
}

/// What the checker found out about a plan.
public struct CheckReport: Sendable {
    /// The row furthest off, also where it is within the tolerance.
    public var feasibility: FeasibilityReport
    /// Rows further off than ``tolerance``, largest first.
    public var violations: [Violation]
    /// Recomputed from the plan's rows, in rank order.
    public var rankValues: [(rank: Rank, value: Double)]

    /// A row's violation up to this, relative to 1 + Σ|terms|, counts as none (model.md, "What a solution carries").
    public static let tolerance = 1e-6

    public var isClean: Bool { violations.isEmpty }
}

/// Collects violations; a row is named only when the name is needed.
struct ViolationLog {
    private(set) var violations: [Violation] = []
    private(set) var worst = FeasibilityReport(maxViolation: 0, constraint: "")

    /// Notes how far `amount` ≥ 0 is from nothing, `terms` being Σ|terms| of its row.
    mutating func note(_ amount: Double, terms: Double, _ constraint: () -> String) {
        guard amount != 0 else { return }
        var size = amount.magnitude
        var relative = size / (1 + terms.magnitude)
        if !relative.isFinite {  // sums beyond the range of a Double
            size = .greatestFiniteMagnitude
            relative = 1
        }
        let isViolation = relative > CheckReport.tolerance
        guard isViolation || relative > worst.maxViolation else { return }
        let name = constraint()
        if relative > worst.maxViolation { worst = FeasibilityReport(maxViolation: relative, constraint: name) }
        if isViolation { violations.append(Violation(constraint: name, amount: size, relative: relative)) }
    }

    /// `left` = `right`.
    mutating func equal(_ left: Double, _ right: Double, terms: Double? = nil, _ constraint: () -> String) {
        note((left - right).magnitude, terms: terms ?? left.magnitude + right.magnitude, constraint)
    }

    /// `sum` ≤ `limit`; an infinite limit always holds. `terms` is Σ|terms| of the sum where they have different signs.
    mutating func atMost(_ sum: Double, _ limit: Double, terms: Double? = nil, _ constraint: () -> String) {
        guard limit < .infinity, sum > limit else { return }
        note(sum - limit, terms: terms ?? sum.magnitude, constraint)
    }

    /// Something that is wrong whatever the numbers.
    mutating func fault(_ constraint: String, amount: Double = 1) {
        let relative = 1.0
        if relative > worst.maxViolation { worst = FeasibilityReport(maxViolation: relative, constraint: constraint) }
        violations.append(Violation(constraint: constraint, amount: amount.isFinite ? amount.magnitude : 1, relative: relative))
    }

    /// The number itself, or 0 after a fault; a negative number is noted and kept.
    mutating func quantity(_ value: Double, _ place: () -> String, _ column: String) -> Double {
        guard value.isFinite else {
            fault("\(place()): \(column) must be a finite number")
            return 0
        }
        if value < 0 { note(-value, terms: -value) { "\(place()): \(column) must not be negative" } }
        return value
    }

    /// Largest first; equal ones in the order of the checks.
    func sorted() -> [Violation] {
        violations.enumerated().sorted { a, b in
            a.element.relative != b.element.relative ? a.element.relative > b.element.relative : a.offset < b.offset
        }.map(\.element)
    }
}
