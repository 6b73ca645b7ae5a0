/// Repeatable random numbers: the same seed gives the same trees on every machine and for any number of threads.
///
/// Source: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In 0…1, never 1.
    mutating func uniform() -> Double { Double(next() >> 11) / Double(1 << 53) }
}

/// Rows of features with what they should give; grown by appending.
struct TrainingRows {
    let featureCount: Int
    /// Shape [rows × featureCount], row-major; NaN = not known.
    var features: [Double] = []
    var targets: [Double] = []
    /// How much a row's error counts, > 0.
    var weights: [Double] = []

    init(featureCount: Int) { self.featureCount = featureCount }

    var count: Int { targets.count }
}

/// A sum of small regression trees, each fitted to what the ones before it left over, for least weighted absolute error.
///
/// Features are put into at most 64 bins by rank, a split is sought over bins only (histograms), trees grow leaf by leaf where the gain is largest,
/// and a leaf's value is the weighted median of its rows' residuals. Each tree sees a random part of the rows and features. A feature that is not
/// known (NaN) is in a bin of its own, below all others.
///
/// Sources: Friedman (2001), Annals of Statistics 29, 1189-1232 (boosting, least absolute deviation with leaf medians); Friedman (2002), Computational
/// Statistics & Data Analysis 38, 367-378 (sampling); Ke et al. (2017), LightGBM, NeurIPS 30 (histograms, leaf-wise growth).
struct BoostedTrees: Sendable {
    struct Settings: Sendable {
        /// Number of trees.
        var rounds = 150
        /// Part of each tree's values that is added.
        var rate = 0.08
        /// Most leaves of a tree.
        var leaves = 16
        /// Least weight of a leaf, in mean row weights.
        var leastRows = 40.0
        /// Share of the features a tree may use.
        var featureShare = 0.4
        /// Share of the rows a tree is fitted on.
        var rowShare = 0.7
        var seed: UInt64 = 7
    }

    private struct Node: Sendable {
        /// −1 = leaf.
        var feature: Int32 = -1
        /// Rows of this bin or a lower one go left.
        var bin: UInt8 = 0
        /// The same for values: not above this, or not known, goes left.
        var threshold = 0.0
        var left: Int32 = 0
        var right: Int32 = 0
        var value = 0.0
    }

    private static let binLimit = 64
    private var start = 0.0
    private var nodes: [Node] = []
    /// Position of each tree's root in `nodes`.
    private var roots: [Int] = []

    /// - Precondition: At least one row; targets and weights are finite.
    /// - Complexity: O(rounds × rows × (features × share × log leaves)), memory rows × features bytes beside the rows.
    init(_ rows: TrainingRows, _ settings: Settings = Settings()) {
        let n = rows.count
        let f = rows.featureCount
        precondition(n > 0, "trees need rows to be fitted on")
        let (bins, edges) = Self.binned(rows)
        let meanWeight = rows.weights.reduce(0, +) / Double(n)
        var random = SplitMix(seed: settings.seed)
        start = Self.weightedMedian(rows.targets.indices.map { (value: rows.targets[$0], weight: rows.weights[$0]) })
        var residuals = rows.targets.map { $0 - start }
        var indices: [Int32] = []
        indices.reserveCapacity(n)
        let used = max(1, Int((Double(f) * settings.featureShare).rounded(.up)))
        var order = Array(0..<f)
        var gradients = [SIMD2<Double>](repeating: .zero, count: n)
        for _ in 0..<settings.rounds {
            indices.removeAll(keepingCapacity: true)
            for i in 0..<n where random.uniform() < settings.rowShare { indices.append(Int32(i)) }
            for k in 0..<used {
                let other = k + Int(random.next() % UInt64(f - k))
                order.swapAt(k, other)
            }
            for i in 0..<n {
                let w = rows.weights[i]
                gradients[i] = SIMD2(residuals[i] > 0 ? w : (residuals[i] < 0 ? -w : 0), w)
            }
            let root = nodes.count
            grow(
                bins: bins, edges: edges, featureCount: f, features: Array(order[..<used]), gradients: gradients, residuals: residuals,
                weights: rows.weights, indices: &indices, leastWeight: settings.leastRows * meanWeight, settings: settings)
            roots.append(root)
            bins.withUnsafeBufferPointer { bins in
                nodes.withUnsafeBufferPointer { nodes in
                    residuals.withUnsafeMutableBufferPointer { residuals in
                        for i in 0..<n {
                            var at = root
                            let row = i &* f
                            while nodes[at].feature >= 0 {
                                at = Int(bins[row &+ Int(nodes[at].feature)] <= nodes[at].bin ? nodes[at].left : nodes[at].right)
                            }
                            residuals[i] -= nodes[at].value
                        }
                    }
                }
            }
        }
    }

