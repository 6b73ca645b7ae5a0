import PlanModel

extension Ledger {
    /// Lines: what they can make, hours with set-up, overtime, lots.
    func checkLines(_ capacities: Capacities, _ log: inout ViolationLog) {
        var abilities: [Int: LineProduct] = [:]
        for row in package.lineProducts { abilities[row.line * package.products.count + row.product] = row }
        let frozen = frozenQuantities(.make)
        var needed = [Double](repeating: 0, count: package.lines.count * bucketCount)
        for row in production {
            let name = { names.make(row.line, row.product, row.bucket) }
            guard let ability = abilities[row.line * package.products.count + row.product], ability.rate > 0 else {
                log.note(row.quantity, terms: row.quantity) { "\(name()): the line must be able to make the product" }
                needed[row.line * bucketCount + row.bucket] += row.hours
                continue
            }
            let running = row.quantity / ability.rate
            let setup = row.quantity > 0 ? ability.setupHours ?? 0 : 0
            needed[row.line * bucketCount + row.bucket] += running + setup
            log.equal(row.hours, running + setup) { "\(name()): hours must be the quantity by the rate, and the set-up" }
            if let fixed = frozen[FrozenCell(resource: row.line, product: row.product, bucket: row.bucket)], fixed == row.quantity {
                continue
            }
            checkMultiple(row.quantity, ability.multiple, &log) { "\(name()): the quantity made must be a multiple of \($0)" }
            checkLeast(row.quantity, ability.minLot, &log) { "\(name()): a lot must be at least \($0)" }
        }
        for line in package.lines.indices {
            for t in 0..<bucketCount {
                let name = { names.line(line, t) }
                let use = lineUse[line * bucketCount + t]
                let regular = capacities.capacity(.hours, of: line, in: t)
                let need = needed[line * bucketCount + t]
                let used = use?.hoursUsed ?? 0
                let overtime = use?.overtimeUsed ?? 0
                if let use, regular < .infinity { log.equal(use.hours, regular) { "\(name()): hours must be the line's regular hours" } }
                log.equal(used, need) { "\(name()): hours_used must be the hours of what is made" }
                log.atMost(need - overtime, regular, terms: need + overtime.magnitude) {
                    "\(name()): hours of what is made must not exceed regular hours and overtime used"
                }
                log.atMost(overtime, capacities.capacity(.overtime, of: line, in: t)) {
                    "\(name()): overtime used must not exceed the overtime allowed"
                }
                log.atMost(overtime, max(0, used)) { "\(name()): overtime used must not exceed the hours used" }
            }
        }
    }

    /// Lanes and pools: what they carry, when it arrives, capacities at dispatch, multiples and least quantities.
    func checkLanes(_ capacities: Capacities, _ log: inout ViolationLog) {
        let frozen = frozenQuantities(.move)
        var loads = [[Double]](repeating: [Double](repeating: 0, count: bucketCount), count: package.lanes.count)
        var poolsOfLane = [[Int]](repeating: [], count: package.lanes.count)
        for (pool, entry) in package.pools.enumerated() { for lane in entry.lanes { poolsOfLane[lane].append(pool) } }
        var poolLoads = [[Double]](repeating: [Double](repeating: 0, count: bucketCount), count: package.pools.count)
        for row in movements {
            let lane = package.lanes[row.lane]
            let name = { names.move(row.lane, row.product, row.bucket) }
            loads[row.lane][row.bucket] += row.quantity * capacities.units(lane.measure, of: row.product)
            for pool in poolsOfLane[row.lane] {
                poolLoads[pool][row.bucket] += row.quantity * capacities.units(package.pools[pool].measure, of: row.product)
            }
            if let products = lane.products, products.position(ofSorted: row.product) == nil {
                log.note(row.quantity, terms: row.quantity) { "\(name()): the lane must be one that carries the product" }
            }
            let arrival = row.bucket + lane.leadTime
            if row.arrives != arrival {
                log.fault(
                    "\(name()): arrives must be the dispatch bucket plus the lead time, \(names.bucket(arrival))", amount: row.quantity)
            }
            if arrival >= bucketCount {
                log.note(row.quantity, terms: row.quantity) { "\(name()): what is dispatched must arrive within the horizon" }
            }
            if let fixed = frozen[FrozenCell(resource: row.lane, product: row.product, bucket: row.bucket)], fixed == row.quantity {
                continue
            }
            checkMultiple(row.quantity, lane.multiple, &log) { "\(name()): the movement must be a multiple of \($0), the lane's" }
            checkLeast(row.quantity, lane.minShipment, &log) { "\(name()): a shipment must be at least \($0)" }
            if case .account = lane.to {
                checkMultiple(row.quantity, package.products[row.product].caseMultiple, &log) {
                    "\(name()): a movement to an account must be a multiple of \($0), the product's case multiple"
                }
            }
        }
        for lane in package.lanes.indices {
            for t in 0..<bucketCount {
                log.atMost(loads[lane][t], capacities.capacity(.lane, of: lane, in: t)) {
                    "\(names.lane(lane, t)): the \(package.lanes[lane].measure.rawValue) dispatched must not exceed the lane's capacity"
                }
            }
        }
        for pool in package.pools.indices {
            for t in 0..<bucketCount {
                log.atMost(poolLoads[pool][t], capacities.capacity(.pool, of: pool, in: t)) {
                    "pool \(package.pools[pool].id), \(names.bucket(t)): the \(package.pools[pool].measure.rawValue) dispatched on its lanes "
                        + "must not exceed the pool's capacity"
                }
            }
        }
    }

