import Foundation
import Fullshelf
import Testing

@testable import PlanDesk

@Suite struct FormTests {
    @Test func aPostedFormIsReadAsItWasWritten() {
        let fields = [("account", "A 1&2"), ("reason", "新店开业 = 50%+"), ("note", ""), ("account", "second")]
        let read = FormFields(urlEncoded: Array(FormFields.encoded(fields).utf8))
        #expect(read == FormFields(fields))
        #expect(read["account"] == "A 1&2")
        #expect(read["note"] == nil && read.has("note") && !read.has("other"))
    }

    @Test(
        arguments: [
            ("a=1+2&b", [("a", "1 2"), ("b", "")]), ("a=%zz%4", [("a", "%zz%4")]), ("", []), ("a=%e4%B8%ad", [("a", "中")]),
            ("=x", [("", "x")]),
        ] as [(String, [(String, String)])]) func browsersFormsAreDecoded(_ text: String, _ expected: [(String, String)])
    {
        #expect(FormFields(urlEncoded: Array(text.utf8)) == FormFields(expected.map { (name: $0.0, value: $0.1) }))
    }

    @Test(
        arguments: [
            ("1200", 1200), ("1,200.5", 1200.5), ("1 200", 1200), ("0", 0), ("-3", nil), ("1e9", nil), ("nan", nil), ("12O", nil),
            ("", nil), ("1.2.3", nil),
        ] as [(String, Double?)]) func quantitiesAreReadAsPeopleWriteThem(_ text: String, _ expected: Double?)
    { #expect(Desk.number(text) == expected) }

    @Test func whatThePageShowedComesBackWithTheForm() {
        let entry = OverrideEntry(quantity: 12.5, author: "王芳 \"W\"", reason: "a, b")
        #expect(Desk.seenEntry(Desk.seenText(entry)) == entry)
        #expect(Desk.seenEntry(Desk.seenText(nil)) == nil)
        #expect(Desk.seenEntry("{nonsense") == nil)
    }

    @Test func everyWordOfATemplateIsThereInBothLanguages() throws {
        let words = try #require(try? NSRegularExpression(pattern: #"\{\{t\.([A-Za-z]+)\}\}"#))
        var used: Set<String> = Set(Desk.Section.allCases.map(\.rawValue))
        for (_, source) in Templates.sources {
            for match in words.matches(in: source, range: NSRange(source.startIndex..., in: source)) {
                if let range = Range(match.range(at: 1), in: source) { used.insert(String(source[range])) }
            }
        }
        #expect(used.count > 60)
        for name in used.sorted() {
            let phrase = try #require(DeskWords.phrases.first { $0.name == name }, "no words for \(name)")
            #expect(!phrase.english.isEmpty)
            #expect(!phrase.chinese.isEmpty)
        }
    }

    @Test func thePagesUseNoStyleOrScriptThatTheirPolicyForbids() {
        for (name, source) in Templates.sources {
            #expect(!source.contains(" style="), "\(name)")
            #expect(!source.contains(" onclick="), "\(name)")
            #expect(!source.contains("http"), "\(name) names an address")
        }
        #expect(!deskStyle.contains("url(") && !deskStyle.contains("@import"))
    }
}
