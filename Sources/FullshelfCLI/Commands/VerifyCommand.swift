import ArgumentParser
import Fullshelf

/// `fullshelf verify FOLDER OUT`
struct VerifyCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Lets the independent checker judge the CSV files of any plan.",
        discussion: """
            Examples:
              fullshelf verify my-season my-season/out
              fullshelf verify my-season plan-made-elsewhere --format json

            The checker knows the package, the plan's files and the rules, and shares no code with the solver. The certificate's bounds are
            computed again from the prices in basis.bin, without solving; the program they are prices of is built as for planning. Exit code 1
            when a rule is broken; every broken rule is named with its row and by how much.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Argument(help: "The plan folder.", completion: .directory)
    var plan: String

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: nil, package: folder) }

    /// More than this many sentences help nobody on a terminal; JSON has them all.
    private static let shownProblems = 50

    func perform(on console: Console) throws -> CommandStatus {
        let verification = try withProgress(on: console) { try Planner.command().verify(packageAt: folder, planAt: plan, progress: $0) }
        if output.format == .json {
            console.printJSON(VerifyOutput(verification))
        } else {
            for note in verification.notes where !output.quiet { console.printError(note, style: console.errorStyle) }
            for problem in verification.problems.prefix(Self.shownProblems) {
                console.print("\(console.outputStyle.red("\(problem.subject.rawValue):")) \(problem.constraint) (off by \(problem.amount))")
            }
            let more = verification.problems.count - Self.shownProblems
            if more > 0 { console.print("… and \(more) more; --format json names them all.") }
            if verification.isClean {
                let ranks = counted(verification.check.rankValues.count, "rank value")
                let claims =
                    verification.certificate == nil
                    ? "The folder has no certificate.json: nothing was claimed about \(ranks)."
                    : verification.provenBounds == nil
                        ? "\(ranks) agree with the certificate."
                        : "\(ranks) agree with the certificate, and its bounds with the prices the plan left."
                say(
                    """
                    \(console.outputStyle.green("ok:")) all rules hold; the largest violation is \(verification.check.feasibility.maxViolation) of its row. \
                    \(claims)
                    """, on: console)
            } else {
                console.print("\(counted(verification.problems.count, "problem")) found in \(plan).")
            }
        }
        return verification.isClean ? .done : .problemsFound
    }
}

private struct VerifyOutput: Encodable {
    struct ProblemOutput: Encodable {
        var subject: String
        var constraint: String
        /// nil when it is not a finite number.
        var amount: Double?
        var relative: Double?
    }

    struct RankOutput: Encodable {
        var rank: String
        var tier: Int?
        var value: Double?
        /// Computed again from the prices the plan left; nil where it left none that fit.
        var bound: Double?
    }

    var clean: Bool
    var problems: [ProblemOutput]
    var maxViolation: Double?
    var constraint: String
    /// Recomputed from the plan's rows.
    var ranks: [RankOutput]
    var findings: [FindingOutput]

    init(_ verification: Verification) {
        func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
        clean = verification.isClean
        problems = verification.problems.map {
            ProblemOutput(subject: $0.subject.rawValue, constraint: $0.constraint, amount: finite($0.amount), relative: finite($0.relative))
        }
        maxViolation = finite(verification.check.feasibility.maxViolation)
        constraint = verification.check.feasibility.constraint
        let bounds = verification.provenBounds?.bounds ?? []
        ranks = verification.check.rankValues.map { entry in
            RankOutput(
                rank: entry.rank.aim.rawValue, tier: entry.rank.tier, value: finite(entry.value),
                bound: bounds.first { $0.rank == entry.rank }.flatMap { finite($0.bound) })
        }
        findings = verification.notes.map(FindingOutput.init)
    }
}
