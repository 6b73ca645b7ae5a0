import Forecasting
import PlanModel

/// How alike products are by what products.csv says of them.
///
/// Each attribute both products have gives a distance in 0…1: family, unit, case multiple and shelf life (equal or not), price, volume and weight
/// (difference of their logarithms over the range among all products), and the words of their names (share they do not have in common). The distance of two
/// products is the mean over these attributes. An attribute all products agree on says nothing and is left out.
///
/// Source: Gower (1971), Biometrics 27, 857-871 (general coefficient of similarity).
struct ProductLikeness: Sendable {
    private struct Traits: Sendable {
        /// nil = not known.
        var choices: [String?]
        /// Logarithms; nil = not known.
        var sizes: [Double?]
        var words: [String]
    }

    private let traits: [Traits]
    private let choiceSpeaks: [Bool]
    /// Largest less smallest of each size; 0 = says nothing.
    private let ranges: [Double]

    /// Products with fewer attributes in common cannot be compared.
    private static let leastShared = 2
    /// How many stand for a new product, at most.
    static let mostModels = 3

    init(_ package: DataPackage) {
        let priced = Set(package.prices.map(\.product))
        let traits = package.products.indices.map { index -> Traits in
            let product = package.products[index]
            func size(_ value: Double?) -> Double? { value.flatMap { $0 > 0 ? logarithm($0) : nil } }
            func choice(_ text: String) -> String? { text.isEmpty ? nil : text }
            let isPriced = product.price != nil || priced.contains(index)
            return Traits(
                choices: [
                    choice(product.family), choice(product.unit), product.caseMultiple.map { "\($0)" }, product.shelfLife.map { "\($0)" },
                ],
                sizes: [isPriced ? size(package.standingPrice(of: index)) : nil, size(product.volume), size(product.weight)],
                words: Self.words(of: product.name))
        }
        self.traits = traits
        choiceSpeaks = (0..<4).map { k in Set(traits.compactMap { $0.choices[k] }).count > 1 }
        ranges = (0..<3).map { k in
            let known = traits.compactMap { $0.sizes[k] }
            return (known.max() ?? 0) - (known.min() ?? 0)
        }
    }

    /// Words in lower case, each once; where words are not set apart (Chinese) each character is one.
    private static func words(of name: String) -> [String] {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        return Set(words.flatMap { word in word.allSatisfy(\.isASCII) ? [String(word)] : word.map { String($0) } }).sorted()
    }

    /// 0 = alike in everything that is known, 1 = in nothing; nil where too little is known to compare.
    func distance(_ a: Int, _ b: Int) -> Double? {
        var sum = 0.0
        var count = 0
        for k in choiceSpeaks.indices where choiceSpeaks[k] {
            guard let x = traits[a].choices[k], let y = traits[b].choices[k] else { continue }
            sum += x == y ? 0 : 1
            count += 1
        }
        for k in ranges.indices where ranges[k] > 1e-9 {
            guard let x = traits[a].sizes[k], let y = traits[b].sizes[k] else { continue }
            sum += (x - y).magnitude / ranges[k]
            count += 1
        }
        if !traits[a].words.isEmpty, !traits[b].words.isEmpty {
            let all = Set(traits[a].words + traits[b].words).count
            let common = traits[a].words.count + traits[b].words.count - all
            sum += 1 - Double(common) / Double(all)
            count += 1
        }
        return count >= Self.leastShared ? sum / Double(count) : nil
    }

    /// Nearest first, equal ones in the order of the products; those at a distance of 1 are not like it at all.
    func nearest(to product: Int, among others: [Int], count: Int = mostModels) -> [(product: Int, distance: Double)] {
        let known = others.compactMap { other in distance(product, other).map { (product: other, distance: $0) } }.filter {
            $0.distance < 1
        }
        return Array(known.sorted { ($0.distance, $0.product) < ($1.distance, $1.product) }.prefix(count))
    }
}
