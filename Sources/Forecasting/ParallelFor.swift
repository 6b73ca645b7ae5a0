import Dispatch

/// A buffer that several threads write at different places.
private struct DisjointSlots<Element>: @unchecked Sendable { let base: UnsafeMutablePointer<Element?> }

/// Results of `body` for 0 ..< count, by index: the same for any number of threads.
///
/// - Parameters:
///   - threads: Workers; 1 or less runs on the calling thread alone.
///   - progress: Told the share done between chunks, from the calling thread.
package func parallelMap<Element: Sendable>(
    count: Int, threads: Int, progress: ((Double) -> Void)? = nil, _ body: @Sendable (Int) -> Element
) -> [Element] {
    var results = [Element?](repeating: nil, count: count)
    let workers = max(1, threads)
    // Large enough that starting the workers costs nothing, small enough for a progress line that moves.
    let chunk = 32 * workers
    results.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let shared = DisjointSlots(base: base)
        var start = 0
        while start < count {
            let end = min(count, start + chunk)
            if workers == 1 {
                for i in start..<end { shared.base[i] = body(i) }
            } else {
                let range = start..<end
                DispatchQueue.concurrentPerform(iterations: min(workers, range.count)) { worker in
                    for i in stride(from: range.lowerBound + worker, to: range.upperBound, by: workers) { shared.base[i] = body(i) }
                }
            }
            start = end
            progress?(Double(end) / Double(count))
        }
    }
    return results.compactMap { $0 }
}
