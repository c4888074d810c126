using System.Text.Json;

namespace Tenfold.Cli.Tests.Running;

/// <summary>Reads fields of the program's JSON.</summary>
internal static class Reading
{
    public static JsonElement At(this JsonElement element, string path)
    {
        foreach (var name in path.Split('.'))
        {
            element = int.TryParse(name, out var index) ? element[index]
                : element.TryGetProperty(name, out var found) ? found
                : throw new InvalidOperationException($"no '{name}' in {element}");
        }

        return element;
    }

    public static string? Text(this JsonElement element, string path) => element.At(path).GetString();

    public static double Number(this JsonElement element, string path) => element.At(path).GetDouble();

    public static string State(this JsonElement run) => run.Text("state")!;

    public static string Id(this JsonElement element) => element.Text("id")!;

    public static string Group(this JsonElement fit) => fit.Text("group.id")!;

    public static IReadOnlyList<JsonElement> Runs(this JsonElement fit) => [.. fit.At("runs").EnumerateArray()];

    public static IReadOnlyList<string> Texts(this JsonElement element, string path) =>
        [.. element.At(path).EnumerateArray().Select(text => text.GetString()!)];
}
