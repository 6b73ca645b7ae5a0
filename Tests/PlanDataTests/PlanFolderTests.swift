import Foundation
import PlanModel
import Testing

@testable import PlanData

@Suite struct PlanFolderTests {
    /// A result that exercises every table; rows out of order on purpose.
    private func result(for package: DataPackage) -> PlanResult {
        let pairs = [Pair(account: 0, product: 0), Pair(account: 1, product: 1)]
        let grid = PairGrid(pairCount: 2, bucketCount: 4)
        var demand = PlannedDemand(pairs: pairs, forecast: grid, ordered: grid, quantity: grid)
        demand.forecast[0, 1] = 10.25
        demand.ordered[0, 1] = 2
        demand.quantity[0, 1] = 12.25
        demand.quantity[1, 0] = 1e-5
        var bands = StockBandTable(
            pairs: pairs, min: grid, target: PairGrid(pairCount: 2, bucketCount: 4, repeating: .infinity),
            max: PairGrid(pairCount: 2, bucketCount: 4, repeating: .infinity))
        bands.min[0, 2] = 5
        bands.target[0, 2] = 7.5
        bands.max[0, 2] = 20
        let plan = Plan(
            production: [
                ProductionRow(bucket: 1, line: 0, product: 1, quantity: 30, hours: 6),
                ProductionRow(bucket: 0, line: 0, product: 0, quantity: 100, hours: 10),
                ProductionRow(bucket: 2, line: 0, product: 0, quantity: 0, hours: 0),
            ],
            lineUse: [LineUseRow(bucket: 0, line: 0, hours: 40, hoursUsed: 10, overtimeUsed: 0)],
            movements: [
                MovementRow(bucket: 0, lane: 2, product: 0, quantity: 50, arrives: 1),
                MovementRow(bucket: 0, lane: 0, product: 0, quantity: 12.25, arrives: 0),
            ],
            siteStock: [SiteStockRow(bucket: 0, site: 0, product: 0, quantity: 0.1 + 0.2)],
            accountPlan: [
                AccountPlanRow(
                    bucket: 1, account: 0, product: 0, demand: 12.25, served: 12, lost: 0.25, backlog: 0, stock: 0, under: -0.0, over: 0),
                AccountPlanRow(bucket: 0, account: 1, product: 1, demand: 0, served: 0, lost: 0, backlog: 0, stock: 0, under: 0, over: 0),
            ],
            expired: [
                ExpiryRow(bucket: 1, place: .site(0), product: 1, quantity: 3),
                ExpiryRow(bucket: 1, place: .account(0), product: 0, quantity: 2),
            ],
            lots: [
                LotRow(bucket: 0, lane: 2, product: 0, serveBy: nil, quantity: 20),
                LotRow(bucket: 0, lane: 2, product: 0, serveBy: 1, quantity: 30),
            ])
        let rank = Rank(aim: .lostSales, tier: 1)
        let certificate = Certificate(
            ranks: [
                RankCertificate(rank: Rank(aim: .guarantees, tier: nil), value: 0, bound: 0, gap: 0, relaxedValue: 0),
                RankCertificate(rank: rank, value: 0.25, bound: 0.2499, gap: 1e-5, relaxedValue: 0.2),
            ], feasibility: FeasibilityReport(maxViolation: 1e-12, constraint: "lane \"X\""))
        let allocation = AllocationOutcome(
            plan: plan, certificate: certificate,
            resources: [
                ResourceRow(bucket: 0, kind: .lane, resource: 0, capacity: 100, used: 12.25),
                ResourceRow(bucket: 0, kind: .hours, resource: 0, capacity: 40, used: 10, shadowPrice: 2.5, rank: rank),
            ], rankPrices: [], guaranteeServed: [])
        let segments = [
            Segment(account: 1, value: 75, share: 0.75, cumulativeShare: 0.75, tier: 1, isGiven: false),
            Segment(account: 0, value: 25, share: 0.25, cumulativeShare: 1, tier: 2, isGiven: true),
        ]
        return PlanResult(
            segmentation: Segmentation(
                segments: segments, topFifthShare: 0.75, herfindahlIndex: 0.625, keyAccountCount: 1, tierOfAccount: [2, 1]),
            forecast: Forecast(
                rows: [
                    ForecastRow(
                        bucket: 1, account: 0, product: 0, quantity: 10.25, quantiles: [8, 10, 13], model: "ets", statistical: 9,
                        override: 10.25),
                    ForecastRow(bucket: 0, account: 0, product: 0, quantity: 0, quantiles: [0, 0, 0], model: "ets", statistical: 0),
                    ForecastRow(
                        bucket: 2, account: 1, product: 1, quantity: 0, quantiles: [0, 0, 0], model: "zero", statistical: 4, override: 0),
                ], totals: [ForecastTotal(account: 0, product: 0, quantity: 10.25, quantiles: [7.5, 10, 14])]), demand: demand,
            bands: bands, allocation: allocation,
            shortages: [
                ShortageRow(
                    bucket: 1, account: 0, product: 0, lost: 0.25, reason: .hours, resource: "L1", resourceBucket: 0,
                    takenBy: [
                        Taker(account: 1, rank: rank, quantity: 120), Taker(account: 0, rank: Rank(aim: .cost, tier: nil), quantity: 0.5),
                    ])
            ],
            pegging: [
                PeggingRow(account: 0, product: 0, bucket: 1, quantity: 7, line: 0, made: 0, lanePath: [2, 0]),
                PeggingRow(account: 0, product: 0, bucket: 1, quantity: 5),
            ])
    }

