import Fullshelf

/// Why is the most short account short, and who got it instead?
func explain(_ run: PlanningRun) {
    let view = PlanView(run.result, package: run.package, keyFigures: run.keyFigures)
    let lost = run.keyFigures.accounts.map(\.lost)
    guard let most = lost.indices.max(by: { lost[$0] < lost[$1] }) else { return }
    let explanation = Explanation(view, scope: ExplanationScope(account: most), language: run.language)
    print(explanation.service.lost, "lost; the causes add up to", explanation.causes.reduce(0) { $0 + $1.lost })
    print(explanationText(explanation, package: run.package, language: run.language, rows: 3))
}
