import AllocationCount
import Foundation
import Fullshelf

/// Holds that the forecaster's inner loops allocate nothing: counts allocations of the same work on more and more numbers.
///
///     swift run -c release InnerLoops        prints a table; exits 1 where a loop allocates
///
/// A loop that allocates shows as a count that follows the numbers it runs over: buckets of a series in a likelihood, likelihoods of a search, rows of the
/// trees' training, nodes and steps of a reconciliation. What is set up once (a fit, a search, a tree, a projection) may allocate.
@main
struct InnerLoops {
    struct Measured {
        var name: String
        /// What is worked on: numbers and allocations of the smaller and of the larger case.
        var unit: String
        var sizes: (small: Int, large: Int)
        var counts: (small: Int, large: Int)
        /// Most allocations a further unit may cost.
        var most: Double

        var perUnit: Double { Double(counts.large - counts.small) / Double(sizes.large - sizes.small) }
    }

    static func main() {
        let probe = allocations { UnsafeMutablePointer<UInt8>.allocate(capacity: 1_000_003).deallocate() }
        guard probe > 0 else {
            print("allocations cannot be counted on this system; nothing was measured")
            return
        }
        let results = [smoothing, local, training, reconciling]
        print("| loop | over | smaller | larger | allocations | more a unit | allowed |\n|---|---|---|---|---|---|---|")
        var failed = false
        for result in results {
            let isFine = result.perUnit <= result.most
            failed = failed || !isFine
            print(
                "| \(result.name) | \(result.unit) | \(result.sizes.small) | \(result.sizes.large) | \(result.counts.small), \(result.counts.large) | \(String(format: "%.4f", result.perUnit)) | \(result.most)\(isFine ? "" : ", exceeded") |"
            )
        }
        exit(failed ? 1 : 0)
    }

    /// Allocations of one call, after one that fills caches.
    static func allocations(_ body: () -> Void) -> Int {
        body()
        let before = allocation_count()
        body()
        return Int(allocation_count() - before)
    }

    /// A monthly series with trend, season and repeatable noise.
    static func series(_ n: Int, seed: UInt64 = 1) -> [Double] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<n).map { t in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let noise = Double(state >> 11) / Double(1 << 53) - 0.5
            return (100 + 0.2 * Double(t)) * (1 + 0.3 * (t % 12 < 4 ? 1 : -0.5) + 0.2 * noise)
        }
    }

    /// Fifteen forms, each a search of up to 160 likelihoods of two passes over the series.
    static var smoothing: Measured {
        let (small, large) = (60, 960)
        let counts = [small, large].map { n -> Int in
            let history = series(n)
            return allocations { _ = fittedETS(of: history, season: 12) }
        }
        return Measured(
            name: "exponential smoothing: passes of a likelihood", unit: "buckets", sizes: (small, large), counts: (counts[0], counts[1]),
            most: 0.05)
    }

    /// All methods and their earlier origins.
    static var local: Measured {
        let (small, large) = (120, 960)
        let counts = [small, large].map { n -> Int in
            let history = series(n)
            return allocations { _ = forecastSeries(history, season: 12, horizon: 12) }
        }
        return Measured(
            name: "one series, all methods", unit: "buckets", sizes: (small, large), counts: (counts[0], counts[1]), most: 0.1)
    }

    /// More series of one length: what a series costs is what it costs by itself; rows of the trees add nothing.
    static var training: Measured {
        let (small, large) = (60, 600)
        let alone = allocations { _ = forecastSeries(series(48), season: 12, horizon: 6) }
        let counts = [small, large].map { number -> Int in
            let panel = (0..<number).map { PanelSeries(values: series(48, seed: UInt64($0)), groups: [0]) }
            return allocations { _ = forecastPanel(panel, season: 12, horizon: 6) }
        }
        return Measured(
            name: "model across series: rows of 150 a series", unit: "series", sizes: (small, large), counts: (counts[0], counts[1]),
            most: 1.25 * Double(alone) + 40)
    }

    /// Pairs of a reconciliation with ten sums.
    static var reconciling: Measured {
        let (small, large) = (500, 5000)
        let counts = [small, large].map { number -> Int in
            let members = (0..<10).map { group in (0..<number).filter { $0 % 10 == group } }
            let values = (0..<number).map { 1 + Double($0 % 7) }
            let errors = (0..<number).map { node -> [Double] in (0..<8).map { t -> Double in Double((node * 31 + t * 17) % 13) - 6 } }
            let sumErrors = members.map { group -> [Double] in
                (0..<8).map { t -> Double in group.reduce(0.0) { $0 + errors[$1][t] } / 2 }
            }
            let sums = members.map { group -> Double in group.reduce(0.0) { $0 + values[$1] } * 1.1 }
            let reconciliation = Reconciliation(members: members, aggregateErrors: sumErrors, bottomErrors: errors)
            return allocations { _ = reconciliation.reconciled(aggregates: sums, bottom: values) }
        }
        return Measured(
            name: "reconciliation: steps of the projection", unit: "pairs", sizes: (small, large), counts: (counts[0], counts[1]),
            most: 0.01)
    }
}
