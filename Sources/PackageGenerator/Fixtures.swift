import Foundation

/// The committed packages that every station of a plan is tried on.
public enum GeneratedFixture: String, CaseIterable, Sendable {
    /// A small brewer: size S, one delivery failure at its largest account last summer, one new product, one promise.
    case brewery
    /// The same firm as its own ERP would export it: Chinese headers and names, GB18030, semicolons.
    case breweryZh = "brewery-zh"
}

/// The files of a fixture's `input` folder; see fixtures/<name>/README.md.
public func fixturePackage(_ fixture: GeneratedFixture) -> [GeneratedFile] {
    let language: NameLanguage = fixture == .brewery ? .english : .chinese
    var firm = Firm.complete(size: .s, seed: 8, language: language)
    // One stock-out, so that what a forecast makes of it can be read off.
    firm.outageChance = 0
    guard fixture == .breweryZh else { return firm.files(style: .standard) }
    let style = TableStyle(separator: UInt8(ascii: ";"), header: { ChineseHeaders.header(table: $0, column: $1) })
    return firm.files(style: style).map { file in
        file.name.hasSuffix(".csv") ? GeneratedFile(name: file.name, contents: gb18030(file.contents)) : file
    }
}

/// UTF-8 text as GB18030.
private func gb18030(_ utf8: [UInt8]) -> [UInt8] {
    // CFStringEncodings.GB_18030_2000 (0x0632) as Foundation numbers it.
    let encoding = String.Encoding(rawValue: 0x8000_0632)
    guard let data = String(decoding: utf8, as: UTF8.self).data(using: encoding) else {
        preconditionFailure("GB18030 holds every character of Unicode, so this platform lacks the encoding")
    }
    return Array(data)
}
