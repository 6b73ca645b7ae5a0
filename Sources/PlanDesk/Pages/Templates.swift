import Mustache

/// The pages' templates, in the program itself so that it works wherever it is copied. `{{x}}` escapes for text and quoted attributes; `{{{x}}}` is used
/// for charts only, which this module draws.
enum Templates {
    static let sources: [String: String] = [
        "top": top, "bottom": bottom, "package": package, "forecast": forecast, "plan": plan, "noplan": noPlan, "why": why,
        "whypart": whyPart,
        "whatif": whatIf, "compare": compare, "history": history, "job": job, "message": message, "planform": planForm, "figures": figures,
        "sidetable": sideTable,
    ]

    /// A template that cannot be read is a mistake of ours, which the tests find.
    static let library: MustacheLibrary = {
        do {
            return MustacheLibrary(templates: try sources.mapValues { try MustacheTemplate(string: $0) })
        } catch {
            preconditionFailure("a template cannot be read: \(error)")
        }
    }()

    private static let top = """
        <!doctype html>
        <html lang="{{lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}} · {{place}} · Fullshelf</title><link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/desk.css">
        <script src="/desk.js" defer></script></head><body>
        <a class="skip" href="#main">{{t.skip}}</a>
        <header class="top"><div class="brand"><a href="/">Fullshelf</a><span class="place">{{place}}</span></div>
        <nav aria-label="{{t.sections}}"><ul>{{#nav}}<li><a href="{{path}}"{{#here}} aria-current="page"{{/here}}>{{name}}</a></li>{{/nav}}</ul></nav>
        <form method="post" action="/language"><input type="hidden" name="back" value="{{self}}"><button class="plain" lang="{{otherLang}}">{{t.otherLanguage}}</button></form>
        </header>
        <main id="main" tabindex="-1">
        {{#said}}<div class="said {{kind}}" role="status">{{#lines}}<p>{{.}}</p>{{/lines}}{{#undo}}<form method="post" action="/undo"><input type="hidden" name="change" value="{{id}}"><input type="hidden" name="author" value="{{author}}"><input type="hidden" name="back" value="{{back}}"><button>{{t.undo}}{{t.colon}}{{what}}</button></form>{{/undo}}</div>{{/said}}

        """

    private static let bottom = """
        </main></body></html>
        """

    private static let figures = """
        <dl class="figures"><div><dt>{{t.fill}}</dt><dd>{{fill}}</dd></div><div><dt>{{t.lost}}</dt><dd>{{lost}}</dd></div><div><dt>{{t.lostValue}}</dt><dd>{{lostValue}}</dd></div><div><dt>{{t.cost}}</dt><dd>{{cost}}</dd></div></dl>
        """

    private static let planForm = """
        <form method="post" action="/plan" class="line"><label>{{t.yourName}} <input name="author" value="{{author}}" required maxlength="100" autocomplete="name"></label>
        <label>{{t.note}} <input name="note" maxlength="300" size="34" placeholder="{{t.noteHint}}"></label>
        <button class="main">{{t.makePlan}}</button></form>
        """

    private static let package = """
        {{> top}}
        <h1>{{place}}</h1><p class="lead">{{lead}}</p>
        <section aria-labelledby="latest"><h2 id="latest">{{t.latestPlan}}</h2>
        {{#latest}}<p><a href="/plan/{{id}}">{{t.plan}} {{id}}</a>{{t.comma}}{{made}} {{state}}</p>{{> figures}}{{/latest}}
        {{^latest}}<p>{{t.noPlanYet}}</p>{{/latest}}
        {{#canPlan}}{{> planform}}{{/canPlan}}{{^canPlan}}<p class="alert">{{t.cannotPlan}}</p>{{/canPlan}}</section>
        <section aria-labelledby="findings"><h2 id="findings">{{t.findings}}</h2><p>{{count}}</p>
        {{#files}}<h3>{{file}}</h3>
        {{#findings}}<article class="finding {{kind}}"><p><strong>{{label}}</strong> {{#where}}<span class="where">{{.}}</span> {{/where}}{{message}}{{#advice}}<br><span class="quiet">{{t.whatToDo}} {{.}}</span>{{/advice}}</p>
        {{#row}}<div class="scroll" tabindex="0" role="region" aria-label="{{t.rowOf}}, {{file}} {{line}}"><table class="source"><thead><tr><th scope="col">{{t.line}}</th>{{#header}}<th scope="col"{{#hit}} class="hit"{{/hit}}>{{text}}</th>{{/header}}</tr></thead><tbody><tr><th scope="row">{{line}}</th>{{#cells}}<td{{#hit}} class="hit"{{/hit}}>{{text}}</td>{{/cells}}</tr></tbody></table></div>{{/row}}
        {{#raw}}<pre class="source" tabindex="0">{{line}}  {{text}}</pre>{{/raw}}</article>
        {{/findings}}{{/files}}
        {{^any}}<p>{{t.noFindings}}</p>{{/any}}</section>
        {{> bottom}}
        """

