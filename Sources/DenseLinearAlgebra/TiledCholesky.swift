/// Cholesky factorisation A = UᵀU of a large matrix, on several threads, with the same bytes for any number of them.
///
/// Left-looking by row panels of fixed height: panel k is updated with all finished panels (one product with a long inner dimension for each
/// column chunk), its diagonal tile factorised, and the rest of it solved against that tile. Panels and chunks do not depend on the
/// number of threads; only who computes which chunk does.
///
/// A pivot that is not above its floor is what rounding left of nothing: a row that repeats others, or whose columns cannot move. It is replaced
/// by infinity, so to speak (1e100), which leaves that row's unknown at 0 (Zhang 1998, LIPSOL, Optim. Methods Softw. 10, 1-31).
///
/// - Parameters:
///   - a: Upper triangle, column-major, shape [n, n]; replaced by U. The strict lower triangle is scratch.
///   - floors: Smallest pivot to trust, for each row, ≥ 0; shape [n].
///   - threads: Threads to use at most.
/// - Returns: Number of pivots replaced; −1 when a pivot is not a number.
/// - Complexity: n³ / 3 multiplications and as many additions.
@discardableResult
public func choleskyFactorize(
    _ a: UnsafeMutablePointer<Double>, order n: Int, stride: Int, floors: UnsafePointer<Double>, threads: Int
) -> Int {
    let height = tileHeight, width = tileWidth
    var panel = 0, replaced = 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: height * height) { copy in
        while panel < n {
            let rows = min(height, n - panel)
            // Chunks of the panel's columns: the diagonal tile first, then what is right of it.
            let right = panel + rows
            let chunks = 1 + (n - right + width - 1) / width
            if panel > 0 {
                parallelFor(chunks, threads: threads) { chunk in
                    let first = chunk == 0 ? panel : right + (chunk - 1) * width
                    let columns = chunk == 0 ? rows : min(width, n - first)
                    DenseKernels.multiply(
                        a + panel * stride, strideA: stride, transposedA: true, a + first * stride, strideB: stride,
                        into: a + panel + first * stride, strideC: stride, rows: rows, columns: columns, inner: panel, alpha: -1, beta: 1)
                }
            }
            let tile = a + panel + panel * stride
            for j in 0..<rows { copy.baseAddress!.advanced(by: j * height).update(from: tile + j * stride, count: j + 1) }
            if DenseKernels.choleskyFactorize(tile, order: rows, stride: stride) != 0
                || (0..<rows).contains(where: { !(square(tile[$0 * (stride + 1)]) > floors[panel + $0]) })
            {
                for j in 0..<rows { (tile + j * stride).update(from: copy.baseAddress! + j * height, count: j + 1) }
                let count = factorizeTile(tile, order: rows, stride: stride, floors: floors + panel)
                guard count >= 0 else {
                    replaced = -1
                    return
                }
                replaced += count
            }
            parallelFor(chunks - 1, threads: threads) { chunk in
                let first = right + chunk * width
                DenseKernels.solveUpperTransposed(
                    tile, stride: stride, a + panel + first * stride, rows: rows, columns: min(width, n - first), strideB: stride)
            }
            panel += rows
        }
    }
    return replaced
}

private func factorizeTile(_ a: UnsafeMutablePointer<Double>, order n: Int, stride: Int, floors: UnsafePointer<Double>) -> Int {
    var replaced = 0
    for j in 0..<n {
        let column = a + j * stride
        var pivot = column[j]
        for i in 0..<j {
            let value = (column[i] - dot(a + i * stride, column, count: i)) / a[i * (stride + 1)]
            column[i] = value
            pivot -= value * value
        }
        if pivot.isNaN { return -1 }
        if pivot > floors[j] {
            column[j] = pivot.squareRoot()
        } else {
            column[j] = 1e50
            replaced += 1
        }
    }
    return replaced
}

private func square(_ x: Double) -> Double { x * x }

/// Panel height and chunk width: large enough for the products to run at full speed, small enough to share out a matrix of 1,000.
private let tileHeight = 128
private let tileWidth = 192
