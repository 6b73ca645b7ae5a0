import PlanModel

extension Ledger {
    /// Shelf life and `expires`: some assignment of lots must serve every unit in time and take off only what is past its last bucket.
    /// A product whose balances do not hold is left out: it has been found already, and the question of its lots has no answer.
    func checkShelfLife(_ log: inout ViolationLog) {
        for (product, rows) in lotRows().enumerated() {
            if !rows.lots.isEmpty { checkSums(ofLots: rows, product, &log) }
            guard let network = lotNetwork(ofProduct: product, rows: rows), isBalanced(product, pairRows: rows.pairs) else { continue }
            if !rows.lots.isEmpty {
                guard let stop = network.firstExpiredFirstOut(followsPlan: true) else { continue }
                let place = names.stock(stop.place, product, stop.bucket)
                log.note(stop.quantity, terms: stop.received) {
                    stop.kind == .move
                        ? "\(place): the lots that lots.csv takes must be there"
                        : "\(place): with the lots of lots.csv, units must be served by the last bucket of their shelf life or expiry date"
                }
            }
            guard let stop = network.firstExpiredFirstOut() else { continue }
            let place = names.stock(stop.place, product, stop.bucket)
            switch network.verdict() {
            case .kept: continue
            case .broken(let units, let all):
                let rule =
                    switch stop.kind {
                    case .expire: "only units past their last bucket may be taken off as expired"
                    case .serve: "units must be served by the last bucket of their shelf life or expiry date"
                    case .move, .stock: "units past the last bucket of their shelf life or expiry date must be served before or taken off"
                    }
                log.note(units, terms: all) { "\(place): \(rule)" }
            case .open:
                log.fault("\(place): it could not be shown that all units are served within their shelf life", amount: stop.quantity)
            }
        }
    }

    /// Of a product that has lots, each movement must be the sum of its own.
    private func checkSums(ofLots rows: LotRows, _ product: Int, _ log: inout ViolationLog) {
        var sums: [MoveKey: Double] = [:]
        for row in rows.lots { sums[MoveKey(lane: row.lane, bucket: row.bucket), default: 0] += row.quantity }
        for row in rows.movements {
            let sum = sums.removeValue(forKey: MoveKey(lane: row.lane, bucket: row.bucket)) ?? 0
            log.note(sum - row.quantity, terms: row.quantity) {
                "\(names.move(row.lane, product, row.bucket)): its lots must add up to what is moved"
            }
        }
        for (key, sum) in sums.sorted(by: { ($0.key.bucket, $0.key.lane) < ($1.key.bucket, $1.key.lane) }) {
            log.note(sum, terms: sum) { "\(names.move(key.lane, product, key.bucket)): lots.csv speaks of a movement that is not there" }
        }
    }

    /// Whether what comes in and goes out of every stock of a product agrees.
    private func isBalanced(_ product: Int, pairRows: [Int]) -> Bool {
        func holds(_ into: Double, _ out: Double, _ terms: Double) -> Bool { (into - out).magnitude <= CheckReport.tolerance * (1 + terms) }
        for site in package.sites.indices {
            var before = 0.0
            for t in 0..<bucketCount {
                let cell = siteCell(site, product, t)
                let into = [before, siteStart[cell], siteMade[cell], siteArrived[cell]]
                let out = [siteStock[cell], siteDispatched[cell], siteExpired[cell]]
                guard holds(total(into), total(out), size(into) + size(out)) else { return false }
                before = siteStock[cell]
            }
        }
        for row in pairRows {
            var before = 0.0
            for t in 0..<bucketCount {
                let cell = cell(row, t)
                let into = [before, start[cell], arrived[cell]]
                let out = [stock[cell], served[cell], taken[cell]]
                guard holds(total(into), total(out), size(into) + size(out)) else { return false }
                before = stock[cell]
            }
        }
        return true
    }
}
