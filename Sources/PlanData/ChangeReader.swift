import Foundation
import PlanModel
import TOMLKit

/// Changes read from the command line or a file, or the reasons why they cannot be used.
public struct ChangeReading: Sendable {
    public var changes: [PlanChange]
    /// Errors only; empty when all changes are good.
    public var findings: [Finding]
}

/// Reads changes written as `capacity line=L1 bucket=2027-06-07 hours=+20`, one a text.
///
/// The first word is the kind, the others are fields. An amount is `+20`, `-20` (added), `+10%`, `x1.5` (multiplied) or `300` (put in its place).
/// A value with spaces stands in double quotes. Findings name the text as `--set 2`.
public func readChanges(_ texts: [String], package: DataPackage) -> ChangeReading {
    let reader = ChangeReader(package)
    for (number, text) in texts.enumerated() {
        reader.read(words: ChangeReader.words(of: text), text: text, place: (file: "--set \(number + 1)", line: nil))
    }
    return reader.reading
}

/// Reads a TOML file of changes: `[[change]]` tables, each with `kind` and the same fields as ``readChanges(_:package:)``.
public func readChanges(fileAt path: String, package: DataPackage) -> ChangeReading {
    let reader = ChangeReader(package)
    let name = URL(fileURLWithPath: path).lastPathComponent
    do throws(InputFile.OpenFailure) {
        let file = try InputFile(path: path, name: name)
        guard let text = file.withBytes({ String(validating: $0, as: UTF8.self) }) else {
            reader.collector.error(
                name, Bilingual("the text is no UTF-8", "文字不是 UTF-8 编码"), advice: Bilingual("Save the file as UTF-8.", "请将文件存为 UTF-8。"))
            return reader.reading
        }
        reader.read(toml: text, file: name)
    } catch {
        if case .missing = error {
            reader.collector.error(
                path, Bilingual("there is no such file", "没有这个文件"),
                advice: Bilingual("Give a TOML file of [[change]] tables.", "请指定由 [[change]] 各节组成的 TOML 文件。"))
        } else {
            error.report(file: name, to: reader.collector)
        }
    }
    return reader.reading
}

private final class ChangeReader {
    let collector = FindingCollector()
    private let package: DataPackage
    private var changes: [PlanChange] = []

    init(_ package: DataPackage) { self.package = package }

    var reading: ChangeReading { ChangeReading(changes: collector.hasErrors ? [] : changes, findings: collector.findings(fileOrder: [])) }

    /// The fields each kind knows.
    private static let fields: [String: [String]] = [
        "demand": ["account", "product", "bucket", "from", "to", "quantity"],
        "capacity": ["line", "lane", "pool", "site", "bucket", "from", "to", "hours", "overtime", "capacity", "storage"],
        "lead_time": ["lane", "buckets"],
        "price": ["product", "account", "from", "price"],
        "promise": ["guarantee", "account", "group", "tier", "product", "from", "to", "quantity", "share", "withdraw"],
        "tier": ["account", "tier"],
        "event": ["event", "from", "to", "account", "product", "lift"],
        "stock": ["site", "account", "product", "quantity"],
        "material": ["site", "material", "bucket", "quantity"],
    ]

    // MARK: Sources