    private static let forecast = """
        {{> top}}
        <h1>{{t.forecast}}</h1>
        <form method="get" action="/forecast" class="line"><label>{{t.account}} <select name="account">{{#accounts}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/accounts}}</select></label>
        <label>{{t.product}} <select name="product">{{#products}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/products}}</select></label><button>{{t.show}}</button></form>
        <h2>{{pair}}</h2>
        {{#has}}<p class="quiet">{{method}}</p>{{#notes}}<p class="quiet">{{.}}</p>{{/notes}}
        {{{chart}}}
        <form method="post" action="/forecast" class="overrides"><input type="hidden" name="account" value="{{account}}"><input type="hidden" name="product" value="{{product}}">
        <p>{{t.overrideHelp}}</p>
        <div class="scroll" tabindex="0" role="region" aria-label="{{t.forecast}}"><table class="sheet"><thead><tr><th scope="col">{{t.week}}</th><th scope="col" class="n">{{t.lastYear}}</th><th scope="col" class="n">{{low}}</th><th scope="col" class="n">{{t.statistical}}</th><th scope="col" class="n">{{high}}</th><th scope="col">{{t.override}}</th><th scope="col">{{t.who}}</th><th scope="col">{{t.reason}}</th><th scope="col">{{t.events}}</th></tr></thead>
        <tbody>{{#rows}}<tr{{#overridden}} class="set"{{/overridden}}><th scope="row">{{week}}</th><td class="n">{{lastYear}}</td><td class="n">{{low}}</td><td class="n">{{forecast}}</td><td class="n">{{high}}</td><td><input name="q-{{day}}" value="{{override}}" inputmode="decimal" size="8" aria-label="{{t.override}} {{week}}"><input type="hidden" name="s-{{day}}" value="{{seen}}"></td><td>{{who}}</td><td>{{why}}</td><td>{{events}}</td></tr>
        {{/rows}}</tbody><tfoot><tr class="total"><th scope="row">{{t.total}}</th><td class="n">{{sumLastYear}}</td><td class="n">{{sumLow}}</td><td class="n">{{sumForecast}}</td><td class="n">{{sumHigh}}</td><td class="n">{{sumPlanned}}</td><td></td><td></td><td></td></tr></tfoot></table></div>
        <div class="line"><label>{{t.yourName}} <input name="author" value="{{author}}" required maxlength="100" autocomplete="name"></label><label>{{t.reason}} <input name="reason" value="{{typedReason}}" size="40" maxlength="300"></label><button class="main">{{t.save}}</button></div></form>{{/has}}
        {{^has}}<p>{{t.noForecast}}</p>{{/has}}
        <section aria-labelledby="all"><h2 id="all">{{t.allOfAccount}}</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="{{t.allOfAccount}}"><table><thead><tr><th scope="col">{{t.product}}</th><th scope="col" class="n">{{low}}</th><th scope="col" class="n">{{t.statistical}}</th><th scope="col" class="n">{{high}}</th><th scope="col" class="n">{{t.override}}</th></tr></thead><tbody>
        {{#others}}<tr><th scope="row"><a href="{{path}}"{{#on}} aria-current="true"{{/on}}>{{name}}</a></th><td class="n">{{low}}</td><td class="n">{{forecast}}</td><td class="n">{{high}}</td><td class="n">{{overrides}}</td></tr>{{/others}}</tbody></table></div></section>
        {{> bottom}}
        """

