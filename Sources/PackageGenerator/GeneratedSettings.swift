import PlanModel

extension Firm {
    /// `plan.toml` of a generated firm: what a planner turns first.
    var generatedSettings: String {
        let horizon = package.horizon
        switch language {
        case .english:
            return """
                # A generated firm: \(package.accounts.count) accounts, \(package.products.count) products, \(pairs.count) pairs sold.

                [horizon]
                bucket = "week"
                start = "\(horizon.start)"
                buckets = \(horizon.count)

                [segments]
                by = "value"
                tiers = [0.8, 0.95]

                [bands]                  # buckets of future demand
                min_cover = 1.0
                target_cover = 2.0
                max_cover = 4.0

                [report]
                language = "en"

                """
        case .chinese:
            return """
                # 示例企业：\(package.accounts.count)个客户，\(package.products.count)个产品，\(pairs.count)个在售组合。

                [horizon]                # 计划期
                bucket = "week"
                start = "\(horizon.start)"
                buckets = \(horizon.count)

                [segments]               # 客户分级：累计销售额的80%为一级，95%为二级
                by = "value"
                tiers = [0.8, 0.95]

                [bands]                  # 合理库存：未来需求的周数
                min_cover = 1.0
                target_cover = 2.0
                max_cover = 4.0

                [columns.sales]          # 企业自己的表头
                quantity = "动销箱数"

                [report]
                language = "zh"

                """
        }
    }
}
