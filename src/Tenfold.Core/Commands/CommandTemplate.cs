using System.Text;
using Tenfold.Core.Input;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Commands;

/// <summary>
/// A command for /bin/sh with placeholders, such as <c>python train.py --lr {learning_rate}</c>. Each placeholder is replaced by a value
/// that is quoted for its context, so that the shell never executes a value. <c>{{name}}</c> becomes <c>{name}</c>. <c>${name}</c> and
/// comments are left to the shell.
/// </summary>
/// <remarks>
/// A placeholder in a place where quoting is impossible (backquotes, here-documents) is a fault; <c>"$TENFOLD_PARAM_NAME"</c> works there.
/// In a nested command such as <c>sh -c "… {name}"</c>, the value is safe in the outer shell, but the inner shell executes it as code.
/// </remarks>
public sealed class CommandTemplate
{
    private readonly IReadOnlyList<CommandPiece> _pieces;
    private readonly string? _open;

    private CommandTemplate(IReadOnlyList<CommandPiece> pieces, string? open) => (_pieces, _open) = (pieces, open);

    /// <summary>The names of the placeholders, in order, without duplicates.</summary>
    public IReadOnlyList<string> Placeholders => [.. _pieces.Where(piece => piece.IsPlaceholder).Select(piece => piece.Text).Distinct()];

    /// <summary>Parses a command. It never fails; <see cref="Check"/> reports faults.</summary>
    public static CommandTemplate Parse(string text)
    {
        var scanner = new ShellScanner(text);
        return new CommandTemplate(scanner.Scan(), scanner.OpenQuote);
    }

    /// <summary>Renders the command for one run.</summary>
    /// <param name="parameters">The run's parameters.</param>
    /// <param name="seed">The value of <c>{seed}</c>.</param>
    /// <param name="repeat">The value of <c>{repeat}</c>.</param>
    /// <param name="run">The value of <c>{run}</c>: the run's id.</param>
    /// <returns>The command; or the faults, with the path <c>command</c>.</returns>
    public Checked<string> Render(Parameters parameters, long seed, int repeat, string run)
    {
        var faults = new List<Fault>();
        foreach (var (message, suggestion) in Check([.. parameters.Keys])) faults.Add(new Fault("command", 0, 0, message, suggestion));
        foreach (var name in Placeholders.Where(name => parameters.GetValueOrDefault(name) is RequiredValue))
            faults.Add(new Fault("command", 0, 0, $"{{{name}}} has no value; give one: -p {name}=…"));
        foreach (var name in Placeholders.Where(name => parameters.GetValueOrDefault(name) is NullValue)) faults.Add(NoWord(name));
        if (faults.Count > 0) return Checked<string>.Of(faults);
        var command = new StringBuilder();
        foreach (var piece in _pieces)
        {
            var value = piece.IsPlaceholder ? ValueOf(piece.Text, parameters, seed, repeat, run) : piece.Text;
            if (!piece.IsPlaceholder) command.Append(value);
            else if (ShellQuoting.Quote(value, piece.Context, piece.Glued) is { } quoted) command.Append(quoted);
            else
            {
                var message = $"{{{piece.Text}}} is in shell arithmetic or a subscript and wants a number, not {Excerpt.Of(value)}";
                faults.Add(new Fault("command", 0, 0, message));
            }
        }

        return faults.Count == 0 ? Checked<string>.Of(command.ToString()) : Checked<string>.Of(faults);
    }

    /// <summary>Finds the faults of the command, each with a suggestion where a known name is near.</summary>
    /// <param name="declared">The names of the declared parameters.</param>
    public IEnumerable<(string Message, string? Suggestion)> Check(IReadOnlyCollection<string> declared)
    {
        if (_open is not null) yield return ($"command wants every quote closed, but a {_open} is not", null);
        var known = declared.Concat(ParameterNames.Reserved).ToList();
        foreach (var group in _pieces.Where(piece => piece.IsPlaceholder).GroupBy(piece => piece.Text, StringComparer.Ordinal))
        {
            var name = group.Key;
            if (!known.Contains(name))
            {
                var shown = Excerpt.Bare(name);
                yield return ($"command names {{{shown}}}, which train.params does not declare: "
                    + $"add it there, or write {{{{{shown}}}}} for the text itself", Nearest.To(name, known));
            }
            else if (group.FirstOrDefault(piece => piece.Unsafe is not null) is { } at)
            {
                yield return ($"command has {{{name}}} {at.Unsafe}, where a value cannot be quoted safely; "
                    + $"write \"${VariableOf(name)}\" instead", null);
            }
        }
    }

    /// <summary>The fault of a parameter that is null where the command needs a word.</summary>
    public static Fault NoWord(string name) => new(
        "command",
        0,
        0,
        $"{{{name}}} is null, and a command needs a word in its place. Leave {{{name}}} out of the command and read the parameter from the "
            + "JSON file that $TENFOLD_PARAMS names, or use `script`, which leaves a null argument out");

    private static string VariableOf(string name) => ParameterNames.Reserved.Contains(name) ? $"TENFOLD_{name.ToUpperInvariant()}"
        : EnvironmentNames.OfParameter(name);

    private static string ValueOf(string name, Parameters parameters, long seed, int repeat, string run) => name switch
    {
        "seed" => new IntegerValue(seed).Text,
        "repeat" => new IntegerValue(repeat).Text,
        "run" => run,
        _ => parameters[name].Text,
    };
}
