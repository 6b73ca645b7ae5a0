import Fullshelf

/// What differs between two plan folders? Here a plan and itself: nothing.
func compare(_ planner: Planner, _ output: String) throws {
    let (comparison, package) = try planner.compare(planAt: output, with: output)
    print(comparisonText(comparison, package: package, language: .english))
}
