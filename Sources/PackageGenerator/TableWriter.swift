import PlanModel

/// Appends CSV rows to memory, and hands full blocks on where a file takes them, so that fourteen million rows need no more memory than a
/// few.
final class TableWriter {
    private(set) var bytes: [UInt8] = []
    private let separator: UInt8
    private let output: (([UInt8]) throws -> Void)?
    private var isRowStart = true
    private static let blockSize = 1 << 20

    /// - Parameter output: Takes full blocks in order; nil = everything stays in ``bytes``.
    init(separator: UInt8 = UInt8(ascii: ","), output: (([UInt8]) throws -> Void)? = nil) {
        self.separator = separator
        self.output = output
    }

    private func beginField() {
        if !isRowStart { bytes.append(separator) }
        isRowStart = false
    }

    /// A field quoted where RFC 4180 asks for it.
    func text(_ value: String) {
        beginField()
        let utf8 = Array(value.utf8)
        guard utf8.contains(where: { $0 == separator || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
            bytes += utf8
            return
        }
        bytes.append(0x22)
        for byte in utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    func blank() { beginField() }

    /// A number in its shortest form, whole numbers without a point; infinity is blank.
    func number(_ value: Double?) {
        beginField()
        guard let value, value.isFinite else { return }
        if let whole = Int(exactly: value) { digits(whole) } else { bytes += Array(value.description.utf8) }
    }

    func date(_ value: CalendarDate?) {
        beginField()
        if let value { bytes += Array(value.description.utf8) }
    }

    func endRow() throws {
        bytes.append(0x0A)
        isRowStart = true
        if output != nil, bytes.count >= TableWriter.blockSize { try flush() }
    }

    /// A row of the large tables, from fields that are known to need no quotes.
    func quantityRow(_ date: [UInt8], _ account: [UInt8], _ product: [UInt8], _ quantity: Double) throws {
        bytes += date
        bytes.append(separator)
        bytes += account
        bytes.append(separator)
        bytes += product
        bytes.append(separator)
        digits(Int(quantity))
        try endRow()
    }

    /// Hands on what is left.
    func flush() throws {
        guard let output else { return }
        try output(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private func digits(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var reversed: [UInt8] = []
        repeat {
            reversed.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes.append(contentsOf: reversed.reversed())
    }
}
