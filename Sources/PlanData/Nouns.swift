import PlanModel

/// What tables are about, in the words of a sentence.
extension Bilingual {
    static let account = Bilingual("account", "客户")
    static let product = Bilingual("product", "产品")
    static let site = Bilingual("site", "地点")
    static let line = Bilingual("line", "产线")
    static let lane = Bilingual("lane", "线路")
    static let pool = Bilingual("pool", "运力池")
    static let place = Bilingual("site or account", "地点或客户")
    static let material = Bilingual("material", "原料")
    static let group = Bilingual("group", "客户组")
    static let guarantee = Bilingual("guarantee", "承诺")
    static let stock = Bilingual("stock", "库存")
    static let receipt = Bilingual("receipt", "到货")
}

extension BucketUnit {
    /// "3 weeks" is 3 周, "3 months" 3 个月.
    var chineseCounter: String { self == .week ? "周" : "个月" }

    /// "the next month" is 下一个月.
    var chinese: String { self == .week ? "周" : "月" }
}
