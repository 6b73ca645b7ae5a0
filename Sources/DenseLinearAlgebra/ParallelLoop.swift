import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs `body(0)`, …, `body(count - 1)`, on up to `threads` threads at once, and returns when all are done.
///
/// Items are taken in their order, each by whichever thread is free. Which one that is is left open, so a body must write only what belongs to its own
/// item; sums over items are then formed by the caller in item order. Results so made have the same bytes for any number of threads.
public func parallelFor(_ count: Int, threads: Int, _ body: (Int) -> Void) {
    let workers = min(threads, count)
    guard workers > 1 else {
        for item in 0..<max(count, 0) { body(item) }
        return
    }
    withoutActuallyEscaping(body) { escapable in
        let shared = SharedBody(run: escapable), next = NextItem()
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let item = next.take()
                guard item < count else { return }
                shared.run(item)
            }
        }
    }
}

/// The body's items are disjoint by contract, so it may be shared among threads.
private struct SharedBody: @unchecked Sendable {
    let run: (Int) -> Void
}

/// Hands out 0, 1, 2, …, each number once.
private final class NextItem: Sendable {
    private let next = Atomic(0)

    func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// Makes OpenBLAS, where it is the BLAS in use, run on one thread: our own loops are the parallel ones, and its sums then do not depend on the
/// number of cores. Does nothing for another BLAS. Cheap after the first call.
public func useSerialBLAS() {
    _ = serialBLAS
}

private let serialBLAS: Bool = {
    #if canImport(Darwin)
        let wholeProgram = UnsafeMutableRawPointer(bitPattern: -2)
    #else
        let wholeProgram: UnsafeMutableRawPointer? = nil
    #endif
    guard let symbol = dlsym(wholeProgram, "openblas_set_num_threads") else { return false }
    typealias SetThreads = @convention(c) (Int32) -> Void
    unsafeBitCast(symbol, to: SetThreads.self)(1)
    return true
}()
