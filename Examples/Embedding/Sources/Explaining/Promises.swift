import Fullshelf

/// What does each promise cost the others, and what could still be promised to an order?
func promises(_ planner: Planner, _ run: PlanningRun) throws {
    let report = try planner.promises(BasePlan(run))
    for price in report.prices { print(price.guarantee, "costs the tiers", price.lostByTier, "and", price.lostValue) }
    if !report.conflict.isEmpty { print("cannot be kept together:", report.conflict) }
    let order = try planner.promise(BasePlan(run), account: 0, product: 0, bucket: run.package.horizon.count / 2, quantity: 100)
    print("of 100 free:", order.free, "all from", order.freeDate ?? "no bucket")
}
