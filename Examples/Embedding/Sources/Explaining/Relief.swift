import Fullshelf

/// The least extra hours that make everybody whole, by the cost of overtime, and by when.
func relief(_ planner: Planner, _ run: PlanningRun) throws {
    for step in try planner.relief(BasePlan(run), target: .everyone, basis: .cost, kinds: [.hours]) {
        print(step.share, "of the loss:", step.value, "proven no less than", step.bound)
        for item in step.items {
            print(run.package.horizon.firstDay(of: item.bucket), run.package.lines[item.resource].id, "+", item.quantity, "h")
        }
    }
}
