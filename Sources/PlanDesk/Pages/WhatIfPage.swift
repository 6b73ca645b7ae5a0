import Fullshelf
import PlanStore

extension Desk {
    /// The form that asks "what if": capacity, promises, tiers, demand.
    func whatIfPage(_ frame: PageFrame, form: FormFields = FormFields(), notices: [Notice] = [], status: Int = 200) throws -> DeskResponse {
        let words = frame.words
        let reading = workspace.read()
        var values: Values = ["canPlan": reading.package != nil]
        if let package = reading.package {
            values.merge(WhatIfForm(package: package, form: form, frame: frame).values) { _, new in new }
        }
        return page("whatif", frame, title: words("What if", "假设分析"), section: .whatIf, values: values, notices: notices, status: status)
    }

    /// Reads the form and starts the work; what is wrong with it is told beside what was entered.
    func askWhatIf(_ request: DeskRequest, _ frame: PageFrame) throws -> DeskResponse {
        let words = frame.words
        let reading = workspace.read()
        guard let package = reading.package else { throw PlanningError.unusableInput(reading.findings) }
        let form = request.form
        let author = Desk.line(form["author"])
        let changes = WhatIfForm(package: package, form: form, frame: frame).changes
        var problem: String?
        if changes.isEmpty { problem = words("Say what changes.", "请填写要改变的内容。") }
        if author.isEmpty { problem = StoreError.badEntry(field: "author").text(frame.language) }
        let findings = readChanges(changes, package: package).findings
        if !findings.isEmpty { problem = errorText(PlanningError.unusableChanges(findings), frame.language) }
        if let problem { return try whatIfPage(frame, form: form, notices: [Notice(kind: .bad, text: problem)], status: 422) }
        let note = Desk.line(form["note"])
        let job = jobs.start(.whatIf, language: frame.language, backPath: "/what-if") { [self] job in
            let (before, after) = try makeWhatIf(changes: changes, author: author, note: note, language: job.language, job: job)
            return "/compare?before=\(before)&after=\(after)"
        }
        return .see("/job/\(job.id)").with("Set-Cookie", Desk.authorCookie(author))
    }
}

/// The fields of the what-if page, and the changes they stand for.
struct WhatIfForm {
    let package: DataPackage
    let form: FormFields
    let frame: PageFrame

    private static let resourceRows = 1...3
    private static let tierRows = 1...3

    // MARK: Changes

    /// One a change, as `fullshelf what-if --set` takes them.
    var changes: [String] {
        var changes: [String] = []
        for line in package.lines {
            for (field, name) in [("h:" + line.id, "hours"), ("o:" + line.id, "overtime")] {
                if let factor = factor(field) { changes.append("capacity line=\(quoted(line.id)) \(name)=x\(factor)\(span)") }
            }
        }
        for row in Self.resourceRows {
            guard let choice = form["r-\(row)"], let factor = factor("rp-\(row)") else { continue }
            let parts = choice.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            changes.append("capacity \(parts[0])=\(quoted(parts[1])) \(parts[0] == "site" ? "storage" : "capacity")=x\(factor)\(span)")
        }
        for promise in package.guarantees {
            if form["w:" + promise.id] == "yes" {
                changes.append("promise guarantee=\(quoted(promise.id)) withdraw=yes")
            } else if let value = number("p:" + promise.id) {
                if let share = promise.share {
                    if value != rounded(share * 100) {
                        changes.append("promise guarantee=\(quoted(promise.id)) share=\(NumberText.shortest(value / 100))")
                    }
                } else if value != promise.quantity {
                    changes.append("promise guarantee=\(quoted(promise.id)) quantity=\(NumberText.shortest(value))")
                }
            }
        }
        if let choice = form["np-account"], let share = number("np-share") {
            let parts = choice.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { changes.append("promise \(parts[0])=\(quoted(parts[1])) share=\(NumberText.shortest(share / 100))") }
        }
        for row in Self.tierRows {
            if let account = form["t-\(row)"], let tier = form["tt-\(row)"] {
                changes.append("tier account=\(quoted(account)) tier=\(quoted(tier))")
            }
        }
        if let factor = factor("d-percent") {
            let account = form["d-account"].map { " account=\(quoted($0))" } ?? ""
            let product = form["d-product"].map { " product=\(quoted($0))" } ?? ""
            changes.append("demand\(account)\(product) quantity=x\(factor)")
        }
        for line in (form["other"] ?? "").split(whereSeparator: \.isNewline) {
            let text = line.trimmingCharacters(in: .whitespaces)
            if !text.isEmpty { changes.append(text) }
        }
        return changes
    }

    /// The buckets that changes of capacity hold for; nothing where they are all.
    private var span: String {
        let days = self.days
        let (from, to) = (form["from"] ?? days.first ?? "", form["to"] ?? days.last ?? "")
        return from == days.first && to == days.last ? "" : " from=\(from) to=\(to)"
    }

    private var days: [String] { package.horizon.buckets.map { package.horizon.firstDay(of: $0).description } }

    /// A percent field as a factor; nil where it says 100.
    private func factor(_ field: String) -> String? {
        guard let percent = number(field), percent != 100 else { return nil }
        return NumberText.shortest(rounded(percent) / 100)
    }

