import Allocation
import PlanModel

extension Planner {
    /// All linear aims of a package in one weighted objective, to be solved or exported: what other solvers are compared on.
    ///
    /// - Throws: ``PlanningError``.
    public func weightedProgram(packageAt folder: String, progress: ProgressHandler? = nil) throws(PlanningError) -> WeightedProgram {
        let stations = try forecastToPlan(packageAt: folder, progress: progress)
        return WeightedProgram(
            stations.package, demand: stations.demand, bands: stations.bands, segmentation: stations.segmentation)
    }
}
