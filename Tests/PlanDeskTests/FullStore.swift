import GRDB

@testable import PlanStore

extension PlanStore {
    /// Lets the store grow no further, as a full disk would.
    func limitToPagesThereAre() throws -> Int {
        try database.write { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
            return pages
        }
    }

    func liftLimit() throws { try database.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") } }
}
