using System.Text.Json;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Commands;

/// <summary>The command-line arguments that carry a <c>script:</c>'s parameters.</summary>
/// <remarks>
/// <c>--name=value</c> is one argument, because a parser takes a second one for an option of its own when it begins with a dash: argparse
/// before Python 3.14 refuses <c>--shift -1e-5</c>.
/// </remarks>
public static class ScriptArguments
{
    /// <summary>The arguments, in the order of the parameters. A parameter that is null has none.</summary>
    /// <param name="parameters">The run's parameters: a JSON object.</param>
    /// <param name="style">How each is written.</param>
    public static IReadOnlyList<string> Of(JsonElement parameters, ArgumentStyle style) =>
        [.. parameters.EnumerateObject().SelectMany(parameter => Of(parameter.Name, parameter.Value, style))];

    /// <summary>A parameter as text: the characters of a string, and JSON for anything else.</summary>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static IEnumerable<string> Of(string name, JsonElement value, ArgumentStyle style) => (style, value.ValueKind) switch
    {
        (ArgumentStyle.Separate, _) => [$"--{name}", Text(value)],
        (_, JsonValueKind.Null) => [],
        (ArgumentStyle.Flags, JsonValueKind.True) => [$"--{name}"],
        (ArgumentStyle.Flags, JsonValueKind.False) => [],
        _ => [$"--{name}={Text(value)}"],
    };
}
