/// A sentence, or a part of one, in both languages.
///
/// Whoever says something to a planner writes both texts at one place, so that neither language can lack a sentence: there is no way to make one
/// of them alone. What has no language, such as a name, a path or the system's own reason, is ``init(verbatim:)``.
public struct Bilingual: Hashable, Sendable {
    public var english: String
    public var chinese: String

    public init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    /// The same in both languages: names, paths, values, words of the system or of a library.
    public init(verbatim text: String) {
        english = text
        chinese = text
    }

    public func text(_ language: ReportLanguage) -> String { language == .english ? english : chinese }

    public static func + (first: Bilingual, second: Bilingual) -> Bilingual {
        Bilingual(first.english + second.english, first.chinese + second.chinese)
    }

    /// Nothing in either language.
    public static let none = Bilingual("", "")
}

/// An error that says in both languages what happened and, on further lines, what to do.
public protocol BilingualError: Error, CustomStringConvertible {
    var wording: Bilingual { get }
}

extension BilingualError {
    public var description: String { wording.english }
}

extension Bilingual {
    /// What an error says; one of the system or of a library speaks for itself.
    public init(_ error: any Error) { self = (error as? any BilingualError)?.wording ?? Bilingual(verbatim: "\(error)") }
}
