import Foundation
import Fullshelf
import GRDB

extension PlanStore {
    /// Sets, changes or takes out an override in overrides.csv and remembers who did it.
    ///
    /// The file is replaced in one step; the change stands in the store before it, so that a process killed between the two leaves either both or neither
    /// (settled when the store is opened next). Processes that change one package at once wait for each other.
    ///
    /// - Parameters:
    ///   - cell: Account, product, and a bucket of the horizon.
    ///   - entry: nil = take it out.
    ///   - seen: What the author saw at the cell when they decided; nil = no override.
    ///   - author: Who changes it (of an entry, its author).
    ///   - package: Tells which accounts, products and buckets there are.
    /// - Returns: The change; nil where nothing was to change.
    /// - Throws: ``StoreError``; ``StoreError/changedMeanwhile(cell:current:by:)`` where `seen` is no longer there.
    @discardableResult
    public func setOverride(
        _ cell: OverrideCell, to entry: OverrideEntry?, seen: OverrideEntry?, by author: String, package: DataPackage
    ) throws(StoreError) -> StoredChange? {
        if let entry {
            guard entry.quantity.isFinite, entry.quantity >= 0 else { throw .badEntry(field: "quantity") }
            guard PlanStore.isText(entry.author) else { throw .badEntry(field: "author") }
            guard PlanStore.isText(entry.reason) else { throw .badEntry(field: "reason") }
        }
        guard PlanStore.isText(author) else { throw .badEntry(field: "author") }
        let horizon = package.horizon
        guard let day = CalendarDate(cell.bucket), horizon.buckets.contains(horizon.bucket(of: day)),
            horizon.firstDay(of: horizon.bucket(of: day)) == day, package.accounts.contains(where: { $0.id == cell.account }),
            package.products.contains(where: { $0.id == cell.product })
        else { throw .unknownCell(cell) }
        return try edit(cell, by: author, horizon: horizon, undoes: nil) { current throws(StoreError) in
            guard current == seen else {
                let by = try changes(limit: 1, of: cell).first?.author
                throw .changedMeanwhile(cell: cell, current: current, by: by)
            }
            return entry
        }
    }

