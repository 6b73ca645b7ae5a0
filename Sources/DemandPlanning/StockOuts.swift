/// Buckets whose demand was hidden by an empty shelf.
///
/// A bucket that closed with a counted stock of 0 is hidden when nothing was sold in it, or when less was sold than would be expected: less than
/// all of it where the bucket also began empty, less than half of it where it began with stock or the count before is not known. Expected is the
/// median of the open buckets around it (the nearest eight on either side, and the same season in other years where there is one). Where that
/// too is 0 (out of season) a bucket without sales is what was to be expected, and stays.
///
/// An empty shelf for longer than half a season is the end of a listing, not a stock-out: those zeros stay, since no demand is waiting behind them.
/// Without counts nothing is hidden.
///
/// - Parameters:
///   - sales: Shape [n], ≥ 0; NaN = not known.
///   - closing: Counted stock at the end of each bucket, shape [n]; NaN = no count.
///   - opening: Count at the end of the bucket before the first; NaN = none.
///   - season: Buckets a season.
/// - Returns: Indices, rising.
func stockOutBuckets(sales: [Double], closing: [Double], opening: Double, season: Int) -> [Int] {
    let n = sales.count
    let isEmpty = closing.map { $0 <= 0 }  // false for NaN
    guard isEmpty.contains(true) else { return [] }
    func isOpen(_ index: Int) -> Bool { !isEmpty[index] && !sales[index].isNaN }
    var hidden: [Int] = []
    for t in 0..<n where isEmpty[t] && !sales[t].isNaN {
        let expected = expectedSales(at: t, sales: sales, season: season, isOpen: isOpen)
        let before = t > 0 ? closing[t - 1] : opening
        let threshold = before <= 0 ? expected : expected / 2
        if sales[t] < threshold || (sales[t] == 0 && expected.isNaN) { hidden.append(t) }
    }
    return withoutLongRuns(hidden, longest: max(season / 2, 4))
}

/// Median of the open buckets nearest to t and of those in the same season of other years; NaN where there is none.
private func expectedSales(at t: Int, sales: [Double], season: Int, isOpen: (Int) -> Bool) -> Double {
    let n = sales.count
    var near: [Double] = []
    for direction in [-1, 1] {
        var found = 0
        var index = t + direction
        // Not further away than a quarter of a season: beyond that another season speaks.
        while index >= 0, index < n, found < 8, (index - t).magnitude <= max(season / 4, 8) {
            if isOpen(index) {
                near.append(sales[index])
                found += 1
            }
            index += direction
        }
    }
    if season > 1 {
        for year in 1...max(1, n / season) {
            for shift in -1...1 {
                for index in [t - year * season + shift, t + year * season + shift] where index >= 0 && index < n && isOpen(index) {
                    near.append(sales[index])
                }
            }
        }
    }
    guard !near.isEmpty else { return .nan }
    near.sort()
    let middle = near.count / 2
    return near.count % 2 == 1 ? near[middle] : (near[middle - 1] + near[middle]) / 2
}

private func withoutLongRuns(_ indices: [Int], longest: Int) -> [Int] {
    var result: [Int] = []
    var run: [Int] = []
    func close() { if run.count <= longest { result += run } }
    for index in indices {
        if let last = run.last, index != last + 1 {
            close()
            run = []
        }
        run.append(index)
    }
    close()
    return result
}
