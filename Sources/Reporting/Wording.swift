import PlanModel

/// Words, numbers and dates of a report in one language.
///
/// Both languages stand side by side wherever something is said, so that neither can lack a phrase.
package struct Wording {
    package let language: ReportLanguage
    package let horizon: Horizon

    package init(language: ReportLanguage, horizon: Horizon) {
        self.language = language
        self.horizon = horizon
    }

    package func callAsFunction(_ english: String, _ chinese: String) -> String { language == .english ? english : chinese }

    // MARK: Numbers

    /// Whole units with thousands separators: 12,345.
    package func units(_ value: Double) -> String { Wording.grouped(value, decimals: 0) }

    /// Amounts below ten keep a decimal: 3.2, 12,345.
    package func amount(_ value: Double) -> String {
        abs(value) < 9.95 && abs(value - value.rounded()) > 0.05 ? Wording.grouped(value, decimals: 1) : units(value)
    }

    package func decimal(_ value: Double) -> String { Wording.grouped(value, decimals: 1) }

    /// 97.3 %; a share short of one never reads 100.0 %, one above nothing never 0.0 %.
    package func percent(_ share: Double) -> String {
        var percent = (share * 1000).rounded() / 10
        if share < 1 - 1e-9, percent >= 100 { percent = 99.9 }
        if share > 1e-9, percent <= 0 { percent = 0.1 }
        return Wording.grouped(percent, decimals: 1) + (language == .english ? "\u{A0}%" : "%")
    }

    /// Three significant digits, for very small numbers as well: 0.0001 %, 1e-9.
    package static func significant(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value == 0 { return "0" }
        let size = abs(value)
        if size >= 100 { return grouped(value, decimals: 0) }
        if size >= 1 { return grouped(value, decimals: size >= 10 ? 1 : 2) }
        var exponent = 0
        var mantissa = size
        while mantissa < 1 {
            mantissa *= 10
            exponent += 1
        }
        if exponent <= 6 {
            var text = grouped(value, decimals: exponent + 1)
            while text.hasSuffix("0") { text.removeLast() }
            return text
        }
        // 9.7 of a power rounds up to one of the next.
        if mantissa >= 9.5 { (mantissa, exponent) = (1, exponent - 1) }
        return (value < 0 ? "-" : "") + grouped(mantissa, decimals: 0) + "e-\(exponent)"
    }

    /// A percentage level: 10, 2.5, 97.5.
    package static func shortest(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? grouped(rounded, decimals: 0) : grouped(rounded, decimals: 1)
    }

    /// Fixed decimals, half away from zero, thousands set off by commas. `–` for what is not finite.
    package static func grouped(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return value == .infinity ? "∞" : "–" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let whole = Int(scaled)
        let divisor = Int(scale)
        var text = ""
        let digits = Array(String(whole / divisor))
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        if decimals > 0 {
            let fraction = String(whole % divisor)
            text += "." + String(repeating: "0", count: decimals - fraction.count) + fraction
        }
        return value < 0 && whole > 0 ? "−" + text : text
    }

    // MARK: Dates

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// 3 May 2027, 2027年5月3日.
    package func date(_ date: CalendarDate) -> String {
        let (year, month, day) = date.yearMonthDay
        return self("\(day) \(Wording.months[month - 1]) \(year)", "\(year)年\(month)月\(day)日")
    }

    /// A bucket by its first day, or its month.
    package func bucket(_ bucket: Int) -> String {
        let first = horizon.firstDay(of: bucket)
        let (year, month, _) = first.yearMonthDay
        switch horizon.unit {
        case .week: return date(first)
        case .month: return self("\(Wording.months[month - 1]) \(year)", "\(year)年\(month)月")
        }
    }

    /// The same without the year, for axes.
    package func shortBucket(_ bucket: Int) -> String {
        let (year, month, day) = horizon.firstDay(of: bucket).yearMonthDay
        switch horizon.unit {
        case .week: return self("\(day) \(Wording.months[month - 1])", "\(month)月\(day)日")
        case .month: return self("\(Wording.months[month - 1]) \(year % 100)", "\(year % 100)年\(month)月")
        }
    }

    /// "the week of 3 May 2027", "May 2027".
    package func inBucket(_ bucket: Int) -> String {
        switch horizon.unit {
        case .week: self("the week of \(self.bucket(bucket))", "\(self.bucket(bucket))当周")
        case .month: self.bucket(bucket)
        }
    }

    /// "3 May – 24 May 2027", by first days; one bucket alone is named once.
    package func span(_ first: Int, _ last: Int) -> String {
        first == last ? bucket(first) : self("\(bucket(first)) – \(bucket(last))", "\(bucket(first))至\(bucket(last))")
    }

    /// "from 3 May to 24 May 2027", "in the week of 3 May 2027".
    package func during(_ buckets: ClosedRange<Int>) -> String {
        if buckets.lowerBound == buckets.upperBound {
            return self("in \(inBucket(buckets.lowerBound))", "在\(inBucket(buckets.lowerBound))")
        }
        let sameYear =
            horizon.firstDay(of: buckets.lowerBound).yearMonthDay.year == horizon.firstDay(of: buckets.upperBound).yearMonthDay.year
        let first = sameYear ? shortBucket(buckets.lowerBound) : bucket(buckets.lowerBound)
        return self(
            "from \(first) to \(bucket(buckets.upperBound))",
            "自\(bucket(buckets.lowerBound))至\(sameYear ? shortBucket(buckets.upperBound) : bucket(buckets.upperBound))")
    }

    package func bucketWord(_ count: Double) -> String {
        switch horizon.unit {
        case .week: self(count == 1 ? "week" : "weeks", "周")
        case .month: self(count == 1 ? "month" : "months", "个月")
        }
    }

    // MARK: The domain

    package func tier(_ tier: Int) -> String { self("Tier \(tier)", "第\(tier)级") }

    package func rank(_ rank: Rank) -> String {
        let tier = rank.tier.map { " · " + self.tier($0) } ?? ""
        switch rank.aim {
        case .guarantees: return self("Promises kept", "履行承诺") + tier
        case .lostSales: return self("Lost sales", "销售损失") + tier
        case .sharing: return self("Fair sharing of what is lost", "损失公平分摊") + tier
        case .lateness: return self("Late deliveries", "延迟交货") + tier
        case .stockUnderMinimum: return self("Stock under the minimum", "低于最低库存") + tier
        case .cost: return self("Cost", "成本") + tier
        }
    }

    package func reason(_ reason: ShortageReason) -> String {
        switch reason {
        case .hours: self("line hours", "产线工时")
        case .material: self("material", "物料")
        case .lane: self("lane capacity", "线路运力")
        case .pool: self("shared transport capacity", "共用运力")
        case .storage: self("storage", "仓容")
        case .stock: self("stock", "库存")
        case .leadTime: self("lead time", "提前期")
        case .shelfLife: self("shelf life", "保质期")
        case .promise: self("promise", "承诺")
        case .rank: self("earlier rank or rounding", "更高优先级或取整")
        }
    }
}

extension DataPackage {
    /// "A07 Big Store": the id, and the name where there is one that says more.
    package func title(account: Int) -> String { DataPackage.title(accounts[account].id, accounts[account].name) }

    package func title(product: Int) -> String { DataPackage.title(products[product].id, products[product].name) }

    private static func title(_ id: String, _ name: String) -> String { name.isEmpty || name == id ? id : "\(id) \(name)" }
}
