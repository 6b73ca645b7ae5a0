import CZlib
import Foundation

/// Bytes made smaller by zlib: plan folders and tables are text and shrink to about a fifth.
enum Packing {
    static func packed(_ bytes: Data) -> Data {
        var size = compressBound(uLong(bytes.count))
        var result = Data(count: Int(size))
        let status = result.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { source in
                compress2(
                    target.bindMemory(to: Bytef.self).baseAddress, &size, source.bindMemory(to: Bytef.self).baseAddress, uLong(bytes.count),
                    // The fastest level: a plan must not wait for its record, and higher ones gain little on digits.
                    Z_BEST_SPEED)
            }
        }
        precondition(status == Z_OK, "zlib fails only on a buffer that is too small, and this one has the bound it asks for")
        return result.prefix(Int(size))
    }

    /// - Returns: nil where the bytes are not what ``packed(_:)`` made of `size` bytes.
    static func unpacked(_ bytes: Data, size: Int) -> Data? {
        var count = uLong(size)
        var result = Data(count: size)
        // zlib wants a buffer even for nothing.
        if size == 0 { return result }
        let status = result.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { source in
                uncompress(
                    target.bindMemory(to: Bytef.self).baseAddress, &count, source.bindMemory(to: Bytef.self).baseAddress, uLong(bytes.count)
                )
            }
        }
        return status == Z_OK && Int(count) == size ? result : nil
    }
}
