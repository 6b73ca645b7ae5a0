import PlanData
import PlanExplaining
import PlanModel

extension Planner {
    /// Plans a package while the near buckets keep what an earlier plan decided, and says what that costs against planning freely.
    ///
    /// Making and dispatch of the first buckets both plans have are frozen at the earlier plan's quantities; what refers to lines, lanes or products
    /// that are gone is left out.
    ///
    /// - Parameters:
    ///   - folder: The data package.
    ///   - earlier: The earlier plan folder; its package need not be there any more.
    ///   - buckets: Buckets to keep, ≥ 1.
    ///   - output: The plan folder to write; nil = write nothing.
    /// - Throws: ``PlanningError``; ``PlanningError/contradictoryInput(_:)`` when today's stock does not bear the earlier decisions.
    public func plan(
        packageAt folder: String, keeping earlier: String, buckets: Int, writingTo output: String? = nil, progress: ProgressHandler? = nil
    ) throws(PlanningError) -> (run: PlanningRun, kept: KeptPlan) {
        let stations = try forecastToPlan(packageAt: folder, progress: progress)
        let (package, reading) = readPlanAlone(at: earlier)
        guard let files = reading.files else { throw PlanningError.unusablePlan(reading.findings) }
        let before = PlanView(files, package: package)
        var (run, kept) = try plan(stations, keeping: before, buckets: buckets, progress: progress)
        if let output { try run.write(to: output, progress: progress) }
        return (run, kept)
    }

    /// The same for a package whose forecast is made.
    public func plan(_ stations: ForecastRun, keeping earlier: PlanView, buckets: Int, progress: ProgressHandler? = nil)
        throws(PlanningError) -> (
            run: PlanningRun, kept: KeptPlan
        )
    {
        let free = try plan(stations, progress: progress)
        var near = stations
        near.package = Planner.freezing(stations.package, earlier: earlier, buckets: buckets)
        let run = try plan(near, progress: progress)
        return (run, KeptPlan(earlier: earlier, free: view(of: free), kept: view(of: run), buckets: buckets))
    }

    private static func freezing(_ package: DataPackage, earlier: PlanView, buckets: Int) -> DataPackage {
        var package = package
        let horizon = package.horizon
        let there = earlier.package.horizon
        // The buckets to keep, as numbers here and there.
        var near: [Int: Int] = [:]
        for bucket in horizon.buckets.prefix(max(1, buckets)) where there.unit == horizon.unit {
            let old = there.bucket(of: horizon.firstDay(of: bucket))
            if there.buckets.contains(old) { near[old] = bucket }
        }
        guard !near.isEmpty else { return package }
        // Frozen buckets are the first ones without a gap.
        let count = near.values.sorted().enumerated().prefix { $0.offset == $0.element }.count
        let positions = (
            lines: Dictionary(package.lines.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first }),
            lanes: Dictionary(package.lanes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first }),
            products: Dictionary(package.products.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        )
        package.settings.horizon = Horizon(
            unit: horizon.unit, start: horizon.start, count: horizon.count, frozen: max(horizon.frozen, count))
        let given = horizon.frozen
        for row in earlier.plan.production {
            guard let bucket = near[row.bucket], bucket >= given, bucket < count,
                let line = positions.lines[earlier.package.lines[row.line].id],
                let product = positions.products[earlier.package.products[row.product].id]
            else { continue }
            package.frozen.append(FrozenRow(kind: .make, resource: line, product: product, bucket: bucket, quantity: row.quantity))
        }
        for row in earlier.plan.movements {
            guard let bucket = near[row.bucket], bucket >= given, bucket < count,
                let lane = positions.lanes[earlier.package.lanes[row.lane].id],
                let product = positions.products[earlier.package.products[row.product].id]
            else { continue }
            // A thousandth of a unit less where goods move in no cases: what rounding left of an earlier plan need not be there exactly.
            let isWhole = package.products[product].caseMultiple != nil || package.lanes[lane].multiple != nil
            let quantity = isWhole ? row.quantity : (row.quantity * 1000 - 0.5).rounded(.down) / 1000
            if quantity > 0 {
                package.frozen.append(FrozenRow(kind: .move, resource: lane, product: product, bucket: bucket, quantity: quantity))
            }
        }
        return package
    }
}
