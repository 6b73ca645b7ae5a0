/// The distribution put around a point forecast of each bucket, and how its buckets hang together.
///
/// Positive demand is taken as log-normal with the forecast as its median, so that the lower side never reaches zero; demand that has zeros or
/// returns as normal, cut at zero. Each side is stretched by a factor of its own, learnt from the errors at rolling origins.
public struct DemandDistribution: Hashable, Sendable {
    /// Median of each bucket, shape [H], ≥ 0.
    public var median: [Double]
    /// Standard deviation of each bucket's forecast error, shape [H].
    public var deviation: [Double]
    /// Log-normal (true) or normal cut at zero.
    public var isPositive: Bool
    /// What standard normal quantiles below the median are multiplied by.
    public var lowerStretch = 1.0
    /// The same above it.
    public var upperStretch = 1.0
    /// Correlation of errors that all buckets share: a level that is wrong is wrong throughout.
    public var commonCorrelation = 0.3
    /// Correlation of neighbouring buckets' errors beyond the common part, falling geometrically with their distance.
    public var neighbourCorrelation = 0.3

    public init(median: [Double], deviation: [Double], isPositive: Bool) {
        self.median = median
        self.deviation = deviation
        self.isPositive = isPositive
    }

    /// - Parameters:
    ///   - h: Bucket 0 ..< H.
    ///   - p: Probability; 0 and 1 are taken as 0.0001 and 0.9999, since nothing here has an end.
    /// - Returns: Finite, ≥ 0.
    public func quantile(_ h: Int, _ p: Double) -> Double { value(h, normalQuantile(min(max(p, 1e-4), 1 - 1e-4))) }

    /// The value that the standard normal variable `z` stands for in a bucket.
    private func value(_ h: Int, _ z: Double) -> Double {
        let z = z * (z < 0 ? lowerStretch : upperStretch)
        let median = median[h]
        if isPositive, median > 0 {
            // A coefficient of variation above 3 says only "anything"; its log-normal tail would say more than is known.
            let variation = min(deviation[h] / median, 3)
            return min(median * forecastingExp(z * forecastingLog(1 + variation * variation).squareRoot()), .greatestFiniteMagnitude)
        }
        return min(max(0, median + z * deviation[h]), .greatestFiniteMagnitude)
    }

    /// Paths drawn for the quantiles of a sum, in pairs z and −z.
    private static let pathCount = 512

    /// Quantiles of the sum over some buckets: lead time, season.
    ///
    /// Paths, not sums of quantiles: the sum of the buckets' P90 is passed far less often than one time in ten. 512 paths of the whole horizon are drawn
    /// (a normal copula: one common part and a first-order autoregression over the buckets) and summed. The draws are the same for every call.
    ///
    /// - Parameters:
    ///   - buckets: Within 0 ..< H.
    ///   - probabilities: In 0…1, shape [Q].
    /// - Returns: Shape [Q], in the order asked for; rising with the probability, finite, ≥ 0. All 0 for an empty range.
    /// - Complexity: O(512 · H).
    public func sumQuantiles(over buckets: Range<Int>, probabilities: [Double]) -> [Double] {
        precondition(buckets.lowerBound >= 0 && buckets.upperBound <= median.count, "buckets of the horizon")
        if buckets.isEmpty { return [Double](repeating: 0, count: probabilities.count) }
        let common = min(max(commonCorrelation, 0), 1)
        let phi = min(max(neighbourCorrelation, 0), 0.99)
        let own = (1 - common).squareRoot()
        let step = (1 - phi * phi).squareRoot()
        var random = SplitMix(seed: 0x5EED)
        func normal() -> Double { normalQuantile(min(max(random.uniform(), 1e-9), 1 - 1e-9)) }
        var sums: [Double] = []
        sums.reserveCapacity(Self.pathCount)
        for _ in 0..<Self.pathCount / 2 {
            let shared = common.squareRoot() * normal()
            var noise = normal()
            var sum = 0.0
            var mirrored = 0.0
            for h in buckets {
                if h > buckets.lowerBound { noise = phi * noise + step * normal() }
                let z = shared + own * noise
                sum += value(h, z)
                mirrored += value(h, -z)
            }
            sums.append(min(sum, .greatestFiniteMagnitude))
            sums.append(min(mirrored, .greatestFiniteMagnitude))
        }
        sums.sort()
        // The point forecast of a sum is the sum of the point forecasts, and it is the median here as well: skewed buckets would put their sum above it,
        // which the errors of sums do not show.
        let middle = (sums[Self.pathCount / 2 - 1] + sums[Self.pathCount / 2]) / 2
        let point = buckets.reduce(0) { $0 + median[$1] }
        if middle > 0, point > 0, middle.isFinite, point.isFinite {
            let ratio = point / middle
            for k in sums.indices { sums[k] = min(sums[k] * ratio, .greatestFiniteMagnitude) }
        }
        return probabilities.map { p in
            // Type 7 of Hyndman & Fan (1996), American Statistician 50, 361-365.
            let position = min(max(p, 0), 1) * Double(sums.count - 1)
            let low = Int(position)
            let high = min(low + 1, sums.count - 1)
            return sums[low] + (position - Double(low)) * (sums[high] - sums[low])
        }
    }

    /// This distribution with all figures multiplied by a factor of each bucket, ≥ 0.
    public func scaled(by factors: [Double]) -> DemandDistribution {
        var result = self
        for h in result.median.indices {
            result.median[h] *= factors[h]
            result.deviation[h] *= factors[h]
        }
        return result
    }
}
