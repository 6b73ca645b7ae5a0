import Allocation
import PlanModel

extension Planner {
    /// The linear program of one rank of a package as MPS text, earlier ranks held at the values they reached.
    ///
    /// - Throws: ``PlanningError``; ``PlanningError/unknownRank(_:)`` when the rank is not in the package's order.
    public func rankProgram(packageAt folder: String, rank: Rank, progress: ProgressHandler? = nil) throws(PlanningError) -> String {
        var clock = StepClock()
        let (package, _) = try usablePackage(at: folder, progress: progress)
        let stations = try forecast(package, clock: &clock, progress: progress)
        if let tier = rank.tier, !(1...stations.segmentation.tierCount).contains(tier) {
            throw PlanningError.unknownRank(
                Bilingual(
                    "There is no tier \(tier); the package has tiers 1 to \(stations.segmentation.tierCount).",
                    "没有第 \(tier) 级；数据包有第 1 至 \(stations.segmentation.tierCount) 级。"))
        }
        progress?(ProgressStep("Solving the ranks before"))
        do {
            return try rankProgramMPS(
                package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation, rank: rank)
        } catch {
            throw PlanningError(error)
        }
    }
}
