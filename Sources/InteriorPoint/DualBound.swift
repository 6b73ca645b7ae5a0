/// A lower bound on the objective of every solution of `program` that keeps `impliedUpper`, for ANY y:
///
///     L(y) = bᵀy + Σⱼ min { (c − Aᵀy)ⱼ x + ½ qⱼ x² : 0 ≤ x ≤ min(uⱼ, impliedUpperⱼ) }
///
/// - Parameter y: Row prices, shape [m].
/// - Complexity: one pass over A. Sums are compensated (Neumaier 1974), so the figure is good to a few units in the last place of its largest term.
///
/// Source: Lagrangian duality, e.g. Boyd & Vandenberghe (2004), section 5.1.
public func dualBound(_ program: BlockProgram, y: [Double]) -> Double {
    precondition(y.count == program.rowCount, "one price for each row")
    var bound = CompensatedSum()
    for (b, price) in zip(program.rightHandSide, y) { bound.add(b * price) }

    let curvature = program.quadratic
    // Empty where nothing is fixed; .nan: not fixed.
    var fixed = [Double](repeating: .nan, count: program.fixedColumns.isEmpty ? 0 : program.columnCount)
    for (column, value) in program.fixedColumns { fixed[column] = value }
    program.rowIndices.withUnsafeBufferPointer { rows in
        program.values.withUnsafeBufferPointer { values in
            y.withUnsafeBufferPointer { y in
                for j in 0..<program.columnCount {
                    var reducedCost = CompensatedSum()
                    reducedCost.add(program.cost[j])
                    for k in program.columnStarts[j]..<program.columnStarts[j + 1] { reducedCost.add(-values[k] * y[Int(rows[k])]) }
                    let d = reducedCost.value
                    if !fixed.isEmpty, !fixed[j].isNaN {
                        bound.add(d * fixed[j] + 0.5 * curvature[j] * fixed[j] * fixed[j])
                        continue
                    }
                    guard d < 0 else { continue }
                    let highest = min(program.upper[j], program.impliedUpper[j])
                    let x = curvature[j] > 0 ? min(highest, -d / curvature[j]) : highest
                    bound.add(d * x + 0.5 * curvature[j] * x * x)
                }
            }
        }
    }
    return bound.value
}

extension BlockProgram {
    /// cᵀx + ½ Σ q x², compensated.
    public func objective(at x: [Double]) -> Double {
        var sum = CompensatedSum()
        for j in 0..<columnCount {
            sum.add(cost[j] * x[j])
            if quadratic[j] > 0 { sum.add(0.5 * quadratic[j] * x[j] * x[j]) }
        }
        return sum.value
    }

    /// Residuals of x: the largest |b − A x| of a row relative to 1 + the sum of its absolute terms, and the largest |b − A x| as it is.
    public func primalResidual(at x: [Double]) -> (relative: Double, largestRow: Double) { differences(at: x).largest }

    /// b − A x, and the largest of it as `primalResidual` tells it.
    func differences(at x: [Double]) -> (rows: [Double], largest: (relative: Double, largestRow: Double)) {
        var residual = rightHandSide
        var size = rightHandSide.map { 1 + abs($0) }
        residual.withUnsafeMutableBufferPointer { residual in
            size.withUnsafeMutableBufferPointer { size in
                for j in 0..<columnCount where x[j] != 0 {
                    for k in columnStarts[j]..<columnStarts[j + 1] {
                        let row = Int(rowIndices[k]), term = values[k] * x[j]
                        residual[row] -= term
                        size[row] += abs(term)
                    }
                }
            }
        }
        var relative = 0.0, largest = 0.0
        for (r, s) in zip(residual, size) {
            relative = max(relative, abs(r) / s)
            largest = max(largest, abs(r))
        }
        return (residual, (relative, largest))
    }
}

/// A sum that carries the rounding errors of its additions (Neumaier 1974).
struct CompensatedSum {
    private var sum = 0.0
    private var correction = 0.0

    var value: Double { sum + correction }

    mutating func add(_ term: Double) {
        let next = sum + term
        correction += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
        sum = next
    }
}
