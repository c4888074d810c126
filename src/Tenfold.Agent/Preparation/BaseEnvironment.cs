using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Preparation;

/// <summary>The environment variables that an attempt's programs start from, before those of the worker contract are added.</summary>
/// <remarks>
/// In this machine's own queue: the few variables of the shell that started the work. Under a host: all that the job has, so that programs
/// see what the scheduler and the site set up. The variables of the submitting shell that name software replace the job's, unless the
/// target's <c>setup</c> ran: then the job's stand. Variables that give access to something (<c>AWS_*</c>, the agent's own
/// <c>TENFOLD_*</c>) are withheld unless the project names them under <c>secrets</c>.
/// </remarks>
public static class BaseEnvironment
{
    private static readonly string[] WithheldPrefixes = ["AWS_", "TENFOLD_"];
    private static readonly string[] Withheld = ["PGPASSWORD", "PGPASSFILE"];

    /// <summary>The variables that the command starts from.</summary>
    public static Dictionary<string, string> OfCommand(AgentSettings settings, WorkSpec spec) =>
        settings.Host is { } host
            ? UnderHost(host.Environment, spec)
            : Over(ShellVariables.ToPassOn(settings.Variables.ToDictionary()), spec.Shell);

    /// <summary>
    /// The variables of the programs that prepare it. In this machine's own queue they get the agent's variables too, since those configure
    /// pip and conda (an index, a proxy), but not those that give access to the ledger or a server: a build step of the project is code,
    /// too.
    /// </summary>
    public static Dictionary<string, string> OfTools(AgentSettings settings, WorkSpec spec)
    {
        var variables = settings.Host is { } host ? UnderHost(host.Environment, spec)
            : Over(PrivateVariables.Without(settings.Variables.Where(variable => !Withheld.Contains(variable.Key))), spec.Shell);
        // Hard links into conda's cache would let a run change the cache, and so every later environment.
        foreach (var name in new[] { "CONDA_ALWAYS_COPY", "MAMBA_ALWAYS_COPY" }) variables.TryAdd(name, "true");
        return variables;
    }

    private static Dictionary<string, string> UnderHost(IReadOnlyDictionary<string, string> job, WorkSpec spec)
    {
        var kept = job.Where(variable => !IsWithheld(variable.Key) && !spec.Secrets.Contains(variable.Key));
        // The setup began with the shell's variables, so its results count.
        if (job.ContainsKey(ShellVariables.IsSetUp)) return kept.ToDictionary();
        var variables = Over(kept.ToDictionary(), ShellVariables.NamingSoftware(spec.Shell));
        if (spec.Shell.GetValueOrDefault("PATH") is { } shellPath && job.GetValueOrDefault("PATH") is { } jobPath)
            variables["PATH"] = Joined(shellPath, jobPath);
        return variables;
    }

    private static Dictionary<string, string> Over(
        IReadOnlyDictionary<string, string> basis, IEnumerable<KeyValuePair<string, string>> over)
    {
        var variables = new Dictionary<string, string>(basis);
        foreach (var (name, value) in over) variables[name] = value;
        return variables;
    }

    private static bool IsWithheld(string name) =>
        Withheld.Contains(name) || WithheldPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    // The user's folders come first, then those that only this machine has, such as the scheduler's own programs.
    private static string Joined(string first, string second)
    {
        var folders = first.Split(':');
        return string.Join(':', [.. folders, .. second.Split(':').Except(folders)]);
    }
}
