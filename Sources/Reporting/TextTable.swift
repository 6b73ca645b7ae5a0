/// A plain-text table for the terminal; wide characters (Chinese, Japanese, Korean, full-width forms) count two columns.
package struct TextTable {
    package enum Alignment { case left, right }

    package var alignments: [Alignment]
    package var rows: [[String]] = []

    package init(alignments: [Alignment]) { self.alignments = alignments }

    /// Columns of the terminal that shows the table; nil where none does, and nothing is cut then. Around a whole command, since every table a
    /// command prints has to fit the same terminal.
    @TaskLocal package static var terminalWidth: Int?

    /// A column of words is not cut below this: less says nothing.
    private static let leastWords = 8

    /// Lines without trailing spaces, cells two spaces apart, each line indented by `indent` spaces.
    ///
    /// On a terminal too narrow for the table its columns of words are cut, the widest first, and where that is not enough the last columns are
    /// left out: numbers are never cut.
    package func lines(indent: Int = 2) -> [String] {
        var columns = alignments.count
        var widths = [Int](repeating: 0, count: columns)
        for row in rows {
            for (column, cell) in row.enumerated() where column < columns { widths[column] = max(widths[column], cell.displayWidth) }
        }
        if let most = TextTable.terminalWidth { fit(&widths, &columns, to: most - indent) }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for column in 0..<columns {
                let cell = (column < row.count ? row[column] : "").fitted(to: widths[column])
                let padding = String(repeating: " ", count: widths[column] - cell.displayWidth)
                line += alignments[column] == .left ? cell + padding : padding + cell
                if column < columns - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func fit(_ widths: inout [Int], _ columns: inout Int, to most: Int) {
        func total() -> Int { widths[..<columns].reduce(0, +) + 2 * max(0, columns - 1) }
        while total() > most {
            let words = (0..<columns).filter { alignments[$0] == .left && widths[$0] > TextTable.leastWords }
            guard let widest = words.max(by: { widths[$0] < widths[$1] }) else { break }
            // Down to the next widest, so that neighbours of about one width stay so.
            let next = words.filter { widths[$0] < widths[widest] }.map { widths[$0] }.max() ?? TextTable.leastWords
            widths[widest] -= min(total() - most, max(1, widths[widest] - next))
        }
        while total() > most, columns > 2 { columns -= 1 }
    }
}

extension String {
    /// Terminal columns: 0 for combining marks and joiners, 2 for East Asian wide and full-width characters, else 1.
    package var displayWidth: Int {
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
