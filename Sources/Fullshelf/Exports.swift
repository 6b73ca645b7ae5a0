// `import Fullshelf` is all an embedder writes: the value types and every station of a plan come with it, so that a program can also call
// the stations one by one. The numerical modules underneath (InteriorPoint, DenseLinearAlgebra) stay inside.
@_exported import Allocation
@_exported import DemandPlanning
@_exported import Forecasting
@_exported import PackageGenerator
@_exported import PlanCheck
@_exported import PlanData
@_exported import PlanExplaining
@_exported import PlanModel
@_exported import Reporting
@_exported import StockBands
@_exported import Tiering
