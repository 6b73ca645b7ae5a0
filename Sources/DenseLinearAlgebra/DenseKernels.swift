internal import CLAPACK

/// Typed wrappers around the few BLAS and LAPACK routines the package uses; nothing else calls them.
///
/// All matrices are column-major with a leading dimension ("stride" between columns). "Upper" means that the elements (i, j), i ≤ j, are stored:
/// at `a[i + j · stride]`. Read by rows this is the lower triangle of a row-major matrix, which is how callers usually see it.
/// No routine checks its arguments: pointers must cover the shapes stated.
public enum DenseKernels {
    /// Factorises a symmetric positive definite matrix in place, A = UᵀU (`dpotrf`, upper).
    ///
    /// - Returns: 0, or k > 0 when the leading minor of order k is not positive definite.
    public static func choleskyFactorize(_ a: UnsafeMutablePointer<Double>, order n: Int, stride: Int) -> Int {
        guard n > 0 else { return 0 }
        var uplo = letter("U"), order = f_int(n), lda = f_int(stride), info: f_int = 0
        dpotrf_(&uplo, &order, a, &lda, &info, 1)
        return Int(info)
    }

    /// Replaces the factor U of A = UᵀU by the upper triangle of A⁻¹ (`dpotri`).
    ///
    /// - Returns: 0, or k > 0 when U has a zero on its diagonal at k.
    public static func invertFactorized(_ a: UnsafeMutablePointer<Double>, order n: Int, stride: Int) -> Int {
        guard n > 0 else { return 0 }
        var uplo = letter("U"), order = f_int(n), lda = f_int(stride), info: f_int = 0
        dpotri_(&uplo, &order, a, &lda, &info, 1)
        return Int(info)
    }

    /// Solves U x = b, or Uᵀ x = b when `transposed`, in place for one vector (`dtrsv`).
    public static func solveUpper(
        _ u: UnsafePointer<Double>, order n: Int, stride: Int, transposed: Bool, _ x: UnsafeMutablePointer<Double>
    ) {
        guard n > 0 else { return }
        var uplo = letter("U"), op = letter(transposed ? "T" : "N"), diagonal = letter("N")
        var order = f_int(n), lda = f_int(stride), step: f_int = 1
        dtrsv_(&uplo, &op, &diagonal, &order, u, &lda, x, &step, 1, 1, 1)
    }

    /// B ← U⁻ᵀ B for B of shape m × n (`dtrsm`).
    public static func solveUpperTransposed(
        _ u: UnsafePointer<Double>, stride: Int, _ b: UnsafeMutablePointer<Double>, rows m: Int, columns n: Int, strideB: Int
    ) {
        guard m > 0, n > 0 else { return }
        var side = letter("L"), uplo = letter("U"), op = letter("T"), diagonal = letter("N")
        var rows = f_int(m), columns = f_int(n), lda = f_int(stride), ldb = f_int(strideB), one = 1.0
        dtrsm_(&side, &uplo, &op, &diagonal, &rows, &columns, &one, u, &lda, b, &ldb, 1, 1, 1, 1)
    }

    /// C ← α op(A) B + β C with C of shape m × n and inner dimension k (`dgemm`); op transposes A when asked.
    public static func multiply(
        _ a: UnsafePointer<Double>, strideA: Int, transposedA: Bool, _ b: UnsafePointer<Double>, strideB: Int,
        into c: UnsafeMutablePointer<Double>, strideC: Int, rows m: Int, columns n: Int, inner k: Int, alpha: Double, beta: Double
    ) {
        guard m > 0, n > 0 else { return }
        var opA = letter(transposedA ? "T" : "N"), opB = letter("N")
        var rows = f_int(m), columns = f_int(n), inner = f_int(k), lda = f_int(strideA), ldb = f_int(strideB), ldc = f_int(strideC)
        var alpha = alpha, beta = beta
        dgemm_(&opA, &opB, &rows, &columns, &inner, &alpha, a, &lda, b, &ldb, &beta, c, &ldc, 1, 1)
    }

    /// y ← A x for a symmetric A of which the upper triangle is stored (`dsymv`).
    public static func multiplySymmetric(
        _ a: UnsafePointer<Double>, order n: Int, stride: Int, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
    ) {
        guard n > 0 else { return }
        var uplo = letter("U"), order = f_int(n), lda = f_int(stride), step: f_int = 1, alpha = 1.0, beta = 0.0
        dsymv_(&uplo, &order, &alpha, a, &lda, x, &step, &beta, y, &step, 1)
    }

    private static func letter(_ scalar: Unicode.Scalar) -> CChar {
        CChar(truncatingIfNeeded: scalar.value)
    }
}