    /// Materials: what was used so far against what was received so far, site by site.
    func checkMaterials(_ log: inout ViolationLog) {
        let materials = package.materials.count
        guard materials > 0 else { return }
        var isLimited = [Bool](repeating: false, count: materials)
        var received = [Double](repeating: 0, count: package.sites.count * materials * bucketCount)
        func cell(_ site: Int, _ material: Int, _ t: Int) -> Int { (site * materials + material) * bucketCount + t }
        for row in package.materialReceipts {
            isLimited[row.material] = true
            if row.bucket < bucketCount { received[cell(row.site, row.material, max(0, row.bucket))] += row.quantity }
        }
        var recipes = [[BillOfMaterialRow]](repeating: [], count: package.products.count)
        for row in package.billOfMaterials { recipes[row.product].append(row) }
        var used = [Double](repeating: 0, count: received.count)
        for row in production {
            for part in recipes[row.product] {
                used[cell(package.lines[row.line].site, part.material, row.bucket)] += part.quantity * row.quantity
            }
        }
        for site in package.sites.indices {
            for material in 0..<materials where isLimited[material] {
                var usedSoFar = 0.0
                var receivedSoFar = 0.0
                for t in 0..<bucketCount {
                    usedSoFar += used[cell(site, material, t)]
                    receivedSoFar += received[cell(site, material, t)]
                    log.atMost(usedSoFar, receivedSoFar) {
                        "material \(package.materials[material]) at \(names.place(.site(site))), \(names.bucket(t)): "
                            + "what was used so far must not exceed what was received so far"
                    }
                }
            }
        }
    }

    /// In the first buckets make and move are exactly the frozen rows.
    func checkFrozen(_ log: inout ViolationLog) {
        guard package.horizon.frozen > 0 else { return }
        var made = frozenQuantities(.make).mapValues { (fixed: $0, planned: 0.0) }
        for row in production where row.bucket < package.horizon.frozen {
            made[FrozenCell(resource: row.line, product: row.product, bucket: row.bucket), default: (0, 0)].planned += row.quantity
        }
        for (cell, value) in made.sorted(by: { $0.key < $1.key }) {
            log.equal(value.planned, value.fixed) {
                "\(names.make(cell.resource, cell.product, cell.bucket)): the quantity made must be the frozen one"
            }
        }
        var moved = frozenQuantities(.move).mapValues { (fixed: $0, planned: 0.0) }
        for row in movements where row.bucket < package.horizon.frozen {
            moved[FrozenCell(resource: row.lane, product: row.product, bucket: row.bucket), default: (0, 0)].planned += row.quantity
        }
        for (cell, value) in moved.sorted(by: { $0.key < $1.key }) {
            log.equal(value.planned, value.fixed) {
                "\(names.move(cell.resource, cell.product, cell.bucket)): the quantity moved must be the frozen one"
            }
        }
    }

    private struct FrozenCell: Hashable, Comparable {
        var resource: Int
        var product: Int
        var bucket: Int

        static func < (a: FrozenCell, b: FrozenCell) -> Bool { (a.bucket, a.resource, a.product) < (b.bucket, b.resource, b.product) }
    }

    private func frozenQuantities(_ kind: FrozenKind) -> [FrozenCell: Double] {
        var fixed: [FrozenCell: Double] = [:]
        for row in package.frozen where row.kind == kind && (0..<min(bucketCount, package.horizon.frozen)).contains(row.bucket) {
            fixed[FrozenCell(resource: row.resource, product: row.product, bucket: row.bucket), default: 0] += row.quantity
        }
        return fixed
    }

    private func checkMultiple(_ quantity: Double, _ multiple: Double?, _ log: inout ViolationLog, _ sentence: (Double) -> String) {
        guard let multiple, multiple > 0 else { return }
        let nearest = (quantity / multiple).rounded() * multiple
        log.note((quantity - nearest).magnitude, terms: quantity.magnitude) { sentence(multiple) }
    }

    private func checkLeast(_ quantity: Double, _ least: Double?, _ log: inout ViolationLog, _ sentence: (Double) -> String) {
        guard let least, quantity > 0, quantity < least else { return }
        log.note(least - quantity, terms: quantity + least) { sentence(least) }
    }
}
