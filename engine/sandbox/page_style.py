"""How the payment page looks: one column on a phone, two on a desk, light and dark."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #f3f5f9; --card: #fff; --text: #171c28; --muted: #566074; --line: #c3cad8;
  --accent: #3d46c2; --accent-text: #fff; --danger: #b3202e; --danger-ground: #fdecee;
  --test: #ffdf8a; --test-text: #4a3300; --summary: #eceff6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10131a; --card: #1a1f2a; --text: #eaedf4; --muted: #a5aec0; --line: #465067;
    --accent: #97a2ff; --accent-text: #12153a; --danger: #ff98a0; --danger-ground: #3a1c21;
    --test: #4d3b0c; --test-text: #ffe3a0; --summary: #151923;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
.test {
  background: var(--test); color: var(--test-text); padding: 8px 16px; text-align: center; font-size: 14px;
}
.test strong { letter-spacing: .06em; }
main {
  max-width: 880px; margin: 32px auto; background: var(--card); border-radius: 12px; overflow: hidden;
  box-shadow: 0 1px 2px rgb(10 15 30 / .08), 0 12px 32px rgb(10 15 30 / .08);
}
.two { display: grid; grid-template-columns: 5fr 6fr; }
.summary { background: var(--summary); padding: 32px; }
.pane { padding: 32px; }
.one { max-width: 520px; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 4px; }
.amount { font-size: 36px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; margin: 16px 0; }
.muted { color: var(--muted); font-size: 14px; }
p { margin: 0 0 16px; }
label { display: block; font-size: 14px; font-weight: 600; margin: 0 0 4px; }
input {
  width: 100%; font: inherit; font-variant-numeric: tabular-nums; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 8px; padding: 9px 12px; min-height: 44px;
}
input::placeholder { color: var(--muted); opacity: .8; }
input[aria-invalid=true] { border-color: var(--danger); border-width: 2px; padding: 8px 11px; }
.field { margin: 0 0 16px; min-width: 0; }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.wrong { color: var(--danger); font-size: 14px; margin: 4px 0 0; }
.alert {
  background: var(--danger-ground); color: var(--danger); border-left: 4px solid var(--danger); border-radius: 6px;
  padding: 12px; margin: 0 0 20px; font-weight: 600;
}
button, .button {
  display: block; width: 100%; min-height: 48px; border-radius: 8px; border: 1px solid transparent; cursor: pointer;
  font: inherit; font-weight: 650; background: var(--accent); color: var(--accent-text); text-align: center;
  text-decoration: none; padding: 11px 16px; margin: 0 0 12px;
}
.second { background: transparent; color: var(--text); border-color: var(--line); }
button:hover, .button:hover { filter: brightness(1.08); }
:is(input, button, a):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
a.button { color: var(--accent-text); }
dl { margin: 0; font-size: 13px; color: var(--muted); }
dt { font-variant-numeric: tabular-nums; color: var(--text); white-space: nowrap; }
dd { margin: 0 0 8px; }
@media (max-width: 700px) {
  main, .one { max-width: none; margin: 0; border-radius: 0; box-shadow: none; }
  .two { grid-template-columns: 1fr; }
  .summary, .pane { padding: 20px 16px; }
  .amount { font-size: 30px; margin: 8px 0; }
  .cards { display: none; }
}
"""
