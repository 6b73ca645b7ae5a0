import Testing

@testable import PlanData

@Suite struct SHA256Tests {
    /// FIPS 180-4 examples (NIST "SHA256.pdf") and the million-a vector; the others from `sha256sum` (coreutils 9.1).
    static let cases: [(text: String, digest: String)] = [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    @Test(arguments: cases, [1, 63, 64, 65, 4096]) func digestsAreTheStandardsInWhateverPieces(
        _ item: (text: String, digest: String), _ piece: Int
    ) {
        let bytes = Array(item.text.utf8)
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: piece) {
            bytes[start..<min(bytes.count, start + piece)].withUnsafeBytes { hash.update($0) }
        }
        #expect(hash.finalized() == item.digest)
    }
}
