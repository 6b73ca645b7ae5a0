// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "fullshelf",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Fullshelf", targets: ["Fullshelf"]),
        // Excel workbooks in and out; needs three more C libraries than the engine, so programs that embed the engine can do without.
        .library(name: "FullshelfWorkbooks", targets: ["Workbooks"]),
        .executable(name: "fullshelf", targets: ["FullshelfCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        // The plan store; nothing of it is built by a program that only uses the product Fullshelf.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // The planner's desk, `fullshelf serve`: HTTP and page templates. Again nothing of them is built by a program that only plans.
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // What everybody speaks: value types only.
        .target(name: "PlanModel"),

        // Numbers in, numbers out: nothing of the domain.
        .systemLibrary(name: "CLAPACK", pkgConfig: "lapack", providers: [.apt(["liblapack-dev"]), .brew(["lapack"])]),
        .target(name: "DenseLinearAlgebra", dependencies: ["CLAPACK"], linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        .target(name: "InteriorPoint", dependencies: ["DenseLinearAlgebra"]),
        .target(name: "Forecasting"),

        // The stations of a plan.
        .target(name: "PlanData", dependencies: ["PlanModel", .product(name: "TOMLKit", package: "TOMLKit")]),
        .target(name: "Tiering", dependencies: ["PlanModel"]),
        .target(name: "DemandPlanning", dependencies: ["PlanModel", "Forecasting"]),
        .target(name: "StockBands", dependencies: ["PlanModel"]),
        .target(name: "Allocation", dependencies: ["PlanModel", "InteriorPoint"]),
        .target(name: "PlanCheck", dependencies: ["PlanModel"]),
        .target(name: "Reporting", dependencies: ["PlanModel"]),
        .target(name: "PlanExplaining", dependencies: ["PlanModel", "Forecasting", "Reporting"]),
        .target(name: "PackageGenerator", dependencies: ["PlanModel"]),

        // Excel workbooks: a package from one, a package or a plan into one.
        .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"]), .brew(["libxlsxwriter"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),
        .target(name: "Workbooks", dependencies: ["PlanModel", "PlanData", "CXLSXWriter", "CZip", "CExpat"]),

        // One call from package to report, and the command line around it.
        .target(
            name: "Fullshelf",
            dependencies: [
                "PlanModel", "PlanData", "Tiering", "DemandPlanning", "StockBands", "Allocation", "PlanCheck", "Reporting",
                "PlanExplaining", "PackageGenerator", "Forecasting",
            ]),
        // Every plan and every change kept.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "PlanStore", dependencies: ["Fullshelf", "CZlib", .product(name: "GRDB", package: "GRDB.swift")]),
        // The planner's desk: pages on a loopback server.
        .target(
            name: "PlanDesk",
            dependencies: [
                "Fullshelf", "PlanStore", "Workbooks", .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        .executableTarget(
            name: "FullshelfCLI",
            dependencies: [
                "Fullshelf", "PlanStore", "PlanDesk", "Workbooks", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        .target(name: "TestSupport", dependencies: ["PlanModel"], path: "Tests/TestSupport"),
        .testTarget(name: "PlanModelTests", dependencies: ["PlanModel", "TestSupport"]),
        .testTarget(name: "PlanDataTests", dependencies: ["PlanData", "TestSupport"]),
        .testTarget(name: "TieringTests", dependencies: ["Tiering", "TestSupport"]),
        .testTarget(name: "ForecastingTests", dependencies: ["Forecasting", "TestSupport"]),
        .testTarget(name: "DemandPlanningTests", dependencies: ["DemandPlanning", "TestSupport"]),
        .testTarget(name: "StockBandsTests", dependencies: ["StockBands", "TestSupport"]),
        .testTarget(name: "InteriorPointTests", dependencies: ["InteriorPoint", "DenseLinearAlgebra", "TestSupport"]),
        .testTarget(name: "AllocationTests", dependencies: ["Allocation", "PlanCheck", "TestSupport"]),
        .testTarget(name: "PlanCheckTests", dependencies: ["PlanCheck", "TestSupport"]),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting", "PlanData", "TestSupport"]),
        .testTarget(name: "PlanExplainingTests", dependencies: ["Fullshelf", "TestSupport"]),
        .testTarget(name: "PackageGeneratorTests", dependencies: ["PackageGenerator", "PlanData", "TestSupport"]),
        .testTarget(name: "WorkbooksTests", dependencies: ["Workbooks", "Fullshelf", "CZip", "TestSupport"]),
        .testTarget(name: "FullshelfTests", dependencies: ["Fullshelf", "TestSupport"]),
        .testTarget(name: "PlanStoreTests", dependencies: ["PlanStore", "Fullshelf", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(
            name: "PlanDeskTests",
            dependencies: ["PlanDesk", "PlanStore", "Fullshelf", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(name: "FullshelfCLITests", dependencies: ["FullshelfCLI", "PlanStore", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
