import Foundation
import Fullshelf

/// Does the writing of a package into a folder that must be new or empty, and turns what goes wrong into words.
func writingNewFolder(_ write: () throws -> Void) throws(CommandFailure) {
    do {
        try write()
    } catch let error as GeneratorError {
        throw CommandFailure(status: .badUsage, message: error.description)
    } catch {
        throw CommandFailure(
            status: .badUsage, message: "The folder could not be written: \(reason(of: error)).", advice: "Name another folder.")
    }
}

/// The system's words for a file error, without its codes.
func reason(of error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let text = underlying.map { $0.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32($0.code))) : $0.localizedDescription }
    return text ?? (error as NSError).localizedDescription
}

/// A path as a shell takes it.
func quoted(_ path: String) -> String {
    let plain = path.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || [0x2D, 0x2E, 0x2F, 0x5F].contains(byte) || byte >= 0x80
    }
    return plain && !path.isEmpty ? path : "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'"
}
