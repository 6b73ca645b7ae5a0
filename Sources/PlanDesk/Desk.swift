import Foundation
import Fullshelf
import PlanStore

/// The planner's desk: pages for one package, on this machine only.
///
///     let desk = try Desk(packageAt: "my-season", options: DeskOptions(author: "Li Wei"))
///     try await desk.serve(port: 0) { print($0) }
///
/// The package's folder stays the truth. What the desk writes is overrides.csv (one file, replaced in one step, under a lock), plans in the history, and
/// the newest plan in FOLDER/out: a server killed at any moment, several windows and several servers on one folder lose nothing.
public final class Desk: Sendable {
    public let folder: String
    let options: DeskOptions
    let store: PlanStore
    let workspace: Workspace
    let shelf: PlanShelf
    let jobs = JobList()

    /// - Throws: ``StoreError`` where the history beside the package cannot be used.
    public init(packageAt folder: String, options: DeskOptions) throws(StoreError) {
        self.folder = folder
        self.options = options
        store = try PlanStore(packageAt: folder)
        workspace = Workspace(folder: folder, planner: Planner(threads: options.threads))
        shelf = PlanShelf(store)
    }

    /// Answers a request that has been admitted.
    func respond(to request: DeskRequest) -> DeskResponse {
        let frame = frame(request)
        do {
            return try request.method == "GET" ? get(request, frame) : post(request, frame)
        } catch {
            return failure(error, frame, back: request.method == "GET" ? "/" : Desk.localPath(request.form["back"]) ?? "/")
        }
    }

    private func frame(_ request: DeskRequest) -> PageFrame {
        let language =
            request.cookie("fullshelf-language").flatMap { ReportLanguage(rawValue: $0) } ?? options.language
            ?? reportLanguage(ofPackageAt: folder) ?? .english
        let query = request.query.fields.filter { $0.name != "token" }
        return PageFrame(
            language: language, author: request.cookie("fullshelf-author")?.removingPercentEncoding ?? options.author,
            selfPath: "/" + request.path.map(FormFields.escaped).joined(separator: "/")
                + (query.isEmpty || request.method != "GET" ? "" : "?" + FormFields.encoded(query.map { ($0.name, $0.value) })),
            place: URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent)
    }

    private func get(_ request: DeskRequest, _ frame: PageFrame) throws -> DeskResponse {
        let path = request.path
        let notices = notices(request, frame)
        switch (path.first, path.count) {
        case (nil, _): return try packagePage(frame, notices: notices)
        case ("desk.css", 1): return .file(Data(deskStyle.utf8), type: "text/css; charset=utf-8")
        case ("desk.js", 1): return .file(Data(deskScript.utf8), type: "text/javascript; charset=utf-8")
        case ("icon.svg", 1): return .file(Data(deskIcon.utf8), type: "image/svg+xml")
        case ("forecast", 1): return try forecastPage(request, frame, fields: request.query, notices: notices)
        case ("plan", 1): return try planPage(nil, request, frame, notices: notices)
        case ("plan", 2): if let id = Int64(path[1]) { return try planPage(id, request, frame, notices: notices) }
        case ("plan", 3):
            guard let id = Int64(path[1]) else { break }
            switch path[2] {
            case "why": return try whyPage(id, request, frame, isPart: request.query["part"] != nil)
            case "plan.xlsx", "report.html": return try planFile(id, path[2], frame)
            default: break
            }
        case ("what-if", 1): return try whatIfPage(frame, notices: notices)
        case ("compare", 1): return try comparePage(request, frame, notices: notices)
        case ("history", 1): return try historyPage(frame, notices: notices)
        case ("job", 2): if let job = Int(path[1]).flatMap(jobs.job) { return jobPage(job, frame) }
        case ("job", 3):
            if path[2] == "events", let job = Int(path[1]).flatMap(jobs.job) {
                return DeskResponse(headers: [("Content-Type", "text/event-stream; charset=utf-8")], body: .events(job))
            }
        default: break
        }
        if path.first == "job" {
            return message(
                frame, heading: frame.words("No longer known", "已无此任务"),
                text: frame.words(
                    "This work belongs to a desk that has ended since. What it finished is in the history.", "该任务属于已结束的服务；已完成的结果见历史。"),
                back: "/history", status: 404)
        }
        return message(
            frame, heading: frame.words("There is no such page", "没有此页面"), text: frame.words("Choose one of the pages above.", "请选择上方栏目。"),
            status: 404)
    }

