/// A fixed block of plain values at a stable address, for kernels that several threads write to at disjoint places.
///
/// Its owner answers for that disjointness; nothing here checks an index in release builds.
final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int, of value: Element) {
        // Aligned for vector loads.
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
        pointer = raw.bindMemory(to: Element.self, capacity: max(count, 1))
        pointer.initialize(repeating: value, count: max(count, 1))
        self.count = count
    }

    convenience init(_ values: [Element]) where Element: ExpressibleByIntegerLiteral {
        self.init(count: values.count, of: 0)
        for (i, value) in values.enumerated() { pointer[i] = value }
    }

    deinit {
        UnsafeMutableRawPointer(pointer).deallocate()
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count)
            return pointer[index]
        }
        set {
            assert(index >= 0 && index < count)
            pointer[index] = newValue
        }
    }

    func array() -> [Element] {
        Array(UnsafeBufferPointer(start: pointer, count: count))
    }
}
