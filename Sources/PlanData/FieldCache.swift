import PlanModel

/// Remembers which index an id's bytes stand for, so that a column of millions of ids is decoded once per different id.
///
/// Open addressing with linear probing over one byte arena; only ids that are known get in, so it cannot outgrow the id's own table.
struct FieldCache {
    private var slots: [Int32]
    private var entries: [(start: Int, count: Int, value: Int)] = []
    private var arena: [UInt8] = []

    init() { slots = [Int32](repeating: -1, count: 64) }

    func value(of key: UnsafeRawBufferPointer) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: FieldCache.hash(key)) & mask
        return slots.withUnsafeBufferPointer { slots in
            entries.withUnsafeBufferPointer { entries in
                arena.withUnsafeBytes { arena in
                    while slots[slot] >= 0 {
                        let entry = entries[Int(slots[slot])]
                        if entry.count == key.count, FieldCache.areEqual(arena, entry.start, key) { return entry.value }
                        slot = (slot + 1) & mask
                    }
                    return nil
                }
            }
        }
    }

    mutating func insert(_ key: UnsafeRawBufferPointer, value: Int) {
        if (entries.count + 1) * 2 > slots.count { grow() }
        place(hash: FieldCache.hash(key), entry: entries.count)
        entries.append((arena.count, key.count, value))
        arena.append(contentsOf: key)
    }

    private mutating func place(hash: UInt64, entry: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(entry)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (number, entry) in entries.enumerated() {
            let hash = arena.withUnsafeBytes {
                FieldCache.hash(UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.start + entry.count]))
            }
            place(hash: hash, entry: number)
        }
    }

    @inline(__always)
    private static func areEqual(_ arena: UnsafeRawBufferPointer, _ start: Int, _ key: UnsafeRawBufferPointer) -> Bool {
        var i = 0
        while i < key.count {
            if arena[start + i] != key[i] { return false }
            i += 1
        }
        return true
    }

    /// Eight bytes at a time, multiplied and folded; the order of slots never reaches any output.
    @inline(__always)
    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(key.count)
        var i = 0
        while i + 8 <= key.count {
            hash = (hash ^ key.loadUnaligned(fromByteOffset: i, as: UInt64.self)) &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 32
            i += 8
        }
        var rest: UInt64 = 0
        while i < key.count {
            rest = rest << 8 | UInt64(key[i])
            i += 1
        }
        hash = (hash ^ rest) &* 0xD6E8_FEB8_6659_FD93
        return hash ^ (hash >> 29)
    }
}

/// The ids of one kind of thing, and where to add one that is missing.
final class IdIndex {
    /// "account", "site or account"
    let noun: Bilingual
    /// "accounts.csv"
    let file: Bilingual
    private(set) var ids: [String]
    private var positions: [String: Int]
    /// False when the ids' own table could not be read: an unknown id then says nothing.
    let isComplete: Bool

    init(noun: Bilingual, file: Bilingual, ids: [String], isComplete: Bool) {
        self.noun = noun
        self.file = file
        self.ids = ids
        self.isComplete = isComplete
        positions = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(id: String) -> Int? { positions[id] }

    func nearest(to id: String) -> String? { nearestName(to: id, among: ids) }
}
