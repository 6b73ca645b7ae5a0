import Foundation
import Fullshelf

/// Times the solver on a package folder and prints the figures as JSON.
///
///     SolverTimes weighted PACKAGE [--threads 1] [--tolerance 1e-4] [--repeat 3] [--phases] [--progress] [--mps FILE] [--inputs FOLDER]
///     SolverTimes ranks PACKAGE OUT [--threads 2] [--again]
///     SolverTimes generate FOLDER [--size S] [--seed 7]
///
/// `weighted` solves all linear aims in one objective (``WeightedProgram``) and can write that program as MPS and the demand, bands and tiers it is
/// made of as a folder, so that others solve the same. `ranks` plans from files to files: all ranks in order, certified, tidied, checked; with
/// `--again` also after one capacity, forecast or promise changed, each time from nothing and from what the plan left.
/// Peak memory is the process's, so each figure wants a process of its own.
@main
struct SolverTimes {
    static func main() {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            switch options.job {
            case .weighted: try print(json: WeightedFigures.measured(options))
            case .ranks(let output): try print(json: RankFigures.measured(options, output: output))
            case .generate: try writeGeneratedPackage(size: options.size, seed: options.seed, to: options.package)
            }
        } catch let error as UsageError {
            FileHandle.standardError.write(Data("SolverTimes: \(error.message)\n".utf8))
            exit(2)
        } catch {
            FileHandle.standardError.write(Data("SolverTimes: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func print(json figures: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        Swift.print(String(decoding: try encoder.encode(figures), as: UTF8.self))
    }
}

struct UsageError: Error {
    var message: String
}

struct Options {
    enum Job {
        case weighted
        case ranks(output: String)
        case generate
    }

    var job = Job.weighted
    /// The package folder; what `generate` writes.
    var package = ""
    var size = PackageSize.s
    var seed: UInt64 = 7
    var threads = 1
    var tolerance = 1e-4
    var repetitions = 1
    var measuresPhases = false
    var tellsProgress = false
    var plansAgain = false
    var mps: String?
    var inputs: String?

    init(_ arguments: [String]) throws(UsageError) {
        var places: [String] = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--threads": threads = try Options.number(&rest, after: word)
            case "--repeat": repetitions = try Options.number(&rest, after: word)
            case "--tolerance":
                guard let value = Double(try Options.value(&rest, after: word)), value > 0 else {
                    throw UsageError(message: "--tolerance wants a number above 0")
                }
                tolerance = value
            case "--seed": seed = UInt64(try Options.number(&rest, after: word))
            case "--size":
                let name = try Options.value(&rest, after: word)
                guard let known = PackageSize(rawValue: name) else { throw UsageError(message: "there is no size \(name)") }
                size = known
            case "--phases": measuresPhases = true
            case "--progress": tellsProgress = true
            case "--again": plansAgain = true
            case "--mps": mps = try Options.value(&rest, after: word)
            case "--inputs": inputs = try Options.value(&rest, after: word)
            case _ where word.hasPrefix("--"): throw UsageError(message: "there is no option \(word)")
            default: places.append(word)
            }
        }
        switch places.first {
        case "weighted" where places.count == 2: job = .weighted
        case "ranks" where places.count == 3: job = .ranks(output: places[2])
        case "generate" where places.count == 2: job = .generate
        default: throw UsageError(message: "say weighted PACKAGE, ranks PACKAGE OUT, or generate FOLDER")
        }
        package = places[1]
    }

    private static func value(_ rest: inout ArraySlice<String>, after word: String) throws(UsageError) -> String {
        guard let value = rest.popFirst() else { throw UsageError(message: "\(word) wants a value") }
        return value
    }

    private static func number(_ rest: inout ArraySlice<String>, after word: String) throws(UsageError) -> Int {
        guard let value = Int(try value(&rest, after: word)), value >= 1 else {
            throw UsageError(message: "\(word) wants a number of at least 1")
        }
        return value
    }
}
