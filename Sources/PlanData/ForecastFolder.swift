import PlanModel

/// Files of a forecast folder: those of a plan folder that are known before anything is allocated.
let forecastFolderFiles = ["segments.csv", "forecast.csv", "demand.csv", "bands.csv"]

/// Writes tiers, forecast, planned demand and bands into a folder that appears as a whole or not at all, by the rules of
/// ``writePlanFolder(_:package:extraFiles:to:)``: it takes the place of an earlier forecast or plan, and of nothing else.
///
/// - Throws: ``PlanFolderError``; what was in `folder` is then unchanged.
public func writeForecastFolder(
    segmentation: Segmentation, forecast: Forecast, demand: PlannedDemand, bands: StockBandTable, package: DataPackage, to folder: String
) throws {
    let nothing = AllocationOutcome(
        plan: Plan(), certificate: Certificate(ranks: [], feasibility: FeasibilityReport(maxViolation: 0, constraint: "")), resources: [],
        rankPrices: [], guaranteeServed: [])
    let result = PlanResult(segmentation: segmentation, forecast: forecast, demand: demand, bands: bands, allocation: nothing)
    let files = try PlanFileWriter(package: package).tables(of: result).filter { forecastFolderFiles.contains($0.name) }
    try replaceFolder(folder, with: files)
}
