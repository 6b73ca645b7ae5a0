import PlanModel

/// Numbers buckets without knowing the horizon: weeks since Monday 1969-12-29, or months since year 0.
struct BucketScale {
    let unit: BucketUnit

    func bucket(of date: CalendarDate) -> Int {
        switch unit {
        case .week:
            let days = date.daysSinceEpoch + 3
            return days >= 0 ? days / 7 : -((6 - days) / 7)
        case .month:
            let (year, month, _) = date.yearMonthDay
            return year * 12 + month - 1
        }
    }
}

/// Position of each pair of account and product that was met, in the order it was met.
struct PairRegister {
    private let productCount: Int
    /// Dense while that takes no more than 64 MB, else sparse.
    private var dense: [Int32]
    private var sparse: [Int: Int32] = [:]
    private(set) var pairs: [Pair] = []

    init(accountCount: Int, productCount: Int) {
        self.productCount = productCount
        let (cells, overflow) = accountCount.multipliedReportingOverflow(by: productCount)
        dense = !overflow && cells <= 1 << 24 ? [Int32](repeating: -1, count: cells) : []
    }

    @inline(__always)
    mutating func row(account: Int, product: Int) -> Int {
        let key = account * productCount + product
        if !dense.isEmpty {
            let known = dense[key]
            if known >= 0 { return Int(known) }
            dense[key] = Int32(pairs.count)
        } else {
            if let known = sparse[key] { return Int(known) }
            sparse[key] = Int32(pairs.count)
        }
        pairs.append(Pair(account: account, product: product))
        return pairs.count - 1
    }
}

/// A table of pairs × buckets that grows as rows come in any order.
struct GrowingGrid<Cell> {
    private let blank: Cell
    private(set) var firstBucket = 0
    private(set) var bucketCount = 0
    private var rowCapacity = 0
    var cells: [Cell] = []

    init(blank: Cell) { self.blank = blank }

    /// Index of a cell in `cells`, made room for.
    @inline(__always)
    mutating func index(row: Int, bucket: Int) -> Int {
        let column = bucket - firstBucket
        if row < rowCapacity, column >= 0, column < bucketCount { return row * bucketCount + column }
        grow(row: row, bucket: bucket)
        return row * bucketCount + bucket - firstBucket
    }

    /// The cell, or nil outside what was ever written.
    func cell(row: Int, bucket: Int) -> Cell? {
        let column = bucket - firstBucket
        return row < rowCapacity && column >= 0 && column < bucketCount ? cells[row * bucketCount + column] : nil
    }

    private mutating func grow(row: Int, bucket: Int) {
        var newFirst = firstBucket
        var newCount = bucketCount
        if bucketCount == 0 {
            newFirst = bucket
            newCount = 1
        } else if bucket < firstBucket {
            // Half as much again, so that dates in falling order cost no more than a few copies.
            let extra = max(firstBucket - bucket, min(bucketCount / 2, 128))
            newFirst = firstBucket - extra
            newCount = bucketCount + extra
        } else if bucket >= firstBucket + bucketCount {
            newCount = max(bucket - firstBucket + 1, bucketCount + min(bucketCount / 2, 128))
        }
        if newFirst == firstBucket, newCount == bucketCount {
            let newCapacity = max(row + 1, rowCapacity * 3 / 2, 16)
            cells.reserveCapacity(newCapacity * bucketCount)
            cells.append(contentsOf: repeatElement(blank, count: (newCapacity - rowCapacity) * bucketCount))
            rowCapacity = newCapacity
            return
        }
        let newCapacity = max(row + 1, rowCapacity)
        var grown = [Cell](repeating: blank, count: newCapacity * newCount)
        let shift = firstBucket - newFirst
        for old in 0..<rowCapacity {
            for column in 0..<bucketCount { grown[old * newCount + shift + column] = cells[old * bucketCount + column] }
        }
        cells = grown
        rowCapacity = newCapacity
        firstBucket = newFirst
        bucketCount = newCount
    }
}

/// Sums of numbers by pair and bucket that do not depend on the order of rows, in billionths (see ``ExactSum``).
///
/// Eight bytes a cell: what does not fit an Int64 goes, for the few such cells, into a sparse table of exact sums.
struct BucketSums {
    private struct Key: Hashable {
        let row: Int
        let bucket: Int
    }

    private var grid = GrowingGrid<Int64>(blank: 0)
    private var large: [Key: ExactSum] = [:]

