/// The report's style sheet: screen and A4 print. Fonts are the reader's own, so nothing is fetched.
let reportStyle: Markup = """
    :root{--ink:#18222d;--soft:#55616d;--rule:#d9dee3;--wash:#f4f6f8;--main:#1f567f;--mid:#7fa6c4;--pale:#cfdfea;--warm:#a8480f}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;color:var(--ink);background:#fff;font:15px/1.5 "Source Sans 3","Segoe UI","Helvetica Neue",Arial,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
    main,header.top,footer{max-width:62rem;margin:0 auto;padding:0 1.5rem}
    header.top{padding-top:2.2rem}
    h1{font-size:1.9rem;line-height:1.2;margin:0 0 .2rem;font-weight:650;letter-spacing:-.01em}
    h2{font-size:1.3rem;line-height:1.3;margin:0 0 .4rem;font-weight:650}
    h3{font-size:1rem;margin:1.4rem 0 .3rem;font-weight:650}
    p{margin:.4rem 0 .8rem;max-width:46rem}
    .lead{color:var(--soft);margin:0}
    nav{margin:1rem 0 0;padding:.5rem 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);font-size:.86rem}
    nav a{color:var(--main);text-decoration:none;margin-right:1.1rem;white-space:nowrap}
    nav a:hover,nav a:focus{text-decoration:underline}
    section{margin:2.6rem 0 0}
    .answers{display:grid;grid-template-columns:repeat(3,1fr);gap:1.2rem;margin:1.4rem 0 0}
    .answers>div{border-top:4px solid var(--main);background:var(--wash);padding:.9rem 1.1rem 1rem}
    .answers>div.alert{border-top-color:var(--warm)}
    .answers h2{font-size:.86rem;font-weight:600;color:var(--soft);margin:0}
    .answers .big{font-size:1.35rem;line-height:1.25;font-weight:650;margin:.35rem 0 .5rem}
    .answers ul{margin:0;padding:0;list-style:none;font-size:.9rem}
    .answers li{padding:.25rem 0;border-top:1px solid var(--rule)}
    .answers li b{font-weight:600}
    .answers p{font-size:.9rem;margin:.2rem 0}
    .answers a{color:var(--main)}
    section ul{padding-left:1.1rem;max-width:46rem}
    .figures{display:flex;flex-wrap:wrap;gap:.4rem 2.6rem;margin:1.3rem 0 0;padding:0}
    .figures div{min-width:6rem}
    .figures dt{font-size:.82rem;color:var(--soft)}
    .figures dd{margin:0;font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}
    .scroll{overflow-x:auto;margin:.6rem 0 1rem}
    table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4}
    caption{text-align:left;font-weight:600;padding:0 0 .3rem}
    th,td{padding:.32rem .7rem .32rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
    th:last-child,td:last-child{padding-right:0}
    tbody th,tbody td:not(.n){overflow-wrap:anywhere}
    tbody th{min-width:7rem}
    tbody td:not(.n){min-width:4.5rem}
    tbody td:has(.share){min-width:7.7rem}
    thead th{font-weight:600;color:var(--soft);font-size:.82rem;border-bottom:1.5px solid var(--ink);vertical-align:bottom}
    tbody th{font-weight:500}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    thead th.n{white-space:normal}
    .d{white-space:nowrap}
    tr.total th,tr.total td{font-weight:600;border-top:1.5px solid var(--ink);border-bottom:0}
    .quiet{color:var(--soft)}
    .hash{font:.8rem/1.4 ui-monospace,"SF Mono",Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
    figure{margin:1rem 0 1.2rem}
    figcaption{font-weight:600;margin:0 0 .3rem}
    .pair{display:grid;grid-template-columns:1fr 1fr;gap:0 2rem}
    svg.chart{display:block;width:100%;height:auto;overflow:visible}
    svg.chart text{font-size:11.5px;fill:var(--soft)}
    svg.chart text.note{fill:var(--ink)}
    svg .rule{stroke:var(--rule);stroke-width:1}
    svg .axis{stroke:var(--soft);stroke-width:1}
    svg .marker{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3}
    svg .s-served{fill:var(--pale)}
    svg .s-used{fill:var(--mid)}
    svg .s-over{fill:var(--main)}
    svg .s-pre{fill:url(#ahead);stroke:var(--main);stroke-width:.8}
    svg .s-lost{fill:url(#hatch);stroke:var(--warm);stroke-width:.8}
    svg .s-band{fill:#6d7f8f;fill-opacity:.17;stroke:none}
    svg path{fill:none;stroke-linejoin:round}
    svg .s-plan{stroke:var(--ink);stroke-width:2.2}
    svg .s-last{stroke:var(--soft);stroke-width:1.6;stroke-dasharray:2 4;stroke-linecap:round}
    svg .s-limit{stroke:var(--ink);stroke-width:1.4}
    svg .s-limit2{stroke:var(--ink);stroke-width:1.4;stroke-dasharray:6 4}
    svg .s-need{stroke:var(--warm);stroke-width:2.2}
    svg .s-target{stroke:var(--main);stroke-width:1.8;stroke-dasharray:.1 4;stroke-linecap:round}
    .legend{display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;list-style:none;margin:.3rem 0 0;padding:0;font-size:.82rem;color:var(--soft)}
    .legend svg{width:22px;height:14px;vertical-align:-2px;margin-right:.4rem}
    .share{width:7rem;height:.6rem;vertical-align:middle}
    .share .whole{fill:#e3e8ec}.share .part{fill:var(--main)}
    details{margin:.4rem 0 1rem}
    summary{cursor:pointer;color:var(--main);font-size:.9rem}
    footer{margin-top:3rem;padding-top:.8rem;padding-bottom:2rem;border-top:1px solid var(--rule);font-size:.82rem;color:var(--soft)}
    thead th button{all:unset;cursor:pointer}
    thead th button:hover{color:var(--ink);text-decoration:underline}
    thead th button:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--main);outline-offset:2px}
    thead th[aria-sort=ascending] button::after{content:" ▲"}
    thead th[aria-sort=descending] button::after{content:" ▼"}
    .filter{font:inherit;font-size:.86rem;padding:.25rem .5rem;border:1px solid #8a949e;border-radius:3px;width:14rem;max-width:100%;margin:.4rem 0 0}
    .none:empty{display:none}
    @media(max-width:46rem){.answers,.pair{grid-template-columns:1fr}}
    @media print{
    @page{size:A4;margin:14mm}
    body{font-size:10pt}
    main,header.top,footer{max-width:none;padding:0}
    header.top{padding-top:0}
    nav,details:not([open]),.filter{display:none}
    section{margin-top:1.6rem}
    figure,tr,.answers>div{break-inside:avoid}
    h2,h3,caption,figcaption,section>p{break-after:avoid}
    thead{display:table-header-group}
    .scroll{overflow:visible}
    table.wide{font-size:8pt}
    table.wide thead th{font-size:7.5pt}
    table.wide th,table.wide td{padding-right:.35rem}
    table.wide tbody th{min-width:5rem}
    table.wide tbody td:not(.n){min-width:2.6rem}
    .share{width:4rem}
    tbody td:has(.share){min-width:4.2rem}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    }
    """
