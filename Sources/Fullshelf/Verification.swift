import Allocation
import DemandPlanning
import Foundation
import PlanCheck
import PlanData
import PlanModel
import Tiering

/// What the independent checker says about a plan folder.
public struct Verification: Sendable {
    /// What a problem is about.
    public enum Subject: String, Sendable, CaseIterable {
        /// A rule of the package that the plan's rows break.
        case plan
        /// demand.csv, bands.csv or segments.csv do not follow from the package.
        case tables
        /// certificate.json claims what the rows do not bear out.
        case certificate
        /// forecast.csv, shortages.csv, resources.csv or kpis.json tell what the rows do not bear out.
        case statements
        /// The department reports contradict the plan or each other.
        case departments
    }

    public struct Problem: Hashable, Sendable {
        public var subject: Subject
        /// One sentence that names row and rule.
        public var constraint: String
        /// How far off, in the units of the row.
        public var amount: Double
        /// `amount` relative to the size of the row.
        public var relative: Double
    }

    public var package: DataPackage
    /// Rank values recomputed from the plan's rows, and the row furthest off.
    public var check: CheckReport
    /// nil where the plan folder has none; the rules are judged all the same.
    public var certificate: Certificate?
    /// The ranks' bounds computed again from the prices the plan left; nil where it left none that fit.
    public var provenBounds: ProvenBounds?
    /// By subject, largest first.
    public var problems: [Problem]
    /// What looked odd in package or plan, and files that changed since the plan was made.
    public var notes: [Finding]

    public var isClean: Bool { problems.isEmpty }
}

extension Planner {
    /// Lets the independent checker judge the CSV files of a plan folder, whoever wrote them.
    ///
    /// The demand planned for is taken from the plan (a forecast may be anybody's), but its orders, overrides and given demand, its bands and its
    /// tiers must follow from the package. The certificate's bounds are computed again from the prices in `basis.bin`; where there is none a note says so.
    ///
    /// - Throws: ``PlanningError/unusableInput(_:)`` when the package cannot be read, ``PlanningError/unusablePlan(_:)`` when the plan cannot.
    public func verify(packageAt folder: String, planAt planFolder: String, progress: ProgressHandler? = nil) throws(PlanningError)
        -> Verification
    {
        let (package, packageNotes) = try usablePackage(at: folder, progress: progress)
        progress?(ProgressStep("Reading the plan"))
        let reading = readPlan(at: planFolder, package: package)
        guard let files = reading.files else { throw PlanningError.unusablePlan(reading.findings) }
        progress?(ProgressStep("Checking the plan"))
        let check = checkPlan(files.plan, package: package, demand: files.demand, bands: files.bands, segmentation: files.segmentation)
        let tables =
            demandViolations(files.demand, package: package)
            + tierViolations(files.segmentation, package: package)
            + checkTables(package: package, demand: files.demand, bands: files.bands, segmentation: files.segmentation)
        var claims: [Violation] = []
        var notes = packageNotes + reading.findings
        if let certificate = files.certificate {
            claims = checkCertificate(certificate, rankValues: check.rankValues, package: package, demand: files.demand)
            notes += changedFiles(files.inputHashes, package: package)
        }
        var proven: ProvenBounds?
        if let certificate = files.certificate {
            progress?(ProgressStep("Computing the bounds again"))
            let place = planFolder + "/" + basisFileName
            proven = FileManager.default.contents(atPath: place).flatMap { AllocationBasis(bytes: Array($0)) }.flatMap {
                ProvenBounds(package, demand: files.demand, bands: files.bands, segmentation: files.segmentation, basis: $0)
            }
            if let proven {
                claims += unprovenClaims(certificate, proven)
            } else {
                notes.append(unprovenBounds(at: place))
            }
        }
        let told = checkStatements(
            PlanStatements(
                forecast: files.forecast, shortages: files.shortages, resources: files.resources, keyFigures: files.keyFigures),
            plan: files.plan, package: package, demand: files.demand, bands: files.bands, segmentation: files.segmentation)
        var reported = checkDepartments(
            files.departments, plan: files.plan, package: package, demand: files.demand, segmentation: files.segmentation,
            inputs: files.certificate == nil ? nil : shortDigest(inputsDigest(files.inputHashes)))
        if reported.isEmpty, files.version == fullshelfVersion {
            reported = changedDepartmentRows(files.departments, files: files, package: package)
        }
        let problems =
            problems(.plan, check.violations) + problems(.tables, tables) + problems(.certificate, claims) + problems(.statements, told)
            + problems(.departments, reported)
        return Verification(
            package: package, check: check, certificate: files.certificate, provenBounds: proven, problems: problems,
            notes: notes)
    }

    /// Bounds a certificate claims above what the plan's prices prove.
    private func unprovenClaims(_ certificate: Certificate, _ proven: ProvenBounds) -> [Violation] {
        func name(_ rank: Rank) -> String { rank.tier.map { "rank \(rank.aim.rawValue), tier \($0)" } ?? "rank \(rank.aim.rawValue)" }
        var violations: [Violation] = []
        for (claim, own) in zip(certificate.ranks, proven.bounds) where claim.rank == own.rank && !(claim.bound <= own.bound) {
            let amount = claim.bound - own.bound
            violations.append(
                Violation(
                    constraint:
                        "\(name(own.rank)): certificate.json claims a bound of \(claim.bound), the prices in \(basisFileName) prove \(own.bound)",
                    amount: amount, relative: amount / (1 + claim.bound.magnitude)))
        }
        return violations
            + proven.unfounded.map {
                Violation(
                    constraint: "\(name($0.rank)): in \(basisFileName) \($0.count) columns are settled that the rank's prices leave open",
                    amount: Double($0.count), relative: 1)
            }
    }

