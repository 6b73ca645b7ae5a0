import Fullshelf

/// One line on a terminal's standard error that says what is going on; it appears only when the work takes over a second.
final class ProgressLine {
    private let console: Console
    private let isEnabled: Bool
    private let started = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?
    private var lastActivity = ""
    private let delay: Duration

    /// - Parameter delay: Work shorter than this shows nothing.
    init(console: Console, isQuiet: Bool, appearsAfter delay: Duration = .seconds(1)) {
        self.console = console
        self.delay = delay
        isEnabled = console.errorIsTerminal && !isQuiet
    }

    /// Hands steps to this line; nil when nobody watches, which spares the work of reporting.
    var handler: ProgressHandler? {
        guard isEnabled else { return nil }
        return { [self] step in show(step) }
    }

    private func show(_ step: ProgressStep) {
        let now = ContinuousClock.now
        guard now - started >= delay else { return }
        // Ten redraws a second are enough for the eye; a new activity is always shown.
        if let lastDrawn, now - lastDrawn < .milliseconds(100), step.activity == lastActivity { return }
        lastDrawn = now
        lastActivity = step.activity
        var text = step.activity
        if let share = step.share, share.isFinite {
            text += " \(Int((min(max(share, 0), 1) * 100).rounded())) %"
        }
        // Longer lines would wrap and could not be drawn over.
        console.drawError("\r\u{1B}[K\(text.prefix(76))")
    }

    /// Takes the line away again.
    func finish() {
        if lastDrawn != nil { console.drawError("\r\u{1B}[K") }
        lastDrawn = nil
    }
}
