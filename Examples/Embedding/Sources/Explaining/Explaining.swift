import Foundation
import Fullshelf

/// Plans a package folder and argues about the plan: one small function for each question. Writes one plan into a temporary folder.
///
///     swift run Explaining ../../fixtures/brewery/input
@main
struct Explaining {
    static func main() throws {
        guard let folder = CommandLine.arguments.dropFirst().first else {
            print("usage: Explaining PACKAGE")
            return
        }
        let planner = Planner()
        let stations = try planner.forecastToPlan(packageAt: folder)
        var run = try planner.plan(stations)
        explain(run)
        try whatIf(planner, stations, run)
        try relief(planner, run)
        try deadlines(planner, run)
        try promises(planner, run)

        // The questions about plan folders need one.
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-example-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: output) }
        try run.write(to: output)
        try compare(planner, output)
        try risk(planner, folder, output)
        try review(planner, folder, output)
    }
}
