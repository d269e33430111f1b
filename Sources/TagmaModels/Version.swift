/// The version of the tool and library.
public let tagmaVersion = "0.1.0"
