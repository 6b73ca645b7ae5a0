import Foundation
import Fullshelf
import TestSupport
import Testing

/// The four department reports: one set of numbers.
@Suite struct DepartmentReportTests {
    // MARK: Plans made by hand and at random

    private static func result(_ worked: WorkedPlan) -> PlanResult {
        let package = worked.small.package
        let tiers = package.accounts.map { $0.tier ?? 1 }
        let certificate = Certificate(ranks: [], feasibility: FeasibilityReport(maxViolation: 0, constraint: ""))
        return PlanResult(
            segmentation: Segmentation(segments: [], topFifthShare: 0, herfindahlIndex: 0, keyAccountCount: 0, tierOfAccount: tiers),
            forecast: Forecast(), demand: worked.small.demand, bands: worked.small.bands,
            allocation: AllocationOutcome(plan: worked.plan, certificate: certificate, resources: [], rankPrices: [], guaranteeServed: []))
    }

    private static func tables(_ figures: DepartmentFigures) -> DepartmentTables {
        DepartmentTables(
            production: figures.production, products: figures.products, transport: figures.transport, marketing: figures.marketing,
            inputs: Dictionary(uniqueKeysWithValues: Department.allCases.map { ($0, ["0123456789abcdef"]) }))
    }

    private static func complaints(_ tables: DepartmentTables, _ worked: WorkedPlan, inputs: String? = nil) -> [String] {
        checkDepartments(
            tables, plan: worked.plan, package: worked.small.package, demand: worked.small.demand,
            segmentation: result(worked).segmentation, inputs: inputs
        ).map(\.constraint)
    }

    @Test(arguments: WorkedPlans.all) func worksOutByHandAgree(_ worked: WorkedPlan) {
        let figures = departmentFigures(worked.small.package, result: Self.result(worked))
        #expect(Self.complaints(Self.tables(figures), worked) == [], "\(worked)")
    }

    /// Lead times, backlogs, materials, shelf lives, stock that expires, fractions everywhere.
    @Test func randomPlansAgree() {
        var cells = 0
        for seed in 0..<300 as Range<UInt64> {
            let worked = WorkedPlan.random(seed: seed)
            let figures = departmentFigures(worked.small.package, result: Self.result(worked))
            #expect(Self.complaints(Self.tables(figures), worked) == [], "seed \(seed)")
            cells += figures.marketing.count
        }
        #expect(cells > 1000)
    }

    /// What `verify` says: the independent check, and where that takes the rows for another good rounding, the comparison with our own.
    private static func problems(_ tables: DepartmentTables, _ worked: WorkedPlan) -> [String] {
        let result = result(worked)
        let files = PlanFiles(
            plan: worked.plan, demand: worked.small.demand, bands: worked.small.bands, segmentation: result.segmentation, certificate: nil)
        return complaints(tables, worked)
            + changedDepartmentRows(tables, files: files, package: worked.small.package).map(\.constraint)
    }

    /// Every number of every report, moved by one counting step, is found out; nearly all of them by the independent check alone.
    @Test func aChangedNumberIsAlwaysFound() throws {
        var changes = 0
        var independent = 0
        for seed in 0..<40 as Range<UInt64> {
            let worked = WorkedPlan.random(seed: seed)
            let figures = departmentFigures(worked.small.package, result: Self.result(worked))
            let whole = Self.tables(figures)
            #expect(Self.problems(whole, worked) == [], "seed \(seed)")
            func expectFound(_ what: String, _ change: (inout DepartmentTables) -> Void) {
                var tables = whole
                change(&tables)
                changes += 1
                if !Self.complaints(tables, worked).isEmpty { independent += 1 }
                #expect(!Self.problems(tables, worked).isEmpty, "seed \(seed): \(what)")
            }
            for index in figures.production.indices { expectFound("made \(index)") { $0.production?[index].made += 1 } }
            for index in figures.production.indices { expectFound("hours \(index)") { $0.production?[index].hours += 1 } }
            for index in figures.transport.indices { expectFound("moved \(index)") { $0.transport?[index].moved += 1 } }
            for index in figures.transport.indices { expectFound("arrives \(index)") { $0.transport?[index].arrives += 1 } }
            let service: [WritableKeyPath<MarketingFigure, Double>] = [
                \.demand, \.served, \.lost, \.backlog, \.received, \.expired, \.stock,
            ]
            for index in figures.marketing.indices {
                for path in service { expectFound("\(path) \(index)") { $0.marketing?[index][keyPath: path] += 1 } }
                expectFound("tier \(index)") { $0.marketing?[index].tier += 1 }
            }
            let balance: [WritableKeyPath<ProductFigure, Double>] = [
                \.demand, \.served, \.lost, \.backlog, \.opening, \.arriving, \.made, \.shipped, \.expired, \.siteStock, \.onTheWay,
                \.accountStock,
            ]
            for index in figures.products.indices {
                for path in balance { expectFound("\(path) \(index)") { $0.products?[index][keyPath: path] += 1 } }
            }
            if !figures.production.isEmpty { expectFound("a row gone") { $0.production?.removeFirst() } }
            if !figures.marketing.isEmpty { expectFound("a row twice") { $0.marketing?.append(figures.marketing[0]) } }
        }
        #expect(changes > 2000)
        #expect(Double(independent) > 0.97 * Double(changes), "\(independent) of \(changes)")
    }

