import Foundation

/// Held while a folder is being put in place, which must be done as a whole or not at all.
enum OutputGate {
    static let lock = NSLock()
}

extension Planner {
    /// Runs `action` unless a plan folder is being put in place just now; none can be while it runs. For a program that is told to end at once:
    /// ending here leaves the earlier folder or the new one, never a half.
    public static func unlessWriting(_ action: () -> Void) {
        guard OutputGate.lock.try() else { return }
        defer { OutputGate.lock.unlock() }
        action()
    }
}
