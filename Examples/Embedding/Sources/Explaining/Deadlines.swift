import Fullshelf

/// By when must making and shipping begin for the key accounts?
func deadlines(_ planner: Planner, _ run: PlanningRun) throws {
    let view = PlanView(run.result, package: run.package, keyFigures: run.keyFigures)
    for deadline in try planner.deadlines(view, delays: 1).deadlines.prefix(5) {
        print(deadline.latest, deadline.step, deadline.product, "for", deadline.account, "later:", deadline.delays.first?.lost ?? 0)
    }
}