    private func unprovenBounds(at place: String) -> Finding {
        let reason =
            FileManager.default.fileExists(atPath: place)
            ? Bilingual("the prices here are of another plan or another version", "此处的价格属于另一份计划或另一版本")
            : Bilingual("the plan has no file of prices", "该计划没有价格文件")
        return Finding(
            severity: .note, file: place,
            message: Bilingual("the bounds were not computed again: ", "未重新计算各目标的界：") + reason,
            advice: Bilingual("`fullshelf plan` writes it beside the plan.", "fullshelf plan 会把它与计划写在一起。"))
    }

    private func problems(_ subject: Verification.Subject, _ violations: [Violation]) -> [Verification.Problem] {
        violations.filter { !($0.relative <= CheckReport.tolerance) }
            .map { Verification.Problem(subject: subject, constraint: $0.constraint, amount: $0.amount, relative: $0.relative) }
    }

    /// Given demand, overrides and orders leave no choice: what the plan says about them must be what the package says.
    private func demandViolations(_ demand: PlannedDemand, package: DataPackage) -> [Violation] {
        var violations: [Violation] = []
        func compare(_ pair: Pair, _ bucket: Int, _ column: String, _ found: Double, _ expected: Double, _ source: String) {
            let amount = (found - expected).magnitude
            let relative = amount / (1 + found.magnitude + expected.magnitude)
            guard !(relative <= CheckReport.tolerance) else { return }
            let place =
                "account \(package.accounts[pair.account].id), product \(package.products[pair.product].id), bucket \(package.horizon.firstDay(of: bucket))"
            violations.append(
                Violation(
                    constraint: "\(place): demand.csv has \(column) \(found), but \(source) gives \(expected)", amount: amount,
                    relative: relative))
        }

        var given: [Pair: [Int: (quantity: Double, source: String)]] = [:]
        for row in package.demand {
            given[Pair(account: row.account, product: row.product), default: [:]][row.bucket] = (row.quantity, "the package's demand.csv")
        }
        for row in package.overrides {
            given[Pair(account: row.account, product: row.product), default: [:]][row.bucket] = (row.quantity, "overrides.csv")
        }
        var rows: [ForecastRow] = []
        for (index, pair) in demand.pairs.enumerated() {
            for bucket in package.horizon.buckets {
                let forecast = demand.forecast[index, bucket]
                if let entry = given[pair]?[bucket] { compare(pair, bucket, "forecast", forecast, entry.quantity, entry.source) }
                rows.append(
                    ForecastRow(
                        bucket: bucket, account: pair.account, product: pair.product, quantity: forecast, quantiles: [], model: "",
                        statistical: forecast))
            }
        }
        // The plan's own forecast, consumed by the package's orders.
        let expected = plannedDemand(for: package, forecast: Forecast(rows: rows))
        for (index, pair) in expected.pairs.enumerated() {
            let own = demand.pairs.position(ofSorted: pair)
            for bucket in package.horizon.buckets {
                compare(pair, bucket, "ordered", own.map { demand.ordered[$0, bucket] } ?? 0, expected.ordered[index, bucket], "orders.csv")
                compare(
                    pair, bucket, "quantity", own.map { demand.quantity[$0, bucket] } ?? 0, expected.quantity[index, bucket],
                    "the forecast less what orders consume, plus the orders,")
            }
        }
        return violations
    }

    private func tierViolations(_ segmentation: Segmentation, package: DataPackage) -> [Violation] {
        let own = Tiering.segmentation(of: package)
        let expected = own.tierOfAccount
        guard expected.count == segmentation.tierOfAccount.count else { return [] }
        let values = Dictionary(own.segments.map { ($0.account, $0.value) }, uniquingKeysWith: { first, _ in first })
        let worth = segmentation.segments.compactMap { segment -> Violation? in
            guard let value = values[segment.account] else { return nil }
            let amount = (segment.value - value).magnitude
            let relative = amount / (1 + segment.value.magnitude + value.magnitude)
            guard !(relative <= CheckReport.tolerance) else { return nil }
            return Violation(
                constraint: """
                    account \(package.accounts[segment.account].id): segments.csv has value \(segment.value), but history gives \(value)
                    """, amount: amount, relative: relative)
        }
        return worth
            + expected.indices.filter { expected[$0] != segmentation.tierOfAccount[$0] }.map { account in
                Violation(
                    constraint: """
                        account \(package.accounts[account].id): segments.csv has tier \(segmentation.tierOfAccount[account]), but accounts.csv and history \
                        give tier \(expected[account])
                        """, amount: 1, relative: 1)
            }
    }

    /// A note for each file of the package that is not the one the plan was made from.
    func changedFiles(_ planned: [String: String], package: DataPackage) -> [Finding] {
        Set(planned.keys).union(package.inputHashes.keys).sorted().compactMap { file in
            let before = planned[file]
            let now = package.inputHashes[file]
            guard before != now else { return nil }
            let what =
                before == nil
                ? Bilingual("was added", "新增") : now == nil ? Bilingual("was removed", "删除") : Bilingual("was changed", "改动")
            return Finding(
                severity: .note, file: file,
                message: Bilingual("this file \(what.english) since the plan was made", "制订计划之后，此文件已\(what.chinese)"),
                advice: Bilingual("Plan again to take it into account.", "请重新制订计划以采用它。"))
        }
    }
}