    @Test func anotherHashIsFound() throws {
        let worked = WorkedPlans.network
        let figures = departmentFigures(worked.small.package, result: Self.result(worked))
        var tables = Self.tables(figures)
        #expect(Self.complaints(tables, worked, inputs: "0123456789abcdef") == [])
        #expect(Self.complaints(tables, worked, inputs: "0123456789abcdee").count == 4)
        tables.inputs[.transport] = ["0123456789abcdef", "ffff"]
        #expect(
            Self.complaints(tables, worked) == [
                "report-transport.csv: inputs must be \"0123456789abcdef\", the hash of the inputs, not \"ffff\""
            ])
    }

    /// Small amounts keep decimals: 0.4 t a week must not become 0 or 1. By hand: a mean of 0.4 is counted in tenths.
    @Test func smallAmountsAreCountedFiner() throws {
        let small = PackageBuilder(buckets: 2).plant("PL").line("L", at: "PL", hours: 10).lineProduct("L").account("A")
            .lane("PL-A", from: "PL", to: "A").demand("A", [0.43, 0.38]).build()
        let plan = PlanSketch(small).make("L", [0.43, 0.38]).move("PL-A", [0.43, 0.38]).plan()
        let worked = WorkedPlan(name: "small", small: small, plan: plan, values: [:], origin: "by hand")
        let figures = departmentFigures(small.package, result: Self.result(worked))
        #expect(figures.production.map(\.made) == [0.4, 0.4])
        #expect(Self.complaints(Self.tables(figures), worked) == [])
    }

    // MARK: The files

    /// A CSV file without quotes as rows of columns, read by no code of ours.
    private static func rows(_ folder: String, _ name: String) throws -> [[String: String]] {
        let lines = try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n")
        let header = try #require(lines.first).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return try lines.dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            try #require(fields.count == header.count, "\(name): \(line)")
            return Dictionary(uniqueKeysWithValues: zip(header, fields))
        }
    }

    private static func sum(_ rows: [[String: String]], _ column: String, where isIn: ([String: String]) -> Bool = { _ in true }) throws
        -> Double
    {
        try rows.filter(isIn).reduce(0) { $0 + (try #require(Double($1[column] ?? ""))) }
    }

    /// Planned once for all tests: the example and generated firms.
    static let packages = ["example", "generated 1", "generated 2", "generated 3"]

    private static func withPlan(_ name: String, _ work: (_ package: String, _ out: String, _ run: PlanningRun) throws -> Void) throws {
        try PlanFolderTests.inTemporaryFolder { folder in
            let package = folder + "/package"
            if name == "example" {
                try writeGeneratedFiles(examplePackage(), to: package)
            } else {
                try writeGeneratedPackage(size: .xs, seed: UInt64(try #require(name.last?.wholeNumberValue)), to: package)
            }
            let run = try Planner().plan(packageAt: package, writingTo: folder + "/out")
            try work(package, folder + "/out", run)
        }
    }

    @Test(arguments: packages) func theFilesReconcile(_ name: String) throws {
        try Self.withPlan(name) { package, out, run in
            let production = try Self.rows(out, "report-production.csv")
            let development = try Self.rows(out, "report-development.csv")
            let transport = try Self.rows(out, "report-transport.csv")
            let marketing = try Self.rows(out, "report-marketing.csv")
            let accounts = Set(run.package.accounts.map(\.id))
            for product in run.package.products.map(\.id) {
                func of(_ rows: [[String: String]], _ column: String, _ isIn: ([String: String]) -> Bool = { _ in true }) throws -> Double {
                    try Self.sum(rows, column) { $0["product"] == product && isIn($0) }
                }
                #expect(try of(production, "made") == of(development, "made"))
                #expect(try of(transport, "moved") { accounts.contains($0["to"] ?? "") } == of(development, "shipped"))
                for column in ["demand", "served", "lost"] { #expect(try of(marketing, column) == of(development, column)) }
                // Units made + stock used = served + expired + stock left.
                let own = development.filter { $0["product"] == product }
                let (first, last) = (own.first?["bucket"], own.last?["bucket"])
                let opening = try of(development, "opening") { $0["bucket"] == first }
                let left =
                    try of(development, "site_stock") { $0["bucket"] == last } + of(development, "on_the_way") { $0["bucket"] == last }
                    + of(development, "account_stock") { $0["bucket"] == last }
                #expect(
                    try opening + of(development, "arriving") + of(development, "made")
                        == of(development, "served") + of(development, "expired") + left)
                // With the plan's own files: sums of a product's season are as near as one cell is.
                #expect(abs(try of(production, "made") - of(Self.rows(out, "production.csv"), "quantity")) < 1.001)
                for column in ["demand", "lost"] {
                    #expect(abs(try of(marketing, column) - of(Self.rows(out, "account_plan.csv"), column)) < 1.001, "\(product) \(column)")
                }
            }
            // One hash, that of the inputs, in every row and on every page.
            let digest = inputsDigest(run.package.inputHashes)
            #expect(digest.count == 64)
            for rows in [production, development, transport, marketing] {
                #expect(!rows.isEmpty && rows.allSatisfy { $0["inputs"] == String(digest.prefix(16)) })
            }
            for department in Department.allCases {
                #expect(
                    try String(contentsOfFile: "\(out)/\(department.fileStem).html", encoding: .utf8).contains("data-inputs=\"\(digest)\""))
            }
            #expect(try Planner().verify(packageAt: package, planAt: out).isClean)
        }
    }

    /// `sha256sum` over a listing as `sha256sum` prints it. Origin: coreutils 9.1, `printf 'aa  a.csv\nbb  b.csv\n' | sha256sum`.
    @Test func theHashOfAllInputsCanBeMadeWithoutFullshelf() {
        #expect(inputsDigest(["b.csv": "bb", "a.csv": "aa"]) == "fe9af18fcc06e3c4d47d3004911c5e0ef25cc4c1126dcec687b1a32f6ff547c3")
        #expect(inputsDigest([:]) == "")
    }

    /// Each table of a written plan, one number in it changed.
    @Test func aChangedFileIsFoundOut() throws {
        try Self.withPlan("generated 1") { package, out, _ in
            for (department, column) in [
                (Department.production, "made"), (.development, "made"), (.transport, "moved"), (.marketing, "received"),
                (.production, "site"), (.transport, "to"), (.transport, "weight"), (.marketing, "inputs"),
            ] {
                let url = URL(fileURLWithPath: "\(out)/\(department.fileStem).csv")
                let whole = try Data(contentsOf: url)
                var lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
                let place = try #require(lines[0].split(separator: ",").firstIndex { $0 == column })
                let middle = lines.count / 2
                var fields = lines[middle].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                fields[place] = Double(fields[place]).map { "\($0 + 1)" } ?? fields[place] + "x"
                lines[middle] = fields.joined(separator: ",")
                try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: url)
                let problems = try Planner().verify(packageAt: package, planAt: out).problems
                #expect(problems.contains { $0.subject == .departments }, "\(department) \(column)")
                #expect(problems.allSatisfy { $0.subject == .departments }, "\(department) \(column)")
                try whole.write(to: url)
            }
            #expect(try Planner().verify(packageAt: package, planAt: out).isClean)
        }
    }

    /// The table of agreement says the same in all four pages; both languages have the same figures.
    @Test func thePagesAgree() throws {
        try Self.withPlan("generated 2") { _, _, run in
            let figures = run.departmentFigures
            for language in ReportLanguage.allCases {
                let parts = try Department.allCases.map { department in
                    let page = departmentPage(
                        department, package: run.package, result: run.result, keyFigures: run.keyFigures, figures: figures,
                        inputs: "00ff", language: language)
                    let start = try #require(page.range(of: "<section id=\"agreement\">"))
                    let made = figures.production.reduce(0) { $0 + $1.made }
                    #expect(page.contains(">\(Self.grouped(made))<"), "\(department)")
                    return String(page[start.lowerBound...].prefix { _ in true }.split(separator: "</section>")[0])
                }
                #expect(Set(parts).count == 1)
            }
        }
    }

    /// 1234567 → "1,234,567".
    private static func grouped(_ value: Double) -> String {
        var digits = Array(String(Int(value)))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return String(digits)
    }
}
