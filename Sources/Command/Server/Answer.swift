import CoppiceStore

/// What a request is answered with.
struct Answer {
  enum Body {
    case text(String)
    case file(InnerFile)
  }

  var status: Status
  var type = "text/plain; charset=utf-8"
  /// What the browser lets the page do.
  var policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
  var further: [(name: String, value: String)] = []
  var body = Body.text("")

  enum Status: Int {
    case fine = 200
    case moved = 301
    case malformed = 400
    case notFound = 404
    case notAllowed = 405
    case hasBody = 413
    case tooLong = 431

    fileprivate var phrase: String {
      switch self {
      case .fine: "OK"
      case .moved: "Moved Permanently"
      case .malformed: "Bad Request"
      case .notFound: "Not Found"
      case .notAllowed: "Method Not Allowed"
      case .hasBody: "Content Too Large"
      case .tooLong: "Request Header Fields Too Large"
      }
    }
  }

  /// An answer that says in a line what is wrong.
  init(status: Status, _ further: [(name: String, value: String)] = []) {
    (self.status, self.further) = (status, further)
    body = .text(status.phrase + "\n")
  }

  init(_ text: String, type: String, policy: String? = nil) {
    status = .fine
    self.type = type
    if let policy { self.policy = policy }
    body = .text(text)
  }

  init(_ file: InnerFile, type: String, policy: String? = nil) {
    status = .fine
    self.type = type
    if let policy { self.policy = policy }
    body = .file(file)
  }

  init(_ fault: RequestHead.Fault) {
    switch fault {
    case .malformed: self.init(status: .malformed)
    case .tooLong: self.init(status: .tooLong)
    case .hasBody: self.init(status: .hasBody)
    }
  }

  /// The bytes of the body.
  var size: Int {
    switch body {
    case .text(let text): text.utf8.count
    case .file(let file): file.size
    }
  }

  /// The status and the headers. Nothing is kept by the browser or told to other pages, and no type is guessed.
  func head(staysOpen: Bool) -> String {
    let headers =
      [
        ("Content-Type", type), ("Content-Length", "\(size)"), ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Connection", staysOpen ? "keep-alive" : "close"),
      ] + further
    return "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
      + headers.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
  }
}
