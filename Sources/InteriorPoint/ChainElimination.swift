import DenseLinearAlgebra

/// Kernels on one chain: H = L Lᵀ of small bandwidth, and its touch matrix X (chain rows × core nodes and dense rows).
///
/// The factor keeps the places of H: row t holds L[t, t − w] … L[t, t − 1] and then 1 / L[t, t].
enum ChainKernels {
    /// Factorises in place.
    ///
    /// A pivot that cancels to nothing belongs to a row whose columns are all at their bounds, or that repeats another row. It is replaced by
    /// infinity (its reciprocal by 0), which leaves that row's price where it is (Zhang 1998, LIPSOL).
    static func factorize(_ l: UnsafeMutablePointer<Double>, count: Int, bandwidth w: Int) {
        let width = w + 1
        for t in 0..<count {
            let row = l + t * width + w - t  // row[s] is element (t, s)
            let first = max(0, t - w)
            let diagonal = row[t]
            var pivot = diagonal
            var s = first
            while s < t {
                let other = l + s * width + w - s
                var sum = row[s]
                var k = max(first, s - w)
                while k < s {
                    sum -= row[k] * other[k]
                    k += 1
                }
                let value = sum * other[s]
                row[s] = value
                pivot -= value * value
                s += 1
            }
            row[t] = pivot > smallestPivot * diagonal ? 1 / pivot.squareRoot() : 0
        }
    }

    /// x ← H⁻¹ x for one vector.
    static func solve(_ l: UnsafePointer<Double>, count: Int, bandwidth w: Int, _ x: UnsafeMutablePointer<Double>) {
        let width = w + 1
        if w == 1 {
            var previous = 0.0
            for t in 0..<count {
                previous = (x[t] - l[2 * t] * previous) * l[2 * t + 1]
                x[t] = previous
            }
            var carried = 0.0
            for t in stride(from: count - 1, through: 0, by: -1) {
                let value = (x[t] - carried) * l[2 * t + 1]
                x[t] = value
                carried = value * l[2 * t]
            }
            return
        }
        for t in 0..<count {
            let row = l + t * width + w - t
            var sum = x[t]
            for s in max(0, t - w)..<t { sum -= row[s] * x[s] }
            x[t] = sum * row[t]
        }
        for t in stride(from: count - 1, through: 0, by: -1) {
            let row = l + t * width + w - t
            let value = x[t] * row[t]
            x[t] = value
            for s in max(0, t - w)..<t { x[s] -= row[s] * value }
        }
    }

    /// Y ← H⁻¹ Y for Y of shape [count, columns], row-major.
    static func solve(
        _ l: UnsafePointer<Double>, count: Int, bandwidth w: Int, _ y: UnsafeMutablePointer<Double>, columns: Int
    ) {
        let width = w + 1
        for t in 0..<count {
            let row = l + t * width + w - t
            let target = y + t * columns
            for s in max(0, t - w)..<t { subtractScaled(row[s], y + s * columns, from: target, count: columns) }
            scale(row[t], target, columns)
        }
        for t in stride(from: count - 1, through: 0, by: -1) {
            let row = l + t * width + w - t
            let source = y + t * columns
            scale(row[t], source, columns)
            for s in max(0, t - w)..<t { subtractScaled(row[s], source, from: y + s * columns, count: columns) }
        }
    }

    @inline(__always)
    private static func scale(_ factor: Double, _ y: UnsafeMutablePointer<Double>, _ count: Int) {
        for i in 0..<count { y[i] *= factor }
    }

    /// Smallest pivot kept, relative to the diagonal it came from: what is below is rounding.
    private static let smallestPivot = 1e-14
}

extension NormalFactor {
    /// Factorises a chain and takes Xᵀ H⁻¹ X out of the core (K) and the core × dense part (V, by dense row) of its block; its dense × dense part,
    /// negative, goes to `own`, packed by rows up to the diagonal.
    func eliminate(
        _ chain: NormalPattern.Chain, shift: Double, coreOrder: Int, core: UnsafeMutablePointer<Double>,
        coreDense: UnsafeMutablePointer<Double>, own: UnsafeMutablePointer<Double>, scratch y: UnsafeMutablePointer<Double>
    ) {
        let count = chain.count, width = chain.bandwidth + 1
        let band = bands.pointer + chain.bandOffset
        band.update(from: entries.pointer + chain.firstBandEntry, count: count * width)
        for t in 0..<count { band[t * width + chain.bandwidth] += shift }
        ChainKernels.factorize(band, count: count, bandwidth: chain.bandwidth)

        let coreTouches = chain.coreTouches.count
        let columns = coreTouches + chain.denseTouches.count
        guard columns > 0 else { return }
        y.update(repeating: 0, count: count * columns)
        own.update(repeating: 0, count: chain.densePairCount)
        let x = entries.pointer + chain.firstTouchEntry
        for e in 0..<chain.touchRows.count { y[Int(chain.touchRows[e]) * columns + Int(chain.touchColumns[e])] = x[e] }
        ChainKernels.solve(band, count: count, bandwidth: chain.bandwidth, y, columns: columns)

        for e in 0..<chain.touchRows.count {
            let value = x[e], column = Int(chain.touchColumns[e]), source = y + Int(chain.touchRows[e]) * columns
            if column < coreTouches {
                // Row `node` of K up to its diagonal.
                let target = core + Int(chain.touchTargets[e]) * coreOrder
                for run in chain.runs where run.firstTouch <= column {
                    subtractScaled(
                        value, source + run.firstTouch, from: target + run.firstNode, count: min(run.count, column - run.firstTouch + 1))
                }
            } else {
                let touch = column - coreTouches, places = touch * chain.runs.count
                for (k, run) in chain.runs.enumerated() {
                    subtractScaled(
                        value, source + run.firstTouch, from: coreDense + Int(chain.densePlaces[places + k]), count: run.count)
                }
                subtractScaled(value, source + coreTouches, from: own + touch * (touch + 1) / 2, count: touch + 1)
            }
        }
    }
}
