import PlanModel

/// HTML text. Interpolating a `String` escapes it, so an id or name from a file can never become markup; literals and other `Markup` go in as they are.
struct Markup: ExpressibleByStringInterpolation {
    private(set) var html: String

    init(stringLiteral value: String) { html = value }
    init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

    struct StringInterpolation: StringInterpolationProtocol {
        var html = ""

        init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity + interpolationCount * 16) }
        mutating func appendLiteral(_ literal: String) { html += literal }
        mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }
        mutating func appendInterpolation(_ number: Int) { html += String(number) }
        mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
    }

    static let empty: Markup = ""

    static func += (left: inout Markup, right: Markup) { left.html += right.html }

    /// Text for element content and quoted attributes. Control characters, which HTML does not allow, are left out.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n", "\r": escaped += " "
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE: break
            // Marks that turn the reading direction could make a line read otherwise than it is.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Sequence where Element == Markup {
    func joined() -> Markup {
        var all = Markup.empty
        for part in self { all += part }
        return all
    }
}

/// A table of text cells; numbers stand right, words left.
struct HTMLTable {
    struct Column {
        var title: String
        var isNumber = false
    }

    var caption: String?
    var columns: [Column]
    private(set) var body: Markup = .empty
    private(set) var rowCount = 0

    init(caption: String? = nil, columns: [Column]) {
        self.caption = caption
        self.columns = columns
    }

    mutating func row(_ cells: [Markup], isTotal: Bool = false) {
        rowCount += 1
        body += isTotal ? "<tr class=\"total\">" : "<tr>"
        for (index, cell) in cells.enumerated() {
            let isNumber = index < columns.count && columns[index].isNumber
            if index == 0 && !isNumber {
                body += "<th scope=\"row\">\(cell)</th>"
            } else {
                body += isNumber ? "<td class=\"n\">\(cell)</td>" : "<td>\(cell)</td>"
            }
        }
        body += "</tr>\n"
    }

    var markup: Markup { markup(isFixed: false) }

    /// A table whose rows tell something in their order: not to be sorted.
    var fixedMarkup: Markup { markup(isFixed: true) }

    private func markup(isFixed: Bool) -> Markup {
        var head: Markup = .empty
        for column in columns {
            head += column.isNumber ? "<th scope=\"col\" class=\"n\">\(column.title)</th>" : "<th scope=\"col\">\(column.title)</th>"
        }
        let title: Markup = caption.map { "<caption>\($0)</caption>" } ?? ""
        // From nine columns on, print takes a smaller letter.
        let classes = [isFixed ? "fixed" : nil, columns.count >= 9 ? "wide" : nil].compactMap { $0 }.joined(separator: " ")
        let kind: Markup = classes.isEmpty ? "" : " class=\"\(classes)\""
        return
            "<div class=\"scroll\" tabindex=\"0\"><table\(kind)>\(title)<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body)</tbody></table></div>\n"
    }
}
