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
            reader.collector.error(name, "the text is no UTF-8", advice: "Save the file as UTF-8.")
            return reader.reading
        }
        reader.read(toml: text, file: name)
    } catch {
        if case .missing = error {
            reader.collector.error(path, "there is no such file", advice: "Give a TOML file of [[change]] tables.")
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
            collector.error(place.file, "the change is blank", advice: "Write it like: capacity line=L1 bucket=2027-06-07 hours=+20")
            return
        }
        var fields: [String: String] = [:]
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(of: "="), sign > word.startIndex else {
                collector.error(
                    place.file, value: word, "\"\(shortened(word))\" is no field",
                    advice: "Fields are written name=value, without spaces at the sign.")
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
                file, line: error.source.begin.line, "the line is no TOML (column \(error.source.begin.column))",
                advice: "Texts need quotes, and each change starts with [[change]].")
            return
        } catch {
            collector.error(file, "the file is no TOML", advice: "Correct the file.")
            return
        }
        guard case .table(let entries) = root else { return }
        for name in entries.keys.sorted() where name != "change" {
            let meant = nearestName(to: name, among: ["change"]).map { "; did you mean \"\($0)\"?" } ?? ""
            collector.error(
                file, column: name, "there is no section \"\(shortened(name))\"\(meant)", advice: "Each change starts with [[change]].")
        }
        guard case .array(let tables)? = entries["change"] else {
            collector.error(file, "the file has no change", advice: "Each change starts with [[change]] and has a kind.")
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
                        file, line: line, column: name, "the value is neither a text nor a number", advice: "Write it like hours = \"+20\"."
                    )
                }
            }
            guard let kind = fields.removeValue(forKey: "kind") else {
                collector.error(file, line: line, column: "kind", "the change has no kind", advice: "Kinds are \(Self.kinds).")
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

        func fail(_ column: String, _ message: String, advice: String) {
            collector.error(place.file, line: place.line, column: column, value: values[column], message, advice: advice)
        }

        /// Position of an id; nil when the field is missing (told, where it is required) or unknown (told).
        func id(_ column: String, in ids: [String], noun: String, isRequired: Bool) -> Int? {
            guard let id = values[column] else {
                if isRequired { fail(column, "the field is missing", advice: "Write \(column)=… with the id of a \(noun).") }
                return nil
            }
            if let position = ids.firstIndex(of: id) { return position }
            let meant = nearestName(to: id, among: ids).map { "; did you mean \"\($0)\"?" } ?? ""
            fail(
                column, "no \(noun) is named \"\(shortened(id))\"\(meant)",
                advice: ids.count <= 12 ? "There are \(ids.joined(separator: ", "))." : "Use an id of the package.")
            return nil
        }

        func amount(_ column: String) -> ChangeAmount? {
            guard let text = values[column] else {
                fail(column, "the field is missing", advice: "Write \(column)=+20, \(column)=-10%, \(column)=x1.5 or \(column)=300.")
                return nil
            }
            if let amount = ChangeReader.amount(text) { return amount }
            fail(
                column, "\"\(shortened(text))\" is no amount",
                advice: "Write +20 or -20 (added), +10%, x1.5 (multiplied) or 300 (put in its place).")
            return nil
        }

        func date(_ column: String) -> CalendarDate? {
            guard let text = values[column] else { return nil }
            if let date = CalendarDate(text) { return date }
            fail(column, "\"\(shortened(text))\" is no date", advice: "Write dates as YYYY-MM-DD.")
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
                        name, "\(date) lies outside the horizon",
                        advice: "It runs from \(horizon.start) to \(horizon.firstDay(of: horizon.count).adding(days: -1)).")
                    return nil
                }
                switch name {
                case "bucket": range = bucket..<bucket + 1
                case "from": range = bucket..<max(bucket, range.upperBound)
                default:
                    guard bucket >= range.lowerBound else {
                        fail(name, "it lies before \"from\"", advice: "Give the later date as to=….")
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
            let meant = nearestName(to: kind, among: ChangeReader.fields.keys.sorted()).map { "; did you mean \"\($0)\"?" } ?? ""
            collector.error(
                place.file, line: place.line, column: "kind", value: kind, "there is no change \"\(shortened(kind))\"\(meant)",
                advice: "Kinds are \(ChangeReader.kinds).")
            return
        }
        let fields = Fields(values: values, place: place, collector: collector)
        var isKnown = true
        for name in values.keys.sorted() where !known.contains(name) {
            let meant = nearestName(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            fields.fail(
                name, "\"\(kind)\" has no field \"\(shortened(name))\"\(meant)", advice: "Its fields are \(known.joined(separator: ", ")).")
            isKnown = false
        }
        guard isKnown, let change = change(kind, fields) else { return }
        changes.append(PlanChange(kind: change, text: text))
    }

    private func account(_ fields: Fields, isRequired: Bool = false) -> Int? {
        fields.id("account", in: package.accounts.map(\.id), noun: "account", isRequired: isRequired)
    }

    private func product(_ fields: Fields, isRequired: Bool = false) -> Int? {
        fields.id("product", in: package.products.map(\.id), noun: "product", isRequired: isRequired)
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
            let lane = fields.id("lane", in: package.lanes.map(\.id), noun: "lane", isRequired: true)
            guard let lane, let amount = fields.amount("buckets") else { return nil }
            let buckets = amount.applied(to: Double(package.lanes[lane].leadTime))
            guard buckets >= 0, buckets == buckets.rounded() else {
                fields.fail("buckets", "the lead time would be \(buckets) buckets", advice: "Lead times are whole buckets, 0 or more.")
                return nil
            }
            return .leadTime(lane: lane, .set(buckets))
        case "price":
            let (account, product) = (account(fields), product(fields, isRequired: true))
            let from = fields.date("from") ?? horizon.start
            guard let product, let amount = fields.amount("price") else { return nil }
            guard amount.applied(to: package.standingPrice(of: product)) > 0 else {
                fields.fail("price", "the price would not be above 0", advice: "Give a price, or a change that leaves one.")
                return nil
            }
            return .price(product: product, account: account, from: from, amount)
        case "promise": return promise(fields)
        case "tier":
            let account = account(fields, isRequired: true)
            guard let tier = fields.values["tier"].flatMap({ Int($0) }), (1...TableLimits.mostTiers).contains(tier) else {
                fields.fail(
                    "tier", "the tier is no whole number from 1 to \(TableLimits.mostTiers)", advice: "Write tier=1 for a key account.")
                return nil
            }
            return account.map { .tier(account: $0, tier) }
        case "event":
            let (account, product) = (account(fields), product(fields))
            guard let name = fields.values["event"], !name.isEmpty else {
                fields.fail("event", "the field is missing", advice: "Give the event a name: event=Promotion.")
                return nil
            }
            guard let from = fields.date("from"), let to = fields.date("to"), from <= to else {
                fields.fail("from", "the event has no days", advice: "Write from=YYYY-MM-DD to=YYYY-MM-DD, the first day first.")
                return nil
            }
            guard let lift = fields.values["lift"].flatMap({ Double($0) }), lift > 0, lift.isFinite else {
                fields.fail("lift", "the lift is no number above 0", advice: "Write lift=1.3 for 30 % more on the days of the event.")
                return nil
            }
            return .event(Event(name: name, start: from, end: to, account: account, product: product, lift: lift))
        case "stock":
            let product = product(fields, isRequired: true)
            let place: Place?
            if fields.values["account"] != nil {
                place = account(fields).map { .account($0) }
            } else {
                place = fields.id("site", in: package.sites.map(\.id), noun: "site", isRequired: true).map { .site($0) }
            }
            guard let product, let place, let amount = fields.amount("quantity") else { return nil }
            let now = package.stock.filter { $0.place == place && $0.product == product }.reduce(0) { $0 + $1.quantity }
            return isPossible(amount.applied(to: now), "quantity", "stock", fields) ? .stock(place, product: product, amount) : nil
        default:
            let site = fields.id("site", in: package.sites.map(\.id), noun: "site", isRequired: true)
            let material = fields.id("material", in: package.materials, noun: "material", isRequired: true)
            guard fields.values["bucket"] != nil else {
                fields.fail("bucket", "the field is missing", advice: "Write the day of the receipt: bucket=YYYY-MM-DD.")
                return nil
            }
            guard let site, let material, let buckets = fields.buckets(horizon), let amount = fields.amount("quantity") else { return nil }
            let now = package.materialReceipts.filter { $0.site == site && $0.material == material && $0.bucket == buckets.lowerBound }
            guard isPossible(amount.applied(to: now.reduce(0) { $0 + $1.quantity }), "quantity", "receipt", fields) else { return nil }
            return .material(site: site, material: material, bucket: buckets.lowerBound, amount)
        }
    }

    private func isPossible(_ value: Double, _ column: String, _ noun: String, _ fields: Fields) -> Bool {
        if value >= 0 { return true }
        fields.fail(column, "the \(noun) would be \(value)", advice: "Take off no more than there is.")
        return false
    }

    private func capacity(_ fields: Fields) -> PlanChange.Kind? {
        let kinds: [(field: String, amount: String, kind: CapacityKind, ids: [String])] = [
            ("line", "hours", .hours, package.lines.map(\.id)), ("line", "overtime", .overtime, package.lines.map(\.id)),
            ("lane", "capacity", .lane, package.lanes.map(\.id)), ("pool", "capacity", .pool, package.pools.map(\.id)),
            ("site", "storage", .storage, package.sites.map(\.id)),
        ]
        let named = kinds.filter { fields.values[$0.field] != nil }
        guard Set(named.map(\.field)).count == 1 else {
            fields.fail(
                "line", "a capacity belongs to one line, lane, pool or site",
                advice: "Write capacity line=L1 hours=+20, or lane=…, pool=…, site=….")
            return nil
        }
        let wanted = named.filter { fields.values[$0.amount] != nil }
        let given = ["hours", "overtime", "capacity", "storage"].filter { fields.values[$0] != nil }
        guard let entry = wanted.first, wanted.count == 1, given.count == 1 else {
            let names = named.map { "\($0.amount)=…" }.joined(separator: " or ")
            fields.fail(named[0].amount, "a \(named[0].field) needs one amount", advice: "Write \(names), such as \(named[0].amount)=+20.")
            return nil
        }
        guard let resource = fields.id(entry.field, in: entry.ids, noun: entry.field, isRequired: true),
            let buckets = fields.buckets(package.horizon), let amount = fields.amount(entry.amount)
        else { return nil }
        let now = package.capacities(entry.kind, of: resource)
        for bucket in buckets where amount.applied(to: now[bucket]) < 0 {
            fields.fail(
                entry.amount,
                "the capacity would be \(amount.applied(to: now[bucket])) in the bucket of \(package.horizon.firstDay(of: bucket))",
                advice: "Take off no more than there is.")
            return nil
        }
        return .capacity(entry.kind, resource: resource, buckets: buckets, amount)
    }

    private func promise(_ fields: Fields) -> PlanChange.Kind? {
        let ids = package.guarantees.map(\.id)
        if let word = fields.values["withdraw"] {
            guard word == "yes" else {
                fields.fail("withdraw", "\"\(shortened(word))\" is not \"yes\"", advice: "Write promise guarantee=G1 withdraw=yes.")
                return nil
            }
            return fields.id("guarantee", in: ids, noun: "guarantee", isRequired: true).map { .withdrawPromise($0) }
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
            guard fields.id("group", in: groups, noun: "group", isRequired: true) != nil else { return nil }
            promise.group = group
        }
        if let tier = fields.values["tier"] {
            guard let number = Int(tier), number >= 1 else {
                fields.fail("tier", "the tier is no whole number", advice: "Write tier=1.")
                return nil
            }
            promise.tier = number
        }
        for name in ["quantity", "share"] {
            guard let text = fields.values[name] else { continue }
            guard let value = Double(text), value >= 0, value.isFinite, name == "quantity" || value <= 1 else {
                fields.fail(
                    name, "\"\(shortened(text))\" is no \(name)",
                    advice: name == "share" ? "Write share=0.9 for 90 % of demand." : "Write units, such as quantity=500.")
                return nil
            }
            if name == "quantity" { promise.quantity = value } else { promise.share = value }
        }
        guard promise.account != nil || promise.group != nil || promise.tier != nil else {
            fields.fail("account", "nobody is promised anything", advice: "Name an account, a group or a tier.")
            return nil
        }
        guard promise.quantity != nil || promise.share != nil else {
            fields.fail("quantity", "nothing is promised", advice: "Write quantity=500 or share=0.9.")
            return nil
        }
        return .promise(promise)
    }
}
