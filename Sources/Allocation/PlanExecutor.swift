import PlanModel

/// Carries decisions out bucket by bucket, as the plant, the lanes and the accounts would, and writes down what happens.
///
/// The solver's numbers are met to about 1e-9; carrying them out makes balances exact: nothing leaves that is not there, and remainders too
/// small to mean anything go along with the last movement. With rules (cases, lots, set-ups) quantities follow the decisions'
/// running totals: movements never run ahead of them, making may run ahead by less than one lot where hours allow.
struct PlanExecutor {
    private let model: AllocationModel
    private let decisions: Decisions
    private let rules: RoundingRules
    private let package: DataPackage
    private let count: Int

    /// Stock by [product][site][lot] and by pair [lot].
    private var siteStock: [[[Double]]]
    private var pairStock: [[Double]]
    private var backlog: [Double]
    /// What arrives later, by bucket.
    private var siteArrivals: [[(site: Int, product: Int, lot: Int, quantity: Double)]]
    private var pairArrivals: [[(pair: Int, lot: Int, quantity: Double)]]
    private var materialStock: [Double]
    private var made: [Double]
    private var moved: [Decisions.MoveKey: Double] = [:]
    /// What the movements of a bucket took of every lot.
    private var movedLots: [LotKey: Double] = [:]
    private var plan = Plan()
    /// By how much storage was exceeded, by [site], volume.
    private(set) var storageExcess: [Double]
    private(set) var accountStockExcess: [Double]

    private struct LotKey: Hashable {
        var lane: Int
        var product: Int
        var lot: Int
    }

    /// A remainder below this share of (1 + quantity) is noise of the solver.
    private static let noise = 1e-7

    init(_ model: AllocationModel, decisions: Decisions, rules: RoundingRules) {
        self.model = model
        self.decisions = decisions
        self.rules = rules
        package = model.package
        count = model.bucketCount
        siteStock = model.lots.map { lots in model.package.sites.map { _ in [Double](repeating: 0, count: lots.count) } }
        pairStock = model.pairs.map { [Double](repeating: 0, count: model.lots[$0.product].count) }
        backlog = [Double](repeating: 0, count: model.pairs.count)
        siteArrivals = [[(site: Int, product: Int, lot: Int, quantity: Double)]](repeating: [], count: model.bucketCount)
        pairArrivals = [[(pair: Int, lot: Int, quantity: Double)]](repeating: [], count: model.bucketCount)
        materialStock = [Double](repeating: 0, count: model.materialsInPlay.count)
        made = [Double](repeating: 0, count: model.package.lineProducts.count)
        storageExcess = [Double](repeating: 0, count: model.package.sites.count)
        accountStockExcess = [Double](repeating: 0, count: model.package.accounts.count)
    }

    mutating func run() -> Plan {
        for (key, quantity) in model.siteInflow.sorted(by: { AllocationModel.isOrdered($0.key, $1.key) }) {
            siteArrivals[key.bucket].append((key.place, key.product, key.lot, quantity))
        }
        for (key, quantity) in model.pairInflow.sorted(by: { AllocationModel.isOrdered($0.key, $1.key) }) {
            pairArrivals[key.bucket].append((key.place, key.lot, quantity))
        }
        let siteOrder = model.siteOrder
        for t in 0..<count {
            for arrival in siteArrivals[t] { siteStock[arrival.product][arrival.site][arrival.lot] += arrival.quantity }
            for arrival in pairArrivals[t] { pairStock[arrival.pair][arrival.lot] += arrival.quantity }
            for line in package.lines.indices { make(on: line, t) }
            dispatch(t, siteOrder: siteOrder)
            serve(t)
            closeBucket(t)
            noteLots(t)
        }
        plan.movements.sort { ($0.bucket, $0.lane, $0.product) < ($1.bucket, $1.lane, $1.product) }
        plan.lots.sort(by: LotRow.isOrdered)
        return plan
    }

    private func isFrozen(_ t: Int) -> Bool { t < package.horizon.frozen }

    // MARK: Making