    private func contents(_ folder: String, _ name: String) throws -> String {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }

    @Test func everyFileIsWrittenAsTheContractSays() throws {
        let source = try TemporaryPackage()
        var package = try source.package()
        package.inputHashes = ["sales.csv": "ab", "accounts.csv": "cd"]
        let out = source.path("out")
        try writePlanFolder(result(for: package), package: package, extraFiles: [("report.html", "<p>"), ("timings.json", "{}")], to: out)
        let expected = [
            "segments.csv": "account,value,share,cumulative_share,tier,reason\nA01,25,0.25,1,2,given\nA02,75,0.75,0.75,1,computed\n",
            "forecast.csv":
                "bucket,account,product,quantity,p10,p50,p90,model,override\n2027-03-08,A01,P1,10.25,8,10,13,ets,10.25\n2027-03-15,A02,P2,0,0,0,0,zero,0\n",
            "forecast_totals.csv": "account,product,quantity,p10,p50,p90\nA01,P1,10.25,7.5,10,14\n",
            "demand.csv":
                "bucket,account,product,forecast,ordered,quantity\n2027-03-01,A02,P2,0,0,0.00001\n2027-03-08,A01,P1,10.25,2,12.25\n",
            "production.csv": "bucket,line,product,quantity,hours\n2027-03-01,L1,P1,100,10\n2027-03-08,L1,P2,30,6\n",
            "lines.csv": "bucket,line,hours,hours_used,overtime_used\n2027-03-01,L1,40,10,0\n",
            "movements.csv":
                "bucket,lane,product,quantity,arrives\n2027-03-01,DC1-A01,P1,12.25,2027-03-01\n2027-03-01,PL1-DC1,P1,50,2027-03-08\n",
            "site_stock.csv": "bucket,site,product,quantity\n2027-03-01,DC1,P1,0.30000000000000004\n",
            "account_plan.csv":
                "bucket,account,product,demand,served,lost,backlog,stock,under,over\n2027-03-08,A01,P1,12.25,12,0.25,0,0,0,0\n",
            "expired.csv": "bucket,location,product,quantity\n2027-03-08,A01,P1,2\n2027-03-08,DC1,P2,3\n",
            "lots.csv": "bucket,lane,product,serve_by,quantity\n2027-03-01,PL1-DC1,P1,2027-03-08,30\n2027-03-01,PL1-DC1,P1,,20\n",
            "shortages.csv": "bucket,account,product,lost,reason,resource,resource_bucket,taken_by\n"
                + "2027-03-08,A01,P1,0.25,hours,L1,2027-03-01,\"A02 (lost-sales, tier 1): 120; A01 (cost): 0.5\"\n",
            "resources.csv":
                "bucket,kind,resource,site,capacity,used,shadow_price,rank,tier\n2027-03-01,hours,L1,,40,10,2.5,lost-sales,1\n2027-03-01,lane,DC1-A01,,100,12.25,0,,\n",
            "pegging.csv":
                "account,product,bucket,quantity,line,made,lane_path\nA01,P1,2027-03-08,5,,,\nA01,P1,2027-03-08,7,L1,2027-03-01,PL1-DC1 > DC1-A01\n",
            "report.html": "<p>", "timings.json": "{}",
            "certificate.json": """
            {
              "version": "1",
              "ranks": [
                {"rank": "guarantees", "tier": null, "value": 0, "bound": 0, "gap": 0, "relaxed_value": 0},
                {"rank": "lost-sales", "tier": 1, "value": 0.25, "bound": 0.2499, "gap": 0.00001, "relaxed_value": 0.2}
              ],
              "feasibility": {"max_violation": 1e-12, "constraint": "lane \\"X\\""},
              "inputs": {
                "accounts.csv": "cd",
                "sales.csv": "ab"
              }
            }

            """,
        ]
        for (name, text) in expected { #expect(try contents(out, name) == text, "\(name)") }
        let bands = try contents(out, "bands.csv").split(separator: "\n")
        #expect(bands.count == 1 + 2 * 4, "every row, also all-zero ones")
        #expect(bands[1] == "2027-03-01,A01,P1,0,,")
        #expect(bands[5] == "2027-03-15,A01,P1,5,7.5,20")
        #expect(try FileManager.default.contentsOfDirectory(atPath: out).sorted() == (expected.keys + ["bands.csv"]).sorted())
    }

    @Test func aPlanReadsBackAsItWasWritten() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        let written = result(for: package)
        let kpis = """
            {"total": {"lost": 0.25}, "tiers": [{"tier": 1, "lost": 1e-1}], "accounts": [{"account": "A01", "tier": 2, "least_cover": null}],
            "rounding": [{"rank": "lost-sales", "tier": 1, "cost": 0.05}, {"rank": "cost", "tier": null, "cost": 3}]}
            """
        try writePlanFolder(written, package: package, extraFiles: [("kpis.json", kpis)], to: source.path("out"))
        let reading = readPlan(at: source.path("out"), package: package)
        #expect(reading.findings.map(\.description) == [])
        let files = try #require(reading.files)
        #expect(files.plan.production == [written.allocation.plan.production[1], written.allocation.plan.production[0]])
        #expect(files.plan.movements == written.allocation.plan.movements.reversed())
        #expect(files.plan.lineUse == written.allocation.plan.lineUse)
        #expect(files.plan.siteStock == written.allocation.plan.siteStock)
        #expect(files.plan.accountPlan == [written.allocation.plan.accountPlan[0]])
        #expect(Set(files.plan.expired) == Set(written.allocation.plan.expired))
        #expect(files.plan.lots == written.allocation.plan.lots.reversed())
        #expect(files.demand == written.demand)
        #expect(files.bands == written.bands)
        #expect(files.segmentation.tierOfAccount == [2, 1])
        #expect(files.segmentation.segments == written.segmentation.segments)
        #expect(files.certificate == written.allocation.certificate)
        #expect(files.inputHashes == package.inputHashes)
        // Rows that are all zero were left out; models and what stood before overrides are not read back.
        let forecast = try #require(files.forecast)
        #expect(forecast.map(\.quantity) == [10.25, 0] && forecast.map(\.override) == [10.25, 0])
        #expect(forecast.map(\.quantiles) == [[8, 10, 13], [0, 0, 0]])
        #expect(files.shortages == [written.shortages[0]])
        #expect(Set(try #require(files.resources)) == Set(written.allocation.resources))
        #expect(
            files.keyFigures == [
                "total.lost": 0.25, "tiers.1.tier": 1, "tiers.1.lost": 0.1, "accounts.A01.tier": 2, "rounding.lost-sales-1.tier": 1,
                "rounding.lost-sales-1.cost": 0.05, "rounding.cost.cost": 3,
            ])
    }

    @Test func aPlanWithoutTablesThatTellAboutItReadsWithNotes() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        let out = source.path("out")
        try writePlanFolder(result(for: package), package: package, to: out)
        for file in ["forecast.csv", "shortages.csv", "resources.csv"] { try FileManager.default.removeItem(atPath: out + "/" + file) }
        let reading = readPlan(at: out, package: package)
        #expect(reading.findings.map(\.file) == ["forecast.csv", "shortages.csv", "resources.csv", "kpis.json"])
        #expect(reading.findings.allSatisfy { $0.severity == .note })
        #expect(reading.files?.shortages == nil && reading.files?.keyFigures == nil)
    }

    @Test(
        arguments: [
            ("production.csv", "bucket,line,product,quantity,hours\n2027-03-01,L9,P1,1,1\n", 2, "no line is named \"L9\""),
            (
                "production.csv", "bucket,line,product,quantity,hours\n2027-03-01,L1,P1,1,1\n2027-03-01,L1,P1,1,1\n", 3,
                "stands on line 2 already"
            ),
            (
                "movements.csv", "bucket,lane,product,quantity,arrives\n2029-03-01,DC1-A01,P1,1,2029-03-01\n", 2,
                "outside the horizon of the package"
            ),
            ("site_stock.csv", "bucket,site,product,quantity\n2027-03-01,DC1,P1,lots\n", 2, "is not a number"),
            ("account_plan.csv", "", nil, "empty"),
            ("forecast.csv", "bucket,account,product,quantity\n2027-03-01,A99,P1,1\n", 2, "no account is named \"A99\""),
            (
                "shortages.csv", "bucket,account,product,lost,reason,resource\n2027-03-01,A01,P1,1,weather,L1\n", 2,
                "\"weather\" is none of"
            ),
            (
                "resources.csv", "bucket,kind,resource,site,capacity,used\n2027-03-01,lane,DC1-A99,,1,1\n", 2,
                "no lane is named \"DC1-A99\""
            ),
            ("kpis.json", "{", nil, "no JSON"),
            (
                "segments.csv", "account,value,share,cumulative_share,tier,reason\nA01,1,1,1,1,computed\n", nil,
                "the account \"A02\" has no row"
            ),
            ("certificate.json", "{\"ranks\": [{\"rank\": \"profit\"}]}", nil, "no aim"), ("certificate.json", "{", nil, "no JSON"),
            ("certificate.json", "{\"ranks\": [{\"tier\": 1}]}", nil, "missing"), ("bands.csv", nil, nil, "missing"),
        ] as [(String, String?, Int?, String)])
    func aDamagedPlanIsTold(_ test: (file: String, contents: String?, line: Int?, says: String)) throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        try writePlanFolder(result(for: package), package: package, to: source.path("out"))
        if let contents = test.contents {
            try source.write("out/" + test.file, Array(contents.utf8))
        } else {
            try FileManager.default.removeItem(atPath: source.path("out/" + test.file))
        }
        let reading = readPlan(at: source.path("out"), package: package)
        #expect(reading.files == nil)
        expectChinese(reading.findings)
        #expect(
            reading.findings.contains { $0.file == test.file && $0.line == test.line && $0.message.contains(test.says) },
            "\(reading.findings)")
    }

    @Test func anEarlierPlanIsReplacedAsAWhole() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        let out = source.path("deep/inside/out")
        try writePlanFolder(result(for: package), package: package, extraFiles: [("old.txt", "old")], to: out)
        try writePlanFolder(result(for: package), package: package, to: out)
        #expect(!FileManager.default.fileExists(atPath: out + "/old.txt"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: source.path("deep/inside")) == ["out"], "nothing is left beside it")
    }

    @Test func twoWritesGiveTheSameBytes() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        var shuffled = result(for: package)
        shuffled.allocation.plan.production.reverse()
        shuffled.allocation.plan.movements.reverse()
        shuffled.allocation.resources.reverse()
        shuffled.forecast.rows.reverse()
        shuffled.pegging.reverse()
        let writer = PlanFileWriter(package: package)
        let first = try writer.tables(of: result(for: package))
        let second = try writer.tables(of: shuffled)
        #expect(first.map(\.name) == second.map(\.name))
        for (a, b) in zip(first, second) { #expect(a.contents == b.contents, "\(a.name)") }
    }

    @Test func whatIsNoPlanIsNeverReplaced() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        let plan = result(for: package)
        func refuses(_ folder: String, _ isExpected: (PlanFolderError) -> Bool) throws {
            let before = try FileManager.default.contentsOfDirectory(atPath: source.folder).sorted()
            let error = #expect(throws: PlanFolderError.self) { try writePlanFolder(plan, package: package, to: folder) }
            #expect(error.map(isExpected) == true, "\(String(describing: error))")
            #expect(try FileManager.default.contentsOfDirectory(atPath: source.folder).sorted() == before)
        }
        try refuses(source.folder) { if case .holdsInputTables = $0 { true } else { false } }
        try refuses(source.path("accounts.csv")) { if case .isAFile = $0 { true } else { false } }
        let photos = source.path("photos")
        try FileManager.default.createDirectory(atPath: photos, withIntermediateDirectories: false)
        try source.write("photos/cat.jpg", [1])
        try refuses(photos) { if case .notAPlanFolder = $0 { true } else { false } }
        try source.write("photos/certificate.json", [])
        try FileManager.default.createDirectory(atPath: photos + "/album", withIntermediateDirectories: false)
        try refuses(photos) { if case .notAPlanFolder = $0 { true } else { false } }
        try FileManager.default.removeItem(atPath: photos + "/album")
        try source.write("photos/accounts.csv", [])
        try refuses(photos) { if case .holdsInputTables = $0 { true } else { false } }
        // An empty folder is free.
        try FileManager.default.createDirectory(atPath: source.path("empty"), withIntermediateDirectories: false)
        try writePlanFolder(plan, package: package, to: source.path("empty"))
        #expect(FileManager.default.fileExists(atPath: source.path("empty/certificate.json")))
    }

    @Test func aFailureLeavesTheEarlierPlanAsItWas() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        let out = source.path("out")
        try writePlanFolder(result(for: package), package: package, to: out)
        let before = try contents(out, "production.csv")
        var broken = result(for: package)
        broken.allocation.plan.production[0].quantity = .nan
        #expect(throws: PlanFolderError.notFinite(file: "production.csv")) { try writePlanFolder(broken, package: package, to: out) }
        #expect(throws: PlanFolderError.badFileName("../evil")) {
            try writePlanFolder(result(for: package), package: package, extraFiles: [("../evil", "x")], to: out)
        }
        #expect(try contents(out, "production.csv") == before)
        #expect(throws: PlanFolderError.self) {
            try writePlanFolder(result(for: package), package: package, to: source.path("accounts.csv/out"))
        }
    }

    /// Whoever looks while a plan is replaced, or after the process was killed, finds the earlier plan or the new one, and all of it.
    @Test func thereIsAPlanAtEveryMoment() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        let out = source.path("out")
        let plan = result(for: package)
        try writePlanFolder(plan, package: package, extraFiles: [("report.html", "0")], to: out)
        let looks = Looks()
        let watcher = Thread {
            while !looks.isOver {
                looks.note(FileManager.default.fileExists(atPath: out))
            }
        }
        watcher.start()
        for round in 1...100 { try writePlanFolder(plan, package: package, extraFiles: [("report.html", "\(round)")], to: out) }
        looks.end()
        #expect(looks.misses == 0 && looks.hits > 0, "\(looks.misses) of \(looks.misses + looks.hits) looks found nothing")
        #expect(try contents(out, "report.html") == "100")
    }

    private final class Looks: @unchecked Sendable {
        private let lock = NSLock()
        private var counts = (hits: 0, misses: 0, isOver: false)

        func note(_ isThere: Bool) { lock.withLock { if isThere { counts.hits += 1 } else { counts.misses += 1 } } }
        func end() { lock.withLock { counts.isOver = true } }
        var isOver: Bool { lock.withLock { counts.isOver } }
        var hits: Int { lock.withLock { counts.hits } }
        var misses: Int { lock.withLock { counts.misses } }
    }

    @Test func whatAKilledRunLeftIsTakenAwayLater() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        let manager = FileManager.default
        let parent = source.path("plans")
        for (name, age) in [(".out.0123ABCD.new", 7200.0), (".out.89ABCDEF.new", 60), (".other.0123ABCD.new", 7200)] {
            try manager.createDirectory(atPath: parent + "/" + name, withIntermediateDirectories: true)
            try manager.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: parent + "/" + name)
        }
        try writePlanFolder(result(for: package), package: package, to: parent + "/out")
        #expect(try manager.contentsOfDirectory(atPath: parent).sorted() == [".other.0123ABCD.new", ".out.89ABCDEF.new", "out"])
    }

    @Test func aLinkToAFolderStaysALink() throws {
        let source = try TemporaryPackage()
        let package = try source.package()
        try FileManager.default.createDirectory(atPath: source.path("real"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: source.path("out"), withDestinationPath: source.path("real"))
        try writePlanFolder(result(for: package), package: package, to: source.path("out"))
        #expect(FileManager.default.fileExists(atPath: source.path("real/certificate.json")))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: source.path("out")) == source.path("real"))
    }

    @Test func idsWithSeparatorsAreQuoted() {
        var text = CSVText(header: ["a", "b"])
        text.add("x,y")
        text.add("say \"hi\"\n")
        text.endRow()
        #expect(String(decoding: text.bytes, as: UTF8.self) == "a,b\n\"x,y\",\"say \"\"hi\"\"\n\"\n")
    }

    @Test(arguments: [(0.1, "p10"), (0.5, "p50"), (0.025, "p2.5"), (0.29, "p29"), (0.999, "p99.9"), (0.07, "p7")])
    func quantilesAreNamedByTheirPercentage(_ test: (probability: Double, name: String)) {
        #expect(PlanTable.quantileName(test.probability) == test.name)
    }
}
