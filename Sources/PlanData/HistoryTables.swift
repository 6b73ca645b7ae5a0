import PlanModel

/// What reading sales.csv gathered.
struct SalesReading {
    var accumulator: HistoryAccumulator
    var quantities = BucketSums()
    var values = BucketSums()

    var lastDate: CalendarDate? { accumulator.lastDate }
}

/// sales, shipments and account_stock: streamed straight into sums by pair and bucket.
extension PackageReader {
    /// Bucket of the start on the scale of ``BucketScale``, where it is known.
    private func startBucket(_ scale: BucketScale, _ start: CalendarDate?) -> Int { start.map(scale.bucket(of:)) ?? .max }

    private func noteTooLate(_ table: TableReader, _ count: Int, from start: CalendarDate?) {
        guard count > 0, let start else { return }
        collector.note(
            table.file,
            Bilingual(
                "\(count) \(count == 1 ? "row is" : "rows are") dated on or after the start of the plan, \(start), and \(count == 1 ? "is" : "are") not used",
                "有 \(count) 行的日期在计划开始日 \(start) 当天或之后，不采用"),
            advice: Bilingual("Move the start in plan.toml if they belong to the history.", "如属历史数据，请在 plan.toml 中推后开始日期。"))
    }

    func readSales() -> SalesReading {
        var reading = SalesReading(accumulator: HistoryAccumulator(accountCount: accounts.count, productCount: products.count))
        let scale = BucketScale(unit: draft.unit)
        let start = draft.start.map { Horizon(unit: draft.unit, start: $0, count: 1).start }
        let end = startBucket(scale, start)
        let standingPrices = standingPrices()
        var tooLate = 0
        read(.sales) { table in
            let (date, account, product) = (table.column("date"), table.column("account"), table.column("product"))
            let (quantity, price) = (table.column("quantity"), table.column("price"))
            var lastDay = Int.min
            var bucket = 0
            while table.next() {
                let day = table.date(date)
                let customer = table.reference(account, to: accountIndex)
                let item = table.reference(product, to: productIndex)
                let units = table.number(quantity)
                let paid = price.isPresent ? table.number(price) : nil
                guard table.isSound, let day, let customer, let item, let units else { continue }
                if day.daysSinceEpoch != lastDay {
                    lastDay = day.daysSinceEpoch
                    bucket = scale.bucket(of: day)
                }
                guard bucket < end else {
                    tooLate += 1
                    continue
                }
                let value = (paid ?? standingPrices[item]) * units
                guard abs(value) <= DecimalText.largest else {
                    table.reject(
                        quantity, value: table.cellText(quantity),
                        Bilingual("price times quantity is larger than anything a plan can hold (10^15)", "单价乘数量超出计划所能容纳的范围（10^15）"),
                        advice: Bilingual("Check both figures.", "请检查这两个数字。"))
                    continue
                }
                let row = reading.accumulator.row(account: customer, product: item, date: day, bucket: bucket)
                reading.quantities.add(units, row: row, bucket: bucket)
                reading.values.add(value, row: row, bucket: bucket)
            }
            noteTooLate(table, tooLate, from: start)
        }
        return reading
    }

    /// Turns the sums into the history tables, now that the start is known.
    func finishSales(_ reading: SalesReading) {
        let start = BucketScale(unit: draft.unit).bucket(of: horizon.start)
        history.sales = reading.accumulator.table(before: start) { reading.quantities.value(row: $0, bucket: $1) }
        history.salesValue = reading.accumulator.table(before: start) { reading.values.value(row: $0, bucket: $1) }
        history.lastSale = reading.lastDate
    }

    func readShipments() {
        var accumulator = HistoryAccumulator(accountCount: accounts.count, productCount: products.count)
        var sums = BucketSums()
        readHistory(.shipments) { account, product, date, bucket, quantity in
            sums.add(quantity, row: accumulator.row(account: account, product: product, date: date, bucket: bucket), bucket: bucket)
        }
        history.shipments = accumulator.table(before: BucketScale(unit: draft.unit).bucket(of: horizon.start)) {
            sums.value(row: $0, bucket: $1)
        }
    }

    func readAccountStock() {
        var accumulator = HistoryAccumulator(accountCount: accounts.count, productCount: products.count)
        var counts = StockCounts()
        readHistory(.accountStock) { account, product, date, bucket, quantity in
            counts.add(
                quantity, on: date, row: accumulator.row(account: account, product: product, date: date, bucket: bucket), bucket: bucket)
        }
        history.closingStock = accumulator.table(before: BucketScale(unit: draft.unit).bucket(of: horizon.start)) {
            counts.value(row: $0, bucket: $1)
        }
    }

    private func readHistory(
        _ schema: TableSchema, row: (_ account: Int, _ product: Int, CalendarDate, _ bucket: Int, _ quantity: Double) -> Void
    ) {
        let scale = BucketScale(unit: draft.unit)
        let end = isHorizonKnown ? scale.bucket(of: horizon.start) : .max
        var tooLate = 0
        read(schema) { table in
            let (date, account, product, quantity) = (
                table.column("date"), table.column("account"), table.column("product"), table.column("quantity")
            )
            while table.next() {
                let day = table.date(date)
                let customer = table.reference(account, to: accountIndex)
                let item = table.reference(product, to: productIndex)
                let units = table.number(quantity)
                guard table.isSound, let day, let customer, let item, let units else { continue }
                guard units < ExactSum.smallTermLimit else {
                    table.reject(
                        quantity, value: table.cellText(quantity),
                        Bilingual("the quantity is larger than anything counted (9 billion)", "数量超出任何可能的盘点数（90 亿）"),
                        advice: Bilingual("Check whether a code got into this column.", "请检查是否把编码填进了此列。"))
                    continue
                }
                let bucket = scale.bucket(of: day)
                if bucket < end { row(customer, item, day, bucket, units) } else { tooLate += 1 }
            }
            noteTooLate(table, tooLate, from: isHorizonKnown ? horizon.start : nil)
        }
    }

    /// `DataPackage.standingPrice(of:)` of every product; `prices` rises by (product, account, date).
    private func standingPrices() -> [Double] {
        var result = products.map { $0.price ?? 1 }
        var first = 0
        while first < prices.count {
            let product = prices[first].product
            var last = first
            while last < prices.count, prices[last].product == product { last += 1 }
            let rows = prices[first..<last]
            let general = rows.filter { $0.account == nil }
            if products[product].price == nil, let newest = (general.isEmpty ? Array(rows) : general).max(by: { $0.date < $1.date }) {
                result[product] = newest.price
            }
            first = last
        }
        return result
    }
}
