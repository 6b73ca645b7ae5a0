public struct InteriorPointSolver { public init(_ p: BlockProgram) throws {}
 public mutating func solve(_ s: InteriorPointSettings) -> InteriorPointSolution { preconditionFailure() } }
public func projectedOntoEqualities(_ p: BlockProgram, x: [Double], free: [Bool], tolerance: Double) throws -> (x: [Double], maxResidual: Double) { (x, 0) }
