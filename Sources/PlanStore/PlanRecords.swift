import Foundation
import Fullshelf
import GRDB

extension PlanStore {
    /// Keeps a plan with its input files.
    ///
    /// - Parameters:
    ///   - run: The plan, as made from the package in ``packageFolder``.
    ///   - folder: The plan folder that was written from it.
    ///   - origin: How it came about.
    ///   - author: Who made it.
    ///   - note: A sentence for people; may be empty.
    /// - Returns: The plan's number.
    /// - Throws: ``StoreError``; ``StoreError/inputsChanged(file:)`` where a file is no longer the one the plan was made from.
    @discardableResult
    public func record(_ run: PlanningRun, planAt folder: String, origin: PlanOrigin = .plan, author: String, note: String = "")
        throws(StoreError) -> Int64
    {
        var files: [(role: String, name: String, bytes: Data, hash: String)] = []
        func add(_ role: String, _ name: String, _ bytes: Data) { files.append((role, name, bytes, hash(of: bytes))) }
        for (name, expected) in run.package.inputHashes.sorted(by: { $0.key < $1.key }) {
            guard let bytes = FileManager.default.contents(atPath: packageFolder + "/" + name), hash(of: bytes) == expected else {
                throw .inputsChanged(file: name)
            }
            files.append(("input", name, bytes, expected))
        }
        let plan = folderFiles(at: folder)
        // The key figures hold every account's result; another plan would have others.
        guard plan["kpis.json"] == Data(run.keyFigures.json.utf8) else { throw .planReplaced(folder: folder) }
        for name in plan.keys.sorted() { add("plan", name, plan[name] ?? Data()) }
        if case .keeping(let earlier, _) = origin { for name in earlier.keys.sorted() { add("kept", name, earlier[name] ?? Data()) } }

        let figures: String
        let changes: String
        do {
            figures = String(decoding: try JSONEncoder().encode(StoredFigures(run.keyFigures)), as: UTF8.self)
            changes = String(decoding: try JSONEncoder().encode(origin.changes), as: UTF8.self)
        } catch {
            throw .cannotUse(path: path, reason: Bilingual(error))
        }
        let horizon = run.package.horizon
        return try write { db in
            try db.execute(
                sql: """
                    INSERT INTO plan (made, author, note, kind, kept_buckets, changes, version, language, start, buckets, unit, figures)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Date().timeIntervalSince1970, author, note, origin.kind, origin.keptBuckets, changes, fullshelfVersion,
                    run.language.rawValue, horizon.start.description, horizon.count, horizon.unit.rawValue, figures,
                ])
            let id = db.lastInsertedRowID
            for file in files {
                let isKnown =
                    try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM content WHERE hash = ?)", arguments: [file.hash]) ?? false
                if !isKnown {
                    try db.execute(
                        sql: "INSERT INTO content (hash, size, packed) VALUES (?, ?, ?)",
                        arguments: [file.hash, file.bytes.count, Packing.packed(file.bytes)])
                }
                try db.execute(
                    sql: "INSERT INTO plan_file (plan, role, name, hash) VALUES (?, ?, ?, ?)",
                    arguments: [id, file.role, file.name, file.hash])
            }
            for row in run.package.overrides where horizon.buckets.contains(row.bucket) {
                try db.execute(
                    sql:
                        "INSERT INTO plan_override (plan, account, product, bucket, quantity, author, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        id, run.package.accounts[row.account].id, run.package.products[row.product].id,
                        horizon.firstDay(of: row.bucket).description, row.quantity, row.author, row.reason,
                    ])
            }
            return id
        }
    }

    /// All plans, newest first.
    ///
    /// - Throws: ``StoreError``.
    public func plans(limit: Int = .max) throws(StoreError) -> [StoredPlan] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM plan ORDER BY id DESC LIMIT ?", arguments: [limit])
            return try rows.map { try storedPlan($0, db) }
        }
    }

    /// One plan.
    ///
    /// - Throws: ``StoreError``; ``StoreError/noSuchPlan(_:)``.
    public func plan(_ id: Int64) throws(StoreError) -> StoredPlan {
        let found = try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM plan WHERE id = ?", arguments: [id]).map { try storedPlan($0, db) }
        }
        guard let found else { throw .noSuchPlan(id) }
        return found
    }

    private func storedPlan(_ row: Row, _ db: Database) throws -> StoredPlan {
        let id: Int64 = row["id"]
        let inputs = try Row.fetchAll(db, sql: "SELECT name, hash FROM plan_file WHERE plan = ? AND role = 'input'", arguments: [id])
        let decoder = JSONDecoder()
        let changes: String = row["changes"]
        let figures: String = row["figures"]
        return StoredPlan(
            id: id, made: Date(timeIntervalSince1970: row["made"]), author: row["author"], note: row["note"], kind: row["kind"],
            keptBuckets: row["kept_buckets"], changes: try decoder.decode([String].self, from: Data(changes.utf8)), version: row["version"],
            language: row["language"], start: row["start"], buckets: row["buckets"], unit: row["unit"],
            figures: try decoder.decode(StoredFigures.self, from: Data(figures.utf8)),
            inputs: Dictionary(inputs.map { ($0["name"], $0["hash"]) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The overrides that were in force for a plan, by account, product and bucket.
    ///
    /// - Throws: ``StoreError``.
    public func overrides(ofPlan id: Int64) throws(StoreError) -> [(cell: OverrideCell, entry: OverrideEntry)] {
        _ = try plan(id)
        return try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM plan_override WHERE plan = ? ORDER BY account, product, bucket", arguments: [id])
                .compactMap { row in
                    guard let day = CalendarDate(row["bucket"] as String) else { return nil }
                    return (
                        OverrideCell(account: row["account"], product: row["product"], bucket: day),
                        OverrideEntry(quantity: row["quantity"], author: row["author"], reason: row["reason"])
                    )
                }
        }
    }

    /// The files of a plan's folder, or those it was made from.
    enum FileRole: String {
        case input, plan, kept
    }

    func files(_ role: FileRole, ofPlan id: Int64) throws(StoreError) -> [(name: String, contents: [UInt8])] {
        _ = try plan(id)
        let rows = try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT name, plan_file.hash, size, packed FROM plan_file JOIN content USING (hash)
                    WHERE plan = ? AND role = ? ORDER BY name
                    """, arguments: [id, role.rawValue])
        }
        var files: [(name: String, contents: [UInt8])] = []
        for row in rows {
            let name: String = row["name"]
            // What comes out must be what went in, whatever the disk did meanwhile.
            guard let bytes = Packing.unpacked(row["packed"], size: row["size"]), hash(of: bytes) == row["hash"] as String else {
                throw .damaged(path: path, reason: Bilingual("\(name) of plan \(id) does not have its hash", "计划 \(id) 的 \(name) 与其哈希值不符"))
            }
            files.append((name, Array(bytes)))
        }
        return files
    }