    private static let noPlan = """
        {{> top}}
        <h1>{{t.plan}}</h1><p>{{t.noPlanYet}}</p>
        {{#canPlan}}{{> planform}}{{/canPlan}}{{^canPlan}}<p class="alert">{{t.cannotPlan}}</p>{{/canPlan}}
        {{> bottom}}
        """

    private static let plan = """
        {{> top}}
        <h1>{{t.plan}} {{id}}</h1>
        <p class="lead">{{made}} {{state}}</p>
        {{#asked}}<p>{{t.asked}}{{t.colon}}<code>{{.}}</code></p>{{/asked}}
        {{> figures}}
        <p class="actions"><a href="/plan/{{id}}/plan.xlsx">{{t.excel}}</a> <a href="/plan/{{id}}/report.html" target="_blank" rel="noopener">{{t.report}}</a> <a href="/what-if">{{t.whatIf}}</a> <a href="/compare?after={{id}}">{{t.compare}}</a></p>
        <section aria-labelledby="board"><h2 id="board">{{t.board}}</h2>
        <form method="get" action="/plan/{{id}}" class="line"><label>{{t.product}} <select name="product"><option value="">{{t.allProducts}}</option>{{#products}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/products}}</select></label>
        <label>{{t.accountsShown}} <select name="tier">{{#tiers}}<option value="{{value}}"{{#on}} selected{{/on}}>{{name}}</option>{{/tiers}}</select></label><button>{{t.show}}</button></form>
        <p id="boardhelp">{{t.boardHelp}}</p>
        <ul class="signs" aria-label="{{t.legend}}"><li><span class="b lost">✕</span>{{t.signLost}}</li><li><span class="b low">▼</span>{{t.signLow}}</li><li><span class="b fair">·</span>{{t.signFair}}</li><li><span class="b full">■</span>{{t.signFull}}</li><li><span class="b over">▲</span>{{t.signOver}}</li></ul>
        <div class="desk"><div class="scroll boardbox" tabindex="0" role="region" aria-labelledby="board"><table class="board" aria-describedby="boardhelp"><thead><tr><th scope="col">{{t.account}}</th>{{#weeks}}<th scope="col">{{.}}</th>{{/weeks}}</tr></thead>
        <tbody>{{#groups}}<tr class="tier"><th scope="rowgroup" colspan="{{span}}">{{name}}</th></tr>{{#rows}}<tr><th scope="row">{{name}}</th>{{#cells}}<td class="{{c}}"><a href="{{p}}" aria-label="{{l}}" tabindex="-1"><i>{{s}}</i>{{v}}</a></td>{{/cells}}</tr>
        {{/rows}}{{/groups}}</tbody></table></div>
        <aside id="why" aria-live="polite" tabindex="-1" aria-label="{{t.why}}" data-close="{{t.close}}" hidden></aside></div>
        <form method="get" action="/plan/{{id}}/why" class="line"><span>{{t.whyWhere}}{{t.colon}}</span><label>{{t.account}} <select name="account">{{#accounts}}<option value="{{id}}">{{name}}</option>{{/accounts}}</select></label><label>{{t.week}} <select name="bucket">{{#days}}<option value="{{day}}">{{name}}</option>{{/days}}</select></label><button>{{t.why}}</button></form></section>
        <details><summary>{{t.proof}}</summary><p>{{t.gapHelp}}</p><div class="scroll" tabindex="0" role="region" aria-label="{{t.proof}}"><table><thead><tr><th scope="col">{{t.rank}}</th><th scope="col" class="n">{{t.value}}</th><th scope="col" class="n">{{t.bound}}</th><th scope="col" class="n">{{t.gap}}</th></tr></thead><tbody>{{#ranks}}<tr><th scope="row">{{name}}</th><td class="n">{{value}}</td><td class="n">{{bound}}</td><td class="n">{{gap}}</td></tr>{{/ranks}}</tbody></table></div></details>
        {{> bottom}}
        """

