/// Minimises a function of a few variables inside a box by the simplex search of Nelder and Mead.
///
/// Points that leave the box are put back on its faces, so a minimum on a bound is reached exactly. The search is deterministic and
/// allocates only before its first step.
///
/// Source: Nelder & Mead (1965), Computer Journal 7, 308-313, coefficients 1, 2, ½, ½.
struct NelderMead {
    /// Most calls of the function in one search.
    var evaluationLimit = 200
    /// The search ends when the values at the corners differ by less than this.
    var valueTolerance = 1e-6

    /// - Parameters:
    ///   - start: First corner, shape [d].
    ///   - step: Distance of the other corners from it, one a variable, shape [d].
    ///   - lower, upper: The box, shape [d].
    ///   - function: Reads a point of shape [d]; a value that is not finite counts as the worst.
    /// - Returns: The best point met and its value.
    func minimize(
        start: [Double], step: [Double], lower: [Double], upper: [Double], _ function: (UnsafePointer<Double>) -> Double
    ) -> (point: [Double], value: Double) {
        let d = start.count
        // Rows 0…d: the corners; then centroid, reflected and second trial point.
        let points = UnsafeMutablePointer<Double>.allocate(capacity: (d + 4) * max(d, 1))
        let values = UnsafeMutablePointer<Double>.allocate(capacity: d + 1)
        defer {
            points.deallocate()
            values.deallocate()
        }
        func value(_ point: UnsafeMutablePointer<Double>) -> Double {
            for j in 0..<d { point[j] = min(max(point[j], lower[j]), upper[j]) }
            let v = function(UnsafePointer(point))
            return v.isFinite ? v : .greatestFiniteMagnitude
        }
        for i in 0...d {
            let corner = points + i * d
            for j in 0..<d { corner[j] = start[j] }
            // A step out of the box goes the other way.
            if i > 0 { corner[i - 1] += start[i - 1] + step[i - 1] <= upper[i - 1] ? step[i - 1] : -step[i - 1] }
            values[i] = value(corner)
        }
        let centroid = points + (d + 1) * d
        let reflected = points + (d + 2) * d
        let trial = points + (d + 3) * d
        var evaluations = d + 1
        var best = 0
        while true {
            best = 0
            var worst = 0
            for i in 1..<(d + 1) {
                if values[i] < values[best] { best = i }
                if values[i] >= values[worst] { worst = i }
            }
            if d == 0 || evaluations >= evaluationLimit || values[worst] - values[best] <= valueTolerance { break }
            var secondWorst = best
            for i in 0...d where i != worst && values[i] > values[secondWorst] { secondWorst = i }
            for j in 0..<d {
                var sum = 0.0
                for i in 0...d where i != worst { sum += points[i * d + j] }
                centroid[j] = sum / Double(d)
                reflected[j] = 2 * centroid[j] - points[worst * d + j]
            }
            let reflectedValue = value(reflected)
            evaluations += 1
            func replaceWorst(by point: UnsafeMutablePointer<Double>, _ v: Double) {
                for j in 0..<d { points[worst * d + j] = point[j] }
                values[worst] = v
            }
            if reflectedValue < values[best] {
                for j in 0..<d { trial[j] = 3 * centroid[j] - 2 * points[worst * d + j] }
                let trialValue = value(trial)
                evaluations += 1
                if trialValue < reflectedValue { replaceWorst(by: trial, trialValue) } else { replaceWorst(by: reflected, reflectedValue) }
            } else if reflectedValue < values[secondWorst] {
                replaceWorst(by: reflected, reflectedValue)
            } else {
                let outside = reflectedValue < values[worst]
                for j in 0..<d { trial[j] = 0.5 * (centroid[j] + (outside ? reflected[j] : points[worst * d + j])) }
                let trialValue = value(trial)
                evaluations += 1
                if trialValue < min(reflectedValue, values[worst]) {
                    replaceWorst(by: trial, trialValue)
                } else {
                    for i in 0...d where i != best {
                        for j in 0..<d { points[i * d + j] = 0.5 * (points[i * d + j] + points[best * d + j]) }
                        values[i] = value(points + i * d)
                    }
                    evaluations += d
                }
            }
        }
        return (Array(UnsafeBufferPointer(start: points + best * d, count: d)), values[best])
    }
}
