/// SHA-256 of bytes that come in pieces (FIPS 180-4, section 6.2).
///
/// Our own forty lines, because the package that has it compiles hundreds of C files on every user's machine
/// (docs/decisions/0008-own-sha256.md); tested with the standard's vectors.
struct SHA256 {
    private var state = State(
        a: 0x6a09_e667, b: 0xbb67_ae85, c: 0x3c6e_f372, d: 0xa54f_f53a, e: 0x510e_527f, f: 0x9b05_688c, g: 0x1f83_d9ab, h: 0x5be0_cd19)
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// The eight working variables, in registers while a block is mixed in.
    private struct State {
        var a, b, c, d, e, f, g, h: UInt32
    }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount &+= UInt64(bytes.count)
        var offset = 0
        if !pending.isEmpty {
            offset = min(64 - pending.count, bytes.count)
            pending.append(contentsOf: bytes[0..<offset])
            guard pending.count == 64 else { return }
            let block = pending
            pending.removeAll(keepingCapacity: true)
            block.withUnsafeBytes { compress($0, from: 0, blocks: 1) }
        }
        let blocks = (bytes.count - offset) / 64
        compress(bytes, from: offset, blocks: blocks)
        offset += 64 * blocks
        pending.append(contentsOf: bytes[offset...])
    }

    /// The digest in lower-case hexadecimal. The value is used up.
    mutating func finalized() -> String {
        let bits = byteCount &* 8
        var tail = pending + [0x80]
        while tail.count % 64 != 56 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) { tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
        tail.withUnsafeBytes { compress($0, from: 0, blocks: $0.count / 64) }
        let digits = Array("0123456789abcdef")
        var text = ""
        for word in [state.a, state.b, state.c, state.d, state.e, state.f, state.g, state.h] {
            for shift in stride(from: 28, through: 0, by: -4) { text.append(digits[Int((word >> UInt32(shift)) & 15)]) }
        }
        return text
    }

    /// Mixes whole blocks of 64 bytes into the state.
    ///
    /// The sixteen last words of the message schedule stand in a ring; eight rounds are written out so that the variables change their
    /// names instead of their places.
    private mutating func compress(_ bytes: UnsafeRawBufferPointer, from start: Int, blocks: Int) {
        var sum = state
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { w in
            SHA256.constants.withUnsafeBufferPointer { k in
                for offset in stride(from: start, to: start + 64 * blocks, by: 64) {
                    for i in 0..<16 { w[i] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 4 * i, as: UInt32.self)) }
                    var s = sum
                    for round in stride(from: 0, to: 64, by: 8) {
                        func word(_ i: Int) -> UInt32 { k[round + i] &+ SHA256.scheduled(w, round + i) }
                        SHA256.mix(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, word(0))
                        SHA256.mix(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, word(1))
                        SHA256.mix(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, word(2))
                        SHA256.mix(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, word(3))
                        SHA256.mix(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, word(4))
                        SHA256.mix(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, word(5))
                        SHA256.mix(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, word(6))
                        SHA256.mix(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, word(7))
                    }
                    sum.a &+= s.a
                    sum.b &+= s.b
                    sum.c &+= s.c
                    sum.d &+= s.d
                    sum.e &+= s.e
                    sum.f &+= s.f
                    sum.g &+= s.g
                    sum.h &+= s.h
                }
            }
        }
        state = sum
    }

    /// Word t of the message schedule; from 16 on it takes the place of word t − 16.
    @inline(__always)
    private static func scheduled(_ w: UnsafeMutableBufferPointer<UInt32>, _ t: Int) -> UInt32 {
        guard t >= 16 else { return w[t] }
        let (before15, before2) = (w[(t &- 15) & 15], w[(t &- 2) & 15])
        let s0 = rotated(before15, 7) ^ rotated(before15, 18) ^ (before15 >> 3)
        let s1 = rotated(before2, 17) ^ rotated(before2, 19) ^ (before2 >> 10)
        let word = w[t & 15] &+ s0 &+ w[(t &- 7) & 15] &+ s1
        w[t & 15] = word
        return word
    }

    /// One round: `d` and `h` become the next round's e and a.
    @inline(__always)
    private static func mix(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ word: UInt32
    ) {
        // (e ∧ f) ⊕ (¬e ∧ g) = g ⊕ (e ∧ (f ⊕ g)), one operation fewer; the majority likewise.
        let t1 = h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ (g ^ (e & (f ^ g))) &+ word
        let t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ ((a & b) | (c & (a | b)))
        d = d &+ t1
        h = t1 &+ t2
    }

    @inline(__always)
    private static func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { (x &>> n) | (x &<< (32 &- n)) }
}
