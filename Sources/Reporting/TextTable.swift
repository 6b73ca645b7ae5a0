/// A plain-text table for the terminal; wide characters (Chinese, Japanese, Korean, full-width forms) count two columns.
package struct TextTable {
    package enum Alignment { case left, right }

    package var alignments: [Alignment]
    package var rows: [[String]] = []

    package init(alignments: [Alignment]) { self.alignments = alignments }

    /// Lines without trailing spaces, cells two spaces apart, each line indented by `indent` spaces.
    package func lines(indent: Int = 2) -> [String] {
        let columns = alignments.count
        var widths = [Int](repeating: 0, count: columns)
        for row in rows {
            for (column, cell) in row.enumerated() where column < columns { widths[column] = max(widths[column], cell.displayWidth) }
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for column in 0..<columns {
                let cell = column < row.count ? row[column] : ""
                let padding = String(repeating: " ", count: widths[column] - cell.displayWidth)
                line += alignments[column] == .left ? cell + padding : padding + cell
                if column < columns - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

extension String {
    /// Terminal columns: 0 for combining marks and joiners, 2 for East Asian wide and full-width characters, else 1.
    var displayWidth: Int {
        unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: width
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
                0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
                width + 2
            default: width + 1
            }
        }
    }

    /// At most `columns` wide, the rest cut off with an ellipsis; control characters, which could steer a terminal, become spaces.
    package func fitted(to columns: Int) -> String {
        let safe = String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F || (0x80...0x9F).contains($0.value) ? " " : $0 }))
        guard safe.displayWidth > columns else { return safe }
        var text = ""
        var width = 0
        for character in safe {
            let next = String(character).displayWidth
            if width + next > columns - 1 { break }
            text.append(character)
            width += next
        }
        return text + "…"
    }
}
