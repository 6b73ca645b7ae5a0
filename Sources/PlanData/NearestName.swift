/// The candidate nearest to `name` by edit distance (optimal string alignment, letters' case ignored), if it is near enough to be meant.
///
/// Near enough is a third of the longer name's length, at least one edit. Ties go to the candidate that comes first bytewise.
///
/// - Complexity: O(candidates × length²); candidates whose length differs by more than the best distance are skipped.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 100 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let letters = Array(candidate.lowercased().unicodeScalars)
        guard letters.count <= 200 else { continue }
        let limit = max(1, max(wanted.count, letters.count) / 3)
        let ceiling = min(limit, best?.distance ?? limit)
        guard abs(letters.count - wanted.count) <= ceiling else { continue }
        let distance = editDistance(wanted, letters)
        guard distance <= ceiling else { continue }
        if let best, best.distance < distance || (best.distance == distance && !isBytewiseLess(candidate, best.name)) { continue }
        best = (candidate, distance)
    }
    return best?.name
}

/// Least number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var current = last
    for i in 1...a.count {
        current[0] = i
        for j in 1...b.count {
            let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            var distance = min(last[j] + 1, current[j - 1] + 1, replaced)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { distance = min(distance, beforeLast[j - 2] + 1) }
            current[j] = distance
        }
        (beforeLast, last, current) = (last, current, beforeLast)
    }
    return last[b.count]
}

/// Order of ids in a package: by their UTF-8 bytes.
func isBytewiseLess(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
