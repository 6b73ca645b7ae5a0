/// What the iterations of a solve work with.
final class SolveWorkspace {
    private struct Parts {
        var point: Iterate
        var system: NewtonSystem
        var search: SearchDirection
    }

    private(set) var solver: InteriorPointSolver
    private let threads: Int
    private let stopwatch: PhaseStopwatch?
    /// nil only while others are made.
    private var parts: Parts!

    var point: Iterate { parts.point }
    var system: NewtonSystem { parts.system }
    var search: SearchDirection { parts.search }

    init(_ solver: InteriorPointSolver, threads: Int, stopwatch: PhaseStopwatch?) {
        self.solver = solver
        self.threads = threads
        self.stopwatch = stopwatch
        parts = makeParts()
    }

    private func makeParts() -> Parts {
        let point = Iterate(solver.working, threads: threads)
        let system = NewtonSystem(solver.working, NormalPattern(solver.working, threads: threads), threads: threads, stopwatch: stopwatch)
        return Parts(point: point, system: system, search: SearchDirection(point, system))
    }

    /// Goes on from the same point without other limits.
    ///
    /// - Parameter x: The point, shape [n] of the whole program.
    func leaveOut(_ limits: [LeftOutLimits.Limit], at x: [Double]) {
        let before = IterateSnapshot(point)
        // Two systems at once would not fit into memory well.
        parts = nil
        solver = solver.leavingOut(limits)
        parts = makeParts()
        point.adopt(before, x: x)
        point.update(system)
    }

    /// Another start, where the first steps of one lead nowhere.
    enum Retreat {
        case centre(distance: Double)
        case path(PathPoint, centredAt: Double)
    }

    func begin(_ retreat: Retreat) {
        switch retreat {
        case .centre(let distance): point.startCentrally(distance: distance)
        case .path(let earlier, let factor): solver.place(point, at: earlier, centredAt: factor, system: system)
        }
    }
}
