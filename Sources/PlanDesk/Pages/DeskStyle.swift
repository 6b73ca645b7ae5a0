/// The pages' style sheet. Fonts are the reader's own, so nothing is fetched; what colour says, a sign or a word says as well.
let deskStyle = """
    :root{--ink:#18222d;--soft:#4d5964;--rule:#d5dbe0;--wash:#f3f5f7;--main:#1f567f;--warm:#9a3c06;--good:#1d6b3f}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;color:var(--ink);background:#fff;font:15px/1.5 "Source Sans 3","Segoe UI","Helvetica Neue",Arial,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
    a{color:var(--main)}
    :focus-visible{outline:3px solid #d98a00;outline-offset:1px}
    .skip{position:absolute;left:-99rem;background:#fff;padding:.5rem 1rem;z-index:9}
    .skip:focus{left:.5rem;top:.5rem}
    header.top{display:flex;flex-wrap:wrap;align-items:center;gap:.2rem 1.6rem;padding:.5rem 1.5rem;border-bottom:1px solid var(--rule);background:var(--wash)}
    .brand a{font-weight:700;color:var(--ink);text-decoration:none;margin-right:.6rem}
    .place{color:var(--soft)}
    header nav{flex:1}
    nav ul{display:flex;flex-wrap:wrap;gap:.1rem .4rem;list-style:none;margin:0;padding:0}
    nav a{display:block;padding:.35rem .7rem;text-decoration:none;border-radius:4px}
    nav a:hover{background:#e3e9ee}
    nav a[aria-current]{background:var(--main);color:#fff}
    main{padding:1rem 1.5rem 3rem;max-width:112rem;outline:0}
    h1{font-size:1.6rem;line-height:1.25;margin:.4rem 0 .3rem;font-weight:650}
    h2{font-size:1.2rem;margin:1.6rem 0 .4rem;font-weight:650}
    h3{font-size:1rem;margin:1.2rem 0 .3rem;font-weight:650}
    p{margin:.3rem 0 .7rem;max-width:56rem}
    .lead,.quiet{color:var(--soft)}
    .quiet{font-size:.9rem}
    .alert{color:var(--warm);font-weight:600}
    code{font:.88rem ui-monospace,Consolas,"Liberation Mono","Noto Sans Mono CJK SC",monospace;background:var(--wash);padding:.1rem .35rem;border-radius:3px}
    button,.actions a{font:inherit;padding:.35rem .9rem;border:1px solid #8895a1;border-radius:4px;background:#fff;color:var(--ink);cursor:pointer;text-decoration:none;display:inline-block}
    button:hover,.actions a:hover{background:var(--wash)}
    button.main{background:var(--main);border-color:var(--main);color:#fff;font-weight:600}
    button.main:hover{background:#17456a}
    button.plain{border-color:transparent;background:transparent;color:var(--main);text-decoration:underline}
    td button{padding:.05rem .6rem;font-size:.88rem}
    .actions{display:flex;flex-wrap:wrap;gap:.5rem}
    input,select,textarea{font:inherit;color:var(--ink);padding:.28rem .45rem;border:1px solid #77848f;border-radius:4px;background:#fff;max-width:100%}
    input[type=radio],input[type=checkbox]{width:1.05rem;height:1.05rem;vertical-align:-2px}
    textarea{width:100%;font-family:ui-monospace,Consolas,"Liberation Mono",monospace;font-size:.9rem}
    .line{display:flex;flex-wrap:wrap;align-items:end;gap:.5rem 1.2rem;margin:.7rem 0}
    .line label{display:flex;flex-direction:column;font-size:.86rem;color:var(--soft);gap:.1rem;min-width:0}
    .line select{max-width:22rem}
    .said{border-left:5px solid var(--good);background:#edf6f0;padding:.5rem 1rem;margin:.5rem 0 1rem}
    .said.bad{border-color:var(--warm);background:#fdf1ea}
    .said p{margin:.15rem 0}.said form{display:inline-block;margin:.2rem .5rem .2rem 0}
    .figures{display:flex;flex-wrap:wrap;gap:.3rem 2.4rem;margin:.8rem 0}
    .figures dt{font-size:.82rem;color:var(--soft)}.figures dd{margin:0;font-size:1.2rem;font-weight:600;font-variant-numeric:tabular-nums}
    .scroll{overflow-x:auto;margin:.5rem 0 .9rem}
    table{border-collapse:collapse;font-size:.9rem;line-height:1.35}
    caption{text-align:left;font-weight:600}
    th,td{padding:.3rem .9rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
    thead th{font-weight:600;color:var(--soft);font-size:.83rem;border-bottom:1.5px solid var(--ink);vertical-align:bottom}
    tbody th{font-weight:500}
    td.wide{max-width:26rem;overflow-wrap:anywhere}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    tr.total th,tr.total td{font-weight:600;border-top:1.5px solid var(--ink);border-bottom:0}
    .bad{color:var(--warm);font-weight:600}.said.bad{font-weight:400;color:var(--ink)}
    .better{color:var(--good);font-weight:600}.worse{color:var(--warm);font-weight:600}
    .finding{margin:.4rem 0 1rem;padding-left:.9rem;border-left:4px solid #8fa3b3}
    .finding.error{border-color:var(--warm)}.finding.error strong{color:var(--warm)}
    .finding p{margin:.1rem 0}.where{font-weight:600}
    table.source{font-size:.84rem}
    table.source th,table.source td{border:1px solid var(--rule);padding:.15rem .5rem;white-space:nowrap}
    table.source .hit{background:#ffe2a8;color:var(--ink);outline:2px solid #a86a00;outline-offset:-2px}
    pre.source{overflow-x:auto;background:var(--wash);padding:.3rem .6rem;margin:.3rem 0}
    figure{margin:.6rem 0 1rem;max-width:80rem}
    svg.chart{display:block;width:100%;height:auto}
    svg.chart text{font-size:12px;fill:var(--soft)}
    svg .rule{stroke:var(--rule)}svg .axis{stroke:var(--soft)}svg .now{stroke:var(--ink);stroke-dasharray:2 3}
    svg path{fill:none;stroke-linejoin:round}
    svg .h{stroke:#5d6a75;stroke-width:1.7}svg .f{stroke:var(--main);stroke-width:2.6}
    svg .q{fill:#6f9cc0;fill-opacity:.3}svg .e{fill:#e9c46a;fill-opacity:.32}
    svg .o{fill:#fff;stroke:var(--warm);stroke-width:2.4}
    .legend,.signs{display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;list-style:none;margin:.3rem 0;padding:0;font-size:.86rem;color:var(--soft)}
    .legend svg{width:26px;height:14px;vertical-align:-2px;margin-right:.4rem}
    table.sheet input{width:6.5rem;text-align:right;padding:.1rem .4rem}
    tr.set td,tr.set th{background:#fff7e6}
    fieldset{border:1px solid var(--rule);border-radius:6px;padding:.4rem 1.1rem .8rem;margin:.9rem 0;max-width:74rem}
    legend{font-weight:650;padding:0 .4rem}
    .slide{display:grid;grid-template-columns:minmax(12rem,28rem) minmax(7rem,14rem) 6rem auto auto;align-items:center;gap:.3rem 1rem;margin:.25rem 0;justify-content:start}
    .slide select{width:100%}.slide .pick{display:flex;gap:.6rem;flex-wrap:wrap}.slide .pick label{font-size:.86rem;color:var(--soft)}
    .slide .unit{font-size:.86rem;color:var(--soft)}.slide input[type=number]{width:6rem;text-align:right}
    input[type=range]{padding:0;accent-color:var(--main);width:100%}
    .desk{display:flex;gap:1.2rem;align-items:flex-start}
    .boardbox{max-height:78vh;overflow:auto;border:1px solid var(--rule);flex:0 1 auto;min-width:0;margin-top:.4rem}
    table.board{font-size:.8rem;border-collapse:separate;border-spacing:0}
    .board th,.board td{padding:0;border-bottom:1px solid #fff;border-right:1px solid #fff}
    .board thead th{position:sticky;top:0;background:#fff;z-index:2;padding:.25rem .3rem;border-bottom:1.5px solid var(--ink);text-align:center;font-size:.72rem;line-height:1.15;min-width:2.9rem}
    .board thead th:first-child{left:0;z-index:3;text-align:left}
    .board tbody th{position:sticky;left:0;background:#fff;z-index:1;padding:.12rem .7rem .12rem .4rem;white-space:nowrap;max-width:15rem;overflow:hidden;text-overflow:ellipsis;font-weight:500}
    .board tr.tier th{background:var(--wash);font-weight:650;padding:.25rem .4rem;border-bottom:0}
    .board td a{display:flex;justify-content:space-between;gap:.2rem;padding:.12rem .35rem;color:var(--ink);text-decoration:none;font-variant-numeric:tabular-nums}
    .board td a:hover{outline:2px solid var(--main);outline-offset:-2px}
    .board td a:focus-visible{outline:3px solid #000;outline-offset:-3px}
    .board i{font-style:normal;font-size:.72rem}
    .board td.on a{outline:3px solid #000;outline-offset:-3px}
    .lost,.b.lost{background:#b3421a;color:#fff}.board td.lost a{color:#fff}
    .low,.b.low{background:#f6b98b}
    .fair,.b.fair{background:#f4f1d8}
    .full,.b.full{background:#c5dfc9}
    .over,.b.over{background:#b4cce8}
    .board .none{background:#f3f5f7}
    .b{display:inline-block;min-width:1.5rem;text-align:center;margin-right:.4rem;color:var(--ink)}
    .board.change td{text-align:right;padding:.12rem .35rem;border-right-color:var(--wash);border-bottom-color:var(--wash);font-variant-numeric:tabular-nums}
    .board.change td.better{background:#e2f1e6}.board.change td.worse{background:#fbe3d6}
    #why{flex:1 0 31rem;max-width:44rem;max-height:78vh;overflow:auto;border:1px solid var(--rule);border-left:4px solid var(--main);padding:.2rem 1rem .8rem;margin-top:.4rem;position:relative}
    #why[hidden]{display:none}
    #why h2,.why h2{margin-top:.5rem;padding-right:3rem}
    #why .shut{position:absolute;right:.5rem;top:.5rem;padding:.1rem .6rem}
    .why .cause{border-left:4px solid var(--warm);padding-left:.7rem}
    .why table{font-size:.84rem}.why tbody th{min-width:10rem}.why td,.why th{padding-right:.6rem}
    .two{display:grid;grid-template-columns:1fr 1fr;gap:0 2.4rem;max-width:90rem}
    .two>*{min-width:0}
    table.sides{font-size:.95rem}
    details{margin:1rem 0}summary{cursor:pointer;color:var(--main)}
    progress{width:min(36rem,100%);height:1.1rem;accent-color:var(--main)}
    @media(max-width:60rem){.two{grid-template-columns:1fr}.desk{display:block}#why{max-height:none}.slide{grid-template-columns:1fr 1fr 6rem}}
    @media(forced-colors:active){.board td,.b{forced-color-adjust:none}}
    @media print{header.top nav,header.top form,form,.actions,.skip{display:none}.boardbox,#why{max-height:none;overflow:visible}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
    """