    /// - Parameter features: Shape [featureCount] of the rows the trees were fitted on.
    func predict(_ features: UnsafePointer<Double>) -> Double {
        var sum = start
        nodes.withUnsafeBufferPointer { nodes in
            for root in roots {
                var at = root
                while nodes[at].feature >= 0 {
                    // A value that is not known is not greater than anything.
                    at = Int(features[Int(nodes[at].feature)] > nodes[at].threshold ? nodes[at].right : nodes[at].left)
                }
                sum += nodes[at].value
            }
        }
        return sum
    }

    /// Bins of all rows (bin 0 = not known) and the upper edge of each bin of each feature.
    private static func binned(_ rows: TrainingRows) -> (bins: [UInt8], edges: [[Double]]) {
        let n = rows.count
        let f = rows.featureCount
        // Ranks of a part of the rows are exact enough for 63 bins.
        let stride = max(1, n / 20_000)
        var bins = [UInt8](repeating: 0, count: n * f)
        var edges: [[Double]] = []
        edges.reserveCapacity(f)
        for feature in 0..<f {
            var sample: [Double] = []
            var i = 0
            while i < n {
                let x = rows.features[i * f + feature]
                if !x.isNaN { sample.append(x) }
                i += stride
            }
            sample.sort()
            var cuts: [Double] = []
            for k in 1..<binLimit - 1 where !sample.isEmpty {
                let cut = sample[(sample.count - 1) * k / (binLimit - 1)]
                if cuts.last.map({ cut > $0 }) ?? true { cuts.append(cut) }
            }
            cuts.withUnsafeBufferPointer { cuts in
                for i in 0..<n {
                    let x = rows.features[i * f + feature]
                    if x.isNaN { continue }
                    var low = 0
                    var high = cuts.count
                    while low < high {
                        let middle = (low + high) / 2
                        if cuts[middle] < x { low = middle + 1 } else { high = middle }
                    }
                    bins[i * f + feature] = UInt8(low + 1)
                }
            }
            // Bin 0 ends below everything.
            edges.append([-.infinity] + cuts + [.infinity])
        }
        return (bins, edges)
    }

    private struct Leaf {
        var node: Int
        var range: Range<Int>
        /// Σ gradient and Σ weight, one a feature used and bin.
        var histogram: [SIMD2<Double>]
        var gain = 0.0
        var feature = 0
        var bin = 0
    }

