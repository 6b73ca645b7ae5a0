import Foundation
import Fullshelf
import PlanStore

/// Plans of the history, opened for the pages; the last few stay open.
final class PlanShelf: @unchecked Sendable {
    struct OpenPlan: Sendable {
        var stored: StoredPlan
        var view: PlanView
        var files: PlanFiles

        var package: DataPackage { view.package }
    }

    private let store: PlanStore
    private let lock = NSLock()
    // Guarded by `lock`; the one used last stands last.
    private var open: [OpenPlan] = []
    private var basis: (plan: Int64, basis: AllocationBasis)?
    private static let kept = 4

    init(_ store: PlanStore) { self.store = store }

    /// Opens a plan with the package it was made from.
    ///
    /// - Parameter current: The package as it is now, which spares reading that of a plan made from the same files.
    /// - Throws: ``StoreError``.
    func plan(_ id: Int64, current: DataPackage?) throws -> OpenPlan {
        try lock.withLock {
            if let index = open.firstIndex(where: { $0.stored.id == id }) {
                let found = open.remove(at: index)
                open.append(found)
                return found
            }
            let fresh = try read(id, current: current)
            open.append(fresh)
            if open.count > PlanShelf.kept { open.removeFirst() }
            return fresh
        }
    }

    private func read(_ id: Int64, current: DataPackage?) throws -> OpenPlan {
        let stored = try store.plan(id)
        return try withTemporaryFolder { work in
            try store.restorePlan(id, to: work + "/plan")
            var package: DataPackage
            if let current, current.inputHashes == stored.inputs {
                package = current
            } else {
                try store.restoreInputs(ofPlan: id, to: work + "/package")
                let reading = readPackage(at: work + "/package")
                guard let found = reading.package else { throw PlanningError.unusableInput(reading.findings) }
                package = found
            }
            if !stored.changes.isEmpty { package = package.changed(by: readChanges(stored.changes, package: package).changes) }
            let reading = readPlan(at: work + "/plan", package: package)
            guard let files = reading.files else { throw PlanningError.unusablePlan(reading.findings) }
            return OpenPlan(stored: stored, view: PlanView(files, package: package), files: files)
        }
    }

    /// Keeps what the solves of a plan left, for what-ifs; one plan's at a time.
    func keep(_ basis: AllocationBasis?, ofPlan id: Int64) {
        lock.withLock { self.basis = basis.map { (id, $0) } }
    }

    func basis(ofPlan id: Int64) -> AllocationBasis? {
        lock.withLock { basis?.plan == id ? basis?.basis : nil }
    }

    /// The newest plan made from exactly these files, what-ifs apart.
    func upToDate(_ inputs: [String: String]) throws(StoreError) -> StoredPlan? {
        try store.plans().first { $0.kind == "plan" && $0.inputs == inputs }
    }
}

/// Does work with a folder of its own, which is taken away afterwards.
func withTemporaryFolder<Result>(_ work: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fullshelf-desk-\(UUID().uuidString)").path
    do {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
        throw PlanningError.notWritten(folder: folder, reason: Bilingual(verbatim: (error as NSError).localizedDescription))
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try work(folder)
}
