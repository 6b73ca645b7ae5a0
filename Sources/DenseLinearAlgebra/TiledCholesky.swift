/// Cholesky factorisation A = UᵀU of a large matrix, on several threads, with the same bytes for any number of them.
///
/// Left-looking by row panels of fixed height: panel k is updated with all finished panels (one product with a long inner dimension for each
/// column chunk), its diagonal tile factorised, and the rest of it solved against that tile. Panels and chunks do not depend on the
/// number of threads; only who computes which chunk does.
///
/// - Parameters:
///   - a: Upper triangle, column-major, shape [n, n]; replaced by U. The strict lower triangle is scratch.
///   - threads: Threads to use at most.
/// - Returns: 0, or k > 0 when the leading minor of order k is not positive definite.
/// - Complexity: n³ / 3 multiplications and as many additions.
public func tiledCholeskyFactorize(_ a: UnsafeMutablePointer<Double>, order n: Int, stride: Int, threads: Int) -> Int {
    let height = tileHeight, width = tileWidth
    var panel = 0
    while panel < n {
        let rows = min(height, n - panel)
        // Chunks of the panel's columns: the diagonal tile first, then what is right of it.
        let right = panel + rows
        let chunks = 1 + (n - right + width - 1) / width
        parallelFor(chunks, threads: threads) { chunk in
            let first = chunk == 0 ? panel : right + (chunk - 1) * width
            let columns = chunk == 0 ? rows : min(width, n - first)
            DenseKernels.multiply(
                a + panel * stride, strideA: stride, transposedA: true, a + first * stride, strideB: stride,
                into: a + panel + first * stride, strideC: stride, rows: rows, columns: columns, inner: panel, alpha: -1, beta: 1)
        }
        let info = DenseKernels.choleskyFactorize(a + panel + panel * stride, order: rows, stride: stride)
        guard info == 0 else { return panel + info }
        parallelFor(chunks - 1, threads: threads) { chunk in
            let first = right + chunk * width
            DenseKernels.solveUpperTransposed(
                a + panel + panel * stride, stride: stride, a + panel + first * stride, rows: rows, columns: min(width, n - first),
                strideB: stride)
        }
        panel += rows
    }
    return 0
}

/// Panel height and chunk width: large enough for the products to run at full speed, small enough to share out a matrix of 1,000.
private let tileHeight = 128
private let tileWidth = 192
