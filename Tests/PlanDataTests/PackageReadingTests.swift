import Foundation
import PlanModel
import Testing

@testable import PlanData

@Suite struct PackageReadingTests {
    @Test func entitiesAreSortedByIdAndRowsReferToThem() throws {
        let package = try TemporaryPackage().package()
        #expect(package.accounts.map(\.id) == ["A01", "A02"])
        #expect(package.accounts[0] == Account(id: "A01", name: "Alpha", region: "North", group: "G1"))
        #expect(package.accounts[1].weight == 2)
        #expect(
            package.products == [Product(id: "P1", name: "Lager", volume: 0.5, price: 10), Product(id: "P2", name: "Stout", volume: 0.25)])
        #expect(package.sites == [Site(id: "DC1", kind: .dc, storage: 1000, holdingCost: 0.1), Site(id: "PL1", kind: .plant)])
        #expect(
            package.lines == [ProductionLine(id: "L1", site: 1, hoursPerBucket: 40, overtimeHoursPerBucket: 8, overtimeCostPerHour: 25)])
        #expect(
            package.lineProducts == [
                LineProduct(line: 0, product: 0, rate: 10, unitCost: 1), LineProduct(line: 0, product: 1, rate: 5, unitCost: 2),
            ])
        #expect(package.lanes.map(\.id) == ["DC1-A01", "DC1-A02", "PL1-DC1"])
        #expect(package.lanes[1] == Lane(id: "DC1-A02", from: 0, to: .account(1), unitCost: 0.3))
        #expect(package.lanes[2] == Lane(id: "PL1-DC1", from: 1, to: .site(0), leadTime: 1, unitCost: 0.2, capacity: 500))
        #expect(
            package.stock == [
                StockRow(place: .site(0), product: 0, quantity: 100, expires: CalendarDate("2027-03-20")),
                StockRow(place: .site(0), product: 1, quantity: 30),
            ])
    }

    @Test func historyIsSummedByBucketBeforeTheStart() throws {
        let history = try TemporaryPackage().package().history
        #expect(history.sales.pairs == [Pair(account: 0, product: 0), Pair(account: 1, product: 1)])
        #expect(history.sales.firstBucket == -2)
        #expect(history.sales.values == [10, 12.5, 0, 4])
        // Price of the row, else of the product (10), else 1: 10 · 10, 12.5 · 11, 4 · 1.
        #expect(history.salesValue.values == [100, 137.5, 0, 4])
        #expect(history.lastSale == CalendarDate("2027-02-28"))
    }

    @Test func everyTableIsRead() throws {
        let package = try TemporaryPackage([
            "plan.toml": "[horizon]\nstart = \"2027-03-01\"\nbuckets = 8\nfrozen = 2\n",
            "shipments.csv": "date,account,product,quantity\n2027-02-16,A01,P1,30\n2027-02-17,A01,P1,5\n",
            "account_stock.csv":
                "date,account,product,quantity\n2027-02-16,A01,P1,50\n2027-02-21,A01,P1,7\n2027-02-21,A01,P1,8\n2027-02-20,A01,P1,99\n2027-02-28,A01,P1,3\n",
            "events.csv":
                "event,start,end,account,product,lift,before,after\nFeast,2027-02-06,2027-02-12,,,,14,0\nFeast,2026-02-17,2026-02-23,,P1,1.3,,\n",
            "level_shifts.csv": "date,account,product,factor,reason\n2027-04-01,A02,,1.2,listing\n2027-01-11,,P1,,\n",
            "prices.csv": "date,account,product,price\n2026-01-01,,P2,7\n2027-01-01,A01,P2,8\n2026-06-01,,P2,7.5\n",
            "demand.csv": "bucket,account,product,quantity,p10,p90\n2027-03-10,A01,P1,20,15,30\n",
            "overrides.csv": "bucket,account,product,quantity,author,reason\n2027-03-15,A02,P2,9,Li,promotion\n",
            "orders.csv": "order,account,product,due,quantity\nO2,A01,P1,2027-02-20,4\nO1,A01,P1,2027-03-20,6\n",
            "bom.csv": "product,material,quantity\nP1,malt,0.2\nP1,can,24\n",
            "material_supply.csv":
                "site,material,bucket,quantity\nPL1,malt,2027-02-01,100\nPL1,malt,2027-03-02,50\nPL1,malt,2027-03-08,25\n",
            "lane_products.csv": "lane,product\nDC1-A01,P2\nDC1-A01,P1\n", "pools.csv": "pool,capacity,measure\nDOCK,80,weight\n",
            "pool_lanes.csv": "pool,lane\nDOCK,DC1-A02\nDOCK,DC1-A01\n",
            "capacity.csv":
                "resource,kind,bucket,capacity\nDC1,storage,2027-03-22,500\nL1,hours,2027-03-10,0\nDOCK,pool,2027-03-01,40\nPL1-DC1,lane,2027-03-01,9\n",
            "in_transit.csv": "location,product,bucket,quantity\nA01,P1,2027-02-20,3\nA01,P1,2027-03-03,4\nDC1,P2,2027-03-30,5\n",
            "guarantees.csv":
                "guarantee,account,group,tier,product,start,end,quantity,share\nG2,,G1,,P1,2027-03-08,2027-03-14,10,\nG1,A01,,,,,,,0.4\n",
            "bands.csv": "account,product,start,end,min,target,max\nA01,P1,,2027-03-14,5,8,20\nA01,P1,2027-03-15,,6,,\n",
            "frozen.csv": "kind,resource,product,bucket,quantity\nmove,DC1-A01,P1,2027-03-08,12\nmake,L1,P1,2027-03-01,30\n",
        ]).package()
        #expect(package.history.shipments.values == [35, 0])
        // Of the counts in a bucket the last day's, those of one day added up.
        #expect(package.history.closingStock.values == [15, 3])
        #expect(package.events.map(\.start.description) == ["2026-02-17", "2027-02-06"])
        #expect(package.events[0].lift == 1.3 && package.events[0].product == 0 && package.events[1].lift == nil)
        #expect(package.events.map(\.daysBefore) == [nil, 14])
        #expect(package.events.map(\.daysAfter) == [nil, 0])
        #expect(
            package.levelShifts == [
                LevelShiftRow(date: try #require(CalendarDate("2027-01-11")), product: 0),
                LevelShiftRow(date: try #require(CalendarDate("2027-04-01")), account: 1, factor: 1.2),
            ])
        #expect(package.prices.map(\.price) == [7, 7.5, 8])
        // Sales of P2 without a price are valued at the last price for all accounts.
        #expect(package.history.salesValue.values == [100, 137.5, 0, 30])
        #expect(package.demand == [DemandRow(bucket: 1, account: 0, product: 0, quantity: 20, p10: 15, p90: 30)])
        #expect(package.overrides == [OverrideRow(bucket: 2, account: 1, product: 1, quantity: 9, author: "Li", reason: "promotion")])
        #expect(package.orders.map(\.id) == ["O1", "O2"])
        #expect(package.materials == ["can", "malt"])
        #expect(
            package.billOfMaterials == [
                BillOfMaterialRow(product: 0, material: 0, quantity: 24), BillOfMaterialRow(product: 0, material: 1, quantity: 0.2),
            ])
        #expect(
            package.materialReceipts == [
                MaterialReceipt(site: 1, material: 1, bucket: 0, quantity: 150),
                MaterialReceipt(site: 1, material: 1, bucket: 1, quantity: 25),
            ])
        #expect(package.lanes[0].products == [0, 1] && package.lanes[1].products == nil)
        #expect(package.pools == [Pool(id: "DOCK", capacity: 80, measure: .weight, lanes: [0, 1])])
        #expect(package.capacityOverrides.map(\.kind) == [.hours, .lane, .pool, .storage])
        #expect(package.capacities(.hours, of: 0) == [40, 0, 40, 40, 40, 40, 40, 40])
        #expect(
            package.inTransit == [
                InTransitRow(place: .site(0), product: 1, bucket: 4, quantity: 5),
                InTransitRow(place: .account(0), product: 0, bucket: 0, quantity: 7),
            ])
        #expect(
            package.guarantees == [
                Guarantee(id: "G1", account: 0, buckets: 0..<8, share: 0.4, source: SourcePosition(file: "guarantees.csv", line: 3)),
                Guarantee(
                    id: "G2", group: "G1", product: 0, buckets: 1..<2, quantity: 10, source: SourcePosition(file: "guarantees.csv", line: 2)
                ),
            ])
        #expect(
            package.bandRows == [
                BandRow(account: 0, product: 0, buckets: 0..<2, min: 5, target: 8, max: 20),
                BandRow(account: 0, product: 0, buckets: 2..<8, min: 6),
            ])
        #expect(package.frozen.map(\.kind) == [.make, .move])
        #expect(package.frozen.map(\.quantity) == [30, 12])
        #expect(package.inputHashes.count == 9 + 18)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func orderOfRowsAndColumnsChangesNothingButTheHashes(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        let sales = (0..<400).map { number in
            "2027-0\(1 + number % 2)-\(10 + number % 18),A0\(1 + number % 2),P\(1 + number % 3 % 2),\(Double(number) * 0.1 + 0.01),\(Double(number % 7) + 0.3)"
        }
        let plain = try TemporaryPackage(["sales.csv": "date,account,product,quantity,price\n" + sales.joined(separator: "\n") + "\n"])
            .package()
        let shuffled = try TemporaryPackage(["sales.csv": "date,account,product,quantity,price\n" + sales.joined(separator: "\n") + "\n"])
        for (name, _) in TemporaryPackage.tables where name.hasSuffix(".csv") {
            let text = try String(contentsOfFile: shuffled.path(name), encoding: .utf8)
            var rows = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            let order = rows[0].indices.shuffled(using: &generator)
            let header = rows.removeFirst()
            rows.shuffle(using: &generator)
            let lines = ([header] + rows).map { row in order.map { row[$0] }.joined(separator: ",") }
            try shuffled.write(name, Array((lines.joined(separator: "\n") + "\n").utf8))
        }
        var read = try shuffled.package()
        #expect(read.inputHashes != plain.inputHashes)
        read.inputHashes = plain.inputHashes
        #expect(read == plain)
    }

    @Test(arguments: [(";", "\r\n", true), ("\t", "\n", false), (",", "\r\n", false), (";", "\n", true)])
    func separatorsLineEndsAndMarksAreDetected(_ test: (separator: String, lineEnd: String, hasMark: Bool)) throws {
        var plain = try TemporaryPackage().package()
        let package = try TemporaryPackage()
        for (name, text) in TemporaryPackage.tables where name.hasSuffix(".csv") {
            let changed = text.replacingOccurrences(of: ",", with: test.separator).replacingOccurrences(of: "\n", with: test.lineEnd)
            try package.write(name, (test.hasMark ? [0xEF, 0xBB, 0xBF] : []) + Array(changed.utf8))
        }
        let read = try package.package()
        plain.inputHashes = read.inputHashes
        #expect(read == plain)
    }

    @Test func chineseHeadersInGB18030AreUnderstood() throws {
        let package = try TemporaryPackage()
        try package.write("accounts.csv", gb18030("客户编号;客户名称;区域;客户组\r\n青岛一店;青岛第一店;山东;集团甲\r\nA02;乙;南;集团甲\r\n"))
        try package.write("products.csv", gb18030("物料编码;物料描述;单位体积;单价\r\nP1;拉格;0.5;10\r\nP2;世涛;0.25;\r\n"))
        try package.write(
            "sales.csv",
            gb18030("日期;客户代码;产品;销量（箱）;单价\r\n2027-02-15;青岛一店;P1;10;\r\n2027-02-22;\"青岛一店\";P1;12.5;11\r\n2027-02-28;A02;P2;4;\r\n"))
        try package.write("lanes.csv", gb18030("线路;起点;终点;提前期;单位运费;运力\r\nX;DC1;青岛一店;0;1;5\r\nY;DC1;A02;;;\r\nZ;PL1;DC1;;;\r\n"))
        let reading = package.read()
        #expect(reading.findings.map(\.description) == [])
        let read = try package.package()
        #expect(read.accounts.map(\.id) == ["A02", "青岛一店"])
        #expect(read.accounts[1].name == "青岛第一店" && read.accounts[1].group == "集团甲")
        #expect(read.history.sales.values == [0, 4, 10, 12.5])
        #expect(read.lanes.map(\.capacity) == [5, .infinity, .infinity])
    }

    @Test func everyColumnHasChineseNamesAndNoneMeansTwoColumnsOfATableByItsFirstName() {
        for schema in TableSchema.all {
            var first: Set<String> = []
            for field in schema.fields {
                #expect(field.chineseNames.count >= 2, "\(schema.name).\(field.name)")
                #expect(first.insert(field.chineseNames.first ?? "").inserted, "\(schema.name).\(field.name)")
                #expect(field.chineseNames.allSatisfy { $0 == normalizedHeader($0) }, "\(schema.name).\(field.name)")
            }
        }
    }

    @Test func theDictionaryReadsEachTableByItsFirstChineseNames() {
        for schema in TableSchema.all {
            let collector = FindingCollector()
            let mapping = HeaderMapping(
                headers: schema.fields.map { $0.chineseNames[0] }, schema: schema, columnNames: [:], collector: collector)
            #expect(mapping.positions == Array(schema.fields.indices), "\(schema.name)")
            #expect(collector.findings(fileOrder: []).isEmpty, "\(schema.name)")
        }
    }

    @Test func headersOfOnesOwnAreMappedInTheSettings() throws {
        let package = try TemporaryPackage([
            "plan.toml":
                "[horizon]\nstart = \"2027-03-01\"\nbuckets = 4\n[columns.sales]\naccount = \"Kunde\"\nquantity = \"Menge (Kisten)\"\n",
            "sales.csv": "date,Kunde,PRODUCT , Menge (Kisten),quantity\n2027-02-15,A01,P1,10,999\n",
        ])
        let reading = package.read()
        #expect(reading.package?.history.sales.values == [10, 0])
        #expect(reading.notes.map(\.column) == ["quantity"])
    }

    @Test func quotesBlanksAndBlankLinesAreReadAsMeant() throws {
        let package = try TemporaryPackage([
            "accounts.csv": "account,name,region\n\n \"A01\",\"Alpha, \"\"the first\"\"\",\n  A02 ,\"two\nlines\",\u{3000}South\u{A0}\n,,\n"
        ])
        try package.write(
            "accounts.csv",
            Array("account,name,region\n\n\"A01\",\"Alpha, \"\"the first\"\"\",\n  A02 ,\"two\nlines\",\u{3000}South\u{A0}\n,,\n".utf8))
        let accounts = try package.package().accounts
        #expect(accounts.map(\.id) == ["A01", "A02"])
        // A line end inside a name would break the lines it is shown in.
        #expect(accounts.map(\.name) == ["Alpha, \"the first\"", "two lines"])
        #expect(accounts[1].region == "South")
    }

    @Test func aForecastNeedsOnlyAccountsProductsAndSales() throws {
        let package = try TemporaryPackage([
            "sites.csv": nil, "lanes.csv": nil, "lines.csv": nil, "line_products.csv": nil, "stock.csv": nil, "plan.toml": nil,
        ])
        #expect(package.read(.forecast).package != nil)
        #expect(package.read(.plan).errors.map(\.file) == ["sites.csv", "lanes.csv"])
        try FileManager.default.removeItem(atPath: package.path("sales.csv"))
        #expect(package.read(.forecast).errors.map(\.file) == ["sales.csv"])
        #expect(package.read(.plan).errors.contains { $0.message.contains("neither sales.csv nor demand.csv") })
    }

    @Test func hashesAreThoseOfTheFiles() throws {
        let package = try TemporaryPackage(["stock.csv": "location,product,quantity\n"])
        // printf 'location,product,quantity\n' | sha256sum (coreutils 9.1)
        let expected = "65a3c54a85362132588b7756c2f36b11397ec557ab0b384a109b868f78284aee"
        #expect(try package.package().inputHashes["stock.csv"] == expected)
    }

    @Test(
        arguments: [
            // Frozen rows.
            (
                ["frozen.csv": "kind,resource,product,bucket,quantity\nmake,L1,P1,2027-03-08,5\n"], "frozen.csv", FindingSeverity.note,
                "not among the first 1 frozen"
            ),
            (
                [
                    "frozen.csv": "kind,resource,product,bucket,quantity\nmove,DC1-A01,P1,2027-03-01,5\n",
                    "lane_products.csv": "lane,product\nDC1-A01,P2\n",
                ], "frozen.csv", .error, "may not carry P1"
            ),
            (
                [
                    "frozen.csv": "kind,resource,product,bucket,quantity\nmake,L1,P2,2027-03-01,5\n",
                    "line_products.csv": "line,product,rate\nL1,P1,5\n",
                ], "frozen.csv", .error, "cannot make P2"
            ),
            (
                ["frozen.csv": "kind,resource,product,bucket,quantity\nmake,L9,P2,2027-03-01,5\n"], "frozen.csv", .error,
                "no line is named \"L9\""
            ),
            ([:], "plan.toml", .note, "there is no frozen.csv"),
        ] as [([String: String], String, FindingSeverity, String)])
    func frozenRowsThatCannotHoldAreTold(_ test: (files: [String: String], file: String, severity: FindingSeverity, says: String)) throws {
        var files = test.files
        files["plan.toml"] = "[horizon]\nstart = \"2027-03-01\"\nbuckets = 4\nfrozen = 1\n"
        let findings = try TemporaryPackage(files).read().findings
        #expect(findings.contains { $0.file == test.file && $0.severity == test.severity && $0.message.contains(test.says) }, "\(findings)")
    }

    @Test(arguments: [(90.0, 0), (100, 0), (101, 1), (106, 2)])
    func aPromiseAboveDemandIsANote(_ test: (promised: Double, notes: Int)) throws {
        // Demand of A01 is 60 + 40 in the horizon (5 more for A02, which is not in question); an order adds 5 to the second promise's.
        let package = try TemporaryPackage([
            "sales.csv": nil,
            "demand.csv": "bucket,account,product,quantity\n2027-03-01,A01,P1,60\n2027-03-08,A01,P2,40\n2027-03-08,A02,P2,5\n",
            "guarantees.csv": "guarantee,account,group,quantity\nG1,A01,,\(test.promised)\nG2,,G1,\(test.promised)\n",
        ])
        let notes = package.read().notes.filter { $0.file == "guarantees.csv" }
        #expect(notes.count == test.notes, "\(notes)")
        #expect(notes.allSatisfy { $0.message.contains("above the demand") })
    }

    @Test func materialWhoseReceiptsComeTooLateStaysLimited() throws {
        let package = try TemporaryPackage([
            "bom.csv": "product,material,quantity\nP1,malt,1\n",
            "material_supply.csv": "site,material,bucket,quantity\nPL1,malt,2028-01-01,50\n",
        ]).package()
        #expect(package.materialReceipts == [MaterialReceipt(site: 1, material: 0, bucket: 0, quantity: 0)])
    }

    @Test func progressIsTold() throws {
        var steps: [String] = []
        let package = try TemporaryPackage()
        _ = readPackage(at: package.folder) { steps.append($0.activity) }
        #expect(steps.contains("reading sales.csv"))
    }
}
