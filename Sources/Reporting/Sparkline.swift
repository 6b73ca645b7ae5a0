/// A row of blocks that shows the shape of a series in one line of text: ▂▃▅▇█▆▃.
///
/// The largest value is a full block, 0 a space, and whatever is above 0 at least the lowest block, so that little is not taken for nothing.
///
/// - Parameters:
///   - values: ≥ 0, finite.
///   - width: Most characters; a longer series is shown by the means of neighbours.
///   - top: Value of the full block; nil = the largest of the series.
package func sparkline(_ values: [Double], width: Int, top: Double? = nil) -> String {
    guard !values.isEmpty, width > 0 else { return "" }
    let number = min(width, values.count)
    let shown = (0..<number).map { place in
        let part = values[place * values.count / number..<(place + 1) * values.count / number]
        return part.reduce(0, +) / Double(part.count)
    }
    let highest = top ?? shown.max() ?? 0
    let blocks = Array("▁▂▃▄▅▆▇█")
    return String(
        shown.map { value in
            guard value > 0, highest > 0 else { return " " }
            return blocks[min(blocks.count - 1, max(0, Int((value / highest * Double(blocks.count)).rounded(.up)) - 1))]
        })
}
