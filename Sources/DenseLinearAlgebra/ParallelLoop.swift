import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs `body(0)`, …, `body(count - 1)`, on up to `threads` threads at once, and returns when all are done.
///
/// Which thread runs which item is left open, so a body must write only what belongs to its own item; sums over items are then formed
/// by the caller in item order. Results so made have the same bytes for any number of threads.
public func parallelFor(_ count: Int, threads: Int, _ body: (Int) -> Void) {
    guard threads > 1, count > 1 else {
        for item in 0..<max(count, 0) { body(item) }
        return
    }
    let workers = min(threads, count)
    withoutActuallyEscaping(body) { escapable in
        let shared = SharedBody(run: escapable)
        if workers >= count {
            DispatchQueue.concurrentPerform(iterations: count) { shared.run($0) }
        } else {
            // Strided shares, the caller's items are usually ordered by size, so that neighbours are alike.
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                var item = worker
                while item < count {
                    shared.run(item)
                    item += workers
                }
            }
        }
    }
}

/// The body's items are disjoint by contract, so it may be shared among threads.
private struct SharedBody: @unchecked Sendable {
    let run: (Int) -> Void
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
