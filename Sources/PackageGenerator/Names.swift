/// A word in the two languages the generated firms speak.
struct Term: Sendable {
    let english: String
    let chinese: String

    init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    func callAsFunction(_ language: NameLanguage) -> String { language == .english ? english : chinese }
}

enum NameLanguage: Sendable { case english, chinese }

/// Names that read like a firm's: the same index means the same thing in both languages.
enum Names {
    /// Region and its cities.
    static let regions: [(name: Term, cities: [Term])] = [
        (
            Term("East", "华东"),
            [
                Term("Shanghai", "上海"), Term("Suzhou", "苏州"), Term("Hangzhou", "杭州"), Term("Nanjing", "南京"), Term("Ningbo", "宁波"),
                Term("Wuxi", "无锡"), Term("Hefei", "合肥"), Term("Qingdao", "青岛"),
            ]
        ),
        (
            Term("South", "华南"),
            [
                Term("Guangzhou", "广州"), Term("Shenzhen", "深圳"), Term("Foshan", "佛山"), Term("Dongguan", "东莞"), Term("Xiamen", "厦门"),
                Term("Fuzhou", "福州"), Term("Nanning", "南宁"), Term("Haikou", "海口"),
            ]
        ),
        (
            Term("North", "华北"),
            [
                Term("Beijing", "北京"), Term("Tianjin", "天津"), Term("Shijiazhuang", "石家庄"), Term("Taiyuan", "太原"), Term("Tangshan", "唐山"),
                Term("Baoding", "保定"), Term("Jinan", "济南"), Term("Hohhot", "呼和浩特"),
            ]
        ),
        (
            Term("Central", "华中"),
            [
                Term("Wuhan", "武汉"), Term("Changsha", "长沙"), Term("Zhengzhou", "郑州"), Term("Nanchang", "南昌"), Term("Luoyang", "洛阳"),
                Term("Yichang", "宜昌"), Term("Zhuzhou", "株洲"), Term("Kaifeng", "开封"),
            ]
        ),
        (
            Term("West", "西部"),
            [
                Term("Chengdu", "成都"), Term("Chongqing", "重庆"), Term("Xian", "西安"), Term("Kunming", "昆明"), Term("Guiyang", "贵阳"),
                Term("Lanzhou", "兰州"), Term("Mianyang", "绵阳"), Term("Yinchuan", "银川"),
            ]
        ),
        (
            Term("Northeast", "东北"),
            [
                Term("Shenyang", "沈阳"), Term("Dalian", "大连"), Term("Changchun", "长春"), Term("Harbin", "哈尔滨"), Term("Jilin", "吉林"),
                Term("Anshan", "鞍山"), Term("Daqing", "大庆"), Term("Jinzhou", "锦州"),
            ]
        ),
    ]

    static let businesses: [Term] = [
        Term("General Agency", "总代理"), Term("Supermarkets", "连锁超市"), Term("Beverage Wholesale", "酒水批发"), Term("Catering Supply", "餐饮供应"),
        Term("Trading", "商贸"), Term("Convenience Stores", "便利店"), Term("Food Distribution", "食品经销"), Term("Hotel Supply", "酒店供应"),
        Term("Fresh Markets", "生鲜市场"), Term("Department Stores", "百货"), Term("Night Market Supply", "夜市供应"), Term("Cold Drinks", "冷饮行"),
        Term("Import and Export", "进出口"), Term("Canteen Supply", "食堂供应"), Term("Online Grocery", "网上超市"), Term("Railway Retail", "铁路零售"),
        Term("Airport Retail", "机场零售"), Term("Stadium Supply", "场馆供应"), Term("Village Shops", "乡村商店"), Term("Depot", "仓储"),
        Term("Cash and Carry", "仓储会员店"), Term("Tobacco and Drinks", "烟酒行"),
    ]

    static let groups: [Term] = [
        Term("Sunrise Retail", "日出零售"), Term("Riverside Markets", "江畔超市"), Term("Great Lake Hotels", "大湖酒店"),
        Term("Corner Store Union", "街角联盟"),
    ]

    static let managers: [Term] = [
        Term("Li Wei", "李伟"), Term("Wang Fang", "王芳"), Term("Zhang Min", "张敏"), Term("Chen Yu", "陈宇"), Term("Liu Yang", "刘洋"),
        Term("Zhao Lei", "赵磊"), Term("Sun Jing", "孙静"), Term("Zhou Tao", "周涛"),
    ]

    static let brands: [Term] = [
        Term("Harbour", "港湾"), Term("Red Crane", "丹鹤"), Term("Stone Bridge", "石桥"), Term("Moonlight", "月华"), Term("North Star", "北辰"),
        Term("Golden Field", "金田"), Term("Blue River", "蓝江"), Term("Pine Lake", "松湖"), Term("Old Gate", "古城门"), Term("Summer Hill", "夏岭"),
        Term("Silver Carp", "银鲤"), Term("White Cloud", "白云"), Term("Spring Well", "春泉"), Term("Jade Peak", "玉峰"), Term("Lotus", "莲香"),
        Term("Copper Bell", "铜铃"),
    ]

    /// Families differ in price and in how much of their demand is summer.
    static let families: [(name: Term, priceFactor: Double, seasonFactor: Double)] = [
        (Term("Lager", "淡色啤酒"), 1.00, 1.00), (Term("Wheat Beer", "小麦啤酒"), 1.10, 1.15), (Term("Stout", "黑啤酒"), 1.25, 0.50),
        (Term("Lemonade", "柠檬汽水"), 0.70, 1.25), (Term("Draught", "鲜啤酒"), 1.15, 1.10),
    ]

    /// Volume of a case in hectolitres, weight in kilograms, price of a case of the first family.
    static let packs: [(name: Term, volume: Double, weight: Double, price: Double)] = [
        (Term("24x330 ml can", "330ml×24听"), 0.08, 8.6, 58), (Term("12x640 ml bottle", "640ml×12瓶"), 0.08, 13.5, 46),
        (Term("24x500 ml can", "500ml×24听"), 0.12, 12.6, 74), (Term("6x330 ml bottle", "330ml×6瓶"), 0.02, 3.4, 21),
    ]

    static let unit = Term("case", "箱")
    static let truck = Term("truck", "公路")
    static let rail = Term("rail", "铁路")

    /// The `number`-th account of a region; 8 cities × 22 businesses before a name returns with a number.
    static func account(_ number: Int, region: Int, _ language: NameLanguage) -> String {
        let cities = regions[region].cities
        let city = number % cities.count
        let round = number / cities.count
        let business = businesses[(city * 3 + round) % businesses.count]
        let repetition = round / businesses.count
        let suffix = repetition == 0 ? "" : " \(repetition + 1)"
        return language == .english
            ? "\(cities[city].english) \(business.english)\(suffix)" : "\(cities[city].chinese)\(business.chinese)\(suffix)"
    }

    static func product(_ number: Int, _ language: NameLanguage) -> String {
        let family = families[number % families.count].name
        let pack = packs[packIndex(of: number)].name
        let brand = brands[number / (families.count * packs.count) % brands.count]
        return language == .english
            ? "\(brand.english) \(family.english) \(pack.english)" : "\(brand.chinese)\(family.chinese) \(pack.chinese)"
    }

    static func packIndex(of product: Int) -> Int { product / families.count % packs.count }

    /// `prefix` and a number of as many digits as the largest needs, so that ids sort as they count.
    static func id(_ prefix: String, _ number: Int, of count: Int, digits least: Int = 1) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: max(0, max(least, String(count).count) - digits.count)) + digits
    }
}
