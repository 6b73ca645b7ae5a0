import Foundation
import Fullshelf

/// Long work that a page started: it goes on when the page is left, tells how far it is, and can be called off.
final class Job: @unchecked Sendable {
    enum Kind: String, Sendable { case forecast, plan, whatIf }

    enum State: Sendable, Equatable {
        case waiting
        case running(activity: String, share: Double?)
        /// Path of the page that shows what came out.
        case done(path: String)
        case failed(String)
        case cancelled

        var isEnd: Bool {
            switch self {
            case .waiting, .running: false
            case .done, .failed, .cancelled: true
            }
        }
    }

    let id: Int
    let kind: Kind
    let language: ReportLanguage
    /// Where to go back to when it comes to nothing.
    let backPath: String

    private let condition = NSCondition()
    // Guarded by `condition`.
    private var current = State.waiting
    private var number = 0
    private var isCalledOff = false

    init(id: Int, kind: Kind, language: ReportLanguage, backPath: String) {
        self.id = id
        self.kind = kind
        self.language = language
        self.backPath = backPath
    }

    var state: State { condition.withLock { current } }

    /// The state and its number, which counts up with every change.
    var numbered: (number: Int, state: State) { condition.withLock { (number, current) } }

    var isCancelled: Bool { condition.withLock { isCalledOff } }

    func cancel() {
        condition.withLock {
            isCalledOff = true
            condition.broadcast()
        }
    }

    func set(_ state: State) {
        condition.withLock {
            guard !current.isEnd, current != state else { return }
            current = state
            number += 1
            condition.broadcast()
        }
    }

    var progress: ProgressHandler {
        { step in
            let share = step.share.flatMap { $0.isFinite ? min(max($0, 0), 1) : nil }
            // A thousandth is more than anybody sees.
            self.set(.running(activity: step.activity, share: share.map { ($0 * 1000).rounded() / 1000 }))
        }
    }

    /// Waits until it has ended, no longer than `seconds`.
    func wait(upTo seconds: Double) -> State {
        let end = Date().addingTimeInterval(seconds)
        return condition.withLock {
            while !current.isEnd, condition.wait(until: end) {}
            return current
        }
    }
}

/// All jobs of a desk: one works at a time, so that two windows that plan do not halve each other's speed.
final class JobList: @unchecked Sendable {
    private let condition = NSCondition()
    // Guarded by `condition`.
    private var jobs: [Int: Job] = [:]
    private var lastID = 0
    private var isBusy = false

    /// Starts work on a thread of its own.
    ///
    /// - Parameter work: Returns the path of the page with the result; what it throws is told on the page.
    func start(_ kind: Job.Kind, language: ReportLanguage, backPath: String, _ work: @escaping @Sendable (Job) throws -> String) -> Job {
        let job = condition.withLock {
            lastID += 1
            let job = Job(id: lastID, kind: kind, language: language, backPath: backPath)
            jobs[lastID] = job
            // What ended long ago is not asked for any more; its result is in the history.
            if jobs.count > 100, let oldest = jobs.values.filter({ $0.state.isEnd }).map(\.id).min() { jobs[oldest] = nil }
            return job
        }
        let thread = Thread { self.run(job, work) }
        // As much as a main thread has.
        thread.stackSize = 8 << 20
        thread.start()
        return job
    }

    private func run(_ job: Job, _ work: (Job) throws -> String) {
        let isOurTurn = condition.withLock {
            while isBusy, !job.isCancelled { _ = condition.wait(until: Date().addingTimeInterval(0.1)) }
            if !isBusy { isBusy = true } else { return false }
            return true
        }
        guard isOurTurn else { return job.set(.cancelled) }
        defer {
            condition.withLock {
                isBusy = false
                condition.broadcast()
            }
        }
        if job.isCancelled { return job.set(.cancelled) }
        do {
            job.set(.done(path: try work(job)))
        } catch PlanningError.cancelled {
            job.set(.cancelled)
        } catch {
            job.set(.failed(errorText(error, job.language)))
        }
    }

    func job(_ id: Int) -> Job? { condition.withLock { jobs[id] } }

    /// The job at work or waiting, oldest first.
    var active: [Job] { condition.withLock { jobs.values.filter { !$0.state.isEnd }.sorted { $0.id < $1.id } } }
}
