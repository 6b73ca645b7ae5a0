import Foundation
import Fullshelf

/// Where a command prints. Tests collect what is printed; the process writes to its standard streams.
final class Console {
    private let writeOutput: (String) -> Void
    private let writeError: (String) -> Void
    let errorIsTerminal: Bool
    /// Columns of the terminal behind standard output; nil where there is none.
    let width: Int?
    let outputStyle: TextStyle
    let errorStyle: TextStyle
    /// Of findings and of what goes wrong.
    private(set) var languages = MessageLanguages()

    /// - Parameter width: Columns; not asked for where standard output is no terminal.
    init(
        writeOutput: @escaping (String) -> Void, writeError: @escaping (String) -> Void, outputIsTerminal: Bool = false,
        errorIsTerminal: Bool = false, allowsColour: Bool = true, width: Int = 80
    ) {
        self.writeOutput = writeOutput
        self.writeError = writeError
        self.errorIsTerminal = errorIsTerminal
        self.width = outputIsTerminal ? width : nil
        outputStyle = TextStyle(isColoured: outputIsTerminal && allowsColour)
        errorStyle = TextStyle(isColoured: errorIsTerminal && allowsColour)
    }

    /// - Parameter isColoured: nil = as the other is.
    private init(_ other: Console, isColoured: Bool?) {
        writeOutput = other.writeOutput
        writeError = other.writeError
        errorIsTerminal = other.errorIsTerminal
        width = other.width
        outputStyle = isColoured.map { TextStyle(isColoured: $0) } ?? other.outputStyle
        errorStyle = isColoured.map { TextStyle(isColoured: $0) } ?? other.errorStyle
        languages = other.languages
    }

    /// The same streams with colours as `--color` says: what is said on the command line wins over NO_COLOR and over what the streams are.
    func coloured(_ choice: ColourChoice) -> Console {
        switch choice {
        case .auto: self
        case .always: Console(self, isColoured: true)
        case .never: Console(self, isColoured: false)
        }
    }

    /// The same streams in the languages of a command.
    func speaking(_ languages: MessageLanguages) -> Console {
        let console = Console(self, isColoured: nil)
        console.languages = languages
        return console
    }

    /// The standard streams of this process. Colours only on a terminal, and never when NO_COLOR is set (no-color.org) or TERM is `dumb`.
    static var process: Console {
        let environment = ProcessInfo.processInfo.environment
        return Console(
            writeOutput: { FileHandle.standardOutput.write(Data($0.utf8)) },
            writeError: { FileHandle.standardError.write(Data($0.utf8)) },
            outputIsTerminal: isatty(STDOUT_FILENO) == 1,
            errorIsTerminal: isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb",
            allowsColour: (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb", width: terminalWidth(environment))
    }

    /// Columns of the terminal: as it says itself, else as COLUMNS says, else 80.
    private static func terminalWidth(_ environment: [String: String]) -> Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80
    }

    func print(_ text: String) { writeOutput(text.hasSuffix("\n") ? text : text + "\n") }

    func printError(_ text: String) { writeError(text.hasSuffix("\n") ? text : text + "\n") }

    /// Without a line end: for the progress line, which is drawn over.
    func drawError(_ text: String) { writeError(text) }

    func printJSON(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            print(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            // Only a number that is not finite can fail here, and every figure printed as JSON is finite or optional.
            preconditionFailure("a value that JSON cannot carry: \(error)")
        }
    }
}

/// `--color`
enum ColourChoice: String, CaseIterable, Sendable {
    /// On a terminal, unless NO_COLOR is set.
    case auto
    case always, never
}

/// Bold and colours, or plain text where they do not belong.
struct TextStyle {
    var isColoured: Bool

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func red(_ text: String) -> String { wrapped(text, "31;1") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }
    func green(_ text: String) -> String { wrapped(text, "32") }

    private func wrapped(_ text: String, _ code: String) -> String { isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}

/// Ends the process.
func exitProcess(_ status: CommandStatus) -> Never { exit(status.rawValue) }
