import DenseLinearAlgebra

/// Builds the direction of an iteration: a predictor, then correctors, each taken with the weight that allows the longest steps.
///
/// Symbols: a = t_x / x and b = t_w / v are the complementarity targets over x and v, so that for a target (t_x, t_w)
///
///     ρ = a − b,   M dy = r − Â Θ ρ,   dx = Θ (ρ + Âᵀ dy),   dz = a − (z / x) dx,   dw = b + (w / v) dx
///
/// Sources: Mehrotra (1992), SIAM J. Optim. 2, 575-601; Gondzio (1996), Comput. Optim. Appl. 6, 137-156; Colombo & Gondzio (2008), Comput. Optim.
/// Appl. 41, 277-305 (the weights).
final class SearchDirection {
    /// The direction so far, and its longest steps (at most 1).
    let total: Direction
    private(set) var primalStep = 0.0
    private(set) var dualStep = 0.0
    private(set) var correctorCount = 0
    /// μ after the affine step, as a share of μ.
    private(set) var affineShare = 1.0

    private let point: Iterate
    private let system: NewtonSystem
    private let working: WorkingProgram
    private let chunks: ColumnChunks
    /// The corrector at hand. Until it is solved its z and w hold the targets a and b.
    private let correction: Direction
    /// Θ ρ.
    private let weighted: Buffer<Double>
    private let rightHandSide: Buffer<Double>

    init(_ point: Iterate, _ system: NewtonSystem) {
        self.point = point
        self.system = system
        working = point.working
        chunks = point.chunks
        total = Direction(working)
        // Its x is made after the solve that needs the scratch.
        correction = Direction(working, x: system.columnScratch)
        weighted = Buffer(count: working.n, of: 0)
        rightHandSide = Buffer(count: system.height, of: 0)
    }

    /// Computes predictor and correctors for the point, whose system has been factorised.
    ///
    /// - Parameters:
    ///   - correctors: Centrality correctors at most, after the second-order one.
    ///   - accuracy: Residual of a row (scaled) above which the predictor's solve is refined.
    /// - Returns: false when the direction is not finite.
    func compute(correctors: Int, accuracy: Double) -> Bool {
        predict(accuracy: accuracy)
        guard primalStep.isFinite, dualStep.isFinite, (0..<system.height).allSatisfy({ total.y[$0].isFinite }) else { return false }
        let target = targetProduct()

        setSecondOrderTargets(target)
        addCorrection(solveCorrection(), mustAdd: true)
        correctorCount = 1
        // A corrector that aims too far fails: then the next one aims nearer, until all aspirations in turn have failed.
        var aspiration = 0, failures = 0
        for _ in 0..<correctors {
            guard min(primalStep, dualStep) < longStep, failures < aspirations.count else { break }
            setCentralityTargets(target, aspiration: aspirations[aspiration])
            if addCorrection(solveCorrection(), mustAdd: false) {
                correctorCount += 1
                failures = 0
            } else {
                aspiration = (aspiration + 1) % aspirations.count
                failures += 1
            }
        }
        return primalStep.isFinite && dualStep.isFinite
    }

    // MARK: Predictor

    /// The affine direction: all residuals and products to zero, ρ = −(reduced cost).
    private func predict(accuracy: Double) {
        let theta = system.weights.pointer, reduced = point.reducedCost.pointer
        chunks.forEach { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                store(lanes(theta, j) * lanes(reduced, j), weighted.pointer, j)
            }
        }
        system.multiply(weighted.pointer, into: rightHandSide.pointer)
        for i in 0..<working.m { rightHandSide[i] += point.residual[i] }
        system.solveRefined(rightHandSide.pointer, into: total.y.pointer, steps: 2, accuracy: accuracy)

