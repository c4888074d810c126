using System.Collections;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>The environment variables that an attempt's programs start from, before those of the worker contract are added.</summary>
/// <remarks>
/// On this machine: the few of the shell that started the work. On a backend's machine: all that the job has there, so that what the scheduler
/// and the site set up is seen, and over it those of the shell that name the software; where the target's
/// <c>setup</c> has been at work, its word is the last. What gives access to something (<c>AWS_*</c>, the agent's own
/// <c>TENFOLD_*</c>) is not passed on unless the project names it under <c>secrets</c>.
/// </remarks>
public static class BaseEnvironment
{
    private static readonly string[] WithheldPrefixes = ["AWS_", "TENFOLD_"];
    private static readonly string[] Withheld = ["PGPASSWORD", "PGPASSFILE"];

    /// <summary>What the command starts from.</summary>
    public static Dictionary<string, string> OfCommand(AgentSettings settings, WorkSpec spec) =>
        settings.Node is { } node ? OnNode(node.Environment, spec) : Over(ShellVariables.ToPassOn(), spec.Shell);

    /// <summary>What the programs that prepare it start with: on this machine the agent's own variables too, since pip and conda are set up with them
    /// (an index, a proxy).</summary>
    public static Dictionary<string, string> OfTools(AgentSettings settings, WorkSpec spec) => settings.Node is { } node
        ? OnNode(node.Environment, spec)
        : Over(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!), spec.Shell);

    private static Dictionary<string, string> OnNode(IReadOnlyDictionary<string, string> own, WorkSpec spec)
    {
        var kept = own.Where(variable => !IsWithheld(variable.Key) && !spec.Secrets.Contains(variable.Key));
        // The setup began with the shell's: what it made of them counts.
        if (own.ContainsKey(ShellVariables.IsSetUp)) return kept.ToDictionary();
        var variables = Over(kept.ToDictionary(), ShellVariables.NamingSoftware(spec.Shell));
        if (spec.Shell.GetValueOrDefault("PATH") is { } path && own.GetValueOrDefault("PATH") is { } ours) variables["PATH"] = Joined(path, ours);
        return variables;
    }

    private static Dictionary<string, string> Over(IReadOnlyDictionary<string, string> basis, IEnumerable<KeyValuePair<string, string>> over)
    {
        var variables = new Dictionary<string, string>(basis);
        foreach (var (name, value) in over) variables[name] = value;
        return variables;
    }

    private static bool IsWithheld(string name) => Withheld.Contains(name) || WithheldPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    // First what the user had, then what only this machine has, such as the scheduler's own programs.
    private static string Joined(string first, string second)
    {
        var folders = first.Split(':');
        return string.Join(':', [.. folders, .. second.Split(':').Except(folders)]);
    }
}
