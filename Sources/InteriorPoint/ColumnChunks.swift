import DenseLinearAlgebra

/// Columns in chunks of fixed size: the unit of parallel work on vectors, and of their sums.
struct ColumnChunks {
    let n: Int
    let threads: Int

    private static let size = 4096

    /// Calls body(columns) for every chunk.
    func forEach(_ body: (Range<Int>) -> Void) {
        let n = n
        parallelFor((n + Self.size - 1) / Self.size, threads: threads) { body(($0 * Self.size)..<min(n, ($0 + 1) * Self.size)) }
    }

    /// Sums body(columns) over the chunks, in their order.
    func sum(_ body: (Range<Int>) -> Lanes) -> Lanes {
        reduce(body) { $0 + $1 }
    }

    /// Elementwise largest body(columns) over the chunks, and at least 0.
    func largest<Value: SIMD>(_ body: (Range<Int>) -> Value) -> Value
    where Value: BitwiseCopyable, Value.Scalar == Double {
        reduce(body) { $0.replacing(with: $1, where: $1 .> $0) }
    }

    private func reduce<Value: SIMD>(_ body: (Range<Int>) -> Value, _ combine: (Value, Value) -> Value) -> Value
    where Value: BitwiseCopyable, Value.Scalar == Double {
        let n = n, count = (n + Self.size - 1) / Self.size
        let parts = Buffer<Value>(count: count, of: Value(repeating: 0))
        parallelFor(count, threads: threads) { parts[$0] = body(($0 * Self.size)..<min(n, ($0 + 1) * Self.size)) }
        var result = Value(repeating: 0)
        for part in 0..<count { result = combine(result, parts[part]) }
        return result
    }
}

/// The larger of each pair of elements; for numbers only.
@inline(__always)
func larger(_ a: Lanes, _ b: Lanes) -> Lanes {
    a.replacing(with: b, where: b .> a)
}

@inline(__always)
func smaller(_ a: Lanes, _ b: Lanes) -> Lanes {
    a.replacing(with: b, where: b .< a)
}

@inline(__always)
func largestElement(_ a: Lanes) -> Double {
    max(max(a[0], a[1]), max(a[2], a[3]))
}
