import Fullshelf
import PlanStore

/// Every word of the pages in both languages, side by side so that neither can lack a phrase. Templates say `{{t.name}}`.
struct DeskWords {
    let language: ReportLanguage

    func callAsFunction(_ english: String, _ chinese: String) -> String { language == .english ? english : chinese }

    /// Words by name.
    var table: [String: String] { language == .english ? DeskWords.english : DeskWords.chinese }

    private static let english = Dictionary(uniqueKeysWithValues: phrases.map { ($0.name, $0.english) })
    private static let chinese = Dictionary(uniqueKeysWithValues: phrases.map { ($0.name, $0.chinese) })

    static let phrases: [(name: String, english: String, chinese: String)] = [
        ("colon", ": ", "："),
        ("comma", ", ", "，"),
        ("skip", "Skip to the content", "跳到正文"),
        ("sections", "Sections", "栏目"),
        ("otherLanguage", "中文", "English"),
        ("package", "Package", "数据包"),
        ("forecast", "Forecast", "预测"),
        ("plan", "Plan", "计划"),
        ("whatIf", "What if", "假设分析"),
        ("compare", "Compare", "比较"),
        ("history", "History", "历史"),
        ("account", "Account", "客户"),
        ("product", "Product", "产品"),
        ("tier", "Tier", "级别"),
        ("week", "Bucket", "时段"),
        ("show", "Show", "显示"),
        ("back", "Back", "返回"),
        ("close", "Close", "关闭"),
        ("open", "Open", "打开"),
        ("yourName", "Your name", "姓名"),
        ("note", "Note", "说明"),
        ("noteHint", "A sentence for the history; may stay blank", "记入历史的一句话，可留空"),
        ("cancel", "Stop this work", "停止"),
        ("makePlan", "Plan now", "制订计划"),
        ("findings", "Findings", "数据检查"),
        ("noFindings", "Nothing wrong and nothing odd was found.", "未发现错误或可疑之处。"),
        ("rowOf", "The row as it stands in the file", "文件中的原始行"),
        ("line", "Line", "行"),
        ("whatToDo", "What to do:", "处理办法："),
        ("error", "Error", "错误"),
        ("oddity", "Note", "提示"),
        ("cannotPlan", "The package has errors. Correct the rows named below; nothing is planned before.", "数据包有错误。请先更正下列各行，之后才能制订计划。"),
        ("latestPlan", "Latest plan", "最新计划"),
        ("noPlanYet", "No plan has been made yet.", "尚未制订计划。"),
        ("demand", "Demand", "需求"),
        ("served", "Served", "供应"),
        ("lost", "Lost", "损失"),
        ("stock", "Stock", "库存"),
        ("fill", "Fill rate", "满足率"),
        ("lostValue", "Worth", "损失金额"),
        ("cost", "Cost", "成本"),
        ("band", "Agreed band", "约定范围"),
        ("board", "Season board", "旺季看板"),
        (
            "boardHelp",
            "Each cell is the cover at the end of a bucket: how many buckets of the demand ahead the account's stock lasts. Choose a cell to see why. Arrow keys move.",
            "每格为期末库存可满足未来需求的期数。点选任一格可查看原因；方向键可移动。"
        ),
        ("legend", "Signs", "图例"),
        ("signLost", "sales are lost", "有销售损失"),
        ("signLow", "below the agreed minimum", "低于约定最低库存"),
        ("signFair", "between minimum and target", "最低与目标之间"),
        ("signFull", "between target and maximum", "目标与最高之间"),
        ("signOver", "above the agreed maximum", "高于约定最高库存"),
        ("accountsShown", "Accounts", "客户范围"),
        ("allProducts", "All products (by value)", "全部产品（按金额）"),
        ("excel", "Download Excel", "下载 Excel"),
        ("report", "Read the report", "查看报告"),
        ("proof", "What is proven about this plan", "本计划的证明"),
        ("rank", "Aim, in its order", "目标（按优先次序）"),
        ("value", "Reached", "达到值"),
        ("bound", "Proven bound", "证明的下界"),
        ("gap", "Gap", "差距"),
        (
            "gapHelp",
            "No plan can be better in an aim than its bound without worsening an earlier one; the gap is what is left to prove, with the rounding to cases and lots.",
            "在不损害更高优先目标的前提下，任何计划都不可能优于下界；差距含箱规与批量取整。"
        ),
        ("why", "Why", "原因"),
        ("whyWhere", "Why, for one account and bucket", "查看某客户某时段的原因"),
        ("whyNothing", "Nothing is lost here.", "此处没有损失。"),
        ("sources", "Where the served goods come from", "供应货物的来源"),
        ("help", "What would help most", "最有效的补救"),
        ("products", "Products", "产品明细"),
        ("way", "Way", "路线"),
        ("made", "Made", "生产时间"),
        ("quantity", "Quantity", "数量"),
        ("lastYear", "A year before", "去年同期"),
        ("statistical", "Forecast", "预测"),
        ("override", "Override", "人工修改"),
        ("reason", "Reason", "原因"),
        ("who", "By", "修改人"),
        ("events", "Events", "活动"),
        ("save", "Save the overrides", "保存修改"),
        (
            "overrideHelp",
            "Enter the quantity you expect where the forecast is wrong; an empty field means the forecast stands. One reason goes with what you save at once.",
            "预测有误处请填写您认为的数量；留空即采用预测。一次保存的各处共用一个原因。"
        ),
        ("undo", "Undo", "撤销"),
        ("allOfAccount", "All products of this account", "该客户的全部产品"),
        ("overSeason", "Over the horizon", "计划期合计"),
        ("total", "Total", "合计"),
        ("noForecast", "There is no forecast of this pair: it was never sold and has no analogue.", "该客户与产品没有预测：从未销售，也没有参照产品。"),
        ("capacity", "Capacity", "能力"),
        ("capacityHelp", "Percent of what stands in the package: 100 = as it is.", "相对于数据包现值的百分比：100 为不变。"),
        ("hoursOf", "Hours of line", "产线工时"),
        ("overtimeOf", "Overtime of line", "产线加班"),
        ("percentOfNow", "% of today", "占现值 %"),
        ("percentOfForecast", "% of forecast", "占预测 %"),
        ("slider", "slider", "滑块"),
        ("from", "From", "自"),
        ("to", "To", "至"),
        ("wholeHorizon", "All these changes of capacity hold from … to …", "以上能力变化的期间"),
        ("transport", "Transport and storage", "运力与仓容"),
        ("transportHelp", "A lane, pool or site and the percent of today's capacity.", "选择线路、共用运力或仓库，并填写占现值的百分比。"),
        ("nothing", "no change", "不变"),
        ("promises", "Promises", "承诺"),
        (
            "promisesHelp", "A promise is kept before anything else: at least this share of the demand, or this many units.",
            "承诺优先于一切：至少满足此比例的需求，或此数量。"
        ),
        ("withdraw", "Withdraw", "撤回"),
        ("newPromise", "New promise to", "新承诺给"),
        ("shareOfDemand", "share of demand, %", "占需求 %"),
        ("units", "units", "数量"),
        ("tiers", "Tiers", "级别"),
        ("tiersHelp", "Tier 1 is served first.", "第1级最先供应。"),
        ("demandChange", "Demand", "需求"),
        (
            "demandHelp", "Percent of the forecast of an account, of a product, or of both: what if this promotion sells?",
            "某客户、某产品或两者的预测百分比，例如：促销大卖会怎样？"
        ),
        ("allAccounts", "all accounts", "全部客户"),
        ("anyProduct", "all products", "全部产品"),
        ("otherChanges", "Other changes", "其他变化"),
        (
            "otherHelp", "One a line, as fullshelf what-if --set takes them: lead_time lane=L7 buckets=2",
            "每行一项，格式同 fullshelf what-if --set，例如：lead_time lane=L7 buckets=2"
        ),
        ("ask", "What then?", "计算结果"),
        ("before", "Before", "之前"),
        ("after", "After", "之后"),
        ("change", "Change", "变化"),
        ("winners", "Who wins", "谁得益"),
        ("losers", "Who loses", "谁受损"),
        ("nobody", "No account wins or loses a sale.", "没有客户的销量增减。"),
        ("gain", "Units won or lost", "增减数量"),
        ("inMoney", "In money", "金额"),
        ("shortBefore", "Short before", "原缺货"),
        ("shortAfter", "Short after", "新缺货"),
        ("freed", "No longer used up", "不再用尽的资源"),
        ("binding", "Newly used up", "新用尽的资源"),
        ("moves", "Largest moves", "变动最大的数量"),
        ("inputs", "Input files that differ", "不同的输入文件"),
        ("asked", "Asked", "所问变化"),
        ("pickTwo", "Choose two plans.", "请选择两个计划。"),
        ("sameInputs", "Both were made from the same files.", "两个计划出自相同的文件。"),
        ("whereBoard", "Where sales change", "销售损失的变化"),
        (
            "whereHelp", "Units lost, second plan less the first, by account and bucket: + more is lost, − less is lost.",
            "第二个计划减去第一个计划的损失数量：+ 为损失增加，− 为损失减少。"
        ),
        ("plans", "Plans", "计划"),
        ("changes", "Changes of the package through this page and its commands", "通过本页面所作的数据更改"),
        ("number", "No.", "编号"),
        ("when", "When", "时间"),
        ("by", "By", "制订人"),
        ("kind", "Kind", "类型"),
        ("cell", "Override of", "修改处"),
        ("restore", "Bring back", "恢复"),
        ("restoreHelp", "Bringing a plan back puts its files in the folder out again, byte for byte.", "恢复计划会将其文件逐字节写回 out 文件夹。"),
        ("noChanges", "Nothing has been changed yet.", "尚未作任何更改。"),
        ("compareThese", "Compare the two", "比较所选"),
        ("first", "First", "第一"),
        ("second", "Second", "第二"),
        ("working", "Working", "正在计算"),
        ("leave", "You may leave this page; the work goes on, and its plan goes into the history.", "可离开本页；计算会继续，计划会记入历史。"),
        ("upToDate", "It was made from the files as they are now.", "该计划与当前文件一致。"),
        ("outOfDate", "Files of the package have changed since it was made.", "此后数据包文件有改动。"),
        ("reload", "Look again", "刷新"),
    ]
}

