import Foundation
import PlanModel
import TestSupport
import Testing

@testable import PlanData

/// Fails for every finding that has something left to read in English.
func expectChinese(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    for finding in findings {
        let left = [notChinese(finding.problem), notChinese(finding.remedy)].compactMap { $0 }
        #expect(left.isEmpty, "\(finding)", sourceLocation: sourceLocation)
    }
}

@Suite struct ChineseFindingTests {
    /// The compiler sees to it that there are two texts; this sees to it that the second one is Chinese. Every sentence of the sources is looked at.
    @Test func everySentenceInTheSourcesHasAChineseText() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var sentences = 0
        for case let file as URL in files where file.pathExtension == "swift" && file.lastPathComponent != "Bilingual.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for call in text.ranges(of: "Bilingual(") {
                let arguments = SwiftArguments(text[call.upperBound...])
                let place = "\(file.lastPathComponent): \(arguments.texts.joined(separator: " | "))"
                if let first = arguments.texts.first, first.hasPrefix("verbatim:") {
                    #expect(!first.contains(#/"[^"\\]*[A-Za-z]+ [A-Za-z]+/#), "a sentence in one language only, \(place)")
                    continue
                }
                // A declaration, or an error that words itself.
                guard arguments.texts.count == 2, arguments.texts[0].contains("\"") else { continue }
                sentences += 1
                let chinese = arguments.texts[1]
                let hasWords = arguments.texts[0].contains(#/[A-Za-z]{2,}/#)
                #expect(!hasWords || chinese.contains(#/[\u{4E00}-\u{9FFF}]|chinese|""/#), "no Chinese text, \(place)")
                let bare = chinese.replacing(#/\\\([^()]*(\([^()]*(\([^()]*\)[^()]*)*\)[^()]*)*\)/#, with: "")
                #expect(!bare.contains(#/[\u{4E00}-\u{9FFF}][,;:?!]/#), "half-width punctuation, \(place)")
                #expect(!bare.contains(#/[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/#), "English words, \(place)")
            }
        }
        #expect(sentences > 300)
    }

