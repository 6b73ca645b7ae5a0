import Fullshelf

/// How likely does each key account run dry under the plan?
func risk(_ planner: Planner, _ folder: String, _ output: String) throws {
    let opened = try planner.openPlan(at: output, packageAt: folder)
    for account in try planner.risk(opened, level: 0.1, paths: 500).accounts {
        print(account.account, "runs dry with probability", account.stockOut, "and serves", account.expectedFill)
    }
}