    private mutating func make(on line: Int, _ t: Int) {
        let positions = model.makersOfLine[line]
        guard !positions.isEmpty else { return closeLine(line, t, used: 0) }
        let available = model.hours[line][t] + model.overtime[line][t]
        var quantities = [Double](repeating: 0, count: positions.count)
        var used = 0.0
        func hours(_ index: Int, _ quantity: Double) -> Double {
            let row = package.lineProducts[positions[index]]
            return quantity > 0 ? quantity / row.rate + (row.setupHours ?? 0) : 0
        }
        if isFrozen(t) {
            for (index, position) in positions.enumerated() {
                quantities[index] = decisions.make[position][t]
                used += hours(index, quantities[index])
            }
        } else if !rules.appliesToLine(line) {
            for (index, position) in positions.enumerated() {
                quantities[index] = settled(decisions.make[position][t])
                used += hours(index, quantities[index])
            }
            // The solver keeps the hours to a relative 1e-9; what is left over is shaved off the largest run.
            if used > available, let largest = quantities.indices.max(by: { quantities[$0] < quantities[$1] }) {
                let rate = package.lineProducts[positions[largest]].rate
                quantities[largest] = max(0, quantities[largest] - (used - available) * rate)
                used = quantities.indices.reduce(0) { $0 + hours($1, quantities[$1]) }
            }
        } else {
            // Whole lots below the running totals first, then the next lot where hours allow, largest remainder first.
            var wanted = [Double](repeating: 0, count: positions.count)
            for (index, position) in positions.enumerated() {
                var total = 0.0
                for s in 0...t { total += decisions.make[position][s] }
                wanted[index] = max(0, total - made[position])
            }
            let order = positions.indices.sorted { (wanted[$0], $1) > (wanted[$1], $0) }
            for index in order where wanted[index] > PlanExecutor.noise {
                let row = package.lineProducts[positions[index]]
                let room = max(0, (available - used - (row.setupHours ?? 0)) * row.rate)
                let quantity = rules.lotBelow(min(wanted[index], room), row)
                quantities[index] = quantity
                used += hours(index, quantity)
            }
            let byRemainder = order.filter { wanted[$0] - quantities[$0] > 1e-6 * (1 + wanted[$0]) }
                .sorted { (wanted[$0] - quantities[$0], $1) > (wanted[$1] - quantities[$1], $0) }
            for index in byRemainder {
                let row = package.lineProducts[positions[index]]
                let larger = rules.lotAbove(wanted[index], row)
                let usedThen = used - hours(index, quantities[index]) + hours(index, larger)
                if usedThen <= available * (1 + 1e-12) {
                    used = usedThen
                    quantities[index] = larger
                }
            }
        }
        used = 0
        for (index, position) in positions.enumerated() where quantities[index] > 0 {
            let row = package.lineProducts[position]
            let possible = materialLimit(position, t)
            if !isFrozen(t), quantities[index] > possible {
                quantities[index] = rules.appliesToLine(line) ? rules.lotBelow(possible, row) : possible
                if quantities[index] <= 0 { continue }
            }
            let quantity = quantities[index]
            for need in model.materialNeeds(ofMaker: position) { materialStock[need.material] -= need.quantity * quantity }
            made[position] += quantity
            siteStock[row.product][package.lines[line].site][model.lots[row.product].madeClass(t)] += quantity
            used += hours(index, quantity)
            plan.production.append(
                ProductionRow(bucket: t, line: line, product: row.product, quantity: quantity, hours: hours(index, quantity)))
        }
        closeLine(line, t, used: used)
    }

    private mutating func closeLine(_ line: Int, _ t: Int, used: Double) {
        if t >= 0, model.hours[line][t] > 0 || used > 0 {
            plan.lineUse.append(
                LineUseRow(
                    bucket: t, line: line, hours: model.hours[line][t], hoursUsed: used, overtimeUsed: max(0, used - model.hours[line][t])))
        }
    }

    private func materialLimit(_ position: Int, _ t: Int) -> Double {
        var limit = Double.infinity
        for need in model.materialNeeds(ofMaker: position) {
            var received = materialStock[need.material]
            for s in 0...t { received += model.materialsInPlay[need.material].receipts[s] }
            limit = min(limit, max(0, received) / need.quantity)
        }
        return limit
    }

    // MARK: Moving

    /// Rows of this bucket's movements, and what each took of every lot.
    private struct BucketMoves {
        var laneRoom: [Double]
        var poolRoom: [Double]
        var row: [Decisions.MoveKey: Int] = [:]
        var taken: [Decisions.MoveKey: [Double]] = [:]
        var total = 0.0
    }