    private func number(_ field: String) -> Double? { form[field].flatMap { Desk.number($0.trimmingCharacters(in: .whitespaces)) } }

    private func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

    private func quoted(_ id: String) -> String { id.contains(" ") ? "\"\(id)\"" : id }

    // MARK: The page

    var values: Values {
        let words = frame.words.table
        let wording = Wording(language: frame.language, horizon: package.horizon)
        func percent(_ field: String) -> String { form[field] ?? "100" }
        var lines: [Values] = []
        for (index, line) in package.lines.enumerated() {
            for (kind, field, word) in [(CapacityKind.hours, "h:" + line.id, "hoursOf"), (.overtime, "o:" + line.id, "overtimeOf")] {
                let now = package.capacities(kind, of: index)
                // A percent of nothing is nothing.
                guard let most = now.max(), most > 0 else { continue }
                let least = now.min() ?? most
                let range = least == most ? frame.number(most) : "\(frame.number(least))–\(frame.number(most))"
                lines.append([
                    "field": field, "name": "\(words[word] ?? "") \(line.id)", "percent": percent(field),
                    "now": frame.words("now \(range) h a \(unit)", "现为每\(unit) \(range) 小时"),
                ])
            }
        }
        let choices =
            package.pools.indices.filter { package.pools[$0].capacity.isFinite }.map {
                ("pool:" + package.pools[$0].id, package.pools[$0].id)
            }
            + package.lanes.indices.filter { package.lanes[$0].capacity.isFinite }.map { ("lane:" + package.lanes[$0].id, laneName($0)) }
            + package.sites.indices.filter { package.sites[$0].storage.isFinite }.map {
                ("site:" + package.sites[$0].id, package.sites[$0].id)
            }
        let accounts = package.accounts.indices.map { (package.accounts[$0].id, package.title(account: $0)) }
        func options(_ list: [(String, String)], _ chosen: String?) -> [Values] {
            list.map { Desk.option($0.0, $0.1, isOn: $0.0 == chosen) }
        }
        let dayOptions = zip(days, package.horizon.buckets.map { wording.bucket($0) }).map { ($0.0, $0.1) }
        func dayValues(_ chosen: String?) -> [Values] { dayOptions.map { ["day": $0.0, "name": $0.1, "on": $0.0 == chosen] } }
        let receivers =
            accounts.map { ("account:" + $0.0, $0.1) }
            + (1...(package.settings.segments.tiers.count + 1)).map { ("tier:\($0)", wording.tier($0)) }
        return [
            "lines": lines,
            "resources": Self.resourceRows.map {
                [
                    "n": $0, "percent": percent("rp-\($0)"),
                    "choices": options(choices.map { (id: $0.0, name: resourceName($0)) }, form["r-\($0)"]),
                ] as Values
            }, "fromDays": dayValues(form["from"] ?? days.first), "toDays": dayValues(form["to"] ?? days.last),
            "promises": package.guarantees.map { promise($0, wording) }, "promiseAccounts": options(receivers, form["np-account"]),
            "newShare": form["np-share"] ?? "95",
            "tierRows": Self.tierRows.map {
                ["n": $0, "tier": form["tt-\($0)"] ?? "1", "choices": options(accounts, form["t-\($0)"])] as Values
            }, "demandAccounts": options(accounts, form["d-account"]),
            "demandProducts": options(
                package.products.indices.map { (package.products[$0].id, package.title(product: $0)) }, form["d-product"]),
            "demandPercent": percent("d-percent"), "other": form["other"] ?? "", "noteText": form["note"] ?? "",
            "author": form["author"] ?? frame.author,
        ]
    }

    private var unit: String { Wording(language: frame.language, horizon: package.horizon).bucketWord(1) }

    private func laneName(_ lane: Int) -> String {
        let to =
            switch package.lanes[lane].to {
            case .site(let site): package.sites[site].id
            case .account(let account): package.accounts[account].id
            }
        return "\(package.lanes[lane].id) (\(package.sites[package.lanes[lane].from].id) → \(to))"
    }

    private func resourceName(_ choice: (String, String)) -> String {
        let words = frame.words
        let kind =
            choice.0.hasPrefix("pool:")
            ? words("shared transport", "共用运力") : choice.0.hasPrefix("lane:") ? words("lane", "线路") : words("storage", "仓容")
        return "\(kind) \(choice.1)"
    }

    private func promise(_ promise: Guarantee, _ wording: Wording) -> Values {
        let words = frame.words
        let to =
            promise.account.map { package.title(account: $0) } ?? promise.group ?? promise.tier.map { wording.tier($0) }
            ?? words("all", "全部")
        let product = promise.product.map { " · " + package.title(product: $0) } ?? ""
        let now = promise.share.map { rounded($0 * 100) } ?? promise.quantity ?? 0
        return [
            "field": "p:" + promise.id, "withdraw": "w:" + promise.id, "isWithdrawn": form["w:" + promise.id] == "yes",
            "name":
                "\(promise.id): \(to)\(product), \(wording.span(promise.buckets.lowerBound, max(promise.buckets.lowerBound, promise.buckets.upperBound - 1)))",
            "value": form["p:" + promise.id] ?? NumberText.shortest(now), "isShare": promise.share != nil,
            "unit": promise.share != nil ? words.table["shareOfDemand"] ?? "" : words.table["units"] ?? "",
        ]
    }
}
