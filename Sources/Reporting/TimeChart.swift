import PlanModel

/// A chart over the buckets of the horizon, drawn as inline SVG; told apart by line style and hatching as well as by colour, so it reads in grey.
struct TimeChart {
    enum Mark {
        /// Bars from 0, or on top of the bars before them where `isStacked`.
        case bars(isStacked: Bool)
        case line
        /// A line that keeps its value through a bucket: capacities.
        case steps
        /// Filled between `values` and `upper`.
        case band(upper: [Double])
    }

    struct Series {
        var name: String
        var mark: Mark
        /// nil = no value in that bucket.
        var values: [Double?]
        /// Class in the style sheet: gives colour, dashes, hatching.
        var style: String
    }

    /// Unique on the page.
    var id: String
    var title: String
    /// What a reader who cannot see the chart needs to know.
    var summary: String
    var unit: String
    var width = 760.0
    var height = 250.0
    var series: [Series]
    /// A bucket marked by a thin line and a word.
    var marker: (bucket: Int, text: String)?

    private let left = 56.0
    private let right = 12.0
    private let top = 22.0
    private let bottom = 28.0

    func markup(_ words: Wording) -> Markup {
        let count = words.horizon.count
        let step = TimeChart.niceStep(highest)
        let top = max(step, (highest / step).rounded(.up) * step)
        let scale = Scale(x0: left, x1: width - right, y0: height - bottom, y1: self.top, count: count, top: top)
        var drawing = grid(scale, step: step, top: top, words: words)
        var stacked = [Double](repeating: 0, count: count)
        for series in series { drawing += draw(series, scale, &stacked) }
        if let marker, marker.bucket < count {
            let x = scale.middle(marker.bucket)
            let anchor: Markup = marker.bucket > count * 3 / 4 ? "end" : "start"
            let shift = marker.bucket > count * 3 / 4 ? -5.0 : 5.0
            drawing += "<line class=\"marker\" x1=\"\(px(x))\" y1=\"\(px(self.top - 8))\" x2=\"\(px(x))\" y2=\"\(px(scale.y0))\"/>"
            drawing +=
                "<text class=\"note\" x=\"\(px(x + shift))\" y=\"\(px(self.top - 1))\" text-anchor=\"\(anchor)\">\(marker.text)</text>"
        }
        return """
            <figure><figcaption>\(title)</figcaption>
            <svg class="chart" viewBox="0 0 \(px(width)) \(px(height))" role="img" aria-labelledby="\(id)-t \(id)-d">
            <title id="\(id)-t">\(title)</title><desc id="\(id)-d">\(summary)</desc>
            \(drawing)</svg>
            \(legend)</figure>

            """
    }

    private var highest: Double {
        var highest = 0.0
        var stacked: [Double] = []
        for series in series {
            let values = series.values.map { $0 ?? 0 }
            if case .bars(true) = series.mark {
                stacked = values.enumerated().map { ($0.offset < stacked.count ? stacked[$0.offset] : 0) + $0.element }
                highest = max(highest, stacked.max() ?? 0)
            } else {
                if case .bars = series.mark { stacked = values }
                highest = max(highest, values.max() ?? 0)
            }
            if case .band(let upper) = series.mark { highest = max(highest, upper.max() ?? 0) }
        }
        return highest.isFinite ? highest : 0
    }

    private struct Scale {
        var x0, x1, y0, y1: Double
        var count: Int
        var top: Double

        var pitch: Double { (x1 - x0) / Double(max(count, 1)) }
        func start(_ bucket: Int) -> Double { x0 + pitch * Double(bucket) }
        func middle(_ bucket: Int) -> Double { start(bucket) + pitch / 2 }
        func y(_ value: Double) -> Double { y0 - (y0 - y1) * min(max(value / top, 0), 1) }
    }

    private func grid(_ scale: Scale, step: Double, top: Double, words: Wording) -> Markup {
        var drawing: Markup = .empty
        var value = 0.0
        while value <= top * 1.0001 {
            let y = scale.y(value)
            drawing +=
                "<line class=\"\(value == 0 ? "axis" : "rule")\" x1=\"\(px(scale.x0))\" y1=\"\(px(y))\" x2=\"\(px(scale.x1))\" y2=\"\(px(y))\"/>"
            drawing += "<text x=\"\(px(scale.x0 - 7))\" y=\"\(px(y + 4))\" text-anchor=\"end\">\(TimeChart.tick(value, step: step))</text>"
            value += step
        }
        drawing += "<text class=\"note\" x=\"0\" y=\"10\">\(unit)</text>"
        // As many dates as fit side by side.
        let every = max(1, Int((62 / scale.pitch).rounded(.up)))
        for bucket in stride(from: 0, to: scale.count, by: every) {
            let x = scale.middle(bucket)
            drawing += "<line class=\"axis\" x1=\"\(px(x))\" y1=\"\(px(scale.y0))\" x2=\"\(px(x))\" y2=\"\(px(scale.y0 + 4))\"/>"
            drawing += "<text x=\"\(px(x))\" y=\"\(px(scale.y0 + 18))\" text-anchor=\"middle\">\(words.shortBucket(bucket))</text>"
        }
        return drawing
    }

