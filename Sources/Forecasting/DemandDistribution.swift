/// The distribution put around a point forecast.
///
/// Positive demand is taken as log-normal with the forecast as its median, so that the lower side never reaches zero; demand that has zeros or
/// returns as normal, cut at zero.
struct DemandDistribution {
    var mean: Double
    var standardDeviation: Double
    var isPositive: Bool

    /// - Parameter p: Probability; 0 and 1 are taken as 0.0001 and 0.9999, since nothing here has an end.
    /// - Returns: Finite, ≥ 0.
    func quantile(_ p: Double) -> Double {
        let z = normalQuantile(min(max(p, 1e-4), 1 - 1e-4))
        if isPositive, mean > 0 {
            // A coefficient of variation above 3 says only "anything"; its log-normal tail would say more than is known.
            let variation = min(standardDeviation / mean, 3)
            return mean * forecastingExp(z * forecastingLog(1 + variation * variation).squareRoot())
        }
        return max(0, mean + z * standardDeviation)
    }
}