    private mutating func dispatch(_ t: Int, siteOrder: [Int]) {
        var moves = BucketMoves(
            laneRoom: package.lanes.indices.map { model.laneCapacity[$0][t] },
            poolRoom: package.pools.indices.map { model.poolCapacity[$0][t] })
        // Lanes without a lead time may form a circle: what comes too late for one pass leaves in the next.
        var before = -1.0
        for _ in 0...siteOrder.count where moves.total > before {
            before = moves.total
            for site in siteOrder {
                for product in package.products.indices {
                    for lane in lanes(from: site, product) { move(lane, product, t, &moves) }
                }
            }
        }
        if rules.isEmpty {
            for site in siteOrder { for product in package.products.indices { carryRemainders(site, product, t) } }
        } else if !isFrozen(t) {
            topUp(t, siteOrder: siteOrder, &moves)
        }
    }

    /// Lanes that carry the product from a site; those to accounts of the first tiers are loaded first when rounding leaves too little.
    private func lanes(from site: Int, _ product: Int) -> [Int] {
        let keys = model.lanesOfProduct[product].filter { package.lanes[$0].from == site }
        return rules.isEmpty ? keys : keys.sorted { (model.lanePriority($0), $0) < (model.lanePriority($1), $1) }
    }

    private mutating func move(_ laneIndex: Int, _ product: Int, _ t: Int, _ moves: inout BucketMoves) {
        let lane = package.lanes[laneIndex]
        let lots = model.lots[product]
        let key = Decisions.MoveKey(lane: laneIndex, product: product)
        guard t + lane.leadTime < count, let targets = decisions.moves[key] else { return }
        if isFrozen(t) || rules.isEmpty {
            var take = [Double](repeating: 0, count: lots.count)
            for lot in 0..<lots.count {
                let wanted = settled(targets[t * lots.count + lot]) - (moves.taken[key]?[lot] ?? 0)
                take[lot] = isFrozen(t) ? wanted : min(wanted, max(0, siteStock[product][lane.from][lot]))
            }
            load(laneIndex, product, t, take, &moves)
        } else {
            var total = 0.0
            for s in 0...t { for lot in 0..<lots.count { total += targets[s * lots.count + lot] } }
            let step = step(laneIndex, product)
            var wanted = min(max(0, total - moved[key, default: 0]), room(laneIndex, product, t, moves))
            if step > 0 { wanted = (wanted / step * (1 + 1e-12) + 1e-9).rounded(.down) * step }
            if moves.row[key] == nil, wanted < lane.minShipment ?? 0 { return }
            load(laneIndex, product, t, lotsFor(wanted, laneIndex, product, t), &moves)
        }
    }

    private func step(_ lane: Int, _ product: Int) -> Double {
        let toAccount: Bool = if case .account = package.lanes[lane].to { true } else { false }
        return rules.movementStep(lane: lane, product: product, toAccount: toAccount)
    }

    /// Lots at the lane's site that are still good when they arrive.
    private func usableLots(_ laneIndex: Int, _ product: Int, _ t: Int) -> [Int] {
        let lane = package.lanes[laneIndex], lots = model.lots[product]
        return (0..<lots.count).filter { lots.lastBuckets[$0] >= t + lane.leadTime && siteStock[product][lane.from][$0] > 0 }
    }

    /// Most that may still leave on a lane: stock, lane and pools.
    private func room(_ laneIndex: Int, _ product: Int, _ t: Int, _ moves: BucketMoves) -> Double {
        let lane = package.lanes[laneIndex]
        var most = usableLots(laneIndex, product, t).reduce(0) { $0 + siteStock[product][lane.from][$1] }
        let laneUse = model.use(lane.measure, ofProduct: product)
        if laneUse > 0 { most = min(most, max(0, moves.laneRoom[laneIndex]) / laneUse) }
        for pool in model.poolsOfLane[laneIndex] {
            let use = model.use(package.pools[pool].measure, ofProduct: product)
            if use > 0 { most = min(most, max(0, moves.poolRoom[pool]) / use) }
        }
        return most
    }

    /// A quantity as lots, first to expire first.
    private func lotsFor(_ quantity: Double, _ laneIndex: Int, _ product: Int, _ t: Int) -> [Double] {
        var take = [Double](repeating: 0, count: model.lots[product].count), rest = quantity
        for lot in usableLots(laneIndex, product, t) where rest > 0 {
            take[lot] = min(rest, siteStock[product][package.lanes[laneIndex].from][lot])
            rest -= take[lot]
        }
        return take
    }

