import Foundation
import Fullshelf
import GRDB

/// The memory of a package: every plan with its input files, and every change made through the page, in one SQLite file beside the tables.
///
///     let store = try PlanStore(packageAt: "my-season")
///     let id = try store.record(run, planAt: "my-season/out", author: "Li Wei")
///     try store.restorePlan(id, to: "plans/monday")
///
/// Everything a call writes is one transaction on a write-ahead log: a killed process or a full disk leaves what was there before, and several
/// processes may use a store at once. Equal files are kept once.
public final class PlanStore: Sendable {
    public let packageFolder: String
    /// The SQLite file.
    public let path: String
    let database: DatabaseQueue
    /// Set where the package's folder cannot be written: a copy is read then.
    private let copiedTo: String?

    /// Seconds a call waits for another process before it gives up.
    public static let patience = 20.0

    /// `.fullshelf/store.sqlite` in the package's folder.
    public static func path(ofPackageAt folder: String) -> String { folder + "/.fullshelf/store.sqlite" }

    /// Opens the store of a package, and begins one where there is none.
    ///
    /// - Throws: ``StoreError``.
    public convenience init(packageAt folder: String) throws(StoreError) {
        let path = PlanStore.path(ofPackageAt: folder)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw .cannotUse(path: path, reason: Bilingual("there is no folder \(folder)", "没有文件夹 \(folder)"))
        }
        do {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        } catch {
            throw .cannotUse(path: path, reason: Bilingual(verbatim: PlanStore.reason(error)))
        }
        try self.init(opening: path, packageFolder: folder, copiedTo: nil)
    }

    /// Opens the store of a package to read it. Works in a folder that cannot be written, too.
    ///
    /// - Throws: ``StoreError``; ``StoreError/noStore(package:)`` where there is none.
    public convenience init(existingAt folder: String) throws(StoreError) {
        let path = PlanStore.path(ofPackageAt: folder)
        guard FileManager.default.fileExists(atPath: path) else { throw .noStore(package: folder) }
        guard access(path, W_OK) != 0 || access(URL(fileURLWithPath: path).deletingLastPathComponent().path, W_OK) != 0 else {
            try self.init(opening: path, packageFolder: folder, copiedTo: nil)
            return
        }
        // SQLite cannot read a write-ahead log it may not write beside; a copy of both can be read anywhere.
        let copy = PlanStore.temporaryFolder()
        do {
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            for end in ["", "-wal"] where FileManager.default.fileExists(atPath: path + end) {
                try FileManager.default.copyItem(atPath: path + end, toPath: copy + "/store.sqlite" + end)
                chmod(copy + "/store.sqlite" + end, 0o600)
            }
        } catch {
            throw .cannotUse(path: path, reason: Bilingual(verbatim: PlanStore.reason(error)))
        }
        try self.init(opening: copy + "/store.sqlite", packageFolder: folder, copiedTo: copy)
    }

    private init(opening path: String, packageFolder: String, copiedTo: String?) throws(StoreError) {
        self.packageFolder = packageFolder
        self.path = path
        self.copiedTo = copiedTo
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(PlanStore.patience)
        configuration.prepareDatabase { db in
            // What has been told as recorded survives a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            let migrator = PlanStore.migrator
            if try database.read(migrator.hasBeenSuperseded) { throw StoreError.newer(path: path) }
            try migrator.migrate(database)
        } catch {
            throw StoreError(error, path: path)
        }
        if copiedTo == nil { try settleInterruptedChanges() }
    }

    deinit {
        guard let copiedTo else { return }
        try? database.close()
        try? FileManager.default.removeItem(atPath: copiedTo)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE content (
                      hash TEXT NOT NULL PRIMARY KEY, size INTEGER NOT NULL, packed BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE plan (
                      id INTEGER PRIMARY KEY AUTOINCREMENT, made REAL NOT NULL, author TEXT NOT NULL, note TEXT NOT NULL, kind TEXT NOT NULL,
                      kept_buckets INTEGER, changes TEXT NOT NULL, version TEXT NOT NULL, language TEXT NOT NULL, start TEXT NOT NULL,
                      buckets INTEGER NOT NULL, unit TEXT NOT NULL, figures TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE plan_file (
                      plan INTEGER NOT NULL REFERENCES plan(id) ON DELETE CASCADE, role TEXT NOT NULL, name TEXT NOT NULL,
                      hash TEXT NOT NULL REFERENCES content(hash), PRIMARY KEY (plan, role, name)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX plan_file_hash ON plan_file(hash);
                    CREATE TABLE plan_override (
                      plan INTEGER NOT NULL REFERENCES plan(id) ON DELETE CASCADE, account TEXT NOT NULL, product TEXT NOT NULL,
                      bucket TEXT NOT NULL, quantity REAL NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
                      PRIMARY KEY (plan, account, product, bucket)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE change (
                      id INTEGER PRIMARY KEY AUTOINCREMENT, made REAL NOT NULL, author TEXT NOT NULL, account TEXT NOT NULL,
                      product TEXT NOT NULL, bucket TEXT NOT NULL, before TEXT, after TEXT, hash_before TEXT NOT NULL, hash_after TEXT NOT NULL,
                      undoes INTEGER REFERENCES change(id), is_done INTEGER NOT NULL
                    ) STRICT;
                    """)
        }
        return migrator
    }

    // MARK: Helpers

    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try database.write(body) } catch { throw StoreError(error, path: path) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try database.read(body) } catch { throw StoreError(error, path: path) }
    }

    static func temporaryFolder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-\(UUID().uuidString)").path
    }

    /// The system's words for a file error.
    static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
        return (error as NSError).localizedDescription
    }
}
