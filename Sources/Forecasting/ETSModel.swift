// Exponential smoothing in state-space form. Symbols in the kernels, and what they stand for in Hyndman, Koehler, Ord & Snyder (2008),
// Forecasting with Exponential Smoothing, chapters 2-5:
//
//     l  level ℓ      b  trend      s  seasonal states, one a phase      q = ℓ + φ b
//     alpha, beta, gamma  smoothing weights α, β, γ of the state-space form      phi  damping φ
//     m  buckets a season      e = y − ŷ

/// A model of the exponential smoothing family: how error, trend and season enter.
public struct ETSForm: Hashable, Sendable, CustomStringConvertible {
    public enum Component: String, Sendable {
        case none = "N"
        case additive = "A"
        case damped = "Ad"
        case multiplicative = "M"
    }

    /// Additive or multiplicative.
    public var error: Component
    /// None, additive or damped.
    public var trend: Component
    /// None, additive or multiplicative.
    public var season: Component

    public init(error: Component, trend: Component, season: Component) {
        self.error = error
        self.trend = trend
        self.season = season
    }

    /// The fifteen forms whose forecasts have finite variance: all but additive errors with a multiplicative season, trends never multiplicative.
    public static let admissible: [ETSForm] = {
        var forms: [ETSForm] = []
        for trend in [Component.none, .additive, .damped] {
            for season in [Component.none, .additive, .multiplicative] {
                for error in [Component.additive, .multiplicative] where !(error == .additive && season == .multiplicative) {
                    forms.append(ETSForm(error: error, trend: trend, season: season))
                }
            }
        }
        return forms
    }()

    var hasTrend: Bool { trend != .none }

    /// `ETS(MAdA)`: the field's notation without its commas, which a CSV cell would have to quote.
    public var description: String { "ETS(\(error.rawValue)\(trend.rawValue)\(season.rawValue))" }
}

/// Smoothing weights of an exponential smoothing model. Weights a form does not use are 0, φ is 1 without damping.
public struct ETSParameters: Hashable, Sendable {
    /// Weight α of the newest error in the level, in 0…1.
    public var alpha: Double
    /// Weight β in the trend, in 0…α.
    public var beta: Double
    /// Weight γ in the season, in 0…1 − α.
    public var gamma: Double
    /// Damping φ of the trend a bucket.
    public var phi: Double

    public init(alpha: Double, beta: Double = 0, gamma: Double = 0, phi: Double = 1) {
        self.alpha = alpha
        self.beta = beta
        self.gamma = gamma
        self.phi = phi
    }
}

/// Level, trend and seasonal states at one moment.
public struct ETSState: Hashable, Sendable {
    public var level: Double
    /// Per bucket.
    public var trend: Double
    /// One a phase; element k belongs to the buckets t with t mod m = k. `[0]` (or `[1]` for factors) without season.
    public var season: [Double]

    public init(level: Double, trend: Double = 0, season: [Double] = [0]) {
        self.level = level
        self.trend = trend
        self.season = season
    }
}

/// What one run of a model over a series gives.
public struct ETSRun: Sendable {
    /// State after the last bucket.
    public var state: ETSState
    /// One-step forecasts, shape [n].
    public var fitted: [Double]
    /// −2 log likelihood up to a constant of n: n log Σ e², or n log Σ (e/ŷ)² + 2 Σ log |ŷ|, over the known buckets.
    public var minusTwoLogLikelihood: Double
}

/// Sums that a pass over the series leaves behind.
struct ETSPassSums {
    /// Σ e² (additive) or Σ (e/ŷ)² (multiplicative errors).
    var squares = 0.0
    /// Σ log |ŷ|; only with multiplicative errors.
    var logs = 0.0
    /// A multiplicative form met a one-step forecast ≤ 0: the parameters are of no use.
    var failed = false

    func minusTwoLogLikelihood(_ form: ETSForm, count: Int) -> Double {
        guard !failed else { return .infinity }
        // A perfect fit would be minus infinity; the floor keeps comparisons between forms finite.
        let value = Double(count) * forecastingLog(max(squares, 1e-28 * Double(count)))
        return form.error == .multiplicative ? value + 2 * logs : value
    }
}

