import PlanModel

/// A cause of a shortage as a sentence with figures and dates, in English or Chinese, for `explain` and the report.
public func causeSentence(_ row: ShortageRow, package: DataPackage, language: ReportLanguage) -> String {
    let words = Wording(language: language, horizon: package.horizon)
    let lost = words.amount(row.lost)
    let scarce = words.scarcity(row.reason, resource: row.resource, buckets: row.resourceBucket.map { $0...$0 }, package: package)
    let takers = row.takenBy.prefix(3).map { words.taker($0, reason: row.reason, package: package) }.joined(separator: words(", ", "、"))
    let got = takers.isEmpty ? "" : words(" It went to \(takers).", "去向：\(takers)。")
    return words("\(lost) lost: \(scarce).\(got)", "损失 \(lost)：\(scarce)。\(got)")
}

extension Wording {
    /// "line L2 is full in the week of 3 May 2027".
    package func scarcity(_ reason: ShortageReason, resource: String, buckets: ClosedRange<Int>?, package: DataPackage) -> String {
        let when = buckets.map { self(" " + during($0), during($0)) } ?? ""
        switch reason {
        case .hours: return self("the hours of line \(resource) are used up\(when)", "产线 \(resource) 的工时\(when)已用尽")
        case .material:
            return self("material \(resource) has run out\(when)", "物料 \(resource) \(when)已用尽")
                + nextReceipt(of: resource, after: buckets?.upperBound, package: package)
        case .lane: return self("lane \(resource) is full\(when)", "线路 \(resource) \(when)已满载")
        case .pool: return self("the shared transport capacity \(resource) is full\(when)", "共用运力 \(resource) \(when)已满载")
        case .storage: return self("the storage of \(resource) is full\(when)", "\(resource) 的仓容\(when)已满")
        case .stock: return self("the stock at \(resource) is used up and nothing else comes in time", "\(resource) 的库存已用尽，且没有其他货源能及时到货")
        case .leadTime:
            let lead = package.lanes.first { $0.id == resource }?.leadTime
            let length =
                lead.map { self(" (\(units(Double($0))) \(bucketWord(Double($0))))", "（\(units(Double($0))) \(bucketWord(Double($0)))）") }
                ?? ""
            let first =
                buckets.map {
                    self(
                        ": what leaves in \(inBucket($0.lowerBound)), the earliest, comes too late",
                        "：最早在\(inBucket($0.lowerBound))发出的货也来不及")
                } ?? ""
            return self("lane \(resource) takes too long\(length)\(first)", "线路 \(resource) 运输时间过长\(length)\(first)")
        case .shelfLife:
            return self("the product does not keep long enough to be made on line \(resource)\(when)", "若由产线 \(resource) \(when)生产，保质期不够")
        case .promise: return self("promise \(resource) has to be kept first", "须先履行承诺 \(resource)")
        case .rank:
            return self(
                "no resource is short; an earlier rank or the rounding to cases and lots decides", "并无资源短缺，由更高优先级或箱规、批量取整决定")
        }
    }

    private func nextReceipt(of material: String, after bucket: Int?, package: DataPackage) -> String {
        guard let bucket, let index = package.materials.position(ofSorted: material) else { return "" }
        let next = package.materialReceipts.filter { $0.material == index && $0.bucket > bucket && $0.quantity > 0 }.map(\.bucket).min()
        guard let next else { return self("; no further receipt is planned", "，此后没有到货计划") }
        return self("; its next receipt is in \(inBucket(next))", "，下一次到货在\(inBucket(next))")
    }

    /// "A03 North Stores (tier 1, 120 h)".
    package func taker(_ taker: Taker, reason: ShortageReason, package: DataPackage) -> String {
        let under: String
        switch taker.rank.aim {
        case .guarantees: under = self("promise", "承诺")
        case .stockUnderMinimum: under = self("minimum stock, ", "最低库存，") + (taker.rank.tier.map { tier($0) } ?? "")
        default: under = taker.rank.tier.map { self("tier \($0)", "第\($0)级") } ?? rank(taker.rank)
        }
        let unit = reason == .hours ? self(" h", " 小时") : ""
        return self(
            "\(package.title(account: taker.account)) (\(under), \(amount(taker.quantity))\(unit))",
            "\(package.title(account: taker.account))（\(under)，\(amount(taker.quantity))\(unit)）")
    }
}