    private func draw(_ series: Series, _ scale: Scale, _ stacked: inout [Double]) -> Markup {
        switch series.mark {
        case .bars(let isStacked):
            var drawing: Markup = "<g class=\"\(series.style)\">"
            let gap = min(2, scale.pitch * 0.15)
            for (bucket, value) in series.values.enumerated() where bucket < scale.count {
                let base = isStacked ? stacked[bucket] : 0
                stacked[bucket] = base + (value ?? 0)
                guard let value, value > 0 else { continue }
                let y = scale.y(base + value)
                let size = scale.y(base) - y
                guard size > 0.05 else { continue }
                drawing += """
                    <rect x="\(px(scale.start(bucket) + gap / 2))" y="\(px(y))" width="\(px(scale.pitch - gap))" height="\(px(size))"/>
                    """
            }
            return drawing + "</g>\n"
        case .line: return "<path class=\"\(series.style)\" d=\"\(path(series.values) { (scale.middle($0), scale.y($1)) })\"/>\n"
        case .steps:
            var d = ""
            var isDrawing = false
            for (bucket, value) in series.values.enumerated() where bucket < scale.count {
                guard let value else {
                    isDrawing = false
                    continue
                }
                d += isDrawing ? "V" : "M\(plain(scale.start(bucket))) "
                d += "\(plain(scale.y(value)))H\(plain(scale.start(bucket + 1)))"
                isDrawing = true
            }
            return "<path class=\"\(series.style)\" d=\"\(d)\"/>\n"
        case .band(let upper):
            let low = series.values.prefix(scale.count).enumerated().map { (scale.middle($0.offset), scale.y($0.element ?? 0)) }
            let high = upper.prefix(scale.count).enumerated().map { (scale.middle($0.offset), scale.y($0.element)) }
            let points = (high + low.reversed()).map { "\(plain($0.0)),\(plain($0.1))" }.joined(separator: " ")
            return "<polygon class=\"\(series.style)\" points=\"\(points)\"/>\n"
        }
    }

    private func path(_ values: [Double?], _ position: (Int, Double) -> (Double, Double)) -> String {
        var d = ""
        var isDrawing = false
        for (bucket, value) in values.enumerated() {
            guard let value, value.isFinite else {
                isDrawing = false
                continue
            }
            let (x, y) = position(bucket, value)
            d += "\(isDrawing ? "L" : "M")\(plain(x)) \(plain(y))"
            isDrawing = true
        }
        return d
    }

    private var legend: Markup {
        var items: Markup = .empty
        for series in series {
            let swatch: Markup
            switch series.mark {
            case .bars: swatch = "<g class=\"\(series.style)\"><rect x=\"2\" y=\"2\" width=\"18\" height=\"10\"/></g>"
            case .band: swatch = "<polygon class=\"\(series.style)\" points=\"1,2 21,2 21,12 1,12\"/>"
            case .line, .steps: swatch = "<path class=\"\(series.style)\" d=\"M1 7H21\"/>"
            }
            items += "<li><svg viewBox=\"0 0 22 14\" aria-hidden=\"true\">\(swatch)</svg>\(series.name)</li>"
        }
        return "<ul class=\"legend\">\(items)</ul>"
    }

    /// 1, 2 or 5 times a power of ten, about a fourth of the height.
    static func niceStep(_ highest: Double) -> Double {
        guard highest > 0, highest.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= highest / 4 { power *= 10 }
        while power > highest / 4 { power /= 10 }
        let rough = highest / 4 / power
        return power * (rough <= 1 ? 1 : rough <= 2 ? 2 : rough <= 5 ? 5 : 10)
    }

    private static func tick(_ value: Double, step: Double) -> String {
        if step >= 1 { return Wording.grouped(value, decimals: 0) }
        return Wording.grouped(value, decimals: step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3)
    }

    private func px(_ value: Double) -> String { plain(value) }

    /// A tenth of a pixel is fine enough and keeps the page small.
    private func plain(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

extension Markup {
    static func + (left: Markup, right: Markup) -> Markup { "\(left)\(right)" }
}

/// A horizontal bar for a share in a table cell.
func shareBar(_ share: Double) -> Markup {
    let width = Int((min(max(share, 0), 1) * 1000).rounded())
    return """
        <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" height="8"/>\
        <rect class="part" width="\(width / 10).\(width % 10)" height="8"/></svg>
        """
}
