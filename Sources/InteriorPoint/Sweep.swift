extension BlockProgram {
    /// Seconds of one **sweep**, one A x and one Aᵀ y over the program as it is stored, on one thread: the least of several.
    ///
    /// What any first-order method pays an iteration, and so a yardstick for a whole solve that hardly depends on the machine.
    ///
    /// - Parameter repetitions: Sweeps made, ≥ 1.
    public func sweepSeconds(repetitions: Int = 20) -> Double {
        precondition(repetitions >= 1, "at least one sweep")
        var x = [Double](repeating: 1, count: columnCount), y = [Double](repeating: 0, count: rowCount)
        var best = Double.infinity
        for _ in 0..<repetitions {
            let start = ContinuousClock.now
            multiply(x, into: &y)
            // Aᵀ (A x), so that no product can be left out as unused.
            multiplyTransposed(y, into: &x)
            best = min(best, start.duration(to: .now) / .seconds(1))
            // Back to the size of 1, whatever the entries are.
            let largest = x.lazy.map(abs).max() ?? 0
            if largest > 0 { for j in x.indices { x[j] /= largest } }
        }
        return best
    }

    /// result ← A x.
    public func multiply(_ x: [Double], into result: inout [Double]) {
        precondition(x.count == columnCount && result.count == rowCount, "x has a place a column, the result one a row")
        result.withUnsafeMutableBufferPointer { result in
            result.update(repeating: 0)
            forEachColumn { j, rows, values in
                let xj = x[j]
                for (row, value) in zip(rows, values) { result[Int(row)] += value * xj }
            }
        }
    }

    /// result ← Aᵀ y.
    public func multiplyTransposed(_ y: [Double], into result: inout [Double]) {
        precondition(y.count == rowCount && result.count == columnCount, "y has a place a row, the result one a column")
        y.withUnsafeBufferPointer { y in
            result.withUnsafeMutableBufferPointer { result in
                forEachColumn { j, rows, values in
                    var sum = 0.0
                    for (row, value) in zip(rows, values) { sum += value * y[Int(row)] }
                    result[j] = sum
                }
            }
        }
    }

    @inline(__always)
    private func forEachColumn(_ body: (Int, UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Double>) -> Void) {
        columnStarts.withUnsafeBufferPointer { starts in
            rowIndices.withUnsafeBufferPointer { rows in
                values.withUnsafeBufferPointer { values in
                    for j in 0..<columnCount {
                        let entries = starts[j]..<starts[j + 1]
                        body(j, UnsafeBufferPointer(rebasing: rows[entries]), UnsafeBufferPointer(rebasing: values[entries]))
                    }
                }
            }
        }
    }
}
