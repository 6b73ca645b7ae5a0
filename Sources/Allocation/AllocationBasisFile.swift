import InteriorPoint
import PlanModel

/// A basis as bytes, to be kept beside the plan it came from.
///
///     "FSBASIS3" | amount tiers | rows, columns, digest of the form, promises apart | promises: digest of the id, row, columns | x
///     | solves: question, product, x and y of the path, prices | ranks: question, settled columns, their values | digest of all before
///
/// Numbers are little-endian, counts and digests of 64 bits. The bytes of the same basis are the same.
extension AllocationBasis {
    private static let magic = Array("FSBASIS3".utf8)

    public var bytes: [UInt8] {
        var out = ByteWriter(bytes: AllocationBasis.magic)
        out.put(amountTiers.sorted().map(UInt64.init))
        for count in [UInt64(form.rowCount), UInt64(form.columnCount), form.digest] { out.put(count) }
        out.put(UInt64(promises.count))
        for place in promises {
            out.put(place.digest)
            out.put(UInt64(place.row))
            out.put(place.columns.map(UInt64.init))
        }
        out.put(x.map(\.bitPattern))
        let sorted = solves.map { (code: $0.key.code, solve: $0.value) }.sorted { $0.code.lexicographicallyPrecedes($1.code) }
        out.put(UInt64(sorted.count))
        for (code, solve) in sorted {
            out.put(code)
            out.put(solve.path.map { [$0.product.bitPattern] } ?? [])
            out.put((solve.path?.x ?? []).map(\.bitPattern))
            out.put((solve.path?.y ?? []).map(\.bitPattern))
            out.put(solve.prices.map(\.bitPattern))
        }
        let ranks = settled.map { (code: Question.rank($0.key).code, columns: $0.value) }
            .sorted { $0.code.lexicographicallyPrecedes($1.code) }
        out.put(UInt64(ranks.count))
        for (code, columns) in ranks {
            out.put(code)
            out.put(columns.map { UInt32($0.column) })
            out.put(columns.map(\.value.bitPattern))
        }
        out.put(digest(of: out.bytes[...]))
        return out.bytes
    }

    /// Nil for anything but the whole bytes of a basis.
    public init?(bytes: [UInt8]) {
        let magic = AllocationBasis.magic
        guard bytes.count > magic.count + 8, bytes.starts(with: magic) else { return nil }
        var end = ByteReader(bytes: bytes[(bytes.count - 8)...])
        guard let stated: UInt64 = end.get(), stated == digest(of: bytes[..<(bytes.count - 8)]) else { return nil }
        var input = ByteReader(bytes: bytes[magic.count..<(bytes.count - 8)])
        guard let tiers: [UInt64] = input.getArray(), let rows: UInt64 = input.get(), let columns: UInt64 = input.get(),
            let form: UInt64 = input.get(), let promiseCount: UInt64 = input.get(), promiseCount <= UInt64(bytes.count)
        else { return nil }
        var promises: [PromisePlace] = []
        for _ in 0..<promiseCount {
            guard let digest: UInt64 = input.get(), let row: UInt64 = input.get(), let places: [UInt64] = input.getArray(),
                places.count == 2
            else { return nil }
            promises.append(PromisePlace(digest: digest, row: Int(clamping: row), columns: places.map { Int(clamping: $0) }))
        }
        guard let x: [UInt64] = input.getArray(), let count: UInt64 = input.get(), let formRows = Int(exactly: rows),
            let formColumns = Int(exactly: columns), x.count == formColumns + 2 * promises.count
        else { return nil }
        let rowCount = formRows + promises.count
        var solves: [Question: Solve] = [:]
        for _ in 0..<count {
            guard let code: [UInt64] = input.getArray(), let question = Question(code: code), let product: [UInt64] = input.getArray(),
                let pathX: [UInt32] = input.getArray(), let pathY: [UInt32] = input.getArray(), let prices: [UInt64] = input.getArray(),
                prices.count == rowCount, product.isEmpty || (pathX.count == x.count && pathY.count == rowCount)
            else { return nil }
            solves[question] = Solve(
                path: product.first.map {
                    PathPoint(
                        x: pathX.map(Float.init(bitPattern:)), y: pathY.map(Float.init(bitPattern:)), product: Double(bitPattern: $0))
                }, prices: prices.map(Double.init(bitPattern:)))
        }
        guard let rankCount: UInt64 = input.get() else { return nil }
        var settled: [Rank: [Settled]] = [:]
        for _ in 0..<rankCount {
            guard let code: [UInt64] = input.getArray(), case .rank(let rank)? = Question(code: code),
                let places: [UInt32] = input.getArray(), let values: [UInt64] = input.getArray(), places.count == values.count,
                places.allSatisfy({ $0 < x.count })
            else { return nil }
            settled[rank] = zip(places, values).map { Settled(column: Int($0), value: Double(bitPattern: $1)) }
        }
        self.init(
            form: ProgramForm(rowCount: formRows, columnCount: formColumns, digest: form),
            amountTiers: Set(tiers.map { Int(clamping: $0) }),
            promises: promises, x: x.map(Double.init(bitPattern:)), solves: solves, settled: settled)
    }
}

extension AllocationBasis.Question {
    private static let aims: [Aim] = [.guarantees, .lostSales, .sharing, .lateness, .stockUnderMinimum, .cost]

    fileprivate var code: [UInt64] {
        switch self {
        case .together: [0]
        case .tidiness: [1]
        case .lossPrices(let tier): [2, UInt64(tier)]
        case .rank(let rank): [3, UInt64(Self.aims.firstIndex(of: rank.aim) ?? 0), UInt64(rank.tier ?? 0)]
        }
    }

    fileprivate init?(code: [UInt64]) {
        switch (code.first, code.count) {
        case (0, 1): self = .together
        case (1, 1): self = .tidiness
        case (2, 2): self = .lossPrices(tier: Int(clamping: code[1]))
        case (3, 3) where code[1] < UInt64(Self.aims.count):
            self = .rank(Rank(aim: Self.aims[Int(code[1])], tier: code[2] == 0 ? nil : Int(clamping: code[2])))
        default: return nil
        }
    }
}

private func digest(of bytes: ArraySlice<UInt8>) -> UInt64 {
    var digest = Digest()
    for byte in bytes { digest.add(UInt32(byte)) }
    return digest.value
}

private struct ByteWriter {
    var bytes: [UInt8]

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// The count, then the numbers.
    mutating func put<Number: FixedWidthInteger>(_ numbers: [Number]) {
        put(UInt64(numbers.count))
        for number in numbers { put(number) }
    }
}

private struct ByteReader {
    var bytes: ArraySlice<UInt8>

    mutating func get<Number: FixedWidthInteger>() -> Number? {
        let size = MemoryLayout<Number>.size
        guard bytes.count >= size else { return nil }
        let number = bytes.prefix(size).withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
        bytes = bytes.dropFirst(size)
        return number
    }

    mutating func getArray<Number: FixedWidthInteger>() -> [Number]? {
        guard let count: UInt64 = get(), count <= UInt64(bytes.count / MemoryLayout<Number>.size) else { return nil }
        var numbers: [Number] = []
        numbers.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let number: Number = get() else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
