/** The page's own script, as text: it runs in the reader's browser, and its bytes are part of the report. */
export const script = `'use strict';
(() => {
  const id = (name) => document.getElementById(name);
  const claims = [...document.querySelectorAll('.claim')];
  const texts = new Map();
  const textOf = (claim) => {
    if (!texts.has(claim)) texts.set(claim, claim.textContent.toLowerCase());
    return texts.get(claim);
  };

  // Filter.
  const form = id('filter');
  const [text, family, verdict] = [id('text'), id('family'), id('verdict')];
  const tiles = [...document.querySelectorAll('[data-tile]')];
  const filter = () => {
    const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const claim of claims) {
      const good = (!family.value || claim.dataset.f === family.value)
        && (!verdict.value || claim.dataset.v === verdict.value)
        && words.every((word) => textOf(claim).includes(word));
      claim.hidden = !good;
      if (good) shown++;
    }
    id('shown').textContent = shown === claims.length ? shown + ' shown' : shown + ' of ' + claims.length + ' shown';
    for (const tile of tiles) tile.setAttribute('aria-current', String(tile.dataset.tile === verdict.value));
  };
  let waiting = 0;
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  text.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); });
  family.addEventListener('change', filter);
  verdict.addEventListener('change', filter);
  for (const tile of tiles) tile.addEventListener('click', () => {
    verdict.value = verdict.value === tile.dataset.tile ? '' : tile.dataset.tile;
    filter();
  });
  const setOpen = (open) => { for (const claim of claims) if (!claim.hidden) claim.open = open; };
  id('open').addEventListener('click', () => setOpen(true));
  id('close').addEventListener('click', () => setOpen(false));
  filter();

  // A link into something closed opens it.
  const reveal = (target) => {
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === 'DETAILS') at.open = true;
      if (at.hidden) at.hidden = false;
    }
    target.scrollIntoView({ block: target.matches('tr') ? 'center' : 'start' });
  };
  const follow = () => {
    const target = location.hash.length > 1 && id(decodeURIComponent(location.hash.slice(1)));
    if (target) reveal(target);
  };
  addEventListener('hashchange', follow);
  follow();

  // A cell of the matrix shows the records behind it.
  const dialog = id('cell');
  const make = (tag, content, name) => {
    const element = document.createElement(tag);
    if (content) element.textContent = content;
    if (name) element.className = name;
    return element;
  };
  const record = (row) => {
    const [seq, actor, expected, actual, result] = [...row.cells].map((cell) => cell.textContent);
    const group = row.parentElement.rows[0].cells[0];
    const rule = group.querySelector('.rule');
    const list = make('dl');
    for (const [name, value] of [['Result', result], ['Expected', expected], ['Actual', actual], ['Rule', rule && rule.textContent]]) {
      if (!value) continue;
      const pair = make('div');
      pair.append(make('dt', name), make('dd', value));
      list.append(pair);
    }
    const article = make('article', '', row.className === 'x' ? 'breach' : 'record');
    const head = make('h4');
    for (const part of group.children) if (part.matches('b, span')) head.append(part.textContent.trim() + ' ');
    article.append(head, list);
    const statement = group.querySelector('pre');
    if (statement) article.append(make('pre', statement.textContent));
    const link = make('a', 'Record ' + seq + ' in its promise');
    link.href = '#' + row.id;
    link.addEventListener('click', () => { dialog.close(); setTimeout(() => reveal(row)); });
    article.append(link);
    return article;
  };
  const most = 40;
  for (const grid of document.querySelectorAll('.grid table')) grid.addEventListener('click', (event) => {
    const cell = event.target.closest('a');
    if (!cell || !dialog.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const ids = [cell.hash.slice(1), ...(cell.dataset.o || '').split(' ').filter(Boolean).map((seq) => 'o' + seq)];
    const rows = ids.map(id).filter(Boolean);
    if (rows.length === 0) return;
    event.preventDefault();
    const [td, tr] = [cell.parentElement, cell.closest('tr')];
    const actor = grid.tHead.rows[0].cells[td.cellIndex].textContent;
    const table = tr.parentElement.rows[0].cells[0].textContent;
    id('cell-title').textContent = actor + ': ' + tr.cells[0].textContent + ' ' + table;
    const body = id('cell-body');
    body.replaceChildren(...rows.slice(0, most).map(record));
    const left = ids.length - Math.min(rows.length, most);
    if (left > 0) body.append(make('p', left + ' more records: see evidence.jsonl.', 'note'));
    dialog.showModal();
    dialog.scrollTop = 0;
  });
  if (dialog) dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });

  // Scripts can be copied.
  if (navigator.clipboard) for (const pre of document.querySelectorAll('pre.copy')) {
    const button = make('button', 'Copy', 'copier');
    button.type = 'button';
    const code = pre.textContent;
    button.addEventListener('click', () => navigator.clipboard.writeText(code).then(
      () => { button.textContent = 'Copied'; },
      () => { button.textContent = 'Select it by hand'; },
    ));
    pre.before(button);
  }

  // Paper has nothing to click on: print with everything open, and put it back after.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    for (const one of closed) one.open = true;
  });
  addEventListener('afterprint', () => { for (const one of closed) one.open = false; });
})();
`;