/// What went wrong, in the page's language.
func errorText(_ error: any Error, _ language: ReportLanguage) -> String {
    let words = DeskWords(language: language)
    switch error {
    case let error as StoreError:
        if case .planning(let inner) = error { return errorText(inner, language) }
        return error.text(language)
    case PlanningError.unusableInput(let findings):
        let count = findings.count { $0.severity == .error }
        return words(
            "The data package has \(count) \(count == 1 ? "error" : "errors"); nothing was done. The page \"Package\" shows them.",
            "数据包有 \(count) 处错误，未作任何处理。详见\u{201C}数据包\u{201D}页。")
    case PlanningError.unusableChanges(let findings): return findings.wording.text(language)
    case PlanningError.cancelled: return words("The work was stopped; nothing was written.", "计算已停止，未写入任何内容。")
    case let error as PlanningError: return error.wording.text(language) + "\n" + error.remedy.text(language)
    default: return Bilingual(error).text(language)
    }
}

/// What is going on, in the page's language.
func activityText(_ activity: String, _ language: ReportLanguage) -> String {
    guard language == .chinese else { return activity.prefix(1).uppercased() + activity.dropFirst() }
    let lowered = activity.lowercased()
    for (start, chinese) in [
        ("reading", "读取数据"), ("opening", "读取数据"), ("ranking", "客户分级"), ("forecasting", "预测"), ("checking", "检验计划"),
        ("finding the causes", "查找缺货原因"), ("writing", "写出报告"), ("tidying", "整理计划"),
    ] where lowered.hasPrefix(start) {
        return chinese
    }
    return "分配：" + activity
}
