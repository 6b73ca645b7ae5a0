import PlanModel

extension Ledger {
    /// Balances of sites and accounts, storage, and the stock capacity of accounts.
    func checkStocks(_ capacities: Capacities, _ log: inout ViolationLog) {
        for site in package.sites.indices {
            for product in package.products.indices {
                var before = 0.0
                for t in 0..<bucketCount {
                    let cell = siteCell(site, product, t)
                    let into = [before, siteStart[cell], siteMade[cell], siteArrived[cell]]
                    let out = [siteStock[cell], siteDispatched[cell], siteExpired[cell]]
                    log.equal(total(into), total(out), terms: size(into) + size(out)) {
                        "\(names.stock(.site(site), product, t)): stock must be the stock before plus made and arrived, "
                            + "less dispatched and expired"
                    }
                    before = siteStock[cell]
                }
            }
            for t in 0..<bucketCount {
                let volume = package.products.indices.reduce(0.0) { $0 + package.products[$1].volume * siteStock[siteCell(site, $1, t)] }
                log.atMost(volume, capacities.capacity(.storage, of: site, in: t)) {
                    "\(names.place(.site(site))), \(names.bucket(t)): the volume of stock must not exceed the storage"
                }
            }
        }
        for (row, pair) in pairs.enumerated() {
            var before = 0.0
            for t in 0..<bucketCount {
                let cell = cell(row, t)
                let into = [before, start[cell], arrived[cell]]
                let out = [stock[cell], served[cell], taken[cell]]
                log.equal(total(into), total(out), terms: size(into) + size(out)) {
                    "\(names.stock(.account(pair.account), pair.product, t)): stock must be the stock before plus arrived, "
                        + "less served and expired"
                }
                before = stock[cell]
            }
        }
        var volumes = [Double](repeating: 0, count: package.accounts.count * bucketCount)
        for (row, pair) in pairs.enumerated() {
            for t in 0..<bucketCount {
                volumes[pair.account * bucketCount + t] += package.products[pair.product].volume * stock[cell(row, t)]
            }
        }
        for (account, limit) in package.accounts.map(\.stockCapacity).enumerated() {
            for t in 0..<bucketCount {
                log.atMost(volumes[account * bucketCount + t], limit) {
                    "\(names.place(.account(account))), \(names.bucket(t)): the volume of stock must not exceed the account's stock capacity"
                }
            }
        }
    }

    /// Served, lost and backlog against demand; the columns that follow from others.
    func checkDemand(_ log: inout ViolationLog) {
        for (row, pair) in pairs.enumerated() {
            let patience = package.accounts[pair.account].backorderBuckets
            var before = 0.0
            for t in 0..<bucketCount {
                let cell = cell(row, t)
                let name = { names.stock(.account(pair.account), pair.product, t) }
                log.equal(statedDemand[cell], demand[cell]) { "\(name()): the demand column must be the planned demand" }
                if patience <= 0 {
                    log.equal(served[cell] + lost[cell], demand[cell]) { "\(name()): served and lost must add up to the demand" }
                    log.equal(backlog[cell], 0) { "\(name()): an account without backorders must have no backlog" }
                } else {
                    let terms = [before, demand[cell], served[cell], lost[cell], backlog[cell]]
                    log.equal(before + demand[cell], served[cell] + lost[cell] + backlog[cell], terms: size(terms)) {
                        "\(name()): backlog must be the backlog before plus demand, less served and lost"
                    }
                    let recent = (max(0, t - patience + 1)...t).reduce(0.0) { $0 + demand[self.cell(row, $1)] }
                    log.atMost(backlog[cell], recent) {
                        "\(name()): backlog must not exceed the demand of the last \(patience) buckets, this one included"
                    }
                    before = backlog[cell]
                }
                log.equal(
                    under[cell], max(0, bandMin[cell] - stock[cell]), terms: bandMin[cell] + stock[cell].magnitude + under[cell].magnitude
                ) {
                    "\(name()): under must be what the stock lacks to the band's minimum"
                }
                let excess = bandMax[cell] < .infinity ? max(0, stock[cell] - bandMax[cell]) : 0
                log.equal(over[cell], excess, terms: stock[cell].magnitude + over[cell].magnitude + (excess > 0 ? bandMax[cell] : 0)) {
                    "\(name()): over must be what the stock has beyond the band's maximum"
                }
            }
        }
    }
}

func total(_ terms: [Double]) -> Double { terms.reduce(0, +) }

func size(_ terms: [Double]) -> Double { terms.reduce(0) { $0 + $1.magnitude } }
