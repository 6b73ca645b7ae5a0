// Intermittent demand: many buckets without any. Symbols: z mean size of a demand, p mean interval between demands (SBA) or probability of a
// demand (TSB), α weight of the newest value, β weight in the probability.

/// Share of known buckets without demand from which a series counts as intermittent: a mean interval of more than 1.32 buckets between demands.
///
/// Source: Syntetos, Boylan & Croston (2005), J. Operational Research Society 56, 495-503.
let intermittentShare = 1 - 1 / 1.32

/// Forecasts intermittent demand by Croston's method with the correction of Syntetos and Boylan: ŷ = (1 − α/2) z / p, flat over the horizon.
///
/// - Parameters:
///   - history: Shape [n], ≥ 0; NaN = missing, skipped.
///   - alpha: Weight of size and interval in 0…1.
/// - Returns: Demand a bucket; 0 where there was none.
///
/// Source: Syntetos & Boylan (2005), IJF 21, 303-314.
public func syntetosBoylanForecast(of history: [Double], alpha: Double) -> Double {
    var size = 0.0
    var interval = 0.0
    var since = 1.0
    for y in history where !y.isNaN {
        if y > 0 {
            if size == 0 {
                size = y
                interval = since
            } else {
                size += alpha * (y - size)
                interval += alpha * (since - interval)
            }
            since = 1
        } else {
            since += 1
        }
    }
    return interval > 0 ? (1 - alpha / 2) * size / interval : 0
}

/// Forecasts intermittent demand by size times probability, both smoothed; unlike Croston's it falls while nothing is sold (obsolescence).
///
/// - Parameters:
///   - alpha: Weight of the newest size.
///   - beta: Weight of the newest bucket in the probability.
/// - Returns: Demand a bucket; 0 where there was none.
///
/// Source: Teunter, Syntetos & Babai (2011), European J. Operational Research 214, 606-615.
public func teunterSyntetosBabaiForecast(of history: [Double], alpha: Double, beta: Double) -> Double {
    let known = history.filter { !$0.isNaN }
    guard let first = known.first(where: { $0 > 0 }) else { return 0 }
    var size = first
    var probability = Double(known.reduce(0) { $1 > 0 ? $0 + 1 : $0 }) / Double(known.count)
    for y in known {
        probability += beta * ((y > 0 ? 1 : 0) - probability)
        if y > 0 { size += alpha * (y - size) }
    }
    return probability * size
}

/// Weight of ``syntetosBoylanForecast(of:alpha:)`` with the least squared error against the mean of the coming demand.
///
/// Errors of single buckets favour a forecast of zero, which is the likeliest value; the weight is therefore judged by the running sum of errors, as stock
/// would feel them.
///
/// Source of the criterion: Wallström & Segerstedt (2010), Int. J. Production Economics 128, 625-636 (periods in stock).
func fittedSyntetosBoylanWeight(_ history: [Double]) -> Double {
    var best = (weight: 0.1, error: Double.infinity)
    for weight in [0.05, 0.1, 0.15, 0.2, 0.3] {
        var size = 0.0
        var interval = 0.0
        var since = 1.0
        var running = 0.0
        var squares = 0.0
        for y in history where !y.isNaN {
            if interval > 0 {
                running += y - (1 - weight / 2) * size / interval
                squares += running * running
            }
            if y > 0 {
                if size == 0 {
                    size = y
                    interval = since
                } else {
                    size += weight * (y - size)
                    interval += weight * (since - interval)
                }
                since = 1
            } else {
                since += 1
            }
        }
        if squares < best.error { best = (weight, squares) }
    }
    return best.weight
}
