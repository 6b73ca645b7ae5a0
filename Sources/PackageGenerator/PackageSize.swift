/// The named sizes of model.md, "Sizes"; XS is for tests that want an answer at once, ML stands halfway from M to L.
public enum PackageSize: String, CaseIterable, Sendable {
    case xs = "XS"
    case s = "S"
    case m = "M"
    case ml = "ML"
    case l = "L"
    case xl = "XL"

    /// Reads a size in any case of letters; nil for anything else.
    public init?(name: String) { self.init(rawValue: name.uppercased()) }

    public var accounts: Int {
        switch self {
        case .xs: 8
        case .s: 20
        case .m: 60
        case .ml: 120
        case .l: 250
        case .xl: 1000
        }
    }

    public var products: Int {
        switch self {
        case .xs: 4
        case .s: 10
        case .m: 25
        case .ml: 50
        case .l: 100
        case .xl: 300
        }
    }

    /// Planning weeks.
    public var buckets: Int {
        switch self {
        case .xs: 8
        case .s: 12
        case .m, .ml, .l, .xl: 26
        }
    }

    /// Accounts × products × share of pairs sold.
    public var pairs: Int {
        switch self {
        case .xs: 22
        case .s: 120
        case .m: 900
        case .ml: 3_000
        case .l: 10_000
        case .xl: 90_000
        }
    }

    public var plants: Int {
        switch self {
        case .xs, .s: 2
        case .m: 3
        case .ml: 4
        case .l: 5
        case .xl: 8
        }
    }

    public var lines: Int { self == .xs ? 2 : 2 * plants }

    public var distributionCentres: Int {
        switch self {
        case .xs: 2
        case .s: 3
        case .m: 6
        case .ml: 8
        case .l: 10
        case .xl: 20
        }
    }
}
