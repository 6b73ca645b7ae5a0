import CExpat

/// Why a part of a workbook is no XML of ours.
enum XMLProblem: Error {
    case malformed(line: Int, reason: String)
    case hasDoctype
}

/// Attributes of an element that has just begun; valid during the call only.
struct XMLAttributes {
    fileprivate let names: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    /// Value of the attribute with this name, whatever its namespace prefix; nil where there is none.
    func value(_ name: StaticString) -> UnsafePointer<CChar>? {
        guard var position = names else { return nil }
        while let attribute = position.pointee {
            if localName(attribute).isEqual(to: name) { return position[1] }
            position += 2
        }
        return nil
    }

    subscript(_ name: StaticString) -> String? { value(name).map { String(cString: $0) } }
}

/// A name without its namespace prefix.
struct XMLName {
    fileprivate let start: UnsafePointer<CChar>

    func isEqual(to name: StaticString) -> Bool {
        name.withUTF8Buffer { bytes in
            var offset = 0
            while offset < bytes.count {
                if UInt8(bitPattern: start[offset]) != bytes[offset] { return false }
                offset += 1
            }
            return start[offset] == 0
        }
    }

    static func ~= (name: StaticString, value: XMLName) -> Bool { value.isEqual(to: name) }
}

private func localName(_ name: UnsafePointer<CChar>) -> XMLName {
    var start = name
    var position = name
    while position.pointee != 0 {
        if position.pointee == CChar(UInt8(ascii: ":")) { start = position + 1 }
        position += 1
    }
    return XMLName(start: start)
}

/// Reads XML piece by piece and tells of each element and text. A document type is refused: workbooks have none, and entities could swell.
final class XMLStream {
    private let parser: XML_Parser
    private let onStart: (XMLName, XMLAttributes) -> Void
    private let onText: (UnsafeBufferPointer<UInt8>) -> Void
    private let onEnd: (XMLName) -> Void
    private var hasDoctype = false

    init(
        start: @escaping (XMLName, XMLAttributes) -> Void, text: @escaping (UnsafeBufferPointer<UInt8>) -> Void = { _ in },
        end: @escaping (XMLName) -> Void
    ) {
        onStart = start
        onText = text
        onEnd = end
        guard let parser = XML_ParserCreate(nil) else { fatalError("out of memory") }
        self.parser = parser
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { data, name, attributes in
                guard let data, let name else { return }
                Unmanaged<XMLStream>.fromOpaque(data).takeUnretainedValue().onStart(localName(name), XMLAttributes(names: attributes))
            },
            { data, name in
                guard let data, let name else { return }
                Unmanaged<XMLStream>.fromOpaque(data).takeUnretainedValue().onEnd(localName(name))
            })
        XML_SetCharacterDataHandler(parser) { data, text, count in
            guard let data, let text else { return }
            text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
                Unmanaged<XMLStream>.fromOpaque(data).takeUnretainedValue().onText(UnsafeBufferPointer(start: bytes, count: Int(count)))
            }
        }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            guard let data else { return }
            let stream = Unmanaged<XMLStream>.fromOpaque(data).takeUnretainedValue()
            stream.hasDoctype = true
            XML_StopParser(stream.parser, 0)
        }
    }

    deinit { XML_ParserFree(parser) }

    /// Reads the next piece.
    func read(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(XMLProblem) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard XML_Parse(parser, start, Int32(bytes.count), isLast ? 1 : 0) != XML_STATUS_OK else { return }
        if hasDoctype { throw .hasDoctype }
        throw .malformed(
            line: Int(XML_GetCurrentLineNumber(parser)),
            reason: XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "unknown")
    }
}
