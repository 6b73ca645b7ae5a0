/// Writes JSON with keys in the order they are given, so that equal figures give equal bytes.
struct JSONText {
    private(set) var text = ""
    private var depth = 0
    private var isFirst = true

    mutating func object(_ members: (inout JSONText) -> Void) { nested("{", "}", members) }

    mutating func array<Element>(_ elements: [Element], _ each: (Element, inout JSONText) -> Void) {
        nested("[", "]") { json in
            for element in elements {
                json.separate()
                each(element, &json)
            }
        }
    }

    mutating func key(_ key: String, _ value: (inout JSONText) -> Void) {
        separate()
        text += JSONText.quoted(key) + ": "
        value(&self)
    }

    mutating func member(_ key: String, _ value: String) { self.key(key) { $0.text += JSONText.quoted(value) } }

    /// A number; nil and what JSON has no number for (NaN, infinity) are null.
    mutating func member(_ key: String, _ value: Double?) { self.key(key) { $0.text += JSONText.number(value) } }

    private mutating func nested(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        text += open
        depth += 1
        isFirst = true
        body(&self)
        depth -= 1
        if !isFirst { newLine() }
        isFirst = false
        text += close
    }

    private mutating func separate() {
        if !isFirst { text += "," }
        isFirst = false
        newLine()
    }

    private mutating func newLine() { text += "\n" + String(repeating: "  ", count: depth) }

    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "null" }
        // Whole numbers without the ".0" that Swift writes.
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return "\(value)"
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
