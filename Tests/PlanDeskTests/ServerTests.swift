import Foundation
import Fullshelf
import Testing

@testable import PlanDesk

/// The desk over a real socket.
@Suite struct ServerTests {
    private final class Opened: @unchecked Sendable {
        private let lock = NSLock()
        private var address: DeskAddress?
        func set(_ address: DeskAddress) { lock.withLock { self.address = address } }
        var value: DeskAddress? { lock.withLock { address } }
    }

    /// Runs a server while `body` talks to it.
    private func withServer(_ desk: Desk, _ body: (DeskAddress) async throws -> Void) async throws {
        let opened = Opened()
        let task = Task { try await desk.serve(port: 0) { opened.set($0) } }
        defer { task.cancel() }
        for _ in 0..<500 where opened.value == nil { try await Task.sleep(for: .milliseconds(10)) }
        try await body(try #require(opened.value))
    }

    struct Answer {
        var status: Int
        var head: String
        var body: String
    }

    /// One request, word for word, on a connection of its own.
    private func send(_ text: String, to port: UInt16) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try Self.exchange(text, port: port) }) }
        }
    }

    private struct NoConnection: Error {}

    private static func exchange(_ text: String, port: UInt16) throws -> Answer {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        guard isConnected else { throw NoConnection() }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw NoConnection() }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            all += buffer.prefix(count)
        }
        let answer = String(decoding: all, as: UTF8.self)
        let parts = answer.components(separatedBy: "\r\n\r\n")
        let status = answer.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, head: parts[0], body: parts.dropFirst().joined(separator: "\r\n\r\n"))
    }

    private func get(_ path: String, _ address: DeskAddress, _ headers: [String] = [], host: String? = nil) async throws -> Answer {
        let lines = ["GET \(path) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(address.port)")", "Connection: close"] + headers
        return try await send(lines.joined(separator: "\r\n") + "\r\n\r\n", to: address.port)
    }

    private func cookie(_ address: DeskAddress) -> String { "Cookie: fullshelf-\(address.port)=\(address.token)" }

    @Test func theAddressThatIsPrintedLetsInAndNothingElseDoes() async throws {
        let place = try DeskPlace()
        try await withServer(place.desk) { address in
            let entry = try await get("/?token=\(address.token)", address)
            #expect(entry.status == 303 && entry.head.contains("Location: /\r\n"))
            #expect(entry.head.contains("Set-Cookie: fullshelf-\(address.port)=\(address.token); Path=/; HttpOnly; SameSite=Strict"))
            let page = try await get("/", address, [cookie(address)])
            #expect(page.status == 200 && page.body.contains("Findings"))
            #expect(page.head.contains("Content-Security-Policy: default-src 'none'") && page.head.contains("Cache-Control: no-store"))
            #expect(!page.head.contains("Access-Control-Allow"))

            for (path, headers, host) in [
                ("/", [], nil), ("/?token=0", [], nil), ("/plan", ["Cookie: fullshelf-\(address.port)=0"], nil), ("/desk.css", [], nil),
                ("/", [cookie(address), "Origin: http://127.0.0.1:1"], nil), ("/", [cookie(address), "Sec-Fetch-Site: cross-site"], nil),
                ("/", [cookie(address)], "evil.example"), ("/history", [cookie(address), "Origin: null"], nil),
            ] as [(String, [String], String?)] {
                let refused = try await get(path, address, headers, host: host)
                #expect(refused.status == 403, "\(path) \(headers)")
                // Not a word of the package, and nothing another page could read.
                #expect(!refused.body.contains("season") && !refused.body.contains("<") && !refused.head.contains("Set-Cookie"))
            }
        }
    }

    @Test func formsAreTakenFromOwnPagesOnly() async throws {
        let place = try DeskPlace()
        let folder = place.package
        try await withServer(place.desk) { address in
            let body = FormFields.encoded([
                ("account", "A001"), ("product", "P01"), ("author", "x"), ("reason", "y"),
                ("q-" + (try place.read().horizon.start.description), "77777"),
            ])
            func post(_ headers: [String], body: String = body) async throws -> Answer {
                try await send(
                    ([
                        "POST /forecast HTTP/1.1", "Host: 127.0.0.1:\(address.port)", "Connection: close",
                        "Content-Length: \(body.utf8.count)",
                    ] + headers)
                    .joined(separator: "\r\n") + "\r\n\r\n" + body, to: address.port)
            }
            #expect(try await post([cookie(address)]).status == 403)
            #expect(try await post([cookie(address), "Origin: https://evil.example"]).status == 403)
            #expect(try await post(["Origin: http://127.0.0.1:\(address.port)"]).status == 403)
            let file = (try? String(contentsOfFile: folder + "/overrides.csv", encoding: .utf8)) ?? ""
            #expect(!file.contains("77777"))
            let own = "Origin: http://127.0.0.1:\(address.port)"
            #expect(try await post([cookie(address), own], body: String(repeating: "a", count: Desk.mostBytes + 1)).status == 413)
            #expect(try await post([cookie(address), own]).status == 303)
            #expect(try String(contentsOfFile: folder + "/overrides.csv", encoding: .utf8).contains("77777"))
        }
    }

    @Test func eachStepIsToldAndThenTheEnd() async throws {
        let job = Job(id: 1, kind: .plan, language: .chinese, backPath: "/plan")
        var events = JobEvents(job: job).makeAsyncIterator()
        func next() async throws -> String? { try await events.nextBuffer(suggested: 4096).map { String(decoding: $0, as: UTF8.self) } }
        #expect(try await next()?.contains("等待其他计算完成") == true)
        job.progress(ProgressStep("tier 2", share: 0.5))
        let step = try #require(try await next())
        // As a browser reads it: one line of data, then a blank one.
        #expect(step.hasPrefix("data: {") && step.hasSuffix("}\n\n") && step.contains("\"share\":0.5") && step.contains("分配"))
        job.set(.done(path: "/plan/7"))
        #expect(try await next()?.hasPrefix("event: end\ndata: {") == true)
        #expect(try await next() == nil)
        // Nothing comes after the end.
        job.progress(ProgressStep("late"))
        #expect(job.state == .done(path: "/plan/7"))
    }

    @Test func progressIsStreamedUntilTheWorkEnds() async throws {
        let place = try DeskPlace()
        try await withServer(place.desk) { address in
            let job = place.desk.jobs.start(.plan, language: .english, backPath: "/plan") { job in
                job.progress(ProgressStep("tier 1", share: 0.1))
                usleep(300_000)
                return "/plan/7"
            }
            let stream = try await get("/job/\(job.id)/events", address, [cookie(address)])
            #expect(stream.head.contains("Content-Type: text/event-stream") && stream.head.contains("Transfer-Encoding: chunked"))
            #expect(stream.body.contains("event: end\ndata: {\"text\":\"Done\"}"))
            // The last chunk: the stream is over and the connection with it.
            #expect(stream.body.hasSuffix("0\r\n\r\n"))
            #expect(try await get("/job/\(job.id)", address, [cookie(address)]).head.contains("Location: /plan/7"))
        }
    }

    @Test func twoDesksWorkOnOneFolderAtOnce() async throws {
        let place = try DeskPlace()
        let other = try Desk(packageAt: place.package, options: DeskOptions(author: "Wang Fang"))
        let horizon = try place.read().horizon
        // Each writes its own half of the cells, at the same time.
        let desks = [place.desk, other]
        await withTaskGroup(of: Void.self) { group in
            for (number, desk) in desks.enumerated() {
                group.addTask {
                    for bucket in 0..<8 where bucket % 2 == number {
                        let day = horizon.firstDay(of: bucket).description
                        let response = desk.respond(
                            to: DeskRequest(
                                method: "POST", path: "/forecast",
                                body: Array(
                                    FormFields.encoded([
                                        ("account", "A003"), ("product", "P03"), ("author", "desk \(number)"), ("reason", "both"),
                                        ("q-\(day)", "\(900 + bucket)"), ("s-\(day)", ""),
                                    ]).utf8)))
                        #expect(response.status == 303)
                    }
                }
            }
        }
        let package = try place.read()
        let written = package.overrides.map(\.quantity).filter { $0 >= 900 && $0 < 908 }.sorted()
        #expect(written == [900, 901, 902, 903, 904, 905, 906, 907])
        #expect(try place.desk.store.changes().count == 8)
        let seen = try other.store.changes().map(\.author)
        #expect(Set(seen) == ["desk 0", "desk 1"])
    }

    @Test func aPortThatIsTakenIsTold() async throws {
        let place = try DeskPlace()
        let other = try Desk(packageAt: place.package, options: DeskOptions(author: "Wang Fang"))
        try await withServer(place.desk) { address in
            await #expect(throws: DeskError.self) { try await other.serve(port: address.port) { _ in } }
        }
    }
}
