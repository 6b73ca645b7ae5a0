/// A sum of decimal numbers that does not depend on the order of its terms: each term is rounded once to a billionth and added as a
/// 128-bit integer.
///
/// Doubles would give other last bits for shuffled rows, and the same package must give the same plan. A billionth of a unit is far below
/// anything counted; terms are at most ``DecimalText/largest``, so about 10¹⁴ of them fit.
struct ExactSum: Hashable {
    /// 10⁹: the unit of the integer sum is a billionth.
    static let scale = 1e9
    /// Terms below this fit an Int64 when scaled.
    static let smallTermLimit = 9e9

    private var high: Int64 = 0
    private var low: UInt64 = 0

    /// Adds a finite number of magnitude ≤ 1e15.
    mutating func add(_ term: Double) {
        if abs(term) < ExactSum.smallTermLimit {
            add(scaled: Int64((term * ExactSum.scale).rounded()))
        } else {
            let whole = term.rounded(.towardZero)
            let product = Int64(whole).multipliedFullWidth(by: 1_000_000_000)
            add(high: product.high, low: product.low)
            add(scaled: Int64(((term - whole) * ExactSum.scale).rounded()))
        }
    }

    /// Adds a number of billionths.
    mutating func add(scaled: Int64) { add(high: scaled < 0 ? -1 : 0, low: UInt64(bitPattern: scaled)) }

    private mutating func add(high addedHigh: Int64, low addedLow: UInt64) {
        let (sum, overflow) = low.addingReportingOverflow(addedLow)
        low = sum
        high = high &+ addedHigh &+ (overflow ? 1 : 0)
    }

    /// The sum; correctly rounded when below nine billion.
    var value: Double {
        let small = Int64(bitPattern: low)
        if high == (small < 0 ? -1 : 0) { return Double(small) / ExactSum.scale }
        return (Double(high) * 18_446_744_073_709_551_616 + Double(low)) / ExactSum.scale
    }
}
