import Foundation
import PlanData
import Testing

/// One kind of damage, and the finding it must give.
struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    /// File replaced by these bytes; nil contents = left out.
    var file: String
    var contents: [UInt8]?
    var severity = FindingSeverity.error
    var finding: String
    var line: Int?
    var column: String?
    /// Part of the message.
    var says: String
    /// Part of the advice.
    var advises: String

    var testDescription: String { name }

    init(
        _ name: String, _ file: String, _ contents: String?, severity: FindingSeverity = .error, in finding: String? = nil,
        line: Int? = nil,
        column: String? = nil, says: String, advises: String
    ) {
        self.init(
            name, file, bytes: contents.map { Array($0.utf8) }, severity: severity, in: finding, line: line, column: column, says: says,
            advises: advises)
    }

    init(
        _ name: String, _ file: String, bytes: [UInt8]?, severity: FindingSeverity = .error, in finding: String? = nil, line: Int? = nil,
        column: String? = nil, says: String, advises: String
    ) {
        self.name = name
        self.file = file
        contents = bytes
        self.severity = severity
        self.finding = finding ?? file
        self.line = line
        self.column = column
        self.says = says
        self.advises = advises
    }
}

private let accounts = "account,name\n"
private let sales = "date,account,product,quantity\n"

/// Expected texts are ours, written from style.md's form: what is wrong, then what to do.
private let damages: [Damage] = [
    // Files
    Damage("missing required file", "accounts.csv", nil, says: "the file is missing", advises: "columns account"),
    Damage("zero bytes", "accounts.csv", "", says: "the file is empty", advises: "Export it again"),
    Damage("mark only", "lanes.csv", bytes: [0xEF, 0xBB, 0xBF], says: "the file is empty", advises: "Export it again"),
    Damage("line ends only", "accounts.csv", "\n\r\n\n", says: "needs at least a header line", advises: "Export"),
    Damage("header only, required", "products.csv", "product,price\n", says: "a header and no rows", advises: "Add the rows"),
    Damage(
        "header only, optional", "stock.csv", "location,product,quantity\n", severity: .note, says: "a header and no rows",
        advises: "export"),
    Damage("spreadsheet", "accounts.csv", bytes: [0x50, 0x4B, 3, 4, 20, 0], says: "a spreadsheet", advises: "CSV"),
    Damage("compressed", "accounts.csv", bytes: [0x1F, 0x8B, 8, 0], says: "compressed", advises: "gunzip"),
    Damage("misnamed table", "order.csv", "order\n", severity: .note, says: "did you mean orders.csv?", advises: "Rename"),
    // Encoding
    Damage(
        "UTF-16 with mark", "accounts.csv", bytes: [0xFF, 0xFE] + "account\n".utf8.flatMap { [$0, 0] }, says: "UTF-16", advises: "UTF-8"),
    Damage("UTF-16 without mark", "accounts.csv", bytes: "account,name\n".utf8.flatMap { [0, $0] }, says: "UTF-16", advises: "UTF-8"),
    Damage(
        "NUL byte", "accounts.csv", bytes: Array("account,name\nA01,x\nA02,".utf8) + [0] + Array("\n".utf8), line: 3, says: "NUL byte",
        advises: "Export"),
    Damage(
        "broken UTF-8", "accounts.csv", bytes: Array("account,name\nA01,北京上海\nA02,".utf8) + [0xE5, 0x8C] + Array("\n".utf8), line: 3,
        says: "no UTF-8", advises: "line"),
    Damage(
        "no known encoding", "accounts.csv", bytes: Array("account,name\nA01,".utf8) + [0xFF, 0x20] + Array("\n".utf8), line: 2,
        says: "no UTF-8 or GB18030", advises: "Save"),
    // Splitting
    Damage("old Mac line ends", "accounts.csv", "account,name\rA01,x\r", line: 1, says: "carriage return alone", advises: "LF or CRLF"),
    Damage(
        "open quote", "accounts.csv", accounts + "A01,x\nA02,\"never closed\nA03,y\n", line: 3,
        says: "a quote opens on this line and is never closed", advises: "\"\""),
    Damage("text after quote", "accounts.csv", accounts + "A01,\"a\nb\"c\n", line: 3, says: "the field opens on line 2", advises: "Double"),
    Damage("too few fields", "accounts.csv", accounts + "A01,x\nA02\n", line: 3, says: "1 fields, the header 2", advises: "quotes"),
    Damage("too many fields", "accounts.csv", accounts + "A01,x,y\n", line: 2, says: "3 fields, the header 2", advises: "quotes"),
    Damage(
        "million commas", "accounts.csv", String(repeating: ",", count: 1_000_000), line: 1, says: "more than 4096 fields",
        advises: "line end"),
    // Header
    Damage(
        "missing column", "sales.csv", "date,account,quantity\n2027-02-01,A01,5\n", line: 1, column: "product",
        says: "the column product is missing", advises: "[columns.sales]"),
    Damage(
        "doubled header", "accounts.csv", "account,name,name\nA01,x,y\n", line: 1, column: "name",
        says: "columns 2 and 3 have the same header", advises: "Rename"),
    Damage(
        "unknown column", "accounts.csv", "account,wieght\nA01,2\nA02,1\n", severity: .note, line: 1, column: "wieght",
        says: "did you mean \"weight\"?", advises: "rename"),
    // Cells
    Damage(
        "text in a number", "accounts.csv", "account,weight\nA01,heavy\nA02,1\n", line: 2, column: "weight",
        says: "\"heavy\" is not a number", advises: "digits"),
    Damage(
        "thousands separators", "sales.csv", sales + "2027-02-01,A01,P1,\"1,234\"\n", line: 2, column: "quantity",
        says: "\"1,234\" has thousands separators", advises: "without"),
    Damage(
        "decimal comma", "products.csv", "product;price\nP1;3,5\nP2;1\n", line: 2, column: "price", says: "\"3,5\" has a decimal comma",
        advises: "point"),
    Damage(
        "NaN", "sales.csv", sales + "2027-02-01,A01,P1,NaN\n", line: 2, column: "quantity", says: "not a finite number", advises: "Correct"),
    Damage(
        "infinity", "lanes.csv", "lane,from,to,capacity\nX,PL1,DC1,inf\n", line: 2, column: "capacity", says: "not a finite number",
        advises: "blank"),
    Damage(
        "hexadecimal", "sales.csv", sales + "2027-02-01,A01,P1,0x10\n", line: 2, column: "quantity", says: "hexadecimal", advises: "decimal"
    ),
    Damage(
        "percentage", "guarantees.csv", "guarantee,account,share\nG,A01,40%\n", line: 2, column: "share", says: "percentage", advises: "0.4"
    ),
    Damage(
        "negative quantity", "stock.csv", "location,product,quantity\nDC1,P1,-5\n", line: 2, column: "quantity", says: "\"-5\" is negative",
        advises: "0 or more"),
    Damage(
        "rate of nothing", "line_products.csv", "line,product,rate\nL1,P1,0\nL1,P2,5\n", line: 2, column: "rate", says: "not above 0",
        advises: "more than 0"),
    Damage(
        "half a bucket", "lanes.csv", "lane,from,to,lead_time\nX,PL1,DC1,0.5\n", line: 2, column: "lead_time", says: "not a whole number",
        advises: "whole"),
    Damage("absurd number", "sales.csv", sales + "2027-02-01,A01,P1,1e300\n", line: 2, column: "quantity", says: "10^15", advises: "code"),
    Damage(
        "impossible date", "sales.csv", sales + "2027-02-30,A01,P1,5\n", line: 2, column: "date", says: "a day that does not exist",
        advises: "YYYY-MM-DD"),
    Damage(
        "date in another form", "sales.csv", sales + "2027/2/3,A01,P1,5\n", line: 2, column: "date", says: "\"2027/2/3\" is not a date",
        advises: "2027-02-03"),
    Damage(
        "date of another age", "sales.csv", sales + "0207-02-03,A01,P1,5\n", line: 2, column: "date", says: "outside the years",
        advises: "year"),
    Damage(
        "blank required cell", "sales.csv", sales + "2027-02-03,,P1,5\n", line: 2, column: "account", says: "blank", advises: "Fill it in"),
    Damage(
        "word not known", "sites.csv", "site,kind\nPL1,plnat\nDC1,dc\n", line: 2, column: "kind", says: "did you mean \"plant\"?",
        advises: "words"),
    Damage(
        "tier zero", "accounts.csv", "account,tier\nA01,0\nA02,1\n", line: 2, column: "tier", says: "\"0\" is not a whole number from 1",
        advises: "blank"),
    // Keys and references
    Damage(
        "doubled account", "accounts.csv", accounts + "A01,x\nA02,y\nA01,z\n", line: 4, column: "account",
        says: "account A01 stands on line 2 already", advises: "Delete"),
    Damage(
        "doubled key", "line_products.csv", "line,product,rate\nL1,P1,5\nL1,P1,6\nL1,P2,1\n", line: 3, column: "line, product",
        says: "stands on line 2 already", advises: "Delete"),
    Damage(
        "unknown account", "sales.csv", sales + "2027-02-01,A1,P1,5\n", line: 2, column: "account",
        says: "no account is named \"A1\"; did you mean \"A01\"?", advises: "add the account to accounts.csv"),
    Damage(
        "lane to nowhere", "lanes.csv", "lane,from,to\nX,PL1,DC7\n", line: 2, column: "to",
        says: "no site or account is named \"DC7\"; did you mean \"DC1\"?", advises: "sites.csv"),
    Damage(
        "lane from an account", "lanes.csv", "lane,from,to\nX,A01,DC1\n", line: 2, column: "from",
        says: "is an account; a lane starts at a site", advises: "turn the lane"),
    Damage(
        "lane to itself", "lanes.csv", "lane,from,to\nX,DC1,DC1\n", line: 2, column: "to", says: "ends where it starts", advises: "ends"),
    Damage(
        "site named like an account", "sites.csv", "site,kind\nPL1,plant\nDC1,dc\nA01,dc\n", line: 4, column: "site",
        says: "is also an account", advises: "another id"),
    Damage(
        "unknown analogue", "products.csv", "product,analogue\nP1,\nP2,P9\n", line: 3, column: "analogue",
        says: "no product is named \"P9\"", advises: "products.csv"),
    Damage(
        "own analogue", "products.csv", "product,analogue\nP1,P1\nP2,\n", line: 2, column: "analogue", says: "cannot be its own analogue",
        advises: "another"),
    Damage(
        "capacity of nothing", "capacity.csv", "resource,kind,bucket,capacity\nL2,hours,2027-03-01,5\n", line: 2, column: "resource",
        says: "no line is named \"L2\"; did you mean \"L1\"?", advises: "lines.csv"),
    Damage(
        "capacity of another kind", "capacity.csv", "resource,kind,bucket,capacity\nL1,lane,2027-03-01,5\n", line: 2, column: "resource",
        says: "no lane is named \"L1\"", advises: "lanes.csv"),
    Damage(
        "capacity of unknown kind", "capacity.csv", "resource,kind,bucket,capacity\nL1,hour,2027-03-01,5\n", line: 2, column: "kind",
        says: "did you mean \"hours\"?", advises: "words"),
    Damage(
        "band upside down", "bands.csv", "account,product,min,max\nA01,P1,9,5\n", line: 2, column: "min",
        says: "the minimum 9.0 is above the maximum 5.0", advises: "Correct"),
    Damage(
        "overlapping bands", "bands.csv", "account,product,start,end,min\nA01,P1,2027-03-01,2027-03-14,1\nA01,P1,2027-03-08,,2\n", line: 3,
        column: "start", says: "overlap those of line 2", advises: "before the next"),
    Damage(
        "event ending before it starts", "events.csv", "event,start,end\nFeast,2027-03-05,2027-03-01\n", line: 2, column: "end",
        says: "before it starts", advises: "dates"),
    Damage(
        "change of level ahead without its size", "level_shifts.csv", "date,factor\n2027-02-01,\n2027-03-15,\n", line: 3, column: "factor",
        says: "lies ahead", advises: "1.2 for a fifth more"),
    Damage(
        "days before an event below 0", "events.csv", "event,start,end,before\nFeast,2027-03-01,2027-03-02,-3\n", line: 2, column: "before",
        says: "-3", advises: "whole number"),
    Damage(
        "promise of nothing", "guarantees.csv", "guarantee,account\nG,A01\n", line: 2, column: "quantity",
        says: "neither a quantity nor a share", advises: "Fill in"),
    Damage(
        "promise to a group nobody is in", "guarantees.csv", "guarantee,group,quantity\nG,G2,5\n", line: 2, column: "group",
        says: "did you mean \"G1\"?", advises: "accounts.csv"),
    Damage(
        "one bucket twice", "demand.csv", "bucket,account,product,quantity\n2027-03-01,A01,P1,5\n2027-03-03,A01,P1,6\n", line: 3,
        column: "bucket, account, product", says: "stands on line 2 already", advises: "add them up"),
    // What only looks odd
    Damage(
        "demand off the horizon", "demand.csv", "bucket,account,product,quantity\n2027-03-29,A01,P1,5\n", severity: .note, line: 2,
        column: "bucket", says: "outside the horizon (2027-03-01 to 2027-03-28)", advises: "horizon"),
    Damage(
        "arrival after the horizon", "in_transit.csv", "location,product,bucket,quantity\nDC1,P1,2027-04-05,5\n", severity: .note, line: 2,
        column: "bucket", says: "after the last bucket", advises: "horizon"),
    Damage(
        "sales in the future", "sales.csv", sales + "2027-02-01,A01,P1,5\n2027-03-01,A01,P1,5\n2027-04-01,A01,P1,5\n", severity: .note,
        says: "2 rows are dated on or after the start", advises: "start"),
    Damage(
        "product nobody makes", "products.csv", "product\nP1\nP2\nP3\n", severity: .note, line: 4, column: "product",
        says: "no line makes \"P3\"", advises: "line_products.csv"),
    Damage(
        "account no lane reaches", "accounts.csv", "account,group\nA01,G1\nA02,G1\nA03,G1\n", severity: .note, line: 4, column: "account",
        says: "no lane reaches \"A03\"", advises: "lanes.csv"),
    Damage(
        "material nobody needs", "material_supply.csv", "site,material,bucket,quantity\nPL1,malt,2027-03-01,5\n", severity: .note, line: 2,
        column: "material", says: "no product in bom.csv needs", advises: "bom.csv"),
    // Settings
    Damage("settings: no TOML", "plan.toml", "[horizon]\nbuckets = \n", line: 2, says: "the line is no TOML", advises: "quotes"),
    Damage(
        "settings: unknown key", "plan.toml", "[horizon]\nstart = \"2027-03-01\"\nbukets = 4\n", line: 3, column: "horizon.bukets",
        says: "did you mean \"buckets\"?", advises: "bucket, start"),
    Damage(
        "settings: unknown section", "plan.toml", "[horizont]\nbuckets = 4\n", line: 1, column: "horizont",
        says: "did you mean \"horizon\"?", advises: "horizon"),
    Damage(
        "settings: wrong type", "plan.toml", "[horizon]\nstart = \"2027-03-01\"\nbuckets = \"many\"\n", line: 3, column: "horizon.buckets",
        says: "found the text \"many\", wanted a whole number", advises: "Correct"),
    Damage(
        "settings: impossible date", "plan.toml", "[horizon]\nstart = \"2027-02-30\"\n", line: 2, column: "horizon.start",
        says: "a day that does not exist", advises: "YYYY-MM-DD"),
    Damage(
        "settings: unknown aim", "plan.toml", "[horizon]\nstart = \"2027-03-01\"\n[plan]\nranks = [[\"lost-sale\"]]\n", line: 4,
        column: "plan.ranks", says: "did you mean \"lost-sales\"?", advises: "guarantees"),
    Damage(
        "settings: header nobody has", "plan.toml", "[horizon]\nstart = \"2027-03-01\"\n[columns.sales]\naccount = \"Kunde\"\n",
        in: "sales.csv", line: 1, column: "account", says: "the header \"Kunde\"", advises: "[columns.sales]"),
]

