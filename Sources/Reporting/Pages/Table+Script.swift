import CoppiceTerms

extension Table {
  /// The table as a page's script takes it, column by column: `c` the columns (`n` name, `h` heading, `f` format, `s` whether
  /// signed, `k` whether it tells rows apart) and `v` their values, `r` the number of rows.
  ///
  /// Values are `{"t": texts, "i": places in them}`, `{"n": numbers}`, `{"m": means, "w": half-widths}` or `{"n": counts, "o": of}`;
  /// −1 is the place of a text that is missing.
  var script: JSON {
    .members([
      ("r", .integer(rows.count)),
      (
        "c",
        .list(
          columns.map { column in
            .members(
              [("n", .text(column.name)), ("h", .text(column.heading)), ("f", column.format.script)]
                + (column.isSigned ? [("s", .flag(true))] : []) + (column.isName ? [("k", .flag(true))] : []))
          })
      ),
      ("v", .list(columns.indices.map(values))),
    ])
  }

  private func values(_ column: Int) -> JSON {
    let cells = rows.map { cell($0, column) }
    if cells.contains(where: { if case .estimate = $0 { true } else { false } }) {
      return .members([
        ("m", .list(cells.map { if case .estimate(let mean, _) = $0 { .number(mean) } else { .null } })),
        ("w", .list(cells.map { if case .estimate(_, let half?) = $0 { .number(half) } else { .null } })),
      ])
    }
    if cells.contains(where: { if case .count = $0 { true } else { false } }) {
      return .members([
        ("n", .list(cells.map { if case .count(let count, _) = $0 { .integer(count) } else { .null } })),
        ("o", .list(cells.map { if case .count(_, let of) = $0 { .integer(of) } else { .null } })),
      ])
    }
    guard cells.contains(where: { if case .text = $0 { true } else { false } }) else {
      return .members([
        ("n", .list(cells.map { if case .number(let number) = $0 { .number(number) } else { .null } }))
      ])
    }
    var (places, texts): ([String: Int], [String]) = ([:], [])
    let codes = cells.map { cell -> JSON in
      if case .missing = cell { return .integer(-1) }
      let text = display(cell, columns[column])
      if let place = places[text] { return .integer(place) }
      places[text] = texts.count
      texts.append(text)
      return .integer(texts.count - 1)
    }
    return .members([("t", .texts(texts)), ("i", .list(codes))])
  }
}

extension Table.Format {
  /// `["t"]`, `["i"]`, `["d", decimals]` or `["p", decimals]`.
  var script: JSON {
    switch self {
    case .text: .list([.text("t")])
    case .integer: .list([.text("i")])
    case .decimal(let decimals): .list([.text("d"), .integer(decimals)])
    case .percent(let decimals): .list([.text("p"), .integer(decimals)])
    }
  }
}
