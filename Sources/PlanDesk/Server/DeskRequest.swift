import Foundation

/// A request as the desk's pages see it, whichever server brought it.
struct DeskRequest: Sendable {
    var method: String
    /// Percent-decoded, split at the slashes.
    var path: [String]
    var query: FormFields
    /// Names in lower case.
    var headers: [String: String]
    /// Of a posted form; empty otherwise.
    var form: FormFields

    init(method: String, path: String, query: FormFields = FormFields(), headers: [String: String] = [:], body: [UInt8] = []) {
        self.method = method
        self.path = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        self.query = query
        self.headers = headers
        form = FormFields(urlEncoded: body)
    }

    /// Value of a cookie; nil where the browser sent none.
    func cookie(_ name: String) -> String? {
        for part in (headers["cookie"] ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if pair.count == 2, pair[0] == name { return pair[1] }
        }
        return nil
    }
}

/// Fields of a query or a posted form, in order; a name may stand several times.
struct FormFields: Sendable, Hashable {
    private(set) var fields: [(name: String, value: String)] = []

    init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    /// Reads `application/x-www-form-urlencoded`.
    init(urlEncoded bytes: [UInt8]) {
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            fields.append((FormFields.decoded(pair[0]), pair.count > 1 ? FormFields.decoded(pair[1]) : ""))
        }
    }

    /// The first value of a name; nil where it is missing or blank.
    subscript(_ name: String) -> String? {
        guard let value = fields.first(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
        return value
    }

    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    /// `name=value&…`, percent-encoded.
    static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { escaped($0.0) + "=" + escaped($0.1) }.joined(separator: "&")
    }

    /// One value for a URL.
    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.unicodeScalars.append(UnicodeScalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
                continue
            }
            result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func == (a: FormFields, b: FormFields) -> Bool { a.fields.elementsEqual(b.fields, by: ==) }
    func hash(into hasher: inout Hasher) { for field in fields { hasher.combine(field.name); hasher.combine(field.value) } }
}

/// What goes back.
struct DeskResponse: Sendable {
    enum Body: Sendable {
        case bytes(Data)
        /// Server-sent events of a job until it ends.
        case events(Job)
    }

    var status = 200
    var headers: [(name: String, value: String)] = []
    var body = Body.bytes(Data())

    static func html(_ text: String, status: Int = 200) -> DeskResponse {
        DeskResponse(status: status, headers: [("Content-Type", "text/html; charset=utf-8")], body: .bytes(Data(text.utf8)))
    }

    static func text(_ text: String, status: Int) -> DeskResponse {
        DeskResponse(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: .bytes(Data((text + "\n").utf8)))
    }

    static func file(_ data: Data, type: String, name: String? = nil) -> DeskResponse {
        var response = DeskResponse(headers: [("Content-Type", type)], body: .bytes(data))
        if let name { response.headers.append(("Content-Disposition", "attachment; filename=\"\(name)\"")) }
        return response
    }

    /// After a posted form: the browser gets the page anew, so that going back or reloading posts nothing twice.
    static func see(_ path: String) -> DeskResponse { DeskResponse(status: 303, headers: [("Location", path)]) }

    func with(_ name: String, _ value: String) -> DeskResponse {
        var response = self
        response.headers.append((name, value))
        return response
    }
}
