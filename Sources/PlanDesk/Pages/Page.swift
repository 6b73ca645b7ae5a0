import Foundation
import Fullshelf
import Mustache
import PlanStore

/// Values of a template.
typealias Values = [String: Any]

/// What every page knows of its request.
struct PageFrame {
    let language: ReportLanguage
    /// As it was before; nil where nobody has said a name yet.
    let author: String
    /// Path and query of the page itself, for coming back to it.
    let selfPath: String
    let place: String

    var words: DeskWords { DeskWords(language: language) }

    func number(_ value: Double) -> String { Wording.grouped(value, decimals: 0) }

    func amount(_ value: Double) -> String {
        abs(value) < 9.95 && abs(value - value.rounded()) > 0.05 ? Wording.grouped(value, decimals: 1) : number(value)
    }

    /// `+12`, `−3`; nothing where nothing changes.
    func signed(_ value: Double) -> String {
        let text = amount(value)
        return text == "0" ? "0" : value > 0 ? "+" + text : text
    }

    func percent(_ share: Double) -> String {
        let text = Wording.grouped(share * 100, decimals: 1)
        // A share short of one never reads 100.
        return (share < 1 - 1e-9 && text == "100.0" ? "99.9" : text) + (language == .english ? "\u{A0}%" : "%")
    }
}

/// Something told at the top of a page.
struct Notice {
    enum Kind: String { case good, bad }
    var kind: Kind
    var text: String
    /// Changes that can be taken back from here.
    var undo: [(id: Int64, what: String)] = []
}

extension Desk {
    enum Section: String, CaseIterable { case package, forecast, plan, whatIf, compare, history }

    /// Renders a page.
    ///
    /// - Parameter section: The one it belongs to; nil = none.
    func page(
        _ template: String, _ frame: PageFrame, title: String, section: Section?, values: Values = [:], notices: [Notice] = [],
        status: Int = 200
    ) -> DeskResponse {
        let words = frame.words.table
        let nav: [Values] = Section.allCases.map { item in
            [
                "path": item == .package ? "/" : item == .whatIf ? "/what-if" : "/\(item.rawValue)", "name": words[item.rawValue] ?? "",
                "here": item == section,
            ]
        }
        var all: Values = [
            "lang": frame.language == .english ? "en" : "zh-CN", "otherLang": frame.language == .english ? "zh-CN" : "en", "t": words,
            "title": title,
            "place": frame.place, "self": frame.selfPath, "nav": nav, "author": frame.author,
            "said": notices.map { notice -> Values in
                [
                    "kind": notice.kind.rawValue, "lines": notice.text.split(separator: "\n").map(String.init),
                    "undo": notice.undo.map { ["id": $0.id, "what": $0.what, "back": frame.selfPath] as Values },
                ]
            },
        ]
        all.merge(values) { _, own in own }
        return .html(Templates.library.render(all, withTemplate: template) ?? "", status: status)
    }

    func message(_ frame: PageFrame, heading: String, text: String, back: String = "/", status: Int) -> DeskResponse {
        page(
            "message", frame, title: heading, section: nil,
            values: ["heading": heading, "lines": text.split(separator: "\n").map(String.init), "backPath": back], status: status)
    }

    /// A page that says what went wrong.
    func failure(_ error: any Error, _ frame: PageFrame, back: String = "/") -> DeskResponse {
        let words = frame.words
        return message(
            frame, heading: words("That did not work", "操作未成功"), text: errorText(error, frame.language), back: back,
            status: Desk.status(of: error))
    }

    static func status(of error: any Error) -> Int {
        switch error {
        case StoreError.noSuchPlan, StoreError.noSuchChange, StoreError.noStore: 404
        case StoreError.changedMeanwhile, StoreError.cannotUndo, StoreError.inputsChanged, StoreError.planReplaced: 409
        case StoreError.badEntry, StoreError.unknownCell: 422
        case StoreError.diskFull: 507
        case StoreError.busy: 503
        case PlanningError.unusableInput, PlanningError.unusableChanges, PlanningError.unusablePlan: 422
        default: 500
        }
    }

    func planFigures(_ figures: StoredFigures, _ frame: PageFrame) -> Values {
        [
            "fill": frame.percent(figures.fillRate), "lost": frame.amount(figures.lost), "lostValue": frame.number(figures.lostValue),
            "cost": frame.number(figures.cost),
        ]
    }
}
