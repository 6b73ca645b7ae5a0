import Fullshelf

/// History, forecast with its range, overrides and events of one series, as inline SVG; told apart by line style and shape as well as by colour.
struct ForecastChart {
    var buckets: Range<Int>
    /// One a bucket of `buckets`; nil = nothing there.
    var history: [Double?]
    var forecast: [Double?]
    var low: [Double?]
    var high: [Double?]
    var overrides: [Double?]
    var labels: [String] = []
    /// First and last bucket of each.
    var events: [(name: String, from: Int, to: Int)] = []
    var names = (history: "", forecast: "", range: "", override: "", event: "")
    var title = ""
    var summary = ""

    private let width = 1000.0
    private let height = 280.0
    private let left = 58.0
    private let right = 10.0
    private let top = 14.0
    private let bottom = 26.0

    var svg: String {
        let highest = (history + forecast + high + overrides).compactMap { $0 }.max() ?? 0
        let step = ForecastChart.niceStep(highest)
        let ceiling = max(step, (highest / step).rounded(.up) * step)
        let pitch = (width - left - right) / Double(max(buckets.count, 1))
        func x(_ index: Int) -> Double { left + pitch * (Double(index) + 0.5) }
        func y(_ value: Double) -> Double { height - bottom - (height - bottom - top) * min(max(value / ceiling, 0), 1) }

        var drawing = ""
        for event in events {
            let from = event.from - buckets.lowerBound
            drawing +=
                "<rect class=\"e\" x=\"\(px(left + pitch * Double(from)))\" y=\"\(px(top))\" width=\"\(px(pitch * Double(event.to - event.from + 1)))\" height=\"\(px(height - bottom - top))\"><title>\(escaped(event.name))</title></rect>"
        }
        var value = 0.0
        while value <= ceiling * 1.0001 {
            drawing +=
                "<line class=\"\(value == 0 ? "axis" : "rule")\" x1=\"\(px(left))\" y1=\"\(px(y(value)))\" x2=\"\(px(width - right))\" y2=\"\(px(y(value)))\"/>"
            drawing +=
                "<text x=\"\(px(left - 7))\" y=\"\(px(y(value) + 4))\" text-anchor=\"end\">\(Wording.grouped(value, decimals: step >= 1 ? 0 : 2))</text>"
            value += step
        }
        let every = max(1, Int((64 / pitch).rounded(.up)))
        for index in stride(from: 0, to: buckets.count, by: every) where index < labels.count {
            drawing += "<text x=\"\(px(x(index)))\" y=\"\(px(height - 8))\" text-anchor=\"middle\">\(escaped(labels[index]))</text>"
        }
        if buckets.contains(0) {
            let start = left + pitch * Double(-buckets.lowerBound)
            drawing += "<line class=\"now\" x1=\"\(px(start))\" y1=\"\(px(top))\" x2=\"\(px(start))\" y2=\"\(px(height - bottom))\"/>"
        }
        let inside = forecast.indices.filter { low[$0] != nil && high[$0] != nil }
        if !inside.isEmpty {
            let points =
                inside.map { "\(px(x($0))),\(px(y(high[$0] ?? 0)))" } + inside.reversed().map { "\(px(x($0))),\(px(y(low[$0] ?? 0)))" }
            drawing += "<polygon class=\"q\" points=\"\(points.joined(separator: " "))\"/>"
        }
        drawing += "<path class=\"h\" d=\"\(path(history, x, y))\"/><path class=\"f\" d=\"\(path(forecast, x, y))\"/>"
        for (index, quantity) in overrides.enumerated() {
            guard let quantity else { continue }
            drawing += diamond(x(index), y(quantity), label: "\(names.override) \(Wording.grouped(quantity, decimals: 0))")
        }
        return """
            <figure><svg class="chart" viewBox="0 0 \(px(width)) \(px(height))" role="img" aria-labelledby="chart-t chart-d"><title id="chart-t">\(escaped(title))</title>\
            <desc id="chart-d">\(escaped(summary))</desc>\(drawing)</svg><figcaption><ul class="legend">\(key("<path class=\"h\" d=\"M1 7H25\"/>", names.history))\
            \(key("<path class=\"f\" d=\"M1 7H25\"/>", names.forecast))\(key("<polygon class=\"q\" points=\"1,2 25,2 25,12 1,12\"/>", names.range))\
            \(key(diamond(13, 7, label: nil), names.override))\(key("<rect class=\"e\" x=\"1\" y=\"1\" width=\"24\" height=\"12\"/>", names.event))</ul></figcaption></figure>
            """
    }

    private func key(_ drawing: String, _ name: String) -> String {
        "<li><svg viewBox=\"0 0 26 14\" aria-hidden=\"true\">\(drawing)</svg>\(escaped(name))</li>"
    }

    private func diamond(_ x: Double, _ y: Double, label: String?) -> String {
        let points = "\(px(x)),\(px(y - 6)) \(px(x + 6)),\(px(y)) \(px(x)),\(px(y + 6)) \(px(x - 6)),\(px(y))"
        return "<polygon class=\"o\" points=\"\(points)\">\(label.map { "<title>\(escaped($0))</title>" } ?? "")</polygon>"
    }

    private func path(_ values: [Double?], _ x: (Int) -> Double, _ y: (Double) -> Double) -> String {
        var d = ""
        var isDrawing = false
        for (index, value) in values.enumerated() {
            guard let value, value.isFinite else {
                isDrawing = false
                continue
            }
            d += "\(isDrawing ? "L" : "M")\(px(x(index))) \(px(y(value)))"
            isDrawing = true
        }
        return d
    }

    /// 1, 2 or 5 times a power of ten, about a fifth of the height.
    static func niceStep(_ highest: Double) -> Double {
        guard highest > 0, highest.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= highest / 5 { power *= 10 }
        while power > highest / 5 { power /= 10 }
        let rough = highest / 5 / power
        return power * (rough <= 1 ? 1 : rough <= 2 ? 2 : rough <= 5 ? 5 : 10)
    }

    /// A tenth of a pixel is fine enough and keeps the page small.
    private func px(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
