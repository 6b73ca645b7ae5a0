import Foundation
import PlanData
import PlanModel
import Testing

/// A small package in a folder of its own, gone with the value.
final class TemporaryPackage {
    let folder: String

    /// The well-formed package of the tests: two accounts, two products, one plant, one DC.
    static let tables: [String: String] = [
        "plan.toml": "[horizon]\nbucket = \"week\"\nstart = \"2027-03-01\"\nbuckets = 4\n",
        "accounts.csv": "account,name,region,group,weight\nA02,Beta,South,G1,2\nA01,Alpha,North,G1,\n",
        "products.csv": "product,name,volume,price\nP1,Lager,0.5,10\nP2,Stout,0.25,\n",
        "sales.csv": "date,account,product,quantity,price\n2027-02-15,A01,P1,10,\n2027-02-22,A01,P1,12.5,11\n2027-02-28,A02,P2,4,\n",
        "sites.csv": "site,kind,storage,holding_cost\nPL1,plant,,\nDC1,dc,1000,0.1\n",
        "lines.csv": "line,site,hours,overtime_hours,overtime_cost\nL1,PL1,40,8,25\n",
        "line_products.csv": "line,product,rate,unit_cost\nL1,P1,10,1\nL1,P2,5,2\n",
        "lanes.csv":
            "lane,from,to,lead_time,unit_cost,capacity\nPL1-DC1,PL1,DC1,1,0.2,500\nDC1-A01,DC1,A01,0,0.3,100\nDC1-A02,DC1,A02,0,0.3,\n",
        "stock.csv": "location,product,quantity,expires\nDC1,P1,60,2027-03-20\nDC1,P1,40,2027-03-20\nDC1,P2,30,\n",
    ]

    /// The well-formed package with some files replaced, added, or (nil) left out.
    init(_ changes: [String: String?] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in TemporaryPackage.tables.merging(changes.compactMapValues { $0 }, uniquingKeysWith: { $1 }) {
            if let change = changes[name], change == nil { continue }
            try write(name, Array(text.utf8))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/" + name }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        // Not through Data: that waits for the disk each time, and there are thousands of these files.
        let file = try #require(fopen(path(name), "wb"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// Whatever a test damages, each finding has to be readable in Chinese as well.
    func read(_ purpose: PackagePurpose = .plan) -> PackageReading {
        let reading = readPackage(at: folder, purpose: purpose)
        expectChinese(reading.findings)
        return reading
    }

    /// The package, or a failed test that shows the findings.
    func package(_ purpose: PackagePurpose = .plan) throws -> DataPackage {
        let reading = read(purpose)
        return try #require(reading.package, "\(reading.findings.map(\.description).joined(separator: "\n"))")
    }
}

/// Bytes of a text in GB18030.
func gb18030(_ text: String) throws -> [UInt8] {
    Array(try #require(text.data(using: String.Encoding(rawValue: 0x8000_0632))))
}
