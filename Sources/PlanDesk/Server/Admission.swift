/// Decides who gets anything at all: the browser of the person who started the desk, on the desk's own pages.
///
/// A request is admitted when it names this server (against rebinding of names), comes from no other page (`Origin`, `Sec-Fetch-Site`) and carries
/// the token, in a cookie that browsers send from the desk's own pages only. The address printed at the start brings the token; it is taken out of
/// the address at once.
struct Admission: Sendable {
    /// Random, 192 bits as hexadecimal digits.
    let token: String
    let port: UInt16

    enum Verdict: Hashable, Sendable {
        case admitted
        /// The address with the token: set the cookie and go to the first page.
        case entry
        case refused
    }

    init(token: String = Admission.randomToken(), port: UInt16) {
        self.token = token
        self.port = port
    }

    static func randomToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<3).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Ports share cookies, so its name has the port: two desks do not log each other out.
    var cookieName: String { "fullshelf-\(port)" }

    var cookie: String { "\(cookieName)=\(token); Path=/; HttpOnly; SameSite=Strict" }

    func verdict(_ request: DeskRequest) -> Verdict {
        guard let host = request.headers["host"], host == "127.0.0.1:\(port)" || host == "localhost:\(port)" else { return .refused }
        // A page of another origin, even of another port of this machine, which would have the cookie sent with it.
        if let site = request.headers["sec-fetch-site"], site != "same-origin", site != "none" { return .refused }
        if let origin = request.headers["origin"] {
            guard origin == "http://\(host)" else { return .refused }
        } else if request.method != "GET" {
            return .refused
        }
        if request.method == "GET", request.path.isEmpty, let given = request.query["token"] {
            return Admission.areEqual(given, token) ? .entry : .refused
        }
        guard let given = request.cookie(cookieName), Admission.areEqual(given, token) else { return .refused }
        return .admitted
    }

    /// Compares without telling by its time how much agrees.
    private static func areEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