    private static let why = """
        {{> top}}
        <p><a href="{{boardPath}}">{{t.back}}{{t.colon}}{{t.board}}</a></p>
        {{> whypart}}
        {{> bottom}}
        """

    /// Also fetched alone into the panel beside the board.
    private static let whyPart = """
        <div class="why"><h2>{{t.why}}{{t.colon}}{{heading}}</h2><p>{{service}}</p>
        {{#causes}}<p class="cause">{{.}}</p>{{/causes}}{{^causes}}<p>{{t.whyNothing}}</p>{{/causes}}
        {{#hasHelp}}<h3>{{t.help}}</h3><ul>{{#help}}<li>{{.}}</li>{{/help}}</ul>{{/hasHelp}}
        <h3>{{t.products}}</h3><div class="scroll" tabindex="0" role="region" aria-label="{{t.products}}"><table><thead><tr><th scope="col">{{t.product}}</th><th scope="col" class="n">{{t.demand}}</th><th scope="col" class="n">{{t.served}}</th><th scope="col" class="n">{{t.lost}}</th><th scope="col" class="n">{{t.stock}}</th><th scope="col" class="n">{{t.band}}</th></tr></thead><tbody>{{#products}}<tr><th scope="row"><a href="{{path}}">{{name}}</a></th><td class="n">{{demand}}</td><td class="n">{{served}}</td><td class="n{{#isLost}} bad{{/isLost}}">{{lost}}</td><td class="n">{{stock}}</td><td class="n">{{band}}</td></tr>{{/products}}</tbody></table></div>
        {{#hasSources}}<h3>{{t.sources}}</h3><ul>{{#sources}}<li>{{.}}</li>{{/sources}}</ul>{{/hasSources}}</div>
        """

