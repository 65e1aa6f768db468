"""What a report of a load test says, read from its page."""

# Cell by cell.
CONTENT = """(() => {
  const text = (node) => node.textContent;
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const tables = {};
  for (const table of all(document, 'table')) {
    tables[table.closest('section').id] = {
      titles: all(table, 'thead th').map(text),
      rows: all(table, 'tbody tr').map((row) => [...row.cells].map((cell) =>
        cell.classList.contains('kinds') ? all(cell, 'span').map(text) : text(cell))),
    };
  }
  return {
    title: document.title, tables,
    h1: text(document.querySelector('h1')),
    head: all(document, 'header p').map(text),
    verdicts: all(document, '.verdict').map((box) => ({
      word: text(box.querySelector('strong')), lines: all(box, 'p').map(text)})),
    tiles: Object.fromEntries(all(document, 'dd[data-metric]').map((dd) =>
      [dd.dataset.metric, [text(dd), text(dd.nextElementSibling)]])),
    notes: all(document, '#notes p').map(text),
    bars: all(document, '#errors svg text').map(text),
    descriptions: all(document, '.charts svg desc').map(text),
    elements: [...new Set(all(document, 'body *').map((node) => node.localName))].sort(),
  };
})()"""