    @inline(__always)
    mutating func add(_ term: Double, row: Int, bucket: Int) {
        let index = grid.index(row: row, bucket: bucket)
        guard abs(term) < ExactSum.smallTermLimit else { return addLarge(term, row: row, bucket: bucket) }
        let scaled = Int64((term * ExactSum.scale).rounded())
        let (sum, overflow) = grid.cells[index].addingReportingOverflow(scaled)
        if overflow {
            // Move what the cell holds to the sparse table: the total stays exact, and with it independent of the order.
            large[Key(row: row, bucket: bucket), default: ExactSum()].add(scaled: grid.cells[index])
            grid.cells[index] = scaled
        } else {
            grid.cells[index] = sum
        }
    }

    private mutating func addLarge(_ term: Double, row: Int, bucket: Int) {
        large[Key(row: row, bucket: bucket), default: ExactSum()].add(term)
    }

    func value(row: Int, bucket: Int) -> Double {
        guard let cell = grid.cell(row: row, bucket: bucket) else { return 0 }
        if !large.isEmpty, var sum = large[Key(row: row, bucket: bucket)] {
            sum.add(scaled: cell)
            return sum.value
        }
        return Double(cell) / ExactSum.scale
    }
}

/// Counted stock: of the counts in a bucket the last day's, counts of one day added up.
struct StockCounts {
    private struct Count {
        /// Days since 1970; Int32.min = none.
        var day: Int32
        var sum: Int64
    }

    private var grid = GrowingGrid<Count>(blank: Count(day: .min, sum: 0))

    /// `quantity` has to be below ``ExactSum/smallTermLimit``.
    mutating func add(_ quantity: Double, on date: CalendarDate, row: Int, bucket: Int) {
        let index = grid.index(row: row, bucket: bucket)
        let day = Int32(clamping: date.daysSinceEpoch)
        let scaled = Int64((quantity * ExactSum.scale).rounded())
        let count = grid.cells[index]
        if day > count.day {
            grid.cells[index] = Count(day: day, sum: scaled)
        } else if day == count.day {
            // Saturates at nine billion units, far above any stock.
            let (sum, overflow) = count.sum.addingReportingOverflow(scaled)
            grid.cells[index].sum = overflow ? .max : sum
        }
    }

    /// NaN where nothing was counted.
    func value(row: Int, bucket: Int) -> Double {
        guard let count = grid.cell(row: row, bucket: bucket), count.day > .min else { return .nan }
        return Double(count.sum) / ExactSum.scale
    }
}

/// History of one table while it is read.
struct HistoryAccumulator {
    var register: PairRegister
    /// Earliest bucket met for each pair.
    private(set) var earliest: [Int] = []
    private(set) var firstBucket = Int.max
    private var lastDay = Int.min

    var lastDate: CalendarDate? { lastDay == .min ? nil : CalendarDate(daysSinceEpoch: lastDay) }

    init(accountCount: Int, productCount: Int) { register = PairRegister(accountCount: accountCount, productCount: productCount) }

    /// Row of the pair, with the row's date noted.
    @inline(__always)
    mutating func row(account: Int, product: Int, date: CalendarDate, bucket: Int) -> Int {
        let row = register.row(account: account, product: product)
        if row == earliest.count {
            earliest.append(bucket)
        } else if bucket < earliest[row] {
            earliest[row] = bucket
        }
        if bucket < firstBucket { firstBucket = bucket }
        if date.daysSinceEpoch > lastDay { lastDay = date.daysSinceEpoch }
        return row
    }

    /// The pairs that have a row before `startBucket`, rising, with their rows.
    func pairs(before startBucket: Int) -> [(pair: Pair, row: Int)] {
        register.pairs.enumerated().filter { earliest[$0.offset] < startBucket }.map { ($0.element, $0.offset) }.sorted {
            $0.pair < $1.pair
        }
    }

    /// The table of all buckets before `startBucket`.
    func table(before startBucket: Int, value: (_ row: Int, _ bucket: Int) -> Double) -> HistoryTable {
        let pairs = pairs(before: startBucket)
        guard !pairs.isEmpty, firstBucket < startBucket else { return HistoryTable() }
        var values: [Double] = []
        values.reserveCapacity(pairs.count * (startBucket - firstBucket))
        for (_, row) in pairs { for bucket in firstBucket..<startBucket { values.append(value(row, bucket)) } }
        return HistoryTable(pairs: pairs.map(\.pair), firstBucket: firstBucket - startBucket, values: values)
    }
}
