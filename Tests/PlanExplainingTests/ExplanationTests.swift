import Fullshelf
import TestSupport
import Testing

/// Explanations add up, forwards and backwards, in both languages.
@Suite struct ExplanationTests {
    private static func view(_ package: DataPackage) throws -> PlanView {
        let run = try Planner(threads: 1).plan(package)
        return PlanView(run.result, package: package, keyFigures: run.keyFigures)
    }

    @Test(arguments: 0..<UInt64(30)) func causesAddUpAndPeggingComesOut(seed: UInt64) throws {
        let season = RandomSeason(seed: 4000 + seed)
        let view = try Self.view(season.package)
        let whole = Explanation(view, scope: ExplanationScope(), language: .english)
        #expect(abs(whole.causes.reduce(0) { $0 + $1.lost } - whole.service.lost) <= 1e-6 * (1 + whole.service.demand))
        for account in season.package.accounts.indices {
            let one = Explanation(view, scope: ExplanationScope(account: account), language: .chinese)
            #expect(abs(one.causes.reduce(0) { $0 + $1.lost } - one.service.lost) <= 1e-6 * (1 + one.service.demand))
            // Every served unit has a source, and no other has.
            #expect(abs(one.sources.reduce(0) { $0 + $1.quantity } - one.service.served) <= 1e-5 * (1 + one.service.demand), "seed \(seed)")
            for cause in one.causes { #expect(cause.sentence.contains("损失")) }
        }
        // The hours of each line serve the accounts whose goods came from it, and what is left in stock.
        for line in season.package.lines {
            let resource = Explanation(view, scope: ExplanationScope(resource: line.id), language: .english)
            for use in resource.uses where use.kind == "hours" {
                let served = use.accounts.reduce(0) { $0 + $1.quantity }
                let row = view.plan.lineUse.first {
                    season.package.lines[$0.line].id == line.id && season.package.horizon.firstDay(of: $0.bucket).description == use.bucket
                }
                #expect(served <= (row?.hoursUsed ?? 0) + 1e-4 * (1 + use.capacity), "seed \(seed) \(use)")
            }
        }
    }

    @Test func theScarceLineIsNamedWithWhoGotIt() throws {
        let package = PackageBuilder(buckets: 1).plant("PL").line("L", at: "PL", hours: 100).lineProduct("L").account("A").account(
            "B", tier: 2
        )
        .lane("PL-A", from: "PL", to: "A").lane("PL-B", from: "PL", to: "B").demand("A", [80]).demand("B", [80]).build().package
        let view = try Self.view(package)
        let explanation = Explanation(view, scope: ExplanationScope(account: 1), language: .english)
        let cause = try #require(explanation.causes.first)
        #expect(explanation.causes.count == 1 && cause.reason == "hours" && cause.resource == "L" && abs(cause.lost - 60) <= 0.01)
        #expect(cause.takers.first.map { $0.account == "A" && $0.tier == 1 && abs($0.quantity - 80) <= 0.01 } ?? false)
        let help = try #require(explanation.help.first)
        #expect(help.kind == "hours" && abs(help.needed - 60) <= 0.01 && abs(help.saves - 60) <= 0.01)
        let use = try #require(Explanation(view, scope: ExplanationScope(resource: "L"), language: .english).uses.first)
        #expect(use.accounts.map(\.account) == ["A", "B"] && abs(use.accounts[1].quantity - 20) <= 0.01)
        let english = explanationText(explanation, package: package, language: .english)
        #expect(english.contains("the hours of line L are used up") && english.contains("It went to A (tier 1, 80 h)"))
        let chinese = Explanation(view, scope: ExplanationScope(account: 1), language: .chinese)
        #expect(explanationText(chinese, package: package, language: .chinese).contains("产线 L 的工时"))
    }
}
