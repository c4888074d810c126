using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>The environment variables that carry parameters, as far as the operating system's limits allow.</summary>
/// <param name="Variables">The variables.</param>
/// <param name="Warning">What was left out; null for nothing.</param>
internal sealed record ParameterVariables(IReadOnlyDictionary<string, string> Variables, Warning? Warning)
{
    /// <summary>Makes the variables.</summary>
    /// <param name="spec">What the run shares with its group.</param>
    /// <param name="takenBytes">
    /// What the command's arguments and its other variables take of <see cref="ArgumentLimits.MostTotalBytes"/>.
    /// </param>
    public static ParameterVariables Of(WorkSpec spec, int takenBytes)
    {
        var kept = new Dictionary<string, string>();
        var leftOut = new List<Variable>();
        var total = takenBytes;
        // The variables of the worker contract count most, and short ones before long ones.
        foreach (var variable in All(spec).OrderBy(variable => variable.Rank).ThenBy(variable => variable.Text.Length))
        {
            var entry = $"{variable.Name}={variable.Text}";
            if (ArgumentLimits.IsTooLong(entry) || total + ArgumentLimits.SizeOf(entry) > ArgumentLimits.MostTotalBytes)
            {
                leftOut.Add(variable);
                continue;
            }

            total += ArgumentLimits.SizeOf(entry);
            kept[variable.Name] = variable.Text;
        }

        return new ParameterVariables(kept, leftOut.Count == 0 ? null : Explain(spec, leftOut));
    }

    private static IEnumerable<Variable> All(WorkSpec spec)
    {
        foreach (var parameter in spec.Parameters.EnumerateObject())
        {
            // A variable has no null. Scripts read a missing variable as one.
            if (parameter.Value.ValueKind == JsonValueKind.Null) continue;
            var text = ScriptArguments.Text(parameter.Value);
            yield return new Variable(EnvironmentNames.OfParameter(parameter.Name), text, 0, parameter.Name);
            yield return new Variable($"SM_HP_{EnvironmentNames.Suffix(parameter.Name)}", text, 1, parameter.Name);
        }

        yield return new Variable("SM_HPS", spec.Parameters.GetRawText(), 2, null);
        yield return new Variable("SM_USER_ARGS", WorkerEnvironment.Json(ScriptRunner.Arguments(spec)), 2, null);
    }

    private static Warning.VariablesLeftOut Explain(WorkSpec spec, List<Variable> leftOut)
    {
        var named = leftOut.Select(variable => variable.Parameter).OfType<string>().ToHashSet();
        var (parameter, bytes) = ArgumentLimits.Longest(spec.Parameters, named.Count == 0 ? _ => true : named.Contains);
        return new Warning.VariablesLeftOut(parameter ?? "", bytes, [.. leftOut.Select(variable => variable.Name)]);
    }

    private sealed record Variable(string Name, string Text, int Rank, string? Parameter);
}
