import Testing

@testable import PlanDesk

@Suite struct AdmissionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "GET"
        var path = "/"
        var query: [(name: String, value: String)] = []
        var headers: [String: String]
        var expected: Admission.Verdict

        var testDescription: String { name }
    }

    private static let admission = Admission(token: "secret", port: 8765)
    private static let host = ["host": "127.0.0.1:8765"]
    private static let mine = ["host": "127.0.0.1:8765", "cookie": "other=1; fullshelf-8765=secret"]

    static let cases = [
        Case(name: "own page", headers: mine, expected: .admitted),
        Case(name: "own page by its other name", headers: mine.merging(["host": "localhost:8765"]) { $1 }, expected: .admitted),
        Case(name: "followed from an own page", headers: mine.merging(["sec-fetch-site": "same-origin"]) { $1 }, expected: .admitted),
        Case(name: "typed", headers: mine.merging(["sec-fetch-site": "none"]) { $1 }, expected: .admitted),
        Case(name: "no cookie", headers: host, expected: .refused),
        Case(name: "wrong token", headers: host.merging(["cookie": "fullshelf-8765=secreT"]) { $1 }, expected: .refused),
        Case(name: "half a token", headers: host.merging(["cookie": "fullshelf-8765=secre"]) { $1 }, expected: .refused),
        Case(name: "empty token", headers: host.merging(["cookie": "fullshelf-8765="]) { $1 }, expected: .refused),
        Case(name: "another desk's cookie", headers: host.merging(["cookie": "fullshelf-8766=secret"]) { $1 }, expected: .refused),
        Case(name: "the address that was printed", query: [("token", "secret")], headers: host, expected: .entry),
        Case(name: "an address with another token", query: [("token", "guess")], headers: mine, expected: .refused),
        Case(name: "the token on another page", path: "/plan", query: [("token", "secret")], headers: host, expected: .refused),
        Case(
            name: "token, but from a page elsewhere", query: [("token", "secret")],
            headers: host.merging(["sec-fetch-site": "cross-site"]) { $1 },
            expected: .refused),
        Case(
            name: "a name that was bound to this machine", headers: mine.merging(["host": "evil.example:8765"]) { $1 }, expected: .refused),
        Case(name: "another port in the name", headers: mine.merging(["host": "127.0.0.1:8766"]) { $1 }, expected: .refused),
        Case(name: "no name at all", headers: ["cookie": "fullshelf-8765=secret"], expected: .refused),
        Case(name: "a link from elsewhere", headers: mine.merging(["sec-fetch-site": "cross-site"]) { $1 }, expected: .refused),
        Case(name: "a page of another port", headers: mine.merging(["sec-fetch-site": "same-site"]) { $1 }, expected: .refused),
        Case(name: "fetched by a page elsewhere", headers: mine.merging(["origin": "https://evil.example"]) { $1 }, expected: .refused),
        Case(
            name: "fetched by a page of another port", headers: mine.merging(["origin": "http://127.0.0.1:9999"]) { $1 }, expected: .refused
        ),
        Case(name: "fetched by a page without an origin", headers: mine.merging(["origin": "null"]) { $1 }, expected: .refused),
        Case(name: "own form", method: "POST", headers: mine.merging(["origin": "http://127.0.0.1:8765"]) { $1 }, expected: .admitted),
        Case(
            name: "own form under the other name", method: "POST", headers: mine.merging(["origin": "http://localhost:8765"]) { $1 },
            expected: .refused),
        Case(name: "a form that does not say whence", method: "POST", headers: mine, expected: .refused),
        Case(
            name: "a form from elsewhere", method: "POST", headers: mine.merging(["origin": "https://evil.example"]) { $1 },
            expected: .refused),
        Case(
            name: "a form without the cookie", method: "POST", headers: host.merging(["origin": "http://127.0.0.1:8765"]) { $1 },
            expected: .refused),
    ]

    @Test(arguments: cases) func onlyTheDesksOwnPagesAreAdmitted(_ example: Case) {
        let request = DeskRequest(method: example.method, path: example.path, query: FormFields(example.query), headers: example.headers)
        #expect(Self.admission.verdict(request) == example.expected)
    }

    @Test func aTokenIsLongAndNeverTheSame() {
        let tokens = (0..<50).map { _ in Admission.randomToken() }
        #expect(Set(tokens).count == 50)
        #expect(
            tokens.allSatisfy { $0.utf8.count == 48 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } })
    }

    @Test(
        arguments: [
            ("/forecast?account=A1", "/forecast?account=A1"), ("//evil.example", nil), ("https://evil.example", nil),
            ("/\\evil.example", nil),
            ("/a\r\nSet-Cookie: x", nil), ("", nil), (nil, nil),
        ] as [(String?, String?)]) func oneGoesBackToOwnPagesOnly(_ given: String?, _ expected: String?)
    { #expect(Desk.localPath(given) == expected) }
}
