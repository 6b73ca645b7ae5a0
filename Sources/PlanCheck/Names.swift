import PlanModel

/// Words for the parts of a row: ids as in the files, buckets by their first day.
struct Names {
    let package: DataPackage

    func bucket(_ t: Int) -> String { "bucket \(package.horizon.firstDay(of: t))" }

    func product(_ product: Int) -> String { "product \(package.products[product].id)" }

    func place(_ place: Place) -> String {
        switch place {
        case .site(let site): "site \(package.sites[site].id)"
        case .account(let account): "account \(package.accounts[account].id)"
        }
    }

    func stock(_ place: Place, _ product: Int, _ t: Int) -> String { "\(self.place(place)), \(self.product(product)), \(bucket(t))" }

    func line(_ line: Int, _ t: Int) -> String { "line \(package.lines[line].id), \(bucket(t))" }

    func make(_ line: Int, _ product: Int, _ t: Int) -> String {
        "line \(package.lines[line].id), \(self.product(product)), \(bucket(t))"
    }

    func lane(_ lane: Int, _ t: Int) -> String { "lane \(package.lanes[lane].id), \(bucket(t))" }

    func move(_ lane: Int, _ product: Int, _ t: Int) -> String {
        "lane \(package.lanes[lane].id), \(self.product(product)), \(bucket(t))"
    }

    func rank(_ rank: Rank) -> String { rank.tier.map { "rank \(rank.aim.rawValue), tier \($0)" } ?? "rank \(rank.aim.rawValue)" }
}
