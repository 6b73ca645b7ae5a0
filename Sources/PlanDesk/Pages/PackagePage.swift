import Foundation
import Fullshelf
import PlanStore

extension Desk {
    /// The first page: the newest plan, and what is wrong or odd in the package with the rows it is about.
    func packagePage(_ frame: PageFrame, notices: [Notice] = []) throws -> DeskResponse {
        let words = frame.words
        let reading = workspace.read()
        let errors = reading.errorCount
        let notes = reading.findings.count - errors
        var values: Values = [
            "lead": reading.package.map { lead($0, frame) } ?? words("It cannot be used as it is.", "目前无法使用。"),
            "canPlan": reading.package != nil,
            "any": !reading.findings.isEmpty,
            "count": words(
                "\(errors) \(errors == 1 ? "error" : "errors"), \(notes) \(notes == 1 ? "note" : "notes").", "错误 \(errors) 处，提示 \(notes) 处。"
            ),
            "files": files(reading.findings, frame),
        ]
        if let stored = try newestPlan() {
            var latest = planFigures(stored.figures, frame)
            latest.merge(planLine(stored, frame, package: reading.package)) { _, new in new }
            values["latest"] = latest
        }
        return page("package", frame, title: words("Package", "数据包"), section: .package, values: values, notices: notices)
    }

    private func lead(_ package: DataPackage, _ frame: PageFrame) -> String {
        let wording = Wording(language: frame.language, horizon: package.horizon)
        let (first, last) = (wording.bucket(0), wording.bucket(package.horizon.count - 1))
        return frame.words(
            "\(package.accounts.count) accounts, \(package.products.count) products; \(package.horizon.count) \(wording.bucketWord(Double(package.horizon.count))) from \(first) to \(last).",
            "\(package.accounts.count) 个客户，\(package.products.count) 种产品；\(first)至\(last)，共 \(package.horizon.count) \(wording.bucketWord(Double(package.horizon.count)))。"
        )
    }

    /// Who made a plan, when, and whether it is up to date.
    func planLine(_ stored: StoredPlan, _ frame: PageFrame, package: DataPackage?) -> Values {
        let words = frame.words.table
        let kind = HistoryWords(language: frame.language).kind(stored)
        let note = stored.note.isEmpty ? "" : frame.words(": ", "：") + stored.note
        return [
            "id": stored.id,
            "made": frame.words(
                "\(localTime(stored.made)), \(stored.author) (\(kind))\(note).",
                "\(localTime(stored.made))，\(stored.author)（\(kind)）\(note)。"),
            "state": (package.map { $0.inputHashes == stored.inputs } ?? false ? words["upToDate"] : words["outOfDate"]) ?? "",
        ]
    }

    /// The newest plan of the package itself: not a what-if.
    func newestPlan() throws(StoreError) -> StoredPlan? { try store.plans().first { $0.kind != "what-if" } }

    // MARK: Findings

    private func files(_ findings: [Finding], _ frame: PageFrame) -> [Values] {
        var order: [String] = []
        var byFile: [String: [Finding]] = [:]
        // What stops the planner comes first.
        for finding in findings.filter({ $0.severity == .error }) + findings.filter({ $0.severity == .note }) {
            if byFile[finding.file] == nil { order.append(finding.file) }
            byFile[finding.file, default: []].append(finding)
        }
        return order.map { file in
            let own = byFile[file] ?? []
            let rows = file.contains("/") ? nil : sourceRows(ofFileAt: folder + "/" + file, lines: Set(own.compactMap(\.line)))
            return ["file": file, "findings": own.map { self.finding($0, rows: rows, frame) }]
        }
    }

    private func finding(_ finding: Finding, rows: SourceRows?, _ frame: PageFrame) -> Values {
        let words = frame.words
        var place: [String] = []
        if let line = finding.line { place.append(words("line \(line)", "第 \(line) 行")) }
        if let column = finding.columnName(frame.language) { place.append(column) }
        let sentence = finding.sentence(frame.language)
        var values: Values = [
            "kind": finding.severity == .error ? "error" : "note",
            "label": words.table[finding.severity == .error ? "error" : "oddity"] ?? "",
            "message": sentence.prefix(1).uppercased() + sentence.dropFirst(), "line": finding.line ?? 0, "file": finding.file,
        ]
        let advice = finding.remedy.text(frame.language)
        if !advice.isEmpty { values["advice"] = advice }
        if !place.isEmpty { values["where"] = place.joined(separator: words(", ", "，")) + words(":", "：") }
        guard let line = finding.line, let rows, let row = rows.rows.first(where: { $0.line == line }) else { return values }
        if rows.header.isEmpty || row.cells.count == 1 && rows.header.count > 1 {
            values["raw"] = ["text": row.cells.first ?? ""] as Values
            return values
        }
        let hit = finding.column.flatMap { column in rows.header.firstIndex { $0 == column } }
        func cells(_ texts: [String]) -> [Values] { texts.enumerated().map { ["text": $0.element, "hit": $0.offset == hit] } }
        values["row"] = ["header": cells(rows.header), "cells": cells(row.cells)] as Values
        return values
    }
}
