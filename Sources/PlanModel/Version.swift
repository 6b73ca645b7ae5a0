/// The version of Fullshelf; certificates and `fullshelf --version` carry it.
public let fullshelfVersion = "0.1.0"
