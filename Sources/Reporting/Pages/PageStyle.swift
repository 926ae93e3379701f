/// How a page looks: light and dark as the reader's system has it, and black on white in print.
enum PageStyle {
  /// The style sheet.
  static let text = "\n" + [colors, screen, paper].joined(separator: "\n") + "\n"

  /// The colours of text, and those of Okabe and Ito (2008) for curves, lighter where the page is dark. `--e…` are the rims of markers.
  private static let colors = #"""
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ink: #1c1c1c; --muted: #555555; --rule: #d0d0d0; --soft: #f3f4f6; --grid: #e4e4e4;
      --link: #00558a; --good: #00684a; --bad: #a33b00; --base: #6e6e6e; --shade: #0072b2;
      --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #e69f00; --c5: #56b4e9;
      --c6: #000000; --c7: #f0e442;
      --e0: #ffffff; --e1: #ffffff; --e2: #ffffff; --e3: #8f3f6b; --e4: #8a5f00; --e5: #1f6f9f;
      --e6: #ffffff; --e7: #7a7200;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15171b; --ink: #ececec; --muted: #b4b4b4; --rule: #44484f; --soft: #20242a;
        --grid: #2c3037;
        --link: #7cc4f5; --good: #4fd0a5; --bad: #ff9d66; --base: #a3a3a3; --shade: #3d9be0;
        --c0: #3d9be0; --c1: #f07a2c; --c2: #1fc08f; --c3: #e08fbb; --c4: #e69f00; --c5: #9fdcff;
        --c6: #ffffff; --c7: #f0e442;
        --e0: #15171b; --e1: #15171b; --e2: #15171b; --e3: #15171b; --e4: #15171b; --e5: #15171b;
        --e6: #15171b; --e7: #15171b;
      }
    }
    """#

  private static let screen = #"""
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    body {
      margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, "Helvetica Neue", Helvetica, Arial, sans-serif;
    }
    h1 { font-size: 1.7rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
    h2 {
      font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--rule);
    }
    h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; overflow-wrap: anywhere; }
    p { margin: .4rem 0; }
    a { color: var(--link); }
    code {
      font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .92em;
      overflow-wrap: anywhere;
    }
    .kind { color: var(--muted); margin: 0; }
    .question { font-size: 1.1rem; }
    .facts, .hint, .caption, caption, footer { color: var(--muted); }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .4rem; z-index: 2; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    nav ul, .legend, .chosen ul, .checklist {
      list-style: none; margin: .5rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1rem;
    }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    button, select, input {
      font: inherit; color: var(--ink); background: var(--soft); border: 1px solid var(--base);
      border-radius: 4px; padding: .2rem .5rem;
    }
    button { cursor: pointer; }
    button:disabled { opacity: .5; cursor: default; }
    .link {
      background: none; border: none; padding: 0; color: var(--link); text-decoration: underline;
      text-align: left;
    }
    .tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .5rem 0; }
    .tools label { display: flex; flex-direction: column; font-size: .85rem; color: var(--muted); }
    .tools label.check { flex-direction: row; gap: .3rem; align-items: center; }
    .tools input[type=search] { min-width: 15rem; }
    .pager { align-items: center; }
    figure { margin: .6rem 0; }
    .title { font-weight: 600; }
    .stage { position: relative; }
    .plot { display: block; width: 100%; overflow: visible; font-size: 12px; }
    .plot text { fill: var(--ink); }
    .plot .label { font-size: 13px; }
    .grid { stroke: var(--grid); stroke-width: .8; }
    .frame { stroke: var(--ink); stroke-width: 1; fill: none; }
    .band { fill-opacity: .16; }
    .base-band { fill: var(--base); fill-opacity: .14; }
    .cross { stroke: var(--ink); stroke-width: 2; fill: none; }
    .ring { fill: none; stroke: var(--ink); stroke-width: 2; }
    .tip {
      position: absolute; pointer-events: none; max-width: 22rem; padding: .35rem .6rem;
      background: var(--paper);
      border: 1px solid var(--ink); border-radius: 4px; font-size: .85rem; z-index: 1;
      box-shadow: 0 2px 6px #0003;
    }
    .tip span { display: block; }
    .caption { font-size: .85rem; }
    .multiples {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 0 1.5rem;
    }
    .legend button {
      display: flex; align-items: center; gap: .4rem; background: none; border-color: transparent;
      padding: .1rem .3rem; text-align: left;
    }
    .legend button[aria-pressed=false] { opacity: .55; text-decoration: line-through; }
    .legend { max-height: 14rem; overflow: auto; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; margin: .4rem 0; font-size: .9rem; }
    caption { text-align: left; padding: .2rem 0; }
    th, td {
      padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top;
      border-bottom: 1px solid var(--grid);
    }
    tbody th { font-weight: 500; }
    .lines th, .lines td { white-space: nowrap; }
    .lines thead th { white-space: normal; }
    thead th { border-bottom: 1px solid var(--ink); vertical-align: bottom; }
    thead button { background: none; border: none; padding: 0; font-weight: 600; text-align: inherit; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .layers td {
      background: color-mix(in srgb, var(--shade) var(--gone, 0%), transparent); padding: .2rem .5rem;
    }
    .checklist { flex-direction: column; }
    .checklist li { display: flex; gap: .6rem; }
    .mark { font-weight: 700; }
    .met .mark, .met .verdict { color: var(--good); }
    .unmet .mark, .unmet .verdict { color: var(--bad); }
    .fault { color: var(--bad); }
    .commands dt { margin-top: .5rem; color: var(--muted); }
    .commands dd { margin: 0; }
    .copy { margin-left: .6rem; font-size: .8rem; }
    .paper { background: #ffffff; padding: .5rem; max-width: 100%; overflow-x: auto; }
    .paper img { max-width: 100%; }
    #trial { border: 1px solid var(--rule); border-radius: 6px; padding: 0 1rem 1rem; margin-top: 1rem; }
    footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); font-size: .85rem; }
    """#

  private static let paper = #"""
    @media print {
      :root {
        --paper: #ffffff; --ink: #000000; --muted: #444444; --rule: #bbbbbb; --grid: #dddddd;
        --base: #6e6e6e; --link: #000000;
        --good: #000000; --bad: #000000;
        --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #e69f00; --c5: #56b4e9;
        --c6: #000000; --c7: #f0e442;
        --e0: #ffffff; --e1: #ffffff; --e2: #ffffff; --e3: #8f3f6b; --e4: #8a5f00; --e5: #1f6f9f;
        --e6: #ffffff; --e7: #7a7200;
      }
      body { font-size: 10pt; padding: 0; max-width: none; }
      nav, .tools:not(.pager), .pager button, .skip, .tip, .copy { display: none !important; }
      .legend button[aria-pressed=false] { display: none; }
      figure, tr, li { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      .scroll { overflow: visible; }
      table { font-size: 8pt; }
      .lines th, .lines td { white-space: normal; }
      .lines tbody th { min-width: 10rem; }
    }
    """#
}
