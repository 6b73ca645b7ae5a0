import Fullshelf

/// In which language a command tells findings and what goes wrong.
struct MessageLanguages {
    /// As `--language` says, else as the package's plan.toml does, however unsound the rest of it is.
    var text = ReportLanguage.english
    /// Programs read JSON: English, unless `--language` says otherwise.
    var json = ReportLanguage.english

    init(text: ReportLanguage = .english) { self.text = text }

    /// - Parameters:
    ///   - option: `--language`; nil where it was not given.
    ///   - folder: The package; nil where the command has none.
    init(option: ReportLanguage?, package folder: String?) {
        text = option ?? folder.flatMap { reportLanguage(ofPackageAt: $0) } ?? .english
        json = option ?? .english
    }
}

extension ConsoleCommand {
    /// English for commands that say nothing about a package.
    var languages: MessageLanguages { MessageLanguages() }
}
