/// Four neighbouring doubles: what one step of a hand-vectorised loop works on.
public typealias Lanes = SIMD4<Double>

@inlinable @inline(__always)
public func lanes(_ p: UnsafePointer<Double>, _ i: Int) -> Lanes {
    UnsafeRawPointer(p + i).loadUnaligned(as: Lanes.self)
}

@inlinable @inline(__always)
public func lanes(_ p: UnsafeMutablePointer<Double>, _ i: Int) -> Lanes {
    UnsafeRawPointer(p + i).loadUnaligned(as: Lanes.self)
}

@inlinable @inline(__always)
public func store(_ value: Lanes, _ p: UnsafeMutablePointer<Double>, _ i: Int) {
    UnsafeMutableRawPointer(p + i).storeBytes(of: value, as: Lanes.self)
}

@inlinable @inline(__always)
public func sumOfElements(_ a: Lanes) -> Double {
    (a[0] + a[2]) + (a[1] + a[3])
}

/// y[0..<n] −= a · x[0..<n].
@inlinable @inline(__always)
public func subtractScaled(_ a: Double, _ x: UnsafePointer<Double>, from y: UnsafeMutablePointer<Double>, count n: Int) {
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
@inlinable @inline(__always)
public func subtractProducts(
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
@inlinable @inline(__always)
public func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count n: Int) -> Double {
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
