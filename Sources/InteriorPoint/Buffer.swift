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

/// Four neighbouring doubles: what one step of a hand-vectorised loop works on.
typealias Lanes = SIMD4<Double>

@inline(__always)
func lanes(_ p: UnsafePointer<Double>, _ i: Int) -> Lanes {
    UnsafeRawPointer(p + i).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func lanes(_ p: UnsafeMutablePointer<Double>, _ i: Int) -> Lanes {
    UnsafeRawPointer(p + i).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func store(_ value: Lanes, _ p: UnsafeMutablePointer<Double>, _ i: Int) {
    UnsafeMutableRawPointer(p + i).storeBytes(of: value, as: Lanes.self)
}

@inline(__always)
func sumOfElements(_ a: Lanes) -> Double {
    (a[0] + a[2]) + (a[1] + a[3])
}

/// y[0..<n] −= a · x[0..<n].
@inline(__always)
func subtractScaled(_ a: Double, _ x: UnsafePointer<Double>, from y: UnsafeMutablePointer<Double>, count n: Int) {
    let factor = Lanes(repeating: a)
    var i = 0
    while i &+ 4 <= n {
        store(lanes(y, i) - factor * lanes(x, i), y, i)
        i &+= 4
    }
    while i < n {
        y[i] -= a * x[i]
        i &+= 1
    }
}

/// y[0..<n] −= a[0..<n] · x[0..<n].
@inline(__always)
func subtractProducts(
    _ a: UnsafePointer<Double>, _ x: UnsafePointer<Double>, from y: UnsafeMutablePointer<Double>, count n: Int
) {
    var i = 0
    while i &+ 4 <= n {
        store(lanes(y, i) - lanes(a, i) * lanes(x, i), y, i)
        i &+= 4
    }
    while i < n {
        y[i] -= a[i] * x[i]
        i &+= 1
    }
}

/// Σ x[i] y[i], in one fixed order of additions.
@inline(__always)
func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count n: Int) -> Double {
    var a = Lanes.zero, b = Lanes.zero
    var i = 0
    while i &+ 8 <= n {
        a += lanes(x, i) * lanes(y, i)
        b += lanes(x, i &+ 4) * lanes(y, i &+ 4)
        i &+= 8
    }
    var sum = sumOfElements(a + b)
    while i < n {
        sum += x[i] * y[i]
        i &+= 1
    }
    return sum
}