    private mutating func load(_ laneIndex: Int, _ product: Int, _ t: Int, _ take: [Double], _ moves: inout BucketMoves) {
        let lane = package.lanes[laneIndex]
        let key = Decisions.MoveKey(lane: laneIndex, product: product)
        let step = rules.isEmpty ? 0 : step(laneIndex, product)
        var quantity = take.reduce(0) { $0 + max(0, $1) }
        if step > 0 { quantity = (quantity / step).rounded() * step }  // lots add up to the case again
        guard quantity > PlanExecutor.noise else { return }
        for lot in take.indices where take[lot] > 0 {
            siteStock[product][lane.from][lot] -= take[lot]
            send(laneIndex, product, lot, take[lot], t)
            moves.taken[key, default: [Double](repeating: 0, count: take.count)][lot] += take[lot]
        }
        moved[key, default: 0] += quantity
        moves.total += quantity
        moves.laneRoom[laneIndex] -= quantity * model.use(lane.measure, ofProduct: product)
        for pool in model.poolsOfLane[laneIndex] {
            moves.poolRoom[pool] -= quantity * model.use(package.pools[pool].measure, ofProduct: product)
        }
        if let row = moves.row[key] {
            plan.movements[row].quantity += quantity
        } else {
            moves.row[key] = plan.movements.count
            plan.movements.append(
                MovementRow(bucket: t, lane: laneIndex, product: product, quantity: quantity, arrives: t + lane.leadTime))
        }
    }

    // MARK: Whole cases where rounding down would lose a sale

    /// Sends a further case to accounts that would otherwise lose more than the decisions say, first tiers first. Tier 1 may take what stands at the
    /// site; the others only what the decisions would not have there any more.
    private mutating func topUp(_ t: Int, siteOrder: [Int], _ moves: inout BucketMoves) {
        var candidates: [(priority: Int, lane: Int, product: Int, pair: Int)] = []
        for product in package.products.indices {
            for lane in model.lanesOfProduct[product] where t + package.lanes[lane].leadTime < count {
                guard case .account(let account) = package.lanes[lane].to,
                    let pair = model.pairs.position(ofSorted: Pair(account: account, product: product))
                else { continue }
                candidates.append((model.priority(ofAccount: account), lane, product, pair))
            }
        }
        candidates.sort { ($0.priority, $0.product, $0.pair, $0.lane) < ($1.priority, $1.product, $1.pair, $1.lane) }
        for (priority, laneIndex, product, pair) in candidates {
            let missing = shortfall(ofPair: pair, from: t, through: t + package.lanes[laneIndex].leadTime)
            guard missing > 1e-6 else { continue }
            var most = room(laneIndex, product, t, moves)
            if priority > 1 {
                let site = package.lanes[laneIndex].from
                most = min(most, siteStock[product][site].reduce(0, +) - plannedStock(site, product, t))
            }
            let step = step(laneIndex, product)
            let least =
                moves.row[Decisions.MoveKey(lane: laneIndex, product: product)] == nil ? package.lanes[laneIndex].minShipment ?? 0 : 0
            var extra = min(max(missing, least), most)
            if step > 0 {
                extra = (max(missing, least) / step - 1e-9).rounded(.up) * step
                if extra > most { extra = (most / step * (1 + 1e-12) + 1e-9).rounded(.down) * step }
            }
            guard extra > PlanExecutor.noise, extra >= least else { continue }
            load(laneIndex, product, t, lotsFor(extra, laneIndex, product, t), &moves)
        }
    }

    /// How much more than the decisions say a pair would lose in buckets t … last with what it has and what is on its way.
    private func shortfall(ofPair row: Int, from t: Int, through last: Int) -> Double {
        var have = pairStock[row].reduce(0, +)
        var worst = 0.0
        var owed = backlog[row]
        for bucket in t...last {
            if bucket > t { for arrival in pairArrivals[bucket] where arrival.pair == row { have += arrival.quantity } }
            owed += max(0, model.demand[row, bucket] - decisions.lost[row][bucket])
            worst = max(worst, owed - have)
        }
        return worst
    }

    /// What the decisions have at a site at the end of bucket t.
    private func plannedStock(_ site: Int, _ product: Int, _ t: Int) -> Double {
        var stock = 0.0
        let lotCount = model.lots[product].count
        for bucket in 0...t {
            for lot in 0..<lotCount {
                stock += model.siteInflow[AllocationModel.InflowKey(place: site, product: product, lot: lot, bucket: bucket)] ?? 0
            }
            for position in model.makersOfProduct[product] where package.lines[package.lineProducts[position].line].site == site {
                stock += decisions.make[position][bucket]
            }
        }
        for lane in model.lanesOfProduct[product] {
            guard let targets = decisions.moves[Decisions.MoveKey(lane: lane, product: product)] else { continue }
            for bucket in 0...t {
                let quantity = targets[(bucket * lotCount)..<((bucket + 1) * lotCount)].reduce(0, +)
                if package.lanes[lane].from == site { stock -= quantity }
                if package.lanes[lane].to == .site(site), bucket + package.lanes[lane].leadTime <= t { stock += quantity }
            }
        }
        return max(0, stock)
    }