    private func post(_ request: DeskRequest, _ frame: PageFrame) throws -> DeskResponse {
        guard request.method == "POST" else { return .text("405: pages are read or sent as forms. 页面只接受读取和表单提交。", status: 405) }
        switch (request.path.first, request.path.count) {
        case ("language", 1):
            let other: ReportLanguage = frame.language == .english ? .chinese : .english
            return .see(Desk.localPath(request.form["back"]) ?? "/")
                .with("Set-Cookie", "fullshelf-language=\(other.rawValue); Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000")
        case ("forecast", 1): return try saveOverrides(request, frame)
        case ("undo", 1): return try undo(request, frame)
        case ("restore", 1): return try restore(request, frame)
        case ("plan", 1): return try startPlan(request, frame)
        case ("what-if", 1): return try askWhatIf(request, frame)
        case ("job", 3):
            guard request.path[2] == "cancel", let job = Int(request.path[1]).flatMap(jobs.job) else { break }
            job.cancel()
            _ = job.wait(upTo: 2)
            return .see("/job/\(job.id)")
        default: break
        }
        return message(
            frame, heading: frame.words("There is no such page", "没有此页面"), text: frame.words("Nothing was changed.", "未作任何更改。"), status: 404
        )
    }

    private func startPlan(_ request: DeskRequest, _ frame: PageFrame) throws -> DeskResponse {
        let author = Desk.line(request.form["author"])
        guard !author.isEmpty else { throw StoreError.badEntry(field: "author") }
        let note = Desk.line(request.form["note"])
        let job = jobs.start(.plan, language: frame.language, backPath: "/plan") { [self] job in
            "/plan/\(try makePlan(author: author, note: note, language: job.language, job: job))"
        }
        return .see("/job/\(job.id)").with("Set-Cookie", Desk.authorCookie(author))
    }

    /// What the page before asked to be told here.
    private func notices(_ request: DeskRequest, _ frame: PageFrame) -> [Notice] {
        let words = frame.words
        if let id = request.query["undone"].flatMap({ Int64($0) }) {
            return [
                Notice(
                    kind: .good,
                    text: words("Change \(id) is undone; overrides.csv is as it was there.", "更改 \(id) 已撤销，overrides.csv 中该处恢复原值。"))
            ]
        }
        if let id = request.query["restored"].flatMap({ Int64($0) }) {
            return [Notice(kind: .good, text: words("Plan \(id) is in the folder out again.", "计划 \(id) 已恢复到 out 文件夹。"))]
        }
        return []
    }

    private func jobPage(_ job: Job, _ frame: PageFrame) -> DeskResponse {
        let words = frame.words
        switch job.state {
        case .done(let path): return .see(path)
        case .failed(let text):
            return message(frame, heading: words("That did not work", "操作未成功"), text: text, back: job.backPath, status: 200)
        case .cancelled:
            return message(
                frame, heading: words("Stopped", "已停止"), text: errorText(PlanningError.cancelled, frame.language), back: job.backPath,
                status: 200)
        case .waiting, .running:
            let heading =
                switch job.kind {
                case .forecast: words("Forecasting", "正在预测")
                case .plan: words("Planning", "正在制订计划")
                case .whatIf: words("Planning with the changes", "正在按所问变化制订计划")
                }
            return page(
                "job", frame, title: heading, section: nil,
                values: ["heading": heading, "id": job.id, "active": true, "activity": Desk.activity(job.state, frame.language)])
        }
    }

    /// What a job is doing, in words.
    static func activity(_ state: Job.State, _ language: ReportLanguage) -> String {
        let words = DeskWords(language: language)
        switch state {
        case .waiting: return words("Waiting for other work to finish", "等待其他计算完成")
        case .running(let activity, let share):
            let percent = share.map { " \(Int(($0 * 100).rounded()))\(language == .english ? "\u{A0}%" : "%")" } ?? ""
            return activityText(activity, language) + percent
        case .done: return words("Done", "完成")
        case .failed(let text): return text
        case .cancelled: return words("Stopped", "已停止")
        }
    }

    static func authorCookie(_ author: String) -> String {
        "fullshelf-author=\(FormFields.escaped(author)); Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
    }
}

/// How a desk is set up.
public struct DeskOptions: Sendable {
    /// nil = as plan.toml says, until somebody chooses on the page.
    public var language: ReportLanguage?
    /// Who makes changes, until somebody says another name.
    public var author: String
    /// nil = as many as there are processor cores.
    public var threads: Int?

    public init(language: ReportLanguage? = nil, author: String, threads: Int? = nil) {
        self.language = language
        self.author = author
        self.threads = threads
    }
}