    private mutating func grow(
        bins: [UInt8], edges: [[Double]], featureCount f: Int, features: [Int], gradients: [SIMD2<Double>], residuals: [Double],
        weights: [Double], indices: inout [Int32], leastWeight: Double, settings: Settings
    ) {
        let width = Self.binLimit
        func histogram(_ range: Range<Int>, _ indices: [Int32]) -> [SIMD2<Double>] {
            var result = [SIMD2<Double>](repeating: .zero, count: features.count * width)
            result.withUnsafeMutableBufferPointer { h in
                bins.withUnsafeBufferPointer { bins in
                    features.withUnsafeBufferPointer { features in
                        indices.withUnsafeBufferPointer { indices in
                            gradients.withUnsafeBufferPointer { gradients in
                                for position in range {
                                    let row = Int(indices[position])
                                    let g = gradients[row]
                                    let base = row &* f
                                    for k in 0..<features.count { h[k &* width &+ Int(bins[base &+ features[k]])] += g }
                                }
                            }
                        }
                    }
                }
            }
            return result
        }
        func split(_ leaf: inout Leaf) {
            var best = (gain: 0.0, feature: 0, bin: 0)
            leaf.histogram.withUnsafeBufferPointer { histogram in
                for k in features.indices {
                    var total = SIMD2<Double>.zero
                    for b in 0..<width { total += histogram[k &* width &+ b] }
                    guard total[1] > 0 else { continue }
                    let whole = total[0] * total[0] / total[1]
                    var left = SIMD2<Double>.zero
                    for b in 0..<width - 1 {
                        left += histogram[k &* width &+ b]
                        let right = total - left
                        guard left[1] >= leastWeight, right[1] >= leastWeight else { continue }
                        let gain = left[0] * left[0] / left[1] + right[0] * right[0] / right[1] - whole
                        if gain > best.gain * (1 + 1e-12) + 1e-12 { best = (gain, k, b) }
                    }
                }
            }
            leaf.gain = best.gain
            leaf.feature = best.feature
            leaf.bin = best.bin
        }
        nodes.append(Node())
        var first = Leaf(node: nodes.count - 1, range: 0..<indices.count, histogram: histogram(0..<indices.count, indices))
        split(&first)
        var leaves = [first]
        while leaves.count < settings.leaves {
            var best = 0
            for k in leaves.indices where leaves[k].gain > leaves[best].gain { best = k }
            guard leaves[best].gain > 0 else { break }
            let parent = leaves[best]
            let feature = features[parent.feature]
            // Rows of the left child first, both in the order they had.
            var right: [Int32] = []
            var next = parent.range.lowerBound
            for position in parent.range {
                let row = indices[position]
                if Int(bins[Int(row) * f + feature]) <= parent.bin {
                    indices[next] = row
                    next += 1
                } else {
                    right.append(row)
                }
            }
            for (offset, row) in right.enumerated() { indices[next + offset] = row }
            let ranges = (parent.range.lowerBound..<next, next..<parent.range.upperBound)
            let isLeftSmaller = ranges.0.count <= ranges.1.count
            let small = histogram(isLeftSmaller ? ranges.0 : ranges.1, indices)
            var large = parent.histogram
            large.withUnsafeMutableBufferPointer { large in
                small.withUnsafeBufferPointer { small in for k in large.indices { large[k] -= small[k] } }
            }
            let left = nodes.count
            nodes.append(Node())
            nodes.append(Node())
            nodes[parent.node].feature = Int32(feature)
            nodes[parent.node].bin = UInt8(parent.bin)
            nodes[parent.node].threshold = edges[feature][min(parent.bin, edges[feature].count - 1)]
            nodes[parent.node].left = Int32(left)
            nodes[parent.node].right = Int32(left + 1)
            var children = [
                Leaf(node: left, range: ranges.0, histogram: isLeftSmaller ? small : large),
                Leaf(node: left + 1, range: ranges.1, histogram: isLeftSmaller ? large : small),
            ]
            split(&children[0])
            split(&children[1])
            leaves[best] = children[0]
            leaves.append(children[1])
        }
        for leaf in leaves {
            // A part of a large leaf gives its median as well.
            let stride = max(1, leaf.range.count / 2048)
            // Named as the median wants them: an array of unnamed pairs would be cast element by element.
            var values: [(value: Double, weight: Double)] = []
            values.reserveCapacity(leaf.range.count / stride + 1)
            var position = leaf.range.lowerBound
            while position < leaf.range.upperBound {
                let row = Int(indices[position])
                values.append((value: residuals[row], weight: weights[row]))
                position += stride
            }
            nodes[leaf.node].value = settings.rate * Self.weightedMedian(values)
        }
    }

    /// The value at which half of the weight is reached; 0 without values.
    static func weightedMedian(_ values: [(value: Double, weight: Double)]) -> Double {
        guard !values.isEmpty else { return 0 }
        var entries = values
        let half = values.reduce(0) { $0 + $1.weight } / 2
        return entries.withUnsafeMutableBufferPointer { e in
            // The part in question is split at a middling value until one value is left: Hoare's selection, with weights. Σ is the weight below the part.
            var low = 0
            var high = e.count
            var below = 0.0
            while high - low > 1 {
                let (a, b, c) = (e[low].value, e[(low + high) / 2].value, e[high - 1].value)
                let pivot = max(min(a, b), min(max(a, b), c))
                // Below the pivot first, then equal to it, then above.
                var (less, at, more) = (low, low, high)
                var lessWeight = 0.0
                var equalWeight = 0.0
                while at < more {
                    let x = e[at]
                    if x.value < pivot {
                        e.swapAt(less, at)
                        lessWeight += x.weight
                        less += 1
                        at += 1
                    } else if x.value > pivot {
                        more -= 1
                        e.swapAt(at, more)
                    } else {
                        equalWeight += x.weight
                        at += 1
                    }
                }
                if below + lessWeight >= half, less > low {
                    high = less
                } else if below + lessWeight + equalWeight >= half || more == high {
                    return pivot
                } else {
                    below += lessWeight + equalWeight
                    low = more
                }
            }
            return e[low].value
        }
    }
}
