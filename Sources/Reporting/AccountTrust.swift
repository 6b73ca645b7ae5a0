import PlanModel

/// How far to trust the forecast of each key account, at a glance: its error beside last year's figure, and how often what came lay in the range.
///
/// One line an account, the largest first. Left: WAPE of the forecast (bar) and of last year's figure (stroke). Right: share of figures inside the outermost
/// quantiles (dot) against what these promise (line); a dot far below it says that the ranges of this account are too narrow to plan by.
struct AccountTrust {
    private struct Line {
        var name: String
        var sold: Double
        var wape: Double
        var naive: Double?
        var coverage: Double?
    }

    private let lines: [Line]
    /// Share the outermost quantiles promise to hold.
    private let promised: Double
    private let words: Wording

    private static let mostLines = 30
    /// Points below the promise from which on a range is called too narrow.
    private static let tolerance = 0.1
    /// Geometry, in units of the drawing.
    private static let (rowHeight, nameWidth, errorWidth, gap, coverWidth, top) = (22.0, 190.0, 330.0, 60.0, 170.0, 40.0)

    /// - Parameter accounts: Indices of the accounts shown.
    init(_ report: BacktestReport, package: DataPackage, accounts: [Int], words: Wording) {
        let titles = Dictionary(accounts.map { (package.accounts[$0].id, package.title(account: $0)) }, uniquingKeysWith: { a, _ in a })
        let found = report.groups(by: .account).compactMap { group -> Line? in
            guard let title = titles[group.name], let wape = group.errors.model.wape else { return nil }
            return Line(
                name: title, sold: group.errors.model.actual, wape: wape, naive: group.errors.naive.wape,
                coverage: group.errors.model.coverage)
        }
        lines = Array(found.sorted { ($1.sold, $0.name) < ($0.sold, $1.name) }.prefix(Self.mostLines))
        promised = report.highest - report.lowest
        self.words = words
    }

    /// Empty where no account was judged.
    var markup: Markup {
        let highest = lines.flatMap { [$0.wape, $0.naive ?? 0] }.max() ?? 0
        guard highest > 0 else { return .empty }
        func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        let errorStart = Self.nameWidth
        let coverStart = errorStart + Self.errorWidth + Self.gap
        let width = coverStart + Self.coverWidth + 60
        let height = Self.top + Self.rowHeight * Double(lines.count) + 8
        func error(_ value: Double) -> Double { errorStart + Self.errorWidth * value / highest }
        func cover(_ value: Double) -> Double { coverStart + Self.coverWidth * min(max(value, 0), 1) }
        var drawing: Markup = """
            <text x="\(number(errorStart))" y="14">\(words("error (WAPE)", "误差（WAPE）"))</text>
            <text x="\(number(coverStart))" y="14">\(words("inside the range", "落入区间"))</text>
            <text x="\(number(cover(promised)))" y="32" text-anchor="middle">\(words.percent(promised))</text>
            <line class="axis" x1="\(number(errorStart))" y1="\(number(Self.top))" x2="\(number(errorStart))" y2="\(number(height - 4))"/>
            <line class="rule" x1="\(number(cover(promised)))" y1="\(number(Self.top - 4))" x2="\(number(cover(promised)))" y2="\(number(height - 4))"/>

            """
        for (index, line) in lines.enumerated() {
            let middle = Self.top + Self.rowHeight * (Double(index) + 0.5)
            drawing += """
                <text class="note" x="\(number(errorStart - 8))" y="\(number(middle + 4))" text-anchor="end">\(line.name.fitted(to: 28))</text>
                <rect class="s-served" x="\(number(errorStart))" y="\(number(middle - 7))" width="\(number(error(line.wape) - errorStart))" height="14"/>
                <text x="\(number(error(line.wape) + 5))" y="\(number(middle + 4))">\(words.percent(line.wape))</text>

                """
            if let naive = line.naive {
                drawing += """
                    <line class="s-plan" x1="\(number(error(naive)))" y1="\(number(middle - 8))" x2="\(number(error(naive)))" y2="\(number(middle + 8))"/>

                    """
            }
            if let coverage = line.coverage {
                let isNarrow = coverage < promised - Self.tolerance
                drawing += """
                    <circle cx="\(number(cover(coverage)))" cy="\(number(middle))" r="4.5" fill="var(\(isNarrow ? "--warm" : "--main"))"/>
                    <text x="\(number(coverStart + Self.coverWidth + 12))" y="\(number(middle + 4))">\(words.percent(coverage))\(isNarrow ? " !" : "")</text>

                    """
            }
        }
        let title = words("How far to trust each key account's forecast", "各大客户预测的可信度")
        let legend = words(
            "Bar: error of the forecast; stroke: of last year's figure. Dot: share of what came that lay in the range, the line is what the range promises; \"!\": the range is too narrow.",
            "条：预测误差；竖线：去年同期误差。点：实际值落入区间的比例，直线为区间应有的比例；“!”：区间过窄。")
        return """
            <figure><figcaption>\(title)</figcaption>
            <svg class="chart" viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-label="\(title)">
            \(drawing)</svg>
            <p>\(legend)</p></figure>

            """
    }
}
