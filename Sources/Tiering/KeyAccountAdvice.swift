import PlanModel

/// Who should carry the key accounts, by their number (behaviour B4).
public func keyAccountAdvice(for segmentation: Segmentation, language: ReportLanguage) -> String {
    let count = segmentation.keyAccountCount
    switch (language, segmentation.needsOwnDepartment) {
    case (.english, true):
        return "\(count) key accounts: a department of its own is due (from \(Segmentation.departmentThreshold) on)."
    case (.english, false):
        let number = count == 1 ? "1 key account" : "\(count) key accounts"
        return "\(number): the manager carries \(count == 1 ? "it" : "them") personally (below \(Segmentation.departmentThreshold))."
    case (.chinese, true): return "大客户 \(count) 家，已达 \(Segmentation.departmentThreshold) 家：应设立专门的大客户部。"
    case (.chinese, false): return "大客户 \(count) 家，不足 \(Segmentation.departmentThreshold) 家：由经理亲自负责。"
    }
}
