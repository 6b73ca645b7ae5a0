import Foundation
import Fullshelf

/// The figures of one size that are gated.
struct GateFigures: Codable {
    struct RankFigure: Codable {
        var rank: String
        var tier: Int?
        var value: Double
        /// Before rounding to cases and lots: what the solver has proven.
        var gap: Double

        init(_ certificate: RankCertificate) {
            rank = certificate.rank.aim.rawValue
            tier = certificate.rank.tier
            value = certificate.value
            gap = certificate.gapBeforeRounding
        }
    }

    var size: String
    var seed: UInt64
    /// Rows, columns and coupling rows of the largest program.
    var rows: Int
    var columns: Int
    var couplingRows: Int
    var solves: Int
    /// Over all solves.
    var iterations: Int
    /// In the worst one.
    var mostIterations: Int
    var ranks: [RankFigure]
    /// Rows of production.csv and movements.csv: a plan of crumbs has many.
    var productionRows: Int
    var movementRows: Int
    var reportBytes: Int
}

/// Collects what the solver says; solves of one plan follow each other, but the closure must be Sendable.
private final class SolveTally: @unchecked Sendable {
    private let lock = NSLock()
    private var solves: [SolveStatistics] = []

    func add(_ solve: SolveStatistics) { lock.withLock { solves.append(solve) } }
    var all: [SolveStatistics] { lock.withLock { solves } }
}

extension GateFigures {
    static func measured(size: PackageSize, seed: UInt64) throws -> GateFigures {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-gate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in generatePackage(size: size, seed: seed) {
            try Data(file.contents).write(to: folder.appendingPathComponent(file.name))
        }
        let tally = SolveTally()
        var planner = Planner(threads: 2)
        planner.onSolveStatistics = { tally.add($0) }
        let run = try planner.plan(packageAt: folder.path, writingTo: folder.path + "/out")
        let solves = tally.all
        let seconds = run.timings.map { "\($0.step.rawValue) \(($0.seconds * 100).rounded() / 100)" }.joined(separator: ", ")
        // For people who read the log; never compared.
        print("\(size.rawValue), seconds: \(seconds)")
        let report = try Data(contentsOf: folder.appendingPathComponent("out/report.html"))
        return GateFigures(
            size: size.rawValue, seed: seed, rows: solves.map(\.rows).max() ?? 0, columns: solves.map(\.columns).max() ?? 0,
            couplingRows: solves.map(\.couplingRows).max() ?? 0, solves: solves.count, iterations: solves.reduce(0) { $0 + $1.iterations },
            mostIterations: solves.map(\.iterations).max() ?? 0,
            ranks: run.result.allocation.certificate.ranks.map(RankFigure.init),
            productionRows: run.result.allocation.plan.production.count, movementRows: run.result.allocation.plan.movements.count,
            reportBytes: report.count)
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    var table: String {
        let largestGap = ranks.map(\.gap).max() ?? 0
        return """
            \(size): \(rows) rows (\(couplingRows) coupling), \(columns) columns, \(solves) solves, \(iterations) iterations (most: \(mostIterations)), \
            largest gap before rounding \(largestGap), \(productionRows) production and \(movementRows) movement rows, report of \(reportBytes) bytes
            """
    }

    /// What got worse. Iterations may differ a little between BLAS libraries, hence a tenth; program sizes and rows may grow by a fiftieth;
    /// values are proven within the gap, so they agree within twice the gap asked for.
    func complaints(against baseline: GateFigures) -> [String] {
        var found: [String] = []
        func limit(_ name: String, _ value: Int, _ recorded: Int, slack: Double) {
            let most = Int((Double(recorded) * (1 + slack)).rounded(.up)) + 2
            if value > most { found.append("\(size) \(name): \(value), recorded \(recorded), allowed \(most)") }
        }
        limit("rows", rows, baseline.rows, slack: 0.02)
        limit("columns", columns, baseline.columns, slack: 0.02)
        limit("coupling rows", couplingRows, baseline.couplingRows, slack: 0.02)
        limit("iterations", iterations, baseline.iterations, slack: 0.1)
        limit("iterations of the worst solve", mostIterations, baseline.mostIterations, slack: 0.2)
        limit("production rows", productionRows, baseline.productionRows, slack: 0.05)
        limit("movement rows", movementRows, baseline.movementRows, slack: 0.05)
        limit("bytes of the report", reportBytes, baseline.reportBytes, slack: 0.1)
        guard ranks.count == baseline.ranks.count else {
            return found + ["\(size): \(ranks.count) ranks, recorded \(baseline.ranks.count)"]
        }
        for (rank, recorded) in zip(ranks, baseline.ranks) {
            let name = "\(size) \(rank.rank)\(rank.tier.map { ", tier \($0)" } ?? "")"
            if rank.gap > GateFigures.gapAsked { found.append("\(name): gap \(rank.gap) before rounding is above \(GateFigures.gapAsked)") }
            let scale = max(abs(recorded.value), 1)
            if rank.value - recorded.value > GateFigures.valueSlack * scale {
                found.append("\(name): value \(rank.value), recorded \(recorded.value)")
            }
        }
        return found
    }

    /// `gap` of the generated packages' plan.toml, the default 1e-4, which later ranks may use up, and a tenth for what the solver left open.
    static let gapAsked = 1.1e-4
    /// Twice the gap, and a hundredth for the ranks that come after a held one and profit from its slack.
    static let valueSlack = 0.01
}
