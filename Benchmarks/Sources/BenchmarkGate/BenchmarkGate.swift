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
        let folder = URL(fileURLWithPath: arguments[1])
        if arguments[0] == "--record" { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        var complaints: [String] = []
        for size in [PackageSize.s, .m] {
            let figures = try GateFigures.measured(size: size, seed: 7)
            let file = folder.appendingPathComponent("plan-\(size.rawValue.lowercased()).json")
            print(figures.table)
            if arguments[0] == "--record" {
                try figures.encoded().write(to: file)
            } else {
                guard let data = FileManager.default.contents(atPath: file.path) else {
                    complaints.append("\(size.rawValue): there is no \(file.path); record it with --record")
                    continue
                }
                let baseline = try JSONDecoder().decode(GateFigures.self, from: data)
                complaints += figures.complaints(against: baseline)
            }
        }
        guard complaints.isEmpty else {
            for complaint in complaints { print("gate: \(complaint)") }
            exit(1)
        }
        print(arguments[0] == "--record" ? "gate: baselines recorded" : "gate: nothing got worse")
    }
}