    private mutating func send(_ laneIndex: Int, _ product: Int, _ lot: Int, _ quantity: Double, _ t: Int) {
        let lane = package.lanes[laneIndex]
        if model.lots[product].count > 1 { movedLots[LotKey(lane: laneIndex, product: product, lot: lot), default: 0] += quantity }
        let arrival = t + lane.leadTime
        switch lane.to {
        case .site(let site):
            if lane.leadTime == 0 {
                siteStock[product][site][lot] += quantity
            } else {
                siteArrivals[arrival].append((site, product, lot, quantity))
            }
        case .account(let account):
            guard let pair = model.pairs.position(ofSorted: Pair(account: account, product: product)) else { return }
            if lane.leadTime == 0 { pairStock[pair][lot] += quantity } else { pairArrivals[arrival].append((pair, lot, quantity)) }
        }
    }

    /// Writes down which lots left in a bucket, of products that have several kinds.
    private mutating func noteLots(_ t: Int) {
        for (key, quantity) in movedLots where quantity > PlanExecutor.noise {
            let last = model.lots[key.product].lastBuckets[key.lot]
            plan.lots.append(
                LotRow(bucket: t, lane: key.lane, product: key.product, serveBy: last == LotClasses.never ? nil : last, quantity: quantity))
        }
        movedLots.removeAll(keepingCapacity: true)
    }

    /// A site's remainder too small to mean anything goes along with the largest movement that just left, instead of staying as a crumb.
    private mutating func carryRemainders(_ site: Int, _ product: Int, _ t: Int) {
        guard !isFrozen(t) else { return }
        for lot in 0..<model.lots[product].count {
            let rest = siteStock[product][site][lot]
            guard rest != 0, abs(rest) <= 1e-6 else { continue }
            let leaving = plan.movements.indices.reversed().prefix { plan.movements[$0].bucket == t }
                .filter { plan.movements[$0].product == product && package.lanes[plan.movements[$0].lane].from == site }
            guard let largest = leaving.max(by: { plan.movements[$0].quantity < plan.movements[$1].quantity }),
                plan.movements[largest].quantity > -rest
            else {
                continue
            }
            plan.movements[largest].quantity += rest
            siteStock[product][site][lot] = 0
            send(plan.movements[largest].lane, product, lot, rest, t)
        }
    }

    // MARK: Serving

    private mutating func serve(_ t: Int) {
        for row in model.pairs.indices {
            let lots = model.lots[model.pairs[row].product]
            let demand = model.demand[row, t]
            let owed = demand + backlog[row]
            guard owed > 0 else { continue }
            var wanted = 0.0
            if rules.isEmpty {
                for lot in 0..<lots.count { wanted += decisions.serve[row][t * lots.count + lot] }
                if abs(owed - wanted) <= PlanExecutor.noise * (1 + owed) { wanted = owed }
            } else {
                wanted = owed
                // Where something is promised for later, what the decisions keep for it is kept.
                if model.priority(ofAccount: model.pairs[row].account) == 0 { wanted -= decisions.lost[row][t] }
            }
            wanted = max(0, min(wanted, owed))
            var served = 0.0
            if rules.isEmpty && lots.count > 1 {
                for lot in 0..<lots.count {
                    let quantity = min(decisions.serve[row][t * lots.count + lot], max(0, pairStock[row][lot]), wanted - served)
                    pairStock[row][lot] -= quantity
                    served += quantity
                }
            }
            for lot in 0..<lots.count where lots.isAlive(lot, t) && served < wanted {
                let quantity = min(wanted - served, max(0, pairStock[row][lot]))
                pairStock[row][lot] -= quantity
                served += quantity
            }
            if owed - served <= PlanExecutor.noise * (1 + owed) { served = owed }
            // Stock too small to mean anything is sold when demand takes it.
            let rest = pairStock[row].reduce(0, +)
            if rest > 0, rest <= 1e-6, owed - served >= rest {
                served += rest
                for lot in pairStock[row].indices { pairStock[row][lot] = 0 }
            }
            var lost = owed - served
            if model.backorderBuckets(ofPair: row) > 0 {
                let limit = model.backlogLimit(ofPair: row, at: t)
                let planned = rules.isEmpty ? decisions.lost[row][t] : 0
                lost = min(owed - served, max(planned, owed - served - limit))
                if lost <= PlanExecutor.noise * (1 + owed) { lost = 0 }
                backlog[row] = owed - served - lost
                if backlog[row] <= PlanExecutor.noise * (1 + owed) {
                    backlog[row] = 0
                }
            }
            accountRow(row, t, demand: demand, served: served, lost: lost)
        }
    }