@Suite struct DamagedPackageTests {
    @Test("each kind of damage gives a finding that says where and what to do", arguments: damages)
    func damageIsTold(_ damage: Damage) throws {
        let package = try TemporaryPackage(damage.contents == nil ? [damage.file: nil] : [:])
        if let contents = damage.contents { try package.write(damage.file, contents) }
        let reading = package.read()
        let all = reading.findings.map(\.description).joined(separator: "\n")
        let match = reading.findings.first { $0.file == damage.finding && $0.message.contains(damage.says) }
        let finding = try #require(match, "\(all)")
        #expect(finding.severity == damage.severity)
        #expect(finding.line == damage.line)
        #expect(finding.column == damage.column)
        #expect(finding.advice.contains(damage.advises), "\(finding.advice)")
        #expect((reading.package == nil) == (damage.severity == .error), "\(all)")
    }

    @Test func wellFormedPackageHasNoFindings() throws {
        let reading = try TemporaryPackage().read()
        #expect(reading.findings.map(\.description) == [])
        #expect(reading.package != nil)
    }

    @Test func findingReadsLikeStyleSays() throws {
        let package = try TemporaryPackage(["lanes.csv": "lane,from,to\nX,PL1,DC-1\n"])
        let finding = try #require(package.read().errors.first)
        #expect(
            finding.description == """
                lanes.csv:2, to: no site or account is named "DC-1"; did you mean "DC1"?
                Correct the name, or add the site or account to sites.csv or accounts.csv.
                """)
    }

    @Test func allFindingsOfAPackageAreReportedAtOnce() throws {
        let package = try TemporaryPackage([
            "sales.csv": sales + "2027-02-30,A1,P1,x\n2027-02-01,A01,P9,5\n", "stock.csv": "location,product,quantity\nDC1,P1,-5\n",
            "lanes.csv": "lane,from,to\nX,PL1,DC9\n",
        ])
        let errors = package.read().errors
        #expect(
            errors.map { "\($0.file):\($0.line ?? 0) \($0.column ?? "")" } == [
                "sales.csv:2 date", "sales.csv:2 account", "sales.csv:2 quantity", "sales.csv:3 product", "lanes.csv:2 to",
                "stock.csv:2 quantity",
            ])
    }

    @Test func aFileFullOfErrorsEndsInAPage() throws {
        let rows = (0..<5000).map { "2027-02-01,A01,P1,x\($0)\n" }.joined()
        let findings = try TemporaryPackage(["sales.csv": sales + rows]).read().findings.filter { $0.file == "sales.csv" }
        #expect(findings.count == 101)
        #expect(findings.last?.message == "… and 4900 more findings")
        #expect(findings.last?.severity == .error)
    }

    @Test func anUnknownIdIsToldOnceWithItsNumberOfLines() throws {
        let rows = String(repeating: "2027-02-01,A99,P1,1\n", count: 42)
        let errors = try TemporaryPackage(["sales.csv": sales + rows]).read().errors
        #expect(errors.count == 1)
        #expect(errors.first?.line == 2)
        #expect(errors.first?.message.hasSuffix("(and on 41 more lines)") == true, "\(errors)")
    }

    @Test func folderThatIsMissingOrAFileIsAFinding() throws {
        let package = try TemporaryPackage()
        #expect(readPackage(at: package.path("nowhere")).errors.first?.message == "there is no such folder")
        #expect(readPackage(at: package.path("accounts.csv")).errors.first?.message.hasPrefix("this is a file") == true)
    }

    @Test func folderAboveThePackageIsOneFinding() throws {
        let package = try TemporaryPackage()
        let inside = package.folder + "-above"
        try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: inside) }
        try FileManager.default.copyItem(atPath: package.folder, toPath: inside + "/input")
        let errors = readPackage(at: inside).errors
        #expect(errors.count == 1)
        #expect(errors.first?.message == "there are no tables here; those of a package are in the folder \(inside)/input")
        #expect(readPackage(at: inside + "/input").errors.isEmpty)
    }

    @Test func tableThatIsAFolderIsAFinding() throws {
        let package = try TemporaryPackage(["accounts.csv": nil])
        try FileManager.default.createDirectory(atPath: package.path("accounts.csv"), withIntermediateDirectories: false)
        let reading = package.read()
        #expect(reading.errors.map(\.file) == ["accounts.csv"], "\(reading.findings)")
        #expect(reading.errors.first?.message.contains("a folder") == true)
    }

    @Test func tableThatIsAPipeIsAFindingAndDoesNotHang() throws {
        let package = try TemporaryPackage(["stock.csv": nil])
        #expect(mkfifo(package.path("stock.csv"), 0o600) == 0)
        #expect(package.read().errors.map(\.file) == ["stock.csv"])
    }

    @Test(.disabled(if: geteuid() == 0, "root may read every file, whatever its mode"))
    func fileWithoutPermissionIsAFinding() throws {
        let package = try TemporaryPackage()
        #expect(chmod(package.path("sales.csv"), 0) == 0)
        let reading = package.read()
        #expect(reading.errors.map(\.file) == ["sales.csv"])
        #expect(reading.errors.first?.message == "no permission to read the file")
    }

    @Test(.disabled(if: geteuid() == 0, "root may read every folder, whatever its mode"))
    func folderWithoutPermissionIsAFinding() throws {
        let package = try TemporaryPackage()
        #expect(chmod(package.folder, 0) == 0)
        let reading = package.read()
        chmod(package.folder, 0o700)
        #expect(reading.errors.first?.message == "the folder cannot be read")
    }

    @Test func aVeryLongLineIsAFindingNotAFlood() throws {
        // Ten million characters stand for a billion: the scanner holds offsets, never the line.
        let package = try TemporaryPackage(["accounts.csv": accounts + "A01," + String(repeating: "x", count: 10_000_000) + "\nA02,y\n"])
        let error = try #require(package.read().errors.first)
        #expect(error.line == 2)
        #expect(error.message.contains("the line is 10000005 bytes long"), "\(error.message)")
    }

    @Test func damageOfOneTableDoesNotHideThatOfAnother() throws {
        // Without accounts no account is known: that is one finding, not one a row.
        let reading = try TemporaryPackage(["accounts.csv": nil, "stock.csv": "location,product,quantity\nDC1,P9,1\n"]).read()
        #expect(reading.errors.map { "\($0.file) \($0.column ?? "")" } == ["accounts.csv ", "stock.csv product"])
    }

    @Test func truncatedAndScrambledFilesNeverTrap() throws {
        // Every prefix of each table, and each byte of it flipped to a few bad values (a fixed walk, no generator needed).
        for (name, text) in TemporaryPackage.tables.sorted(by: { $0.key < $1.key }) {
            let bytes = Array(text.utf8)
            let package = try TemporaryPackage()
            for length in stride(from: 0, to: bytes.count, by: 11) {
                try package.write(name, Array(bytes[..<length]))
                _ = package.read()
            }
            for position in stride(from: 0, to: bytes.count, by: 9) {
                for bad in [0x22, 0x0D, 0x2C, 0xFF, 0x2D] as [UInt8] {
                    var damaged = bytes
                    damaged[position] = bad
                    try package.write(name, damaged)
                    let reading = package.read()
                    #expect((reading.package == nil) == reading.findings.contains { $0.severity == .error })
                }
            }
        }
    }
}