    private static let whatIf = """
        {{> top}}
        <h1>{{t.whatIf}}</h1>
        {{^canPlan}}<p class="alert">{{t.cannotPlan}}</p>{{/canPlan}}
        {{#canPlan}}<form method="post" action="/what-if" class="ask">
        <fieldset><legend>{{t.capacity}}</legend><p>{{t.capacityHelp}}</p>
        {{#lines}}<div class="slide"><label for="{{field}}">{{name}}</label><input type="range" class="range" min="0" max="200" step="5" value="{{percent}}" data-for="{{field}}" aria-label="{{name}} ({{t.slider}})"><input type="number" id="{{field}}" name="{{field}}" min="0" max="1000" step="any" value="{{percent}}"><span class="unit">{{t.percentOfNow}}</span><span class="quiet">{{now}}</span></div>{{/lines}}
        <p>{{t.transportHelp}}</p>
        {{#resources}}<div class="slide"><select name="r-{{n}}" aria-label="{{t.transport}} {{n}}"><option value="">{{t.nothing}}</option>{{#choices}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/choices}}</select><input type="range" class="range" min="0" max="200" step="5" value="{{percent}}" data-for="rp-{{n}}" aria-label="{{t.transport}} {{n}} ({{t.slider}})"><input type="number" id="rp-{{n}}" name="rp-{{n}}" min="0" max="1000" step="any" value="{{percent}}" aria-label="{{t.transport}} {{n}}, {{t.percentOfNow}}"><span class="unit">{{t.percentOfNow}}</span></div>{{/resources}}
        <div class="line"><span>{{t.wholeHorizon}}</span><label>{{t.from}} <select name="from">{{#fromDays}}<option value="{{day}}"{{#on}} selected{{/on}}>{{name}}</option>{{/fromDays}}</select></label><label>{{t.to}} <select name="to">{{#toDays}}<option value="{{day}}"{{#on}} selected{{/on}}>{{name}}</option>{{/toDays}}</select></label></div></fieldset>
        <fieldset><legend>{{t.promises}}</legend><p>{{t.promisesHelp}}</p>
        {{#promises}}<div class="slide"><label for="{{field}}">{{name}}</label>{{#isShare}}<input type="range" class="range" min="0" max="100" step="1" value="{{value}}" data-for="{{field}}" aria-label="{{name}} ({{t.slider}})">{{/isShare}}{{^isShare}}<span></span>{{/isShare}}<input type="number" id="{{field}}" name="{{field}}" min="0" step="any" value="{{value}}"><span class="unit">{{unit}}</span><label class="check"><input type="checkbox" name="{{withdraw}}" value="yes"{{#isWithdrawn}} checked{{/isWithdrawn}}> {{t.withdraw}}</label></div>{{/promises}}
        <div class="slide"><span class="pick"><label for="np-account">{{t.newPromise}}</label><select id="np-account" name="np-account"><option value="">{{t.nothing}}</option>{{#promiseAccounts}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/promiseAccounts}}</select></span><input type="range" class="range" min="0" max="100" step="1" value="{{newShare}}" data-for="np-share" aria-label="{{t.newPromise}} ({{t.slider}})"><input type="number" id="np-share" name="np-share" min="0" max="100" step="any" value="{{newShare}}" aria-label="{{t.newPromise}}, {{t.shareOfDemand}}"><span class="unit">{{t.shareOfDemand}}</span></div></fieldset>
        <fieldset><legend>{{t.tiers}}</legend><p>{{t.tiersHelp}}</p>
        {{#tierRows}}<div class="line"><label>{{t.account}} <select name="t-{{n}}"><option value="">{{t.nothing}}</option>{{#choices}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/choices}}</select></label><label>{{t.tier}} <input type="number" name="tt-{{n}}" min="1" max="9" value="{{tier}}"></label></div>{{/tierRows}}</fieldset>
        <fieldset><legend>{{t.demandChange}}</legend><p>{{t.demandHelp}}</p>
        <div class="slide"><span class="pick"><label>{{t.account}} <select name="d-account"><option value="">{{t.allAccounts}}</option>{{#demandAccounts}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/demandAccounts}}</select></label><label>{{t.product}} <select name="d-product"><option value="">{{t.anyProduct}}</option>{{#demandProducts}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/demandProducts}}</select></label></span><input type="range" class="range" min="0" max="200" step="5" value="{{demandPercent}}" data-for="d-percent" aria-label="{{t.demandChange}} ({{t.slider}})"><input type="number" id="d-percent" name="d-percent" min="0" max="1000" step="any" value="{{demandPercent}}" aria-label="{{t.demandChange}}, {{t.percentOfForecast}}"><span class="unit">{{t.percentOfForecast}}</span></div></fieldset>
        <fieldset><legend>{{t.otherChanges}}</legend><label for="other">{{t.otherHelp}}</label><textarea id="other" name="other" rows="3" spellcheck="false">{{other}}</textarea></fieldset>
        <div class="line"><label>{{t.yourName}} <input name="author" value="{{author}}" required maxlength="100" autocomplete="name"></label><label>{{t.note}} <input name="note" value="{{noteText}}" maxlength="300" size="34" placeholder="{{t.noteHint}}"></label><button class="main">{{t.ask}}</button></div></form>{{/canPlan}}
        {{> bottom}}
        """

