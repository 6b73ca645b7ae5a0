#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#else
    import Foundation
#endif

/// Natural logarithm; the one place that knows which C library has it.
@inline(__always) func forecastingLog(_ x: Double) -> Double { log(x) }

@inline(__always) func forecastingExp(_ x: Double) -> Double { exp(x) }

@inline(__always) func forecastingPower(_ x: Double, _ y: Double) -> Double { pow(x, y) }

/// Natural logarithm and exponential for modules that import no C library of their own.
public func logarithm(_ x: Double) -> Double { log(x) }

public func exponential(_ x: Double) -> Double { exp(x) }
