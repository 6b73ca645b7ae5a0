import Allocation
import PlanCheck
import PlanData

/// Why there is no plan. ``description`` says what happened, ``advice`` what to do.
public enum PlanningError: Error, Sendable, CustomStringConvertible {
    /// The package has errors; all its findings, errors and notes.
    case unusableInput([Finding])
    /// Changes asked about cannot be made; all findings about them.
    case unusableChanges([Finding])
    /// The files of a plan folder cannot be read; all findings about them.
    case unusablePlan([Finding])
    /// The data contradict each other: no plan of any quality exists. What is broken, largest first.
    case contradictoryInput([String])
    /// The rank asked for is not one of the package's.
    case unknownRank(String)
    /// The independent checker found the finished plan to break a rule: a fault of ours. Largest violation first.
    case planFailsCheck([Violation])
    /// A step failed for a reason of ours.
    case internalFailure(step: PlanningStep, reason: String)
    /// The plan could not be written; what stood there before is untouched.
    case notWritten(folder: String, reason: String)
    /// ``Planner/isCancelled`` asked to stop.
    case cancelled

    public var description: String {
        switch self {
        case .unusableInput(let findings):
            let errors = findings.filter { $0.severity == .error }
            return "The data package has errors:\n" + errors.map(\.description).joined(separator: "\n")
        case .unusableChanges(let findings):
            return "The changes cannot be made:\n" + findings.map(\.description).joined(separator: "\n")
        case .unusablePlan(let findings):
            let errors = findings.filter { $0.severity == .error }
            return "The plan cannot be read:\n" + errors.map(\.description).joined(separator: "\n")
        case .contradictoryInput(let broken):
            return "No plan can keep everything that is fixed; what would have to break:" + broken.map { "\n  \($0)" }.joined()
        case .unknownRank(let reason): return reason
        case .planFailsCheck(let violations):
            let named = violations.prefix(5).map { "\n  \($0.constraint): off by \($0.amount)" }.joined()
            return "The plan breaks its own rules in \(violations.count) places and was not written:\(named)"
        case .internalFailure(let step, let reason): return "The step \"\(step.rawValue)\" failed: \(reason)."
        case .notWritten(let folder, let reason): return "The plan could not be written to \(folder): \(reason)"
        case .cancelled: return "Planning was cancelled; nothing was written."
        }
    }

    public var advice: String {
        switch self {
        case .unusableInput: "Correct the rows that are named; nothing is planned on a package with errors."
        case .unusableChanges: "Correct the changes that are named; `fullshelf what-if --help` lists the kinds and their fields."
        case .unusablePlan: "Correct what is named, or write the plan again."
        case .contradictoryInput: "Correct the frozen decisions, opening stock, goods in transit or limits that are named."
        case .unknownRank: "The order of ranks is in [plan] ranks of plan.toml; the tiers are shown by `fullshelf segment`."
        case .planFailsCheck, .internalFailure:
            "This is a fault of Fullshelf. Please report it, if you can with the data package. Nothing was written."
        case .notWritten: "Name another folder, or make room or give permission there. What stood there before is untouched."
        case .cancelled: "Start again when you like."
        }
    }

    /// An error of the allocation in the words of a planning run.
    init(_ error: any Error) {
        switch error {
        case let error as PlanningError: self = error
        case AllocationError.noPlanExists(let broken): self = .contradictoryInput(broken)
        case AllocationError.cancelled: self = .cancelled
        case AllocationError.unknownRank(let rank): self = .unknownRank("The plan has no rank \(rank).")
        default: self = .internalFailure(step: .allocate, reason: "\(error)")
        }
    }
}
