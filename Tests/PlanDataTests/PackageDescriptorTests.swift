import Foundation
import PlanData
import Testing

@Suite struct PackageDescriptorTests {
    private func json(_ package: TemporaryPackage) throws -> [String: Any] {
        let text = try descriptor(forPackageAt: package.folder)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func resource(_ json: [String: Any], _ name: String) throws -> [String: Any] {
        let resources = try #require(json["resources"] as? [[String: Any]])
        return try #require(resources.first { $0["name"] as? String == name })
    }

    @Test func everyTableThatIsThereIsDescribed() throws {
        let described = try json(try TemporaryPackage())
        let names = (described["resources"] as? [[String: Any]])?.compactMap { $0["path"] as? String }
        #expect(
            names == ["accounts.csv", "products.csv", "sales.csv", "sites.csv", "lines.csv", "line_products.csv", "lanes.csv", "stock.csv"])
    }

    @Test func fieldsHaveTypesKeysAndReferences() throws {
        let described = try json(try TemporaryPackage())
        let schema = try #require(try resource(described, "line-products")["schema"] as? [String: Any])
        let fields = try #require(schema["fields"] as? [[String: Any]])
        #expect(fields.map { $0["name"] as? String } == ["line", "product", "rate", "unit_cost"])
        #expect(fields.map { $0["type"] as? String } == ["string", "string", "number", "number"])
        #expect(schema["primaryKey"] as? [String] == ["line", "product"])
        let keys = try #require(schema["foreignKeys"] as? [[String: Any]])
        #expect(keys.compactMap { ($0["reference"] as? [String: Any])?["resource"] as? String } == ["lines", "products"])
    }

    @Test func headersOfTheFileAreNamesAndOursTitles() throws {
        let package = try TemporaryPackage()
        try package.write("accounts.csv", gb18030("客户编号;名称;extra\nA01;甲;1\nA02;乙;2\n"))
        let accounts = try resource(try json(package), "accounts")
        #expect(accounts["encoding"] as? String == "gb18030")
        #expect((accounts["dialect"] as? [String: Any])?["delimiter"] as? String == ";")
        let fields = try #require((accounts["schema"] as? [String: Any])?["fields"] as? [[String: Any]])
        #expect(fields.map { $0["name"] as? String } == ["客户编号", "名称", "extra"])
        #expect(fields.map { $0["title"] as? String } == ["account", "name", nil])
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        #expect(throws: DescriptorError.notAFolder("/nowhere/at/all")) { try descriptor(forPackageAt: "/nowhere/at/all") }
    }
}
