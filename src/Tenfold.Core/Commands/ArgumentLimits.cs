using System.Globalization;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Commands;

/// <summary>How long the arguments and environment variables of a program may be.</summary>
/// <remarks>
/// Source: Linux, execve(2), "Limits on size of arguments and environment". One string has at most 32 pages (<c>MAX_ARG_STRLEN</c>), its
/// closing NUL included. All strings together have a quarter of the stack's limit, which is 2 MiB on most machines.
/// </remarks>
public static class ArgumentLimits
{
    /// <summary>The most bytes of one argument, or of one variable with its name and <c>=</c>.</summary>
    public const int MostBytes = (128 << 10) - 1;

    /// <summary>The most bytes of all arguments and variables together: half of what Linux allows, because a script's own programs get its
    /// variables and more.</summary>
    public const int MostTotalBytes = 1 << 20;

    /// <summary>The bytes that a string takes, with its closing NUL and its pointer.</summary>
    public static int SizeOf(string text) => Encoding.UTF8.GetByteCount(text) + 1 + sizeof(long);

    /// <summary>True for a string that is too long for one argument or variable.</summary>
    public static bool IsTooLong(string text) => Encoding.UTF8.GetByteCount(text) > MostBytes;

    /// <summary>Finds the parameter that is too long for a script's arguments.</summary>
    /// <param name="script">The script's path in the project.</param>
    /// <param name="style">How its arguments are written.</param>
    /// <param name="parameters">The run's parameters.</param>
    /// <returns>What is too long, and what to do; null when the script can be started.</returns>
    public static string? FaultOfScript(string script, ArgumentStyle style, JsonElement parameters)
    {
        // A notebook gets its parameters in a cell.
        if (Path.GetExtension(script) == ".ipynb") return null;
        var arguments = ScriptArguments.Of(parameters, style);
        if (!arguments.Any(IsTooLong) && arguments.Sum(SizeOf) <= MostTotalBytes) return null;
        var (name, bytes) = Longest(parameters, _ => true);
        var run = Path.GetExtension(script) == ".cs" ? $"dotnet run {script}" : $"python3 {script}";
        return $"{name} has {Shown(bytes)} bytes, which is too long for an argument of {script}: Linux allows {Shown(MostBytes)} bytes in "
            + $"one argument, and Tenfold {Shown(MostTotalBytes)} in all. Write `command: {run}` instead of `script`, and read {name} from "
            + "the JSON file that $TENFOLD_PARAMS names; or put the value into a file of the project";
    }

    /// <summary>Finds the parameter that makes a command too long.</summary>
    /// <param name="template">The command with its placeholders.</param>
    /// <param name="rendered">The command of one run.</param>
    /// <param name="parameters">The run's parameters.</param>
    /// <returns>What is too long, and what to do; null when the command can be started.</returns>
    public static string? FaultOfCommand(string template, string rendered, JsonElement parameters)
    {
        if (!IsTooLong(rendered)) return null;
        var (name, bytes) = Longest(parameters, CommandTemplate.Parse(template).Placeholders.Contains);
        var whole = $"the command has {Shown(Encoding.UTF8.GetByteCount(rendered))} bytes, and Linux allows {Shown(MostBytes)}";
        return name is null
            ? $"{whole}. Put it into a script of the project"
            : $"{whole}: {{{name}}} alone has {Shown(bytes)}. Leave {{{name}}} out of the command, and read {name} from the JSON file that "
                + "$TENFOLD_PARAMS names";
    }

    /// <summary>The longest of some parameters, with its bytes as text; null when there is none.</summary>
    public static (string? Name, int Bytes) Longest(JsonElement parameters, Func<string, bool> isAsked) => parameters.EnumerateObject()
        .Where(parameter => isAsked(parameter.Name))
        .Select(parameter => ((string?)parameter.Name, Bytes: Encoding.UTF8.GetByteCount(ScriptArguments.Text(parameter.Value))))
        .OrderByDescending(parameter => parameter.Bytes)
        .FirstOrDefault();

    private static string Shown(int bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}
