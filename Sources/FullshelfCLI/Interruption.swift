import Dispatch
import Foundation
import Fullshelf

/// Ctrl-C ends the process with 130 and leaves earlier output as it was.
enum Interruption {
    private nonisolated(unsafe) static var source: (any DispatchSourceSignal)?

    static func exitOnInterrupt() {
        // A file that outgrows the user's limit is an error of writing, told like any other, and no reason to die half-way.
        signal(SIGXFSZ, SIG_IGN)
        // The default action would end the process by the signal; a dispatch source runs as ordinary code instead, on a thread of its own, while
        // the main thread goes on working.
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global(qos: .userInitiated))
        source.setEventHandler {
            // A plan that is being put in place is finished first; that takes a moment, and the process then ends by itself.
            Planner.unlessWriting {
                FileHandle.standardError.write(Data("\nfullshelf: interrupted; earlier output is untouched.\n".utf8))
                _exit(CommandStatus.interrupted.rawValue)
            }
        }
        source.resume()
        self.source = source
    }
}
