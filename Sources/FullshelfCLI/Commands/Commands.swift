import ArgumentParser

extension FullshelfCommand {
    /// In the order a planner meets them.
    static let commands: [any ParsableCommand.Type] = [
        InitCommand.self, CheckCommand.self, SegmentCommand.self, ForecastCommand.self, BacktestCommand.self, PlanCommand.self,
        VerifyCommand.self, ExplainCommand.self, CompareCommand.self, WhatIfCommand.self, ReliefCommand.self, DeadlineCommand.self,
        PromisesCommand.self, RiskCommand.self, ReviewCommand.self, HistoryCommand.self, ServeCommand.self, GenerateCommand.self,
        ExportCommand.self,
    ]
}
