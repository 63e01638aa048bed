'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const memory = {
    get(key) { try { return localStorage.getItem('clodo.' + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem('clodo.' + key, value); } catch { /* a private window */ } },
  };

  // The theme: the system's, until somebody chooses.
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
  const showTheme = () => $('theme').setAttribute('aria-pressed', String(isDark()));
  const chosen = memory.get('theme');
  if (chosen === 'dark' || chosen === 'light') root.dataset.theme = chosen;
  function toggleTheme() {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    memory.set('theme', root.dataset.theme);
    showTheme();
  }
  $('theme').addEventListener('click', toggleTheme);
  dark.addEventListener('change', showTheme);
  showTheme();
  all('.js').forEach((e) => { e.hidden = false; });

  // What there is to filter; the texts are read when somebody searches.
  const list = $('list');
  const cards = all('.svc', list).map((el) => ({
    el,
    name: el.dataset.n,
    open: el.open,
    findings: all('.f', el).map((f) => ({ el: f, s: f.dataset.s, k: f.dataset.k, c: f.dataset.c })),
  }));
  const worstFirst = cards.map((c) => c.el);
  const byName = [...cards].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map((c) => c.el);
  let texts = false;
  function readTexts() {
    if (texts) return;
    texts = true;
    for (const card of cards) {
      card.title = card.el.querySelector('.title').textContent.toLowerCase();
      card.text = card.title + ' ' + (card.el.dataset.b || '');
      for (const f of card.findings) f.text = f.el.textContent.toLowerCase();
    }
  }

  const q = $('q');
  const kind = $('kind');
  const show = $('show');
  const boxes = all('.sev input');
  const OPEN_AT_MOST = 25;
  let narrowed = false;

  function apply() {
    const words = q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) readTexts();
    const weights = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
    const wanted = kind.value;
    const filters = weights.size > 0 || wanted !== '';
    const narrow = filters || words.length > 0;
    let services = 0;
    let findings = 0;
    const matched = [];
    for (const card of cards) {
      const named = words.every((w) => card.text.includes(w));
      const weighed = card.findings.filter(
        (f) => (weights.size === 0 || weights.has(f.s)) && (wanted === '' || f.k === wanted || f.c === wanted));
      let fitting = weighed.filter((f) => words.every((w) => f.text.includes(w) || card.title.includes(w)));
      // A service that is found by a binding's name shows what it has.
      if (fitting.length === 0 && named) fitting = weighed;
      const hits = fitting.length;
      card.findings.forEach((f) => { f.el.hidden = true; });
      fitting.forEach((f) => { f.el.hidden = false; });
      const visible = hits > 0 || (!filters && named && show.value === 'all');
      card.el.hidden = !visible;
      if (visible) {
        services++;
        findings += hits;
        matched.push(card);
      }
    }
    if (narrow) {
      if (!narrowed) cards.forEach((c) => { c.open = c.el.open; });
      const few = matched.length <= OPEN_AT_MOST;
      matched.forEach((c) => { c.el.open = few && c.findings.some((f) => !f.el.hidden); });
    } else if (narrowed) {
      cards.forEach((c) => { c.el.open = c.open; });
    }
    narrowed = narrow;
    const n = (count, word) => count.toLocaleString('en') + ' ' + word + (count === 1 ? '' : 's');
    $('count').textContent =
      services === cards.length
        ? n(services, 'service') + ', ' + n(findings, 'finding')
        : services.toLocaleString('en') + ' of ' + n(cards.length, 'service') + ', ' + n(findings, 'finding');
    $('empty').hidden = services > 0;
    $('clear').hidden = !narrow && show.value === 'all';
    all('.kinds button').forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.k === wanted)));
  }

  function clear() {
    q.value = '';
    kind.value = '';
    show.value = 'all';
    boxes.forEach((b) => { b.checked = false; });
    apply();
  }

  let waiting = 0;
  q.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  [kind, show, ...boxes].forEach((e) => e.addEventListener('change', apply));
  $('clear').addEventListener('click', () => { clear(); q.focus(); });
  $('sort').addEventListener('change', (e) => list.append(...(e.target.value === 'name' ? byName : worstFirst)));

  function only(what) {
    clear();
    if (![...kind.options].some((o) => o.value === what)) kind.add(new Option(what, what));
    kind.value = what;
    apply();
    $('services').scrollIntoView();
    kind.focus({ preventScroll: true });
  }
  all('.kinds button').forEach((b) => {
    b.disabled = false;
    b.addEventListener('click', () => (b.getAttribute('aria-pressed') === 'true' ? clear() : only(b.dataset.k)));
  });
  all('[data-only]').forEach((b) => b.addEventListener('click', () => only(b.dataset.only)));

  function toggleAll() {
    const visible = cards.filter((c) => !c.el.hidden);
    const open = visible.some((c) => !c.el.open);
    visible.forEach((c) => { c.el.open = open; });
  }
  $('all').addEventListener('click', toggleAll);

  // Commands can be copied; the buttons are made when they come into view.
  function copyButtons(from) {
    for (const command of all('.cmd', from)) {
      if (command.nextElementSibling?.classList.contains('copy')) continue;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn small copy';
      button.textContent = 'Copy';
      button.setAttribute('aria-label', 'Copy ' + command.textContent);
      button.addEventListener('click', async () => {
        button.textContent = (await copied(command)) ? 'Copied' : 'Select and copy it';
        setTimeout(() => { button.textContent = 'Copy'; }, 1600);
      });
      command.after(button);
    }
  }
  async function copied(element) {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(element);
      return document.execCommand('copy');
    }
  }
  document.addEventListener('toggle', (e) => { if (e.target.open && e.target.matches('details')) copyButtons(e.target); }, true);
  all('details[open]').forEach(copyButtons);

  const help = $('help');
  const shortcuts = $('shortcuts');
  shortcuts.checked = memory.get('shortcuts') !== 'off';
  shortcuts.addEventListener('change', () => memory.set('shortcuts', shortcuts.checked ? 'on' : 'off'));
  $('keys').addEventListener('click', () => help.showModal());

  function step(by) {
    const visible = cards.map((c) => c.el).filter((e) => !e.hidden);
    const ordered = $('sort').value === 'name' ? byName.filter((e) => !e.hidden) : visible;
    if (ordered.length === 0) return;
    const at = ordered.indexOf(document.activeElement.closest?.('.svc'));
    const next = at < 0 ? (by > 0 ? 0 : ordered.length - 1) : Math.min(Math.max(at + by, 0), ordered.length - 1);
    const summary = ordered[next].querySelector('summary');
    summary.focus({ preventScroll: true });
    ordered[next].scrollIntoView({ block: 'nearest' });
  }

  document.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && e.target === q) {
      clear();
      q.blur();
      return;
    }
    if (!shortcuts.checked || help.open || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target.matches('input:not([type=checkbox]), select, textarea')) return;
    const acts = {
      '/': () => { q.focus(); q.select(); },
      j: () => step(1),
      k: () => step(-1),
      o: toggleAll,
      t: toggleTheme,
      c: clear,
      '?': () => help.showModal(),
    };
    const act = acts[e.key];
    if (act) {
      e.preventDefault();
      act();
    }
  });

  // Paper shows everything.
  addEventListener('beforeprint', () => all('.svc:not([hidden]), .more, .cause details').forEach((d) => { d.dataset.was = String(d.open); d.open = true; }));
  addEventListener('afterprint', () => all('[data-was]').forEach((d) => { d.open = d.dataset.was === 'true'; delete d.dataset.was; }));

  apply();
})();
