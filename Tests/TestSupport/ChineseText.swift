import PlanModel

/// What of a sentence's Chinese text a Chinese reader could not read: English words where a sentence should be, or half-width punctuation. nil = nothing.
///
/// Quoted values and what TOML's parser says may be in any language, as may names of files, columns, commands and settings.
public func notChinese(_ sentence: Bilingual) -> String? {
    if sentence.english.isEmpty && sentence.chinese.isEmpty { return nil }
    return notChinese(sentence.chinese)
}

public func notChinese(_ text: String) -> String? {
    let plain = text.replacing(#/“[^”]*”/#, with: "“”").replacing(#/TOML 格式.*/#, with: "TOML 格式")
    if !plain.unicodeScalars.contains(where: { (0x4E00...0x9FFF).contains($0.value) }) { return "no Chinese: \(text)" }
    if let words = plain.firstMatch(of: #/[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/#) { return "\"\(words.output)\" in: \(text)" }
    if plain.contains(#/[\u{4E00}-\u{9FFF}][,;:?!]/#) { return "half-width punctuation in: \(text)" }
    return nil
}
