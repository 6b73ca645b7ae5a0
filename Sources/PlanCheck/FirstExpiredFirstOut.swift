import PlanModel

/// Where following the lots came to a stop.
struct LotStop {
    var kind: LotNetwork.Kind
    var place: Place
    var bucket: Int
    /// Units for which no lot was left, or that no arc could take.
    var quantity: Double
    /// Units that came to the place up to and including the bucket.
    var received: Double
}

extension LotNetwork {
    /// Puts lots on the arcs, in each node first what must be taken off, then what is served, then movements (soonest arrival first), each
    /// taking the lots that expire first; the rest is kept.
    ///
    /// - Parameter followsPlan: Whether movements take the lots that the plan says they take. All that comes to a place is then known, and what it
    ///   takes off in a later bucket is not served before.
    /// - Returns: nil when every unit found its way: the plan keeps all shelf lives. A stop proves nothing: another choice of lots may do.
    func firstExpiredFirstOut(followsPlan: Bool = false) -> LotStop? {
        guard let order = placeOrder() else {
            return LotStop(kind: .move, place: places[0], bucket: 0, quantity: 0, received: 0)
        }
        let coming = followsPlan ? namedArrivals() : []
        /// Units of a last bucket that must be left for taking off at its end, as no more than these come later.
        func heldBack(_ place: Int, last: Int, after t: Int) -> Double {
            guard followsPlan, last > t, last < bucketCount else { return 0 }
            let takenOff = outgoing[place * bucketCount + last].reduce(0) { $0 + (arcs[$1].kind == .expire ? arcs[$1].quantity : 0) }
            guard takenOff > 0 else { return 0 }
            return max(0, ((t + 1)...last).reduce(takenOff) { $0 - coming[(place * bucketCount + $1) * classCount + last] })
        }
        var lots = supply
        var received = [Double](repeating: 0, count: places.count)
        for t in 0..<bucketCount {
            for place in order {
                let node = place * bucketCount + t
                var here = Array(lots[node * classCount..<(node + 1) * classCount])
                // What was kept from the bucket before has been counted.
                let kept = t > 0 ? outgoing[node - 1].reduce(0) { $0 + (arcs[$1].kind == .stock ? arcs[$1].quantity : 0) } : 0
                received[place] += max(0, size(here) - kept)
                let tolerance = CheckReport.tolerance * (1 + size(here))
                func take(_ arc: Arc, _ classes: some Sequence<Int>, _ left: inout Double) {
                    for last in classes where left > 0 && here[last] > 0 {
                        let held = arc.kind == .serve ? heldBack(place, last: last, after: t) : 0
                        let part = max(0, min(left, here[last] - held))
                        here[last] -= part
                        left -= part
                        if let to = arc.to { lots[to * classCount + last] += part }
                    }
                }
                func stop(_ kind: Kind, _ quantity: Double) -> LotStop {
                    LotStop(kind: kind, place: places[place], bucket: t, quantity: quantity, received: received[place])
                }
                let out = outgoing[node].map { arcs[$0] }
                for arc in out where arc.kind == .expire {
                    var left = arc.quantity
                    take(arc, 0...t, &left)
                    if left > tolerance { return stop(.expire, left) }
                }
                for arc in out where arc.kind == .serve {
                    var left = arc.quantity
                    take(arc, t...bucketCount, &left)
                    if left > tolerance { return stop(.serve, left) }
                }
                let moves = out.filter { $0.kind == .move }.sorted { arrival($0) < arrival($1) }
                for arc in moves {
                    var left = arc.quantity
                    if followsPlan {
                        for lot in arc.lots where lot.last >= t {
                            var part = min(lot.quantity, left)
                            left -= part
                            take(arc, lot.last...lot.last, &part)
                            left += part
                        }
                        if left > tolerance { return stop(.move, left) }
                        continue
                    }
                    take(arc, min(arrival(arc), bucketCount)...bucketCount, &left)
                    // Lots that come past their day at the other end: legal, but only good for taking off there.
                    take(arc, t..<min(arrival(arc), bucketCount), &left)
                    if left > tolerance { return stop(.move, left) }
                }
                let past = here[0...t].reduce(0, +)
                if past > tolerance { return stop(.stock, past) }
                if t + 1 < bucketCount {
                    for last in (t + 1)...bucketCount { lots[(node + 1) * classCount + last] += here[last] }
                }
            }
        }
        return nil
    }

    /// New units, and those of the movements' lots, by the node they come to and last bucket, shape [nodes × (T + 1)].
    private func namedArrivals() -> [Double] {
        var coming = supply
        for arc in arcs where arc.kind == .move {
            guard let to = arc.to else { continue }
            for lot in arc.lots { coming[to * classCount + lot.last] += lot.quantity }
        }
        return coming
    }

    private func arrival(_ arc: Arc) -> Int { arc.to.map(bucket(ofNode:)) ?? bucketCount }

    /// Places so that movements without lead time go forwards; nil when they go round in a circle.
    private func placeOrder() -> [Int]? {
        var into = [Int](repeating: 0, count: places.count)
        var next = [Set<Int>](repeating: [], count: places.count)
        for arc in arcs where arc.kind == .move {
            guard let to = arc.to, bucket(ofNode: to) == arc.bucket else { continue }
            if next[arc.from / bucketCount].insert(to / bucketCount).inserted { into[to / bucketCount] += 1 }
        }
        var order = places.indices.filter { into[$0] == 0 }
        var head = 0
        while head < order.count {
            for place in next[order[head]].sorted() {
                into[place] -= 1
                if into[place] == 0 { order.append(place) }
            }
            head += 1
        }
        return order.count == places.count ? order : nil
    }
}
