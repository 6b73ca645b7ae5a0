import Fullshelf

/// Last season's plan against a later package; here the package itself, whose history ends before the season.
func review(_ planner: Planner, _ folder: String, _ output: String) throws {
    let (review, plan) = try planner.review(planAt: output, packageAt: folder, actualAt: folder)
    print(reviewText(review, package: plan.package, language: .english))
}