    private var accountRows: [(row: Int, served: Double, lost: Double)] = []

    private mutating func accountRow(_ row: Int, _ t: Int, demand: Double, served: Double, lost: Double) {
        accountRows.append((row, served, lost))
    }

    // MARK: End of the bucket

    private mutating func closeBucket(_ t: Int) {
        var byRow: [Int: (served: Double, lost: Double)] = [:]
        for entry in accountRows { byRow[entry.row] = (entry.served, entry.lost) }
        accountRows.removeAll(keepingCapacity: true)
        var siteVolume = [Double](repeating: 0, count: package.sites.count)
        var accountVolume = [Double](repeating: 0, count: package.accounts.count)
        for product in package.products.indices {
            let lots = model.lots[product]
            for site in package.sites.indices {
                var total = 0.0
                for lot in 0..<lots.count {
                    let quantity = siteStock[product][site][lot]
                    if lots.lastBuckets[lot] == t, quantity > 0 {
                        if quantity > 1e-6 {
                            plan.expired.append(ExpiryRow(bucket: t, place: .site(site), product: product, quantity: quantity))
                        }
                        siteStock[product][site][lot] = 0
                    } else if abs(quantity) <= PlanExecutor.noise {
                        siteStock[product][site][lot] = 0
                    } else {
                        total += quantity
                    }
                }
                siteVolume[site] += total * package.products[product].volume
                if total != 0 { plan.siteStock.append(SiteStockRow(bucket: t, site: site, product: product, quantity: total)) }
            }
        }
        for (row, pair) in model.pairs.enumerated() {
            let lots = model.lots[pair.product]
            var stock = 0.0
            for lot in 0..<lots.count {
                let quantity = pairStock[row][lot]
                if lots.lastBuckets[lot] == t, quantity > 0 {
                    if quantity > 1e-6 {
                        plan.expired.append(ExpiryRow(bucket: t, place: .account(pair.account), product: pair.product, quantity: quantity))
                    }
                    pairStock[row][lot] = 0
                } else if abs(quantity) <= PlanExecutor.noise {
                    pairStock[row][lot] = 0
                } else {
                    stock += quantity
                }
            }
            accountVolume[pair.account] += stock * package.products[pair.product].volume
            let entry = byRow[row] ?? (0, 0)
            let demand = model.demand[row, t]
            let under = max(0, model.bands.min[row, t] - stock)
            let over = max(0, stock - model.bands.max[row, t])
            if demand != 0 || entry.served != 0 || entry.lost != 0 || backlog[row] != 0 || stock != 0 || under != 0 || over != 0 {
                plan.accountPlan.append(
                    AccountPlanRow(
                        bucket: t, account: pair.account, product: pair.product, demand: demand, served: entry.served, lost: entry.lost,
                        backlog: backlog[row], stock: stock, under: under, over: over))
            }
        }
        plan.siteStock.sort { ($0.bucket, $0.site, $0.product) < ($1.bucket, $1.site, $1.product) }
        for site in package.sites.indices where siteVolume[site] > model.storage[site][t] {
            storageExcess[site] = max(storageExcess[site], siteVolume[site] - model.storage[site][t])
        }
        for account in package.accounts.indices where accountVolume[account] > package.accounts[account].stockCapacity {
            accountStockExcess[account] = max(accountStockExcess[account], accountVolume[account] - package.accounts[account].stockCapacity)
        }
    }

    /// The solver's noise taken off: eight decimals are kept, and next to nothing is nothing.
    private func settled(_ quantity: Double) -> Double {
        guard quantity > PlanExecutor.noise else { return 0 }
        let rounded = (quantity * 1e9).rounded() / 1e9
        let whole = quantity.rounded()
        return abs(quantity - whole) <= 1e-9 * max(1, whole) ? whole : rounded
    }
}
