import Foundation
import Testing

@testable import PlanData

struct SheetNameTests {
    /// The Chinese template must be read back: every table's own Chinese names lead to their table and their fields.
    @Test func chineseNamesLeadBack() {
        for schema in TableSchema.all {
            #expect(SheetNames.table(ofSheet: schema.name) == schema.name)
            for name in SheetNames.byTable[schema.name] ?? [] { #expect(SheetNames.table(ofSheet: name) == schema.name, "\(name)") }
            let headers = schema.fields.map { $0.chineseNames.first ?? "" }
            let collector = FindingCollector()
            let mapping = HeaderMapping(headers: headers, schema: schema, columnNames: [:], collector: collector)
            #expect(mapping.positions == Array(schema.fields.indices), "\(schema.name): \(headers)")
            #expect(!collector.hasErrors)
            for field in schema.fields {
                #expect(
                    field.meaning(in: .chinese, table: schema.name) != field.meaning, "\(schema.name).\(field.name) has no Chinese meaning")
            }
            #expect(schema.title(in: .chinese) != schema.title)
        }
        #expect(SheetNames.table(ofSheet: "设置") == SheetNames.settings)
        #expect(SheetNames.table(ofSheet: "Line Products") == "line_products")
        #expect(SheetNames.table(ofSheet: "销售（2026）") == "sales")
        #expect(SheetNames.table(ofSheet: "备注") == nil)
    }

    /// Every setting of plan.toml is explained in the sheet of settings.
    @Test func settingsSurviveTheSheet() {
        let text = """
            [horizon]
            start = 2027-03-01
            buckets = 12
            [plan]
            sharing = { 1 = "proportional", 3 = "weighted" }
            ranks = [["guarantees"], ["cost"]]
            [columns.sales]
            account = "Customer No."
            """
        let entries = SettingsReader.entries(Data(text.utf8))
        #expect(
            entries.map { "\($0.key)=\($0.value)" } == [
                "horizon.start=2027-03-01", "horizon.buckets=12", "plan.ranks=[[\"guarantees\"], [\"cost\"]]",
                "columns.sales.account=Customer No.",
                "plan.sharing.1=proportional", "plan.sharing.3=weighted",
            ])
        #expect(entries.allSatisfy { !settingMeaning($0.key, .english).isEmpty && !settingMeaning($0.key, .chinese).isEmpty })
    }
}
