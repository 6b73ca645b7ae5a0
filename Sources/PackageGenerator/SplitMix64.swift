/// The generator's only source of chance: SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators").
///
/// Every subject draws from a stream of its own, named by a label and an index, so that adding a draw for lanes leaves the accounts as they
/// were.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64, stream label: String, index: Int = 0) {
        // FNV-1a of the label: Swift's own hashes differ from run to run.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = seed
        let first = next()
        state = first ^ hash
        let second = next()
        state = second &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In [0, 1), 53 random bits.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double { range.lowerBound + (range.upperBound - range.lowerBound) * uniform() }

    /// In 0 ..< count, count ≥ 1.
    mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

    /// Nearly normal with mean 0 and deviation 1: the sum of twelve 16-bit uniform numbers, so that no logarithm of some C library enters.
    mutating func normal() -> Double {
        var sum = 0
        for _ in 0..<3 {
            let bits = next()
            sum += Int(bits & 0xFFFF) + Int((bits >> 16) & 0xFFFF) + Int((bits >> 32) & 0xFFFF) + Int(bits >> 48)
        }
        return Double(sum - 12 * 65_535 / 2) / 65_536
    }
}

/// eˣ for |x| ≤ 700 by argument reduction and the Taylor series to degree 13 (relative error below 1e-15).
///
/// Only the four basic operations, so that every platform writes the same bytes; C libraries differ in the last digit.
func portableExp(_ x: Double) -> Double {
    let ln2High = 0.693_147_180_369_123_816_490
    let ln2Low = 1.908_214_929_270_587_700_02e-10
    let k = (x / (ln2High + ln2Low)).rounded()
    let r = (x - k * ln2High) - k * ln2Low
    var sum = 1.0
    for n in stride(from: 13, through: 1, by: -1) { sum = 1 + r * sum / Double(n) }
    return sum * Double(sign: .plus, exponent: Int(k), significand: 1)
}

/// Indices of `keys`, the largest key first, equal keys by index.
func indicesFallingBy(_ keys: [Double]) -> [Int] {
    keys.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }
}
