import PlanModel

/// The report of a plan as one self-contained page: no network, inline charts; prints on A4 and reads in grey. A small script of its own sorts and
/// filters the tables; without it everything is there all the same.
///
/// Long tables are cut to what a person reads, and say which file of the plan folder has all rows.
public func reportHTML(_ package: DataPackage, result: PlanResult, keyFigures: KeyFigures, language: ReportLanguage) -> String {
    let page = ReportPage(package, result: result, keyFigures: keyFigures, language: language)
    let words = page.words
    let horizon = package.horizon
    let length = "\(horizon.count) \(words.bucketWord(Double(horizon.count)))"
    let title = words("Season plan, \(length) from \(words.date(horizon.start))", "旺季计划：\(words.date(horizon.start))起\(length)")
    let scope = page.scope
    return pageDocument(
        title: title, first: "<p class=\"lead\">\(scope)</p>\n\(page.answers)\n\(page.headlineFigures)", sections: page.sections,
        footer: words(
            "Made by Fullshelf. The figures are those of the CSV files in the same folder.", "由 Fullshelf 生成，数字与同一文件夹中的 CSV 文件一致。"),
        words: words)
}

/// A whole page around its sections: style, script, contents. Nothing is fetched; the only script that may run is the one written here.
func pageDocument(title: String, first: Markup, sections: [ReportSection], footer: String, words: Wording) -> String {
    let navigation = sections.map { section -> Markup in "<a href=\"#\(section.id)\">\(section.title)</a> " }.joined()
    let body = sections.map { section -> Markup in
        "<section id=\"\(section.id)\">\n<h2>\(section.title)</h2>\n\(section.body)</section>\n"
    }.joined()
    let document: Markup = """
        <!DOCTYPE html>
        <html lang="\(words.language == .english ? "en" : "zh-CN")">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(reportScriptHash)'; img-src data:">
        <link rel="icon" href="data:,">
        <title>\(title)</title>
        <style>
        \(reportStyle)
        </style>
        </head>
        <body data-filter="\(words("Filter rows", "筛选"))" data-none="\(words("No row has this.", "没有符合的行。"))">
        <svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><pattern id="hatch" width="5" height="5" \
        patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/><rect width="2" height="5" fill="#a8480f"/>\
        </pattern><pattern id="ahead" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">\
        <rect width="6" height="6" fill="#cfdfea"/><rect width="3" height="6" fill="#1f567f"/></pattern></defs></svg>
        <header class="top">
        <h1>\(title)</h1>
        \(first)
        <nav aria-label="\(words("Contents", "目录"))">\(navigation)</nav>
        </header>
        <main>
        \(body)</main>
        <footer>\(footer)</footer>
        <script>\(reportScript)</script>
        </body>
        </html>

        """
    return document.html
}

/// A numbered part of the page.
struct ReportSection {
    var id: String
    var title: String
    var body: Markup
}

/// Everything the sections draw on.
struct ReportPage {
    let package: DataPackage
    let result: PlanResult
    let keyFigures: KeyFigures
    var facts: PlanFacts
    let words: Wording
    /// Tier of each account index.
    let tierOf: [Int]

    init(_ package: DataPackage, result: PlanResult, keyFigures: KeyFigures, language: ReportLanguage) {
        self.package = package
        self.result = result
        self.keyFigures = keyFigures
        facts = PlanFacts(package, result: result, keyFigures: keyFigures)
        words = Wording(language: language, horizon: package.horizon)
        tierOf = package.accounts.indices.map { result.segmentation.tier(of: $0) }
    }

    var sections: [ReportSection] {
        [
            tierSection, fillSection, seasonSection, stockSection, capacitySection, shortageSection, promiseSection, proofSection,
            actionSection, visitSection, costSection, forecastSection, inputSection,
        ]
    }

    /// "20 accounts, 10 products, 1 Mar 2027 to 29 Aug 2027"
    var scope: String {
        let horizon = package.horizon
        let lastDay = horizon.firstDay(of: horizon.count).adding(days: -1)
        return words(
            "\(counted(package.accounts.count, "account")), \(counted(package.products.count, "product")), \(words.date(horizon.start)) to \(words.date(lastDay))",
            "\(package.accounts.count) 个客户，\(package.products.count) 个产品，\(words.date(horizon.start))至\(words.date(lastDay))")
    }

    /// The one unit all products are counted in, or plain "units".
    var unit: String {
        let units = Set(package.products.map(\.unit))
        if units.count == 1, let only = units.first, !only.isEmpty { return only }
        return words("units", "件")
    }