/// One pass of the recursions over a series, forwards or backwards in time.
///
///     additive season:        ŷ = q + s      ℓ ← q + α e        b ← φ b + β e        s ← s + γ e
///     multiplicative season:  ŷ = q · s      ℓ ← q + α e / s    b ← φ b + β e / s    s ← s + γ e / q
///
/// Both hold for additive and multiplicative errors alike (with ε = e/ŷ the multiplicative recursions reduce to them); only the likelihood
/// differs. A missing value leaves ŷ in its place: the states move on, nothing is learnt.
///
/// - Parameters:
///   - y: Shape [n]; NaN = missing.
///   - season: Shape [m], changed in place.
///   - fitted: Receives ŷ, shape [n], where not nil.
/// - Complexity: O(n), no allocation.
@inline(__always)
func etsPass(
    _ form: ETSForm, _ p: ETSParameters, y: UnsafePointer<Double>, n: Int, backwards: Bool, level: inout Double, trend: inout Double,
    season: UnsafeMutablePointer<Double>, m: Int, fitted: UnsafeMutablePointer<Double>? = nil, wantsSums: Bool = true
) -> ETSPassSums {
    var sums = ETSPassSums()
    let alpha = p.alpha
    let beta = p.beta
    let gamma = p.gamma
    let phi = p.phi
    let factorSeason = form.season == .multiplicative
    let relative = form.error == .multiplicative
    var l = level
    var b = trend
    var phase = backwards ? (n - 1) % m : 0
    var t = backwards ? n - 1 : 0
    let step = backwards ? -1 : 1
    var squares = 0.0
    // Logs are taken of products of up to eight forecasts, which stay in range for series scaled to about 1.
    var product = 1.0
    var inProduct = 0
    for _ in 0..<n {
        let q = l + phi * b
        let s = season[phase]
        let forecast = factorSeason ? q * s : q + s
        if let fitted { fitted[t] = forecast }
        if relative || factorSeason, !(forecast > 1e-10) || (factorSeason && !(q > 1e-10)) {
            sums.failed = true
            break
        }
        let value = y[t]
        if value == value {
            let e = value - forecast
            if factorSeason {
                let el = e / s
                l = q + alpha * el
                b = phi * b + beta * el
                season[phase] = s + gamma * (e / q)
            } else {
                l = q + alpha * e
                b = phi * b + beta * e
                season[phase] = s + gamma * e
            }
            if wantsSums {
                if relative {
                    let r = e / forecast
                    squares += r * r
                    product *= forecast
                    inProduct += 1
                    if inProduct == 8 {
                        sums.logs += forecastingLog(product)
                        product = 1
                        inProduct = 0
                    }
                } else {
                    squares += e * e
                }
            }
        } else {
            l = q
            b = phi * b
        }
        t += step
        phase += step
        if phase == m { phase = 0 } else if phase < 0 { phase = m - 1 }
    }
    if inProduct > 0 { sums.logs += forecastingLog(product) }
    sums.squares = squares
    level = l
    trend = b
    return sums
}

extension ETSForm {
    /// Runs the model over a series from a given state.
    ///
    /// - Parameters:
    ///   - series: Shape [n]; NaN = missing. Multiplicative forms need values > 0; a one-step forecast ≤ 0 gives an infinite likelihood term.
    ///   - parameters: Weights; see ``ETSParameters``.
    ///   - start: State before the first bucket.
    /// - Complexity: O(n), two allocations.
    public func run(over series: [Double], parameters: ETSParameters, start: ETSState) -> ETSRun {
        var state = start
        var fitted = [Double](repeating: .nan, count: series.count)
        let m = state.season.count
        let sums = series.withUnsafeBufferPointer { y in
            fitted.withUnsafeMutableBufferPointer { f in
                state.season.withUnsafeMutableBufferPointer { s -> ETSPassSums in
                    guard let yBase = y.baseAddress, let sBase = s.baseAddress else { return ETSPassSums() }
                    return etsPass(
                        self, parameters, y: yBase, n: y.count, backwards: false, level: &state.level, trend: &state.trend, season: sBase,
                        m: m,
                        fitted: f.baseAddress)
                }
            }
        }
        let known = series.reduce(0) { $1.isNaN ? $0 : $0 + 1 }
        return ETSRun(state: state, fitted: fitted, minusTwoLogLikelihood: sums.minusTwoLogLikelihood(self, count: known))
    }

    /// Point forecasts ŷ[n+h] = (ℓ + (φ + … + φʰ) b) ∘ s from the state after bucket n − 1.
    ///
    /// - Parameter n: Length of the series the state was reached on; fixes the phase.
    /// - Returns: Shape [H].
    public func forecast(from state: ETSState, after n: Int, phi: Double, horizon: Int) -> [Double] {
        let m = state.season.count
        var damped = 0.0
        var power = 1.0
        return (0..<horizon).map { h in
            power *= phi
            damped += power
            let base = state.level + (hasTrend ? damped * state.trend : 0)
            let s = state.season[(n + h) % m]
            return season == .multiplicative ? base * s : base + s
        }
    }

    /// How the standard deviation of the forecast error grows with the horizon, relative to one step: √(1 + Σ_{j<h} c[j]²) with
    /// c[j] = α + β (φ + … + φʲ) + γ·[j a multiple of m].
    ///
    /// Exact for additive errors and seasons, and used as the shape for the others.
    ///
    /// - Returns: Shape [H], first element 1, never falling.
    ///
    /// Source: Hyndman et al. (2008), table 6.1.
    public func errorGrowth(_ p: ETSParameters, season m: Int, horizon: Int) -> [Double] {
        var sum = 1.0
        var damped = 0.0
        var power = 1.0
        return (0..<horizon).map { h in
            if h > 0 {
                power *= p.phi
                damped += power
                let c = p.alpha + p.beta * damped + (m > 1 && h % m == 0 ? p.gamma : 0)
                sum += c * c
            }
            return sum.squareRoot()
        }
    }
}