    private static let compare = """
        {{> top}}
        <h1>{{t.compare}}</h1>
        <form method="get" action="/compare" class="line"><label>{{t.first}} <select name="before">{{#befores}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/befores}}</select></label><label>{{t.second}} <select name="after">{{#afters}}<option value="{{id}}"{{#on}} selected{{/on}}>{{name}}</option>{{/afters}}</select></label><button>{{t.show}}</button></form>
        {{^has}}<p>{{t.pickTwo}}</p>{{/has}}
        {{#has}}{{#asked}}<p>{{t.asked}}{{t.colon}}<code>{{.}}</code></p>{{/asked}}
        <p class="lead">{{verdict}}</p>
        <div class="scroll" tabindex="0" role="region" aria-label="{{t.compare}}"><table class="sides"><thead><tr><th scope="col"></th><th scope="col" class="n">{{beforeName}}</th><th scope="col" class="n">{{afterName}}</th><th scope="col" class="n">{{t.change}}</th></tr></thead><tbody>{{#sides}}<tr><th scope="row">{{name}}</th><td class="n">{{before}}</td><td class="n">{{after}}</td><td class="n {{kind}}">{{change}}</td></tr>{{/sides}}</tbody></table></div>
        <p class="actions"><a href="/plan/{{beforeId}}">{{t.open}} {{beforeName}}</a> <a href="/plan/{{afterId}}">{{t.open}} {{afterName}}</a> <a href="/plan/{{afterId}}/plan.xlsx">{{t.excel}} {{afterId}}</a></p>
        {{#any}}<div class="two"><section aria-labelledby="win"><h2 id="win">{{t.winners}}</h2>{{#winners}}{{> sidetable}}{{/winners}}{{^winners}}<p>–</p>{{/winners}}</section>
        <section aria-labelledby="lose"><h2 id="lose">{{t.losers}}</h2>{{#losers}}{{> sidetable}}{{/losers}}{{^losers}}<p>–</p>{{/losers}}</section></div>{{/any}}
        {{^any}}<p>{{t.nobody}}</p>{{/any}}{{#tierMoves}}<p>{{.}}</p>{{/tierMoves}}
        {{#hasBoard}}<section aria-labelledby="where"><h2 id="where">{{t.whereBoard}}</h2><p>{{t.whereHelp}}</p><div class="scroll boardbox" tabindex="0" role="region" aria-labelledby="where"><table class="board change"><thead><tr><th scope="col">{{t.account}}</th>{{#weeks}}<th scope="col">{{.}}</th>{{/weeks}}</tr></thead><tbody>{{#board}}<tr><th scope="row">{{name}}</th>{{#cells}}<td class="{{c}}">{{v}}</td>{{/cells}}</tr>{{/board}}</tbody></table></div></section>{{/hasBoard}}
        <div class="two"><section><h2>{{t.freed}}</h2>{{#freed}}<p>{{.}}</p>{{/freed}}{{^freed}}<p>–</p>{{/freed}}</section><section><h2>{{t.binding}}</h2>{{#binding}}<p>{{.}}</p>{{/binding}}{{^binding}}<p>–</p>{{/binding}}</section></div>
        <section><h2>{{t.moves}}</h2><p class="quiet">{{stability}}</p><div class="scroll" tabindex="0" role="region" aria-label="{{t.moves}}"><table><thead><tr><th scope="col">{{t.week}}</th><th scope="col">{{t.way}}</th><th scope="col">{{t.product}}</th><th scope="col" class="n">{{t.before}}</th><th scope="col" class="n">{{t.after}}</th><th scope="col" class="n">{{t.change}}</th></tr></thead><tbody>{{#moves}}<tr><th scope="row">{{week}}</th><td>{{way}}</td><td>{{product}}</td><td class="n">{{before}}</td><td class="n">{{after}}</td><td class="n">{{change}}</td></tr>{{/moves}}</tbody></table></div></section>
        <section><h2>{{t.inputs}}</h2>{{#inputs}}<p>{{.}}</p>{{/inputs}}{{^inputs}}<p>{{t.sameInputs}}</p>{{/inputs}}</section>{{/has}}
        {{> bottom}}
        """