    /// Errors that reach a planner word themselves in both languages; the others stay inside, or belong to the command line's arguments.
    @Test func everyErrorThatIsShownIsBilingual() throws {
        let inside: Set = [
            "CSVProblem", "OpenFailure", "SystemError", "XMLProblem", "WorkbookProblem", "CommandFailure", "GeneratorError",
            "SolveError",
        ]
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var found: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/(?:enum|struct|class) (\w+): (?:\w+, )*Error\b/#) { found.insert(String(match.output.1)) }
        }
        #expect(found == inside, "a new error: make it a BilingualError, or name it here where nobody reads it")
    }

    /// What a planner reads, in full.
    @Test func aFindingReadsWell() throws {
        let package = try TemporaryPackage(["lanes.csv": "lane,from,to\nX,PL1,DC-1\n"])
        let finding = try #require(package.read().errors.first)
        #expect(
            finding.text(.chinese) == """
                lanes.csv，第 2 行，to 列：没有名为“DC-1”的地点或客户，是不是“DC1”？
                请改正编号，或在 sites.csv 或 accounts.csv 中补上该地点或客户。
                """)
        #expect(finding.text(.english) == finding.description)
        let settings = try TemporaryPackage(["plan.toml": "[horizon]\nstart = \"2027-03-01\"\nbuckets = \"many\"\n"])
        #expect(
            try #require(settings.read().errors.first).text(.chinese) == """
                plan.toml，第 3 行，horizon.buckets：此处应为整数，实为文字“many”。
                请改正该值。
                """)
    }

    /// A header in Chinese is told apart from the sentence around it.
    @Test func columnsAreCalledAsTheFileCallsThem() throws {
        let package = try TemporaryPackage(["stock.csv": "地点编号,产品编号,数量\nDC1,P1,-5\n"])
        #expect(try #require(package.read().errors.first).text(.chinese) == "stock.csv，第 2 行，“数量”列：“-5”是负数。\n此处须不小于 0。")
    }

    @Test func repeatsAndWhatIsLeftOutAreCountedInChinese() throws {
        let sales = "date,account,product,quantity\n"
        let rows = (0..<5000).map { "2027-02-01,A01,P1,x\($0)\n" }.joined()
        let many = try TemporaryPackage(["sales.csv": sales + rows]).read().findings.filter { $0.file == "sales.csv" }
        #expect(many.last?.problem.chinese == "……另有 4900 处问题")
        let same = try TemporaryPackage(["sales.csv": sales + String(repeating: "2027-02-01,A9,P1,1\n", count: 42)]).read().errors
        #expect(same.first?.problem.chinese.hasSuffix("（另有 41 行相同）") == true)
    }

    @Test func everyKindOfNumberAndDateProblemIsToldInChinese() {
        for problem: DecimalText.Problem in [
            .notANumber, .thousandsSeparator, .decimalComma, .percent, .notFinite, .hexadecimal, .fullWidthDigits, .tooLarge,
        ] {
            #expect(notChinese(problem.message) == nil)
            #expect(notChinese(problem.advice) == nil)
        }
        for text in ["2027-02-30", "1899-01-01", "1.3.2027", "2027/3/1"] {
            guard case .problem(let message, let advice) = DateText.read(text) else {
                Issue.record("\(text) was read")
                continue
            }
            #expect(notChinese(message) == nil)
            #expect(notChinese(advice) == nil)
        }
    }

    /// Programs that read findings as JSON find the English sentences where they were, and the Chinese ones beside them.
    @Test func aFindingKeepsBothLanguagesAsJSON() throws {
        let finding = Finding(
            severity: .error, file: "lanes.csv", line: 2, column: "to", message: Bilingual("wrong", "不对"),
            advice: Bilingual("Mend it.", "请改正。"))
        let data = try JSONEncoder().encode(finding)
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["message"] as? String == "wrong" && object["advice"] as? String == "Mend it.")
        #expect(object["message_zh"] as? String == "不对" && object["advice_zh"] as? String == "请改正。")
        #expect(try JSONDecoder().decode(Finding.self, from: data) == finding)
        let early = Data(#"{"severity": "note", "file": "a.csv", "message": "odd", "advice": "Look."}"#.utf8)
        #expect(try JSONDecoder().decode(Finding.self, from: early).text(.chinese).contains("odd"))
    }

    @Test func aFullDiskIsToldInPlainWordsInBothLanguages() {
        let full = PlanFolderError(SystemError(code: ENOSPC), path: "season/overrides.csv")
        #expect(full == .diskFull(path: "season/overrides.csv"))
        #expect(full.description.contains("the disk is full") && full.wording.chinese.contains("磁盘已满"))
        #expect(PlanFolderError(SystemError(code: EDQUOT), path: "a") == .diskFull(path: "a"))
        // Whatever else the system says is told in its words.
        #expect(PlanFolderError(SystemError(code: EACCES), path: "a") == .cannotWrite(path: "a", reason: "Permission denied"))
    }
}

/// The arguments of a call in Swift's text: enough of the language for calls with string literals.
private struct SwiftArguments {
    var texts: [String] = []

    /// - Parameter text: What follows the opening bracket.
    init(_ text: Substring) {
        var depth = 0
        var current = ""
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            if character == "\"" {
                let end = SwiftArguments.endOfLiteral(text, index)
                current += text[index..<end]
                index = end
                continue
            }
            if depth == 0, character == ")" { break }
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
            if depth == 0, character == "," {
                texts.append(current.trimmingCharacters(in: .whitespacesAndNewlines))
                current = ""
            } else {
                current.append(character)
            }
            index = text.index(after: index)
        }
        texts.append(current.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func endOfLiteral(_ text: Substring, _ start: String.Index) -> String.Index {
        var index = text.index(after: start)
        while index < text.endIndex, text[index] != "\"" {
            guard text[index] == "\\" else {
                index = text.index(after: index)
                continue
            }
            index = text.index(after: index)
            guard text[index] == "(" else {
                index = text.index(after: index)
                continue
            }
            var depth = 0
            repeat {
                if text[index] == "\"" {
                    index = endOfLiteral(text, index)
                    continue
                }
                if text[index] == "(" { depth += 1 }
                if text[index] == ")" { depth -= 1 }
                index = text.index(after: index)
            } while depth > 0
        }
        return text.index(after: index)
    }
}
