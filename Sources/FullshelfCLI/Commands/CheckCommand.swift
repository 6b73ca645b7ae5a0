import ArgumentParser
import Foundation
import Fullshelf
import Workbooks

/// `fullshelf check FOLDER`
struct CheckCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads and validates all tables of a package.",
        discussion: """
            Examples:
              fullshelf check my-season
              fullshelf check my-season --language zh
              fullshelf check my-season --write-descriptor
              fullshelf check my-season --format json

            Every finding names file, line, column, what is wrong and what to do. Exit code 1 when there is an error; what only looks odd is a
            note and does not keep a package from being planned. JSON is in English unless --language says otherwise.
            """)

    @Argument(help: "The data package: a folder of CSV tables, or an Excel workbook.", completion: .file())
    var folder: String

    @Flag(help: "Also write datapackage.json (Frictionless Data), which describes the tables, into the folder.")
    var writeDescriptor = false

    @Option(help: "Language of the findings: en or zh. Default: as plan.toml says.")
    var language: ReportLanguage?

    @OptionGroup var output: OutputOptions

    var languages: MessageLanguages { MessageLanguages(option: language, package: folder) }

    func perform(on console: Console) throws -> CommandStatus {
        if writeDescriptor, XLSXWorkbook.isWorkbook(folder) {
            throw CommandFailure(
                status: .badUsage,
                Bilingual("datapackage.json describes a folder of CSV tables, not a workbook.", "datapackage.json 描述 CSV 表的文件夹，不描述工作簿。"),
                remedy: Bilingual("Leave --write-descriptor out.", "请去掉 --write-descriptor。"))
        }
        var console = console
        let reading = withProgress(on: console) { Planner.command().readPackage(at: folder, progress: $0) }
        // The settings of a workbook are known only now.
        if language == nil, let own = reading.language { console = console.speaking(MessageLanguages(text: own)) }
        let language = console.languages.text
        let errors = reading.findings.count { $0.severity == .error }
        let notes = reading.findings.count - errors
        if writeDescriptor && errors == 0 {
            try writeDescriptorFile()
        }
        if output.format == .json {
            console.printJSON(
                CheckOutput(
                    folder: folder, errors: errors, notes: notes,
                    findings: reading.findings.map { FindingOutput($0, console.languages.json) },
                    contents: reading.package.map(PackageContents.init)))
        } else {
            for finding in reading.findings where !output.quiet || finding.severity == .error { console.print(finding) }
            if let package = reading.package {
                let contents = PackageContents(package).sentence
                let also = notes > 0 ? Bilingual(" \(counted(notes, "note")).", "提示 \(notes) 处。") : .none
                let label = console.outputStyle.green(Bilingual("ok:", "正常：").text(language))
                say(label + (Bilingual(" ", "") + contents + also).text(language), on: console)
            } else {
                say(
                    Bilingual(
                        "\(counted(errors, "error")), \(counted(notes, "note")). Nothing can be planned until the errors are corrected.",
                        "错误 \(errors) 处，提示 \(notes) 处。更正错误之后才能制订计划。"
                    ).text(language), on: console)
            }
        }
        return errors == 0 ? .done : .problemsFound
    }

    private func writeDescriptorFile() throws {
        let path = folder + "/datapackage.json"
        do {
            try Data(descriptor(forPackageAt: folder).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                status: .badUsage,
                Bilingual("\(path) could not be written: \(reason(of: error)).", "无法写入 \(path)：\(reason(of: error))。"),
                remedy: Bilingual("Give permission to write there, or make room.", "请取得写入权限，或腾出磁盘空间。"))
        }
    }
}

private struct CheckOutput: Encodable {
    var folder: String
    var errors: Int
    var notes: Int
    var findings: [FindingOutput]
    /// nil when the package has errors.
    var contents: PackageContents?
}

/// How much a package holds.
private struct PackageContents: Encodable {
    var accounts: Int
    var products: Int
    var sites: Int
    var lines: Int
    var lanes: Int
    var buckets: Int
    var bucket: String
    var start: String
    var historyBuckets: Int

    init(_ package: DataPackage) {
        accounts = package.accounts.count
        products = package.products.count
        sites = package.sites.count
        lines = package.lines.count
        lanes = package.lanes.count
        buckets = package.horizon.count
        bucket = package.horizon.unit.rawValue
        start = package.horizon.start.description
        historyBuckets = package.history.sales.bucketCount
    }

    var sentence: Bilingual {
        let english = """
            \(counted(accounts, "account")), \(counted(products, "product")), \(counted(sites, "site")), \(counted(lines, "line")), \
            \(counted(lanes, "lane")); \(counted(buckets, bucket)) from \(start), history of \(counted(historyBuckets, bucket)).
            """
        let unit = bucket == BucketUnit.week.rawValue ? "周" : "个月"
        return Bilingual(
            english,
            "客户 \(accounts) 个，产品 \(products) 种，地点 \(sites) 个，产线 \(lines) 条，线路 \(lanes) 条；计划期自 \(start) 起 \(buckets) \(unit)，历史 \(historyBuckets) \(unit)。"
        )
    }
}