    /// Writes the plan folder of a stored plan, byte for byte; what stands at `folder` is replaced as a whole if it is a plan, and refused otherwise.
    ///
    /// - Throws: ``StoreError``.
    public func restorePlan(_ id: Int64, to folder: String) throws(StoreError) { try put(try files(.plan, ofPlan: id), in: folder) }

    /// Writes the package a stored plan was made from, byte for byte, into a folder that must be new or empty.
    ///
    /// - Throws: ``StoreError``.
    public func restoreInputs(ofPlan id: Int64, to folder: String) throws(StoreError) {
        let files = try files(.input, ofPlan: id)
        if let there = try? FileManager.default.contentsOfDirectory(atPath: folder), !there.isEmpty {
            throw .packageFile(
                reason: Bilingual("\(folder) is not empty.\nName a new folder for the package.", "\(folder) 不是空文件夹。\n请为数据包指定新的文件夹。"))
        }
        try put(files, in: folder)
    }

    private func put(_ files: [(name: String, contents: [UInt8])], in folder: String) throws(StoreError) {
        do { try replaceFolder(folder, with: files) } catch { throw StoreError(error) }
    }

    /// Takes plans out of the store, with the files nothing else needs; the space is used again.
    ///
    /// - Throws: ``StoreError``.
    public func forget(_ ids: [Int64]) throws(StoreError) {
        for id in ids { _ = try plan(id) }
        try write { db in
            for id in ids { try db.execute(sql: "DELETE FROM plan WHERE id = ?", arguments: [id]) }
            try db.execute(sql: "DELETE FROM content WHERE hash NOT IN (SELECT hash FROM plan_file)")
        }
    }

    private func hash(of bytes: Data) -> String { bytes.withUnsafeBytes(sha256) }
}

extension PlanOrigin {
    var kind: String {
        switch self {
        case .plan: "plan"
        case .keeping: "keeping"
        case .whatIf: "what-if"
        }
    }

    var keptBuckets: Int? { if case .keeping(_, let buckets) = self { buckets } else { nil } }

    var changes: [String] { if case .whatIf(let changes) = self { changes } else { [] } }
}
