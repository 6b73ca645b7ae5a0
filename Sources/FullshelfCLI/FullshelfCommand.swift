@main
struct FullshelfCommand {
    static func main() { print("fullshelf") }
}
