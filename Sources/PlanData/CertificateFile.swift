import Foundation
import PlanModel

/// Version of the files of a plan folder; it changes when their meaning does.
public let planFormatVersion = "1"

/// certificate.json: keys and rows in fixed order, so that the same certificate has the same bytes.
public func certificateJSON(_ certificate: Certificate, inputHashes: [String: String]) -> String {
    var text = "{\n  \"version\": \(jsonText(planFormatVersion)),\n  \"ranks\": ["
    text += certificate.ranks.map { entry in
        "\n    {\"rank\": \(jsonText(entry.rank.aim.rawValue)), \"tier\": \(entry.rank.tier.map(String.init) ?? "null"), "
            + "\"value\": \(jsonNumber(entry.value)), \"bound\": \(jsonNumber(entry.bound)), \"gap\": \(jsonNumber(entry.gap)), "
            + "\"relaxed_value\": \(jsonNumber(entry.relaxedValue))}"
    }.joined(separator: ",")
    text += certificate.ranks.isEmpty ? "],\n" : "\n  ],\n"
    text += "  \"feasibility\": {\"max_violation\": \(jsonNumber(certificate.feasibility.maxViolation)), "
    text += "\"constraint\": \(jsonText(certificate.feasibility.constraint))},\n"
    if certificate.isCutShort { text += "  \"time_limit_reached\": true,\n" }
    text += "  \"inputs\": {"
    text += inputHashes.keys.sorted(by: isBytewiseLess).map { "\n    \(jsonText($0)): \(jsonText(inputHashes[$0] ?? ""))" }.joined(
        separator: ",")
    text += inputHashes.isEmpty ? "}\n}\n" : "\n  }\n}\n"
    return text
}

/// null for what JSON has no number for.
private func jsonNumber(_ value: Double) -> String { value.isFinite ? NumberText.shortest(value) : "null" }

func jsonText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{0}"..<"\u{20}":
            result += "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count) + String(scalar.value, radix: 16)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// certificate.json as written above; numbers that JSON cannot hold come back as infinity.
private struct CertificateDocument: Decodable {
    struct Entry: Decodable {
        var rank: String
        var tier: Int?
        var value: Double?
        var bound: Double?
        var gap: Double?
        var relaxedValue: Double?

        enum CodingKeys: String, CodingKey {
            case rank, tier, value, bound, gap
            case relaxedValue = "relaxed_value"
        }
    }

    struct Feasibility: Decodable {
        var maxViolation: Double?
        var constraint: String?

        enum CodingKeys: String, CodingKey {
            case maxViolation = "max_violation"
            case constraint
        }
    }

    var ranks: [Entry]
    var feasibility: Feasibility?
    var timeLimitReached: Bool?
    var inputs: [String: String]?
    var version: String?

    enum CodingKeys: String, CodingKey {
        case ranks, feasibility, inputs, version
        case timeLimitReached = "time_limit_reached"
    }
}

/// Reads certificate.json, telling the collector what is wrong with it.
func readCertificate(_ data: Data, collector: FindingCollector) -> (
    certificate: Certificate, inputHashes: [String: String], version: String?
)? {
    let file = "certificate.json"
    let document: CertificateDocument
    do {
        document = try JSONDecoder().decode(CertificateDocument.self, from: data)
    } catch DecodingError.keyNotFound(let key, let context) {
        collector.error(
            file, column: path(context.codingPath + [key]), Bilingual("the key is missing", "缺少此项"),
            advice: Bilingual("Write the plan again.", "请重新制订计划。"))
        return nil
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
        collector.error(
            file, column: path(context.codingPath), Bilingual("the value has the wrong type", "值的类型不对"),
            advice: Bilingual("Write the plan again.", "请重新制订计划。"))
        return nil
    } catch {
        collector.error(file, Bilingual("the file is no JSON", "该文件不符合 JSON 格式"), advice: Bilingual("Write the plan again.", "请重新制订计划。"))
        return nil
    }
    var ranks: [RankCertificate] = []
    for (number, entry) in document.ranks.enumerated() {
        guard let aim = Aim(rawValue: entry.rank) else {
            collector.error(
                file, column: "ranks[\(number)].rank", value: entry.rank,
                Bilingual("\"\(shortened(entry.rank))\" is no aim", "“\(shortened(entry.rank))”不是目标"),
                advice: Bilingual(
                    "The aims are \(Aim.allCases.map(\.rawValue).joined(separator: ", ")).",
                    "目标有：\(Aim.allCases.map(\.rawValue).joined(separator: "、"))。"))
            continue
        }
        if let tier = entry.tier, tier < 1 || tier > TableLimits.mostTiers {
            collector.error(
                file, column: "ranks[\(number)].tier", value: "\(tier)", Bilingual("\(tier) is no tier", "\(tier) 不是级别"),
                advice: Bilingual("Write the plan again.", "请重新制订计划。"))
            continue
        }
        let value = entry.value ?? .infinity
        ranks.append(
            RankCertificate(
                rank: Rank(aim: aim, tier: entry.tier), value: value, bound: entry.bound ?? -.infinity, gap: entry.gap ?? .infinity,
                relaxedValue: entry.relaxedValue ?? value))
    }
    let feasibility = FeasibilityReport(
        maxViolation: document.feasibility?.maxViolation ?? .infinity, constraint: document.feasibility?.constraint ?? "")
    let certificate = Certificate(ranks: ranks, feasibility: feasibility, isCutShort: document.timeLimitReached ?? false)
    return (certificate, document.inputs ?? [:], document.version)
}

private func path(_ keys: [any CodingKey]) -> String {
    keys.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
}