    /// Splits at spaces outside double quotes.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == " " && !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    func read(words: [String], text: String, place: (file: String, line: Int?)) {
        guard let kind = words.first else {
            collector.error(
                place.file, Bilingual("the change is blank", "变化为空"),
                advice: Bilingual(
                    "Write it like: capacity line=L1 bucket=2027-06-07 hours=+20", "写法例如：capacity line=L1 bucket=2027-06-07 hours=+20"))
            return
        }
        var fields: [String: String] = [:]
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(of: "="), sign > word.startIndex else {
                collector.error(
                    place.file, value: word, Bilingual("\"\(shortened(word))\" is no field", "“\(shortened(word))”不是字段"),
                    advice: Bilingual("Fields are written name=value, without spaces at the sign.", "字段写作“名称=值”，等号两边不留空格。"))
                return
            }
            fields[String(word[..<sign])] = String(word[word.index(after: sign)...])
        }
        add(kind.replacingOccurrences(of: "-", with: "_"), fields, text: text, place: place)
    }

    func read(toml text: String, file: String) {
        let root: SettingValue
        do {
            root = SettingValue(try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            collector.error(
                file, line: error.source.begin.line,
                Bilingual("the line is no TOML (column \(error.source.begin.column))", "此行不符合 TOML 格式（第 \(error.source.begin.column) 个字符）"),
                advice: Bilingual("Texts need quotes, and each change starts with [[change]].", "文字须加引号，每项变化以 [[change]] 开头。"))
            return
        } catch {
            collector.error(file, Bilingual("the file is no TOML", "该文件不符合 TOML 格式"), advice: Bilingual("Correct the file.", "请改正该文件。"))
            return
        }
        guard case .table(let entries) = root else { return }
        for name in entries.keys.sorted() where name != "change" {
            let meant = didYouMean(nearestName(to: name, among: ["change"]))
            collector.error(
                file, column: name,
                Bilingual("there is no section \"\(shortened(name))\"\(meant.english)", "没有“\(shortened(name))”这个小节\(meant.chinese)"),
                advice: Bilingual("Each change starts with [[change]].", "每项变化以 [[change]] 开头。"))
        }
        guard case .array(let tables)? = entries["change"] else {
            collector.error(
                file, Bilingual("the file has no change", "该文件没有写任何变化"),
                advice: Bilingual("Each change starts with [[change]] and has a kind.", "每项变化以 [[change]] 开头，并写明 kind。"))
            return
        }
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.enumerated()
            .filter { $0.element.filter { $0 != " " }.hasPrefix("[[change]]") }.map { $0.offset + 1 }
        for (number, table) in tables.enumerated() {
            let line = number < lines.count ? lines[number] : nil
            guard case .table(let members) = table else { continue }
            var fields: [String: String] = [:]
            for name in members.keys.sorted() {
                switch members[name] {
                case .string(let text), .date(let text): fields[name] = text
                case .integer(let value): fields[name] = String(value)
                case .double(let value): fields[name] = "\(value)"
                case .boolean(let value): fields[name] = value ? "yes" : "no"
                default:
                    collector.error(
                        file, line: line, column: name, Bilingual("the value is neither a text nor a number", "值既不是文字也不是数字"),
                        advice: Bilingual("Write it like hours = \"+20\".", "请写成 hours = \"+20\" 的形式。")
                    )
                }
            }
            guard let kind = fields.removeValue(forKey: "kind") else {
                collector.error(
                    file, line: line, column: "kind", Bilingual("the change has no kind", "该项变化没有写明 kind"),
                    advice: Bilingual("Kinds are \(Self.kinds).", "可用的 kind 有：\(Self.kinds.replacing(", ", with: "、"))。"))
                continue
            }
            let text = ([kind] + fields.keys.sorted().map { "\($0)=\(fields[$0] ?? "")" }).joined(separator: " ")
            add(kind.replacingOccurrences(of: "-", with: "_"), fields, text: text, place: (file, line))
        }
    }

    private static var kinds: String { fields.keys.sorted().joined(separator: ", ") }

    // MARK: One change

    /// The fields of one change, told apart and judged.
    private struct Fields {
        let values: [String: String]
        let place: (file: String, line: Int?)
        let collector: FindingCollector

        func fail(_ column: String, _ message: Bilingual, advice: Bilingual) {
            collector.error(place.file, line: place.line, column: column, value: values[column], message, advice: advice)
        }

        /// Position of an id; nil when the field is missing (told, where it is required) or unknown (told).
        func id(_ column: String, in ids: [String], noun: Bilingual, isRequired: Bool) -> Int? {
            guard let id = values[column] else {
                if isRequired {
                    fail(
                        column, Bilingual("the field is missing", "缺少该字段"),
                        advice: Bilingual("Write \(column)=… with the id of a \(noun.english).", "请写 \(column)=…，值为\(noun.chinese)的编号。"))
                }
                return nil
            }
            if let position = ids.firstIndex(of: id) { return position }
            let meant = didYouMean(nearestName(to: id, among: ids))
            fail(
                column,
                Bilingual(
                    "no \(noun.english) is named \"\(shortened(id))\"\(meant.english)",
                    "没有名为“\(shortened(id))”的\(noun.chinese)\(meant.chinese)"),
                advice: ids.count <= 12
                    ? Bilingual("There are \(ids.joined(separator: ", ")).", "现有：\(ids.joined(separator: "、"))。")
                    : Bilingual("Use an id of the package.", "请使用数据包中的编号。"))
            return nil
        }

        func amount(_ column: String) -> ChangeAmount? {
            guard let text = values[column] else {
                fail(
                    column, Bilingual("the field is missing", "缺少该字段"),
                    advice: Bilingual(
                        "Write \(column)=+20, \(column)=-10%, \(column)=x1.5 or \(column)=300.",
                        "请写 \(column)=+20、\(column)=-10%、\(column)=x1.5 或 \(column)=300。"))
                return nil
            }
            if let amount = ChangeReader.amount(text) { return amount }
            fail(
                column, Bilingual("\"\(shortened(text))\" is no amount", "“\(shortened(text))”不是变化量"),
                advice: Bilingual(
                    "Write +20 or -20 (added), +10%, x1.5 (multiplied) or 300 (put in its place).",
                    "请写 +20 或 -20（增减）、+10%、x1.5（倍数）或 300（改为此值）。"))
            return nil
        }

        func date(_ column: String) -> CalendarDate? {
            guard let text = values[column] else { return nil }
            if let date = CalendarDate(text) { return date }
            fail(
                column, Bilingual("\"\(shortened(text))\" is no date", "“\(shortened(text))”不是日期"),
                advice: Bilingual("Write dates as YYYY-MM-DD.", "日期写作 YYYY-MM-DD。"))
            return nil
        }

        /// The buckets of `bucket`, or of `from` and `to`; all where none is given, nil where they are bad.
        func buckets(_ horizon: Horizon) -> Range<Int>? {
            var range = horizon.buckets
            let names = ["bucket", "from", "to"].filter { values[$0] != nil }
            for name in names {
                guard let date = date(name) else { return nil }
                let bucket = horizon.bucket(of: date)
                guard horizon.buckets.contains(bucket) else {
                    fail(
                        name, Bilingual("\(date) lies outside the horizon", "\(date) 不在计划期内"),
                        advice: Bilingual(
                            "It runs from \(horizon.start) to \(horizon.firstDay(of: horizon.count).adding(days: -1)).",
                            "计划期为 \(horizon.start) 至 \(horizon.firstDay(of: horizon.count).adding(days: -1))。"))
                    return nil
                }
                switch name {
                case "bucket": range = bucket..<bucket + 1
                case "from": range = bucket..<max(bucket, range.upperBound)
                default:
                    guard bucket >= range.lowerBound else {
                        fail(
                            name, Bilingual("it lies before \"from\"", "早于 from 的日期"),
                            advice: Bilingual("Give the later date as to=….", "较晚的日期请写在 to=… 中。"))
                        return nil
                    }
                    range = range.lowerBound..<bucket + 1
                }
            }
            return range
        }
    }

    /// `+20`, `-20`, `+10%`, `x1.5`, `300`.
    static func amount(_ text: String) -> ChangeAmount? {
        func number(_ text: Substring) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
        guard let first = text.first else { return nil }
        if text.last == "%" {
            guard first == "+" || first == "-", let share = number(text.dropLast()) else { return nil }
            return .multiply(1 + share / 100)
        }
        if first == "x" || first == "*" || first == "×" { return number(text.dropFirst()).flatMap { $0 >= 0 ? .multiply($0) : nil } }
        guard let value = number(text[...]) else { return nil }
        return first == "+" || first == "-" ? .add(value) : .set(value)
    }

    private func add(_ kind: String, _ values: [String: String], text: String, place: (file: String, line: Int?)) {
        guard let known = ChangeReader.fields[kind] else {
            let meant = didYouMean(nearestName(to: kind, among: ChangeReader.fields.keys.sorted()))
            collector.error(
                place.file, line: place.line, column: "kind", value: kind,
                Bilingual("there is no change \"\(shortened(kind))\"\(meant.english)", "没有“\(shortened(kind))”这种变化\(meant.chinese)"),
                advice: Bilingual("Kinds are \(ChangeReader.kinds).", "可用的种类有：\(ChangeReader.kinds.replacing(", ", with: "、"))。"))
            return
        }
        let fields = Fields(values: values, place: place, collector: collector)
        var isKnown = true
        for name in values.keys.sorted() where !known.contains(name) {
            let meant = didYouMean(nearestName(to: name, among: known))
            fields.fail(
                name,
                Bilingual(
                    "\"\(kind)\" has no field \"\(shortened(name))\"\(meant.english)", "“\(kind)”没有“\(shortened(name))”这个字段\(meant.chinese)"
                ), advice: Bilingual("Its fields are \(known.joined(separator: ", ")).", "其字段有：\(known.joined(separator: "、"))。"))
            isKnown = false
        }
        guard isKnown, let change = change(kind, fields) else { return }
        changes.append(PlanChange(kind: change, text: text))
    }

    private func account(_ fields: Fields, isRequired: Bool = false) -> Int? {
        fields.id("account", in: package.accounts.map(\.id), noun: .account, isRequired: isRequired)
    }

    private func product(_ fields: Fields, isRequired: Bool = false) -> Int? {
        fields.id("product", in: package.products.map(\.id), noun: .product, isRequired: isRequired)
    }

    /// nil when something is wrong, which has then been told.
    private func change(_ kind: String, _ fields: Fields) -> PlanChange.Kind? {
        let before = collector.errorCount
        let change = resolved(kind, fields)
        return collector.errorCount == before ? change : nil
    }

    private func resolved(_ kind: String, _ fields: Fields) -> PlanChange.Kind? {
        let horizon = package.horizon
        switch kind {
        case "demand":
            let (account, product) = (account(fields), product(fields))
            guard let buckets = fields.buckets(horizon), let amount = fields.amount("quantity") else { return nil }
            return .demand(account: account, product: product, buckets: buckets, amount)
        case "capacity": return capacity(fields)
        case "lead_time":
            let lane = fields.id("lane", in: package.lanes.map(\.id), noun: .lane, isRequired: true)
            guard let lane, let amount = fields.amount("buckets") else { return nil }
            let buckets = amount.applied(to: Double(package.lanes[lane].leadTime))
            guard buckets >= 0, buckets == buckets.rounded() else {
                fields.fail(
                    "buckets", Bilingual("the lead time would be \(buckets) buckets", "提前期将变为 \(buckets) 期"),
                    advice: Bilingual("Lead times are whole buckets, 0 or more.", "提前期须为不小于 0 的整数期。"))
                return nil
            }
            return .leadTime(lane: lane, .set(buckets))
        case "price":
            let (account, product) = (account(fields), product(fields, isRequired: true))
            let from = fields.date("from") ?? horizon.start
            guard let product, let amount = fields.amount("price") else { return nil }
            guard amount.applied(to: package.standingPrice(of: product)) > 0 else {
                fields.fail(
                    "price", Bilingual("the price would not be above 0", "价格将不大于 0"),
                    advice: Bilingual("Give a price, or a change that leaves one.", "请填写大于 0 的价格，或减少变化量。"))
                return nil
            }
            return .price(product: product, account: account, from: from, amount)
        case "promise": return promise(fields)
        case "tier":
            let account = account(fields, isRequired: true)
            guard let tier = fields.values["tier"].flatMap({ Int($0) }), (1...TableLimits.mostTiers).contains(tier) else {
                fields.fail(
                    "tier",
                    Bilingual("the tier is no whole number from 1 to \(TableLimits.mostTiers)", "级别不是 1 至 \(TableLimits.mostTiers) 的整数"),
                    advice: Bilingual("Write tier=1 for a key account.", "大客户写 tier=1。"))
                return nil
            }
            return account.map { .tier(account: $0, tier) }
        case "event":
            let (account, product) = (account(fields), product(fields))
            guard let name = fields.values["event"], !name.isEmpty else {
                fields.fail(
                    "event", Bilingual("the field is missing", "缺少该字段"),
                    advice: Bilingual("Give the event a name: event=Promotion.", "请为活动命名：event=促销。"))
                return nil
            }
            guard let from = fields.date("from"), let to = fields.date("to"), from <= to else {
                fields.fail(
                    "from", Bilingual("the event has no days", "活动没有起止日期"),
                    advice: Bilingual(
                        "Write from=YYYY-MM-DD to=YYYY-MM-DD, the first day first.", "请写 from=YYYY-MM-DD to=YYYY-MM-DD，先写第一天。"))
                return nil
            }
            guard let lift = fields.values["lift"].flatMap({ Double($0) }), lift > 0, lift.isFinite else {
                fields.fail(
                    "lift", Bilingual("the lift is no number above 0", "lift 不是大于 0 的数字"),
                    advice: Bilingual("Write lift=1.3 for 30 % more on the days of the event.", "活动日需求多 30% 写 lift=1.3。"))
                return nil
            }
            return .event(Event(name: name, start: from, end: to, account: account, product: product, lift: lift))
        case "stock":
            let product = product(fields, isRequired: true)
            let place: Place?
            if fields.values["account"] != nil {
                place = account(fields).map { .account($0) }
            } else {
                place = fields.id("site", in: package.sites.map(\.id), noun: .site, isRequired: true).map { .site($0) }
            }
            guard let product, let place, let amount = fields.amount("quantity") else { return nil }
            let now = package.stock.filter { $0.place == place && $0.product == product }.reduce(0) { $0 + $1.quantity }
            return isPossible(amount.applied(to: now), "quantity", .stock, fields) ? .stock(place, product: product, amount) : nil
        default:
            let site = fields.id("site", in: package.sites.map(\.id), noun: .site, isRequired: true)
            let material = fields.id("material", in: package.materials, noun: .material, isRequired: true)
            guard fields.values["bucket"] != nil else {
                fields.fail(
                    "bucket", Bilingual("the field is missing", "缺少该字段"),
                    advice: Bilingual("Write the day of the receipt: bucket=YYYY-MM-DD.", "请写到货日期：bucket=YYYY-MM-DD。"))
                return nil
            }
            guard let site, let material, let buckets = fields.buckets(horizon), let amount = fields.amount("quantity") else { return nil }
            let now = package.materialReceipts.filter { $0.site == site && $0.material == material && $0.bucket == buckets.lowerBound }
            guard isPossible(amount.applied(to: now.reduce(0) { $0 + $1.quantity }), "quantity", .receipt, fields) else { return nil }
            return .material(site: site, material: material, bucket: buckets.lowerBound, amount)
        }
    }

    private func isPossible(_ value: Double, _ column: String, _ noun: Bilingual, _ fields: Fields) -> Bool {
        if value >= 0 { return true }
        fields.fail(
            column, Bilingual("the \(noun.english) would be \(value)", "\(noun.chinese)将变为 \(value)"),
            advice: Bilingual("Take off no more than there is.", "减少的量不能超过现有的量。"))
        return false
    }

    private func capacity(_ fields: Fields) -> PlanChange.Kind? {
        let kinds: [(field: String, noun: Bilingual, amount: String, kind: CapacityKind, ids: [String])] = [
            ("line", .line, "hours", .hours, package.lines.map(\.id)), ("line", .line, "overtime", .overtime, package.lines.map(\.id)),
            ("lane", .lane, "capacity", .lane, package.lanes.map(\.id)), ("pool", .pool, "capacity", .pool, package.pools.map(\.id)),
            ("site", .site, "storage", .storage, package.sites.map(\.id)),
        ]
        let named = kinds.filter { fields.values[$0.field] != nil }
        guard Set(named.map(\.field)).count == 1 else {
            fields.fail(
                "line", Bilingual("a capacity belongs to one line, lane, pool or site", "一项能力只能属于一条产线、一条线路、一个运力池或一个地点"),
                advice: Bilingual(
                    "Write capacity line=L1 hours=+20, or lane=…, pool=…, site=….", "请写 capacity line=L1 hours=+20，或 lane=…、pool=…、site=…。")
            )
            return nil
        }
        let wanted = named.filter { fields.values[$0.amount] != nil }
        let given = ["hours", "overtime", "capacity", "storage"].filter { fields.values[$0] != nil }
        guard let entry = wanted.first, wanted.count == 1, given.count == 1 else {
            let names = named.map { "\($0.amount)=…" }.joined(separator: " or ")
            fields.fail(
                named[0].amount, Bilingual("a \(named[0].field) needs one amount", "\(named[0].field) 须写且只写一个变化量"),
                advice: Bilingual(
                    "Write \(names), such as \(named[0].amount)=+20.",
                    "请写 \(named.map { "\($0.amount)=…" }.joined(separator: " 或 "))，例如 \(named[0].amount)=+20。"))
            return nil
        }
        guard let resource = fields.id(entry.field, in: entry.ids, noun: entry.noun, isRequired: true),
            let buckets = fields.buckets(package.horizon), let amount = fields.amount(entry.amount)
        else { return nil }
        let now = package.capacities(entry.kind, of: resource)
        for bucket in buckets where amount.applied(to: now[bucket]) < 0 {
            fields.fail(
                entry.amount,
                Bilingual(
                    "the capacity would be \(amount.applied(to: now[bucket])) in the bucket of \(package.horizon.firstDay(of: bucket))",
                    "\(package.horizon.firstDay(of: bucket)) 起的一期，能力将变为 \(amount.applied(to: now[bucket]))"),
                advice: Bilingual("Take off no more than there is.", "减少的量不能超过现有的量。"))
            return nil
        }
        return .capacity(entry.kind, resource: resource, buckets: buckets, amount)
    }

    private func promise(_ fields: Fields) -> PlanChange.Kind? {
        let ids = package.guarantees.map(\.id)
        if let word = fields.values["withdraw"] {
            guard word == "yes" else {
                fields.fail(
                    "withdraw", Bilingual("\"\(shortened(word))\" is not \"yes\"", "“\(shortened(word))”不是 yes"),
                    advice: Bilingual("Write promise guarantee=G1 withdraw=yes.", "请写 promise guarantee=G1 withdraw=yes。"))
                return nil
            }
            return fields.id("guarantee", in: ids, noun: .guarantee, isRequired: true).map { .withdrawPromise($0) }
        }
        let known = fields.values["guarantee"].flatMap { ids.firstIndex(of: $0) }
        let (account, product) = (account(fields), product(fields))
        guard let buckets = fields.buckets(package.horizon) else { return nil }
        var promise =
            known.map { package.guarantees[$0] } ?? Guarantee(id: fields.values["guarantee"] ?? "what-if", buckets: package.horizon.buckets)
        if known == nil || fields.values["from"] != nil || fields.values["to"] != nil { promise.buckets = buckets }
        if let account { promise.account = account }
        if let product { promise.product = product }
        if let group = fields.values["group"] {
            let groups = Set(package.accounts.map(\.group)).filter { !$0.isEmpty }.sorted()
            guard fields.id("group", in: groups, noun: .group, isRequired: true) != nil else { return nil }
            promise.group = group
        }
        if let tier = fields.values["tier"] {
            guard let number = Int(tier), number >= 1 else {
                fields.fail("tier", Bilingual("the tier is no whole number", "级别不是整数"), advice: Bilingual("Write tier=1.", "请写 tier=1。"))
                return nil
            }
            promise.tier = number
        }
        for name in ["quantity", "share"] {
            guard let text = fields.values[name] else { continue }
            guard let value = Double(text), value >= 0, value.isFinite, name == "quantity" || value <= 1 else {
                fields.fail(
                    name, Bilingual("\"\(shortened(text))\" is no \(name)", "“\(shortened(text))”不能用作 \(name)"),
                    advice: name == "share"
                        ? Bilingual("Write share=0.9 for 90 % of demand.", "需求的 90% 写 share=0.9。")
                        : Bilingual("Write units, such as quantity=500.", "请写数量，例如 quantity=500。"))
                return nil
            }
            if name == "quantity" { promise.quantity = value } else { promise.share = value }
        }
        guard promise.account != nil || promise.group != nil || promise.tier != nil else {
            fields.fail(
                "account", Bilingual("nobody is promised anything", "没有写明承诺给谁"),
                advice: Bilingual("Name an account, a group or a tier.", "请写明客户、客户组或级别。"))
            return nil
        }
        guard promise.quantity != nil || promise.share != nil else {
            fields.fail(
                "quantity", Bilingual("nothing is promised", "没有写明承诺什么"),
                advice: Bilingual("Write quantity=500 or share=0.9.", "请写 quantity=500 或 share=0.9。"))
            return nil
        }
        return .promise(promise)
    }
}
