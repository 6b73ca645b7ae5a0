/// Value below which a standard normal variable falls with probability `p`.
///
/// - Parameter p: Probability; 0 or less gives −∞, 1 or more +∞.
/// - Returns: z with a relative error below 1.2e-9.
///
/// Source: P. J. Acklam (2003), "An algorithm for computing the inverse normal cumulative distribution function".
public func normalQuantile(_ p: Double) -> Double {
    guard p > 0 else { return -.infinity }
    guard p < 1 else { return .infinity }
    func ratio(_ top: [Double], _ bottom: [Double], at x: Double) -> Double {
        let numerator = top.reduce(0) { $0 * x + $1 }
        let denominator = bottom.reduce(0) { $0 * x + $1 } * x + 1
        return numerator / denominator
    }
    let tailStart = 0.02425
    if p < tailStart || p > 1 - tailStart {
        let q = (-2 * forecastingLog(min(p, 1 - p))).squareRoot()
        let z = ratio(
            [
                -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00,
                2.938163982698783e+00,
            ],
            [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137003996e+00, 3.754408661907416e+00], at: q)
        return p < 0.5 ? z : -z
    }
    let q = p - 0.5
    return q
        * ratio(
            [
                -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01,
                2.506628277459239e+00,
            ],
            [
                -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01,
            ], at: q * q)
}
