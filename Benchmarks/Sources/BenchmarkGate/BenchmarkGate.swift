import Foundation
import Fullshelf

/// Plans generated packages of sizes S and M and compares what does not depend on the machine, or hardly, with recorded baselines: size of the
/// programs, interior-point iterations, gap of each rank, rows of the plan. Milliseconds of a shared machine would tell nothing.
///
///     swift run -c release BenchmarkGate --check baselines     exit 1 and a sentence for each figure that got worse
///     swift run -c release BenchmarkGate --record baselines    writes them anew
@main
struct BenchmarkGate {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 2, ["--check", "--record"].contains(arguments[0]) else {
            FileHandle.standardError.write(Data("usage: BenchmarkGate --check|--record FOLDER\n".utf8))
            exit(2)
        }
        var complaints: [String] = []
        for size in [PackageSize.s, .m] {
            let figures = try GateFigures.measured(size: size, seed: 7)
            let file = URL(fileURLWithPath: arguments[1]).appendingPathComponent("plan-\(size.rawValue.lowercased()).json")
            print(figures.table)
            if arguments[0] == "--record" {
                try figures.encoded().write(to: file)
            } else {
                let baseline = try JSONDecoder().decode(GateFigures.self, from: Data(contentsOf: file))
                complaints += figures.complaints(against: baseline)
            }
        }
        guard complaints.isEmpty else {
            for complaint in complaints { print("worse than the baseline: \(complaint)") }
            exit(1)
        }
    }
}
