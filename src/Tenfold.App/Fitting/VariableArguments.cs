using System.Text.RegularExpressions;
using Tenfold.Core.Attempts;
using Tenfold.Core.Input;

namespace Tenfold.App.Fitting;

/// <summary>Reads <c>--env NAME=value</c> and <c>--env NAME</c>, and names the shell's variables that a run does not get.</summary>
internal static partial class VariableArguments
{
    private const string GraphicsProcessors = "CUDA_VISIBLE_DEVICES";
    private const int MostNamed = 8;

    /// <summary>The variables of a run: those of <c>train.env</c> with those of the command line.</summary>
    /// <param name="services">The services of this home, which know the shell's variables.</param>
    /// <param name="declared">The variables of <c>train.env</c>, or of the group that is repeated.</param>
    /// <param name="arguments">The text after each <c>--env</c>. A name alone takes its value from the shell.</param>
    /// <param name="secrets">The names of the project's secrets.</param>
    /// <param name="gpus">How many GPUs a run has.</param>
    /// <returns>The variables; or BadInput with every fault, which never shows a value.</returns>
    public static Outcome<IReadOnlyDictionary<string, string>> Merge(
        Services services, IReadOnlyDictionary<string, string>? declared, IReadOnlyList<string> arguments, IReadOnlyList<string> secrets,
        int gpus)
    {
        var merged = new OrderedDictionary<string, string>(declared ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        var (faults, given) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var argument in arguments)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            var value = equals < 0 ? services.Environment.GetValueOrDefault(name) : argument[(equals + 1)..];
            if (FaultOf(name, value, secrets) is { } fault) faults.Add($"--env {Excerpt.Bare(name)}: {fault}");
            else if (!given.Add(name)) faults.Add($"--env {Excerpt.Bare(name)}: it is given twice; keep one");
            else merged[name] = value!;
        }

        if (gpus > 0 && merged.ContainsKey(GraphicsProcessors))
            faults.Add($"{GraphicsProcessors} lists the run's own GPUs, because resources.gpus is {gpus}: leave it out of env");
        return faults.Count > 0
            ? Refusal.BadInput(string.Join("\n  ", faults))
            : Outcome.Of<IReadOnlyDictionary<string, string>>(merged);
    }

    /// <summary>A note on the shell's variables that scripts commonly need and the run does not get; null when there are none.</summary>
    /// <param name="services">The services of this home, which know the shell's variables.</param>
    /// <param name="recorded">The shell's variables that are recorded with the run.</param>
    /// <param name="variables">The variables that the project gives the run.</param>
    /// <param name="secrets">The names of the project's secrets.</param>
    /// <param name="retried">The run, when it is retried as it was recorded; null when it is new.</param>
    public static string? NotPassed(
        Services services, IReadOnlyDictionary<string, string> recorded, IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<string> secrets, string? retried = null)
    {
        var environment = new Dictionary<string, string>(services.Environment);
        string[] passed = [.. recorded.Keys, .. ShellVariables.ToPassOn(environment).Keys, .. variables.Keys, .. secrets];
        var names = NeededVariables.NotPassed(environment, passed).ToLookup(SecretShapes.IsSecretName);
        if (!names[false].Any() && !names[true].Any()) return null;
        if (retried is not null)
        {
            return $"this shell sets {Named([.. names[false], .. names[true]])}, and a retried run gets only what was recorded with it. "
                + $"To set a variable: tenfold fit --like {retried} --env NAME";
        }

        List<string> ways = [];
        if (names[false].FirstOrDefault() is { } first) ways.Add($"give {first} with --env {first} or under `env`");
        if (names[true].FirstOrDefault() is { } secret) ways.Add($"name {secret} under `secrets`");
        return $"this shell sets {Named([.. names[false], .. names[true]])}, and the runs do not get "
            + $"{(names[false].Count() + names[true].Count() == 1 ? "it" : "them")}. If they need it: {string.Join(", and ", ways)}";
    }

    /// <summary>A note on values that look as if a shell should replace something in them; null when there are none.</summary>
    /// <param name="services">The services of this home, which know the shell's variables.</param>
    /// <param name="variables">The variables that the project gives the run.</param>
    public static string? NotExpanded(Services services, IReadOnlyDictionary<string, string> variables)
    {
        var literal = variables.Where(
            variable => variable.Value is "~" or ['~', '/', ..]
                || VariableUse().Matches(variable.Value).Any(use => services.Environment.ContainsKey(use.Groups["name"].Value))).ToList();
        if (literal.Count == 0) return null;
        var (name, value) = literal[0];
        return $"the runs get {name} as it is written ({Excerpt.Of(value)}){(literal.Count > 1 ? $", and {literal.Count - 1} more" : "")}: "
            + $"`env` does not replace $NAME or ~. Write the value in full, use --env {name} to take it from this shell, or set it in the "
            + "command";
    }

    [GeneratedRegex(@"\$(\{(?<name>[A-Za-z_]\w*)\}|(?<name>[A-Za-z_]\w*))")]
    private static partial Regex VariableUse();

    private static string? FaultOf(string name, string? value, IReadOnlyList<string> secrets)
    {
        if (VariableNames.Fault(name) is { } fault) return fault;
        if (secrets.Contains(name)) return "it is under `secrets`, which passes it on; leave --env out";
        if (value is null) return $"this shell has no such variable; write --env {name}=value";
        return VariableNames.SecretFault(name, value);
    }

    private static string Named(IReadOnlyList<string> names) => names.Count <= MostNamed
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MostNamed))} and {names.Count - MostNamed} more";
}