    private static let history = """
        {{> top}}
        <h1>{{t.history}}</h1>
        <section aria-labelledby="plans"><h2 id="plans">{{t.plans}}</h2><p>{{t.restoreHelp}}</p>
        {{#hasPlans}}<form method="get" action="/compare" id="two"></form><div class="scroll" tabindex="0" role="region" aria-label="{{t.plans}}"><table><thead><tr><th scope="col">{{t.number}}</th><th scope="col">{{t.when}}</th><th scope="col">{{t.by}}</th><th scope="col">{{t.kind}}</th><th scope="col" class="n">{{t.fill}}</th><th scope="col" class="n">{{t.lost}}</th><th scope="col" class="n">{{t.cost}}</th><th scope="col">{{t.note}}</th><th scope="col">{{t.first}}</th><th scope="col">{{t.second}}</th><th scope="col">{{t.restore}}</th></tr></thead>
        <tbody>{{#plans}}<tr><th scope="row"><a href="/plan/{{id}}">{{id}}</a></th><td>{{made}}</td><td>{{by}}</td><td>{{kind}}</td><td class="n">{{fill}}</td><td class="n">{{lost}}</td><td class="n">{{cost}}</td><td class="wide">{{note}}</td><td><input type="radio" form="two" name="before" value="{{id}}" aria-label="{{t.first}} {{id}}"{{#isFirst}} checked{{/isFirst}}></td><td><input type="radio" form="two" name="after" value="{{id}}" aria-label="{{t.second}} {{id}}"{{#isSecond}} checked{{/isSecond}}></td><td>{{#canRestore}}<form method="post" action="/restore"><input type="hidden" name="plan" value="{{id}}"><button aria-label="{{t.restore}} {{id}}">{{t.restore}}</button></form>{{/canRestore}}</td></tr>{{/plans}}</tbody></table></div><p><button form="two">{{t.compareThese}}</button></p>{{/hasPlans}}
        {{^hasPlans}}<p>{{t.noPlanYet}}</p>{{/hasPlans}}</section>
        <section aria-labelledby="changes"><h2 id="changes">{{t.changes}}</h2>
        {{#hasChanges}}<div class="scroll" tabindex="0" role="region" aria-label="{{t.changes}}"><table><thead><tr><th scope="col">{{t.number}}</th><th scope="col">{{t.when}}</th><th scope="col">{{t.who}}</th><th scope="col">{{t.cell}}</th><th scope="col" class="n">{{t.before}}</th><th scope="col" class="n">{{t.after}}</th><th scope="col">{{t.reason}}</th><th scope="col">{{t.undo}}</th></tr></thead><tbody>
        {{#changes}}<tr><th scope="row">{{id}}</th><td>{{made}}</td><td>{{by}}</td><td><a href="{{path}}">{{cell}}</a></td><td class="n">{{before}}</td><td class="n">{{after}}</td><td class="wide">{{reason}}</td><td>{{#canUndo}}<form method="post" action="/undo"><input type="hidden" name="change" value="{{id}}"><input type="hidden" name="author" value="{{author}}"><input type="hidden" name="back" value="/history"><button aria-label="{{t.undo}} {{id}}">{{t.undo}}</button></form>{{/canUndo}}</td></tr>{{/changes}}</tbody></table></div>{{/hasChanges}}
        {{^hasChanges}}<p>{{t.noChanges}}</p>{{/hasChanges}}</section>
        {{> bottom}}
        """

    private static let job = """
        {{> top}}
        <h1>{{heading}}</h1>
        <div id="job" data-events="/job/{{id}}/events" data-path="/job/{{id}}"><p><progress id="share" max="1" aria-label="{{t.working}}"></progress></p><p id="activity" role="status">{{activity}}</p>
        {{#active}}<p class="quiet">{{t.leave}}</p><form method="post" action="/job/{{id}}/cancel" class="line"><button>{{t.cancel}}</button> <a href="/job/{{id}}">{{t.reload}}</a></form>{{/active}}</div>
        {{> bottom}}
        """

    private static let message = """
        {{> top}}
        <h1>{{heading}}</h1>{{#lines}}<p>{{.}}</p>{{/lines}}<p><a href="{{backPath}}">{{t.back}}</a></p>
        {{> bottom}}
        """

    static let sideTable = """
        <div class="scroll" tabindex="0" role="region" aria-label="{{name}}"><table><thead><tr><th scope="col">{{t.account}}</th><th scope="col">{{t.tier}}</th><th scope="col" class="n">{{t.shortBefore}}</th><th scope="col" class="n">{{t.shortAfter}}</th><th scope="col" class="n">{{t.gain}}</th><th scope="col" class="n">{{t.inMoney}}</th></tr></thead><tbody>{{#rows}}<tr><th scope="row">{{account}}</th><td>{{tier}}</td><td class="n">{{before}}</td><td class="n">{{after}}</td><td class="n {{kind}}">{{gain}}</td><td class="n">{{money}}</td></tr>{{/rows}}</tbody></table></div>
        """
}
