import PlanCheck
import PlanData
import PlanModel
import Reporting

/// Compares the department reports of a plan that this version made with what it makes of the plan's files now: any other cell was changed.
///
/// The independent check (``checkDepartments(_:plan:package:demand:segmentation:inputs:)``) takes every rounding that balances; between two sites
/// more than one can. A product's status, which needs the notes of the forecast, is not compared.
package func changedDepartmentRows(_ tables: DepartmentTables, files: PlanFiles, package: DataPackage) -> [Violation] {
    let none = Certificate(ranks: [], feasibility: FeasibilityReport(maxViolation: 0, constraint: ""))
    let own = departmentFigures(
        package,
        result: PlanResult(
            segmentation: files.segmentation, forecast: Forecast(), demand: files.demand, bands: files.bands,
            allocation: AllocationOutcome(plan: files.plan, certificate: none, resources: [], rankPrices: [], guaranteeServed: [])))
    var violations: [Violation] = []
    /// Names at most one row a report: one is enough to tell.
    func compare<Row: Hashable>(_ department: Department, _ rows: [Row]?, _ expected: [Row], _ bucket: (Row) -> Int) {
        guard let rows, rows != expected else { return }
        let known = Set(expected)
        let found = Set(rows)
        let odd = rows.first { !known.contains($0) } ?? expected.first { !found.contains($0) }
        let place = odd.map { ", bucket \(package.horizon.firstDay(of: bucket($0)))" } ?? ""
        violations.append(
            Violation(
                constraint: "\(department.fileStem).csv\(place): the rows must be those that the plan's files give", amount: 1, relative: 1)
        )
    }
    func plain(_ rows: [ProductFigure]) -> [ProductFigure] {
        rows.map { row in
            var row = row
            row.status = .running
            return row
        }
    }
    compare(.production, tables.production, own.production, \.bucket)
    compare(.development, tables.products.map(plain), plain(own.products), \.bucket)
    compare(.transport, tables.transport, own.transport, \.bucket)
    compare(.marketing, tables.marketing, own.marketing, \.bucket)
    return violations
}
