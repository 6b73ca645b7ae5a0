import ArgumentParser
import Foundation
import Fullshelf

/// `fullshelf generate FOLDER`
struct GenerateCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Writes a realistic made-up package of a stated size.",
        discussion: """
            Examples:
              fullshelf generate brewer-m --size M --seed 7
              fullshelf generate brewery --fixture brewery

            The same size and seed give the same bytes. Accounts x products x weeks: XS and S for trying things, M 60 x 25 x 26 a regional
            brewer, ML 120 x 50 x 26 a large one, L 250 x 100 x 26 a national maker, XL 1000 x 300 x 26 a multinational.
            """)

    @Argument(help: "The folder to make; it must not exist yet, or be empty.", completion: .directory)
    var folder: String

    @Option(help: "XS, S, M, ML, L or XL.")
    var size: PackageSize = .s

    @Option(help: "Number that all made-up figures follow from.")
    var seed: UInt64 = 1

    @Option(help: "Instead of a size: one of the project's own example firms, brewery or brewery-zh.")
    var fixture: GeneratedFixture?

    @OptionGroup var output: OutputOptions

    func perform(on console: Console) throws -> CommandStatus {
        try withProgress(on: console) { progress in
            try writingNewFolder {
                if let fixture {
                    try writeGeneratedFiles(fixturePackage(fixture), to: folder)
                } else {
                    progress?(ProgressStep("Making a package of size \(size.rawValue)"))
                    try writeGeneratedPackage(size: size, seed: seed, to: folder)
                }
            }
        }
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        if output.format == .json {
            console.printJSON(FolderOutput(folder: folder, files: files))
        } else {
            say("Wrote \(counted(files.count, "file")) to \(folder).", on: console)
        }
        return .done
    }
}

extension PackageSize: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

extension GeneratedFixture: ExpressibleByArgument {}
