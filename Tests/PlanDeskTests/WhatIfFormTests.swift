import Fullshelf
import TestSupport
import Testing

@testable import PlanDesk

@Suite struct WhatIfFormTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var fields: [(name: String, value: String)]
        var expected: [String]
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing", fields: [("h:L1", "100"), ("np-share", "95"), ("tt-1", "1"), ("d-percent", "100")], expected: []),
        Case(name: "hours", fields: [("h:L1", "112.5")], expected: ["capacity line=L1 hours=x1.125"]),
        Case(
            name: "hours of some weeks", fields: [("h:L1", "0"), ("from", "2027-03-08"), ("to", "2027-03-22")],
            expected: ["capacity line=L1 hours=x0 from=2027-03-08 to=2027-03-22"]),
        Case(name: "overtime", fields: [("o:L1", "200")], expected: ["capacity line=L1 overtime=x2"]),
        Case(name: "a lane", fields: [("r-1", "lane:DC A"), ("rp-1", "50")], expected: ["capacity lane=\"DC A\" capacity=x0.5"]),
        Case(name: "storage", fields: [("r-2", "site:DC"), ("rp-2", "150")], expected: ["capacity site=DC storage=x1.5"]),
        Case(name: "a resource without a percent", fields: [("r-1", "lane:DC A"), ("rp-1", "100")], expected: []),
        Case(name: "a share", fields: [("p:G1", "80")], expected: ["promise guarantee=G1 share=0.8"]),
        Case(name: "the share it has", fields: [("p:G1", "90")], expected: []),
        Case(name: "a quantity", fields: [("p:G2", "70")], expected: ["promise guarantee=G2 quantity=70"]),
        Case(name: "withdrawn", fields: [("p:G1", "80"), ("w:G1", "yes")], expected: ["promise guarantee=G1 withdraw=yes"]),
        Case(
            name: "a new promise", fields: [("np-account", "account:A1"), ("np-share", "95")], expected: ["promise account=A1 share=0.95"]),
        Case(
            name: "a promise to a tier", fields: [("np-account", "tier:1"), ("np-share", "99.5")], expected: ["promise tier=1 share=0.995"]),
        Case(
            name: "tiers", fields: [("t-1", "A1"), ("tt-1", "2"), ("t-3", "A2"), ("tt-3", "1")],
            expected: ["tier account=A1 tier=2", "tier account=A2 tier=1"]),
        Case(
            name: "demand", fields: [("d-account", "A1"), ("d-product", "P1"), ("d-percent", "130")],
            expected: ["demand account=A1 product=P1 quantity=x1.3"]),
        Case(
            name: "other", fields: [("other", " lead_time lane=\"DC A\" buckets=2 \r\n\r\n")],
            expected: ["lead_time lane=\"DC A\" buckets=2"]),
    ]

    private static var package: DataPackage {
        var package = DataPackage(settings: PackageBuilder(buckets: 6).settings)
        package.accounts = [Account(id: "A1"), Account(id: "A2")]
        package.products = [Product(id: "P1")]
        package.sites = [Site(id: "DC", kind: .dc, storage: 50)]
        package.lines = [ProductionLine(id: "L1", site: 0, hoursPerBucket: 40, overtimeHoursPerBucket: 4)]
        package.lanes = [Lane(id: "DC A", from: 0, to: .account(0), capacity: 9)]
        package.guarantees = [
            Guarantee(id: "G1", account: 0, buckets: 0..<6, share: 0.9), Guarantee(id: "G2", account: 1, buckets: 0..<3, quantity: 60),
        ]
        return package
    }

    private static func form(_ fields: [(name: String, value: String)]) -> WhatIfForm {
        WhatIfForm(
            package: package, form: FormFields(fields), frame: PageFrame(language: .english, author: "a", selfPath: "/what-if", place: "p"))
    }

    @Test(arguments: cases) func fieldsBecomeTheChangesOfTheCommandLine(_ example: Case) {
        let changes = Self.form(example.fields).changes
        #expect(changes == example.expected)
        // And the reader of the command line takes them.
        #expect(readChanges(changes, package: Self.package).findings.isEmpty)
    }

    @Test func thePageAsItIsAsksNothing() throws {
        // What the page shows, sent back unchanged.
        let values = Self.form([]).values
        var fields: [(name: String, value: String)] = []
        for line in try #require(values["lines"] as? [Values]) {
            fields.append((line["field"] as? String ?? "", line["percent"] as? String ?? ""))
        }
        for promise in try #require(values["promises"] as? [Values]) {
            fields.append((promise["field"] as? String ?? "", promise["value"] as? String ?? ""))
        }
        #expect(fields.count == 4)
        #expect(Self.form(fields).changes.isEmpty)
    }
}
