import PlanModel

/// Tiers of all accounts by the cumulative share of what they bought, and how concentrated the business is.
///
/// Accounts are put in order of falling value (ties by id). An account is in tier 1 while the cumulative share *before* it is below the first
/// cut of `[segments]`, in tier 2 while it is below the second, and so on; a cut reached within 1e-12 counts as reached. A tier given in
/// accounts.csv wins. Accounts without sales come last and are in the last tier.
///
/// Value is Σ price × quantity (or Σ quantity) of `sales` over the last `window` buckets before the start; where those hold nothing at all,
/// the same of `demand` over the horizon, at standing prices. Returns can make an account's value negative: it then counts as 0 in shares.
///
/// - Complexity: O(history pairs × window + accounts · log accounts).
public func segmentation(of package: DataPackage) -> Segmentation {
    let values = accountValues(of: package)
    let order = package.accounts.indices.sorted { a, b in values[a] != values[b] ? values[a] > values[b] : a < b }
    let total = order.reduce(0) { $0 + max(0, values[$1]) }
    let cuts = package.settings.segments.tiers
    var segments: [Segment] = []
    var tierOfAccount = [Int](repeating: 1, count: package.accounts.count)
    var before = 0.0
    for account in order {
        let value = values[account]
        let share = total > 0 ? max(0, value) / total : 0
        // The running sum of values, not of shares, so that a total of exactly the cut is met exactly.
        let shareBefore = total > 0 ? before / total : 0
        before += max(0, value)
        let computed = total > 0 && value > 0 ? tier(atShareBefore: shareBefore, cuts: cuts) : cuts.count + 1
        let given = package.accounts[account].tier
        tierOfAccount[account] = given ?? computed
        segments.append(
            Segment(
                account: account, value: value, share: share, cumulativeShare: total > 0 ? before / total : 0, tier: given ?? computed,
                isGiven: given != nil))
    }
    let topCount = (package.accounts.count + 4) / 5
    return Segmentation(
        segments: segments, topFifthShare: segments.prefix(topCount).reduce(0) { $0 + $1.share },
        herfindahlIndex: segments.reduce(0) { $0 + $1.share * $1.share }, keyAccountCount: tierOfAccount.count { $0 == 1 },
        tierOfAccount: tierOfAccount)
}

/// Shares are sums of doubles: a cut is reached when it is missed by less than this.
private let cutTolerance = 1e-12

/// 1 + the number of cuts that the share before an account has reached.
private func tier(atShareBefore share: Double, cuts: [Double]) -> Int { 1 + cuts.count { share >= $0 - cutTolerance } }

/// What each account bought: money or units, by `[segments]`.
private func accountValues(of package: DataPackage) -> [Double] {
    var values = [Double](repeating: 0, count: package.accounts.count)
    let settings = package.settings.segments
    let history = settings.by == .quantity ? package.history.sales : package.history.salesValue
    var hasSales = false
    for row in history.pairs.indices {
        for value in history.series(row).suffix(settings.window) where value != 0 {
            values[history.pairs[row].account] += value
            hasSales = true
        }
    }
    if hasSales { return values }
    let prices = settings.by == .quantity ? [] : package.products.indices.map { package.standingPrice(of: $0) }
    for row in package.demand { values[row.account] += row.quantity * (prices.isEmpty ? 1 : prices[row.product]) }
    return values
}