/// Shown in the browser's tab.
let deskIcon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1f567f"/><path d="M3 5h10M3 9h10M3 13h10" stroke="#fff" stroke-width="1.2"/><path d="M4 2v3M7 3v2M10 2v3M5 7v2M9 6v3M4 11v2M8 10v3M11 11v2" stroke="#e9c46a" stroke-width="1.6"/></svg>
    """

/// What the pages do beyond links and forms; each works without it.
let deskScript = """
    'use strict';
    // Sliders and the number fields beside them say the same.
    for (const range of document.querySelectorAll('input.range')) {
      const field = document.getElementById(range.dataset.for);
      range.addEventListener('input', () => { field.value = range.value; });
      field.addEventListener('input', () => { if (field.value !== '') range.value = field.value; });
    }

    // The season board: arrow keys move from cell to cell; a chosen cell explains itself beside the board.
    const board = document.querySelector('table.board:not(.change)');
    if (board) {
      const rows = [...board.tBodies[0].rows].filter(row => !row.classList.contains('tier')).map(row => [...row.querySelectorAll('td a')]);
      const panel = document.getElementById('why');
      let here = rows.length ? rows[0][0] : null;
      let opened = null;
      let asked = 0;
      const take = cell => { if (here) here.tabIndex = -1; here = cell; here.tabIndex = 0; };
      if (here) here.tabIndex = 0;
      board.addEventListener('focusin', event => { const cell = event.target.closest('td a'); if (cell) take(cell); });
      board.addEventListener('keydown', event => {
        const cell = event.target.closest('td a');
        if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
        const row = cell.closest('tr');
        const y = rows.findIndex(cells => cells.length && cells[0].closest('tr') === row);
        const x = rows[y].indexOf(cell);
        const to = {
          ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1], ArrowUp: [y - 1, x], ArrowDown: [y + 1, x],
          Home: [y, 0], End: [y, rows[y].length - 1], PageUp: [Math.max(0, y - 10), x], PageDown: [Math.min(rows.length - 1, y + 10), x]
        }[event.key];
        if (!to) return;
        event.preventDefault();
        const next = (rows[to[0]] || [])[to[1]];
        if (next) { next.focus({preventScroll: true}); next.closest('td').scrollIntoView({block: 'nearest', inline: 'nearest'}); reveal(next); }
      });
      // The heads of rows and columns stay in place and must not cover the cell.
      const reveal = cell => {
        const box = board.closest('.boardbox');
        const inside = box.getBoundingClientRect();
        const rect = cell.getBoundingClientRect();
        const head = board.tHead.getBoundingClientRect().height;
        const side = cell.closest('tr').cells[0].getBoundingClientRect().width;
        if (rect.left < inside.left + side) box.scrollLeft -= inside.left + side - rect.left;
        if (rect.top < inside.top + head) box.scrollTop -= inside.top + head - rect.top;
      };
      const shut = () => {
        panel.hidden = true;
        panel.replaceChildren();
        if (opened) { opened.closest('td').classList.remove('on'); opened.focus(); opened = null; }
      };
      board.addEventListener('click', async event => {
        const cell = event.target.closest('td a');
        if (!cell || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        if (opened) opened.closest('td').classList.remove('on');
        opened = cell;
        cell.closest('td').classList.add('on');
        take(cell);
        const number = ++asked;
        try {
          const answer = await fetch(cell.getAttribute('href') + '&part=1');
          if (!answer.ok) throw new Error(String(answer.status));
          const text = await answer.text();
          // Another cell was chosen meanwhile.
          if (number !== asked) return;
          panel.innerHTML = text;
        } catch {
          location.href = cell.href;
          return;
        }
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'shut';
        button.textContent = '×';
        button.setAttribute('aria-label', panel.dataset.close);
        button.addEventListener('click', shut);
        panel.prepend(button);
        panel.hidden = false;
        panel.scrollTop = 0;
        panel.focus({preventScroll: true});
        // The panel takes room from the board.
        cell.closest('td').scrollIntoView({block: 'nearest', inline: 'nearest'});
      });
      panel.addEventListener('keydown', event => { if (event.key === 'Escape') shut(); });
    }

    // Long work tells how far it is.
    const job = document.getElementById('job');
    if (job) {
      const share = document.getElementById('share');
      const activity = document.getElementById('activity');
      const source = new EventSource(job.dataset.events);
      const show = event => {
        const step = JSON.parse(event.data);
        activity.textContent = step.text;
        if (step.share === undefined) share.removeAttribute('value'); else share.value = step.share;
      };
      source.onmessage = show;
      source.addEventListener('end', event => { show(event); source.close(); location.replace(job.dataset.path); });
    }
    """