        // Âᵀ dy stands where dx will.
        system.multiplyTransposed(total.y.pointer, into: total.x.pointer)
        let ratios = chunks.largest { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                let dx = lanes(theta, j) * lanes(total.x.pointer, j) - lanes(weighted.pointer, j)
                let z = lanes(point.z.pointer, j), w = lanes(point.w.pointer, j)
                store(dx, total.x.pointer, j)
                store(-z - z * lanes(point.xInverse.pointer, j) * dx, total.z.pointer, j)
                store(w * lanes(point.vInverse.pointer, j) * dx - w, total.w.pointer, j)
            }
            return stepRatios(columns, weights: .zero)
        }
        primalStep = longestStep(ratios[0])
        dualStep = longestStep(ratios[4])
        shareStepIfNeeded()
    }

    /// σ μ with σ = (μ after the affine step / μ)³.
    private func targetProduct() -> Double {
        let a = Lanes(repeating: primalStep), b = Lanes(repeating: dualStep)
        let sums = chunks.sum { columns in
            var sum = Lanes.zero
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                let dx = a * lanes(total.x.pointer, j)
                sum += (lanes(point.x.pointer, j) + dx) * (lanes(point.z.pointer, j) + b * lanes(total.z.pointer, j))
                sum +=
                    lanes(point.bounded.pointer, j) * (lanes(point.v.pointer, j) - dx)
                    * (lanes(point.w.pointer, j) + b * lanes(total.w.pointer, j))
            }
            return sum
        }
        affineShare = max(0, min(1, sumOfElements(sums) / (point.pairCount * point.mu)))
        return max(affineShare * affineShare * affineShare, smallestCentring) * point.mu
    }

    // MARK: Correctors

    /// The largest ratios for weights of a corrector: those of the lower four weights, primal then dual, and those of the higher four.
    private struct WeightedSteps {
        var weights: SIMD8<Double>
        var low: SIMD8<Double>
        var high: SIMD8<Double>
    }

    /// Targets σ μ − dx dz, σ μ − dv dw of Mehrotra's corrector.
    private func setSecondOrderTargets(_ target: Double) {
        let t = Lanes(repeating: target)
        chunks.forEach { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                let dx = lanes(total.x.pointer, j)
                setTargets(
                    j, lower: t - dx * lanes(total.z.pointer, j),
                    upper: t + dx * lanes(total.w.pointer, j))
            }
        }
    }

    /// Targets that bring the products of a trial point a good way further back into [β target, target / β] (Gondzio 1996).
    private func setCentralityTargets(_ target: Double, aspiration: (factor: Double, plus: Double)) {
        let primal = min(1, aspiration.factor * primalStep + aspiration.plus), dual = min(1, aspiration.factor * dualStep + aspiration.plus)
        let a = Lanes(repeating: primal), b = Lanes(repeating: dual)
        let low = Lanes(repeating: target * neighbourhood), high = Lanes(repeating: target / neighbourhood)
        chunks.forEach { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                let dx = a * lanes(total.x.pointer, j)
                let lower = (lanes(point.x.pointer, j) + dx) * (lanes(point.z.pointer, j) + b * lanes(total.z.pointer, j))
                let upper = (lanes(point.v.pointer, j) - dx) * (lanes(point.w.pointer, j) + b * lanes(total.w.pointer, j))
                setTargets(
                    j, lower: larger(smaller(larger(lower, low), high) - lower, -high),
                    upper: larger(smaller(larger(upper, low), high) - upper, -high))
            }
        }
    }

    @inline(__always)
    private func setTargets(_ j: Int, lower: Lanes, upper: Lanes) {
        let a = lower * lanes(point.xInverse.pointer, j), b = upper * lanes(point.vInverse.pointer, j)
        store(a, correction.z.pointer, j)
        store(b, correction.w.pointer, j)
        store(lanes(system.weights.pointer, j) * (a - b), weighted.pointer, j)
    }

    /// Solves for the corrector of the targets set, and finds how far the direction with it leads for eight weights of it.
    private func solveCorrection() -> WeightedSteps {
        let theta = system.weights.pointer
        system.multiply(weighted.pointer, into: rightHandSide.pointer)
        for i in 0..<system.height { rightHandSide[i] = -rightHandSide[i] }
        // Curvature makes the two sides share a step, so what one solve misses stays: these are refined too.
        system.solveRefined(rightHandSide.pointer, into: correction.y.pointer, steps: working.hasQuadratics ? 2 : 0, accuracy: 0)
        system.multiplyTransposed(correction.y.pointer, into: correction.x.pointer)
        let smallest = max(primalStep * dualStep, 1e-2)
        let weights = smallest + (1 - smallest) * SIMD8(0, 1, 2, 3, 4, 5, 6, 7) / 7
        // One chunk's part of everything stays in the cache until it has been asked for all weights.
        let ratios = chunks.largest { columns in
            for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
                let dx = lanes(weighted.pointer, j) + lanes(theta, j) * lanes(correction.x.pointer, j)
                store(dx, correction.x.pointer, j)
                let a = lanes(correction.z.pointer, j), b = lanes(correction.w.pointer, j)
                store(a - lanes(point.z.pointer, j) * lanes(point.xInverse.pointer, j) * dx, correction.z.pointer, j)
                store(b + lanes(point.w.pointer, j) * lanes(point.vInverse.pointer, j) * dx, correction.w.pointer, j)
            }
            return SIMD16(
                lowHalf: stepRatios(columns, weights: weights.lowHalf), highHalf: stepRatios(columns, weights: weights.highHalf))
        }
        return WeightedSteps(weights: weights, low: ratios.lowHalf, high: ratios.highHalf)
    }

    /// Adds the corrector with the weights, one for the primal and one for the dual side, that allow the longest steps.
    ///
    /// - Returns: false, and nothing is added, when the steps hardly grow.
    @discardableResult
    private func addCorrection(_ steps: WeightedSteps, mustAdd: Bool) -> Bool {
        var bestPrimal = (step: -1.0, weight: 1.0), bestDual = bestPrimal
        for i in 0..<8 {
            let half = i < 4 ? steps.low : steps.high
            var primal = longestStep(half[i % 4]), dual = longestStep(half[4 + i % 4])
            if working.hasQuadratics {
                primal = min(primal, dual)
                dual = primal
            }
            if primal >= bestPrimal.step { bestPrimal = (primal, steps.weights[i]) }
            if dual >= bestDual.step { bestDual = (dual, steps.weights[i]) }
        }
        let gain = max(bestPrimal.step - primalStep, bestDual.step - dualStep)
        let loss = min(bestPrimal.step - primalStep, bestDual.step - dualStep)
        guard mustAdd || (gain >= smallestGain && loss > -0.5 * gain) else { return false }
        let p = bestPrimal.weight, d = bestDual.weight
        chunks.forEach { columns in
            subtractScaled(
                -p, correction.x.pointer + columns.lowerBound, from: total.x.pointer + columns.lowerBound, count: columns.count)
            subtractScaled(
                -d, correction.z.pointer + columns.lowerBound, from: total.z.pointer + columns.lowerBound, count: columns.count)
            subtractScaled(
                -d, correction.w.pointer + columns.lowerBound, from: total.w.pointer + columns.lowerBound, count: columns.count)
        }
        subtractScaled(-d, correction.y.pointer, from: total.y.pointer, count: system.height)
        primalStep = bestPrimal.step
        dualStep = bestDual.step
        return true
    }

    // MARK: Steps

    /// Of some columns and for four weights ω at once: the largest ratio −(d + ω c) / value over the primal, then over the dual quantities.
    @inline(__always)
    private func stepRatios(_ columns: Range<Int>, weights omega: Lanes) -> SIMD8<Double> {
        let d = total, c = correction
        var p = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero), q = p
        for j in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
            let xi = lanes(point.xInverse.pointer, j), vi = lanes(point.vInverse.pointer, j)
            let dx = lanes(d.x.pointer, j), cx = lanes(c.x.pointer, j)
            let x0 = -dx * xi, x1 = -cx * xi, v0 = dx * vi, v1 = cx * vi
            let zi = -lanes(point.zInverse.pointer, j), wi = -lanes(point.wInverse.pointer, j)
            let z0 = lanes(d.z.pointer, j) * zi, z1 = lanes(c.z.pointer, j) * zi
            let w0 = lanes(d.w.pointer, j) * wi, w1 = lanes(c.w.pointer, j) * wi
            p.0 = larger(p.0, larger(x0 + omega[0] * x1, v0 + omega[0] * v1))
            p.1 = larger(p.1, larger(x0 + omega[1] * x1, v0 + omega[1] * v1))
            p.2 = larger(p.2, larger(x0 + omega[2] * x1, v0 + omega[2] * v1))
            p.3 = larger(p.3, larger(x0 + omega[3] * x1, v0 + omega[3] * v1))
            q.0 = larger(q.0, larger(z0 + omega[0] * z1, w0 + omega[0] * w1))
            q.1 = larger(q.1, larger(z0 + omega[1] * z1, w0 + omega[1] * w1))
            q.2 = larger(q.2, larger(z0 + omega[2] * z1, w0 + omega[2] * w1))
            q.3 = larger(q.3, larger(z0 + omega[3] * z1, w0 + omega[3] * w1))
        }
        return SIMD8(
            lowHalf: SIMD4(largestElement(p.0), largestElement(p.1), largestElement(p.2), largestElement(p.3)),
            highHalf: SIMD4(largestElement(q.0), largestElement(q.1), largestElement(q.2), largestElement(q.3)))
    }

    /// The longest step, at most 1, for the largest ratio.
    private func longestStep(_ ratio: Double) -> Double { ratio > 1 ? 1 / ratio : 1 }

    /// With curvature the dual rows contain x: one step length for both sides keeps their residual falling.
    private func shareStepIfNeeded() {
        guard working.hasQuadratics else { return }
        primalStep = min(primalStep, dualStep)
        dualStep = primalStep
    }

    // MARK: Constants

    /// Steps above which more correctors cannot pay.
    private let longStep = 0.99
    /// A corrector must lengthen a step by this much to be kept.
    private let smallestGain = 0.01
    /// Products within [β, 1 / β] of their target are left alone.
    private let neighbourhood = 0.1
    /// Trial steps: factor · step + plus. With the shorter ones, taken up when a longer one fails, fourteen cold solves took 6 % fewer iterations.
    private let aspirations = [(factor: 1.5, plus: 0.3), (factor: 1.125, plus: 0.075), (factor: 1.25, plus: 0.15)]
    /// Least σ: keeps products from collapsing apart when the affine step is nearly full.
    private let smallestCentring = 1e-6
}