    /// What quantities are called inside a sentence.
    var unitWord: String {
        switch words.language {
        case .english: "units"
        case .chinese: unit.unicodeScalars.allSatisfy(\.isASCII) ? "件" : unit
        }
    }

    /// With its number, by which the page's script sorts.
    func bucketCell(_ bucket: Int) -> Markup { "<span class=\"d\" data-v=\"\(bucket)\">\(words.bucket(bucket))</span>" }
}

// MARK: - First screen

extension ReportPage {
    /// Are the key accounts safe, who is short, when must we act.
    var answers: Markup { "<div class=\"answers\">\n\(safeAnswer)\(shortAnswer)\(whenAnswer)</div>" }

    private func panel(_ question: String, isAlert: Bool, _ answer: String, _ body: Markup) -> Markup {
        "<div\(isAlert ? " class=\"alert\"" as Markup : "")><h2>\(question)</h2><p class=\"big\">\(answer)</p>\(body)</div>\n"
    }

    private var safeAnswer: Markup {
        let question = words("Are our key accounts safe?", "大客户有保障吗？")
        guard facts.keyAccounts > 0, let figures = keyFigures.tiers.first else {
            return panel(
                question, isAlert: false, words("There are no key accounts", "没有大客户"),
                "<p>\(words("No account is in tier 1.", "没有第1级客户。"))</p>")
        }
        let fill = words.percent(figures.fillRate)
        let isSafe = facts.keyAccountsWhole == facts.keyAccounts
        let answer =
            isSafe
            ? words("Yes: all \(facts.keyAccounts) get everything they ask for", "有：全部 \(facts.keyAccounts) 个的需求都能满足")
            : words(
                "\(facts.keyAccountsWhole) of \(facts.keyAccounts) are; the others lose sales",
                "\(facts.keyAccounts) 个中 \(facts.keyAccountsWhole) 个有，其余会有损失")
        var body: Markup = "<p>\(words("Tier 1 gets \(fill) of its demand", "第1级需求满足率 \(fill)"))"
        if let cover = figures.averageCover {
            body +=
                "\(words("; its stock covers \(words.decimal(cover)) \(words.bucketWord(2)) on average.", "；库存平均可用 \(words.decimal(cover)) \(words.bucketWord(2))。"))"
        } else {
            body += "\(words(".", "。"))"
        }
        body += "</p>"
        let kept = promises.filter { $0.shortfall <= 1e-6 * max(1, $0.promised) }.count
        if !promises.isEmpty {
            body += "<p>\(words("Promises kept: \(kept) of \(promises.count).", "承诺：\(promises.count) 项中履行 \(kept) 项。"))</p>"
        }
        return panel(question, isAlert: !isSafe, answer, body)
    }

    private var shortAnswer: Markup {
        let question = words("Who is short?", "谁会缺货？")
        guard !facts.shortAccounts.isEmpty else {
            return panel(
                question, isAlert: false, words("Nobody", "没有客户缺货"), "<p>\(words("Every demand of the season is served.", "全季需求均可满足。"))</p>"
            )
        }
        let total = keyFigures.total
        let answer = words(
            "\(facts.shortAccounts.count) of \(package.accounts.count) accounts, \(words.units(total.lost)) \(unitWord)",
            "\(package.accounts.count) 个客户中 \(facts.shortAccounts.count) 个，共 \(words.units(total.lost)) \(unitWord)")
        let byTier = keyFigures.tiers.indices.compactMap { index -> Markup? in
            let number = facts.shortAccounts.filter { $0.tier == index + 1 }.count
            guard number > 0 else { return nil }
            let worst = facts.shortAccounts.first { $0.tier == index + 1 }.map { package.title(account: $0.account).fitted(to: 30) } ?? ""
            let lost = words.units(keyFigures.tiers[index].lost)
            return
                "<li><b>\(words.tier(index + 1))</b>: \(words("\(number) short, \(lost) lost; most at \(worst)", "\(number) 个缺货，损失 \(lost)，最多的是 \(worst)"))</li>"
        }.joined()
        let visits: Markup = "<p><a href=\"#visits\">\(words("Whom to visit first", "拜访清单"))</a></p>"
        return panel(question, isAlert: true, answer, "<ul>\(byTier)\(why)</ul>\(visits)")
    }

    /// The kinds of causes with their parts of the loss, the largest first: "Why: 83 % line hours (L1, L2), 17 % lane capacity (DC01-A004)".
    private var why: Markup {
        let whole = facts.causes.reduce(0) { $0 + $1.lost }
        guard whole > 0 else { return "" }
        var kinds: [(reason: ShortageReason, lost: Double, resources: [String])] = []
        for cause in facts.causes {
            if let index = kinds.firstIndex(where: { $0.reason == cause.reason }) {
                kinds[index].lost += cause.lost
                kinds[index].resources.append(cause.resource)
            } else {
                kinds.append((cause.reason, cause.lost, [cause.resource]))
            }
        }
        kinds.sort { $0.lost != $1.lost ? $0.lost > $1.lost : $0.reason.rawValue < $1.reason.rawValue }
        // Less than a two-hundredth of the loss is no answer.
        let parts = kinds.prefix(3).filter { $0.lost >= 0.005 * whole }.map { kind in
            let named = kind.resources.filter { !$0.isEmpty }.prefix(2).map { $0.fitted(to: 20) }.joined(separator: words(", ", "、"))
            let place = named.isEmpty ? "" : words(" (\(named))", "（\(named)）")
            return words(
                "\(words.percent(kind.lost / whole)) \(words.reason(kind.reason))\(place)",
                "\(words.reason(kind.reason))\(place)占 \(words.percent(kind.lost / whole))")
        }
        return "<li><b>\(words("Why", "原因"))</b>: \(parts.joined(separator: words(", ", "，")))</li>"
    }

    private var whenAnswer: Markup {
        let question = words("When must we act?", "何时必须行动？")
        var dates: [(bucket: Int, text: String)] = []
        if let preBuild = facts.preBuild {
            dates.append(
                (
                    preBuild.start,
                    words(
                        "pre-build starts: \(words.units(preBuild.units)) \(unitWord) by \(words.bucket(preBuild.top))",
                        "开始预生产：到\(words.bucket(preBuild.top))累计 \(words.units(preBuild.units)) \(unitWord)")
                ))
        }
        if let cause = facts.causes.filter({ $0.buckets != nil }).first, let buckets = cause.buckets {
            let what = words.reason(cause.reason)
            let resource = cause.resource.fitted(to: 30)
            dates.append(
                (buckets.lowerBound, words("more \(what) needed (\(resource)): it costs most sales", "需增加\(what)（\(resource)）：损失最大的瓶颈")))
        }
        if let first = facts.shortAccounts.map(\.firstLoss).min() { dates.append((first, words("the first sale is lost", "首次出现销售损失"))) }
        if let peak = facts.peak {
            dates.append(
                (
                    peak,
                    words(
                        "demand peaks at \(words.units(facts.demand[peak])) \(unitWord)",
                        "需求高峰 \(words.units(facts.demand[peak])) \(unitWord)")
                ))
        }
        dates.sort { ($0.bucket, $0.text) < ($1.bucket, $1.text) }
        guard !dates.isEmpty else {
            return panel(
                question, isAlert: false, words("Nothing is pressing", "暂无紧急事项"),
                "<p>\(words("There is no demand in the horizon.", "计划期内没有需求。"))</p>")
        }
        // Only what somebody can do sets the date; a lost sale or the peak is no action.
        let action = [facts.preBuild?.start, facts.causes.first { $0.buckets != nil }?.buckets?.lowerBound].compactMap { $0 }.min()
        let needsAction = action != nil
        let answer =
            action.map { words("By \(words.bucket($0))", "\(words.bucket($0))之前") } ?? words("No later than planned", "按计划进行即可")
        let list = dates.map { item -> Markup in "<li><b>\(words.shortBucket(item.bucket))</b> \(item.text)</li>" }.joined()
        let all: Markup = "<p><a href=\"#actions\">\(words("Everything to do, by date", "全部行动清单"))</a></p>"
        return panel(question, isAlert: needsAction && !facts.causes.isEmpty, answer, "<ul>\(list)</ul>\(all)")
    }

    var headlineFigures: Markup {
        let total = keyFigures.total
        var figures: [(String, String)] = [
            (words("Demand", "需求") + " (\(unit))", words.units(total.demand)),
            (words("Fill rate", "满足率"), words.percent(total.fillRate)),
            (words("Lost sales at standing prices", "损失金额（按标准价）"), words.units(total.lostValue)),
            (words("Overtime hours", "加班工时"), words.units(keyFigures.overtimeHours)),
            (words("Total cost", "总成本"), words.units(keyFigures.cost.total)),
        ]
        if total.backlog > 1e-6 { figures.insert((words("Owed at the end", "期末欠交"), words.units(total.backlog)), at: 3) }
        let list = figures.map { figure -> Markup in "<div><dt>\(figure.0)</dt><dd>\(figure.1)</dd></div>" }.joined()
        return "<dl class=\"figures\">\(list)</dl>"
    }
}
