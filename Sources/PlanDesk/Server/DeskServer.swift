import FlyingFox
import FlyingSocks
import Foundation
import Fullshelf

extension Desk {
    /// Serves the desk on 127.0.0.1 until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 = any that is free.
    ///   - token: Who has it may work at the desk; nil = a new random one.
    ///   - opened: Called with the address to open, once it can be.
    /// - Throws: ``DeskError``.
    public func serve(port: UInt16, token: String? = nil, opened: @Sendable (DeskAddress) -> Void) async throws {
        let address: sockaddr_in
        do { address = try .inet(ip4: "127.0.0.1", port: port) } catch { throw DeskError.cannotListen(port: port, reason: "\(error)") }
        let gate = Gate()
        let server = HTTPServer(
            // A comparison of two large plans takes a while; long work goes on in jobs.
            config: HTTPServer.Configuration(address: address, timeout: 600, logger: .disabled),
            handler: ClosureHTTPHandler { [self] request in await answer(request, gate: gate) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await server.run() } catch is CancellationError { throw CancellationError() } catch {
                    throw DeskError.cannotListen(port: port, reason: error.localizedDescription)
                }
            }
            group.addTask {
                try await server.waitUntilListening(timeout: 30)
                guard case .ip4(_, let bound)? = await server.listeningAddress else {
                    throw DeskError.cannotListen(port: port, reason: "no address was given")
                }
                gate.open(Admission(token: token ?? Admission.randomToken(), port: bound))
            }
            // The first to end is the one that found the port, or the server that could not begin.
            try await group.next()
            guard let admission = gate.admission else { return }
            opened(DeskAddress(port: admission.port, token: admission.token))
            try await group.next()
        }
    }

    /// Largest form that is read.
    static let mostBytes = 1 << 20

    private func answer(_ request: HTTPRequest, gate: Gate) async -> HTTPResponse {
        guard let admission = gate.admission else { return HTTPResponse(statusCode: .serviceUnavailable) }
        var headers: [String: String] = [:]
        for (name, value) in request.headers { headers[name.rawValue.lowercased()] = value }
        var own = DeskRequest(
            method: request.method.rawValue, path: request.path, query: FormFields(request.query.map { ($0.name, $0.value) }),
            headers: headers)
        // Whoever is not admitted is told nothing of the package, and what they send is not read.
        switch admission.verdict(own) {
        case .refused:
            return Desk.http(
                .text("403: open the address that fullshelf serve printed. 请打开 fullshelf serve 输出的网址。", status: 403).with(
                    "Connection", "close"))
        case .entry: return Desk.http(.see("/").with("Set-Cookie", admission.cookie))
        case .admitted: break
        }
        if own.method != "GET" {
            guard let length = headers["content-length"].flatMap(Int.init), length >= 0, length <= Desk.mostBytes else {
                return Desk.http(.text("413: the form is too large. 表单过大。", status: 413).with("Connection", "close"))
            }
            guard let body = try? await request.bodyData else {
                return Desk.http(.text("400: the form is incomplete. 表单不完整。", status: 400))
            }
            own.form = FormFields(urlEncoded: Array(body))
        }
        let ready = own
        // Pages read files and the history: not on the threads that serve connections.
        let response = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async { continuation.resume(returning: self.respond(to: ready)) }
        }
        return Desk.http(response)
    }

    static func http(_ response: DeskResponse) -> HTTPResponse {
        var headers = HTTPHeaders()
        let isReport = response.headers.contains { $0.name == "Content-Security-Policy" }
        for (name, value) in safeHeaders where !(isReport && name == "Content-Security-Policy") { headers[HTTPHeader(name)] = value }
        for (name, value) in response.headers { headers[HTTPHeader(name)] = value }
        let status = HTTPStatusCode(response.status, phrase: phrases[response.status] ?? "")
        switch response.body {
        case .bytes(let data): return HTTPResponse(statusCode: status, headers: headers, body: data)
        case .events(let job): return HTTPResponse(statusCode: status, headers: headers, body: HTTPBodySequence(from: JobEvents(job: job)))
        }
    }

    private static let phrases = [
        200: "OK", 303: "See Other", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
        413: "Content Too Large", 422: "Unprocessable Content", 500: "Internal Server Error", 503: "Service Unavailable",
        507: "Insufficient Storage",
    ]

    /// Scripts and styles are the desk's own files; nothing is fetched from elsewhere, and no other page may frame or read these.
    static let safeHeaders = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"),
    ]

    /// For the report, which has style and script inside: it may use them, but reaches neither the desk nor anything else.
    static let reportPolicy =
        "sandbox allow-scripts allow-modals allow-downloads; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
}

/// The address of a desk.
public struct DeskAddress: Sendable {
    public var port: UInt16
    public var token: String

    /// To open in a browser on this machine.
    public var url: String { "http://127.0.0.1:\(port)/?token=\(token)" }
}

/// Why a desk cannot be opened.
public enum DeskError: BilingualError {
    case cannotListen(port: UInt16, reason: String)

    public var wording: Bilingual {
        switch self {
        case .cannotListen(let port, let reason):
            port == 0
                ? Bilingual("No port of this machine can be used: \(reason).", "本机没有可用的端口：\(reason)。")
                : Bilingual("Port \(port) of this machine cannot be used: \(reason).", "本机的端口 \(port) 无法使用：\(reason)。")
        }
    }
}

/// Who is admitted, known once the port is.
private final class Gate: @unchecked Sendable {
    private let lock = NSLock()
    private var known: Admission?

    var admission: Admission? { lock.withLock { known } }

    func open(_ admission: Admission) { lock.withLock { known = admission } }
}

/// The progress of a job as server-sent events, at most seven a second, until it ends.
struct JobEvents: AsyncBufferedSequence, Sendable {
    typealias Element = UInt8
    let job: Job

    func makeAsyncIterator() -> Iterator { Iterator(job: job) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        let job: Job
        private var lastNumber = -1
        private var isOver = false

        init(job: Job) { self.job = job }

        mutating func next() async throws -> UInt8? { preconditionFailure("events are read by the buffer") }

        mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
            if isOver { return nil }
            // A comment now and then notices a browser that has gone.
            for _ in 0..<70 {
                let (number, state) = job.numbered
                if number != lastNumber {
                    let isFirst = lastNumber == -1
                    lastNumber = number
                    isOver = state.isEnd
                    if !isFirst, !isOver { try await Task.sleep(for: .milliseconds(140)) }
                    return Array(event(state).utf8)
                }
                try await Task.sleep(for: .milliseconds(140))
            }
            return Array(": still working\n\n".utf8)
        }

        private struct Step: Encodable {
            var text: String
            var share: Double?
        }

        private func event(_ state: Job.State) -> String {
            var step = Step(text: Desk.activity(state, job.language))
            if case .running(_, let share) = state { step.share = share }
            let data = (try? JSONEncoder().encode(step)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
            return "\(state.isEnd ? "event: end\n" : "")data: \(data)\n\n"
        }
    }
}