    /// Puts back what stood at a change's cell before it.
    ///
    /// - Returns: The change that undoes it.
    /// - Throws: ``StoreError``; ``StoreError/cannotUndo(_:reason:)`` where somebody changed the cell since.
    @discardableResult
    public func undo(_ id: Int64, by author: String, horizon: Horizon) throws(StoreError) -> StoredChange? {
        guard PlanStore.isText(author) else { throw .badEntry(field: "author") }
        guard
            let change = try read({ db in try Row.fetchOne(db, sql: PlanStore.selectChanges + " WHERE change.id = ?", arguments: [id]) })
                .map(PlanStore.storedChange)
        else { throw .noSuchChange(id) }
        if change.undoes != nil { throw .cannotUndo(id, reason: .isAnUndo) }
        return try edit(change.cell, by: author, horizon: horizon, undoes: id) { current throws(StoreError) in
            let isUndone = try read { db in
                try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM change WHERE undoes = ? AND is_done = 1)", arguments: [id])
                    ?? false
            }
            if isUndone { throw .cannotUndo(id, reason: .undoneAlready) }
            guard current == change.after else { throw .cannotUndo(id, reason: .overwritten) }
            return change.before
        }
    }

    /// What was changed, newest first.
    ///
    /// - Parameter cell: Only changes of this override; nil = all.
    /// - Throws: ``StoreError``.
    public func changes(limit: Int = .max, of cell: OverrideCell? = nil) throws(StoreError) -> [StoredChange] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: PlanStore.selectChanges
                    + " WHERE change.is_done = 1 AND (?1 IS NULL OR (change.account, change.product, change.bucket) = (?1, ?2, ?3))"
                    + " ORDER BY change.id DESC LIMIT ?4", arguments: [cell?.account, cell?.product, cell?.bucket, limit]
            ).map(PlanStore.storedChange)
        }
    }

    /// The overrides as they stand in the package.
    ///
    /// - Throws: ``StoreError``.
    public func overrides(horizon: Horizon) throws(StoreError) -> [OverrideCell: OverrideEntry] {
        let table = try overrideTable(horizon)
        return Dictionary(table.entries.map { ($0.cell, $0.entry) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Editing

    private func edit(
        _ cell: OverrideCell, by author: String, horizon: Horizon, undoes: Int64?,
        _ decide: (OverrideEntry?) throws(StoreError) -> OverrideEntry?
    ) throws(StoreError) -> StoredChange? {
        let lock = try PackageLock(packageFolder)
        defer { lock.release() }
        // A change that a killed process left open is settled before the next one is made on top of it.
        try settleInterruptedChanges(isLocked: true)
        let table = try overrideTable(horizon)
        let before = table.entry(at: cell)
        let after = try decide(before)
        if before == after { return nil }
        let bytes = table.replacing(cell, with: after)
        let made = Date()
        let arguments: StatementArguments = [
            made.timeIntervalSince1970, author, cell.account, cell.product, cell.bucket, try PlanStore.json(before),
            try PlanStore.json(after),
            PlanStore.hash(table.bytes), PlanStore.hash(bytes), undoes,
        ]
        let id = try write { db in
            try db.execute(
                sql: """
                    INSERT INTO change (made, author, account, product, bucket, before, after, hash_before, hash_after, undoes, is_done)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
                    """, arguments: arguments)
            return db.lastInsertedRowID
        }
        do {
            try replaceFile(at: packageFolder + "/" + OverrideTable.fileName, with: bytes)
        } catch {
            try? write { db in try db.execute(sql: "DELETE FROM change WHERE id = ?", arguments: [id]) }
            throw StoreError(error)
        }
        // The file stands; should this fail, opening the store next finds the file's hash and completes it.
        try? write { db in try db.execute(sql: "UPDATE change SET is_done = 1 WHERE id = ?", arguments: [id]) }
        return StoredChange(id: id, made: made, author: author, cell: cell, before: before, after: after, undoes: undoes, undoneBy: nil)
    }

    private func overrideTable(_ horizon: Horizon) throws(StoreError) -> OverrideTable {
        do { return try OverrideTable(inPackageAt: packageFolder, horizon: horizon) } catch {
            throw .packageFile(reason: error.wording)
        }
    }

    /// Completes or drops changes whose process ended between the store and the file: the file tells which.
    func settleInterruptedChanges(isLocked: Bool = false) throws(StoreError) {
        let open = try read { db in try Row.fetchAll(db, sql: "SELECT id, hash_after FROM change WHERE is_done = 0") }
        guard !open.isEmpty else { return }
        let lock = isLocked ? nil : try PackageLock(packageFolder)
        defer { lock?.release() }
        let now = PlanStore.hash(FileManager.default.contents(atPath: packageFolder + "/" + OverrideTable.fileName).map { Array($0) })
        try write { db in
            // Looked at again under the lock: whoever held it has settled their own.
            for row in try Row.fetchAll(db, sql: "SELECT id, hash_after FROM change WHERE is_done = 0 ORDER BY id") {
                let isThere = row["hash_after"] as String == now
                try db.execute(
                    sql: isThere ? "UPDATE change SET is_done = 1 WHERE id = ?" : "DELETE FROM change WHERE id = ?",
                    arguments: [row["id"] as Int64])
            }
        }
    }

    private static let selectChanges = """
        SELECT change.*, undo.id AS undone_by FROM change LEFT JOIN change AS undo ON undo.undoes = change.id AND undo.is_done = 1
        """

    private static func storedChange(_ row: Row) -> StoredChange {
        func entry(_ column: String) -> OverrideEntry? {
            (row[column] as String?).flatMap { try? JSONDecoder().decode(OverrideEntry.self, from: Data($0.utf8)) }
        }
        let cell = OverrideCell(
            account: row["account"], product: row["product"],
            bucket: CalendarDate(row["bucket"] as String) ?? CalendarDate(daysSinceEpoch: 0))
        return StoredChange(
            id: row["id"], made: Date(timeIntervalSince1970: row["made"]), author: row["author"], cell: cell, before: entry("before"),
            after: entry("after"), undoes: row["undoes"], undoneBy: row["undone_by"])
    }

    private static func json(_ entry: OverrideEntry?) throws(StoreError) -> String? {
        guard let entry else { return nil }
        do { return String(decoding: try JSONEncoder().encode(entry), as: UTF8.self) } catch { throw .badEntry(field: "quantity") }
    }

    private static func hash(_ bytes: [UInt8]?) -> String { bytes.map { $0.withUnsafeBytes(sha256) } ?? "" }

    /// Something to read that stands on one line, and no longer than a cell can bear.
    private static func isText(_ text: String) -> Bool {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        return !trimmed.isEmpty && trimmed == text && text.utf8.count <= 1000 && !text.unicodeScalars.contains { $0.value < 0x20 }
    }
}

/// Held while a table of a package is read and written: one process and thread at a time.
private struct PackageLock {
    private let descriptor: CInt

    init(_ folder: String) throws(StoreError) {
        let path = folder + "/.fullshelf/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotUse(path: path, reason: Bilingual(verbatim: String(cString: strerror(errno)))) }
        let end = Date().addingTimeInterval(PlanStore.patience)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, Date() < end else {
                close(descriptor)
                throw .busy(path: path)
            }
            usleep(20_000)
        }
    }

    func release() { close(descriptor) }
}
