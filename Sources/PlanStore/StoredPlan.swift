import Foundation
import Fullshelf

/// How a plan came about; with its input files this is all that planning it again needs.
public enum PlanOrigin: Sendable, Hashable {
    case plan
    /// The near buckets keep what an earlier plan decided: that plan's files, by name.
    case keeping(files: [String: Data], buckets: Int)
    /// What-if changes, one a text, as `fullshelf what-if --set` takes them.
    case whatIf([String])
}

/// A plan in the store, without its files.
public struct StoredPlan: Sendable, Hashable, Encodable {
    /// Counts up from 1; never given twice.
    public var id: Int64
    /// When it was recorded.
    public var made: Date
    /// Who made it.
    public var author: String
    public var note: String
    /// plan, keeping, what-if
    public var kind: String
    /// Buckets kept of an earlier plan; nil unless `kind` is keeping.
    public var keptBuckets: Int?
    /// What-if changes; empty for other kinds.
    public var changes: [String]
    /// Of Fullshelf.
    public var version: String
    /// en or zh
    public var language: String
    /// First day and number of the buckets planned, week or month.
    public var start: String
    public var buckets: Int
    public var unit: String
    public var figures: StoredFigures
    /// SHA-256 of each input file.
    public var inputs: [String: String]
}

/// The figures of a plan that a list shows; product units, money at standing prices.
public struct StoredFigures: Sendable, Hashable, Codable {
    public var demand: Double
    public var served: Double
    public var lost: Double
    public var backlog: Double
    public var lostValue: Double
    public var cost: Double
    /// By tier, tier 1 first.
    public var lostByTier: [Double]

    init(_ figures: KeyFigures) {
        demand = figures.total.demand
        served = figures.total.served
        lost = figures.total.lost
        backlog = figures.total.backlog
        lostValue = figures.total.lostValue
        cost = figures.cost.total
        lostByTier = figures.tiers.map(\.lost)
    }

    /// Served / demanded, 0…1; 1 where nothing is demanded.
    public var fillRate: Double { demand > 0 ? served / demand : 1 }
}

/// A change of a package's table made through the store: who, when, what, before and after.
public struct StoredChange: Sendable, Hashable, Encodable {
    public var id: Int64
    public var made: Date
    public var author: String
    public var cell: OverrideCell
    /// nil = there was no override.
    public var before: OverrideEntry?
    /// nil = the override was taken out.
    public var after: OverrideEntry?
    /// The change that this one undoes.
    public var undoes: Int64?
    /// The change that undid this one.
    public var undoneBy: Int64?
}

/// Files of a folder, for planning again with `--keep`.
///
/// - Returns: Regular files by name; empty where the folder cannot be read.
public func folderFiles(at folder: String) -> [String: Data] {
    var files: [String: Data] = [:]
    // The basis of later plans is large, and worked out again from the inputs whenever one is wanted.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !name.hasPrefix(".") && name != basisFileName {
        var isFolder: ObjCBool = false
        let path = folder + "/" + name
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
        files[name] = FileManager.default.contents(atPath: path)
    }
    return files
}
