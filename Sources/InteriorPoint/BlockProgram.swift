/// A convex program in nested block form:
///
///     minimise    cᵀx + ½ Σⱼ qⱼ xⱼ²
///     subject to  A x = b,   0 ≤ x ≤ u
///
/// Rows come in three levels: **chains** (short banded groups), the **core** of a block that its chains meet in, and the **coupling** rows that
/// blocks meet in. A column touches rows of at most one block, there at most one chain (and any core rows of that block), and any
/// coupling rows; columns that touch coupling rows only (slacks, overtime, sums) belong to no block. The normal matrix A Θ Aᵀ is then
/// factorised chains first, cores next, coupling rows last.
///
///     rows 0 …                                    … m−1
///     [ block 0: chain | chain | … | core ] [ block 1: … ] … [ coupling ]
public struct BlockProgram: Sendable {
    /// Rows of one block; they follow each other: its chains, then its core.
    public struct Block: Sendable {
        /// First row of each chain. Chain i ends where chain i + 1, or the core, starts.
        public var chainStarts: [Int]
        /// Rows of the core (may be empty).
        public var core: Range<Int>

        public init(chainStarts: [Int], core: Range<Int>) {
            self.chainStarts = chainStarts
            self.core = core
        }
    }

    /// c, shape [n].
    public var cost: [Double]
    /// q ≥ 0, shape [n].
    public var quadratic: [Double]
    /// u, shape [n]; `.infinity` where there is none.
    public var upper: [Double]
    /// A bound every sensible solution keeps, shape [n], finite: used only to make the dual bound finite where `upper` is not. It must not cut off
    /// all optimal solutions.
    public var impliedUpper: [Double]
    /// Column starts of A, shape [n + 1].
    public var columnStarts: [Int]
    /// Row of each entry, rising within a column.
    public var rowIndices: [Int32]
    /// Value of each entry.
    public var values: [Double]
    /// b, shape [m].
    public var rightHandSide: [Double]
    /// Blocks in row order.
    public var blocks: [Block]
    /// Coupling rows: the last ones.
    public var couplingRows: Range<Int>
    /// Columns whose value is settled, and that value (0…u), in any order.
    public var fixedColumns: [(column: Int, value: Double)] = []

    public init(
        cost: [Double], quadratic: [Double], upper: [Double], impliedUpper: [Double], columnStarts: [Int], rowIndices: [Int32],
        values: [Double],
        rightHandSide: [Double], blocks: [Block], couplingRows: Range<Int>
    ) {
        self.cost = cost
        self.quadratic = quadratic
        self.upper = upper
        self.impliedUpper = impliedUpper
        self.columnStarts = columnStarts
        self.rowIndices = rowIndices
        self.values = values
        self.rightHandSide = rightHandSide
        self.blocks = blocks
        self.couplingRows = couplingRows
    }

    /// Number of rows m and columns n.
    public var rowCount: Int { rightHandSide.count }
    public var columnCount: Int { cost.count }
}
